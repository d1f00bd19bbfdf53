"""Which letters a font has, and who helps out with the others."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

#: Where Debian keeps fonts for scripts that Odoo's own lack; the first that is there and has a letter is taken.
FALLBACKS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)


@functools.lru_cache(maxsize=16)
def _open(path: str) -> TTFont:
    return TTFont(path, lazy=True, fontNumber=0)


@functools.lru_cache(maxsize=16)
def letters(path: str) -> frozenset[int]:
    """Return the code points that a font has signs for."""
    return frozenset(_open(str(path)).getBestCmap())


def _needs_sign(letter: str) -> bool:
    """Return whether a letter is seen by itself: no spaces, no joiners or other invisible ones."""
    return not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Cc")


def _is_invisible(letter: str) -> bool:
    """Return whether a letter only steers others: zero-width spaces, soft hyphens, marks of direction, variants."""
    steering = unicodedata.category(letter) in ("Cf", "Cc") or "VARIATION SELECTOR" in unicodedata.name(letter, "")
    return steering or letter == "\u034f"


def printable(text: str | None) -> str:
    """Return what of a text is seen: composed letters with single spaces, nothing that is no sign."""
    letters_only = (
        " " if each.isspace() else "" if _is_invisible(each) else each
        for each in unicodedata.normalize("NFC", text or "")
    )
    return " ".join("".join(letters_only).split())


def room(x_mm: float, page_mm: float, align: str, max_mm: float = 0) -> float:
    """Return how wide a text may be: up to the edge of the page, or less where the shop says so; 0 for any width.

    :param x_mm: where it starts, has its middle or ends, by ``align``
    :param page_mm: how wide the page is; 0 where that is not known
    """
    rest = page_mm - x_mm
    edge = {"center": 2 * min(x_mm, rest), "right": x_mm}.get(align, rest) if page_mm else 0
    return min(filter(None, (max_mm, edge)), default=0)


def missing(text: str, path: str) -> str:
    """Return the letters of a text that a font lacks, each once."""
    known = letters(path)
    return "".join(dict.fromkeys(each for each in text if _needs_sign(each) and ord(each) not in known))


def is_set_plainly(text: str) -> bool:
    """Return whether signs one after another, from the left, make up the text: no Arabic, no Indic, no Hebrew."""
    shaped = ("ARABIC", "SYRIAC", "THAANA", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "THAI", "KHMER", "MYANMAR")
    return not any(
        unicodedata.bidirectional(each) in ("R", "AL")
        or unicodedata.combining(each)
        or unicodedata.name(each, "").startswith(shaped)
        for each in text
    )


def width(text: str, path: str, size: float) -> float:
    """Return how wide a text is, in the unit of ``size``."""
    font = _open(str(path))
    names, metrics = font.getBestCmap(), font["hmtx"]
    advances = sum(metrics[names.get(ord(each), ".notdef")][0] for each in text)
    return advances * size / font["head"].unitsPerEm


def runs(text: str, first: str) -> list[tuple[str, str]]:
    """Return the text in pieces ``(piece, font file)``, each in a font that has its letters.

    One font for the whole is best: letters that join, and lines from right to left, are set as a whole.
    """
    paths = [str(first), *(path for path in FALLBACKS if Path(path).exists())]
    text = unicodedata.normalize("NFC", text)
    for path in paths:
        if not missing(text, path):
            return [(text, path)]
    pieces: list[list[str]] = []
    for letter in text:
        path = next((path for path in paths if not missing(letter, path)), paths[0])
        if pieces and (pieces[-1][1] == path or not _needs_sign(letter)):
            pieces[-1][0] += letter
        else:
            pieces.append([letter, path])
    return [(piece, path) for piece, path in pieces]
