from odoo import models


class StockMove(models.Model):
    """Notes goods that come in."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # whoever receives goods need not know which customers wait for them
        self.env["order.status.supply"].sudo()._mark_arrivals(moves)
        return moves
