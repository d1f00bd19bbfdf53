"""SW+5: suppliers that nobody wrote a connector for, by mapping: three shapes of WSDL, over real HTTP."""

import contextlib
import datetime
from decimal import Decimal

import pytest
from lxml import etree

from tools.settings import ADDONS_DIR

from .wire import http, serving

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


@pytest.fixture(scope="module", autouse=True)
def addons_importable():
    """Let this process import the addon the way Odoo does."""
    import odoo.addons

    paths = list(odoo.addons.__path__)
    if str(ADDONS_DIR) not in paths:
        odoo.addons.__path__ = [*paths, str(ADDONS_DIR)]


def wsdl(types, messages, operations, *, style="document", soap="http://schemas.xmlsoap.org/wsdl/soap/", header=""):
    """Return a WSDL of the namespace ``urn:x``."""
    message = "".join(f'<message name="{name}">{parts}</message>' for name, parts in messages.items())
    ports = "".join(
        f'<operation name="{name}"><input message="t:{name}In"/><output message="t:{name}Out"/></operation>'
        for name in operations
    )
    space = ' namespace="urn:x"' if style == "rpc" else ""
    bound = "".join(
        f'<operation name="{name}"><s:operation soapAction="urn:x/{name}"/><input>{header}'
        f'<s:body use="literal"{space}/></input><output><s:body use="literal"{space}/></output></operation>'
        for name in operations
    )
    return (
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:s="{soap}" xmlns:t="urn:x" targetNamespace="urn:x"><types>{types}</types>{message}'
        f'<portType name="P">{ports}</portType><binding name="B" type="t:P"><s:binding style="{style}" '
        f'transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding><service name="S"><port name="P" '
        'binding="t:B"><s:address location="https://x.example.com/"/></port></service></definitions>'
    ).encode()


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
#: as older Java and PHP servers have them: rpc, unqualified
RPC = wsdl(
    """<xs:schema targetNamespace="urn:x"><xs:complexType name="Item"><xs:sequence><xs:element name="code"
    type="xs:string"/><xs:element name="stock" type="xs:string"/><xs:element name="price" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:schema>""",
    {
        "stockIn": '<part name="customer" type="xs:string"/><part name="code" type="xs:string"/>'
        '<part name="quantity" type="xs:int"/>',
        "stockOut": '<part name="item" type="t:Item"/>',
    },
    ["stock"],
    style="rpc",
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


@contextlib.contextmanager
def supplier(document, operations, *answers, **values):
    """Serve answers; yields the client of a mapped connection and the server."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.connectors.mapped import MappedConnector, Mapping
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = MappedConnector(Mapping(operations, **values))
    service = Service(document, credentials=connector.credentials, raw=True)
    with serving(*answers) as wire:
        endpoint = Endpoint(wire.url, "body", "garage", "p&ss<1")
        yield SupplierClient(connector, service, endpoint, Account("C-7", "parts@garage.example.com")), wire


def envelope(content, space="http://schemas.xmlsoap.org/soap/envelope/"):
    text = f"<e:Envelope xmlns:e='{space}'><e:Body>{content}</e:Body></e:Envelope>"
    return http(text.encode(), content_type="application/soap+xml" if space == SOAP_12 else "text/xml")


def rule(path, value="", constant="", **values):
    from odoo.addons.supplier_webservice_order.connectors.mapped import Rule

    return Rule(path, value, constant, **values)


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
    from odoo.addons.supplier_webservice_order.connectors.base import Order, Part

    parts = (Part(11, "A-1", "Bumper", Decimal("2.50"), "C62"), Part(12, "B-2", "Foil", Decimal(3), "MTR"))
    return Order("P00012-ab", "P00012", "EUR", parts, datetime.date(2026, 12, 24))


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


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<customer>C</customer><code>A-1</code><quantity>2</quantity>", ""),
        ("<customer>C</customer><code>A-1</code><quantity>two</quantity>", "two"),
        ("<customer>C</customer><quantity>2</quantity>", "quantity"),
        ("<customer>C</customer><code>A-1</code><quantity>2</quantity><color>red</color>", "color"),
        ("<code>A-1</code><customer>C</customer><quantity>2</quantity>", "code"),
    ],
)
def test_rpc_messages_are_checked(content, problem):
    """SW+5: the preview of an rpc message is checked part by part, as WSDL 1.1 (3.5) puts them into their element."""
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    payload = (
        f"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><x:stock xmlns:x='urn:x'>{content}"
    )
    payload += "</x:stock></e:Body></e:Envelope>"
    problems = Service(RPC).problems("stock", payload.encode(), Endpoint("http://supplier.example.com"))
    assert bool(problems) == bool(problem)
    assert problem in "".join(problems)


def test_rpc_parts_of_types_are_checked():
    """SW+5: a part of a rpc message may be of a type of the supplier's own schema, or an element of it."""
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    document = wsdl(
        """<xs:schema targetNamespace="urn:x"><xs:complexType name="Item"><xs:sequence><xs:element name="code"
        type="xs:string"/></xs:sequence></xs:complexType><xs:element name="Note" type="xs:int"/></xs:schema>""",
        {"placeIn": '<part name="item" type="t:Item"/><part name="n" element="t:Note"/>', "placeOut": ""},
        ["place"],
        style="rpc",
    )
    found = []
    for item, note in (("<code>A</code>", "1"), ("<kode>A</kode>", "1"), ("<code>A</code>", "one")):
        payload = (
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><x:place xmlns:x='urn:x'>"
            f"<item>{item}</item><x:Note>{note}</x:Note></x:place></e:Body></e:Envelope>"
        )
        found.append(Service(document).problems("place", payload.encode(), Endpoint("http://supplier.example.com")))
    assert not found[0]
    assert "kode" in found[1][0]
    assert "one" in found[2][0]


#: attributes from a group, a choice inside of nested groups, and lines that are a substitution group of extended types
GROUPS = wsdl(
    """
    <xs:schema targetNamespace="urn:x" xmlns:t="urn:x" elementFormDefault="qualified"><xs:attributeGroup name="Meta">
    <xs:attribute name="lang" type="xs:language" default="de"/>
    <xs:attribute name="msgId" type="xs:token" use="required"/></xs:attributeGroup><xs:group name="WhenOrAsap">
    <xs:choice><xs:element name="DeliverOn" type="xs:date"/><xs:element name="Asap" type="xs:boolean"/>
    </xs:choice></xs:group><xs:group name="Head"><xs:sequence><xs:element name="PoNo" type="xs:string"/>
    <xs:group ref="t:WhenOrAsap" minOccurs="0"/></xs:sequence></xs:group><xs:complexType name="Line">
    <xs:sequence><xs:element name="Qty" type="xs:decimal"/></xs:sequence>
    <xs:attribute name="pos" type="xs:int" use="required"/></xs:complexType><xs:complexType name="ArticleLine">
    <xs:complexContent><xs:extension base="t:Line"><xs:sequence><xs:element name="ArtNo" type="xs:string"/>
    </xs:sequence></xs:extension></xs:complexContent></xs:complexType><xs:complexType name="TextLine">
    <xs:complexContent><xs:extension base="t:Line"><xs:sequence><xs:element name="Text" type="xs:string"/>
    </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    <xs:element name="AnyLine" type="t:Line" abstract="true"/>
    <xs:element name="ArticleLine" type="t:ArticleLine" substitutionGroup="t:AnyLine"/>
    <xs:element name="TextLine" type="t:TextLine" substitutionGroup="t:AnyLine"/><xs:element name="Place">
    <xs:complexType><xs:sequence><xs:group ref="t:Head"/><xs:element name="Lines"><xs:complexType><xs:sequence>
    <xs:element ref="t:AnyLine" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence><xs:attributeGroup ref="t:Meta"/></xs:complexType></xs:element><xs:element name="PlaceReply">
    <xs:complexType><xs:choice><xs:element name="Accepted"><xs:complexType><xs:sequence>
    <xs:element name="OrderNo" type="xs:string"/><xs:element name="Line" maxOccurs="unbounded"><xs:complexType>
    <xs:attribute name="pos" type="xs:int"/><xs:attribute name="state" type="xs:string"/>
    <xs:attribute name="qty" type="xs:decimal"/><xs:attribute name="price" type="xs:decimal"/></xs:complexType>
    </xs:element></xs:sequence></xs:complexType></xs:element><xs:element name="Declined"><xs:complexType>
    <xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="reason" type="xs:int"/></xs:extension>
    </xs:simpleContent></xs:complexType></xs:element></xs:choice><xs:attribute name="msgId" type="xs:token"/>
    </xs:complexType></xs:element></xs:schema>""",
    {"PlaceIn": '<part name="p" element="t:Place"/>', "PlaceOut": '<part name="p" element="t:PlaceReply"/>'},
    ["Place"],
)


def test_substitution_groups(order):
    """SW+5: what may stand in the place of an abstract element can be filled in, and fits the supplier's schema."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation
    from odoo.addons.supplier_webservice_order.soap.client import Service

    paths = [node.path for node in Service(GROUPS).tree("Place")]
    assert [path for path in paths if path.startswith("Lines/") and "/" not in path[6:]] == [
        "Lines/ArticleLine",
        "Lines/TextLine",
    ]
    assert {"@lang", "@msgId", "PoNo", "DeliverOn", "Asap", "Lines/ArticleLine/@pos", "Lines/TextLine/Text"} <= set(
        paths
    )
    operation = Operation(
        "Place",
        (
            rule("@msgId", "message_id"),
            rule("PoNo", "reference"),
            rule("DeliverOn", "wanted_on", type_name="date"),
            rule("Lines/ArticleLine/@pos", "part.position", type_name="int"),
            rule("Lines/ArticleLine/Qty", "part.quantity", type_name="decimal"),
            rule("Lines/ArticleLine/ArtNo", "part.number"),
        ),
        "Lines/ArticleLine",
        (
            rule("@msgId", "message_id"),
            rule("Declined", "code", table=(("RE", "*"),)),
            rule("Accepted/OrderNo", "reference"),
            rule("Accepted/Line/@pos", "line.position"),
            rule("Accepted/Line/@state", "line.status", table=(("confirmed", "C"), ("rejected", "*"))),
            rule("Accepted/Line/@qty", "line.quantity"),
            rule("Accepted/Line/@price", "line.price"),
        ),
        "Accepted/Line",
        "AP",
    )
    rows = "<Line pos='11' state='C' qty='2.5' price='10'/><Line pos='12' state='X' qty='0' price='1'/>"
    replies = (
        envelope(f"<PlaceReply xmlns='urn:x' msgId='P00012-ab'>{content}</PlaceReply>")
        for content in (
            f"<Accepted><OrderNo>77</OrderNo>{rows}</Accepted>",
            "<Declined reason='4'>Credit</Declined>",
        )
    )
    with supplier(GROUPS, {"order": operation}, *replies) as (client, _wire):
        name, payload = client.order_message(order)
        assert not client.service.problems(name, payload, client.endpoint)
        accepted, _reply = client.place(name, payload)
        declined, _reply = client.place(name, payload)
    written = [(row.get("pos"), row[1].text) for row in etree.fromstring(payload).iter("{urn:x}ArticleLine")]
    assert written == [("11", "A-1"), ("12", "B-2")]
    assert (accepted.code, accepted.reference) == ("AP", "77")
    assert [(line.position, line.status) for line in accepted.lines] == [(11, "confirmed"), (12, "rejected")]
    assert (declined.code, declined.lines) == ("RE", ())


#: as a German wholesaler's merchandise management writes it: umlauts in names, texts in place of numbers and dates
GERMAN = wsdl(
    """<xs:schema targetNamespace="urn:x" elementFormDefault="qualified"><xs:complexType name="Kopf"><xs:sequence>
    <xs:element name="Auftraggeber" type="xs:string"/><xs:element name="BestellNr" type="xs:string"/><xs:element
    name="Wunschtermin" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType><xs:complexType name="Pos">
    <xs:sequence><xs:element name="PosNr" type="xs:string"/><xs:element name="Artikelnummer" type="xs:string"/>
    <xs:element name="Stückzahl" type="xs:string"/><xs:element name="ME" type="xs:string"/><xs:element name="Preis"
    type="xs:string" minOccurs="0"/><xs:element name="Status" type="xs:string" minOccurs="0"/></xs:sequence>
    </xs:complexType><xs:element name="Auftragsanlage"><xs:complexType><xs:sequence><xs:element name="Kopf"
    type="t:Kopf"/><xs:element name="Positionen"><xs:complexType><xs:sequence><xs:element name="Position"
    type="t:Pos" maxOccurs="999"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
    </xs:element><xs:element name="AuftragsanlageAntwort"><xs:complexType><xs:sequence><xs:element name="Rückmeldung"
    ><xs:complexType><xs:sequence><xs:element name="Code" type="xs:string"/><xs:element name="BestellNr"
    type="xs:string"/><xs:element name="BelegNr" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Position" type="t:Pos" minOccurs="0" maxOccurs="999"/></xs:sequence></xs:complexType>
    </xs:element></xs:schema>""",
    {
        "AuftragsanlageIn": '<part name="p" element="t:Auftragsanlage"/>',
        "AuftragsanlageOut": '<part name="p" element="t:AuftragsanlageAntwort"/>',
    },
    ["Auftragsanlage"],
)


def test_german_wholesaler(order):
    """SW+5: umlauts in names, decimal commas with points between thousands, leading zeros, days as 24.12.2026."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    operation = Operation(
        "Auftragsanlage",
        (
            rule("Kopf/Auftraggeber", "customer_number"),
            rule("Kopf/BestellNr", "message_id"),
            rule("Kopf/Wunschtermin", "wanted_on", date_format="%d.%m.%Y"),
            rule("Positionen/Position/PosNr", "part.position"),
            rule("Positionen/Position/Artikelnummer", "part.number"),
            rule("Positionen/Position/Stückzahl", "part.quantity"),
            rule("Positionen/Position/ME", "part.unit", table=(("C62", "ST"), ("MTR", "M"))),
        ),
        "Positionen/Position",
        (
            rule("Rückmeldung/Code", "code", table=(("AP", "00"), ("CA", "01"), ("RE", "99"))),
            rule("Rückmeldung/BestellNr", "message_id"),
            rule("Rückmeldung/BelegNr", "reference"),
            rule("Position/PosNr", "line.position"),
            rule("Position/Stückzahl", "line.quantity"),
            rule("Position/Preis", "line.price"),
            rule("Position/Status", "line.status", table=(("confirmed", "OK"), ("backordered", "RÜCKSTAND"))),
        ),
        "Position",
    )
    rows = "".join(
        f"<Position><PosNr>{number}</PosNr><Artikelnummer>x</Artikelnummer><Stückzahl>{quantity}</Stückzahl><ME>ST</ME>"
        f"<Preis>{price}</Preis><Status>{state}</Status></Position>"
        for number, quantity, price, state in (
            ("00011", "2,5", "1.234,50", "OK"),
            ("00012", "3,0", "0,05", "RÜCKSTAND"),
        )
    )
    head = "<Rückmeldung><Code>01</Code><BestellNr>P00012-ab</BestellNr><BelegNr>AU-1</BelegNr></Rückmeldung>"
    reply = envelope(f"<AuftragsanlageAntwort xmlns='urn:x'>{head}{rows}</AuftragsanlageAntwort>")
    with supplier(GERMAN, {"order": operation}, reply, decimal_comma=True) as (client, _wire):
        name, payload = client.order_message(order)
        assert not client.service.problems(name, payload, client.endpoint)
        answer, _reply = client.place(name, payload)
    sent = etree.fromstring(payload)
    assert sent.findtext(".//{urn:x}Wunschtermin") == "24.12.2026"
    assert [each.text for each in sent.iter("{urn:x}Stückzahl")] == ["2,5", "3"]
    assert [each.text for each in sent.iter("{urn:x}ME")] == ["ST", "M"]
    assert (answer.code, answer.reference) == ("CA", "AU-1")
    assert [(line.position, line.quantity, line.price, line.status) for line in answer.lines] == [
        (11, Decimal("2.5"), Decimal("1234.50"), "confirmed"),
        (12, Decimal("3.0"), Decimal("0.05"), "backordered"),
    ]
