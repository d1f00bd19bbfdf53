"""How much ink lies on top of each other: measured on the page as the press gets it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageMath

from . import boxes, difference, documents, images, printed
from .findings import WARNING, finding

if TYPE_CHECKING:
    from .shapes import File, Finding, Place

#: Fine enough to see areas of ink that do not dry, coarse enough for a hundred pages.
_SIDE = 420
#: Percent that rounding may add to a limit.
_SLACK = 2
#: Places of a page that are told one by one.
_MOST_PLACES = 5


def check(path: File, limit: float, press: str) -> list[Finding]:
    """Return the pages on which more than ``limit`` percent of ink are laid."""
    if documents.kind_of(path) == "image":
        return _check_frames(path, limit)
    found: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = _Plain(path, folder, press)
        for run in opened.runs(range(len(opened.pdf.pages)), _SIDE):
            if run.way.press.mode != "CMYK":
                continue  # what is printed in RGB lays no inks on each other
            for number, picture in enumerate(opened.draw_run(run), run.first + 1):
                sheet = boxes.Sheet(opened.pdf.pages[number - 1])
                found += _check_picture(picture, number, limit, sheet.fractions(sheet.printed))
    return found


def _check_frames(path: File, limit: float) -> list[Finding]:
    """Return where pictures that come in inks have more of it; RGB gets no more than the press's profile gives it."""
    found: list[Finding] = []
    with images.open_image(path) as image:
        frames = images.frames(image)
    for number, frame in enumerate(frames, 1):
        picture = images.inks_of(path, frame, _SIDE)
        if picture:
            found += _check_picture(picture, number, limit, None)
    return found


class _Plain(printed.Sheets):
    """Draws without smooth edges: an ink is there or not, and it takes a fifth of the time."""

    def color_options(self, number: int, overprint: bool) -> list[str]:
        return [*super().color_options(number, overprint), "-dTextAlphaBits=1", "-dGraphicsAlphaBits=1"]


def _check_picture(picture: Image.Image, number: int, limit: float, printed: Place | None) -> list[Finding]:
    """Return where on a page there is too much; marks around the trim and its bleed are in every ink."""
    total = _cut(_total_of(picture), printed or [0, 0, 1, 1])
    if _most(total) <= limit + _SLACK:
        return []
    level = round((limit + _SLACK) * 2.55)
    # what is over counts in full: the average of a cell loses faint spots
    mask = total.point(lambda value: value * 255 - level * 255).convert("L")
    found = []
    for box in difference.regions_of(mask)[:_MOST_PLACES]:
        sides = (mask.width, mask.height)
        place = [round(side / sides[axis % 2], 5) for axis, side in enumerate(box)]
        values = {"ink": round(_most(total.crop(box))), "limit": limit}
        found.append(finding("total_ink", WARNING, number, place, **values))
    return found


def _total_of(picture: Image.Image) -> Image.Image:
    """Return the sum of the inks of each pixel, 255 for each full ink."""
    bands = dict(zip("cmyk", picture.split(), strict=True))
    return ImageMath.lambda_eval(
        lambda args: args["int"](args["c"]) + args["int"](args["m"]) + args["int"](args["y"]) + args["int"](args["k"]),
        **bands,
    )


def _cut(total: Image.Image, area: Place) -> Image.Image:
    """Return a picture with nothing outside of a part of it."""
    left, top, right, bottom = (round(side * total.size[axis % 2]) for axis, side in enumerate(area))
    inside = Image.new(total.mode, total.size)
    inside.paste(total.crop((left, top, right, bottom)), (left, top))
    return inside


def _most(total: Image.Image) -> float:
    """Return the most ink of a picture, in percent."""
    extrema: Any = total.getextrema()
    return extrema[1] / 2.55
