from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..recurrence.pattern import RuleError
from ..utils import rule_error_text

#: Dates spelled out per kind of change.
SHOWN = 6


class RecurringGenerate(models.TransientModel):
    """The confirmation: what generating would keep, move, remove and add."""

    _name = "recurring.generate"
    _description = "Generate Interactions"

    recurrence_id = fields.Many2one("recurring.recurrence", required=True, ondelete="cascade")
    kind = fields.Selection(related="recurrence_id.kind")
    summary = fields.Char(related="recurrence_id.summary")
    is_first = fields.Boolean(compute="_compute_changes")
    kept_count = fields.Integer("Kept", compute="_compute_changes")
    fixed_count = fields.Integer("Done or Changed by Hand", compute="_compute_changes")
    moved_count = fields.Integer("Moved", compute="_compute_changes")
    removed_count = fields.Integer("Removed", compute="_compute_changes")
    added_count = fields.Integer("Added", compute="_compute_changes")
    moved_text = fields.Char(compute="_compute_changes")
    removed_text = fields.Char(compute="_compute_changes")
    added_text = fields.Char(compute="_compute_changes")

    @api.depends("recurrence_id")
    def _compute_changes(self):
        for wizard in self:
            try:
                _wanted, changes, fixed = wizard.recurrence_id._compare()
            except RuleError as error:
                raise UserError(rule_error_text(self.env, error)) from error
            interactions_sudo = self.env["recurring.interaction"].sudo()  # also those of other responsibles
            old = {
                item.id: item.occurrence_date for item in interactions_sudo.browse([*changes.moved, *changes.removed])
            }
            wizard.is_first = not (changes.kept or changes.moved or changes.removed or fixed)
            wizard.kept_count = len(changes.kept)
            wizard.fixed_count = len(fixed)
            wizard.moved_count = len(changes.moved)
            wizard.removed_count = len(changes.removed)
            wizard.added_count = len(changes.added)
            wizard.moved_text = self._dates_text(
                f"{self._date_text(old[key])} \u2192 {self._date_text(day)}" for key, day in changes.moved.items()
            )
            wizard.removed_text = self._dates_text(self._date_text(old[key]) for key in changes.removed)
            wizard.added_text = self._dates_text(map(self._date_text, changes.added))

    def action_generate(self):
        """Generate, and go back to the list of the active recurrences."""
        self.ensure_one()
        self.recurrence_id._generate()
        name = "recurring_recurrence_action"
        if self.recurrence_id.kind == "invoice":
            name = "account_move_action_recurring"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"recurring_interaction.{name}")
        return {**action, "target": "main"}

    @api.model
    def _date_text(self, day):
        return format_date(self.env, day, date_format="EEE d MMM y")

    @api.model
    def _dates_text(self, texts):
        texts = list(texts)
        more = len(texts) - SHOWN
        text = ", ".join(texts[:SHOWN])
        return self.env._("%(dates)s and %(number)s more", dates=text, number=more) if more > 0 else text
