"""PDF pages through PDFium: the last resort, and the second opinion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pypdfium2

from . import images
from .errors import FileRefusedError

if TYPE_CHECKING:
    from PIL import Image

    from .shapes import File


def open_document(path: File) -> pypdfium2.PdfDocument:
    """Return the document.

    :raises FileRefusedError: if PDFium cannot open it
    """
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise FileRefusedError("damaged", page=0) from error


def draw(page: pypdfium2.PdfPage, scale: float, crop: tuple[float, ...] = (0, 0, 0, 0)) -> Image.Image:
    """Return a page as it prints (annotations that are for the screen only are left out), in RGB."""
    return page.render(scale=scale, crop=crop, optimize_mode="print").to_pil().convert("RGB")


def draw_page(page: pypdfium2.PdfPage, side: int) -> Image.Image:
    """Return a whole page with ``side`` pixels on the longest side.

    :raises FileRefusedError: if nothing of it can be seen
    """
    if max(page.get_size()) <= 0:
        page.set_cropbox(*page.get_mediabox())  # a crop box beside the page: all of it is shown, as elsewhere
    longest = max(page.get_size())
    if longest <= 0:
        raise FileRefusedError("damaged", page=0)
    return draw(page, side / longest)


def render_pages(
    path: File,
    numbers: Sequence[int],
    side: int,
    target_of: Callable[[int], File],
    _press: str = "",
    small: bool = False,
) -> None:
    """Write pages (numbers from 0) as JPEG, ``side`` pixels on the longest side.

    :param small: write a thumbnail of each, too
    """
    document = open_document(path)
    for number in numbers:
        page = document[number]
        images.save_page(draw_page(page, side), target_of(number), small)
        page.close()


def render_region(
    path: File,
    number: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    target: File,
    _press: str = "",
    _paper: bool = False,
) -> None:
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a page as a JPEG."""
    page = open_document(path)[number]
    scale = max(zoom_size) / max(page.get_size())
    # PDFium crops by margins: left, bottom, right, top
    whole = [round(value * scale) for value in page.get_size()]
    crop = [box[0] / scale, (whole[1] - box[3]) / scale, (whole[0] - box[2]) / scale, box[1] / scale]
    image = draw(page, scale, tuple(max(0, value) for value in crop))
    size = (box[2] - box[0], box[3] - box[1])
    images.save_jpeg(image if image.size == size else image.resize(size), target)
