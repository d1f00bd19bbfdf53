from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings under Website, Customer communication."""

    _inherit = "res.config.settings"

    status_mail_rule_ids = fields.One2many(related="website_id.status_mail_rule_ids", readonly=False)
    status_mail_tolerance = fields.Integer(related="website_id.status_mail_tolerance", readonly=False)
    status_mail_max_age = fields.Integer(related="website_id.status_mail_max_age", readonly=False)
    status_mail_tz = fields.Selection(related="website_id.status_mail_tz", readonly=False)
    status_mail_confirmation = fields.Selection(related="website_id.status_mail_confirmation", readonly=False)
    status_mail_from = fields.Char(related="website_id.status_mail_from", readonly=False)
    status_mail_subject = fields.Char(related="website_id.status_mail_subject", readonly=False)
    status_mail_intro = fields.Text(related="website_id.status_mail_intro", readonly=False)
    status_mail_closing = fields.Text(related="website_id.status_mail_closing", readonly=False)
    status_mail_picked_when = fields.Selection(related="company_id.status_mail_picked_when", readonly=False)

    def action_edit_status_mail(self):
        """Open the template that gives the mails their look."""
        self.check_access("write")
        view = self.env.ref("order_status_mail.status_mail")
        return {
            "type": "ir.actions.act_window",
            "res_model": "ir.ui.view",
            "res_id": view.id,
            "views": [(False, "form")],
        }
