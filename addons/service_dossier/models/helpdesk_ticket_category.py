"""Response-time targets by category."""

from odoo import api, fields, models


class HelpdeskTicketCategory(models.Model):
    """A category that customers may choose, with a target of its own."""

    _inherit = "helpdesk.ticket.category"

    dossier_complaint = fields.Boolean(
        string="For Complaints", help="Customers can choose it for a complaint in a dossier."
    )
    response_hours = fields.Float(
        string="Answer Within (Working Hours)", help="0: the company's own target for complaints."
    )

    @api.model
    def _dossier_choices(self, company):
        """Return the categories that a company's complaints can have (superuser: their names reach the pages)."""
        Category_sudo = self.sudo()  # the customer's login may be of another company
        return Category_sudo.search([("dossier_complaint", "=", True), ("company_id", "in", [False, company.id])])
