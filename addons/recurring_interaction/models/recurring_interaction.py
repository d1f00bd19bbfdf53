import datetime

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.base_safeguard.domains import either
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..recurrence import times
from ..utils import differing, due_domain, today_of


class RecurringInteraction(models.Model):
    """One piece of work on one day: a call, a visit, a check, an invoice to issue."""

    _name = "recurring.interaction"
    _description = "Interaction"
    _inherit = ["mail.thread", "mail.activity.mixin", "cron.batch.mixin", "part.search.mixin"]
    _order = "day, start, id"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, tracking=True, index="trigram")
    recurrence_id = fields.Many2one(
        "recurring.recurrence", index="btree_not_null", ondelete="set null", readonly=True, copy=False
    )
    occurrence_date = fields.Date(
        "Date in the Pattern",
        readonly=True,
        copy=False,
        help="The date that the recurrence gave; moving the interaction keeps it.",
    )
    kind = fields.Selection(
        [("interaction", "Interaction"), ("invoice", "Invoice")],
        required=True,
        readonly=True,
        default="interaction",
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    type_id = fields.Many2one(
        "mail.activity.type",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'recurring.interaction'))]",
        default=lambda self: self.env["recurring.recurrence"]._default_activity_type_id(),
        index=True,
    )
    partner_id = fields.Many2one("res.partner", "Contact", index="btree_not_null", check_company=True)
    document = fields.Reference(selection="_selection_document", index="btree_not_null")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        tracking=True,
    )
    team_id = fields.Many2one("recurring.team", index="btree_not_null", check_company=True)
    description = fields.Html(sanitize_style=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("skipped", "Skipped")],
        required=True,
        readonly=True,
        default="planned",
        tracking=True,
        copy=False,
        group_expand=True,
    )
    is_edited = fields.Boolean(
        "Changed by Hand", readonly=True, copy=False, help="Generating the recurrence again leaves it alone."
    )
    all_day = fields.Boolean(default=True)
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: self.env.context.get("tz") or self.env.user.tz or "UTC",
    )
    start = fields.Datetime(required=True, default=lambda self: self._default_start())
    stop = fields.Datetime("End", required=True, default=lambda self: self._default_start(18))
    day = fields.Date(
        "Date", compute="_compute_day", inverse="_inverse_day", store=True, readonly=False, precompute=True, index=True
    )
    is_due = fields.Boolean("Due", compute="_compute_is_due", search="_search_is_due")
    in_calendar = fields.Boolean("Show in the Calendar", default=True)
    calendar_event_id = fields.Many2one("calendar.event", readonly=True, copy=False, index="btree_not_null")
    planned_activity_ids = fields.One2many("mail.activity", "recurring_interaction_id")
    is_scheduled = fields.Boolean(
        "In the Agenda", readonly=True, copy=False, help="The day is near: activity and calendar event are there."
    )
    date_done = fields.Datetime("Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    feedback = fields.Text(readonly=True, copy=False)

    _occurrence_uniq = models.Constraint(
        "UNIQUE(recurrence_id, occurrence_date)", "This date of the recurrence is planned already."
    )
    _stop_after_start = models.Constraint("CHECK(stop >= start)", "An interaction cannot end before it starts.")
    _event_uniq = models.UniqueIndex("(calendar_event_id)", "A calendar event belongs to one interaction.")
    _agenda_idx = models.Index("(day) WHERE state = 'planned' AND is_scheduled IS NOT TRUE")
    _due_idx = models.Index("(day) WHERE state = 'planned' AND kind = 'invoice'")

    @api.model
    def _default_start(self, hours=8):
        return times.to_utc(fields.Date.context_today(self), hours, "UTC")

    @api.model
    def _selection_document(self):
        return self.env["recurring.recurrence"]._selection_document()

    @api.depends("start", "all_day", "tz")
    def _compute_day(self):
        for record in self:
            start = record.start
            if start and not record.all_day:
                start = times.to_local(start, record.tz)
            record.day = start and start.date()

    def _inverse_day(self):
        for record in self:
            if record.day and record.start:
                start = self._moved_start(record.start, record.day, record.all_day, record.tz)
                if start != record.start:
                    record.write({"start": start, "stop": start + (record.stop - record.start)})

    @api.onchange("start", "all_day")
    def _onchange_start(self):
        if self.start:
            length = datetime.timedelta(hours=10 if self.all_day else 0.5)
            if self.all_day:
                self.start = times.to_utc(self.day or self.start.date(), 8, "UTC")
            self.stop = self.start + length

    @api.depends("state", "day", "tz")
    def _compute_is_due(self):
        for record in self:
            record.is_due = record.state == "planned" and bool(record.day) and record.day <= today_of(record)

    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        return either(fields.Domain("state", "=", "planned") & due_domain("day"), value)

    # Actions

    def action_done(self, feedback=False):
        """Mark as done; the activity and the calendar follow. Invoices are issued by this."""
        self.check_access("write")
        for record in self.filtered(lambda item: item.state == "planned"):
            activity = record.planned_activity_ids.filtered("active")[:1]
            if activity:
                activity.action_feedback(feedback=feedback)
            else:
                record._mark_done(feedback)
        return True

    def action_skip(self):
        """Leave this one out; generating again will not bring it back."""
        self.check_access("write")
        if any(record.state == "done" for record in self):
            raise UserError(self.env._("What is done cannot be skipped."))
        self._check_may_invoice()
        self._mark_skipped()
        return True

    def action_plan_again(self):
        """Take a skipped or done interaction back."""
        self.check_access("write")
        self._check_may_invoice()
        self._mark_planned()
        return True

    def action_open_recurrences(self):
        """Open the recurrence this interaction belongs to, or the active recurrences."""
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_recurrence_action")
        if len(self.recurrence_id) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.recurrence_id.id, "context": {}}
        return action

    def action_open_document(self):
        """Open the record that the interaction is about."""
        self.ensure_one()
        if not self.document:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.document._name,
            "res_id": self.document.id,
            "views": [(False, "form")],
        }

    # Business

    # Rights are checked by the callers; state and history are written by nobody but the superuser

    def _mark_done(self, feedback=False):
        values = {"state": "done", "date_done": fields.Datetime.now(), "done_by_id": self.env.uid}
        if feedback:
            values["feedback"] = feedback
        open_sudo = self.sudo().filtered(lambda item: item.state == "planned")
        open_sudo._issue_or_raise()
        open_sudo.write(values)

    def _mark_skipped(self):
        planned_sudo = self.sudo().filtered(lambda item: item.state == "planned")
        planned_sudo.write({"state": "skipped", "is_edited": True})

    def _mark_planned(self):
        """:raises UserError: when there is an invoice for the date"""
        records_sudo = self.sudo()
        if "issued" in records_sudo.interaction_invoice_ids.mapped("state"):
            raise UserError(self.env._("An invoice was made for this date; it cannot be planned again."))
        records_sudo.interaction_invoice_ids._mark_due()  # their invoices, if there were any, are gone
        records_sudo.filtered(lambda item: item.state != "planned").write(
            {"state": "planned", "date_done": False, "done_by_id": False, "is_edited": True}
        )

    def _insert_copies(self, vals_list):
        """Insert copies of this row that differ in some values, thousands of them in one statement.

        :param vals_list: dicts of column values, all with the same keys
        """
        self.ensure_one()
        self.flush_recordset()
        varying = list(vals_list[0])
        shared = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in ("id", *varying)
        ]
        arrays = SQL(", ").join(
            SQL("%s::%s[]", [vals[name] for vals in vals_list], SQL(self._fields[name].column_type[1]))
            for name in varying
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO recurring_interaction (%(varying)s, %(shared)s)
                     SELECT %(new)s, %(old)s
                       FROM recurring_interaction template, unnest(%(arrays)s) AS new (%(varying)s)
                      WHERE template.id = %(id)s
                """,
                varying=SQL(", ").join(map(SQL.identifier, varying)),
                shared=SQL(", ").join(map(SQL.identifier, shared)),
                new=SQL(", ").join(SQL.identifier("new", name) for name in varying),
                old=SQL(", ").join(SQL.identifier("template", name) for name in shared),
                arrays=arrays,
                id=self.id,
            )
        )

    def _differs(self, values):
        """Return whether writing the values would change something."""
        self.ensure_one()
        return bool(differing(self, values))
