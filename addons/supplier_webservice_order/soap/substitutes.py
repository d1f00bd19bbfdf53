"""Substitution groups of a schema (XML Schema 1.0, 3.3.6), which zeep does not know: written out as choices.

Where a schema refers to the head of a group, each member may stand. For zeep, that reference becomes a choice
between them, so that a person sees the members and fills one of them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"
SCHEMA, ELEMENT, CHOICE = (f"{{{XSD}}}{name}" for name in ("schema", "element", "choice"))

#: for the name of a head, the names of what may stand in its place
Groups = Mapping[str, tuple[str, ...]]


def find_groups(contents: Iterable[bytes]) -> Groups:
    """Return the groups of all files of a document; a head that is abstract is not one of its members."""
    members: dict[str, list[str]] = {}
    abstract: set[str] = set()
    for element in (each for content in contents for each in _global_elements(content)):
        name = _name(element)
        if element.get("abstract") in ("true", "1"):
            abstract.add(name)
        if element.get("substitutionGroup"):
            members.setdefault(_resolve(element, element.get("substitutionGroup", "")), []).append(name)
    return {head: tuple(_members(head, members, abstract, set())) for head in members}


def _members(head: str, members: Mapping[str, list[str]], abstract: set[str], seen: set[str]) -> Iterator[str]:
    if head in seen:
        return
    seen.add(head)
    if head not in abstract:
        yield head
    for name in members.get(head, ()):
        yield from _members(name, members, abstract, seen)


def write_out(content: bytes, groups: Groups) -> bytes:
    """Return a file with its references to the heads of groups written out as choices."""
    root = _parse(content) if groups else None
    if root is None:
        return content
    pairs = [(each, _resolve(each, each.get("ref", ""))) for each in root.iter(ELEMENT) if each.get("ref")]
    references = [(each, groups[head]) for each, head in pairs if head in groups]
    for reference, names in references:
        _replace(reference, names)
    return etree.tostring(root) if references else content


def _replace(reference: etree._Element, names: Iterable[str]) -> None:
    choice = etree.Element(CHOICE, {"minOccurs": reference.get("minOccurs", "1")})
    for name in names:
        member = etree.QName(name)
        known = [prefix for prefix, space in reference.nsmap.items() if space == member.namespace and prefix]
        prefix = known[0] if known else "member"
        element = etree.SubElement(choice, ELEMENT, nsmap={prefix: member.namespace} if member.namespace else None)
        element.set("ref", f"{prefix}:{member.localname}" if member.namespace else member.localname)
        if reference.get("maxOccurs"):
            element.set("maxOccurs", reference.get("maxOccurs", ""))
    choice.tail = reference.tail
    above = reference.getparent()
    if above is not None:
        above.replace(reference, choice)


def _global_elements(content: bytes) -> Iterator[etree._Element]:
    root = _parse(content)
    for schema in root.iter(SCHEMA) if root is not None else ():
        yield from schema.findall(ELEMENT)


def _parse(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _name(element: etree._Element) -> str:
    above = element.getparent()
    space = above.get("targetNamespace") if above is not None else None
    return f"{{{space}}}{element.get('name')}" if space else element.get("name", "")


def _resolve(element: etree._Element, name: str) -> str:
    """Return the full name of what a prefixed name means at an element."""
    prefix, colon, local = name.strip().rpartition(":")
    space = element.nsmap.get(prefix if colon else None)
    return f"{{{space}}}{local}" if space else local
