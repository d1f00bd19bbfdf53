import datetime

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestHolidays(RecurringCase):
    """Days off of the company or of the responsible."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create({"name": "Office", "tz": "Europe/Brussels"})
        cls.env.company.resource_calendar_id = cls.calendar
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Bank holiday",
                "calendar_id": cls.calendar.id,
                "date_from": "2026-03-09 22:00:00",
                "date_to": "2026-03-10 22:59:00",
            }
        )

    def _generated(self, policy, **values):
        recurrence = self._make_recurrence(holiday_policy=policy, count=4, **values)
        recurrence._generate()
        return recurrence

    def test_policies(self):
        """RI+2: on a public holiday the date is kept, skipped, or moved to the working day before or after."""
        self.assertIn("2026-03-10", self._days(self._generated("none")))
        self.assertEqual(self._days(self._generated("skip")), ["2026-03-03", "2026-03-05", "2026-03-12"])
        self.assertIn("2026-03-09", self._days(self._generated("before")))
        self.assertIn("2026-03-11", self._days(self._generated("after")))

    def test_what_falls_together_is_shown_once(self):
        """RI+2: of a daily recurrence two dates move to the same working day: shown once, as it is planned."""
        everyday = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), True)
        recurrence = self._make_recurrence(holiday_policy="after", count=9, **everyday)
        shown = recurrence.next_dates.splitlines()
        self.assertEqual(len(shown), len(set(shown)))
        recurrence._generate()
        days = self._days(recurrence)
        self.assertEqual(len(days), len(set(days)))
        planned = [f"{datetime.date.fromisoformat(day):%a} {int(day[-2:])} Mar 2026" for day in days]
        self.assertEqual(shown, planned[: len(shown)])

    def test_anchor_never_moves(self):
        """RI+2: a moved date does not move the ones after it."""
        recurrence = self._generated("after")
        self.assertEqual(self._days(recurrence), ["2026-03-03", "2026-03-05", "2026-03-11", "2026-03-12"])
        moved = recurrence.interaction_ids.filtered(lambda item: item.day != item.occurrence_date)
        self.assertEqual(str(moved.occurrence_date), "2026-03-10")

    def test_one_piece_of_work_per_day(self):
        """RI+2: dates that days off push onto one day are done once."""
        recurrence = self._make_recurrence(freq="daily", date_start="2026-03-06", count=4, holiday_policy="after")
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-06", "2026-03-09"])

    def test_users_own_hours(self):
        """RI+2: the responsible's working hours may count instead of the company's."""
        part_time = self.env["resource.calendar"].create({"name": "No Tuesdays", "tz": "Europe/Brussels"})
        part_time.attendance_ids.filtered(lambda item: item.dayofweek == "1").unlink()
        self.env["resource.resource"].create(
            {"name": "Own", "user_id": self.own_user.id, "calendar_id": part_time.id, "tz": "Europe/Brussels"}
        )
        recurrence = self._make_recurrence(
            holiday_policy="before", holiday_calendar="user", user_id=self.own_user.id, thu=False, count=2
        )
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-02", "2026-03-09"])

    def test_preview_shows_it(self):
        """RI+2: the next dates on the form show what days off do to them."""
        recurrence = self._make_recurrence(holiday_policy="skip")
        self.assertIn("Tue 10 Mar 2026 (skipped: day off)", recurrence.next_dates)

    def test_public_holidays_by_country_and_region(self):
        """RI+10: one click makes the holidays of a country and region days off; a second one adds nothing."""
        bavaria = self.env.ref("base.state_de_by")
        window = (
            self.env["recurring.holiday.import"]
            .with_user(self.manager)
            .create({"country_id": self.env.ref("base.de").id, "state_id": bavaria.id, "calendar_id": self.calendar.id})
        )
        self.assertIn("2026-12-25", window.result)
        self.assertIn("2026-06-04", window.result, "Corpus Christi: in Bavaria, not in the whole country")
        self.assertIn(bavaria, window.region_ids)
        window.action_import()
        leaves = self.env["resource.calendar.leaves"].search([("calendar_id", "=", self.calendar.id)])
        christmas = leaves.filtered(lambda leave: str(leave.date_from) == "2026-12-24 23:00:00")
        self.assertEqual(str(christmas.date_to), "2026-12-25 22:59:59")
        self.assertEqual(min(leaves.mapped("date_from")).year, 2026, "what has passed is left alone")
        self.assertFalse(window.result)
        with self.assertRaises(UserError):
            window.action_import()
        recurrence = self._make_recurrence(
            holiday_policy="skip", date_start="2026-12-20", fri=True, tue=False, thu=False, count=2
        )
        recurrence._generate()
        self.assertEqual(self._days(recurrence), [], "Christmas and New Year's Day are Fridays")

    def test_country_without_regions(self):
        """RI+10: without a region what holds in the whole country counts."""
        window = (
            self.env["recurring.holiday.import"]
            .with_user(self.manager)
            .create({"country_id": self.env.ref("base.de").id, "state_id": False, "calendar_id": self.calendar.id})
        )
        self.assertNotIn("2026-06-04", window.result)
        self.assertIn("2026-10-03", window.result)
