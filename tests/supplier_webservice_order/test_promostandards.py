"""SW+6: PromoStandards over real HTTP: order, status, stock and prices, each service at its own address."""

import datetime
from decimal import Decimal

import pytest
from lxml import etree

from .promostandards import answer, body, supplier, validate


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
    # SanMar's and S&S Activewear's guides: "must be set to Blank. No other types are accepted"
    assert sent.findtext(".//{*}orderType") == "Blank"
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
    """SW+7 SW+1: neither a number nor an error, or a general error: it may be booked, and is not ordered anew."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    broken = "<s:code>999</s:code><s:description>General Error</s:description><s:severity>Error</s:severity>"
    broken = f"<s:ServiceMessageArray><s:ServiceMessage>{broken}</s:ServiceMessage></s:ServiceMessageArray>"
    for content, reason in (("", "unreadable"), (broken, "fault")):
        given = answer("order", "SendPOResponse", content)
        with supplier(order=[given]) as (client, _wires), pytest.raises(FateUnknownError) as raised:
            client.place(*client.order_message(order))
        assert raised.value.reason == reason
    assert raised.value.detail == "999: General Error"


def test_remark_with_markup(order):
    """SW+6: as S&S Activewear's guide has it: what was written for a web page is read as text."""
    message = (
        "<s:ServiceMessageArray><s:ServiceMessage><s:code>299</s:code><s:description>\n  S&amp;amp;S Order - "
        "Successfull&lt;br/&gt;\n &lt;br/&gt;PO Number: 12&lt;b&gt;3&lt;/b&gt; &lt;&gt; 4</s:description>"
        "<s:severity>Information</s:severity></s:ServiceMessage></s:ServiceMessageArray>"
    )
    given = answer("order", "SendPOResponse", f"<m:transactionId>30070919</m:transactionId>{message}")
    with supplier(order=[given]) as (client, _wires):
        found, _reply = client.place(*client.order_message(order))
    assert (found.code, found.reference) == ("AB", "30070919")
    assert found.note == "S&S Order - Successfull PO Number: 12 3 <> 4"


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


@pytest.mark.parametrize("word", ["Order Confirmed", "Partial Shipment", "In Storage"])
def test_words_of_the_first_version(word):
    """SW+6: suppliers that come from Order Status 1.0.0 go on writing its names of the states."""
    with supplier(status=[loose(word, ("PEN-1:1", word))]) as (client, _wires):
        found, _reply = client.status("P00012-ab12")
    assert (found.code, found.lines[0].status) == ("AP", "confirmed")


def test_unknown_order():
    """SW+7: the order is unknown only where the service says that; any other message leaves it open."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    def said(code):
        message = f"<s:code>{code}</s:code><s:description>No</s:description><s:severity>Error</s:severity>"
        content = f"<s:ServiceMessageArray><s:ServiceMessage>{message}</s:ServiceMessage></s:ServiceMessageArray>"
        return answer("status", "GetOrderStatusResponse", content)

    with supplier(status=[said(160), said(999)]) as (client, _wires):
        assert client.status("x")[0].known is False
        with pytest.raises(FateUnknownError) as raised:
            client.status("x")
    # a person reads what the supplier says
    assert (raised.value.reason, raised.value.detail) == ("fault", "999: No")


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
