"""A SOAP client for messages that were written down before they are sent.

Rendering and sending are two steps: a message is rendered to bytes once and these bytes
are what every attempt sends. Credentials are added when a message goes out and are never
part of what is kept. Parsed WSDL documents are shared by the whole process.
"""

import hashlib
import io
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import requests
from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.transports import Transport
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap12Binding
from zeep.wsse.username import UsernameToken

from .errors import FateUnknownError, NotSentError, RefusedError
from .masking import readable

MAX_RESPONSE_BYTES = 5 * 2**20
MAX_DOCUMENTS = 32
CHUNK = 64 * 1024
ENVELOPE_NAMESPACES = {
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
}
#: fault codes of WS-Security that mean: your credentials are no good
AUTHENTICATION_FAULTS = {"FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck"}
SETTINGS = Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False)

_documents = {}
_documents_lock = threading.Lock()


@dataclass(frozen=True)
class Endpoint:
    """Where and as whom to call."""

    url: str
    auth: str = "none"
    username: str = ""
    password: str = ""
    connect_timeout: float = 5.0
    read_timeout: float = 30.0


@dataclass(frozen=True)
class Reply:
    """A usable answer: ``value`` as zeep decoded it, both messages readable and masked."""

    value: object
    request: str
    response: str
    seconds: float


class _OfflineTransport(Transport):
    """Reads local files only: parsing a document never opens a connection."""

    def load(self, url):
        if "://" in str(url):
            raise ZeepError(f"{url} is outside of the document")
        return Path(url).read_bytes()


def load_document(source):
    """Return the parsed WSDL, parsed once per process.

    :param source: path of a shipped file, or the bytes of an uploaded one
    :raises ZeepError: where the WSDL is not usable
    """
    key = hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else str(source)
    with _documents_lock:
        document = _documents.get(key)
        if document is None:
            location = io.BytesIO(source) if isinstance(source, bytes) else str(source)
            document = Document(location, _OfflineTransport(), settings=SETTINGS)
            while len(_documents) >= MAX_DOCUMENTS:
                _documents.pop(next(iter(_documents)))
            _documents[key] = document
    return document


class Service:
    """The operations of one WSDL.

    :param source: see :func:`load_document`
    """

    def __init__(self, source):
        self._document = load_document(source)
        self._client = Client(self._document, transport=_OfflineTransport(), settings=SETTINGS)
        self._binding = next(iter(self._document.bindings.values()))

    def render(self, operation, values):
        """Return the envelope for an operation as bytes, without credentials.

        :raises ZeepError: where the values do not fit the schema
        """
        self._operation(operation)
        service = self._client.create_service(self._binding.name, "")
        return etree.tostring(self._client.create_message(service, operation, **values), encoding="utf-8")

    def call(self, operation, payload, endpoint):
        """Send a rendered message and return the ``Reply``.

        :raises NotSentError: nothing reached the supplier
        :raises RefusedError: the supplier refused for good
        :raises FateUnknownError: it may have acted on the message
        """
        described = self._operation(operation)
        envelope = etree.fromstring(payload)
        headers = self._headers(described)
        if endpoint.auth == "wsse":
            envelope, headers = UsernameToken(endpoint.username, endpoint.password, use_digest=True).apply(
                envelope, headers
            )
        message = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        started = time.monotonic()
        response = _post(message, headers, endpoint)
        seconds = time.monotonic() - started
        value = self._decode(described, response)
        secrets = (endpoint.password,)
        return Reply(value, readable(message, secrets), readable(response.content, secrets), seconds)

    def _operation(self, name):
        try:
            return self._binding.get(name)
        except (KeyError, ValueError) as error:
            raise ZeepError(f"the WSDL has no operation {name}") from error

    def _headers(self, operation):
        action = operation.soapaction or ""
        if isinstance(self._binding, Soap12Binding):
            return {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}

    def _decode(self, operation, response):
        content = response.content
        _check_envelope(response)
        try:
            self._check_body(operation, content)
            value = self._binding.process_reply(self._client, operation, response)
        except Fault as fault:
            raise fault_error(fault, content) from fault
        except (ZeepError, AttributeError, TypeError, ValueError, LookupError) as error:
            # zeep answers XML of another shape with whatever its parser trips over
            raise FateUnknownError("unreadable", str(error), content) from error
        if value is None:
            raise FateUnknownError("unreadable", "no answer to this operation", content)
        return value

    def _check_body(self, operation, content):
        """:raises ValueError: for the answer to another question, which zeep reads as one without contents"""
        body = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True)).find("{*}Body")
        first = next(body.iterchildren(etree.Element), None) if body is not None else None
        if first is None or etree.QName(first).localname == "Fault" or operation.style != "document":
            return
        expected = operation.output.body
        if expected is not None and expected.qname is not None and first.tag != expected.qname.text:
            raise ValueError(f"{first.tag} instead of {expected.qname.text}")


