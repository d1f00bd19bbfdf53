"""See what a rule would tell about a real order. Nothing is sent and nothing is stored."""

from datetime import timedelta

from odoo import api, fields, models

from ..changes import Change
from ..const import RULE_CODES, RULES


class OrderStatusPreview(models.TransientModel):
    """Renders the latest change of a rule on an order, or else an example made from the order."""

    _name = "order.status.preview"
    _description = "Preview of a Status Mail"

    order_id = fields.Many2one("sale.order", required=True, domain="[('website_id', '!=', False)]")
    rule = fields.Selection(selection=RULES, required=True, default=RULE_CODES[0])
    is_example = fields.Boolean(compute="_compute_preview")
    enabled = fields.Boolean("Rule Is On", compute="_compute_preview")
    subject = fields.Char(compute="_compute_preview")
    recipient = fields.Char(compute="_compute_preview")
    body = fields.Html("Status Mail", compute="_compute_preview", sanitize=False)
    odoo_body = fields.Html("Odoo's Own Confirmation", compute="_compute_preview", sanitize=False)

    @api.depends("order_id", "rule")
    def _compute_preview(self):
        for preview in self:
            # in an onchange the record is a new one, on which no access would be checked
            order = preview.order_id._origin
            order.check_access("read")
            if not order.website_id:
                preview.update(
                    dict.fromkeys(("is_example", "enabled", "subject", "recipient", "body", "odoo_body"), False)
                )
                continue
            # the mail is made by the scheduled action's own rights, so is its preview
            preview.update(preview.sudo()._prepare_preview_values(order.sudo()))

    def _prepare_preview_values(self, order):
        mailer = self.env["order.status.mailer"]
        mailer = mailer.with_context(lang=mailer._lang(order), website_id=order.website_id.id)
        order = order.with_env(mailer.env)
        events = self.env["order.status.event"].search(
            [("order_id", "=", order.id), ("rule", "=", self.rule), ("reason", "!=", "changed_back")], limit=1
        )
        example = not events
        if example:
            events = self._example_events(order)
        # the key of the customer's links is nobody else's business
        snapshot = self.env["order.status.snapshot"]
        values = mailer._mail_values(order, events.with_env(mailer.env), snapshot)
        return {
            "is_example": example,
            "enabled": order.website_id._status_mail_enabled(self.rule),
            "subject": values["words"]["subject"],
            "recipient": order.partner_id.email_formatted or order.partner_id.name,
            "body": mailer._render(values),
            "odoo_body": self.rule == "status" and self._render_odoo_confirmation(order),
        }

    def _render_odoo_confirmation(self, order):
        """Return the other mail that may confirm an order: the website chooses one of the two."""
        template = order._get_confirmation_template()
        return template._render_field("body_html", order.ids, compute_lang=True)[order.id] if template else False

    def _example_events(self, order):
        run = self.env["order.status.run"]
        events = self.env["order.status.event"]
        for change in self._example_changes(order):
            events |= events.new(run._event_values(order, change, None))
        return events

    def _example_changes(self, order):
        """Return changes as this order could go through them."""
        lines = order.order_line.filtered(lambda line: line.product_id.type == "consu" and not line.is_delivery)
        today = fields.Date.context_today(self)
        picking = order.picking_ids[:1]
        order_changes = {
            "status": Change("state", old="draft", new="sale"),
            "slip": Change("slip", key=str(picking.id or ""), new=picking.name or "WH/OUT/00001"),
            "picked": Change("picked", new=True),
            "tracking": Change("tracking", key=str(picking.id or ""), new=picking.carrier_tracking_ref or "TRACK-1234"),
        }
        if self.rule in order_changes:
            return [order_changes[self.rule]]
        if self.rule == "date":
            dates = {"old": today.isoformat(), "new": (today + timedelta(days=10)).isoformat()}
            return [Change("expected", key=str(line.id), **dates) for line in lines]
        topic = "delivered" if self.rule == "delivered" else "stock"
        return [Change(topic, key=str(line.id), old=0.0, new=line.product_uom_qty) for line in lines]
