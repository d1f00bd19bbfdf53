"""The order in which people number their files: "page 2" before "Page 10"."""

import re
import unicodedata
from typing import Literal

Words = tuple[tuple[int, int, str], ...]

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str | Literal[False] | None) -> tuple[Words, Words, str]:
    """Return a sort key that ignores case and accents and compares numbers as numbers.

    The extension counts last, so that ``page 1.tif`` comes before ``page 1b.jpg``.
    """
    plain = unicodedata.normalize("NFKD", name or "")
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        stem, extension = plain, ""
    return (_split(stem), _split(extension), name or "")


def _split(text: str) -> Words:
    words: list[tuple[int, int, str]] = []
    for position, word in enumerate(_DIGITS.split(" ".join(text.replace("_", " ").split()))):
        if position % 2:
            # as text, the longer one counts more: Python reads no number of thousands of digits
            digits = "".join(str(unicodedata.digit(char)) for char in word).lstrip("0")
            words.append((0, len(digits), digits))
        elif word:
            words.append((1, 0, word))
    return tuple(words)
