"""SW+5: services of the rpc/encoded kind (SOAP 1.1, section 5), as PHP and Axis have them, by mapping."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from lxml import etree

from .mapped import envelope, rule, supplier, two_parts
from .wire import http, timed

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
DRAFT = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSDL = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:enc="{ENCODING}" xmlns:w="http://schemas.xmlsoap.org/wsdl/"
  xmlns:t="urn:parts" targetNamespace="urn:parts">
<types><xsd:schema targetNamespace="urn:parts"><xsd:import namespace="{ENCODING}" schemaLocation="{ENCODING}"/>
<xsd:complexType name="Line"><xsd:all><xsd:element name="pos" type="xsd:int"/><xsd:element name="sku"
  type="enc:string"/><xsd:element name="qty" type="xsd:float"/></xsd:all></xsd:complexType>
<xsd:complexType name="Lines"><xsd:complexContent><xsd:restriction base="enc:Array"><xsd:attribute ref="enc:arrayType"
  w:arrayType="t:Line[]"/></xsd:restriction></xsd:complexContent></xsd:complexType>
<xsd:complexType name="Order"><xsd:all><xsd:element name="no" type="xsd:string"/><xsd:element name="lines"
  type="t:Lines"/></xsd:all><xsd:attributeGroup ref="enc:commonAttributes"/></xsd:complexType>
<xsd:complexType name="Confirmed"><xsd:all><xsd:element name="pos" type="xsd:int"/><xsd:element name="state"
  type="xsd:string"/><xsd:element name="qty" type="xsd:float"/><xsd:element name="price"
  type="xsd:float"/></xsd:all></xsd:complexType>
<xsd:complexType name="ConfirmedLines"><xsd:complexContent><xsd:restriction base="enc:Array"><xsd:sequence><xsd:element
  name="item" type="t:Confirmed" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:restriction>
  </xsd:complexContent></xsd:complexType>
<xsd:complexType name="Answer"><xsd:all><xsd:element name="no" type="xsd:string"/><xsd:element name="state"
  type="xsd:string"/><xsd:element name="lines" type="t:ConfirmedLines"/></xsd:all></xsd:complexType>
</xsd:schema></types>
<message name="placeIn"><part name="user" type="xsd:string"/><part name="order" type="t:Order"/></message>
<message name="placeOut"><part name="return" type="t:Answer"/></message>
<portType name="P"><operation name="place"><input message="t:placeIn"/><output
  message="t:placeOut"/></operation></portType>
<binding name="B" type="t:P"><s:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/><operation
  name="place"><s:operation soapAction="urn:parts#place"/><input><s:body use="encoded" namespace="urn:parts"
  encodingStyle="{ENCODING}"/></input><output><s:body use="encoded" namespace="urn:parts"
  encodingStyle="{ENCODING}"/></output></operation></binding>
<service name="S"><port name="P" binding="t:B"><s:address location="https://parts.example.com/"/></port></service>
</definitions>""".encode()


@pytest.fixture
def operations():
    """The mapping of the supplier above."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    lines, answered = "order/lines/item", "return/lines/item"
    return {
        "order": Operation(
            "place",
            (
                rule("user", "username"),
                rule("order/no", "message_id"),
                rule(f"{lines}/pos", "part.position", type_name="int"),
                rule(f"{lines}/sku", "part.number"),
                rule(f"{lines}/qty", "part.quantity", type_name="float"),
            ),
            lines=lines,
            answer=(
                rule("return/no", "message_id"),
                rule("return/state", "code", table=(("AP", "CONFIRMED"),)),
                rule(f"{answered}/pos", "line.position"),
                rule(f"{answered}/state", "line.status", table=(("confirmed", "OK"),)),
                rule(f"{answered}/qty", "line.quantity"),
                rule(f"{answered}/price", "line.price"),
            ),
            answer_lines=answered,
        )
    }


def item(position, quantity, more=""):
    return (
        f'<item xsi:type="n:Confirmed" {more}><pos xsi:type="xsd:int">{position}</pos><state xsi:type="xsd:string">OK'
        f'</state><qty xsi:type="xsd:float">{quantity}</qty><price xsi:type="xsd:float">5.25</price></item>'
    )


def answered(content, more=""):
    names = 'xmlns:n="urn:parts" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return envelope(f"<n:placeResponse {names}>{content}</n:placeResponse>{more}")


HEAD = '<no xsi:type="xsd:string">P00012-ab</no><state xsi:type="xsd:string">CONFIRMED</state>'
#: as PHP's SoapServer writes it, and as Axis 1.4 does: values beside the answer, referred to by their id
PHP = answered(f'<return xsi:type="n:Answer">{HEAD}<lines>{item(11, 2.5)}{item(12, 3)}</lines></return>')
AXIS = answered(
    '<return href="#id0"/>',
    '<multiRef xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="id0" xsi:type="n:Answer">'
    f'{HEAD}<lines><item href="#id1"/><item href="#id2"/></lines></multiRef>'
    + "".join(
        item(position, quantity, f'id="{name}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
        .replace("<item", "<multiRef")
        .replace("</item", "</multiRef")
        for name, position, quantity in (("id1", 11, 2.5), ("id2", 12, 3))
    ),
)


@pytest.mark.parametrize("answer", [PHP, AXIS], ids=["PHP", "Axis"])
def test_order(operations, answer):
    """SW+5: a WSDL that imports the encoding's schema is usable as it is; arrays are written and read item by item."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.wsdl", WSDL)
    for document in (WSDL, packed.getvalue()):
        with supplier(document, operations, answer) as (client, wire):
            tree = [(node.path, node.repeats) for node in client.service.tree("place")]
            operation, payload = client.order_message(two_parts())
            assert client.service.problems(operation, payload, client.endpoint) == []
            found, _reply = client.place(operation, payload)
        assert ("order/lines/item", True) in tree
        assert ("order/lines/item/sku", False) in tree
        rows = (
            "<item><pos>11</pos><sku>A-1</sku><qty>2.5</qty></item><item><pos>12</pos><sku>B-2</sku><qty>3</qty></item>"
        )
        assert f"<lines>{rows}</lines>".encode() in wire.requests[0]
        assert (found.code, found.message_id) == ("AP", "P00012-ab")
        assert [(line.position, line.quantity, line.price) for line in found.lines] == [
            (11, Decimal("2.5"), Decimal("5.25")),
            (12, Decimal(3), Decimal("5.25")),
        ]


