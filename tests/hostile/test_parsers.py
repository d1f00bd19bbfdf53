"""Whatever reads text from outside, with text that nobody thought of: no crash, and soon done."""

import datetime
import email.policy
import string
from email.message import EmailMessage
from email.parser import BytesParser
from types import SimpleNamespace

import pytest
import requests
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.odoo_server import OdooInstallation

settings.register_profile(
    "hostile",
    max_examples=150,
    deadline=2000,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("hostile")

#: everything that Python calls a text, lone surrogates and NUL included
ANY = st.text(st.characters(), max_size=200)
#: texts that a database or an HTTP form can hold
CLEAN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
START = datetime.date(2026, 3, 2)


@pytest.fixture(scope="session")
def addon_code():
    """Return a function that imports a module of ours by its dotted name, in this process."""
    import odoo.modules.module
    from odoo.tools import config

    config.parse_config([f"--addons-path={OdooInstallation({}).addons_path()}"])
    odoo.modules.module.initialize_sys_path()

    def load(name):
        return __import__(f"odoo.addons.{name}", fromlist=["x"])

    return load


# Recurrence rules and calendar feeds

_PIECES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "FREQ=HOURLY",
        "INTERVAL=2",
        "INTERVAL=0",
        "INTERVAL=-1",
        "INTERVAL=99999999",
        "COUNT=5",
        "COUNT=0",
        "COUNT=-3",
        "COUNT=+2",
        "UNTIL=20270101",
        "UNTIL=99991231T235959Z",
        "UNTIL=20261345",
        "BYDAY=MO,TU",
        "BYDAY=1TU",
        "BYDAY=-1FR",
        "BYDAY=99MO",
        "BYDAY=",
        "BYDAY=,,",
        "BYMONTHDAY=31",
        "BYMONTHDAY=-31",
        "BYMONTHDAY=30",
        "BYMONTH=2",
        "BYMONTH=13",
        "BYYEARDAY=366",
        "BYWEEKNO=53",
        "BYSETPOS=1",
        "BYSETPOS=-366",
        "WKST=SU",
        "SKIP=BACKWARD",
        "SKIP=FORWARD",
        "RSCALE=HEBREW",
        "X-STEP=WORKDAY",
        "BYHOUR=1",
        "BYEASTER=1",
        "=",
        ";;",
        "FREQ",
        "BYMONTHDAY=٣",
        "INTERVAL=1_0",
    ]
)
_RULES = st.one_of(
    ANY,
    st.lists(_PIECES, max_size=6).map(";".join),
    st.builds(lambda start, rule: f"DTSTART:{start}\n{rule}", ANY, st.lists(_PIECES, max_size=5).map(";".join)),
)


@given(text=_RULES)
def test_rules(addon_code, text):
    """RI+4: a rule is read or refused with RuleError; what is read can be written and read again."""
    recurrence = addon_code("recurring_interaction.recurrence")
    rule_text = addon_code("recurring_interaction.recurrence.rule_text")
    RuleError = addon_code("recurring_interaction.recurrence.pattern").RuleError
    assert recurrence
    try:
        pattern = rule_text.from_text(text, START)
    except RuleError:
        return
    written = rule_text.to_text(pattern)
    again = rule_text.from_text(written, pattern.start)
    assert rule_text.to_text(again) == written
    first = [day for day, _number in zip(pattern.dates(), range(5), strict=False)]
    assert first == [day for day, _number in zip(again.dates(), range(5), strict=False)]


@given(names=st.lists(CLEAN, min_size=1, max_size=4), description=CLEAN)
def test_feed(addon_code, names, description):
    """RI+4: whatever an interaction is called, the feed has one entry for it and no line of more than 75 octets."""
    ics = addon_code("recurring_interaction.recurrence.ics")
    moment = datetime.datetime(2026, 3, 2, 9)
    events = [
        ics.Event(f"{number}@x", moment, moment, name, moment, description=description)
        for number, name in enumerate(names)
    ]
    content = ics.calendar(names[0], events)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b""), "a line break of a text is escaped"
    text = content.decode().replace("\r\n ", "")
    begins = [line for line in text.split("\r\n") if line.startswith("BEGIN:VEVENT")]
    assert len(begins) == len(names)
    if all(character.isprintable() for name in [*names, description] for character in name):
        calendar = vobject.readOne(content.decode())
        assert [entry.summary.value for entry in calendar.vevent_list] == names


# Names of files


@given(names=st.lists(st.one_of(ANY, st.from_regex(r"[a-z ]{0,3}[0-9]{0,6}\.pdf", fullmatch=True)), max_size=8))
def test_natural_order(addon_code, names):
    """OP3: every set of names has one order, whatever order it came in."""
    key = addon_code("online_proof.engine.natural").natural_key
    assert sorted(names[::-1], key=key) == sorted(names, key=key)


@pytest.mark.parametrize("digits", [4300, 4301, 200_000])
def test_natural_order_of_long_numbers(addon_code, digits):
    """OP3: a name may be a number of any length."""
    key = addon_code("online_proof.engine.natural").natural_key
    names = ["9" * digits + ".pdf", "1" + "0" * digits + ".pdf", "2.pdf", "page 10.pdf", "page 9.pdf"]
    assert sorted(names, key=key) == [names[2], names[0], names[1], names[4], names[3]]


