from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the company, on the settings page."""

    _inherit = "res.config.settings"

    recurring_horizon_months = fields.Integer(related="company_id.recurring_horizon_months", readonly=False)
    recurring_agenda_days = fields.Integer(related="company_id.recurring_agenda_days", readonly=False)
    recurring_ending_days = fields.Integer(related="company_id.recurring_ending_days", readonly=False)
    recurring_automatic_limit = fields.Integer(related="company_id.recurring_automatic_limit", readonly=False)
    recurring_portal_cancel = fields.Boolean(related="company_id.recurring_portal_cancel", readonly=False)
    recurring_skip_empty = fields.Boolean(related="company_id.recurring_skip_empty", readonly=False)
