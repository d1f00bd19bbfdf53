"""What the tests of PromoStandards share: answers of its services, a served supplier, the standard's schemas."""

import contextlib

from lxml import etree

from tools.settings import ADDONS_DIR

from .wire import http, serving

FOLDER = ADDONS_DIR / "supplier_webservice_order/wsdl/promostandards"
BASE = "http://www.promostandards.org/WSDL/"
SPACES = {
    "order": f"{BASE}PO/1.0.0/",
    "status": f"{BASE}OrderStatus/2.0.0/",
    "stock": f"{BASE}Inventory/2.0.0/",
    "price": f"{BASE}PricingAndConfiguration/1.0.0/",
    "shipment": f"{BASE}OrderShipmentNotificationService/1.0.0/",
}
FILES = {
    "order": "purchase_order",
    "status": "order_status",
    "stock": "inventory",
    "price": "pricing",
    "shipment": "shipment",
}


def answer(kind, name, content):
    """Return an answer of a service; ``s:`` is its namespace of shared objects."""
    space = SPACES[kind]
    return http(
        (
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>"
            f"<m:{name} xmlns:m='{space}' xmlns:s='{space}SharedObjects/'>{content}</m:{name}></e:Body></e:Envelope>"
        ).encode()
    )


@contextlib.contextmanager
def supplier(**answers):
    """Serve answers by kind of service; yields the client and the servers by kind."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.connectors.promostandards import PromoStandardsConnector
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = PromoStandardsConnector()
    with contextlib.ExitStack() as stack:
        wires = {kind: stack.enter_context(serving(*given)) for kind, given in answers.items()}
        others = tuple((kind, wire.url) for kind, wire in wires.items())
        endpoint = Endpoint("http://127.0.0.1:9/", "body", "garage", "p&ss<1", others=others)
        account = Account("C-7", "parts@garage.example.com", {"carrier": "UPS", "carrier_service": "GROUND"})
        service = Service(connector.wsdls, credentials=connector.credentials)
        yield SupplierClient(connector, service, endpoint, account), wires


def body(wire, number=0):
    return etree.fromstring(wire.requests[number].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]


def validate(kind, element):
    etree.XMLSchema(etree.parse(str(FOLDER / f"{FILES[kind]}.xsd"))).assertValid(element)
