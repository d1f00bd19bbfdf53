import datetime

from odoo.tests import tagged

from .common import RecurringCase
from .test_contract import ContractCase

AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"


@tagged("post_install", "-at_install")
class TestToday(RecurringCase):
    """Today is what it is where the recurrence is, whoever looks, and whoever runs the scheduled actions."""

    def _ends_today(self, tz):
        """Return a recurrence whose last date is Tuesday, 3 March."""
        recurrence = self._make_recurrence(tz=tz, count=1, thu=False)
        recurrence._generate()
        self.assertEqual(str(recurrence.date_last), "2026-03-03")
        return recurrence

    def test_state(self):
        """RI3: ended is what is over where it is, for every user alike, in the field and in a search."""
        west, east = self._ends_today(LOS_ANGELES), self._ends_today(AUCKLAND)
        both = west + east
        for moment, ended in (
            ("2026-03-03 10:59:00", both.browse()),
            # midnight in Auckland; in Los Angeles it is the morning of the third
            ("2026-03-03 11:01:00", east),
            ("2026-03-04 07:59:00", east),
            ("2026-03-04 08:01:00", both),
        ):
            self._travel(moment)
            for tz in ("Pacific/Honolulu", "UTC", AUCKLAND):
                self.env.invalidate_all()
                records = both.with_context(tz=tz)
                self.assertEqual(records.filtered(lambda item: item.state == "ended"), ended, f"{moment} {tz}")
                for state in ("ended", "ending", "running", "draft"):
                    found = records.search([("id", "in", both.ids), ("state", "=", state)])
                    expected = records.filtered(lambda item, state=state: item.state == state)
                    self.assertEqual(found, expected, f"{moment} {tz} {state}")

    def test_ending(self):
        """RI3: *ending* begins so many days before, counted where it is."""
        recurrence = self._ends_today(AUCKLAND)
        self.env.company.recurring_ending_days = 1
        for moment, state in (("2026-02-28 12:00:00", "running"), ("2026-03-01 11:01:00", "ending")):
            self._travel(moment)
            self.env.invalidate_all()
            self.assertEqual(recurrence.state, state)
            found = recurrence.search([("state", "=", state), ("id", "=", recurrence.id)])
            self.assertEqual(found, recurrence)

    def test_agenda_ahead_of_the_scheduler(self):
        """RI10: in Auckland an entry is not a day late because the scheduler's user lives in Honolulu."""
        self.env.company.recurring_agenda_days = 0
        recurrence = self._make_recurrence(tz=AUCKLAND, count=1, thu=False, date_start="2026-03-10")
        recurrence._generate()
        interaction = recurrence.interaction_ids
        self.assertFalse(interaction.planned_activity_ids)
        self._travel("2026-03-09 11:30:00")
        with self.enter_registry_test_mode():
            action = self.env.ref("recurring_interaction.ir_cron_fill_agenda")
            action.with_context(tz="Pacific/Honolulu").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(str(interaction.planned_activity_ids.date_deadline), "2026-03-10")


@tagged("post_install", "-at_install")
class TestTodayOfRevenue(ContractCase):
    """The day that revenue is noted on."""

    def test_last_day_in_the_west(self):
        """RI+6: what is new on the last day in Los Angeles is noted, though the scheduler has the next day."""
        pattern = self._subscription(tz=LOS_ANGELES, date_start="2026-03-02", end_type="count", count=1)
        self._travel(f"{pattern.date_last + datetime.timedelta(days=1)} 03:00:00")
        self._run("note_revenue")
        changes = self.env["recurring.revenue"].search([("invoice_id", "=", pattern.id)])
        self.assertEqual((changes.kind, changes.date), ("new", pattern.date_last))

    def test_end_in_the_east(self):
        """RI+6: what is over in Auckland is lost there, though the scheduler's user has the day before."""
        pattern = self._subscription(tz=AUCKLAND, date_start="2026-03-02", end_type="count", count=1)
        self._run("note_revenue")
        self._travel(f"{pattern.date_last} 12:00:00")
        self.env.user.tz = "Pacific/Honolulu"
        self._run("note_revenue")
        changes = self.env["recurring.revenue"].search([("invoice_id", "=", pattern.id)], order="id")
        self.assertEqual(changes.mapped("kind"), ["new", "lost"])
        self.assertEqual(changes[-1].date, pattern.date_last + datetime.timedelta(days=1))
