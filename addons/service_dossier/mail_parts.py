"""What senders' mail programs put into a mail besides its text: charsets, calendar answers, TNEF; no ORM here."""

import base64
import codecs
import contextlib
import itertools
import logging
import mimetypes
import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import urlsplit

from lxml import etree
from odoo.addons.base_safeguard.file_content import FileContent
from odoo.tools.mimetypes import guess_mimetype
from psycopg2 import DataError
from tnefparse import TNEF
from vobject import readComponents

from .mail_html import INLINE, inner_html, parse_body

_logger = logging.getLogger(__name__)

#: what ``winmail.dat`` may unpack to; more is an attack
MAX_TNEF_FILES = 50
MAX_TNEF_SIZE = 100 * 2**20
#: a part that is a mail, an invitation or a card, and has no name of its own
NAMES = {"BEGIN:VCALENDAR": "calendar.ics", "BEGIN:VCARD": "card.vcf"}
#: what Odoo and mail programs call what has no name
NAMELESS = ("attachment", "noname", "unnamed", "untitled", "att00001")
#: files of S/MIME and PGP that hold the text of a mail
SEALED = (".p7m", ".asc", ".pgp", ".gpg")
TNEF_SIGNATURE = b"\x78\x9f\x3e\x22"
#: types for which ``mimetypes`` depends on the machine
EXTENSIONS = {"image/jpeg": ".jpg", "image/heic": ".heic", "image/webp": ".webp", "text/plain": ".txt"}
#: what comes of mails that no program reads
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, DataError)
#: HTML this short is not nested deeper than a parser goes
MIN_DEEP = 1000
SIGNED = re.compile(rb"([+<]?dossier[+-]\d{1,10}-|(?:\+|%2B|&#0*43;)\d{1,10}-)[0-9a-f]{32}", re.IGNORECASE)
#: as Outlook's own files hold texts, two bytes a character
SIGNED_WIDE = re.compile(rb"([+-]\0(?:\d\0){1,10}-\0)(?:[0-9a-f]\0){32}", re.IGNORECASE)
#: more than either takes
LONGEST_SIGNED = 128
ENCODED = ("base64", "quoted-printable")
#: a link that stands for a picture until it is clicked
REMOTE_CLASS = "o_dossier_remote_picture"


def is_known_charset(name):
    """Return whether a text can be decoded by the charset of this name."""
    try:
        # what is no text encoding (``rot13``, ``hex``) is found, too, and decodes no bytes
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def guess_charset(content):
    """Return the charset that bytes of an unknown one are read with: UTF-8 where they are that, else Windows'."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _decodes(content, charset):
    if charset.startswith(("utf-16", "utf-32")) and b"\0" not in content:
        return False
    try:
        content.decode(charset)
    except ValueError:
        return False
    return True


def _unreadable_parts(message):
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            charset = part.get_content_charset() or "us-ascii"
            if not is_known_charset(charset) or not _decodes(part.get_payload(decode=True) or b"", charset):
                yield part, charset


def _boundless_parts(message):
    return (part for part in message.walk() if part.get_content_maintype() == "multipart" and not part.is_multipart())


def _read_header(message, name, raw):
    try:
        return str(message.policy.header_fetch_parse(name, raw))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        # encoded words that say nothing are shown as they are
        return None


def _odd_headers(message):
    """Return the headers that no database can hold, or whose bytes say nothing of their charset, as they are read."""
    odd = {}
    for name, raw in message.raw_items():
        text, read = str(raw), _read_header(message, name, raw)
        value = text
        if read is None:
            value = text.replace("=?", "= ?")
        elif not any("\ud800" <= character <= "\udfff" for character in text):
            value = read
        if clean_text(value) != read:
            odd[name, text] = clean_text(value)
    return odd


def is_odd(message):
    """Return whether a mail has to be repaired to be read, so that its original is worth keeping."""
    parts = itertools.chain(_unreadable_parts(message), _boundless_parts(message))
    return any(True for _part in parts) or bool(_odd_headers(message))


def repair_headers(message):
    """Write headers that no database can hold anew; changed in place."""
    odd = _odd_headers(message)
    if odd:
        headers = [(name, odd.get((name, str(raw)), raw)) for name, raw in message.raw_items()]
        for name in {name for name, _value in headers}:
            del message[name]
        for name, value in headers:
            message.set_raw(name, " ".join(value.split()) if isinstance(value, str) else value)


def repair_boundaries(message):
    """Show parts whose boundary is missing or another one as the text that they are; changed in place."""
    for part in list(_boundless_parts(message)):
        part.set_type("text/plain")


def repair_charsets(message):
    """Give parts whose charset nobody knows, or that are not in the one they name, one that they can be read with.

    :param message: ``email.message.EmailMessage``; changed in place
    :returns: the names that were not known
    """
    unknown = []
    for part, charset in list(_unreadable_parts(message)):
        unknown.append(charset)
        part.set_param("charset", guess_charset(part.get_payload(decode=True) or b""))
    return unknown


def clean_text(text):
    """Return a header's text as the database can hold it: bytes of unknown charsets read as far as possible."""
    text = text.replace("\0", "")
    try:
        readable = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # half of a pair, which no bytes stand for
        return text.encode("utf-8", "replace").decode()
    return readable.decode("utf-8" if guess_charset(readable) == "utf-8" else "windows-1252", "replace")


