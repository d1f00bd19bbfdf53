"""Simple mends of a PDF: trim box, bleed, rotation, colors of the press. Each writes a new file."""

import subprocess
import tempfile
from pathlib import Path

import pikepdf

from . import const, documents, ghostscript
from .errors import FileRefusedError
from .shapes import Box, Wishes

_PER_MM = 72 / 25.4
#: Points that a box may miss the wanted size by.
_EPSILON = 0.6


def mend(path: str, kind: str, target: str, *, expected: Wishes, angle: int = 0, press: str = "") -> None:
    """Write the mended file.

    :param kind: ``trim`` (set the product's format in the middle of each page), ``bleed`` (mirror the edges outwards),
        ``rotate`` (by ``angle`` degrees clockwise) or ``press`` (turn RGB into the inks of the press)
    :param expected: ``width_mm``, ``height_mm`` and ``bleed_mm`` of the product, 0 where unknown
    :param press: path of the shop's press profile, empty for RGB
    :raises FileRefusedError: with the code ``mend_*`` if it cannot be done
    """
    if kind == "press":
        _to_press(path, target, press)
        return
    with documents.open_pdf(path) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            if kind == "rotate":
                page.rotate(angle, relative=True)
            elif kind == "trim":
                _set_trim(page, number, expected)
            else:
                _add_bleed(pdf, page, expected)
        pdf.save(target)


def _array(box: Box) -> pikepdf.Array:
    return pikepdf.Array([round(value, 4) for value in box])


def _set_trim(page: pikepdf.Page, number: int, expected: Wishes) -> None:
    left, bottom, right, top = documents.visible_box(page)
    unit = documents.unit_of(page)
    wanted = [expected[key] * _PER_MM / unit for key in ("width_mm", "height_mm")]
    if not all(wanted):
        raise FileRefusedError("mend_no_format")
    if documents.rotation_of(page) in (90, 270):
        wanted.reverse()
    sheet = (right - left, top - bottom)
    fits = [side for side in (wanted, wanted[::-1]) if all(map(lambda one, all_: one <= all_ + _EPSILON, side, sheet))]
    if not fits:
        raise FileRefusedError("mend_too_small", page=number)
    rooms = [max((all_ - one) / 2, 0) for one, all_ in zip(fits[0], sheet, strict=True)]
    bleed = expected["bleed_mm"] * _PER_MM / unit
    page.obj.TrimBox = _array((left + rooms[0], bottom + rooms[1], right - rooms[0], top - rooms[1]))
    extra = [min(bleed, room) for room in rooms]
    trim = documents.box_of(page.obj.TrimBox)
    page.obj.BleedBox = _array((trim[0] - extra[0], trim[1] - extra[1], trim[2] + extra[0], trim[3] + extra[1]))


def _add_bleed(pdf: pikepdf.Pdf, page: pikepdf.Page, expected: Wishes) -> None:
    """Mirror the page outwards at its edges and corners, as far as the bleed goes."""
    bleed = expected["bleed_mm"] * _PER_MM / documents.unit_of(page)
    if not bleed:
        raise FileRefusedError("mend_no_format")
    left, bottom, right, top = trim = (
        documents.trim_of(page) if "/TrimBox" in page.obj else documents.box_of(page.cropbox)
    )
    outer = (left - bleed, bottom - bleed, right + bleed, top + bleed)
    rotation = documents.rotation_of(page)
    for key in ("/CropBox", "/Rotate"):
        if key in page.obj:
            del page.obj[key]
    page.obj.Rotate = 0
    page.obj.MediaBox = _array(trim)
    look = _look_of(pdf, page, trim)
    parts = []
    for flip_x, shift_x in ((1, 0), (-1, 2 * left), (-1, 2 * right)):
        for flip_y, shift_y in ((1, 0), (-1, 2 * bottom), (-1, 2 * top)):
            parts.append(f"q {flip_x} 0 0 {flip_y} {shift_x:.4f} {shift_y:.4f} cm /OnlineProofLook Do Q")
    page.obj.Contents = pdf.make_stream("\n".join(parts).encode())
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(OnlineProofLook=look))
    page.obj.MediaBox = page.obj.CropBox = page.obj.BleedBox = _array(outer)
    page.obj.TrimBox = _array(trim)
    page.obj.Rotate = rotation
    if "/ArtBox" in page.obj:
        del page.obj["/ArtBox"]


def _look_of(pdf: pikepdf.Pdf, page: pikepdf.Page, trim: Box) -> pikepdf.Stream:
    """Return a form with the content of a page, cut at its trim: nothing from outside gets into a mirror."""
    page.contents_coalesce()
    content = page.obj.get("/Contents")
    # copied at once: what qpdf makes of a page reads its content when it is saved, and this page draws the form
    look = pdf.make_stream(content.read_bytes() if content is not None else b"")
    look.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": _array(trim)})
    look.Resources = page.resources
    if "/Group" in page.obj:
        look.Group = page.obj.Group
    return look


def _to_press(path: str, target: str, profile: str) -> None:
    """Let Ghostscript write the file anew; what is not RGB stays as it is, spot colors too."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = ghostscript.Opened(path, folder, profile)
        if opened.press.mode != "CMYK":
            raise FileRefusedError("mend_no_press")
        options = [
            "-sDEVICE=pdfwrite",
            "-sColorConversionStrategy=CMYK",
            "-sProcessColorModel=DeviceCMYK",
            f"-sOutputICCProfile={opened.press.path}",
            "-dAutoRotatePages=/None",
            "-dPassThroughJPEGImages=true",
            "-dDownsampleColorImages=false",
            "-dDownsampleGrayImages=false",
            "-dDownsampleMonoImages=false",
            "-dAutoFilterColorImages=false",
            "-sColorImageFilter=FlateEncode",
            "-dCompatibilityLevel=1.6",
            f"-sOutputFile={target}",
        ]
        process = ghostscript.start(opened.path, folder, options, ghostscript.REWRITE)
        try:
            process.communicate(timeout=const.LONG_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise FileRefusedError("too_heavy") from error
        if process.returncode or not Path(target).exists():
            raise FileRefusedError("mend_failed")
    _keep_boxes(path, target)


def _keep_boxes(path: str, target: str) -> None:
    """Give the pages the boxes that they had."""
    with documents.open_pdf(path) as old, pikepdf.open(target, allow_overwriting_input=True) as new:
        if len(old.pages) != len(new.pages):
            raise FileRefusedError("mend_failed")
        for before, after in zip(old.pages, new.pages, strict=True):
            for key in ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"):
                if key in before.obj or key == "/MediaBox":
                    box = before.mediabox if key == "/MediaBox" else before.obj[key]
                    after.obj[key] = _array(documents.box_of(box))
        new.save(target)
