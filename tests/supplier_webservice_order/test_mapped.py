"""SW+5: suppliers that nobody wrote a connector for, by mapping: three shapes of WSDL, over real HTTP."""

import datetime
from decimal import Decimal

import pytest
from lxml import etree

from .mapped import RPC, SOAP_12, envelope, rule, supplier, two_parts, wsdl

#: as ASP.NET writes them: wrapped, qualified, an ArrayOf, credentials in a SOAP header of its own
DOTNET = wsdl(
    """<xs:schema targetNamespace="urn:x" elementFormDefault="qualified"><xs:element name="AuthHeader"><xs:complexType>
    <xs:sequence><xs:element name="User" type="xs:string" minOccurs="0"/><xs:element name="Password" type="xs:string"
    minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="CreateOrder"><xs:complexType><xs:sequence><xs:element name="order"
type="t:OrderType"/></xs:sequence>
    </xs:complexType></xs:element><xs:complexType name="OrderType"><xs:sequence><xs:element name="PoNumber"
    type="xs:string"/><xs:element name="DeliverOn" type="xs:string" minOccurs="0"/><xs:element name="Priority"
    type="xs:int"/><xs:element name="Rows" type="t:ArrayOfRow"/></xs:sequence><xs:attribute name="account"
    type="xs:string" use="required"/></xs:complexType><xs:complexType name="ArrayOfRow"><xs:sequence><xs:element
    name="Row" minOccurs="0" maxOccurs="unbounded" nillable="true" type="t:Row"/></xs:sequence></xs:complexType>
    <xs:complexType name="Row"><xs:sequence><xs:element name="Sku" type="xs:string"/><xs:element name="Qty"
    type="t:Qty"/></xs:sequence><xs:attribute name="no" type="xs:int"/></xs:complexType><xs:complexType name="Qty">
    <xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" type="xs:string"/></xs:extension>
    </xs:simpleContent></xs:complexType><xs:element name="CreateOrderResponse"><xs:complexType><xs:sequence><xs:element
    name="CreateOrderResult" type="t:Result"/></xs:sequence></xs:complexType></xs:element><xs:complexType
    name="Result"><xs:sequence><xs:element name="Status" type="xs:string"/><xs:element name="PoNumber"
    type="xs:string"/><xs:element name="Confirmation" type="xs:string" minOccurs="0"/><xs:element name="Rows"
    minOccurs="0"><xs:complexType><xs:sequence><xs:element name="Row"
maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="State" type="xs:string"/><xs:element name="Qty" type="xs:string"/><xs:element name="Price"
    type="xs:string"/><xs:element name="Due" type="xs:string" minOccurs="0"/></xs:sequence><xs:attribute name="no"
    type="xs:int"/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence>
    </xs:complexType></xs:schema>""",
    {
        "CreateOrderIn": '<part name="parameters" element="t:CreateOrder"/>',
        "CreateOrderOut": '<part name="parameters" element="t:CreateOrderResponse"/>',
        "CreateOrderHeader": '<part name="AuthHeader" element="t:AuthHeader"/>',
    },
    ["CreateOrder"],
    header='<s:header message="t:CreateOrderHeader" part="AuthHeader" use="literal"/>',
)
#: SOAP 1.2, unbounded children in the wrapper itself
TWELVE = wsdl(
    """<xs:schema targetNamespace="urn:x" elementFormDefault="unqualified"><xs:element name="Ask"><xs:complexType>
    <xs:sequence><xs:element name="key" type="xs:string"/><xs:element name="pass" type="xs:string"/><xs:element
name="ref"
    type="xs:string"/></xs:sequence></xs:complexType></xs:element><xs:element name="AskReply"><xs:complexType>
    <xs:sequence><xs:element name="found" type="xs:string"/><xs:element name="ref" type="xs:string" minOccurs="0"/>
    <xs:element name="state" type="xs:string"
minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>""",
    {"AskIn": '<part name="p" element="t:Ask"/>', "AskOut": '<part name="p" element="t:AskReply"/>'},
    ["Ask"],
    soap="http://schemas.xmlsoap.org/wsdl/soap12/",
)


