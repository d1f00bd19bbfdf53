"""What differs between two pages: the inks as the press gets them, the words with their places, what the page has.

Pages are drawn anew, without the losses of the pictures that people look at, and laid over each other first:
a page that was exported again is not different everywhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from . import delta, difference, facts, images, pdfium, words
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .ghostscript import Opened
    from .press import Press
    from .shapes import File, Page, Pixels, Place

#: Resolution of the first look, which sorts out what is equal, and of the second.
QUICK_DPI, FINE_DPI = 100, 200
#: Longest side in pixels of the second look: posters are compared with less.
FINE_SIDE = 4_000
#: CIE dE2000 from which a difference is one that people see.
LIMIT = 2.0
#: Millimetres that letters may reach out of the box of their word.
_EDGE_MM = 0.6
#: Squares in which the color of a region is looked at, along its longer side.
_CELLS = 24
_INKS = ("cyan", "magenta", "yellow", "black")


class Side:
    """One of the two pages.

    :param page: dict with ``path``, ``kind``, ``frame``, ``press``, ``width_mm``, ``height_mm``
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.press: Press | None = None
        self._opened: Opened | None = None
        folder.mkdir()

    def draw(self, dpi: int, exact: bool) -> Image.Image:
        """Return the page in the inks of the press; in RGB if it is a picture, or if ``exact`` is not asked for."""
        longest = max(self.page["width_mm"], self.page["height_mm"])
        side = max(1, round(min(longest / 25.4 * dpi, FINE_SIDE)))
        if self.page["kind"] == "image":
            return images.load_page(self.page["path"], self.page["frame"], side)
        if exact:
            return self._draw_inks(side)
        sheet = pdfium.open_document(self.page["path"])[self.page["frame"]]
        return pdfium.draw(sheet, side / max(sheet.get_size()))

    def _draw_inks(self, side: int) -> Image.Image:
        from . import ghostscript  # imported here: needs pikepdf, which pictures do not

        if not self._opened:
            self._opened = ghostscript.Opened(self.page["path"], self.folder, self.page["press"])
            self.press = self._opened.press
        number = self.page["frame"]
        return next(self._opened.draw(number, number, self._opened.size_of(number, side)))

    def shown(self, picture: Image.Image) -> Image.Image:
        """Return a picture of this side as a screen shows it."""
        return self.press.shown(picture) if self.press and picture.mode == self.press.mode else picture.convert("RGB")


def compare(first: Page, second: Page, target: File, limit: float = LIMIT) -> dict[str, Any]:
    """Write a transparent PNG with the differences marked and return what differs.

    :param first: the older page, see :class:`Side`
    :returns: ``{"regions": [{"box", "kind", ...}], "shift": [x, y] in mm, "facts": [...]}``; boxes are fractions of
        the newer page, kinds ``text``, ``color``, ``ink`` (built of other inks, looks the same)
    """
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        sides = [Side(page, Path(folder) / name) for page, name in ((first, "old"), (second, "new"))]
        found = facts.compare(first, second)
        changed, unmoved = words.compare(first, second)
        exact = first["kind"] == second["kind"] == "pdf"
        try:
            old, new = (side.draw(QUICK_DPI, exact) for side in sides)
        except (FileRefusedError, FileNotFoundError):
            # one of them cannot be drawn by Ghostscript: both are looked at with other eyes
            exact = False
            old, new = (side.draw(QUICK_DPI, exact) for side in sides)
        if (old.size, old.mode, old.tobytes()) == (new.size, new.mode, new.tobytes()):
            difference.save_marks(Image.new("L", new.size), target)
            return {"regions": changed, "shift": [0, 0], "facts": found}
        result = _look_closely(sides, (old, new), exact, limit, target, unmoved)
        return _with_words(result, changed, second) | {"facts": found}


