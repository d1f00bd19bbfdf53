from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..recurrence import times
from ..utils import with_own_defaults

#: What a person may change on one occurrence; generating again then leaves it alone.
EDITABLE = frozenset(
    ("name", "type_id", "partner_id", "document", "user_id", "description", "start", "stop", "day", "all_day", "tz")
)
#: State, history and the links that superuser code follows: set by methods, never by a call from outside.
PROTECTED = frozenset(
    (
        "recurrence_id",
        "occurrence_date",
        "kind",
        "state",
        "date_done",
        "done_by_id",
        "feedback",
        "is_edited",
        "is_scheduled",
        "calendar_event_id",
        "planned_activity_ids",
        "interaction_invoice_ids",
        "blocked_reason",
    )
)


class RecurringInteraction(models.Model):
    """The half of an interaction that guards what is written to it."""

    _inherit = "recurring.interaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Give the interactions whose day is near their activity and calendar event.

        :raises AccessError: when somebody else than the recurrence itself plans its dates, or invents history
        """
        if not self.env.su:
            [usual] = with_own_defaults(self, PROTECTED, [{}])
            for vals in vals_list:
                self._check_protected(name for name in PROTECTED if vals.get(name) and vals[name] != usual[name])
            vals_list = with_own_defaults(self, PROTECTED, vals_list)
        interactions = super().create([self._prepare_created_values(vals) for vals in vals_list])
        interactions._ensure_agenda()
        return interactions

    def write(self, vals):
        """Carry changes over to activity and calendar event, and remember those made by hand.

        :raises AccessError: for what only methods set, and for dates of invoices without the right to invoice
        """
        if not self.env.su:
            self._check_protected(PROTECTED.intersection(vals))
            if not self._date_fields().isdisjoint(vals):
                self._check_may_invoice()
        if "company_id" in vals:
            self.filtered(lambda record: record.company_id.id != vals["company_id"])._check_free_of_company()
        if "start" in vals and "stop" not in vals and vals["start"]:
            return self._write_shifted(vals)
        if EDITABLE.intersection(vals):
            if any(record.state == "done" for record in self) and not self.env.su:
                raise UserError(self.env._("What is done cannot be changed any more."))
            if "is_edited" not in vals:
                vals = {**vals, "is_edited": True}
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        self._sync_agenda(set(vals))
        return result

    def _check_free_of_company(self):
        """:raises UserError: where dates of a recurrence are to move to another company without it"""
        bound_sudo = self.sudo().filtered("recurrence_id")  # that it has one is no secret
        if bound_sudo:
            raise UserError(
                self.env._(
                    "%(name)s stays in %(company)s, as its recurrence does.",
                    name=bound_sudo[0].name,
                    company=bound_sudo[0].company_id.name,
                )
            )

    def unlink(self):
        """Take activity and calendar event along."""
        events_sudo = self.sudo().calendar_event_id  # the mirror of what the user may delete
        result = super().unlink()
        # after their interactions: an event that still has one was deleted by a person
        events_sudo.unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        """Keep the dates of a running recurrence: without them it would plan them again."""
        if self.env.su:
            return
        self._check_may_invoice()
        records_sudo = self.sudo()  # that a date belongs to something running is no secret
        if any(record.recurrence_id.is_generated or record.invoice_count for record in records_sudo):
            raise UserError(
                self.env._(
                    "A date of a running recurrence cannot be deleted: it would be planned, and invoiced, again. "
                    "Skip it, or delete the recurrence."
                )
            )

    @api.model
    def _check_protected(self, names, model=None):
        """:raises AccessError: when there are names, of fields of this model or another one"""
        known = (self if model is None else model)._fields
        labels = [known[name]._description_string(self.env) for name in sorted(names)]
        if labels:
            raise AccessError(
                self.env._(
                    "%(fields)s: this is set by generating, issuing, finishing or skipping, not by hand.",
                    fields=", ".join(labels),
                )
            )

    @api.model
    def _prepare_created_values(self, vals):
        """Return the values with the day worked into start and end, so that creating is no change by hand."""
        if not vals.get("day"):
            return vals
        missing = [name for name in ("start", "stop", "all_day", "tz") if name not in vals]
        known = {**self.default_get(missing), **vals} if missing else vals
        start, stop = map(fields.Datetime.to_datetime, (known["start"], known["stop"]))
        if not start or not stop:
            return vals
        moved = self._moved_start(start, fields.Date.to_date(vals["day"]), known["all_day"], known["tz"])
        values = {**vals, "start": moved, "stop": stop + (moved - start)}
        del values["day"]  # follows from the start
        return values

    @api.model
    def _moved_start(self, start, day, all_day, tz):
        """Return the start at the same hour of the wall clock on another day."""
        local = start if all_day else times.to_local(start, tz)
        return times.to_utc(day, local.hour + local.minute / 60, "UTC" if all_day else tz)

    def _write_shifted(self, vals):
        """Move the end together with the start."""
        start = fields.Datetime.to_datetime(vals["start"])
        for record in self:
            record.write({**vals, "stop": start + (record.stop - record.start)})
        return True

    def _write_synchronised(self, vals):
        """Write without counting as edited by hand."""
        if self:
            self.write({**vals, "is_edited": False})
