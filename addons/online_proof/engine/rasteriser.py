"""Pages as pictures, one after another, while the rest is still being rendered.

Ghostscript shows a page as the press prints it; what it cannot draw, or where it is not installed,
poppler and then PDFium are asked, and Pillow draws pictures. Several pages share a process to save
its start; where that is not enough a second one takes half of them. A page that hangs or kills its process
costs only itself.
"""

from __future__ import annotations

import math
import re
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from odoo.addons.base_safeguard import sandbox

from . import client, const

if TYPE_CHECKING:
    from .shapes import File

_POLL_SECONDS = 0.01
#: Pages that become ready within so many seconds are handed over together: keeping several at once costs less.
_GATHER_SECONDS = 0.2
_NUMBER = re.compile(r"-(\d+)\.jpg$")
_JPEG_END = b"\xff\xd9"


class Running(Protocol):
    """A process that draws pages, as far as a batch has to do with it."""

    def poll(self) -> int | None:
        """Return None while it runs."""

    def kill(self) -> None:
        """End it."""

    def wait(self) -> object:
        """Wait for its end."""


class Batch:
    """One process that renders the pages ``first`` to ``last`` (from 0)."""

    #: whether it was started here, and ends with a page that it cannot draw
    ours = True

    def __init__(self, source: Source, first: int, last: int, tool: str) -> None:
        self.first, self.last, self.tool = first, last, tool
        self.done: set[int] = set()
        self.prefix = source.folder / f"{first}-{tool}"
        self.process: Running = source.start(self)
        self.started = self.last_sign = time.monotonic()
        #: when the first pages were there, and how many
        self.first_sign, self.first_count = 0.0, 0

    def collect(self) -> list[tuple[int, Path]]:
        """Return the pages that became complete: list of (number, path)."""
        ended = self.process.poll() is not None
        fresh = self._written_by_poppler(ended) if self.tool == "poppler" else self._written()
        self.done.update(number for number, _path in fresh)
        if fresh:
            self.last_sign = time.monotonic()
            if not self.first_sign:
                self.first_sign, self.first_count = self.last_sign, len(self.done)
        return fresh

    def seconds_left(self) -> float:
        """Return how long the pages that are missing will take, judged by those that are there."""
        passed = time.monotonic() - (self.first_sign or self.started)
        if not self.first_sign and passed < const.WORTH_SECONDS:
            return 0.0  # it has just been started
        return passed / max(1, len(self.done) - self.first_count) * len(self.missing())

    def halve(self) -> tuple[int, int, str]:
        """Give away the second half of what is missing; return it as a batch."""
        missing = self.missing()
        last, self.last = self.last, missing[(len(missing) - 1) // 2]
        return self.last + 1, last, self.tool

    def _written(self) -> list[tuple[int, Path]]:
        """Return what our own jobs wrote: one page after another, each file complete as soon as it is there."""
        fresh = []
        for number in self.missing():
            path = self.path_of(number)
            if not path.exists():
                break
            fresh.append((number, path))
        return fresh

    def path_of(self, number: int) -> Path:
        """Return where one of our own jobs puts a page."""
        return Path(f"{self.prefix}-{number + 1:06d}.jpg")

    def _written_by_poppler(self, ended: bool) -> list[tuple[int, Path]]:
        """Return what pdftoppm wrote, which names files by the length of the document and writes in place."""
        files = {}
        for path in self.prefix.parent.glob(f"{self.prefix.name}-*.jpg"):
            if found := _NUMBER.search(path.name):
                files[int(found[1]) - 1] = path
        # its newest file may still grow
        open_file = None if ended else max(files, default=None)
        numbers = sorted((files.keys() & set(self.missing())) - {open_file})
        return [(number, files[number]) for number in numbers if _complete(files[number])]

    def over(self) -> bool:
        """Return whether the process ended; one that shows no page for too long, or has none to draw, is ended."""
        if not self.missing() or time.monotonic() - self.last_sign > const.PAGE_SECONDS:
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
    """Return how many pages a process is started with: each as many as the others."""
    return math.ceil(count / max(1, math.ceil(count / const.PAGES_PER_PROCESS)))


def _complete(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, 2) < 4:
            return False
        file.seek(-2, 2)
        return file.read() == _JPEG_END


def _second_halves(running: Sequence[Batch]) -> list[tuple[int, int, str]]:
    """Return what another process can take over, where there is room for one and the pages left are worth its start."""
    if not running or len(running) >= const.PARALLEL_PROCESSES:
        return []
    longest = max(running, key=Batch.seconds_left)
    if len(longest.missing()) < const.WORTH_A_PROCESS or longest.seconds_left() < const.WORTH_SECONDS:
        return []
    return [longest.halve()]


class Source:
    """A file to rasterise.

    :param path: the file
    :param kind: ``pdf`` or ``image``
    :param folder: where the pictures may be written
    :param side: pixels on the longest side of each page
    :param press: path of the press profile, empty for RGB
    :param small: have a thumbnail written beside each page, where the renderer is one of ours
    :param ahead: draw into the folder itself, and more than the first page only as ``holding`` says
    """

    def __init__(
        self,
        path: File,
        kind: str,
        folder: File,
        side: int = const.PREVIEW_SIDE,
        press: str = "",
        *,
        small: bool = False,
        ahead: bool = False,
    ) -> None:
        self.path, self.side, self.press, self.small, self.ahead = Path(path), side, press, small, ahead
        # of its own: what another one wrote there is not taken for a page of this one
        self.folder = Path(folder) if ahead else Path(tempfile.mkdtemp(dir=folder))
        self.tools = client.renderers(kind)

    def start(self, batch: Batch) -> subprocess.Popen:
        """Start the process that draws a batch."""
        if batch.tool != "poppler":
            pages = {"first": batch.first, "last": batch.last, "prefix": str(batch.prefix)}
            return sandbox.start_job(
                client.JOBS,
                "render",
                limits=sandbox.Limits(cpu=const.DRAWING_SECONDS),
                path=str(self.path),
                renderer=batch.tool,
                side=self.side,
                press=self.press,
                small=self.small,
                ahead=str(self.folder) if self.ahead and batch.last > batch.first else "",
                **pages,
            )
        options = ["-q", "-jpeg", "-jpegopt", f"quality={const.JPEG_QUALITY}", "-overprint", "-cropbox"]
        numbers = ["-f", str(batch.first + 1), "-l", str(batch.last + 1), "-scale-to", str(self.side)]
        command = sandbox.limited([client.poppler(), *options, *numbers, str(self.path), str(batch.prefix)])
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def render(self, numbers: Iterable[int], begun: Batch | None = None) -> Iterator[list[tuple[int, Path | None]]]:
        """Yield lists of ``(number, path)`` as pages become ready; path None for one that cannot be rendered.

        :param numbers: page (or frame) numbers from 0
        :param begun: what is drawing some of them already
        """
        gathered: list[tuple[int, Path | None]] = []
        last = 0.0
        for fresh in self._poll(numbers, begun):
            gathered += fresh
            if gathered and time.monotonic() - last >= _GATHER_SECONDS:
                yield gathered
                gathered, last = [], time.monotonic()
        if gathered:
            yield gathered

    def _poll(self, numbers: Iterable[int], begun: Batch | None) -> Iterator[list[tuple[int, Path | None]]]:
        """Yield again and again what became ready meanwhile, which may be nothing."""
        running: list[Batch] = [begun] if begun else []
        waiting = deque(self._batches(sorted(set(numbers).difference(*(batch.missing() for batch in running)))))
        try:
            while waiting or running:
                if not waiting:
                    waiting.extend(_second_halves(running))
                while waiting and len(running) < const.PARALLEL_PROCESSES:
                    running.append(Batch(self, *waiting.popleft()))
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

    def _retries(self, batch: Batch) -> list[tuple[int, int, str]]:
        """Return the batches that remain after one ended early: the culprit alone, the others together.

        Where not a single page was drawn, the file and not a page is the culprit.
        """
        missing = batch.missing()
        if not batch.ours:
            return self._batches(missing, batch.tool)
        later = self.tools[self.tools.index(batch.tool) + 1 :]
        alone = missing if later and not batch.done else missing[:1]
        retries = self._batches(alone, later[0]) if later else []
        return retries + self._batches(missing[len(alone) :], batch.tool)

    def _given_up(self, batch: Batch) -> list[tuple[int, None]]:
        missing = batch.missing()
        return [(missing[0], None)] if missing and batch.tool == self.tools[-1] else []


def renderer_of(picture: Path) -> str:
    """Return the name of what drew a picture."""
    return picture.name.split("-")[1]


def render_pages(
    path: File, kind: str, numbers: Iterable[int], folder: File, side: int = const.PREVIEW_SIDE, press: str = ""
) -> Iterator[tuple[int, Path | None]]:
    """Yield ``(number, path or None)`` for each page as soon as it is ready; see ``Source.render``."""
    for ready in Source(path, kind, folder, side, press).render(numbers):
        yield from ready


def render_together(
    path: File,
    kind: str,
    numbers: Iterable[int],
    folder: File,
    press: str = "",
    begun: Batch | None = None,
) -> Iterator[list[tuple[int, Path | None]]]:
    """Yield lists of ``(number, path or None)`` of the pages that are ready, with thumbnails; see ``Source.render``."""
    yield from Source(path, kind, folder, press=press, small=True).render(numbers, begun)
