"""SW5 SW+4: an independent SOAP server, node's ``soap`` package, serves our WSDL unchanged."""

import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from tests.helpers import load_dialect
from tools.node import has_node, node_packages
from tools.odoo_server import Process, free_port, listens
from tools.settings import ADDONS_DIR, HOST

HERE = Path(__file__).parent / "node"
WSDL = ADDONS_DIR / "supplier_webservice_order/demo/suppliers/standard/supplier_order.wsdl"


@pytest.fixture(scope="module")
def node_modules():
    """The folder with node's packages, installed once, into ``.node``."""
    if not has_node():
        pytest.skip("node and npm are not installed")
    return node_packages("soap", HERE / "package.json")


def serves(url):
    """Return whether a server has understood its WSDL: it listens before that."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return b"definitions" in answer.read()
    except OSError:
        return False


@pytest.fixture(scope="module")
def node_server(node_modules):
    """Address of the node server."""
    port = free_port()
    command = ["node", HERE / "server.js", node_modules, WSDL, port]
    address = f"http://{HOST}:{port}/standard"
    process = Process("node-soap", command, ready=lambda: listens(port) and serves(f"{address}?wsdl"))
    yield address
    process.stop()


@pytest.fixture(scope="module")
def node_standards(node_modules):
    """Address of the node server for the public standards."""
    port = free_port()
    command = ["node", HERE / "standards.js", node_modules, ADDONS_DIR / "supplier_webservice_order/wsdl", port]
    address = f"http://{HOST}:{port}"
    process = Process("node-standards", command, ready=lambda: listens(port) and serves(f"{address}/secured?wsdl"))
    yield address
    process.stop()


@pytest.fixture(scope="module")
def speak(node_server):
    """Send one of the connector's messages with our client; returns the decoded answer."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = load_dialect("standard").StandardConnector()
    service = Service(connector.wsdl)

    def call(kind, *arguments, customer="C-1"):
        operation, values = getattr(connector, f"{kind}_message")(Account(customer, "a@b.example.com"), *arguments)
        reply = service.call(operation, service.render(operation, values), Endpoint(node_server))
        return getattr(connector, "offers" if kind == "offer" else f"{kind}_answer")(reply.value)

    return call


def test_order_and_status(speak):
    """SW5: an order, its repetition and the question about it."""
    from odoo.addons.supplier_webservice_order.connectors.base import Order, Part

    parts = (Part(7, "HM-1", "Bumper", Decimal(2), "Units", Decimal("11.5")), Part(9, "HM-2", "Grille", Decimal("1.5")))
    order = Order("message-1", "P00001", "EUR", parts)
    answer = speak("order", order)
    assert (answer.code, answer.reference, answer.duplicate) == ("AP", "NODE-1", False)
    assert [(line.position, line.status, line.price) for line in answer.lines] == [
        (7, "confirmed", Decimal("12.5")),
        (9, "confirmed", Decimal("12.5")),
    ]
    assert speak("order", order).duplicate
    assert speak("status", "message-1").known
    assert not speak("status", "message-2").known


def test_offers_and_test(speak):
    """SW+3 SW+4: prices and the connection test; a Fault of node's server is a refusal."""
    from odoo.addons.supplier_webservice_order.soap.errors import RefusedError

    [offer] = speak("offer", [("HM-1", Decimal(1))], "EUR")
    assert (offer.price, offer.available, offer.currency) == (Decimal("9.99"), Decimal(3), "EUR")
    assert speak("test") == "Hello from node"
    with pytest.raises(RefusedError):
        speak("test", customer="nobody")


@pytest.mark.parametrize("timestamp", [False, True])
@pytest.mark.parametrize("auth", ["wsse", "wsse_text"])
def test_security(node_standards, auth, timestamp):
    """SW+5: node's own reading of the UsernameToken fits, as digest and as text; a wrong password is refused."""
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service
    from odoo.addons.supplier_webservice_order.soap.errors import SoapError

    service = Service(WSDL)
    payload = service.render("Test", {"customerNumber": "C"})
    endpoint = Endpoint(f"{node_standards}/secured", auth, "garage", "p&ss<1", timestamp=timestamp)
    assert service.call("Test", payload, endpoint).value == "Hello from node"
    wrong = Endpoint(f"{node_standards}/secured", auth, "garage", "wrong", timestamp=timestamp)
    with pytest.raises(SoapError):
        service.call("Test", payload, wrong)


def test_promostandards(node_standards):
    """SW+6: an order and the question about stock, as node reads them by the standard's interface files."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account, Order, Part
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.connectors.promostandards import PromoStandardsConnector
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = PromoStandardsConnector()
    others = (("order", f"{node_standards}/purchase_order"), ("stock", f"{node_standards}/inventory"))
    account = Account("C-7", "a@b.example.com", {"carrier": "UPS", "carrier_service": "GROUND"})
    service = Service(connector.wsdls, credentials=connector.credentials)
    # node writes the objects that messages share without their namespace: a supplier for a tolerant connection
    endpoint = Endpoint("", "body", "garage", "p&ss<1", others=others, strict=False)
    client = SupplierClient(connector, service, endpoint, account)
    order = Order("P1-ab", "P1", "EUR", (Part(7, "PEN-1", "Pen", Decimal(2), "C62", Decimal("1.5")),))
    message = client.order_message(order)
    assert client.place(*message)[0].reference == "4711"
    again = client.place(*message)[0]
    assert (again.code, again.duplicate) == ("AB", True)
    stock = client.send(*client.render(*connector.offer_messages(account, [("PEN-1", 1)], "EUR")[0])).value
    assert stock.Inventory.PartInventoryArray.PartInventory[0].quantityAvailable.Quantity.value == 7
