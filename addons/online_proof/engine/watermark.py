"""The PDF that customers may download: flattened to pictures with the watermark burnt in."""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from . import const, fonts

if TYPE_CHECKING:
    from .shapes import File, Page

#: Letters with the font that has them.
Piece = tuple[str, ImageFont.FreeTypeFont]

#: Letters of a line; a customer's name may be as long as it likes.
MAX_LINE = 70


def build(pages: Sequence[Page], lines: Sequence[str], target: File, font: str) -> None:
    """Write the watermarked PDF.

    :param pages: dicts with ``picture`` (path), ``width_mm`` and ``height_mm``
    :param lines: the watermark's lines; the first one is set bigger
    :param font: TrueType file for them
    """
    pdf = pikepdf.new()
    for page in pages:
        width, height = page["width_mm"] / const.MM_PER_POINT, page["height_mm"] / const.MM_PER_POINT
        data, size = _picture(page, tuple(lines), font)
        _add_page(pdf, data, size, (width, height))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = " · ".join(lines)
    pdf.save(target)


def _add_page(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], points: tuple[float, float]) -> None:
    image = pikepdf.Stream(pdf, data)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = size
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.Filter = pikepdf.Name.DCTDecode
    # very large formats need a user unit: PDF pages end at 14400 units
    unit = max(1.0, math.ceil(max(points) / 14_400))
    width, height = (value / unit for value in points)
    page = pdf.add_blank_page(page_size=(max(width, 3), max(height, 3)))
    page.obj.MediaBox = pikepdf.Array([0, 0, round(width, 3), round(height, 3)])
    if unit > 1:
        page.obj.UserUnit = unit
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=pdf.make_indirect(image)))
    page.obj.Contents = pikepdf.Stream(pdf, f"{width:.3f} 0 0 {height:.3f} 0 0 cm /P Do".encode())


def _picture(page: Page, lines: tuple[str, ...], font: str) -> tuple[bytes, tuple[int, int]]:
    image: Image.Image = Image.open(page["picture"])
    longest = max(page["width_mm"], page["height_mm"]) / 25.4 * const.WATERMARK_DPI
    if max(image.size) > longest * 1.1:
        image.draft("RGB", (round(longest), round(longest)))
        image = image.convert("RGB")
        image.thumbnail((round(longest), round(longest)), Image.Resampling.LANCZOS)
    else:
        image = image.convert("RGB")
    image.paste((90, 90, 90), (0, 0), _stamp(image.size, lines, font))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=const.JPEG_QUALITY)
    return stream.getvalue(), image.size


@functools.lru_cache(maxsize=8)
def _stamp(size: tuple[int, int], lines: tuple[str, ...], font: str) -> Image.Image:
    """Return the opacity of the watermark: the lines, slanted, repeated over the page."""
    width, height = size
    text = max(9, round(min(width, height) / 26))
    head, *rest = (_pieces(line, font, round(text * (0.6 if number else 1))) for number, line in enumerate(lines))
    block_width = round(max(_length(line) for line in (head, *rest))) + text * 3
    block_height = round(text * (2.2 + 0.8 * len(lines)))
    block = Image.new("L", (block_width, block_height), 0)
    draw = ImageDraw.Draw(block)
    _write(draw, (text, text * 1.4), head)
    for number, line in enumerate(rest):
        _write(draw, (text, text * (2.3 + 0.8 * number)), line)
    diagonal = math.ceil(math.hypot(width, height))
    field = Image.new("L", (diagonal, diagonal), 0)
    for row, top in enumerate(range(0, diagonal, block_height)):
        for left in range(-(row % 2) * block_width // 2, diagonal, block_width):
            field.paste(block, (left, top))
    field = field.rotate(30, Image.Resampling.BILINEAR)
    left, top = (diagonal - width) // 2, (diagonal - height) // 2
    return field.crop((left, top, left + width, top + height))


def _pieces(line: str, font: str, size: int) -> list[Piece]:
    """Return a line in pieces with their fonts; one that is too long for a watermark is cut."""
    line = line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"
    return [(piece, ImageFont.truetype(path, size)) for piece, path in fonts.runs(line, font)]


def _length(pieces: Sequence[Piece]) -> float:
    return sum(font.getlength(piece) for piece, font in pieces)


def _write(draw: ImageDraw.ImageDraw, place: tuple[float, float], pieces: Sequence[Piece]) -> None:
    """Write a line from the left end of its base line."""
    left, base = place
    for piece, font in pieces:
        draw.text((round(left), round(base)), piece, font=font, fill=74, anchor="ls")
        left += font.getlength(piece)
