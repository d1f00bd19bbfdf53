"""What a file claims to be (PDF/X) and what it says of its press: output intents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pikepdf

from . import press
from .errors import FileRefusedError
from .findings import INFO, WARNING, finding

if TYPE_CHECKING:
    from .shapes import Finding, Wishes

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


def check(pdf: pikepdf.Pdf, profile: Wishes) -> list[Finding]:
    """Return what is to be said of output intents, layers and forms."""
    found = _check_intents(pdf, profile)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and len(form.get("/Fields", [])):
        found.append(finding("form", WARNING))
    properties = pdf.Root.get("/OCProperties")
    groups: Any = properties.get("/OCGs", []) if isinstance(properties, pikepdf.Dictionary) else []
    if len(groups):
        found.append(finding("layers", INFO, 0, count=len(groups)))
    return found


def _check_intents(pdf: pikepdf.Pdf, profile: Wishes) -> list[Finding]:
    intents = press.intents_of(pdf)
    usable = 0
    for channels, stream in intents:
        try:
            press.check_bytes(stream.read_bytes(), channels)
            usable += channels == 4
        except (FileRefusedError, pikepdf.PdfError):
            return [finding("intent_broken", WARNING)]
    if not usable and profile["needs_intent"]:
        return [finding("intent_missing", WARNING)]
    return []


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
