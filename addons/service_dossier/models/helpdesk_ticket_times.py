"""How long complaints take, and what customers say of how they were handled."""

from odoo import api, fields, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError, UserError

SATISFACTIONS = [("good", "Satisfied"), ("fair", "Neither"), ("bad", "Not satisfied")]
MAX_COMMENT = 2000
#: what only customers say, on their pages
BY_CUSTOMERS = {"satisfaction", "satisfaction_comment"}


class HelpdeskTicket(models.Model):
    """A complaint's times and its customer's verdict."""

    _inherit = "helpdesk.ticket"

    hours_to_answer = fields.Float(
        compute="_compute_hours_to_answer", store=True, help="Working hours of the company until the first answer."
    )
    hours_to_close = fields.Float(
        compute="_compute_hours_to_close", store=True, help="Working hours of the company until it was closed."
    )
    satisfaction = fields.Selection(SATISFACTIONS, readonly=True, copy=False)
    satisfaction_comment = fields.Text(string="Said About It", readonly=True, copy=False)
    date_satisfaction = fields.Datetime(string="Asked for Satisfaction", readonly=True, copy=False)

    @api.depends("date_first_response", "dossier_id")
    def _compute_hours_to_answer(self):
        for ticket in self:
            ticket.hours_to_answer = ticket._working_hours_until(ticket.date_first_response)

    @api.depends("closed_date", "dossier_id")
    def _compute_hours_to_close(self):
        for ticket in self:
            ticket.hours_to_close = ticket._working_hours_until(ticket.closed_date)

    def _working_hours_until(self, moment):
        """Return the company's working hours from the registration to a moment, 0 where there is none."""
        start = self.create_date
        if not moment or not start or not self.dossier_id or moment <= start:
            return 0.0
        calendar = self.company_id.resource_calendar_id
        return calendar.get_work_hours_count(start, moment) if calendar else (moment - start).total_seconds() / 3600

    def _asks_satisfaction(self):
        """Return whether the end of this complaint is told in its dossier, with the question how it was handled."""
        return (
            self.company_id.dossier_ask_satisfaction
            and self.stage_id.closed
            and bool(self.dossier_message_id)
            and not self.merged_into_id
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Leave the verdict to the customer."""
        for values in vals_list:
            self._check_verdict(values)
        model, vals_list = without_proposals(self, BY_CUSTOMERS, vals_list)
        return super(HelpdeskTicket, model).create(vals_list)

    def _check_verdict(self, values):
        """:raises AccessError: where somebody fills in what the customer says"""
        if BY_CUSTOMERS & values.keys() and not self.env.su:
            raise AccessError(self.env._("What customers say of a complaint is not filled in by hand."))

    def write(self, vals):
        """Leave the verdict to the customer, and ask for it at the end."""
        self._check_verdict(vals)
        was_open = self.filtered(lambda ticket: not ticket.stage_id.closed) if vals.get("stage_id") else self.browse()
        result = super().write(vals)
        was_open_sudo = was_open.sudo()  # agents need no dossier role
        for ticket in was_open_sudo.filtered(lambda ticket: ticket._asks_satisfaction()):
            ticket._ask_satisfaction()
        return result

    def _ask_satisfaction(self):
        """Say in the dossier (superuser) that the complaint is solved, and ask how it was handled."""
        dossier = self.dossier_id._in_language_of_customer()
        text = dossier.env._(
            "Complaint %(number)s is solved. How satisfied are you with the way we handled it? "
            "Please tell us where you read this message in the dossier.",
            number=self.number,
        )
        if self.satisfaction:
            text = dossier.env._("Complaint %(number)s is solved.", number=self.number)
        dossier._post_event(False, text, message_type="complaint_solved", parent=self.dossier_message_id)
        self.date_satisfaction = fields.Datetime.now()

    def _track_template(self, tracking):
        """Send one mail at the end, not two: the dossier's asks how satisfied the customer is."""
        result = super()._track_template(tracking)
        if self[:1]._asks_satisfaction():
            result.pop("stage_id", None)
        return result

    def _set_satisfaction(self, satisfaction, comment):
        """Keep the customer's verdict, the latest one, and show it on the ticket (superuser).

        :raises UserError: where the complaint is not solved, or the answer is none of the possible ones
        """
        self.ensure_one()
        labels = dict(self._fields["satisfaction"]._description_selection(self.env))
        if satisfaction not in labels:
            raise UserError(self.env._("Please choose one of the answers."))
        if not self.stage_id.closed:
            raise UserError(self.env._("This complaint is not solved yet."))
        self.write({"satisfaction": satisfaction, "satisfaction_comment": comment.strip()[:MAX_COMMENT] or False})
        self.message_post(
            body=self.env._(
                "How it was handled: %(verdict)s. %(comment)s",
                verdict=labels[satisfaction],
                comment=self.satisfaction_comment or "",
            ),
            subtype_xmlid="mail.mt_note",
        )
