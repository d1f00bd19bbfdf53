"""SW+6: PromoStandards over real HTTP: order, status, stock and prices, each service at its own address."""

import contextlib
import datetime
from decimal import Decimal

import pytest
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


@pytest.fixture
def order():
    """An order of two parts, one of which is a variant."""
    from odoo.addons.supplier_webservice_order.connectors.base import Address, Contact, Order, Part

    parts = (
        Part(11, "PEN-1", "Pen <blue> & cap", Decimal("2.5"), "C62", Decimal("0.034567"), own_number="OWN-1"),
        Part(12, "SHIRT:XL-RED", "Shirt", Decimal(3), "DZN"),
    )
    return Order(
        "P00012-ab12", "P00012", "EUR", parts, wanted_on=datetime.date(2026, 12, 24), note="gently",
        ordered_on=datetime.date(2026, 11, 28), job="S00099", buyer=Address("Garage Peeters"),
        delivery=Address("Garage Peeters", "Kerkstraat 1 bus 3 achter de grote kerk van het dorp", "", "2400", "Mol",
                         "VAN", "BE"),
        contact=Contact("An Peeters", "+32 14 00 00 00", "an@garage.example.com"),
    )  # fmt: skip


def test_order(order):
    """SW+6: sendPO fits the standard's schema, carries our numbers, and keeps the credentials out of what is kept."""
    done = answer("order", "SendPOResponse", "<m:transactionId>4711</m:transactionId>")
    with supplier(order=[done]) as (client, wires):
        operation, payload = client.order_message(order)
        result, reply = client.place(operation, payload)
    assert (result.known, result.code, result.reference) == (True, "AB", "4711")
    sent = body(wires["order"])
    validate("order", sent)
    assert b'SOAPAction: "sendPO"' in wires["order"].requests[0]
    assert sent.findtext("{*}id") == "garage"
    assert sent.findtext("{*}password") == "p&ss<1"
    assert b"p&amp;ss" not in payload
    assert "p&amp;ss" not in reply.request
    lines = sent.findall(".//{*}LineItem")
    assert [line.findtext("{*}lineNumber") for line in lines] == ["11", "12"]
    assert [line.findtext("{*}unitPrice") for line in lines] == ["0.0346", None]
    assert [line.findtext("{*}Quantity/{*}uom") for line in lines] == ["EA", "DZ"]
    assert lines[1].findtext("{*}PartArray/{*}Part/{*}partId") == "XL-RED"
    assert [each.text for each in sent.iter("{*}shipReferences")] == ["P00012", "S00099"]
    assert sent.findtext(".//{*}ShipTo/{*}ContactDetails/{*}postalCode") == "2400"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<s:code>200</s:code><s:description>Duplicated transaction detected.</s:description>", ("AB", True)),
        ("<s:code>210</s:code><s:description>Data violation: productId</s:description>", ("RE", False)),
        ("<s:code>105</s:code><s:description>Authentication failed</s:description>", ("RE", False)),
    ],
)
def test_order_refused(order, content, expected):
    """SW+6: only the standard's code 200 means that the supplier has the order; other errors are a refusal."""
    message = f"<s:ServiceMessage>{content}<s:severity>Error</s:severity></s:ServiceMessage>"
    given = answer("order", "SendPOResponse", f"<s:ServiceMessageArray>{message}</s:ServiceMessageArray>")
    with supplier(order=[given]) as (client, _wires):
        result, _reply = client.place(*client.order_message(order))
    assert (result.code, result.duplicate) == expected


