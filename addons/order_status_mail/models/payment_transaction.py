from odoo import models


class PaymentTransaction(models.Model):
    """Marks the web orders that a payment is for."""

    _inherit = "payment.transaction"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["order.status.touch"]._mark("transaction", self.ids)
        return result
