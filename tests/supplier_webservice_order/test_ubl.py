"""SW+6: UBL 2.1 orders and their responses as PEPPOL BIS Ordering 3 has them, over SOAP."""

import contextlib
import datetime
from decimal import Decimal

import pytest
from lxml import etree

from .wire import http, serving

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMES = (
    f"xmlns='{UBL}OrderResponse-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
    f"xmlns:cbc='{UBL}CommonBasicComponents-2'"
)


@contextlib.contextmanager
def supplier(*answers):
    """Serve answers; yields the client and the server."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.connectors.ubl import UblConnector
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = UblConnector()
    options = {"seller_name": "Parts & Co", "seller_endpoint": "0203201340", "seller_scheme": "0208"}
    account = Account("C-7", "parts@garage.example.com", options)
    with serving(*answers) as wire:
        yield SupplierClient(connector, Service(connector.wsdl, raw=True), Endpoint(wire.url), account), wire


def envelope(content):
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return http(f"<e:Envelope xmlns:e='{soap}'><e:Body>{content}</e:Body></e:Envelope>".encode())


def response(code="AP", lines="", number="id-1", more=""):
    """Return an OrderResponse with elements that nobody asked for, as suppliers send them."""
    return (
        f"<OrderResponse {NAMES}><cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order_response:3"
        "</cbc:CustomizationID><cbc:ID>R-1</cbc:ID><cbc:SalesOrderID>SO-9</cbc:SalesOrderID>"
        f"<cbc:IssueDate>2026-11-28</cbc:IssueDate><cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>"
        f"<cbc:Note>Thanks</cbc:Note><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"<cac:OrderReference><cbc:ID>{number}</cbc:ID></cac:OrderReference>{more}{lines}</OrderResponse>"
    )


def line(position, status, quantity, price="", more="", item="PN-A"):
    """Return one line of a response."""
    amount = f"<cac:Price><cbc:PriceAmount currencyID='EUR'>{price}</cbc:PriceAmount></cac:Price>" if price else ""
    reference = (
        f"<cac:OrderLineReference><cbc:LineID>{position}</cbc:LineID></cac:OrderLineReference>" if position else ""
    )
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:LineStatusCode>{status}</cbc:LineStatusCode>"
        f"<cbc:Quantity unitCode='C62'>{quantity}</cbc:Quantity>{more}{amount}<cac:Item><cbc:Name>Name</cbc:Name>"
        f"<cac:SellersItemIdentification><cbc:ID>{item}</cbc:ID></cac:SellersItemIdentification></cac:Item>"
        f"</cac:LineItem>{reference}</cac:OrderLine>"
    )


@pytest.fixture
def order():
    """An order with all that a supplier may ask for."""
    from odoo.addons.supplier_webservice_order.connectors.base import Address, Contact, Order, Part, Vehicle

    garage = Address("Garage Peeters & Co", "Kerkstraat 1", "", "2400", "Mol", "", "BE", "BE0477472701")
    parts = (
        Part(11, "PN-A", "Bumper <front>", Decimal("2.50"), "C62", Decimal("0.034567"), "OWN-A", "5412345000013"),
        Part(12, "PN-B", "Grille", Decimal(100), "MTR", photos=("front.jpg",)),
    )
    return Order(
        "id-1", "P00012", "EUR", parts, datetime.date(2026, 12, 24), "gently", datetime.date(2026, 11, 28), "S00099",
        garage, garage, Contact("An", "+32 14", "an@garage.example.com"), Vehicle("WVWZZZ1JZXW000001", "1-ABC-123"),
    )  # fmt: skip


def test_order(order):
    """SW+6: the document is PEPPOL's Order in UBL's order of elements; what was sent comes back as approved."""
    lines = line(11, 5, "2.5", "0.034567") + line(12, 5, 100, "3")
    with supplier(envelope(response(lines=lines))) as (client, wire):
        answer, _reply = client.place(*client.order_message(order))
    sent = etree.fromstring(wire.requests[0].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]
    assert [etree.QName(child).localname for child in sent] == [
        "CustomizationID", "ProfileID", "ID", "IssueDate", "OrderTypeCode", "Note", "DocumentCurrencyCode",
        "CustomerReference", "BuyerCustomerParty", "SellerSupplierParty", "Delivery", "OrderLine", "OrderLine",
    ]  # fmt: skip
    assert sent.findtext("{*}ID") == "id-1"
    assert sent.findtext("{*}CustomerReference") == "P00012"
    assert "WVWZZZ1JZXW000001" in sent.findtext("{*}Note")
    quantities = sent.findall(".//{*}Quantity")
    assert [(each.text, each.get("unitCode")) for each in quantities] == [("2.5", "C62"), ("100", "MTR")]
    assert sent.findtext(".//{*}PriceAmount") == "0.034567"
    assert sent.findtext(".//{*}SellersItemIdentification/{*}ID") == "PN-A"
    assert (answer.code, answer.message_id, answer.reference) == ("AP", "id-1", "SO-9")
    assert [(each.position, each.status, each.quantity, each.price) for each in answer.lines] == [
        (11, "confirmed", Decimal("2.5"), Decimal("0.034567")),
        (12, "confirmed", Decimal(100), Decimal(3)),
    ]


def test_several_answers_for_one_line():
    """SW+7: one now and two later, a substitute, a line that was added, and one that does not come."""
    later = (
        "<cbc:MaximumBackorderQuantity unitCode='C62'>2</cbc:MaximumBackorderQuantity><cac:Delivery>"
        "<cac:PromisedDeliveryPeriod><cbc:EndDate>2026-12-09</cbc:EndDate></cac:PromisedDeliveryPeriod></cac:Delivery>"
    )
    other = (
        "<cac:SellerSubstitutedLineItem><cbc:ID>1</cbc:ID><cac:Item><cac:SellersItemIdentification><cbc:ID>NEW</cbc:ID>"
        "</cac:SellersItemIdentification></cac:Item></cac:SellerSubstitutedLineItem><cac:OrderLineReference>"
    )
    lines = (
        line(11, 3, 1, "5", later)
        + line(12, 3, 1, "5").replace("<cac:OrderLineReference>", other)
        + line("", 1, 1, "12.5", item="FREIGHT")
        + line(14, 7, 0)
    )
    known = (
        "<r:OrderResponseResult xmlns:r='urn:supplier-webservice-order:ubl:1'><r:Known>true</r:Known>{}"
        "</r:OrderResponseResult>"
    )
    with supplier(envelope(known.format(response("CA", lines)))) as (client, _wire):
        answer, _reply = client.status("id-1")
    found = [(each.position, each.status, each.quantity, each.substitute) for each in answer.lines]
    assert found == [
        (11, "changed", Decimal(1), ""),
        (11, "backordered", Decimal(2), ""),
        (12, "substituted", Decimal(1), "NEW"),
        (None, "changed", Decimal(1), ""),
        (14, "rejected", Decimal(0), ""),
    ]
    assert answer.lines[1].available_on == datetime.date(2026, 12, 9)
    assert (answer.lines[3].number, answer.lines[3].price) == ("FREIGHT", Decimal("12.5"))


def test_day_of_the_whole_order():
    """SW+6: a day promised for the order holds for each line without one of its own, as PEPPOL's examples have it."""

    def promised(day):
        period = f"<cac:PromisedDeliveryPeriod><cbc:EndDate>{day}</cbc:EndDate></cac:PromisedDeliveryPeriod>"
        return f"<cac:Delivery>{period}</cac:Delivery>"

    lines = line(11, 5, 2, "5") + line(12, 3, 1, "5", promised("2026-12-20"))
    with supplier(envelope(response(lines=lines, more=promised("2026-12-09")))) as (client, _wire):
        answer, _reply = client.place(*client.render("SubmitOrder", etree.Element("a")))
    assert [each.available_on for each in answer.lines] == [datetime.date(2026, 12, 9), datetime.date(2026, 12, 20)]


