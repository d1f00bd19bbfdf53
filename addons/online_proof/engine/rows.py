"""A picture in other colors, as quickly as what is on it allows."""

from __future__ import annotations

import operator
from itertools import accumulate, compress
from typing import cast

from PIL import Image, ImageCms

#: Share of rows that have to be transformed above which looking for equal ones saves nothing.
_WORTH = 0.8


def transformed(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    """Return a picture in other colors.

    A row that is like the one above it, as on margins, between lines and on even ground, gets the colors of that one:
    the picture is the same to the pixel, and a page of text costs a fifth.
    """
    width, height = picture.size
    data = picture.tobytes()
    rows = _cut(data, len(data) // height if height else 0)
    fresh = [True, *map(operator.ne, rows[1:], rows)]
    distinct = list(compress(rows, fresh))
    if len(distinct) > _WORTH * height:
        return _applied(picture, transform)
    part = _applied(Image.frombytes(picture.mode, (width, len(distinct)), b"".join(distinct)), transform)
    data = part.tobytes()
    colored = _cut(data, len(data) // len(distinct))
    # the number of the distinct row that stands in each row
    places = accumulate(fresh[1:], initial=0)
    return Image.frombytes(part.mode, picture.size, b"".join(colored[place] for place in places))


def _cut(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)] if length else []


def _applied(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    # a new picture, as it is not asked to change this one
    return cast("Image.Image", ImageCms.applyTransform(picture, transform))
