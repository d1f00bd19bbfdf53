"""A second, independent renderer looks at every page: where it sees something else, a person should, too."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter

from . import difference, ghostscript, images, pdfium
from .errors import FileRefusedError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from .shapes import File, Page, Place

#: Pixels of the longest side that pages are compared with, and that the second picture is kept with.
_SIDE, _KEPT_SIDE = 320, 1000
#: Where they differ, both are drawn again with so many, and looked at from as far away as before.
_FINER_SIDE = 1280
#: Levels of a color channel that two renderers differ by without showing anything else.
_LEVEL = 70
#: Pixels of a connected area from which a difference is one that people see (about 2 mm by 5 mm of an A4 page).
_AREA = 24


def disagreements(path: File, pages: Sequence[Page], target: File, profile: str) -> list[dict[str, Any]]:
    """Return the pages that PDFium draws otherwise: list of ``{"frame", "box", "picture"}``.

    :param pages: ``frame`` and ``picture`` (path of what Ghostscript drew) of each page
    :param target: folder for the pictures of the second renderer
    :param profile: path of the shop's press profile, empty for RGB
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = ghostscript.Opened(path, folder, profile)
        # the same file as Ghostscript's, with the layers that are printed
        document = pdfium.open_document(opened.path)
        looker = _Looker(opened, document)
        for page in pages:
            box = looker.differs(page["frame"], page["picture"])
            if box:
                picture = Path(target) / f"second-{page['frame']}.jpg"
                sheet = document[page["frame"]]
                images.save_jpeg(pdfium.draw_page(sheet, _KEPT_SIDE), picture)
                found.append({"frame": page["frame"], "box": box, "picture": str(picture)})
    return found


class _Looker:
    """Compares pages with what PDFium makes of them."""

    def __init__(self, opened: ghostscript.Opened, document: PdfDocument) -> None:
        self.opened, self.document = opened, document

    def differs(self, number: int, picture: File) -> Place | None:
        """Return where (fractions of the page) the renderers see something else, or None."""
        kept = Image.open(picture)
        kept.draft("RGB", (_SIDE, _SIDE))
        other = self._draw_other(number, _SIDE)
        shown = kept.convert("RGB").resize(other.size, Image.Resampling.BOX)
        if not _difference(shown, other):
            return None
        # of a fine pattern, coarse pictures take some points only: a finer one is looked at from as far away
        other = self._draw_other(number, _FINER_SIDE).resize(shown.size, Image.Resampling.BOX)
        box = _difference(shown, other)
        if box and self._is_overprint(number, other):
            # PDFium knows no overprint; without it, both see the same
            return None
        return box

    def _draw_other(self, number: int, side: int) -> Image.Image:
        return self.opened.press_of(number).through(pdfium.draw_page(self.document[number], side))

    def _is_overprint(self, number: int, other: Image.Image) -> bool:
        if not self.opened.usage_of(number).overprint:
            return False
        try:
            with_it, without = (
                self._draw(number, overprint).resize(other.size, Image.Resampling.BOX) for overprint in (True, False)
            )
        except (FileRefusedError, FileNotFoundError):
            return False
        return bool(_difference(with_it, without)) and not _difference(without, other)

    def _draw(self, number: int, overprint: bool) -> Image.Image:
        size = self.opened.size_of(number, _FINER_SIDE)
        return self.opened.press_of(number).shown(next(self.opened.draw(number, number, size, overprint=overprint)))


def _difference(first: Image.Image, second: Image.Image) -> Place | None:
    blur = ImageFilter.BoxBlur(1)
    strongest = difference.strongest(*(picture.filter(blur) for picture in (first, second)))
    mask = strongest.point(lambda value: 255 if value > _LEVEL else 0)
    if not mask.getbbox():
        return None
    for left, top, right, bottom in difference.regions_of(mask):
        part = mask.crop((left, top, right, bottom))
        if part.histogram()[255] >= _AREA:
            width, height = mask.size
            return [round(left / width, 5), round(top / height, 5), round(right / width, 5), round(bottom / height, 5)]
    return None
