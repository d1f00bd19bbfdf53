import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

from ..connectors.client import SupplierClient
from ..const import (
    APPROVED_STATES,
    FOLLOW_QUESTIONS,
    FOLLOW_SECONDS,
    STATUS_FAILURES_BEFORE_ACTIVITY,
    STATUS_QUESTIONS_BEFORE_ACTIVITY,
    STATUS_SECONDS,
)
from ..delivery import ask_status
from ..pool import work_off
from ..soap.errors import FateUnknownError, SoapError
from ..utils import execute_contended, in_own_transaction, pick_person

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """A question about an order that the supplier has, with all that is needed while no transaction is open."""

    id: int
    purchase_id: int
    connection_id: int
    known_as: str
    client: SupplierClient
    failing: bool = False
    #: whether the order is approved, and asked about for what was shipped
    follows: bool = False


class PurchaseOrder(models.Model):
    """Asking suppliers what became of orders: whether they approve them, and then what they shipped."""

    # apart from the other files: asking is a subject of its own
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_fetch_answers(self):
        """Ask about the orders that suppliers have, several at once, no supplier before another.

        no batch: as in ``supplier.exchange._cron_send``, the calls are under way together without a transaction.
        """
        self.env["ir.cron"]._commit_progress(remaining=self._count_waiting())
        busy = Counter()

        def take(ended):
            if ended:
                question, outcome = ended
                busy[question.connection_id] -= 1
                if isinstance(outcome[0], SoapError):
                    # whether the connection rests is known once this is written down
                    return None
            question = in_own_transaction(self.env, lambda env: env["purchase.order"]._claim_question(busy))
            if question:
                busy[question.connection_id] += 1
            return question

        def settle(question, outcome):
            self._settle_question(question, outcome)
            return self.env["ir.cron"]._commit_progress(1)

        work_off(take, ask_status, settle)

    def _count_waiting(self):
        return self.search_count([("date_next_status", "<=", fields.Datetime.now())])

    @api.model
    def _claim_question(self, busy):
        """Take the next order to ask about, set its next turn and return the ``Question``, or None.

        :param busy: how many calls are under way by connection
        """
        while rows := self._lock_next_to_ask(busy):
            [(order_id, questions, state, exchange_id)] = rows
            order, questions = self.browse(order_id), questions or 0
            delay = self._get_status_delay(state, questions) if exchange_id else None
            order.write(
                {
                    "date_next_status": fields.Datetime.now() + timedelta(seconds=delay) if delay else False,
                    "status_questions": questions + 1,
                }
            )
            self.flush_model(["date_next_status", "status_questions"])
            # the message is found for whoever may see the order
            exchange_sudo = self.env["supplier.exchange"].sudo().browse(exchange_id or ())
            try:
                if exchange_sudo:
                    return self._new_question(exchange_sudo)
            except Exception as error:
                # a connection that cannot be used keeps its own orders waiting, and nobody else's
                _logger.exception("The question about purchase order %s could not be prepared", order_id)
                broken = FateUnknownError("setup", f"{type(error).__name__}: {error}"[:300])
                order._count_failed_question(broken, exchange_sudo._in_sender_language())
        return None

    @api.model
    def _get_status_delay(self, state, questions):
        """Return the seconds until the next question about an order, or None where it was the last."""
        if state in APPROVED_STATES:
            return FOLLOW_SECONDS if questions < FOLLOW_QUESTIONS else None
        return STATUS_SECONDS[min(questions, len(STATUS_SECONDS) - 1)]

    @api.model
    def _lock_next_to_ask(self, busy):
        self.flush_model(["date_next_status", "status_questions"])
        counted = SQL(", ").join(SQL("(%s::int4, %s::int4)", key, number) for key, number in (busy or {0: 0}).items())
        return execute_contended(
            self.env,
            SQL(
                """WITH busy (connection_id, calls) AS (VALUES %(busy)s)
                   SELECT o.id, o.status_questions, o.webservice_state, x.id
                     FROM purchase_order o
                     LEFT JOIN supplier_exchange x
                            ON x.purchase_id = o.id AND x.operation = 'order' AND x.state = 'done'
                     LEFT JOIN supplier_connection c ON c.id = x.connection_id
                     LEFT JOIN busy ON busy.connection_id = c.id
                    WHERE o.date_next_status <= %(now)s
                      AND (x.id IS NULL OR c.state IN ('active', 'suspended')
                           AND (c.date_pause_end IS NULL OR c.date_pause_end <= %(now)s)
                           AND COALESCE(busy.calls, 0) < CASE WHEN c.failures > 0 THEN 1 ELSE c.max_calls END)
                    ORDER BY COALESCE(busy.calls, 0), o.date_next_status, o.id
                    LIMIT 1 FOR NO KEY UPDATE OF o SKIP LOCKED""",
                busy=counted,
                now=fields.Datetime.now(),
            ),
        )

    @api.model
    def _new_question(self, exchange):
        connection = exchange.connection_id
        return Question(
            id=exchange.id,
            purchase_id=exchange.purchase_id.id,
            connection_id=connection.id,
            known_as=exchange._get_known_as(),
            client=connection._get_client(),
            failing=connection.failures > 0,
            follows=exchange.purchase_id.webservice_state in APPROVED_STATES,
        )

    def _fetch_answer(self):
        """Ask the supplier now and take its answer over.

        :raises SoapError: without a usable answer
        """
        self.ensure_one()
        # the message is found for whoever may see the order
        exchange_sudo = (
            self.env["supplier.exchange"]
            .sudo()
            .search([("purchase_id", "=", self.id), ("operation", "=", "order"), ("state", "=", "done")], limit=1)
        )
        if exchange_sudo:
            question = self._new_question(exchange_sudo)
            outcome = ask_status(question)
            self._settle_question(question, outcome)
            trouble = outcome[0] if isinstance(outcome[0], SoapError) else outcome[0].trouble
            if trouble:
                raise trouble

    @api.model
    def _settle_question(self, question, outcome):
        """Write down what came back, in transactions of their own: what was said, and then what it does."""
        result, reply = outcome
        exchanges = self.env["supplier.exchange"]
        exchanges._keep(self._prepare_question_values(question, result, reply))
        error = result if isinstance(result, SoapError) else None
        if error or question.failing:
            self.env["supplier.connection"]._note_outcome(question.connection_id, error)
        try:
            in_own_transaction(
                # the outbox is the system's
                self.env,
                lambda env: env["supplier.exchange"].sudo().browse(question.id)._apply_status(result),
            )
        except Exception as failure:
            # one answer that cannot be applied must not keep the others waiting; its next turn is set already
            _logger.exception("The answer about purchase order %s could not be applied", question.purchase_id)
            broken = FateUnknownError("internal", f"{type(failure).__name__}: {failure}"[:300])
            in_own_transaction(
                # the outbox is the system's
                self.env,
                lambda env: env["supplier.exchange"].sudo().browse(question.id)._apply_status(broken),
            )

    @api.model
    def _prepare_question_values(self, question, result, reply):
        exchanges = self.env["supplier.exchange"]
        values = {
            "connection_id": question.connection_id,
            "operation": "status",
            "purchase_id": question.purchase_id,
            "user_id": self.env.uid,
            "attempts": 1,
            "date_sent": fields.Datetime.now(),
        }
        if isinstance(result, SoapError):
            return {**values, **exchanges._prepare_failure_values(result, question.client.endpoint), "state": "failed"}
        return {**values, **exchanges._prepare_reply_values(reply), "state": "done"}

    # What silence does

    def _count_failed_question(self, error, exchange):
        """Show why there is no answer, and ask a person after some of them in a row."""
        self.ensure_one()
        failures = self.status_failures + 1
        self.write({"status_failures": failures, "webservice_error": exchange._describe_error(error)})
        if failures == STATUS_FAILURES_BEFORE_ACTIVITY:
            self._ask_review(
                self.env._("Ask %(supplier)s about %(order)s", supplier=exchange.partner_id.name, order=self.name),
                self.env._(
                    "The supplier received this order, but its web service no longer gives a usable answer about it."
                ),
            )

    def _count_undecided(self, exchange):
        if self.status_questions == STATUS_QUESTIONS_BEFORE_ACTIVITY and self.webservice_state not in APPROVED_STATES:
            self._ask_review(
                self.env._("Ask %(supplier)s about %(order)s", supplier=exchange.partner_id.name, order=self.name),
                self.env._("The supplier received this order some days ago and has not approved all of it yet."),
            )

    def _ask_review(self, summary, note):
        """Give the buyer an activity, one at a time.

        :param note: plain text, of the supplier, too
        """
        activity_type = "supplier_webservice_order.mail_activity_type_supplier_review"
        if self.activity_search([activity_type]):
            return
        person = self._get_reviewer()
        self.activity_schedule(activity_type, user_id=person.id, summary=summary, note=plaintext2html(note))

    def _get_reviewer(self):
        """Return who looks at what the supplier says: the buyer, who sent the order, or a manager."""
        sender = self.user_id
        if not sender.active:
            # the outbox is the system's
            sender = self.env["supplier.exchange"].sudo()._get_open_order(self)[:1].user_id
        return pick_person(self.env, self.company_id, self.user_id, sender, self.env.user)