def fault_error(fault, content=b""):
    """Return our error for a SOAP Fault.

    The sender's fault (``Client``, ``Sender``) is final. A fault of the receiver may have
    struck after the order was booked.
    """
    code = str(fault.code or "").rpartition(":")[2]
    parts = code.split(".")
    text = str(fault.message or "").strip() or code
    codes = _fault_codes(fault, parts)
    if parts[-1] in AUTHENTICATION_FAULTS:
        return RefusedError("unauthorized", text, content, codes=codes)
    if parts[0] in ("Client", "Sender", "VersionMismatch", "MustUnderstand"):
        return RefusedError("fault", text, content, codes=codes)
    return FateUnknownError("fault", text, content, codes=codes)


def _fault_codes(fault, parts):
    """Return what of a Fault a connector may know as a code: whole values only, never a word inside a sentence."""
    codes = {*parts, *(etree.QName(code).localname for code in fault.subcodes or ())}
    if isinstance(fault.detail, etree._Element):
        codes |= {(leaf.text or "").strip() for leaf in fault.detail.iter(etree.Element) if not len(leaf)}
    return codes - {""}


def _check_envelope(response):
    """Let only SOAP envelopes pass; everything else says how sure we are that nothing happened."""
    content = response.content
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _without_envelope(response, "malformed", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise _without_envelope(response, "doctype", root.getroottree().docinfo.doctype[:200])
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in ENVELOPE_NAMESPACES:
        raise _without_envelope(response, "not_soap", name.text[:200])


def _without_envelope(response, reason, detail):
    status = response.status_code
    if status in (401, 403):
        return RefusedError("unauthorized", f"HTTP {status}", response.content)
    if 400 <= status < 500 and status not in (408, 409, 425, 429):
        return RefusedError("http", f"HTTP {status}", response.content)
    if status in (425, 429):
        return NotSentError("busy", f"HTTP {status}", response.content)
    if status != 200:
        return FateUnknownError("http", f"HTTP {status}", response.content)
    return FateUnknownError(reason, detail, response.content)


def _post(message, headers, endpoint):
    """Post once: no redirect, no automatic repetition, an answer of limited size and duration."""
    with requests.Session() as session:
        # an empty pair also keeps requests from looking for credentials in ~/.netrc
        session.auth = _no_credentials
        if endpoint.auth == "basic":
            session.auth = (endpoint.username.encode(), endpoint.password.encode())
        try:
            with session.post(
                endpoint.url,
                data=message,
                headers=headers,
                timeout=(endpoint.connect_timeout, endpoint.read_timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                response._content = _read(response, endpoint.read_timeout)
                return response
        except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise NotSentError("unreachable", _text(error)) from error
        except (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema) as error:
            raise RefusedError("address", _text(error)) from error
        except requests.exceptions.Timeout as error:
            raise FateUnknownError("timeout", _text(error)) from error
        except requests.exceptions.RequestException as error:
            if _never_connected(error):
                raise NotSentError("unreachable", _text(error)) from error
            raise FateUnknownError("broken", _text(error)) from error


def _no_credentials(request):
    return request


def _read(response, seconds):
    """Return the body, read within ``seconds`` however slowly it drips."""
    deadline = time.monotonic() + seconds
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > MAX_RESPONSE_BYTES:
            raise FateUnknownError("too_large", f"more than {MAX_RESPONSE_BYTES} bytes", bytes(content[:2000]))
        if time.monotonic() > deadline:
            raise FateUnknownError("timeout", f"no complete answer within {seconds:.0f} s", bytes(content[:2000]))
    return bytes(content)


def _never_connected(error):
    """Return whether urllib3 failed before it could send the first byte."""
    cause = error
    while cause is not None:
        if type(cause).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"):
            return True
        reason = getattr(cause, "reason", None)
        inner = reason if isinstance(reason, BaseException) else None
        cause = inner or (cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None)
    return isinstance(error, requests.exceptions.SSLError) and "certificate" in str(error).lower()


def _text(error):
    return str(error)[:500]
