"""Where a spot of an older page is now: found by the words around it, else by the picture around it.

A comment is about what stands there, not about a number of millimetres from the edge of the paper.
"""

from __future__ import annotations

import array
import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageMath, ImageOps, ImageStat

from . import difference, images, pdfium, words

if TYPE_CHECKING:
    from .shapes import Page

    Spot = tuple[float, float]

#: Words within so many millimetres of a spot (more on posters) say what it is about.
NEAR_MM, NEAR_SHARE = 10, 1 / 30
#: Share of these words, near ones counting more, that has to be there still.
KEPT = 0.3
#: Words before and after one that say that it is this one, and how many of them have to be the same: for the same word
#: in its turn, for another one in its place (a price that was corrected), for the same one out of its turn.
AROUND = 4
EQUAL, CHANGED, ELSEWHERE = 2, 3, 3
#: Longest side in pixels of the pictures in which spots are looked for.
_SIDE = 300
#: Half the side in pixels of what is looked for around a spot, and which pixels of it: what is there, then its place.
_PATCHES = ((10, 2), (30, 5))
#: Levels on the average within which there is nothing to recognize.
_FLAT = 3
#: Levels by which a plain area may be lighter or darker and is the same.
_SAME_TONE = 12
#: Difference to the best place, as a share of the contrast of what is looked for.
_ALIKE = 0.4