def test_answer_without_anything(order):
    """SW+7: neither a number nor an error: the fate of the order is unknown."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    with supplier(order=[answer("order", "SendPOResponse", "")]) as (client, _wires), pytest.raises(FateUnknownError):
        client.place(*client.order_message(order))


def status(state="confirmed", lines="", more=""):
    return answer(
        "status",
        "GetOrderStatusResponse",
        "<s:OrderStatusArray><s:OrderStatus><s:purchaseOrderNumber>P00012-ab12</s:purchaseOrderNumber>"
        f"<s:OrderStatusDetailArray><s:OrderStatusDetail><s:salesOrderNumber>SO-1</s:salesOrderNumber>"
        f"<s:status>{state}</s:status>{more}<s:ProductArray>{lines}</s:ProductArray>"
        "<s:validTimestamp>2026-11-28T10:00:00Z</s:validTimestamp></s:OrderStatusDetail></s:OrderStatusDetailArray>"
        "</s:OrderStatus></s:OrderStatusArray>",
    )


def product(number, state="confirmed", more=""):
    return (
        f"<s:Product><s:productId>PEN-1</s:productId><s:salesOrderLineNumber>{number}</s:salesOrderLineNumber>"
        f"<s:purchaseOrderLineNumber>{number}</s:purchaseOrderLineNumber><s:QuantityOrdered><s:value>2.5</s:value>"
        f"<s:uom>EA</s:uom></s:QuantityOrdered>{more}<s:status>{state}</s:status></s:Product>"
    )


def test_status():
    """SW+6 SW+9: the order's state with its lines, holds and shipment, about this very number."""
    hold = "<s:issueCategory>backOrderHold</s:issueCategory>"
    due = "<s:expectedShipDate>2026-12-01</s:expectedShipDate>"
    answers = [
        status(lines=product(11) + product(12, more=hold), more=due),
        status("shipped", product(11, "shipped"), due),
    ]
    with supplier(status=answers) as (client, wires):
        first, _reply = client.status("P00012-ab12")
        second, _reply = client.status("P00012-ab12")
    validate("status", body(wires["status"]))
    assert body(wires["status"]).findtext("{*}referenceNumber") == "P00012-ab12"
    assert (first.code, first.message_id, first.reference) == ("AP", "P00012-ab12", "SO-1")
    assert [(line.position, line.status) for line in first.lines] == [(11, "confirmed"), (12, "backordered")]
    assert first.lines[1].available_on == datetime.date(2026, 12, 1)
    assert not first.shipments
    [shipment] = second.shipments
    assert (shipment.shipped_on, shipment.positions) == (datetime.date(2026, 12, 1), (11,))


def loose(order, *lines):
    """As large suppliers write it: no line numbers of ours (the standard leaves them out), states in words."""
    rows = "".join(
        f"<s:Product><s:productId>{part.partition(':')[0]}</s:productId><s:partId>{part.partition(':')[2]}</s:partId>"
        "<s:salesOrderLineNumber>1</s:salesOrderLineNumber><s:QuantityOrdered><s:value>2</s:value><s:uom>EA</s:uom>"
        "</s:QuantityOrdered><s:QuantityShipped><s:value>0</s:value><s:uom>EA</s:uom></s:QuantityShipped>"
        f"<s:status>{state}</s:status></s:Product>"
        for part, state in lines
    )
    return answer(
        "status",
        "GetOrderStatusResponse",
        "<s:OrderStatusArray><s:OrderStatus><s:purchaseOrderNumber>P00012-ab12</s:purchaseOrderNumber>"
        "<s:OrderStatusDetailArray><s:OrderStatusDetail><s:salesOrderNumber>100</s:salesOrderNumber>"
        f"<s:status>{order}</s:status><s:OrderContactArray><s:Contact><s:contactType>Sales</s:contactType>"
        f"<s:ContactDetails/></s:Contact></s:OrderContactArray><s:ProductArray>{rows}</s:ProductArray>"
        "<s:validTimestamp>2026-11-28T16:11:10.497-08:00</s:validTimestamp></s:OrderStatusDetail>"
        "</s:OrderStatusDetailArray></s:OrderStatus></s:OrderStatusArray>",
    )


def test_status_without_line_numbers():
    """SW+6 SW+7: lines that name no line of ours are about the parts that were ordered, not about others."""
    from odoo.addons.supplier_webservice_order.judge import Sent, SentLine, judge

    sent = Sent(
        "P00012-ab12",
        (SentLine(11, Decimal(2), Decimal(5), "SHIRT:XL-RED", "C62"), SentLine(12, Decimal(2), Decimal(3), "PEN-1")),
    )
    lines = (("SHIRT:XL-RED", "Partially Shipped"), ("PEN-1:538612", "In Production"))
    with supplier(status=[loose("confirmed", *lines), loose("Confirmed", *lines)]) as (client, _wires):
        for _number in range(2):
            verdict = judge(sent, client.status("P00012-ab12")[0])
            assert not verdict.extras
            assert [(line.position, line.status, line.doubts) for line in verdict.lines] == [
                (11, "confirmed", ()),
                (12, "confirmed", ()),
            ]


def test_status_that_the_standard_does_not_know():
    """SW+6 SW+7: a state of the supplier's own proves no approval; it is shown, and asked about again."""
    with supplier(status=[loose("onTheMoon", ("PEN-1:1", "polished"))]) as (client, _wires):
        found, _reply = client.status("P00012-ab12")
    assert (found.known, found.code, found.complete) == (True, "AB", False)
    assert "onTheMoon" in found.note
    [line] = found.lines
    assert (line.status, line.note) == ("pending", "polished")


def test_cancelled_in_british_spelling():
    """SW+6: canceled and cancelled are the same."""
    with supplier(status=[loose("Cancelled", ("PEN-1:1", "cancelled"))]) as (client, _wires):
        assert client.status("P00012-ab12")[0].code == "RE"


