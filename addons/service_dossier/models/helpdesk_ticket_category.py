"""Response-time targets by category."""

from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    dossier_complaint = fields.Boolean(
        string="For complaints", help="Customers can choose it for a complaint in a dossier."
    )
    response_hours = fields.Float(
        string="Answer within (working hours)", help="0: the company's own target for complaints."
    )
