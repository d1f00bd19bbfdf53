import base64

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The company's way with proofs, in the settings."""

    _inherit = "res.config.settings"

    proof_type = fields.Selection(related="company_id.proof_type", readonly=False, required=True)
    proof_hourly_rate = fields.Monetary(
        related="company_id.proof_hourly_rate", readonly=False, currency_field="proof_currency_id"
    )
    proof_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Hourly Rate")
    proof_change_product_id = fields.Many2one(related="company_id.proof_change_product_id", readonly=False)
    proof_approval_rule = fields.Selection(related="company_id.proof_approval_rule", readonly=False, required=True)
    proof_deadline_days = fields.Integer(related="company_id.proof_deadline_days", readonly=False)
    proof_reminder_days = fields.Integer(related="company_id.proof_reminder_days", readonly=False)
    proof_link_days = fields.Integer(related="company_id.proof_link_days", readonly=False)
    proof_grace_minutes = fields.Integer(related="company_id.proof_grace_minutes", readonly=False)
    proof_press = fields.Selection(related="company_id.proof_press", readonly=False, required=True)
    proof_press_profile = fields.Binary(related="company_id.proof_press_profile", readonly=False)
    proof_color_limit = fields.Float(related="company_id.proof_color_limit", readonly=False)
    proof_profile_id = fields.Many2one(related="company_id.proof_profile_id", readonly=False)
    proof_minimum_dpi = fields.Integer(related="company_id.proof_minimum_dpi", readonly=False)
    proof_tsa_url = fields.Char(related="company_id.proof_tsa_url", readonly=False)
    proof_key_file = fields.Binary(string="Own Key", help="A file .p12 or .pfx; it takes the place of the key so far.")
    proof_key_password = fields.Char(string="Password of the Key")
    proof_watch_product = fields.Boolean(related="company_id.proof_watch_product", readonly=False)
    proof_watch_quantity = fields.Boolean(related="company_id.proof_watch_quantity", readonly=False)
    proof_watch_text = fields.Boolean(related="company_id.proof_watch_text", readonly=False)
    proof_watch_total = fields.Boolean(related="company_id.proof_watch_total", readonly=False)
    proof_notify_email = fields.Char(related="company_id.proof_notify_email", readonly=False)
    proof_email_from = fields.Char(related="company_id.proof_email_from", readonly=False)
    website_proof_email_from = fields.Char(
        related="website_id.proof_email_from", string="Sender of This Website's Proofs", readonly=False
    )

    def set_values(self):
        """Take in the key that certificates are to be signed with."""
        result = super().set_values()
        if self.proof_key_file:
            content = base64.b64decode(self.proof_key_file)
            self.env["online.proof.seal"]._upload(self.company_id, content, self.proof_key_password)
        return result