def test_unknown_order():
    """SW+7: the order is unknown only where the service says that; any other message leaves it open."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    def said(code):
        message = f"<s:code>{code}</s:code><s:description>No</s:description><s:severity>Error</s:severity>"
        content = f"<s:ServiceMessageArray><s:ServiceMessage>{message}</s:ServiceMessage></s:ServiceMessageArray>"
        return answer("status", "GetOrderStatusResponse", content)

    with supplier(status=[said(160), said(999)]) as (client, _wires):
        assert client.status("x")[0].known is False
        with pytest.raises(FateUnknownError):
            client.status("x")


def stock(quantity="", places=""):
    return answer(
        "stock",
        "GetInventoryLevelsResponse",
        "<s:Inventory><s:productId>SHIRT</s:productId><s:PartInventoryArray><s:PartInventory>"
        f"<s:partId>XL-RED</s:partId><s:mainPart>true</s:mainPart>{quantity}"
        f"<s:manufacturedItem>false</s:manufacturedItem><s:buyToOrder>false</s:buyToOrder>{places}"
        "</s:PartInventory></s:PartInventoryArray></s:Inventory>",
    )


def price(*steps, until="2100-01-01T00:00:00Z", uom="EA"):
    rows = "".join(
        f"<m:PartPrice><m:minQuantity>{least}</m:minQuantity><m:price>{amount}</m:price><m:priceUom>{uom}</m:priceUom>"
        "<m:priceEffectiveDate>2020-01-01T00:00:00</m:priceEffectiveDate>"
        f"<m:priceExpiryDate>{until}</m:priceExpiryDate></m:PartPrice>"
        for least, amount in steps
    )
    return answer(
        "price",
        "GetConfigurationAndPricingResponse",
        f"<m:Configuration><m:PartArray><m:Part><s:partId>XL-RED</s:partId><m:PartPriceArray>{rows}</m:PartPriceArray>"
        "<s:partGroup>1</s:partGroup><s:partGroupRequired>true</s:partGroupRequired>"
        "<s:partGroupDescription>Main</s:partGroupDescription><s:ratio>1</s:ratio><s:defaultPart>true</s:defaultPart>"
        "</m:Part></m:PartArray><s:productId>SHIRT</s:productId><s:currency>USD</s:currency><s:FobArray><s:Fob>"
        "<s:fobId>1</s:fobId></s:Fob></s:FobArray><s:priceType>Customer</s:priceType></m:Configuration>",
    )


def test_offers():
    """SW+6: stock (of all places) and the price for the quantity that is valid today."""
    place = (
        "<s:InventoryLocationArray><s:InventoryLocation><s:inventoryLocationId>A</s:inventoryLocationId>"
        "<s:postalCode>1</s:postalCode><s:country>US</s:country><s:inventoryLocationQuantity><s:Quantity>"
        "<s:uom>EA</s:uom><s:value>7</s:value></s:Quantity></s:inventoryLocationQuantity><s:FutureAvailabilityArray>"
        "<s:FutureAvailability><s:Quantity><s:uom>EA</s:uom><s:value>9</s:value></s:Quantity>"
        "<s:availableOn>2026-12-09T00:00:00Z</s:availableOn></s:FutureAvailability></s:FutureAvailabilityArray>"
        "</s:InventoryLocation></s:InventoryLocationArray>"
    )
    parts = [("SHIRT:XL-RED", Decimal(30)), ("SHIRT:XL-RED", Decimal(2))]
    prices = [price((1, "9.5"), (24, "7.25"), (100, "5")), price((12, "7.25"))]
    with supplier(stock=[stock(places=place)], price=prices) as (client, wires):
        messages = client.connector.offer_messages(client.account, parts, "USD")
        values = [client.send(*client.render(*message)).value for message in messages]
        offers = client.connector.read_offers(parts, values)
    for kind in ("stock", "price"):
        validate(kind, body(wires[kind]))
    assert (offers[0].price, offers[0].currency, offers[0].available) == (Decimal("7.25"), "USD", Decimal(7))
    assert offers[0].available_on == datetime.date(2026, 12, 9)
    assert offers[1].price is None, "two are less than the smallest quantity that has a price"


def test_price_of_a_dozen():
    """SW+3 SW+6: what a dozen costs is not taken for the price of one piece."""
    parts = [("SHIRT:XL-RED", Decimal(30))]
    with supplier(stock=[stock()], price=[price((1, "9.5"), uom="DZ")]) as (client, _wires):
        messages = client.connector.offer_messages(client.account, parts, "USD")
        values = [client.send(*client.render(*message)).value for message in messages]
        assert client.connector.read_offers(parts, values)[0].price is None


@pytest.mark.parametrize(
    ("unit", "expected"), [("", "EA"), ("C62", "EA"), ("DZN", "DZ"), ("DZ", "DZ"), ("SL", "SL"), ("MTR", None)]
)
def test_units(order, unit, expected):
    """SW+6: the connection's own code goes out as it is, and metres, which the standard lacks, are no pieces."""
    from dataclasses import replace

    from odoo.addons.supplier_webservice_order.soap.errors import RefusedError

    changed = replace(order, parts=(replace(order.parts[0], unit=unit),))
    with supplier() as (client, _wires):
        if expected:
            _operation, payload = client.order_message(changed)
            assert etree.fromstring(payload).findtext(".//{*}uom") == expected
        else:
            with pytest.raises(RefusedError):
                client.order_message(changed)


