"""Reading and writing the parts of e-mails that dossiers need; no ORM here."""

import re
from email.utils import getaddresses

from lxml import html as lxml_html

LOCAL_TOKEN = re.compile(r"(?P<alias>[a-z0-9._-]+)\+(?P<id>\d{1,10})-(?P<signature>[0-9a-f]{32})$")
REFERENCE = re.compile(r"<dossier-(?P<id>\d{1,10})-(?P<signature>[0-9a-f]{32})@[^<>\s]+>")
ADDRESS = re.compile(
    r"[^\s@<>,;\"()\[\]\\:]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.)*[a-z0-9][a-z0-9-]{0,62}$", re.IGNORECASE
)
#: what lxml takes for a text; mails hold control characters, too
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_ID = 2**31 - 1
MAILING = re.compile(r"<dossier-(?P<id>\d{1,10})-")
QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "OutlookMessageHeader", "protonmail_quote")
QUOTE_IDS = ("divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container")
ATTRIBUTION = re.compile(
    r"^\s*(?:(?:On|Le|Op|Am|Den|În|La)\b.{5,200}(?::|wrote|schreef|schrieb|a écrit|skrev|a scris).{0,40}:?"
    r"|-{2,}\s*(?:Original Message|Message d'origine|Oorspronkelijk bericht|Ursprüngliche Nachricht"
    r"|Oprindelig meddelelse|Mesaj original)\s*-{2,})\s*$",
    re.IGNORECASE,
)


class RecipientError(ValueError):
    """Addresses that cannot be accepted; ``kind`` says why, ``detail`` names the culprit."""

    def __init__(self, kind, detail=""):
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


def has_line_break(text):
    """Return whether a text meant for a mail header could start another header."""
    return any(character in "\r\n\0\x0b\x0c\x85\u2028\u2029" for character in text or "")


def parse_recipients(text, *, limit):
    """Return the normalised addresses of a list separated by commas or semicolons.

    :raises RecipientError: header injection, no or too many addresses, or a wrong one
    """
    text = (text or "").strip()
    if has_line_break(text):
        raise RecipientError("injection")
    if len(text) > 320 * limit:
        raise RecipientError("many")
    entries = [entry.strip() for entry in text.replace(";", ",").split(",") if entry.strip()]
    if len(entries) > limit:
        raise RecipientError("many")
    found = []
    for entry in entries:
        pairs = getaddresses([entry])
        address = pairs[0][1].lower() if len(pairs) == 1 else ""
        if not ADDRESS.match(address):
            raise RecipientError("invalid", entry[:80])
        if address not in found:
            found.append(address)
    if not found:
        raise RecipientError("none")
    return found


def is_automatic(message):
    """Return whether a machine wrote this mail: out-of-office notes, lists, bounces.

    :param message: ``email.message.EmailMessage``
    """
    submitted = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    return bool(
        submitted != "no"
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
        or message.get("List-Id")
        or (message.get("Return-Path") or "").strip() == "<>"
        or message.get_content_type() == "multipart/report"
    )


def find_signatures(addresses, references, alias):
    """Yield ``(id, signature)`` found in reply addresses and in message references, best first.

    :param addresses: bare recipient addresses
    :param references: text of the References and In-Reply-To headers
    :param alias: local part of the alias that replies are sent to
    """
    for address in addresses:
        match = LOCAL_TOKEN.match(address.partition("@")[0].lower())
        if match and match["alias"] == alias and int(match["id"]) <= MAX_ID:
            yield int(match["id"]), match["signature"]
    for match in reversed(list(REFERENCE.finditer(references or ""))):
        if int(match["id"]) <= MAX_ID:
            yield int(match["id"]), match["signature"]


def parse_body(body):
    """Return a mail body (HTML) as an lxml element around all of it."""
    return lxml_html.fragment_fromstring(NOT_XML.sub("", body), create_parent="div")


def fold_quote(body):
    """Split a mail body (HTML) into what is new and what is quoted.

    :returns: pair of HTML strings, the second one empty when nothing is quoted
    """
    if not (body or "").strip():
        return "", ""
    root = parse_body(body)
    start = _first_quote(root)
    if start is None:
        return body, ""
    quoted = lxml_html.Element("div")
    _move_from(start, root, quoted)
    new = _inner_html(root)
    if not _has_content(root):
        return body, ""
    return new, _inner_html(quoted)


def _has_content(element):
    return bool("".join(element.itertext()).strip()) or bool(element.xpath(".//img"))


def _first_quote(root):
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        classes = (element.get("class") or "").split()
        if (
            element.tag == "blockquote"
            or element.get("id") in QUOTE_IDS
            or any(name in classes for name in QUOTE_CLASSES)
            or element.get("data-o-mail-quote")
        ):
            return _with_attribution(element)
    for element in root.iter("pre", "p", "div"):
        if len(element) == 0 and ATTRIBUTION.match(element.text or ""):
            return element
    return None


def _with_attribution(element):
    """Return the ``On ... wrote:`` line right before a quote, or the quote itself."""
    previous = element.getprevious()
    # comments, which Outlook writes everywhere, have no text
    if (
        previous is not None
        and isinstance(previous.tag, str)
        and ATTRIBUTION.match(" ".join("".join(previous.itertext()).split()))
    ):
        return previous
    return element


def _move_from(start, root, target):
    """Move ``start`` and everything that follows it inside ``root`` to ``target``."""
    node = start
    while node is not root and node is not None:
        parent = node.getparent()
        following = list(node.itersiblings())
        if node is start:
            following.insert(0, node)
        for sibling in following:
            target.append(sibling)
        node = parent


def _inner_html(element):
    parts = [element.text or ""]
    parts += [lxml_html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts).strip()


def fold_plain_quote(text):
    """Split a plain-text body into what is new and the quoted rest (``>`` lines)."""
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        rest = [later for later in lines[number:] if later.strip()]
        if ATTRIBUTION.match(line) and all(later.lstrip().startswith(">") for later in rest[1:]):
            break
        if line.startswith(">") and all(later.lstrip().startswith(">") for later in rest):
            break
    else:
        return text.strip(), ""
    new = "\n".join(lines[:number]).strip()
    return (new, "\n".join(lines[number:]).strip()) if new else (text.strip(), "")