# Addresses, reply addresses, mail bodies

_ADDRESSES = st.lists(
    st.one_of(
        ANY,
        st.emails(),
        st.sampled_from(
            ['"a, b" <c@d.example>', "a@b@c", "<x@y.example>", "a b@c.example", "(x)a@b.example", "ü@ü.example"]
        ),
    ),
    max_size=6,
).map(", ".join)


@given(text=_ADDRESSES)
def test_recipients(addon_code, text):
    """SD3: a list of recipients is refused with RecipientError or is plain addresses, none twice, each one line."""
    mail_text = addon_code("service_dossier.mail_text")
    try:
        found = mail_text.parse_recipients(text, limit=5)
    except mail_text.RecipientError:
        return
    assert 1 <= len(found) <= 5
    assert len(set(found)) == len(found)
    for address in found:
        assert address.count("@") == 1
        assert not set(address) & set(' \r\n\t,;<>"\0')
    assert mail_text.parse_recipients(",".join(found), limit=5) == found


@given(
    addresses=st.lists(
        st.one_of(ANY, st.from_regex(r"dossiers\+[0-9]{1,12}-[0-9a-f]{30,34}@x\.example", fullmatch=True)), max_size=4
    ),
    references=st.one_of(ANY, st.from_regex(r"(<dossier-[0-9]{1,12}-[0-9a-f]{32}@x> ?){0,3}", fullmatch=True)),
)
def test_reply_addresses(addon_code, addresses, references):
    """SD3: ids in reply addresses are ids that the database can look up."""
    mail_text = addon_code("service_dossier.mail_text")
    for mail_id, signature in mail_text.find_signatures(addresses, references, "dossiers"):
        assert 0 <= mail_id < 2**31
        assert len(signature) == 32
        assert set(signature) <= set("0123456789abcdef")


_HTML = st.lists(
    st.one_of(
        CLEAN,
        st.sampled_from(
            [
                "<blockquote>",
                "</blockquote>",
                "<div",
                "class='gmail_quote'>",
                "</div>",
                "<p>",
                "</p>",
                "<pre>",
                "</pre>",
                "<!--x-->",
                "<img",
                "src=x>",
                "&amp;",
                "&#0;",
                "<![CDATA[",
                "<?xml?>",
                "On|Monday|Eve|wrote:",
                "<table><tr>",
                "</table>",
                "<script>",
                "<svg>",
                "</body>",
                "</html>",
                "<html>",
                "<title>",
            ]
        ).map(lambda word: word.replace("|", " ")),
    ),
    max_size=12,
).map("".join)


@given(body=_HTML)
def test_folding(addon_code, body):
    """SD14: the new and the quoted part of a mail together say what the mail said."""
    mail_text = addon_code("service_dossier.mail_text")
    new, quoted = mail_text.fold_quote(body)
    plain_new, plain_quoted = mail_text.fold_plain_quote(body)
    assert len(plain_new) + len(plain_quoted) <= len(body)

    def words(text):
        return "".join(mail_text.parse_body(text).itertext()).split() if text.strip() else []

    if body.strip() and quoted:
        assert sorted("".join(words(new) + words(quoted))) == sorted("".join(words(body)))


@pytest.mark.parametrize(
    "body", ["<div>" * 20_000, "<blockquote>" * 5000 + "x", "On " + "x" * 100_000, "<p>On " + "a b" * 50_000]
)
def test_folding_is_quick(addon_code, body):
    """SD14: depth and length of a mail cost no more than a moment."""
    mail_text = addon_code("service_dossier.mail_text")
    before = datetime.datetime.now()
    mail_text.fold_quote(body)
    mail_text.fold_plain_quote(body)
    assert datetime.datetime.now() - before < datetime.timedelta(seconds=5)


@given(
    headers=st.dictionaries(st.sampled_from(["Auto-Submitted", "Precedence", "List-Id", "Return-Path"]), CLEAN),
    raw=st.binary(max_size=300),
)
def test_automatic_mail(addon_code, headers, raw):
    """SD3: any header and any bytes can be judged."""
    mail_text = addon_code("service_dossier.mail_text")
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items()).encode("utf-8", "replace")
    message = BytesParser(_class=EmailMessage, policy=email.policy.SMTP).parsebytes(lines + b"\n" + raw)
    assert mail_text.is_automatic(message) in (True, False)


# Warranty numbers


@given(body=st.text(string.ascii_uppercase + string.digits, min_size=4, max_size=20), noise=ANY)
def test_warranty_numbers(addon_code, body, noise):
    """SD9: a number with its check digit is right however it is typed; nothing else crashes the check."""
    numbers = addon_code("service_dossier.warranty_number")
    number = numbers.with_check_digit(body)
    assert numbers.is_valid(number)
    assert numbers.is_valid(numbers.normalise(f" {number[:3].lower()}-{number[3:]}. "))
    assert numbers.is_valid(numbers.normalise(noise)) in (True, False)
    assert not numbers.is_valid(f"{number}\n")


