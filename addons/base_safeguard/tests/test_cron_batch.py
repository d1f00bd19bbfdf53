from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors
from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SafeguardCase


@tagged("post_install", "-at_install")
class TestCronBatch(SafeguardCase):
    """PR4: one loop under all scheduled actions."""

    RUNNER = "odoo.addons.base_safeguard.models.cron_batch_mixin"

    def setUp(self):
        super().setUp()
        self.good, self.bad, self.last = self.documents.create(
            [{"name": "good"}, {"name": "bad", "failure": "poisoned"}, {"name": "last"}]
        )
        # commits and rollbacks of the loop act on a savepoint of the test
        self.startPatcher(patch.object(self.env.cr, "commit", self._commit))
        self.startPatcher(patch.object(self.env.cr, "rollback", self._rollback))
        self._commit()

    def _commit(self):
        self.env.cr.flush()
        self.env.cr.execute("SAVEPOINT safeguard")

    def _rollback(self):
        self.env.invalidate_all(flush=False)
        self.env.cr.execute("ROLLBACK TO SAVEPOINT safeguard")

    def run_action(self, **options):
        with mute_logger(self.RUNNER):
            return self.documents._cron_each([("done", "=", False)], "_work", **options)

    @property
    def failures(self):
        return self.env["cron.batch.failure"].search([("res_model", "=", self.documents._name)])

    def test_a_poisoned_record_holds_nobody_up(self):
        """PR4: between two good records, alone or in a batch: the others are done, it is set aside and noted."""
        for size in (1, 3):
            self.assertEqual(self.run_action(batch_size=size), 2)
            self.assertTrue(self.good.done and self.last.done)
            self.assertFalse(self.bad.done)
            self.assertEqual(self.bad.name, "bad", "what it did before it failed is rolled back")
            failure = self.failures
            self.assertEqual((failure.res_id, failure.method, failure.failure_count), (self.bad.id, "_work", 1))
            self.assertEqual(failure.error, "ValueError: poisoned")
            self.assertEqual(failure.record_name, "bad")
            (self.good + self.last).done = False
            failure.unlink()

    def test_set_aside_until_its_retry_time(self):
        """PR4: no hot loop: the next run leaves it alone; later ones wait longer; success is forgotten."""
        self.run_action()
        self.bad.failure = False
        self.assertEqual(self.run_action(), 0)
        self.assertFalse(self.bad.done)
        self.bad.failure = "still"
        hours = []
        for _attempt in range(5):
            self.failures.date_next_try = fields.Datetime.now() - timedelta(seconds=1)
            self.run_action()
            hours.append(round((self.failures.date_next_try - fields.Datetime.now()) / timedelta(hours=1)))
        self.assertEqual(hours, [4, 24, 72, 72, 72])
        self.bad.failure = False
        self.failures.action_retry()
        self.assertEqual(self.run_action(), 1)
        self.assertTrue(self.bad.done)
        self.assertFalse(self.failures)

    def test_conflicts_are_no_failures(self):
        """PR4: somebody else was faster: nothing is noted, nothing is logged as an error, the next run does it."""
        documents = type(self.documents)
        conflict = psycopg2.errors.SerializationFailure("could not serialize access")
        with patch.object(documents, "_work", side_effect=conflict), self.assertNoLogs(self.RUNNER, "WARNING"):
            self.assertEqual(self.documents._cron_each([("done", "=", False)], "_work"), 0)
        self.assertFalse(self.failures)
        self.assertEqual(self.run_action(), 2)

    def test_asked_again_after_the_lock(self):
        """PR4: a record that is not due any more once it is locked is left alone."""
        documents = type(self.documents)
        original = documents.try_lock_for_update

        def lock(records, **options):
            records.filtered(lambda record: record.name == "last").done = True
            return original(records, **options)

        worked = []
        with (
            patch.object(documents, "try_lock_for_update", lock),
            patch.object(documents, "_work", lambda records: worked.extend(records.mapped("name"))),
        ):
            self.run_action()
        self.assertEqual(worked, ["good", "bad"])

    def test_rows_held_by_somebody_else_are_skipped(self):
        """PR4: what another server has locked is not waited for."""
        documents = type(self.documents)
        with patch.object(documents, "try_lock_for_update", lambda records, **_options: records - self.good):
            self.assertEqual(self.run_action(), 1)
        self.assertFalse(self.good.done)

    def test_one_line_in_the_log(self):
        """PR4: a failure is one line at level warning, with the record's id."""
        with self.assertLogs(self.RUNNER, "WARNING") as logged:
            self.documents._cron_each([("done", "=", False)], "_work")
        self.assertEqual(len(logged.records), 1)
        self.assertIn(str(self.bad.id), logged.records[0].getMessage())

    def test_a_limit_leaves_the_rest(self):
        """PR4: a run with a limit takes the first records."""
        self.assertEqual(self.run_action(limit=1), 1)
        self.assertTrue(self.good.done)
        self.assertFalse(self.last.done)

    def test_a_second_loop_keeps_what_the_first_left(self):
        """PR4: a loop cut off by the time limit is gone on with at once, also where the action has a second one."""
        self.bad.failure = False
        cron = self.env.ref("base.autovacuum_job")
        progress = self.env["ir.cron.progress"].create({"cron_id": cron.id, "remaining": 0, "done": 0})
        context = {"cron_id": cron.id, "ir_cron_progress_id": progress.id, "cron_end_time": 0}
        documents = self.documents.with_context(**context)
        self.assertEqual(documents._cron_each([("done", "=", False)], "_work"), 1)
        self.assertEqual(progress.remaining, 2)
        for domain in ([("id", "=", 0)], [("done", "=", True)]):
            self.assertEqual(documents._cron_each(domain, "_work"), 0, "no time is left")
            self.assertGreaterEqual(progress.remaining, 2)
        documents = documents.with_context(cron_end_time=float("inf"))
        progress.remaining = 0
        self.assertEqual(documents._cron_each([("done", "=", False)], "_work"), 2)
        self.assertEqual(progress.remaining, 0)
