"""What differs between two pages: the inks as the press gets them, the words with their places, what the page has.

Pages are drawn anew, without the losses of the pictures that people look at, and laid over each other first:
a page that was exported again is not different everywhere.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops

from . import delta, difference, facts, spot_plates, words
from .sides import Opener, Pair, Side, draw

if TYPE_CHECKING:
    from .shapes import Page, Pixels

#: Resolution of the first look, which sorts out what is equal, and of the second.
QUICK_DPI, FINE_DPI = 100, 200
#: CIE dE2000 from which a difference is one that people see.
LIMIT = 2.0
#: Millimetres that letters may reach out of the box of their word.
_EDGE_MM = 0.6
#: Squares in which the color of a region is looked at, along its longer side.
_CELLS = 24
_INKS = ("cyan", "magenta", "yellow", "black")


class _Look:
    """What is known of a pair after the first look.

    :ivar part: where little changed, the page has not moved, and only that part is looked at
    :ivar shift: pixels by which the page has moved
    """

    def __init__(self, pictures: tuple[Image.Image, Image.Image], sides: Sequence[Side]) -> None:
        before, after = difference.same_size(*_same_mode(sides, pictures))
        self.part = difference.small_part(before, after) if pictures[0].size == pictures[1].size else None
        self.shift = (0, 0) if self.part else difference.shift_between(before, after)
        self.width = after.width


def compare_all(pairs: Sequence[Mapping[str, Any]], limit: float = LIMIT) -> list[dict[str, Any]]:
    """Write, for each pair, a transparent PNG with the differences marked and return what differs.

    :param pairs: dicts with ``first`` (the older page), ``second``, see :class:`sides.Side`, and ``target``
    :returns: list of ``{"regions": [{"box", "kind", ...}], "shift": [x, y] in mm, "facts": [...]}``; boxes are
        fractions of the newer page, kinds ``text``, ``color``, ``ink`` (built of other inks, looks the same); empty
        for pages that nothing can draw
    """
    results = [_unchanged(pair) for pair in pairs]
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opener = Opener(Path(folder))
        to_draw = {
            Pair(*(Side(pair[key], opener) for key in ("first", "second"))): number
            for number, (pair, result) in enumerate(zip(pairs, results, strict=True))
            if not result
        }
        looks = {}
        for pair, old, new in draw(list(to_draw), QUICK_DPI):
            if (old.size, old.mode, old.tobytes()) != (new.size, new.mode, new.tobytes()):
                looks[pair] = _Look((old, new), pair.sides)
                continue
            work = pairs[to_draw[pair]]
            result: dict[str, Any] = {"regions": [], "shift": [0, 0]}
            results[to_draw[pair]] = _finished(pair, work, result, Image.new("L", new.size), _Read(work))
        for pair, old, new in draw(list(looks), FINE_DPI):
            work = pairs[to_draw[pair]]
            read = _Read(work)
            result, mask = _look_closely(pair, looks[pair], (old, new), limit, read.unmoved)
            results[to_draw[pair]] = _finished(pair, work, result, mask, read)
    return results


class _Read:
    """What the files of a pair say, which words changed, and what tells those that stand where they stood."""

    def __init__(self, work: Mapping[str, Any]) -> None:
        self.changed, self.unmoved = words.compare(work["first"], work["second"])
        self.facts = facts.compare(work["first"], work["second"])


def _finished(
    pair: Pair, work: Mapping[str, Any], result: dict[str, Any], mask: Image.Image, read: _Read
) -> dict[str, Any]:
    """Return all that differs: the words first, then what is seen, then inks that look the same; mark it, too."""
    found = _with_words(result, read.changed, work["second"])
    if spot_plates.have(pair):
        regions, more = spot_plates.compare(pair, QUICK_DPI, result["shift"], read.unmoved)
        margin = [_EDGE_MM / work["second"][key] for key in ("width_mm", "height_mm")]
        told = found["regions"]
        found["regions"] = told + [new for new in regions if not any(_covers(old, new, margin) for old in told)]
        if more:
            mask = ImageChops.lighter(mask, more.resize(mask.size, Image.Resampling.NEAREST))
    difference.save_marks(mask, work["target"])
    return found | {"facts": read.facts}


def _unchanged(pair: Mapping[str, Any]) -> dict[str, Any]:
    """Return that nothing differs, where both are the same page of the same file for the same press."""
    first, second = pair["first"], pair["second"]
    same = all(first[key] == second[key] for key in ("kind", "frame"))
    if not same or not all(_same_file(first[key], second[key]) for key in ("path", "press")):
        return {}
    difference.save_marks(Image.new("L", (1, 1)), pair["target"])
    return {"regions": [], "shift": [0, 0], "facts": []}


def _same_file(first: str, second: str) -> bool:
    return first == second or bool(first and second and filecmp.cmp(first, second, shallow=False))


def _look_closely(
    pair: Pair,
    look: _Look,
    pictures: tuple[Image.Image, Image.Image],
    limit: float,
    unmoved: words.Unmoved,
) -> tuple[dict[str, Any], Image.Image]:
    sides, part, shift = pair.sides, look.part, look.shift
    old, new = _same_mode(sides, pictures)
    factor = new.width / look.width
    old, new = difference.same_size(old, new)
    if not part:
        shift = difference.shift_between(old, new, 1, (round(shift[0] * factor), round(shift[1] * factor)))
        old = difference.moved(old, shift)
    window = difference.window_of(part, factor, new.size)
    mask = Image.new("L", new.size)
    mask.paste(difference.mask_of(old.crop(window), new.crop(window), lossy=pair.lossy), window)
    pixel = sides[1].page["width_mm"] / new.width
    way = [round(value * pixel, 2) for value in shift]
    if mask.getbbox():
        difference.without_same_words(mask, old, new, unmoved(way, partial(difference.is_set, mask)))
    boxes = difference.regions_of(mask)
    if shift != (0, 0):
        # lines on other pixels than before: around them, there is as much ink as there was
        boxes = [box for box in boxes if not difference.evens_out(old, new, box)]
    found = [_described(box, (old, new), sides, mask.size, limit) for box in boxes]
    if pair.lossy:
        found = [region for region in found if region["kind"] == "color"]
    return {"regions": found, "shift": way}, mask


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
