from odoo import models

from .sale_order_checkout import PLACED


class PaymentTransaction(models.Model):
    """What is paid is approved, where placing the order is the approval."""

    _inherit = "payment.transaction"

    def _post_process(self):
        """Placing the order approves template products, also where the money is still to come."""
        result = super()._post_process()
        placed = self.filtered(lambda transaction: transaction.state in PLACED)
        placed.sale_order_ids.filtered(lambda order: order.state in ("sent", "sale"))._approve_proofs_by_checkout()
        return result
