from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Marks web orders that changed; shows what their customers were told."""

    _name = "sale.order"
    _inherit = ["sale.order", "mail.delivery.mixin", "order.status.watched", "cron.batch.mixin"]
    _status_source = "order"

    status_picked = fields.Boolean("Picked", copy=False, tracking=True, help="The goods of this order are picked.")
    status_event_ids = fields.One2many("order.status.event", "order_id", string="Status Events", readonly=True)
    status_event_count = fields.Integer(compute="_compute_status_event_count")
    status_snapshot_ids = fields.One2many("order.status.snapshot", "order_id", readonly=True)
    status_confirmed_by = fields.Selection(
        [("ours", "The status mail"), ("odoo", "Odoo's order confirmation")],
        "Orders are confirmed by",
        copy=False,
        readonly=True,
    )
    status_mail_problem = fields.Char(
        compute="_compute_status_mail_problem", help="Why the customer could not be told."
    )

    def _compute_status_event_count(self):
        counts = dict(
            self.env["order.status.event"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.status_event_count = counts.get(order, 0)

    @api.depends("status_snapshot_ids.date_next_try", "status_snapshot_ids.undelivered")
    def _compute_status_mail_problem(self):
        for order in self:
            # only a sentence is taken from the ledger, for staff who may open the order
            snapshot_sudo = order.sudo().status_snapshot_ids
            problem = order.mail_delivery_problem
            if snapshot_sudo.date_next_try:
                # whoever sees the order may know that its shop has no sender
                obstacle = order.website_id.sudo()._status_mail_obstacle()
                problem = obstacle or self.env._("The last status mail could not be made. It will be tried again.")
            elif snapshot_sudo.undelivered and not problem:
                problem = self.env._("The customer could not be told everything: there is no address that works.")
            order.status_mail_problem = problem

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        web_orders = orders.filtered(lambda order: order.website_id and order.state != "draft")
        self.env["order.status.mark"]._mark("order", web_orders.ids)
        return orders

    def write(self, vals):
        moved = self.filtered("website_id") if "partner_id" in vals else self.browse()
        moved = moved.filtered(lambda order: order.partner_id.id != vals["partner_id"])
        if vals.get("state") == "draft":
            # an order that is opened again is confirmed anew
            vals = {**vals, "status_confirmed_by": False}
        result = super().write(vals)
        if moved:
            self.env["order.status.snapshot"]._renew_links(moved)
            reason = self.env._("The order got another customer before this mail left.")
            self.env["order.status.mail"]._take_back(moved, reason)
            self.env["order.status.mark"]._mark_owing(moved)
        return result

    def _status_differs(self, name, value):
        return bool(self.website_id) and super()._status_differs(name, value)

    def _on_mail_delivery(self, deliveries):
        result = super()._on_mail_delivery(deliveries)
        headers = deliveries.mapped("message_header")
        self.env["order.status.mail"].search([("message_header", "in", headers)])._settle()
        return result

    def action_view_status_events(self):
        """Open the ledger of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("order_status_mail.order_status_event_action")
        action.update(domain=[("order_id", "=", self.id)], context={"default_order_id": self.id})
        return action

    def action_preview_status_mail(self):
        """Show what a status mail of this order would look like."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("order_status_mail.order_status_preview_action")
        action["context"] = {"default_order_id": self.id}
        return action

    def _status_all_picked(self):
        """Return whether everything that is on the way from the shelves has been taken from there."""
        moves = self.order_line.move_ids
        for _step in range(4):
            moves |= moves.move_orig_ids
        moves = moves.filtered(lambda move: move.picking_id and move.state != "cancel")
        first = moves.filtered(lambda move: move.picking_id._is_status_step("pick"))
        return bool(first) and all(move.state == "done" for move in first)

    def _status_day(self, moment):
        """Return the day of a moment where the shop is."""
        self.ensure_one()
        zone = ZoneInfo(self.website_id.status_mail_tz or "UTC")
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def _send_order_confirmation_mail(self):
        # one mail, not two, and not none: a confirmation is owed (Directive 2011/83/EU, article 8(7))
        ours, others = self._split_status_confirmations()
        ours.status_confirmed_by = "ours"
        others.status_confirmed_by = "odoo"
        return super(SaleOrder, self - ours)._send_order_confirmation_mail()

    def _split_status_confirmations(self):
        """Return the web orders that the status mail confirms, and those that Odoo's own mail does."""
        # whoever confirms an order need not see what customers refused
        orders_sudo = self.filtered("website_id").sudo()
        policy = orders_sudo.env["order.status.mailer"]._get_policy(orders_sudo)
        ours = orders_sudo.filtered(policy.confirms)
        # Odoo's own mail to nobody is none
        others = (orders_sudo - ours).filtered(policy.has_address)
        return self & ours, self & others

    def _status_confirm_after_all(self):
        """Have Odoo confirm what the status mail was to, and cannot any more."""
        orders = self.filtered(lambda order: order.status_confirmed_by == "ours")
        orders.status_confirmed_by = "odoo"
        return orders._send_order_confirmation_mail()

    # Customer's pages

    def _get_status_snapshot(self):
        """Return what the customer was told, as superuser, for pages that have checked access to the order."""
        return self.sudo().status_snapshot_ids

    # Scheduled action

    def _cron_lock(self):
        # mails, invoices and deliveries of an order may be made while it is looked at
        return self.try_lock_for_update(allow_referencing=True)

    def _tell_status(self):
        """Find what changed on these orders and tell their customers."""
        self.env["order.status.run"]._tell(self, self.env.context.get("status_ceiling"))

    def _cron_failed(self, method, error):
        if method == "_tell_status":
            self.env["order.status.snapshot"]._record_failure(self, f"{type(error).__name__}: {error}")
        return super()._cron_failed(method, error)
