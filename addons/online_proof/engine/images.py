"""Pictures (JPEG, PNG, TIFF): reading, colour, orientation, rendering."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PIL import Image, ImageCms, ImageOps, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from . import const
from .errors import FileRefusedError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from .shapes import File

# the plug-ins are imported: Pillow knows only loaded ones by name; a telephone's MPO is opened as JPEG
FORMATS = ("JPEG", PngImagePlugin.PngImageFile.format, TiffImagePlugin.TiffImageFile.format)
_MPO = MpoImagePlugin.MpoImageFile.format
_REDUCED_COPY = 254  # TIFF tag NewSubfileType, bit 0: a thumbnail of another frame
_ORIENTATION = 274
_DEFAULT_DPI = 300

Image.MAX_IMAGE_PIXELS = const.MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def open_image(path: File) -> ImageFile:
    """Return the picture, still undecoded.

    :raises FileRefusedError: if it is none of the supported formats or has too many pixels
    """
    try:
        return Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefusedError("too_many_pixels", page=1) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise FileRefusedError("unsupported") from error


def frames(image: Image.Image) -> list[int]:
    """Return the numbers of the frames that are pages of their own."""
    if image.format == _MPO:
        return [0]
    count = getattr(image, "n_frames", 1)
    if count > const.MAX_PAGES:
        raise FileRefusedError("too_many_pages", count=count, limit=const.MAX_PAGES)
    found = []
    for number in range(count):
        image.seek(number)
        if image.width * image.height > const.MAX_PIXELS:
            raise FileRefusedError("too_many_pixels", page=number + 1)
        tags = getattr(image, "tag_v2", {})
        if not tags.get(_REDUCED_COPY, 0) & 1:
            found.append(number)
    return found


def describe(image: Image.Image, frame: int) -> dict[str, Any]:
    """Return the page that a frame makes: size, resolution, colour, zoom."""
    image.seek(frame)
    turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    width, height = (image.height, image.width) if turned else image.size
    dpi = image.info.get("dpi") or (0, 0)
    dpi_x, dpi_y = (float(value) if 10 <= float(value) <= 5000 else 0.0 for value in dpi)
    known = bool(dpi_x and dpi_y)
    if turned:
        dpi_x, dpi_y = dpi_y, dpi_x
    zoom = min(1.0, const.ZOOM_SIDE / max(width, height))
    return {
        "frame": frame,
        "width_mm": width / (dpi_x or _DEFAULT_DPI) * 25.4,
        "height_mm": height / (dpi_y or _DEFAULT_DPI) * 25.4,
        "rotation": 0,
        "zoom_width": max(1, round(width * zoom)),
        "zoom_height": max(1, round(height * zoom)),
        "dpi": round(min(dpi_x, dpi_y)) if known else 0,
        "mode": image.mode,
        "trim": None,
    }


def load(path: File, frame: int, side: int | None = None) -> Image.Image:
    """Return a frame upright, in RGB on white, its longest side about ``side`` pixels or more."""
    image = open_image(path)
    image.seek(frame)
    if side and image.format in ("JPEG", _MPO):
        image.draft(None, (side, side))
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileRefusedError("damaged", page=frame + 1) from error
    profile = image.info.get("icc_profile")
    return _to_rgb(ImageOps.exif_transpose(image), profile)


def _to_rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            return cast("Image.Image", ImageCms.profileToProfile(image, source, screen, outputMode="RGB"))
        except (ImageCms.PyCMSError, OSError):
            # a broken profile: the numbers are taken as they are
            return image.convert("RGB")
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or (image.mode == "P" and "transparency" in image.info):
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def render_pages(
    path: File, frames: Iterable[int], side: int, target_of: Callable[[int], File], _press: str = ""
) -> None:
    """Write frames as JPEG, ``side`` pixels on the longest side."""
    for frame in frames:
        render_page(path, frame, side, target_of(frame))


def load_page(path: File, frame: int, side: int) -> Image.Image:
    """Return a frame with ``side`` pixels on the longest side."""
    image = load(path, frame, side)
    scale = side / max(image.size)
    size = tuple(max(1, round(value * scale)) for value in image.size)
    return image.resize(size, Image.Resampling.LANCZOS)


def render_page(path: File, frame: int, side: int, target: File) -> None:
    """Write a frame as a JPEG with ``side`` pixels on the longest side."""
    save_jpeg(load_page(path, frame, side), target)


def render_region(
    path: File,
    frame: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    target: File,
    _press: str = "",
    _paper: bool = False,
) -> None:
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a frame as a JPEG."""
    image = load(path, frame)
    ratio_x, ratio_y = image.width / zoom_size[0], image.height / zoom_size[1]
    source = (box[0] * ratio_x, box[1] * ratio_y, box[2] * ratio_x, box[3] * ratio_y)
    size = (box[2] - box[0], box[3] - box[1])
    save_jpeg(image.resize(size, Image.Resampling.BICUBIC, box=source), target)


def save_jpeg(image: Image.Image, target: File) -> None:
    """Save without leaving a half-written file under the final name."""
    partial = Path(f"{target}.part")
    image.save(partial, "JPEG", quality=const.JPEG_QUALITY)
    partial.replace(target)
