"""What stands beside the thing that is meant, and has to stay out: lines, offers, elements, documents."""

import base64
import io
import zipfile
from decimal import Decimal

from lxml import etree
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from zeep.exceptions import Error as ZeepError

from ..connectors import ubl_despatch
from ..connectors.base import Offer
from ..offers import choose_offers
from ..soap import masking
from ..soap.client import Service
from ..soap.documents import load_documents
from ..soap.masking import MASK, masked
from .common import NAMESPACE, SupplierCase, envelope, response
from .dialects.standard import SUPPLIERS
from .test_mapping import ORDER, wsdl_zip


@tagged("post_install", "-at_install")
class TestBesideOrders(SupplierCase):
    """SW5 SW8 SW+2 SW+9: the other lines of the same order, and the other documents of a supplier."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase()
        self.line, self.second = self.purchase.order_line

    def test_nothing_of_a_part(self):
        """SW5: a part of which nothing is wanted is not in the message."""
        self.second.product_qty = 0
        exchange = self._communicate(self.purchase)
        self.assertEqual([row["position"] for row in exchange.sent_lines], self.line.ids)

    def test_what_is_told_of_an_answer(self):
        """SW8: the chatter names the line that differs, and not the one that comes as ordered."""
        self._communicate(self.purchase)
        self.fake.approve(
            self.purchase,
            {"position": self.line.id, "status": "QuantityChanged", "quantity": 1, "price": "100"},
            {"position": self.second.id, "status": "Confirmed", "quantity": 2, "price": "100"},
        )
        with self._worker():
            self.purchase.action_ask_supplier()
        told = "".join(message.body for message in self.purchase.message_ids if "with changes" in message.body)
        self.assertIn("PN-A", told)
        self.assertNotIn("PN-B", told)

    def test_what_stays_beside_the_rest(self):
        """SW+9: of an order that is not confirmed goes what nothing is left of, and no other line."""
        third = self.second.sudo().copy({"order_id": self.purchase.id})
        self._communicate(self.purchase)
        added = self.line.sudo().copy({"order_id": self.purchase.id, "product_qty": 4})
        self.second.sudo().product_qty = 5
        self.assertEqual(self.purchase.state, "draft")
        rest = self.env["purchase.order"].browse(self.purchase.action_order_rest()["res_id"])
        self.assertEqual(sorted(rest.order_line.mapped("product_qty")), [3, 4])
        self.assertEqual(self.purchase.order_line, self.line | self.second | third)
        self.assertFalse(added.exists())

    def test_bill_of_two_flagged_orders(self):
        """SW+2: every order whose prices are still to be accepted is named, not only the first of them."""
        other = self._new_purchase()
        (self.line | other.order_line[0]).sudo().price_flagged = True
        with self.assertRaisesRegex(UserError, f"{self.purchase.name}, {other.name}"):
            (self.purchase | other).sudo().action_create_invoice()

    def test_credit_note_of_a_flagged_order(self):
        """SW+2: the supplier's credit note is posted while the price is still to be accepted; its bill is not."""
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        self.line.sudo().price_flagged = True
        line = {"name": "Part", "quantity": 1, "price_unit": 5, "purchase_line_id": self.line.id, "tax_ids": False}
        note = self.env["account.move"].create(
            {"move_type": "in_refund", "company_id": self.company.id, "partner_id": self.supplier.id,
             "invoice_date": fields.Date.today(), "invoice_line_ids": [Command.create(line)]}
        )  # fmt: skip
        note.action_post()
        self.assertEqual((note.state, note.invoice_line_ids.purchase_line_id), ("posted", self.line.sudo()))

    def test_connected_and_no_seller(self):
        """SW3: who sells the part is proposed, and not a supplier whose connection merely stands first."""
        first = self.env["res.partner"].create({"name": "Aaa"})
        connection = self._new_connection(first, "C-1", name="Aaa")
        product = self._new_product("Lamp", "LL", 5)
        connections = connection | self.connection
        file = self._new_file()
        file.order_line = [Command.create({"product_id": product.id, "product_uom_qty": 1})]
        guessed = self.env["supplier.order.wizard"]._guess_supplier(file.order_line[-1:], connections)
        self.assertEqual(guessed, self.supplier)


