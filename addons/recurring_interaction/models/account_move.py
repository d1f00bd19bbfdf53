from odoo import models


class AccountMove(models.Model):
    """An invoice that a recurrence made and that is taken back leaves its date unbilled."""

    _inherit = "account.move"

    def button_cancel(self):
        """Ask the responsible of the recurrence what becomes of the date."""
        result = super().button_cancel()
        self.env["recurring.interaction.invoice"]._lose_invoices(self)
        return result

    def button_draft(self):
        """Bill the date of the recurrence by a cancelled invoice that is taken back."""
        result = super().button_draft()
        self.env["recurring.interaction.invoice"]._find_invoices(self)
        return result

    def unlink(self):
        """Ask the responsible of the recurrence what becomes of the date."""
        self.env["recurring.interaction.invoice"]._lose_invoices(self)
        return super().unlink()
