from odoo import models


class AccountMove(models.Model):
    """Marks the web orders that an invoice is for."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._mark_status_changed()
        return result

    def _compute_payment_state(self):
        result = super()._compute_payment_state()
        self._mark_status_changed()
        return result

    def _mark_status_changed(self):
        invoices = self.filtered(
            lambda move: (
                isinstance(move.id, int)
                and move.move_type in ("out_invoice", "out_refund")
                and (move.state == "posted" or move.posted_before)
            )
        )
        self.env["order.status.mark"]._mark("invoice", invoices.ids)
