import base64
import io
import zipfile
from datetime import date
from decimal import Decimal

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..connectors.base import Account, Order, Part
from ..soap.client import Service
from ..soap.errors import RefusedError
from .common import SupplierCase
from .dialects.nordteile import NordteileConnector
from .dialects.standard import SUPPLIERS, StandardConnector

STATES = "confirmed = Confirmed\nbackordered = BackOrdered\nchanged = QuantityChanged\npending = Pending\nrejected = *"
ORDER = {
    "messageId": {"value": "message_id"},
    "customerNumber": {"value": "customer_number"},
    "buyerReference": {"value": "reference"},
    "currency": {"value": "currency"},
    "note": {"constant": "by mapping"},
    "line": {"is_lines": True},
    "line/position": {"value": "part.position"},
    "line/partNumber": {"value": "part.number"},
    "line/description": {"value": "part.description"},
    "line/quantity": {"value": "part.quantity"},
}
ANSWER = {
    "order/messageId": {"meaning": "message_id"},
    "order/responseCode": {"meaning": "code"},
    "order/supplierReference": {"meaning": "reference"},
    "order/currency": {"meaning": "currency"},
    "order/line": {"is_lines": True},
    "order/line/position": {"meaning": "line.position"},
    "order/line/status": {"meaning": "line.status", "table_text": STATES},
    "order/line/quantity": {"meaning": "line.quantity"},
    "order/line/price": {"meaning": "line.price"},
}


