from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings under Website, Customer communication."""

    _inherit = "res.config.settings"

    status_mail_status = fields.Boolean(related="website_id.status_mail_status", readonly=False)
    status_mail_slip = fields.Boolean(related="website_id.status_mail_slip", readonly=False)
    status_mail_picked = fields.Boolean(related="website_id.status_mail_picked", readonly=False)
    status_mail_tracking = fields.Boolean(related="website_id.status_mail_tracking", readonly=False)
    status_mail_delivered = fields.Boolean(related="website_id.status_mail_delivered", readonly=False)
    status_mail_date = fields.Boolean(related="website_id.status_mail_date", readonly=False)
    status_mail_stock = fields.Boolean(related="website_id.status_mail_stock", readonly=False)
    status_mail_status_mandatory = fields.Boolean(related="website_id.status_mail_status_mandatory", readonly=False)
    status_mail_slip_mandatory = fields.Boolean(related="website_id.status_mail_slip_mandatory", readonly=False)
    status_mail_picked_mandatory = fields.Boolean(related="website_id.status_mail_picked_mandatory", readonly=False)
    status_mail_tracking_mandatory = fields.Boolean(related="website_id.status_mail_tracking_mandatory", readonly=False)
    status_mail_delivered_mandatory = fields.Boolean(
        related="website_id.status_mail_delivered_mandatory", readonly=False
    )
    status_mail_date_mandatory = fields.Boolean(related="website_id.status_mail_date_mandatory", readonly=False)
    status_mail_stock_mandatory = fields.Boolean(related="website_id.status_mail_stock_mandatory", readonly=False)
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
