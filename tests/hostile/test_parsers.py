"""Whatever reads text from outside, with text that nobody thought of: no crash, and soon done."""

import datetime
import email.policy
import string
import tempfile
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from .strategies import ANY, CLEAN

pytestmark = pytest.mark.plain

START = datetime.date(2026, 3, 2)


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


@settings(deadline=None)
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
    ordered = sorted(names, key=key)
    names.reverse()
    assert sorted(names, key=key) == ordered


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
    mail_html = addon_code("service_dossier.mail_html")
    new, quoted = mail_html.fold_html(body)
    plain_new, plain_quoted = addon_code("service_dossier.mail_quote").fold_text(body)
    assert len(plain_new) + len(plain_quoted) <= len(body)

    def words(text):
        return "".join(mail_html.parse_body(text).itertext()).split() if text.strip() else []

    if body.strip() and quoted:
        assert sorted("".join(words(new) + words(quoted))) == sorted("".join(words(body)))


@pytest.mark.parametrize(
    "body", ["<div>" * 20_000, "<blockquote>" * 5000 + "x", "On " + "x" * 100_000, "<p>On " + "a b" * 50_000]
)
def test_folding_is_quick(addon_code, body):
    """SD14: depth and length of a mail cost no more than a moment."""
    before = datetime.datetime.now()
    addon_code("service_dossier.mail_html").fold_html(body)
    addon_code("service_dossier.mail_quote").fold_text(body)
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
    assert numbers.is_valid(numbers.normalize(f" {number[:3].lower()}-{number[3:]}. "))
    assert numbers.is_valid(numbers.normalize(noise)) in (True, False)
    assert not numbers.is_valid(f"{number}\n")


# Photos


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP"]),
)
def test_photos(addon_code, content, head):
    """SW7: bytes that are no photo are refused with a reason."""
    pictures = addon_code("base_safeguard.sandbox.pictures")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "photo", Path(folder) / "clean.jpg"
        source.write_bytes(head + content)
        try:
            size = pictures.clean(str(source), str(target))
        except pictures.JobError as error:
            assert error.code in ("empty", "heic", "pixels", "image")
            return
        assert target.read_bytes().startswith(b"\xff\xd8")
        assert size["width"] and size["height"]
