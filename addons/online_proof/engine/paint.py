"""What is painted: colors, states and places, as the content of a page sets them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from .shapes import Box, Matrix

#: What a library or a calculation raises over an object of a file that is not what the standard says.
FAULTS = (
    pikepdf.PdfError,
    pikepdf.DependencyError,
    AttributeError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    NotImplementedError,
    ArithmeticError,
    RecursionError,
)
IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Where nothing is.
NOWHERE = (1.0, 1.0, 0.0, 0.0)
#: Numbers beyond this are mistakes or attacks.
MOST = 1e9


@dataclass(frozen=True)
class Color:
    """A color as the file has it: family (``RGB``, ``CMYK``, ``Gray``, ``Lab``, ``spot``, ``other``), numbers, inks."""

    family: str = "Gray"
    values: tuple[float, ...] = (0.0,)
    names: tuple[str, ...] = ()
    pattern: Any = None
    #: of an indexed space: the bytes of its colors
    table: bytes | None = None

    def inks(self) -> dict[str, float] | None:
        """Return the inks that it prints with and how much (0 to 1) of each, None where that cannot be told."""
        if self.family == "CMYK" and not self.names:
            return dict(zip(("Cyan", "Magenta", "Yellow", "Black"), self.values, strict=False))
        if self.family == "Gray" and not self.names:
            return {"Black": 1 - (self.values[0] if self.values else 0)}
        if self.names:
            return dict(zip(self.names, self.values, strict=False))
        return None


@dataclass(frozen=True)
class State:
    """The part of the graphics state that the rules ask for."""

    matrix: Matrix = IDENTITY
    fill: Color = Color()
    stroke: Color = Color()
    overprint_fill: bool = False
    overprint_stroke: bool = False
    overprint_mode: int = 0
    alpha_fill: float = 1.0
    alpha_stroke: float = 1.0
    blended: bool = False
    mask: Any = None
    clip: Box | None = None
    width: float = 1.0
    font: Any = None
    size: float = 0.0
    mode: int = 0
    text_matrix: Matrix = IDENTITY
    line_matrix: Matrix = IDENTITY
    leading: float = 0.0


@dataclass
class Paint:
    """Something that is painted: kind ``fill``, ``stroke``, ``text``, ``picture``, ``shading``, ``mask`` or ``drawn``.

    ``box`` is in points of the page, corners in order; ``values`` has what is known of a picture or a font.
    A ``mask`` is what a soft mask is made of: nobody sees it, but its colors count. ``drawn`` is a part of
    a letter of a Type 3 font in a color of its own.
    """

    kind: str
    color: Color
    box: Box | None
    state: State
    overprint: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def transparent(self) -> bool:
        """Whether what lies below shines through."""
        state = self.state
        alpha = state.alpha_stroke if self.kind == "stroke" else state.alpha_fill
        return alpha < 1 or state.blended or state.mask is not None or bool(self.values.get("masked"))


def multiply(first: Sequence[float], second: Sequence[float]) -> Matrix:
    """Return the matrix that does the first and then the second."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def placed(matrix: Sequence[float], corners: Iterable[Sequence[float]]) -> Box:
    """Return the box around points after a matrix."""
    a, b, c, d, e, f = matrix
    points = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    return (
        min(point[0] for point in points),
        min(point[1] for point in points),
        max(point[0] for point in points),
        max(point[1] for point in points),
    )


def placed_box(matrix: Sequence[float], box: Any) -> Box:
    """Return the box around a rectangle of the file after a matrix."""
    left, bottom, right, top = map(number, box)
    return placed(matrix, [(left, bottom), (right, bottom), (left, top), (right, top)])


def device_color(name: str, operands: Any) -> Color:
    """Return the color that an operator sets by itself (``g``, ``rg``, ``k``)."""
    return Color({"g": "Gray", "rg": "RGB", "k": "CMYK"}[name], tuple(map(number, operands)))


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def cut(box: Box, clip: Box | None) -> Box | None:
    """Return the part of a box that lies in another, None if there is none."""
    if clip is None:
        return box
    part = (max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3]))
    return part if part[0] <= part[2] and part[1] <= part[3] else None


def number(value: Any) -> float:
    """Return a number of a file.

    :raises ValueError: if it is so big that nothing could be calculated with it
    """
    result = float(value)
    if not abs(result) <= MOST:
        raise ValueError(value)
    return result


def scale_of(matrix: Sequence[float]) -> float:
    """Return by how much a matrix enlarges, on the average of both directions."""
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def least_scale_of(matrix: Sequence[float]) -> float:
    """Return by how much a matrix enlarges in the direction in which it enlarges least."""
    a, b, c, d = matrix[:4]
    half, area = (a * a + b * b + c * c + d * d) / 2, a * d - b * c
    return math.sqrt(max(half - math.sqrt(max(half * half - area * area, 0)), 0))


def color_space(space: Any, spaces: Any = None) -> tuple[str, tuple[str, ...]]:
    """Return family and names of the inks of a color space."""
    if isinstance(space, pikepdf.Name):
        families = {"/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK", "/DeviceGray": "Gray", "/Pattern": "pattern"}
        short = {"/RGB": "RGB", "/CMYK": "CMYK", "/G": "Gray"}
        if str(space) in families or str(space) in short:
            return families.get(str(space)) or short[str(space)], ()
        named = (spaces or {}).get(str(space))
        return color_space(named) if named is not None else ("other", ())
    if not isinstance(space, pikepdf.Array) or not len(space):
        return "other", ()
    kind = str(space[0])
    if kind == "/ICCBased":
        other = space[1].get("/Alternate")
        if isinstance(other, pikepdf.Array) and str(other[0]) == "/Lab":
            return "Lab", ()
        return {1: "Gray", 3: "RGB", 4: "CMYK"}.get(int(space[1].get("/N", 0)), "other"), ()
    if kind == "/Separation":
        return "spot", (str(space[1])[1:],)
    if kind == "/DeviceN":
        return "spot", tuple(str(name)[1:] for name in space[1])
    if kind in ("/Indexed", "/I"):
        return color_space(space[1], spaces)
    if kind == "/Pattern":
        # with a space: that of the color that its uncolored tiles are painted in
        return color_space(space[1], spaces) if len(space) > 1 else ("pattern", ())
    return {"/CalRGB": "RGB", "/CalGray": "Gray", "/Lab": "Lab"}.get(kind, "other"), ()
