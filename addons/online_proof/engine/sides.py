"""Two rows of pages that are compared, drawn side by side."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from . import images, pdfium
from .errors import FileRefusedError
from .press import Press

if TYPE_CHECKING:
    from .ghostscript import Drawing, Opened
    from .shapes import Page, Size

#: Longest side in pixels: posters are compared with less than the resolution that is asked for.
_MOST = 4_000


class Side:
    """One of the two pages of a pair.

    :param page: dict with ``path``, ``kind``, ``frame``, ``press``, ``width_mm``, ``height_mm``
    """

    def __init__(self, page: Page, opener: Opener) -> None:
        self.page, self.opener = page, opener
        self.press: Press | None = None

    def pixels(self, dpi: int) -> int:
        """Return the longest side at a resolution."""
        longest = max(self.page["width_mm"], self.page["height_mm"])
        return max(1, round(min(longest / 25.4 * dpi, _MOST)))

    def draw_plainly(self, dpi: int) -> Image.Image:
        """Return the page in RGB, without the inks of the press."""
        side = self.pixels(dpi)
        self.press = None
        if self.page["kind"] == "image":
            return images.load_page(self.page["path"], self.page["frame"], side, self.page["press"])
        sheet = pdfium.open_document(self.page["path"])[self.page["frame"]]
        return pdfium.draw_page(sheet, side)

    def draw_as_printed(self, dpi: int) -> Image.Image:
        """Return the page as a screen shows what the press makes of it: a PDF and a picture of it look alike then."""
        if self.page["kind"] == "image":
            self.press = None
            return images.draw_page(self.page["path"], self.page["frame"], self.pixels(dpi), self.page["press"])
        try:
            size, number = self.size(dpi), self.page["frame"]
            picture = self.shown(next(self.opener.open(self.page).draw(number, number, size)))
        except (FileRefusedError, FileNotFoundError):
            return self.draw_plainly(dpi)
        self.press = None
        return picture

    def size(self, dpi: int) -> Size:
        """Return what Ghostscript has to know to draw the page."""
        opened = self.opener.open(self.page)
        self.press = opened.press_of(self.page["frame"])
        return opened.size_of(self.page["frame"], self.pixels(dpi))

    def shown(self, picture: Image.Image) -> Image.Image:
        """Return a picture of this side as a screen shows it."""
        return self.press.shown(picture) if self.press and picture.mode == self.press.mode else picture.convert("RGB")


class Opener:
    """Opens each file once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, str], Opened] = {}

    def open(self, page: Page) -> Opened:
        """Return the file of a page as Ghostscript draws it."""
        from . import ghostscript  # imported here: needs pikepdf, which pictures do not

        key = (page["path"], page["press"])
        if key not in self._opened:
            folder = self._folder / str(len(self._opened))
            folder.mkdir()
            self._opened[key] = ghostscript.Opened(*key[:1], folder, key[1])
        return self._opened[key]


class Pair:
    """A page of the older revision and the same page of the newer one."""

    def __init__(self, old: Side, new: Side) -> None:
        self.sides = (old, new)
        #: drawn in the inks of the press; a picture has none, and some pages only other eyes can see
        self.exact = all(side.page["kind"] == "pdf" for side in self.sides)

    @property
    def lossy(self) -> bool:
        """Return whether the edges of both can never be the same: a PDF and a picture of it."""
        return self.sides[0].page["kind"] != self.sides[1].page["kind"]


def draw(pairs: Sequence[Pair], dpi: int) -> Iterator[tuple[Pair, Image.Image, Image.Image]]:
    """Yield the pairs with their pictures, in their order.

    Pages of a file share a process, and both sides are at work at the same time. What cannot be drawn is left out.
    """
    waiting = deque(pairs)
    while waiting:
        try:
            if waiting[0].exact:
                for run in _runs(waiting, dpi):
                    for old, new in _draw_run(run, dpi):
                        yield waiting.popleft(), old, new
                continue
        except (FileRefusedError, FileNotFoundError):
            # one of the two cannot be drawn by Ghostscript: both are looked at with other eyes
            waiting[0].exact = False
        pair = waiting.popleft()
        with contextlib.suppress(FileRefusedError):  # what nobody can draw has no result; the others go on
            old, new = ((side.draw_as_printed if pair.lossy else side.draw_plainly)(dpi) for side in pair.sides)
            yield pair, old, new


def _runs(pairs: Sequence[Pair], dpi: int) -> Iterator[list[Pair]]:
    """Yield pairs of the same files and sizes, in the order of both files, as long as the inks are to be drawn."""
    run: list[Pair] = []
    last: list[object] = []
    for pair in list(pairs):
        if not pair.exact:
            break
        keys: list[object] = [(side.page["path"], side.size(dpi), side.press) for side in pair.sides]
        if run and (keys != last or not _follows(pair, run[-1])):
            yield run
            run = []
        run.append(pair)
        last = keys
    if run:
        yield run


def _follows(pair: Pair, before: Pair) -> bool:
    sides = zip(pair.sides, before.sides, strict=True)
    return all(side.page["frame"] > other.page["frame"] for side, other in sides)


def _draw_run(run: Sequence[Pair], dpi: int) -> Iterator[list[Image.Image]]:
    with contextlib.ExitStack() as stack:
        drawings = [stack.enter_context(_start([pair.sides[index] for pair in run], dpi)) for index in (0, 1)]
        for _pair in run:
            yield [drawing.next() for drawing in drawings]


def _start(sides: Sequence[Side], dpi: int) -> Drawing:
    from . import ghostscript  # see above

    opened, size = sides[0].opener.open(sides[0].page), sides[0].size(dpi)
    return ghostscript.Drawing(opened, [side.page["frame"] for side in sides], size)
