"""The rules of the trade, each one over what is painted (after the Ghent Workgroup's sheet-fed and digital rules)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import barcodes, embedded
from .findings import ERROR, INFO, WARNING, finding
from .paint import MOST, least_scale_of
from .pictures import PictureRules

if TYPE_CHECKING:
    from .boxes import Sheet
    from .paint import Color, Paint
    from .shapes import Finding, Place, Wishes

#: What a shop asks for; a profile changes parts of it.
DEFAULTS: dict[str, Any] = {
    "minimum_dpi": 200,
    "minimum_bitmap_dpi": 0,
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
#: Points that a filled rectangle is long that is taken for a line.
_LINE = 9.0
#: Places of a fault that are kept for a page, and the share of the page that parts them.
_MOST_PLACES, _NEAR = 12, 0.01
#: Names of inks that are listed.
_MOST_NAMES = 30
_PROCESS = {"Cyan", "Magenta", "Yellow", "Black", "None", "All"}
_SUFFIX = re.compile(r"\s+(c|u|m|cv|cvc|cvu|ec|pc|hc)$")


class PageRules:
    """Looks at everything that a page paints and keeps the places of each fault."""

    def __init__(
        self, number: int, sheet: Sheet, profile: Wishes, fonts: dict[tuple[Any, ...], tuple[int, str]], inks: Inks
    ) -> None:
        self.number, self.sheet, self.profile, self.fonts, self.inks = number, sheet, profile, fonts, inks
        self.found: dict[str, tuple[str, Places, dict[str, Any]]] = {}
        self.places = barcodes.Places()
        self.pictures = PictureRules(number, sheet, profile)
        self.is_empty = True

    def note(self, code: str, severity: str, paint: Paint, **values: object) -> None:
        """Keep a fault; of the same one again, its place."""
        entry = self.found.setdefault(code, (severity, Places(), values))
        entry[1].add(self.sheet.fractions(paint.box) if paint.box else None)

    def findings(self, *, damaged: bool) -> list[Finding]:
        """Return what was found on the page; of a damaged one nobody knows whether it is empty."""
        found = [
            finding(code, severity, self.number, places.whole(), **values, **places.values())
            for code, (severity, places, values) in self.found.items()
        ]
        if self.is_empty and not damaged:
            found.append(finding("empty_page", WARNING, self.number))
        return found + self.pictures.findings()

    def codes(self) -> list[barcodes.Place]:
        """Return the places where barcodes may be, as ``barcodes.check`` takes them."""
        places = [(kind, self.sheet.fractions(box)) for kind, box in self.places.found()]
        return [(self.number, kind, place, self.sheet.unit) for kind, place in places if place]

    def look(self, paint: Paint) -> None:
        """Look at one thing that is painted."""
        self._look_at_color(paint)
        if paint.kind == "mask":
            return
        self.places.look(paint)
        if not _is_white(paint.color) or paint.kind == "picture":
            self.is_empty = False
        if paint.transparent:
            self.inks.families.add("transparency")
            self.note("transparency", INFO, paint)
        if paint.overprint and paint.color.family in ("CMYK", "Gray", "spot"):
            self._look_at_overprint(paint)
        if paint.kind == "stroke":
            self._look_at_line(paint)
        elif paint.kind == "fill":
            self._look_at_area(paint)
        elif paint.kind == "text":
            self._look_at_text(paint)
        elif paint.kind == "picture":
            self.pictures.look(paint)

    def _look_at_color(self, paint: Paint) -> None:
        color = paint.color
        self.inks.families.add(color.family)
        if color.family == "RGB" and self.profile["rgb"] != "ignore":
            self.note("rgb", self.profile["rgb"], paint)
        if color.family == "spot":
            if "All" in color.names and any(color.values) and (paint.box is None or self.sheet.in_trim(paint.box)):
                self.note("registration", ERROR, paint)
            self.inks.add(color.names, self.number)

    def _look_at_overprint(self, paint: Paint) -> None:
        self.note("overprint", INFO, paint)
        if _is_white(paint.color):
            # with mode 1 nothing is printed at all, with mode 0 or in gray it depends on the machine
            self.note("white_overprint", ERROR, paint)

    def _look_at_line(self, paint: Paint) -> None:
        self._look_at_width(paint, paint.state.width * least_scale_of(paint.state.matrix))

    def _look_at_area(self, paint: Paint) -> None:
        """Take a rectangle that is long and very thin for a line, as programs draw those of tables."""
        if "stencil" in paint.values:
            self.pictures.look(paint)
        parts = paint.values.get("parts", ())
        if len(parts) != 1:
            return
        sides = sorted((parts[0][2] - parts[0][0], parts[0][3] - parts[0][1]))
        if sides[1] * self.sheet.unit >= _LINE:
            self._look_at_width(paint, sides[0])

    def _look_at_width(self, paint: Paint, width: float) -> None:
        width, limit = width * self.sheet.unit, self.profile["hairline_pt"]
        if width < limit and not _is_white(paint.color):
            self.note("hairline", WARNING, paint, width=round(width, 3), limit=limit)

    def _look_at_text(self, paint: Paint) -> None:
        self._look_at_font(paint.values["font"])
        size = paint.values["size"] * self.sheet.unit
        if not 0 < size < MOST:
            return  # a drawn font that does not say how high its letters are
        if size < self.profile["tiny_text_pt"]:
            self.note("tiny_text", WARNING, paint, size=round(size, 1), limit=self.profile["tiny_text_pt"])
        used = {name: share for name, share in (paint.color.inks() or {}).items() if share > _TRACE}
        if paint.transparent or not used:
            return
        is_black = used.get("Black", 0) >= 0.85
        if is_black and len(used) > 1 and size < self.profile["black_text_pt"]:
            self.note("rich_text", WARNING, paint, size=round(size, 1), inks=len(used))
        elif len(used) > self.profile["small_text_inks"] and size < self.profile["small_text_pt"]:
            self.note("small_text", WARNING, paint, size=round(size, 1), inks=len(used))
        if used == {"Black": 1.0} and not paint.overprint and size < self.profile["black_text_pt"]:
            self.note("black_knockout", INFO, paint, size=round(size, 1))

    def _look_at_font(self, font: Any) -> None:
        # two fonts may have the same name, and only one of them may be whole
        name = str(font.get("/BaseFont", "/?"))[1:]
        key = (name, font.objgen)
        if key not in self.fonts:
            self.fonts[key] = (self.number, embedded.font_fault(font))


class Places:
    """The rectangles of one fault on a page: those that touch become one, and only so many are kept."""

    def __init__(self) -> None:
        self.boxes: list[Place] = []

    def add(self, box: Place | None) -> None:
        """Note another place."""
        if box is None:
            return
        near = next((other for other in self.boxes if _touch(box, other)), None)
        if near is None and len(self.boxes) >= _MOST_PLACES:
            near = self.boxes[-1]
        if near is None:
            self.boxes.append(list(box))
        else:
            near[:] = _around(near, box)

    def whole(self) -> Place | None:
        """Return the rectangle around all of them."""
        whole = self.boxes[0] if self.boxes else None
        for box in self.boxes[1:]:
            whole = _around(whole or box, box)
        return whole

    def values(self) -> dict[str, list[Place]]:
        """Return them one by one, where there are several."""
        return {"places": self.boxes} if len(self.boxes) > 1 else {}


def _touch(first: Place, second: Place) -> bool:
    return (
        first[0] <= second[2] + _NEAR
        and second[0] <= first[2] + _NEAR
        and first[1] <= second[3] + _NEAR
        and second[1] <= first[3] + _NEAR
    )


def _around(first: Place, second: Place) -> Place:
    return [*map(min, first[:2], second[:2]), *map(max, first[2:], second[2:])]


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
    values: dict[str, Any] = {"colours": ", ".join([*names[:_MOST_NAMES], *(["..."] if names[_MOST_NAMES:] else [])])}
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
