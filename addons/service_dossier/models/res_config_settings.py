"""The settings page."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings page."""

    _inherit = "res.config.settings"

    dossier_max_file_size = fields.Integer(related="company_id.dossier_max_file_size", readonly=False)
    dossier_blocked_extensions = fields.Char(related="company_id.dossier_blocked_extensions", readonly=False)
    dossier_max_recipients = fields.Integer(related="company_id.dossier_max_recipients", readonly=False)
    dossier_tolerance = fields.Integer(related="company_id.dossier_tolerance", readonly=False)
    dossier_complaint_team_id = fields.Many2one(related="company_id.dossier_complaint_team_id", readonly=False)
    dossier_response_hours = fields.Float(related="company_id.dossier_response_hours", readonly=False)
    dossier_reopen_days = fields.Integer(related="company_id.dossier_reopen_days", readonly=False)
    dossier_ask_satisfaction = fields.Boolean(related="company_id.dossier_ask_satisfaction", readonly=False)
    dossier_contact_id = fields.Many2one(related="company_id.dossier_contact_id", readonly=False)
    dossier_confirm_orders = fields.Boolean(related="company_id.dossier_confirm_orders", readonly=False)
    dossier_claim_days = fields.Integer(related="company_id.dossier_claim_days", readonly=False)
    dossier_replacement_warranty = fields.Selection(related="company_id.dossier_replacement_warranty", readonly=False)
