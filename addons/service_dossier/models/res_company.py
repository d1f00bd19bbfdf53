"""Settings of dossiers."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

BLOCKED_EXTENSIONS = "apk,app,bat,cmd,com,cpl,dll,exe,hta,jar,js,jse,lnk,msi,ps1,reg,scr,sh,vbe,vbs,wsf"


class ResCompany(models.Model):
    """The settings of dossiers."""

    _inherit = "res.company"

    dossier_max_file_size = fields.Integer(string="Largest File (MB)", default=25)
    dossier_blocked_extensions = fields.Char(string="Refused File Types", default=BLOCKED_EXTENSIONS)
    dossier_max_recipients = fields.Integer(string="Most Recipients of an E-mail", default=20)
    dossier_tolerance = fields.Integer(string="Tolerance of Dimensions (mm)", default=5)
    dossier_complaint_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Complaints Go To",
        index="btree_not_null",
        domain="['|', ('company_id', '=', False), ('company_id', '=', id)]",
    )
    dossier_response_hours = fields.Float(string="Answer Complaints Within (Working Hours)", default=8.0)
    dossier_reopen_days = fields.Integer(
        string="Reopen Complaints Within (Days)",
        default=14,
        help="An answer of the customer's within this time brings a closed complaint back to work.",
    )
    dossier_ask_satisfaction = fields.Boolean(string="Ask How Complaints Were Handled", default=True)
    dossier_contact_id = fields.Many2one(
        "res.users",
        string="Contact Person of New Dossiers",
        domain="[('share', '=', False)]",
        index="btree_not_null",
    )
    dossier_confirm_orders = fields.Boolean(string="Confirm Service Orders at Once", default=True)

    dossier_claim_days = fields.Integer(
        string="A Request Counts for (Days)",
        default=60,
        help="So long after a service request the day of the request decides whether a warranty pays.",
    )
    dossier_replacement_warranty = fields.Selection(
        [("rest", "Rest of the replaced unit's time"), ("new", "New warranty of the same duration")],
        string="Warranty of a Replacement",
        required=True,
        default="rest",
    )

    @api.constrains(
        "dossier_max_file_size",
        "dossier_max_recipients",
        "dossier_tolerance",
        "dossier_response_hours",
        "dossier_claim_days",
    )
    def _check_dossier_settings(self):
        for company in self:
            if not 1 <= company.dossier_max_file_size <= 500 or not 1 <= company.dossier_max_recipients <= 100:
                raise ValidationError(self.env._("Files: 1 to 500 MB; recipients: 1 to 100."))
            if not 0 <= company.dossier_tolerance <= 1000 or company.dossier_response_hours < 0:
                raise ValidationError(self.env._("The tolerance is 0 to 1000 mm; hours cannot be negative."))
            if company.dossier_claim_days < 0:
                raise ValidationError(self.env._("A service request cannot count for less than 0 days."))

    def _dossier_day(self, moment=None):
        """Return the day at this company, by its working hours' clock: a warranty runs alike for whoever looks.

        :param moment: in UTC; none: now
        """
        company_sudo = self.sudo()  # customers do not read working hours
        zone = company_sudo.resource_calendar_id.tz or company_sudo.partner_id.tz or "UTC"
        moment = moment or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()
