"""Finding warranties and placing service orders."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestConfigurator(DossierCommon):
    """SD9 to SD13, SD+1, SD+2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Line = cls.env["service.dossier.line"].with_user(cls.dealer)
        cls.Warranty = cls.env["service.warranty"].with_user(cls.dealer)

    def open_configurator(self):
        """Move the dossier to where parts can be configured and return it as the dealer."""
        self.dossier.stage_id = self.stage("service")
        return self.dossier.with_user(self.dealer)

    def add(self, dossier, warranty=None, **values):
        """Configure a part as the dealer."""
        return self.Line._add(dossier, (warranty or self.warranty).with_user(self.dealer), **values)

    def find(self, *sizes, **values):
        """Search by dimensions as the dealer."""
        return self.Warranty._find_by_dimensions(self.customer, sizes, **values)

    def test_exact_first_then_near(self):
        """SD10, SD+2: exact matches first, near ones ranked by how far off they are, others left out."""
        near = self.make_warranty(width=1203, height=2000, depth=95, order_number=self.order.name)
        nearer = self.make_warranty(width=1199, height=2000, depth=95, order_number=self.order.name)
        self.make_warranty(width=1206, height=2000, depth=95, order_number=self.order.name)
        found = self.find(1200, 2000, 95, order_number=self.order.name.lower(), tolerance=5)
        self.assertEqual(found, [(self.warranty, 0), (nearer, 1), (near, 3)])

    def test_unknown_dimension(self):
        """SD10: a dimension that is not known does not restrict the search."""
        self.assertEqual(self.find(1200, 0, None, order_number=self.order.name), [(self.warranty, 0)])

    def test_nothing_found(self):
        """SD10: nothing found is an answer."""
        self.assertEqual(self.find(500, 500, 500, order_number=self.order.name, tolerance=5), [])
        self.assertEqual(self.find(1200, 2000, 95, order_number="S-UNKNOWN", tolerance=5), [])

    def test_own_orders_only(self):
        """SD10: measures of another customer's order find nothing, not even by naming that customer."""
        Warranty = self.env["service.warranty"].with_user(self.stranger)
        sizes = (1200, 2000, 95)
        self.assertEqual(Warranty._find_by_dimensions(self.other_customer, sizes, order_number=self.order.name), [])
        self.assertEqual(Warranty._find_by_dimensions(self.customer, sizes, order_number=self.order.name), [])

    def test_closed_configurator(self):
        """SD6: nothing can be configured or ordered before the service request."""
        dossier = self.dossier.with_user(self.dealer)
        with self.assertRaisesRegex(UserError, "closed"):
            self.add(dossier)
        with self.assertRaisesRegex(UserError, "closed"):
            self.Line._place_orders(dossier)

    def test_two_orders(self):
        """SD11, SD12: an empty reference runs under the original number, a filled one is an order of its own."""
        dossier = self.open_configurator()
        self.add(dossier, element=self.element.sudo())
        self.add(dossier, reference="My new ref", found_by="dimensions")
        orders = self.Line._place_orders(dossier)
        self.assertEqual(len(orders), 2)
        original = orders.filtered("service_number")
        renamed = orders - original
        self.assertEqual(original.service_number, self.order.name)
        self.assertEqual(original.name, f"{self.order.name}-S1")
        self.assertEqual(original.client_order_ref, "PO-ORIGINAL")
        self.assertEqual(renamed.client_order_ref, "My new ref")
        self.assertNotIn(self.order.name, renamed.name)
        for order in orders:
            self.assertEqual((order.state, order.dossier_id, order.is_service_order), ("sale", self.dossier, True))
        self.assertEqual(original.order_line.product_id, self.element)
        self.assertEqual(renamed.order_line.product_id, self.product)
        self.assertEqual(renamed.order_line.service_warranty_id, self.warranty)

    def test_second_service_order_counts_on(self):
        """SD11: the next service order under the same number gets the next suffix."""
        dossier = self.open_configurator()
        for number in (1, 2):
            self.add(dossier)
            self.assertEqual(self.Line._place_orders(dossier).name, f"{self.order.name}-S{number}")

    def test_placed_once(self):
        """SD12: placing twice orders once."""
        dossier = self.open_configurator()
        self.add(dossier)
        self.Line._place_orders(dossier)
        with self.assertRaisesRegex(UserError, "at least one part"):
            self.Line._place_orders(dossier)
        with self.assertRaisesRegex(UserError, "ordered already"):
            dossier.line_ids._remove()

    def test_free_under_warranty(self):
        """SD+1: a valid warranty makes the line free, and it stays free when the order is recomputed."""
        dossier = self.open_configurator()
        line = self.add(dossier, element=self.element.sudo())
        self.assertTrue(line.is_free)
        order = self.Line._place_orders(dossier)
        self.assertEqual(order.amount_total, 0)
        self.assertIn("Free of charge", order.order_line.name)
        order.order_line.product_uom_qty = 3
        order._recompute_prices()
        self.assertEqual(order.amount_total, 0)

    def test_priced_when_expired(self):
        """SD+1: an expired warranty makes the line priced, as shown before."""
        dossier = self.open_configurator()
        self.warranty.sudo().write({"date_start": "2015-01-01"})
        line = self.add(dossier, element=self.element.sudo(), quantity=2)
        self.assertFalse(line.is_free)
        self.assertEqual(line.price, 200)
        self.assertEqual(self.Line._place_orders(dossier).amount_untaxed, 200)

    def test_foreign_parts(self):
        """SD9: neither other customers' warranties nor parts of other products can be configured."""
        dossier = self.open_configurator()
        foreign = self.make_warranty(partner_id=self.other_customer.id)
        with self.assertRaises(AccessError):
            self.add(dossier, warranty=foreign)
        with self.assertRaisesRegex(UserError, "another customer"), self.env.cr.savepoint():
            self.env["service.dossier.line"].with_user(self.manager)._add(self.dossier.with_user(self.manager), foreign)
        with self.assertRaisesRegex(UserError, "does not belong"):
            self.add(dossier, element=self.service.sudo())
        for quantity in (0, -1, 5000):
            with self.assertRaisesRegex(UserError, "quantity"):
                self.add(dossier, quantity=quantity)

    def test_new_dossier_with_service(self):
        """SD13: a new dossier with the product Service has its configurator open at once and gets ordered."""
        dossier = self._make_dossier(product_id=self.service.id, categ_id=self.category.id)
        self.assertTrue(dossier.configurator_open)
        self.add(dossier.with_user(self.dealer))
        order = self.Line._place_orders(dossier.with_user(self.dealer))
        self.assertEqual(order.service_number, self.order.name)
        self.assertEqual(dossier.stage_id.kind, "ordered")
        self.assertFalse(dossier.configurator_open)
        other = self._make_dossier(product_id=self.product.id)
        self.assertFalse(other.configurator_open)

    def test_imported_warranty_without_order(self):
        """SD11: an imported warranty knows its order only by number; the service order runs under that."""
        dossier = self.open_configurator()
        self.add(dossier, warranty=self.make_warranty(order_number="OLD-2018"))
        order = self.Line._place_orders(dossier)
        self.assertEqual((order.service_number, order.name), ("OLD-2018", "OLD-2018-S1"))

    def test_unconfirmed(self):
        """SD12: with the setting off, service orders wait as quotations."""
        self.company.dossier_confirm_orders = False
        dossier = self.open_configurator()
        self.add(dossier)
        self.assertEqual(self.Line._place_orders(dossier).state, "draft")

    def test_second_currency(self):
        """SD+1: the price is in the currency of the customer's price list."""
        currency = self.env.ref("base.EUR") if self.company.currency_id.name != "EUR" else self.env.ref("base.USD")
        currency.active = True
        pricelist = self.env["product.pricelist"].create({"name": "Foreign", "currency_id": currency.id})
        self.dealer.partner_id.property_product_pricelist = pricelist
        self.warranty.sudo().write({"date_start": "2015-01-01"})
        dossier = self.open_configurator()
        line = self.add(dossier)
        self.assertEqual(line.currency_id, currency)
        order = self.Line._place_orders(dossier)
        self.assertEqual(order.currency_id, currency)
        self.assertAlmostEqual(order.amount_untaxed, line.price, 2)

    def test_free_quantities(self):
        """SD+1: a warranty pays for one piece, not for a stock of them."""
        dossier = self.open_configurator()
        with self.assertRaisesRegex(UserError, "covers one piece"), self.env.cr.savepoint():
            self.add(dossier, quantity=2)
        self.add(dossier)
        with self.assertRaisesRegex(UserError, "covers one piece"), self.env.cr.savepoint():
            self.add(dossier)
        self.add(dossier, element=self.element.sudo(), quantity=10)
        with self.assertRaisesRegex(UserError, "at most 10"), self.env.cr.savepoint():
            self.add(dossier, element=self.element.sudo())
        self.warranty.sudo().write({"date_start": "2015-01-01"})
        self.add(dossier, quantity=30)

    def test_warranty_lost_before_ordering(self):
        """SD+1: parts of a warranty that was handed over or archived since are not ordered."""
        dossier = self.open_configurator()
        self.add(dossier)
        self.warranty.sudo().active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.Line._place_orders(dossier)
        self.warranty.sudo().write({"active": True, "partner_id": self.other_customer.id})
        with self.assertRaisesRegex(UserError, "another customer"):
            self.Line._place_orders(dossier)

    def test_numbers_do_not_repeat(self):
        """SD11: the next number follows the highest one, and the database refuses the same number twice."""
        dossier = self.open_configurator()
        orders = self.env["sale.order"]
        for _number in range(2):
            self.add(dossier)
            orders |= self.Line._place_orders(dossier)
        orders[0]._action_cancel()
        orders[0].unlink()
        self.add(dossier)
        third = self.Line._place_orders(dossier)
        self.assertEqual(third.name, f"{self.order.name}-S3")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            third.name = f"{self.order.name}-S2"

    def test_original_of_another_customer(self):
        """SD11: neither a like-named order nor the former owner's order lends its reference."""
        dossier = self.open_configurator()
        self.dossier.reference = "Mine"
        other = self._make_order(self._make_dossier(self.stranger))
        other.client_order_ref = "SECRET"
        self.add(dossier, warranty=self.make_warranty(order_number=other.name))
        self.assertEqual(self.Line._place_orders(dossier).client_order_ref, "Mine")
        self.add(dossier, warranty=self.make_warranty(order_number="S%"))
        self.assertEqual(self.Line._place_orders(dossier).client_order_ref, "Mine")
        handed_over = other.order_line.warranty_ids
        handed_over.partner_id = self.customer
        self.add(dossier, warranty=handed_over)
        self.assertEqual(self.Line._place_orders(dossier).client_order_ref, "Mine")
