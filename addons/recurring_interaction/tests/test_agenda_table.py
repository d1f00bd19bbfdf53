import contextlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import RecurringCase

#: Ways to one interaction: what each act leads to, as state, day, responsible, in the calendar, in the activities.
PLANNED = ("planned", "2026-03-03", "ri_own", True, True)
DONE = ("done", "2026-03-03", "ri_own", True, False)
SKIPPED = ("skipped", "2026-03-03", "ri_own", False, False)
MOVED = ("planned", "2026-03-05", "ri_own", True, True)
GIVEN = ("planned", "2026-03-03", "ri_team", True, True)
OFF = ("planned", "2026-03-03", "ri_own", False, True)


@tagged("post_install", "-at_install")
class TestAgendaTable(RecurringCase):
    """Every act of a person on interaction, activity and calendar event, and what becomes of the three."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = new_test_user(cls.env, "ri_stranger", "base.group_user")
        cls.plain = new_test_user(cls.env, "ri_bare", "base.group_user")
        cls.billing = new_test_user(
            cls.env, "ri_billing", "base.group_user,account.group_account_invoice", tz="Europe/Brussels"
        )
        recurrence = cls._make_recurrence(
            user_id=cls.own_user.id, all_day=False, time_of_day=9.0, partner_id=cls.customer.id, count=2
        )
        recurrence._generate()
        cls.interaction = recurrence.interaction_ids.sorted("day")[0]
        cls.invoice = cls.interaction.create(
            {
                "name": "Issue",
                "kind": "invoice",
                "user_id": cls.own_user.id,
                "start": "2026-03-03 08:00:00",
                "stop": "2026-03-03 08:30:00",
                "all_day": False,
                "tz": "Europe/Brussels",
            }
        )

    # The acts

    def _of_activity(self):
        """Acts in the activity menu and the chatter."""
        return {
            "done": (lambda act: act.action_feedback(), DONE),
            "cancelled": (lambda act: act.action_cancel(), SKIPPED),
            "cancelled with its meeting": (lambda act: act.unlink_w_meeting(), SKIPPED),
            "archived": (lambda act: act.action_archive(), DONE),
            "put off": (lambda act: act.write({"date_deadline": "2026-03-05"}), MOVED),
            "given away": (lambda act: act.write({"user_id": self.team_user.id}), GIVEN),
            "renamed": (lambda act: act.write({"summary": "Ring them"}), PLANNED),
            "note": (lambda act: act.write({"note": "<p>Ask for Ann</p>"}), PLANNED),
        }

    def _of_event(self):
        """Acts in the calendar."""
        day = {"start": "2026-03-05 08:00:00", "stop": "2026-03-05 08:30:00"}
        repeat = {"recurrency": True, "rrule_type": "daily", "interval": 1, "end_type": "count", "count": 3}
        return {
            "dragged": (lambda event: event.write(dict(day)), MOVED),
            "resized": (lambda event: event.write({"stop": "2026-03-03 11:00:00"}), PLANNED),
            "whole day": (
                lambda event: event.write(
                    {"allday": True, "start_date": "2026-03-05", "stop_date": "2026-03-05", **day}
                ),
                MOVED,
            ),
            "renamed": (lambda event: event.write({"name": "Ring them (Atelier Bois)"}), PLANNED),
            "given away": (lambda event: event.write({"user_id": self.team_user.id}), GIVEN),
            "deleted": (lambda event: event.unlink(), SKIPPED),
            "archived": (lambda event: event.action_archive(), SKIPPED),
            "repeated, all following deleted": (
                lambda event: (event.write(dict(repeat)), event.action_mass_deletion("future_events")),
                SKIPPED,
            ),
        }

    def _of_interaction(self):
        """Acts on the interaction itself."""
        return {
            "done": (lambda item: item.action_done(), DONE),
            "skipped": (lambda item: item.action_skip(), SKIPPED),
            "moved": (lambda item: item.write({"day": "2026-03-05"}), MOVED),
            "given away": (lambda item: item.write({"user_id": self.team_user.id}), GIVEN),
            "renamed": (lambda item: item.write({"name": "Ring them"}), PLANNED),
            "not in the calendar": (lambda item: item.write({"in_calendar": False}), OFF),
            "skipped and taken back": (lambda item: (item.action_skip(), item.action_plan_again()), PLANNED),
            "done and taken back": (lambda item: (item.action_done(), item.action_plan_again()), PLANNED),
        }

    def _try(self, user, record, acts, refused=None):
        """Try the acts, each from the same state; with ``refused`` all of them have to fail and change nothing.

        :param refused: exception, or a dict of exceptions by name of the act; the others are allowed
        """
        interaction = record if record._name == "recurring.interaction" else self.interaction
        interaction = self.invoice if record in self._records(self.invoice) else interaction
        for name, (act, expected) in acts.items():
            error = refused.get(name) if isinstance(refused, dict) else refused
            with self.subTest(name, user=user.login, model=record._name):
                with contextlib.suppress(UndoError), self.cr.savepoint():
                    if error:
                        with self.assertRaises(error):
                            act(record.with_user(user))
                        expected = (*PLANNED[:2], interaction.user_id.login, *PLANNED[3:])
                    else:
                        act(record.with_user(user))
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self._check(interaction, expected)
                    raise UndoError
                self.env.invalidate_all()

    def _records(self, interaction):
        return (interaction, interaction.planned_activity_ids, interaction.calendar_event_id)

    def _check(self, interaction, expected):
        """The three say the same."""
        event, activity = interaction.calendar_event_id, interaction.planned_activity_ids
        found = (
            interaction.state,
            str(interaction.day),
            interaction.user_id.login,
            bool(event.active),
            bool(activity),
        )
        self.assertEqual(found, expected)
        if event:
            self.assertEqual(event.user_id, interaction.user_id)
            self.assertIn(interaction.user_id.partner_id, event.partner_ids)
            self.assertEqual(event.name, interaction._event_name())
            self.assertEqual(
                (event.start, event.stop, event.allday), (interaction.start, interaction.stop, interaction.all_day)
            )
        if activity:
            self.assertEqual(
                (activity.user_id, activity.date_deadline, activity.summary),
                (interaction.user_id, interaction.day, interaction.name),
            )
        linked = self.env["calendar.event"].search([("recurring_interaction_ids", "=", interaction.id)])
        self.assertEqual(linked, event)

    # The table

    def test_responsible(self):
        """RI10: the responsible does everything everywhere."""
        for record, acts in zip(
            self._records(self.interaction),
            (self._of_interaction(), self._of_activity(), self._of_event()),
            strict=True,
        ):
            self._try(self.own_user, record, acts)

    def test_responsible_without_the_role(self):
        """RI10: whoever was given an interaction finishes, moves and skips it in activities and calendar."""
        self.interaction.user_id = self.plain
        rename = {"ri_own": "ri_bare"}
        for record, acts in zip(
            self._records(self.interaction)[1:], (self._of_activity(), self._of_event()), strict=True
        ):
            acts = {
                name: (act, tuple(rename.get(part, part) for part in expected))
                for name, (act, expected) in acts.items()
            }
            # Odoo itself notifies nobody of an activity on a record that its giver may not read
            refused = {"given away": AccessError} if record._name == "mail.activity" else None
            self._try(self.plain, record, acts, refused=refused)

    def test_manager(self):
        """RI2: a manager changes interactions and activities of others; private entries are for those invited."""
        item, activity, event = self._records(self.interaction)
        self._try(self.manager, item, self._of_interaction())
        self._try(self.manager, activity, self._of_activity())
        self._try(self.manager, event, self._of_event(), refused=AccessError)

    def test_stranger(self):
        """RI2: an employee without rights on the interaction changes none of the three (RI-P22)."""
        item, activity, event = self._records(self.interaction)
        self._try(self.stranger, item, self._of_interaction(), refused=AccessError)
        self._try(self.stranger, activity, self._of_activity(), refused=AccessError)
        self._try(self.stranger, event, self._of_event(), refused=AccessError)
        # an entry that is not private, because somebody made it public
        event.privacy = "public"
        self._try(self.stranger, event, self._of_event(), refused=AccessError)

    def test_invoice_without_the_right_to_invoice(self):
        """RI10: without Invoicing a responsible neither moves nor ends the date of an invoice (RI-P10)."""
        item, activity, event = self._records(self.invoice)
        dates = ("skipped", "moved", "skipped and taken back", "done", "done and taken back")
        self._try(self.own_user, item, self._of_interaction(), refused=dict.fromkeys(dates, AccessError))
        dates = ("done", "archived", "cancelled", "cancelled with its meeting", "put off")
        self._try(self.own_user, activity, self._of_activity(), refused=dict.fromkeys(dates, AccessError))
        self._try(self.own_user, event, self._show_only(), refused=UserError)

    def test_invoice_with_the_right_to_invoice(self):
        """RI10: who may invoice moves and skips a date, but not by tidying up a calendar."""
        self.invoice.user_id = self.billing
        item, activity, event = self._records(self.invoice)
        rename = {"ri_own": "ri_billing"}
        for record, acts in ((item, self._of_interaction()), (activity, self._of_activity())):
            # what is done issues: that has tests of its own
            acts = {
                name: (act, tuple(rename.get(part, part) for part in expected))
                for name, (act, expected) in acts.items()
                if not name.startswith("done") and name != "archived"
            }
            self._try(self.billing, record, acts)
        with self.assertRaises(UserError), self.cr.savepoint():
            event.with_user(self.billing).unlink()
        self.assertEqual(self.invoice.state, "planned")

    def _show_only(self):
        acts = self._of_event()
        return {name: acts[name] for name in ("dragged", "resized", "whole day", "deleted", "archived")}

    def test_superuser_loses_the_entry_of_an_invoice(self):
        """RI10: code that tidies up calendars does not cancel an invoice: the entry comes back."""
        self.invoice.calendar_event_id.with_user(self.env.ref("base.user_root")).unlink()
        self.env.invalidate_all()
        self.assertEqual(self.invoice.state, "planned")
        self.assertTrue(self.invoice.calendar_event_id and self.invoice.planned_activity_ids)

    def test_responsible_is_told(self):
        """RI10: what a manager did to an interaction, its responsible is told."""
        self.interaction.planned_activity_ids.with_user(self.manager).date_deadline = "2026-03-05"
        note = self.env["mail.message"].search(
            [
                ("model", "=", self.interaction._name),
                ("res_id", "=", self.interaction.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertIn("ri_manager", str(note.body))
        self.assertEqual(note.notified_partner_ids, self.own_user.partner_id)

    def test_person_archived(self):
        """RI10: somebody with planned work is archived neither by the button nor by an import."""
        for leave in (lambda user: user.action_archive(), lambda user: user.write({"active": False})):
            with self.assertRaises(UserError), self.cr.savepoint():
                leave(self.own_user)
        self._check(self.interaction, PLANNED)

    def test_others_stay_invited(self):
        """RI+2: given to somebody else, a meeting keeps the people who were invited."""
        self.interaction.calendar_event_id.partner_ids += self.customer
        self.interaction.user_id = self.team_user
        self.assertEqual(self.interaction.calendar_event_id.partner_ids, self.team_user.partner_id + self.customer)

    def test_other_zone(self):
        """RI+2: put off by somebody far away, it keeps its hour on the wall."""
        activity = self.interaction.planned_activity_ids.with_user(self.own_user).with_context(tz="Pacific/Auckland")
        activity.date_deadline = "2026-03-30"
        self.env.invalidate_all()
        self.assertEqual(str(self.interaction.start), "2026-03-30 07:00:00", "nine o'clock, summer time")
        self.assertEqual(self.interaction.calendar_event_id.start, self.interaction.start)


class UndoError(Exception):
    """Ends a try and takes it back."""
