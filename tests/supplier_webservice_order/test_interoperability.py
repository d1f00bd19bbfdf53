"""SW+5: what the servers of real suppliers send, over real HTTP."""

import base64
import io
import itertools
import zipfile

import pytest
from lxml import etree

from tools.settings import ADDONS_DIR

from .wire import HELLO, NAMESPACE, SOAP, http, serving, timed

WSDL = ADDONS_DIR / "supplier_webservice_order/demo/suppliers/standard/supplier_order.wsdl"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

pytestmark = pytest.mark.usefixtures("soap")


@pytest.fixture
def ask(soap):
    """Return a function that asks a server that gives one answer; yields what comes of it."""
    service = soap.client.Service(WSDL)
    messages = {
        "Test": service.render("Test", {"customerNumber": "C-1"}),
        "CheckAvailability": service.render(
            "CheckAvailability", {"customerNumber": "C", "part": [{"partNumber": "P", "quantity": 1}]}
        ),
    }

    def call(answer, operation="Test", **values):
        with serving(answer) as wire:
            endpoint = soap.client.Endpoint(wire.url, connect_timeout=2, read_timeout=2, **values)
            result, _seconds = timed(lambda: service.call(operation, messages[operation], endpoint))
        return result if isinstance(result, Exception) else result.value

    return call


def envelope(body, header="", space=SOAP):
    return f"<s:Envelope xmlns:s='{space}'>{header}<s:Body>{body}</s:Body></s:Envelope>".encode()


def greeting(text="Hello garage", more=""):
    return f"<TestResponse xmlns='{NAMESPACE}'><text>{text}</text>{more}</TestResponse>"


def fault(code, text="No", detail=""):
    return envelope(f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}</s:Fault>")


MTOM = 'multipart/related; type="application/xop+xml"; boundary="b-1"; start="<root@x>"; start-info="text/xml"'


def multipart(*parts):
    """Return a multipart body as CXF and .NET write it: pairs of headers and content."""
    body = b"".join(b"\r\n--b-1\r\n" + head.encode() + b"\r\n\r\n" + content for head, content in parts)
    return body + b"\r\n--b-1--\r\n"


def test_multipart(ask):
    """SW+5: an answer as multipart/related (MTOM, SOAP with attachments) is read, wherever its root stands."""
    root = ('Content-Type: application/xop+xml; charset=UTF-8;\r\n type="text/xml"\r\nContent-ID: <root@x>', HELLO)
    picture = (
        "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <p@x>",
        b"\x89PNG\r\n\x00--b",
    )
    assert ask(http(multipart(root, picture), content_type=MTOM)) == "Hello garage"
    assert ask(http(multipart(picture, root), content_type=MTOM)) == "Hello garage"
    attachments = MTOM.replace("application/xop+xml", "text/xml").replace(' start="<root@x>";', "")
    assert ask(http(multipart(root, picture), content_type=attachments)) == "Hello garage"
    packed = ("Content-Type: text/xml\r\nContent-Transfer-Encoding: base64", base64.b64encode(HELLO))
    assert ask(http(multipart(packed), content_type=attachments)) == "Hello garage"


def test_included_part(soap, ask):
    """SW+5: what a part of its own holds stands where the document refers to it (XOP)."""
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:p%40x"/>'
    root = ("Content-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <root@x>", envelope(greeting(include)))
    part = ("Content-Type: application/octet-stream\r\nContent-ID: <p@x>", b"\x00\x01\xff")
    assert ask(http(multipart(root, part), content_type=MTOM)) == "AAH/"


def test_broken_multipart(soap, ask):
    """SW4: a multipart answer without parts leaves the fate unknown."""
    for content in (b"", b"--b-1--", b"nothing"):
        error = ask(http(content, content_type=MTOM))
        assert (type(error), error.reason) == (soap.errors.FateUnknownError, "malformed")


def test_charset(ask):
    """SW+5: a charset that only the HTTP header names counts (RFC 7303, 3.2); so does a byte order mark."""
    text = envelope(greeting("Größe")).decode()
    assert ask(http(text.encode("latin-1"), content_type="text/xml; charset=ISO-8859-1")) == "Größe"
    assert ask(http(text.encode("cp1252"), content_type='text/xml; charset="windows-1252"')) == "Größe"
    wrong = '<?xml version="1.0" encoding="UTF-8"?>' + text
    assert ask(http(wrong.encode("latin-1"), content_type="text/xml; charset=ISO-8859-1")) == "Größe"
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' + text
    assert ask(http(declared.encode("latin-1"), content_type="text/xml")) == "Größe"
    assert ask(http(text.encode("utf-16"), content_type="text/xml; charset=utf-16")) == "Größe"
    assert ask(http(text.encode(), content_type="text/xml; charset=no-such-charset")).reason == "malformed"


