from odoo import models


class PurchaseOrder(models.Model):
    """Has the sale orders that wait for its goods looked at."""

    _inherit = "purchase.order"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "date_planned" in vals:
            self.env["order.status.supply"]._mark_purchases(orders=self.ids)
        return result
