import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.base import ACKNOWLEDGED, REJECTED, OrderAnswer
from ..delivery import judge_failure
from ..judge import REJECT, REOPEN, UNKNOWN
from ..reading import fetch_along, rows_where
from ..soap.errors import FateUnknownError, NotSentError, RefusedError, SoapError
from ..soap.masking import readable
from ..utils import in_own_transaction, pick_person

_logger = logging.getLogger(__name__)

#: what the outcome of an attempt is judged by and noted in
SETTLING_FIELDS = (
    "state",
    "operation",
    "message_number",
    "attempts",
    "connection_id",
    "company_id",
    "partner_id",
    "purchase_id",
    "user_id",
    "request_text",
    "sent_lines",
    "order_exchange_id",
    "order_number",
)
#: what an outcome and its note in the chatter need; whole rows, one after the other, cost more than the answer
SETTLING_PATHS = {
    "": SETTLING_FIELDS,
    "company_id": ("name", "alias_domain_id"),
    "partner_id": ("name", "email"),
    "purchase_id": (
        *("name", "state", "partner_id", "company_id", "currency_id", "user_id", "partner_ref", "receipt_held"),
        *("webservice_state", "webservice_error", "webservice_note", "webservice_pending_code", "webservice_missing"),
        *("supplier_order_ref", "supplier_shipments", "date_next_status", "status_failures", "status_questions"),
    ),
}
#: what a message that nobody is sending any more has not
FINISHED = {"attempt_token": False, "slot": False}


