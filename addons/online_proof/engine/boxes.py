"""Sizes and boxes of pages: against the product, and against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import documents
from .findings import ERROR, WARNING, finding
from .paint import cut

if TYPE_CHECKING:
    import pikepdf

    from .shapes import Box, Finding, Place, Wishes

TOLERANCE_MM = 1.0
#: Points that a PDF's boxes may differ by.
_EPSILON = 0.6


class Sheet:
    """A page as it is seen: turns places in points into fractions of it."""

    def __init__(self, page: pikepdf.Page, bleed: float = 0) -> None:
        """Read the boxes of a page.

        :param bleed: millimetres that are printed around the trim, where the page does not say
        """
        self.unit = documents.unit_of(page)
        self.visible = documents.visible_box(page)
        self.trim = documents.trim_of(page)
        self.rotation = documents.rotation_of(page)
        self.printed = self._printed(page, bleed * 72 / 25.4 / self.unit)

    def _printed(self, page: pikepdf.Page, bleed: float) -> Box:
        """Return what is printed and not thrown away: the trim with its bleed; marks around it are the shop's."""
        if "/TrimBox" not in page.obj:
            return self.visible
        left, bottom, right, top = self.trim
        outer = (left - bleed, bottom - bleed, right + bleed, top + bleed)
        if "/BleedBox" in page.obj:
            outer = documents.box_of(page.bleedbox)
        part = cut(outer, documents.box_of(page.mediabox))
        return part if part and part[2] - part[0] > 1 and part[3] - part[1] > 1 else self.visible

    def fractions(self, box: Box) -> Place | None:
        """Return left, top, right, bottom of the part of a box that can be seen; None if there is none."""
        left, bottom, right, top = self.visible
        width, height = right - left, top - bottom
        place = ((box[0] - left) / width, (top - box[3]) / height, (box[2] - left) / width, (top - box[1]) / height)
        for _quarter in range(self.rotation // 90):
            place = (1 - place[3], place[0], 1 - place[1], place[2])
        if not all(map(math.isfinite, place)) or place[2] < 0 or place[3] < 0 or place[0] > 1 or place[1] > 1:
            return None
        return [round(min(max(value, 0.0), 1.0), 5) for value in place]

    def in_trim(self, box: Box) -> bool:
        """Return whether a box reaches into what is left after cutting."""
        inside = _EPSILON
        return (
            box[2] > self.trim[0] + inside
            and box[0] < self.trim[2] - inside
            and box[3] > self.trim[1] + inside
            and box[1] < self.trim[3] - inside
        )


def check_page_count(count: int, expected: Wishes) -> list[Finding]:
    """Compare the number of pages with the product's."""
    if expected.get("pages") and count != expected["pages"]:
        return [finding("page_count", ERROR, 0, count=count, expected=expected["pages"])]
    return []


def trim_size(page: pikepdf.Page) -> tuple[float, float]:
    """Return width and height of the trimmed page in millimetres, as it is seen."""
    box = documents.trim_of(page)
    unit = documents.unit_of(page)
    size = ((box[2] - box[0]) * unit * 25.4 / 72, (box[3] - box[1]) * unit * 25.4 / 72)
    return size[::-1] if documents.rotation_of(page) in (90, 270) else size


def check_page(page: pikepdf.Page, number: int, expected: Wishes) -> list[Finding]:
    """Compare a page with the product, and its boxes with each other."""
    trim = documents.trim_of(page)
    outer = documents.box_of(page.bleedbox if "/BleedBox" in page.obj else page.mediabox)
    room = min(trim[0] - outer[0], trim[1] - outer[1], outer[2] - trim[2], outer[3] - trim[3])
    bleed = room * 25.4 / 72 if "/TrimBox" in page.obj else None
    found = check_size(trim_size(page), bleed, number, expected)
    if room < -_EPSILON or not _inside(documents.box_of(page.bleedbox), documents.box_of(page.mediabox)):
        found.append(finding("boxes", WARNING, number))
    elif "/TrimBox" in page.obj and not _inside(trim, documents.visible_box(page)):
        found.append(finding("crop", WARNING, number))
    return found


def _inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - _EPSILON
        and inner[1] >= outer[1] - _EPSILON
        and inner[2] <= outer[2] + _EPSILON
        and inner[3] <= outer[3] + _EPSILON
    )


def check_size(size: tuple[float, float], bleed: float | None, number: int, expected: Wishes) -> list[Finding]:
    """Compare a page with the product's format; ``bleed`` is None where the file does not say."""
    wanted = (expected.get("width_mm") or 0, expected.get("height_mm") or 0)
    need = expected.get("bleed_mm") or 0
    if not all(wanted):
        return []
    values: dict[str, Any] = {
        "width": round(size[0], 1),
        "height": round(size[1], 1),
        "expected_width": wanted[0],
        "expected_height": wanted[1],
    }
    with_bleed = tuple(side + 2 * need for side in wanted)
    if need and bleed is None and _same(size, with_bleed):
        return []
    if not _same(size, wanted):
        return [finding("page_size", ERROR, number, **values)]
    if need and (bleed or 0) + _EPSILON * 25.4 / 72 < need:
        return [finding("no_bleed", WARNING, number, bleed=round(bleed or 0, 1), expected=need)]
    return []


def _same(size: Sequence[float], wanted: Sequence[float]) -> bool:
    return any(
        all(abs(side - other) <= TOLERANCE_MM for side, other in zip(size, turned, strict=True))
        for turned in (wanted, wanted[::-1])
    )
