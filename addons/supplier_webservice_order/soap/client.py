"""A SOAP client for messages that were written down before they are sent.

Rendering and sending are two steps: a message is rendered to bytes once and these bytes
are what every attempt sends. Credentials are added when a message goes out and are never
part of what is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.wsdl.bindings.soap import Soap12Binding

from . import tls
from .addressing import add_addressing, foreign_relation
from .documents import addressing_of, load_documents, soap_bindings
from .encoded import put_together
from .envelopes import read_envelope
from .errors import FateUnknownError, NotSentError, RefusedError, SoapError
from .masking import credential_forms, excerpt, readable
from .schemas import make_validator
from .transport import post as _post
from .transport import retry_after
from .trees import HEADER, read_tree
from .wsse import add_security

if TYPE_CHECKING:
    import ssl

    from zeep.wsdl import Document
    from zeep.wsdl.bindings.soap import SoapOperation

    from .documents import Binding, Source
    from .transport import HttpAnswer
    from .trees import Node

#: characters of what the other side says that are kept apart from its message
MAX_DETAIL = 500
#: fault codes of WS-Security that mean: your credentials are no good
AUTHENTICATION_FAULTS = {"FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck"}


@dataclass(frozen=True)
class Endpoint:
    """Where and as whom to call.

    :param others: pairs of a kind of service, or the name of an operation, and its own address
    :param auth: none, basic, digest, wsse (PasswordDigest), wsse_text or body
    :param public_only: refuse addresses of this machine and of private networks
    :param inner_hosts: hosts and networks that are allowed nevertheless
    :param authority: PEM of the only authority to trust
    :param certificate: our own certificate with its key, PEM or PKCS#12
    """

    url: str
    auth: str = "none"
    username: str = ""
    password: str = ""
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    others: tuple[tuple[str, str], ...] = ()
    public_only: bool = False
    inner_hosts: tuple[str, ...] = ()
    timestamp: bool = False
    authority: bytes = b""
    certificate: bytes = b""
    key_password: str = ""
    strict: bool = True

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be readable in anything that is kept."""
        return (*credential_forms(self.username, self.password), self.key_password)

    def at(self, kind: str) -> Endpoint:
        """Return the endpoint of one kind of service, or of one operation."""
        return replace(self, url=dict(self.others).get(kind) or self.url)

    def get_tls_context(self) -> ssl.SSLContext:
        """Return the TLS settings for this endpoint."""
        return tls.get_context(self.authority, self.certificate, self.key_password)


@dataclass(frozen=True)
class Reply:
    """A usable answer: ``value`` as zeep decoded it, both messages readable and masked."""

    value: object
    request: str
    response: str
    seconds: float


