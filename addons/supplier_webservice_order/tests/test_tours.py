from odoo.tests import HttpCase, tagged

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestTours(SupplierCase, HttpCase):
    """SW3 SW4 SW5 SW9: the main story in the web client."""

    def test_order_tour(self):
        """SW3 SW4 SW5: Order, tick two parts, Communicate; the e-mail opens and the credit is gone."""
        self._buy()
        file = self._new_file()
        self.start_tour(f"/odoo/sales/{file.id}", "supplier_webservice_order", login="parts-user", timeout=120)
        purchase = file._get_purchase_orders()
        self.assertEqual([line.product_id for line in purchase.order_line], self.products[:2])
        self.assertEqual(purchase.partner_ref, "B-77", "SW7: looking at photos drops nothing")
        self.assertEqual(purchase.webservice_state, "AB")
        self.assertEqual(self.account.balance, 9.9)
