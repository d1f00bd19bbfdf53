"""SW+5: schemas that suppliers have: rpc messages, groups and substitutions, a German wholesaler's."""

from decimal import Decimal

import pytest
from lxml import etree

from .mapped import RPC, envelope, rule, supplier, two_parts, wsdl


@pytest.fixture
def order():
    return two_parts()


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
