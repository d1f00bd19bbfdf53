"""A garage with two suppliers, and a supplier's server that lives in this process."""

import io
from contextlib import contextmanager
from unittest.mock import patch

import requests
from lxml import etree
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user
from PIL import (
    Image,
    WebPImagePlugin,  # noqa: F401 - Odoo keeps Pillow from finding it by itself
)

from ..soap import client as soap_client
from ..soap.errors import FateUnknownError, NotSentError
from .dialects.standard import StandardConnector

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:supplier-webservice-order:standard:1"
PASSWORD = "very-secret-word"


class FakeSupplier:
    """Answers the standard web service; what it does with the next orders can be scripted.

    ``script`` holds what happens to the next order messages: an exception to raise before
    the order is booked, ``("lost", exception)`` to raise after it is booked, or a pair of
    status and bytes to answer with.
    """

    def __init__(self):
        self.booked = {}
        self.calls = []
        self.messages = []
        self.script = []
        self.answers = {}
        self.offers = {}
        self.unreachable = False
        self.currency = None

    def post(self, message, headers, endpoint):
        """Stand in for ``soap.client._post``."""
        body = etree.fromstring(message).find(f"{{{SOAP}}}Body")[0]
        operation = etree.QName(body).localname
        self.calls.append(operation)
        self.messages.append(message)
        if self.unreachable:
            raise NotSentError("unreachable", "no route")
        return getattr(self, f"_{operation}")(body)

    def count(self, operation):
        return self.calls.count(operation)

    def approve(self, purchase, *lines, code="CA"):
        """Answer later questions about an order with these lines (dicts of XML names)."""
        message_id = purchase.exchange_ids.filtered(lambda exchange: exchange.operation == "order")[:1].message_number
        self.answers[message_id] = (code, lines)

    def _PlaceOrder(self, body):
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        message_id = _text(body, "messageId")
        known = message_id in self.booked
        self.booked.setdefault(message_id, body)
        if isinstance(step, tuple) and step[0] == "lost":
            raise step[1]
        if isinstance(step, tuple):
            return response(step[1], step[0])
        return response(
            envelope(f"<PlaceOrderResponse xmlns='{NAMESPACE}'>{self._state(message_id, known)}</PlaceOrderResponse>")
        )

    def _GetOrderStatus(self, body):
        message_id = _text(body, "messageId")
        known = message_id in self.booked
        state = self._state(message_id, False) if known else ""
        return response(
            envelope(
                f"<GetOrderStatusResponse xmlns='{NAMESPACE}'><known>{str(known).lower()}</known>{state}"
                "</GetOrderStatusResponse>"
            )
        )

    def _CheckAvailability(self, body):
        offers = "".join(
            f"<offer><partNumber>{number}</partNumber>{self.offers[number]}</offer>"
            for number in (part.findtext(f"{{{NAMESPACE}}}partNumber") for part in body.iter(f"{{{NAMESPACE}}}part"))
            if number in self.offers
        )
        currency = self.currency or _text(body, "currency")
        return response(
            envelope(
                f"<CheckAvailabilityResponse xmlns='{NAMESPACE}'><currency>{currency}</currency>{offers}"
                "</CheckAvailabilityResponse>"
            )
        )

    def _Test(self, body):
        return response(envelope(f"<TestResponse xmlns='{NAMESPACE}'><text>Hello garage</text></TestResponse>"))

    def _state(self, message_id, duplicate):
        code, lines = self.answers.get(message_id, ("AB", ()))
        shown = "".join(
            "<line>" + "".join(f"<{name}>{value}</{name}>" for name, value in line.items()) + "</line>"
            for line in lines
        )
        return (
            f"<order><messageId>{message_id}</messageId><responseCode>{code}</responseCode>"
            f"<duplicate>{str(duplicate).lower()}</duplicate><supplierReference>S-1</supplierReference>"
            f"{f'<currency>{self.currency}</currency>' if self.currency else ''}{shown}</order>"
        )


def _text(body, name):
    return body.findtext(f"{{{NAMESPACE}}}{name}")


def envelope(content):
    """Return a SOAP envelope as bytes."""
    return f"<s:Envelope xmlns:s='{SOAP}'><s:Body>{content}</s:Body></s:Envelope>".encode()


def fault(code, text, detail=""):
    """Return a SOAP Fault as bytes."""
    return envelope(
        f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{text}</faultstring><detail><why>{detail}</why></detail></s:Fault>"
    )


def response(content, status=200):
    """Return an HTTP response as ``requests`` would."""
    answer = requests.Response()
    answer.status_code = status
    answer._content = content
    answer.headers["Content-Type"] = "text/xml; charset=utf-8"
    return answer


def lost(reason="timeout"):
    """Return the script step of a server that books the order and never answers."""
    return ("lost", FateUnknownError(reason, "no answer"))