def wsdl_zip():
    """Return the standard WSDL with its schema as a manager would upload it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("supplier_order.wsdl", "supplier_order.xsd"):
            archive.writestr(f"their files/{name}", (SUPPLIERS / "standard" / name).read_bytes())
    return base64.b64encode(target.getvalue())


@tagged("post_install", "-at_install")
class TestMappedDemo(SupplierCase):
    """SW+5: the mappings of the demo, which connections of connectors that are gone get, too, say what those said."""

    def test_messages_are_those_of_the_connector(self):
        """SW+5 SW5: order, question, price question and test, element by element."""
        parts = (
            Part(11, "A-1", "Bumper & <trim>", Decimal("1.5"), "C62", Decimal("12.34")),
            Part(12, "A-2", "Lamp", Decimal(3), "C62"),
        )
        order = Order("id-1", "P1", "EUR", parts, date(2031, 12, 24), note="Rear gate")
        asked = [("A-1", Decimal("1.5")), ("A-2", Decimal(3))]
        for name, connector in (("standard", StandardConnector()), ("nordteile", NordteileConnector())):
            self.connection.mapping_ids.unlink()
            self.connection._load_mapping(name)
            mapped, service = self.connection._get_connector(), self.connection._get_service()
            account = Account("C-1", "a@b.example.com", {"branch_code": "MOL1"})
            own = Service(connector.wsdl)
            for ours, theirs in (
                (mapped.order_message(account, order), connector.order_message(account, order)),
                (mapped.status_message(account, "id-1"), connector.status_message(account, "id-1")),
                (mapped.offer_messages(account, asked, "EUR")[0], connector.offer_message(account, asked, "EUR")),
                (mapped.test_message(account), connector.test_message(account)),
            ):
                with self.subTest(name=name, operation=theirs[0]):
                    written = [
                        etree.tostring(etree.fromstring(message), method="c14n")
                        for message in (service.render(*ours), own.render(*theirs))
                    ]
                    self.assertEqual(written[0], written[1])

    def test_answers_are_those_of_the_connector(self):
        """SW+5 SW8: state, lines with part deliveries, duplicates and offers are read the same way."""
        self.connection._load_mapping("standard")
        self._buy()
        purchase = self._new_purchase(*self.products[:2])
        self._communicate(purchase)
        first, second = purchase.order_line.ids
        self.fake.approve(
            purchase,
            {"position": first, "status": "QuantityChanged", "quantity": 1, "price": "101"},
            {"position": second, "status": "BackOrdered", "quantity": 2, "price": "100", "availableOn": "2031-05-06"},
        )
        with self._worker():
            purchase.action_ask_supplier()
        self.assertEqual((purchase.webservice_state, purchase.supplier_order_ref), ("CA", "S-1"))
        self.assertEqual(purchase.order_line.mapped("supplier_line_state"), ["changed", "backordered"])
        self.assertEqual(purchase.order_line[1].supplier_date, date(2031, 5, 6))
        self.assertEqual(purchase.order_line.mapped("price_unit"), [101, 100])
        self.fake.offers = {
            "PN-A": "<price>9</price><available>5</available><substitutePartNumber>B</substitutePartNumber>"
        }
        with self._worker():
            offer = self.connection._get_offers([("PN-A", 1)])["PN-A"].offer
        self.assertEqual((offer.price, offer.available, offer.substitute), (9, 5, "B"))
        with self._worker():
            self.connection.with_user(self.manager).action_test()
        self.assertEqual((self.connection.last_test_ok, self.connection.last_test_text), (True, "Hello garage"))

    def test_mapping_is_read_once(self):
        """SW+5 SW5: a mapping costs a message no query; a change of one element is in the next message."""
        self.connection._load_mapping("standard")
        self.connection._get_connector()
        self.connection.invalidate_recordset(["mapping_ids"])
        with self.assertQueryCount(0):
            connector = self.connection._get_mapping()
        self.assertIs(self.connection._get_mapping(), connector)
        elements = self.connection.mapping_ids.filtered(lambda each: each.kind == "order").request_ids
        elements.filtered(lambda each: each.path == "note").write({"value": False, "constant": "by the back door"})
        rules = self.connection._get_mapping().operations["order"].rules
        self.assertEqual([rule.constant for rule in rules if rule.path == "note"], ["by the back door"])


@tagged("post_install", "-at_install")
class TestMapping(SupplierCase):
    """SW+5: a supplier is connected by mapping its WSDL on a screen, without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapped = cls.env["supplier.connection"].create(
            {
                "name": "By mapping",
                "partner_id": cls.env["res.partner"].create({"name": "Unknown Ltd"}).id,
                "company_id": cls.company.id,
                "connector": "mapped",
                "customer_number": "M-1",
                "contact_email": "parts@garage.example.com",
                "endpoint_url": "http://unknown.example.com/soap",
                "wsdl_file": wsdl_zip(),
            }
        )
        cls.part = cls._new_product("Mirror", "MM-1", 50.0, supplier=cls.mapped.partner_id)

    def _map(self, kind, operation, request, answer, **values):
        """Fill in an operation as a manager does."""
        created = (
            self.env["supplier.mapping.operation"]
            .with_user(self.manager)
            .create({"connection_id": self.mapped.id, "kind": kind, "operation": operation, **values})
        )
        for elements, wanted in ((created.request_ids, request), (created.answer_ids, answer)):
            by_path = {element.path: element for element in elements}
            for path, filled in wanted.items():
                by_path[path].write(filled)
        return created

    def _map_all(self):
        known = {"known": {"meaning": "known"}}
        question = {"customerNumber": {"value": "customer_number"}, "messageId": {"value": "message_id"}}
        self._map("order", "PlaceOrder", ORDER, ANSWER)
        self._map("status", "GetOrderStatus", question, {**known, **ANSWER})
        offer = {
            "customerNumber": {"value": "customer_number"},
            "currency": {"value": "currency"},
            "part": {"is_lines": True},
            "part/partNumber": {"value": "part.number"},
            "part/quantity": {"value": "part.quantity"},
        }
        said = {
            "currency": {"meaning": "currency"},
            "offer": {"is_lines": True},
            "offer/partNumber": {"meaning": "line.number"},
            "offer/price": {"meaning": "line.price"},
            "offer/available": {"meaning": "line.quantity"},
        }
        self._map("offer", "CheckAvailability", offer, said)
        self.mapped.action_activate()

    def _new_mapped_purchase(self):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.mapped.partner_id.id,
                "company_id": self.company.id,
                "user_id": self.user.id,
                "currency_id": self.company.currency_id.id,
                "order_line": [Command.create({"product_id": self.part.id, "product_qty": 2})],
            }
        )
        self.env.flush_all()
        return purchase.with_user(self.user)

    def test_order_status_and_prices(self):
        """SW+5: order, question and price check go through the mapping, as through a connector that was written."""
        self._map_all()
        self._buy()
        purchase = self._new_mapped_purchase()
        exchange = self._communicate(purchase)
        self.assertEqual((exchange.state, purchase.webservice_state), ("done", "AB"))
        self.assertIn("by mapping", exchange.request_text)
        line = purchase.order_line
        self.fake.approve(
            purchase, {"position": line.id, "status": "Confirmed", "quantity": 2, "price": "50"}, code="AP"
        )
        with self._worker():
            purchase._fetch_answer()
        self.assertEqual(purchase.webservice_state, "AP")
        self.assertEqual(line.supplier_line_state, "confirmed")
        self.fake.offers = {"MM-1": "<price>48.5</price><available>3</available>"}
        with self._worker():
            offer = self.mapped._get_offers([("MM-1", 1)])["MM-1"].offer
        self.assertEqual((float(offer.price), int(offer.available)), (48.5, 3))

    def test_screen_with_preview(self):
        """SW+5: the form shows the schema of what is chosen, marks what is missing, and shows the message."""
        purchase = self._new_mapped_purchase()
        operations = self.env["supplier.mapping.operation"].with_user(self.manager)
        with Form(operations.with_context(default_connection_id=self.mapped.id)) as form:
            form.kind = "order"
            form.operation = "GetOrderStatus"
            form.operation = "PlaceOrder"
            # filled in before anything is saved
            with form.request_ids.edit(0) as element:
                self.assertEqual((element.label, element.is_missing), ("messageId", True))
                element.constant = "x"
        operation = operations.search([("connection_id", "=", self.mapped.id)])
        self.assertEqual(operation.request_ids[0].constant, "x")
        self.assertEqual([element.type_name for element in operation.request_ids[:2]], ["token", "token"])
        paths = operation.request_ids.mapped("path")
        self.assertEqual(len(paths), len(set(paths)))
        operation.request_ids[0].constant = False
        self.assertEqual(operation.request_ids[0].label, "messageId")
        self.assertTrue(operation.request_ids[0].is_missing)
        self.assertIn("PlaceOrder", operation.available_operations)
        operation.preview_purchase_id = purchase
        self.assertIn("messageId", operation.preview_problems)
        for element in operation.request_ids:
            element.write(ORDER.get(element.path, {}))
        self.assertFalse(operation.preview_problems)
        self.assertIn("MM-1", operation.preview)
        self.assertIn("by mapping", operation.preview)
        operation.request_ids.filtered(lambda element: element.path == "currency").write(
            {"value": False, "constant": "Euros"}
        )
        self.assertIn("Euros", operation.preview_problems, "the schema wants three letters")

    def test_groups_that_are_left_out(self):
        """SW+5: what is mandatory within a group that may be left out is missed once something of it is filled in."""
        operation = self._map("order", "PlaceOrder", {}, {})
        group, name, street = self.env["supplier.mapping.element"].create(
            [
                {"operation_id": operation.id, "path": path, "required": required, "has_text": path != "to"}
                for path, required in (("to", False), ("to/name", True), ("to/street", False))
            ]
        )
        self.assertFalse((group | name | street).filtered("is_missing"))
        street.constant = "High Street 1"
        self.env.invalidate_all()
        self.assertEqual((group | name | street).filtered("is_missing"), name)
        name.value = "delivery.name"
        self.assertFalse(name.is_missing)

    def test_schema_is_read_again(self):
        """SW+5: what was filled in stays when a new WSDL is read."""
        operation = self._map("order", "PlaceOrder", ORDER, ANSWER)
        operation.action_read_schema()
        filled = operation.request_ids.filtered("value").mapped("path")
        self.assertEqual(len(filled), sum("value" in each for each in ORDER.values()))

    def test_test_call(self):
        """SW+5: a test call shows what the answer says; an order is never sent by it."""
        self._map_all()
        status = self.mapped.mapping_ids.filtered(lambda each: each.kind == "status").with_user(self.manager)
        with self._worker():
            status.action_try()
        self.assertIn("known: False", status.last_try_text)
        other = self._new_product("Lamp", "LL-2", 20.0, supplier=self.mapped.partner_id)
        offer = self.mapped.mapping_ids.filtered(lambda each: each.kind == "offer").with_user(self.manager)
        offer.preview_purchase_id = self._new_mapped_purchase()
        offer.preview_purchase_id.order_line = [Command.create({"product_id": other.id, "product_qty": 1})]
        self.fake.offers = {
            number: f"<price>{price}</price><available>3</available>"
            for number, price in (("MM-1", 48.5), ("LL-2", 19))
        }
        with self._worker():
            offer.action_try()
        for number in self.fake.offers:
            self.assertIn(f"number: {number}, price: ", offer.last_try_text)
        order = self.mapped.mapping_ids.filtered(lambda each: each.kind == "order").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "only sent by communicating"):
            order.action_try()
        self.assertEqual(self.fake.count("PlaceOrder"), 0)

    def test_wrong_entries(self):
        """SW+5: an operation that is not there, two repeated elements, a table or date format that means nothing."""
        operations = self.env["supplier.mapping.operation"].with_user(self.manager)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            operations.create({"connection_id": self.mapped.id, "kind": "order", "operation": "Nothing"})
        operation = self._map("order", "PlaceOrder", ORDER, ANSWER)
        by_path = {element.path: element for element in operation.answer_ids}
        request = {element.path: element for element in operation.request_ids}
        for element, values in (
            (by_path["order/responseCode"], {"table_text": "maybe = AP"}),
            (by_path["order/responseCode"], {"table_text": "AP"}),
            (by_path["order/line/availableOn"], {"date_format": "%d."}),
            (request["note"], {"is_lines": True}),
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.cr.savepoint():
                element.write(values)

    def test_only_managers_map(self):
        """SW+5: who sends orders neither sees nor changes a mapping, and orders with it all the same."""
        operation = self._map("order", "PlaceOrder", ORDER, ANSWER)
        with self.assertRaises(AccessError):
            operation.with_user(self.user).read(["operation"])
        with self.assertRaises(AccessError):
            operation.request_ids[0].with_user(self.user).write({"constant": "x"})
        self.assertTrue(self.mapped.with_user(self.user)._get_connector())

    def test_what_is_not_mapped_is_not_asked(self):
        """SW+5: a test and a price check of a supplier that has neither say so, without an error of Python's."""
        self._map("order", "PlaceOrder", ORDER, ANSWER)
        connection = self.mapped.with_user(self.manager)
        with self._worker():
            action = connection.action_test()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("cannot be asked", action["params"]["message"])
        with self._worker(), self.assertRaises(RefusedError) as raised:
            self.mapped._get_offers([("MM-1", 1)])
        self.assertEqual(raised.exception.reason, "unsupported")

    def test_no_wsdl(self):
        """SW+5: without the supplier's WSDL a mapped connection says what is missing."""
        self.mapped.wsdl_file = False
        with self.assertRaises(UserError):
            self.mapped._get_service()
