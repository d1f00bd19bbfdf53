"""How different two colors look: CIE dE2000 (Sharma, Wu, Dalal 2005) of sRGB or Lab values."""

import functools
import math
from collections.abc import Iterable

Lab = tuple[float, float, float]

#: White of sRGB (D65) and its matrix to XYZ.
_WHITE = (0.95047, 1.0, 1.08883)
_MATRIX = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def lab_of(rgb: Iterable[float]) -> Lab:
    """Return the Lab values of an sRGB color (numbers from 0 to 255)."""
    linear = [_linear(value / 255) for value in rgb]
    x, y, z = (
        _cube_root(sum(factor * value for factor, value in zip(row, linear, strict=True)) / white)
        for row, white in zip(_MATRIX, _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


@functools.lru_cache(maxsize=65_536)
def between(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Return dE2000 of two sRGB colors."""
    return delta_e(lab_of(first), lab_of(second))


def delta_e(first: Lab, second: Lab) -> float:
    """Return dE2000 of two Lab colors."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean7 / (mean7 + 25**7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = (_hue(a * stretch, b) for a, b in ((a1, b1), (a2, b2)))
    turn = _turn(h1, h2, c1 * c2)
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    mean = _mean_hue(h1, h2, c1 * c2)
    weight_l = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    weight_c = 1 + 0.045 * chroma
    weight_h = 1 + 0.015 * chroma * _hue_weight(mean)
    rotation = -math.sin(math.radians(60 * math.exp(-(((mean - 275) / 25) ** 2))))
    rotation *= 2 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    dl, dc, dh = (l2 - l1) / weight_l, (c2 - c1) / weight_c, hue / weight_h
    return math.sqrt(dl * dl + dc * dc + dh * dh + rotation * dc * dh)


def _hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360 if a or b else 0.0


def _turn(h1: float, h2: float, product: float) -> float:
    if not product:
        return 0.0
    return (h2 - h1 + 180) % 360 - 180 if abs(h2 - h1) != 180 else h2 - h1


def _mean_hue(h1: float, h2: float, product: float) -> float:
    if not product:
        return h1 + h2
    if abs(h1 - h2) <= 180:
        return (h1 + h2) / 2
    return (h1 + h2 + 360) / 2 if h1 + h2 < 360 else (h1 + h2 - 360) / 2


def _hue_weight(mean: float) -> float:
    return (
        1
        - 0.17 * math.cos(math.radians(mean - 30))
        + 0.24 * math.cos(math.radians(2 * mean))
        + 0.32 * math.cos(math.radians(3 * mean + 6))
        - 0.20 * math.cos(math.radians(4 * mean - 63))
    )
