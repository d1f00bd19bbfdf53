"""SOAP encoding (SOAP 1.1, section 5) as services of the rpc/encoded kind use it, written out as an ordinary schema.

Their WSDLs import the schema of the encoding from an address, and no upload holds it. An array is written as the
repeated element that it is, and a value that an answer holds elsewhere (``href``) is put where it is meant.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
#: attributes whose value is the name of a type
_TYPES = ("type", "base")
#: what elements of an array are called where the WSDL does not say; servers go by their place
ITEM = "item"
#: bytes that an answer may grow by: values that are meant in many places
MAX_COPIED = 5 * 2**20
MAX_DEPTH = 30


def write_out_encoding(content: bytes) -> bytes:
    """Return a file of a WSDL without its references to the schema of the encoding."""
    if ENCODING.encode() not in content:
        return content
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        # whoever reads it next says what is wrong with it
        return content
    if root.getroottree().docinfo.doctype:
        return content
    for node in list(root.iter(f"{{{XSD}}}import")):
        if node.get("namespace") == ENCODING:
            _remove(node)
    for node in list(root.iter(f"{{{XSD}}}restriction", f"{{{XSD}}}extension")):
        if _resolve(node, node.get("base", "")) == f"{{{ENCODING}}}Array":
            _write_array(node)
    for node in list(root.iter(etree.Element)):
        for name in _TYPES:
            if _resolve(node, node.get(name, "")).startswith(f"{{{ENCODING}}}"):
                _use_schema_type(node, name)
        if node.tag.startswith(f"{{{XSD}}}") and _resolve(node, node.get("ref", "")).startswith(f"{{{ENCODING}}}"):
            _remove(node)
    return etree.tostring(root)


def _write_array(derived: etree._Element) -> None:
    """Write the type that is derived from an array as a sequence of one element that repeats."""
    content = derived.getparent()
    kind = content.getparent() if content is not None else None
    if kind is None:
        return
    sequence = next(derived.iterfind(f"{{{XSD}}}sequence"), None)
    if sequence is None or next(sequence.iterfind(f"{{{XSD}}}element"), None) is None:
        given = next((each.get(f"{{{WSDL}}}arrayType") for each in derived.iter(f"{{{XSD}}}attribute")), None)
        sequence = etree.Element(f"{{{XSD}}}sequence", nsmap=derived.nsmap)
        element = etree.SubElement(sequence, f"{{{XSD}}}element", name=ITEM, form="unqualified")
        element.set("minOccurs", "0")
        element.set("maxOccurs", "unbounded")
        name = (given or "").partition("[")[0]
        if name:
            element.set("type", name)
    kind.replace(content, sequence)


def _use_schema_type(node: etree._Element, name: str) -> None:
    """Let a type of the encoding be the one of XML Schema that it extends by attributes."""
    local = node.get(name, "").rpartition(":")[2]
    prefix = next((each for each, space in node.nsmap.items() if space == XSD and each), None)
    if prefix is None:
        # XML Schema is the default namespace there
        node.set(name, local)
    else:
        node.set(name, f"{prefix}:{local if local != 'Array' else 'anyType'}")


def _remove(node: etree._Element) -> None:
    above = node.getparent()
    if above is not None:
        above.remove(node)


def _resolve(element: etree._Element, name: str) -> str:
    """Return the full name of what a prefixed name means at an element."""
    prefix, colon, local = name.strip().rpartition(":")
    space = element.nsmap.get(prefix if colon else None)
    return f"{{{space}}}{local}" if space else local


def put_together(body: etree._Element) -> None:
    """Put what stands beside an answer, and is referred to from within it, where it is meant.

    :raises ValueError: where that never ends, or the answer becomes a large one by it
    """
    aside = {each.get("id"): each for each in body.iterchildren(etree.Element) if each.get("id")}
    if not aside:
        return
    left = MAX_COPIED
    for _round in range(MAX_DEPTH):
        found = [each for each in body.iter(etree.Element) if each.get("href", "").startswith("#") and not len(each)]
        found = [each for each in found if each.get("href", "")[1:] in aside and each.getparent() is not body]
        if not found:
            break
        for each in found:
            meant = aside[each.attrib.pop("href")[1:]]
            left -= len(etree.tostring(meant))
            if left < 0:
                raise ValueError("the answer refers to its parts without an end")
            each.text = meant.text
            each.extend(deepcopy(child) for child in meant.iterchildren())
    else:
        raise ValueError("the answer refers to its parts without an end")
    for each in aside.values():
        if each is not body[0]:
            body.remove(each)
