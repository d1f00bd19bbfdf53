"""Outlines of a content stream: the paths that are filled and drawn, and those that cut what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .paint import NOWHERE, Color, State, around, cut, number, placed, scale_of

if TYPE_CHECKING:
    from .shapes import Box

FILLS = {"f", "F", "f*", "B", "B*", "b", "b*"}
STROKES = {"S", "s", "B", "B*", "b", "b*"}
PATH_ENDS = FILLS | STROKES | {"n"}


class Outlines:
    """The operators of paths; a part of ``content.Walk``."""

    state: State
    #: parts of the path, each with its points
    path: list[list[tuple[float, ...]]]
    #: whether the path is to cut what follows
    clips: bool

    def change(self, **values: Any) -> None:
        """Go on with another graphics state."""
        raise NotImplementedError

    def paint(self, kind: str, color: Color, box: Box, overprint: bool, **values: Any) -> None:
        """Tell what is painted with a color or a pattern."""
        raise NotImplementedError

    def move(self, operands: Any) -> None:
        """Begin a part of the path (m)."""
        self.path.append([tuple(map(number, operands[-2:]))])

    def line(self, operands: Any) -> None:
        """Note the end of a line (l)."""
        self.last_part().append(tuple(map(number, operands)))

    def last_part(self) -> list[tuple[float, ...]]:
        """Return the part of the path that goes on; one that was never begun begins here."""
        if not self.path:
            self.path.append([])
        return self.path[-1]

    def curve(self, operands: Any) -> None:
        """Note the points of a curve, which lies between them (c, v, y)."""
        numbers = list(map(number, operands))
        self.last_part().extend(zip(numbers[::2], numbers[1::2], strict=True))

    def rectangle(self, operands: Any) -> None:
        """Note the corners of a rectangle (re)."""
        x, y, width, height = map(number, operands)
        self.path.append([(x, y), (x + width, y), (x, y + height), (x + width, y + height)])

    def clip(self, _operands: Any) -> None:
        """Let the path cut what follows, as soon as it is painted or given up (W, W*)."""
        self.clips = True

    def end_path(self) -> None:
        """Forget the path; what it was to cut is cut to the box around it."""
        path, self.path = self.path, []
        if self.clips and path:
            area = around([placed(self.state.matrix, points) for points in path])
            self.change(clip=cut(area, self.state.clip) or NOWHERE)
        self.clips = False

    def set_width(self, operands: Any) -> None:
        """Set the width of lines (w)."""
        self.change(width=number(operands[0]))

    def paint_path(self, name: str) -> None:
        """Paint the path, its area or its line or both."""
        if not self.path:
            return
        parts = [placed(self.state.matrix, points) for points in self.path]
        box = around(parts)
        if name in FILLS:
            self.paint("fill", self.state.fill, box, self.state.overprint_fill, parts=parts)
        if name in STROKES:
            half = self.state.width * scale_of(self.state.matrix) / 2
            box = (box[0] - half, box[1] - half, box[2] + half, box[3] + half)
            self.paint("stroke", self.state.stroke, box, self.state.overprint_stroke, parts=parts)