def test_greeting():
    """SW+6: the connection test names what the supplier's service can do."""
    given = answer(
        "status",
        "GetServiceMethodsResponse",
        "<s:ServiceMethodArray><s:serviceMethod>getOrderStatus</s:serviceMethod></s:ServiceMethodArray>",
    )
    with supplier(status=[given]) as (client, _wires):
        assert client.test()[0] == "getOrderStatus"


ADDRESS = "<s:city>Mol</s:city><s:country>BE</s:country>"
PARCEL = (
    "<m:OrderShipmentNotificationArray><m:OrderShipmentNotification><m:purchaseOrderNumber>{number}"
    "</m:purchaseOrderNumber><m:complete>true</m:complete><m:SalesOrderArray><m:SalesOrder><m:salesOrderNumber>SO-1"
    "</m:salesOrderNumber><m:complete>true</m:complete><m:ShipmentLocationArray><m:ShipmentLocation><m:id>1</m:id>"
    f"<m:complete>true</m:complete><m:ShipFromAddress>{ADDRESS}</m:ShipFromAddress><m:ShipToAddress>{ADDRESS}"
    "</m:ShipToAddress><m:PackageArray><m:Package><m:id>1</m:id><m:trackingNumber>1Z9</m:trackingNumber>"
    "<m:shipmentDate>2026-12-02T22:44:42.467-07:00</m:shipmentDate><m:carrier>UPS</m:carrier><m:shipmentMethod>Ground"
    "</m:shipmentMethod><m:ItemArray><m:Item><m:supplierProductId>PEN-1</m:supplierProductId>"
    "<m:purchaseOrderLineNumber>11</m:purchaseOrderLineNumber><m:quantity>2.5</m:quantity></m:Item></m:ItemArray>"
    "</m:Package></m:PackageArray></m:ShipmentLocation></m:ShipmentLocationArray></m:SalesOrder></m:SalesOrderArray>"
    "</m:OrderShipmentNotification></m:OrderShipmentNotificationArray>"
)


def test_shipment_notification():
    """SW+9: carrier, tracking number, day and lines of each parcel; the messages are those of the standard."""
    from odoo.addons.supplier_webservice_order.connectors.base import Shipment
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    name = "GetOrderShipmentNotificationResponse"
    nothing = "<s:errorMessage><s:code>301</s:code><s:description>Not found</s:description></s:errorMessage>"
    given = (
        answer("shipment", name, PARCEL.format(number="P00012")),
        answer("shipment", name, nothing),
        answer("shipment", name, nothing.replace("301", "110")),
        answer("shipment", name, PARCEL.format(number="P00012").replace("2026-12-02", "tomorrow")),
    )
    with supplier(shipment=given) as (client, wires):
        found, _reply = client.shipments("P00012")
        assert client.shipments("P00012")[0].shipments == ()
        for _answer in ("an error", "no date"):
            with pytest.raises(FateUnknownError):
                client.shipments("P00012")
    asked = body(wires["shipment"])
    validate("shipment", asked)
    assert (asked.findtext("{*}queryType"), asked.findtext("{*}referenceNumber")) == ("1", "P00012")
    assert asked.findtext("{*}password") == "p&ss<1"
    day = datetime.date(2026, 12, 2)
    assert found.shipments == (Shipment(day, "UPS Ground", "1Z9", "", (11,)),)
    assert (found.message_id, found.complete) == ("P00012", True)


def test_order_number(order):
    """SW+6: the order has the number that people look for on the parcel; asked about by the same."""
    from dataclasses import replace

    with supplier(order=(answer("order", "SendPOResponse", "<m:transactionId>7</m:transactionId>"),)) as (
        client,
        wires,
    ):
        client.place(*client.order_message(replace(order, number="P00012")))
    assert body(wires["order"]).findtext(".//{*}orderNumber") == "P00012"
