"""Which page of a newer revision is which page of an older one: by what is on them, not by their number."""

from __future__ import annotations

import bisect
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageStat

from . import pdfium, words
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .shapes import Page

#: Side of the small gray picture that pages are told apart by.
_SIDE = 32
#: Likeness from which two pages are the same page, changed.
ALIKE = 0.55
#: By how much more a page that moved and changed has to be like the former one than any other page is.
_DISTINCT = 0.2


class Sheet:
    """What a page is recognized by: its words, its looks, its shape."""

    def __init__(self, page: Page, documents: dict[str, Any]) -> None:
        self.shape = page["width_mm"] / max(page["height_mm"], 0.01)
        picture = Image.open(page["thumbnail"]) if page["thumbnail"] else Image.new("L", (1, 1), 255)
        self.looks = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
        self.words = self._words(page, documents)
        self.key = (self.words, self.looks.tobytes())

    def _words(self, page: Page, documents: dict[str, Any]) -> tuple[str, ...]:
        if page["kind"] != "pdf":
            return ()
        try:
            if page["path"] not in documents:
                documents[page["path"]] = pdfium.open_document(page["path"])
            content = documents[page["path"]][page["frame"]].get_textpage().get_text_range()
        except (FileRefusedError, pdfium.pypdfium2.PdfiumError):
            return ()
        return tuple(words.WORD.findall(content)[: words.MAX_WORDS])

    def likeness(self, other: Sheet) -> float:
        """Return from 0 to 1 how alike two pages are."""
        gray = ImageStat.Stat(ImageChops.difference(self.looks, other.looks)).rms[0] / 255
        looks = max(0.0, 1 - 4 * gray)
        if abs(self.shape / other.shape - 1) > 0.05:
            looks /= 2
        if not self.words and not other.words:
            return looks
        own, others = set(self.words), set(other.words)
        shared = len(own & others) / max(1, len(own | others))
        return 0.6 * shared + 0.4 * looks


def match(old: Sequence[Page], new: Sequence[Page]) -> list[dict[str, Any]]:
    """Return the pages of both revisions in the order of the newer one.

    :param old: pages with ``path``, ``kind``, ``frame``, ``thumbnail``, ``width_mm``, ``height_mm``
    :returns: list of ``{"old", "new", "state"}``: indexes or None; ``kept``, ``moved``, ``inserted``, ``removed``
    """
    documents: dict[str, Any] = {}
    before, after = ([Sheet(page, documents) for page in pages] for pages in (old, new))
    pairs = _equal_pages(before, after)
    _alike_pages(before, after, pairs)
    in_order = _longest_run([pairs[index] for index in sorted(pairs)])
    found = [
        {"old": pairs.get(index), "new": index, "state": _state(pairs.get(index), in_order)}
        for index in range(len(after))
    ]
    for index in sorted(set(range(len(before))) - set(pairs.values())):
        found.insert(_place_of_removed(found, index), {"old": index, "new": None, "state": "removed"})
    return found


def _state(old: int | None, in_order: Container[int]) -> str:
    if old is None:
        return "inserted"
    return "kept" if old in in_order else "moved"


def _equal_pages(before: Sequence[Sheet], after: Sequence[Sheet]) -> dict[int, int]:
    """Return, by newer index, the older one of pages that did not change; of several equal ones in their order."""
    waiting: dict[tuple[tuple[str, ...], bytes], list[int]] = {}
    for index, sheet in enumerate(before):
        waiting.setdefault(sheet.key, []).append(index)
    pairs = {}
    for index, sheet in enumerate(after):
        equal = waiting.get(sheet.key)
        if equal:
            # the same place first: equal pages (blank ones) stay where they are
            pairs[index] = equal.pop(equal.index(index) if index in equal else 0)
    return pairs


def _alike_pages(before: Sequence[Sheet], after: Sequence[Sheet], pairs: dict[int, int]) -> None:
    """Add to ``pairs`` the pages that changed, most alike first; between two as alike the nearer one."""
    free_old = set(range(len(before))) - set(pairs.values())
    free_new = set(range(len(after))) - set(pairs)
    offsets = {new: new + _offset(pairs, new) for new in free_new}
    candidates = sorted(
        (
            (before[old].likeness(after[new]), -abs(old - offsets[new]), old, new)
            for old in free_old
            for new in free_new
        ),
        reverse=True,
    )
    for likeness, _distance, old, new in candidates:
        if likeness < ALIKE:
            break
        if old in free_old and new in free_new:
            if _crosses(pairs, old, new) and not _is_distinct(before, after, old, new):
                continue
            pairs[new] = old
            free_old.discard(old)
            free_new.discard(new)
    # one page between two that are known, in both: the same page with other content
    for new in sorted(free_new):
        old = pairs.get(new - 1, -1) + 1 if new else 0
        following = pairs.get(new + 1, len(before) if new + 1 == len(after) else None)
        if old in free_old and following == old + 1:
            pairs[new] = old
            free_old.discard(old)


def _crosses(pairs: Mapping[int, int], old: int, new: int) -> bool:
    """Return whether a page would have moved among those that stayed."""
    run = _longest_run([pairs[index] for index in sorted(pairs)])
    return any((one < new) != (other < old) for one, other in pairs.items() if other in run)


def _is_distinct(before: Sequence[Sheet], after: Sequence[Sheet], old: int, new: int) -> bool:
    """Return whether no other page is nearly as much like one of the two.

    Letters to customers differ in a name: the one to a new customer is none of those before, moved.
    """
    limit = before[old].likeness(after[new]) - _DISTINCT
    others = [
        *((before[old], sheet) for index, sheet in enumerate(before) if index != old),
        *((after[new], sheet) for index, sheet in enumerate(after) if index != new),
    ]
    return not any(sheet.likeness(other) > limit for sheet, other in others)


def _offset(pairs: Mapping[int, int], new: int) -> int:
    """Return by how much pages before this one have moved."""
    earlier = [index for index in pairs if index < new]
    return pairs[max(earlier)] - max(earlier) if earlier else 0


def _longest_run(values: Sequence[int]) -> set[int]:
    """Return the longest increasing part of ``values``: what is outside of it was moved."""
    best: list[int] = []
    previous: dict[int, int | None] = {}
    for value in values:
        low = bisect.bisect_left(best, value)
        previous[value] = best[low - 1] if low else None
        best[low : low + 1] = [value]
    run: set[int] = set()
    last = best[-1] if best else None
    while last is not None:
        run.add(last)
        last = previous[last]
    return run


def _place_of_removed(found: Sequence[Mapping[str, Any]], old: int) -> int:
    """Return where a removed page stood: behind the page that was before it."""
    for place in range(len(found) - 1, -1, -1):
        other = found[place]["old"]
        if other is not None and other < old and found[place]["state"] != "moved":
            return place + 1
    return 0
