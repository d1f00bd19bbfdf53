"""The first look at a file: what it is and which pages it has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf

from . import const, images
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .shapes import Box, File, Place

#: What viewers take where a page has no size: US Letter, in points.
_USUAL = (0.0, 0.0, 612.0, 792.0)


def kind_of(path: File) -> str:
    """Return ``pdf`` or ``image``, judged by the content, never by the name.

    :raises FileRefusedError: if it is neither, or empty
    """
    with Path(path).open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, Path(path).stat().st_size - 1024))
        tail = file.read()
    if not head:
        raise FileRefusedError("empty")
    if b"%PDF-" in head and head.lstrip()[:1] != b"<":
        return "pdf"
    try:
        images.open_image(path).close()
    except FileRefusedError as error:
        # a PDF that has lost its header: poppler shows it, so it is shown; Ghostscript never gets it
        if error.code == "unsupported" and b"startxref" in tail and not head.lstrip().startswith((b"<", b"%!")):
            return "pdf"
        raise
    return "image"


def open_pdf(path: File) -> pikepdf.Pdf:
    """Return the PDF, repaired as far as possible.

    :raises FileRefusedError: if it needs a password or cannot be repaired
    """
    try:
        return pikepdf.open(path, suppress_warnings=True, attempt_recovery=True)
    except pikepdf.PasswordError as error:
        raise FileRefusedError("encrypted") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise FileRefusedError("damaged", page=0) from error


def inspect(path: File) -> dict[str, Any]:
    """Return ``{"kind", "pages": [...], "notes": [...]}``.

    :raises FileRefusedError: if the file cannot be proofed
    """
    kind = kind_of(path)
    if kind == "image":
        with images.open_image(path) as image:
            pages = [images.describe(image, frame) for frame in images.frames(image)]
        _check_sizes(pages)
        return {"kind": kind, "pages": pages, "notes": []}
    try:
        with open_pdf(path) as pdf:
            pages, notes = _pdf_pages(pdf)
    except FileRefusedError as error:
        if error.code not in ("damaged", "no_pages", "encrypted"):
            raise
        # a password for the files inside, say, leaves the pages open
        note = "restricted" if error.code == "encrypted" else "repaired"
        pages, notes = _pages_by_pdfium(path, error), [note]
    _check_sizes(pages)
    return {"kind": kind, "pages": pages, "notes": notes}


def _pages_by_pdfium(path: File, refusal: FileRefusedError) -> list[dict[str, Any]]:
    """Return the pages as PDFium finds them: what one of the renderers can show is shown.

    :raises FileRefusedError: ``refusal``, if PDFium finds none either
    """
    from . import pdfium  # imported here: one file in a hundred needs it

    try:
        document = pdfium.open_document(path)
    except FileRefusedError as error:
        raise refusal from error
    sizes = []
    for number in range(min(len(document), const.MAX_PAGES + 1)):
        try:
            sizes.append(document.get_page_size(number))
        except pdfium.pypdfium2.PdfiumError:
            break  # a page that is counted and not there; those before it are shown
    if not sizes:
        raise refusal
    if len(sizes) > const.MAX_PAGES:
        raise FileRefusedError("too_many_pages", count=len(document), limit=const.MAX_PAGES)
    return [_described(number, width, height) for number, (width, height) in enumerate(sizes)]


def _described(
    number: int, width: float, height: float, rotation: int = 0, trim: Place | None = None
) -> dict[str, Any]:
    """Return what is known of a PDF page; width and height in points, as it is seen."""
    dpi = min(const.ZOOM_DPI, const.ZOOM_SIDE * 72 / max(width, height, 1))
    return {
        "frame": number,
        "width_mm": width * const.MM_PER_POINT,
        "height_mm": height * const.MM_PER_POINT,
        "rotation": rotation,
        "zoom_width": max(1, round(width * dpi / 72)),
        "zoom_height": max(1, round(height * dpi / 72)),
        "dpi": 0,
        "mode": "",
        "trim": trim,
    }


def _pdf_pages(pdf: pikepdf.Pdf) -> tuple[list[dict[str, Any]], list[str]]:
    try:
        count = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise FileRefusedError("damaged", page=0) from error
    if not count:
        raise FileRefusedError("no_pages")
    if count > const.MAX_PAGES:
        raise FileRefusedError("too_many_pages", count=count, limit=const.MAX_PAGES)
    try:
        pages = [describe_page(page, number) for number, page in enumerate(pdf.pages)]
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError) as error:
        raise FileRefusedError("damaged", page=0) from error
    notes = []
    if pdf.get_warnings():
        notes.append("repaired")
    if pdf.is_encrypted:
        notes.append("restricted")
    return pages, notes


def box_of(values: Iterable[Any]) -> Box:
    """Return a PDF rectangle as floats (left, bottom, right, top), corners in order."""
    x0, y0, x1, y1 = (float(value) for value in values)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def visible_box(page: pikepdf.Page) -> Box:
    """Return the crop box cut to the media box: what a viewer shows."""
    media = box_of(page.mediabox)
    if media[2] - media[0] < 1 or media[3] - media[1] < 1:
        media = _USUAL  # as poppler, PDFium and Acrobat do
    crop = box_of(page.cropbox)
    cut = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return cut if cut[2] - cut[0] > 1 and cut[3] - cut[1] > 1 else media


def rotation_of(page: pikepdf.Page) -> int:
    """Return the page's rotation flag: 0, 90, 180 or 270; 0 where it is no number, as viewers read it."""
    return int(_number(page.obj.get("/Rotate", 0), 0)) % 360 // 90 * 90


