"""Where two pictures differ beyond the noise of the renderers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

if TYPE_CHECKING:
    from .shapes import File, Pixels, Place

#: Levels (of 255) of an ink at a point, and on the average of an area (1.4 %): less is noise of the renderers.
POINT, AREA = 14, 3
#: Levels within which an area is flat.
FLAT = 10
#: Levels that the letters of a word, laid over each other, and its inks may differ on the average.
LETTERS, MEAN = 8, 8
#: Levels that a point of a picture, moved by parts of a pixel, may be off: renderers know four of them, or sixteen.
PARTLY = 70
_PARTS = [(x / 4, y / 4) for x in range(-2, 3) for y in range(-2, 3)]
_PARTS.sort(key=lambda part: abs(part[0]) + abs(part[1]))
_ROOM_OF_PARTS = 4
#: The same as the first two for two kinds of files (a PDF and a picture of it), which never have the same edges.
POINT_LOSSY, AREA_LOSSY = 90, 14
#: How far pages are moved to lie over each other, in pixels of the first look (0.5 mm).
REACH = 2
#: Differences are collected in squares of this many pixels.
CELL = 12
MAX_REGIONS = 50
#: Sides that differ by less are the same format, scaled.
SAME_SHAPE = 0.01
#: Share of the page that is a small part, and pixels that are looked at around one.
_PART, _ROOM = 0.3, 12
MARK = (214, 32, 90)
_MARK_SIDE = 1403


def same_size(old: Image.Image, new: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return both pictures in the size of the newer one.

    The same format is scaled (A4 to A5); another format is laid on it, middle on middle (bleed that was added).
    """
    if old.size == new.size:
        return old, new
    if abs(old.width / old.height * new.height / new.width - 1) < SAME_SHAPE:
        return old.resize(new.size, Image.Resampling.LANCZOS), new
    sheet = Image.new(new.mode, new.size, 0 if new.mode == "CMYK" else (255, 255, 255))
    sheet.paste(old, ((new.width - old.width) // 2, (new.height - old.height) // 2))
    return sheet, new


def shift_between(
    old: Image.Image, new: Image.Image, reach: int = REACH, around: tuple[int, int] = (0, 0)
) -> tuple[int, int]:
    """Return by how many pixels the older page has to be moved to lie best on the newer one."""
    before, after = (picture.convert("L") for picture in (old, new))
    candidates = [(around[0] + x, around[1] + y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)]
    # nearest first: where several are as good, the page has not moved
    candidates.sort(key=lambda offset: abs(offset[0]) + abs(offset[1]))
    return min(candidates, key=lambda offset: _misfit(moved(before, offset), after))


def small_part(old: Image.Image, new: Image.Image) -> Pixels | None:
    """Return the rectangle of what differs at all, or None where that is much of the page."""
    box = ImageChops.difference(old, new).getbbox()
    if not box or (box[2] - box[0]) * (box[3] - box[1]) > _PART * new.width * new.height:
        return None
    return box


def window_of(part: Pixels | None, factor: float, size: tuple[int, int]) -> Pixels:
    """Return a part in the pixels of finer pictures with some room around it; the whole without a part."""
    if not part:
        return (0, 0, *size)
    low = [max(0, int(value * factor) - _ROOM) for value in part[:2]]
    high = [min(side, int(value * factor) + _ROOM) for value, side in zip(part[2:], size, strict=True)]
    return low[0], low[1], high[0], high[1]


def _misfit(first: Image.Image, second: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(first, second)).sum[0]


def moved(picture: Image.Image, offset: tuple[int, int]) -> Image.Image:
    """Return the picture moved by so many pixels."""
    return ImageChops.offset(picture, *offset) if offset != (0, 0) else picture


def _neighbors(picture: Image.Image, keep: Callable[[Image.Image, Image.Image], Image.Image]) -> Image.Image:
    """Return the strongest (or weakest) values of each pixel and those around it."""
    for axis in ((1, 0), (0, 1)):
        shifted = (ImageChops.offset(picture, *axis), ImageChops.offset(picture, -axis[0], -axis[1]))
        picture = functools.reduce(keep, shifted, picture)
    return picture


def _beyond(first: Image.Image, second: Image.Image) -> Image.Image:
    """Return by how much pixels of the second are outside of what the first has there and beside it."""
    above = ImageChops.subtract(second, _neighbors(first, ImageChops.lighter))
    below = ImageChops.subtract(_neighbors(first, ImageChops.darker), second)
    return ImageChops.lighter(above, below)


def strongest(old: Image.Image, new: Image.Image) -> Image.Image:
    """Return, as one band, how much two pictures differ; a shift of a pixel is no difference."""
    merged = ImageChops.lighter(_beyond(old, new), _beyond(new, old))
    return functools.reduce(ImageChops.lighter, merged.split())


def _is_flat(picture: Image.Image) -> Image.Image:
    """Return 255 where nothing changes within two pixels: there a slight change of an ink can be told."""
    strongest, weakest = picture, picture
    for _ring in range(2):
        strongest = _neighbors(strongest, ImageChops.lighter)
        weakest = _neighbors(weakest, ImageChops.darker)
    texture = functools.reduce(ImageChops.lighter, ImageChops.subtract(strongest, weakest).split())
    return texture.point(lambda value: 255 if value <= FLAT else 0)


def mask_of(old: Image.Image, new: Image.Image, *, lossy: bool = False) -> Image.Image:
    """Return where two pictures of the same size differ: 255, elsewhere 0."""
    point, area = (POINT_LOSSY, AREA_LOSSY) if lossy else (POINT, AREA)
    sharp = strongest(old, new).point(lambda value: 255 if value > point else 0)
    if lossy:
        sharp = sharp.filter(ImageFilter.MedianFilter(3))  # single pixels at the edges of letters
    return ImageChops.lighter(sharp, _tone(old, new, area).resize(sharp.size, Image.Resampling.NEAREST))


def _tone(old: Image.Image, new: Image.Image, area: int) -> Image.Image:
    """Return where flat areas differ, with half as many pixels: nothing of an area is lost, and most of the work is."""
    old, new = (picture.reduce(2) for picture in (old, new))
    blur = ImageFilter.BoxBlur(1)
    tone = strongest(old.filter(blur), new.filter(blur)).point(lambda value: 255 if value > area else 0)
    if not tone.getbbox():
        return tone
    return ImageChops.darker(tone, ImageChops.darker(_is_flat(old), _is_flat(new)))


def is_set(mask: Image.Image, place: Place) -> bool:
    """Return whether a mask is set anywhere at a place."""
    box = _around(mask, place)
    return box[2] > box[0] and box[3] > box[1] and mask.crop(box).getbbox() is not None


def _around(mask: Image.Image, place: Place) -> Pixels:
    """Return the pixels of a place with two around it: the edges of letters."""
    left, top, right, bottom = (round(value * mask.size[axis % 2]) for axis, value in enumerate(place))
    return max(0, left - 2), max(0, top - 2), min(mask.width, right + 2), min(mask.height, bottom + 2)


def without_same_words(mask: Image.Image, old: Image.Image, new: Image.Image, places: Iterable[Place]) -> None:
    """Clear the mask where the same word stands at the same place, set by another program a hair beside it."""
    for place in places:
        box = _around(mask, place)
        if is_set(mask, place) and _same_letters(old.crop(box), new.crop(box)):
            mask.paste(0, box)


def _same_letters(old: Image.Image, new: Image.Image) -> bool:
    means = zip(ImageStat.Stat(old).mean, ImageStat.Stat(new).mean, strict=True)
    if any(abs(before - after) > MEAN for before, after in means):
        return False
    # renderers put letters on whole pixels: some of a word's may jump, another font does not pass
    return any(
        ImageStat.Stat(strongest(moved(old, (x, y)), new)).mean[0] <= LETTERS for x in (-1, 0, 1) for y in (-1, 0, 1)
    )


def evens_out(old: Image.Image, new: Image.Image, box: Pixels) -> bool:
    """Return whether what is in a box only fell on other pixels than before.

    There is as much of every ink in and around it as there was, and one of the pictures, moved by a part of a pixel,
    is the other: the tail that makes a comma of a point is little ink, and no move makes it.
    """
    before, after = (_cut_around(picture, box, CELL) for picture in (old, new))
    means = (ImageStat.Stat(picture).mean for picture in (before, after))
    if any(abs(first - second) >= AREA for first, second in zip(*means, strict=True)):
        return False
    before, after = (_cut_around(picture, box, _ROOM_OF_PARTS) for picture in (old, new))
    return any(_is_moved(*pair, part) for part in _PARTS for pair in ((before, after), (after, before)))


def _cut_around(picture: Image.Image, box: Pixels, room: int) -> Image.Image:
    return picture.crop((box[0] - room, box[1] - room, box[2] + room, box[3] + room))


def _is_moved(first: Image.Image, second: Image.Image, part: tuple[float, float]) -> bool:
    """Return whether the second picture is the first, moved by parts of a pixel; their borders are left out."""
    matrix = (1, 0, part[0], 0, 1, part[1])
    there = first.transform(first.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    inner = (2, 2, first.width - 2, first.height - 2)
    extrema: Any = strongest(there, second).crop(inner).getextrema()
    return bool(extrema[1] <= PARTLY)


def save_marks(mask: Image.Image, target: File) -> None:
    """Write a transparent PNG with what differs marked; a single pixel where nothing does."""
    small = mask.copy() if mask.getbbox() else Image.new("L", (1, 1))
    small.thumbnail((_MARK_SIDE, _MARK_SIDE), Image.Resampling.BOX)
    spread = small.filter(ImageFilter.MaxFilter(3))
    layer = Image.new("RGBA", spread.size, (*MARK, 0))
    layer.putalpha(spread.point(lambda value: 140 if value else 0))
    layer.save(target, "PNG", optimize=False, compress_level=1)


def regions_of(mask: Image.Image) -> list[Pixels]:
    """Return the rectangles (in pixels) of connected groups of changed cells, biggest first."""
    if not mask.getbbox():
        return []
    columns, rows = -(-mask.width // CELL), -(-mask.height // CELL)
    padded = Image.new("L", (columns * CELL, rows * CELL))
    padded.paste(mask)
    # the average of a cell in which one pixel is set is 1.8 of 255: not lost
    small = padded.reduce(CELL)
    left_over = {(i % columns, i // columns) for i, value in enumerate(small.getdata()) if value}
    found = []
    while left_over:
        found.append(_flood(left_over))
    found.sort(key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), reverse=True)
    return [_tight(mask, [side * CELL for side in box]) for box in found[:MAX_REGIONS]]


def _tight(mask: Image.Image, box: Sequence[int]) -> Pixels:
    """Return the rectangle of what is set in a box."""
    part = mask.crop((box[0], box[1], min(box[2], mask.width), min(box[3], mask.height)))
    left, top, right, bottom = part.getbbox() or (0, 0, *part.size)
    return box[0] + left, box[1] + top, box[0] + right, box[1] + bottom


def _flood(left_over: set[tuple[int, int]]) -> Pixels:
    """Take one connected group (gaps of one cell count as connected) out of ``left_over``."""
    queue = [left_over.pop()]
    left, top = right, bottom = queue[0]
    while queue:
        x, y = queue.pop()
        left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
        near = {(x + dx, y + dy) for dx in range(-2, 3) for dy in range(-2, 3)} & left_over
        left_over -= near
        queue.extend(near)
    return left, top, right + 1, bottom + 1
