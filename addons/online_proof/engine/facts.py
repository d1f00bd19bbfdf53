"""What a page and its file have, besides how it looks: size, boxes, press, fonts, layers and which of them print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf

from . import documents, embedded, press
from .errors import FileRefusedError
from .layers import Layers

if TYPE_CHECKING:
    from .shapes import Box, Page

#: Sizes and boxes that differ by less (in mm) are the same: programs round.
TOLERANCE_MM = 0.1
#: CIE dE2000, on the average of the tones of a press, below which two profiles are of the same press.
SAME_PRESS = 0.5
_SUBSET = re.compile(r"^/?[A-Z]{6}\+")


def compare(first: Page, second: Page) -> list[dict[str, Any]]:
    """Return what differs: list of ``{"code", ...}`` with ``from`` and ``to``."""
    found = []
    sizes = [tuple(round(page[key], 1) for key in ("width_mm", "height_mm")) for page in (first, second)]
    if _differ(*sizes):
        found.append({"code": "size", "from": _size(sizes[0]), "to": _size(sizes[1])})
    if first["kind"] != second["kind"]:
        return [*found, {"code": "kind", "from": first["kind"], "to": second["kind"]}]
    if first["kind"] != "pdf":
        return found + _presses(*(_profile_at(page["press"]) for page in (first, second)))
    before, after = _facts_of(first), _facts_of(second)
    if before is None or after is None:
        return found
    found += _trims(before, after, same_size=not found)
    found += _presses(before["press"], after["press"])
    for code in ("fonts", "layers"):
        if before[code] != after[code]:
            gone, came = sorted(before[code] - after[code]), sorted(after[code] - before[code])
            found.append({"code": code, "from": ", ".join(gone), "to": ", ".join(came)})
    hidden, shown = sorted(after["off"] & before["on"]), sorted(after["on"] & before["off"])
    if hidden or shown:
        found.append({"code": "layers_switched", "from": ", ".join(hidden), "to": ", ".join(shown)})
    return found


def _differ(first: Iterable[float], second: Iterable[float]) -> bool:
    return any(abs(a - b) > TOLERANCE_MM for a, b in zip(first, second, strict=True))


def _trims(before: dict[str, Any], after: dict[str, Any], *, same_size: bool) -> list[dict[str, Any]]:
    """Return that the page is cut to another size or, where the sheet is as it was, at another place."""
    if _differ(before["trim"], after["trim"]):
        return [{"code": "trim", "from": _size(before["trim"]), "to": _size(after["trim"])}]
    if same_size and _differ(before["corner"], after["corner"]):
        return [{"code": "trim_moved", "from": _size(before["corner"]), "to": _size(after["corner"])}]
    if not same_size:
        return []
    # where nothing that is seen or cut changed, what else the page says of itself
    return [
        {"code": code, "from": _listed(before[code]), "to": _listed(after[code])}
        for code in ("bleed", "art")
        if _differ(before[code], after[code])
    ]


def _edges(box: Box, seen: Box, unit: float) -> list[float]:
    """Return how far (mm) a box is inside of the page: left, bottom, right, top; what is beyond is not there."""
    inside = (box[0] - seen[0], box[1] - seen[1], seen[2] - box[2], seen[3] - box[3])
    return [round(max(0.0, distance) * unit, 1) for distance in inside]


def _presses(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Return that the same inks look otherwise, as another press prints them."""
    if before == after or _same_press(before, after):
        return []
    names = [press.name_of(profile) if profile else "sRGB" for profile in (before, after)]
    return [{"code": "press", "from": names[0], "to": names[1]}]


def _same_press(before: bytes, after: bytes) -> bool:
    try:
        return bool(before and after) and press.distance(before, after) < SAME_PRESS
    except FileRefusedError:
        # one of them is no press with four inks: another one, whatever it makes of them
        return False


def _size(values: Iterable[float]) -> str:
    return " x ".join(f"{value:g}" for value in values)


def _listed(values: Iterable[float]) -> str:
    return " / ".join(f"{value:g}" for value in values)


def _facts_of(page: Page) -> dict[str, Any] | None:
    """Return the boxes, the press, the fonts and the layers of a PDF page; None where the file cannot be read."""
    try:
        with documents.open_pdf(page["path"]) as pdf:
            sheet = pdf.pages[page["frame"]]
            box, seen = documents.trim_of(sheet), documents.visible_box(sheet)
            unit = documents.unit_of(sheet) * 25.4 / 72
            layers = Layers(pdf)
            fonts: Any = sheet.resources.get("/Font", {})
            return {
                "trim": [round((box[axis + 2] - box[axis]) * unit, 1) for axis in (0, 1)],
                "corner": [round((box[axis] - seen[axis]) * unit, 1) for axis in (0, 1)],
                "bleed": _edges(_box_or(sheet.obj.get("/BleedBox"), seen), seen, unit),
                "art": _edges(_box_or(sheet.obj.get("/ArtBox"), seen), seen, unit),
                "press": _press_of(pdf, sheet, page["press"]),
                # programs list standard fonts that they do not use; those are not in the file
                "fonts": {_font_name(font) for font in fonts.values() if embedded.is_embedded(font)},
                "layers": {_name_of(group) for group in layers.groups},
                "off": {_name_of(group) for group in layers.groups if layers.is_off(group)},
                "on": {_name_of(group) for group in layers.groups if not layers.is_off(group)},
            }
    except (FileRefusedError, pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError, IndexError):
        return None


def _box_or(values: Any, default: Box) -> Box:
    """Return a box of a page; one that it does not have, or that is no rectangle, is ``default``."""
    try:
        return documents.box_of(values)
    except (TypeError, ValueError):
        return default


def _font_name(font: Any) -> str:
    return _SUBSET.sub("", str(font.get("/BaseFont", ""))).lstrip("/")


def _name_of(group: Any) -> str:
    return str(group.get("/Name", ""))


def _press_of(pdf: pikepdf.Pdf, sheet: pikepdf.Page, shop: str) -> bytes:
    """Return the profile that a page is printed with, empty for RGB: its own, that of the document, the shop's."""
    for holder in (sheet.obj, pdf.Root):
        for channels, stream in press.intents_of(holder):
            if channels == 4:
                try:
                    data = stream.read_bytes()
                    press.check_bytes(data, channels)
                except (FileRefusedError, pikepdf.PdfError):
                    continue  # a broken profile is none, and the preflight says so
                return data
    return _profile_at(shop)


def _profile_at(path: str) -> bytes:
    return Path(path).read_bytes() if path else b""
