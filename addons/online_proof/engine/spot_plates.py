"""The plates of spot colors of two pages: an ink that is used otherwise is a change, though it may look the same."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageStat

from . import difference, separation
from .errors import FileRefusedError
from .usage import PROCESS

if TYPE_CHECKING:
    from .shapes import Pixels
    from .sides import Pair, Side
    from .words import Unmoved

#: Percent in words: so many levels of a plate.
_PERCENT = 2.55


def have(pair: Pair) -> bool:
    """Return whether one of two pages lists a spot color."""
    return pair.exact and any(side.opener.open(side.page).usage_of(side.page["frame"]).spots for side in pair.sides)


def compare(
    pair: Pair, dpi: int, way: Sequence[float], unmoved: Unmoved
) -> tuple[list[dict[str, Any]], Image.Image | None]:
    """Return the regions where a spot color is used otherwise, of the kind ``ink``, and all of them as a mask.

    :param way: millimetres by which the page has moved
    :param unmoved: tells where the same words stand at the same place
    """
    try:
        # both wait for programs: threads let these work at the same time
        with ThreadPoolExecutor(2) as pool:
            old, new = pool.map(lambda side: _plates_of(side, dpi), pair.sides)
    except (FileRefusedError, FileNotFoundError):
        return [], None  # no plates: the pictures of the pages say what differs
    size = next(iter(new.values())).size
    pixel = pair.sides[1].page["width_mm"] / size[0]
    shift = (round(way[0] / pixel), round(way[1] / pixel))
    everywhere = Image.new("L", size)
    found = []
    for name in sorted((old.keys() | new.keys()) - set(PROCESS)):
        pictures = [plates.get(name) or Image.new("L", next(iter(plates.values())).size) for plates in (old, new)]
        before, after = difference.same_size(*pictures)
        before = difference.moved(before, shift)
        mask = difference.mask_of(before, after)
        if mask.getbbox():
            difference.without_same_words(mask, before, after, unmoved(way, partial(difference.is_set, mask)))
        found += [_described(box, name, before, after, mask) for box in difference.regions_of(mask)]
        everywhere = ImageChops.lighter(everywhere, mask)
    return found, everywhere


def _plates_of(side: Side, dpi: int) -> dict[str, Image.Image]:
    opened, number = side.opener.open(side.page), side.page["frame"]
    size = opened.size_of(number, side.pixels(dpi))
    return separation.draw_plates(opened.path, number, size, opened.folder, opened.press_of(number))


def _described(box: Pixels, name: str, before: Image.Image, after: Image.Image, mask: Image.Image) -> dict[str, Any]:
    where = mask.crop(box)
    # most of what differs: edges have less
    tones = [ImageStat.Stat(plate.crop(box), where).median[0] for plate in (before, after)]
    return {
        "box": [round(value / mask.size[axis % 2], 5) for axis, value in enumerate(box)],
        "kind": "ink",
        "delta": 0,
        "inks": {name: [round(tone / _PERCENT) for tone in tones]},
    }
