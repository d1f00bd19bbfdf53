"""SW+5 SW+9: mapped suppliers that answer by part number, and what they say of shipments and invoices."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from .mapped import envelope, rule, supplier, wsdl

#: an ERP's own service: orders by its number, parts by theirs, shipments in a list
ERP = wsdl(
    """<xs:schema targetNamespace="urn:x" elementFormDefault="qualified"><xs:element name="Put"><xs:complexType>
    <xs:sequence><xs:element name="Ref" type="xs:string"/><xs:element name="Item" maxOccurs="unbounded"><xs:complexType>
    <xs:attribute name="code" type="xs:string"/><xs:attribute name="qty" type="xs:decimal"/></xs:complexType>
    </xs:element></xs:sequence></xs:complexType></xs:element>
    <xs:element name="PutReply"><xs:complexType><xs:sequence><xs:element name="Ref" type="xs:string"/>
    <xs:element name="Item" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:attribute name="code"
    type="xs:string"/><xs:attribute name="qty" type="xs:decimal"/><xs:attribute name="net" type="xs:decimal"/>
    </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
    <xs:element name="State"><xs:complexType><xs:sequence><xs:element name="Ref" type="xs:string"/></xs:sequence>
    </xs:complexType></xs:element><xs:element name="Ship"><xs:complexType><xs:sequence><xs:element name="Ref"
    type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="ShipReply"><xs:complexType><xs:sequence><xs:element name="All" type="xs:string"/>
    <xs:element name="Parcel" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="Ref"
    type="xs:string"/><xs:element name="Day" type="xs:string" minOccurs="0"/><xs:element name="By" type="xs:string"
    minOccurs="0"/><xs:element name="Track" type="xs:string" minOccurs="0"/><xs:element name="Note" type="xs:string"
    minOccurs="0"/><xs:element name="Bill" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element></xs:schema>""",
    {
        "PutIn": '<part name="p" element="t:Put"/>',
        "PutOut": '<part name="p" element="t:PutReply"/>',
        "StateIn": '<part name="p" element="t:State"/>',
        "StateOut": '<part name="p" element="t:PutReply"/>',
        "ShipIn": '<part name="p" element="t:Ship"/>',
        "ShipOut": '<part name="p" element="t:ShipReply"/>',
    },
    ["Put", "State", "Ship"],
)


@pytest.fixture
def operations():
    """The mapping of that service."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import Operation

    answer = (
        rule("Ref", "message_id"),
        rule("Item/@code", "line.number"),
        rule("Item/@qty", "line.quantity", type_name="decimal"),
        rule("Item/@net", "line.price", type_name="decimal"),
    )
    read = {"answer": answer, "answer_lines": "Item", "code": "AP", "line_status": "confirmed"}
    items = (rule("Item/@code", "part.number"), rule("Item/@qty", "part.quantity", type_name="decimal"))
    shipment = (
        rule("All", "complete", table=(("yes", "Y"), ("no", "N"))),
        rule("Parcel/Ref", "message_id"),
        rule("Parcel/Day", "shipment.shipped_on", date_format="%d/%m/%Y"),
        rule("Parcel/By", "shipment.carrier"),
        rule("Parcel/Track", "shipment.tracking"),
        rule("Parcel/Note", "shipment.delivery_note"),
        rule("Parcel/Bill", "shipment.invoice"),
    )
    return {
        "order": Operation("Put", (rule("Ref", "message_id"), *items), "Item", **read),
        "status": Operation("State", (rule("Ref", "message_id"),), **read),
        "shipment": Operation("Ship", (rule("Ref", "message_id"),), answer=shipment, answer_lines="Parcel"),
    }


@pytest.fixture
def order():
    from odoo.addons.supplier_webservice_order.connectors.base import Order, Part

    parts = (
        Part(11, "A-1", "Bumper", Decimal(2), "C62", Decimal(80)),
        Part(12, "B.2", "Foil", Decimal(3), "MTR", Decimal("4.5")),
    )
    return Order("P00012-ab", "P00012", "EUR", parts, datetime.date(2031, 12, 24))


def reply(rows, ref="P00012-ab"):
    return envelope(f"<PutReply xmlns='urn:x'><Ref>{ref}</Ref>{rows}</PutReply>")


def parcels(rows, every="N"):
    return envelope(f"<ShipReply xmlns='urn:x'><All>{every}</All>{rows}</ShipReply>")


