import base64
from decimal import Decimal

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..connectors.base import Account, Order, Part
from ..soap import client
from ..soap.documents import load_document
from .common import PASSWORD, SupplierCase, response
from .dialects.nordteile import NordteileConnector
from .dialects.standard import SUPPLIERS, StandardConnector

WORKER_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"


@tagged("post_install", "-at_install")
class TestConnection(SupplierCase):
    """SW+4: connections, connectors, and what is kept of the messages."""

    def test_test_connection(self):
        """SW+4: the button calls the supplier's test and shows the outcome, good or bad."""
        connection = self.connection.with_user(self.manager)
        with self._worker():
            action = connection.action_test()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(action["params"]["message"], "Hello garage")
        self.assertTrue(connection.last_test_ok)
        self.fake.unreachable = True
        with self._worker():
            action = connection.action_test()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertFalse(connection.last_test_ok)
        self.assertEqual(connection.exchange_count, 2)
        with self.assertRaises(AccessError):
            self.connection.with_user(self.user).action_test()

    def test_messages_are_kept_without_secrets(self):
        """SW+4: request and answer are readable; the password is in neither, even when echoed."""
        self._buy()
        purchase = self._new_purchase()
        self.fake.script = [(500, f"<html>{PASSWORD}</html>".encode())]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(purchase)
        self.assertEqual(exchange.state, "unknown")
        self.assertIn("PN-A", exchange.request_text)
        self.assertIn("\n", exchange.request_text)
        for text in (exchange.request_text, exchange.response_text, exchange.payload, exchange.error):
            self.assertNotIn(PASSWORD, text)
        self.connection.auth = "wsse"
        with self._worker():
            self.connection.with_user(self.manager).action_test()
        text = self.env["supplier.exchange"].search([("operation", "=", "test")]).request_text
        self.assertIn("UsernameToken", text)
        self.assertNotIn(PASSWORD, text)

    def test_payload_is_not_for_users(self):
        """SW+4: exchanges are read-only for everybody."""
        self._buy()
        exchange = self._communicate(self._new_purchase())
        for user in (self.user, self.manager):
            as_user = exchange.with_user(user)
            self.assertTrue(as_user.read(["request_text", "response_text"]))
            with self.assertRaises(AccessError):
                as_user.write({"state": "queued"})
            with self.assertRaises(AccessError):
                as_user.create({"connection_id": self.connection.id, "operation": "order"})
        with self.assertRaises(UserError):
            exchange.unlink()

    def test_document_is_parsed_once(self):
        """SW+4: the WSDL is parsed once per process."""
        first = load_document(StandardConnector.wsdl)
        self.assertIs(load_document(StandardConnector.wsdl), first)
        self.assertIs(self.connection._get_service()._documents[0][1], first)

    def test_connectors_write_what_their_schema_wants(self):
        """SW+4: each connector's order is valid against its own WSDL's schema; the second has other names."""
        account = Account("C-1", "a@b.example.com", {"branch_code": "B1"})
        parts = (Part(1, "PN-A", "Part & more <x>", Decimal("1.5"), "Units", Decimal("12.34")),)
        order = Order("id-1", "P1", "EUR", parts)
        for connector, schema in (
            (StandardConnector(), "standard/supplier_order.xsd"),
            (NordteileConnector(), "nordteile/nordteile.xsd"),
        ):
            with self.subTest(connector=connector):
                operation, values = connector.order_message(account, order)
                message = client.Service(connector.wsdl).render(operation, values)
                body = etree.fromstring(message)[0][0]
                etree.XMLSchema(etree.parse(str(SUPPLIERS / schema))).assertValid(body)
        self.assertIn(b"branchCode", message)

    def test_every_price_and_quantity_fits_the_schema(self):
        """SW5: what discounts and sums leave behind the comma does not make a message invalid."""
        purchase = self._new_purchase(*self.products[:2])
        line = purchase.order_line[0]
        line.write({"price_unit": 89.5, "discount": 5.0})
        self.assertGreater(len(str(line.price_unit_discounted)), 10, "the float is not exact")
        self._buy()
        self._communicate(purchase)
        with self._worker():
            self.connection._get_offers([("PN-A", 0.1 + 0.2), ("PN-B", 0.00001)])
        schema = etree.XMLSchema(etree.parse(str(SUPPLIERS / "standard/supplier_order.xsd")))
        for message in self.fake.messages:
            schema.assertValid(etree.fromstring(message).find("{*}Body")[0])
        self.assertIn(b"<ns0:expectedPrice>85.025</", self.fake.messages[0])

    def test_mandatory_option_is_asked_for(self):
        """SW+4: a connector's extra mandatory element is asked for before activation."""
        options = {"branch_code": ""}
        self._add_connector("nordteile", NordteileConnector, get_options=lambda connection: options)
        partner = self.env["res.partner"].create({"name": "North"})
        with self.assertRaises(UserError):
            self._new_connection(partner, "1", connector="nordteile")
        options["branch_code"] = "B1"
        self._new_connection(partner, "2", connector="nordteile")

    def test_uploaded_wsdl_is_used(self):
        """SW+4: a connection can bring its own self-contained WSDL."""
        text = (SUPPLIERS / "standard/supplier_order.wsdl").read_text()
        schema = (SUPPLIERS / "standard/supplier_order.xsd").read_text().split("?>", 1)[1]
        start, end = text.index("<xsd:schema"), text.index("</xsd:schema>") + len("</xsd:schema>")
        whole = text[:start] + schema + text[end:]
        self.connection.wsdl_file = base64.b64encode(whole.encode())
        self._buy()
        self.assertEqual(self._communicate(self._new_purchase()).state, "done")

    def test_another_upload_counts_at_once(self):
        """SW+4: the upload is read once per process; another one, or none, is what the next message is written with."""
        connection = self.connection.sudo()
        own = connection._get_service().operations()
        for name in ("PlaceOrder", "PlaceOrderToday"):
            text = (SUPPLIERS / "standard/supplier_order.wsdl").read_text().replace("PlaceOrder", name)
            schema = (
                (SUPPLIERS / "standard/supplier_order.xsd").read_text().split("?>", 1)[1].replace("PlaceOrder", name)
            )
            start, end = text.index("<xsd:schema"), text.index("</xsd:schema>") + len("</xsd:schema>")
            connection.wsdl_file = base64.b64encode((text[:start] + schema + text[end:]).encode())
            self.assertIn(name, connection._get_service().operations())
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                self.assertIn(name, connection._get_service().operations())
        connection.wsdl_file = False
        self.assertEqual(connection._get_service().operations(), own)

    def test_company_and_supplier_stay(self):
        """SW+4: the messages that went over a connection do not become another company's, or another supplier's."""
        other = self.env["res.company"].create({"name": "Other Garage"})
        partner = self.env["res.partner"].create({"name": "Somebody Else"})
        connection = self.connection.with_user(self.manager)
        connection.partner_id = partner
        connection.partner_id = self.supplier
        self._buy()
        exchange = self._communicate(self._new_purchase())
        for values in ({"company_id": other.id}, {"partner_id": partner.id}):
            with self.subTest(**values), self.assertRaisesRegex(UserError, "Messages went over this connection"):
                self.connection.sudo().write(values)
        connection.write({"company_id": self.company.id, "partner_id": self.supplier.id, "name": "Renamed"})
        self.assertEqual((exchange.company_id, exchange.partner_id), (self.company, self.supplier))

    def test_archived(self):
        """SW+4: over a connection that was archived nothing leaves any more; back again, a manager activates it."""
        self._buy()
        purchase = self._new_purchase()
        exchange = self.env["supplier.exchange"].browse(purchase.action_communicate()["params"]["exchange_ids"])
        connection = self.connection.with_user(self.manager)
        connection.active = False
        self._work()
        self.assertEqual((exchange.state, self.fake.count("PlaceOrder")), ("queued", 0))
        connection.active = True
        self._work()
        self.assertEqual((connection.state, exchange.state), ("suspended", "queued"))
        connection.action_activate()
        self._work()
        self.assertEqual((exchange.state, self.fake.count("PlaceOrder")), ("done", 1))

    def test_hostile_answers(self):
        """SW+4: entities, DOCTYPEs, HTML and half messages are refused with a clear reason."""
        service = self.connection._get_service()
        operation, values = StandardConnector().test_message(Account("C-1"))
        payload = service.render(operation, values)
        bomb = b"<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>"
        for content, reason in (
            (b"<html><body>Sorry</body></html>", "html"),
            (b"<s:Envelope", "malformed"),
            (b"", "malformed"),
            (bomb, "doctype"),
            (
                b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><x/></s:Body></s:Envelope>",
                "unreadable",
            ),
        ):
            with self.subTest(reason=reason):
                self.fake._Test = lambda body, content=content: response(content)
                with self.assertRaises(client.FateUnknownError) as raised:
                    service.call(operation, payload, self.connection._get_endpoint())
                self.assertEqual(raised.exception.reason, reason)
        del self.fake._Test

    def test_other_company_sees_nothing(self):
        """SW+4: connections and messages of a company are invisible to users of another."""
        self._buy()
        exchange = self._communicate(self._new_purchase())
        stranger_company = self.env["res.company"].create({"name": "Other Garage"})
        stranger = self._new_user(
            "stranger", "supplier_webservice_order.group_supplier_webservice_order_manager", stranger_company
        )
        for record in (self.connection, exchange, self.account, exchange.transaction_ids):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(stranger).with_context(allowed_company_ids=stranger_company.ids).read(["display_name"])

    def test_purchase_user_without_role(self):
        """SW5: buyers without the role see the order, but cannot communicate it."""
        buyer = self._new_user("buyer", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            self._new_purchase().with_user(buyer).action_communicate()