def test_unit_of_the_answer():
    """SW+7: the unit that the supplier counts in reaches the judgement; two boxes are not two pieces."""
    given = line(11, 5, 2, "5").replace('unitCode="C62"', 'unitCode="XBX"').replace("unitCode='C62'", "unitCode='XBX'")
    with supplier(envelope(response(lines=given))) as (client, _wire):
        message = client.render("SubmitOrder", etree.Element("a"))
        assert client.place(*message)[0].lines[0].unit == "XBX"


def test_price_of_a_base_quantity():
    """SW+7: a price per hundred is the price of one times a hundred."""
    given = line(11, 5, 1, "5").replace(
        "</cbc:PriceAmount>", "</cbc:PriceAmount><cbc:BaseQuantity>100</cbc:BaseQuantity>"
    )
    with supplier(envelope(response(lines=given))) as (client, _wire):
        message = client.render("SubmitOrder", etree.Element("a"))
        assert client.place(*message)[0].lines[0].price == Decimal("0.05")


@pytest.mark.parametrize(
    "content",
    [
        response("XX"),
        response(lines=line("eleven", 5, 1)),
        response(lines=line(11, 5, "two")),
        response(lines=line(11, 5, 1, "12,50")),
        response(lines=line(11, 99, 1)),
        response(lines=line(11, 5, "NaN")),
        response(more="<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator></cac:AllowanceCharge>"),
        response(lines=line(11, 5, 1, "5") + line(12, 5, 1, "5").replace("EUR", "USD")),
        response(
            lines=line(11, 5, 1, "1").replace(
                "</cbc:PriceAmount>", "</cbc:PriceAmount><cbc:BaseQuantity>0</cbc:BaseQuantity>"
            )
        ),
    ],
)
def test_unreadable(content):
    """SW+7: whatever is not as the standard has it is an answer that cannot be read."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    with supplier(envelope(content)) as (client, _wire), pytest.raises(FateUnknownError):
        client.place(*client.render("SubmitOrder", etree.Element("a")))


def test_allowances_and_charges():
    """SW+7: UBL's AllowanceCharge, of the order and of a line: each a line that a person accepts, with its sign."""

    def allowance(indicator, amount, reason):
        return (
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator><cbc:AllowanceChargeReason>"
            f"{reason}</cbc:AllowanceChargeReason><cbc:Amount currencyID='EUR'>{amount}</cbc:Amount>"
            "</cac:AllowanceCharge>"
        )

    lines = line(7, 5, 2, "10", more=allowance("false", "1.50", "Bulk"))
    with supplier(envelope(response(lines=lines, more=allowance("true", "9", "Freight")))) as (client, _wire):
        answer, _reply = client.place(*client.render("SubmitOrder", etree.Element("a")))
    assert [(each.position, each.price, each.description) for each in answer.lines] == [
        (7, Decimal(10), "Name"),
        (None, Decimal("-1.50"), "Bulk PN-A"),
        (None, Decimal(9), "Freight"),
    ]


