"""What a page paints: every fill, line, letter and picture with its colors, its state and its place.

Only what reaches the paper counts: a color that is set and never used, a state that is listed, a layer that is
switched off, and what lies outside of the sheet or of the clip, paint nothing.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pikepdf

from . import embedded
from .layers import Layers
from .lettering import Glyph, Lettering, drawing_of
from .outlines import FILLS, PATH_ENDS, STROKES, Outlines
from .paint import (
    FAULTS,
    IDENTITY,
    Color,
    Paint,
    State,
    color_space,
    cut,
    device_color,
    multiply,
    number,
    placed,
    placed_box,
)

if TYPE_CHECKING:
    from .shapes import Box

#: What stands before an operator: numbers and objects of the file, in pikepdf's list or in a tuple.
Operands = Any

#: Operators of a document that are read; one with more is said not to have been read fully.
OPERATORS = 300_000
#: Seconds of the processor that reading a document may take, and after how many operators the clock is looked at.
SECONDS, _LOOK_AT_CLOCK = 45.0, 100
#: Forms in forms that are followed; renderers give up at about as many.
_DEPTH = 24
_TEXT = {"Tj", "TJ", "'", '"'}


class Reader:
    """Walks through pages and the forms, patterns and masks that they use, and emits every :class:`Paint`."""

    def __init__(self, emit: Callable[[Paint], None], layers: Layers | None = None) -> None:
        self.emit, self.layers = emit, layers
        self.budget = OPERATORS
        self.end = time.process_time() + SECONDS
        self.faults = 0
        self._widths: dict[tuple[int, int], list[float]] = {}
        self._drawings: dict[tuple[Any, ...], list[Paint]] = {}
        self._masks: set[tuple[int, int]] = set()
        self._open: list[tuple[int, int]] = []

    def widths_of(self, font: Any) -> list[float]:
        """Return how wide the letters of a font are, by their byte; read once per font of the file."""
        key = font.objgen if font is not None else (0, 0)
        if key == (0, 0):
            return embedded.letter_widths(font)
        if key not in self._widths:
            self._widths[key] = embedded.letter_widths(font)
        return self._widths[key]

    def drawing_of(self, font: Any, letter: int, depth: int) -> list[Paint]:
        """Return what a letter of a Type 3 font draws; read once per letter of the file."""
        key = (font.objgen, letter)
        if font.objgen == (0, 0) or key not in self._drawings:
            self._drawings[key] = drawing_of(self, font, letter, depth)
        return self._drawings[key]

    def spend(self) -> bool:
        """Return whether there is time for another operator."""
        self.budget -= 1
        if self.budget % _LOOK_AT_CLOCK == 0 and time.process_time() > self.end:
            self.budget = 0
        return self.budget > 0

    def is_off(self, content: Any) -> bool:
        """Return whether something belongs to a layer that is not printed."""
        return self.layers is not None and self.layers.is_off(content)

    @contextlib.contextmanager
    def telling(self, emit: Callable[[Paint], None]) -> Iterator[None]:
        """Tell somebody else for a while."""
        former, self.emit = self.emit, emit
        try:
            yield
        finally:
            self.emit = former

    def tell(self, paint: Paint, depth: int = 0) -> None:
        """Tell what is painted, as far as it can be seen."""
        state = paint.state
        alpha = state.alpha_stroke if paint.kind == "stroke" else state.alpha_fill
        if alpha <= 0 or (paint.color.names and set(paint.color.names) <= {"None"}):
            return
        if paint.box is not None:
            paint.box = cut(paint.box, state.clip)
            if paint.box is None:
                return
        if state.mask is not None:
            self._read_mask(state.mask, state, depth)
        self.emit(paint)

    def _read_mask(self, mask: Any, state: State, depth: int) -> None:
        """Read what a soft mask is made of, the first time that something is painted through it."""
        group = mask.get("/G")
        if group is None or group.objgen in self._masks:
            return
        self._masks.add(group.objgen)
        emit = self.emit
        with self.telling(lambda found: emit(replace(found, kind="mask"))):
            self.walk(group, State(matrix=state.matrix, clip=state.clip), depth + 1)

    def walk(self, holder: Any, state: State | None = None, depth: int = 0) -> None:
        """Read a page, form or pattern."""
        if self.budget <= 0:
            return
        key = holder.objgen
        if depth > _DEPTH or key in self._open:
            self.faults += 1  # forms that draw each other have no end
            return
        if key != (0, 0):
            self._open.append(key)
        try:
            Walk(self, holder, state or State(), depth).run()
        except FAULTS:
            # something that cannot be read: the shop looks at the picture of the page
            self.faults += 1
        finally:
            if key != (0, 0):
                self._open.pop()


class Walk(Lettering, Outlines):
    """One content stream."""

    def __init__(self, reader: Reader, holder: Any, state: State, depth: int) -> None:
        self.reader, self.state, self.depth, self.holder = reader, state, depth, holder
        self.base = state.matrix
        self.resources = holder.get("/Resources", {})
        self.stack: list[State] = []
        self.path = []
        self.clips = False
        #: of marked content that is open: whether it belongs to a layer that is not printed
        self.marked: list[bool] = []

    def part(self, kind: str) -> Any:
        """Return a dictionary of the resources."""
        return self.resources.get(kind, {})

    def change(self, **values: Any) -> None:
        """Go on with another graphics state."""
        self.state = replace(self.state, **values)

    def run(self) -> None:
        """Follow the whole stream, as far as the budget goes."""
        # pairs of operands and operator, which the library's own hints do not say
        stream = self.holder.stream if isinstance(self.holder, Glyph) else self.holder
        instructions: Any = pikepdf.parse_content_stream(stream)
        for operands, operator in instructions:
            if not self.reader.spend():
                return
            name = str(operator)
            try:
                self.do(name, operands)
            except FAULTS:
                self.reader.faults += 1
            if name in PATH_ENDS:
                self.end_path()

    def do(self, name: str, operands: Operands) -> None:
        """Follow one operator."""
        if name in _TEXT:
            self.show(name, operands)
        elif name in FILLS or name in STROKES:
            self.paint_path(name)
        elif name in _ACTIONS:
            _ACTIONS[name](self, operands)
        elif name in ("g", "rg", "k"):
            self.change(fill=device_color(name, operands))
        elif name in ("G", "RG", "K"):
            self.change(stroke=device_color(name.lower(), operands))
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
        self.change(matrix=multiply(tuple(map(number, operands)), self.state.matrix))

    def apply_state(self, operands: Operands) -> None:
        """Apply a dictionary of the graphics state (gs)."""
        values = self.part("/ExtGState")[str(operands[0])]
        if "/op" in values or "/OP" in values:
            stroke = bool(values.get("/OP", self.state.overprint_stroke))
            self.change(overprint_fill=bool(values.get("/op", stroke)), overprint_stroke=stroke)
        if "/OPM" in values:
            self.change(overprint_mode=int(values.OPM))
        if "/LW" in values:
            self.change(width=number(values.LW))
        if "/Font" in values:
            self.change(font=values.Font[0], size=number(values.Font[1]))
        if "/ca" in values:
            self.change(alpha_fill=number(values.ca))
        if "/CA" in values:
            self.change(alpha_stroke=number(values.CA))
        if "/BM" in values:
            blend = values.BM[0] if isinstance(values.BM, pikepdf.Array) else values.BM
            self.change(blended=str(blend) not in ("/Normal", "/Compatible"))
        if "/SMask" in values:
            self.change(mask=values.SMask if isinstance(values.SMask, pikepdf.Dictionary) else None)

    def fill_space(self, operands: Operands) -> None:
        """Choose the color space of areas (cs)."""
        self.change(fill=self.space(operands[0]))

    def stroke_space(self, operands: Operands) -> None:
        """Choose the color space of lines (CS)."""
        self.change(stroke=self.space(operands[0]))

    def space(self, name: Any) -> Color:
        """Return the first color of a color space."""
        spaces = self.part("/ColorSpace")
        family, names = color_space(name, spaces)
        start = {"CMYK": (0.0, 0.0, 0.0, 1.0), "RGB": (0.0, 0.0, 0.0)}.get(family, (1.0,) * len(names) or (0.0,))
        table = embedded.table_of(spaces.get(str(name)))
        color = Color(family, start, names, table=table)
        return replace(color, values=embedded.looked_up(color, 0)) if table else color

    def colored(self, color: Color, operands: Operands) -> Color:
        """Return a color with other values or another pattern."""
        numbers = tuple(number(value) for value in operands if not isinstance(value, pikepdf.Name))
        names = [value for value in operands if isinstance(value, pikepdf.Name)]
        if names:
            return replace(color, values=numbers, pattern=self.part("/Pattern").get(str(names[-1])))
        if color.table and numbers:
            numbers = embedded.looked_up(color, int(numbers[0]))
        return replace(color, values=numbers, pattern=None)

    # Marked content

    def mark(self, operands: Operands) -> None:
        """Begin marked content, which may belong to a layer (BDC, BMC)."""
        layer = self.part("/Properties").get(str(operands[1])) if len(operands) > 1 and operands[0] == "/OC" else None
        self.marked.append(self.reader.is_off(layer))

    def unmark(self, _operands: Operands) -> None:
        """End marked content (EMC)."""
        if self.marked:
            self.marked.pop()

    # What is painted

    def emit(self, paint: Paint) -> None:
        """Tell what is painted, if its layer is printed."""
        if not any(self.marked):
            self.reader.tell(paint, self.depth)

    def paint(self, kind: str, color: Color, box: Box, overprint: bool, **values: Any) -> None:
        """Tell what is painted with a color or a pattern."""
        if color.pattern is not None:
            self.paint_pattern(kind, color, box, overprint)
            return
        self.emit(Paint(kind, color, box, self.state, overprint, values))

    def paint_pattern(self, kind: str, color: Color, box: Box, overprint: bool) -> None:
        """Tell what an area is painted with, where that is a pattern."""
        pattern = color.pattern
        if int(pattern.get("/PatternType", 1)) == 2:
            self.emit_shading(pattern.Shading, box)
            return
        if int(pattern.get("/PaintType", 1)) == 2:
            self.emit(Paint(kind, replace(color, pattern=None), box, self.state, overprint, {}))
            return
        seen = cut(box, self.state.clip)
        if seen is None or any(self.marked):
            return
        # what a tile paints is somewhere in the area that is filled with it
        matrix = multiply(tuple(map(number, pattern.get("/Matrix", IDENTITY))), self.base)
        kept = {name: getattr(self.state, name) for name in ("alpha_fill", "alpha_stroke", "blended", "mask")}
        inner = State(matrix=matrix, clip=placed_box(matrix, pattern.BBox), **kept)
        emit = self.reader.emit
        with self.reader.telling(lambda found: emit(replace(found, box=seen))):
            self.reader.walk(pattern, inner, self.depth + 1)

    def emit_shading(self, shading: Any, box: Box | None) -> None:
        """Tell of a shading."""
        family, names = color_space(shading.ColorSpace, self.part("/ColorSpace"))
        self.emit(Paint("shading", Color(family, (), names), box, self.state, self.state.overprint_fill))

    def shade(self, operands: Operands) -> None:
        """Paint a shading over all that can be seen (sh)."""
        self.emit_shading(self.part("/Shading")[str(operands[0])], self.state.clip)

    # Pictures and forms

    def draw(self, operands: Operands) -> None:
        """Draw a form or a picture (Do)."""
        item = self.part("/XObject").get(str(operands[0]))
        if item is None or any(self.marked) or self.reader.is_off(item.get("/OC")):
            return
        if item.get("/Subtype") == "/Form":
            self.draw_form(item)
        elif item.get("/Subtype") == "/Image":
            self.draw_picture(item)

    def draw_form(self, item: Any) -> None:
        """Follow the content of a form, which its box cuts."""
        own = tuple(map(number, item.get("/Matrix", IDENTITY)))
        matrix = multiply(own, self.state.matrix)
        clip = cut(placed_box(matrix, item.BBox), self.state.clip)
        if clip is not None:
            self.reader.walk(item, replace(self.state, matrix=matrix, clip=clip), self.depth + 1)

    def draw_picture(self, item: Any) -> None:
        """Read what a picture of the resources is."""
        values = {"width": int(item.get("/Width", 0)), "height": int(item.get("/Height", 0))}
        values |= {"masked": isinstance(item.get("/SMask"), pikepdf.Stream), "stream": item}
        values["bits"] = int(item.get("/BitsPerComponent", 8))
        self.picture(item.get("/ColorSpace"), bool(item.get("/ImageMask", False)), values)

    def inline(self, operands: Operands) -> None:
        """Read what a picture inside of the stream is (BI)."""
        picture = operands[0]
        values = {"width": picture.width, "height": picture.height, "bits": picture.bits_per_component}
        space = picture.obj.get("/ColorSpace", picture.obj.get("/CS"))
        self.picture(space, bool(picture.image_mask), values)

    def picture(self, space: Any, is_mask: bool, values: dict[str, Any]) -> None:
        """Tell of a picture with its place and resolution."""
        matrix = self.state.matrix
        box = placed(matrix, [(0, 0), (1, 0), (0, 1), (1, 1)])
        wide, high = math.hypot(matrix[0], matrix[1]) / 72, math.hypot(matrix[2], matrix[3]) / 72
        if wide > 0 and high > 0:
            values["dpi"] = min(values["width"] / wide, values["height"] / high)
        if is_mask:
            self.paint("fill", self.state.fill, box, self.state.overprint_fill, stencil=values)
            return
        family, names = color_space(space, self.part("/ColorSpace")) if space is not None else ("other", ())
        if space is None:
            family = embedded.wavelet_family(values.get("stream"))
        self.emit(Paint("picture", Color(family, (), names), box, self.state, False, values))


_ACTIONS = {
    "q": Walk.save,
    "Q": Walk.restore,
    "cm": Walk.transform,
    "gs": Walk.apply_state,
    "cs": Walk.fill_space,
    "CS": Walk.stroke_space,
    "BDC": Walk.mark,
    "BMC": Walk.mark,
    "EMC": Walk.unmark,
    "m": Walk.move,
    "l": Walk.line,
    "c": Walk.curve,
    "v": Walk.curve,
    "y": Walk.curve,
    "re": Walk.rectangle,
    "W": Walk.clip,
    "W*": Walk.clip,
    "w": Walk.set_width,
    "sh": Walk.shade,
    "BT": Walk.begin_text,
    "Tf": Walk.set_font,
    "Tr": Walk.text_mode,
    "TL": Walk.set_leading,
    "Td": Walk.text_move,
    "TD": Walk.text_move_leading,
    "T*": Walk.text_next,
    "Tm": Walk.text_matrix,
    "Do": Walk.draw,
    "INLINE IMAGE": Walk.inline,
}
