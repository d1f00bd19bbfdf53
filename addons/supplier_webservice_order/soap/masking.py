"""Readable copies of messages, without their secrets."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import codepoint2name
from urllib.parse import quote, unquote

from lxml import etree

MASK = "••••••"
SECRET_NAMES = re.compile(r"pass(word|wd|phrase)|secret|token$|api_?key|nonce|credential", re.IGNORECASE)
#: ``UsernameToken`` holds the password; itself it is only a container
HARMLESS_NAMES = {"UsernameToken"}
MAX_CHARACTERS = 200_000
#: the longest way in which one character of a secret is written down, for what is cut off in the middle of one
LONGEST_FORM = 32
#: how texts become bytes before they are packed
ENCODINGS = ("utf-8", "latin-1", "utf-16-le")
#: what stands between the bytes of a dump
HEX_GAP = r"(?:[ :]|0x|\\x|, ?0x)?"
#: letters of a packed secret that chance does not make
MIN_PACKED = 8
#: of text within text within text, each time twice as many; no more, or a page of them takes for ever
TWICE = 8
#: what has a backslash before it within a quoted text
ESCAPED = "\"'/"
#: what else than a letter or a digit a secret begins with that is written in another way
BEGINS = "&\\%=+-/_"
#: one or two characters would blank out half of the message
MIN_SECRET = 3

#: what an echoed request shows of its headers, a proxy's page too
_BASIC = re.compile(r"\bBasic(?:\s+|%20|\+)([A-Za-z0-9+/=_%-]{4,})", re.IGNORECASE)
_TOKEN = re.compile(r"\b(Bearer|NTLM|Negotiate)\s+[A-Za-z0-9+/=_.~-]{16,}", re.IGNORECASE)
_DIGEST = re.compile(r"\b(response|cnonce)(\s*=\s*)(\"|&quot;|&#34;)[0-9a-f]{16,}", re.IGNORECASE)
_RUNS = re.compile(r"(.)\1*", re.DOTALL)
_ADDRESS = re.compile(r"(://[^/\s:@]+:)[^/\s@]+(?=@)")

_parser_options = {"resolve_entities": False, "no_network": True, "remove_blank_text": True, "load_dtd": False}


def readable(content: bytes, secrets: Iterable[str] = ()) -> str:
    """Return a message as indented text with every secret replaced by ``MASK``.

    :param bytes content: what went over the wire
    :param secrets: literal values to replace wherever they occur, however they are written
    """
    if not content:
        return ""
    try:
        root = etree.fromstring(content, etree.XMLParser(**_parser_options))
    except (etree.XMLSyntaxError, ValueError):
        text = content.decode("utf-8", "replace")
    else:
        _mask_elements(root)
        text = etree.tostring(root, pretty_print=True, encoding="unicode")
    return excerpt(text, secrets, MAX_CHARACTERS, more="\n…").replace("\x00", "\ufffd")


def excerpt(text: str, secrets: Iterable[str], length: int, *, more: str = "") -> str:
    """Return the beginning of a text, masked first: half a secret at the end of it would be found by no pattern.

    :param more: what stands at the end of a text that is longer
    """
    secrets = tuple(secrets)
    margin = LONGEST_FORM * max((len(secret) for secret in secrets), default=0)
    # masking megabytes takes seconds; what reaches into the part that is not looked at is left out
    beginning = masked(text[: 2 * length + margin], secrets)
    whole = len(text) <= 2 * length + margin
    if whole and len(beginning) <= length:
        return beginning
    return (beginning if whole else beginning[: max(len(beginning) - margin, 0)])[:length] + more


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text with every secret replaced by ``MASK``, however it is written."""
    for secret in secrets:
        if secret and len(secret) >= MIN_SECRET:
            text = _pattern(secret).sub(MASK, text)
    text = _BASIC.sub(_masked_basic, text)
    text = _TOKEN.sub(rf"\1 {MASK}", text)
    text = _DIGEST.sub(rf"\1\2\3{MASK}", text)
    return _ADDRESS.sub(rf"\1{MASK}", text)