@pytest.fixture
def dotnet():
    """The mapping of the first supplier."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    states = (("confirmed", "OK"), ("backordered", "LATER"), ("rejected", "*"))
    below = "CreateOrderResult"
    return {
        "order": Operation(
            "CreateOrder",
            (
                rule("Header:AuthHeader/User", "username"),
                rule("Header:AuthHeader/Password", "password"),
                rule("order/@account", "customer_number"),
                rule("order/PoNumber", "message_id"),
                rule("order/DeliverOn", "wanted_on", date_format="%d.%m.%Y"),
                rule("order/Priority", constant="2", type_name="int"),
                rule("order/Rows/Row/@no", "part.position", type_name="int"),
                rule("order/Rows/Row/Sku", "part.number"),
                rule("order/Rows/Row/Qty", "part.quantity", type_name="decimal"),
                rule("order/Rows/Row/Qty/@unit", "part.unit", table=(("C62", "PCS"), ("*", "???"))),
            ),
            "order/Rows/Row",
            (
                rule(f"{below}/Status", "code", table=(("AP", "0"), ("AB", "1"), ("RE", "*"))),
                rule(f"{below}/PoNumber", "message_id"),
                rule(f"{below}/Confirmation", "reference"),
                rule(f"{below}/Rows/Row/@no", "line.position"),
                rule(f"{below}/Rows/Row/State", "line.status", table=states),
                rule(f"{below}/Rows/Row/Qty", "line.quantity"),
                rule(f"{below}/Rows/Row/Price", "line.price"),
                rule(f"{below}/Rows/Row/Due", "line.available_on", date_format="%d.%m.%Y"),
            ),
            f"{below}/Rows/Row",
        )
    }


@pytest.fixture
def order():
    return two_parts()


def test_order(dotnet, order):
    """SW+5: header, attributes, texts with attributes, rows, dates and tables; the answer read back."""
    rows = (
        '<Row no="11"><State>OK</State><Qty>2,5</Qty><Price>1.234,50</Price></Row>'
        '<Row no="12"><State>LATER</State><Qty>3</Qty><Price>5</Price><Due>09.12.2026</Due></Row>'
    )
    result = f"<Status>0</Status><PoNumber>P00012-ab</PoNumber><Confirmation>SO-1</Confirmation><Rows>{rows}</Rows>"
    content = (
        f"<CreateOrderResponse xmlns='urn:x'><CreateOrderResult>{result}</CreateOrderResult></CreateOrderResponse>"
    )
    with supplier(DOTNET, dotnet, envelope(content), decimal_comma=True) as (client, wire):
        operation, payload = client.order_message(order)
        answer, reply = client.place(operation, payload)
    sent = etree.fromstring(wire.requests[0].partition(b"\r\n\r\n")[2])
    assert [each.text for each in sent.find("{*}Header/{*}AuthHeader")] == ["garage", "p&ss<1"]
    assert b"garage" not in payload
    assert "p&amp;ss" not in reply.request
    document = sent.find("{*}Body/{urn:x}CreateOrder/{urn:x}order")
    assert document.get("account") == "C-7"
    assert [each.text for each in document[:3]] == ["P00012-ab", "24.12.2026", "2"]
    written = [(row.get("no"), row[0].text, row[1].text, row[1].get("unit")) for row in document.iter("{urn:x}Row")]
    assert written == [("11", "A-1", "2.5", "PCS"), ("12", "B-2", "3", "???")]
    assert (answer.code, answer.message_id, answer.reference) == ("AP", "P00012-ab", "SO-1")
    assert [(line.position, line.status, line.quantity, line.price) for line in answer.lines] == [
        (11, "confirmed", Decimal("2.5"), Decimal("1234.50")),
        (12, "backordered", Decimal(3), Decimal(5)),
    ]
    assert answer.lines[1].available_on == datetime.date(2026, 12, 9)


def test_what_no_rule_knows_is_no_answer(dotnet, order):
    """SW+7: an unknown state, a missing one and a number that is none leave the fate of the order unknown."""
    from dataclasses import replace

    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    strict = replace(dotnet["order"], answer=(rule("CreateOrderResult/Status", "code", table=(("AP", "0"),)),))
    for operation, result in (
        (strict, "<Status>7</Status><PoNumber>x</PoNumber>"),
        (strict, "<PoNumber>x</PoNumber>"),
        (
            dotnet["order"],
            "<Status>0</Status><PoNumber>x</PoNumber><Rows><Row no='1'><State>OK</State><Qty>many</Qty></Row></Rows>",
        ),
    ):
        content = (
            f"<CreateOrderResponse xmlns='urn:x'><CreateOrderResult>{result}</CreateOrderResult></CreateOrderResponse>"
        )
        with supplier(DOTNET, {"order": operation}, envelope(content)) as (client, _w), pytest.raises(FateUnknownError):
            client.place(*client.order_message(order))


def test_silence_proves_nothing(dotnet):
    """SW+7 SW+1: an asterisk stands for values, not for an element that is missing; an error page has none of them.

    With ``RE = *`` an answer without a state let the order go, with ``no = *`` it was sent a second time.
    """
    from dataclasses import replace

    from odoo.addons.supplier_webservice_order.connectors.mapped import MappedConnector, Mapping

    known = rule("CreateOrderResult/Known", "known", table=(("yes", "Y"), ("no", "*")))
    status = replace(dotnet["order"], answer=(known, *dotnet["order"].answer))
    lenient = replace(dotnet["order"], code="AB")
    unnamed = replace(lenient, answer=dotnet["order"].answer[:1])

    def read(operation, content):
        root = etree.fromstring(f"<a><CreateOrderResult>{content}</CreateOrderResult></a>")
        return MappedConnector(Mapping({"order": operation})).order_answer(root)

    named = "<PoNumber>x</PoNumber>"
    assert read(status, f"<Known>N</Known>{named}").known is False
    assert read(dotnet["order"], f"<Status>9</Status>{named}").code == "RE"
    assert read(dotnet["order"], "<Status>9</Status>").code == "RE", "a refusal need not name what it refuses"
    assert read(lenient, named).code == "AB"
    for operation, content in (
        (status, named),
        (status, f"<Known/>{named}"),
        (dotnet["order"], named),
        (dotnet["order"], "<Status>0</Status>"),
        (lenient, "<Error>Sorry</Error>"),
        (unnamed, "<Error>Sorry</Error>"),
    ):
        with pytest.raises(ValueError, match=r"state|message|elements"):
            read(operation, content)


@pytest.mark.parametrize(
    ("text", "comma", "kind", "expected"),
    [
        ("1,234.50", False, "string", "1234.50"),
        ("1'234.50", False, "string", "1234.50"),
        ("12.5", False, "string", "12.5"),
        ("1.234,50", True, "string", "1234.50"),
        ("1 234,50", True, "string", "1234.50"),
        ("12.50", True, "decimal", "12.50"),
        ("12.50", True, "string", None),
        ("12,50", False, "string", None),
        ("1,23,4", False, "string", None),
        ("12 50", False, "string", None),
        ("1_000", False, "string", None),
        ("", False, "string", None),
    ],
)
def test_numbers(text, comma, kind, expected):
    """SW+7: thousands separators are read where they are none but that; 12.50 was 1250 with a decimal comma.

    A decimal of the schema has a point (XML Schema part 2, 3.2.3), whatever the supplier's texts have.
    """
    from odoo.addons.supplier_webservice_order.connectors.texts import read_number

    if expected is None:
        with pytest.raises((ValueError, ArithmeticError)):
            read_number(text, decimal_comma=comma, type_name=kind)
    else:
        assert read_number(text, decimal_comma=comma, type_name=kind) == Decimal(expected)


def test_message_that_does_not_fit(dotnet, order):
    """SW+5: what the schema demands and no rule fills, or what does not fit, is refused before anything is sent."""
    from dataclasses import replace

    from odoo.addons.supplier_webservice_order.soap.errors import RefusedError

    operation = dotnet["order"]
    without = replace(operation, rules=tuple(each for each in operation.rules if each.path != "order/PoNumber"))
    halves = replace(
        operation, rules=(*operation.rules[:-2], rule("order/Rows/Row/Qty", "part.quantity", type_name="int"))
    )
    for broken in (without, halves):
        with supplier(DOTNET, {"order": broken}) as (client, wire), pytest.raises(RefusedError):
            client.order_message(order)
        assert not wire.requests


def test_one_question_for_each_part():
    """SW+5: an rpc service that answers about one part at a time is asked once for each."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    offer = Operation(
        "stock",
        (
            rule("customer", "customer_number"),
            rule("code", "part.number"),
            rule("quantity", "part.quantity", type_name="int"),
        ),
        answer=(rule("item/stock", "line.quantity"), rule("item/price", "line.price")),
    )
    item = (
        "<r:stockResponse xmlns:r='urn:x'><item><code>A</code><stock>{}</stock><price>9.5</price></item>"
        "</r:stockResponse>"
    )
    parts = [("A", Decimal(1)), ("B", Decimal(2))]
    with supplier(RPC, {"offer": offer}, envelope(item.format(4)), envelope(item.format(0))) as (client, wire):
        messages = client.connector.offer_messages(client.account, parts, "EUR")
        values = [client.send(*client.render(*message)).value for message in messages]
        offers = client.connector.read_offers(parts, values)
    bodies = [etree.fromstring(each.partition(b"\r\n\r\n")[2]).find("{*}Body")[0] for each in wire.requests]
    assert [[child.text for child in body] for body in bodies] == [["C-7", "A", "1"], ["C-7", "B", "2"]]
    assert [(each.number, each.available, each.price) for each in offers] == [
        ("A", Decimal(4), Decimal("9.5")),
        ("B", Decimal(0), Decimal("9.5")),
    ]


