"""What a supplier may answer, and what nobody should: an answer, or a SoapError."""

import datetime
from types import SimpleNamespace

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import load_dialect

from .strategies import CLEAN

pytestmark = pytest.mark.plain

_VALUES = st.one_of(
    st.sampled_from(["1", "-1", "0.5", "NaN", "INF", "-Infinity", "1e400", "2026-02-30", "CA", "7", "true", ""]), CLEAN
)
#: what each connector's answers are called, and the names and shapes in them
_DIALECTS = {
    "standard": {
        "namespace": "urn:supplier-webservice-order:standard:1",
        "responses": ("GetOrderStatusResponse", "CheckAvailabilityResponse", "TestResponse"),
        "names": (
            "order messageId responseCode supplierReference currency duplicate line position status quantity price"
            " availableOn note known offer partNumber available"
        ),
        "priced": (
            "<known>true</known><order><messageId>m</messageId><responseCode>CA</responseCode>"
            "<duplicate>false</duplicate><line><position>1</position><status>Confirmed</status>"
            "<quantity>1</quantity><price>{price}</price></line></order>"
        ),
    },
    "nordteile": {
        "namespace": "urn:supplier-webservice-order:nordteile:2",
        "responses": ("QueryPurchaseResult", "StockInquiryResult", "HelloResult"),
        "names": (
            "purchase docId state repeated purchaseNo money remark items item no qty net replacedBy due found stock"
            " article onHand greeting"
        ),
        "priced": (
            "<found>true</found><purchase><docId>m</docId><state>25</state><repeated>false</repeated>"
            "<items><item><no>1</no><state>1</state><qty>1</qty><net>{price}</net></item></items></purchase>"
        ),
    },
}


@st.composite
def _elements(draw, names, depth=3):
    name = draw(st.sampled_from(names))
    if depth and draw(st.booleans()):
        return f"<{name}>{''.join(draw(st.lists(_elements(names, depth - 1), max_size=4)))}</{name}>"
    value = draw(_VALUES).replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{value}</{name}>"


@pytest.fixture(scope="module", params=list(_DIALECTS))
def supplier(addon_code, request):
    """A connector and its SOAP service."""
    module = load_dialect(request.param)
    client = addon_code("supplier_webservice_order.soap.client")
    connector = getattr(module, f"{request.param.title()}Connector")()
    return connector, client.Service(connector.wsdl)


@pytest.fixture(scope="module")
def dialect(supplier):
    """What the connector's supplier says, of ``_DIALECTS``."""
    connector, _service = supplier
    return _DIALECTS[type(connector).__name__.removesuffix("Connector").lower()]


@pytest.fixture
def answering(addon_code, supplier, monkeypatch):
    """Return a function that lets the supplier answer with given bytes and returns what our side makes of them."""
    client = addon_code("supplier_webservice_order.soap.client")
    connector, service = supplier
    account = SimpleNamespace(customer_number="1", options={"branch_code": "1"})
    endpoint = client.Endpoint("http://supplier.example.com")
    reader = addon_code("supplier_webservice_order.connectors.client").SupplierClient(
        connector, service, endpoint, account
    )
    operations = (
        (connector.status_message(account, "m"), connector.status_answer),
        (connector.offer_message(account, [("P", 1)], "EUR"), connector.offers),
        (connector.test_message(account), connector.test_answer),
    )

    def ask(content, status=200):
        answer = requests.Response()
        answer.status_code, answer._content = status, content
        answer.headers["Content-Type"] = "text/xml"
        monkeypatch.setattr(client, "_post", lambda *_arguments: answer)
        results = []
        for (operation, values), read in operations:
            payload = service.render(operation, values)
            try:
                reply = service.call(operation, payload, endpoint)
                results.append(reader._read(read, reply)[0])
            except addon_code("supplier_webservice_order.soap.errors").SoapError as error:
                results.append(error)
        return results

    return ask


