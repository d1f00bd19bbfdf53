"""What is embedded in a file: programs of fonts, and pictures as they are compressed."""

import io
import struct
import zlib
from typing import Any

import pikepdf
from PIL import JpegImagePlugin

from .paint import Color

#: Tables that a TrueType font in a PDF has at least (ISO 32000-1, 9.9).
_TABLES = {b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"}
_OUTLINES = {b"\0\1\0\0", b"true", b"OTTO"}
#: Sum of the numbers of the standard table for brightness (ITU-T T.81, table K.1): what quality 50 divides by.
_STANDARD = 3688
_HEAD = 1 << 16
#: Bytes of the encrypted part of a PostScript font, which holds the letters.
_LEAST_TYPE1 = 200
#: Colors of a JPEG 2000, by number and by the name that a profile has for them.
_ENUMERATED = {12: "CMYK", 14: "Lab", 16: "RGB", 17: "Gray", 18: "RGB"}
#: What people call the filters of pictures.
_COMPRESSIONS = {
    "/DCTDecode": "JPEG",
    "/JPXDecode": "JPEG 2000",
    "/JBIG2Decode": "JBIG2",
    "/CCITTFaxDecode": "Fax",
    "/FlateDecode": "ZIP",
    "/LZWDecode": "LZW",
    "/RunLengthDecode": "RLE",
}
_PROFILED = {b"RGB ": "RGB", b"CMYK": "CMYK", b"GRAY": "Gray", b"Lab ": "Lab"}


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
        return _is_whole_type1(data)
    if key == "/FontFile3" and data[:4] not in _OUTLINES:
        return _is_whole_cff(data)
    return _has_tables(data, _TABLES if key == "/FontFile2" else {b"CFF "})


def _is_whole_type1(data: bytes) -> bool:
    """Return whether a PostScript font has its header and something of its encrypted part."""
    start = data.find(b"eexec")
    return (data.lstrip()[:2] == b"%!" or data[:1] == b"\x80") and 0 < start < len(data) - _LEAST_TYPE1


def _is_whole_cff(data: bytes) -> bool:
    """Return whether a bare CFF has its first tables, and all bytes of its letters (Adobe technical note 5176)."""
    try:
        if data[0] != 1 or data[2] < 4:
            return False
        names = _end_of_index(data, data[2])
        tops = _end_of_index(data, names)
        letters = _letters_at(data[names:tops])
        ends = [_end_of_index(data, tops), _end_of_index(data, letters)]
    except (IndexError, ValueError):
        return False
    return letters > 0 and all(end <= len(data) for end in ends)


def _end_of_index(data: bytes, start: int) -> int:
    """Return where a list of objects of a CFF ends."""
    count = int.from_bytes(data[start : start + 2], "big")
    if not count:
        return start + 2
    wide = data[start + 2]
    last = start + 3 + count * wide
    if not 1 <= wide <= 4 or last + wide > len(data):
        raise ValueError("an index of a CFF is cut off")
    return last + wide - 1 + int.from_bytes(data[last : last + wide], "big")


def _letters_at(index: bytes) -> int:
    """Return where the letters begin, as the dictionary of the font says (operator 17)."""
    at = 3 + 2 * index[2]  # one font: two offsets
    number = 0
    while at < len(index):
        first = index[at]
        if first == 17:
            return number
        if first == 28:
            number = int.from_bytes(index[at + 1 : at + 3], "big", signed=True)
        elif first == 29:
            number = int.from_bytes(index[at + 1 : at + 5], "big", signed=True)
        elif 32 <= first <= 246:
            number = first - 139
        elif 247 <= first <= 250:
            number = (first - 247) * 256 + index[at + 1] + 108
        at += _size_of_token(index, at)
    return 0


def _size_of_token(data: bytes, at: int) -> int:
    first = data[at]
    if first == 30:  # a real number, up to a half byte of 15
        end = at + 1
        while data[end] & 15 != 15 and data[end] >> 4 != 15:
            end += 1
        return end + 1 - at
    if 247 <= first <= 254 or first == 12:
        return 2
    return {28: 3, 29: 5}.get(first, 1)


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


def table_of(space: Any) -> bytes | None:
    """Return the colors of an indexed color space, None for others."""
    if not isinstance(space, pikepdf.Array) or str(space[0]) not in ("/Indexed", "/I"):
        return None
    table = space[3]
    return table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table)


def looked_up(color: Color, index: int) -> tuple[float, ...]:
    """Return the values of a color of an indexed space."""
    channels = len(color.names) or {"CMYK": 4, "RGB": 3, "Lab": 3}.get(color.family, 1)
    return tuple(value / 255 for value in (color.table or b"")[index * channels : (index + 1) * channels])


def wavelet_family(stream: Any) -> str:
    """Return the family of the colors of a JPEG 2000, which may say it instead of the PDF (ISO 15444-1, I.5.3.3)."""
    if stream is None or stream.get("/Filter") is None or filters_of(stream) != ["/JPXDecode"]:
        return "other"
    data = stream.read_raw_bytes()[:_HEAD]
    at = data.find(b"colr") + 4
    if at < 4:
        return "other"
    if data[at] == 1:
        return _ENUMERATED.get(int.from_bytes(data[at + 3 : at + 7], "big"), "other")
    # a profile: bytes 16 to 19 of an ICC profile name its colors
    return _PROFILED.get(data[at + 19 : at + 23], "other")


def filters_of(stream: Any) -> list[str]:
    """Return how a stream is compressed, the outermost first."""
    filters = stream.get("/Filter", [])
    return [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]


def compression_of(stream: Any) -> str:
    """Return what people call the compression of a picture."""
    filters = filters_of(stream) if stream is not None else []
    return next((_COMPRESSIONS[name] for name in reversed(filters) if name in _COMPRESSIONS), "-")


def jpeg_quality(stream: pikepdf.Stream | None) -> int | None:
    """Return with which quality (0 to 100, as the programs of the Independent JPEG Group count) a picture was saved.

    None where it is no JPEG, or cannot be told.
    """
    filters = filters_of(stream) if stream is not None else []
    if stream is None or "/DCTDecode" not in filters:
        return None
    try:
        data = stream.read_raw_bytes()[:_HEAD] if len(filters) == 1 else _inner_bytes(stream, filters)
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as picture:
            table = picture.quantization.get(0)
    except (OSError, SyntaxError, ValueError, pikepdf.PdfError, zlib.error):
        return None
    if not table:
        return None
    scale = sum(table) / _STANDARD * 100
    return round(5000 / scale if scale > 100 else (200 - scale) / 2)


def _inner_bytes(stream: pikepdf.Stream, filters: list[str]) -> bytes:
    """Return the head of a JPEG that is packed once more."""
    if filters != ["/FlateDecode", "/DCTDecode"]:
        return b""
    return zlib.decompressobj().decompress(stream.read_raw_bytes(), _HEAD)