def test_must_understand(soap, ask):
    """SW+5: headers of WS-Addressing and WS-Security are understood; others only of a tolerated supplier."""
    wsa, wsse = "http://www.w3.org/2005/08/addressing", soap.wsse.WSSE
    known = (
        f"<s:Header><a:Action xmlns:a='{wsa}' s:mustUnderstand='1'>x</a:Action>"
        f"<w:Security xmlns:w='{wsse}' s:mustUnderstand='1'/></s:Header>"
    )
    assert ask(http(envelope(greeting(), known))) == "Hello garage"
    strange = "<s:Header><x:Trace xmlns:x='urn:x' s:mustUnderstand='1'/></s:Header>"
    error = ask(http(envelope(greeting(), strange)))
    assert (type(error), error.reason, error.detail) == (soap.errors.FateUnknownError, "header", "{urn:x}Trace")
    assert ask(http(envelope(greeting(), strange)), strict=False) == "Hello garage"
    assert ask(http(envelope(greeting(), strange.replace("'1'", "'0'")))) == "Hello garage"


def test_strict_and_tolerant(soap, ask):
    """SW+5: elements that the schema does not know, or misses, are the connection's choice."""
    more = envelope(greeting(more="<news>x</news>"))
    assert ask(http(more)).reason == "unreadable"
    assert ask(http(more), strict=False).text == "Hello garage"
    offer = "<offer><partNumber>P</partNumber></offer>"
    content = f"<CheckAvailabilityResponse xmlns='{NAMESPACE}'>{offer}</CheckAvailabilityResponse>"
    tolerated = ask(http(envelope(content)), "CheckAvailability", strict=False)
    assert (tolerated.currency, tolerated.offer[0].partNumber) == (None, "P")


def test_numbers_that_are_none(soap, ask):
    """SW4 SW-B: a number with a comma is an answer that cannot be read, not an exception of Python's."""
    for price, available in itertools.product(("12,50", "", "abc", "1e999999999"), ("1", "x")):
        offer = f"<offer><partNumber>P</partNumber><price>{price}</price><available>{available}</available></offer>"
        inner = f"<currency>EUR</currency>{offer}"
        content = f"<CheckAvailabilityResponse xmlns='{NAMESPACE}'>{inner}</CheckAvailabilityResponse>"
        result = ask(http(envelope(content)), "CheckAvailability")
        assert not isinstance(result, Exception) or isinstance(result, soap.errors.FateUnknownError), result


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        ("200 OK", "html", "FateUnknownError"),
        ("500 Internal Server Error", "html", "FateUnknownError"),
        ("502 Bad Gateway", "html", "FateUnknownError"),
        ("401 Unauthorized", "unauthorized", "RefusedError"),
        ("403 Forbidden", "forbidden", "RefusedError"),
        ("404 Not Found", "not_found", "RefusedError"),
        ("400 Bad Request", "http", "RefusedError"),
        ("429 Too Many Requests", "busy", "NotSentError"),
    ],
)
@pytest.mark.parametrize(
    "start", ["<!DOCTYPE html><html lang=en>", "<html>", "<?xml version='1.0'?>\n<!DOCTYPE html>\n<html>"]
)
def test_web_pages(soap, ask, status, reason, kind, start):
    """SW+5: a web page is named as what it is, with its title; a refused entry is no wrong password."""
    page = f"{start}<head><title>Request <b>blocked</b></title></head><body><br></body></html>".encode()
    error = ask(http(page, status, "text/html"))
    assert (type(error).__name__, error.reason) == (kind, reason)
    assert "Request blocked" in error.detail


def test_patience(ask):
    """SW+8: how long a busy supplier wants to be left alone comes with the error (RFC 9110, 10.2.3)."""
    error = ask(http(b"", "429 Too Many Requests", Retry_After="3600"))
    assert (type(error).__name__, error.retry_after) == ("NotSentError", 3600.0)
    error = ask(http(b"", "503 Service Unavailable", Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"))
    assert type(error).__name__ == "NotSentError"
    assert error.retry_after == 24 * 3600, "it is probed every day"
    assert type(ask(http(b"", "503 Service Unavailable"))).__name__ == "FateUnknownError"
    assert type(ask(http(b"", "503 Service Unavailable", Retry_After="soon"))).__name__ == "FateUnknownError"


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("999999999", 86400), ("\xb2", None), ("soon", None)])
def test_patience_has_an_end(soap, value, seconds):
    """SW+8: whoever asks for years of patience (or means milliseconds) is asked again the next day."""
    assert soap.transport.retry_after({"Retry-After": value}) == seconds