class SupplierExchange(models.Model):
    """What becomes of a message: its answer, its failure, or what a person says about it."""

    # the other half of supplier_exchange_worker.py: this one never calls that one
    _inherit = "supplier.exchange"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _settle_safely(self, claim, outcome):
        """Write the outcome down, whatever happens: a message never stays "sending"; return id, state and error."""
        try:
            # the outbox is the system's
            settled = in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._settle(claim, outcome))
        except Exception as error:
            _logger.exception("The outcome of exchange %s could not be applied", claim.id)
            reason = f"{type(error).__name__}: {error}"[:300]
            # the outbox is the system's
            settled = in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._park(claim, reason))
        error = outcome[0] if isinstance(outcome[0], SoapError) else None
        if error or claim.failing:
            self.env["supplier.connection"]._note_outcome(claim.connection_id, error)
        return settled

    @api.model
    def _park(self, claim, detail):
        """Put a message whose outcome could not be applied into doubt: it is asked about later, or settled by hand."""
        exchange = self.search([("id", "=", claim.id), ("attempt_token", "=", claim.token), ("state", "=", "sending")])
        if exchange:
            failure = judge_failure(FateUnknownError("internal"), asked_first=True, attempts=exchange.attempts)
            text = exchange._in_sender_language()._describe_error(FateUnknownError("internal"))
            date_next_try = fields.Datetime.now() + timedelta(seconds=failure.retry_in)
            exchange.write(
                {
                    **FINISHED,
                    "state": "unknown",
                    "reason": "internal",
                    "error": text,
                    "error_detail": detail,
                    "date_next_try": date_next_try,
                }
            )
            exchange._report_unknown(text)
            if failure.asks_person:
                exchange._in_sender_language()._ask_person()
        return self.browse(claim.id).read(["state", "error"])[0]

    @api.model
    def _settle(self, claim, outcome):
        """Write the outcome of an attempt; only the worker that still holds the message may.

        :returns: id, state and error of the message
        """
        # not locked: whoever takes it over in the meantime makes the write below a conflict, and this is run again
        values = claim.id, claim.token, "sending"
        claimed = SQL("(supplier_exchange.id, attempt_token, supplier_exchange.state) = %s", values)
        exchange = fetch_along(self.browse(), rows_where(self, claimed), SETTLING_PATHS)
        if not exchange:
            # it took longer than the lease: the next worker asks the supplier before it does anything
            _logger.warning("Exchange %s was taken over while it was being sent", claim.id)
            return self.browse(claim.id).read(["state", "error"])[0]
        exchange = exchange._in_sender_language()
        result, reply = outcome
        if isinstance(result, SoapError):
            exchange._settle_error(result, claim)
        else:
            exchange._settle_answer(result, reply, claim)
        return {"id": exchange.id, "state": exchange.state, "error": exchange.error}

    def _settle_answer(self, answer, reply, claim):
        """Take an answer over as far as it proves something about this message."""
        verdict = self.purchase_id._judge_answer(answer, self)
        if verdict.step == UNKNOWN:
            response = reply.response.encode() if reply else b""
            self._settle_error(FateUnknownError(verdict.reason, answer.message_id, response), claim)
            return
        values = self._prepare_reply_values(reply) if reply else {"date_answered": fields.Datetime.now()}
        if not self.request_text and "request_text" not in values:
            values["request_text"] = readable(claim.payload)
        self._finish(verdict, answer, values)

    def _finish(self, verdict, answer, values, *, author=None):
        """Charge the order or give its credit back, as the verdict is, and let the order know."""
        if verdict.step == REJECT:
            self._get_credit_account()._release([self.message_number])
            error = self._describe_rejection(answer.note)
            self.write({**values, **FINISHED, "state": "failed", "reason": "rejected", "error": error})
        else:
            self._capture_credit()
            self.write({**values, **FINISHED, "state": "done", "duplicate": answer.duplicate})
        self.purchase_id._apply_verdict(verdict, answer, self, author=author)

    def _capture_credit(self):
        self._get_credit_account()._capture(
            self.message_number,
            "order",
            self.env._("%(order)s to %(supplier)s", order=self.purchase_id.name, supplier=self.partner_id.name),
            exchange_id=self.id,
            purchase_id=self.purchase_id.id,
        )

    def _in_sender_language(self):
        """Return the message so that what is written about it is for the person who sent it."""
        if self.env.lang or not self.user_id:
            return self
        # a scheduled action speaks no language
        return self.with_context(lang=self._get_sender_language())

    def _get_sender_language(self):
        """Return the language of who sent the message: one that is there, whatever stands at a user who left."""
        return self.with_user(self.user_id).env["res.users"].context_get().get("lang")

    def _apply_status(self, result):
        """Take over what the supplier says when it is asked about an order that it has.

        :param result: ``OrderAnswer`` or ``SoapError``
        """
        # somebody else may have heard of a rejection first, and the order may have been sent again since
        if self.state != "done":
            return
        exchange = self._in_sender_language()
        purchase = exchange.purchase_id
        error = result if isinstance(result, SoapError) else None
        if error is None and not result.known:
            error = FateUnknownError("unknown_order")
        verdict = purchase._judge_answer(result, exchange) if error is None else None
        if verdict and verdict.step == UNKNOWN:
            error = FateUnknownError(verdict.reason)
        if error:
            purchase._count_failed_question(error, exchange)
            return
        if verdict.step in (REJECT, REOPEN) and verdict.state == REJECTED:
            exchange._reject(result.note)
        purchase._apply_verdict(verdict, result, exchange)
        if result.trouble:
            purchase._count_failed_question(result.trouble, exchange)

    def _reject(self, note):
        """Let an order go that the supplier first received and now rejects; what it cost is booked back."""
        self.ensure_one()
        units = sum(self.transaction_ids.filtered(lambda row: row.kind == "order").mapped("units"))
        if units:
            self._get_credit_account()._book(
                -units,
                "correction",
                f"{self.message_number}:rejected",
                self.env._(
                    "%(supplier)s rejected %(order)s", supplier=self.partner_id.name, order=self.purchase_id.name
                ),
                exchange_id=self.id,
                purchase_id=self.purchase_id.id,
            )
        self.write({"state": "failed", "reason": "rejected", "error": self._describe_rejection(note)})

    def _describe_rejection(self, note):
        return f"{self._describe_error(RefusedError('rejected'))} {note}".strip()

    def _settle_error(self, error, claim):
        endpoint = claim.client.endpoint
        values = self._prepare_failure_values(error, endpoint)
        values["request_text"] = readable(claim.payload, endpoint.secrets)
        _logger.warning("Exchange %s with %s: %s", self.id, endpoint.url, error)
        failure = judge_failure(error, asked_first=claim.ask_first, attempts=self.attempts)
        self._apply_failure(failure, values, received=claim.received)

    def _set_aside(self, error, state):
        """Let a message wait whose connection cannot be used: nothing left, and somebody has to mend it.

        :param state: that of the message before it was taken
        """
        exchange = self._in_sender_language()
        unsent = NotSentError("setup", f"{type(error).__name__}: {error}"[:300])
        values = {
            "reason": unsent.reason,
            "error": exchange._describe_error(unsent),
            "error_detail": unsent.detail,
            "date_answered": fields.Datetime.now(),
        }
        failure = judge_failure(unsent, asked_first=state != "queued", attempts=self.attempts)
        exchange._apply_failure(failure, values, received=state == "received")

    def _apply_failure(self, failure, values, *, received):
        """Write a ``Failure`` down, and let the order know.

        :param received: whether the supplier said before that it has the message
        """
        # what the supplier said to have it has, whatever it answers to a question about it
        state = "received" if received and failure.state == "unknown" else failure.state
        values.update(FINISHED, state=state)
        if failure.credit == "release":
            self.write(values)
            self._report_failed(values["error"])
            return
        date_next_try = fields.Datetime.now() + timedelta(seconds=failure.retry_in)
        self.write({**values, "date_next_try": date_next_try})
        self._trigger_at(date_next_try)
        self._report_waiting()
        if failure.asks_person:
            self._ask_person()

    # What the order hears of it; a change or a cancellation says something else

    def _report_failed(self, error):
        self._get_credit_account()._release([self.message_number])
        self.purchase_id._set_order_failed(error, self)

    def _report_waiting(self):
        self.purchase_id._set_order_waiting(self)

    def _report_unknown(self, text):
        self.purchase_id.write({"webservice_state": "unknown", "webservice_error": text})

    def _describe_doubt(self):
        return self.env._(
            "It is not known whether the supplier received this order, and its web service does not tell. "
            "A manager can then settle the message under Supplier Exchanges."
        )

    def _trigger_at(self, moment):
        for cron_sudo in self._get_workers():
            cron_sudo._trigger(moment)

    def _ask_person(self):
        """Ask the buyer to find out: the supplier does not tell."""
        purchase = self.purchase_id
        purchase.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=pick_person(self.env, purchase.company_id, purchase.user_id, self.user_id).id,
            summary=self.env._("Call %(supplier)s about %(order)s", supplier=self.partner_id.name, order=purchase.name),
            note=self._describe_doubt(),
        )

    def _finish_by_hand(self, *, ordered):
        self.ensure_one()
        who = self.env.user.name
        if ordered:
            note = self.env._("%(user)s noted that the supplier has this order.", user=who)
            answer = OrderAnswer(known=True, code=ACKNOWLEDGED, note=note)
            verdict = self.purchase_id._judge_answer(answer, self)
            self._finish(verdict, answer, {"date_answered": fields.Datetime.now()}, author=self.env.user.partner_id)
        else:
            note = self.env._("%(user)s noted that the supplier does not have this order.", user=who)
            self._get_credit_account()._release([self.message_number])
            self.write({**FINISHED, "state": "failed", "error": note})
            self.purchase_id._set_order_failed(note, self)

    def _get_credit_account(self):
        return self.env["credit.account"]._get_for_company(self.company_id)

    def _cancel(self):
        """Withdraw a message that no worker has taken.

        :raises UserError: where it is on its way
        """
        self.ensure_one()
        if self.state != "queued" or not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "%(order)s is on its way to the supplier. Wait until its fate is known.",
                    order=self.purchase_id.name,
                )
            )
        self._get_credit_account()._release([self.message_number])
        self.write({**FINISHED, "state": "cancelled"})
        self.purchase_id.webservice_state = False