def test_status_and_test():
    """SW+5: a status question in SOAP 1.2, credentials in the body, an unknown order by its own word."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    status = Operation(
        "Ask",
        (rule("key", "username"), rule("pass", "password"), rule("ref", "message_id")),
        answer=(
            rule("found", "known", table=(("yes", "Y"), ("no", "N"))),
            rule("ref", "message_id"),
            rule("state", "code", table=(("AB", "new"), ("AP", "ok"))),
        ),
    )

    def said(content):
        return envelope(f"<x:AskReply xmlns:x='urn:x'>{content}</x:AskReply>", SOAP_12)

    answers = [said("<found>N</found>"), said("<found>Y</found><ref>id-1</ref><state>ok</state>"), said("<found/>")]
    with supplier(TWELVE, {"status": status}, *answers) as (client, wire):
        assert client.test()[0] == "OK"
        answer, _reply = client.status("id-1")
        assert (answer.known, answer.code, answer.message_id) == (True, "AP", "id-1")
        from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

        with pytest.raises(FateUnknownError):
            client.status("id-1")
    assert b"application/soap+xml" in wire.requests[0]
    body = etree.fromstring(wire.requests[1].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]
    assert [child.text for child in body] == ["garage", "p&ss<1", "id-1"]


def test_tree():
    """SW+5: the elements that a person fills in, in the schema's order, with what is mandatory and what repeats."""
    from odoo.addons.supplier_webservice_order.soap.client import Service

    nodes = Service(DOTNET).tree("CreateOrder")
    shown = [(node.path, node.type_name, node.required, node.repeats, node.text) for node in nodes]
    assert ("Header:AuthHeader/User", "string", False, False, True) in shown
    assert ("order/@account", "string", True, False, True) in shown
    assert ("order/Rows/Row/Qty", "decimal", True, False, True) in shown
    assert ("order/Rows/Row/Qty/@unit", "string", False, False, True) in shown
    assert [path for path, _type, _required, repeats, _text in shown if repeats] == ["order/Rows/Row"]
    assert "CreateOrderResult/Rows/Row/@no" in [node.path for node in Service(DOTNET).tree("CreateOrder", answer=True)]
    assert [node.path for node in Service(RPC).tree("stock")] == ["customer", "code", "quantity"]