#: as WCF writes it: the binding that wants WS-Addressing stands before the basic one
WCF = WSDL.replace(
    b'<binding name="B"',
    b"""<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" wsu:Id="WSHttpBinding_IOrders_policy"
    xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><wsp:ExactlyOne>
    <wsp:All><wsaw:UsingAddressing xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl"/></wsp:All></wsp:ExactlyOne>
    </wsp:Policy><binding name="WSHttpBinding_IOrders" type="t:P" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/">
    <wsp:PolicyReference xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" URI="#WSHttpBinding_IOrders_policy"/>
    <s12:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/><operation name="place">
    <s12:operation soapAction="urn:parts#place"/><input><s12:body use="literal" namespace="urn:parts"/></input><output>
    <s12:body use="literal" namespace="urn:parts"/></output></operation></binding><binding name="B\"""",
)


def test_binding_without_addressing(operations):
    """SW+5: of two bindings the one is used that takes messages as ours are, whichever stands first in the WSDL."""
    optional = WCF.replace(b"<wsaw:UsingAddressing ", b"<wsaw:UsingAddressing wsp:Optional='true' ")
    # WCF names the actions in every WSDL; that alone asks for no headers
    named = WCF.replace(
        b"<input message", b'<input w:Action="urn:x" xmlns:w="http://www.w3.org/2006/05/addressing/wsdl" message'
    )
    for document, kind in ((WCF, b"text/xml"), (named, b"text/xml"), (optional, b"application/soap+xml")):
        with supplier(document, operations, PHP) as (client, wire):
            timed(lambda client=client: client.place(*client.order_message(two_parts())))
        assert b"content-type: " + kind in wire.requests[0].lower()
        assert b"Header" not in wire.requests[0]


@pytest.mark.parametrize(
    ("asserted", "space", "anonymous"),
    [
        (
            '<a:UsingAddressing xmlns:a="http://www.w3.org/2006/05/addressing/wsdl"/>',
            "http://www.w3.org/2005/08/addressing",
            "http://www.w3.org/2005/08/addressing/anonymous",
        ),
        (
            '<a:Addressing xmlns:a="http://www.w3.org/2007/05/addressing/metadata"><p:Policy/></a:Addressing>',
            "http://www.w3.org/2005/08/addressing",
            "http://www.w3.org/2005/08/addressing/anonymous",
        ),
        (
            '<a:UsingAddressing xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing/policy"/>',
            "http://schemas.xmlsoap.org/ws/2004/08/addressing",
            "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
        ),
    ],
    ids=["wsaw", "wsam", "draft"],
)
def test_binding_with_addressing(operations, asserted, space, anonymous):
    """SW+5: a service that takes no message without WS-Addressing gets its headers (WS-Addressing 1.0, Core 3.2)."""
    policy = f'<p:Policy xmlns:p="http://www.w3.org/ns/ws-policy">{asserted}</p:Policy>'
    document = WSDL.replace(b'<binding name="B" type="t:P">', f'<binding name="B" type="t:P">{policy}'.encode())
    seen = []
    for action, described in (
        (b"urn:parts#place", document),
        (b"urn:parts:P:placeRequest", document.replace(b' soapAction="urn:parts#place"', b"")),
        (
            b"urn:parts:P:ask",
            document.replace(b' soapAction="urn:parts#place"', b"").replace(
                b"<input message", b'<input name="ask" message'
            ),
        ),
        (
            b"urn:said",
            document.replace(
                b"<input message",
                b'<input a:Action="urn:said" xmlns:a="http://www.w3.org/2007/05/addressing/metadata" message',
            ),
        ),
    ):
        with supplier(described, operations, PHP, PHP) as (client, wire):
            message = client.order_message(two_parts())
            assert b"ddressing" not in message[1], "what is kept is sent more than once, its number is not"
            for _time in range(2):
                client.place(*message)
        for request in wire.requests:
            header = etree.fromstring(request.partition(b"\r\n\r\n")[2]).find("{*}Header")
            values = {etree.QName(each).localname: (each, etree.QName(each).namespace) for each in header}
            assert {name for _each, name in values.values()} == {space}
            assert values["Action"][0].text == action.decode()
            assert values["To"][0].text == wire.url
            assert values["ReplyTo"][0].findtext(f"{{{space}}}Address") == anonymous
            seen.append(values["MessageID"][0].text)
    assert len(set(seen)) == len(seen) == 8
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", number) for number in seen)


