from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestPlanOnce(RecurringCase):
    """What is done, skipped or moved by hand counts; what is shown before is what is done."""

    def test_what_is_done_counts(self):
        """RI6: "4 times", one done, the weekday changed, generated again: three are left, not four."""
        recurrence = self._make_recurrence(thu=False, count=4)
        recurrence._generate()
        recurrence.interaction_ids.sorted("day")[0].action_done()
        recurrence.write({"tue": False, "wed": True})
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-11", "2026-03-18", "2026-03-25"])
        self.assertEqual(str(recurrence.date_last), "2026-03-25")

    def test_what_is_done_counts_with_a_later_start(self):
        """RI6: twelve dates of which two are done are ten more, wherever the recurrence is moved to."""
        recurrence = self._make_recurrence(freq="daily", count=12)
        recurrence._generate()
        recurrence.interaction_ids.sorted("day")[:2].action_done()
        recurrence.date_start = "2026-03-16"
        recurrence._generate()
        days = self._days(recurrence)
        self.assertEqual((len(days), days[0], days[-1]), (10, "2026-03-16", "2026-03-25"))
        self.assertEqual(str(recurrence.date_last), "2026-03-25")

    def test_moved_and_skipped_stand_for_their_week(self):
        """RI+2: one moved by hand, one skipped; another weekday brings neither of them back."""
        recurrence = self._make_recurrence(thu=False, count=3)
        recurrence._generate()
        _first, second, third = recurrence.interaction_ids.sorted("day")
        second.day = "2026-03-12"
        third.action_skip()
        recurrence.write({"tue": False, "wed": True})
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-04", "2026-03-12"])

    def test_past_dates_do_not_count_twice(self):
        """RI6: a done date that the pattern still gives takes the place of no other one."""
        recurrence = self._make_recurrence(count=4)
        recurrence._generate()
        recurrence.interaction_ids.sorted("day")[0].action_done()
        self._travel("2026-03-04 10:00:00")
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-05", "2026-03-10", "2026-03-12"])

    def test_days_off_entered_later(self):
        """RI+2: a day off that is entered after generating makes the recurrence ask to be generated again."""
        recurrence = self._make_recurrence(thu=False, count=3, holiday_policy="after")
        recurrence._generate()
        self.assertFalse(recurrence.is_stale)
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Works outing",
                "company_id": self.env.company.id,
                "date_from": "2026-03-10 00:00:00",
                "date_to": "2026-03-10 23:59:59",
            }
        )
        recurrence.invalidate_recordset(["is_stale"])
        self.assertTrue(recurrence.is_stale)
        wizard = self.env["recurring.generate"].browse(recurrence.action_generate()["res_id"])
        self.assertEqual(wizard.moved_text, "Tue 10 Mar 2026 \u2192 Wed 11 Mar 2026", "the day it will be")
        wizard.action_generate()
        self.assertFalse(recurrence.is_stale)
        self.assertEqual(self._days(recurrence), ["2026-03-03", "2026-03-11", "2026-03-17"])
        leave.unlink()
        recurrence.invalidate_recordset(["is_stale"])
        self.assertTrue(recurrence.is_stale)

    def test_added_names_the_day_it_will_be(self):
        """RI5: the confirmation names the days on which the interactions will be, days off taken into account."""
        self.env["resource.calendar.leaves"].create(
            {"name": "Off", "company_id": self.env.company.id, "date_from": "2026-03-03 00:00:00",
             "date_to": "2026-03-03 23:59:59"}
        )  # fmt: skip
        recurrence = self._make_recurrence(thu=False, count=1, holiday_policy="after")
        wizard = self.env["recurring.generate"].browse(recurrence.action_generate()["res_id"])
        self.assertEqual(wizard.added_text, "Wed 4 Mar 2026")

    def test_other_customer_or_subject_is_a_change(self):
        """RI6: customer, subject, type and team changed afterwards are *changed since generated*, too."""
        team = self.env["recurring.team"].create({"name": "Desk", "member_ids": [Command.set(self.own_user.ids)]})
        recurrence = self._make_recurrence(assignment="team", team_id=team.id)
        changes = {
            "name": "Visit",
            "partner_id": self.customer.id,
            "type_id": self.env.ref("recurring_interaction.mail_activity_type_visit").id,
            "description": "<p>Ring twice</p>",
        }
        for name, value in changes.items():
            recurrence._generate()
            self.assertFalse(recurrence.is_stale)
            recurrence[name] = value
            self.assertTrue(recurrence.is_stale, name)
        recurrence._generate()
        team.member_ids = self.own_user + self.team_user
        self.assertTrue(recurrence.is_stale, "members")
        recurrence._generate()
        self.assertEqual(recurrence.interaction_ids.partner_id, self.customer)

    def test_other_subject_does_not_stop_planning(self):
        """RI+3: a new subject waits for nobody; a new weekday does."""
        recurrence = self._make_recurrence(end_type="forever", thu=False)
        recurrence._generate()
        recurrence.name = "Ring"
        last = recurrence.interaction_ids.sorted("day")[-1].day
        self._travel("2026-05-04 10:00:00")
        recurrence._fill_horizon()
        self.assertGreater(recurrence.interaction_ids.sorted("day")[-1].day, last)

    def test_responsible_archived(self):
        """RI6: nobody who has recurring work is archived, whichever way, and nothing is planned for who is gone."""
        recurrence = self._make_recurrence(user_id=self.own_user.id)
        recurrence._generate()
        with self.assertRaisesRegex(UserError, "still has recurring work"):
            self.own_user.write({"active": False})
        gone = self._make_recurrence(user_id=self.team_user.id, end_type="forever")
        self.team_user.active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            gone.action_generate()
        gone._fill_horizon()
        self.assertFalse(gone.interaction_ids)

    def test_pause(self):
        """RI3: what lay in a pause is not made up for, unless the day from which it goes on is set back."""
        recurrence = self._make_recurrence(thu=False, end_type="until", date_until="2026-06-30", catch_up=True)
        recurrence._generate()
        self._travel("2026-03-11 10:00:00")
        recurrence.action_archive()
        self._travel("2026-05-04 10:00:00")
        recurrence.action_unarchive()
        form = Form(self.env["recurring.generate"].browse(recurrence.action_generate()["res_id"]))
        self.assertEqual(str(form.date_resume), "2026-05-04")
        self.assertEqual((form.past_count, form.added_count), (0, 9))
        form.date_resume = "2026-04-20"
        self.assertEqual((form.past_count, form.added_count), (2, 11))
        self.assertEqual(form.past_text, "Tue 21 Apr 2026, Tue 28 Apr 2026")
        form.date_resume = "2026-05-04"
        form.save().action_generate()
        days = self._days(recurrence)
        self.assertIn("2026-03-10", days, "what was planned before the pause is still open")
        self.assertEqual([day for day in days if "2026-03-10" < day < "2026-05-05"], [])
        recurrence._generate()
        self.assertEqual(self._days(recurrence), days, "and stays out when generated again")

    def test_pause_by_a_call(self):
        """RI3: a pause is one whichever way it is made: by the menu, a call or a file that is imported."""
        recurrence = self._make_recurrence(thu=False, end_type="until", date_until="2026-06-30", catch_up=True)
        recurrence._generate()
        self._travel("2026-03-11 10:00:00")
        recurrence.write({"active": False})
        self.assertEqual((str(recurrence.date_paused), recurrence.is_generated), ("2026-03-11", False))
        self.assertEqual(self._days(recurrence), ["2026-03-03", "2026-03-10"])
        self._travel("2026-05-04 10:00:00")
        recurrence.write({"active": True})
        window = self.env["recurring.generate"].create({"recurrence_id": recurrence.id})
        self.assertEqual((str(window.date_resume), window.past_count), ("2026-05-04", 0))

    def test_today_is_where_the_interaction_is(self):
        """RI6: at 01:00 UTC of 3 March it is the 2nd in Los Angeles; at 13:00 UTC it is the 4th in Auckland."""
        made = {}
        for tz in ("America/Los_Angeles", "Pacific/Auckland", "Europe/Brussels"):
            recurrence = self._make_recurrence(tz=tz, freq="daily", date_start="2026-03-03", count=2)
            recurrence._generate()
            made[tz] = recurrence.interaction_ids.sorted("day")

        def due(moment):
            self._travel(moment)
            for interactions in made.values():
                interactions.invalidate_recordset(["is_due"])
            found = self.env["recurring.interaction"].search([("is_due", "=", True)])
            result = {}
            for tz, interactions in made.items():
                self.assertEqual(interactions & found, interactions.filtered("is_due"))
                result[tz.split("/")[1]] = len(interactions & found)
            return result

        self.assertEqual(due("2026-03-03 01:00:00"), {"Los_Angeles": 0, "Auckland": 1, "Brussels": 1})
        self.assertEqual(due("2026-03-03 13:00:00"), {"Los_Angeles": 1, "Auckland": 2, "Brussels": 1})
