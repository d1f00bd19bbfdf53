"""Pages as pictures, one after another, while the rest is still being rendered.

Ghostscript shows a page as the press prints it; what it cannot draw, or where it is not installed,
poppler and then PDFium are asked, and Pillow draws pictures. Several pages share a process to save
its start, two processes share the processors, and a page that hangs or kills its process costs only itself.
"""

from __future__ import annotations

import math
import re
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from odoo.addons.base_safeguard import sandbox

from . import client, const

if TYPE_CHECKING:
    from .shapes import File

_POLL_SECONDS = 0.01
#: Pages that become ready within so many seconds are handed over together: keeping several at once costs less.
_GATHER_SECONDS = 0.2
_NUMBER = re.compile(r"-(\d+)\.jpg$")
_JPEG_END = b"\xff\xd9"


class _Batch:
    """One process that renders the pages ``first`` to ``last`` (from 0)."""

    def __init__(self, source: Source, first: int, last: int, tool: str) -> None:
        self.first, self.last, self.tool = first, last, tool
        self.done: set[int] = set()
        self.prefix = source.folder / f"{first}-{tool}"
        self.process = source.start(self)
        self.last_sign = time.monotonic()

    def collect(self) -> list[tuple[int, Path]]:
        """Return the pages that became complete: list of (number, path)."""
        ended = self.process.poll() is not None
        fresh = self._written_by_poppler(ended) if self.tool == "poppler" else self._written()
        self.done.update(number for number, _path in fresh)
        if fresh:
            self.last_sign = time.monotonic()
        return fresh

    def _written(self) -> list[tuple[int, Path]]:
        """Return what our own jobs wrote: one page after another, each file complete as soon as it is there."""
        fresh = []
        for number in self.missing():
            path = Path(f"{self.prefix}-{number + 1:06d}.jpg")
            if not path.exists():
                break
            fresh.append((number, path))
        return fresh

    def _written_by_poppler(self, ended: bool) -> list[tuple[int, Path]]:
        """Return what pdftoppm wrote, which names files by the length of the document and writes in place."""
        files = {}
        for path in self.prefix.parent.glob(f"{self.prefix.name}-*.jpg"):
            if found := _NUMBER.search(path.name):
                files[int(found[1]) - 1] = path
        # its newest file may still grow
        open_file = None if ended else max(files, default=None)
        numbers = sorted(files.keys() - self.done - {open_file})
        return [(number, files[number]) for number in numbers if _complete(files[number])]

    def over(self) -> bool:
        """Return whether the process ended; one that shows no page for too long is ended."""
        if self.process.poll() is None and time.monotonic() - self.last_sign > const.PAGE_SECONDS:
            self.stop()
        return self.process.poll() is not None

    def missing(self) -> list[int]:
        """Return the pages that it has not drawn yet."""
        return [number for number in range(self.first, self.last + 1) if number not in self.done]

    def stop(self) -> None:
        """End the process."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def share_of(count: int) -> int:
    """Return how many pages a process draws: each of those at work at the same time as many as the others."""
    rounds = max(1, math.ceil(count / (const.PAGES_PER_PROCESS * const.PARALLEL_PROCESSES)))
    return max(const.WORTH_A_PROCESS, math.ceil(count / (rounds * const.PARALLEL_PROCESSES)))


def _complete(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, 2) < 4:
            return False
        file.seek(-2, 2)
        return file.read() == _JPEG_END


class Source:
    """A file to rasterise.

    :param path: the file
    :param kind: ``pdf`` or ``image``
    :param folder: where the pictures may be written
    :param side: pixels on the longest side of each page
    :param press: path of the press profile, empty for RGB
    """

    def __init__(self, path: File, kind: str, folder: File, side: int = const.PREVIEW_SIDE, press: str = "") -> None:
        self.path, self.folder, self.side, self.press = Path(path), Path(folder), side, press
        self.tools = client.renderers(kind)

    def start(self, batch: _Batch) -> subprocess.Popen:
        """Start the process that draws a batch."""
        if batch.tool != "poppler":
            pages = {"first": batch.first, "last": batch.last, "prefix": str(batch.prefix)}
            return sandbox.start_job(
                client.JOBS,
                "render",
                path=str(self.path),
                renderer=batch.tool,
                side=self.side,
                press=self.press,
                **pages,
            )
        options = ["-q", "-jpeg", "-jpegopt", f"quality={const.JPEG_QUALITY}", "-overprint", "-cropbox"]
        numbers = ["-f", str(batch.first + 1), "-l", str(batch.last + 1), "-scale-to", str(self.side)]
        command = sandbox.limited([client.poppler(), *options, *numbers, str(self.path), str(batch.prefix)])
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def render(self, numbers: Iterable[int]) -> Iterator[list[tuple[int, Path | None]]]:
        """Yield lists of ``(number, path)`` as pages become ready; path None for one that cannot be rendered.

        :param numbers: page (or frame) numbers from 0
        """
        gathered: list[tuple[int, Path | None]] = []
        last = 0.0
        for fresh in self._poll(numbers):
            gathered += fresh
            if gathered and time.monotonic() - last >= _GATHER_SECONDS:
                yield gathered
                gathered, last = [], time.monotonic()
        if gathered:
            yield gathered

    def _poll(self, numbers: Iterable[int]) -> Iterator[list[tuple[int, Path | None]]]:
        """Yield again and again what became ready meanwhile, which may be nothing."""
        waiting = deque(self._batches(sorted(numbers)))
        running: list[_Batch] = []
        try:
            while waiting or running:
                while waiting and len(running) < const.PARALLEL_PROCESSES:
                    running.append(_Batch(self, *waiting.popleft()))
                fresh: list[tuple[int, Path | None]] = []
                for batch in list(running):
                    over = batch.over()
                    fresh += batch.collect()
                    if over:
                        running.remove(batch)
                        waiting.extendleft(reversed(self._retries(batch)))
                        fresh += self._given_up(batch)
                yield sorted(fresh, key=lambda pair: pair[0])
                if not fresh:
                    time.sleep(_POLL_SECONDS)
        finally:
            for batch in running:
                batch.stop()

    def _batches(self, numbers: Iterable[int], tool: str | None = None) -> list[tuple[int, int, str]]:
        """Return (first, last, tool) for runs of neighbouring pages."""
        numbers = list(numbers)
        share = share_of(len(numbers))
        runs: list[list[int]] = []
        for number in numbers:
            if runs and number == runs[-1][-1] + 1 and len(runs[-1]) < share:
                runs[-1].append(number)
            else:
                runs.append([number])
        return [(run[0], run[-1], tool or self.tools[0]) for run in runs]

    def _retries(self, batch: _Batch) -> list[tuple[int, int, str]]:
        """Return the batches that remain after one ended early: the culprit alone, the others together.

        Where not a single page was drawn, the file and not a page is the culprit.
        """
        missing = batch.missing()
        later = self.tools[self.tools.index(batch.tool) + 1 :]
        alone = missing if later and not batch.done else missing[:1]
        retries = self._batches(alone, later[0]) if later else []
        return retries + self._batches(missing[len(alone) :], batch.tool)

    def _given_up(self, batch: _Batch) -> list[tuple[int, None]]:
        missing = batch.missing()
        return [(missing[0], None)] if missing and batch.tool == self.tools[-1] else []


def renderer_of(picture: Path) -> str:
    """Return the name of what drew a picture."""
    return picture.name.split("-")[1]


def render_pages(
    path: File, kind: str, numbers: Iterable[int], folder: File, side: int = const.PREVIEW_SIDE, press: str = ""
) -> Iterator[tuple[int, Path | None]]:
    """Yield ``(number, path or None)`` for each page as soon as it is ready; see ``Source.render``."""
    for ready in render_together(path, kind, numbers, folder, side, press):
        yield from ready


def render_together(
    path: File, kind: str, numbers: Iterable[int], folder: File, side: int = const.PREVIEW_SIDE, press: str = ""
) -> Iterator[list[tuple[int, Path | None]]]:
    """Yield lists of ``(number, path or None)`` of the pages that are ready; see ``Source.render``."""
    yield from Source(path, kind, folder, side, press).render(numbers)
