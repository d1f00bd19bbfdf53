from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml


class AccountMoveSend(models.AbstractModel):
    """Recurring invoices are sent as their pattern says, and until they arrive."""

    _inherit = "account.move.send"

    @api.model
    def _get_default_sending_methods(self, move):
        """Send a recurring invoice as its pattern says, whatever the customer's own preference."""
        queued = (move.sending_data or {}).get("sending_methods")
        return set(queued) if queued else super()._get_default_sending_methods(move)

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Send the mail of a recurring invoice until it arrives: nobody sits there who would press *Send* again."""
        # whoever sends invoices need not see what they were issued from
        issues_sudo = self.env["recurring.interaction.invoice"].sudo()
        if issues_sudo.search_count([("move_id", "=", move.id)], limit=1):
            move = move.with_context(mail_owed=True)
        return super()._send_mail(move, mail_template, **kwargs)

    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        """Make the PDFs one by one where wkhtmltopdf cannot make several at once, as Debian's cannot.

        Odoo's sending queue takes ten invoices in one go; without this, two recurring invoices of
        one day would keep each other from being sent, for good.
        """
        if _wkhtml().is_patched_qt:
            return super()._prepare_invoice_pdf_report(invoices_data)
        for invoice, invoice_data in invoices_data.items():
            super()._prepare_invoice_pdf_report({invoice: invoice_data})
        return None
