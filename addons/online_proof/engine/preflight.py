"""What may go wrong on the press: findings as codes with severity, page, place and numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2

from . import annots, barcodes, boxes, claims, content, documents, images, ink, rules
from .errors import FileRefusedError
from .findings import ERROR, INFO, WARNING, finding
from .layers import Layers
from .paint import FAULTS, State

if TYPE_CHECKING:
    from .shapes import File, Finding, Wishes

#: Frames of a picture that are looked at for barcodes, and how many pixels of each.
_PICTURES_READ, _PICTURE_SIDE = 10, 2800


def preflight(path: File, expected: Wishes, profile: Wishes, press: str = "") -> list[Finding]:
    """Return all findings for a file, in one go; ``client.preflight`` gives each part a process of its own.

    :param press: path of the shop's press profile, empty for RGB
    :raises FileRefusedError: if the file cannot be read at all
    """
    found, codes = examine(path, expected, profile, press)
    return found + check_codes(path, codes) + _check_ink(path, profile.get("total_ink", 0), press)


def _check_ink(path: File, limit: float, press: str) -> list[Finding]:
    try:
        return ink.check(path, limit, press) if limit else []
    except (FileRefusedError, FileNotFoundError):
        return [finding("ink_not_measured", INFO)]  # Ghostscript is missing or cannot draw the file


def examine(
    path: File, expected: Wishes, profile: Wishes, press: str = "", *, deep: bool = True
) -> tuple[list[Finding], list[barcodes.Place]]:
    """Return the findings for a file, and the places where barcodes may be.

    :param expected: ``width_mm``, ``height_mm``, ``bleed_mm`` and ``pages`` of the product, 0 where unknown
    :param profile: what the shop asks for, see ``rules.DEFAULTS``
    :param press: path of the shop's press profile, empty for RGB
    :param deep: read what the pages paint, too
    :raises FileRefusedError: if the file cannot be read at all
    """
    profile = {**rules.DEFAULTS, **profile}
    if documents.kind_of(path) == "image":
        return _check_image(path, expected, profile), []
    with documents.open_pdf(path) as pdf:
        found = boxes.check_page_count(len(pdf.pages), expected)
        checks = [partial(check, pdf, expected) for check in (_check_protection, _check_extras, _check_sizes)]
        for check in (*checks, partial(claims.check, pdf, profile, press)):
            found += [one for one in _safely(check) if one not in found]
        document = _Document(pdf, expected, profile)
        found += document.check(deep=deep)
        if not deep:
            return [*found, finding("not_read_fully", WARNING)], []
        return found + _safely(lambda: claims.check_claim(pdf, document.inks.families)), document.codes


def _safely(check: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what a check finds; one that fails is said to."""
    try:
        return check()
    except FAULTS:
        return [finding("not_read_fully", WARNING)]


class _Document:
    """The pages of a document, one after another: a check that fails is a note, and the others go on."""

    def __init__(self, pdf: pikepdf.Pdf, expected: Wishes, profile: Wishes) -> None:
        self.pdf, self.expected, self.profile = pdf, expected, profile
        self.found: list[Finding] = []
        self.codes: list[barcodes.Place] = []
        self.fonts: dict[tuple[Any, ...], tuple[int, str]] = {}
        self.inks = rules.Inks(profile)
        self.reader = content.Reader(lambda _paint: None, Layers(pdf))

    def check(self, *, deep: bool) -> list[Finding]:
        """Return the findings of all pages."""
        steps = (self.check_boxes, self.check_content) if deep else (self.check_boxes,)
        for number, page in enumerate(self.pdf.pages, 1):
            faults = self.reader.faults
            for step in steps:
                try:
                    step(page, number)
                except FAULTS:
                    self.reader.faults += 1
            if self.reader.faults > faults:
                self.found.append(finding("damaged_page", WARNING, number))
        if self.reader.budget <= 0:
            self.found.append(finding("not_read_fully", WARNING))
        bad = sorted({(first, name, code) for (name, _key), (first, code) in self.fonts.items() if code})
        told = {(name, code): first for first, name, code in reversed(bad)}
        for (name, code), first in sorted(told.items()):
            self.found.append(finding(code, ERROR, first, font=name))
        return self.found + self.inks.findings()

    def check_boxes(self, page: pikepdf.Page, number: int) -> None:
        """Look at the boxes of a page."""
        self.found += boxes.check_page(page, number, self.expected)

    def check_content(self, page: pikepdf.Page, number: int) -> None:
        """Look at what a page paints, and at the annotations that print."""
        sheet = boxes.Sheet(page, self.expected.get("bleed_mm") or 0)
        faults = self.reader.faults
        looker = rules.PageRules(number, sheet, self.profile, self.fonts, self.inks)
        with self.reader.telling(looker.look):
            self.reader.walk(page.obj, State(clip=sheet.printed))
            self.found += annots.check(page, number, sheet, self.reader)
        self.found += looker.findings(damaged=self.reader.faults > faults)
        self.codes += looker.codes()