@tagged("post_install", "-at_install")
class TestBesideMappings(SupplierCase):
    """SW+5: elements that nothing was entered for, and what a screen says where nothing is chosen."""

    def setUp(self):
        super().setUp()
        self.mapped = self._new_connection(
            self.env["res.partner"].create({"name": "Unknown Ltd"}), "M-1", connector="mapped", wsdl_file=wsdl_zip()
        )
        self.operations = self.env["supplier.mapping.operation"].with_user(self.manager)

    def _create(self, kind, operation, message, answer, **values):
        created = self.operations.create(
            {"connection_id": self.mapped.id, "kind": kind, "operation": operation, **values}
        )
        created._enter(message, answer)
        return created

    def test_only_what_was_filled_in(self):
        """SW+5: an operation holds what was entered, and nothing of the elements that were left empty."""
        entered = {path: each.get("value") or {**each, "lines": each.get("is_lines")} for path, each in ORDER.items()}
        created = self._create("order", "PlaceOrder", entered, {}, default_code="AB")
        plain = created._to_plain()
        self.assertEqual({rule.path for rule in plain.rules}, ORDER.keys() - {"line"})
        self.assertLess(len(plain.rules), len(created.request_ids) - 1)
        self.assertEqual((plain.lines, plain.answer), ("line", ()))

    def test_order_to_look_at(self):
        """SW+5: a preview without an order asks for one; for a question about prices, too."""
        for kind, operation in (("order", "PlaceOrder"), ("offer", "CheckAvailability")):
            created = self._create(kind, operation, {}, {})
            self.assertEqual(created.preview_problems, "Choose an order to look at.")

    def test_one_message_for_each_part(self):
        """SW+5: where each part is asked about on its own, the answer to the first is not said to be of another."""
        part = self._new_product("Mirror", "MM-1", 50.0, supplier=self.mapped.partner_id)
        other = self._new_product("Lamp", "LL-2", 20.0, supplier=self.mapped.partner_id)
        purchase = self._new_purchase(part, other)
        purchase.sudo().partner_id = self.mapped.partner_id
        message = {"customerNumber": "customer_number", "currency": "currency", "part/partNumber": "part.number",
                   "part/quantity": "part.quantity"}  # fmt: skip
        answer = {"offer": True, "offer/partNumber": "line.number", "offer/price": "line.price",
                  "offer/available": "line.quantity"}  # fmt: skip
        created = self._create("offer", "CheckAvailability", message, answer, preview_purchase_id=purchase.id)
        self.fake._CheckAvailability = self._answer
        with self._worker():
            created.action_try()
        self.assertIn("number: MM-1", created.last_try_text)
        self.assertNotIn("LL-2", created.last_try_text)

    def _answer(self, _body):
        offers = "".join(
            f"<offer><partNumber>{number}</partNumber><price>5</price><available>3</available></offer>"
            for number in ("MM-1", "LL-2")
        )
        text = f"<currency>EUR</currency>{offers}"
        return response(envelope(f"<CheckAvailabilityResponse xmlns='{NAMESPACE}'>{text}</CheckAvailabilityResponse>"))


@tagged("post_install", "-at_install")
class TestBesideDocuments(BaseCase):
    """SW+3 SW+4 SW+5 SW+9: the last value on each side, in documents, offers and texts."""

    def test_exactly_enough(self):
        """SW+3: a supplier that has exactly what is wanted has enough: its lower price is taken."""
        for available, price in ((5, 8), (4, 9)):
            offers = [Offer("A", Decimal(8), "EUR", Decimal(available)), Offer("A", Decimal(9), "EUR", Decimal(6))]
            chosen = choose_offers(offers, [("A", Decimal(5))], {})["A"]
            self.assertEqual((chosen.offer.price, chosen.count), (price, 2))

    def test_positions_of_one_order(self):
        """SW+9: lines that name their order have its positions; named are two, nobody knows whose they are."""
        space = "xmlns:{0}='" + ubl_despatch.DESPATCH.removesuffix("DespatchAdvice-2") + "Common{1}Components-2'"
        spaces = f"{space.format('cac', 'Aggregate')} {space.format('cbc', 'Basic')}"

        def positions(*orders):
            lines = "".join(
                f"<cac:DespatchLine><cac:OrderLineReference><cbc:LineID>{number}</cbc:LineID><cac:OrderReference>"
                f"<cbc:ID>{order}</cbc:ID></cac:OrderReference></cac:OrderLineReference></cac:DespatchLine>"
                for number, order in enumerate(orders, 11)
            )
            advice = f"<d:DespatchAdvice xmlns:d='{ubl_despatch.DESPATCH}' {spaces}>{lines}</d:DespatchAdvice>"
            text = f"<r xmlns='{ubl_despatch.TNS}'><Complete>true</Complete>{advice}</r>"
            [shipment] = ubl_despatch.answer(etree.fromstring(text)).shipments
            return shipment.positions, shipment.orders

        self.assertEqual(positions("m-1", "m-1"), ((11, 12), ("m-1",)))
        self.assertEqual(positions("m-1", "m-2"), ((), ("m-1", "m-2")))

    def test_empty_answers(self):
        """SW+7: an answer with nothing in it is said to be none, in words."""
        operation = Service(SUPPLIERS / "standard/supplier_order.wsdl")._find("Test")[3]
        self.assertIsNone(Service._check_body(operation, None, 200))
        with self.assertRaisesRegex(ValueError, "HTTP 500"):
            Service._check_body(operation, None, 500)

    def test_documents_that_are_no_service(self):
        """SW+5: an upload without a WSDL, and a WSDL that does not speak SOAP, are refused in words."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("readme.txt", "x")
        with self.assertRaisesRegex(ZeepError, "holds no WSDL"):
            load_documents(target.getvalue())
        wsdl = b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"/>'
        with self.assertRaisesRegex(ZeepError, "no SOAP service"):
            load_documents(wsdl)

    def test_secret_in_the_midst_of_packed_text(self):
        """SW+4: eight letters of a packed secret are enough to know it by, wherever in the text it begins."""
        secret = "s3cret7"
        masking._pattern.cache_clear()
        for before in range(3):
            packed = base64.b64encode(b"x" * before + secret.encode() + b"yz").decode()
            with self.subTest(before=before):
                self.assertIn(MASK, masked(packed, (secret,)))