class Service:
    """The operations of one WSDL.

    :param source: see :func:`load_documents`; several by kind of service, for a supplier that has several
    :param credentials: elements of each message that hold the credentials: pairs of an
        ElementPath below the message's own element and ``username`` or ``password``
    :param raw: let the ``value`` of a reply be the element in the answer's body, not what zeep makes of it
    """

    def __init__(
        self, source: Source | Mapping[str, Source], *, credentials: Iterable[tuple[str, str]] = (), raw: bool = False
    ) -> None:
        sources = source if isinstance(source, Mapping) else {"": source}
        self._documents = [(kind, document) for kind, each in sources.items() for document in load_documents(each)]
        self._credentials = tuple(credentials)
        self._raw = raw

    def operations(self) -> list[str]:
        """Return the names of the operations that can be called."""
        bindings = [binding for _kind, document in self._documents for binding in soap_bindings(document)]
        return list(dict.fromkeys(name for binding in bindings for name in binding._operations))

    def tree(self, operation: str, *, answer: bool = False) -> list[Node]:
        """Return the elements of an operation's message, or of its answer, see :func:`trees.read_tree`."""
        _kind, _document, _binding, described = self._find(operation)
        return read_tree(described.output if answer else described.input)

    def render(self, operation: str, values: Any) -> bytes:
        """Return the envelope for an operation as bytes, without credentials.

        :param values: what zeep writes into the message, or the message as an element
        :raises ZeepError: where the values do not fit the schema
        """
        _kind, _document, binding, described = self._find(operation)
        if isinstance(values, etree._Element):
            return _wrap(values, binding)
        # by its client, zeep looks for a service, and there are WSDLs without one
        return etree.tostring(described.create(**values).content, encoding="utf-8")

    def problems(self, operation: str, payload: bytes, endpoint: Endpoint) -> list[str]:
        """Return what in a rendered message, with its credentials, does not fit the supplier's schema, as texts.

        :raises ZeepError: where the schema itself cannot be used for that
        """
        _kind, document, _binding, described = self._find(operation)
        # the element around the parts of an rpc message stands in no schema
        validator = make_validator(document, described.input.body if described.style == "rpc" else None)
        envelope = etree.fromstring(payload)
        self._add_credentials(envelope, endpoint)
        body = envelope.find("{*}Body")
        return [] if validator.validate(body[0]) else [entry.message for entry in validator.error_log]

    def call(self, operation: str, payload: bytes, endpoint: Endpoint) -> Reply:
        """Send a rendered message and return the ``Reply``.

        :raises NotSentError: nothing reached the supplier
        :raises RefusedError: the supplier refused for good
        :raises FateUnknownError: it may have acted on the message
        """
        kind, document, binding, described = self._find(operation)
        endpoint = endpoint.at(kind or operation)
        envelope = etree.fromstring(payload)
        self._add_credentials(envelope, endpoint)
        addressing = addressing_of(document, binding, described)
        if addressing:
            add_addressing(envelope, *addressing, endpoint.url)
        message = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        started = time.monotonic()
        try:
            answer = _post(message, _headers(binding, described), endpoint)
            seconds = time.monotonic() - started
            value = self._decode(document, binding, described, answer, endpoint, envelope)
        except SoapError as error:
            # suppliers like to quote what they refuse
            error.detail = excerpt(error.detail, endpoint.secrets, MAX_DETAIL)
            error.args = (f"{error.reason}: {error.detail}",)
            raise
        secrets = endpoint.secrets
        return Reply(value, readable(message, secrets), readable(answer.content, secrets), seconds)

    def _find(self, name: str) -> tuple[str, Document, Binding, SoapOperation]:
        """Return kind and WSDL of the service that has an operation, its binding and the operation itself."""
        for kind, document in self._documents:
            for binding in soap_bindings(document):
                if name in binding._operations:
                    return kind, document, binding, binding.get(name)
        raise ZeepError(f"the WSDL has no operation {name}")

    def _add_credentials(self, envelope: etree._Element, endpoint: Endpoint) -> None:
        for path, kind in self._credentials:
            above = envelope.find("{*}Header") if path.startswith(HEADER) else envelope.find("{*}Body")[0]
            elements, _, attribute = path.removeprefix(HEADER).partition("@")
            for element in above.iterfind(elements.rstrip("/") or ".") if above is not None else ():
                if attribute:
                    element.set(attribute, getattr(endpoint, kind))
                else:
                    element.text = getattr(endpoint, kind)
        if endpoint.auth in ("wsse", "wsse_text"):
            text = endpoint.auth == "wsse_text"
            add_security(envelope, endpoint.username, endpoint.password, text=text, timestamp=endpoint.timestamp)

    def _decode(
        self,
        document: Document,
        binding: Binding,
        operation: SoapOperation,
        answer: HttpAnswer,
        endpoint: Endpoint,
        sent: etree._Element,
    ) -> Any:
        content = answer.content
        try:
            envelope = read_envelope(answer, strict=endpoint.strict)
            if foreign := foreign_relation(sent, envelope):
                raise FateUnknownError("other_message", foreign, content)
            body = envelope.find("{*}Body")
            first = next(body.iterchildren(etree.Element), None) if body is not None else None
            if first is not None and etree.QName(first).localname == "Fault":
                self._raise_fault(binding, operation, envelope, answer)
            if operation.style == "rpc":
                put_together(body)
            self._check_body(operation, first, answer.status_code)
            with document.settings(strict=endpoint.strict):
                value = first if self._raw else operation.process_reply(envelope)
        except SoapError:
            raise
        except Exception as error:
            # zeep trips over XML of another shape in every way that Python and decimal know
            raise FateUnknownError("unreadable", _reason(error), content) from error
        if value is None:
            raise FateUnknownError("unreadable", "no answer to this operation", content)
        return value

    def _raise_fault(
        self, binding: Binding, operation: SoapOperation, envelope: etree._Element, answer: HttpAnswer
    ) -> None:
        if etree.QName(envelope).namespace != binding.nsmap["soap-env"]:
            # a server that cannot read SOAP 1.2 says so in SOAP 1.1
            fault = envelope.find("{*}Body/{*}Fault")
            text = fault.findtext("faultstring") or fault.findtext("{*}Reason/{*}Text") or "Fault"
            raise FateUnknownError("fault", text.strip(), answer.content)
        try:
            binding.process_error(envelope, operation)
        except Fault as fault:
            raise fault_error(fault, answer) from fault

    @staticmethod
    def _check_body(operation: SoapOperation, first: etree._Element | None, status: int) -> None:
        """:raises ValueError: for the answer to another question, which zeep reads as one without contents"""
        if status >= 300:
            raise ValueError(f"a document without a fault, with HTTP {status}")
        if first is not None and next(first.itersiblings(first.tag), None) is not None:
            # to which of our questions the first of them is the answer nobody knows
            raise ValueError("several answers in one document")
        if first is None or operation.style != "document":
            return
        expected = operation.output.body if operation.output else None
        if expected is not None and expected.qname is not None and first.tag != expected.qname.text:
            raise ValueError(f"{first.tag} instead of {expected.qname.text}")


