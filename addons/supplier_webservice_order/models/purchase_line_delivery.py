from odoo import api, fields, models
from odoo.addons.base_safeguard.numbers import plain_number
from odoo.tools import format_date


class PurchaseLineDelivery(models.Model):
    """A part of an order line that comes by itself: so many now, so many later."""

    _name = "purchase.line.delivery"
    _description = "Part Delivery of an Order Line"
    _order = "date, id"
    _rec_names_search = ["line_id"]

    line_id = fields.Many2one("purchase.order.line", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    date = fields.Date(readonly=True)
    status = fields.Char(readonly=True)

    @api.depends("quantity", "date")
    def _compute_display_name(self):
        for delivery in self:
            number = plain_number(delivery.quantity)
            delivery.display_name = (
                self.env._("%(number)s on %(date)s", number=number, date=format_date(self.env, delivery.date))
                if delivery.date
                else number
            )
