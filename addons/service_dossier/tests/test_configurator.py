"""Finding warranties and placing service orders."""

from odoo import Command
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
        self.assertEqual(found, [(self.warranty, 0, ()), (nearer, 1, ()), (near, 3, ())])

    def test_unknown_dimension(self):
        """SD10: a dimension that is not known does not restrict the search."""
        self.assertEqual(self.find(1200, 0, None, order_number=self.order.name), [(self.warranty, 0, ())])

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
        self.product.warranty_claim_limit = 2
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
        self.product.warranty_bill_ids.quantity = 3
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

    def test_pieces(self):
        """SD+8: what is sold by the piece is ordered in pieces."""
        dossier = self.open_configurator()
        with self.assertRaisesRegex(UserError, "by the piece"):
            self.add(dossier, quantity=0.3)
        metre = self.env.ref("uom.product_uom_meter")
        self.element.uom_id = metre
        self.assertTrue(self.add(dossier, element=self.element.sudo(), quantity=0.5))

    def test_what_was_probably_meant(self):
        """SD10: swapped sides, centimetres, metres and the dossier's number are found, and the result says so."""
        number = self.order.name
        for sizes, order_number, reasons in (
            ((2000, 1200, 95), number, ("swapped",)),
            ((120, 200, 0), number, ("centimetres",)),
            ((1.2, 2, 0), number, ("metres",)),
            ((200, 120, 0), number, ("centimetres", "swapped")),
            ((1200, 2000, 0), self.dossier.name.lower(), ("dossier",)),
            ((2000, 1200, 0), self.dossier.name, ("swapped", "dossier")),
        ):
            with self.subTest(sizes=sizes, order_number=order_number):
                self.assertEqual(
                    self.find(*sizes, order_number=order_number, tolerance=5), [(self.warranty, 0, reasons)]
                )
        self.assertEqual(self.find(2000, 1200, 0, order_number="S-OTHER", tolerance=5), [])

    def test_price_as_ordered(self):
        """SD+8: with taxes in the price, a price list and a fiscal position the page says what the order says."""
        tax = self.env["account.tax"].create(
            {
                "name": "21 incl",
                "amount": 21,
                "price_include_override": "tax_included",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        self.product.write({"list_price": 121, "taxes_id": [Command.set(tax.ids)]})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})
                ],
            }
        )
        self.dealer.partner_id.property_product_pricelist = pricelist
        self.warranty.sudo().write({"date_start": "2015-01-01"})
        dossier = self.open_configurator()
        line = self.add(dossier, quantity=2)
        self.assertEqual((line.price, line.price_total), (180, 217.8))
        order = self.Line._place_orders(dossier)
        self.assertEqual((order.amount_untaxed, order.amount_total), (180, 217.8))
        self.assertEqual((line.price, line.price_total), (180, 217.8), "the placed line says what was ordered")

    def test_confirmation(self):
        """SD12: whoever places an order gets a mail, and the dossier tells of the order and of its delivery."""
        dossier = self.open_configurator()
        self.add(dossier)
        known = self.all_mails()
        order = self.Line._place_orders(dossier)
        message = self.dossier.communication_ids.filtered(lambda m: m.message_type == "order")
        self.assertIn(order.name, message.body)
        self.assertIn("free of charge", message.body)
        self.assertIn(self.dealer.partner_id, self.new_mails(known).recipient_ids)
        self.assertTrue(message.with_user(self.colleague).has_access("read"))
        order.order_line.qty_delivered = 1
        told = self.dossier.communication_ids.filtered(lambda m: m.message_type == "order") - message
        self.assertEqual(len(told), 1)
        new = order.order_line.warranty_ids
        self.assertIn(new.name, told.body)
        self.assertIn("was delivered", told.body)
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(len(self.dossier.communication_ids.filtered(lambda m: m.message_type == "order")), 2)

    def test_not_filled_in(self):
        """SD+8: nobody says by hand what was ordered or on which day it was claimed."""
        dossier = self.open_configurator()
        line = self.add(dossier)
        Line = self.env["service.dossier.line"].with_user(self.manager)
        values = {"dossier_id": self.dossier.id, "warranty_id": self.warranty.id}
        for forbidden in ({"date_claim": "2020-01-01"}, {"is_placed": True}, {"order_name": "X"}):
            with self.assertRaises(AccessError):
                Line.create({**values, **forbidden})
            with self.assertRaises(AccessError):
                Line.browse(line.id).write(forbidden)
        self.Line._place_orders(dossier)
        with self.assertRaisesRegex(UserError, "ordered already"):
            Line.browse(line.id).quantity = 5
        with self.assertRaisesRegex(UserError, "ordered already"):
            Line.browse(line.id).unlink()

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
        self.product.warranty_claim_limit = 9
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
        self.assertFalse(self.Line._place_orders(dossier).client_order_ref)
        self.add(dossier, warranty=self.make_warranty(order_number="S%"))
        self.assertFalse(self.Line._place_orders(dossier).client_order_ref)
        handed_over = other.order_line.warranty_ids
        handed_over.partner_id = self.customer
        self.add(dossier, warranty=handed_over)
        self.assertFalse(self.Line._place_orders(dossier).client_order_ref)

    def test_reference_of_another_order(self):
        """SD11: a part of another order of the customer's keeps that order's reference, not this dossier's."""
        dossier = self.open_configurator()
        self.dossier.reference = "This one"
        other = self._make_dossier(reference="That one")
        order = self._make_order(other)
        order.client_order_ref = False
        self.add(dossier, warranty=order.order_line.warranty_ids)
        self.assertEqual(self.Line._place_orders(dossier).client_order_ref, "That one")
        self.dossier.order_number = "OLD-7"
        self.add(dossier, warranty=self.make_warranty(order_number="old 7"))
        self.assertEqual(self.Line._place_orders(dossier).client_order_ref, "This one")