def test_unknown_order_and_test():
    """SW+7: an order is unknown only where the supplier says so; the connection test asks for one that nobody has."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    def known(text):
        return envelope(
            f"<r:OrderResponseResult xmlns:r='urn:supplier-webservice-order:ubl:1'>{text}</r:OrderResponseResult>"
        )

    with supplier(known("<r:Known>false</r:Known>"), known("<r:Known>0</r:Known>"), known("<r:Known/>")) as (
        client,
        _wire,
    ):
        assert client.test()[0] == "OK"
        assert not client.status("id-1")[0].known
        with pytest.raises(FateUnknownError):
            client.status("id-1")


def test_change(order):
    """SW+9: PEPPOL's OrderChange (T114): its own number, the order's, and what became of each line."""
    from dataclasses import replace

    from odoo.addons.supplier_webservice_order.connectors.base import Change

    change = Change("id-0", 2, order, {11: "changed", 12: "removed"})
    responses = response(number="id-0", more=CHANGE_REFERENCE)
    with supplier(envelope(responses)) as (client, wire):
        client = replace(client, account=replace(client.account, options={**client.account.options, "advanced": True}))
        assert client.connector.abilities(client.account) == {"change", "cancel"}
        answer, _reply = client.place(*client.message("change", change), "change")
    sent = etree.fromstring(wire.requests[0].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]
    assert etree.QName(sent).localname == "OrderChange"
    assert [etree.QName(child).localname for child in sent] == [
        "CustomizationID", "ProfileID", "ID", "IssueDate", "SequenceNumberID", "Note", "DocumentCurrencyCode",
        "CustomerReference", "OrderReference", "BuyerCustomerParty", "SellerSupplierParty", "Delivery", "OrderLine",
        "OrderLine",
    ]  # fmt: skip
    assert sent.findtext("{*}CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:order_change:3"
    assert (sent.findtext("{*}ID"), sent.findtext("{*}OrderReference/{*}ID")) == ("id-1", "id-0")
    assert [each.text for each in sent.iter("{*}LineStatusCode")] == ["3", "2"]
    assert (answer.code, answer.message_id, answer.change_id) == ("AP", "id-0", "id-1")


CHANGE_REFERENCE = "<cac:OrderChangeDocumentReference><cbc:ID>id-1</cbc:ID></cac:OrderChangeDocumentReference>"


def test_cancellation(order):
    """SW+9: PEPPOL's OrderCancellation (T115) names the order and the reason."""
    from odoo.addons.supplier_webservice_order.connectors.base import Cancellation

    with supplier(envelope(response(number="id-0"))) as (client, wire):
        answer, _reply = client.place(*client.message("cancel", Cancellation("id-0", order, "Sold")), "cancel")
    sent = etree.fromstring(wire.requests[0].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]
    assert [etree.QName(child).localname for child in sent] == [
        "CustomizationID", "ProfileID", "ID", "IssueDate", "CancellationNote", "OrderReference", "BuyerCustomerParty",
        "SellerSupplierParty",
    ]  # fmt: skip
    assert sent.findtext("{*}CancellationNote") == "Sold"
    assert (answer.code, answer.message_id) == ("AP", "id-0")


