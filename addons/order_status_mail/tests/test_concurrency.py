from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestConcurrency(StatusMailCommon):
    """Locks. What really running processes do is tested end to end."""

    def test_marks_that_come_in_during_a_run_wait_for_the_next(self):
        """OS+1, OS9: one mail per order and run, also when the order is touched meanwhile."""
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        self.commit_marks()
        run = self.env["order.status.run"]
        ceiling, *_counts = run._count_pending()
        order.picking_ids.carrier_tracking_ref = "LATE"
        self.commit_marks()
        run._process(order, ceiling)
        self.commit_marks()
        self.assertEqual(run._count_pending()[1], 1, "the later mark is kept")
        self.assertFalse(run._next_orders(ceiling, 10, set()), "and not looked at by this run")

    def test_an_order_waiting_for_its_retry_is_not_picked(self):
        """OS+1: a failed order does not come first again and again."""
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        self.commit_marks()
        self.env["order.status.snapshot"]._record_failure(order, "broken")
        run = self.env["order.status.run"]
        ceiling, *_counts = run._count_pending()
        self.assertFalse(run._next_orders(ceiling, 10, set()))

    def test_failures_are_retried_less_and_less_often(self):
        """OS+1: the waiting time doubles."""
        order = self._create_told_order(self.lamp)
        snapshots = self.env["order.status.snapshot"]
        first = snapshots._record_failure(order, "x").date_next_try
        second = snapshots._record_failure(order, "x").date_next_try
        self.assertGreater(second, first)
        self.assertEqual(order.status_snapshot_ids.error_count, 2)
