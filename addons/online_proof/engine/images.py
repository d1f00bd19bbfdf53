"""Pictures (JPEG, PNG, TIFF): reading, orientation, and their colors as the press prints them."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PIL import Image, ImageChops, ImageCms, ImageOps, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from . import const, press
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


def _open_upright(path: File, frame: int, side: int | None) -> tuple[Image.Image, ImageCms.ImageCmsProfile | None]:
    """Return a frame upright, on white, in RGB, gray or inks, and the profile that it has for them."""
    image = open_image(path)
    image.seek(frame)
    if side and image.format in ("JPEG", _MPO):
        image.draft(None, (side, side))
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileRefusedError("damaged", page=frame + 1) from error
    own = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if own and upright.mode in ("RGB", "CMYK", "L"):
        # a broken profile, or one for other colors, is none
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(own))
            if source.profile.xcolor_space.strip() == {"L": "GRAY"}.get(upright.mode, upright.mode):
                return upright, source
    return (upright if upright.mode == "CMYK" else _flattened(upright)), None


def _flattened(image: Image.Image) -> Image.Image:
    """Return a picture in gray or RGB, on white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA") or (image.mode == "P" and "transparency" in image.info):
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def load(path: File, frame: int, side: int | None = None, profile: str = "") -> Image.Image:
    """Return a frame upright, in RGB on white, its longest side about ``side`` pixels or more.

    :param profile: path of the profile of the press, which inks are meant for that come without a profile of their own
    """
    return _on_screen(*_open_upright(path, frame, side), profile)


def _on_screen(image: Image.Image, own: ImageCms.ImageCmsProfile | None, profile: str) -> Image.Image:
    if own:
        return _converted(image, own, ImageCms.createProfile("sRGB"), "RGB")
    if image.mode != "CMYK":
        return image.convert("RGB")
    found = press.Press(profile)
    # a press that takes RGB says nothing of inks
    return (found if found.mode == "CMYK" else press.Press(press.SHIPPED[press.DEFAULT])).shown(image)


def _as_printed(image: Image.Image, own: ImageCms.ImageCmsProfile | None, profile: str) -> Image.Image:
    """Return a picture as a screen shows what the press makes of it."""
    found = press.Press(profile)
    if found.mode != "CMYK":
        return _on_screen(image, own, profile)
    if not own:
        return found.through(image) if image.mode == "RGB" else found.shown(_in_inks(image))
    target = ImageCms.ImageCmsProfile(found.path)
    if own.tobytes() != target.tobytes():
        image = _converted(image, own, target, "CMYK")
    return found.shown(image)


def _in_inks(image: Image.Image) -> Image.Image:
    """Return a picture of inks; what is gray is printed in black alone, as that of a PDF."""
    if image.mode == "CMYK":
        return image
    none = Image.new("L", image.size)
    return Image.merge("CMYK", (none, none, none, ImageChops.invert(image)))


def _converted(image: Image.Image, source: Any, target: Any, mode: str) -> Image.Image:
    intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    try:
        found = ImageCms.profileToProfile(image, source, target, renderingIntent=intent, outputMode=mode, flags=flags)
    except ImageCms.PyCMSError as error:
        raise FileRefusedError("profile") from error
    return cast("Image.Image", found)


def render_pages(
    path: File,
    frames: Sequence[int],
    side: int,
    target_of: Callable[[int], File],
    profile: str = "",
    small: bool = False,
) -> None:
    """Write frames as JPEG, ``side`` pixels on the longest side, as the press prints them.

    :param small: write a thumbnail of each, too
    """
    for frame in frames:
        save_page(draw_page(path, frame, side, profile), target_of(frame), small)


def draw_page(path: File, frame: int, side: int, profile: str) -> Image.Image:
    """Return a frame with ``side`` pixels on the longest side, as a screen shows what the press makes of it."""
    image, own = _open_upright(path, frame, side)
    return _as_printed(_resized(image, side), own, profile)


def inks_of(path: File, frame: int, side: int) -> Image.Image | None:
    """Return the inks of a frame with about ``side`` pixels on the longest side, None where it comes in RGB or gray."""
    with open_image(path) as image:
        image.seek(frame)
        if image.mode != "CMYK":
            return None
    inks = _open_upright(path, frame, side)[0]
    scale = min(1.0, side / max(inks.size))
    # the average of what is there: sharper ways reach beyond it at edges
    return inks.resize([max(1, round(value * scale)) for value in inks.size], Image.Resampling.BOX)


def load_page(path: File, frame: int, side: int, profile: str = "") -> Image.Image:
    """Return a frame with ``side`` pixels on the longest side; see :func:`load`."""
    return _resized(load(path, frame, side, profile), side)


def _resized(image: Image.Image, side: int) -> Image.Image:
    scale = side / max(image.size)
    size = tuple(max(1, round(value * scale)) for value in image.size)
    return image.resize(size, Image.Resampling.LANCZOS)


def render_region(
    path: File,
    frame: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    target: File,
    profile: str = "",
    _paper: bool = False,
) -> None:
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a frame as a JPEG, as the press prints it."""
    image, own = _open_upright(path, frame, None)
    ratio_x, ratio_y = image.width / zoom_size[0], image.height / zoom_size[1]
    source = (box[0] * ratio_x, box[1] * ratio_y, box[2] * ratio_x, box[3] * ratio_y)
    size = (box[2] - box[0], box[3] - box[1])
    part = image.resize(size, Image.Resampling.BICUBIC, box=source)
    save_jpeg(_as_printed(part, own, profile), target)


def save_page(image: Image.Image, target: File, small: bool) -> None:
    """Save a page; its thumbnail, if there has to be one, is there before it."""
    if small:
        # a quick step to twice the size, a fine one to the size itself
        thumbnail = image.reduce(max(1, max(image.size) // (2 * const.SMALL_SIDE)))
        thumbnail.thumbnail((const.SMALL_SIDE, const.SMALL_SIDE))
        thumbnail.save(f"{target}{const.SMALL_SUFFIX}", "JPEG", quality=const.SMALL_QUALITY)
    save_jpeg(image, target)


def save_jpeg(image: Image.Image, target: File) -> None:
    """Save without leaving a half-written file under the final name."""
    partial = Path(f"{target}.part")
    image.save(partial, "JPEG", quality=const.JPEG_QUALITY)
    partial.replace(target)
