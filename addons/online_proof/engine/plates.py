"""The inks of a page one by one, as the printing plates have them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image

from . import printed, separation
from .usage import PROCESS

if TYPE_CHECKING:
    from .press import Press
    from .shapes import File

#: Inks that are shown; packaging has up to ten, and charts of printers some more.
MAX_INKS = 28


def separate(path: File, number: int, side: int, target: File, profile: str) -> dict[str, Any]:
    """Write the plates of a page below each other into one gray PNG (255: full ink) and return what they are.

    :returns: ``{"width", "height", "inks": [{"name", "color": [r, g, b]}]}``
    :raises FileRefusedError: if there are none: the press takes RGB, or Ghostscript cannot draw the page
    """
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        sheets = printed.Sheets(path, folder, profile)
        [run] = sheets.runs([number], side)
        plates = separation.draw_plates(sheets.path, number, run.size, folder, run.way.press)
        [composite] = sheets.draw_run(run)
    spots = sorted(name for name in plates if name not in PROCESS and plates[name].getbbox())
    names = [*PROCESS, *spots][:MAX_INKS]
    inks = [{"name": name, "color": _color_of(name, plates[name], composite, run.way.press)} for name in names]
    _save_sheet(plates, names, composite.size, target)
    return {"width": composite.width, "height": composite.height, "inks": inks}


def separate_region(
    path: File,
    number: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    names: Iterable[str],
    target: File,
    profile: str,
) -> None:
    """Write the plates of the part ``box`` (left, top, right, bottom at full zoom) of a page, as for the whole page.

    :param names: the inks of the whole page, in their order: one that is not in the part has a plate, too
    :raises FileRefusedError: if there are none
    """
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = printed.Opened(path, folder, profile)
        press = opened.press_of(number)
        part, dpi = printed.cut_out(opened, number, zoom_size, box)
        size = (box[2] - box[0], box[3] - box[1])
        plates = separation.draw_plates(part, 0, (*size, dpi), folder, press)
    _save_sheet(plates, list(names), size, target)


def _save_sheet(plates: Mapping[str, Image.Image], names: Sequence[str], size: tuple[int, int], target: File) -> None:
    width, height = size
    sheet = Image.new("L", (width, height * len(names)))
    for index, name in enumerate(names):
        if name in plates:
            sheet.paste(plates[name], (0, index * height))
    sheet.save(target, "PNG", compress_level=1)


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
