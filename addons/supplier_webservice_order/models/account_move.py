from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Vendor bills: those of suppliers' orders, and those by which credits are bought."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # a bill that came by itself is matched with lines of the order; who posts it may not see the supplier's answer
        bills = self.filtered(lambda move: move.move_type == "in_invoice")
        bills.sudo().line_ids.purchase_line_id.order_id._check_prices_accepted()
        return super()._post(soft)

    def button_draft(self):
        self._check_credits_not_booked()
        return super().button_draft()

    def button_cancel(self):
        self._check_credits_not_booked()
        return super().button_cancel()

    def _check_credits_not_booked(self):
        # whether credits were booked matters to accountants who do not see the ledger
        if self.env["credit.transaction"].sudo().search_count([("bill_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The credits of this bill have been booked. Take them back with a correction in the menu "
                    "System Credits and enter a credit note."
                )
            )
