"""The colours of the press: which ICC profile a page is printed with, and how it looks on a screen."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pikepdf
from PIL import Image, ImageCms

from .errors import FileRefusedError

if TYPE_CHECKING:
    from .shapes import File

FOLDER = Path(__file__).resolve().parent / "profiles"
#: What ships with the addon; "rgb" is a digital press that takes RGB as it comes.
SHIPPED = {"coated": FOLDER / "coated.icc", "uncoated": FOLDER / "uncoated.icc", "rgb": None}
DEFAULT = "coated"
_MODES = {"CMYK": "CMYK", "RGB ": "RGB"}
#: Bytes of a profile; big ones of packaging printers have 3 MB.
MAX_BYTES = 20 * 2**20


class Press:
    """What a page is printed with.

    :param path: ICC profile, None for sRGB
    """

    def __init__(self, path: File | None) -> None:
        self.path = str(path) if path else ""
        self.mode = mode_of(path) if path else "RGB"

    def through(self, picture: Image.Image) -> Image.Image:
        """Return an RGB picture with the colors that this press can print."""
        if not self.path or self.mode != "CMYK":
            return picture
        return self.shown(_applied(picture, _separation(self.path)))

    def shown(self, picture: Image.Image, *, paper: bool = False) -> Image.Image:
        """Return a picture in the colours of the press as sRGB.

        :param paper: show the white of the paper and the press' real black, too
        """
        if not self.path:
            return picture
        return _applied(picture, _transform(self.path, self.mode, paper))


def _applied(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    # a new picture, as it is not asked to change this one
    return cast("Image.Image", ImageCms.applyTransform(picture, transform))


@functools.lru_cache(maxsize=2)
def _separation(path: str) -> ImageCms.ImageCmsTransform:
    screen = ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    return ImageCms.buildTransform(screen, path, "RGB", "CMYK", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags)


@functools.lru_cache(maxsize=8)
def _transform(path: str, mode: str, paper: bool) -> ImageCms.ImageCmsTransform:
    intent = ImageCms.Intent.ABSOLUTE_COLORIMETRIC if paper else ImageCms.Intent.RELATIVE_COLORIMETRIC
    flags = ImageCms.Flags.NONE if paper else ImageCms.Flags.BLACKPOINTCOMPENSATION
    return ImageCms.buildTransform(path, ImageCms.createProfile("sRGB"), mode, "RGB", intent, flags)


def mode_of(path: File) -> str:
    """Return ``CMYK`` or ``RGB``.

    :raises FileRefusedError: if it is no profile that a press or a screen could have
    """
    try:
        mode = check_bytes(Path(path).read_bytes())
        _transform(str(path), mode, False)
    except (OSError, ValueError, ImageCms.PyCMSError) as error:
        raise FileRefusedError("profile") from error
    return mode


def check_bytes(data: bytes, channels: int = 0) -> str:
    """Return the mode of a profile.

    :param channels: how many the file says that it has; 0 where it says nothing
    :raises FileRefusedError: if it is none, or another one than the file says
    """
    try:
        if not 128 < len(data) <= MAX_BYTES:
            raise FileRefusedError("profile")
        mode = _MODES[ImageCms.ImageCmsProfile(io.BytesIO(data)).profile.xcolor_space]
    except (OSError, KeyError, ValueError, ImageCms.PyCMSError) as error:
        raise FileRefusedError("profile") from error
    if channels and len(mode) != channels:
        raise FileRefusedError("profile")
    return mode


def check(path: File) -> dict[str, str]:
    """Return what an uploaded profile is: ``mode`` and ``name``.

    :raises FileRefusedError: if it cannot be used
    """
    mode = mode_of(path)
    white: Any = Press(path).shown(Image.new(mode, (1, 1), 0 if mode == "CMYK" else (255, 255, 255))).getpixel((0, 0))
    if min(white) < 200:
        raise FileRefusedError("profile")
    return {"mode": mode, "name": ImageCms.getProfileDescription(str(path)).strip()}


def intents_of(pdf: pikepdf.Pdf) -> list[tuple[int, Any]]:
    """Return the output intents of a PDF that have a profile inside: list of (channels, stream)."""
    found = []
    intents = pdf.Root.get("/OutputIntents")
    for intent in intents if isinstance(intents, pikepdf.Array) else ():
        if isinstance(intent, pikepdf.Dictionary) and isinstance(intent.get("/DestOutputProfile"), pikepdf.Stream):
            profile = intent.DestOutputProfile
            found.append((int(profile.get("/N", 0)), profile))
    return found


def of_file(pdf: pikepdf.Pdf, folder: File, press: str) -> Press:
    """Return the press of a PDF: its own output intent, or ``press`` where it has none that can be used.

    :param folder: where the profile may be written
    :param press: path of the shop's profile, empty for RGB
    """
    for number, (channels, stream) in enumerate(intents_of(pdf)):
        if channels != 4:
            continue
        path = Path(folder) / f"intent-{number}.icc"
        try:
            path.write_bytes(stream.read_bytes())
            return Press(path)
        except (FileRefusedError, pikepdf.PdfError):
            # a broken profile: the shop's own is the best guess; the preflight says so
            continue
    return Press(press)
