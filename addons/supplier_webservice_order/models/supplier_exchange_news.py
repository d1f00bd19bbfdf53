from dataclasses import replace
from datetime import timedelta

from odoo import fields, models

from ..connectors.base import ACCEPTED, ACKNOWLEDGED, CONDITIONAL, REJECTED, OrderAnswer
from ..const import NEWS_SECONDS, STATUS_QUESTIONS_BEFORE_ACTIVITY
from ..judge import find_foreign, sort_lines
from ..soap.errors import FateUnknownError
from .supplier_exchange_settle import FINISHED


class SupplierExchange(models.Model):
    """What becomes of a change or a cancellation: the supplier takes it over, refuses it, or decides later."""

    # extends supplier_exchange_settle.py, which knows nothing of it: an order stays as it is until the supplier agrees
    _inherit = "supplier.exchange"  # pylint: disable=consider-merging-classes-inherited

    def _settle_answer(self, answer, reply, claim):
        if self.operation == "order":
            super()._settle_answer(answer, reply, claim)
            return
        if answer.change_id and answer.change_id.strip().lower() != self.message_number.lower():
            foreign = "other_message"
        else:
            foreign = find_foreign(self.order_exchange_id._get_sent(), answer) and find_foreign(
                self._get_sent(), answer
            )
        if foreign or answer.code not in (ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED):
            error = FateUnknownError(foreign or "unreadable", answer.message_id, reply.response.encode())
            self._settle_error(error, claim)
            return
        self._finish_news(answer, self._prepare_reply_values(reply), first=not claim.received)

    def _finish_news(self, answer, values, *, first=True):
        """Write down what the supplier says, and let the order follow.

        :param first: whether the supplier had not said before that it has the message
        """
        values = {**values, **FINISHED}
        if answer.code == ACKNOWLEDGED:
            self._keep_news_open(values, first=first)
        elif answer.code == REJECTED or (self.operation == "cancel" and answer.code == CONDITIONAL):
            error = self._describe_refusal(answer)
            self.write({**values, "state": "failed", "reason": "rejected", "error": error})
            self.purchase_id._set_news_refused(error, self)
        elif self.operation == "cancel":
            self.write({**values, "state": "done"})
            self.order_exchange_id.write({**FINISHED, "state": "cancelled"})
            self.purchase_id._set_cancelled_at_supplier(answer, self)
        else:
            self._take_change_over(answer, values)

    def _describe_refusal(self, answer):
        if answer.code == REJECTED:
            return self._describe_rejection(answer.note)
        text = self.env._("The supplier cancels a part of the order only.")
        return f"{text} {answer.note}".strip()

    def _keep_news_open(self, values, *, first):
        """The supplier has the message and decides later: it is asked, and a person after some days of that."""
        date_next_try = fields.Datetime.now() + timedelta(seconds=NEWS_SECONDS)
        self.write({**values, "state": "received", "date_next_try": date_next_try})
        self._trigger_at(date_next_try)
        purchase = self.purchase_id
        if first:
            purchase._log_news(self.env._("The supplier received it and has not decided yet."), self)
        if self.attempts == STATUS_QUESTIONS_BEFORE_ACTIVITY:
            purchase._ask_review(
                self.env._("Ask %(supplier)s about %(order)s", supplier=self.partner_id.name, order=purchase.name),
                self.env._("The supplier received the change some time ago and does not decide about it."),
            )

    def _take_change_over(self, answer, values):
        """From now on the supplier knows the order as the change has it; the answer is judged by that."""
        purchase, order_exchange = self.purchase_id, self.order_exchange_id
        before = {row["position"]: row for row in order_exchange.sent_lines or ()}
        now = {row["position"]: row for row in self.sent_lines or ()}
        dropped = set(before) - set(now)
        answer = replace(answer, lines=tuple(line for line in answer.lines if line.position not in dropped))
        self.write({**values, "state": "done"})
        order_exchange.sent_lines = self.sent_lines
        purchase._log_news(answer.note or self.env._("The supplier took it over."), self)
        by_position, _extras = sort_lines(self._get_sent(), answer)
        silent = {position for position, parts in by_position.items() if not parts}
        for line in purchase.order_line.filtered(lambda line: line.id in silent):
            line._take_change_over(before.get(line.id), now[line.id])
        verdict = purchase._judge_answer(answer, self)
        purchase._apply_verdict(verdict, answer, self)

    # What the order hears of it

    def _report_failed(self, error):
        if self.operation == "order":
            return super()._report_failed(error)
        return self.purchase_id._set_news_failed(error, self)

    def _report_waiting(self):
        # the form finds out by itself, see purchase.order.pending_news
        return super()._report_waiting() if self.operation == "order" else None

    def _report_unknown(self, text):
        # the order itself is in no doubt
        return super()._report_unknown(text) if self.operation == "order" else None

    def _describe_doubt(self):
        if self.operation == "order":
            return super()._describe_doubt()
        return self.env._(
            "It is not known whether the supplier received the change of this order, and its web service does not "
            "tell. A manager can then settle the message under Supplier Exchanges."
        )

    def _finish_by_hand(self, *, ordered):
        self.ensure_one()
        if self.operation == "order":
            super()._finish_by_hand(ordered=ordered)
            return
        who = self.env.user.name
        if ordered:
            note = self.env._("%(user)s noted that the supplier agrees.", user=who)
            self._finish_news(
                OrderAnswer(known=True, code=ACCEPTED, note=note), {"date_answered": fields.Datetime.now()}
            )
            return
        note = self.env._("%(user)s noted that the supplier does not do it.", user=who)
        self.write({**FINISHED, "state": "failed", "error": note})
        self.purchase_id._log_news(note, self)