def _wrap(body: etree._Element, binding: Binding) -> bytes:
    """Return the envelope around a message that was written element by element, as bytes."""
    space = binding.nsmap["soap-env"]
    envelope = etree.Element(f"{{{space}}}Envelope", nsmap={"soap-env": space})
    etree.SubElement(envelope, f"{{{space}}}Body").append(body)
    return etree.tostring(envelope, encoding="utf-8")


def _headers(binding: Binding, operation: SoapOperation) -> dict[str, str]:
    action = operation.soapaction or ""
    if isinstance(binding, Soap12Binding):
        parameter = f'; action="{action}"' if action else ""
        return {"Content-Type": f"application/soap+xml; charset=utf-8{parameter}"}
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}


def _reason(error: Exception) -> str:
    """Return what could not be read, without Python's own words around it."""
    text = str(error)
    return text if isinstance(error, ZeepError | ValueError) and text else type(error).__name__


def fault_error(fault: Fault, answer: HttpAnswer) -> SoapError:
    """Return our error for a SOAP Fault.

    The sender's fault (``Client``, ``Sender``) is final. A fault of the receiver may have
    struck after the order was booked.
    """
    content = answer.content
    code = str(fault.code or "").rpartition(":")[2]
    parts = code.split(".")
    text = str(fault.message or "").strip() or code
    patience = retry_after(answer.headers)
    more: dict[str, Any] = {"codes": _fault_codes(fault, parts), "retry_after": patience}
    if parts[-1] in AUTHENTICATION_FAULTS or answer.status_code == 401:
        return RefusedError("unauthorized", text, content, **more)
    if answer.status_code in (425, 429) or (answer.status_code == 503 and patience is not None):
        return NotSentError("busy", text, content, **more)
    if parts[0] in ("Client", "Sender", "VersionMismatch", "MustUnderstand"):
        return RefusedError("fault", text, content, **more)
    return FateUnknownError("fault", text, content, **more)


def _fault_codes(fault: Fault, parts: list[str]) -> set[str]:
    """Return what of a Fault a connector may know as a code: whole values only, never a word inside a sentence."""
    codes = {
        ".".join(parts),
        *parts,
        *(str(each).rpartition("}")[2].rpartition(":")[2] for each in fault.subcodes or ()),
    }
    if isinstance(fault.detail, etree._Element):
        codes |= {(leaf.text or "").strip() for leaf in fault.detail.iter(etree.Element) if not len(leaf)}
    return codes - {""}
