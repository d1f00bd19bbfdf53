"""Paths to elements and attributes, as a mapping names them: ``Order/Lines/Line/@no``, a header's with ``Header:``."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..soap.trees import HEADER

if TYPE_CHECKING:
    from lxml import etree


def is_within(path: str, above: str) -> bool:
    """Return whether a path is another one, or leads on from it."""
    return path == above or path.startswith(f"{above}/")


def put(target: dict[str, Any], path: str, value: Any, with_attributes: Collection[str]) -> None:
    """Put a value where a path leads, in nested dictionaries."""
    names = path.split("/")
    if path in with_attributes:
        names.append("_value_1")
    for name in names[:-1]:
        target = target.setdefault(name, {})
    target[names[-1].removeprefix("@")] = value


def element_path(path: str) -> str:
    """Return an ElementPath that looks at names only; attribute and header keep their signs."""
    header = HEADER if path.startswith(HEADER) else ""
    names = path.removeprefix(HEADER).split("/")
    return header + "/".join(name if name.startswith("@") else f"{{*}}{name}" for name in names)


def find_elements(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a path that leads to no attribute; at an empty one, the element itself."""
    return element.findall(element_path(path)) if path else [element]


def find_texts(element: etree._Element, path: str) -> list[str]:
    """Return the different texts at a path, in the document's order."""
    elements, _, attribute = path.rpartition("@") if "@" in path else (path, "", "")
    found = find_elements(element, elements.rstrip("/"))
    texts = ((each.get(attribute) if attribute else each.text) or "" for each in found)
    return list(dict.fromkeys(filter(None, (text.strip() for text in texts))))


def relative(path: str, above: str) -> str:
    """Return what of a path leads on from an element above it."""
    return path[len(above) :].lstrip("/") if above else path
