"""The window of parts: whose suppliers, whose orders, and the last value on each side of a limit."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SupplierCase

USER = "supplier_webservice_order.group_supplier_webservice_order_user"


@tagged("post_install", "-at_install")
class TestWindowBorders(SupplierCase):
    """SW3 SW4 SW+3: what the window proposes, asks and orders."""

    def setUp(self):
        super().setUp()
        self.file = self._new_file(quantity=5)
        self.window = self._open()
        self.lines = self.window.line_ids

    def _open(self, user=None):
        action = self.file.with_user(user or self.user).action_order_parts()
        return self.env["supplier.order.wizard"].with_user(user or self.user).browse(action["res_id"])

    def _check(self, **offers):
        self.fake.offers = {f"PN-{name}": offer for name, offer in offers.items()}
        with self._worker():
            self.window.action_check()

    def test_suppliers_of_the_company(self):
        """SW3: suppliers that are connected here and now are proposed, beside those who sell the parts; no others."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        there = self.env["res.partner"].create({"name": "Sells there"})
        self._new_connection(there, "C-9", company_id=elsewhere.id)
        resting = self.env["res.partner"].create({"name": "Suspended"})
        self._new_connection(resting, "C-8").action_suspend()
        second = self.env["res.partner"].create({"name": "Here"})
        self._new_connection(second, "C-7")
        window = self._open()
        self.assertEqual(window.supplier_ids, self.supplier | second)
        self.assertEqual(window.line_ids.partner_id, self.supplier, "who sells the part comes first")
        for product in self.products:
            product.seller_ids.unlink()
        self.assertEqual(self._open().line_ids.partner_id, self.supplier, "else who is connected")
        self.connection.action_suspend()
        self.assertEqual(self._open().line_ids.partner_id, second)
        with self._worker():
            self.window.action_check()
        self.assertEqual(self.fake.count("CheckAvailability"), 1, "neither the other company's nor the suspended one")
        second_connection = self.env["supplier.connection"].search([("partner_id", "=", second.id)])
        second_connection.action_suspend()
        with self.assertRaisesRegex(UserError, "No supplier"):
            self.window.action_check()

    def test_seller_of_another_company(self):
        """SW3: a row of another company's price list proposes nobody."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.env["res.partner"].create({"name": "Sells there"})
        product = self.products[0]
        product.seller_ids.unlink()
        product.seller_ids = [Command.create({"partner_id": other.id, "company_id": elsewhere.id, "price": 1})]
        self.assertEqual(self._open().line_ids[0].partner_id, self.supplier)

    def test_what_is_on_order(self):
        """SW3: what is on order for these lines counts; what was cancelled, or is another file's, does not."""
        other = self._new_file(quantity=5)
        mine, theirs = self.file.order_line, other.order_line
        for line, state in ((mine[0], "draft"), (mine[1], "cancel"), (theirs[2], "draft")):
            purchase = self._new_purchase(line.product_id)
            purchase.order_line.sudo().write({"sale_line_id": line.id, "product_qty": 2})
            if state == "cancel":
                purchase.button_cancel()
        window = self._open()
        self.assertEqual(window.line_ids.mapped("ordered_quantity"), [2, 0, 0, 0])
        self.assertEqual(window.line_ids.mapped("quantity"), [3, 5, 5, 5])

    def test_only_what_was_ticked_is_asked(self):
        """SW+3: the ticked parts are asked about; nothing ticked: all that is missing; nothing missing: a sentence."""
        self.lines[1].selected = True
        self._check()
        self.assertEqual(self.fake.messages[-1].decode().count("partNumber>PN"), 1)
        self.lines[1].selected = False
        self.lines[2].quantity = 0
        self._check()
        self.assertEqual(self.fake.messages[-1].decode().count("partNumber>PN"), 3)
        self.lines.quantity = 0
        with self.assertRaisesRegex(UserError, "on order already"):
            self.window.action_check()

    def test_a_supplier_before_the_part(self):
        """SW3: a line whose supplier is chosen while there is no part yet is shown without a price."""
        lines = self.env["supplier.order.wizard.line"].with_user(self.user)
        shown = lines.onchange({"partner_id": self.supplier.id}, ["partner_id"], {"part_number": {}, "name": {}})
        self.assertFalse(shown["value"].get("part_number"))

    def test_select_all(self):
        """SW3: all of which something is missing; the price is that of one order for each supplier."""
        self.lines[3].quantity = 0
        self.window.action_select_all()
        self.assertEqual(self.lines.mapped("selected"), [True, True, True, False])
        self.assertEqual((self.window.selected_count, self.window.supplier_count), (3, 1))
        self.assertEqual(self.window.credit_cost, self.company.credit_price_order)
        self.lines.selected = False
        self.assertEqual((self.window.selected_count, self.window.supplier_count, self.window.credit_cost), (0, 0, 0))

    def test_in_stock(self):
        """SW+3: as many as are wanted are enough, one less are not, none are none; the cheapest of enough is best."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200")
        self.products[0].seller_ids = [Command.create({"partner_id": second.id, "product_code": "PN-Z"})]
        self.lines[:3].selected = True
        self._check(
            A="<price>90</price><available>5</available>",
            Z="<price>10</price><available>4</available>",
            B="<price>80</price><available>4</available>",
            C="<price>80</price><available>0</available>",
        )
        self.assertEqual(self.lines[:3].mapped("availability_state"), ["enough", "some", "none"])
        self.assertEqual(self.lines[0].offer_ids.filtered("is_best").partner_id, self.supplier)
        self.assertIn("90.00", self.lines[0].best_supplier)
        self.assertFalse(self.lines[1].best_supplier, "of one offer there is no best")
        self.lines[0].partner_id = second
        self.assertEqual((self.lines[0].offer_price, self.lines[0].availability_state), (10, "some"))
        self.window.action_take_best()
        self.assertEqual(self.lines[0].partner_id, self.supplier)

    def test_price_from_the_quantity(self):
        """SW+3: a price that holds from exactly what is wanted is the price of it."""
        self.lines[0].selected = True
        self._check(A="<price>90</price><available>9</available>")
        offer = self.lines[0].offer_ids
        for quantity, fits in ((5, True), (4.9, False)):
            self.lines[0].quantity = quantity
            offer.sudo().write({"least": 5, "is_best": False})
            self.lines[0]._mark_best_offers()
            self.assertEqual((offer.is_best, bool(self.lines[0]._get_offer())), (fits, fits))
            self.assertEqual("price from" in offer._describe_terms("x"), not fits)

    def test_person_of_two_companies(self):
        """SW3: a file is ordered over connections of its own company, whatever else the person sees."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere", "currency_id": self.company.currency_id.id})
        partner = self.env["res.partner"].create({"name": "Sells there"})
        self._new_connection(partner, "C-9", company_id=elsewhere.id)
        self.user.sudo().company_ids += elsewhere
        self.connection.action_suspend()
        person = (
            self.env["sale.order"].with_user(self.user).with_context(allowed_company_ids=(self.company | elsewhere).ids)
        )
        for product in self.products:
            product.seller_ids.unlink()
        window = person.env["supplier.order.wizard"]._create_for(person.browse(self.file.id))
        self.assertFalse(window.line_ids.partner_id or window.supplier_ids)
        with self.assertRaisesRegex(UserError, "No supplier"):
            window.action_check()

    def test_window_that_is_gone(self):
        """SW4: a window that was cleaned up meanwhile orders nothing, and says so."""
        self.lines[0].selected = True
        self.window.sudo().unlink()
        with self.assertRaisesRegex(UserError, "out of date"):
            self.window.action_order()

    def test_each_order_has_its_offers(self):
        """SW+3 SW+2: the price of a supplier's offer goes into that supplier's order, into the line of that part."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        self._new_connection(second, "C-200")
        for product, number in zip(self.products[:2], ("PN-Y", "PN-Z"), strict=True):
            product.seller_ids = [Command.create({"partner_id": second.id, "product_code": number, "price": 7})]
        self.lines.selected = True
        self._check(
            A="<price>91</price><available>9</available>",
            B="<price>92</price><available>9</available>",
            C="<price>93</price><available>9</available>",
            Y="<price>61</price><available>9</available>",
            Z="<price>62</price><available>9</available>",
        )
        self.lines.partner_id = self.supplier
        self.lines[1].partner_id = second
        self.window.action_order()
        prices = {line.product_id: line.price_unit for line in self.window.purchase_ids.order_line}
        self.assertEqual(prices, dict(zip(self.products, (91, 62, 93, 100), strict=True)))
        self.assertEqual(len(self.window.purchase_ids), 2)
        orders = self.env["purchase.order"].search(self.window._open_purchases()["domain"])
        self.assertEqual(orders, self.window.purchase_ids)

    def test_nothing_to_order(self):
        """SW4: nothing ticked, nothing of a ticked part, or no supplier for it: said, and nothing is ordered."""
        with self.assertRaisesRegex(UserError, "Tick the parts"):
            self.window.action_order()
        self.lines[0].selected = True
        for quantity in (0, -1):
            self.lines[0].quantity = quantity
            with self.assertRaisesRegex(UserError, "above zero"):
                self.window.action_order()
        self.lines[0].quantity = 0.5
        self.lines[1].selected = True
        self.lines[0].partner_id = False
        with self.assertRaisesRegex(UserError, "Choose a supplier for: Part A."):
            self.window.action_order()
        self.assertFalse(self.file._get_purchase_orders())

    def test_window_of_another_person(self):
        """SW4: a window is ordered from by who opened it."""
        self.lines[0].selected = True
        colleague = self._new_user("colleague", USER)
        with self.assertRaises(AccessError):
            self.window.with_user(colleague).action_order()
        self.assertFalse(self.file._get_purchase_orders())

    def test_ordered_meanwhile(self):
        """SW4 SW+7: what a colleague ordered counts for the part that was ordered, and only where it is more."""
        second = self._open()
        self.lines[0].selected = True
        self.window.action_order()
        second.line_ids[1].selected = True
        second.action_order()
        third = self._open()
        third.line_ids[0].selected = True
        third.line_ids[0].quantity = 1
        third.action_order()
        self.assertEqual(len(self.file._get_purchase_orders()), 3, "what was known when the window opened is no news")
