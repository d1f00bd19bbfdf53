"""Complaints: tickets that belong to a dossier."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicket(models.Model):
    """A ticket that may be the complaint of a dossier."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "cron.batch.mixin", "service.dossier.viewed.mixin"]

    commercial_partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_commercial_partner_id",
        related=None,
        index="btree_not_null",
        help="The customer when the ticket was made: it does not follow a contact who changes employer.",
    )
    dossier_id = fields.Many2one("service.dossier", index="btree_not_null", check_company=True, copy=False)
    dossier_message_id = fields.Many2one("service.dossier.message", index="btree_not_null", copy=False)
    dossier_file_ids = fields.One2many(
        "service.dossier.file", compute="_compute_dossier_file_ids", string="Photos and Files"
    )
    warranty_id = fields.Many2one("service.warranty", index="btree_not_null", copy=False)
    date_response_deadline = fields.Datetime(
        string="Answer Before",
        compute="_compute_date_response_deadline",
        store=True,
        help="Working hours of the category or the company, counted from the registration.",
    )
    date_first_response = fields.Datetime(string="First Answer", readonly=True, copy=False)
    response_escalated = fields.Boolean(readonly=True, copy=False)

    _response_due_index = models.Index(
        "(date_response_deadline) WHERE dossier_id IS NOT NULL AND date_first_response IS NULL"
    )

    @api.depends("partner_id", "dossier_id")
    def _compute_commercial_partner_id(self):
        for ticket in self:
            holder = ticket.dossier_id or ticket.partner_id
            ticket.commercial_partner_id = holder.commercial_partner_id

    @api.constrains("company_id", "dossier_id")
    def _check_company_of_dossier(self):
        for ticket in self:
            if ticket.dossier_id and ticket.company_id != ticket.dossier_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(number)s stays in %(company)s: it is a complaint in a dossier of this company.",
                        number=ticket.number,
                        company=ticket.dossier_id.company_id.name,
                    )
                )

    def _leave_to_customer(self, person):
        """Let the customer itself take the place of a contact who left it."""
        self.message_unsubscribe(partner_ids=person.ids)
        for ticket in self:
            ticket.partner_id = ticket.commercial_partner_id

    @api.depends("dossier_message_id")
    @api.depends_context("uid")
    def _compute_dossier_file_ids(self):
        """Search as the reader: of a message that somebody may not see, not even the files' ids are told."""
        File = self.env["service.dossier.file"]
        thread_ids = self.dossier_message_id.ids
        found = File.search([("thread_id", "in", thread_ids)]) if File.has_access("read") else File
        by_thread = {thread.id: files for thread, files in found.grouped("thread_id").items()}
        for ticket in self:
            ticket.dossier_file_ids = by_thread.get(ticket.dossier_message_id.id, File)

    @api.model_create_multi
    def create(self, vals_list):
        """Tie a ticket only to what its author may see."""
        tickets = super().create(vals_list)
        tickets._check_dossier_links(("dossier_id", "dossier_message_id", "warranty_id"))
        return tickets

    def _check_dossier_links(self, names):
        """:raises AccessError: where one of the links leads to something that the current user may not read"""
        if self.env.su:
            return
        for name in names:
            if name in ("dossier_id", "dossier_message_id", "warranty_id") and self[name]:
                self[name].check_access("read")

    @api.depends("dossier_id", "category_id.response_hours", "company_id")
    def _compute_date_response_deadline(self):
        for ticket in self:
            company = ticket.company_id
            hours = ticket.category_id.response_hours or company.dossier_response_hours
            if not ticket.dossier_id or not hours:
                ticket.date_response_deadline = False
                continue
            start = ticket.create_date or fields.Datetime.now()
            calendar = company.resource_calendar_id
            deadline = calendar.plan_hours(hours, start, compute_leaves=True) if calendar else False
            ticket.date_response_deadline = deadline or start + timedelta(hours=hours)

    @api.model
    def _create_from_dossier(self, message, category_id=False):
        """Register the complaint that a dossier message makes (superuser: customers make tickets by complaining).

        :param message: superuser record of the message
        """
        dossier = message.dossier_id
        company = dossier.company_id
        choices = self.env["helpdesk.ticket.category"]._dossier_choices(company)
        category = choices.filtered(lambda choice: choice.id == category_id) or choices[:1]
        team = company.dossier_complaint_team_id
        values = {
            "name": f"{dossier.name}: {message.subject or message._type_labels()[message.message_type]}",
            "description": message.body or Markup("<p/>"),
            "partner_id": message.author_id.id,
            "partner_name": message.author_name,
            "partner_email": message.email_from,
            "company_id": company.id,
            "team_id": team.id,
            "category_id": category.id,
            "stage_id": team._get_applicable_stages()[:1].id if team else False,
            "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False).id,
            "dossier_id": dossier.id,
            "dossier_message_id": message.id,
            "warranty_id": message.warranty_id.id,
        }
        if not team:
            stages = self.env["helpdesk.ticket.team"].with_company(company)._get_applicable_stages()
            values["stage_id"] = stages[:1].id
            values["user_id"] = dossier.user_id.id
        ticket = self.with_context(mail_create_nosubscribe=True).create(values)
        ticket.message_subscribe(partner_ids=(message.author_id | dossier.user_id.partner_id).ids)
        return ticket

    def write(self, vals):
        """An employee who takes a complaint out of the unattended stages has answered it."""
        result = super().write(vals)
        self._check_dossier_links(vals)
        if vals.get("stage_id") and not self.env.user.share:
            self.filtered(lambda ticket: not ticket.stage_id.unattended)._mark_answered()
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """An employee's comment is an answer."""
        result = super()._message_post_after_hook(message, msg_vals)
        author = message.author_id
        comment = message.subtype_id == self.env.ref("mail.mt_comment", raise_if_not_found=False)
        if comment and message.message_type in ("comment", "email") and not author.partner_share:
            self._mark_answered()
        if comment and not self.env.context.get("dossier_mirror"):
            for ticket in self:
                ticket._keep_in_dossier(message, author)
        return result

    def _keep_in_dossier(self, post, author):
        """Say in the dossier what was said on the ticket, and where a merged complaint goes on."""
        Message = self.env["service.dossier.message"]
        kept = Message._create_from_post(self, "dossier_message_id", post, author)
        if kept and self.merged_into_id:
            kept._post_on_tickets()
        elif author.partner_share:
            self._on_customer_answer()

    def _mark_answered(self):
        self_sudo = self.sudo()  # an employee who only follows a ticket answers it, too, without write access
        due_sudo = self_sudo.filtered(lambda ticket: ticket.dossier_id and not ticket.date_first_response)
        if due_sudo:
            due_sudo.date_first_response = fields.Datetime.now()

    @api.model
    def _cron_escalate_responses(self):
        """Give somebody an activity for each complaint whose answer is overdue, once."""
        domain = [
            ("dossier_id", "!=", False),
            ("date_first_response", "=", False),
            ("response_escalated", "=", False),
            ("date_response_deadline", "<", fields.Datetime.now()),
            ("stage_id.closed", "=", False),
            ("stage_id.dossier_waits", "=", False),
        ]
        self._cron_each(domain, "_escalate_response", order="date_response_deadline", limit=200)

    def _escalate_response(self):
        self.ensure_one()
        responsible = self.team_id.user_id or self.user_id or self.dossier_id.user_id or self.env.ref("base.user_admin")
        lang = responsible.lang
        self.with_context(lang=lang).activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=responsible.id,
            summary=self.with_context(lang=lang).env._("Complaint without an answer"),
            note=self.with_context(lang=lang).env._(
                "This complaint should have been answered before %(deadline)s.",
                deadline=fields.Datetime.context_timestamp(
                    self.with_context(tz=responsible.tz), self.date_response_deadline
                ).strftime("%Y-%m-%d %H:%M"),
            ),
        )
        self.response_escalated = True

    def action_view_dossier(self):
        """Open the dossier of this complaint."""
        self.ensure_one()
        return self.dossier_id.get_formview_action()