_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def _envelope(body):
    return f"<s:Envelope xmlns:s='{_SOAP}'><s:Body>{body}</s:Body></s:Envelope>".encode("utf-8", "replace")


def _wrapped(dialect, name, content):
    return f"<{name} xmlns='{dialect['namespace']}'>{content}</{name}>"


@given(
    data=st.data(),
    status=st.sampled_from([200, 202, 204, 302, 400, 401, 408, 429, 500, 503]),
    fault=st.one_of(st.none(), CLEAN),
)
def test_supplier_answers(answering, dialect, data, status, fault):
    """SW8: answers of any shape are an answer or a SoapError, and no number in them is infinite or none."""
    name = data.draw(st.sampled_from((*dialect["responses"], "Unknown")))
    parts = "".join(data.draw(st.lists(_elements(dialect["names"].split()), max_size=5)))
    body = _wrapped(dialect, name, parts)
    if fault is not None:
        text = fault.replace("&", "&amp;").replace("<", "&lt;")
        body = (
            f"<s:Fault><faultcode>{text}</faultcode><faultstring>{text}</faultstring><detail>{parts}</detail></s:Fault>"
        )
    for result in answering(_envelope(body), status):
        for line in getattr(result, "lines", ()):
            _check_numbers(line.quantity, line.price)
        for offer in result if isinstance(result, list) else ():
            _check_numbers(offer.available, offer.price)


def _check_numbers(*numbers):
    for number in numbers:
        assert number is None or (number.is_finite() and abs(number) < 10**12), number


@given(content=st.one_of(st.binary(max_size=400), CLEAN.map(str.encode)), status=st.sampled_from([200, 404, 500]))
def test_supplier_noise(answering, content, status):
    """SW+1: bytes that are no SOAP at all are a SoapError."""
    results = answering(content, status)
    assert all(isinstance(result, Exception) for result in results), results


_BOMBS = {
    "entities": b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>",
    "file": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    "network": b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'><x/>",
    "deep": b"<a>" * 100_000,
    "deep soap": _envelope("<a>" * 5000 + "</a>" * 5000),
    "wide": _envelope("<a b='c'/>" * 100_000),
    "utf-16": "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
    "wrong encoding": b"<?xml version='1.0' encoding='no-such'?><a/>",
    "xinclude": _envelope("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"),
}


@pytest.mark.parametrize("name", _BOMBS)
def test_supplier_bombs(answering, addon_code, name):
    """SW+4: entities, other files and depth cost nothing, reach nothing and can be shown in the record of messages."""
    before = datetime.datetime.now()
    results = answering(_BOMBS[name])
    shown = addon_code("supplier_webservice_order.soap.masking").readable(_BOMBS[name])
    assert all(isinstance(result, Exception) for result in results), results
    assert "root:" not in shown + str(results)
    assert datetime.datetime.now() - before < datetime.timedelta(seconds=10)


def _priced(dialect, price):
    return _envelope(_wrapped(dialect, dialect["responses"][0], dialect["priced"].format(price=price)))


@pytest.mark.parametrize("price", ["NaN", "INF", "-INF", "Infinity", "sNaN", "1e400", "-1e12", "9" * 40])
def test_prices_that_are_none(answering, dialect, price):
    """SW8: an answer whose price is no sensible number is not understood; it never becomes a price."""
    results = answering(_priced(dialect, price))
    assert all(isinstance(result, Exception) for result in results), results


def test_prices_that_are_some(answering, dialect):
    """SW8: the same answer with a price is understood; the refusals above are about the price."""
    answer = answering(_priced(dialect, "12.50"))[0]
    assert answer.known and [float(line.price) for line in answer.lines] == [12.5]


def test_rebates_are_amounts(answering, dialect):
    """SW+7: a price below zero is what the supplier takes off; no line that was ordered is answered by it."""
    answer = answering(_priced(dialect, "-5"))[0]
    assert [line.takes_off for line in answer.lines] == [True]
