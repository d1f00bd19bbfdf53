"""What a page paints: every fill, line, letter and picture with its colors, its state and its place.

Only what reaches the paper counts: a color that is set and never used, or a state that is listed, paints nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pikepdf

from . import embedded
from .paint import IDENTITY, Color, Paint, State, around, color_space, multiply, placed

if TYPE_CHECKING:
    from .shapes import Box

#: What stands before an operator: numbers and objects of the file, in pikepdf's list or in a tuple.
Operands = Any

#: Drawing operators of a document that are read; one with more is said not to have been read fully.
OPERATORS = 300_000
_DEPTH = 6
_TEXT = {"Tj", "TJ", "'", '"'}
_FILLS = {"f", "F", "f*", "B", "B*", "b", "b*"}
_STROKES = {"S", "s", "B", "B*", "b", "b*"}
_FAULTS = (pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError, IndexError, NotImplementedError)


class Reader:
    """Walks through the drawing operators of pages and of the forms, patterns and masks that they use.

    :param emit: called with every :class:`Paint`
    """

    def __init__(self, emit: Callable[[Paint], None]) -> None:
        self.emit = emit
        self.budget = OPERATORS
        self.faults = 0
        self._widths: dict[tuple[int, int], list[float]] = {}

    def widths_of(self, font: Any) -> list[float]:
        """Return how wide the letters of a font are, by their byte; read once per font of the file."""
        key = font.objgen if font is not None else (0, 0)
        if key == (0, 0):
            return embedded.letter_widths(font)
        if key not in self._widths:
            self._widths[key] = embedded.letter_widths(font)
        return self._widths[key]

    def walk(self, holder: Any, state: State | None = None, depth: int = 0) -> None:
        """Read a page, form or pattern."""
        if depth > _DEPTH or self.budget <= 0:
            return
        try:
            _Walk(self, holder, state or State(), depth).run()
        except _FAULTS:
            # something that cannot be read: the shop looks at the picture of the page
            self.faults += 1


class _Walk:
    """One content stream."""

    def __init__(self, reader: Reader, holder: Any, state: State, depth: int) -> None:
        self.reader, self.state, self.depth, self.holder = reader, state, depth, holder
        self.resources = holder.get("/Resources", {})
        self.stack: list[State] = []
        self.path: list[list[tuple[float, ...]]] = []

    def part(self, kind: str) -> Any:
        """Return a dictionary of the resources."""
        return self.resources.get(kind, {})

    def change(self, **values: Any) -> None:
        """Go on with another graphics state."""
        self.state = replace(self.state, **values)

    def run(self) -> None:
        """Follow the whole stream, as far as the budget goes."""
        # pairs of operands and operator, which the library's own hints do not say
        instructions: Any = pikepdf.parse_content_stream(self.holder)
        for operands, operator in instructions:
            self.reader.budget -= 1
            if self.reader.budget <= 0:
                return
            name = str(operator)
            try:
                self.do(name, operands)
            except _FAULTS:
                self.reader.faults += 1

    def do(self, name: str, operands: Operands) -> None:
        """Follow one operator."""
        if name in _TEXT:
            self.show(name, operands)
        elif name in _FILLS or name in _STROKES:
            self.paint_path(name)
        elif name in _ACTIONS:
            _ACTIONS[name](self, operands)
        elif name in ("g", "rg", "k"):
            self.change(fill=_device(name, operands))
        elif name in ("G", "RG", "K"):
            self.change(stroke=_device(name.lower(), operands))
        elif name in ("sc", "scn"):
            self.change(fill=self.colored(self.state.fill, operands))
        elif name in ("SC", "SCN"):
            self.change(stroke=self.colored(self.state.stroke, operands))

    # State

    def save(self, _operands: Operands) -> None:
        """Keep the graphics state (q)."""
        self.stack.append(self.state)

    def restore(self, _operands: Operands) -> None:
        """Take the kept graphics state back (Q)."""
        if self.stack:
            self.state = self.stack.pop()

    def transform(self, operands: Operands) -> None:
        """Move, scale or turn what follows (cm)."""
        self.change(matrix=multiply(tuple(map(float, operands)), self.state.matrix))

    def apply_state(self, operands: Operands) -> None:
        """Apply a dictionary of the graphics state (gs)."""
        values = self.part("/ExtGState")[str(operands[0])]
        if "/op" in values or "/OP" in values:
            stroke = bool(values.get("/OP", self.state.overprint_stroke))
            self.change(overprint_fill=bool(values.get("/op", stroke)), overprint_stroke=stroke)
        if "/OPM" in values:
            self.change(overprint_mode=int(values.OPM))
        if "/LW" in values:
            self.change(width=float(values.LW))
        if "/Font" in values:
            self.change(font=values.Font[0], size=float(values.Font[1]))
        keys = ("/ca", "/CA", "/BM", "/SMask")
        if any(key in values for key in keys):
            faint = min(float(values.get("/ca", 1)), float(values.get("/CA", 1))) < 1
            mask = values.get("/SMask", "/None")
            blend = values.get("/BM", "/Normal")
            blend = blend[0] if isinstance(blend, pikepdf.Array) else blend
            masked = isinstance(mask, pikepdf.Dictionary)
            self.change(transparent=faint or masked or str(blend) not in ("/Normal", "/Compatible"))
            if masked and "/G" in mask:
                self.reader.walk(mask.G, State(matrix=self.state.matrix), self.depth + 1)

    def fill_space(self, operands: Operands) -> None:
        """Choose the color space of areas (cs)."""
        self.change(fill=self.space(operands[0]))

    def stroke_space(self, operands: Operands) -> None:
        """Choose the color space of lines (CS)."""
        self.change(stroke=self.space(operands[0]))

    def space(self, name: Any) -> Color:
        """Return the first color of a color space."""
        family, names = color_space(name, self.part("/ColorSpace"))
        start = {"CMYK": (0.0, 0.0, 0.0, 1.0), "RGB": (0.0, 0.0, 0.0)}.get(family, (1.0,) * len(names) or (0.0,))
        return Color(family, start, names)

    def colored(self, color: Color, operands: Operands) -> Color:
        """Return a color with other values or another pattern."""
        numbers = tuple(float(value) for value in operands if not isinstance(value, pikepdf.Name))
        names = [value for value in operands if isinstance(value, pikepdf.Name)]
        if names:
            return replace(color, values=numbers, pattern=self.part("/Pattern").get(str(names[-1])))
        return replace(color, values=numbers, pattern=None)

    # Paths

    def move(self, operands: Operands) -> None:
        """Begin a part of the path (m)."""
        self.path.append([tuple(map(float, operands[-2:]))])

    def line(self, operands: Operands) -> None:
        """Note the end of a line (l)."""
        self.last_part().append(tuple(map(float, operands)))

    def last_part(self) -> list[tuple[float, ...]]:
        """Return the part of the path that goes on; one that was never begun begins here."""
        if not self.path:
            self.path.append([])
        return self.path[-1]

    def curve(self, operands: Operands) -> None:
        """Note the points of a curve, which lies between them (c, v, y)."""
        numbers = list(map(float, operands))
        self.last_part().extend(zip(numbers[::2], numbers[1::2], strict=True))

    def rectangle(self, operands: Operands) -> None:
        """Note the corners of a rectangle (re)."""
        x, y, width, height = map(float, operands)
        self.path.append([(x, y), (x + width, y), (x, y + height), (x + width, y + height)])

    def end_path(self, _operands: Operands) -> None:
        """Forget the path without painting it (n)."""
        self.path = []

    def set_width(self, operands: Operands) -> None:
        """Set the width of lines (w)."""
        self.change(width=float(operands[0]))

    def paint_path(self, name: str) -> None:
        """Paint the path, its area or its line or both."""
        path, self.path = self.path, []
        if not path:
            return
        parts = [placed(self.state.matrix, points) for points in path]
        box = around(parts)
        if name in _FILLS:
            self.paint("fill", self.state.fill, box, self.state.overprint_fill, parts=parts)
        if name in _STROKES:
            self.paint("stroke", self.state.stroke, box, self.state.overprint_stroke, parts=parts)

    def paint(self, kind: str, color: Color, box: Box, overprint: bool, **values: Any) -> None:
        """Tell what is painted with a color or a pattern."""
        pattern = color.pattern
        if pattern is not None:
            return self.paint_pattern(kind, color, box, overprint, pattern)
        return self.reader.emit(Paint(kind, color, box, self.state, overprint, values))

    def paint_pattern(self, kind: str, color: Color, box: Box, overprint: bool, pattern: Any) -> None:
        """Tell what an area is painted with, where that is a pattern."""
        if int(pattern.get("/PatternType", 1)) == 2:
            return self.emit_shading(pattern.Shading, box)
        if int(pattern.get("/PaintType", 1)) == 2:
            plain = replace(color, pattern=None)
            return self.reader.emit(Paint(kind, plain, box, self.state, overprint, {}))
        # what a tile paints is somewhere in the area that is filled with it
        inside = Reader(lambda found: self.reader.emit(replace(found, box=box)))
        inside.budget = self.reader.budget
        inside.walk(pattern, State(transparent=self.state.transparent), self.depth + 1)
        self.reader.budget, self.reader.faults = inside.budget, self.reader.faults + inside.faults
        return None

    def emit_shading(self, shading: Any, box: Box | None) -> None:
        """Tell of a shading."""
        family, names = color_space(shading.ColorSpace, self.part("/ColorSpace"))
        self.reader.emit(Paint("shading", Color(family, (), names), box, self.state, self.state.overprint_fill))

    def shade(self, operands: Operands) -> None:
        """Paint a shading over all that can be seen (sh)."""
        self.emit_shading(self.part("/Shading")[str(operands[0])], None)

    # Text

    def begin_text(self, _operands: Operands) -> None:
        """Begin a text at the origin (BT)."""
        self.change(text_matrix=IDENTITY, line_matrix=IDENTITY)

    def set_font(self, operands: Operands) -> None:
        """Choose font and size (Tf)."""
        self.change(font=self.part("/Font").get(str(operands[0])), size=float(operands[1]))

    def text_mode(self, operands: Operands) -> None:
        """Choose whether letters are filled, outlined or invisible (Tr)."""
        self.change(mode=int(operands[0]))

    def set_leading(self, operands: Operands) -> None:
        """Set the distance of lines (TL)."""
        self.change(leading=float(operands[0]))

    def text_move(self, operands: Operands) -> None:
        """Begin a line somewhere else (Td)."""
        line = multiply((1, 0, 0, 1, float(operands[0]), float(operands[1])), self.state.line_matrix)
        self.change(text_matrix=line, line_matrix=line)

    def text_move_leading(self, operands: Operands) -> None:
        """Begin a line somewhere else and keep the distance (TD)."""
        self.change(leading=-float(operands[1]))
        self.text_move(operands)

    def text_next(self, _operands: Operands) -> None:
        """Begin the next line (T*)."""
        self.text_move((0, -self.state.leading))

    def text_matrix(self, operands: Operands) -> None:
        """Place the line (Tm)."""
        matrix = tuple(map(float, operands))
        self.change(text_matrix=matrix, line_matrix=matrix)

    def show(self, name: str, operands: Operands) -> None:
        """Write letters (Tj, TJ and those with a new line)."""
        if name in ("'", '"'):
            self.text_next(())
        text = operands[-1]
        parts = text if isinstance(text, pikepdf.Array) else [text]
        letters = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
        state = self.state
        widths = self.reader.widths_of(state.font)
        wide = sum(map(widths.__getitem__, letters)) * state.size
        kern = -sum(float(part) for part in parts if not isinstance(part, pikepdf.String)) / 1000 * state.size
        if letters.strip() and state.mode != 3 and state.font is not None:
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
        if state.mode % 4 in (0, 2):
            self.paint("text", state.fill, box, state.overprint_fill, **values)
        if state.mode % 4 in (1, 2):
            self.paint("text", state.stroke, box, state.overprint_stroke, **values)

    # Pictures and forms

    def draw(self, operands: Operands) -> None:
        """Draw a form or a picture (Do)."""
        item = self.part("/XObject").get(str(operands[0]))
        if item is None:
            return
        if item.get("/Subtype") == "/Form":
            self.draw_form(item)
        elif item.get("/Subtype") == "/Image":
            self.draw_picture(item)

    def draw_form(self, item: Any) -> None:
        """Follow the content of a form."""
        own = tuple(map(float, item.get("/Matrix", IDENTITY)))
        state = replace(self.state, matrix=multiply(own, self.state.matrix))
        self.reader.walk(item, state, self.depth + 1)

    def draw_picture(self, item: Any) -> None:
        """Read what a picture of the resources is."""
        values = {"width": int(item.get("/Width", 0)), "height": int(item.get("/Height", 0))}
        values |= {"masked": isinstance(item.get("/SMask"), pikepdf.Stream), "stream": item}
        self.picture(item.get("/ColorSpace"), bool(item.get("/ImageMask", False)), values)

    def inline(self, operands: Operands) -> None:
        """Read what a picture inside of the stream is (BI)."""
        picture = operands[0]
        values = {"width": picture.width, "height": picture.height}
        space = picture.obj.get("/ColorSpace", picture.obj.get("/CS"))
        self.picture(space, bool(picture.image_mask), values)

    def picture(self, space: Any, is_mask: bool, values: dict[str, Any]) -> None:
        """Tell of a picture with its place and resolution."""
        box = placed(self.state.matrix, [(0, 0), (1, 0), (0, 1), (1, 1)])
        if is_mask:
            self.paint("fill", self.state.fill, box, self.state.overprint_fill)
            return
        family, names = color_space(space, self.part("/ColorSpace")) if space is not None else ("other", ())
        matrix = self.state.matrix
        wide, high = math.hypot(matrix[0], matrix[1]) / 72, math.hypot(matrix[2], matrix[3]) / 72
        if wide > 0 and high > 0:
            values["dpi"] = min(values["width"] / wide, values["height"] / high)
        self.reader.emit(Paint("picture", Color(family, (), names), box, self.state, False, values))


_ACTIONS = {
    "q": _Walk.save,
    "Q": _Walk.restore,
    "cm": _Walk.transform,
    "gs": _Walk.apply_state,
    "cs": _Walk.fill_space,
    "CS": _Walk.stroke_space,
    "m": _Walk.move,
    "l": _Walk.line,
    "c": _Walk.curve,
    "v": _Walk.curve,
    "y": _Walk.curve,
    "re": _Walk.rectangle,
    "n": _Walk.end_path,
    "w": _Walk.set_width,
    "sh": _Walk.shade,
    "BT": _Walk.begin_text,
    "Tf": _Walk.set_font,
    "Tr": _Walk.text_mode,
    "TL": _Walk.set_leading,
    "Td": _Walk.text_move,
    "TD": _Walk.text_move_leading,
    "T*": _Walk.text_next,
    "Tm": _Walk.text_matrix,
    "Do": _Walk.draw,
    "INLINE IMAGE": _Walk.inline,
}


def _device(name: str, operands: Operands) -> Color:
    family = {"g": "Gray", "rg": "RGB", "k": "CMYK"}[name]
    return Color(family, tuple(map(float, operands)))
