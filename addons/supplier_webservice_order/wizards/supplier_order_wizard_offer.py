from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class SupplierOrderWizardOffer(models.TransientModel):
    """What one supplier asks for one part, right now."""

    _name = "supplier.order.wizard.offer"
    _inherit = ["record.window.mixin"]
    _description = "Offer for a Part"
    _order = "price, id"

    line_id = fields.Many2one("supplier.order.wizard.line", required=True, ondelete="cascade")
    connection_id = fields.Many2one("supplier.connection", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="connection_id.partner_id")
    part_number = fields.Char()
    currency_id = fields.Many2one(related="line_id.currency_id")
    has_price = fields.Boolean()
    price = fields.Float(min_display_digits="Product Price")
    available = fields.Float(digits="Product Unit")
    available_on = fields.Date()
    substitute_number = fields.Char()
    note = fields.Char()
    is_best = fields.Boolean()
    availability = fields.Char(compute="_compute_availability")
    availability_state = fields.Selection(
        [("enough", "In stock"), ("some", "Not enough"), ("later", "Later"), ("none", "Not available")],
        compute="_compute_availability",
    )

    def _get_summary(self):
        """Return supplier and price in a few words."""
        self.ensure_one()
        return f"{formatLang(self.env, self.price, currency_obj=self.currency_id)} {self.partner_id.name}"

    @api.depends("available", "available_on", "substitute_number", "line_id.quantity")
    def _compute_availability(self):
        for offer in self:
            if offer.available >= offer.line_id.quantity:
                state, text = "enough", self.env._("In stock")
            elif offer.available > 0:
                state, text = "some", self.env._("Only %(count)g in stock", count=offer.available)
            elif offer.available_on:
                state, text = "later", self.env._("From %(date)s", date=format_date(self.env, offer.available_on))
            else:
                state, text = "none", self.env._("Not available")
            if offer.substitute_number:
                text = self.env._(
                    "%(availability)s, as %(substitute)s", availability=text, substitute=offer.substitute_number
                )
            offer.availability_state, offer.availability = state, text
