"""The rules of the trade, each one over what is painted (after the Ghent Workgroup's sheet-fed and digital rules)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import barcodes, embedded
from .findings import ERROR, INFO, WARNING, finding
from .paint import scale_of

if TYPE_CHECKING:
    from .boxes import Sheet
    from .paint import Color, Paint
    from .shapes import Finding, Wishes

#: What a shop asks for; a profile changes parts of it.
DEFAULTS: dict[str, Any] = {
    "minimum_dpi": 200,
    "total_ink": 0,
    "rgb": WARNING,
    "hairline_pt": 0.14,
    "tiny_text_pt": 4.0,
    "small_text_pt": 9.0,
    "small_text_inks": 2,
    "black_text_pt": 12.0,
    "spots": INFO,
    "allowed_spots": "",
    "least_quality": 40,
    "needs_intent": False,
}
#: An ink of less than this share is not counted.
_TRACE = 0.02
_PROCESS = {"Cyan", "Magenta", "Yellow", "Black", "None", "All"}
_SUFFIX = re.compile(r"\s+(c|u|m|cv|cvc|cvu|ec|pc|hc)$")


class PageRules:
    """Looks at everything that a page paints and keeps the first place of each fault."""

    def __init__(
        self, number: int, sheet: Sheet, profile: Wishes, fonts: dict[str, tuple[int, str]], inks: Inks
    ) -> None:
        self.number, self.sheet, self.profile, self.fonts, self.inks = number, sheet, profile, fonts, inks
        self.found: dict[str, list[Any]] = {}
        self.places = barcodes.Places()
        self.is_empty = True
        self.lowest = math.inf

    def note(self, code: str, severity: str, paint: Paint, **values: object) -> None:
        """Keep a fault; the same one again makes its place bigger."""
        place = self.sheet.fractions(paint.box) if paint.box else None
        if code not in self.found:
            self.found[code] = [severity, place, values]
        entry = self.found[code]
        if place and entry[1]:
            entry[1] = [*map(min, entry[1][:2], place[:2]), *map(max, entry[1][2:], place[2:])]
        elif place:
            entry[1] = place

    def findings(self) -> list[Finding]:
        """Return what was found on the page."""
        found = [
            finding(code, severity, self.number, place, **values)
            for code, (severity, place, values) in self.found.items()
        ]
        if self.is_empty:
            found.append(finding("empty_page", WARNING, self.number))
        return found

    def codes(self) -> list[barcodes.Place]:
        """Return the places where barcodes may be, as ``barcodes.check`` takes them."""
        places = [(kind, self.sheet.fractions(box)) for kind, box in self.places.found()]
        return [(self.number, kind, place, self.sheet.unit) for kind, place in places if place]

    def look(self, paint: Paint) -> None:
        """Look at one thing that is painted."""
        self.places.look(paint)
        if not _is_white(paint.color) or paint.kind == "picture":
            self.is_empty = False
        self._look_at_color(paint)
        self.inks.families.add(paint.color.family)
        if paint.state.transparent or paint.values.get("masked"):
            self.inks.families.add("transparency")
            self.note("transparency", INFO, paint)
        if paint.overprint and paint.color.family in ("CMYK", "Gray", "spot"):
            self._look_at_overprint(paint)
        if paint.kind == "stroke":
            self._look_at_line(paint)
        elif paint.kind == "text":
            self._look_at_text(paint)
        elif paint.kind == "picture":
            self._look_at_picture(paint)

    def _look_at_color(self, paint: Paint) -> None:
        color = paint.color
        if color.family == "RGB" and self.profile["rgb"] != "ignore":
            self.note("rgb", self.profile["rgb"], paint)
        if color.family == "spot":
            if "All" in color.names and (paint.box is None or self.sheet.in_trim(paint.box)):
                self.note("registration", ERROR, paint)
            self.inks.add(color.names, self.number)

    def _look_at_overprint(self, paint: Paint) -> None:
        self.note("overprint", INFO, paint)
        if _is_white(paint.color):
            # with mode 1 nothing is printed at all, with mode 0 or in gray it depends on the machine
            self.note("white_overprint", ERROR, paint)

    def _look_at_line(self, paint: Paint) -> None:
        state = paint.state
        width = state.width * scale_of(state.matrix) * self.sheet.unit
        if width < self.profile["hairline_pt"]:
            self.note("hairline", WARNING, paint, width=round(width, 3), limit=self.profile["hairline_pt"])

    def _look_at_text(self, paint: Paint) -> None:
        self._look_at_font(paint.values["font"])
        size = paint.values["size"] * self.sheet.unit
        if 0 < size < self.profile["tiny_text_pt"]:
            self.note("tiny_text", WARNING, paint, size=round(size, 1), limit=self.profile["tiny_text_pt"])
        used = {name: share for name, share in (paint.color.inks() or {}).items() if share > _TRACE}
        if paint.state.transparent or not used:
            return
        is_black = used.get("Black", 0) >= 0.85
        if is_black and len(used) > 1 and size < self.profile["black_text_pt"]:
            self.note("rich_text", WARNING, paint, size=round(size, 1), inks=len(used))
        elif len(used) > self.profile["small_text_inks"] and size < self.profile["small_text_pt"]:
            self.note("small_text", WARNING, paint, size=round(size, 1), inks=len(used))
        if used == {"Black": 1.0} and not paint.overprint and size < self.profile["black_text_pt"]:
            self.note("black_knockout", INFO, paint, size=round(size, 1))

    def _look_at_font(self, font: Any) -> None:
        name = str(font.get("/BaseFont", "/?"))[1:]
        if name in self.fonts:
            return
        self.fonts[name] = (self.number, embedded.font_fault(font))

    def _look_at_picture(self, paint: Paint) -> None:
        self._look_at_compression(paint)
        dpi, minimum = paint.values.get("dpi"), self.profile["minimum_dpi"]
        dpi = dpi / self.sheet.unit if dpi else minimum
        if dpi + 1 >= minimum or dpi >= self.lowest:
            return
        self.lowest = dpi
        values = {"dpi": round(dpi), "minimum": minimum}
        self.found["low_resolution"] = [WARNING, self.sheet.fractions(paint.box) if paint.box else None, values]

    def _look_at_compression(self, paint: Paint) -> None:
        quality = embedded.jpeg_quality(paint.values.get("stream"))
        if quality is not None and quality < self.profile["least_quality"]:
            self.note("compressed", WARNING, paint, quality=quality)


class Inks:
    """The spot colors of a document, over all its pages."""

    def __init__(self, profile: Wishes) -> None:
        self.severity = profile["spots"]
        self.allowed = {_plain(name) for name in re.split(r"[,;\n]", profile["allowed_spots"] or "") if name.strip()}
        self.pages: dict[str, int] = {}
        #: families of colors that are painted, and ``transparency``
        self.families: set[str] = set()

    def add(self, names: Iterable[str], page: int) -> None:
        """Note the inks of a color that is painted."""
        for name in names:
            if name not in _PROCESS:
                self.pages.setdefault(name, page)

    def findings(self) -> list[Finding]:
        """Return the spot colors, and those whose names are nearly the same: two plates for one ink."""
        if not self.pages:
            return []
        names = sorted(self.pages)
        found = [_named("spot_colours", self.severity, min(self.pages.values()), names)]
        refused = [name for name in names if self.allowed and _plain(name) not in self.allowed]
        if refused:
            found.append(_named("spot_refused", ERROR, self.pages[refused[0]], refused))
        groups: dict[str, list[str]] = {}
        for name in names:
            groups.setdefault(_plain(name), []).append(name)
        return found + [
            _named("spot_names", WARNING, self.pages[alike[0]], alike) for alike in groups.values() if len(alike) > 1
        ]


def _named(code: str, severity: str, page: int, names: Sequence[str]) -> Finding:
    # findings of the first version are stored with this word
    values: dict[str, Any] = {"colours": ", ".join(names)}
    return finding(code, severity, page, **values)


def _plain(name: str) -> str:
    """Return a name without what programs write differently: case, spaces, the suffix of the paper."""
    return re.sub(r"[^a-z0-9]", "", _SUFFIX.sub("", name.lower().replace("pms", "pantone").strip()))


def _is_white(color: Color) -> bool:
    if color.family == "spot":
        return bool(color.values) and not any(color.values)
    used = color.inks()
    if used is not None:
        return bool(used) and all(share <= 0 for share in used.values())
    return color.family == "RGB" and color.values == (1.0, 1.0, 1.0)
