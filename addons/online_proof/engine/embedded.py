"""What is embedded in a file: programs of fonts, and pictures as they are compressed."""

import io
import struct
from typing import Any

import pikepdf
from PIL import JpegImagePlugin

#: Tables that a TrueType font in a PDF has at least (ISO 32000-1, 9.9).
_TABLES = {b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"}
_OUTLINES = {b"\0\1\0\0", b"true", b"OTTO"}
#: Sum of the numbers of the standard table for brightness (ITU-T T.81, table K.1): what quality 50 divides by.
_STANDARD = 3688
_HEAD = 1 << 16


def font_fault(font: pikepdf.Object) -> str:
    """Return the code of what is wrong with a font: ``font_not_embedded``, ``font_damaged`` or an empty text."""
    if not is_embedded(font):
        return "font_not_embedded"
    return "" if all(_is_whole(key, program) for key, program in _programs(font)) else "font_damaged"


def is_embedded(font: Any) -> bool:
    """Return whether a font's letters are in the file; those of Type 3 are drawings of the page."""
    return font.get("/Subtype") == "/Type3" or bool(_programs(font))


def _programs(font: Any) -> list[tuple[str, Any]]:
    """Return pairs of kind and stream: the program of a font, where it is embedded."""
    if font.get("/Subtype") == "/Type3":
        return []
    holder = font.DescendantFonts[0] if font.get("/Subtype") == "/Type0" else font
    descriptor: Any = holder.get("/FontDescriptor", {})
    return [(key, descriptor[key]) for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]


def _is_whole(key: str, program: pikepdf.Object) -> bool:
    try:
        data = program.read_bytes()
    except (pikepdf.PdfError, AttributeError):
        return False
    if key == "/FontFile":
        return data.lstrip()[:2] == b"%!" or data[:1] == b"\x80"
    if key == "/FontFile3" and data[:4] not in _OUTLINES:
        # bare CFF: version 1, then the size of its header
        return len(data) > 4 and data[0] == 1 and data[2] >= 4
    return _has_tables(data, _TABLES if key == "/FontFile2" else {b"CFF "})


def _has_tables(data: bytes, needed: set[bytes]) -> bool:
    """Return whether an sfnt has the tables and all of their bytes."""
    if data[:4] not in _OUTLINES or len(data) < 12:
        return False
    count = struct.unpack(">H", data[4:6])[0]
    directory = data[12 : 12 + 16 * count]
    if len(directory) < 16 * count:
        return False
    found = set()
    for tag, _checksum, offset, length in struct.iter_unpack(">4s3I", directory):
        if tag in needed and offset + length <= len(data):
            found.add(tag)
    return found == needed


def letter_widths(font: Any) -> list[float]:
    """Return about how wide the letter of each byte is, in ems: exact widths matter to nobody who looks for a place."""
    if font is not None and font.get("/Subtype") == "/Type0":
        return [0.25] * 256  # two bytes make a letter
    table = [0.5] * 256
    try:
        unit = float(font.FontMatrix[0]) if font.get("/Subtype") == "/Type3" else 0.001
        first = int(font.get("/FirstChar", 0))
        for code, width in enumerate(font.get("/Widths", ()), first):
            if 0 <= code < 256:
                table[code] = float(width) * unit
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, IndexError):
        return table  # as far as they can be read
    return table


def jpeg_quality(stream: pikepdf.Stream | None) -> int | None:
    """Return with which quality (0 to 100, as the programs of the Independent JPEG Group count) a picture was saved.

    None where it is no JPEG, or cannot be told.
    """
    if stream is None or stream.get("/Filter") not in ("/DCTDecode", ["/DCTDecode"]):
        return None
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(stream.read_raw_bytes()[:_HEAD])) as picture:
            table = picture.quantization.get(0)
    except (OSError, SyntaxError, ValueError, pikepdf.PdfError):
        return None
    if not table:
        return None
    scale = sum(table) / _STANDARD * 100
    return round(5000 / scale if scale > 100 else (200 - scale) / 2)
