"""SW+4 SW+6 SW+7 SW+8: answers in shapes that standards allow and nobody expects: two in one, parts of parts."""

import base64
import json
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from lxml import etree

from tools.settings import ADDONS_DIR

from .mapped import envelope, rule, two_parts, wsdl
from .mapped import supplier as mapped_supplier
from .test_ubl import line, response
from .test_ubl import supplier as ubl_supplier
from .wire import HELLO, http, serving, timed

STANDARD = ADDONS_DIR / "supplier_webservice_order/demo/suppliers/standard/supplier_order.wsdl"
#: as SAP has it: the items of an order, and the days and quantities in which each of them comes
ORDERS = wsdl(
    """<xs:schema targetNamespace="urn:x" elementFormDefault="unqualified"><xs:element name="Place"><xs:complexType>
    <xs:sequence><xs:element name="no" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="PlaceReply"><xs:complexType><xs:sequence><xs:element name="order" maxOccurs="unbounded">
    <xs:complexType><xs:sequence><xs:element name="no" type="xs:string"/><xs:element name="state" type="xs:string"/>
    <xs:element name="remark" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="item" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="pos" type="xs:string"/>
    <xs:element name="net" type="xs:string"/><xs:element name="schedule" minOccurs="0" maxOccurs="unbounded">
    <xs:complexType><xs:sequence><xs:element name="qty" type="xs:string"/><xs:element name="day" type="xs:string"/>
    <xs:element name="state" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:sequence>
    </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
    </xs:element></xs:schema>""",
    {"PlaceIn": '<part name="p" element="t:Place"/>', "PlaceOut": '<part name="p" element="t:PlaceReply"/>'},
    ["Place"],
)


