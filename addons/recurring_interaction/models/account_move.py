from odoo import models


class AccountMove(models.Model):
    """An invoice that a recurrence made and that is taken back leaves its date unbilled."""

    _inherit = "account.move"

    def write(self, vals):
        """Ask the responsible of the recurrence what becomes of the date of a cancelled invoice.

        One that is taken back to a draft bills its date again; its mail, which has not left yet, waits for the posting.
        """
        if vals.get("state") == "draft":
            self.env["recurring.interaction.invoice"]._take_back_mails(
                self.filtered(lambda move: move.state == "posted")
            )
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self.env["recurring.interaction.invoice"]._lose_invoices(self)
        elif vals.get("state") == "draft":
            self.env["recurring.interaction.invoice"]._find_invoices(self)
        elif vals.get("state") == "posted":
            self.env["recurring.interaction.invoice"]._queue_mails_again(self)
        return result

    def unlink(self):
        """Ask the responsible of the recurrence what becomes of the date."""
        if self:  # Odoo deletes none of them, over and over
            self.env["recurring.interaction.invoice"]._lose_invoices(self)
        return super().unlink()