def test_only_the_declared_code_is_a_duplicate(soap, ask):
    """SW+7: a fault that mentions duplicates is a refusal; the connector's own code alone means "we have it"."""
    refused = (
        fault("s:Client.DuplicatePartNumberInOrder"),
        fault("s:Client", "Duplicate article", "<detail><why>Duplicate article, order refused</why></detail>"),
        fault("s:Client", detail="<detail><duplicate>false</duplicate></detail>"),
        fault("s:Client", detail="<detail><why>no DuplicateMessage was found</why></detail>"),
    )
    for content in refused:
        error = ask(http(content, "500 Internal Server Error"))
        assert type(error) is soap.errors.RefusedError
        assert "DuplicateMessage" not in error.codes
    declared = fault("s:Client", detail="<detail><reason>DuplicateMessage</reason></detail>")
    assert "DuplicateMessage" in ask(http(declared, "500 Internal Server Error")).codes
    ordinary = envelope(greeting(more="<duplicate>false</duplicate>"))
    assert type(ask(http(ordinary, "500 Internal Server Error"))) is soap.errors.FateUnknownError


def test_fault_in_another_version(soap, ask):
    """SW+5: a fault of SOAP 1.2 in answer to 1.1 is told, not tripped over."""
    body = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>Down</s:Text></s:Reason></s:Fault>"
    error = ask(http(envelope(body, space=SOAP_12), "500 Internal Server Error"))
    assert (type(error), error.reason, error.detail) == (soap.errors.FateUnknownError, "fault", "Down")


def test_security_header(soap):
    """SW+5: UsernameToken as text and as digest, with and without Timestamp, as the OASIS profile has them."""
    from tools.sandbox_supplier import token_fits

    service = soap.client.Service(WSDL)
    payload = service.render("Test", {"customerNumber": "C-1"})
    for auth, timestamp in itertools.product(("wsse", "wsse_text"), (False, True)):
        with serving() as wire:
            endpoint = soap.client.Endpoint(wire.url, auth, "garage", "p&ss<1", timestamp=timestamp)
            reply = service.call("Test", payload, endpoint)
        root = etree.fromstring(wire.requests[0].partition(b"\r\n\r\n")[2])
        assert token_fits(root, "garage", "p&ss<1")
        stamps = root.findall(f".//{{{soap.wsse.WSU}}}Timestamp/*")
        assert [etree.QName(stamp).localname for stamp in stamps] == (["Created", "Expires"] if timestamp else [])
        assert "p&amp;ss" not in reply.request
        assert b"p&amp;ss" not in payload


def test_credentials_in_the_body(soap):
    """SW+5: credentials in the message itself are added when it goes out, and are in nothing that is kept."""
    credentials = (("{*}customerNumber", "password"),)
    service = soap.client.Service(WSDL, credentials=credentials)
    payload = service.render("Test", {"customerNumber": ""})
    with serving() as wire:
        endpoint = soap.client.Endpoint(wire.url, "body", "garage", "p&ss<1")
        reply = service.call("Test", payload, endpoint)
    assert b"p&amp;ss&lt;1</" in wire.requests[0]
    assert "ss&lt;1" not in reply.request
    assert b"ss&lt;1" not in payload


@pytest.mark.parametrize("secret", ["p&ss<1", "a\"b'c&d", "pässwörd", "with space+plus", "very-secret-word"])
def test_every_writing_of_a_password_is_masked(soap, secret):
    """SW+4: XML and HTML escapes, numeric references, URL, JSON, base64 and hex of a password are masked."""
    import html
    import json
    import urllib.parse
    from xml.sax.saxutils import escape, quoteattr

    endpoint = soap.client.Endpoint("http://x/", "basic", "garage", secret)
    written = [
        secret, escape(secret), html.escape(secret), quoteattr(secret)[1:-1], urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1],
        urllib.parse.quote(secret).lower() if "%" in urllib.parse.quote(secret) and secret.islower() else secret,
        base64.b64encode(secret.encode()).decode(), base64.b64encode(f"garage:{secret}".encode()).decode(),
        secret.encode().hex(), secret.encode("ascii", "xmlcharrefreplace").decode(),
    ]  # fmt: skip
    for form in written:
        for content in (f"<html><p>{form}<br></p>", f"Your request: {form}", f"Authorization: Basic {form}"):
            assert form not in soap.masking.readable(content.encode(), endpoint.secrets), content
    echo = f"<a><b>{escape(secret)}</b><c d={quoteattr(secret)}/></a>".encode()
    shown = soap.masking.readable(echo, endpoint.secrets)
    assert html.unescape(shown).count(secret) == 0
    assert "Basic service charge" in soap.masking.readable(b"Basic service charge", endpoint.secrets)


