"""SW+4 SW+7 SW+8: what a supplier's server may do to us on the wire, and what of our secrets it may show to whom."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.helpers import load_dialect

from .wire import NAMESPACE, SOAP, http, serving, timed

PASSWORD = "very-secret-word"


@pytest.fixture
def client():
    """Return the client of a standard connection; its address is that of no server yet."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = load_dialect("standard").StandardConnector()
    endpoint = Endpoint("http://127.0.0.1:9/", "basic", "garage", PASSWORD, connect_timeout=2, read_timeout=8)
    return SupplierClient(connector, Service(connector.wsdl), endpoint, Account("C-1"))


@pytest.fixture
def order():
    from odoo.addons.supplier_webservice_order.connectors.base import Order, Part

    parts = (Part(11, "A-1", "Bumper", Decimal(2), "C62", Decimal(100)),)
    return Order("m-1", "P00012", "EUR", parts, datetime.date(2031, 12, 24))


def placed(state):
    return http(
        f"<s:Envelope xmlns:s='{SOAP}'><s:Body><PlaceOrderResponse xmlns='{NAMESPACE}'>{state}</PlaceOrderResponse>"
        "</s:Body></s:Envelope>".encode()
    )


def outcome(client, order, answer):
    """Send the order to a server that answers so; return what came of it and how long that took."""
    with serving(answer) as wire:
        there = replace(client, endpoint=replace(client.endpoint, url=wire.url))
        return timed(lambda: there.place(*there.order_message(order)))


def test_answer_that_names_no_message(client, order):
    """SW+7: a tolerant connection takes no answer without the number of the message: the fate is unknown."""
    lenient = replace(client, endpoint=replace(client.endpoint, strict=False))
    line = "<line><position>11</position><status>Confirmed</status><quantity>2</quantity><price>100</price></line>"
    for number in ("", "<messageId/>", "<messageId> </messageId>"):
        error, _seconds = outcome(
            lenient,
            order,
            placed(f"<order>{number}<responseCode>AP</responseCode><duplicate>false</duplicate>{line}</order>"),
        )
        assert type(error).__name__ == "FateUnknownError", error
        assert error.reason == "unreadable"


def test_secrets_in_what_people_read(client, order):
    """SW+4: a supplier that says who logged in, in its remark, in a line or in its own number, tells nobody of ours."""
    said = f"login garage:{PASSWORD} ok"
    line = (
        "<line><position>11</position><status>Confirmed</status><quantity>2</quantity><price>100</price>"
        f"<note>{said}</note></line>"
    )
    state = (
        "<order><messageId>m-1</messageId><responseCode>AP</responseCode><duplicate>false</duplicate>"
        f"<supplierReference>{said}</supplierReference><note>{said}</note>{line}</order>"
    )
    (answer, reply), _seconds = outcome(client, order, placed(state))
    assert answer.lines[0].quantity == 2
    for text in (answer.note, answer.reference, answer.lines[0].note, reply.response):
        assert PASSWORD not in text
        assert "login" in text


@pytest.mark.parametrize("before", range(470, 500, 3))
def test_secrets_that_are_cut_in_half(client, order, before):
    """SW+4: an error text is masked before it is shortened: the first half of a password is none of anybody's."""
    text = "x" * before + f" {PASSWORD} " + "y" * 300
    fault = (
        f"<s:Envelope xmlns:s='{SOAP}'><s:Body><s:Fault><faultcode>s:Server</faultcode>"
        f"<faultstring>{text}</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    page = f"<html><head><title>{text}</title></head></html>".encode()
    moved = http(
        b"",
        "307 Temporary Redirect",
        Location=f"https://elsewhere.example.com/{'x' * (before - 200)}{PASSWORD}{'y' * 300}",
    )
    for answer in (
        http(fault.encode(), "500 Internal Server Error"),
        http(page, content_type="text/html"),
        moved,
    ):
        error, _seconds = outcome(client, order, answer)
        assert "very" not in str(error), error
        assert "very" not in error.detail


def test_value_that_cannot_be_read(client, order):
    """SW+4: what could not be read is quoted without our password in it."""
    code = f"<responseCode>AP {PASSWORD}</responseCode>"
    state = f"<order><messageId>m-1</messageId>{code}<duplicate>false</duplicate></order>"
    error, _seconds = outcome(replace(client, endpoint=replace(client.endpoint, strict=False)), order, placed(state))
    assert error.reason == "unreadable"
    assert PASSWORD not in str(error)
    assert PASSWORD not in error.detail


def test_excerpt():
    """SW+4: the beginning of a text, masked; what is cut off in the middle of a secret does not begin to show it."""
    from odoo.addons.supplier_webservice_order.soap.masking import excerpt, readable

    assert excerpt("short", (PASSWORD,), 100) == "short"
    assert excerpt("a" * 100, (), 100) == "a" * 100
    assert excerpt("a" * 101, (), 100, more="…") == "a" * 100 + "…"
    for before in range(150, 480, 7):
        assert "ver" not in excerpt("x" * before + PASSWORD * 60, (PASSWORD,), 100)
    for length in range(400_000, 400_300, 37):
        text = readable(b"x" * length + PASSWORD.encode() * 3, (PASSWORD,))
        assert "ver" not in text
        assert len(text) < 200_010
    assert "ver" not in readable(PASSWORD.encode() * 60_000, (PASSWORD,))


MIME = (
    b"--b\r\nContent-Type: application/xop+xml; charset=utf-8\r\nContent-ID: <root>\r\n\r\n%s\r\n"
    b"--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <part>\r\n\r\n%s\r\n--b--\r\n"
)


def test_parts_that_multiply(client, order):
    """SW+8: a document that refers to one attachment ten thousand times does not become ten thousand attachments."""
    include = b"<i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:part'/>"
    root = (
        f"<s:Envelope xmlns:s='{SOAP}'><s:Body><PlaceOrderResponse xmlns='{NAMESPACE}'>".encode()
        + b"".join(b"<x>" + include + b"</x>" for _time in range(10_000))
        + b"</PlaceOrderResponse></s:Body></s:Envelope>"
    )
    answer = http(
        MIME % (root, b"x" * 1_000_000),
        content_type='multipart/related; boundary="b"; type="application/xop+xml"; start="<root>"',
    )
    error, seconds = outcome(client, order, answer)
    assert error.reason == "too_large", error
    assert seconds < 6


def test_charset_that_takes_for_ever(client, order):
    """SW+8: a "charset" whose decoding takes hours for some megabytes, in the thread that all suppliers share."""
    for charset in ("punycode", "PunyCode", "idna"):
        answer = http(b"b" * 4_000_000, content_type=f"text/xml; charset={charset}")
        error, seconds = outcome(client, order, answer)
        assert error.reason == "malformed", error
        assert seconds < 6
