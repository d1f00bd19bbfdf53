import logging
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from zeep.exceptions import Error as ZeepError

from ..const import FAILURE_REASONS, OPEN_ORDER_STATES
from ..soap.errors import RefusedError, SoapError
from ..soap.masking import readable
from ..utils import in_own_transaction

_logger = logging.getLogger(__name__)


class SupplierExchange(models.Model):
    """A message to a supplier and what came back: outbox and record in one.

    An order is written here, byte for byte, in the same transaction as everything else
    that *Communicate* does; workers send it later, see ``supplier_exchange_worker.py``.
    """

    _name = "supplier.exchange"
    _description = "Supplier Exchange"
    _order = "id desc"
    _rec_name = "message_id"
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
        [("order", "Order"), ("status", "Status"), ("offer", "Price and availability"), ("test", "Test")],
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
    message_id = fields.Char(
        "Message Number",
        required=True,
        readonly=True,
        default=lambda self: uuid.uuid4().hex,
        help="By this number the supplier recognises a repeated message.",
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sending", "Sending"),
            ("unknown", "Fate unknown"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    soap_operation = fields.Char(readonly=True)
    payload = fields.Text(
        readonly=True,
        groups="base.group_system",
        help="The message as every attempt sends it; credentials are added on the way out.",
    )
    request_text = fields.Text("Request", readonly=True)
    response_text = fields.Text("Answer", readonly=True)
    reason = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    duplicate = fields.Boolean(readonly=True, help="The supplier had this message already.")
    attempts = fields.Integer(readonly=True)
    attempt_token = fields.Char(readonly=True, groups="base.group_system")
    lease_until = fields.Datetime(readonly=True, groups="base.group_system")
    next_try = fields.Datetime("Next Attempt", readonly=True, default=fields.Datetime.now)
    sent_at = fields.Datetime("Sent", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    seconds = fields.Float("Duration (s)", readonly=True, digits=(8, 3), aggregator="avg")
    user_id = fields.Many2one(
        "res.users", "Sent By", readonly=True, default=lambda self: self.env.user, index="btree_not_null"
    )
    transaction_ids = fields.One2many("credit.transaction", "exchange_id", readonly=True)

    _message_unique = models.Constraint("UNIQUE(message_id, operation)", "A message number is used once.")
    _one_open_order = models.UniqueIndex(
        "(purchase_id) WHERE operation = 'order' AND state IN ('queued', 'sending', 'unknown', 'done')",
        "This order was sent already.",
    )
    _due = models.Index("(next_try, id) WHERE state IN ('queued', 'sending', 'unknown')")

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
        # the outbox is written by the system only
        self.sudo().filtered(lambda exchange: exchange.state in ("queued", "unknown")).next_try = fields.Datetime.now()
        self._wake_workers()
        return True

    def action_settle_ordered(self):
        """Note by hand that the supplier has the order: somebody called there."""
        return self._settle_by_hand(ordered=True)

    def action_settle_not_ordered(self):
        """Note by hand that the supplier does not have the order and will not execute it."""
        return self._settle_by_hand(ordered=False)

    def _settle_by_hand(self, *, ordered):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_manager"):
            raise AccessError(self.env._("Only a manager decides what became of an order."))
        self.check_access("read")
        for exchange_sudo in self.sudo().try_lock_for_update(allow_referencing=True):
            if exchange_sudo.state != "unknown":
                raise UserError(self.env._("The fate of this message is not in doubt."))
            exchange_sudo._finish_by_hand(ordered=ordered)
        return True

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
    def _ask(self, connection, operation, prepare, *, purchase=None):
        """Send a question and keep it with its answer; see ``supplier.connection._ask``."""
        values = {
            "connection_id": connection.id,
            "operation": operation,
            "purchase_id": purchase.id if purchase else False,
            "user_id": self.env.uid,
            "attempts": 1,
            "sent_at": fields.Datetime.now(),
        }
        service = connection._get_service()
        endpoint = connection._get_endpoint()
        try:
            soap_operation, message = prepare(connection._get_connector(), connection._get_account())
            payload = self._render(service, soap_operation, message)
            values.update(soap_operation=soap_operation, request_text=readable(payload, (endpoint.password,)))
            reply = service.call(soap_operation, payload, endpoint)
        except SoapError as error:
            values.update(self._prepare_failure_values(error, endpoint), state="failed")
            self._keep(values)
            raise
        values.update(self._prepare_reply_values(reply), state="done")
        self._keep(values)
        return reply.value

    @api.model
    def _render(self, service, soap_operation, message):
        """Return the message as bytes.

        :raises RefusedError: where the values do not fit the supplier's schema
        """
        try:
            return service.render(soap_operation, message)
        except (ZeepError, TypeError, ValueError, LookupError) as error:
            raise RefusedError("message", str(error)) from error

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
                        **{key: values[key] for key in ("sent_at", "answered_at", "seconds") if key in values},
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
            "answered_at": fields.Datetime.now(),
            "seconds": reply.seconds,
            "reason": False,
            "error": False,
        }

    @api.model
    def _prepare_failure_values(self, error, endpoint):
        return {
            "response_text": readable(error.response, (endpoint.password,)) if error.response else False,
            "answered_at": fields.Datetime.now(),
            "reason": error.reason,
            "error": self._describe_error(error),
        }

    @api.model
    def _describe_error(self, error):
        """Return what a person needs to know about a ``SoapError``."""
        reason = FAILURE_REASONS.get(error.reason)
        # a LazyTranslate is translated when it is turned into text in a language
        text = self.env._(reason) if reason else error.reason
        return f"{text} {error.detail}".strip()[:1000]

    @api.model
    def _wake_workers(self):
        """Let every scheduled action that sends messages start now."""
        # anybody who may communicate an order starts the workers
        crons_sudo = (
            self.env["ir.cron"]
            .sudo()
            .search([("model_id.model", "=", self._name), ("code", "=", "model._cron_send()")])
        )
        for cron_sudo in crons_sudo:
            cron_sudo._trigger()

    @api.model
    def _get_open_order(self, purchases):
        """Return the order messages of purchase orders that are alive or were successful."""
        if not purchases:
            return self.browse()
        return self.search(
            [("purchase_id", "in", purchases.ids), ("operation", "=", "order"), ("state", "in", OPEN_ORDER_STATES)]
        )
