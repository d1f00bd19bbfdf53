from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Vendor bills by which credits are bought."""

    _inherit = "account.move"

    credit_transaction_ids = fields.One2many(
        "credit.transaction",
        "bill_id",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )

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
