"""The PDF that customers may download: flattened to pictures with the watermark burnt in."""

import functools
import io
import math

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from . import const


def build(pages, lines, target, font):
    """Write the watermarked PDF.

    :param pages: dicts with ``picture`` (path), ``width_mm`` and ``height_mm``
    :param lines: the watermark's lines; the first one is set bigger
    :param font: TrueType file for them
    """
    pdf = pikepdf.new()
    for page in pages:
        width, height = page["width_mm"] / const.MM_PER_POINT, page["height_mm"] / const.MM_PER_POINT
        data, size = _picture(page, tuple(lines), font)
        _add_page(pdf, data, size, (width, height))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = " · ".join(lines)
    pdf.save(target)


def _add_page(pdf, data, size, points):
    image = pikepdf.Stream(pdf, data)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = size
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.Filter = pikepdf.Name.DCTDecode
    # very large formats need a user unit: PDF pages end at 14400 units
    unit = max(1.0, math.ceil(max(points) / 14_400))
    width, height = (value / unit for value in points)
    page = pdf.add_blank_page(page_size=(max(width, 3), max(height, 3)))
    page.obj.MediaBox = pikepdf.Array([0, 0, round(width, 3), round(height, 3)])
    if unit > 1:
        page.obj.UserUnit = unit
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=pdf.make_indirect(image)))
    page.obj.Contents = pikepdf.Stream(pdf, f"{width:.3f} 0 0 {height:.3f} 0 0 cm /P Do".encode())


def _picture(page, lines, font):
    image = Image.open(page["picture"])
    longest = max(page["width_mm"], page["height_mm"]) / 25.4 * const.WATERMARK_DPI
    if max(image.size) > longest * 1.1:
        image.draft("RGB", (round(longest), round(longest)))
        image = image.convert("RGB")
        image.thumbnail((round(longest), round(longest)), Image.Resampling.LANCZOS)
    else:
        image = image.convert("RGB")
    image.paste((90, 90, 90), (0, 0), _stamp(image.size, lines, font))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=const.JPEG_QUALITY)
    return stream.getvalue(), image.size


@functools.lru_cache(maxsize=8)
def _stamp(size, lines, font):
    """Return the opacity of the watermark: the lines, slanted, repeated over the page."""
    width, height = size
    text = max(9, round(min(width, height) / 26))
    head, body = ImageFont.truetype(font, text), ImageFont.truetype(font, round(text * 0.6))
    block_width = round(max(head.getlength(lines[0]), *(body.getlength(line) for line in lines))) + text * 3
    block_height = round(text * (2.2 + 0.8 * len(lines)))
    block = Image.new("L", (block_width, block_height), 0)
    draw = ImageDraw.Draw(block)
    draw.text((text, text // 2), lines[0], font=head, fill=74)
    for number, line in enumerate(lines[1:]):
        draw.text((text, round(text * (1.75 + 0.8 * number))), line, font=body, fill=74)
    diagonal = math.ceil(math.hypot(width, height))
    field = Image.new("L", (diagonal, diagonal), 0)
    for row, top in enumerate(range(0, diagonal, block_height)):
        for left in range(-(row % 2) * block_width // 2, diagonal, block_width):
            field.paste(block, (left, top))
    field = field.rotate(30, Image.Resampling.BILINEAR)
    left, top = (diagonal - width) // 2, (diagonal - height) // 2
    return field.crop((left, top, left + width, top + height))
