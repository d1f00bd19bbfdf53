from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestHorizon(RecurringCase):
    """Recurrences without an end are kept planned ahead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["recurring.recurrence"].search([]).action_archive()

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_fill_horizon").method_direct_trigger()
        self.env.invalidate_all()

    def _endless(self, **values):
        recurrence = self._make_recurrence(end_type="forever", horizon_months=1, thu=False, **values)
        recurrence._generate()
        return recurrence

    def test_horizon(self):
        """RI+3: planned up to the horizon, one more when the time has come, and none twice."""
        recurrence = self._endless()
        self.assertEqual(self._days(recurrence)[-1], "2026-03-31")
        self.assertEqual(str(recurrence.refill_on), "2026-03-07")
        self._run()
        self.assertEqual(len(recurrence.interaction_ids), 5)
        self._travel("2026-03-07")
        self._run()
        self.assertEqual(self._days(recurrence)[-1], "2026-04-07")
        self._run()
        self.assertEqual(len(recurrence.interaction_ids), 6)

    def test_long_pause(self):
        """RI+3: after a long pause all coming dates are there at once; past ones are not planned."""
        recurrence = self._endless()
        self._travel("2026-06-01")
        self._run()
        added = [day for day in self._days(recurrence) if day > "2026-03-31"]
        self.assertEqual(added, ["2026-06-02", "2026-06-09", "2026-06-16", "2026-06-23", "2026-06-30"])

    def test_edited_but_not_confirmed(self):
        """RI+3: a changed pattern is not planned further before somebody has confirmed it."""
        recurrence = self._endless()
        recurrence.write({"tue": False, "wed": True})
        self._travel("2026-03-20")
        self._run()
        self.assertEqual(len(recurrence.interaction_ids), 5)

    def test_broken_one_does_not_stop_the_others(self):
        """RI+3: a recurrence that fails is put off, the others are planned."""
        broken, good = self._endless(name="a", user_id=self.own_user.id), self._endless(name="b")
        self.env.flush_all()
        self.cr.execute("UPDATE recurring_recurrence SET tue = FALSE WHERE id = %s", [broken.id])
        self.cr.execute("UPDATE recurring_recurrence SET generated_key = NULL WHERE id = %s", [broken.id])
        self.env.invalidate_all()
        broken.generated_key = broken._pattern_key()
        self._travel("2026-03-20")
        with mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin"):
            self._run()
        self.assertEqual(self._days(good)[-1], "2026-04-14")
        failure = self.env["cron.batch.failure"].search([("res_model", "=", broken._name), ("res_id", "=", broken.id)])
        self.assertEqual((failure.method, failure.failure_count), ("_fill_horizon", 1))
        self.assertEqual(str(failure.date_next_try), "2026-03-20 01:00:00", "not tried again at once")
        told = self.env["mail.message"].search(
            [("model", "=", broken._name), ("res_id", "=", broken.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.partner_ids, self.own_user.partner_id)
        self.assertIn("could not be planned further", str(told.mapped("body")))

    def test_nothing_to_do_is_cheap(self):
        """RI+3: with nothing to do, the number of recurrences does not matter."""
        self._endless()
        self.env.flush_all()
        counts = []
        for _round in range(2):
            before = self.cr.sql_log_count
            self._run()
            counts.append(self.cr.sql_log_count - before)
            self.env["recurring.recurrence"].create(
                [
                    {"name": f"r{number}", "freq": "daily", "is_generated": True, "refill_on": "2030-01-01"}
                    for number in range(50)
                ]
            )
            self.env.flush_all()
        self.assertLessEqual(counts[1], counts[0])
