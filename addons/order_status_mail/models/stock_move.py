from odoo import models


class StockMove(models.Model):
    """Notes goods that come in, and that less is to come."""

    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        if "product_uom_qty" in vals:
            # less is to come than before; what is done or cancelled marks its order by the quantity delivered
            # whoever packs goods need not be allowed to see the orders
            lines_sudo = self.sudo().sale_line_id
            lines_sudo._mark_status_changed()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        # a receipt that is cancelled, or closed without the rest, brings nothing any more
        self.env["order.status.supply"]._mark_purchases(lines=self.purchase_line_id.ids)
        return result

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # whoever receives goods need not know which customers wait for them
        self.env["order.status.supply"].sudo()._mark_arrivals(moves)
        return moves
