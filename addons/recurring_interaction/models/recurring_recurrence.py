import datetime

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date, Domain

from ..const import WEEKDAY_FIELDS
from ..recurrence import holidays
from ..utils import today_domain, today_of, with_own_defaults

#: What generating notes of itself.
GENERATED = ("is_generated", "generated_key", "generated_details", "date_last", "refill_on", "date_paused")


class RecurringRecurrence(models.Model):
    """Repeated work, planned once: a pattern and what happens on each of its dates."""

    _name = "recurring.recurrence"
    _description = "Recurrence"
    _inherit = ["recurring.pattern", "mail.thread", "cron.batch.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, tracking=True, index="trigram")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [("interaction", "Interactions"), ("invoice", "Invoices")],
        required=True,
        readonly=True,
        default="interaction",
        index=True,
    )
    type_id = fields.Many2one(
        "mail.activity.type",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'recurring.interaction'))]",
        default=lambda self: self._default_activity_type_id(),
        index=True,
    )
    partner_id = fields.Many2one("res.partner", "Contact", index="btree_not_null", check_company=True)
    document = fields.Reference(
        selection="_selection_document", index="btree_not_null", help="Any record that the interaction is about."
    )
    assignment = fields.Selection(
        [("user", "One person"), ("team", "A team, in turn")], "Done By", required=True, default="user"
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        tracking=True,
        help="Does the interactions, or looks after them when a team takes turns.",
    )
    team_id = fields.Many2one("recurring.team", index="btree_not_null", ondelete="restrict", check_company=True)
    description = fields.Html(sanitize_style=True, help="Copied to every interaction.")
    in_calendar = fields.Boolean("Show in the Calendar", default=True)
    catch_up = fields.Boolean(
        "Also Past Dates", help="Plan the dates that have already passed, too: missed invoices are caught up."
    )
    horizon_months = fields.Integer(
        "Planned Ahead (Months)", help="0: as the company's settings say. Only for recurrences without an end."
    )
    interaction_ids = fields.One2many("recurring.interaction", "recurrence_id", "Interactions")
    open_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(compute="_compute_counts")
    is_generated = fields.Boolean("Generated", readonly=True, copy=False)
    generated_key = fields.Char(readonly=True, copy=False)
    generated_details = fields.Char(readonly=True, copy=False)
    is_stale = fields.Boolean(
        "Changed Since Generated",
        compute="_compute_is_stale",
        help="What the interactions come from was changed, but they were not generated again.",
    )
    date_last = fields.Date("Last Date", readonly=True, copy=False, help="Empty for a recurrence without an end.")
    refill_on = fields.Date(
        readonly=True, copy=False, index="btree_not_null", help="Day of the next automatic planning."
    )
    date_paused = fields.Date(readonly=True, copy=False, help="Day on which the recurrence was archived last.")
    date_resume = fields.Date(
        "Go On From", readonly=True, copy=False, help="After a pause: dates before this day are not planned any more."
    )
    state = fields.Selection(
        [("draft", "To generate"), ("running", "Running"), ("ending", "About to end"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )

    @api.model
    def _default_activity_type_id(self):
        return self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False) or self.env[
            "mail.activity"
        ]._default_activity_type_for_model("recurring.interaction")

    @api.model
    def default_get(self, fields):
        """Tick the day of the week of today."""
        values = super().default_get(fields)
        if not any(values.get(name) for name in WEEKDAY_FIELDS):
            today = WEEKDAY_FIELDS[Date.context_today(self).weekday()]
            if today in fields:
                values[today] = True
        return values

    @api.model
    def _selection_document(self):
        models_sudo = self.env["ir.model"].sudo()  # names of models are not secret, their records are
        found = models_sudo.search([("is_mail_thread", "=", True), ("transient", "=", False), ("abstract", "=", False)])
        return sorted(((model.model, model.name) for model in found), key=lambda pair: pair[1])

    @api.depends("interaction_ids.state")
    def _compute_counts(self):
        groups = self.env["recurring.interaction"]._read_group(
            [("recurrence_id", "in", self.ids)], ["recurrence_id", "state"], ["__count"]
        )
        counts = {(recurrence.id, state): count for recurrence, state, count in groups}
        for record in self:
            record.open_count = counts.get((record.id, "planned"), 0)
            record.done_count = counts.get((record.id, "done"), 0)

    @api.depends(lambda self: (*self._pattern_fields(), *self._detail_fields(), "generated_key", "generated_details"))
    def _compute_is_stale(self):
        for record in self:
            record.is_stale = record.is_generated and (
                record._is_pattern_changed()
                or record._is_detail_changed()
                # days off that were entered later
                or (record.holiday_policy != "none" and record._is_plan_outdated())
            )

    @api.depends("is_generated", "date_last", "company_id.recurring_ending_days", "tz")
    def _compute_state(self):
        for record in self:
            today = today_of(record)
            warning = today + datetime.timedelta(days=record.company_id.recurring_ending_days)
            if not record.is_generated:
                record.state = "draft"
            elif record.date_last and record.date_last < today:
                record.state = "ended"
            else:
                record.state = "ending" if record.date_last and record.date_last <= warning else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value if state) if value else Domain.FALSE

    @api.model
    def _state_domain(self, state):
        if state == "draft":
            return Domain("is_generated", "=", False)
        generated = Domain("is_generated", "=", True)
        if state == "ended":
            return generated & today_domain("date_last", "<")
        goes_on = today_domain("date_last", ">=")
        ending = goes_on & Domain.OR(
            Domain("company_id", "=", company.id) & today_domain("date_last", "<=", company.recurring_ending_days)
            for company in self.env.companies
        )
        if state == "ending":
            return generated & ending
        return generated & (Domain("date_last", "=", False) | (goes_on & ~ending))

    @api.constrains("assignment", "team_id")
    def _check_team(self):
        for record in self:
            if record.assignment == "team" and not record.team_id.member_ids:
                raise ValidationError(self.env._("Choose a team that has members."))

    @api.constrains("horizon_months")
    def _check_horizon_months(self):
        if any(not 0 <= record.horizon_months <= 120 for record in self):
            raise ValidationError(self.env._("At most 120 months can be planned ahead."))

    @api.constrains("document")
    def _check_document(self):
        for record in self.filtered("document"):
            record.document.with_user(self.env.user).check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when somebody sets what generating sets"""
        self._check_generated(*vals_list)
        if not self.env.su:
            vals_list = with_own_defaults(self, GENERATED, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Stop what is archived, whichever way that is done.

        :raises AccessError: when somebody sets what generating sets
        """
        self._check_generated(dict.fromkeys(vals, True))  # emptied, too
        if "company_id" in vals:
            self.filtered(lambda record: record.company_id.id != vals["company_id"])._check_free_of_company()
        if "active" in vals and not vals["active"]:
            self.filtered("active")._pause_planning()
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        return result

    def unlink(self):
        """Take the open interactions along; done ones stay as history."""
        self.check_access("unlink")
        self._drop_interactions([("state", "!=", "done")])
        return super().unlink()

    def action_archive(self):
        """Stop the recurrence: what is still open from today on is taken back."""
        self.check_access("write")
        return super().action_archive()

    # Actions

    def action_generate(self):
        """Ask for confirmation before interactions are made or changed."""
        self.ensure_one()
        if not self.active:
            raise UserError(self.env._("This recurrence is archived. Unarchive it first."))
        self._check_ready()
        wizard = self.env["recurring.generate"].create({"recurrence_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Invoices") if self.kind == "invoice" else self.env._("Generate Interactions"),
            "res_model": "recurring.generate",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_interactions(self):
        """Show the interactions of this recurrence."""
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_interaction_action")
        return {**action, "domain": [("recurrence_id", "in", self.ids)], "context": {}}

    def action_import_rule(self):
        """Paste an RFC 5545 rule."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("In Words"),
            "res_model": "recurring.rule.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_recurrence_id": self.id, "default_text": self.rrule},
        }

    # Business

    @api.model
    def _check_generated(self, *vals_list):
        if not self.env.su and any(vals.get(name) for vals in vals_list for name in GENERATED):
            raise AccessError(self.env._("What was generated, and until when, is set by generating."))

    def _check_free_of_company(self):
        """:raises UserError: where recurrences with dates are to move to another company

        Their dates would stay behind, and so would taxes, accounts and customers of what they invoice.
        """
        records_sudo = self.sudo()  # dates of others, too
        for record in records_sudo:
            if record.interaction_ids:
                raise UserError(
                    self.env._(
                        "%(name)s stays in %(company)s: its dates belong to this company. Duplicate it there.",
                        name=record.name,
                        company=record.company_id.name,
                    )
                )

    def _pause_planning(self):
        """Take back what is still open from today on."""
        self.check_access("write")
        for record in self:
            today = today_of(record)
            record._drop_interactions([("state", "=", "planned"), ("day", ">=", today)])
            # set by methods only
            record.sudo().write({"is_generated": False, "refill_on": False, "date_paused": today})

    def _default_resume(self):
        """Return the day from which dates are planned: nothing of a pause is made up for unless a person says so."""
        return self.date_resume or (self.date_paused and today_of(self))

    def _drop_interactions(self, domain):
        """Delete interactions; where some customers have their invoice already, it is kept and closed."""
        interactions_sudo = self.env["recurring.interaction"].sudo()  # also those of other responsibles
        found = interactions_sudo.search(Domain(domain) & Domain("recurrence_id", "in", self.ids))
        partly_issued = found.filtered(lambda item: "issued" in item.interaction_invoice_ids.mapped("state"))
        partly_issued._mark_skipped()
        (found - partly_issued).unlink()

    def _check_ready(self):
        """:raises UserError: when something is missing that interactions need"""
        for record in self:
            reason = record._missing()
            if reason:
                raise UserError(reason)

    def _missing(self):
        """Return what is missing that interactions need, as a sentence; empty when nothing is."""
        self.ensure_one()
        # the superuser is archived from the start
        if self.assignment == "user" and not self.user_id.active and not self.user_id._is_superuser():
            return self.env._(
                "%(name)s, who is responsible, is archived. Choose another person.", name=self.user_id.name
            )
        return ""

    def _horizon_end(self):
        """Return the last day that is planned now; None for a recurrence with an end."""
        self.ensure_one()
        if self.end_type != "forever":
            return None
        months = self.horizon_months or self.company_id.recurring_horizon_months
        return today_of(self) + relativedelta(months=months)

    def _members(self):
        """Return the people who take the dates in turn."""
        self.ensure_one()
        if self.assignment == "team":
            return self.team_id.member_ids.filtered("active").sorted(lambda user: (user.name, user.id)) or self.user_id
        return self.user_id

    def _preview_adjusted(self, record, prefix, dates):
        policy = record[prefix + "holiday_policy"]
        if policy in (False, "none") or not dates:
            return super()._preview_adjusted(record, prefix, dates)
        user = record[prefix + "user_id"] or self.env.user
        is_working = self._working_day_test(
            record.company_id or self.env.company,
            user if record[prefix + "holiday_calendar"] == "user" else self.env["res.users"],
            dates[0],
            dates[-1],
        )
        return [(day, holidays.adjust(day, is_working, policy)) for day in dates]

    @api.model
    def _working_day_test(self, company, user, first, last):
        """Return a function that tells whether a day is a working day.

        :param user: whose working hours count; the company's when empty
        :param first: first day that will be asked for (days around it are loaded too)
        """
        margin = datetime.timedelta(days=holidays.REACH)
        # when somebody works is asked, not shown
        user_sudo, company_sudo = user.sudo(), company.sudo()
        resource = user_sudo.resource_ids.filtered(lambda item: item.company_id == company)[:1]
        calendar_sudo = resource.calendar_id or company_sudo.resource_calendar_id
        if not calendar_sudo:
            return lambda day: True
        zone = datetime.UTC
        start = datetime.datetime.combine(first - margin, datetime.time(), zone)
        stop = datetime.datetime.combine(last + margin, datetime.time.max, zone)
        intervals = calendar_sudo.with_company(company)._work_intervals_batch(start, stop, resources=resource)
        worked = {interval[0].date() for interval in intervals[resource.id]}
        return worked.__contains__
