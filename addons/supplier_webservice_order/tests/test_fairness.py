from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..delivery import deliver
from ..soap.errors import FateUnknownError, NotSentError
from .common import SupplierCase, lost

WORKER_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_worker"
STATUS_LOG = "odoo.addons.supplier_webservice_order.models.purchase_order_status"
SETTLE_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"


@tagged("post_install", "-at_install")
class TestFairness(SupplierCase):
    """SW+8: one supplier never holds up another."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.second = self.env["res.partner"].create({"name": "Second Source"})
        self.other = self._new_connection(self.second, "C-200", endpoint_url="http://second.example.com/")

    def _queue(self, supplier, count):
        purchases = self.env["purchase.order"]
        for _number in range(count):
            purchase = self._new_purchase()
            purchase.sudo().partner_id = supplier
            purchases |= purchase
        purchases.with_user(self.user).action_communicate()
        return purchases

    def _claim(self):
        with self._worker():
            return self.env["supplier.exchange"]._take(None)

    def test_places_per_connection(self):
        """SW+8: never more calls at once than a supplier takes; the others' messages come in between."""
        self.connection.max_calls = 2
        self._queue(self.supplier, 3)
        self._queue(self.second, 1)
        claims = [self._claim() for _number in range(4)]
        self.assertEqual(
            [claim and claim.connection_id for claim in claims],
            [self.connection.id, self.other.id, self.connection.id, None],
        )
        slots = self.env["supplier.exchange"].search([("state", "=", "sending")]).mapped("slot")
        self.assertEqual(sorted(slots), [1, 1, 2])

    def test_place_is_left_to_the_next(self):
        """SW+8 SW+1: an answered call leaves its place before its outcome is written; one that failed keeps it."""
        self.connection.max_calls = 1
        first, second = self._queue(self.supplier, 2).exchange_ids.sorted("id")
        claim = self._claim()
        self.assertEqual((claim.id, self._claim()), (first.id, None))
        with self._worker(), mute_logger(SETTLE_LOG):
            exchanges = self.env["supplier.exchange"]
            self.assertFalse(exchanges._take(None, (claim, (FateUnknownError("timeout"), None))))
            outcome = deliver(claim)
            following = exchanges._take(None, (claim, outcome))
            self.env.invalidate_all()
            self.assertEqual(following.id, second.id)
            self.assertEqual((first.state, first.slot, second.slot), ("sending", 0, 1))
            self.assertFalse(exchanges._take(None), "one call at a time")
            exchanges._settle_safely(claim, outcome)
            exchanges._settle_safely(following, deliver(following))
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertEqual(len(self.fake.booked), 2)

    def test_try_again_now(self):
        """SW+1: "try again" makes what waits due at once, and leaves alone what a worker has taken."""
        exchanges = self._queue(self.supplier, 2).exchange_ids
        later = fields.Datetime.add(fields.Datetime.now(), days=1)
        claim = self._claim()
        taken = exchanges.filtered(lambda exchange: exchange.id == claim.id)
        exchanges.date_next_try = later
        exchanges.with_user(self.user).action_retry()
        self.assertLessEqual((exchanges - taken).date_next_try, fields.Datetime.now())
        self.assertEqual((taken.state, taken.date_next_try), ("sending", later))

    def test_pause_and_probe(self):
        """SW+8: a supplier that fails is left alone, then probed by one message; its answer ends the pause."""
        purchases = self._queue(self.supplier, 3)
        self.fake.script = [NotSentError("busy", retry_after=3600)]
        with self._worker(), mute_logger(SETTLE_LOG):
            self.assertTrue(self.env["supplier.exchange"]._send_next())
        self.env.invalidate_all()
        self.assertTrue(self.connection.is_paused)
        self.assertGreater(self.connection.date_pause_end, fields.Datetime.add(fields.Datetime.now(), minutes=55))
        self.assertFalse(self._claim(), "nothing is sent meanwhile")
        self.assertGreater(
            min(purchases.exchange_ids.mapped("date_next_try")),
            fields.Datetime.subtract(fields.Datetime.now(), hours=1),
        )
        self.connection.action_resume()
        self.assertTrue(self._claim())
        self.assertFalse(self._claim(), "one message probes")
        self._work()
        self.env.invalidate_all()
        self.assertFalse(self.connection.failures or self.connection.is_paused)
        self.assertEqual(set(purchases.exchange_ids.mapped("state")), {"done"})

    def test_worker_sends_many(self):
        """SW+8: one run of the scheduled action works all of it off, several calls under way."""
        purchases = self._queue(self.supplier, 5) | self._queue(self.second, 2)
        with self._worker():
            self.env.ref("supplier_webservice_order.ir_cron_send_orders").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(purchases.exchange_ids.mapped("state")), {"done"})
        self.assertEqual(len(self.fake.booked), 7)
        self.assertEqual(self.account.balance_units, 9_300)

    def test_poisoned_connection(self):
        """SW+8: one connection that cannot be used stops nobody: its message waits with the reason, the others go."""
        before, poisoned, after = (self._queue(each, 1) for each in (self.supplier, self.second, self.supplier))
        # a mapping without its WSDL
        self.env["supplier.connection"].search([("partner_id", "=", self.second.id)]).connector = "mapped"
        self.env.flush_all()
        with self._worker(), mute_logger(WORKER_LOG):
            self.env.ref("supplier_webservice_order.ir_cron_send_orders").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((before | after).exchange_ids.mapped("state"), ["done", "done"])
        waiting = poisoned.exchange_ids
        self.assertEqual((waiting.state, waiting.reason), ("queued", "setup"))
        self.assertGreater(waiting.date_next_try, fields.Datetime.now())
        self.assertIn("A manager has to look at it", poisoned.webservice_error)

    def test_poisoned_question(self):
        """SW+8: an order whose connection cannot be used any more is set aside, and the others are asked about."""
        before, poisoned, after = (self._queue(each, 1) for each in (self.supplier, self.second, self.supplier))
        self._work()
        self.fake.calls.clear()
        self.env["supplier.connection"].search([("partner_id", "=", self.second.id)]).connector = "mapped"
        for number, order in enumerate((before, poisoned, after), 1):
            order.sudo().date_next_status = f"2000-01-0{number}"
        with self._worker(), mute_logger(STATUS_LOG):
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.fake.calls, ["GetOrderStatus", "GetOrderStatus"])
        self.assertEqual(poisoned.status_failures, 1)
        self.assertGreater(poisoned.date_next_status, fields.Datetime.now())

    def test_questions_pause_too(self):
        """SW8 SW+8: a supplier that rests is not asked either; others are."""
        first, second = self._queue(self.supplier, 1), self._queue(self.second, 1)
        self._work()
        self.connection.date_pause_end = fields.Datetime.add(fields.Datetime.now(), hours=1)
        (first | second).sudo().date_next_status = "2000-01-01"
        self.fake.calls.clear()
        with self._worker():
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()
        self.assertEqual(self.fake.calls, ["GetOrderStatus"])
        self.assertEqual(first.date_next_status, fields.Datetime.to_datetime("2000-01-01"))

    def test_out_of_service(self):
        """SW+8: nothing at all is asked over a connection that is out of service, such as in a copy of the database."""
        purchase = self._queue(self.supplier, 1)
        self.fake.script = [lost()]
        with mute_logger(SETTLE_LOG):
            with self._worker():
                self.env["supplier.exchange"]._send_next()
            self.connection.action_deactivate()
            self.fake.calls.clear()
            self._work()
        self.assertEqual((purchase.exchange_ids.state, self.fake.calls), ("unknown", []))

    def test_calls_that_fail_together(self):
        """SW+8: four calls under way that fail at the same moment are one failure: the pause stays a short one."""
        with self._worker():
            for _call in range(4):
                self.env["supplier.connection"]._note_outcome(self.connection.id, FateUnknownError("timeout"))
        self.env.invalidate_all()
        self.assertEqual(self.connection.failures, 1)
        self.assertLess(self.connection.date_pause_end, fields.Datetime.add(fields.Datetime.now(), seconds=20))

    def test_unknown_error_pauses_nothing(self):
        """SW+8: what concerns one message only does not stop the supplier's others."""
        with self._worker():
            self.env["supplier.connection"]._note_outcome(self.connection.id, FateUnknownError("unreadable"))
        self.assertFalse(self.connection.is_paused)