def readable_text(message):
    """Return the plain texts of a mail that could not be taken apart, as far as they can be read."""
    texts = []
    for part in message.walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            content = part.get_payload(decode=True) or b""
            texts.append(content.decode(guess_charset(content), "replace"))
    return "\n\n".join(texts)


def part_name(name, content):
    """Return the name of a file in a mail, one with an extension that programs know where it has none.

    :param content: bytes, a text, or a mail (``email.message.EmailMessage``)
    """
    if name and name.lower() not in NAMELESS:
        return name
    if isinstance(content, EmailMessage):
        subject = clean_text(content.get("Subject") or "").strip()
        return f"{subject[:80] or 'mail'}.eml"
    start = (content if isinstance(content, str) else content[:40].decode("ascii", "replace")).lstrip()[:20].upper()
    for beginning, chosen in NAMES.items():
        if start.startswith(beginning):
            return chosen
    if isinstance(content, str):
        return "text.txt"
    mimetype = guess_mimetype(content)
    return "file" + (EXTENSIONS.get(mimetype) or mimetypes.guess_extension(mimetype) or ".bin")


class _Words(HTMLParser):
    """The words of HTML, however deep they are nested."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self._hidden = [], 0

    def handle_starttag(self, tag, attrs):
        """Leave out what nobody sees; break lines where a block begins."""
        self._hidden += tag in ("style", "script", "title")
        self.texts.append("" if tag in INLINE else "\n")

    def handle_endtag(self, tag):
        """See above."""
        self._hidden -= tag in ("style", "script", "title") and self._hidden > 0

    def handle_data(self, data):
        """Keep a text."""
        if not self._hidden:
            self.texts.append(data)


def html_text(markup):
    """Return the text of HTML without a parser that gives up where elements are nested too deeply."""
    words = _Words()
    words.feed(markup)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.texts).splitlines())
    return "\n".join(line for line in lines if line)


def lost_text(message, body):
    """Return the text of a mail's HTML where the body (HTML) that was made of it lacks some of it; else nothing."""
    for part in message.walk():
        is_shown = part.get_content_type() == "text/html" and is_inline(part)
        if not is_shown or len(markup := part.get_content()) <= MIN_DEEP:
            continue
        text = html_text(markup)
        if Counter(text.split()) - Counter(html_text(body).split()):
            return text
    return ""


def is_inline(part):
    """Return whether a part of a mail is shown in it, and is no file beside it."""
    disposition = (part.get("Content-Disposition") or "").strip()
    return not part.get_filename() and not disposition.startswith("attach")


def hide_signatures(content, *, is_mail=False):
    """Return a file without the signatures that only one reader of a mail may answer with.

    :param content: bytes, or a ``FileContent``, which is read whole only where it is a mail or has signatures
    :param is_mail: whether to look into the parts of a mail, which encode what they hold
    """
    if isinstance(content, FileContent):
        pieces = content.pieces(overlap=LONGEST_SIGNED)
        if not is_mail and not any(SIGNED.search(piece) or SIGNED_WIDE.search(piece) for piece in pieces):
            return content
        content = bytes(content)
    if is_mail:
        with contextlib.suppress(*UNREADABLE):  # a mail that cannot be taken apart is searched as it is
            content = _with_hidden_parts(content)
    content = SIGNED.sub(rb"\g<1>" + b"0" * 32, content)
    return SIGNED_WIDE.sub(rb"\g<1>" + b"0\0" * 32, content)