def judged(answer, order):
    """Return the verdict on an answer to this order."""
    from odoo.addons.supplier_webservice_order.judge import Sent, SentLine, judge

    lines = (
        SentLine(part.position, part.quantity, part.expected_price, part.number, part.unit) for part in order.parts
    )
    return judge(Sent(order.message_id, tuple(lines)), answer)


def test_lines_by_part_number(operations, order):
    """SW+5 SW+7: parts that are answered by their number, in another order and spelling, approve what was sent."""
    full = "<Item code='B2' qty='3' net='4.5'/><Item code='a-1' qty='2' net='80'/>"
    for rows, expected in (
        (full, ("AP", True, [])),
        (f"{full}<Item code='FREIGHT' qty='1' net='9.9'/>", ("AP", False, [])),
        ("<Item code='A-1' qty='2' net='80'/>", ("AB", False, [(12, "line")])),
        ("<Item code='A-1' qty='2' net='80'/><Item code='B.2-NEW' qty='3' net='4.5'/>", ("AB", False, [(12, "line")])),
        ("<Item code='A-1' qty='1' net='80'/><Item code='A-1' qty='1' net='80'/><Item code='B.2' qty='3' net='4.5'/>",
         ("AP", False, [])),
        ("<Item code='Z' qty='3' net='4.5'/>", (None, False, [])),
    ):  # fmt: skip
        with supplier(ERP, operations, reply(rows)) as (client, _wire):
            answer, _reply = client.place(*client.order_message(order))
        verdict = judged(answer, order)
        state = None if verdict.reason == "other_positions" else verdict.state
        assert (state, verdict.is_clean, list(verdict.missing)) == expected, rows


def test_shipments(operations):
    """SW+9 SW+5: what left, by whom, its numbers and its invoice; and that it was all of it."""
    rows = (
        "<Parcel><Ref>P00012-ab</Ref><Day>24/12/2031</Day><By>DHL</By><Track>JJD1</Track><Note>LS-7</Note><Bill>R-9</Bill>"
        "</Parcel><Parcel><Ref>P00012-ab</Ref><Track>JJD2</Track></Parcel>"
    )
    with supplier(ERP, operations, reply(""), parcels(rows, "Y")) as (client, wire):
        answer, kept = client.follow("P00012-ab")
    assert b"<ns0:Ref>P00012-ab</ns0:Ref>" in wire.requests[1]
    first, second = answer.shipments
    assert (first.shipped_on, first.carrier, first.tracking) == (datetime.date(2031, 12, 24), "DHL", "JJD1")
    assert (first.delivery_note, first.invoice, second.tracking) == ("LS-7", "R-9", "JJD2")
    assert (answer.complete, answer.code) == (True, "AP")
    assert "JJD2" in kept.response


def test_shipments_that_prove_nothing(operations):
    """SW+7 SW+9: parcels of other orders, of several or of nobody are none of this one's; nothing shipped is no end."""
    mine, other = "<Parcel><Ref>P00012-ab</Ref><By>DHL</By></Parcel>", "<Parcel><Ref>P00099</Ref><By>UPS</By></Parcel>"
    for rows in (other, mine + other, "<Parcel><Ref/><By>DHL</By></Parcel>"):
        with supplier(ERP, operations, reply(""), parcels(rows)) as (client, _wire):
            answer, kept = client.follow("P00012-ab")
        # how the order stands is known; why nothing is known of its parcels is said, and kept
        assert (answer.code, answer.shipments, answer.trouble.reason in ("other_message", "unreadable")) == (
            "AP",
            (),
            True,
        )
        assert "<By>" in kept.response
    with supplier(ERP, operations, reply(""), parcels("", "Y")) as (client, _wire):
        answer, _kept = client.follow("P00012-ab")
    assert (answer.shipments, answer.complete) == ((), False)
    without = {kind: each for kind, each in operations.items() if kind != "shipment"}
    with supplier(ERP, without, reply("")) as (client, wire):
        client.follow("P00012-ab")
    assert len(wire.requests) == 1


def test_shipment_without_a_list(operations):
    """SW+5 SW+9: a service that tells of one parcel only needs no element that stands several times."""
    single = replace(operations["shipment"], answer_lines="")
    with supplier(
        ERP, {**operations, "shipment": single}, reply(""), parcels("<Parcel><Ref>P00012-ab</Ref><By>DHL</By></Parcel>")
    ) as (client, _wire):
        answer, _kept = client.follow("P00012-ab")
    assert [each.carrier for each in answer.shipments] == ["DHL"]