def test_secret_in_a_fault_is_masked(soap, ask):
    """SW+4: what becomes the error text of a message is masked as the message is."""
    error = ask(
        http(fault("s:Server", "login garage:p&amp;ss&lt;1 failed"), "500 Error"), username="g", password="p&ss<1"
    )
    assert error.reason == "fault"
    assert "p&ss<1" not in f"{error.detail} {error}"


# Uploaded documents


def upload(**files):
    """Return a zip with these files; ``__`` in a name is a slash, ``_`` a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return target.getvalue()


@pytest.fixture
def document():
    """The shipped WSDL with another address of its schema."""
    text = WSDL.read_text()
    assert "supplier_order.xsd" in text
    return lambda location: text.replace("supplier_order.xsd", location)


def test_zip(soap, document):
    """SW+5: a WSDL with its schemas in folders, and with addresses that were saved as they stood."""
    schema = (WSDL.parent / "supplier_order.xsd").read_text()
    for content in (
        upload(wsdl__main_wsdl=document("../xsd/types.xsd"), xsd__types_xsd=schema),
        upload(main_wsdl=document("https://supplier.example.com/x/types.xsd"), types_xsd=schema),
        upload(main_wsdl=document("types.xsd"), types_xsd=schema, readme_txt="hello"),
    ):
        service = soap.client.Service(content)
        assert b"C-1" in service.render("Test", {"customerNumber": "C-1"})


def test_several_services(soap, document):
    """SW+5: a zip with several WSDLs is one supplier with several services, each operation at its own address."""
    schema = (WSDL.parent / "supplier_order.xsd").read_text()
    rpc = WSDL.parent.parent / "nordteile"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("orders/a.wsdl", document("a.xsd"))
        archive.writestr("orders/a.xsd", schema)
        for path in (rpc / "nordteile.wsdl", rpc / "nordteile.xsd"):
            archive.writestr(f"stock/{path.name}", path.read_bytes())
    service = soap.client.Service(content.getvalue())
    assert {"PlaceOrder", "StockInquiry"} <= set(service.operations())
    with serving() as first, serving() as second:
        endpoint = soap.client.Endpoint(first.url, others=(("Test", second.url),))
        service.call("Test", service.render("Test", {"customerNumber": "C"}), endpoint)
    assert (len(first.requests), len(second.requests)) == (0, 1)


@pytest.mark.parametrize("packed", [False, True])
def test_upload_reads_nothing_else(soap, document, packed):
    """SW+4: whatever an upload refers to outside of itself, existing or not, ends in the same words."""
    from zeep.exceptions import Error

    places = ["/etc/passwd", "/etc/no-such-file", "/dev/zero", "file:///etc/passwd", "../../../etc/passwd",
              "http://127.0.0.1:1/x.xsd", "https://supplier.example.com/x.xsd", "ftp://x/y.xsd"]  # fmt: skip
    for place in places:
        content = document(place).encode()
        (error, seconds) = timed(
            lambda content=content: soap.documents.load_document(upload(a_wsdl=content) if packed else content)
        )
        assert isinstance(error, Error), place
        assert "is not part of the upload" in str(error)
        assert not any(word in str(error) for word in ("Start tag", "No such file", "root:")), error
        assert seconds < 2


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"<html/>", b"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>", b"PK\x03\x04broken",
     b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><definitions xmlns='http://schemas.xmlsoap.org/wsdl/'>&b;</definitions>"],
)  # fmt: skip
def test_unusable_upload(soap, content):
    """SW+5: what is no WSDL is refused as a ZeepError, whatever it is, and in words instead of Python's."""
    from zeep.exceptions import Error

    with pytest.raises(Error) as raised:
        soap.documents.load_document(content)
    assert "DTDForbidden" not in str(raised.value)
    bomb = upload(a_wsdl=b" " * (soap.documents.MAX_UNPACKED + 1))
    with pytest.raises(Error, match="too large"):
        soap.documents.load_document(bomb)


def test_first_binding_is_http(soap):
    """SW+5: a WSDL whose first binding is HTTP POST, as ASP.NET writes them, is spoken to with SOAP."""
    text = WSDL.read_text()
    start = text.index("<wsdl:binding")
    port = etree.fromstring(text.encode()).find("{*}portType").get("name")
    first = (
        f'<wsdl:binding xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" name="HttpPost" type="tns:{port}">'
        '<http:binding verb="POST"/></wsdl:binding>'
    )
    schema = (WSDL.parent / "supplier_order.xsd").read_text()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.wsdl", text[:start] + first + text[start:])
        archive.writestr("supplier_order.xsd", schema)
    service = soap.client.Service(content.getvalue())
    assert service.render("Test", {"customerNumber": "C-1"})
    with serving() as wire:
        reply = service.call("Test", service.render("Test", {"customerNumber": "C"}), soap.client.Endpoint(wire.url))
    assert reply.value == "Hello garage"
