"""See what a rule would tell about a real order. Nothing is sent and nothing is stored."""

from odoo import api, fields, models

from ..rules import rules_of


class OrderStatusPreview(models.TransientModel):
    """Renders the latest change of a rule on an order, or else an example made from the order."""

    _name = "order.status.preview"
    _inherit = ["record.window.mixin"]
    _description = "Preview of a Status Mail"

    order_id = fields.Many2one("sale.order", required=True, domain="[('website_id', '!=', False)]")
    rule = fields.Selection(selection="_selection_rule", required=True, default=lambda self: rules_of(self.env)[0].code)
    is_example = fields.Boolean(compute="_compute_preview")
    enabled = fields.Boolean("Rule Is On", compute="_compute_preview")
    subject = fields.Char(compute="_compute_preview")
    recipient = fields.Char(compute="_compute_preview")
    body = fields.Html("Status Mail", compute="_compute_preview", sanitize=False)
    odoo_body = fields.Html("Odoo's Own Confirmation", compute="_compute_preview", sanitize=False)

    def _selection_rule(self):
        return self.env["order.status.event"]._selection_rule()

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
            order_sudo, mailer_sudo = order.sudo(), self.env["order.status.mailer"].sudo()
            preview.update(mailer_sudo._preview(order_sudo, preview.rule))
            preview.odoo_body = preview.rule == "status" and self._render_odoo_confirmation(order_sudo)

    def _render_odoo_confirmation(self, order):
        """Return the other mail that may confirm an order: the website chooses one of the two."""
        template = order._get_confirmation_template()
        return template._render_field("body_html", order.ids, compute_lang=True)[order.id] if template else False
