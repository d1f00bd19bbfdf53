"""PDF pages through PDFium: used where poppler is missing or gives up on a page."""

import pypdfium2

from . import images
from .errors import FileRefusedError


def _open(path):
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise FileRefusedError("damaged", page=0) from error


def render_pages(path, numbers, side, target_of):
    """Write pages (numbers from 0) as JPEG, ``side`` pixels on the longest side."""
    document = _open(path)
    for number in numbers:
        page = document[number]
        scale = side / max(page.get_size())
        images.save_jpeg(page.render(scale=scale).to_pil().convert("RGB"), target_of(number))
        page.close()


def render_region(path, number, zoom_size, box, target):
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a page as a JPEG."""
    page = _open(path)[number]
    scale = max(zoom_size) / max(page.get_size())
    # PDFium crops by margins: left, bottom, right, top
    whole = [round(value * scale) for value in page.get_size()]
    crop = [box[0] / scale, (whole[1] - box[3]) / scale, (whole[0] - box[2]) / scale, box[1] / scale]
    image = page.render(scale=scale, crop=tuple(max(0, value) for value in crop)).to_pil().convert("RGB")
    size = (box[2] - box[0], box[3] - box[1])
    images.save_jpeg(image if image.size == size else image.resize(size), target)
