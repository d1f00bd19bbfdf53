from odoo.tests import tagged
from odoo.tools import file_open

from .common import PASSWORD, SupplierCase


@tagged("post_install", "-at_install")
class TestNeutralize(SupplierCase):
    """SW+4: a copy of the database orders nothing."""

    def test_neutralize(self):
        """SW+4: connections go to the sandbox, passwords are gone, queues are empty."""
        self._buy()
        waiting = self._new_purchase()
        waiting.action_communicate()
        sent = self._new_purchase()
        self._communicate(sent)
        self.env.flush_all()
        with file_open("supplier_webservice_order/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        connection = self.connection.sudo()
        self.assertEqual(connection.endpoint_url, "http://127.0.0.1:8090/standard")
        self.assertNotEqual(connection.password, PASSWORD)
        self.assertEqual(waiting.exchange_ids.state, "cancelled")
        self.assertFalse(waiting.webservice_state)
        self.assertFalse(sent.next_status_at)
        self.assertEqual(self.account.reserved_units, 0)
        self._work()
        self.assertEqual(self.fake.count("PlaceOrder"), 1)
