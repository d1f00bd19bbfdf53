from odoo import api, fields, models

from ..connectors.base import ACKNOWLEDGED, REJECTED
from ..const import APPROVED_STATES, UNSENT_STATES

#: how a badge shows each ``webservice_state``
SEVERITIES = {
    "queued": "info",
    "unknown": "warning",
    "AB": "info",
    "AP": "success",
    "CA": "warning",
    "RE": "danger",
    "cancelled": "muted",
    "failed": "danger",
}


class PurchaseOrder(models.Model):
    """What the form of an order offers and says in each state of its transfer."""

    # apart from the other files: nothing but views reads these
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    webservice_severity = fields.Char(compute="_compute_webservice_severity")
    can_communicate = fields.Boolean(compute="_compute_can_communicate")
    can_ask_supplier = fields.Boolean(compute="_compute_transfer")
    can_accept_answer = fields.Boolean(compute="_compute_transfer")
    is_transfer_running = fields.Boolean(compute="_compute_transfer")
    is_transfer_failed = fields.Boolean(compute="_compute_transfer")
    is_answer_awaited = fields.Boolean(compute="_compute_transfer")
    is_answer_incomplete = fields.Boolean(compute="_compute_transfer")
    is_answer_unusable = fields.Boolean(compute="_compute_transfer")
    is_kept_by_supplier = fields.Boolean(
        compute="_compute_transfer", help="Cancelled here, and the supplier has not been told."
    )

    @api.depends("webservice_state")
    def _compute_webservice_severity(self):
        # apart from the rest: lists show it
        for order in self:
            order.webservice_severity = SEVERITIES.get(order.webservice_state)

    @api.depends("state", "connection_id", "webservice_state")
    def _compute_can_communicate(self):
        for order in self:
            unsent = order.webservice_state in (*UNSENT_STATES, REJECTED, "cancelled")
            order.can_communicate = unsent and order.state != "cancel" and bool(order.connection_id)

    @api.depends(
        *("state", "webservice_state", "webservice_error", "webservice_missing", "webservice_pending_code"),
        *("answer_flagged", "receipt_held", "pending_news"),
    )
    def _compute_transfer(self):
        for order in self:
            state = order.webservice_state
            received = state == ACKNOWLEDGED
            at_supplier = received or state in APPROVED_STATES
            cancelled = order.state == "cancel"
            order.can_ask_supplier = at_supplier
            order.can_accept_answer = (
                order.answer_flagged
                or (order.receipt_held and state != REJECTED)
                or order.webservice_pending_code in APPROVED_STATES
            )
            order.is_transfer_running = received or state == "queued"
            order.is_transfer_failed = state in ("failed", REJECTED)
            order.is_answer_awaited = received and not order.webservice_error and not order.webservice_missing
            order.is_answer_incomplete = received and bool(order.webservice_missing)
            order.is_answer_unusable = received and bool(order.webservice_error)
            order.is_kept_by_supplier = cancelled and at_supplier and not order.pending_news