@pytest.fixture
def operations():
    """The mapping of a supplier whose answers hold orders, items and their schedules."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    states = (("confirmed", "OK"), ("rejected", "CANC"))
    answer = (
        rule("order/no", "message_id"),
        rule("order/state", "code", table=(("AP", "OK"), ("RE", "NO"))),
        rule("order/remark", "note"),
        rule("order/item/pos", "line.position"),
        rule("order/item/net", "line.price", type_name="decimal"),
        rule("order/item/schedule/qty", "line.quantity", type_name="decimal"),
        rule("order/item/schedule/day", "line.available_on", type_name="date"),
        rule("order/item/schedule/state", "line.status", table=states),
    )
    return {
        "order": Operation("Place", (rule("no", "message_id"),), answer=answer, answer_lines="order/item"),
    }


def replied(*orders):
    return envelope(f"<x:PlaceReply xmlns:x='urn:x'>{''.join(orders)}</x:PlaceReply>")


def order_of(number, state="OK", items="", remarks=""):
    return f"<order><no>{number}</no><state>{state}</state>{remarks}{items}</order>"


def item(position, *schedule):
    parts = "".join(
        f"<schedule><qty>{quantity}</qty><day>{day}</day><state>{state}</state></schedule>"
        for quantity, day, state in schedule
    )
    return f"<item><pos>{position}</pos><net>5.00</net>{parts}</item>"


def asked(operations, answer):
    with mapped_supplier(ORDERS, operations, answer) as (client, _wire):
        result, _seconds = timed(lambda: client.place(*client.order_message(two_parts())))
    return result


ALL_OF_IT = item(11, ("2.5", "2026-12-20", "OK")) + item(12, ("3", "2026-12-21", "OK"))


@pytest.mark.parametrize("own_first", [True, False])
def test_two_orders_in_one_answer(operations, own_first):
    """SW+7: what is said of another order beside ours is no answer about ours: the outcome is unknown."""
    orders = [order_of("P00012-ab", items=ALL_OF_IT), order_of("P00099-zz", items=item(44, ("9", "2026-12-20", "OK")))]
    error = asked(operations, replied(*(orders if own_first else reversed(orders))))
    assert (type(error).__name__, error.reason) == ("FateUnknownError", "unreadable")
    assert "message_id" in error.detail


def test_two_states_of_one_order(operations):
    """SW+7: of a state that is said in two ways nobody takes the first."""
    answer = replied(order_of("P00012-ab", items=ALL_OF_IT), order_of("P00012-ab", "NO"))
    error = asked(operations, answer)
    assert (type(error).__name__, error.reason) == ("FateUnknownError", "unreadable")


def test_schedule_within_a_line(operations):
    """SW+7: three parts of one line, one of which is cancelled: each by itself, none is lost; remarks are joined."""
    schedule = item(11, ("1", "2026-12-20", "OK"), ("1", "2026-12-22", "OK"), ("0.5", "2026-12-24", "CANC"))
    items = schedule + item(12, ("3", "2026-12-21", "OK"))
    answer, _reply = asked(
        operations,
        replied(order_of("P00012-ab", items=items, remarks="<remark>Thanks</remark><remark>Late</remark>")),
    )
    assert [
        (each.position, each.quantity, each.status, each.available_on.day, each.price) for each in answer.lines
    ] == [
        (11, Decimal(1), "confirmed", 20, Decimal("5.00")),
        (11, Decimal(1), "confirmed", 22, Decimal("5.00")),
        (11, Decimal("0.5"), "rejected", 24, Decimal("5.00")),
        (12, Decimal(3), "confirmed", 21, Decimal("5.00")),
    ]
    assert answer.note == "Thanks, Late"


def test_two_documents_in_one_body():
    """SW+7: two responses in one SOAP body, or in one status answer: not the first of them, but neither."""
    lines = line(11, 5, 2, "5")
    both = response("AP", lines) + response("RE", lines)
    known = (
        "<r:OrderResponseResult xmlns:r='urn:supplier-webservice-order:ubl:1'><r:Known>true</r:Known>"
        f"{both}</r:OrderResponseResult>"
    )
    with ubl_supplier(envelope(both), envelope(known)) as (client, _wire):
        placed, _seconds = timed(lambda: client.place(*client.render("SubmitOrder", etree.Element("a"))))
        status, _seconds = timed(lambda: client.status("id-1"))
    assert [error.reason for error in (placed, status)] == ["unreadable", "unreadable"]


@pytest.mark.parametrize(
    ("counted", "priced", "expected"),
    [
        ("C62", "", "C62"),
        ("C62", "C62", "C62"),
        ("C62", "H87", "C62"),
        ("C62", "DZN", "C62/DZN"),
        ("XBX", "C62", "XBX/C62"),
    ],
)
def test_price_for_another_unit(counted, priced, expected):
    """SW+7: a price for a dozen is none for one piece, whatever is counted in pieces (UBL's BaseQuantity)."""
    unit = f" unitCode='{priced}'" if priced else ""
    given = line(11, 5, 2, "5").replace("'C62'", f"'{counted}'")
    given = given.replace("</cbc:PriceAmount>", f"</cbc:PriceAmount><cbc:BaseQuantity{unit}>1</cbc:BaseQuantity>")
    with ubl_supplier(envelope(response(lines=given))) as (client, _wire):
        answer, _reply = client.place(*client.render("SubmitOrder", etree.Element("a")))
    assert answer.lines[0].unit == expected


def test_response_to_two_orders():
    """SW+7: UBL lets a response, and each of its lines, name orders of its own: one that is about two is no answer."""
    reference = "<cac:OrderReference><cbc:ID>{}</cbc:ID></cac:OrderReference>"
    ours = line(11, 5, 2, "5").replace("</cbc:LineID>", f"</cbc:LineID>{reference.format('id-1')}")
    other = ours.replace("id-1", "id-2")
    for lines, more in ((ours + other, ""), (ours, reference.format("id-2"))):
        with ubl_supplier(envelope(response(lines=lines, more=more))) as (client, _wire):
            said, _seconds = timed(
                lambda client=client: client.place(*client.render("SubmitOrder", etree.Element("a")))
            )
        assert (type(said).__name__, said.reason) == ("FateUnknownError", "unreadable")
    with ubl_supplier(envelope(response(lines=ours))) as (client, _wire):
        assert client.place(*client.render("SubmitOrder", etree.Element("a")))[0].lines[0].position == 11


def test_price_of_several_sizes():
    """SW+6 SW+3: the prices of several parts of a product (PromoStandards) are no price of one of them."""
    from odoo.addons.supplier_webservice_order.connectors.promostandards import PromoStandardsConnector

    def step(price, least=1, unit="EA"):
        return SimpleNamespace(
            price=Decimal(price), minQuantity=least, priceUom=unit, priceEffectiveDate=None, priceExpiryDate=None
        )

    def part(name, *steps):
        return SimpleNamespace(partId=name, PartPriceArray=SimpleNamespace(PartPrice=list(steps)))

    def configuration(*parts):
        return SimpleNamespace(PartArray=SimpleNamespace(Part=list(parts)), currency="USD")

    small, large = part("S", step(3), step(2, 100)), part("XL", step(5), step(4, 100))
    price = PromoStandardsConnector._price
    assert price(configuration(small, large), "", 10) == (None, "USD")
    assert price(configuration(small, large), "XL", 10) == (Decimal(5), "USD")
    assert price(configuration(small, large), "S", 250) == (Decimal(2), "USD")
    assert price(configuration(small, part("M", step(3))), "", 10) == (Decimal(3), "USD")
    assert price(configuration(part("S", step(36, unit="DZ"))), "", 10) == (None, "USD")
    assert price(configuration(part("S")), "", 10) == (None, "USD")


@pytest.mark.parametrize(
    ("scheme", "address", "ours"),
    [("0208", "0477472701", True), ("0208", "0203201340", False), ("0088", "5412345000013", True)],
)
def test_answer_for_another_buyer(scheme, address, ours):
    """SW+7: a response under our number that is for somebody else's electronic address proves nothing."""
    party = f"<cac:Party><cbc:EndpointID schemeID='{scheme}'>{address}</cbc:EndpointID></cac:Party>"
    given = response(lines=line(11, 5, 2, "5"), more=f"<cac:BuyerCustomerParty>{party}</cac:BuyerCustomerParty>")
    with ubl_supplier(envelope(given)) as (client, _wire):
        options = {**client.account.options, "buyer_endpoint": "0477472701", "buyer_scheme": "0208"}
        client = replace(client, account=replace(client.account, options=options))
        said, _seconds = timed(lambda: client.place(*client.render("SubmitOrder", etree.Element("a"))))
    if ours:
        assert said[0].code == "AP"
    else:
        assert (type(said).__name__, said.reason) == ("FateUnknownError", "other_message")


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_interim_answers(soap, interim):
    """SW+8: what a server says while it is still working is not its answer (RFC 9110 15.2)."""
    service = soap.client.Service(STANDARD)
    payload = service.render("Test", {"customerNumber": "C-1"})
    with serving(interim + http(HELLO)) as wire:
        endpoint = soap.client.Endpoint(wire.url, connect_timeout=1, read_timeout=2)
        assert service.call("Test", payload, endpoint).value == "Hello garage"


@pytest.mark.parametrize(
    ("head", "written"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n", lambda content: content),
        (
            b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\nConnection: keep-alive\r\n\r\n",
            lambda content: content + b"\n",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n",
            # the last chunk has no end
            lambda content: b"%x\r\n%s\r\n0\r\n" % (len(content), content),
        ),
    ],
)
def test_connection_that_stays_open(soap, head, written):
    """SW+8 SW+1: an answer that is there as a whole is one, though the server never says that it ends; half is none."""
    service = soap.client.Service(STANDARD)
    payload = service.render("Test", {"customerNumber": "C-1"})

    def answering(content):
        def answer(sock, stopped):
            sock.sendall(head + written(content))
            stopped.wait(30)

        return answer

    for content, expected in ((HELLO, "Hello garage"), (HELLO[:-20], "timeout")):
        with serving(answering(content)) as wire:
            endpoint = soap.client.Endpoint(wire.url, connect_timeout=0.5, read_timeout=0.5)
            said, seconds = timed(lambda endpoint=endpoint: service.call("Test", payload, endpoint))
        assert getattr(said, "value", None) == expected or said.reason == expected
        assert seconds < 3


SECRET = 'p&ss<1"Ünd\\w/o?rt'


@pytest.mark.parametrize(
    "write",
    [
        lambda text: quote(quote(text)),
        lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
        lambda text: json.dumps(json.dumps(text)),
        lambda text: json.dumps(text).replace("/", "\\/"),
        lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
        lambda text: "".join(f"\\x{ord(each):02x}" for each in text),
        lambda text: "".join(f"\\u{{{ord(each):x}}}" for each in text),
        lambda text: "".join(f"%u{ord(each):04x}" for each in text),
        lambda text: text.encode().hex(" "),
        lambda text: text.encode().hex(":").upper(),
        lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode("latin-1")),
        lambda text: text.encode("utf-16-le").hex(),
        lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"<Password>{text}</Password>".encode()).decode(),
        lambda text: base64.b64encode(f"1<Password>{text}</Password>".encode()).decode(),
        lambda text: base64.b64encode(f"12<Password>{text}</Password>".encode()).decode(),
        lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    ],
)
def test_more_writings_of_a_password_are_masked(soap, write):
    """SW+4: packed within something, escaped within an escape, dumped: nobody reads the password from an echo."""
    from html import escape

    for said in (write(SECRET), escape(write(SECRET))):
        shown = soap.masking.masked(f"login {said} refused", [SECRET])
        assert soap.masking.MASK in shown, said
        assert shown.startswith("login ")
        assert shown.endswith(" refused")
        packed = [each for each in shown.split() if each not in ("login", "refused")]
        assert len("".join(packed)) < len(said), "what is left of it tells nothing"


def test_masking_takes_no_time():
    """SW+8: texts that are made to be read slowly are not."""
    from odoo.addons.supplier_webservice_order.soap.masking import masked

    for text in (
        "\\" * 200_000,
        "a" + "\\" * 200_000,
        "%25" * 70_000,
        "&amp;" * 40_000,
        "=3" * 100_000,
        "0x" * 100_000,
        "70 " * 70_000,
    ):
        _shown, seconds = timed(lambda text=text: masked(text, [SECRET, "geheim", "a\\\\b"]))
        assert seconds < 10, (text[:6], seconds)
