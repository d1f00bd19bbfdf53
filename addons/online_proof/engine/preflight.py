"""What may go wrong on the press: findings as codes with severity, page, place and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2

from . import barcodes, boxes, claims, content, documents, images, ink, rules
from .errors import FileRefusedError
from .findings import ERROR, INFO, WARNING, finding
from .paint import IDENTITY

if TYPE_CHECKING:
    from .shapes import File, Finding, Wishes

_FAULTS = (pikepdf.PdfError, pikepdf.DependencyError, AttributeError, TypeError, ValueError, KeyError, IndexError)
_PRINTS, _HIDDEN = 4, 2
#: Frames of a picture that are looked at for barcodes, and how many pixels of each.
_PICTURES_READ, _PICTURE_SIDE = 10, 2800


def preflight(path: File, expected: Wishes, profile: Wishes, press: str = "") -> list[Finding]:
    """Return the findings for a file.

    :param expected: ``width_mm``, ``height_mm``, ``bleed_mm`` and ``pages`` of the product, 0 where unknown
    :param profile: what the shop asks for, see ``rules.DEFAULTS``
    :param press: path of the shop's press profile, empty for RGB
    :raises FileRefusedError: if the file cannot be read at all
    """
    profile = {**rules.DEFAULTS, **profile}
    if documents.kind_of(path) == "image":
        return _check_image(path, expected, profile)
    with documents.open_pdf(path) as pdf:
        found = _check_document(pdf, expected, profile)
        pages, codes = _check_pages(pdf, expected, profile)
    return found + pages + _check_codes(path, codes) + _check_ink(path, profile, press)


def _check_pages(pdf: pikepdf.Pdf, expected: Wishes, profile: Wishes) -> tuple[list[Finding], list[barcodes.Place]]:
    """Return the findings of all pages, and the places where barcodes may be."""
    found: list[Finding] = []
    codes: list[barcodes.Place] = []
    reader, inks = None, rules.Inks(profile)
    fonts: dict[str, tuple[int, str]] = {}
    budget = content.OPERATORS
    for number, page in enumerate(pdf.pages, 1):
        try:
            found += boxes.check_page(page, number, expected)
            sheet = boxes.Sheet(page)
            looker = rules.PageRules(number, sheet, profile, fonts, inks)
            reader = content.Reader(looker.look)
            reader.budget = budget
            reader.walk(page.obj)
            found += _check_annotations(page, number, sheet, reader)
            budget = reader.budget
            found += looker.findings()
            codes += looker.codes()
            if reader.faults:
                found.append(finding("damaged_page", WARNING, number))
        except _FAULTS:
            # a check that fails is a note, never a reason to refuse what a renderer shows
            found.append(finding("damaged_page", WARNING, number))
    if budget <= 0:
        found.append(finding("not_read_fully", INFO))
    for name, (first_page, code) in sorted(fonts.items()):
        if code:
            found.append(finding(code, ERROR, first_page, font=name))
    return found + inks.findings() + claims.check_claim(pdf, inks.families), codes


def _check_annotations(page: pikepdf.Page, number: int, sheet: boxes.Sheet, reader: content.Reader) -> list[Finding]:
    """Read the annotations that print; each of them is told."""
    found = []
    annotations: Any = page.obj.get("/Annots", [])
    annotation: Any
    for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
        flags = int(annotation.get("/F", 0))
        if not isinstance(annotation, pikepdf.Dictionary) or not flags & _PRINTS or flags & _HIDDEN:
            continue
        states: Any = annotation.get("/AP", {})
        look: Any = states.get("/N")
        if isinstance(look, pikepdf.Dictionary) and not isinstance(look, pikepdf.Stream):
            look = look.get(str(annotation.get("/AS", "/Off")))
        if not isinstance(look, pikepdf.Stream):
            continue
        left, bottom, _right, _top = documents.box_of(annotation.Rect)
        area = documents.box_of(look.get("/BBox", [0, 0, 1, 1]))
        reader.walk(look, content.State(matrix=(*IDENTITY[:4], left - area[0], bottom - area[1])), 1)
        if annotation.get("/Subtype") != "/Widget":
            place = sheet.fractions(documents.box_of(annotation.Rect))
            found.append(finding("annotation", WARNING, number, place))
    return found


def _check_codes(path: File, codes: list[barcodes.Place]) -> list[Finding]:
    try:
        return barcodes.check(path, codes)
    except (FileRefusedError, pypdfium2.PdfiumError):
        return []  # PDFium cannot draw the file, which is told elsewhere


def _check_ink(path: File, profile: Wishes, press: str) -> list[Finding]:
    if not profile["total_ink"]:
        return []
    try:
        return ink.check(path, profile["total_ink"], press)
    except (FileRefusedError, FileNotFoundError):
        return []  # Ghostscript is missing or cannot draw the file, which is told elsewhere


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


def _check_document(pdf: pikepdf.Pdf, expected: Wishes, profile: Wishes) -> list[Finding]:
    found = boxes.check_page_count(len(pdf.pages), expected)
    if pdf.is_encrypted:
        found.append(finding("restricted", WARNING))
    if pdf.get_warnings():
        found.append(finding("repaired", WARNING))
    root = pdf.Root
    names: Any = root.get("/Names", {})
    action = root.get("/OpenAction")
    script = isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/JavaScript"
    if script or "/JavaScript" in names:
        found.append(finding("javascript", WARNING))
    if "/EmbeddedFiles" in names or len(pdf.attachments):
        found.append(finding("attachments", WARNING))
    sizes = {tuple(round(side) for side in boxes.trim_size(page)) for page in pdf.pages}
    if len(sizes) > 1 and not expected.get("width_mm"):
        found.append(finding("mixed_sizes", INFO, 0, count=len(sizes)))
    return found + claims.check(pdf, profile)
