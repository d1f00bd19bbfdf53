from odoo.tests import tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestAgendaSync(RecurringCase):
    """Done anywhere is done everywhere; moved anywhere is moved everywhere."""

    def setUp(self):
        super().setUp()
        self.recurrence = self._make_recurrence(
            user_id=self.own_user.id, all_day=False, time_of_day=9.0, partner_id=self.customer.id
        )
        self.recurrence._generate()
        self.interaction = self.recurrence.interaction_ids.sorted("day")[0]
        self.activity = self.interaction.planned_activity_ids
        self.event = self.interaction.calendar_event_id

    def test_in_activity_menu_and_calendar(self):
        """RI10: an interaction is in its user's activities and calendar."""
        self.assertEqual(self.activity.user_id, self.own_user)
        self.assertEqual(self.activity.date_deadline, self.interaction.day)
        self.assertEqual(self.activity.calendar_event_id, self.event)
        self.assertEqual(self.event.partner_ids, self.own_user.partner_id)
        self.assertEqual((self.event.start, self.event.stop), (self.interaction.start, self.interaction.stop))
        self.assertIn("Atelier Bois", self.event.name)
        groups = self.env["res.users"].with_user(self.own_user)._get_activity_groups()
        mine = next(group for group in groups if group["model"] == "recurring.interaction")
        self.assertEqual(mine["total_count"] + mine["planned_count"] >= 10, True)

    def test_nobody_is_mailed_about_planning(self):
        """RI5: planning for somebody else sends no mail for each date."""
        mails = self.env["mail.mail"].search([("recipient_ids", "in", self.own_user.partner_id.ids)])
        self.assertFalse(mails.filtered(lambda mail: mail.model in ("recurring.interaction", "calendar.event")))

    def test_done_in_the_activity(self):
        """RI10: done in the activity menu is done in the interaction, with the feedback."""
        self.activity.with_user(self.own_user).action_feedback(feedback="They will order")
        self.assertEqual((self.interaction.state, self.interaction.feedback), ("done", "They will order"))
        self.assertEqual(self.interaction.done_by_id, self.own_user)
        self.assertTrue(self.event.exists(), "the calendar keeps what has happened")

    def test_done_in_the_interaction(self):
        """RI10: done in the interaction is done in the activity menu."""
        self.interaction.with_user(self.own_user).action_done()
        self.assertFalse(self.activity.active)
        self.assertEqual(self.activity.state, "done")
        self.assertEqual(self.interaction.state, "done")

    def test_done_in_the_calendar(self):
        """RI10: done in the calendar is done in both."""
        self.event.with_user(self.own_user).action_recurring_interaction_done()
        self.assertEqual(self.interaction.state, "done")
        self.assertFalse(self.activity.active)

    def test_move_in_the_calendar(self):
        """RI+2: dragged in the calendar, interaction and activity follow, and it counts as changed by hand."""
        self.event.with_user(self.own_user).write({"start": "2026-03-04 13:00:00", "stop": "2026-03-04 14:00:00"})
        self.assertEqual(str(self.interaction.day), "2026-03-04")
        self.assertEqual(str(self.interaction.start), "2026-03-04 13:00:00")
        self.assertEqual(str(self.activity.date_deadline), "2026-03-04")
        self.assertTrue(self.interaction.is_edited)

    def test_hours_only(self):
        """RI+2: another hour of the same day is taken over from the calendar, too."""
        self.event.write({"start": "2026-03-03 15:00:00", "stop": "2026-03-03 16:00:00"})
        self.assertEqual(str(self.interaction.stop), "2026-03-03 16:00:00")

    def test_move_the_activity(self):
        """RI+2: an activity put off moves the interaction and the event."""
        self.activity.with_user(self.own_user).date_deadline = "2026-03-05"
        self.assertEqual(str(self.interaction.day), "2026-03-05")
        self.assertEqual(str(self.event.start), "2026-03-05 08:00:00")

    def test_move_the_interaction(self):
        """RI+2: a moved interaction moves activity and event, without mails to the attendee."""
        self.interaction.day = "2026-03-06"
        self.assertEqual(str(self.activity.date_deadline), "2026-03-06")
        self.assertEqual(str(self.event.start), "2026-03-06 08:00:00")

    def test_reassign(self):
        """RI+2: given to somebody else, it leaves one agenda and enters the other."""
        self.activity.user_id = self.team_user
        self.assertEqual(self.interaction.user_id, self.team_user)
        self.assertEqual(self.event.partner_ids, self.team_user.partner_id)

    def test_cancelled_activity_skips(self):
        """RI+2: a cancelled activity is a skipped interaction."""
        self.activity.with_user(self.own_user).action_cancel()
        self.assertEqual(self.interaction.state, "skipped")
        self.assertFalse(self.event.exists())

    def test_deleted_event_skips(self):
        """RI+2: an event deleted from the calendar is a skipped interaction."""
        self.event.unlink()
        self.assertEqual(self.interaction.state, "skipped")
        self.assertFalse(self.activity.exists())

    def test_deleted_interaction_takes_all_along(self):
        """RI6: nothing of a removed interaction stays in the agenda."""
        self.interaction.unlink()
        self.assertFalse(self.activity.exists() or self.event.exists())

    def test_other_activities_are_left_alone(self):
        """RI10: an activity that somebody adds to an interaction is only an activity."""
        extra = self.interaction.activity_schedule("mail.mail_activity_data_todo", summary="Bring the samples")
        extra.action_feedback()
        self.assertEqual(self.interaction.state, "planned")

    def test_far_dates_come_later(self):
        """RI10: dates beyond the window get activity and event when they come near."""
        far = self._make_recurrence(date_start="2026-09-01", count=2)
        far._generate()
        interaction = far.interaction_ids.sorted("day")[0]
        self.assertFalse(interaction.planned_activity_ids or interaction.calendar_event_id)
        self.env.company.recurring_agenda_days = 365
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_fill_agenda").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(interaction.planned_activity_ids)
        self.assertEqual(interaction.calendar_event_id.allday, True)

    def test_single_interaction(self):
        """RI2: an interaction without a recurrence works, and its button leads to the recurrences."""
        single = self.env["recurring.interaction"].create({"name": "Call once", "partner_id": self.customer.id})
        self.assertTrue(single.planned_activity_ids)
        self.assertEqual(single.action_open_recurrences()["res_model"], "recurring.recurrence")
        self.assertEqual(self.interaction.action_open_recurrences()["res_id"], self.recurrence.id)
