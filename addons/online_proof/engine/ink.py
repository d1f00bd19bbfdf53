"""How much ink lies on top of each other: measured on the page as the press gets it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from PIL import ImageMath

from . import difference, ghostscript
from .findings import WARNING, finding

if TYPE_CHECKING:
    from PIL import Image

    from .shapes import File, Finding

#: Fine enough to see areas of ink that do not dry, coarse enough for a hundred pages.
_SIDE = 420
#: Percent that rounding may add to a limit.
_SLACK = 2


def check(path: File, limit: float, press: str) -> list[Finding]:
    """Return the pages on which more than ``limit`` percent of ink are laid."""
    found = []
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = ghostscript.Opened(path, folder, press)
        if opened.press.mode != "CMYK":
            return []
        for first, last, size in ghostscript.runs(opened, range(len(opened.pdf.pages)), _SIDE):
            for number, picture in enumerate(opened.draw(first, last, size), first + 1):
                found += _check_picture(picture, number, limit)
    return found


def _check_picture(picture: Image.Image, number: int, limit: float) -> list[Finding]:
    bands = dict(zip("cmyk", picture.split(), strict=True))
    total = ImageMath.lambda_eval(
        lambda args: args["int"](args["c"]) + args["int"](args["m"]) + args["int"](args["y"]) + args["int"](args["k"]),
        **bands,
    )
    most = total.getextrema()[1] / 2.55
    if most <= limit + _SLACK:
        return []
    level = round((limit + _SLACK) * 2.55)
    mask = total.point(lambda value: value * 1 - level).convert("L")
    [left, top, right, bottom] = difference.regions_of(mask)[0]
    place = [left / mask.width, top / mask.height, right / mask.width, bottom / mask.height]
    return [finding("total_ink", WARNING, number, [round(value, 5) for value in place], ink=round(most), limit=limit)]
