"""What a process that draws ahead holds: a place among few, and the sign that it lives, which ends with it."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import IO, TYPE_CHECKING

from . import const

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # not on Windows, where nothing is drawn ahead

if TYPE_CHECKING:
    from .shapes import File

_LIVING = "living"


class NotWantedError(Exception):
    """Nobody wants the pages that are left."""


def _hold(path: File) -> IO[str] | None:
    """Return a lock that is held until it is closed, None where it is not to be had."""
    if not fcntl:
        return None
    file = Path(path).open("a")  # noqa: SIM115 - it stays open as long as the process lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def is_alive(folder: File) -> bool:
    """Return whether the process that draws into a folder is there, and wanted."""
    path = Path(folder) / _LIVING
    if not path.exists():
        return False
    lock = _hold(path)
    if lock:
        lock.close()
    return not lock


def dismiss(folder: File) -> None:
    """Say that nothing more is wanted of the process that draws into a folder: it ends after the page in work."""
    with contextlib.suppress(FileNotFoundError):
        (Path(folder) / _LIVING).unlink()


class Ahead:
    """The process that draws ahead, seen by itself.

    :param folder: where it draws; the folders beside it are those of others
    """

    def __init__(self, folder: File) -> None:
        self._living = Path(folder) / _LIVING
        places = (Path(folder).parent / f"place-{number}" for number in range(const.PARALLEL_PROCESSES))
        self._place = next(filter(None, map(_hold, places)), None)
        self._sign = _hold(self._living) if self._place else None

    def may_go_on(self) -> bool:
        """Return whether there is room for drawing more than the first page."""
        return bool(self._sign)

    def begin_page(self) -> None:
        """Tell that a page is drawn; where the next one hangs, the system ends this process.

        :raises NotWantedError: if nobody wants it
        """
        if self._sign and not self._living.exists():
            raise NotWantedError
        if hasattr(signal, "alarm"):
            signal.alarm(const.PAGE_SECONDS)