def _look_closely(
    sides: Sequence[Side],
    quick: tuple[Image.Image, Image.Image],
    exact: bool,
    limit: float,
    target: File,
    unmoved: Callable[[Sequence[float]], Iterable[Place]],
) -> dict[str, Any]:
    before, after = difference.same_size(*_same_mode(sides, quick))
    # where little changed, the page has not moved, and only that part is looked at
    part = difference.small_part(before, after) if quick[0].size == quick[1].size else None
    shift = (0, 0) if part else difference.shift_between(before, after)
    old, new = _same_mode(sides, [side.draw(FINE_DPI, exact) for side in sides])
    factor = new.width / quick[1].width
    old, new = difference.same_size(old, new)
    if not part:
        shift = difference.shift_between(old, new, 1, (round(shift[0] * factor), round(shift[1] * factor)))
        old = difference.moved(old, shift)
    lossy = sides[0].page["kind"] != sides[1].page["kind"]
    window = difference.window_of(part, factor, new.size)
    mask = Image.new("L", new.size)
    mask.paste(difference.mask_of(old.crop(window), new.crop(window), lossy=lossy), window)
    pixel = sides[1].page["width_mm"] / new.width
    way = [round(value * pixel, 2) for value in shift]
    if mask.getbbox():
        stood = [_pixels(box, new.size) for box in unmoved(way)]
        difference.without_same_words(mask, old, new, stood)
    boxes = difference.regions_of(mask)
    if shift != (0, 0):
        # lines on other pixels than before: around them, there is as much ink as there was
        boxes = [box for box in boxes if not difference.evens_out(old, new, box)]
    found = [_described(box, (old, new), sides, mask.size, limit) for box in boxes]
    difference.save_marks(mask, target)
    if lossy:
        found = [region for region in found if region["kind"] == "color"]
    return {"regions": found, "shift": way}


def _pixels(box: Sequence[float], size: tuple[int, int]) -> list[int]:
    return [round(value * size[axis % 2]) for axis, value in enumerate(box)]


def _same_mode(sides: Sequence[Side], pictures: Sequence[Image.Image]) -> Sequence[Image.Image]:
    if pictures[0].mode == pictures[1].mode:
        return pictures
    return [side.shown(picture) for side, picture in zip(sides, pictures, strict=True)]


def _described(
    box: Pixels, pictures: tuple[Image.Image, Image.Image], sides: Sequence[Side], size: tuple[int, int], limit: float
) -> dict[str, Any]:
    """Return a region with its kind and, for inks, the strongest change in words."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = max(1.0, max(width, height) / _CELLS)
    cells = (max(1, round(width / scale)), max(1, round(height / scale)))
    old, new = (picture.resize(cells, Image.Resampling.BOX, box=box) for picture in pictures)
    inks = list(zip(old.getdata(), new.getdata(), strict=True))
    colors = zip(*(side.shown(picture).getdata() for side, picture in zip(sides, (old, new), strict=True)), strict=True)
    strongest = max(delta.between(*pair) for pair in colors)
    region: dict[str, Any] = {
        "box": [round(value / size[axis % 2], 5) for axis, value in enumerate(box)],
        "kind": "color" if strongest >= limit else "ink",
        "delta": round(strongest, 1),
    }
    if old.mode == "CMYK":
        before, after = max(inks, key=lambda pair: max(abs(a - b) for a, b in zip(*pair, strict=True)))
        region["inks"] = {
            name: [round(a / 2.55), round(b / 2.55)]
            for name, a, b in zip(_INKS, before, after, strict=True)
            if abs(a - b) >= difference.AREA
        }
    return region


def _with_words(result: dict[str, Any], changed: list[dict[str, Any]], page: Page) -> dict[str, Any]:
    """Put the changed words first; what a picture shows of them is not counted again."""
    margin = [_EDGE_MM / page[key] for key in ("width_mm", "height_mm")]
    rest = [region for region in result["regions"] if not any(_covers(word, region, margin) for word in changed)]
    return result | {"regions": changed + rest}


def _covers(word: dict[str, Any], region: dict[str, Any], margin: Sequence[float]) -> bool:
    outer, inner = word["box"], region["box"]
    return all(outer[axis] - margin[axis] <= inner[axis] for axis in (0, 1)) and all(
        outer[axis] + margin[axis % 2] >= inner[axis] for axis in (2, 3)
    )
