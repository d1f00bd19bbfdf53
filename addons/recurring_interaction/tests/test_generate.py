from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestGenerate(RecurringCase):
    """Generating, and generating again."""

    def _confirm(self, recurrence):
        """Press the button, confirm, and return what the confirmation said."""
        action = recurrence.action_generate()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        names = ("fixed_count", "kept_count", "moved_count", "removed_count", "added_count")
        said = tuple(wizard[name] for name in names)
        wizard.action_generate()
        return said

    def test_plans_every_date(self):
        """RI1: Tuesdays and Thursdays are planned once for the whole pattern."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        self.assertEqual(
            self._days(recurrence),
            [
                "2026-03-03",
                "2026-03-05",
                "2026-03-10",
                "2026-03-12",
                "2026-03-17",
                "2026-03-19",
                "2026-03-24",
                "2026-03-26",
                "2026-03-31",
                "2026-04-02",
            ],
        )

    def test_every_monday_and_first_tuesday(self):
        """RI1: every Monday, and every first Tuesday of the month."""
        monday = self._make_recurrence(mon=True, tue=False, thu=False, count=3)
        monday._generate()
        self.assertEqual(self._days(monday), ["2026-03-02", "2026-03-09", "2026-03-16"])
        tuesday = self._make_recurrence(freq="monthly", month_by="weekday", week="1", weekday="1", count=3)
        tuesday._generate()
        self.assertEqual(self._days(tuesday), ["2026-03-03", "2026-04-07", "2026-05-05"])

    def test_confirmation_counts_then_returns_to_the_list(self):
        """RI5: generating asks first, then goes back to the list of active recurrences."""
        recurrence = self._make_recurrence()
        action = recurrence.action_generate()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertFalse(recurrence.interaction_ids, "nothing may happen before the confirmation")
        self.assertEqual((wizard.is_first, wizard.added_count), (True, 10))
        back = wizard.action_generate()
        self.assertEqual((back["res_model"], back["target"]), ("recurring.recurrence", "main"))
        self.assertIn("search_default_active_ones", back["context"])
        self.assertEqual(len(recurrence.interaction_ids), 10)
        self.assertEqual(recurrence.open_count, 10)

    def test_change_a_day(self):
        """RI6: Thursday becomes Friday; done ones stay, the others move, the confirmation says so."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        first_thursday = recurrence.interaction_ids.filtered(lambda item: str(item.day) == "2026-03-05")
        first_thursday.action_done(feedback="Reached them")
        recurrence.write({"thu": False, "fri": True})
        self.assertTrue(recurrence.is_stale)
        # fixed, kept, moved, removed, added: the Thursday that was done stands for the Friday of its week
        self.assertEqual(self._confirm(recurrence), (1, 5, 4, 0, 0))
        self.assertFalse(recurrence.is_stale)
        self.assertEqual(first_thursday.state, "done")
        self.assertEqual(str(first_thursday.day), "2026-03-05")
        self.assertNotIn("2026-03-06", self._days(recurrence))
        self.assertIn("2026-03-13", self._days(recurrence))
        self.assertNotIn("2026-03-12", self._days(recurrence))

    def test_moved_interaction_keeps_its_notes(self):
        """RI6: a moved interaction is the same record, with its messages."""
        recurrence = self._make_recurrence(tue=False, count=2)
        recurrence._generate()
        interaction = recurrence.interaction_ids.sorted("day")[0]
        interaction.message_post(body="Ask for the new manager")
        recurrence.write({"thu": False, "fri": True})
        recurrence._generate()
        self.assertEqual(str(interaction.day), "2026-03-06")
        self.assertIn("new manager", str(interaction.message_ids.mapped("body")))
        self.assertEqual(interaction.planned_activity_ids.date_deadline, interaction.day)

    def test_shorter_recurrence_removes(self):
        """RI6: what the pattern no longer gives is removed."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        recurrence.count = 4
        self.assertEqual(self._confirm(recurrence), (0, 4, 0, 6, 0))
        self.assertEqual(len(recurrence.interaction_ids), 4)

    def test_subject_follows(self):
        """RI6: generating again brings the open ones up to date, not the done ones."""
        recurrence = self._make_recurrence(count=2)
        recurrence._generate()
        done, planned = recurrence.interaction_ids.sorted("day")
        done.action_done()
        recurrence.write({"name": "Ring customers", "user_id": self.own_user.id})
        recurrence._generate()
        self.assertEqual((done.name, planned.name), ("Call back customers", "Ring customers"))
        self.assertEqual(planned.planned_activity_ids.user_id, self.own_user)

    def test_time_of_day_and_summer_time(self):
        """RI4: nine o'clock stays nine o'clock when the clocks change."""
        recurrence = self._make_recurrence(all_day=False, time_of_day=9.0, tue=False, count=5)
        recurrence._generate()
        hours = {str(item.day): item.start.hour for item in recurrence.interaction_ids}
        self.assertEqual(hours["2026-03-26"], 8, "winter: UTC+1")
        self.assertEqual(hours["2026-04-02"], 7, "summer: UTC+2")

    def test_twice_is_once(self):
        """RI+3: pressed twice, the second time changes nothing."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        before = recurrence.interaction_ids
        changes = recurrence._generate()
        self.assertEqual(len(changes.kept), 10)
        self.assertFalse(changes.added or changes.removed or changes.moved)
        self.assertEqual(recurrence.interaction_ids, before)

    def test_unique_date(self):
        """RI+3: the database itself refuses a second interaction for a date."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        interaction = recurrence.interaction_ids[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["recurring.interaction"].create(
                {"name": "Again", "recurrence_id": recurrence.id, "occurrence_date": interaction.occurrence_date}
            )

    def test_team_takes_turns(self):
        """RI1: a team does the dates in turn, and stays in turn when generated again."""
        team = self.env["recurring.team"].create(
            {"name": "Desk", "member_ids": [Command.set((self.own_user + self.team_user).ids)]}
        )
        recurrence = self._make_recurrence(assignment="team", team_id=team.id, count=4)
        recurrence._generate()
        users = recurrence.interaction_ids.sorted("day").mapped("user_id.login")
        people = [item.user_id for item in recurrence.interaction_ids.sorted("day")]
        self.assertEqual(people[0], people[2])
        self.assertEqual(people[1], people[3])
        self.assertEqual(set(users), {"ri_own", "ri_team"})
        self.assertFalse(recurrence._generate().moved)

    def test_past_dates(self):
        """RI6: past dates are only planned when that is asked for."""
        recurrence = self._make_recurrence(date_start="2026-02-16", count=6)
        recurrence._generate()
        self.assertEqual(self._days(recurrence)[0], "2026-03-03")
        recurrence.catch_up = True
        recurrence._generate()
        self.assertEqual(self._days(recurrence)[0], "2026-02-17")

    def test_too_many_dates(self):
        """RI4: a pattern with an absurd number of dates is refused with a sentence."""
        recurrence = self._make_recurrence(freq="daily", count=9000)
        with self.assertRaisesRegex(UserError, "more than 5000 dates"):
            recurrence._generate()

    def test_delete_recurrence_keeps_history(self):
        """RI6: deleting a recurrence keeps what was done."""
        recurrence = self._make_recurrence(count=3)
        recurrence._generate()
        done, *_open = recurrence.interaction_ids.sorted("day")
        done.action_done()
        others = recurrence.interaction_ids - done
        recurrence.unlink()
        self.assertTrue(done.exists())
        self.assertFalse(others.exists())

    def test_archive_stops(self):
        """RI3: an archived recurrence leaves the active list and takes its open dates back."""
        recurrence = self._make_recurrence(count=3)
        recurrence._generate()
        recurrence.action_archive()
        self.assertFalse(recurrence.interaction_ids)
        with self.assertRaises(UserError):
            recurrence.action_generate()

    def test_states(self):
        """RI3: running, about to end and ended, in the form and in the search."""
        running = self._make_recurrence(end_type="forever")
        ending = self._make_recurrence(count=3)
        ended = self._make_recurrence(date_start="2026-01-01", count=2, catch_up=True)
        draft = self._make_recurrence()
        for recurrence in running + ending + ended:
            recurrence._generate()
        everything = running + ending + ended + draft
        self.assertEqual(everything.mapped("state"), ["running", "ending", "ended", "draft"])
        for recurrence in everything:
            found = self.env["recurring.recurrence"].search([("state", "=", recurrence.state)])
            self.assertIn(recurrence, found)
            self.assertFalse((everything - recurrence) & found)
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_recurrence_action")
        self.assertIn("search_default_active_ones", action["context"])

    def test_wrong_patterns(self):
        """RI4: what cannot be is refused when it is saved."""
        wrong = [
            {"tue": False, "thu": False},
            {"interval": 0},
            {"count": 0},
            {"end_type": "until", "date_until": "2026-01-01"},
            {"freq": "monthly", "month_by": "day", "month_day": 32},
            {"freq": "rule", "rule": "FREQ=HOURLY"},
            {"all_day": False, "time_of_day": 25.0},
        ]
        for values in wrong:
            with self.subTest(values), self.assertRaises(ValidationError):
                self._make_recurrence(**values)

    def test_query_count(self):
        """RI5: the number of queries does not grow with the number of dates."""
        recurrence = self._make_recurrence(freq="daily", count=20, date_start="2027-03-01")
        recurrence._generate()
        self.env.flush_all()
        counts = []
        for count in (50, 500):
            other = self._make_recurrence(freq="daily", count=count, date_start="2027-03-01")
            self.env.flush_all()
            before = self.cr.sql_log_count
            other._generate()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 12)
