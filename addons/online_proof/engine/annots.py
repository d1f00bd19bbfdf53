"""Annotations of a page that are printed: their looks are read as part of it (ISO 32000-1, 12.5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf

from . import documents
from .findings import WARNING, finding
from .paint import FAULTS, IDENTITY, State, multiply, number, placed_box

if TYPE_CHECKING:
    from .boxes import Sheet
    from .content import Reader
    from .shapes import Box, Finding, Matrix

_PRINTS, _HIDDEN = 4, 2


def check(page: pikepdf.Page, number_: int, sheet: Sheet, reader: Reader) -> list[Finding]:
    """Read the annotations that print; each of them is told, fields of forms only once for the whole file."""
    found: list[Finding] = []
    annotations: Any = page.obj.get("/Annots", [])
    for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
        try:
            found += _check_one(annotation, number_, sheet, reader)
        except FAULTS:
            reader.faults += 1
    return found


def _check_one(annotation: Any, number_: int, sheet: Sheet, reader: Reader) -> list[Finding]:
    look = _look_of(annotation, reader)
    if look is None:
        return []
    area = documents.box_of(annotation.Rect)
    reader.walk(look, State(matrix=_fitted(look, area), clip=sheet.printed), 1)
    if annotation.get("/Subtype") == "/Widget":
        return []
    return [finding("annotation", WARNING, number_, sheet.fractions(area))]


def _look_of(annotation: Any, reader: Reader) -> Any:
    """Return what an annotation looks like on paper, None for nothing."""
    if not isinstance(annotation, pikepdf.Dictionary):
        return None
    flags = int(annotation.get("/F", 0))
    if not flags & _PRINTS or flags & _HIDDEN or reader.is_off(annotation.get("/OC")):
        return None
    states: Any = annotation.get("/AP", {})
    look: Any = states.get("/N")
    if isinstance(look, pikepdf.Dictionary) and not isinstance(look, pikepdf.Stream):
        look = look.get(str(annotation.get("/AS", "/Off")))
    return look if isinstance(look, pikepdf.Stream) else None


def _fitted(look: Any, area: Box) -> Matrix:
    """Return the matrix that fits a look into the place of its annotation."""
    own = tuple(map(number, look.get("/Matrix", IDENTITY)))
    box = placed_box(own, look.get("/BBox", [0, 0, 1, 1]))
    wide, high = box[2] - box[0], box[3] - box[1]
    across = (area[2] - area[0]) / wide if wide else 1.0
    up = (area[3] - area[1]) / high if high else 1.0
    return multiply(own, (across, 0, 0, up, area[0] - box[0] * across, area[1] - box[1] * up))
