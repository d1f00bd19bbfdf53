from odoo import fields, models

from ..connectors.base import BACKORDERED, PENDING
from ..const import APPROVED_STATES

#: what is looked at again by a person where the supplier changes its mind
NEWS_FIELDS = (
    "supplier_line_state",
    "supplier_qty",
    "supplier_date",
    "substitute_number",
    "supplier_note",
    "price_unit",
)


class PurchaseOrderLine(models.Model):
    """What an answer does to one line."""

    # the other half of applying an answer
    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _apply_verdict(self, verdict, currency):
        """Write a ``LineVerdict`` down; return whether anything is new."""
        self.ensure_one()
        values = {**self._prepare_verdict_values(verdict, currency), **self._prepare_price_values(verdict)}
        self._set_flags(values, verdict)
        values = {name: value for name, value in values.items() if self[name] != value}
        parts = [(float(each.quantity or 0), each.on or False, each.status) for each in verdict.deliveries]
        parts = sorted(parts, key=str) if len(parts) > 1 else []
        known = [(each.quantity, each.date, each.status) for each in self.delivery_ids]
        if parts != sorted(known, key=str):
            self.delivery_ids.unlink()
            self.delivery_ids.create(
                [{"line_id": self.id, "quantity": qty, "date": on, "status": status} for qty, on, status in parts]
            )
            values["answer_flagged"] = values.get("answer_flagged", bool(verdict.doubts))
        if values:
            self.write(values)
        return bool(values)

    def _is_answered(self):
        """Return whether the line is one of an approved order, and was answered for good."""
        approved = self.order_id.webservice_state in APPROVED_STATES
        return approved and self.supplier_line_state not in (False, PENDING)

    def _take_change_over(self, before, now):
        """Note that the supplier agreed to a change and said nothing more about this line.

        :param before: the row of the line in ``supplier.exchange.sent_lines``, or None where it is new
        :param now: the same, as the change has it
        """
        self.ensure_one()
        if before is None:
            # nobody named its price: a person compares it with the bill
            self.write(
                {
                    "supplier_line_state": "confirmed",
                    "supplier_qty": float(now["quantity"]),
                    "answer_flagged": True,
                    "review_reason": self.env._("added by a change, and no price was named"),
                }
            )
            self.order_id._ask_review(
                self.env._("Compare the price of what was added to %(order)s", order=self.order_id.name),
                self.env._("The supplier took the change over and did not say what the added parts cost."),
            )
        elif before["quantity"] != now["quantity"] and self.supplier_line_state not in (False, "pending"):
            self.supplier_qty = float(now["quantity"])

    def _prepare_verdict_values(self, verdict, currency):
        note = verdict.note
        if "currency" in verdict.doubts:
            note = f"{verdict.asked} {currency} {note}".strip()
        values = {
            "supplier_line_state": verdict.status,
            "supplier_date": verdict.on or False,
            "substitute_number": verdict.substitute or False,
            "supplier_note": note[:500] or False,
            "review_reason": self._describe_doubts(verdict) or False,
        }
        if verdict.quantity is not None:
            values["supplier_qty"] = self._round_quantity(verdict.quantity)
        moved = self.order_id.state == "purchase" and verdict.on != self.supplier_date
        # nothing comes before it was ordered, whatever a supplier's program writes there
        possible = verdict.on and verdict.on >= fields.Date.to_date(self.order_id.date_order)
        if possible and (verdict.status == BACKORDERED or len(verdict.deliveries) > 1 or moved):
            values["date_planned"] = fields.Datetime.to_datetime(verdict.on)
        return values

    def _round_quantity(self, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return float(round(quantity, digits))

    def _prepare_price_values(self, verdict):
        """Return the supplier's price, with every digit that it said, and how far it is from the expected one."""
        expected = self.expected_price or self._to_net_price(self.price_unit_discounted)
        if "currency" in verdict.doubts:
            return {"expected_price": expected, "price_deviation": 0.0, "price_flagged": True}
        if verdict.price is None:
            return {}
        values = {
            "expected_price": expected,
            "price_deviation": float(round(verdict.deviation, 1)) if verdict.deviation is not None else 0.0,
            "price_flagged": bool({"price", "no_expected_price", "other_currency"} & set(verdict.doubts)),
        }
        if not self.qty_invoiced:
            # the answer is a net price; without the technical price Odoo would go back to the price list
            price = self._from_net_price(float(verdict.price))
            values.update(price_unit=price, technical_price_unit=0.0, discount=0.0)
        return values

    def _set_flags(self, values, verdict):
        """Mark what a person has to look at: what differs from the order, and was not accepted before."""
        if any(values.get(name, self[name]) != self[name] for name in NEWS_FIELDS):
            # what a person has accepted stays accepted as long as the supplier says the same
            values["answer_flagged"] = bool(verdict.doubts)
        else:
            values.pop("price_flagged", None)
            values.pop("review_reason", None)

    def _describe_doubts(self, verdict):
        """Return in words why a person has to look at the line."""
        words = {
            "quantity": self.env._("another quantity than ordered"),
            "split": self.env._("comes in several parts"),
            "currency": self.env._("a price that cannot be converted"),
            "other_currency": self.env._("a price in another currency than the order's"),
            "no_expected_price": self.env._("no price was expected: compare it yourself"),
            "price": self.env._("a price outside of the tolerance"),
            "number": self.env._("another part number than ordered"),
            "unit": self.env._("another unit than ordered"),
        }
        states = dict(self._fields["supplier_line_state"]._description_selection(self.env))
        return ", ".join(dict.fromkeys(words.get(doubt) or states[doubt] for doubt in verdict.doubts))

    def _describe_review(self):
        """Return in a line what a person is to look at: which part, why, and what comes instead of it."""
        number = self.part_number or self.product_id.display_name
        text = f"{number}: {self.review_reason}"
        instead = self.substitute_number
        return f"{text} → {instead}" if instead and instead != number else text

    def _describe_answer(self):
        """Return the answer to this line in a few words, for the chatter."""
        states = dict(self._fields["supplier_line_state"]._description_selection(self.env))
        parts = [f"{self.part_number or self.name}: {states.get(self.supplier_line_state, '')}"]
        if self.substitute_number:
            parts.append(f"→ {self.substitute_number}")
        if self.supplier_schedule:
            parts.append(f"({self.supplier_schedule})")
        if self.price_flagged and self.price_deviation:
            parts.append(
                self.env._(
                    "%(price)g instead of %(expected)g (%(deviation)+.1f %%)",
                    price=self._to_net_price(self.price_unit),
                    expected=self.expected_price,
                    deviation=self.price_deviation,
                )
            )
        elif self.price_flagged:
            # the state stands in front of the reasons, as in "Back-ordered, a price that cannot be converted"
            state = states.get(self.supplier_line_state, "")
            reason = (self.review_reason or "").removeprefix(f"{state}, ")
            parts += filter(None, (reason, self.supplier_note))
        return " ".join(parts)
