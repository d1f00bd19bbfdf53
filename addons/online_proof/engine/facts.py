"""What a page and its file have, besides how it looks: size, boxes, fonts, pictures, layers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pikepdf

from . import documents, embedded
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .shapes import Page

#: Sizes and boxes that differ by less (in mm) are the same: programs round.
TOLERANCE_MM = 0.1
_SUBSET = re.compile(r"^/?[A-Z]{6}\+")


def compare(first: Page, second: Page) -> list[dict[str, Any]]:
    """Return what differs: list of ``{"code", ...}`` with ``from`` and ``to``."""
    found = []
    sizes = [tuple(round(page[key], 1) for key in ("width_mm", "height_mm")) for page in (first, second)]
    if any(abs(a - b) > TOLERANCE_MM for a, b in zip(*sizes, strict=True)):
        found.append({"code": "size", "from": _size(sizes[0]), "to": _size(sizes[1])})
    if first["kind"] != second["kind"]:
        return [*found, {"code": "kind", "from": first["kind"], "to": second["kind"]}]
    if first["kind"] != "pdf":
        return found
    before, after = _facts_of(first), _facts_of(second)
    if before is None or after is None:
        return found
    if any(abs(a - b) > TOLERANCE_MM for a, b in zip(before["trim"], after["trim"], strict=True)):
        found.append({"code": "trim", "from": _size(before["trim"]), "to": _size(after["trim"])})
    for code in ("fonts", "layers"):
        if before[code] != after[code]:
            gone, came = sorted(before[code] - after[code]), sorted(after[code] - before[code])
            found.append({"code": code, "from": ", ".join(gone), "to": ", ".join(came)})
    return found


def _size(values: Iterable[float]) -> str:
    return " x ".join(f"{value:g}" for value in values)


def _facts_of(page: Page) -> dict[str, Any] | None:
    """Return trim size, names of fonts and layers of a PDF page; None where the file cannot be read."""
    try:
        with documents.open_pdf(page["path"]) as pdf:
            sheet = pdf.pages[page["frame"]]
            box = documents.trim_of(sheet)
            unit = documents.unit_of(sheet)
            sides = [round((box[axis + 2] - box[axis]) * unit * 25.4 / 72, 1) for axis in (0, 1)]
            fonts: Any = sheet.resources.get("/Font", {})
            return {
                "trim": sides,
                # programs list standard fonts that they do not use; those are not in the file
                "fonts": {_font_name(font) for font in fonts.values() if embedded.is_embedded(font)},
                "layers": _layers_of(pdf),
            }
    except (FileRefusedError, pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError, IndexError):
        return None


def _font_name(font: Any) -> str:
    return _SUBSET.sub("", str(font.get("/BaseFont", ""))).lstrip("/")


def _layers_of(pdf: pikepdf.Pdf) -> set[str]:
    properties = pdf.Root.get("/OCProperties")
    groups: Any = properties.get("/OCGs", []) if isinstance(properties, pikepdf.Dictionary) else []
    return {str(group.get("/Name", "")) for group in groups if isinstance(group, pikepdf.Dictionary)}
