"""The rules over pictures, one by one: how fine they are at their printed size, and how they are compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import embedded
from .findings import WARNING, finding

if TYPE_CHECKING:
    from .boxes import Sheet
    from .paint import Paint
    from .shapes import Finding, Wishes

#: Pictures of a page that are told one by one, the coarsest first.
_MOST = 20
#: Pixels of the smallest picture: what has fewer is a color, or a part of a gradient.
_FEWEST = 17


class PictureRules:
    """Looks at the pictures of a page."""

    def __init__(self, number: int, sheet: Sheet, profile: Wishes) -> None:
        self.number, self.sheet, self.profile = number, sheet, profile
        self.coarse: list[tuple[float, Paint, int]] = []
        self.compressed: list[tuple[int, Paint]] = []

    def look(self, paint: Paint) -> None:
        """Look at a picture, or at a stencil that a color is painted through."""
        values = paint.values.get("stencil", paint.values)
        if not values.get("dpi") or values["width"] * values["height"] < _FEWEST:
            return
        quality = embedded.jpeg_quality(values.get("stream"))
        if quality is not None and quality < self.profile["least_quality"]:
            self.compressed.append((quality, paint))
        finer = self.profile["minimum_bitmap_dpi"] if _is_bitmap(paint) else 0
        minimum = max(self.profile["minimum_dpi"], finer)
        dpi = values["dpi"] / self.sheet.unit
        if dpi + 1 < minimum:
            self.coarse.append((dpi, paint, minimum))

    def findings(self) -> list[Finding]:
        """Return what was found, each with the place of its picture."""
        found = []
        for dpi, paint, minimum in sorted(self.coarse, key=lambda one: one[0])[:_MOST]:
            code = "bitmap_resolution" if _is_bitmap(paint) else "picture_resolution"
            found.append(self._finding(code, paint, dpi=round(dpi), minimum=minimum))
        for quality, paint in sorted(self.compressed, key=lambda one: one[0])[:_MOST]:
            found.append(self._finding("compressed", paint, quality=quality))
        return found

    def _finding(self, code: str, paint: Paint, **numbers: int) -> Finding:
        values: dict[str, Any] = paint.values.get("stencil", paint.values)
        place = self.sheet.fractions(paint.box) if paint.box else None
        color = paint.color.names[0] if paint.color.names else paint.color.family
        words = [color if color != "other" else "", embedded.compression_of(values.get("stream"))]
        size = {"width": values["width"], "height": values["height"]}
        return finding(code, WARNING, self.number, place, **size, format=", ".join(filter(None, words)), **numbers)


def _is_bitmap(paint: Paint) -> bool:
    """Return whether a picture is of black and white alone, whose edges need a finer grid."""
    return "stencil" in paint.values or paint.values.get("bits") == 1