def picture(size=(800, 600), picture_format="JPEG", orientation=None, gps=False):
    """Return the bytes of a photo, its left half red."""
    image = Image.new("RGB", size, (20, 20, 200))
    image.paste((200, 20, 20), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "PhoneMaker"
    target = io.BytesIO()
    image.save(target, picture_format, **({"exif": exif} if picture_format in ("JPEG", "PNG", "WEBP") else {}))
    return target.getvalue()


class SupplierCase(TransactionCase):
    """Base class: a connected supplier, parts, a job file, credits and users in each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_connector("standard", StandardConnector)
        cls.company = cls.env["res.company"].create(
            {
                "name": "Garage Test",
                "currency_id": cls.env.ref("base.EUR").id,
                "country_id": cls.env.ref("base.be").id,
                "supplier_support_email": "support@example.com",
                "email": "garage@example.com",
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids, "tracking_disable": False}
        )
        cls.account = cls.env["credit.account"]._get_for_company(cls.company)
        cls.user = cls._new_user("parts-user", "supplier_webservice_order.group_supplier_webservice_order_user")
        cls.manager = cls._new_user(
            "parts-manager", "supplier_webservice_order.group_supplier_webservice_order_manager"
        )
        cls.account.responsible_id = cls.manager
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Parts & Co", "is_company": True, "email": "orders@parts.example.com", "phone": "+32 14 28 52 00"}
        )
        cls.connection = cls._new_connection(cls.supplier, "C-100")
        cls.products = [cls._new_product(f"Part {letter}", f"PN-{letter}", 100.0) for letter in "ABCD"]

    def setUp(self):
        super().setUp()
        self.fake = FakeSupplier()
        self.startPatcher(patch.object(soap_client, "_post", self.fake.post))

    @classmethod
    def _add_connector(cls, code, connector, **more):
        """Offer a connector as an addon that depends on this one does, for the tests of this class.

        :param more: other methods of connections, by what follows the code in their names
        """
        model = cls.env.registry["supplier.connection"]
        cls.startClassPatcher(patch.dict(model._fields["connector"]._selection, {code: code.title()}))
        for name, method in {"get_connector": lambda self: connector(), **more}.items():
            cls.startClassPatcher(patch.object(model, f"_{code}_{name}", method, create=True))

    @classmethod
    def _new_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,sales_team.group_sale_salesman_all_leads,{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _as(cls, user, records):
        """Return records as a person of another company meets them, whose companies are not those of the test."""
        return records.with_env(cls.env(user=user, context={}))

    @classmethod
    def _new_connection(cls, partner, number, **values):
        connection = cls.env["supplier.connection"].create(
            {
                "name": f"Link to {partner.name}",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "connector": "standard",
                "customer_number": number,
                "contact_email": "parts@garage.example.com",
                "endpoint_url": "http://supplier.example.com/standard",
                "username": "garage",
                "password": PASSWORD,
                **values,
            }
        )
        connection.action_activate()
        return connection

    @classmethod
    def _new_product(cls, name, number, price, supplier=None):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "default_code": f"OWN-{number}",
                "seller_ids": [
                    Command.create(
                        {
                            "partner_id": (supplier or cls.supplier).id,
                            "product_code": number,
                            "price": price,
                            "currency_id": cls.company.currency_id.id,
                        }
                    )
                ],
            }
        )

    def _new_file(self, quantity=1.0):
        """Return a job file with the four parts."""
        customer = self.env["res.partner"].create({"name": "Driver"})
        return self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity}) for product in self.products
                ],
            }
        )

    def _new_purchase(self, *products, user=None):
        """Return a purchase order of parts."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "user_id": (user or self.user).id,
                "currency_id": self.company.currency_id.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 2})
                    for product in products or self.products[:2]
                ],
            }
        )
        self.env.flush_all()
        return purchase.with_user(user or self.user)

    def _buy(self, units=10_000):
        """Put credits (in units) on the account."""
        return self.account._book(
            units, "block", f"test:{units}:{self.env['credit.transaction'].search_count([])}", "test"
        )

    @contextmanager
    def _worker(self):
        """Let code open transactions of its own inside of the test's."""
        with self.enter_registry_test_mode():
            yield

    def _communicate(self, purchase):
        """Press *Communicate* and let the page send the message; return it."""
        action = purchase.action_communicate()
        exchange = self.env["supplier.exchange"].browse(action["params"]["exchange_ids"])
        self._end_pauses()
        with self._worker():
            exchange.with_user(purchase.env.user).process_now()
        return exchange

    def _end_pauses(self):
        """Let the connections be called again that rest after a failure."""
        self.env["supplier.connection"].search([("date_pause_end", "!=", False)]).date_pause_end = False

    def _work(self):
        """Run the scheduled action that sends; whatever waits for its time is due."""
        self.env["supplier.exchange"].search([("state", "in", ("queued", "unknown"))]).date_next_try = "2000-01-01"
        self._end_pauses()
        self.env["supplier.exchange"].search([("state", "=", "sending")]).date_lease_end = "2000-01-01"
        with self._worker():
            while self.env["supplier.exchange"]._send_next():
                continue
