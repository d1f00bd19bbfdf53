import datetime

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import BILLING_GROUP, CHUNK, QUIET, QUIET_EVENT
from ..utils import agenda_end_of, differing, today_of

#: Where the fields of activity and calendar event come from. An activity is compared field by field.
ACTIVITY_SOURCES = {
    "summary": ("name",),
    "note": ("description",),
    "activity_type_id": ("type_id",),
    "user_id": ("user_id",),
    "date_deadline": ("start", "day", "all_day", "tz"),
    "active": ("state",),
}
EVENT_SOURCES = {
    "name": ("name", "partner_id"),
    "description": ("description",),
    "user_id": ("user_id",),
    "start": ("start", "stop", "day", "all_day"),
}
#: Fields of an interaction that its agenda shows.
SHOWN = frozenset(
    ("in_calendar", *(name for names in (*ACTIVITY_SOURCES.values(), *EVENT_SOURCES.values()) for name in names))
)


class RecurringInteraction(models.Model):
    """The half of an interaction that has an activity and a calendar event.

    The interaction is the only writer: :meth:`_agenda` says what the two have to be. Their hooks tell by
    :meth:`_apply` what a person did to them; they find nothing to tell when it was the interaction that wrote,
    because then they are what it says.
    """

    _inherit = "recurring.interaction"

    # What activity and event have to be

    def _agenda(self):
        """Return what activity and calendar event have to be, as dicts of values; None: there must be none."""
        self.ensure_one()
        if self.state == "skipped":
            return None, None
        return self._prepare_activity_values(), self._prepare_event_values() if self.in_calendar else None

    def _prepare_activity_values(self):
        return {
            "active": self.state == "planned",
            "activity_type_id": self.type_id.id,
            "summary": self.name,
            "note": self.description,
            "date_deadline": self.day,
            "user_id": self.user_id.id,
        }

    def _prepare_event_values(self):
        return {
            "name": self._event_name(),
            "description": self.description,
            "user_id": self.user_id.id,
            **self._prepare_event_time_values(),
        }

    def _prepare_event_time_values(self):
        values = {"start": self.start, "stop": self.stop, "allday": self.all_day}
        if self.all_day:
            values.update(start_date=self.start.date(), stop_date=self.stop.date())
        return values

    def _prepare_new_event_values(self):
        """Return the values of an event that does not exist yet: the hours that Odoo gives to whole days among them.

        Told the days only, Odoo writes the hours into one event after the other.
        """
        values = self._prepare_event_values()
        if self.all_day:
            first, last = values.pop("start_date"), values.pop("stop_date")
            values["start"] = datetime.datetime.combine(first, datetime.time(8))
            values["stop"] = datetime.datetime.combine(last, datetime.time(18))
        return values

    def _event_name(self):
        self.ensure_one()
        return f"{self.name}{self._event_suffix()}"

    def _event_suffix(self):
        return f" ({self.partner_id.display_name})" if self.partner_id else ""

    # From the interaction to activity and event

    def _sync_agenda(self, changed):
        """Make activities and calendar events what :meth:`_agenda` says.

        :param changed: names of the fields that were written; what comes from others is left as people made it
        """
        if not self or SHOWN.isdisjoint(changed):
            return
        # the mirror belongs to the interaction: who may write that, may have the mirror follow
        records_sudo = self.sudo().with_context(**QUIET_EVENT)
        if "state" in changed:
            records_sudo.filtered(lambda item: item.state == "skipped")._drop_agenda()
            records_sudo.filtered(lambda item: item.state == "done").planned_activity_ids.write({"active": False})
        planned_sudo = records_sudo.filtered(lambda item: item.state == "planned")
        for record_sudo in planned_sudo:
            activity_values, event_values = record_sudo._agenda()
            record_sudo._sync_activity(activity_values, changed)
            record_sudo._sync_event(event_values, changed)
        planned_sudo._ensure_agenda()

    def _sync_activity(self, values, changed):
        wanted = {name: values[name] for name, sources in ACTIVITY_SOURCES.items() if changed.intersection(sources)}
        for activity in self.planned_activity_ids:
            new_values = differing(activity, wanted)
            if new_values:
                activity.write(new_values)

    def _sync_event(self, values, changed):
        event = self.calendar_event_id
        if not event:
            return
        if values is None:
            self._drop_events()
            return
        wanted = {name for name, sources in EVENT_SOURCES.items() if changed.intersection(sources)}
        new_values = differing(event, {name: values[name] for name in wanted - {"start"}})
        if "user_id" in wanted and self.user_id.partner_id not in event.partner_ids:
            # others who were invited stay invited
            leaving = (event.user_id - self.user_id).partner_id
            new_values["partner_ids"] = [
                *(Command.unlink(partner.id) for partner in leaving),
                Command.link(self.user_id.partner_id.id),
            ]
        if "start" in wanted and self._event_time_changes(event):
            new_values.update(self._prepare_event_time_values())
        if new_values:
            event.write(new_values)

    def _drop_agenda(self):
        self.planned_activity_ids.unlink()
        self._drop_events()

    def _drop_events(self):
        events = self.calendar_event_id
        # first the links: an event that has one was deleted by a person, and takes its activities along
        self.planned_activity_ids.write({"calendar_event_id": False})
        self.write({"calendar_event_id": False})
        events.filtered("active").unlink()

    # Making activities and events

    def _ensure_agenda(self):
        """Give planned interactions whose day is near the activity and the calendar event that they lack."""
        records_sudo = self.sudo()  # see _sync_agenda
        near = records_sudo.filtered(lambda item: item.state == "planned" and item.day <= agenda_end_of(item))
        if near:
            near.filtered(lambda item: item.day >= today_of(item))._ensure_events()
            near._ensure_activities()
            near.filtered(lambda item: not item.is_scheduled).write({"is_scheduled": True})

    def _ensure_activities(self):
        present = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search_fetch([("recurring_interaction_id", "in", self.ids)], ["recurring_interaction_id", "active"])
        )
        present.filtered(lambda item: not item.active).write({"active": True})
        missing = self - present.recurring_interaction_id
        links = {"res_model_id": self.env["ir.model"]._get_id(self._name)}
        for first in range(0, len(missing), CHUNK):
            self.env["mail.activity"].with_context(**QUIET).create(
                [
                    {
                        **item._prepare_activity_values(),
                        **links,
                        "res_id": item.id,
                        "recurring_interaction_id": item.id,
                        "calendar_event_id": item.calendar_event_id.id,
                    }
                    for item in missing[first : first + CHUNK]
                ]
            )

    def _ensure_events(self):
        near = self.filtered(lambda item: item.in_calendar and not item.calendar_event_id)
        if not near:
            return
        events = (
            self.env["calendar.event"]
            .with_context(**QUIET_EVENT)
            .create(
                [
                    {
                        **item._prepare_new_event_values(),
                        # a calendar is read by every employee, an interaction is not
                        "privacy": "private",
                        "partner_ids": [Command.set(item.user_id.partner_id.ids)],
                        "show_as": "free" if item.all_day else "busy",
                    }
                    for item in near
                ]
            )
        )
        for interaction, event in zip(near, events, strict=True):
            interaction.calendar_event_id = event
            if interaction.planned_activity_ids:
                interaction.planned_activity_ids.calendar_event_id = event

    # From activity and event to the interaction

    def _apply(self, act, values=None, in_calendar=False):
        """Do what a person did to the activity or the calendar event.

        :param act: ``done``, ``skipped``, ``planned`` (taken back) or ``changed``
        :param values: what was changed
        :raises UserError: when it is not for this person, or not for a calendar, to do that to the interaction
        """
        wanted = {"planned": ("done", "skipped")}.get(act, ("planned",))
        records_sudo = self.sudo().exists().filtered(lambda item: item.state in wanted)
        if not records_sudo:
            return
        records_sudo._check_person(act, values or {}, in_calendar)
        if in_calendar and act == "skipped":
            # reached by superuser only: the calendar of an invoice is put back
            records_sudo.filtered(lambda item: item.kind == "invoice")._ensure_agenda()
            records_sudo = records_sudo.filtered(lambda item: item.kind != "invoice")
        if act == "done":
            records_sudo._mark_done()
        elif act == "skipped":
            records_sudo._mark_skipped()
        elif act == "planned":
            records_sudo._mark_planned()
        else:
            records_sudo.write(values)
        records_sudo._tell_responsible(act, values or {})

    def _check_person(self, act, values, in_calendar):
        """:raises UserError: unless the person may do that to the interactions, by this way"""
        user = self.env.user
        if user._is_superuser():
            return
        foreign = self.filtered(lambda item: item.user_id != user).sudo(False)
        if foreign and not foreign.has_access("write"):
            raise AccessError(
                self.env._("This belongs to an interaction of somebody else, which you are not allowed to change.")
            )
        if act == "changed" and self._date_fields().isdisjoint(values):
            return
        invoices = self.filtered(lambda item: item.kind == "invoice")
        if invoices and in_calendar:
            raise UserError(
                self.env._(
                    "The calendar only shows when an invoice is issued. Open the interaction to move or skip the date."
                )
            )
        invoices._check_may_invoice()

    def _check_may_invoice(self):
        """:raises AccessError: for dates of invoices, unless the user may make invoices"""
        user = self.env.user
        if "invoice" in self.mapped("kind") and not user.has_group(BILLING_GROUP) and not user._is_superuser():
            raise AccessError(self.env._("Only people of Invoicing can move, skip or delete the date of an invoice."))

    @api.model
    def _date_fields(self):
        """Return the names of the fields that say when an interaction takes place."""
        return {"start", "stop", "day", "all_day", "tz"}

    def _tell_responsible(self, act, values):
        """Notify the responsible of what somebody else did to an interaction."""
        texts = {
            "skipped": self.env._("%(person)s skipped this interaction.", person=self.env.user.name),
            "planned": self.env._("%(person)s planned this interaction again.", person=self.env.user.name),
        }
        if not self._date_fields().isdisjoint(values):
            texts["changed"] = self.env._("%(person)s moved this interaction.", person=self.env.user.name)
        if act not in texts or self.env.user._is_superuser():
            return
        for record in self.with_context(mail_owed=True).filtered(lambda item: item.user_id != self.env.user):
            record.message_notify(partner_ids=record.user_id.partner_id.ids, subject=record.name, body=texts[act])

    def _note_feedback(self, feedback):
        """Keep what a person said when the activity was finished."""
        self.sudo().filtered(lambda item: item.feedback != feedback).write({"feedback": feedback})  # history

    def _activity_changes(self, activity, names):
        """Return the values of the interaction that a person changed by way of its activity.

        :param names: the fields of the activity that were written
        """
        self.ensure_one()
        expected = self._prepare_activity_values()
        sources = {**ACTIVITY_SOURCES, "date_deadline": ("day",)}
        written = {name: expected[name] for name in sources.keys() & set(names) if activity[name] and name != "active"}
        return {sources[name][0]: self._as_value(activity, name) for name in differing(activity, written)}

    def _event_changes(self, event, names):
        """Return the values of the interaction that a person changed by way of its calendar event."""
        self.ensure_one()
        expected = self._prepare_event_values()
        plain = {name: expected[name] for name in ("name", "description", "user_id") if name in names and event[name]}
        values = {name: self._as_value(event, name) for name in differing(event, plain)}
        if values.get("name"):
            values["name"] = values["name"].removesuffix(self._event_suffix()) or self.name
        return {**values, **self._event_time_changes(event)}

    def _event_time_changes(self, event):
        """Return the hours of the event where they are not those of the interaction."""
        if event.allday and self.all_day:
            same = (event.start_date, event.stop_date) == (self.start.date(), self.stop.date())
        else:
            same = (event.allday, event.start, event.stop) == (self.all_day, self.start, self.stop)
        return {} if same else {"all_day": event.allday, "start": event.start, "stop": event.stop}

    @api.model
    def _as_value(self, record, name):
        return record._fields[name].convert_to_write(record[name], record)

    # Scheduled action

    @api.model
    def _cron_fill_agenda(self):
        """Make the activities and calendar events of the interactions whose day has come near."""
        [(days,)] = self.env["res.company"]._read_group([], [], ["recurring_agenda_days:max"])
        domain = [
            ("state", "=", "planned"),
            ("is_scheduled", "=", False),
            # where a record is, it may be the day after UTC's already
            ("day", "<=", fields.Date.today() + datetime.timedelta(days=(days or 0) + 1)),
        ]
        self._cron_each(domain, "_ensure_agenda", batch_size=CHUNK)
