"""What a status mail says around the changes: subject, headline, sentences, the text part."""

from functools import lru_cache

from markupsafe import Markup, escape
from odoo import api, models
from odoo.addons.base_safeguard.texts import one_line
from odoo.tools import float_round, format_date, formatLang, html2plaintext, html_sanitize, is_html_empty, ormcache

from ..rules import rule_of
from ..units import unit_word

#: Most mails of a run open and close with the same words.
_plain = lru_cache(maxsize=256)(html2plaintext)


class OrderStatusWords(models.AbstractModel):
    """Whole sentences with named places, in the language of the environment."""

    _name = "order.status.words"
    _description = "Words of Status Mails"

    @api.model
    def _headline(self, order, events):
        """Return ``(event, words)``: what happened that says most, in a few words."""
        ranked = [(rule_of(self.env, event.rule).rank(event), event) for event in events]
        ranked = [(rank, event) for rank, event in ranked if rank is not None]
        if not ranked:
            return events[:1], self.env._("News about your order")
        _rank, event = min(ranked, key=lambda pair: pair[0])
        return event, rule_of(self.env, event.rule).headline(order, event)

    # The shop's own words

    @api.model
    def _shop_words(self, order, event, codes, rows):
        """Return the shop's own words for a mail: dict with ``subject``, ``opening``, ``closing`` and ``notes``.

        :param event: the change that gives the mail its headline, whose rule's words go before the website's
        :param codes: the rules that the mail tells of; each may have a line of its own
        :param rows: the words of each rule, ``{code: words}``
        """
        website = order.website_id
        own = rows.get(event.rule, {})
        notes = [rows[code]["line"] for code in codes if code in rows and not is_html_empty(rows[code]["line"])]
        opening = website.status_mail_intro or self.env._("There is news about your order:")
        closing = website.status_mail_closing or self.env._("Do you have a question? Just answer this mail.")
        return {
            "subject": self._fill(own.get("subject") or website.status_mail_subject or "", order),
            "opening": self._own_html(own.get("opening"), opening, order),
            "closing": self._own_html(own.get("closing"), closing, order),
            "notes": [self._fill(html_sanitize(note), order) for note in notes],
        }

    def _own_html(self, html, text, order):
        if is_html_empty(html):
            return self._fill(Markup("<br/>").join(text.splitlines()), order)
        return self._fill(html_sanitize(html), order)

    def _one_line(self, text):
        """Return words as a subject has them: a line break ends a header (RFC 5322, 2.2)."""
        return one_line(text).strip()

    def _fill(self, text, order):
        """Return words with order number and customer in their places; what goes into HTML is escaped."""
        places = {"{order}": order.name, "{customer}": self._customer_name(order)}
        for place, value in places.items():
            text = text.replace(place, escape(value) if isinstance(text, Markup) else value)
        return text

    # Around the changes

    @api.model
    def _sentences(self, order, headline, rules, hidden):
        """Return the sentences of the mail: a dict that the template shows as it is."""
        shop, date = order.website_id.name, order._status_day(order.date_order)
        day = self._day(date)
        lines = order.order_line.filtered(
            lambda line: (
                not line.display_type and not line.is_downpayment and not line.is_delivery and line.product_uom_qty
            )
        )
        return {
            "headline": headline,
            "about": self.env._("Order %(order)s of %(date)s", order=order.name, date=day),
            "greeting": self._greeting(order),
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

    def _greeting(self, order):
        if name := self._customer_name(order):
            return self.env._("Hello %(customer)s,", customer=name)
        return self.env._("Hello,")

    def _customer_name(self, order):
        """Return the customer's name; an address of a company need not have one of its own."""
        return order.partner_id.name or order.partner_id.commercial_partner_id.name or ""

    def _more(self, hidden):
        """Return the sentence about changes that have no place in the mail."""
        if not hidden:
            return ""
        return self.env._("And more changes (%(count)s): the page of your order shows all of them.", count=hidden)

    def _summary_line(self, line):
        name = self._product_name(line.product_id) or line.name or ""
        return {"quantity": self._quantity(line, line.product_uom_qty), "product": name[:120]}

    @ormcache("self.env.lang", "day")
    def _day(self, day):
        """Return a day as people write it; most mails of a run name the same few."""
        return format_date(self.env, day)

    @api.model
    def _product_name(self, product):
        """Return the name of a product as customers know it, without the shop's own number."""
        if product.env.context.get("display_default_code") is not False:
            product = product.with_context(display_default_code=False)
        return product.display_name or ""

    @api.model
    def _quantity(self, line, value):
        """Return a quantity of an order line, with as many decimals as there are, in its unit."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = float_round(float(value or 0), precision_digits=digits)
        # 0.125 and not 0.13, 2 and not 2.00
        decimals = len(f"{quantity:.{digits}f}".rstrip("0").partition(".")[2])
        text = self._number(quantity, decimals)
        return f"{text} {self._unit_name(line.product_uom_id, quantity)}" if line else text

    @ormcache("self.env.lang", "number", "decimals")
    def _number(self, number, decimals):
        return formatLang(self.env, number, digits=decimals)

    def _unit_name(self, unit, quantity):
        # not env.ref: that asks the database each time
        known = {
            self.env["ir.model.data"]._xmlid_to_res_id(f"uom.product_uom_{code}"): code for code in ("unit", "dozen")
        }
        return unit_word(known.get(unit.id), (self.env.lang or "en")[:2], quantity) or unit.name

    @api.model
    def _text(self, values):
        """Return the text part: what the mail says, for those who do not see the rich text."""
        words = values["words"]
        shop = values["shop_words"]
        blocks = [f"{words['headline']}\n{words['about']}", words["greeting"], _plain(shop["opening"])]
        blocks.append("\n".join(line for item in values["items"] for line in self._text_of(item)))
        blocks += [_plain(note) for note in shop["notes"]]
        blocks += [words["more"], f"{words['button']}\n{values['timeline_url']}", _plain(shop["closing"])]
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
        blocks.append("\n".join(["-- ", words["because"], words["choose"], values["preferences_url"]]))
        blocks.append(" · ".join(values["company_lines"]))
        return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"

    def _text_of(self, item):
        yield f"- {item['product']} · {item['text']}" if item["product"] else f"- {item['text']}"
        for parcel in item["parcels"]:
            if parcel["url"]:
                yield f"  {parcel['number']}: {parcel['url']}"
