"""The words of a page with their places, and what became of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import pdfium
from .errors import FileRefusedError
from .shapes import Place

if TYPE_CHECKING:
    from .shapes import Page

#: Pages with more words are a catalogue of numbers; comparing them word by word would take minutes.
MAX_WORDS = 6_000
#: How far (in mm) a word is set elsewhere by a program that rounds otherwise.
PLACE_MM = 0.12
#: Changed words that are listed.
MAX_CHANGES = 50
WORD = re.compile(r"\S+")


class Words:
    """What is written on a page, in the order in which the file has it; of some files that cannot be told."""

    def __init__(self, page: Page) -> None:
        self.found: list[tuple[str, int, int]] = []
        self.readable = False
        if page["kind"] != "pdf":
            return
        try:
            self.sheet = pdfium.open_document(page["path"])[page["frame"]]
            self.text = self.sheet.get_textpage()
            content = self.text.get_text_range()
        except (FileRefusedError, pdfium.pypdfium2.PdfiumError):
            return
        self.readable = True
        self.found = [(match.group(), match.start(), match.end()) for match in WORD.finditer(content)][:MAX_WORDS]

    def texts(self) -> list[str]:
        """Return the words alone."""
        return [word for word, _start, _end in self.found]

    def box(self, first: int, last: int) -> Place | None:
        """Return where the words from ``first`` to ``last`` stand, as fractions of the page, or None."""
        corners: list[tuple[float, ...]] = []
        for _word, start, end in self.found[first:last]:
            corners += [self.text.get_charbox(index) for index in range(start, end)]
        corners = [corner for corner in corners if corner[2] > corner[0]]
        if not corners:
            return None
        left, bottom, right, top = self.sheet.get_cropbox()
        width, height = right - left, top - bottom
        if width <= 0 or height <= 0:
            return None
        x0, y0 = min(corner[0] for corner in corners), min(corner[1] for corner in corners)
        x1, y1 = max(corner[2] for corner in corners), max(corner[3] for corner in corners)
        box = ((x0 - left) / width, (top - y1) / height, (x1 - left) / width, (top - y0) / height)
        for _quarter in range(self.sheet.get_rotation() // 90):
            box = (1 - box[3], box[0], 1 - box[1], box[2])
        return [round(min(max(value, 0.0), 1.0), 5) for value in box]


#: Takes the millimetres by which a page has moved, and what tells whether somebody asks about a place.
Unmoved = Callable[[Sequence[float], Callable[[Place], bool]], Iterable[Place]]


def compare(first: Page, second: Page) -> tuple[list[dict[str, Any]], Unmoved]:
    """Return the changed words as regions, and a function that returns the boxes of those that stand where they stood.

    A region has the kind ``text``, ``from`` and ``to`` (one of them may be empty).
    """
    old, new = Words(first), Words(second)
    before, after = old.texts(), new.texts()
    if not (before or after) or not (old.readable and new.readable):
        return [], lambda shift, asked: []
    found: list[dict[str, Any]] = []
    pairs: list[tuple[int, int]] = []
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += zip(range(a0, a1), range(b0, b1), strict=True)
            continue
        box = _joined(old.box(a0, a1), new.box(b0, b1))
        if box:
            values = {"from": " ".join(before[a0:a1])[:200], "to": " ".join(after[b0:b1])[:200]}
            found.append({"box": box, "kind": "text", **values})
    return found[:MAX_CHANGES], lambda shift, asked: _unmoved(old, new, pairs, second, shift, asked)


def _joined(before: Place | None, after: Place | None) -> Place | None:
    """Return the place of a change: both places if they are one, what was taken away where it stood."""
    if not before or not after:
        return after or before
    if before[3] < after[1] or after[3] < before[1]:
        return after
    return [*map(min, before[:2], after[:2]), *map(max, before[2:], after[2:])]


def _unmoved(
    old: Words,
    new: Words,
    pairs: Iterable[tuple[int, int]],
    page: Page,
    shift: Sequence[float],
    asked: Callable[[Place], bool],
) -> Iterator[Place]:
    sides = (page["width_mm"], page["height_mm"])
    for here, there in pairs:
        stands = new.box(there, there + 1)
        # to find a letter takes long: most words do not differ at all
        stood = old.box(here, here + 1) if stands and asked(stands) else None
        if (
            stood
            and stands
            and all(
                abs((after - before) * sides[axis % 2] - shift[axis % 2]) <= PLACE_MM
                for axis, (before, after) in enumerate(zip(stood, stands, strict=True))
            )
        ):
            yield stands
