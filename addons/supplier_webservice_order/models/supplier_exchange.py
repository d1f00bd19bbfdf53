import logging
import uuid
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..connectors.texts import spoken
from ..const import DETAILED_REASONS, FAILURE_REASONS, OPEN_ORDER_STATES
from ..delivery import call
from ..judge import Sent, SentLine
from ..soap.errors import SoapError
from ..soap.masking import readable
from ..utils import execute_contended, in_own_transaction

_logger = logging.getLogger(__name__)

#: operations that are written first, sent by workers, and sent once
OUTBOX = ("order", "change", "cancel")
#: states in which a message waits for its next attempt or question
RETRIED_STATES = ("queued", "unknown", "received")


class SupplierExchange(models.Model):
    """A message to a supplier and what came back: outbox and record in one.

    An order is written here, byte for byte, in the same transaction as everything else
    that *Communicate* does; workers send it later, see ``supplier_exchange_worker.py``.
    """

    _name = "supplier.exchange"
    _description = "Supplier Exchange"
    _inherit = ["part.search.mixin"]
    _order = "id desc"
    _rec_name = "message_number"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "supplier.connection", required=True, readonly=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True, readonly=True
    )
    partner_id = fields.Many2one(
        related="connection_id.partner_id", store=True, precompute=True, string="Supplier", index="btree_not_null"
    )
    operation = fields.Selection(
        [
            ("order", "Purchase Order"),
            ("change", "Change"),
            ("cancel", "Cancellation"),
            ("status", "Status"),
            ("offer", "Price and availability"),
            ("test", "Test"),
        ],
        required=True,
        readonly=True,
    )
    purchase_id = fields.Many2one(
        "purchase.order",
        "Purchase Order",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    message_number = fields.Char(
        required=True,
        readonly=True,
        index="trigram",
        default=lambda self: self._new_number(),
        help="By this number the supplier recognises a repeated message.",
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sending", "Sending"),
            ("unknown", "In Doubt"),
            ("received", "Received, not decided"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    order_number = fields.Char(
        "Number at the Supplier",
        readonly=True,
        index="trigram",
        help="By this the supplier knows the order, where that is not the message's own number.",
    )
    order_exchange_id = fields.Many2one(
        "supplier.exchange",
        "Changes This Order",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The order that a change or a cancellation is about, as it was sent.",
    )
    soap_operation = fields.Char(readonly=True)
    payload = fields.Text(
        readonly=True,
        groups="base.group_system",
        help="The message as every attempt sends it; credentials are added on the way out.",
    )
    sent_lines = fields.Json(readonly=True, help="The lines as the supplier was told.")
    request_text = fields.Text("Request", readonly=True)
    response_text = fields.Text("Answer", readonly=True)
    reason = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    error_detail = fields.Text(
        "Technical Detail",
        readonly=True,
        groups="supplier_webservice_order.group_supplier_webservice_order_manager",
        help="What the network or the supplier's server said.",
    )
    duplicate = fields.Boolean(readonly=True, help="The supplier had this message already.")
    attempts = fields.Integer(readonly=True)
    attempt_token = fields.Char(readonly=True, groups="base.group_system")
    slot = fields.Integer(readonly=True, groups="base.group_system", help="Which of the calls at once this is.")
    date_lease_end = fields.Datetime("Lease Until", readonly=True, groups="base.group_system")
    date_next_try = fields.Datetime("Next Attempt", readonly=True, default=fields.Datetime.now)
    date_sent = fields.Datetime("Sent", readonly=True)
    date_answered = fields.Datetime("Answered", readonly=True)
    seconds = fields.Float("Duration (s)", readonly=True, digits=(8, 3), aggregator="avg")
    user_id = fields.Many2one(
        "res.users", "Sent By", readonly=True, default=lambda self: self.env.user, index="btree_not_null"
    )
    can_settle = fields.Boolean(compute="_compute_can_settle")
    transaction_ids = fields.One2many("credit.transaction", "exchange_id", readonly=True)

    _message_unique = models.Constraint("UNIQUE(message_number, operation)", "A message number is used once.")
    _one_open_order = models.UniqueIndex(
        "(purchase_id) WHERE operation = 'order' AND state IN ('queued', 'sending', 'unknown', 'done')",
        "This order was sent already.",
    )
    _one_open_change = models.UniqueIndex(
        "(purchase_id) WHERE operation IN ('change', 'cancel')"
        " AND state IN ('queued', 'sending', 'unknown', 'received')",
        "A change of this order is on its way already.",
    )
    _slot_once = models.UniqueIndex("(connection_id, slot) WHERE slot > 0", "So many calls are under way already.")
    _due = models.Index("(date_next_try, id) WHERE state IN ('queued', 'sending', 'unknown', 'received')")

    @api.model
    def _new_number(self):
        return uuid.uuid4().hex

    @api.depends("operation", "purchase_id.name", "partner_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for exchange in self:
            what = " ".join(filter(None, (labels.get(exchange.operation), exchange.purchase_id.name)))
            exchange.display_name = f"{what} → {exchange.partner_id.name or ''}"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Messages to suppliers are kept."))

    # Actions

    def action_retry(self):
        """Try now instead of later: a queued message is sent, an unknown one is asked about."""
        self._check_user()
        self.flush_recordset(["state", "date_next_try"])
        # a worker may be taking it at this very moment: then there is nothing to do, and nothing for the log
        execute_contended(
            self.env,
            SQL(
                "UPDATE supplier_exchange SET date_next_try = %s, write_uid = %s WHERE id IN %s AND state IN %s"
                " RETURNING id",
                fields.Datetime.now(),
                self.env.uid,
                tuple(self.ids) or (0,),
                RETRIED_STATES,
            ),
        )
        self.invalidate_recordset(["date_next_try"])
        self._wake_workers()
        return True

    def action_settle_ordered(self):
        """Note by hand that the supplier has the order, or the change of it: somebody called there."""
        return self._settle_by_hand(ordered=True)

    def action_settle_not_ordered(self):
        """Note by hand that the supplier does not have the order, or the change, and will not execute it."""
        return self._settle_by_hand(ordered=False)

    def _settle_by_hand(self, *, ordered):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_manager"):
            raise AccessError(self.env._("Only a manager decides what became of an order."))
        self.check_access("read")
        for exchange_sudo in self.sudo().try_lock_for_update(allow_referencing=True):
            if not exchange_sudo._is_in_doubt():
                raise UserError(self.env._("The fate of this message is not in doubt."))
            exchange_sudo._finish_by_hand(ordered=ordered)
        return True

    def _is_in_doubt(self):
        """Return whether a person may decide: nobody knows, or whoever was sending is gone."""
        abandoned = self.state == "sending" and (not self.date_lease_end or self.date_lease_end < fields.Datetime.now())
        return self.operation in OUTBOX and (self.state in ("unknown", "received") or abandoned)

    @api.depends("state", "date_lease_end")
    def _compute_can_settle(self):
        # the lease is nobody's secret, but nobody else needs it
        for exchange, exchange_sudo in zip(self, self.sudo(), strict=True):
            exchange.can_settle = exchange_sudo._is_in_doubt()

    def action_open_purchase(self):
        """Open the purchase order."""
        self.ensure_one()
        return self.purchase_id.get_formview_action()

    def _check_user(self):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_user"):
            raise AccessError(self.env._("You are not allowed to send orders to suppliers."))
        self.check_access("read")

    # Questions

    @api.model
    def _ask(self, connection, operation, client, write):
        """Send a question and keep it with its answer; see ``supplier.connection._ask``."""
        question = call(client, write)
        self._keep_call(connection, operation, client, question)
        return question.value()

    @api.model
    def _keep_call(self, connection, operation, client, question):
        """Keep a ``delivery.Call`` with its answer, in a transaction of its own."""
        values = {
            "connection_id": connection.id,
            "operation": operation,
            "user_id": self.env.uid,
            "attempts": 1,
            "date_sent": fields.Datetime.now(),
        }
        if question.operation:
            request = readable(question.payload, client.endpoint.secrets)
            values.update(soap_operation=question.operation, request_text=request)
        if isinstance(question.outcome, SoapError):
            self._keep({**values, **self._prepare_failure_values(question.outcome, client.endpoint), "state": "failed"})
        else:
            self._keep({**values, **self._prepare_reply_values(question.outcome), "state": "done"})

    @api.model
    def _keep(self, values):
        """Write a finished question down, whatever becomes of the request around it.

        The same answer to the same question about an order updates the row that is there.
        """

        def keep(env):
            # users read exchanges, only the system writes them
            exchanges_sudo = env["supplier.exchange"].sudo()
            same = exchanges_sudo.browse()
            if values["operation"] == "status":
                same = exchanges_sudo.search(
                    [("purchase_id", "=", values["purchase_id"]), ("operation", "=", "status")], limit=1
                )
            if same and same.state == values["state"] and same.response_text == values.get("response_text", False):
                same.write(
                    {
                        "attempts": same.attempts + 1,
                        **{key: values[key] for key in ("date_sent", "date_answered", "seconds") if key in values},
                    }
                )
            else:
                exchanges_sudo.create(values)

        in_own_transaction(self.env, keep)

    @api.model
    def _prepare_reply_values(self, reply):
        return {
            "request_text": reply.request,
            "response_text": reply.response,
            "date_answered": fields.Datetime.now(),
            "seconds": reply.seconds,
            "reason": False,
            "error": False,
            "error_detail": False,
        }

    @api.model
    def _prepare_failure_values(self, error, endpoint):
        return {
            "response_text": readable(error.response, endpoint.secrets) if error.response else False,
            "date_answered": fields.Datetime.now(),
            "reason": error.reason,
            "error": self._describe_error(error),
            "error_detail": error.detail[:2000] or False,
        }

    @api.model
    def _describe_error(self, error):
        """Return what a person needs to know about a ``SoapError``: a sentence, and what the supplier itself says."""
        reason = FAILURE_REASONS.get(error.reason)
        # a LazyTranslate is translated when it is turned into text in a language
        text = self.env._(reason) if reason else error.reason
        detail = spoken(error.detail) if error.reason in DETAILED_REASONS else ""
        return f"{text} {detail}".strip()[:1000]

    @api.model
    def _wake_workers(self):
        """Let the scheduled actions that send messages start now."""
        for cron_sudo in self._get_workers():
            cron_sudo._trigger()

    @api.model
    def _get_workers(self):
        names = ("ir_cron_send_orders", "ir_cron_send_orders_second")
        found = [self.env.ref(f"supplier_webservice_order.{name}", raise_if_not_found=False) for name in names]
        # anybody who may communicate an order starts the workers
        return [cron.sudo() for cron in found if cron]

    @api.model
    def _get_open_order(self, purchases):
        """Return the order messages of purchase orders that are alive or were successful."""
        if not purchases:
            return self.browse()
        return self.search(
            [("purchase_id", "in", purchases.ids), ("operation", "=", "order"), ("state", "in", OPEN_ORDER_STATES)]
        )

    # The order as it was sent

    @api.model
    def _prepare_sent_line(self, part):
        """Return what is kept of a ``connectors.base.Part``, to compare answers and later changes with."""
        return {
            "position": part.position,
            "number": part.number,
            "quantity": str(part.quantity),
            "unit": part.unit,
            "price": str(part.expected_price) if part.expected_price is not None else None,
            "product_id": self.env["purchase.order.line"].browse(part.position).product_id.id,
        }

    def _get_known_as(self):
        """Return what the supplier knows the order, or the message, by."""
        return self.order_number or self.message_number

    def _get_sent(self):
        """Return the order as the supplier was told, for ``judge.judge``."""
        self.ensure_one()
        return Sent(
            (self.order_exchange_id or self)._get_known_as(),
            tuple(
                SentLine(
                    row["position"],
                    Decimal(row["quantity"]),
                    Decimal(row["price"]) if row["price"] is not None else None,
                    row.get("number") or "",
                    row.get("unit") or "",
                )
                for row in self.sent_lines or ()
            ),
        )
