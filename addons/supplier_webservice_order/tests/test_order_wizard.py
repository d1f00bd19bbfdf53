import threading
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..connectors.base import Offer
from ..offers import choose_offers
from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestOrderWizard(SupplierCase):
    """SW3 SW4 SW+3: from the job file to purchase orders."""

    def setUp(self):
        super().setUp()
        self.file = self._new_file()

    def _open(self, user=None):
        action = self.file.with_user(user or self.user).action_order_parts()
        return self.env["supplier.order.wizard"].with_user(user or self.user).browse(action["res_id"])

    def test_lists_the_parts(self):
        """SW3: every part of the file can be ticked, the connected supplier is proposed."""
        wizard = self._open()
        self.assertEqual(wizard.line_ids.product_id.ids, [product.id for product in self.products])
        self.assertEqual(wizard.line_ids.partner_id, self.supplier)
        self.assertFalse(any(wizard.line_ids.mapped("selected")))
        self.assertEqual(wizard.line_ids[0].part_number, "PN-A")
        with self.assertRaises(UserError):
            wizard.action_order()

    def test_exactly_the_ticked_parts(self):
        """SW4: one purchase order, exactly the ticked parts and quantities, linked to the file."""
        with Form(self._open()) as form:
            for index, quantity in ((0, 1), (2, 3)):
                with form.line_ids.edit(index) as line:
                    line.selected = True
                    line.quantity = quantity
        wizard = form.record
        action = wizard.action_order()
        purchase = self.env["purchase.order"].browse(action["res_id"])
        self.assertEqual(
            [(line.product_id, line.product_qty) for line in purchase.order_line],
            [(self.products[0], 1), (self.products[2], 3)],
        )
        self.assertEqual(purchase.order_line.sale_order_id, self.file)
        self.assertEqual(purchase.origin, self.file.name)
        self.assertEqual(purchase.partner_id, self.supplier)
        self.assertEqual(purchase.order_line[0].price_unit, 100.0)
        self.assertIn(purchase, self.file._get_purchase_orders())

    def test_pressing_twice_orders_once(self):
        """SW4: the second press of Order shows the same purchase order."""
        wizard = self._open()
        wizard.line_ids[0].selected = True
        self.assertEqual(wizard.action_order()["res_id"], wizard.action_order()["res_id"])
        self.assertEqual(len(self.file._get_purchase_orders()), 1)

    def test_what_is_on_order_is_shown(self):
        """SW3: a part that is on order already is not proposed again."""
        wizard = self._open()
        wizard.line_ids[1].selected = True
        wizard.action_order()
        again = self._open()
        self.assertEqual(again.line_ids.mapped("ordered_quantity"), [0, 1, 0, 0])
        self.assertEqual(again.line_ids.mapped("quantity"), [1, 0, 1, 1])

    def test_split_over_suppliers(self):
        """SW+3: prices are asked at every connected supplier and parts split over them."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200", endpoint_url="http://second.example.com/")
        for product, number in zip(self.products[:2], ("SN-A", "SN-B"), strict=True):
            product.seller_ids = [
                Command.create(
                    {
                        "partner_id": second.id,
                        "product_code": number,
                        "price": 99,
                        "currency_id": self.company.currency_id.id,
                    }
                )
            ]
        self.fake.offers = {
            "PN-A": "<price>110</price><available>5</available>",
            "PN-B": "<price>90</price><available>5</available>",
            "SN-A": "<price>95.5</price><available>5</available>",
            "SN-B": "<price>80</price><available>0</available><availableOn>2030-01-31</availableOn>",
        }
        wizard = self._open()
        wizard.line_ids[:2].selected = True
        wizard.line_ids.partner_id = self.supplier
        with self._worker():
            wizard.action_check()
        first, other = wizard.line_ids[:2]
        self.assertEqual(first.offer_price, 110)
        self.assertEqual(first.availability, "In stock")
        self.assertIn("95.50", first.best_supplier)
        self.assertEqual(len(other.offer_ids), 2)
        wizard.action_take_best()
        # the cheaper offer for B is not in stock
        self.assertEqual((first.partner_id, other.partner_id), (second, self.supplier))
        self.assertEqual(wizard.supplier_count, 2)
        wizard.action_order()
        self.assertEqual(wizard.purchase_ids.partner_id, self.supplier | second)
        self.assertEqual(wizard.purchase_ids.mapped(lambda order: len(order.order_line)), [1, 1])
        self.assertEqual(self.fake.calls, ["CheckAvailability"] * 2)
        self.assertFalse(self.account.transaction_ids, "questions are free")
        kept = self.env["supplier.exchange"].search([("operation", "=", "offer")])
        self.assertEqual(len(kept), 2)

    def test_offer_in_a_strange_currency(self):
        """SW+3: a price that cannot be converted is not taken for one in our own currency."""
        self.env.ref("base.CHF").active = False
        self.fake.currency = "CHF"
        self.fake.offers = {"PN-A": "<price>10</price><available>5</available>"}
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        line = wizard.line_ids[0]
        self.assertFalse(line.has_offer or line.offer_ids.filtered("is_best"))
        # what the supplier asks is said, though nobody can compare it
        words = "In stock, price that cannot be converted (10 CHF)"
        self.assertEqual((line.offer_price, line.availability), (0.0, words))

    def test_unreachable_supplier_is_named(self):
        """SW+3: one supplier that does not answer does not spoil the comparison."""
        self.fake.unreachable = True
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        self.assertIn(self.supplier.name, wizard.message)

    def test_two_windows(self):
        """SW4 SW+7: two windows on one file: what the first one ordered is not ordered again by the second."""
        first, second = self._open(), self._open()
        first.line_ids[0].selected = second.line_ids[0].selected = True
        first.action_order()
        with self.assertRaisesRegex(UserError, "Part A"):
            second.action_order()
        self.assertEqual(len(self.file._get_purchase_orders()), 1)

    def test_offer_is_carried_into_the_order(self):
        """SW+3 SW+2: the price that was shown is the expected one, and its date is noted."""
        self.fake.offers = {"PN-A": "<price>118.1234</price><available>5</available>"}
        wizard = self._open()
        with self._worker():
            wizard.action_check()
        self.assertEqual(wizard.line_ids[0].offer_price, 118.1234, "nothing ticked: everything missing is asked about")
        wizard.action_select_all()
        self.assertEqual(wizard.selected_count, 4)
        wizard.line_ids[1:].selected = False
        purchase = self.env["purchase.order"].browse(wizard.action_order()["res_id"])
        self.assertEqual(purchase.order_line.price_unit, 118.1234)
        self.assertIn("offer of", str(purchase.message_ids.mapped("body")))

    def test_connector_without_a_price_question(self):
        """SW+3: a supplier that cannot be asked for prices leaves the comparison of the others alone."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200", connector="ubl")
        self.products[0].seller_ids = [Command.create({"partner_id": second.id, "product_code": "SN-A"})]
        self.fake.offers = {"PN-A": "<price>90</price><available>5</available>"}
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        self.assertEqual(wizard.line_ids[0].offer_price, 90)
        self.assertFalse(wizard.message)

    def test_supplier_that_offers_nothing(self):
        """SW+3: a part that the supplier says nothing about says so in its own line; no sentence names them all."""
        self.fake.offers = {"PN-A": "<price>90</price><available>5</available>"}
        wizard = self._open()
        wizard.line_ids[:3].selected = True
        with self._worker():
            wizard.action_check()
        self.assertFalse(wizard.message)
        self.assertEqual(wizard.line_ids[0].offer_price, 90)
        self.assertEqual(wizard.line_ids[:3].mapped("availability"), ["In stock", "No offer", "No offer"])
        self.assertEqual(wizard.line_ids[:3].mapped("availability_state"), ["enough", "none", "none"])

    def test_several_offers_for_one_part(self):
        """SW+3: of several offers the one with enough in stock, then the cheapest, wherever it stands; that is said."""
        self.fake.offers = {
            "PN-A": "<price>80</price><available>0</available></offer><offer><partNumber>PN-A</partNumber>"
            "<price>90</price><available>5</available></offer><offer><partNumber>PN-A</partNumber>"
            "<price>95</price><available>50</available>"
        }
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        line = wizard.line_ids[0]
        self.assertEqual((line.offer_price, line.availability), (90, "In stock, best of 3 offers"))

    def test_price_that_holds_from_more(self):
        """SW+3 SW+7: a price from ten on is shown as such, and carried into no order of one; nor is one for a box."""
        wizard = self._open()
        line = wizard.line_ids[0]
        line.selected = True
        for offer, words in (
            (Offer("PN-A", Decimal(70), "EUR", Decimal(50), least=Decimal(10)), "price from 10"),
            (Offer("PN-A", Decimal(70), "EUR", Decimal(50), unit="XBX"), "another unit (XBX)"),
            (Offer("PN-A", Decimal("70.10"), "XXX", Decimal(50)), "cannot be converted (70.10 XXX)"),
            (Offer("PN-A", None, "EUR", Decimal(50), note="fobId is required"), "In stock, fobId is required"),
        ):
            line.offer_ids.unlink()
            chosen = choose_offers([offer], [("PN-A", Decimal(1))], {"PN-A": "C62"})["PN-A"]
            line.env["supplier.order.wizard.offer"].create(line._prepare_offer_values(self.connection, chosen))
            line._mark_best_offers()
            self.assertIn(words, line.availability)
            self.assertFalse(line._get_offer() or line.offer_ids.is_best)

    def test_suppliers_are_asked_at_once(self):
        """SW+8: each supplier waits for the other one's question here: asked one after the other, both fail."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200")
        self.products[0].seller_ids = [Command.create({"partner_id": second.id, "product_code": "SN-A"})]
        self.fake.offers = dict.fromkeys(("PN-A", "SN-A"), "<price>90</price><available>5</available>")
        together, answer = threading.Barrier(2), self.fake._CheckAvailability

        def wait(body):
            together.wait(30)
            return answer(body)

        self.fake._CheckAvailability = wait
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        self.assertEqual(len(wizard.line_ids[0].offer_ids), 2)
        self.assertFalse(wizard.message)

    @mute_logger("odoo.addons.supplier_webservice_order.models.supplier_connection_client")
    def test_supplier_that_is_not_set_up(self):
        """SW+8 SW+3: a connection without its WSDL is named; the others answer."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200", connector="mapped")
        self.fake.offers = {"PN-A": "<price>90</price><available>5</available>"}
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        self.assertEqual(wizard.line_ids[0].offer_price, 90)
        self.assertIn("Second Source: The connection to this supplier cannot be used", wizard.message)

    def test_resting_supplier_is_left_alone(self):
        """SW+8: a supplier that failed is not asked for prices while it rests; the window says until when."""
        self.connection.sudo()._write_pause(1, fields.Datetime.add(fields.Datetime.now(), hours=1), "It was silent.")
        wizard = self._open()
        wizard.line_ids[0].selected = True
        with self._worker():
            wizard.action_check()
        self.assertIn("called again", wizard.message)
        self.assertIn("It was silent.", wizard.message)
        self.assertFalse(self.fake.calls)

    def test_role(self):
        """SW3: without the role there is no window."""
        seller = self._new_user("seller", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            self._open(seller)
