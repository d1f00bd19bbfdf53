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
    offer_count = fields.Integer(help="How many offers the supplier made for this part; this one is the best of them.")
    least = fields.Float("From Quantity", digits="Product Unit", help="The price holds from this quantity.")
    other_unit = fields.Char(help="What the price would be for: not what is ordered.")
    foreign_price = fields.Char(help="A price in a currency without a rate: it is shown, and not compared.")
    is_silent = fields.Boolean(help="The supplier was asked, and offers nothing.")
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

    @api.depends("available", "available_on", "substitute_number", "line_id.quantity", "is_silent", "least", "note")
    def _compute_availability(self):
        for offer in self:
            offer.availability_state, text = offer._describe_stock()
            offer.availability = offer._describe_terms(text)

    def _describe_stock(self):
        if self.is_silent:
            return "none", self.env._("No offer")
        if self.available >= self.line_id.quantity:
            return "enough", self.env._("In stock")
        if self.available > 0:
            return "some", self.env._("Only %(count)g in stock", count=self.available)
        if self.available_on:
            return "later", self.env._("From %(date)s", date=format_date(self.env, self.available_on))
        return "none", self.env._("Not available")

    def _describe_terms(self, text):
        """Return the text with what a person has to know of this offer before taking it."""
        parts = [text]
        if self.substitute_number:
            parts = [
                self.env._("%(availability)s, as %(substitute)s", availability=text, substitute=self.substitute_number)
            ]
        if self.least > self.line_id.quantity:
            parts.append(self.env._("price from %(quantity)g", quantity=self.least))
        if self.other_unit:
            parts.append(self.env._("price for another unit (%(unit)s)", unit=self.other_unit))
        if self.foreign_price:
            parts.append(self.env._("price that cannot be converted (%(price)s)", price=self.foreign_price))
        elif not self.has_price and self.note:
            # why there is none, in the supplier's words
            parts.append(self.note)
        if self.offer_count > 1:
            parts.append(self.env._("best of %(count)s offers", count=self.offer_count))
        return ", ".join(parts)
