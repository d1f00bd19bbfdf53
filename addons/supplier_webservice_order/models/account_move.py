from odoo import models


class AccountMove(models.Model):
    """Vendor bills of orders that suppliers answered."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # a bill that came by itself is matched with lines of the order; who posts it may not see the supplier's answer
        bills = self.filtered(lambda move: move.move_type == "in_invoice")
        # the order of a bill that came by itself may not be for whoever posts it
        bills.sudo().line_ids.purchase_line_id.order_id._check_prices_accepted()
        return super()._post(soft)
