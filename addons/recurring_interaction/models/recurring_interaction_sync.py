import datetime

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import CHUNK, QUIET, QUIET_EVENT, SYNC_KEY

#: What a person may change on one occurrence; generating again then leaves it alone.
EDITABLE = frozenset(
    ("name", "type_id", "partner_id", "document", "user_id", "description", "start", "stop", "day", "all_day", "tz")
)

#: What generating a recurrence sets, and nobody else.
GENERATED = ("recurrence_id", "occurrence_date")


class RecurringInteraction(models.Model):
    """The half of an interaction that keeps its activity and its calendar event in step."""

    _inherit = "recurring.interaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Give the interactions whose day is near their activity and calendar event."""
        # what creating itself writes (a day sets the start) is not carried over: there is nothing to carry it to yet
        self._check_planned_by_recurrence(*vals_list)
        creating = self.with_context(**{SYNC_KEY: True})
        interactions = super(RecurringInteraction, creating).create(vals_list).with_env(self.env)
        interactions._ensure_agenda()
        return interactions

    def write(self, vals):
        """Carry changes over to activity and calendar event, and remember those made by hand."""
        self._check_planned_by_recurrence(vals)
        if self.env.context.get(SYNC_KEY):
            return super().write(vals)
        if "start" in vals and "stop" not in vals and vals["start"]:
            return self._write_shifted(vals)
        if EDITABLE.intersection(vals):
            if any(record.state == "done" for record in self) and not self.env.su:
                raise UserError(self.env._("What is done cannot be changed any more."))
            if "is_edited" not in vals:
                vals = {**vals, "is_edited": True}
        result = super().write(vals)
        self._push(vals)
        return result

    def unlink(self):
        """Take activity and calendar event along."""
        synchronised = self.with_context(**{SYNC_KEY: True})
        synchronised.sudo().calendar_event_id.unlink()  # the mirror of what the user may delete
        return super(RecurringInteraction, synchronised).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        """Keep the dates of a running recurrence: without them it would plan them again."""
        if not self.env.su and any(record.recurrence_id.is_generated or record.invoice_count for record in self.sudo()):
            raise UserError(
                self.env._(
                    "A date of a running recurrence cannot be deleted: it would be planned, and invoiced, again. "
                    "Skip it, or delete the recurrence."
                )
            )

    def _check_planned_by_recurrence(self, *vals_list):
        """:raises AccessError: when somebody else than the recurrence itself plans its dates"""
        if not self.env.su and any(
            vals.get("kind") == "invoice" or any(vals.get(name) for name in GENERATED) for vals in vals_list
        ):
            raise AccessError(self.env._("The dates of a recurrence are planned by generating it."))

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

    # From the interaction to activity and event

    def _push(self, vals):
        """Carry the written values over to activity and calendar event."""
        if vals.get("state") == "done":
            self._close_activities()
        elif vals.get("state") == "skipped":
            self._drop_activities()
        activity_values = self._prepare_pushed_activity_values(vals)
        for record in self.filtered(lambda item: item.state == "planned"):
            activities_sudo = record.planned_activity_ids.sudo().with_context(**{SYNC_KEY: True}, **QUIET_EVENT)
            if {"start", "day", "all_day", "tz"}.intersection(vals):
                activities_sudo.write({"date_deadline": record.day})
            if activity_values:
                activities_sudo.write(activity_values)
            record._push_event(vals)

    @api.model
    def _prepare_pushed_activity_values(self, vals):
        names = {"name": "summary", "description": "note", "user_id": "user_id", "type_id": "activity_type_id"}
        return {target: vals[source] for source, target in names.items() if source in vals}

    def _push_event(self, vals):
        event_sudo = self.calendar_event_id.sudo().with_context(**{SYNC_KEY: True}, **QUIET_EVENT)
        if not event_sudo:
            self._ensure_agenda()
            return
        values = {}
        if {"start", "stop", "day", "all_day"}.intersection(vals):
            values.update(start=self.start, stop=self.stop, allday=self.all_day)
            values.update(start_date=self.start.date(), stop_date=self.stop.date()) if self.all_day else None
        if "name" in vals:
            values["name"] = self._event_name()
        if "user_id" in vals:
            values.update(user_id=self.user_id.id, partner_ids=[Command.set(self.user_id.partner_id.ids)])
        if values:
            event_sudo.write(values)

    def _close_activities(self):
        activities_sudo = self.env["mail.activity"].sudo().with_context(**{SYNC_KEY: True})
        activities_sudo.search([("recurring_interaction_id", "in", self.ids)]).write({"active": False})

    def _drop_activities(self):
        synchronised = self.sudo().with_context(**{SYNC_KEY: True})  # mirrors of what the user may write
        events = synchronised.calendar_event_id
        synchronised.planned_activity_ids.unlink()
        events.unlink()

    # Making activities and events

    def _ensure_agenda(self):
        """Give planned interactions whose day is near the activity and the calendar event that they lack."""
        ends = {company: self._agenda_end(company) for company in self.company_id}
        near = self.filtered(lambda item: item.state == "planned" and item.day <= ends[item.company_id])
        if near:
            today = fields.Date.context_today(self)
            near.filtered(lambda item: item.day >= today)._ensure_events()
            near._ensure_activities()
            near.filtered(lambda item: not item.is_scheduled).with_context(**{SYNC_KEY: True}).is_scheduled = True

    @api.model
    def _agenda_end(self, company):
        """Return the last day that activities and calendars show."""
        return fields.Date.context_today(self) + datetime.timedelta(days=company.recurring_agenda_days)

    def _ensure_activities(self):
        activities_sudo = self.env["mail.activity"].sudo().with_context(active_test=False)
        present = activities_sudo.search_fetch(
            [("recurring_interaction_id", "in", self.ids)], ["recurring_interaction_id", "active"]
        )
        present.filtered(lambda item: not item.active).with_context(**{SYNC_KEY: True}).write({"active": True})
        missing = self - present.recurring_interaction_id
        quiet = activities_sudo.with_context(**{SYNC_KEY: True}, **QUIET)
        model_id = self.env["ir.model"]._get_id(self._name)
        for first in range(0, len(missing), CHUNK):
            quiet.create([item._prepare_activity_values(model_id) for item in missing[first : first + CHUNK]])

    def _prepare_activity_values(self, model_id):
        return {
            "recurring_interaction_id": self.id,
            "res_model_id": model_id,
            "res_id": self.id,
            "activity_type_id": self.type_id.id,
            "summary": self.name,
            "note": self.description,
            "date_deadline": self.day,
            "user_id": self.user_id.id,
            "calendar_event_id": self.calendar_event_id.id,
        }

    def _ensure_events(self):
        near = self.filtered(lambda item: item.in_calendar and not item.calendar_event_id)
        if not near:
            return
        near_sudo = near.sudo()  # the responsible's calendar belongs to the interaction
        events_sudo = self.env["calendar.event"].sudo().with_context(**{SYNC_KEY: True}, **QUIET_EVENT)
        events = events_sudo.create([item._prepare_event_values() for item in near_sudo])
        for interaction, event in zip(near_sudo.with_context(**{SYNC_KEY: True}), events, strict=True):
            interaction.calendar_event_id = event
            if interaction.planned_activity_ids:
                interaction.planned_activity_ids.calendar_event_id = event

    def _prepare_event_values(self):
        values = {
            "name": self._event_name(),
            "start": self.start,
            "stop": self.stop,
            "allday": self.all_day,
            "user_id": self.user_id.id,
            "partner_ids": [Command.set(self.user_id.partner_id.ids)],
            "description": self.description,
            "show_as": "free" if self.all_day else "busy",
        }
        if self.all_day:
            values.update(start_date=self.start.date(), stop_date=self.stop.date())
        return values

    def _event_name(self):
        self.ensure_one()
        return f"{self.name} ({self.partner_id.display_name})" if self.partner_id else self.name

    # From activity and event to the interaction

    def _mark_skipped(self):
        self.filtered(lambda item: item.state == "planned").write({"state": "skipped", "is_edited": True})

    def _pull_activity(self, vals):
        """Follow a change that was made to the activity."""
        values = {}
        names = {"summary": "name", "note": "description", "activity_type_id": "type_id"}
        values.update({target: vals[source] for source, target in names.items() if vals.get(source)})
        if vals.get("user_id"):
            values["user_id"] = vals["user_id"]
        if vals.get("date_deadline"):
            values["day"] = vals["date_deadline"]
        if values:
            # whoever may change the activity may change what it stands for
            self.sudo().filtered(lambda item: item.state == "planned").write(values)

    def _pull_event(self, event):
        """Follow a change of the hours that was made in the calendar."""
        self.ensure_one()
        if self.state != "planned":
            return
        values = {"all_day": event.allday, "start": event.start, "stop": event.stop}
        if any(self[name] != value for name, value in values.items()):
            activities_sudo = self.planned_activity_ids.sudo().with_context(**{SYNC_KEY: True}, **QUIET_EVENT)
            interaction_sudo = self.sudo().with_context(**{SYNC_KEY: True})
            interaction_sudo.write({**values, "is_edited": True})
            activities_sudo.write({"date_deadline": self.day})

    # Scheduled action

    @api.model
    def _cron_fill_agenda(self):
        """Make the activities and calendar events of the interactions whose day has come near."""
        [(days,)] = self.env["res.company"]._read_group([], [], ["recurring_agenda_days:max"])
        domain = [
            ("state", "=", "planned"),
            ("is_scheduled", "=", False),
            ("day", "<=", fields.Date.context_today(self) + datetime.timedelta(days=days or 0)),
        ]
        last_id = 0
        while batch := self.search([*domain, ("id", ">", last_id)], order="id", limit=CHUNK):
            last_id = batch[-1].id
            batch.try_lock_for_update(allow_referencing=True).filtered_domain(domain)._ensure_agenda()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break
