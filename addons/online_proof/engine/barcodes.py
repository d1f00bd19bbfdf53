"""Barcodes that a reader cannot read from the page: looked for where bars, small pictures or letters of codes are.

Limits after the GS1 General Specifications: an EAN or UPC has bars of at least 0.264 mm (80 % of its full size), and
a symbol contrast of at least 40 % (grade C of ISO/IEC 15416) in the red light of scanners at 660 nm.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

import zxingcpp
from PIL import Image

from . import pdfium
from .findings import WARNING, finding
from .paint import Paint, around, scale_of
from .shapes import Box, File, Finding

#: Page (from 1), kind, box as fractions of the page, unit of the page in points.
Place = tuple[int, str, list[float], float]

#: Places of a document that are looked at: beyond that a shop has seen enough.
MAX_PLACES = 80
#: Dots per inch that places are drawn with: fine for bars, coarser for pictures, which have dots of their own.
_DPI, _PICTURE_DPI, _SIDE = 600, 300, 2400
#: Points: what a bar measures, how far bars of one code are apart, how big a code is that a picture shows, what is
#: around it.
_BAR_WIDTH, _BAR_HEIGHT, _GAP, _PICTURE, _MARGIN = 9.0, 10.0, 20.0, 260.0, 12.0
_FEWEST_BARS, _FEWEST_SQUARES = 15, 40
#: Parts of the paths of a page that are looked at: maps and patterns have more, codes do not.
_MOST_PARTS = 20_000
_FONT = re.compile(r"bar ?code|\bean ?-?(8|13)?\b|code ?-?(39|93|128)|^upc|c39|c128", re.I)
#: Widths of a symbol in modules, its smallest module in millimetres and the most that measuring may miss.
_MODULES = {"EAN13": 95, "ISBN": 95, "UPCA": 95, "EAN8": 67, "UPCE": 51}
_SMALLEST_MM, _FULL_MM, _SLACK = 0.264, 0.33, 0.05
_LEAST_CONTRAST = 0.40
#: What photographs are never taken for: codes with a check digit or error correction.
_SAFE = frozenset(
    {"EAN13", "ISBN", "EAN8", "UPCA", "UPCE", "Code128", "QRCode", "QRCodeModel2", "DataMatrix", "Aztec", "PDF417"}
)
_MATRIX = frozenset({"QRCode", "QRCodeModel2", "MicroQRCode", "DataMatrix", "Aztec", "PDF417", "MaxiCode"})


class Places:
    """Gathers the places of one page where a barcode may be."""

    def __init__(self) -> None:
        self.bars: dict[tuple, list[Box]] = {}
        self.rows: dict[float, list[Box]] = {}
        self.squares: list[Box] = []
        self.pictures: list[Box] = []
        self.letters: list[Box] = []
        self.parts = 0

    def look(self, paint: Paint) -> None:
        """Look at one thing that is painted."""
        if paint.box is None:
            return
        if paint.kind in ("fill", "stroke") and "parts" in paint.values:
            self.parts += len(paint.values["parts"])
            if self.parts > _MOST_PARTS:
                return
            wide = paint.state.width * scale_of(paint.state.matrix) / 2 if paint.kind == "stroke" else 0
            for left, bottom, right, top in paint.values["parts"]:
                self._note_bar((left - wide, bottom, right + wide, top), (bottom, top), (left, right), upright=True)
                self._note_bar((left, bottom - wide, right, top + wide), (left, right), (bottom, top), upright=False)
            if paint.kind == "fill":
                self._note_squares(paint.box, paint.values["parts"])
        elif paint.kind in ("fill", "picture"):
            sides = (paint.box[2] - paint.box[0], paint.box[3] - paint.box[1])
            if min(sides) > _BAR_HEIGHT and max(sides) < _PICTURE:
                self.pictures.append(paint.box)
        elif paint.kind == "text" and _FONT.search(str(paint.values["font"].get("/BaseFont", ""))):
            self.letters.append(paint.box)

    def _note_bar(self, box: Box, length: tuple, across: tuple, *, upright: bool) -> None:
        high = length[1] - length[0]
        wide = (box[2] - box[0]) if upright else (box[3] - box[1])
        if 0 < wide <= _BAR_WIDTH and high >= max(_BAR_HEIGHT, 2 * wide) and across[1] - across[0] <= _BAR_WIDTH:
            for end in (0, 1):
                self.bars.setdefault((upright, end, round(length[end])), []).append(box)

    def _note_squares(self, whole: Box, parts: list[Box]) -> None:
        if len(parts) >= _FEWEST_SQUARES and _is_square(whole):
            self.squares.append(whole)
            return
        for box in parts:
            high = box[3] - box[1]
            if 0 < high <= _BAR_WIDTH and box[2] - box[0] <= 10 * _BAR_WIDTH:
                self.rows.setdefault(round(high, 1), []).append(box)

    def found(self) -> list[tuple[str, Box]]:
        """Return pairs of kind (``bars``, ``letters``, ``squares``, ``picture``) and box."""
        codes: list[Box] = []
        for (upright, _end, _at), boxes in self.bars.items():
            if len(codes) >= MAX_PLACES:
                break
            codes += [box for box in _codes(boxes, upright) if not any(_overlap(box, other) for other in codes)]
        rows = [around(row) for row in self.rows.values() if len(row) >= _FEWEST_SQUARES]
        squares = self.squares + [box for box in rows if _is_square(box)]
        groups = {"bars": codes, "letters": self.letters, "squares": squares, "picture": self.pictures}
        return [(kind, box) for kind, boxes in groups.items() for box in boxes]


def _is_square(box: Box) -> bool:
    wide, high = box[2] - box[0], box[3] - box[1]
    return 0.8 * wide <= high <= 1.25 * wide and wide < _PICTURE


def _codes(boxes: list[Box], upright: bool) -> Iterable[Box]:
    """Yield the boxes around bars that stand side by side as those of a code do: in several widths and distances."""
    first, last = (0, 2) if upright else (1, 3)
    run: list[Box] = []
    for box in [*sorted(boxes, key=lambda one: one[first]), None]:
        if box is not None and (not run or box[first] - run[-1][last] < _GAP):
            run.append(box)
            continue
        if _is_code(run, first, last):
            yield around(run)
        run = [box] if box is not None else []


def _is_code(run: list[Box], first: int, last: int) -> bool:
    if len(run) < _FEWEST_BARS:
        return False
    widths = [box[last] - box[first] for box in run]
    gaps = [after[first] - before[last] for before, after in pairwise(run)]
    heights = {round(2 * (box[3 - first % 2] - box[1 - first % 2])) for box in run}
    several = max(widths) > 1.5 * min(widths) and max(gaps) > 1.5 * max(min(gaps), 0.01)
    return several and len(heights) <= 6 and max(gaps) <= 12 * min(widths)


def _overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def check(path: File, places: list[Place]) -> list[Finding]:
    """Return the barcodes that will not be read, or hardly.

    :param places: where one may be
    """
    if not places:
        return []
    document = pdfium.open_document(path)
    found = []
    for page, kind, box, unit in places[:MAX_PLACES]:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(
            (_PICTURE_DPI if kind == "picture" else _DPI) / 72 * unit,
            _SIDE / max((box[2] - box[0]) * width + 2 * _MARGIN, 1),
        )
        left, right = box[0] * width - _MARGIN, (1 - box[2]) * width - _MARGIN
        top, bottom = box[1] * height - _MARGIN, (1 - box[3]) * height - _MARGIN
        crop = tuple(max(0.0, side) for side in (left, bottom, right, top))
        picture = pdfium.draw(sheet, scale, crop)
        fault = look(picture, kind, scale * 72 / unit)
        if fault:
            code, values = fault
            found.append(finding(code, WARNING, page, box, **values))
    return found


def look(picture: Image.Image, kind: str, dpi: float) -> tuple[str, dict] | None:
    """Return code and values of what is wrong with the barcode of a picture; None where there is none or all is well.

    :param kind: ``bars`` and ``letters`` are there to be read; ``squares`` and a ``picture`` may show anything
    :param dpi: of the picture, 0 where it is not known
    """
    meant = plain = zxingcpp.read_barcodes(picture.convert("L"))
    if kind == "squares" and not meant:
        meant = [code for band in picture.split() for code in zxingcpp.read_barcodes(band)]
    if kind in ("picture", "squares"):
        meant = [code for code in meant if code.format.name in _SAFE]
        if not meant:
            return None
    # scanners see by red light, and expect dark bars; cameras read codes of squares by any
    read = [code for code in plain if code.format.name in _MATRIX]
    read += zxingcpp.read_barcodes(picture.getchannel("R"), try_invert=False)
    if not read:
        return "barcode_unreadable", {}
    return _weakness(picture, read[0], dpi)


def _weakness(picture: Image.Image, code: zxingcpp.Barcode, dpi: float) -> tuple[str, dict] | None:
    """Return code and values of a weakness of a barcode that can be read."""
    corners = code.position
    points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
    xs, ys = [point.x for point in points], [point.y for point in points]
    area = (max(min(xs) - 2, 0), max(min(ys) - 2, 0), max(xs) + 3, max(ys) + 3)
    band = picture.convert("L") if code.format.name in _MATRIX else picture.getchannel("R")
    darkest, brightest = (_reflectance(level) for level in _extremes(band.crop(area)))
    if brightest - darkest < _LEAST_CONTRAST:
        values = {"contrast": round((brightest - darkest) * 100), "limit": round(_LEAST_CONTRAST * 100)}
        return "barcode_contrast", {"text": code.text[:60], **values}
    modules = _MODULES.get(code.format.name)
    if modules and dpi:
        length = max(max(xs) - min(xs), max(ys) - min(ys))
        module = length / modules / dpi * 25.4
        if module < _SMALLEST_MM * (1 - _SLACK):
            return "barcode_small", {"text": code.text[:60], "size": round(module / _FULL_MM * 100), "limit": 80}
    return None


def _extremes(band: Image.Image) -> tuple[int, int]:
    """Return the levels that a twentieth of the pixels are darker, or brighter, than."""
    histogram = band.histogram()
    share, total = sum(histogram) / 20, 0
    levels = []
    for wanted in (share, sum(histogram) - share):
        total = 0
        for level, count in enumerate(histogram):
            total += count
            if total >= wanted:
                levels.append(level)
                break
    return levels[0], levels[1]


def _reflectance(level: int) -> float:
    """Return which share of the light a level of sRGB throws back (IEC 61966-2-1)."""
    value = level / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
