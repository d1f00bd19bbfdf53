from odoo import api, models


class PurchaseOrderLine(models.Model):
    """Has the sale orders that wait for its goods looked at."""

    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        confirmed = lines.filtered(lambda line: line.order_id.state == "purchase")
        self.env["order.status.supply"]._mark_purchases(lines=confirmed.ids)
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "date_planned" in vals or "product_qty" in vals:
            confirmed = self.filtered(lambda line: line.order_id.state == "purchase")
            self.env["order.status.supply"]._mark_purchases(lines=confirmed.ids)
        return result
