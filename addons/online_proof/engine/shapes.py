"""The shapes of what the parts of the engine hand to each other, for signatures; jobs speak JSON, so most are plain."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: left, bottom, right, top in points of a page, corners in order
Box = tuple[float, float, float, float]
#: left, top, right, bottom as fractions of a page as it is seen
Place = list[float]
#: left, top, right, bottom in pixels
Pixels = tuple[int, int, int, int]
#: the six numbers of a PDF matrix
Matrix = tuple[float, float, float, float, float, float]
#: width and height in pixels, and the resolution that they are drawn with
Size = tuple[int, int, float]
#: see ``findings.finding``
Finding = dict[str, Any]
#: what Odoo says of a page: ``path``, ``kind``, ``frame``, ``width_mm``, ``height_mm`` and more
Page = Mapping[str, Any]
#: what a shop asks for (see ``rules.DEFAULTS``), what a product is like
Wishes = Mapping[str, Any]
File = str | Path
