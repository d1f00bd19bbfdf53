from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestOneOccurrence(RecurringCase):
    """One date is skipped, moved, given to somebody else or edited."""

    def setUp(self):
        super().setUp()
        self.recurrence = self._make_recurrence(count=4)
        self.recurrence._generate()
        self.first, self.second, self.third, self.fourth = self.recurrence.interaction_ids.sorted("day")

    def test_changes_by_hand_survive(self):
        """RI+2: generating again leaves a skipped, a moved and an edited one alone."""
        self.first.action_skip()
        self.second.day = "2026-03-06"
        self.third.write({"name": "Call the director", "user_id": self.own_user.id})
        self.recurrence.write({"name": "Ring customers", "all_day": False, "time_of_day": 15.0})
        changes = self.recurrence._generate()
        self.assertEqual(len(changes.moved), 1, "only the fourth follows")
        self.assertEqual(self.first.state, "skipped")
        self.assertEqual(str(self.second.day), "2026-03-06")
        self.assertEqual((self.third.name, self.third.user_id), ("Call the director", self.own_user))
        self.assertEqual(self.fourth.name, "Ring customers")
        self.assertEqual(len(self.recurrence.interaction_ids), 4)

    def test_skipped_leaves_the_agenda(self):
        """RI+2: what is skipped is neither an activity nor in the calendar any more."""
        event, activity = self.first.calendar_event_id, self.first.planned_activity_ids
        self.assertTrue(event and activity)
        self.first.action_skip()
        self.assertFalse(event.exists() or activity.exists())
        self.first.action_plan_again()
        self.assertEqual(self.first.state, "planned")
        self.assertTrue(self.first.planned_activity_ids)

    def test_done_is_final(self):
        """RI6: what is done is not skipped and not changed by its user."""
        self.first.action_done()
        with self.assertRaises(UserError):
            self.first.action_skip()
        with self.assertRaises(UserError):
            self.first.with_user(self.manager).write({"name": "Other"})

    def test_move_keeps_the_hour(self):
        """RI+2: a moved interaction keeps its wall-clock time over a change of the clocks."""
        self.recurrence.write({"all_day": False, "time_of_day": 9.0})
        self.recurrence._generate()
        self.assertEqual(self.fourth.start.hour, 8)
        self.fourth.day = "2026-03-30"
        self.assertEqual(
            (str(self.fourth.start), str(self.fourth.stop)), ("2026-03-30 07:00:00", "2026-03-30 07:30:00")
        )


@tagged("post_install", "-at_install")
class TestHandOver(RecurringCase):
    """All work of a person goes to another one."""

    def test_hand_over(self):
        """RI+10: recurrences, places in teams and planned interactions go over from a day on; then one may leave."""
        team = self.env["recurring.team"].create(
            {"name": "Desk", "member_ids": [Command.set((self.own_user + self.manager).ids)]}
        )
        own = self._make_recurrence(user_id=self.own_user.id, count=4)
        shared = self._make_recurrence(user_id=self.manager.id, assignment="team", team_id=team.id, count=4)
        (own + shared).mapped(lambda item: item._generate() and item)
        first, second, *_later = own.interaction_ids.sorted("day")
        first.action_done()
        second.name = "Call the director"
        window = (
            self.env["recurring.hand.over"]
            .with_user(self.manager)
            .create({"user_id": self.own_user.id, "new_user_id": self.team_user.id, "date_from": "2026-03-04"})
        )
        self.assertEqual((window.recurrence_count, window.interaction_count), (2, 5))
        window.action_hand_over()
        self.assertEqual(own.user_id, self.team_user)
        self.assertEqual(team.member_ids, self.team_user + self.manager)
        self.assertEqual(first.user_id, self.own_user, "what was done stays as it is")
        self.assertEqual((second.user_id, second.is_edited), (self.team_user, True))
        self.assertEqual(second.planned_activity_ids.user_id, self.team_user)
        self.assertFalse(own.is_stale, "nobody has to generate for that")
        (own + shared).mapped(lambda item: item._generate() and item)
        left = self.env["recurring.interaction"].search([("user_id", "=", self.own_user.id), ("state", "=", "planned")])
        self.assertFalse(left)
        self.own_user.action_archive()

    def test_to_oneself(self):
        """RI+10: handing over to the same person is a mistake."""
        values = {"user_id": self.own_user.id, "new_user_id": self.own_user.id}
        window = self.env["recurring.hand.over"].with_user(self.manager).create(values)
        with self.assertRaises(UserError):
            window.action_hand_over()
