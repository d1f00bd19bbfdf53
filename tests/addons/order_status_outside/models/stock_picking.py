from odoo import fields, models


class StockPicking(models.Model):
    """Deliveries that customers come for."""

    _inherit = "stock.picking"

    is_ready_for_pickup = fields.Boolean("Ready for Pick-Up", copy=False)
