"""Template products: the customer's texts set on the shop's PDF."""

import io

import pikepdf
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from . import const, documents

MAX_TEXT = 500


def personalise(path, texts, target, fonts):
    """Write a copy of the PDF with texts on it.

    :param texts: dicts with ``page`` (from 1), ``x_mm`` and ``y_mm`` (from the top left corner to the
        base line), ``text``, ``font``, ``size`` (points), ``colour`` (``#rrggbb``), ``align``, ``max_mm``
    :param fonts: TrueType files by font name
    """
    for name, file in fonts.items():
        pdfmetrics.registerFont(TTFont(name, file))
    with documents.open_pdf(path) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            own = [text for text in texts if text["page"] == number and text["text"].strip()]
            if own:
                box = documents.visible_box(page)
                layer = pikepdf.open(io.BytesIO(_layer(own, box[2] - box[0], box[3] - box[1])))
                page.add_overlay(layer.pages[0], pikepdf.Rectangle(*box))
        pdf.save(target)


def _layer(texts, width, height):
    stream = io.BytesIO()
    # fixed dates and ids: the same texts give the same file
    canvas = Canvas(stream, pagesize=(width, height), invariant=True)
    for text in texts:
        value = " ".join(text["text"].split())[:MAX_TEXT]
        x, y = text["x_mm"] / const.MM_PER_POINT, height - text["y_mm"] / const.MM_PER_POINT
        size = _fitting_size(value, text)
        canvas.setFont(text["font"], size)
        canvas.setFillColor(HexColor(text["colour"]))
        draw = {"center": canvas.drawCentredString, "right": canvas.drawRightString}.get(
            text["align"], canvas.drawString
        )
        draw(x, y, value)
    canvas.save()
    return stream.getvalue()


def _fitting_size(value, text):
    """Return the font size, smaller where the text would be wider than ``max_mm``."""
    size, limit = float(text["size"]), text["max_mm"] / const.MM_PER_POINT
    width = stringWidth(value, text["font"], size)
    return max(4.0, size * limit / width) if limit and width > limit else size
