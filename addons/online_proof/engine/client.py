"""What Odoo calls: every function starts a bounded process and waits a bounded time for it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odoo.addons.base_safeguard import sandbox

from . import const
from .errors import FileRefusedError

if TYPE_CHECKING:
    from .shapes import File, Finding, Page, Wishes

JOBS = "online_proof.engine.jobs"


def ghostscript() -> str | None:
    """Return the path of ``gs``, or None where Ghostscript is not installed."""
    return shutil.which("gs")


def poppler() -> str | None:
    """Return the path of ``pdftoppm``, or None where poppler is not installed."""
    return shutil.which("pdftoppm")


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a temporary folder for a job's output."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        yield Path(folder)


def run_job(name: str, *, seconds: float = const.SHORT_SECONDS, **job: Any) -> Any:
    """Run one job in the worker and return its answer.

    :raises FileRefusedError: what the job found, or ``too_heavy`` when it ran into a limit
    """
    try:
        return sandbox.run_job(JOBS, name, seconds=seconds, **job)
    except sandbox.JobError as error:
        raise FileRefusedError(error.code, **error.values) from error


def inspect(path: File) -> dict[str, Any]:
    """Return kind, pages and notes of a file; see ``documents.inspect``."""
    return run_job("inspect", path=str(path))


def check_profile(path: File) -> dict[str, str]:
    """Return ``mode`` and ``name`` of a press profile; see ``press.check``."""
    return run_job("check_profile", path=str(path))


def preflight(path: File, expected: Wishes, profile: Wishes, press: str) -> list[Finding]:
    """Return the findings for a file; see ``preflight.examine``.

    What takes too long, or too much memory, is looked at from outside. Barcodes and inks need a renderer: each has
    a process of its own, so that what one of them cannot do takes nothing away from the others.

    :param press: path of the shop's press profile, empty for RGB
    """
    values: dict[str, Any] = {"path": str(path), "expected": expected, "profile": profile, "press": press}
    try:
        found, codes = run_job("examine", seconds=const.LONG_SECONDS, **values)
    except FileRefusedError:
        found, codes = run_job("examine", deep=False, **values)
    if codes:
        found += _look_once("check_codes", "codes_not_read", path=str(path), codes=codes)
    limit = profile.get("total_ink")
    if limit:
        found += _look_once("measure_ink", "ink_not_measured", path=str(path), limit=limit, press=press)
    return found


def _look_once(job: str, failure: str, **values: Any) -> list[Finding]:
    """Return what a check finds; one that takes too long is said not to have been made."""
    try:
        return run_job(job, seconds=const.LOOK_SECONDS, **values)
    except FileRefusedError:
        return [{"code": failure, "severity": "info", "page": 0, "box": None, "values": {}}]


def disagreements(path: File, pages: Sequence[Page], target: File, press: str) -> list[dict[str, Any]]:
    """Return the pages that a second renderer draws otherwise; see ``second.disagreements``."""
    values = {"pages": pages, "target": str(target), "press": press}
    return run_job("disagreements", seconds=const.LONG_SECONDS, path=str(path), **values)


def renderers(kind: str) -> list[str]:
    """Return the names of what can draw a file, best first."""
    if kind == "image":
        return ["images"]
    return [*(["ghostscript"] if ghostscript() else []), *(["poppler"] if poppler() else []), "pdfium"]


def render_region(
    path: File,
    kind: str,
    frame: int,
    zoom: Sequence[int],
    box: Sequence[int],
    target: File,
    *,
    renderer: str = "",
    press: str = "",
    paper: bool = False,
) -> None:
    """Write a part of a page at full zoom.

    :param box: left, top, right, bottom in pixels
    :param renderer: what drew the whole page: a part looks like the whole, so it is asked first
    :param press: path of the press profile, empty for RGB
    :param paper: show the white of the paper
    :raises FileRefusedError: if nothing can draw it
    """
    names = renderers(kind)
    if renderer in names:
        names = [renderer, *(name for name in names if name != renderer)]
    for name in names:
        try:
            if name == "poppler":
                _render_region_by_poppler(path, frame, zoom, box, target)
            else:
                run_job(
                    "region",
                    path=str(path),
                    renderer=name,
                    frame=frame,
                    zoom=zoom,
                    box=box,
                    target=str(target),
                    press=press,
                    paper=paper,
                )
            return
        except FileRefusedError:
            if name == names[-1]:
                raise


def _render_region_by_poppler(path: File, frame: int, zoom: Sequence[int], box: Sequence[int], target: File) -> None:
    left, top, right, bottom = box
    numbers = ["-f", frame + 1, "-l", frame + 1, "-scale-to-x", zoom[0], "-scale-to-y", zoom[1]]
    part = ["-x", left, "-y", top, "-W", right - left, "-H", bottom - top]
    options = ["-q", "-jpeg", "-jpegopt", f"quality={const.JPEG_QUALITY}", "-overprint", "-cropbox", "-singlefile"]
    words = [poppler(), *options, *map(str, numbers + part), str(path), str(Path(target).with_suffix(""))]
    try:
        done = subprocess.run(sandbox.limited(words), capture_output=True, timeout=const.SHORT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefusedError("too_heavy") from error
    if done.returncode or not Path(target).exists():
        raise FileRefusedError("damaged", page=0)


def compare(pairs: Sequence[tuple[Page, Page]], target: File, limit: float) -> list[dict[str, Any]]:
    """Return what differs between the pages of each pair, with ``picture``: see ``compare.compare_all``.

    Several pairs are shared between two processes.

    :param target: folder for the pictures of the differences
    """
    middle = (len(pairs) + 1) // 2 if len(pairs) >= const.WORTH_A_PROCESS else len(pairs)
    halves = [(name, part) for name, part in (("first", pairs[:middle]), ("second", pairs[middle:])) if part]

    def run(half: tuple[str, Sequence[tuple[Page, Page]]]) -> list[dict[str, Any]]:
        name, part = half
        folder = Path(target) / name
        folder.mkdir(exist_ok=True)
        return run_job("compare", seconds=const.SHORT_SECONDS, pairs=part, target=str(folder), limit=limit)

    # a thread waits for each process
    with ThreadPoolExecutor(len(halves) or 1) as pool:
        return [found for part in pool.map(run, halves) for found in part]


def mend(path: File, kind: str, target: File, *, expected: Mapping[str, Any], angle: int = 0, press: str = "") -> None:
    """Write a mended file; see ``mend.mend``."""
    values: dict[str, Any] = {"kind": kind, "target": str(target), "expected": expected, "angle": angle, "press": press}
    run_job("mend", seconds=const.LONG_SECONDS, path=str(path), **values)


def separate(path: File, number: int, side: int, target: File, press: str) -> dict[str, Any]:
    """Write the plates of a page and return what they are; see ``plates.separate``."""
    values: dict[str, Any] = {"number": number, "side": side, "target": str(target), "press": press}
    return run_job("separate", path=str(path), **values)


def separate_region(
    path: File,
    number: int,
    zoom: Sequence[int],
    box: Sequence[int],
    *,
    names: Sequence[str],
    target: File,
    press: str,
) -> None:
    """Write the plates of a part of a page; see ``plates.separate_region``."""
    values: dict[str, Any] = {"zoom": zoom, "box": box, "names": names, "target": str(target), "press": press}
    run_job("separate_region", path=str(path), number=number, **values)


def match(old: Sequence[Page], new: Sequence[Page]) -> list[dict[str, Any]]:
    """Return which page is which; see ``matching.match``."""
    return run_job("match", seconds=const.LONG_SECONDS, old=old, new=new)


def follow(spots: Sequence[Mapping[str, Any]], pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Return where spots of older pages are on newer ones; see ``spots.follow``."""
    return run_job("follow", spots=spots, pages=pages)


def watermark(pages: Sequence[Page], lines: Sequence[str], target: File, font: File) -> None:
    """Write the watermarked PDF."""
    run_job("watermark", seconds=const.LONG_SECONDS, pages=pages, lines=lines, target=str(target), font=str(font))


def personalise(path: File, texts: Sequence[Mapping[str, Any]], target: File, fonts: Mapping[str, str]) -> None:
    """Write the template with the customer's texts; ``fonts`` maps names to font files."""
    run_job("personalise", path=str(path), texts=texts, target=str(target), fonts=fonts)
