"""Pages that are drawn before somebody asks for them.

The process that draws the first page of a file, while the file is still looked at, goes on with the next pages
when the upload is answered. Whoever prepares the file takes what it has drawn, and what it still draws, as that of
a process of his own. What is not there (another server, a restart) is drawn as if nobody had begun.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import const, holding
from .rasteriser import Batch, Source

if TYPE_CHECKING:
    from .shapes import File

#: What draws several pages in a process of ours.
_TOOL = "ghostscript"
#: Seconds after which nobody comes for what was drawn.
_KEPT_SECONDS = 3600


class FirstPage:
    """The first page of a PDF, which is drawn while somebody still looks at what the file is."""

    def __init__(self, path: File, folder: File, press: str) -> None:
        self._folder = Path(folder)
        self._source = Source(path, "pdf", folder, press=press, small=True, ahead=True)
        self._batch = _Beginning(self._source)
        self._left = False

    def pages(self) -> Iterator[list[tuple[int, Path | None]]]:
        """Yield as ``rasteriser.render_together`` does, once."""
        yield from self._source.render([0], self._batch)

    def leave(self) -> None:
        """Let it draw the next pages, which :func:`begun` finds."""
        self._left = holding.is_alive(self._folder) or self._batch.path_of(1).exists()

    def end(self) -> None:
        """Draw no longer, where nothing more is wanted."""
        if not self._left:
            self.recall()

    def recall(self) -> None:
        """Draw no longer, and let nothing of it be found: the file was not taken in."""
        self._batch.first_is_all = True
        self._batch.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Beginning(Batch):
    """The first page, drawn by a process that draws more of them."""

    def __init__(self, source: Source) -> None:
        tool = source.tools[0]
        super().__init__(source, 0, const.PAGES_PER_PROCESS - 1 if tool == _TOOL else 0, tool)
        self.last = 0
        #: whether the process has nothing to do after it
        self.first_is_all = False

    def over(self) -> bool:
        """Return whether the page is there, or will not come."""
        ended = super().over()
        return ended or not self.missing()

    def stop(self) -> None:
        """End the process, unless it goes on with the next pages."""
        if self.missing() or self.first_is_all:
            Batch.stop(self)


@contextlib.contextmanager
def first_page(path: File, folder: File, press: str) -> Iterator[FirstPage | None]:
    """Draw the first page of a file meanwhile, if it looks like a PDF.

    :param folder: a new one of this file, beside those of other files
    """
    with Path(path).open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            yield None
            return
    _make(Path(folder))
    page = FirstPage(path, folder, press)
    try:
        yield page
    finally:
        page.end()


def clear(parent: File) -> None:
    """Delete the pages below a folder that nobody came for."""
    for folder in Path(parent).glob("*/"):
        with contextlib.suppress(FileNotFoundError):
            if folder.stat().st_mtime < time.time() - _KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path) -> None:
    """Make a folder; what was drawn for a database that had the same name goes."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        # in one step, as somebody may still draw into it
        shutil.rmtree(folder.rename(f"{folder}-{time.time_ns()}"), ignore_errors=True)
    folder.mkdir(mode=0o700)


class _Follower:
    """A process that somebody else started, as far as it can be seen and ended by the folder that it draws into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def poll(self) -> int | None:
        """Return None while it runs."""
        return None if holding.is_alive(self._folder) else 0

    def kill(self) -> None:
        """Have it end after the page in work; one that hangs there is ended by the system."""
        holding.dismiss(self._folder)

    def wait(self) -> None:
        """Wait for nothing: it is not ours."""


class _Begun(Batch):
    """The pages that are drawn, or being drawn, already."""

    ours = False

    def __init__(self, folder: Path, numbers: Iterable[int]) -> None:
        self.tool, self.prefix = _TOOL, folder / f"0-{_TOOL}"
        self.process = _Follower(folder)
        self.started = self.last_sign = time.monotonic()
        self.first_sign, self.first_count = 0.0, 0
        alive = self.process.poll() is None
        # the first page is kept with the upload
        wanted = {number for number in numbers if 0 < number < const.PAGES_PER_PROCESS}
        if not alive:
            wanted = {number for number in wanted if self.path_of(number).exists()}
        self.first, self.last = 0, max(wanted, default=0)
        self.done = set(range(self.last + 1)) - wanted


@contextlib.contextmanager
def begun(folder: File, numbers: Iterable[int]) -> Iterator[Batch | None]:
    """Yield what draws, or has drawn, some of the pages into a folder; None where nothing does. It goes afterwards."""
    batch = _Begun(Path(folder), numbers)
    yield batch if batch.missing() else None
    shutil.rmtree(folder, ignore_errors=True)