# What suppliers answer

_VALUES = st.one_of(
    st.sampled_from(["1", "-1", "0.5", "NaN", "INF", "-Infinity", "1e400", "2026-02-30", "CA", "7", "true", ""]), CLEAN
)
_NAMES = [
    "order",
    "messageId",
    "responseCode",
    "supplierReference",
    "currency",
    "duplicate",
    "line",
    "position",
    "status",
    "quantity",
    "price",
    "availableOn",
    "note",
    "known",
    "offer",
    "partNumber",
    "available",
]


@st.composite
def _elements(draw, depth=3):
    name = draw(st.sampled_from(_NAMES))
    if depth and draw(st.booleans()):
        return f"<{name}>{''.join(draw(st.lists(_elements(depth - 1), max_size=4)))}</{name}>"
    value = draw(_VALUES).replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{value}</{name}>"


@pytest.fixture(scope="module", params=["standard", "nordteile"])
def supplier(addon_code, request):
    """A connector and its SOAP service."""
    module = addon_code(f"supplier_webservice_order.connectors.{request.param}")
    client = addon_code("supplier_webservice_order.soap.client")
    connector = getattr(module, f"{request.param.title()}Connector")()
    return connector, client.Service(connector.wsdl)


@pytest.fixture
def answering(addon_code, supplier, monkeypatch):
    """Return a function that lets the supplier answer with given bytes and returns what our side makes of them."""
    client = addon_code("supplier_webservice_order.soap.client")
    worker = addon_code("supplier_webservice_order.models.supplier_exchange_worker")
    connector, service = supplier
    account = SimpleNamespace(customer_number="1", options={"branch_code": "1"})
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
                reply = service.call(operation, payload, client.Endpoint("http://supplier.example.com"))
                results.append(worker.SupplierExchange._decode(None, read, reply))
            except addon_code("supplier_webservice_order.soap.errors").SoapError as error:
                results.append(error)
        return results

    return ask


_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_RESPONSES = (
    "urn:supplier-webservice-order:standard:1 GetOrderStatusResponse",
    "urn:supplier-webservice-order:standard:1 CheckAvailabilityResponse",
    "urn:supplier-webservice-order:standard:1 TestResponse",
    "urn:x Unknown",
)


def _envelope(body):
    return f"<s:Envelope xmlns:s='{_SOAP}'><s:Body>{body}</s:Body></s:Envelope>".encode("utf-8", "replace")


@given(
    response=st.sampled_from(_RESPONSES),
    parts=st.lists(_elements(), max_size=5).map("".join),
    status=st.sampled_from([200, 202, 204, 302, 400, 401, 408, 429, 500, 503]),
    fault=st.one_of(st.none(), CLEAN),
)
def test_supplier_answers(answering, response, parts, status, fault):
    """SW8: answers of any shape are an answer or a SoapError, and no number in them is infinite or none."""
    namespace, name = response.split()
    body = f"<{name} xmlns='{namespace}'>{parts}</{name}>"
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


@pytest.mark.parametrize("price", ["NaN", "INF", "-INF", "Infinity", "sNaN", "1e400", "-5", "9" * 40])
def test_prices_that_are_none(answering, price):
    """SW8: an answer whose price is no sensible number is not understood; it never becomes a price."""
    line = f"<line><position>1</position><status>Confirmed</status><quantity>1</quantity><price>{price}</price></line>"
    order = f"<order><messageId>m</messageId><responseCode>CA</responseCode><duplicate>false</duplicate>{line}</order>"
    namespace = "urn:supplier-webservice-order:standard:1"
    body = f"<GetOrderStatusResponse xmlns='{namespace}'><known>true</known>{order}</GetOrderStatusResponse>"
    results = answering(_envelope(body))
    assert all(isinstance(result, Exception) for result in results), results


def test_prices_that_are_some(answering, supplier):
    """SW8: the same answer with a price is understood; the refusals above are about the price."""
    connector, _service = supplier
    if "standard" not in str(connector.wsdl):
        pytest.skip("the answer is written in the standard dialect")
    line = "<line><position>1</position><status>Confirmed</status><quantity>1</quantity><price>12.50</price></line>"
    order = f"<order><messageId>m</messageId><responseCode>CA</responseCode><duplicate>false</duplicate>{line}</order>"
    namespace = "urn:supplier-webservice-order:standard:1"
    body = f"<GetOrderStatusResponse xmlns='{namespace}'><known>true</known>{order}</GetOrderStatusResponse>"
    answer = answering(_envelope(body))[0]
    assert answer.known and [float(line.price) for line in answer.lines] == [12.5]


# Photos


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP"]),
)
def test_photos(addon_code, content, head):
    """SW7: bytes that are no photo are refused with PhotoError."""
    imaging = addon_code("supplier_webservice_order.imaging")
    try:
        jpeg, width, height = imaging.clean_photo(head + content)
    except imaging.PhotoError:
        return
    assert jpeg.startswith(b"\xff\xd8")
    assert width and height
