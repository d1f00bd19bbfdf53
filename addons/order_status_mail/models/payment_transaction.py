from odoo import fields, models


class PaymentTransaction(models.Model):
    """Marks the web orders that a payment is for."""

    _inherit = "payment.transaction"

    # refunds are found by what they take back
    source_transaction_id = fields.Many2one(index="btree_not_null")

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["order.status.mark"]._mark("transaction", self.ids)
        return result
