"""The schemas of a WSDL as one validator: what zeep writes is checked against what the supplier's own parser checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lxml import etree
from zeep.exceptions import Error as ZeepError

if TYPE_CHECKING:
    from zeep.wsdl import Document
    from zeep.xsd import Element

XSD = "http://www.w3.org/2001/XMLSchema"
_IMPORTS = (f"{{{XSD}}}import", f"{{{XSD}}}include", f"{{{XSD}}}redefine")


class _Memory(etree.Resolver):
    """Finds the schemas of a document in memory, and nothing else anywhere."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, url: str, public_id: str | None, context: object) -> Any:
        """Answer a reference to another schema from those that are there."""
        return self.resolve_string(self._files.get(url, "<missing/>"), context)


def make_validator(document: Document, around: Element | None = None) -> etree.XMLSchema:
    """Return an ``etree.XMLSchema`` for all schemas of a parsed WSDL.

    :param around: the element of an rpc message, which holds its parts by their names (WSDL 1.1, 3.5)
    :raises ZeepError: where they are not valid themselves, as those of many suppliers
    """
    by_namespace: dict[str, list[etree._Element]] = {}
    for schema in (*_schemas(document), *([_describe_wrapper(around)] if around is not None else ())):
        by_namespace.setdefault(schema.get("targetNamespace") or "", []).append(schema)
    files = {}
    root = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD})
    for number, (namespace, elements) in enumerate(by_namespace.items()):
        wrapper = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD})
        attributes = {"schemaLocation": f"memory:{number}"}
        if namespace:
            wrapper.set("targetNamespace", namespace)
            attributes["namespace"] = namespace
        for index, element in enumerate(elements):
            files[f"memory:{number}.{index}"] = _alone(element)
            etree.SubElement(wrapper, f"{{{XSD}}}include", schemaLocation=f"memory:{number}.{index}")
        files[f"memory:{number}"] = etree.tostring(wrapper)
        etree.SubElement(root, f"{{{XSD}}}import", attributes)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(_Memory(files))
    try:
        return etree.XMLSchema(etree.fromstring(etree.tostring(root), parser, base_url="memory:root"))
    except etree.XMLSchemaParseError as error:
        raise ZeepError(str(error)[:300]) from error


def _schemas(document: Document) -> Iterator[etree._Element]:
    """Yield the schemas of a document and of its WSDL that say something."""
    # documents.py gives each document a transport that keeps what it read
    transport: Any = document.transport
    for content in transport.loaded.values():
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        found = [root] if root.tag == f"{{{XSD}}}schema" else root.iterfind(f"{{*}}types/{{{XSD}}}schema")
        yield from (schema for schema in found if any(child.tag not in _IMPORTS for child in schema))


def _describe_wrapper(wrapper: Element) -> etree._Element:
    """Return a schema for the element around the parts of an rpc message; parts are in no namespace."""
    target = wrapper.qname.namespace
    schema = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD}, elementFormDefault="unqualified")
    if target:
        schema.set("targetNamespace", target)
    element = etree.SubElement(schema, f"{{{XSD}}}element", name=wrapper.qname.localname)
    parts = etree.SubElement(etree.SubElement(element, f"{{{XSD}}}complexType"), f"{{{XSD}}}sequence")
    imported = {target, XSD}
    for name, part in wrapper.type.elements:
        # a part is an element of a schema, or a name for one of its types
        named = part.qname if part.is_global else part.type.qname
        key = "ref" if part.is_global else "type"
        node = etree.SubElement(
            parts, f"{{{XSD}}}element", nsmap={"part": named.namespace} if named.namespace else None
        )
        node.set(key, f"part:{named.localname}" if named.namespace else named.localname)
        if key == "type":
            node.set("name", name)
        if named.namespace not in imported:
            imported.add(named.namespace)
            schema.insert(
                0, etree.Element(f"{{{XSD}}}import", {"namespace": named.namespace} if named.namespace else {})
            )
    return schema


def _alone(element: etree._Element) -> bytes:
    """Return a schema that names no other file: each namespace is imported once, by the schema above."""
    # a copy by text: prefixes that only stand in values, as in type="t:Line", are often declared far above
    schema = etree.fromstring(etree.tostring(element, with_tail=False))
    for child in list(schema):
        if child.tag == _IMPORTS[0]:
            child.attrib.pop("schemaLocation", None)
        elif child.tag in _IMPORTS:
            schema.remove(child)
    return etree.tostring(schema)