def _masked_basic(match: re.Match[str]) -> str:
    """Mask what unpacks to a user name and a password; other words that follow "basic" stay."""
    packed = unquote(match[1]).rstrip("=")
    try:
        credentials = base64.b64decode(packed + "=" * (-len(packed) % 4))
    except ValueError:
        return match[0]
    return match[0].replace(match[1], MASK) if b":" in credentials else match[0]


def credential_forms(username: str, password: str) -> tuple[str, ...]:
    """Return the secrets in a pair of credentials: the password, and both as HTTP joins them."""
    return (password, f"{username}:{password}") if password else ()


@lru_cache(256)
def _pattern(secret: str) -> re.Pattern[str]:
    """Return what matches a secret in any mixture of the ways in which an echo may write it down."""
    forms = ["".join(_run(run[1], len(run[0])) for run in _RUNS.finditer(secret))]
    begins = secret[0] + BEGINS
    for encoding in ENCODINGS:
        raw = secret.encode(encoding, "replace")
        packed = base64.b64encode(raw).decode()
        forms += [re.escape(form) for form in (quote(packed, safe=""), packed, packed.rstrip("="))]
        forms.append(re.escape(base64.urlsafe_b64encode(raw).decode().rstrip("=")))
        forms += (inside := list(_inside_base64(raw)))
        forms.append(f"(?i:{HEX_GAP.join(f'{byte:02x}' for byte in raw)})")
        begins += f"{packed[0]}{raw[0] >> 4:x}{''.join(each[0] for each in inside)}"
    # most places of a text are no beginning of any of them: one look instead of dozens
    return re.compile(f"(?=(?i:[{re.escape(begins)}]))(?:{'|'.join(dict.fromkeys(forms))})")


def _inside_base64(raw: bytes) -> Iterator[str]:
    """Yield what matches a secret in the midst of something longer that was packed: a whole message, say.

    What it looks like there depends on how many bytes stand before it; those at its ends share a letter with others.
    """
    for before in range(3):
        packed = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        whole = (before + len(raw)) * 8 // 6
        inner = packed[-(-before * 8 // 6) : whole]
        if len(inner) >= MIN_PACKED:
            yield "".join({"+": "[+-]", "/": "[/_]"}.get(each, each) for each in inner)


def _run(character: str, length: int) -> str:
    """Return what matches a character that stands so often in a row."""
    form = _character(character)
    if character == "\\":
        # one by one, each of them could be several: trying all of that takes for ever
        return f"(?:{re.escape(character)}{{{length},{TWICE * length}}}|{form * length})"
    return form * length


def _character(character: str) -> str:
    """Return what matches a character as it is, and as XML, HTML, URLs and JSON escape it."""
    number = ord(character)
    name = "apos" if character == "'" else codepoint2name.get(number)
    forms = [
        re.escape(character),
        # escaped twice, too
        f"&(?:amp;)*#0*{number};",
        f"(?i:&(?:amp;)*#x0*{number:x};)",
        f"(?i:{re.escape(json.dumps(chr(number))[1:-1])})",
        # in JSON and within scripts, as old servers escape URLs, URLs within URLs and mails
        f"(?i:{chr(92) * 2}{{1,{TWICE}}}(?:u|x){{?0*{number:x}}}?)",
        f"(?i:%(?:25){{0,4}}u{number:04x})",
        *(
            f"(?i:{''.join(f'(?:%(?:25){{0,4}}|=){byte:02x}' for byte in character.encode(each, 'replace'))})"
            for each in ("utf-8", "latin-1")
        ),
    ]
    if name:
        forms.append(f"&(?:amp;)*{name};")
    if character == " ":
        forms.append(re.escape("+"))
    before = f"{chr(92) * 2}{{0,{TWICE}}}" if character in ESCAPED else ""
    return f"{before}(?:{'|'.join(dict.fromkeys(forms))})"


def _mask_elements(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if SECRET_NAMES.search(name) and name not in HARMLESS_NAMES and not len(element):
            element.text = MASK
        for attribute in element.attrib:
            if SECRET_NAMES.search(etree.QName(attribute).localname):
                element.set(attribute, MASK)
