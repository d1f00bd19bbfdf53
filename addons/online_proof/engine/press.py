"""The colours of the press: which ICC profile a page is printed with, and how it looks on a screen."""

from __future__ import annotations

import functools
import io
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
from PIL import Image, ImageCms

from . import delta
from .errors import FileRefusedError
from .rows import transformed

if TYPE_CHECKING:
    from .shapes import File

FOLDER = Path(__file__).resolve().parent / "profiles"
#: What ships with the addon; "rgb" is a digital press that takes RGB as it comes.
SHIPPED = {"coated": FOLDER / "coated.icc", "uncoated": FOLDER / "uncoated.icc", "rgb": None}
DEFAULT = "coated"
_MODES = {"CMYK": "CMYK", "RGB ": "RGB"}
#: Bytes of a profile; big ones of packaging printers have 3 MB.
MAX_BYTES = 20 * 2**20

#: What two presses are told apart by: each ink and each pair in two tones, a gray, the shadows.
_TONES = [
    *((tone * c, tone * m, tone * y, 0) for tone in (128, 255) for c, m, y in itertools.product((0, 1), repeat=3)),
    (0, 0, 0, 128),
    (0, 0, 0, 255),
    (64, 48, 48, 0),
    (191, 166, 166, 230),
]


class Press:
    """What a page is printed with.

    :param path: ICC profile, None for sRGB
    """

    def __init__(self, path: File | None) -> None:
        self.path = str(path) if path else ""
        self.mode = _named_mode(path) if path else "RGB"

    def make_ready(self) -> None:
        """Calculate what :meth:`shown` needs, which can be done before there is a picture."""
        if self.path:
            _transform(self.path, self.mode, False)

    def through(self, picture: Image.Image) -> Image.Image:
        """Return an RGB picture with the colors that this press can print."""
        if not self.path or self.mode != "CMYK":
            return picture
        return self.shown(transformed(picture, _separation(self.path)))

    def shown(self, picture: Image.Image, *, paper: bool = False) -> Image.Image:
        """Return a picture in the colours of the press as sRGB.

        :param paper: show the white of the paper and the press' real black, too
        """
        if not self.path:
            return picture
        return transformed(picture, _transform(self.path, self.mode, paper))


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
    mode = _named_mode(path)
    try:
        _transform(str(path), mode, False)
    except (OSError, ValueError, ImageCms.PyCMSError) as error:
        raise FileRefusedError("profile") from error
    return mode


def _named_mode(path: File) -> str:
    """Return the mode that a profile names; that it makes colors, too, was seen when it came."""
    try:
        return check_bytes(Path(path).read_bytes())
    except OSError as error:
        raise FileRefusedError("profile") from error


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


def name_of(data: bytes) -> str:
    """Return what a profile calls itself, a dash where it has no name."""
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(data))).strip() or "-"
    except (OSError, ImageCms.PyCMSError):
        return "-"


def distance(first: bytes, second: bytes) -> float:
    """Return by how much (dE2000, on the average) the same tones look otherwise on two presses.

    :raises FileRefusedError: if one of the profiles makes no colors
    """
    tones = Image.new("CMYK", (len(_TONES), 1))
    tones.putdata(_TONES)
    try:
        rows = [_looks(transformed(tones, _to_lab(profile)).tobytes()) for profile in (first, second)]
    except (OSError, ImageCms.PyCMSError) as error:
        raise FileRefusedError("profile") from error
    return sum(delta.delta_e(*pair) for pair in zip(*rows, strict=True)) / len(_TONES)


def _to_lab(profile: bytes) -> ImageCms.ImageCmsTransform:
    source, lab = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("LAB")
    return ImageCms.buildTransform(source, lab, "CMYK", "LAB", ImageCms.Intent.RELATIVE_COLORIMETRIC)


def _looks(data: bytes) -> list[delta.Lab]:
    """Return the colors of a picture in Lab as its bytes have them: L from 0 to 255, a and b with a sign."""
    numbers = [data[i : i + 3] for i in range(0, len(data), 3)]
    return [(light * 100 / 255, (a ^ 128) - 128, (b ^ 128) - 128) for light, a, b in numbers]


def intents_of(holder: Any) -> list[tuple[int, Any]]:
    """Return the output intents of a PDF's root or of a page (PDF 2.0) with a profile: list of (channels, stream)."""
    found = []
    intents = holder.get("/OutputIntents")
    for intent in intents if isinstance(intents, pikepdf.Array) else ():
        if isinstance(intent, pikepdf.Dictionary) and isinstance(intent.get("/DestOutputProfile"), pikepdf.Stream):
            profile = intent.DestOutputProfile
            found.append((int(profile.get("/N", 0)), profile))
    return found


class Presses:
    """What the pages of a PDF are printed with: the page's own output intent, that of the document, or the shop's.

    :param folder: where profiles may be written
    :param profile: path of the shop's profile, empty for RGB
    """

    def __init__(self, pdf: pikepdf.Pdf, folder: File, profile: str) -> None:
        self._folder = Path(folder)
        self._known: list[tuple[Any, Press | None]] = []
        self.document = self._own(pdf.Root) or Press(profile)

    def of_page(self, page: pikepdf.Page) -> Press:
        """Return what a page is printed with."""
        return ("/OutputIntents" in page.obj and self._own(page.obj)) or self.document

    def _own(self, holder: Any) -> Press | None:
        """Return the press that the document or a page names; a broken profile, which is told elsewhere, is none."""
        for channels, stream in intents_of(holder):
            found = self._unpacked(stream) if channels == 4 else None
            if found:
                return found
        return None

    def _unpacked(self, stream: Any) -> Press | None:
        for known, found in self._known:
            if known == stream:
                return found
        path = self._folder / f"intent-{len(self._known)}.icc"
        try:
            path.write_bytes(stream.read_bytes())
            mode_of(path)
            found = Press(path)
        except (FileRefusedError, pikepdf.PdfError):
            found = None
        self._known.append((stream, found))
        return found
