"""Template products: the customer's texts set on the shop's PDF."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pikepdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from . import const, documents, fonts

if TYPE_CHECKING:
    from .shapes import File


def personalise(path: File, texts: Sequence[Mapping[str, Any]], target: File, files: Mapping[str, str]) -> None:
    """Write a copy of the PDF with texts on it.

    :param texts: dicts with ``page`` (from 1), ``x_mm`` and ``y_mm`` (from the top left corner of the page as it
        is seen, to the base line), ``text``, ``font``, ``size`` and ``smallest`` (points), ``color`` (``#rrggbb``),
        ``align``, ``max_mm``
    :param files: TrueType files by font name
    """
    for name, file in files.items():
        pdfmetrics.registerFont(TTFont(name, file))
    with documents.open_pdf(path) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            own = [text for text in texts if text["page"] == number and fonts.printable(text["text"])]
            if own:
                _add_texts(page, own)
        pdf.save(target)


def _add_texts(page: pikepdf.Page, texts: Sequence[Mapping[str, Any]]) -> None:
    """Lay the texts over a page, upright as the page is seen."""
    box = documents.visible_box(page)
    width, height = box[2] - box[0], box[3] - box[1]
    if documents.rotation_of(page) in (90, 270):
        width, height = height, width  # the overlay is turned with the page
    unit = documents.unit_of(page)
    layer = pikepdf.open(io.BytesIO(_layer(texts, width, height, const.MM_PER_POINT * unit)))
    page.add_overlay(layer.pages[0], pikepdf.Rectangle(*box))


def _layer(texts: Sequence[Mapping[str, Any]], width: float, height: float, millimetres: float) -> bytes:
    """Return a page with the texts only.

    :param millimetres: how long the page's unit is
    """
    stream = io.BytesIO()
    # fixed dates and ids: the same texts give the same file
    canvas = Canvas(stream, pagesize=(width, height), invariant=True)
    for text in texts:
        value = fonts.printable(text["text"])[: const.MAX_TEXT]
        x, y = text["x_mm"] / millimetres, height - text["y_mm"] / millimetres
        canvas.setFont(text["font"], _fitting_size(value, text, width * millimetres) * const.MM_PER_POINT / millimetres)
        canvas.setFillColorCMYK(*inks(text["color"]))
        draw = {"center": canvas.drawCentredString, "right": canvas.drawRightString}.get(
            text["align"], canvas.drawString
        )
        draw(x, y, value)
    canvas.save()
    return stream.getvalue()


def inks(color: str) -> tuple[float, ...]:
    """Return the four inks (0 to 1) of ``#rrggbb``: grey and black are made of black ink alone."""
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    white = max(red, green, blue)
    if not white:
        return 0, 0, 0, 1
    return (*(round((white - each) / white, 4) for each in (red, green, blue)), round(1 - white, 4))


def _fitting_size(value: str, text: Mapping[str, Any], page_mm: float) -> float:
    """Return the font size, smaller where the text would be wider than its place."""
    size = float(text["size"])
    limit = fonts.room(text["x_mm"], page_mm, text["align"], text["max_mm"]) / const.MM_PER_POINT
    width = stringWidth(value, text["font"], size)
    return max(float(text["smallest"]), size * limit / width) if limit and width > limit else size
