"""A stranger's picture: checked, turned upright, stripped of its metadata, made smaller. Runs in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import (
    Image,
    ImageOps,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401 - Odoo keeps Pillow from finding it by itself
)

from .errors import JobError

if TYPE_CHECKING:
    from PIL import ImageFile

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


def clean(path: str, target: str, side: int = 2048, quality: int = 85, pixels: int = 60_000_000) -> dict[str, int]:
    """Write a JPEG that is safe to show and to send; return its ``width`` and ``height``.

    :param side: longest side of the result, in pixels
    :param pixels: how many pixels a picture may have to be looked at
    :raises JobError: ``empty``, ``heic``, ``pixels`` (too many), ``image`` (no picture that we take)
    """
    with open(path, "rb") as file:  # noqa: PTH123 - a path as JSON has it
        head = file.read(12)
    if not head:
        raise JobError("empty")
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        raise JobError("heic")
    try:
        with Image.open(path, formats=FORMATS) as image:
            # the header alone tells the size: nothing is decoded before this check
            if image.width * image.height > pixels:
                raise JobError("pixels")
            return _convert(image, target, side, quality)
    except Image.DecompressionBombError as error:
        raise JobError("pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise JobError("image") from error


def _convert(image: ImageFile.ImageFile, target: str, side: int, quality: int) -> dict[str, int]:
    orientation = image.getexif().get(0x0112, 1)
    # lets the JPEG decoder skip pixels that the result does not need
    image.draft("RGB", (side, side))
    image.load()
    upright = ImageOps.exif_transpose(image) if orientation != 1 else image
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        upright = Image.new("RGB", layered.size, "white")
        upright.paste(layered, mask=layered.getchannel("A"))
    photo = upright.convert("RGB")
    photo.thumbnail((side, side))
    # a new image: no EXIF, no comment, no color profile, no embedded preview comes along
    result = Image.new("RGB", photo.size)
    result.paste(photo)
    result.save(target, "JPEG", quality=quality, optimize=True)
    return {"width": result.width, "height": result.height}
