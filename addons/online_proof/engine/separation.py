"""The inks of a page as plates, and a page put together of them.

Ghostscript, asked to show overprint, takes a tint of a spot color for as much less of what its full tone is made of.
That is right for an ink that the file describes as a mixture of the four, and up to dE2000 4.4 off for one that it
describes by its looks (Lab) or by a curve: of pages with such an ink the plates are drawn, and put together here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pikepdf
from PIL import Image, ImageChops, TiffImagePlugin

from . import documents, ghostscript, usage
from .errors import FileRefusedError
from .usage import PROCESS

if TYPE_CHECKING:
    from .press import Press
    from .shapes import File, Size
    from .usage import Spot

#: How much (of 255) of each of the four inks stands for each tint (0 to 255) of another.
Curves = list[list[int]]
#: Levels that a tint may be off the straight line.
_STRAIGHT = 2
#: Inks beside the four that Ghostscript keeps apart; with more of them it mixes all of the four.
_MOST_SPOTS = 40
# Pillow knows only loaded plug-ins by name
_FORMATS = (TiffImagePlugin.TiffImageFile.format,)


def draw_plates(path: File, number: int, size: Size, folder: File, press: Press) -> dict[str, Image.Image]:
    """Return the plates of a page by the names of their inks, 255 where the ink is full.

    :raises FileRefusedError: if there are none: the press takes RGB, or Ghostscript cannot draw the page
    """
    if press.mode != "CMYK":
        raise FileRefusedError("no_plates")
    with tempfile.TemporaryDirectory(dir=folder) as target:
        page, spots = _alone(path, number, Path(target))
        options = [
            "-sDEVICE=tiffsep",
            "-sCompression=none",
            f"-dMaxSpots={_MOST_SPOTS}",
            f"-r{size[2]:.5f}",
            f"-sOutputICCProfile={press.path}",
            f"-sDefaultCMYKProfile={press.path}",
            f"-sOutputFile={target}/plate.tif",
        ]
        ghostscript.run(page, folder, options)
        found = {}
        for film in Path(target).glob("plate(*).tif"):
            with Image.open(film, formats=_FORMATS) as plate:
                # a plate is written like a film: black where the ink is
                name = _name_of(unquote(film.stem[6:-1]), spots)
                found[name] = ghostscript.fitted(ImageChops.invert(plate.convert("L")), size[:2])
    if not all(name in found for name in PROCESS):
        raise FileRefusedError("no_plates")
    return found


def _name_of(film: str, spots: Collection[str]) -> str:
    """Return the ink of a film: one that is called like another but for capitals gets a number behind its name."""
    plain = film.rstrip("0123456789")
    return plain if film not in spots and plain in spots else film


def _alone(path: File, number: int, folder: Path) -> tuple[File, Collection[str]]:
    """Return the path of a file with nothing but a page, and the spot colors that the page lists.

    Asked for one page of a file, even of one that has no other, Ghostscript leaves the plates of spot colors empty
    where the page has transparency.
    """
    with documents.open_pdf(path) as pdf:
        spots = list(usage.of_page(pdf.pages[number]).spots)
        if len(pdf.pages) == 1:
            return path, spots
        for other in range(len(pdf.pages) - 1, -1, -1):
            if other != number:
                del pdf.pages[other]
        pdf.save(folder / "page.pdf")
    return folder / "page.pdf", spots


def curves_of(source: pikepdf.Pdf, spots: Mapping[str, Spot], folder: File, press: Press) -> dict[str, Curves]:
    """Return, for spot colors of a PDF, what their tints are made of on a press."""
    path = Path(folder) / "tints.pdf"
    _write_ramps(source, list(spots.values()), path)
    size = (256, max(3, len(spots)), 72.0)
    ramps = ghostscript.draw_file(path, folder, size, ghostscript.press_options(press, overprint=False))
    bands = [band.tobytes() for band in ramps.split()]
    rows = [[list(band[row * 256 : row * 256 + 256]) for band in bands] for row in range(len(spots))]
    return dict(zip(spots, map(_from_nothing, rows), strict=True))


def _from_nothing(ink: Curves) -> Curves:
    """Return the curves of an ink that is nothing where it is not printed.

    A calculation for several inks may have something without any of them; it is right for the full tone then.
    """
    if all(curve[0] <= _STRAIGHT for curve in ink):
        return [[0, *curve[1:]] for curve in ink]
    return [[round(curve[255] * tint / 255) for tint in range(256)] for curve in ink]


def _write_ramps(source: pikepdf.Pdf, spots: Sequence[Spot], path: Path) -> None:
    """Write a PDF with a row for every spot color: its tints from none to full, a point wide each."""
    with pikepdf.new() as pdf:
        # a page has three points at least
        page = pdf.add_blank_page(page_size=(256, max(3, len(spots))))
        spaces, drawing = pikepdf.Dictionary(), []
        for row, (space, place, count) in enumerate(spots):
            known = space if space.is_indirect else source.make_indirect(space)
            spaces[f"/S{row}"] = pdf.copy_foreign(known)
            drawing.append(f"/S{row} cs")
            for tint in range(256):
                amounts = ["0"] * count
                amounts[place] = f"{tint / 255:.5f}"
                drawing.append(f"{' '.join(amounts)} scn {tint} {max(3, len(spots)) - 1 - row} 1 1 re f")
        page.obj.Resources = pikepdf.Dictionary(ColorSpace=spaces)
        page.obj.Contents = pikepdf.Stream(pdf, "\n".join(drawing).encode())
        pdf.save(path)


def are_mixtures(curves: Mapping[str, Curves]) -> bool:
    """Return whether every tint of each ink is made of as much less of the same as its full tone."""
    return all(
        abs(amount - curve[255] * tint / 255) <= _STRAIGHT
        for ink in curves.values()
        for curve in ink
        for tint, amount in enumerate(curve)
    )


def put_together(plates: Mapping[str, Image.Image], curves: Mapping[str, Curves]) -> Image.Image:
    """Return the page in the colors of the press."""
    bands = [plates[name] for name in PROCESS]
    for name, ink in curves.items():
        plate = plates.get(name)
        if plate and plate.getbbox():
            bands = [ImageChops.add(band, plate.point(curve)) for band, curve in zip(bands, ink, strict=True)]
    return Image.merge("CMYK", bands)
