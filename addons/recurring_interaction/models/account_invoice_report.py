from odoo import api, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    """The statistics read drafts with plain SQL; patterns are none of them."""

    _inherit = "account.invoice.report"

    @api.model
    def _where(self):
        return SQL("%s AND move.is_recurring_pattern IS NOT TRUE", super()._where())