@pytest.mark.parametrize("space", ["http://www.w3.org/2005/08/addressing", DRAFT])
def test_answer_that_relates_to_another_message(operations, space):
    """SW+7: an answer, or a fault, whose headers name another message is none (WS-Addressing 1.0, Core 3.2)."""
    from odoo.addons.supplier_webservice_order.soap.addressing import foreign_relation
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    def relation(number, **attributes):
        words = "".join(f' {name}="{value}"' for name, value in attributes.items())
        return f'<a:RelatesTo xmlns:a="{space}"{words}>{number}</a:RelatesTo>'

    policy = f'<a:UsingAddressing xmlns:a="{space}{"/policy" if space == DRAFT else ""}"/>'
    document = WSDL.replace(b'<binding name="B" type="t:P">', f'<binding name="B" type="t:P">{policy}'.encode())
    header = f"<h:Header xmlns:h='{SOAP_11}'>{relation('urn:uuid:of-somebody-else')}</h:Header><"
    fault = envelope(f"<f:Fault xmlns:f='{SOAP_11}'><faultcode>f:Client</faultcode><faultstring/></f:Fault>")
    for answer in (PHP, fault):
        content = answer.partition(b"\r\n\r\n")[2].replace(b"<e:Body>", header.encode() + b"e:Body>")
        foreign = pytest.raises(FateUnknownError, match="other_message: urn:uuid:of-somebody-else")
        with supplier(document, operations, http(content)) as (client, _wire), foreign:
            client.place(*client.order_message(two_parts()))

    def message(content):
        return etree.fromstring(f"<h:Envelope xmlns:h='{SOAP_11}'><h:Header>{content}</h:Header></h:Envelope>")

    sent = message(f'<a:MessageID xmlns:a="{space}"> urn:ours </a:MessageID>')
    unspecified = f"{space}/id/unspecified" if space == DRAFT else f"{space}/unspecified"
    for said, about in (
        ("", ""),
        (relation("\nurn:ours"), ""),
        (relation("urn:b") + relation("urn:a"), "urn:a, urn:b"),
        (relation("urn:b") + relation("urn:ours"), ""),
        # whoever could not read the message does not know its number
        (relation(unspecified), ""),
        (relation("urn:b", RelationshipType="urn:thread"), ""),
    ):
        assert foreign_relation(sent, message(said)) == about
    assert not foreign_relation(message(""), message(relation("urn:b"))), "we gave no number"


