import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import (
    STATUS_FAILURES_BEFORE_ACTIVITY,
    STATUS_QUESTIONS_BEFORE_ACTIVITY,
    STATUS_SECONDS,
)
from ..delivery import ask
from ..pool import work_off
from ..soap.errors import FateUnknownError, SoapError
from ..utils import execute_contended, in_own_transaction

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """A question about an order that the supplier has, with all that is needed while no transaction is open."""

    id: int
    purchase_id: int
    connection_id: int
    message_id: str
    endpoint: object
    service: object
    connector: object
    account: object
    failing: bool = False


def ask_status(question):
    """Return ``(OrderAnswer or SoapError, Reply or None)``; whatever happens is an outcome."""
    try:
        return ask(question)
    except SoapError as error:
        return error, None
    except Exception as error:
        _logger.exception("The question about purchase order %s ended in an error of our own", question.purchase_id)
        return FateUnknownError("internal", f"{type(error).__name__}: {error}"[:300]), None


class PurchaseOrder(models.Model):
    """Asking suppliers what became of orders that they have and have not decided about."""

    # apart from the other files: asking is a subject of its own
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_fetch_answers(self):
        """Ask about the orders that suppliers have not approved yet, several at once, no supplier before another."""
        self.env["ir.cron"]._commit_progress(remaining=self._count_waiting())
        busy = Counter()

        def take():
            question = in_own_transaction(self.env, lambda env: env["purchase.order"]._claim_question(busy))
            if question:
                busy[question.connection_id] += 1
            return question

        def settle(question, outcome):
            busy[question.connection_id] -= 1
            self._settle_question(question, outcome)
            return self.env["ir.cron"]._commit_progress(1)

        work_off(take, ask_status, settle)

    def _count_waiting(self):
        return self.search_count([("next_status_at", "<=", fields.Datetime.now())])

    @api.model
    def _claim_question(self, busy):
        """Take the next order to ask about, set its next turn and return the ``Question``, or None.

        :param busy: how many calls are under way by connection
        """
        while rows := self._lock_next_to_ask(busy):
            [(order_id, questions, exchange_id)] = rows
            order = self.browse(order_id)
            delay = STATUS_SECONDS[min(questions or 0, len(STATUS_SECONDS) - 1)]
            order.write(
                {
                    "next_status_at": fields.Datetime.now() + timedelta(seconds=delay) if exchange_id else False,
                    "status_questions": (questions or 0) + 1,
                }
            )
            self.flush_model(["next_status_at", "status_questions"])
            if exchange_id:
                # the message is found for whoever may see the order
                return self._new_question(self.env["supplier.exchange"].sudo().browse(exchange_id))
        return None

    @api.model
    def _lock_next_to_ask(self, busy):
        self.flush_model(["next_status_at", "status_questions"])
        counted = SQL(", ").join(SQL("(%s::int4, %s::int4)", key, number) for key, number in (busy or {0: 0}).items())
        return execute_contended(
            self.env,
            SQL(
                """WITH busy (connection_id, calls) AS (VALUES %(busy)s)
                   SELECT o.id, o.status_questions, x.id
                     FROM purchase_order o
                     LEFT JOIN supplier_exchange x
                            ON x.purchase_id = o.id AND x.operation = 'order' AND x.state = 'done'
                     LEFT JOIN supplier_connection c ON c.id = x.connection_id
                     LEFT JOIN busy ON busy.connection_id = c.id
                    WHERE o.next_status_at <= %(now)s
                      AND (x.id IS NULL OR c.state IN ('active', 'suspended')
                           AND (c.paused_until IS NULL OR c.paused_until <= %(now)s)
                           AND COALESCE(busy.calls, 0) < CASE WHEN c.failures > 0 THEN 1 ELSE c.max_calls END)
                    ORDER BY COALESCE(busy.calls, 0), o.next_status_at, o.id
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
            message_id=exchange.message_id,
            endpoint=connection._get_endpoint(),
            service=connection._get_service(),
            connector=connection._get_connector(),
            account=connection._get_account(),
            failing=connection.failures > 0,
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
            if isinstance(outcome[0], SoapError):
                raise outcome[0]

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
                self.env, lambda env: env["supplier.exchange"].sudo().browse(question.id)._apply_status(result)
            )
        except Exception as failure:
            # one answer that cannot be applied must not keep the others waiting; its next turn is set already
            _logger.exception("The answer about purchase order %s could not be applied", question.purchase_id)
            broken = FateUnknownError("internal", f"{type(failure).__name__}: {failure}"[:300])
            in_own_transaction(
                self.env, lambda env: env["supplier.exchange"].sudo().browse(question.id)._apply_status(broken)
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
            "sent_at": fields.Datetime.now(),
        }
        if isinstance(result, SoapError):
            return {**values, **exchanges._prepare_failure_values(result, question.endpoint), "state": "failed"}
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
        if self.status_questions == STATUS_QUESTIONS_BEFORE_ACTIVITY:
            self._ask_review(
                self.env._("Ask %(supplier)s about %(order)s", supplier=exchange.partner_id.name, order=self.name),
                self.env._("The supplier received this order some days ago and has not approved all of it yet."),
            )

    def _ask_review(self, summary, note):
        """Give the buyer an activity, one at a time."""
        activity_type = "supplier_webservice_order.mail_activity_type_supplier_review"
        if self.activity_search([activity_type]):
            return
        self.activity_schedule(activity_type, user_id=(self.user_id or self.env.user).id, summary=summary, note=note)
