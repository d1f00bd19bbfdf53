"""Text of a content stream: where letters are, how big they are, and what those of Type 3 fonts draw."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pikepdf

from .paint import IDENTITY, Color, Paint, State, multiply, number, placed

if TYPE_CHECKING:
    from .content import Reader
    from .shapes import Box, Matrix

#: Stands for the color that a letter of a Type 3 font gets from the text.
_INHERITED = Color("inherited", ())
_INVISIBLE = 3


class Lettering:
    """The operators of text; a part of ``content.Walk``."""

    reader: Reader
    state: State
    depth: int

    def part(self, kind: str) -> Any:
        """Return a dictionary of the resources."""
        raise NotImplementedError

    def change(self, **values: Any) -> None:
        """Go on with another graphics state."""
        raise NotImplementedError

    def paint(self, kind: str, color: Color, box: Box, overprint: bool, **values: Any) -> None:
        """Tell what is painted with a color or a pattern."""
        raise NotImplementedError

    def emit(self, paint: Paint) -> None:
        """Tell what is painted, if its layer is printed."""
        raise NotImplementedError

    def begin_text(self, _operands: Any) -> None:
        """Begin a text at the origin (BT)."""
        self.change(text_matrix=IDENTITY, line_matrix=IDENTITY)

    def set_font(self, operands: Any) -> None:
        """Choose font and size (Tf)."""
        self.change(font=self.part("/Font").get(str(operands[0])), size=number(operands[1]))

    def text_mode(self, operands: Any) -> None:
        """Choose whether letters are filled, outlined or invisible (Tr)."""
        self.change(mode=int(operands[0]))

    def set_leading(self, operands: Any) -> None:
        """Set the distance of lines (TL)."""
        self.change(leading=number(operands[0]))

    def text_move(self, operands: Any) -> None:
        """Begin a line somewhere else (Td)."""
        line = multiply((1, 0, 0, 1, number(operands[0]), number(operands[1])), self.state.line_matrix)
        self.change(text_matrix=line, line_matrix=line)

    def text_move_leading(self, operands: Any) -> None:
        """Begin a line somewhere else and keep the distance (TD)."""
        self.change(leading=-number(operands[1]))
        self.text_move(operands)

    def text_next(self, _operands: Any) -> None:
        """Begin the next line (T*)."""
        self.text_move((0, -self.state.leading))

    def text_matrix(self, operands: Any) -> None:
        """Place the line (Tm)."""
        matrix = tuple(map(number, operands))
        self.change(text_matrix=matrix, line_matrix=matrix)

    def show(self, name: str, operands: Any) -> None:
        """Write letters (Tj, TJ and those with a new line)."""
        if name in ("'", '"'):
            self.text_next(())
        text = operands[-1]
        parts = text if isinstance(text, pikepdf.Array) else [text]
        letters = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
        state = self.state
        widths = self.reader.widths_of(state.font)
        wide = sum(map(widths.__getitem__, letters)) * state.size
        kern = -sum(number(part) for part in parts if not isinstance(part, pikepdf.String)) / 1000 * state.size
        if letters.strip() and state.font is not None:
            self.paint_text(letters, wide + kern)
        moved = multiply((1, 0, 0, 1, wide + kern, 0), state.text_matrix)
        self.change(text_matrix=moved)

    def paint_text(self, letters: bytes, wide: float) -> None:
        """Tell of letters, inside and outline."""
        state = self.state
        matrix = multiply(state.text_matrix, state.matrix)
        low, high = -0.2 * state.size, 0.8 * state.size
        box = placed(matrix, [(0, low), (wide, low), (0, high), (wide, high)])
        values = {"font": state.font, "size": abs(state.size) * math.hypot(matrix[2], matrix[3]), "letters": letters}
        if state.font.get("/Subtype") == "/Type3":
            self.paint_drawn(letters, box, values, matrix)
            return
        if state.mode == _INVISIBLE:
            return
        if state.mode % 4 in (0, 2):
            self.paint("text", state.fill, box, state.overprint_fill, **values)
        if state.mode % 4 in (1, 2):
            self.paint("text", state.stroke, box, state.overprint_stroke, **values)

    def paint_drawn(self, letters: bytes, box: Box, values: dict[str, Any], matrix: Matrix) -> None:
        """Tell of letters that are drawings (Type 3), which no text mode hides."""
        font = self.state.font
        values["size"] = _height_of(font) * values["size"]
        inner = multiply((self.state.size, 0, 0, self.state.size, 0, 0), matrix)
        own = [found for letter in sorted(set(letters)) for found in self.reader.drawing_of(font, letter, self.depth)]
        inherited = [found for found in own if found.color.family == "inherited"]
        if inherited or not own:
            self.paint("text", self.state.fill, box, self.state.overprint_fill, **values)
        state = replace(self.state, matrix=inner)
        for found in own:
            if found not in inherited:
                self.emit(replace(found, kind="drawn", box=box, state=state, values={}))


def _height_of(font: Any) -> float:
    """Return how high the letters of a Type 3 font are at size 1, 0 where it does not say."""
    box = [number(side) for side in font.get("/FontBBox", (0, 0, 0, 0))]
    return abs(box[3] - box[1]) * abs(number(font.FontMatrix[3]))


def drawing_of(reader: Reader, font: Any, letter: int, depth: int) -> list[Paint]:
    """Return what a letter of a Type 3 font draws in colors of its own, or in that of the text."""
    name = _name_of(font, letter)
    stream = font.get("/CharProcs", {}).get(name) if name else None
    if not isinstance(stream, pikepdf.Stream):
        return []
    found: list[Paint] = []
    state = State(fill=_INHERITED, stroke=_INHERITED)
    with reader.telling(found.append):
        reader.walk(Glyph(stream, font), state, depth + 1)
    if b"d1" in stream.read_bytes()[:200].split():
        return []  # a stencil: colors in it do not count
    return [paint for number_, paint in enumerate(found) if paint.color not in [one.color for one in found[:number_]]]


class Glyph:
    """A letter's stream, with the resources of its font where it has none."""

    def __init__(self, stream: pikepdf.Stream, font: Any) -> None:
        self.stream, self.font, self.objgen = stream, font, stream.objgen

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value of the stream, or of the font."""
        return self.stream.get(key, self.font.get(key, default)) if key == "/Resources" else default


def _name_of(font: Any, letter: int) -> str | None:
    """Return the name of a letter's drawing, after the differences of the font's encoding."""
    encoding = font.get("/Encoding", {})
    code, name = 0, None
    for entry in encoding.get("/Differences", ()) if isinstance(encoding, pikepdf.Dictionary) else ():
        if not isinstance(entry, pikepdf.Name):
            code = int(entry)
            continue
        if code == letter:
            name = str(entry)
        code += 1
    return name