def unit_of(page: pikepdf.Page) -> float:
    """Return how many points a unit of the page has; 1 where it is no number above 0, as viewers read it."""
    unit = _number(page.obj.get("/UserUnit", 1), 1)
    return unit if unit > 0 else 1.0


def trim_of(page: pikepdf.Page) -> Box:
    """Return the trim box; of a page that has none, or one that is no rectangle, what can be seen."""
    try:
        return box_of(page.trimbox)
    except (TypeError, ValueError):
        return visible_box(page)


def _number(value: Any, default: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return default


def describe_page(page: pikepdf.Page, number: int) -> dict[str, Any]:
    """Return size, rotation, zoom and trim rectangle of a PDF page."""
    unit, box = unit_of(page), visible_box(page)
    width, height = ((box[2] - box[0]) * unit, (box[3] - box[1]) * unit)
    rotation = rotation_of(page)
    if rotation in (90, 270):
        width, height = height, width
    return _described(number, width, height, rotation, _trim_rectangle(page, box, rotation))


def _trim_rectangle(page: pikepdf.Page, box: Box, rotation: int) -> Place | None:
    """Return the trim box as fractions of the visible page (left, top, right, bottom), or None."""
    if "/TrimBox" not in page.obj:
        return None
    trim = trim_of(page)
    width, height = box[2] - box[0], box[3] - box[1]
    left, right = (trim[0] - box[0]) / width, (trim[2] - box[0]) / width
    top, bottom = (box[3] - trim[3]) / height, (box[3] - trim[1]) / height
    for _quarter in range(rotation // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return [round(min(max(value, 0.0), 1.0), 5) for value in (left, top, right, bottom)]


def _check_sizes(pages: list[dict[str, Any]]) -> None:
    if not pages:
        raise FileRefusedError("no_pages")
    for number, page in enumerate(pages, 1):
        longest = max(page["width_mm"], page["height_mm"])
        if longest > const.MAX_PAGE_MM:
            raise FileRefusedError(
                "page_too_large", page=number, metres=round(longest / 1000, 1), limit=round(const.MAX_PAGE_MM / 1000)
            )
        if min(page["width_mm"], page["height_mm"]) < const.MIN_PAGE_MM and page["mode"] == "":
            raise FileRefusedError("page_too_small", page=number)
