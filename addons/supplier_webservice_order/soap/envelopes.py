"""What came back over HTTP, as a SOAP envelope or as an error that says what it was instead."""

import base64
import codecs
import html
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from .errors import FateUnknownError, NotSentError, RefusedError, SoapError
from .transport import MAX_RESPONSE_BYTES, HttpAnswer, retry_after

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_XOP_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
#: headers of an answer that are understood, or ask for nothing: WS-Addressing, WS-Security's Timestamp
_UNDERSTOOD = re.compile(r"/addressing|wssecurity-secext|wssecurity-utility|/xmldsig")
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
#: codecs of domain names: what they read takes a time that grows with the square of its length
_NO_CHARSETS = {"idna", "punycode"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_envelope(answer: HttpAnswer, *, strict: bool = True) -> etree._Element:
    """Return the root of the SOAP envelope in an ``HttpAnswer``.

    :param strict: whether a header that has to be understood, and is not, makes it unusable
    :raises SoapError: where there is none, saying how sure we are that nothing happened
    """
    content, charset, parts = _unpack(answer)
    try:
        root = _parse(content, charset)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        reason = "html" if _is_html(answer) else "malformed"
        raise _without_envelope(answer, reason, _title(answer) if reason == "html" else str(error)) from error
    doctype = root.getroottree().docinfo.doctype
    if doctype or not isinstance(root.tag, str) or etree.QName(root).localname.lower() == "html":
        if _is_html(answer):
            raise _without_envelope(answer, "html", _title(answer))
        raise _without_envelope(answer, "doctype" if doctype else "not_soap", doctype or "")
    if root.tag not in (f"{{{SOAP_11}}}Envelope", f"{{{SOAP_12}}}Envelope"):
        raise _without_envelope(answer, "not_soap", root.tag)
    _include(root, parts, answer)
    if strict:
        _check_headers(root, answer)
    return root


def _parse(content: bytes, charset: str | None) -> etree._Element:
    # what is announced in the header counts more than what the document says of itself (RFC 7303)
    if charset and codecs.lookup(charset).name in _NO_CHARSETS:
        raise LookupError(charset)
    if charset and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        content = _DECLARATION.sub("", content.decode(charset)).encode()
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    return etree.fromstring(content, etree.XMLParser(**options, remove_comments=True, remove_pis=True))


def _unpack(answer: HttpAnswer) -> tuple[bytes, str | None, dict[str, bytes]]:
    """Return the XML, the charset that HTTP announces for it, and the other parts by their id."""
    header = Message()
    header["Content-Type"] = (answer.headers.get("Content-Type") or "text/xml").replace("\n", " ").replace("\r", " ")
    if header.get_content_type() != "multipart/related":
        return answer.content, header.get_content_charset(), {}
    whole = message_from_bytes(f"Content-Type: {header['Content-Type']}\r\n\r\n".encode() + answer.content)
    parts = [part for part in whole.get_payload() if isinstance(part, Message)] if whole.is_multipart() else []
    if not parts:
        return answer.content, None, {}
    by_id = {(part["Content-ID"] or "").strip("<> "): part for part in parts}
    root = by_id.get(str(header.get_param("start") or "").strip("<> ")) or parts[0]
    others = {name: _content(part) for name, part in by_id.items() if part is not root}
    return _content(root), root.get_content_charset(), others


def _content(part: Message) -> bytes:
    """Return what a part holds.

    :raises ValueError: where it is made of parts itself
    """
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise ValueError("a part of the message is made of parts itself")
    return content


def _include(root: etree._Element, parts: Mapping[str, bytes], answer: HttpAnswer) -> None:
    """Put the parts of a multipart message where the document refers to them.

    :raises FateUnknownError: where a document refers to its parts so often that they become a large one
    """
    left = MAX_RESPONSE_BYTES
    for include in list(root.iter(_XOP_INCLUDE)):
        name = unquote(include.get("href", "").removeprefix("cid:"))
        parent = include.getparent()
        if parent is not None and name in parts:
            left -= len(parts[name])
            if left < 0:
                raise FateUnknownError("too_large", f"more than {MAX_RESPONSE_BYTES} bytes of parts", answer.content)
            parent.remove(include)
            parent.text = base64.b64encode(parts[name]).decode()


def _check_headers(root: etree._Element, answer: HttpAnswer) -> None:
    space = etree.QName(root).namespace
    for block in root.iterfind(f"{{{space}}}Header/*"):
        demands = block.get(f"{{{space}}}mustUnderstand") in ("1", "true")
        if demands and not _UNDERSTOOD.search(etree.QName(block).namespace or ""):
            raise FateUnknownError("header", block.tag, answer.content)


def _is_html(answer: HttpAnswer) -> bool:
    kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or bool(_HTML.match(answer.content[:2000]))


def _title(answer: HttpAnswer) -> str:
    """Return what a web page calls itself."""
    found = _TITLE.search(answer.content[:5000].decode("utf-8", "replace"))
    return " ".join(html.unescape(_TAG.sub(" ", found[2])).split()) if found else ""


def _without_envelope(answer: HttpAnswer, reason: str, detail: str) -> SoapError:
    status, content, patience = answer.status_code, answer.content, retry_after(answer.headers)
    shown = " ".join(filter(None, (f"HTTP {status}", detail if reason == "html" else "")))
    refusals = {401: "unauthorized", 403: "forbidden", 404: "not_found", 410: "not_found", 407: "proxy"}
    if status in refusals:
        return RefusedError(refusals[status], shown, content)
    if status in (425, 429) or (status == 503 and patience is not None):
        return NotSentError("busy", shown, content, retry_after=patience)
    if 400 <= status < 500 and status not in (408, 409):
        return RefusedError("http", shown, content)
    if status != 200 and reason != "html":
        return FateUnknownError("http", shown, content, retry_after=patience)
    return FateUnknownError(reason, detail if status == 200 else shown, content, retry_after=patience)
