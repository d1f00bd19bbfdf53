import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..recurrence import ics_read, times
from ..recurrence.rules import RuleError
from ..utils import rule_error_text, today_of


class RecurringCalendarImport(models.TransientModel):
    """Make recurrences of a calendar file or invitation, with its moved and cancelled dates."""

    _name = "recurring.calendar.import"
    _description = "Calendar File"

    file = fields.Binary("Calendar File", required=True, attachment=False)
    file_name = fields.Char()
    result = fields.Text(compute="_compute_result")

    @api.depends("file")
    def _compute_result(self):
        for wizard in self:
            wizard.result = False
            if wizard.file:
                try:
                    entries = wizard._read()
                except UserError as error:
                    wizard.result = str(error)
                    continue
                drafts = [
                    self.env["recurring.recurrence"].new(self._prepare_recurrence_values(item)) for item in entries
                ]
                # the next date, or that there is none in years
                firsts = [draft.next_dates.partition("\n")[0] for draft in drafts]
                wizard.result = "\n".join(
                    f"{draft.name}: {draft.summary} ({first})" for draft, first in zip(drafts, firsts, strict=True)
                )

    def action_import(self):
        """Plan what is in the file, and show it."""
        self.ensure_one()
        recurrences = self.env["recurring.recurrence"]
        for entry in self._read():
            recurrence = recurrences.create(self._prepare_recurrence_values(entry))
            self._plan_exceptions(recurrence, entry)
            recurrence._generate()
            recurrences += recurrence
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_recurrence_action")
        if len(recurrences) == 1:
            return {**action, "views": [(False, "form")], "res_id": recurrences.id, "target": "main", "context": {}}
        return {**action, "domain": [("id", "in", recurrences.ids)], "target": "main", "context": {}}

    def _read(self):
        """Return the entries of the file.

        :raises UserError: with the reason why it cannot be taken over as it is
        """
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
            return ics_read.read(content, self.env.user.tz or "UTC")
        except (RuleError, binascii.Error) as error:
            reason = error if isinstance(error, RuleError) else RuleError("calendar")
            raise UserError(rule_error_text(self.env, reason)) from error

    @api.model
    def _prepare_recurrence_values(self, entry):
        values = {
            "name": entry.summary or self.env._("Calendar entry"),
            "description": plaintext2html(entry.description) if entry.description else False,
            "tz": entry.tz,
            "all_day": entry.hours is None,
            **self.env["recurring.pattern"]._from_pattern(entry.pattern),
        }
        if entry.hours is not None:
            values.update(time_of_day=entry.hours, duration=entry.duration)
        return values

    @api.model
    def _plan_exceptions(self, recurrence, entry):
        """Put the dates that differ in their places first: generating leaves them alone, also far ahead."""
        today, dates = today_of(recurrence), set()
        if entry.changes:
            dates = set(entry.pattern.dates(until=max(entry.changes)))
        common = {"recurrence_id": recurrence.id, "is_edited": True, **recurrence._prepare_interaction_common_values()}
        values = []
        for day, change in sorted(entry.changes.items()):
            moved_to = change.start and self._day_of(change, recurrence.tz)
            # one of before today may have been moved ahead
            if max(day, moved_to or day) < today or day not in dates:
                continue
            occurrence = recurrence._occurrence(day, day, recurrence.user_id)
            changed = recurrence._prepare_occurrence_values(occurrence)
            if change.start:
                name = change.summary or recurrence.name
                changed.update(start=change.start, stop=change.stop, all_day=change.is_whole_day, name=name)
                del changed["day"]
            else:
                changed["state"] = "skipped"
            values.append({**common, **changed})
        # the recurrence is the user's own, made a moment ago
        self.env["recurring.interaction"].sudo().create(values)

    @api.model
    def _day_of(self, change, tz):
        return change.start.date() if change.is_whole_day else times.to_local(change.start, tz).date()
