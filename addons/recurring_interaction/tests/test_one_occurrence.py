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
