"""What somebody may have meant by the sizes of a part: plain Python, without Odoo.

A size is what was typed: millimetres, unless a unit stands beside it. Where nothing has these sizes, other
readings are tried, and each says why it differs from what was typed. Nothing is chosen silently.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

UNITS = {"": 1, "mm": 1, "cm": 10, "dm": 100, "m": 1000}
MAX_SIZE = 100_000
_SIZE = re.compile(r"(?P<number>\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s*(?P<unit>mm|cm|dm|m|)\Z")


class SizeError(ValueError):
    """A text is not a size: ``text`` (no number) or ``range`` (not between 1 and 100,000 mm)."""


def read_size(text: str | Literal[False] | None) -> float:
    """Return a typed size in millimetres, 0 where nothing was typed.

    A comma or a point before three digits at the end could be either; then whole millimetres are meant
    (1.200 is 1200), as nobody measures thousandths of a millimetre.

    :raises SizeError: for anything that is not a sensible size
    """
    text = (text or "").strip().lower().replace("\u00a0", " ")
    if not text:
        return 0
    match = _SIZE.match(text)
    if not match:
        raise SizeError("text")
    number = match["number"]
    parts = re.split(r"[ .,']", number)
    separators = re.findall(r"[ .,']", number)
    decimals = ""
    if separators and (len(parts[-1]) != 3 or _is_decimal(separators, match["unit"])):
        decimals = parts.pop()
    size = float("".join(parts) + (f".{decimals}" if decimals else "")) * UNITS[match["unit"]]
    if not 0 < size <= MAX_SIZE:
        raise SizeError("range")
    return size


def _is_decimal(separators: Sequence[str], unit: str) -> bool:
    """Return whether the last separator begins the decimals although three digits follow: ``1,200 m``."""
    differs = any(left != right for left, right in pairwise(separators[-2:]))
    return differs or (len(separators) == 1 and unit in ("m", "dm", "cm") and separators[0] in ".,")


def readings(sizes: Iterable[float | Literal[False] | None]) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Yield ``(width, height, depth)`` in millimetres and the reasons: as typed first, then the likely mistakes.

    :param sizes: three numbers in millimetres, 0 where unknown
    """
    width, height, depth = (size or 0 for size in sizes)
    known = [size for size in (width, height, depth) if size]
    if not known:
        return
    factors: list[tuple[int, tuple[str, ...]]] = [(1, ())]
    # a part of less than 10 mm or 10 cm is none: the numbers were metres or centimetres
    if max(known) < 1000:
        factors.append((10, ("centimetres",)))
    if max(known) < 100:
        factors.append((1000, ("metres",)))
    seen = set()
    for factor, reasons in factors:
        for swapped in (False, True):
            across, along = (height, width) if swapped else (width, height)
            reading = tuple(round(size * factor) for size in (across, along, depth))
            if reading not in seen and max(reading) <= MAX_SIZE:
                seen.add(reading)
                yield reading, (*reasons, *(("swapped",) if swapped else ()))


def order_key(text: str | Literal[False] | None) -> str:
    """Return an order number as it is searched for: capitals and digits only."""
    return re.sub(r"[\W_]", "", text or "").upper()
