from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..recurrence.pattern import RuleError
from ..utils import rule_error_text, today_of

#: Dates spelled out per kind of change.
SHOWN = 6


class RecurringGenerate(models.TransientModel):
    """The confirmation: what generating would keep, move, remove and add."""

    _name = "recurring.generate"
    _inherit = ["record.window.mixin"]
    _description = "Confirmation of Planned Dates"

    recurrence_id = fields.Many2one("recurring.recurrence", required=True, ondelete="cascade")
    # computed with the rights of the user, who may name any recurrence: related fields are read as superuser
    kind = fields.Selection([("interaction", "Interactions"), ("invoice", "Invoices")], compute="_compute_recurrence")
    summary = fields.Char(compute="_compute_recurrence")
    is_first = fields.Boolean(compute="_compute_changes")
    kept_count = fields.Integer("Kept", compute="_compute_changes")
    fixed_count = fields.Integer("Done or Changed by Hand", compute="_compute_changes")
    moved_count = fields.Integer("Moved", compute="_compute_changes")
    removed_count = fields.Integer("Removed", compute="_compute_changes")
    added_count = fields.Integer("Added", compute="_compute_changes")
    moved_text = fields.Char(compute="_compute_changes")
    removed_text = fields.Char(compute="_compute_changes")
    added_text = fields.Char(compute="_compute_changes")
    past_count = fields.Integer(compute="_compute_changes")
    past_text = fields.Char(compute="_compute_changes")
    was_paused = fields.Boolean(compute="_compute_was_paused")
    auto_issue = fields.Boolean(compute="_compute_was_paused")
    date_resume = fields.Date("Go On From", help="Dates before this day are not planned: the pause is not made up for.")

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when the recurrence is not for this user"""
        vals_list = [self._add_missing_default_values(vals) for vals in vals_list]  # the recurrence may be one of them
        self._check_recurrence(*vals_list)
        return super().create([self._prepare_resume(vals) for vals in vals_list])

    def write(self, vals):
        """:raises AccessError: when the recurrence is not for this user"""
        self._check_recurrence(vals)
        return super().write(vals)

    @api.model
    def _check_recurrence(self, *vals_list):
        # in the cache of this transaction the row would be there for every user
        for vals in vals_list:
            if vals.get("recurrence_id"):
                self.env["recurring.recurrence"].browse(vals["recurrence_id"]).check_access("write")

    @api.model
    def _prepare_resume(self, vals):
        """Return the values with the day from which to go on where nobody chose one."""
        if "date_resume" in vals or not vals.get("recurrence_id"):
            return vals
        return {**vals, "date_resume": self.env["recurring.recurrence"].browse(vals["recurrence_id"])._default_resume()}

    @api.depends("recurrence_id")
    def _compute_recurrence(self):
        for wizard in self:
            wizard.recurrence_id.check_access("read")
            wizard.kind = wizard.recurrence_id.kind
            wizard.summary = wizard.recurrence_id.summary

    @api.depends("recurrence_id", "date_resume")
    def _compute_changes(self):
        self.is_first = True
        for name in ("kept", "fixed", "moved", "removed", "added", "past"):
            self[f"{name}_count"] = 0
        self.moved_text = self.removed_text = self.added_text = self.past_text = ""
        for wizard in self.filtered("recurrence_id"):
            wizard.recurrence_id.check_access("read")
            try:
                wanted, changes, fixed = wizard.recurrence_id._compare(wizard.date_resume)
            except RuleError as error:
                raise UserError(rule_error_text(self.env, error)) from error
            interactions_sudo = self.env["recurring.interaction"].sudo()  # also those of other responsibles
            old = {item.id: item.day for item in interactions_sudo.browse([*changes.moved, *changes.removed])}
            past = [day for day in changes.added if wanted[day].day < today_of(wizard.recurrence_id)]
            wizard.is_first = not (changes.kept or changes.moved or changes.removed or fixed)
            wizard.kept_count = len(changes.kept)
            wizard.fixed_count = len(fixed)
            wizard.moved_count = len(changes.moved)
            wizard.removed_count = len(changes.removed)
            wizard.added_count = len(changes.added)
            wizard.past_count = len(past)
            wizard.moved_text = self._dates_text(
                self._move_text(old[key], wanted[day].day) for key, day in changes.moved.items()
            )
            wizard.removed_text = self._dates_text(self._date_text(old[key]) for key in changes.removed)
            wizard.added_text = self._dates_text(self._date_text(wanted[day].day) for day in changes.added)
            wizard.past_text = self._dates_text(self._date_text(wanted[day].day) for day in past)

    @api.depends("recurrence_id")
    def _compute_was_paused(self):
        for wizard in self:
            wizard.recurrence_id.check_access("read")
            wizard.was_paused = bool(wizard.recurrence_id.date_paused or wizard.recurrence_id.date_resume)
            wizard.auto_issue = wizard.recurrence_id.kind == "invoice" and wizard.recurrence_id.auto_issue

    def action_generate(self):
        """Generate, and go back to the list of the active recurrences."""
        self.ensure_one()
        self.recurrence_id._generate(self.date_resume)
        name = "recurring_recurrence_action"
        if self.recurrence_id.kind == "invoice":
            name = "recurring_invoice_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"recurring_interaction.{name}")
        return {**action, "target": "main"}

    @api.model
    def _date_text(self, day):
        return format_date(self.env, day, date_format="EEE d MMM y")

    @api.model
    def _move_text(self, old, new):
        # only the time of day changes where both are the same
        return self._date_text(old) if old == new else f"{self._date_text(old)} \u2192 {self._date_text(new)}"

    @api.model
    def _dates_text(self, texts):
        texts = list(texts)
        more = len(texts) - SHOWN
        text = ", ".join(texts[:SHOWN])
        return self.env._("%(dates)s and %(number)s more", dates=text, number=more) if more > 0 else text
