"""PDF pages as the press prints them: Ghostscript makes the inks, their profile makes the colors.

Every page is drawn in the quickest way that shows it right: overprint is simulated where a page lists it,
and where a spot color is no mixture of the four inks, too, the page is put together of its plates.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf

from . import documents, ghostscript, images, separation
from .errors import FileRefusedError
from .ghostscript import Opened
from .paint import FAULTS

if TYPE_CHECKING:
    from PIL import Image

    from .press import Press
    from .separation import Curves
    from .shapes import File, Size
    from .usage import Spot

#: Pages that get their colors at the same time, while the next is drawn.
_HANDS = 2


@dataclass
class Way:
    """How a page is drawn.

    :ivar overprint: simulated by Ghostscript
    :ivar curves: what tints are made of, where the page has to be put together of its plates
    """

    press: Press
    overprint: bool = False
    curves: dict[str, Curves] | None = None


@dataclass
class Run:
    """Neighboring pages that share a process: of the same size, drawn in the same way."""

    first: int
    last: int
    size: Size
    way: Way

    def takes(self, number: int, size: Size, way: Way) -> bool:
        """Return whether a page belongs to it."""
        return number == self.last + 1 and self.is_like(size, way)

    def is_like(self, size: Size, way: Way) -> bool:
        """Return whether a page of such a size, drawn in such a way, can share its process."""
        return size == self.size and way == self.way and way.curves is None


class Sheets(Opened):
    """A PDF whose pages are drawn each in its way."""

    def __init__(self, path: File, folder: File, profile: str) -> None:
        super().__init__(path, folder, profile)
        self._curves: dict[tuple[str, ...], dict[str, Curves]] = {}

    def way_of(self, number: int) -> Way:
        """Return how a page has to be drawn."""
        press, lists = self.press_of(number), self.usage_of(number)
        if not lists.overprint or not lists.spots or press.mode != "CMYK":
            return Way(press, lists.overprint)
        key = (press.path, *(str(part) for name, spot in lists.spots.items() for part in (name, spot[0].unparse())))
        if key not in self._curves:
            self._curves[key] = self._read_curves(lists.spots, press)
        curves = self._curves[key]
        return Way(press, True, None if separation.are_mixtures(curves) else curves)

    def _read_curves(self, spots: dict[str, Spot], press: Press) -> dict[str, Curves]:
        """Return what tints are made of; nothing where that cannot be told, so that Ghostscript simulates them."""
        try:
            return separation.curves_of(self.pdf, spots, self.folder, press)
        except (FileRefusedError, *FAULTS):
            return {}

    def runs(self, numbers: Iterable[int], side: int) -> Iterator[Run]:
        """Yield the pages as runs that share a process."""
        run: Run | None = None
        for number in numbers:
            size, way = self.size_of(number, side), self.way_of(number)
            if run and run.takes(number, size, way):
                run.last = number
                continue
            if run:
                yield run
            run = Run(number, number, size, way)
        if run:
            yield run

    def draw_run(self, run: Run) -> Iterator[Image.Image]:
        """Yield the pages of a run, in the colors of the press."""
        if run.way.curves:
            with contextlib.suppress(FileRefusedError):  # without plates, overprint is simulated
                plates = separation.draw_plates(self.path, run.first, run.size, self.folder, run.way.press)
                yield separation.put_together(plates, run.way.curves)
                return
        yield from self.draw(run.first, run.last, run.size, overprint=run.way.overprint)

    def draw_all(self, numbers: Sequence[int], side: int) -> Iterator[tuple[int, Image.Image, Press]]:
        """Yield number, picture in the colors of its press, and press of each page.

        Ghostscript is at work before the pages after the first are looked at; where one has to be drawn in another
        way, it is started anew.

        :param numbers: without gaps
        """
        waiting = deque(numbers)
        while waiting:
            run = next(self.runs([waiting[0]], side))
            if run.way.curves:
                for picture in self.draw_run(run):
                    yield waiting.popleft(), picture, run.way.press
                continue
            with ghostscript.Drawing(self, list(waiting), run.size, overprint=run.way.overprint) as drawing:
                fits = True
                while fits:
                    yield waiting.popleft(), drawing.next(), run.way.press
                    fits = bool(waiting) and run.is_like(self.size_of(waiting[0], side), self.way_of(waiting[0]))

    def draw_region(self, number: int, zoom_size: Sequence[int], box: Sequence[int]) -> tuple[Image.Image, Press]:
        """Return a part of a page, in the colors of its press, and that press; other parts cannot be drawn then."""
        way = self.way_of(number)
        part, dpi = cut_out(self, number, zoom_size, box)
        size = (box[2] - box[0], box[3] - box[1], dpi)
        if way.curves:
            with contextlib.suppress(FileRefusedError):  # as above
                plates = separation.draw_plates(part, 0, size, self.folder, way.press)
                return separation.put_together(plates, way.curves), way.press
        options = ghostscript.press_options(way.press, way.overprint)
        return ghostscript.draw_file(part, self.folder, size, options), way.press


def render_pages(
    path: File, numbers: Sequence[int], side: int, target_of: Callable[[int], File], profile: str, small: bool = False
) -> None:
    """Write pages (numbers from 0) as JPEG, ``side`` pixels on the longest side.

    While Ghostscript draws, the pages before get their colors and are written.

    :param small: write a thumbnail of each, too
    """
    # in the folder of the pictures, which is cleared away though this process should be ended
    folder_of = Path(target_of(numbers[0])).parent
    with tempfile.TemporaryDirectory(dir=folder_of) as folder, ThreadPoolExecutor(_HANDS) as hands:
        sheets = Sheets(path, folder, profile)
        # whoever draws ahead does not know yet how many there are
        numbers = [number for number in numbers if number < len(sheets.pdf.pages)]
        waiting = deque([hands.submit(sheets.press.make_ready)])
        for number, picture, printed_with in sheets.draw_all(numbers, side):
            waiting.append(hands.submit(_finish, picture, printed_with, target_of(number), small))
            if len(waiting) > _HANDS:
                waiting.popleft().result()
        for done in waiting:
            done.result()


def _finish(picture: Image.Image, printed_with: Press, target: File, small: bool) -> None:
    images.save_page(printed_with.shown(picture), target, small)


def render_region(
    path: File,
    number: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    target: File,
    profile: str,
    paper: bool = False,
) -> None:
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a page as a JPEG."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        picture, press = Sheets(path, folder, profile).draw_region(number, zoom_size, box)
        images.save_jpeg(press.shown(picture, paper=paper), target)


def cut_out(opened: Opened, number: int, zoom_size: Sequence[int], box: Sequence[int]) -> tuple[Path, float]:
    """Write a PDF with nothing but a part of a page; return its path and the resolution to draw it with.

    Ghostscript draws only what is inside of the crop box, so that a part of a poster costs what it shows.
    """
    pdf = opened.pdf
    page = pdf.pages[number]
    left, bottom, right, top = documents.visible_box(page)
    rotation = documents.rotation_of(page)
    # the part as fractions of the page as it is seen, turned back to the page as it is written
    part = (box[0] / zoom_size[0], box[1] / zoom_size[1], box[2] / zoom_size[0], box[3] / zoom_size[1])
    for _quarter in range(rotation // 90):
        part = (part[1], 1 - part[2], part[3], 1 - part[0])
    width, height = right - left, top - bottom
    crop = [left + part[0] * width, top - part[3] * height, left + part[2] * width, top - part[1] * height]
    page.obj.CropBox = pikepdf.Array([round(value, 5) for value in crop])
    page.obj.MediaBox = page.obj.CropBox
    for other in range(len(pdf.pages) - 1, -1, -1):
        if other != number:
            del pdf.pages[other]
    target = Path(opened.folder) / "part.pdf"
    pdf.save(target)
    unit = documents.unit_of(page)
    long_side = max(width, height) * unit
    return target, max(zoom_size) * 72 / long_side