def check_codes(path: File, codes: list[barcodes.Place]) -> list[Finding]:
    """Return what is wrong with the barcodes of a PDF."""
    try:
        return barcodes.check(path, codes)
    except (FileRefusedError, pypdfium2.PdfiumError):
        return []  # PDFium cannot draw the file, which is told elsewhere


# Pictures


def _check_image(path: File, expected: Wishes, profile: Wishes) -> list[Finding]:
    found = []
    minimum = profile["minimum_dpi"]
    with images.open_image(path) as image:
        described = [images.describe(image, frame) for frame in images.frames(image)]
    found += boxes.check_page_count(len(described), expected)
    for number, page in enumerate(described, 1):
        found += boxes.check_size((page["width_mm"], page["height_mm"]), None, number, expected)
        if not page["dpi"]:
            found.append(finding("resolution_unknown", INFO, number))
        elif page["dpi"] < minimum:
            found.append(finding("low_resolution", WARNING, number, dpi=page["dpi"], minimum=minimum))
        if number <= _PICTURES_READ:
            found += _check_codes_of_picture(path, number, page)
        if page["mode"] in ("RGB", "RGBA", "P", "PA") and profile["rgb"] != "ignore":
            found.append(finding("rgb", profile["rgb"], number))
    return found


def _check_codes_of_picture(path: File, number: int, page: dict[str, Any]) -> list[Finding]:
    try:
        picture = images.load(path, page["frame"], _PICTURE_SIDE)
    except FileRefusedError:
        return []  # what cannot be drawn is told elsewhere
    picture.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
    dpi = picture.width / page["width_mm"] * 25.4 if page["dpi"] else 0
    fault = barcodes.look(picture, "picture", dpi)
    return [finding(fault[0], WARNING, number, **fault[1])] if fault else []


# Documents


def _check_protection(pdf: pikepdf.Pdf, _expected: Wishes) -> list[Finding]:
    found = [finding("restricted", WARNING)] if pdf.is_encrypted else []
    return found + ([finding("repaired", WARNING)] if pdf.get_warnings() else [])


def _check_extras(pdf: pikepdf.Pdf, _expected: Wishes) -> list[Finding]:
    found = []
    root = pdf.Root
    names: Any = root.get("/Names", {})
    action = root.get("/OpenAction")
    script = isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/JavaScript"
    if script or "/JavaScript" in names:
        found.append(finding("javascript", WARNING))
    if "/EmbeddedFiles" in names or len(pdf.attachments):
        found.append(finding("attachments", WARNING))
    return found


def _check_sizes(pdf: pikepdf.Pdf, expected: Wishes) -> list[Finding]:
    sizes = {tuple(round(side) for side in boxes.trim_size(page)) for page in pdf.pages}
    if len(sizes) > 1 and not expected.get("width_mm"):
        return [finding("mixed_sizes", INFO, 0, count=len(sizes))]
    return []
