"""What runs in the sandbox of ``base_safeguard``: one function per job; parameters and answers are JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import documents, holding, images

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from .shapes import Finding, Page, Wishes


def inspect(path: str) -> dict[str, Any]:
    """See ``documents.inspect``."""
    return documents.inspect(path)


def examine(
    path: str, expected: Wishes, profile: Wishes, press: str, *, deep: bool = True
) -> tuple[list[Finding], list[Any]]:
    """See ``preflight.examine``."""
    from .preflight import examine as run

    return run(path, expected, profile, press, deep=deep)


def check_codes(path: str, codes: Sequence[Any]) -> list[Finding]:
    """See ``preflight.check_codes``."""
    from .preflight import check_codes as check

    return check(path, [tuple(code) for code in codes])


def measure_ink(path: str, limit: float, press: str) -> list[Finding]:
    """See ``ink.check``."""
    from .ink import check

    return check(path, limit, press)


def disagreements(path: str, pages: Sequence[Page], target: str, press: str) -> list[dict[str, Any]]:
    """See ``second.disagreements``."""
    from .second import disagreements as look

    return look(path, pages, target, press)


def _renderer(name: str) -> ModuleType:
    # imported here: each of them costs a start-up time that the others need not pay
    if name == "ghostscript":
        from . import printed

        return printed
    if name == "pdfium":
        from . import pdfium

        return pdfium
    return images


def render(
    path: str,
    renderer: str,
    first: int,
    last: int,
    side: int,
    prefix: str,
    press: str = "",
    *,
    small: bool = False,
    ahead: str = "",
) -> None:
    """Render pages (numbers from 0) one after another; each file appears when it is complete.

    :param ahead: the folder of what is drawn before somebody asks for more than the first of them; see ``holding``
    """

    def target_of(number: int) -> str:
        if process:
            process.begin_page()
        return f"{prefix}-{number + 1:06d}.jpg"

    process = holding.Ahead(ahead) if ahead else None
    if process and not process.may_go_on():
        last = first
    with contextlib.suppress(holding.NotWantedError):
        _renderer(renderer).render_pages(path, range(first, last + 1), side, target_of, press, small)


def region(
    path: str,
    renderer: str,
    frame: int,
    zoom: Sequence[int],
    box: Sequence[int],
    target: str,
    press: str = "",
    paper: bool = False,
) -> None:
    """Render a part of a page at full zoom."""
    _renderer(renderer).render_region(path, frame, zoom, box, target, press, paper)


def compare(pairs: Sequence[Sequence[Page]], target: str, limit: float) -> list[dict[str, Any]]:
    """See ``compare.compare_all``."""
    from .compare import compare_all

    work = [
        {"first": first, "second": second, "target": f"{target}/differences-{number}.png"}
        for number, (first, second) in enumerate(pairs)
    ]
    found = compare_all(work, limit)
    return [result | {"picture": pair["target"]} for pair, result in zip(work, found, strict=True)]


def follow(spots: Sequence[Mapping[str, Any]], pages: Sequence[Page]) -> list[dict[str, Any]]:
    """See ``spots.follow``."""
    from .spots import follow as run

    return run(spots, pages)


def separate(path: str, number: int, side: int, target: str, press: str) -> dict[str, Any]:
    """See ``plates.separate``."""
    from .plates import separate as run

    return run(path, number, side, target, press)


def separate_region(
    path: str, number: int, zoom: Sequence[int], box: Sequence[int], names: Sequence[str], target: str, press: str
) -> None:
    """See ``plates.separate_region``."""
    from .plates import separate_region as run

    run(path, number, zoom, box, names, target, press)


def match(old: Sequence[Page], new: Sequence[Page]) -> list[dict[str, Any]]:
    """See ``matching.match``."""
    from .matching import match as run

    return run(old, new)


def watermark(pages: Sequence[Page], lines: Sequence[str], target: str, font: str) -> None:
    """See ``watermark.build``."""
    from .watermark import build

    build(pages, lines, target, font)


def personalise(path: str, texts: Sequence[Mapping[str, Any]], target: str, fonts: Mapping[str, str]) -> None:
    """See ``personalise.personalise``."""
    from .personalise import personalise as run

    run(path, texts, target, fonts)


def mend(path: str, kind: str, target: str, expected: Wishes, angle: int, press: str) -> None:
    """See ``mend.mend``."""
    from .mend import mend as run

    run(path, kind, target, expected=expected, angle=angle, press=press)


def check_profile(path: str) -> dict[str, str]:
    """See ``press.check``."""
    from . import press

    return press.check(path)
