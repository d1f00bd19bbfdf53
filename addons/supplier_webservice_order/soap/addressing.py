"""WS-Addressing: which bindings take no message without its headers, and these headers.

https://www.w3.org/TR/ws-addr-core/, https://www.w3.org/TR/ws-addr-soap/, https://www.w3.org/TR/ws-addr-metadata/
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from zeep.wsdl import Document
    from zeep.wsdl.bindings.soap import SoapOperation
    from zeep.wsdl.definitions import AbstractOperation

#: actions by what a WSDL says of an operation
Actions = dict["AbstractOperation", str]

#: what is written where a policy does not ask for the draft of 2004
ADDRESSING = "http://www.w3.org/2005/08/addressing"
DRAFT = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#: where the answer goes: back over the same connection
_ANONYMOUS = {ADDRESSING: f"{ADDRESSING}/anonymous", DRAFT: f"{DRAFT}/role/anonymous"}
#: what an answer relates to whose sender could not tell (Core 2.1, SOAP binding 6.1); a fault, as a rule
_UNSPECIFIED = {f"{ADDRESSING}/unspecified", f"{DRAFT}/id/unspecified"}
#: how an answer relates to its question, where that is not the reply that it is without a word (Core 3.1)
_REPLY = {f"{ADDRESSING}/reply", "wsa:Reply"}


def find_addressed(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the names of the bindings whose policy demands WS-Addressing, as WCF's wsHttpBinding does.

    :param root: of a WSDL
    :returns: pairs of a binding's name and the namespace of the headers it wants
    """
    policies = {f"#{each.get(name)}": each for each in root.iter("{*}Policy") for name in each.attrib if _is_id(name)}
    for binding in root.findall("{*}binding"):
        references = [each.get("URI", "") for each in binding.iterfind("{*}PolicyReference")]
        said = [binding, *(policies[each] for each in references if each in policies)]
        demanded = [each for above in said for each in above.iter(etree.Element) if _demands_addressing(each)]
        if demanded:
            draft = all(str(etree.QName(each).namespace).startswith(DRAFT) for each in demanded)
            yield f"{{{root.get('targetNamespace', '')}}}{binding.get('name')}", DRAFT if draft else ADDRESSING


def _is_id(name: str) -> bool:
    return etree.QName(name).localname == "Id"


def _demands_addressing(element: etree._Element) -> bool:
    name = etree.QName(element)
    optional = any(etree.QName(each).localname == "Optional" for each in element.attrib)
    return (
        name.localname in ("UsingAddressing", "Addressing") and "addressing" in (name.namespace or "") and not optional
    )


def take_actions(document: Document) -> Actions:
    """Return what a WSDL calls the actions of its operations, and take it from zeep.

    It would write headers of its own into every message that is kept: with a number that is to be another one each
    time, without an address, and to those who want none.
    """
    actions: Actions = {}
    for binding in document.bindings.values():
        for operation in binding._operations.values():
            abstract = operation.abstract
            if abstract is not None and abstract.wsa_action:
                actions[abstract], abstract.wsa_action = abstract.wsa_action, None
    return actions


def action_of(operation: SoapOperation, root: etree._Element) -> str:
    """Return what a message asks for where the WSDL does not say it in a word: as HTTP does, or by the pattern.

    :param root: of the WSDL
    """
    if operation.soapaction:
        return str(operation.soapaction)
    port_type = operation.binding.port_type
    path = f"{{*}}portType[@name='{port_type.name.localname}']/{{*}}operation[@name='{operation.name}']/{{*}}input"
    found = root.find(path)
    name = (found.get("name") if found is not None else None) or f"{operation.name}Request"
    space = str(port_type.name.namespace or "")
    delimiter = ":" if space.startswith("urn:") else "/"
    return delimiter.join((space.removesuffix(delimiter), port_type.name.localname, name))


def add_addressing(envelope: etree._Element, space: str, action: str, url: str) -> None:
    """Add the headers that say what a message asks for and where it goes, unless it has such already.

    :param space: namespace of the headers
    :param url: where the message is sent
    """
    soap = etree.QName(envelope).namespace
    header = envelope.find(f"{{{soap}}}Header")
    if header is None:
        header = etree.Element(f"{{{soap}}}Header")
        envelope.insert(0, header)
    if header.find(f"{{{space}}}Action") is not None:
        # mapped as part of the message
        return
    _add(header, space, "Action", action)
    _add(header, space, "MessageID", f"urn:uuid:{uuid.uuid4()}")
    _add(_add(header, space, "ReplyTo"), space, "Address", _ANONYMOUS[space])
    _add(header, space, "To", url)


def foreign_relation(sent: etree._Element, answer: etree._Element) -> str:
    """Return the number of the message that an answer is about by its headers, empty where that may be ours.

    :param sent: envelope of our message; one without a number is not asked about
    :param answer: envelope of the answer
    """
    related = set()
    for space in (ADDRESSING, DRAFT):
        ours = {(each.text or "").strip() for each in sent.iterfind(f"{{*}}Header/{{{space}}}MessageID")}
        for each in answer.iterfind(f"{{*}}Header/{{{space}}}RelatesTo"):
            number = (each.text or "").strip()
            if ours and number not in _UNSPECIFIED and each.get("RelationshipType", "wsa:Reply") in _REPLY:
                if number in ours:
                    return ""
                related.add(number)
    return ", ".join(sorted(related))


def _add(above: etree._Element, space: str, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(above, f"{{{space}}}{name}", nsmap={"wsa": space})
    element.text = text
    return element
