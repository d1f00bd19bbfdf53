from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestNeutralize(SupplierCase):
    """SW+4: a copy of the database orders nothing."""

    def test_neutralize(self):
        """SW+4: no connection is active or knows where its supplier is, passwords are gone, queues are empty."""
        self.connection.address_ids = [Command.create({"kind": "stock", "url": "https://stock.example.com/"})]
        self._buy()
        waiting = self._new_purchase()
        waiting.action_communicate()
        sent = self._new_purchase()
        self._communicate(sent)
        change = sent.exchange_ids.sudo().copy(
            {
                "operation": "change",
                "state": "received",
                "message_number": "change-1",
                "order_exchange_id": sent.exchange_ids.id,
            }
        )
        self.assertTrue(self.connection._get_endpoint().others)
        self.env.flush_all()
        with file_open("supplier_webservice_order/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        connection = self.connection.sudo()
        self.assertEqual(connection.state, "inactive")
        self.assertFalse(connection._get_urls())
        self.assertFalse(connection._get_endpoint().others, "no service is called at an address that no screen shows")
        self.assertFalse(connection.username or connection.password or connection.client_certificate)
        with self._worker(), self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            connection.with_user(self.manager).action_activate()
        self.assertEqual((waiting.exchange_ids.state, change.state), ("cancelled", "cancelled"))
        self.assertFalse(waiting.webservice_state)
        self.assertFalse(sent.date_next_status)
        self.assertEqual(self.account.reserved_units, 0)
        self._work()
        self.assertEqual(self.fake.count("PlaceOrder"), 1)
