"""What a customer was last told about an order."""

import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq

from ..const import LINK_DAYS, RETRY_MINUTES, RETRY_MINUTES_MAX


class OrderStatusSnapshot(models.Model):
    """One row per web order: the facts as told, the key of the mail's links, the last failure."""

    _name = "order.status.snapshot"
    _description = "Web Order Status"
    _order = "changed_on desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    website_id = fields.Many2one(related="order_id.website_id", store=True, index="btree_not_null")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    facts = fields.Json(readonly=True, help="The order as the customer was last told.")
    status = fields.Selection(
        [
            ("open", "Not confirmed"),
            ("confirmed", "Confirmed"),
            ("prepared", "Being prepared"),
            ("partial", "Partly delivered"),
            ("shipped", "On its way"),
            ("delivered", "Delivered"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        help="Where the order is, as the customer's pages show it.",
    )
    changed_on = fields.Datetime("Last Change", readonly=True)
    root_message = fields.Char(readonly=True, help="Message-Id of the first mail; later ones refer to it.")
    last_message = fields.Char(readonly=True)
    access_token = fields.Char(readonly=True, groups="base.group_system")
    token_expires_on = fields.Date("Links Open Until", readonly=True)
    error = fields.Text("Last Error", readonly=True)
    error_count = fields.Integer("Failures", readonly=True)
    retry_at = fields.Datetime("Try Again", readonly=True)

    _order_unique = models.Constraint("UNIQUE(order_id)", "There is one status per order.")
    _failed_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")

    # Links

    @api.model
    def _new_token(self):
        """Return the secret of an order's links."""
        return secrets.token_urlsafe(32)

    @api.model
    def _find_by_token(self, order_id, token):
        """Return the order's snapshot if ``token`` opens it, in superuser mode; else an empty record."""
        # guests have no rights of their own: the token is what lets them in
        snapshot_sudo = self.sudo().search([("order_id", "=", order_id)])
        known = snapshot_sudo.access_token or ""
        # bytes: anything may stand in an address, and texts beyond ASCII cannot be compared
        valid = consteq(known.encode(), (token or "").encode("utf-8", "replace")) and bool(known)
        expired = snapshot_sudo.token_expires_on and snapshot_sudo.token_expires_on < fields.Date.today()
        return snapshot_sudo if valid and not expired else snapshot_sudo.browse()

    @api.model
    def _link_expiry(self):
        return fields.Date.today() + timedelta(days=LINK_DAYS)

    def action_revoke_links(self):
        """Make the links of all mails sent so far stop working."""
        self.check_access("write")
        for snapshot_sudo in self.sudo():
            snapshot_sudo.access_token = self._new_token()

    def action_retry_now(self):
        """Let the next run try the failed orders again."""
        self.check_access("write")
        self.sudo().write({"retry_at": False})

    # Failures

    @api.model
    def _record_failure(self, order, error):
        """Note that ``order`` could not be told, and when to try again."""
        snapshot = self.search([("order_id", "=", order.id)]) or self.create(
            {"order_id": order.id, "access_token": self._new_token()}
        )
        minutes = min(RETRY_MINUTES * 2 ** min(snapshot.error_count, 10), RETRY_MINUTES_MAX)
        snapshot.write(
            {
                "error": error,
                "error_count": snapshot.error_count + 1,
                "retry_at": fields.Datetime.now() + timedelta(minutes=minutes),
            }
        )
        return snapshot
