"""Photos from phones: checked, turned upright, stripped of their metadata, made smaller."""

import io

from PIL import (
    Image,
    ImageOps,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401 - Odoo keeps Pillow from finding it by itself
)

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 2048
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


class PhotoError(ValueError):
    """A file that cannot be used; ``reason`` says why: empty, bytes, pixels, heic, image."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def clean_photo(content):
    """Return ``(jpeg bytes, width, height)`` of a photo that is safe to show and to send.

    :param bytes content: an uploaded file
    :raises PhotoError: where it is no photo that we take
    """
    if not content:
        raise PhotoError("empty")
    if len(content) > MAX_BYTES:
        raise PhotoError("bytes")
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise PhotoError("heic")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            # the header alone tells the size: nothing is decoded before this check
            if image.width * image.height > MAX_PIXELS:
                raise PhotoError("pixels")
            return _convert(image)
    except Image.DecompressionBombError as error:
        raise PhotoError("pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, PhotoError):
            raise
        raise PhotoError("image") from error


def _convert(image):
    orientation = image.getexif().get(0x0112, 1)
    # lets the JPEG decoder skip pixels that the result does not need
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    upright = ImageOps.exif_transpose(image) if orientation != 1 else image
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        upright = Image.new("RGB", layered.size, "white")
        upright.paste(layered, mask=layered.getchannel("A"))
    photo = upright.convert("RGB")
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target = io.BytesIO()
    # a new image: no EXIF, no comment, no colour profile, no embedded preview comes along
    clean = Image.new("RGB", photo.size)
    clean.paste(photo)
    clean.save(target, "JPEG", quality=QUALITY, optimize=True)
    return target.getvalue(), *clean.size
