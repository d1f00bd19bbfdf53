"""What a file claims to be (PDF/X) and what it says of its press: output intents."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf

from . import press
from .errors import FileRefusedError
from .findings import ERROR, INFO, WARNING, finding

if TYPE_CHECKING:
    from .shapes import Finding, Wishes

#: From which dE2000 on the average of their tones two profiles are of different presses (FOGRA39L and SWOP: 2.7).
OTHER = 2.0
_CLAIM = re.compile(r"PDF/X-(1a|3|4)")


def claim_of(pdf: pikepdf.Pdf) -> str:
    """Return ``1a``, ``3`` or ``4``, or an empty text."""
    texts = [str(pdf.docinfo.get(key, "")) for key in ("/GTS_PDFXConformance", "/GTS_PDFXVersion")]
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream):
        data = metadata.read_bytes().decode("utf-8", "replace")
        texts += re.findall(r"GTS_PDFXVersion\W+(PDF/X-\w+)", data)
    for text in texts:
        match = _CLAIM.search(text)
        if match:
            return match[1]
    return ""


def check(pdf: pikepdf.Pdf, profile: Wishes, printed_with: str = "") -> list[Finding]:
    """Return what is to be said of output intents, layers and forms.

    :param printed_with: path of the shop's press profile, empty for RGB
    """
    found = _check_intents(pdf, profile, printed_with)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        if "/XFA" in form and pdf.Root.get("/NeedsRendering") is True:
            found.append(finding("dynamic_form", ERROR))
        elif len(form.get("/Fields", [])):
            found.append(finding("form", WARNING))
    properties = pdf.Root.get("/OCProperties")
    groups: Any = properties.get("/OCGs", []) if isinstance(properties, pikepdf.Dictionary) else []
    if len(groups):
        found.append(finding("layers", INFO, 0, count=len(groups)))
    return found


def _check_intents(pdf: pikepdf.Pdf, profile: Wishes, printed_with: str) -> list[Finding]:
    document = press.intents_of(pdf.Root)
    by_page = [press.intents_of(page.obj) if "/OutputIntents" in page.obj else [] for page in pdf.pages]
    usable = []
    for channels, stream in [*document, *itertools.chain.from_iterable(by_page)]:
        try:
            press.check_bytes(stream.read_bytes(), channels)
        except (FileRefusedError, pikepdf.PdfError):
            return [finding("intent_broken", WARNING)]
        if channels == 4 and stream not in usable:
            usable.append(stream)
    covered = any(channels == 4 for channels, _stream in document) or all(by_page)
    found = [] if (usable and covered) or not profile["needs_intent"] else [finding("intent_missing", WARNING)]
    names = [press.name_of(stream.read_bytes()) for stream in usable if _is_other(stream, printed_with)]
    return found + [finding("intent_other", WARNING, 0, intent=name) for name in dict.fromkeys(names)]


def _is_other(stream: pikepdf.Stream, printed_with: str) -> bool:
    """Return whether a file is made for inks or a paper that look otherwise than those of the shop."""
    if not printed_with or press.mode_of(printed_with) != "CMYK":
        return False
    try:
        return press.distance(stream.read_bytes(), Path(printed_with).read_bytes()) > OTHER
    except FileRefusedError:
        return False  # a profile without colors is not used either


def check_claim(pdf: pikepdf.Pdf, families: set[str]) -> list[Finding]:
    """Return the rules that a file breaks of the standard that it says it keeps.

    :param families: of colors that are painted, with ``transparency`` where something is seen through
    """
    claim = claim_of(pdf)
    if not claim:
        return []
    intents = pdf.Root.get("/OutputIntents")
    kinds = [str(intent.get("/S")) for intent in intents] if isinstance(intents, pikepdf.Array) else []
    broken = {
        "pdfx_intent": "/GTS_PDFX" not in kinds,
        "pdfx_trim": any("/TrimBox" not in page.obj and "/ArtBox" not in page.obj for page in pdf.pages),
        "pdfx_encrypted": pdf.is_encrypted,
        "pdfx_transparency": claim in ("1a", "3") and "transparency" in families,
        "pdfx_rgb": claim == "1a" and bool(families & {"RGB", "Lab"}),
    }
    return [finding(code, WARNING, 0, claim=f"PDF/X-{claim}") for code, is_broken in broken.items() if is_broken]