def follow(spots: Iterable[Mapping[str, Any]], pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Return where spots are now.

    :param spots: dicts with ``old`` (page), ``new`` (index in ``pages`` of the same page, None where it is gone),
        ``x`` and ``y`` (fractions of the older page)
    :param pages: all pages of the newer revision
    :returns: for each spot ``{"new", "x", "y", "gone"}``
    """
    sheets: dict[Any, _Sheet] = {}

    def sheet(page: Page) -> _Sheet:
        key = (page["path"], page["frame"])
        return sheets.setdefault(key, sheets.get(key) or _Sheet(page))

    return [_follow(spot, pages, sheet) for spot in spots]


def _follow(spot: Mapping[str, Any], pages: Sequence[Page], sheet: Any) -> dict[str, Any]:
    old, place = sheet(spot["old"]), (spot["x"], spot["y"])
    number = spot["new"]
    if number is not None:
        found = _Pair(old, sheet(pages[number])).find(place)
        if found:
            return _answer(number, found)
    for other, page in enumerate(pages):
        # text runs on to the next page, and two pages become one
        found = _Pair(old, sheet(page)).find_elsewhere(place) if other != number else None
        if found:
            return _answer(other, found)
    return _answer(number, place) | {"gone": True}


def _answer(number: int | None, place: Spot) -> dict[str, Any]:
    x, y = (round(min(max(value, 0.0), 1.0), 5) for value in place)
    return {"new": number, "x": x, "y": y, "gone": False}


class _Sheet:
    """A page with the places of its words."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.size = (page["width_mm"], page["height_mm"])
        written = words.Words(page)
        self.texts = written.texts()
        self.boxes = [written.box(number, number + 1) for number in range(len(self.texts))]

    def draw(self, size: tuple[int, int]) -> Image.Image:
        """Return the page in gray."""
        if self.page["kind"] == "image":
            drawn = images.load_page(self.page["path"], self.page["frame"], max(size))
        else:
            sheet = pdfium.open_document(self.page["path"])[self.page["frame"]]
            drawn = pdfium.draw_page(sheet, max(size))
        return drawn.convert("L").resize(size, Image.Resampling.BOX)


class _Pair:
    """The same page twice; places are measured in millimetres of the newer one."""

    def __init__(self, old: _Sheet, new: _Sheet) -> None:
        self.old, self.new = old, new
        # the same format is scaled, another one is laid on it, middle on middle, as when they are compared
        ratio = [after / before for before, after in zip(old.size, new.size, strict=True)]
        self.factor = ratio[0] if abs(ratio[0] / ratio[1] - 1) < difference.SAME_SHAPE else 1.0
        self.offset = [(after - before * self.factor) / 2 for before, after in zip(old.size, new.size, strict=True)]
        self.near_mm = max(NEAR_MM, NEAR_SHARE * max(new.size))

    def find(self, place: Spot) -> Spot | None:
        """Return the place on the newer page, or None where neither words nor picture are found."""
        spot = self._moved(place)
        near = self._near(spot)
        found = self._by_words(spot, near) if near else self._by_picture(spot)
        return self._fractions(found) if found else None

    def find_elsewhere(self, place: Spot) -> Spot | None:
        """Return the place on a page that is another one, where the words around it went there."""
        if not self.new.texts:
            return None
        spot = self._moved(place)
        for _distance, word in self._near(spot):
            there = self._same_context(word, range(len(self.new.texts)))
            if there is not None:
                return self._fractions(self._carried(spot, word, there))
        return None

    def _moved(self, place: Sequence[float]) -> Spot:
        x, y = (
            value * side * self.factor + offset
            for value, side, offset in zip(place, self.old.size, self.offset, strict=True)
        )
        return x, y

    def _fractions(self, spot: Spot) -> Spot:
        return spot[0] / self.new.size[0], spot[1] / self.new.size[1]

    def _old_box(self, word: int) -> tuple[float, ...] | None:
        box = self.old.boxes[word]
        return (*self._moved(box[:2]), *self._moved(box[2:])) if box else None

    def _new_box(self, word: int) -> tuple[float, ...] | None:
        box = self.new.boxes[word]
        return tuple(value * self.new.size[axis % 2] for axis, value in enumerate(box)) if box else None

    # By words

    def _near(self, spot: Spot, reach: float = 1.0) -> list[tuple[float, int]]:
        """Return (distance, index) of the words around a spot of the older page, nearest first."""
        boxes = ((number, self._old_box(number)) for number in range(len(self.old.texts)))
        found = [(_distance(spot, box), number) for number, box in boxes if box]
        return sorted(pair for pair in found if pair[0] <= reach * self.near_mm)

    def _by_words(self, spot: Spot, near: Sequence[tuple[float, int]]) -> Spot | None:
        partners = {word: self._partner(word) for _distance, word in near}
        weights = {word: 1 / (1 + distance) for distance, word in near}
        kept = [word for _distance, word in near if partners[word] is not None]
        if sum(weights[word] for word in kept) < KEPT * sum(weights.values()):
            return None
        return self._carried(spot, kept[0], partners[kept[0]])

    def _carried(self, spot: Spot, word: int, there: int | None) -> Spot:
        """Return the spot as far from a word as it was."""
        before, after = self._old_box(word), self._new_box(there) if there is not None else None
        if not before or not after:
            return spot
        return spot[0] + after[0] - before[0], spot[1] + after[1] - before[1]

    def _partner(self, word: int) -> int | None:
        """Return which word of the newer page is a word of the older one, or stands in its place."""
        there = self._partners.get(word)
        if there is not None:
            equal = self.old.texts[word] == self.new.texts[there]
            if self._neighbors(word, there) >= min(EQUAL if equal else CHANGED, self._neighbors(word, word, self.old)):
                return there
        return self._same_context(word, self._free)

    @property
    def _partners(self) -> dict[int, int]:
        if not hasattr(self, "_pairs"):
            self._pairs: dict[int, int] = {}
            matcher = difflib.SequenceMatcher(None, self.old.texts, self.new.texts, autojunk=False)
            for tag, a0, a1, b0, b1 in matcher.get_opcodes():
                if tag == "equal" or (tag == "replace" and a1 - a0 == b1 - b0):
                    self._pairs |= zip(range(a0, a1), range(b0, b1), strict=True)
                elif tag == "replace":
                    share = (b1 - b0) / (a1 - a0)
                    self._pairs |= {a0 + step: b0 + int(step * share) for step in range(a1 - a0)}
        return self._pairs

    @property
    def _free(self) -> list[int]:
        """Return the words of the newer page that are not the same word of the older one."""
        taken = {there for here, there in self._partners.items() if self.old.texts[here] == self.new.texts[there]}
        return [number for number in range(len(self.new.texts)) if number not in taken]

    def _same_context(self, word: int, candidates: Iterable[int]) -> int | None:
        """Return where the same word stands between the same words, or None."""
        same = [there for there in candidates if self.new.texts[there] == self.old.texts[word]]
        best = max(same, key=lambda there: self._neighbors(word, there), default=None)
        return best if best is not None and self._neighbors(word, best) >= ELSEWHERE else None

    def _neighbors(self, word: int, there: int, sheet: _Sheet | None = None) -> int:
        """Return how many of the words before and after a word are the same at another place."""
        old, new = self.old.texts, (sheet or self.new).texts
        steps = [step for step in range(-AROUND, AROUND + 1) if step and 0 <= there + step < len(new)]
        return sum(0 <= word + step < len(old) and old[word + step] == new[there + step] for step in steps)

    # By the picture

    def _by_picture(self, spot: Spot) -> Spot | None:
        scale = _SIDE / max(self.new.size)
        size = (max(1, round(self.new.size[0] * scale)), max(1, round(self.new.size[1] * scale)))
        after = self.new.draw(size)
        before = Image.new("L", size, 255)
        across, down = (max(1, round(side * self.factor * scale)) for side in self.old.size)
        drawn = self.old.draw((across, down))
        before.paste(drawn, (round(self.offset[0] * scale), round(self.offset[1] * scale)))
        middle = (min(max(round(spot[0] * scale), 0), size[0] - 1), min(max(round(spot[1] * scale), 0), size[1] - 1))
        # of a plain shape that is lighter or darker now, or gone, only what is around tells which
        plain = _is_flat(before, middle, _PATCHES[0][0]) and not _is_as_dark(before, after, middle)
        for half, step in _PATCHES[1:] if plain else _PATCHES:
            way = _way(before, after, middle, half, step)
            if plain and way is None and not _is_flat(after, middle, half):
                way = (0, 0)  # its edges are there
            if way == (0, 0):
                return self._with_words(spot) if _is_flat(before, middle, half) else spot
            if way:
                return spot[0] + way[0] / scale, spot[1] + way[1] / scale
        return None

    def _with_words(self, spot: Spot) -> Spot:
        """Return a spot where nothing is, moved with the words that are nearest, if these went one way."""
        ways = []
        for _distance, word in self._near(spot, 4)[:3]:
            there = self._partners.get(word)
            x, y = self._carried(spot, word, there)
            ways.append((x, y))
        alike = len(ways) == 3 and all(abs(a - b) < 1 for way in ways for a, b in zip(way, ways[0], strict=True))
        return ways[0] if alike else spot


def _distance(spot: Spot, box: Sequence[float]) -> float:
    across = max(box[0] - spot[0], 0, spot[0] - box[2])
    down = max(box[1] - spot[1], 0, spot[1] - box[3])
    return (across**2 + down**2) ** 0.5


def _patch(picture: Image.Image, middle: tuple[int, int], half: int) -> Image.Image:
    """Return what is around a pixel, white beyond the edge of the page."""
    wide = ImageOps.expand(picture, half, 255)
    return wide.crop((middle[0], middle[1], middle[0] + 2 * half + 1, middle[1] + 2 * half + 1))


def _contrast(patch: Image.Image, step: int = 1) -> float:
    """Return the mean distance of the pixels from their mean."""
    mean = ImageStat.Stat(patch).mean[0]
    values = patch.tobytes()[::step]
    return sum(abs(value - mean) for value in values) / len(values)


def _is_flat(picture: Image.Image, middle: tuple[int, int], half: int) -> bool:
    return _contrast(_patch(picture, middle, half)) < _FLAT


def _is_as_dark(before: Image.Image, after: Image.Image, middle: tuple[int, int]) -> bool:
    tones = [ImageStat.Stat(_patch(picture, middle, _PATCHES[0][0])).mean[0] for picture in (before, after)]
    return abs(tones[0] - tones[1]) <= _SAME_TONE


def _way(
    before: Image.Image, after: Image.Image, middle: tuple[int, int], half: int, step: int
) -> tuple[int, int] | None:
    """Return by how many pixels what is around a spot has moved; None where it is nowhere."""
    patch = _patch(before, middle, half)
    contrast = _contrast(patch)
    if contrast < _FLAT:
        return 0, 0
    misfit, count = _misfits(patch, after, half, step)
    enough = _ALIKE * contrast * count
    width = after.width
    # what is good enough where it was has not moved: of two equal pictures, it is this one
    if misfit[middle[1] * width + middle[0]] <= enough:
        return 0, 0
    best = min(misfit)
    if best > enough:
        return None
    down, across = divmod(misfit.index(best), width)
    return across - middle[0], down - middle[1]


def _misfits(patch: Image.Image, after: Image.Image, half: int, step: int) -> tuple[array.array[int], int]:
    """Return the sum of the differences to a patch for every place of a page, and of how many pixels."""
    wide = ImageOps.expand(after, half, 255)
    total: Any = Image.new("I", after.size)
    count = 0
    for down in range(0, patch.height, step):
        for across in range(0, patch.width, step):
            value: Any = patch.getpixel((across, down))
            shifted = wide.crop((across, down, across + after.width, down + after.height))
            differs = shifted.point([abs(level - value) for level in range(256)])
            total = ImageMath.lambda_eval(lambda args: args["total"] + args["part"], total=total, part=differs)
            count += 1
    return array.array("i", total.tobytes()), count