def test_parts_of_a_schema_by_address():
    """SW+5: schemas that are included by addresses with a query are found, one or several of them."""
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    place = "https://parts.example.com/Orders.svc"
    space = 'xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:parts" elementFormDefault="qualified"'

    def include(number):
        return f'<x:include schemaLocation="{place}?xsd=xsd{number}"/>'

    service = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
      xmlns:i="urn:parts" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:parts"><types>%s</types>
      <message name="in"><part name="p" element="i:Place"/></message><message name="out"><part name="p"
      element="i:PlaceResponse"/></message><portType name="P"><operation name="Place"><input
      message="i:in"/><output message="i:out"/></operation></portType><binding name="B" type="i:P"><s:binding
      transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Place"><s:operation
      soapAction="urn:parts/Place"/><input><s:body use="literal"/></input><output><s:body
      use="literal"/></output></operation></binding></definitions>"""
    inline = f'<x:schema {space} targetNamespace="urn:parts">%s</x:schema>'
    imported = f'<x:schema><x:import namespace="urn:parts" schemaLocation="{place}?xsd=xsd0"/></x:schema>'
    elements = """<x:element name="Place"><x:complexType><x:sequence><x:element name="order" type="t:Order"/>
      </x:sequence></x:complexType></x:element><x:element name="PlaceResponse"><x:complexType/></x:element>"""
    types = """<x:complexType name="Order"><x:sequence><x:element name="Number" type="x:string"/></x:sequence>
      </x:complexType>"""
    first, second = (f'<x:schema {space} targetNamespace="urn:parts">{each}</x:schema>' for each in (elements, types))
    whole = f'<x:schema {space} targetNamespace="urn:parts">{include(1)}%s</x:schema>'
    for files in (
        (service % (inline % (include(1) + elements)), second),
        (service % (inline % (include(1) + include(2))), first, second),
        (service % imported, whole % elements, second),
        (service % imported, whole % include(2), second, first),
    ):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number, content in enumerate(files):
                archive.writestr(f"file {number}.xml", content)
        parsed = Service(packed.getvalue())
        assert [node.path for node in parsed.tree("Place")] == ["order", "order/Number"]
        payload = parsed.render("Place", {"order": {"Number": "P00012"}})
        assert parsed.problems("Place", payload, Endpoint("https://x/")) == []


def test_schemas_by_address():
    """SW+5: WCF and JAX-WS name their schemas by addresses with a query; whatever the files of a zip are called."""
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    place = "https://parts.example.com/Orders.svc"
    types = "http://schemas.datacontract.org/2004/07/Parts"
    service = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="http://tempuri.org/"
      xmlns:i="urn:parts" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><import namespace="urn:parts"
      location="{place}?wsdl=wsdl0"/><binding name="B" type="i:P"><s:binding
      transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Place"><s:operation
      soapAction="urn:parts/Place"/><input><s:body use="literal"/></input><output><s:body
      use="literal"/></output></operation></binding><service name="S">
      <port name="B" binding="i0:B" xmlns:i0="http://tempuri.org/"><s:address
      location="{place}"/></port></service></definitions>"""
    described = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema"
      xmlns:t="urn:parts" targetNamespace="urn:parts"><types><x:schema targetNamespace="urn:parts/Imports"><x:import
      namespace="urn:parts" schemaLocation="{place}?xsd=xsd0"/><x:import namespace="{types}"
      schemaLocation="{place}?xsd=xsd1"/></x:schema></types>
      <message name="in"><part name="p" element="t:Place"/></message><message name="out"><part name="p"
      element="t:PlaceResponse"/></message><portType name="P"><operation
      name="Place"><input message="t:in"/><output message="t:out"/></operation></portType></definitions>"""
    schema = f"""<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:d="{types}" targetNamespace="urn:parts"
      elementFormDefault="qualified"><x:import namespace="{types}" schemaLocation="{place}?xsd=xsd1"/><x:element
      name="Place"><x:complexType><x:sequence><x:element name="order" type="d:Order"/></x:sequence></x:complexType>
      </x:element><x:element name="PlaceResponse"><x:complexType/></x:element></x:schema>"""
    contract = f"""<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="{types}"
      elementFormDefault="qualified"><x:complexType name="Order"><x:sequence><x:element name="Number" type="x:string"/>
      </x:sequence></x:complexType></x:schema>"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        files = {"Orders.xml": service, "Orders(1).xml": described, "first.xsd": schema, "second.xsd": contract}
        for name, content in files.items():
            archive.writestr(name, content)
    parsed = Service(packed.getvalue())
    assert parsed.operations() == ["Place"]
    assert [node.path for node in parsed.tree("Place")] == ["order", "order/Number"]
    payload = parsed.render("Place", {"order": {"Number": "P00012"}})
    assert parsed.problems("Place", payload, Endpoint("https://x/")) == []


def test_references_without_an_end(operations):
    """SW+8: values that refer to each other, or to the same one a thousand times over, are no answer, and soon so."""
    circle = answered('<return href="#a"/>', '<multiRef id="a"><lines href="#a"/></multiRef>')
    tower = answered(
        '<return href="#n0"/>',
        "".join(f'<multiRef id="n{step}">{f"""<lines href="#n{step + 1}"/>""" * 10}</multiRef>' for step in range(20)),
    )
    heavy = answered(
        "<return>" + '<no href="#a"/>' * 1000 + "</return>", f'<multiRef id="a">{"x" * 100_000}</multiRef>'
    )
    for answer in (circle, tower, heavy):
        with supplier(WSDL, operations, answer) as (client, _wire):
            error, seconds = timed(lambda client=client: client.place(*client.order_message(two_parts())))
        assert (type(error).__name__, error.reason) == ("FateUnknownError", "unreadable")
        assert seconds < 5
