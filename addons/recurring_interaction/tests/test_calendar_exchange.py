import base64

import vobject
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RecurringCase

INVITATION = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1@x
DTSTART;TZID=Europe/Brussels:20260303T140000
DTEND;TZID=Europe/Brussels:20260303T150000
RRULE:FREQ=WEEKLY;BYDAY=TU,TH
EXDATE;TZID=Europe/Brussels:20260310T140000
EXDATE;TZID=Europe/Brussels:20280104T140000
SUMMARY:Stand-up
DESCRIPTION:Bring the list
END:VEVENT
BEGIN:VEVENT
UID:1@x
RECURRENCE-ID;TZID=Europe/Brussels:20260312T140000
DTSTART;TZID=Europe/Brussels:20260313T100000
DTEND;TZID=Europe/Brussels:20260313T103000
SUMMARY:Stand-up (Friday)
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


@tagged("post_install", "-at_install")
class TestCalendarFiles(RecurringCase, HttpCase):
    """Calendars both ways."""

    def _feed(self, user, **headers):
        window = self.env["recurring.feed.link"].with_user(user).create({})
        address = window.with_context(**window.action_new_address()["context"]).url
        path = address[address.index("/recurring_interaction") :]
        return self.url_open(path, headers=headers), path

    def test_series_with_exceptions(self):
        """RI+9: a recurrence is a rule in the feed; skipped is EXDATE, moved is RECURRENCE-ID, in its own zone."""
        recurrence = self._make_recurrence(
            user_id=self.own_user.id, all_day=False, time_of_day=9.0, thu=False, count=6, partner_id=self.customer.id
        )
        recurrence._generate()
        second, third = recurrence.interaction_ids.sorted("day")[1:3]
        second.action_skip()
        third.write({"start": "2026-03-18 13:00:00", "stop": "2026-03-18 14:00:00"})
        answer, _path = self._feed(self.own_user)
        calendar = vobject.readOne(answer.text)
        self.assertEqual(calendar.vtimezone.tzid.value, "Europe/Brussels")
        main, moved = calendar.vevent_list
        self.assertEqual(main.rrule.value, "FREQ=WEEKLY;UNTIL=20260407T070000Z;INTERVAL=1;BYDAY=TU")
        self.assertEqual([str(start)[:16] for start in main.exdate.value], ["2026-03-10 09:00"])
        self.assertEqual(str(moved.recurrence_id.value)[:16], "2026-03-17 09:00")
        self.assertEqual(str(moved.dtstart.value)[:16], "2026-03-18 14:00")
        shown = [str(start)[:16] for start in main.getrruleset()]
        self.assertEqual(shown[0], "2026-03-03 09:00")
        self.assertEqual(shown[-1], "2026-04-07 09:00", "nine o'clock, also in summer time")
        self.assertEqual(len(shown), 5)

    def test_only_what_is_planned(self):
        """RI+9: dates of others in a team, and those beyond what is planned, are not in a person's feed."""
        team = self.env["recurring.team"].create(
            {"name": "Desk", "member_ids": [Command.set((self.own_user + self.team_user).ids)]}
        )
        recurrence = self._make_recurrence(
            assignment="team", team_id=team.id, end_type="forever", horizon_months=2, all_day=False, time_of_day=9.0
        )
        recurrence._generate()
        mine = recurrence.interaction_ids.filtered(lambda item: item.user_id == self.own_user)
        answer, _path = self._feed(self.own_user)
        starts = set()
        for event in vobject.readOne(answer.text).vevent_list:
            starts |= {str(start)[:10] for start in (event.getrruleset() or [event.dtstart.value])}
        self.assertEqual(starts, {str(item.day) for item in mine})

    def test_nothing_is_sent_twice(self):
        """RI+9: a calendar that has the newest version is answered with *not modified*."""
        self._make_recurrence(user_id=self.own_user.id, count=2)._generate()
        answer, path = self._feed(self.own_user)
        again = self.url_open(path, headers={"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.env["recurring.interaction"].search([("user_id", "=", self.own_user.id)])[0].name = "Other"
        self.env.flush_all()
        changed = self.url_open(path, headers={"If-None-Match": answer.headers["ETag"]})
        self.assertEqual(changed.status_code, 200)
        self.assertIn("Other", changed.text)

    def _import(self, content, user=None):
        window = self.env["recurring.calendar.import"].with_user(user or self.own_user)
        return window.create({"file": base64.b64encode(content), "file_name": "invitation.ics"})

    def test_invitation(self):
        """RI+9: an invitation becomes a recurrence with its exceptions, also those that are not planned yet."""
        window = self._import(INVITATION)
        self.assertIn("Stand-up: Every week on Tuesday, Thursday at 14:00 (Tue 3 Mar 2026)", window.result)
        leap = b"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=9"
        seldom = self._import(INVITATION.replace(b"FREQ=WEEKLY;BYDAY=TU,TH", leap))
        self.assertIn("No date in the next 5 years", seldom.result)
        self.assertFalse(self.env["recurring.recurrence"].search([("name", "=", "Stand-up")]), "only shown so far")
        action = window.action_import()
        recurrence = self.env["recurring.recurrence"].browse(action["res_id"])
        self.assertEqual((recurrence.user_id, recurrence.tz), (self.own_user, "Europe/Brussels"))
        self.assertEqual((recurrence.time_of_day, recurrence.duration, recurrence.tue), (14.0, 1.0, True))
        by_date = {str(item.occurrence_date): item for item in recurrence.interaction_ids}
        self.assertEqual(by_date["2026-03-10"].state, "skipped")
        self.assertEqual(by_date["2028-01-04"].state, "skipped", "beyond the horizon, and remembered")
        moved = by_date["2026-03-12"]
        self.assertEqual((str(moved.start), moved.name), ("2026-03-13 09:00:00", "Stand-up (Friday)"))
        self.assertTrue(moved.calendar_event_id and moved.planned_activity_ids)
        self.assertEqual(str(by_date["2026-03-05"].start), "2026-03-05 13:00:00")
        self.assertFalse(recurrence._generate().moved)

    def test_moved_from_the_past(self):
        """RI+9: a date of last week that was moved to this week takes place; one that stayed in the past does not."""
        moved = INVITATION.replace(
            b"RECURRENCE-ID;TZID=Europe/Brussels:20260312", b"RECURRENCE-ID;TZID=Europe/Brussels:20260226"
        )
        moved = moved.replace(b"DTSTART;TZID=Europe/Brussels:20260303", b"DTSTART;TZID=Europe/Brussels:20260203")
        moved = moved.replace(b"DTEND;TZID=Europe/Brussels:20260303", b"DTEND;TZID=Europe/Brussels:20260203")
        action = self._import(moved).action_import()
        recurrence = self.env["recurring.recurrence"].browse(action["res_id"])
        by_date = {str(item.occurrence_date): item for item in recurrence.interaction_ids}
        self.assertEqual(str(by_date["2026-02-26"].start), "2026-03-13 09:00:00")
        self.assertEqual(min(set(by_date) - {"2026-02-26"}), "2026-03-03")

    def test_whole_day_among_hours(self):
        """RI+9: a date of a series with hours that is a whole day is one, in every zone; it goes out as it came in."""
        self.own_user.tz = "Pacific/Honolulu"
        whole = INVITATION.replace(b"DTSTART;TZID=Europe/Brussels:20260313T100000", b"DTSTART;VALUE=DATE:20260313")
        whole = whole.replace(b"DTEND;TZID=Europe/Brussels:20260313T103000", b"DTEND;VALUE=DATE:20260314")
        action = self._import(whole).action_import()
        recurrence = self.env["recurring.recurrence"].browse(action["res_id"])
        [date] = recurrence.interaction_ids.filtered(lambda item: str(item.occurrence_date) == "2026-03-12")
        self.assertEqual((date.all_day, str(date.day)), (True, "2026-03-13"))
        self.assertEqual((date.calendar_event_id.allday, str(date.calendar_event_id.start_date)), (True, "2026-03-13"))
        answer, _path = self._feed(self.own_user)
        self.assertIn("DTSTART;VALUE=DATE:20260313", answer.text)
        self.assertNotIn("RRULE", answer.text.partition("BEGIN:VEVENT")[2], "khal would show that date twice")

    def test_feed_of_an_import(self):
        """RI+9: what came in as a file goes out as the same dates."""
        self._import(INVITATION.replace(b"RRULE:FREQ=WEEKLY", b"RRULE:FREQ=WEEKLY;COUNT=8")).action_import()
        answer, _path = self._feed(self.own_user)
        main, moved = vobject.readOne(answer.text).vevent_list
        shown = [str(start)[:16] for start in main.getrruleset()]
        self.assertEqual(len(shown), 7)
        self.assertNotIn("2026-03-10 14:00", shown)
        self.assertEqual(str(moved.recurrence_id.value)[:16], "2026-03-12 14:00")

    def test_what_cannot_be_planned(self):
        """RI+9: a file that cannot be kept exactly is refused with its reason, and plans nothing."""
        wrong = {
            b"hello": "not a calendar file",
            INVITATION.replace(b"FREQ=WEEKLY", b"FREQ=HOURLY"): "repeat daily",
            INVITATION.replace(b"Europe/Brussels", b"Mars/Base"): "time zone",
        }
        for content, reason in wrong.items():
            window = self._import(content)
            self.assertIn(reason, window.result)
            with self.assertRaisesRegex(UserError, reason), self.cr.savepoint():
                window.action_import()
        self.assertFalse(self.env["recurring.recurrence"].search([("name", "=", "Stand-up")]))

    def test_window_of_somebody_else(self):
        """RI+9: nobody plans out of somebody else's window."""
        window = self._import(INVITATION, self.manager)
        with self.assertRaises(AccessError):
            window.with_user(self.own_user).action_import()


@tagged("post_install", "-at_install")
class TestAgendaAction(RecurringCase):
    """The scheduled action that fills agendas."""

    def test_one_that_fails_stops_nobody(self):
        """RI10: an interaction that cannot be put into the agenda is set aside; the others are."""
        recurrence = self._make_recurrence(date_start="2026-09-01", count=3)
        recurrence._generate()
        bad, *good = recurrence.interaction_ids.sorted("day")
        self.env.company.recurring_agenda_days = 365
        plain = type(bad)._prepare_event_values

        def broken(record):
            if record == bad:
                raise ValueError("a field that another module needs")
            return plain(record)

        self.patch(type(bad), "_prepare_event_values", broken)
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin"):
            self.env.ref("recurring_interaction.ir_cron_fill_agenda").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(bad.planned_activity_ids)
        for interaction in good:
            self.assertTrue(interaction.planned_activity_ids and interaction.calendar_event_id)
        failure = self.env["cron.batch.failure"].search([("res_model", "=", bad._name), ("res_id", "=", bad.id)])
        self.assertIn("another module", failure.error)

    def test_cost_follows_what_is_due(self):
        """RI10: the number of interactions that are far away does not matter."""
        action, counts = self.env.ref("recurring_interaction.ir_cron_fill_agenda"), []
        for number in (1, 10, 400):
            self._make_recurrence(freq="daily", date_start="2027-03-01", count=number)._generate()
            self.env.flush_all()
            before = self.cr.sql_log_count
            with self.enter_registry_test_mode():
                action.method_direct_trigger()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])
