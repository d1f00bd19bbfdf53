"""What a status mail says around the changes: subject, headline, sentences, the text part."""

from odoo import api, models
from odoo.tools import float_round, format_date, formatLang

from ..units import unit_word

#: What happened decides the headline: the first of these topics that a mail tells of.
_HEADLINES = (
    *("cancel", "refund", "returned", "delivered", "tracking", "expected", "stock", "confirmed", "failure"),
    *("payment", "invoice", "picked", "slip"),
)


class OrderStatusWords(models.AbstractModel):
    """Whole sentences with named places, in the language of the environment."""

    _name = "order.status.words"
    _description = "Words of Status Mails"

    @api.model
    def _headline(self, order, events):
        """Return what happened, in a few words."""
        happened = {}
        for event in events:
            happened.setdefault(self._occasion(event), event)
        occasion = next((code for code in _HEADLINES if code in happened), None)
        method = getattr(self, f"_headline_{occasion}", None)
        return method(order, happened[occasion]) if method else self.env._("News about your order")

    def _occasion(self, event):
        if event.topic == "state":
            return {"cancel": "cancel", "sale": "confirmed"}.get(event.new_value, "state")
        if event.topic == "delivered" and float(event.new_value or 0) < float(event.old_value or 0):
            return "returned"
        if event.topic == "payment" and event.new_value != "paid":
            return "part"
        return event.topic

    def _headline_cancel(self, _order, _event):
        return self.env._("Your order is cancelled")

    def _headline_refund(self, _order, event):
        return event._describe()["text"]

    def _headline_returned(self, _order, _event):
        return self.env._("Your return has arrived")

    def _headline_delivered(self, order, _event):
        done, wanted = self._delivered_of(order)
        if done >= wanted:
            return self.env._("Your order is delivered")
        return self.env._("%(done)s of %(all)s delivered, %(open)s to come", done=done, all=wanted, open=wanted - done)

    def _delivered_of(self, order):
        """Return how many of how many pieces are delivered; of lines, where the units differ."""
        lines = order.order_line.filtered(
            lambda line: line.product_id.type == "consu" and not line.is_delivery and not line.display_type
        )
        whole = all(line.qty_delivered == int(line.qty_delivered) for line in lines)
        if len(lines.product_uom_id) == 1 and whole:
            return int(sum(lines.mapped("qty_delivered"))), int(sum(lines.mapped("product_uom_qty")))
        return len(lines.filtered(lambda line: line.qty_delivered >= line.product_uom_qty)), len(lines)

    def _headline_tracking(self, _order, event):
        carrier = event.picking_id.sudo().carrier_id.name  # customers know who brings it, not the delivery order
        if carrier and event.new_value:
            return self.env._("On its way with %(carrier)s", carrier=carrier)
        return self.env._("On its way") if event.new_value else self.env._("News about your parcel")

    def _headline_expected(self, _order, event):
        new = event._describe()["new"]
        if not event.new_value:
            return self.env._("The delivery date is open again")
        return self.env._("Expected on %(date)s", date=new)

    def _headline_stock(self, _order, _event):
        return self.env._("Goods for your order have arrived")

    def _headline_confirmed(self, _order, _event):
        return self.env._("Your order is confirmed")

    def _headline_failure(self, _order, _event):
        return self.env._("Your payment did not work")

    def _headline_payment(self, _order, _event):
        return self.env._("Your payment has arrived")

    def _headline_invoice(self, _order, event):
        if event.invoice_id.sudo().move_type == "out_refund":  # its kind, not its content
            return self.env._("Your credit note")
        return self.env._("Your invoice") if event.new_value else self.env._("News about your invoice")

    def _headline_picked(self, _order, _event):
        return self.env._("Your order is being packed")

    def _headline_slip(self, _order, _event):
        return self.env._("Your order is being prepared")

    # Around the changes

    @api.model
    def _sentences(self, order, headline, rules, hidden):
        """Return the sentences of the mail: a dict that the template shows as it is."""
        shop, date = order.website_id.name, order._status_day(order.date_order)
        day = format_date(self.env, date)
        lines = order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_delivery
        )
        return {
            "subject": self._subject(order, headline),
            "headline": headline,
            "about": self.env._("Order %(order)s of %(date)s", order=order.name, date=day),
            "greeting": self.env._("Hello %(customer)s,", customer=order.partner_id.name),
            "more": self._more(hidden),
            "button": self.env._("Follow your order"),
            "summary_title": self.env._("Your order"),
            "summary": [self._summary_line(line) for line in lines[:10]],
            "summary_more": len(lines) > 10 and self.env._("and %(count)s more", count=len(lines) - 10),
            "total": self.env._(
                "Total: %(amount)s", amount=formatLang(self.env, order.amount_total, currency_obj=order.currency_id)
            ),
            "because": self.env._(
                "You get this mail because %(shop)s tells its customers about: %(rules)s.",
                shop=shop,
                rules=", ".join(rules),
            ),
            "choose": self.env._("Choose which mails you want"),
        }

    def _more(self, hidden):
        """Return the sentence about changes that have no place in the mail."""
        if not hidden:
            return ""
        return self.env._("And %(count)s more changes: the page of your order shows all of them.", count=hidden)

    def _summary_line(self, line):
        name = line.product_id.with_context(display_default_code=False).display_name or line.name or ""
        return {"quantity": self._quantity(line, line.product_uom_qty), "product": name[:120]}

    @api.model
    def _quantity(self, line, value):
        """Return a quantity of an order line, with as many decimals as there are, in its unit."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = float_round(float(value or 0), precision_digits=digits)
        # 0.125 and not 0.13, 2 and not 2.00
        decimals = len(f"{quantity:.{digits}f}".rstrip("0").partition(".")[2])
        text = formatLang(self.env, quantity, digits=decimals)
        return f"{text} {self._unit_name(line.product_uom_id, quantity)}" if line else text

    def _unit_name(self, unit, quantity):
        # not env.ref: that asks the database each time
        known = {
            self.env["ir.model.data"]._xmlid_to_res_id(f"uom.product_uom_{code}"): code for code in ("unit", "dozen")
        }
        return unit_word(known.get(unit.id), (self.env.lang or "en")[:2], quantity) or unit.name

    def _subject(self, order, headline):
        pattern = order.website_id.status_mail_subject
        if pattern:
            return pattern.replace("{order}", order.name)
        return self.env._("%(headline)s (order %(order)s)", headline=headline, order=order.name)

    @api.model
    def _text(self, values):
        """Return the text part: what the mail says, for those who do not see the rich text."""
        words = values["words"]
        blocks = [f"{words['headline']}\n{words['about']}", words["greeting"], values["intro"]]
        blocks.append("\n".join(f"- {line}" for item in values["items"] for line in self._text_of(item)))
        blocks += [words["more"], f"{words['button']}:\n{values['timeline_url']}", values["closing"]]
        blocks.append(
            "\n".join(
                filter(
                    None,
                    (
                        words["summary_title"],
                        *(f"  {line['quantity']}  {line['product']}" for line in words["summary"]),
                        words["summary_more"],
                        words["total"],
                    ),
                )
            )
        )
        blocks.append("\n".join(["-- ", words["because"], f"{words['choose']}: {values['preferences_url']}"]))
        blocks.append(" · ".join(values["company_lines"]))
        return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"

    def _text_of(self, item):
        yield f"{item['product']}: {item['text']}" if item["product"] else item["text"]
        for parcel in item["parcels"]:
            if parcel["url"]:
                yield f"  {parcel['number']}: {parcel['url']}"
