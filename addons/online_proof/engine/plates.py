"""The inks of a page one by one, as the printing plates have them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from PIL import Image, ImageChops, TiffImagePlugin

from . import ghostscript
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .press import Press
    from .shapes import File, Size

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
#: Inks that are shown; packaging has up to ten.
MAX_INKS = 16
# Pillow knows only loaded plug-ins by name
_FORMATS = (TiffImagePlugin.TiffImageFile.format,)


def separate(path: File, number: int, side: int, target: File, profile: str) -> dict[str, Any]:
    """Write the plates of a page below each other into one gray PNG (255: full ink) and return what they are.

    :returns: ``{"width", "height", "inks": [{"name", "color": [r, g, b]}]}``
    :raises FileRefusedError: if there are none: the press takes RGB, or Ghostscript cannot draw the page
    """
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = ghostscript.Opened(path, folder, profile)
        if opened.press.mode != "CMYK":
            raise FileRefusedError("no_plates")
        size = opened.size_of(number, side)
        plates = _draw_plates(opened, number, size)
        composite = next(opened.draw(number, number, size))
    inks = [{"name": name, "color": _color_of(name, plate, composite, opened.press)} for name, plate in plates]
    width, height = composite.size
    sheet = Image.new("L", (width, height * len(plates)))
    for index, (_name, plate) in enumerate(plates):
        sheet.paste(plate, (0, index * height))
    sheet.save(target, "PNG", compress_level=1)
    return {"width": width, "height": height, "inks": inks}


def _draw_plates(opened: ghostscript.Opened, number: int, size: Size) -> list[tuple[str, Image.Image]]:
    """Return (name, picture) of the process inks and of every spot color that the page has."""
    folder = Path(opened.folder) / "plates"
    folder.mkdir()
    options = [
        "-sDEVICE=tiffsep",
        f"-r{size[2]:.5f}",
        f"-dFirstPage={number + 1}",
        f"-dLastPage={number + 1}",
        f"-sOutputICCProfile={opened.press.path}",
        f"-sDefaultCMYKProfile={opened.press.path}",
        f"-sOutputFile={folder / 'plate.tif'}",
    ]
    process = ghostscript.start(opened.path, opened.folder, options)
    output = ghostscript.output_of(process)
    try:
        output.read()
    finally:
        process.kill()
        output.close()
        process.wait()
    found = {}
    for path in folder.glob("plate(*).tif"):
        with Image.open(path, formats=_FORMATS) as plate:
            # a plate is written like a film: black where the ink is
            found[unquote(path.stem[6:-1])] = ghostscript.fitted(ImageChops.invert(plate.convert("L")), size[:2])
    if not all(name in found for name in PROCESS):
        raise FileRefusedError("no_plates")
    spots = sorted(name for name in found if name not in PROCESS and found[name].getbbox())
    return [(name, found[name]) for name in (*PROCESS, *spots)][:MAX_INKS]


def _color_of(name: str, plate: Image.Image, composite: Image.Image, press: Press) -> list[int]:
    """Return how an ink looks alone: a process ink by the profile, a spot color where most of it is printed."""
    pixel: Any
    if name in PROCESS:
        pixel = tuple(255 if name == other else 0 for other in PROCESS)
    else:
        most: Any = plate.getextrema()[1]
        row, column = divmod(plate.tobytes().index(most), plate.width)
        pixel = composite.getpixel((column, row))
    shown: Any = press.shown(Image.new("CMYK", (1, 1), pixel)).getpixel((0, 0))
    return list(shown)
