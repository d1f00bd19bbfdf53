"""The elements of a message as a flat list in the schema's order, so that a person can fill them in one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import ComplexType, Element
from zeep.xsd.elements.any import Any

if TYPE_CHECKING:
    from zeep.wsdl.messages.soap import SoapMessage
    from zeep.xsd import Type

MAX_DEPTH = 12
MAX_NODES = 2000
XSD = "http://www.w3.org/2001/XMLSchema"
HEADER = "Header:"


@dataclass(frozen=True)
class Node:
    """One element or attribute.

    :param path: names from the message down, ``@`` before an attribute's, ``Header:`` before what stands in the header
    :param parent: whether other elements stand in it
    :param text: whether it holds a text of its own
    """

    path: str
    depth: int
    type_name: str
    required: bool
    repeats: bool
    parent: bool
    text: bool

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition("/")[2].removeprefix(HEADER)


def read_tree(message: SoapMessage) -> list[Node]:
    """Return the ``Node`` list of a message as zeep knows it, its header's elements first.

    :raises ZeepError: where it has more elements than a person could fill in
    """
    nodes: list[Node] = []
    header = message.header
    for name, element in _children(header.type if isinstance(header, Element) else header):
        _walk(nodes, element, f"{HEADER}{name}", 0, ())
    body = message.body
    if body is not None:
        _walk_type(nodes, body.type, "", 0, ())
    return nodes


def _walk(nodes: list[Node], element: Element, path: str, depth: int, above: tuple[Type, ...]) -> None:
    kind = element.type
    complex_type = isinstance(kind, ComplexType)
    children = list(_children(kind)) if complex_type else []
    text = not complex_type or _has_text(kind)
    nodes.append(
        Node(
            path=path,
            depth=depth,
            type_name=_type_name(kind),
            required=not element.is_optional and not element.nillable,
            repeats=element.accepts_multiple,
            parent=bool(children) or bool(complex_type and not text),
            text=text,
        )
    )
    if len(nodes) > MAX_NODES:
        raise ZeepError("the message has too many elements")
    if complex_type and kind not in above and depth < MAX_DEPTH:
        _walk_type(nodes, kind, path, depth + 1, (*above, kind))


def _walk_type(nodes: list[Node], kind: Type, path: str, depth: int, above: tuple[Type, ...]) -> None:
    prefix = f"{path}/" if path else ""
    for name, attribute in getattr(kind, "attributes", ()):
        if name and getattr(attribute, "name", None):
            nodes.append(
                Node(
                    f"{prefix}@{name}", depth, _type_name(attribute.type), bool(attribute.required), False, False, True
                )
            )
    for name, element in _children(kind):
        _walk(nodes, element, f"{prefix}{name}", depth, above)


def _children(kind: Type | None) -> Iterator[tuple[str, Element]]:
    """Return name and element of what stands in a type; wildcards are for nobody to fill in."""
    for name, element in getattr(kind, "elements", ()) or ():
        if isinstance(element, Element) and not isinstance(element, Any) and not name.startswith("_value"):
            yield name, element


def _has_text(kind: ComplexType) -> bool:
    """Return whether a complex type holds a text besides its attributes."""
    return any(str(name).startswith("_value") and not isinstance(each, Any) for name, each in kind.elements)


def _type_name(kind: Type) -> str:
    """Return the name of the built-in type that a text is of, or that of the type itself."""
    if isinstance(kind, ComplexType):
        inner = next((each.type for name, each in kind.elements if str(name).startswith("_value")), None)
        return _type_name(inner) if inner is not None and _has_text(kind) else (kind.name or "")
    for each in type(kind).__mro__:
        qname = each.__dict__.get("_default_qname")
        if qname is not None and etree.QName(qname).namespace == XSD:
            return etree.QName(qname).localname
    return kind.name or ""