def _with_hidden_parts(raw):
    """Return a mail (bytes) whose encoded parts hold no signatures; the very bytes where none does."""
    message = message_from_bytes(raw, policy=policy.compat32)
    changed = False
    for part in message.walk():
        if part.is_multipart() or str(part.get("Content-Transfer-Encoding")).strip().lower() not in ENCODED:
            continue
        content = part.get_payload(decode=True) or b""
        hidden = hide_signatures(content)
        if hidden != content:
            changed = True
            part.replace_header("Content-Transfer-Encoding", "base64")
            part.set_payload(base64.encodebytes(hidden).decode("ascii"))
    return message.as_bytes() if changed else raw


def raw_bytes(message):
    """Return a mail as it came, as far as Python can write it again."""
    return message.as_bytes(policy=policy.compat32)


def is_tnef(name, content):
    """Return whether a file is what Outlook packs its rich text and its files into."""
    return isinstance(content, bytes) and content.startswith(TNEF_SIGNATURE)


def unpack_tnef(content):
    """Return the text and the files in a ``winmail.dat``, which Outlook sends in its rich-text mode.

    :returns: pair of the text (HTML or plain, empty where there is none) and pairs of name and content;
        ``None`` where the file cannot be read
    """
    try:
        tnef = TNEF(content)
        files = [
            (attachment.long_filename() or attachment.name or "", attachment.data) for attachment in tnef.attachments
        ]
        body = tnef.htmlbody or tnef.body or b""
    except Exception:
        _logger.info("A winmail.dat could not be read", exc_info=True)
        return None
    if not files and not body:
        return None
    if len(files) > MAX_TNEF_FILES or sum(len(data or b"") for _name, data in files) > MAX_TNEF_SIZE:
        return None
    if isinstance(body, bytes):
        body = body.decode(guess_charset(body), "replace")
    return body.strip("\0 \r\n"), [(name, data) for name, data in files if data]


def read_calendar(content):
    """Return what a calendar part says.

    :param content: text of the part
    :returns: dict of ``method``, ``summary``, ``start``, ``answer`` (``ACCEPTED``, ``DECLINED``, ``TENTATIVE``) and
        ``attendee``; empty where it cannot be read
    """
    with contextlib.suppress(Exception):  # vobject fails in many ways on broken calendars; the file itself is kept
        calendar = next(readComponents(content))
        event = calendar.vevent
        attendees = getattr(event, "attendee_list", [])
        answers = [(a.params.get("PARTSTAT") or [""])[0].upper() for a in attendees]
        return {
            "method": getattr(getattr(calendar, "method", None), "value", "").upper(),
            "summary": getattr(getattr(event, "summary", None), "value", ""),
            "start": getattr(getattr(event, "dtstart", None), "value", None),
            "answer": answers[0] if len(answers) == 1 else "",
            "attendee": attendees[0].value.partition(":")[2] if len(attendees) == 1 else "",
        }
    return {}


def hold_back_pictures(body, label):
    """Return a body (HTML) in which pictures on other servers are links: they load only after a click.

    A picture tells its server who reads the mail, when and where; one that nobody can see does nothing else.

    :param label: the link's text, with ``%(server)s``
    """
    if not any(word in body.lower() for word in ("<img", "url(", "background")):
        return body
    root = parse_body(body)
    for image in list(root.iter("img")):
        source = (image.get("src") or "").strip()
        if source.lower().startswith(("data:image/", "cid:")):
            image.attrib.pop("srcset", None)
            continue
        if source.lower().startswith(("http:", "https:", "//")) and not _is_invisible(image):
            image.addprevious(_remote_link(source, label))
        image.drop_tree()
    for element in root.iter(etree.Element):
        element.attrib.pop("background", None)
        style = element.get("style") or ""
        if "url(" in style.lower().replace(" ", ""):
            element.set("style", ";".join(part for part in style.split(";") if "url" not in part.lower()))
    return inner_html(root)


def _is_invisible(image):
    sizes = (image.get("width") or "").strip(), (image.get("height") or "").strip()
    return any(size in ("0", "1", "0px", "1px") for size in sizes)


def _remote_link(source, label):
    source = f"https:{source}" if source.startswith("//") else source
    link = etree.Element("a", {"class": REMOTE_CLASS, "href": source, "rel": "noreferrer noopener", "target": "_blank"})
    try:
        server = urlsplit(source).hostname or ""
    except ValueError:
        server = ""
    link.text = label % {"server": server}
    return link
