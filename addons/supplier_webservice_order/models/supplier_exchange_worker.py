import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.base import REJECTED, UNREADABLE, OrderAnswer
from ..const import ATTEMPTS_BEFORE_ACTIVITY, LEASE_MARGIN, MAX_UNSENT_ATTEMPTS, RETRY_SECONDS
from ..soap.errors import FateUnknownError, NotSentError, RefusedError, SoapError
from ..soap.masking import readable
from ..utils import execute_contended, in_own_transaction

_logger = logging.getLogger(__name__)

#: what the outcome of an attempt is judged by and noted in
SETTLING_FIELDS = (
    "state",
    "operation",
    "message_id",
    "attempts",
    "connection_id",
    "company_id",
    "partner_id",
    "purchase_id",
    "user_id",
    "request_text",
)


@dataclass(frozen=True)
class Claim:
    """A message that one worker has taken, with all it needs while it holds no transaction."""

    id: int
    token: str
    ask_first: bool
    may_send: bool
    message_id: str
    soap_operation: str
    payload: bytes
    connection_id: int
    endpoint: object
    service: object
    connector: object
    account: object
    purchase_id: int


class SupplierExchange(models.Model):
    """Sending: claim, commit, call with nothing open, write the outcome, commit."""

    _inherit = "supplier.exchange"

    # Entry points

    @api.model
    def _cron_send(self):
        """Send what is queued and ask about what is unknown; several of these may run at once."""
        remaining = self._count_due()
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while self._send_next():
            remaining = max(remaining - 1, 0)
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    def process_now(self):
        """Send these messages in this very request, so that the person sees the outcome.

        What another worker has taken already is left to it. Nothing is uncommitted while
        the supplier is called, and a re-run of the request finds the message taken.

        :returns: for each message its id, state and error
        """
        self._check_user()
        outcomes = [self._send_next(exchange.ids) for exchange in self]
        if all(outcomes):
            return outcomes
        return in_own_transaction(
            self.env, lambda env: env["supplier.exchange"].browse(self.ids).read(["state", "error"])
        )

    def _due_condition(self):
        return SQL(
            """(x.operation = 'order'
                AND (x.state IN ('queued', 'unknown') AND x.next_try <= %(now)s
                     OR x.state = 'sending' AND x.lease_until < %(now)s)
                AND (x.state != 'queued' OR c.state = 'active'))""",
            now=fields.Datetime.now(),
        )

    @api.model
    def _count_due(self):
        self.flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM supplier_exchange x
                     JOIN supplier_connection c ON c.id = x.connection_id WHERE %s""",
                self._due_condition(),
            )
        )
        return count

    @api.model
    def _send_next(self, ids=None):
        """Send the next due message, or the given one; return its id, state and error, or None if there is none."""
        claim = in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._claim(ids))
        if claim is None:
            return None
        outcome = self._perform(claim)
        return in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._settle(claim, outcome))

    # Claim

    @api.model
    def _claim(self, ids):
        """Take one due message for this worker and return its ``Claim``, or None.

        One statement finds, locks and takes it, as many workers ask at the same moment.
        """
        self.flush_model()
        token = uuid.uuid4().hex
        rows = execute_contended(
            self.env,
            SQL(
                """WITH due AS (
                     SELECT x.id, x.state, c.state = 'active' AS active, c.connect_timeout + c.read_timeout AS seconds
                       FROM supplier_exchange x JOIN supplier_connection c ON c.id = x.connection_id
                      WHERE %(due)s AND %(wanted)s ORDER BY x.next_try, x.id LIMIT 1
                        FOR NO KEY UPDATE OF x SKIP LOCKED)
                   UPDATE supplier_exchange x
                      SET state = 'sending', attempt_token = %(token)s, attempts = COALESCE(x.attempts, 0) + 1,
                          sent_at = COALESCE(x.sent_at, %(now)s), write_date = %(now)s, write_uid = %(uid)s,
                          -- asking and sending each may take both time-outs
                          lease_until = %(now)s + make_interval(secs => 2 * due.seconds + %(margin)s)
                     FROM due WHERE x.id = due.id
                RETURNING x.id, due.state, due.active, x.message_id, x.soap_operation, x.payload, x.connection_id,
                          x.purchase_id""",
                due=self._due_condition(),
                wanted=SQL("x.id IN %s", tuple(ids)) if ids else SQL("TRUE"),
                token=token,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                margin=LEASE_MARGIN,
            ),
        )
        if not rows:
            return None
        [(exchange_id, state, active, message_id, soap_operation, payload, connection_id, purchase_id)] = rows
        self.invalidate_model()
        connection = self.env["supplier.connection"].browse(connection_id)
        return Claim(
            id=exchange_id,
            token=token,
            # whoever had it before may have reached the supplier
            ask_first=state != "queued",
            may_send=active,
            message_id=message_id,
            soap_operation=soap_operation,
            payload=payload.encode(),
            connection_id=connection_id,
            endpoint=connection._get_endpoint(),
            service=connection._get_service(),
            connector=connection._get_connector(),
            account=connection._get_account(),
            purchase_id=purchase_id,
        )

    # Call: no transaction is open here

    @api.model
    def _perform(self, claim):
        """Talk to the supplier; return ``(OrderAnswer or SoapError, Reply or None)``."""
        try:
            if claim.ask_first:
                answer, reply = self._ask_fate(claim)
                if answer.known:
                    return answer, reply
                if not claim.may_send:
                    # suspended since it was sent: the question goes through, the order does not
                    raise FateUnknownError("inactive")
            reply = claim.service.call(claim.soap_operation, claim.payload, claim.endpoint)
            return self._decode(claim.connector.order_answer, reply), reply
        except SoapError as error:
            if claim.connector.duplicate_codes & error.codes:
                return self._perform_duplicate(claim, error)
            return error, None

    @api.model
    def _ask_fate(self, claim):
        """Ask what became of an order; return ``(OrderAnswer, Reply)``.

        :raises FateUnknownError: where there is no clear answer: then nothing is sent again
        """
        try:
            operation, values = claim.connector.status_message(claim.account, claim.message_id)
            reply = claim.service.call(operation, self._render(claim.service, operation, values), claim.endpoint)
        except SoapError as error:
            raise FateUnknownError(error.reason, error.detail, error.response) from error
        return self._decode(claim.connector.status_answer, reply), reply

    @api.model
    def _decode(self, read, reply):
        try:
            return read(reply.value)
        except UNREADABLE as error:
            raise FateUnknownError("unreadable", str(error), reply.response.encode()) from error

    @api.model
    def _perform_duplicate(self, claim, error):
        """The supplier says that it has this message already: only what it knows of the order proves that."""
        try:
            answer, reply = self._ask_fate(claim)
        except FateUnknownError as silence:
            return silence, None
        if not answer.known:
            return FateUnknownError("duplicate", error.detail, error.response), None
        return answer, reply

    # Outcome

    @api.model
    def _settle(self, claim, outcome):
        """Write the outcome of an attempt; only the worker that still holds the message may.

        :returns: id, state and error of the message
        """
        # not locked: whoever takes it over in the meantime makes the write below a conflict, and this is run again
        exchange = self.search_fetch(
            [("id", "=", claim.id), ("attempt_token", "=", claim.token), ("state", "=", "sending")], SETTLING_FIELDS
        )
        if not exchange:
            # it took longer than the lease: the next worker asks the supplier before it does anything
            _logger.warning("Exchange %s was taken over while it was being sent", claim.id)
            return self.browse(claim.id).read(["state", "error"])[0]
        exchange = exchange._in_sender_language()
        exchange._fetch_for_settling()
        result, reply = outcome
        if isinstance(result, SoapError):
            exchange._settle_error(result, claim)
        else:
            exchange._settle_answer(result, reply, claim)
        return exchange.read(["state", "error"])[0]

    def _fetch_for_settling(self):
        """Read what an outcome and its note in the chatter need; whole rows cost more than the supplier's answer."""
        self.purchase_id.fetch(
            [
                "name",
                "state",
                "partner_id",
                "company_id",
                "partner_ref",
                "webservice_state",
                "webservice_error",
                "webservice_note",
                "supplier_order_ref",
                "next_status_at",
            ]
        )
        self.partner_id.fetch(["name", "email"])
        self.company_id.fetch(["name", "alias_domain_id"])

    def _settle_answer(self, answer, reply, claim, *, author=None):
        values = self._prepare_reply_values(reply) if reply else {"answered_at": fields.Datetime.now()}
        if not self.request_text and "request_text" not in values:
            values["request_text"] = readable(claim.payload)
        account = self._get_credit_account()
        if answer.code == REJECTED:
            account._release([self.message_id])
            error = self._describe_rejection(answer.note)
            self.write({**values, "state": "failed", "reason": "rejected", "error": error})
        else:
            account._capture(
                self.message_id,
                "order",
                self.env._("%(order)s to %(supplier)s", order=self.purchase_id.name, supplier=self.partner_id.name),
                exchange_id=self.id,
                purchase_id=self.purchase_id.id,
            )
            self.write({**values, "state": "done", "duplicate": answer.duplicate, "attempt_token": False})
        self.purchase_id._apply_order_answer(answer, self, author=author)

    def _in_sender_language(self):
        """Return the message so that what is written about it is for the person who sent it."""
        if self.env.lang or not self.user_id:
            return self
        # a scheduled action speaks no language; that of a user is in a cache
        return self.with_context(lang=self.with_user(self.user_id).env["res.users"].context_get().get("lang"))

    def _apply_status(self, answer):
        """Take over what the supplier says when it is asked about an order that it has."""
        # somebody else may have heard of a rejection first, and the order may have been sent again since
        if self.state == "done":
            exchange = self._in_sender_language()
            exchange.purchase_id._apply_order_answer(answer, exchange)

    def _reject(self, note):
        """Let an order go that the supplier first received and now rejects; what it cost is booked back."""
        self.ensure_one()
        units = sum(self.transaction_ids.filtered(lambda row: row.kind == "order").mapped("units"))
        if units:
            self._get_credit_account()._book(
                -units,
                "correction",
                f"{self.message_id}:rejected",
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
        values = self._prepare_failure_values(error, claim.endpoint)
        values["request_text"] = readable(claim.payload, (claim.endpoint.password,))
        _logger.warning("Exchange %s with %s: %s", self.id, claim.endpoint.url, error)
        # a repeated message that did not get through, or is refused, says nothing about the first one
        unsent = isinstance(error, NotSentError) and not claim.ask_first
        refused = isinstance(error, RefusedError) and not claim.ask_first
        if refused or (unsent and self.attempts >= MAX_UNSENT_ATTEMPTS):
            self._get_credit_account()._release([self.message_id])
            self.write({**values, "state": "failed", "attempt_token": False})
            self.purchase_id._set_order_failed(values["error"], self)
            return
        delay = RETRY_SECONDS[min(self.attempts, len(RETRY_SECONDS)) - 1]
        next_try = fields.Datetime.now() + timedelta(seconds=delay)
        self.write({**values, "state": "queued" if unsent else "unknown", "next_try": next_try, "attempt_token": False})
        self._trigger_at(next_try)
        self.purchase_id._set_order_waiting(self)
        if not unsent and self.attempts == ATTEMPTS_BEFORE_ACTIVITY:
            self._ask_person()

    def _trigger_at(self, moment):
        for cron in self.env["ir.cron"].search(
            [("model_id.model", "=", self._name), ("code", "=", "model._cron_send()")]
        ):
            cron._trigger(moment)

    def _ask_person(self):
        """Ask the buyer to find out: the supplier does not tell."""
        purchase = self.purchase_id
        purchase.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(purchase.user_id or self.user_id).id,
            summary=self.env._("Call %(supplier)s about %(order)s", supplier=self.partner_id.name, order=purchase.name),
            note=self.env._(
                "It is not known whether the supplier received this order, and its web service does not tell. "
                "A manager can then settle the message under Supplier Exchanges."
            ),
        )

    def _finish_by_hand(self, *, ordered):
        self.ensure_one()
        who = self.env.user.name
        if ordered:
            note = self.env._("%(user)s noted that the supplier has this order.", user=who)
            answer = OrderAnswer(known=True, code="AB", note=note)
            self._settle_answer(answer, None, self._claim_of_hand(), author=self.env.user.partner_id)
        else:
            note = self.env._("%(user)s noted that the supplier does not have this order.", user=who)
            self._get_credit_account()._release([self.message_id])
            self.write({"state": "failed", "error": note})
            self.purchase_id._set_order_failed(note, self)

    def _claim_of_hand(self):
        connection = self.connection_id
        return Claim(
            self.id, "", False, False, self.message_id, self.soap_operation, self.payload.encode(), connection.id,
            connection._get_endpoint(), None, None, None, self.purchase_id.id,
        )  # fmt: skip

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
        self._get_credit_account()._release([self.message_id])
        self.state = "cancelled"
        self.purchase_id.webservice_state = False