DESPATCH = (
    f"<DespatchAdvice {NAMES.replace('OrderResponse-2', 'DespatchAdvice-2')}><cbc:ID>DN-{{number}}</cbc:ID>"
    "<cbc:IssueDate>2026-12-01</cbc:IssueDate><cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
    "<cac:Shipment><cbc:ID>1</cbc:ID><cac:Consignment><cbc:ID>1Z{number}</cbc:ID></cac:Consignment><cac:Delivery>"
    "<cac:Despatch><cbc:ActualDespatchDate>2026-12-03</cbc:ActualDespatchDate></cac:Despatch></cac:Delivery>"
    "</cac:Shipment><cac:DespatchLine><cbc:ID>1</cbc:ID><cac:OrderLineReference><cbc:LineID>11</cbc:LineID>"
    "</cac:OrderLineReference></cac:DespatchLine></DespatchAdvice>"
)


def test_despatch_advices(order):
    """SW+9: delivery note, tracking number, day and lines of each advice; nothing shipped is no error."""
    from odoo.addons.supplier_webservice_order.connectors.base import Shipment
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    def despatched(content):
        name = "DespatchAdviceResult"
        return envelope(f"<r:{name} xmlns:r='urn:supplier-webservice-order:ubl:1'>{content}</r:{name}>")

    two = "".join(DESPATCH.format(number=number, order="id-1") for number in (1, 2))
    mixed = DESPATCH.format(number=1, order="id-1") + DESPATCH.format(number=2, order="id-2")
    with supplier(
        despatched("<r:Complete>false</r:Complete>"),
        despatched(f"<r:Complete>true</r:Complete>{two}"),
        despatched(f"<r:Complete>true</r:Complete>{mixed}"),
        despatched(two),
    ) as (client, _wire):

        def ask():
            return client.shipments("id-1")[0]

        nothing = ask()
        assert (nothing.shipments, nothing.complete) == ((), False)
        found = ask()
        day = datetime.date(2026, 12, 3)
        assert found.shipments == (Shipment(day, "", "1Z1", "DN-1", (11,)), Shipment(day, "", "1Z2", "DN-2", (11,)))
        assert (found.message_id, found.complete) == ("id-1", True)
        for _answer in ("of several orders", "without a word about completeness"):
            with pytest.raises(FateUnknownError):
                ask()
