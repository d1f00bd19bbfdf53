from unittest.mock import patch

import psycopg2.errors
from odoo.addons.base.models.ir_cron import IrCron
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tests import TransactionCase, tagged

CONFLICT = psycopg2.errors.SerializationFailure("could not serialize access due to concurrent update")


@tagged("post_install", "-at_install")
class TestCronConflict(TransactionCase):
    """A scheduled action that lost a conflict is repeated, as ``odoo.service.model.retrying`` repeats a request."""

    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        waits = patch("odoo.addons.base_safeguard.models.ir_cron.time.sleep")
        self.sleep = waits.start()
        self.addCleanup(waits.stop)

    def _run(self, outcomes):
        with patch.object(IrCron, "_callback", side_effect=outcomes) as run:
            try:
                self.cron._callback(self.cron.name, self.cron.ir_actions_server_id.id)
            finally:
                self.assertEqual(self.sleep.call_count, run.call_count - 1)
        return run.call_count

    def test_repeated(self):
        """RI10: what lost a conflict does not wait for tomorrow."""
        deadlock = psycopg2.errors.DeadlockDetected("deadlock detected")
        self.assertEqual(self._run([CONFLICT, deadlock, None]), 3)

    def test_given_up(self):
        """RI10: an action that always loses fails, as Odoo notes it, after as many tries as a request has."""
        with self.assertRaises(psycopg2.errors.SerializationFailure):
            self._run([CONFLICT] * (MAX_TRIES_ON_CONCURRENCY_FAILURE + 1))
        self.assertEqual(self.sleep.call_count, MAX_TRIES_ON_CONCURRENCY_FAILURE - 1)

    def test_other_errors(self):
        """RI10: an error of the action itself is not repeated."""
        with self.assertRaises(ZeroDivisionError):
            self._run([ZeroDivisionError])
