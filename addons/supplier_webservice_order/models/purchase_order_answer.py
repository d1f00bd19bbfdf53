from datetime import timedelta
from decimal import Decimal

from markupsafe import Markup, escape
from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..connectors.base import ACCEPTED, ACKNOWLEDGED, CONDITIONAL, PENDING, REJECTED
from ..const import ANSWER_FIELDS, APPROVED_STATES, FOLLOW_SECONDS, STATUS_SECONDS
from ..judge import APPROVE, DOUBT, NEW, RECEIVE, REJECT, REOPEN, Terms, judge

#: what of a connection an answer with lines is judged by
JUDGED_FIELDS = ("name", "partner_id", "company_id", "connector", "price_tolerance", "confirm_on_approval")


class PurchaseOrder(models.Model):
    """What the supplier answers, and what that does to the order; what it may do says ``judge.py``."""

    # apart from purchase_order.py: sending and answering are two subjects
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    def _judge_answer(self, answer, exchange):
        """Return the ``Verdict`` on an answer to one of the order's messages."""
        self.ensure_one()
        connection = exchange.connection_id
        if answer.lines:
            connection.fetch(JUDGED_FIELDS)
        state = self.webservice_state if self.webservice_state in (ACKNOWLEDGED, *APPROVED_STATES, REJECTED) else NEW
        terms = Terms(
            self._get_answer_rate(answer, connection),
            # a mere receipt has nothing to compare
            Decimal(str(connection.price_tolerance)) if answer.lines else Decimal(0),
            foreign=bool(answer.currency) and answer.currency != self._get_currency_name(),
        )
        return judge(exchange._get_sent(), answer, state, terms)

    def _get_answer_rate(self, answer, connection):
        """Return what one unit of the answer's currency is in the order's, or None where nobody knows."""
        if answer.currency in ("", self._get_currency_name()):
            return Decimal(1)
        currency = connection._get_currency(answer.currency, self.currency_id)
        if not currency:
            return None
        if currency == self.currency_id:
            return Decimal(1)
        rate = self.env["res.currency"]._get_conversion_rate(
            currency, self.currency_id, self.company_id, fields.Date.context_today(self)
        )
        return Decimal(str(rate))

    def _apply_verdict(self, verdict, answer, exchange, *, author=None):
        """Take over what the supplier said; the same answer twice changes nothing.

        :param verdict: see :meth:`_judge_answer`
        :param answer: ``connectors.base.OrderAnswer``
        :param author: the partner who says it, where that is not the supplier
        """
        self.ensure_one()
        before = (self.webservice_state, self.webservice_missing)
        self._write_news(
            {**self._prepare_answer_values(verdict, answer), **self._prepare_turn_values(verdict, answer, exchange)}
        )
        changed = self._apply_lines(verdict, answer)
        charges = self._propose_charges(verdict, answer, exchange.connection_id)
        shipped = self._apply_shipments(answer)
        if before == (self.webservice_state, self.webservice_missing) and not changed and not charges and not shipped:
            self._count_undecided(exchange)
            return
        # with author and company named, nothing has to be looked up about the user
        self.with_company(exchange.company_id)._message_log(
            body=self._describe_answer(verdict, answer, charges, shipped),
            author_id=(author or exchange.partner_id).id,
        )
        if verdict.step in (APPROVE, REJECT, REOPEN, DOUBT) or charges:
            self._tell_buyer(exchange)
        if verdict.step != RECEIVE or changed or charges:
            self._call_person(verdict, exchange, changed)
            self._confirm_if_clean(verdict, exchange)

    def _write_news(self, values):
        values = {name: value for name, value in values.items() if self[name] != value}
        if values:
            self.with_context(mail_notrack=True).write(values)

    def _forget_answers(self):
        """Begin anew with orders that were rejected: what was said about the last message is not about the next."""
        self.order_line.delivery_ids.unlink()
        self.order_line.write(dict.fromkeys(ANSWER_FIELDS, False))
        self.write(
            {"status_questions": 0, "status_failures": 0, "webservice_missing": False, "webservice_pending_code": False}
        )

    def _prepare_answer_values(self, verdict, answer):
        values = {
            "webservice_state": verdict.state,
            "webservice_error": False,
            "webservice_note": answer.note[:500] or False,
            "webservice_missing": self._describe_missing(verdict, answer) or False,
            "webservice_pending_code": answer.code if verdict.state == ACKNOWLEDGED != answer.code else False,
            "supplier_order_ref": answer.reference or self.supplier_order_ref,
            "status_failures": self.status_failures if answer.trouble else 0,
        }
        if not self.partner_ref and answer.reference:
            values["partner_ref"] = answer.reference
        return values

    def _prepare_turn_values(self, verdict, answer, exchange):
        """Return when the supplier is asked again: soon until it has approved, and then how far the delivery is."""
        now = fields.Datetime.now()
        if verdict.asks_again:
            return {} if self.date_next_status else {"date_next_status": now + timedelta(seconds=STATUS_SECONDS[0])}
        if verdict.state not in APPROVED_STATES or answer.complete or self._is_done_with():
            return {"date_next_status": False}
        if self.webservice_state in APPROVED_STATES:
            # its next turn was set with the question, or was the last one
            return {}
        return self._prepare_follow_values(exchange.connection_id)

    def _prepare_follow_values(self, connection):
        """Return when an order that was approved just now is asked about: what of it was shipped."""
        if not connection or not connection._get_connector().follows:
            return {"date_next_status": False}
        return {
            "date_next_status": fields.Datetime.add(fields.Datetime.now(), seconds=FOLLOW_SECONDS),
            "status_questions": 0,
        }

    def _is_done_with(self):
        """Return whether nothing is expected of the supplier any more; receipts are Odoo's *purchase_stock*."""
        return self.state == "cancel" or ("receipt_status" in self._fields and self.receipt_status == "full")

    def _describe_missing(self, verdict, answer):
        """Return in words what an approval, or a receipt that names lines, leaves open by part."""
        mere_receipt = answer.code == ACKNOWLEDGED and not verdict.lines
        if verdict.state != ACKNOWLEDGED or not verdict.missing or mere_receipt:
            return ""
        words = {
            "line": self.env._("no answer yet"),
            "quantity": self.env._("no quantity"),
            "price": self.env._("no price"),
        }
        names = {line.id: line.part_number or line.name for line in self.order_line}
        return ", ".join(f"{names.get(position, position)}: {words[what]}" for position, what in verdict.missing)[:500]

    # Lines

    def _apply_lines(self, verdict, answer):
        """Write the verdicts into the lines; return the lines that changed."""
        changed = self.env["purchase.order.line"]
        if not verdict.lines:
            return changed
        by_id = {line.id: line for line in self.order_line}
        for line_verdict in verdict.lines:
            line = by_id.get(line_verdict.position)
            if line and line_verdict.status == PENDING and line._is_answered():
                # what was answered before is not open again because a later answer does not repeat it
                continue
            if line and line._apply_verdict(line_verdict, answer.currency):
                changed |= line
        return changed

    def _propose_charges(self, verdict, answer, connection):
        """Keep what the supplier added as proposals; return those that are new."""
        charges = self.env["supplier.order.charge"]
        if not verdict.extras:
            return charges
        rate = self._get_answer_rate(answer, connection)
        return charges._propose(self, verdict.extras, rate, connection, answer.currency)

    def _apply_shipments(self, answer):
        """Keep what left the supplier; return in words what is new."""
        shown = []
        for shipment in answer.shipments:
            parts = [
                shipment.shipped_on and fields.Date.to_string(shipment.shipped_on),
                shipment.carrier,
                shipment.tracking,
                shipment.delivery_note,
                shipment.invoice and self.env._("invoice %(number)s", number=shipment.invoice),
            ]
            shown.append(", ".join(part for part in parts if part))
        text = "\n".join(filter(None, shown)) or False
        if not text or text == self.supplier_shipments:
            return ""
        self.supplier_shipments = text
        return text

    # Telling

    def _describe_answer(self, verdict, answer, charges, shipped):
        supplier = self.partner_id.name
        titles = {
            ACKNOWLEDGED: self.env._("%(supplier)s received the order.", supplier=supplier),
            ACCEPTED: self.env._("%(supplier)s approved the order.", supplier=supplier),
            CONDITIONAL: self.env._("%(supplier)s approved the order with changes.", supplier=supplier),
            REJECTED: self.env._("%(supplier)s rejected the order.", supplier=supplier),
        }
        items = [titles.get(answer.code, answer.code)]
        if verdict.step == DOUBT:
            items.append(self.env._("That does not follow from what it said before."))
        if self.webservice_missing:
            items.append(self.env._("Still open: %(missing)s", missing=self.webservice_missing))
        if answer.reference:
            items.append(self.env._("Its number: %(reference)s", reference=answer.reference))
        if answer.note:
            items.append(answer.note)
        if answer.lines:
            items += self.order_line.filtered("answer_flagged").mapped(lambda line: line._describe_answer())
        items += [self.env._("Added by the supplier: %(charge)s", charge=charge._describe()) for charge in charges]
        if shipped:
            items.append(self.env._("Shipped: %(shipments)s", shipments=shipped))
        return Markup("<br/>").join(escape(item) for item in items)

    def _tell_buyer(self, exchange):
        """Show the answer in the browser of the person who sent the order."""
        user = exchange.user_id
        if not user or user.share or not user.active:
            return
        language = exchange._get_sender_language()
        labels = dict(self._fields["webservice_state"]._description_selection(self.with_context(lang=language).env))
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.answer_flagged or self.webservice_state == REJECTED else "success",
                "title": self.name,
                "message": labels[self.webservice_state],
            },
        )

    def _call_person(self, verdict, exchange, changed):
        """Let a person look at what the order does not follow by itself; hold the receipt of what is confirmed."""
        late = verdict.step in (REJECT, REOPEN, DOUBT)
        if self.state == "purchase" and (late or changed.filtered("answer_flagged")):
            self.receipt_held = True
        if late or self.answer_flagged:
            self._ask_review(
                self.env._(
                    "Look at the answer of %(supplier)s to %(order)s",
                    supplier=exchange.partner_id.name,
                    order=self.name,
                ),
                self.env._("The supplier's answer differs from the order. Accept it, or call the supplier."),
            )
        elif verdict.step == APPROVE and verdict.state == CONDITIONAL:
            self._ask_review(
                self.env._(
                    "Look at the answer of %(supplier)s to %(order)s",
                    supplier=exchange.partner_id.name,
                    order=self.name,
                ),
                self.env._("The supplier approved the order with changes, and does not say which. Call the supplier."),
            )

    def _confirm_if_clean(self, verdict, exchange):
        """Confirm an order that the supplier approved as it was sent."""
        clean = (
            verdict.step == APPROVE and verdict.state == ACCEPTED and not verdict.missing and not self.answer_flagged
        )
        if not (clean and self.state in ("draft", "sent") and exchange.connection_id.confirm_on_approval):
            return
        changes = self._describe_unsent_changes(exchange)
        if changes:
            reason = self.env._("The supplier does not know of: %(changes)s", changes="; ".join(changes))
            self._tell_unconfirmed(reason)
            return
        # the limits are those of the person who sent the order, not of the scheduled action
        order = self.with_user(exchange.user_id or self.user_id).sudo().with_company(exchange.company_id)
        try:
            with self.env.cr.savepoint():
                order.with_context(validate_analytic=True).button_confirm()
        except (UserError, RedirectWarning) as error:
            # the supplier's answer stays true, whatever keeps the order from being confirmed
            self._tell_unconfirmed(error.args[0])

    def _tell_unconfirmed(self, reason):
        text = self.env._("The approved order was not confirmed by itself: %(reason)s", reason=reason)
        self._message_log(body=text)
        self._ask_review(self.env._("Confirm %(order)s, which is approved", order=self.name), text)

    # A person's answer

    def action_accept_answer(self):
        """Take over what the supplier answered: prices stay, quantities follow, proposed lines come in."""
        self.check_access("write")
        for order_sudo in self.sudo():
            # as the system: the order may still be waiting for the rest of the answer, and is closed to users
            order_sudo._accept_answer()
            order_sudo._message_log(
                body=self.env._("%(user)s accepted the supplier's changes.", user=self.env.user.name)
            )
        return True

    def _accept_answer(self):
        self.charge_ids.filtered(lambda charge: charge.state == "proposed").action_accept()
        for line in self.order_line.filtered("answer_flagged"):
            if line.supplier_line_state in ("confirmed", "changed", "discontinued", "rejected"):
                line.product_qty = line.supplier_qty
        self.order_line.write({"answer_flagged": False, "price_flagged": False, "review_reason": False})
        values = {"receipt_held": self.webservice_state == REJECTED and self.receipt_held}
        if self.webservice_pending_code in APPROVED_STATES:
            values.update(
                webservice_state=self.webservice_pending_code,
                webservice_pending_code=False,
                webservice_missing=False,
                **self._prepare_follow_values(self.env["supplier.exchange"]._get_open_order(self)[:1].connection_id),
            )
        self._write_news(values)
        self.activity_feedback(["supplier_webservice_order.mail_activity_type_supplier_review"])

    # What the outbox reports

    def _set_order_failed(self, error, exchange):
        self.write({"webservice_state": "failed", "webservice_error": error, "date_next_status": False})
        self._message_log(
            body=self.env._(
                "The order was not sent to %(supplier)s: %(error)s", supplier=exchange.partner_id.name, error=error
            )
        )

    def _set_order_waiting(self, exchange):
        state = "unknown" if exchange.state == "unknown" else "queued"
        if self.webservice_state != state or self.webservice_error != exchange.error:
            self.write({"webservice_state": state, "webservice_error": exchange.error})
