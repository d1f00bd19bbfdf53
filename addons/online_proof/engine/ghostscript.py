"""Ghostscript: starting it on a file, with nothing of ours around it, and reading the pages that it draws.

Pages are always drawn in the colours of the press, overprint included, and only then turned into
what a screen shows: a page with overprint and the page beside it have the same red.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from PIL import Image

from . import documents, press, usage
from .errors import FileRefusedError
from .layers import Layers

if TYPE_CHECKING:
    from .press import Press
    from .shapes import File, Size

_OPTIONS = [
    "-q",
    "-dSAFER",
    "-dBATCH",
    "-dNOPAUSE",
    "-dPrinted",
    "-dUseCropBox",
    "-dBlackPtComp=1",
    "-dTextAlphaBits=4",
    "-dGraphicsAlphaBits=4",
    "-sstdout=%stderr",
]
#: For writing files instead of pictures.
REWRITE = ["-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sstdout=%stderr"]
_DEVICES = {"CMYK": "pamcmyk32", "RGB": "ppmraw"}
#: Pixels that the sides of a page may differ from what its boxes say.
_SLACK = 3
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    # a worker that is ended takes its Ghostscript with it
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _environment(folder: File) -> dict[str, str]:
    """Return an environment in which nothing of ours, and no setting of Ghostscript, is to be found."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TMPDIR": str(folder), "HOME": str(folder), "LC_ALL": "C"}


def start(
    path: File, folder: File, options: Sequence[str], common: Sequence[str] = _OPTIONS
) -> subprocess.Popen[bytes]:
    """Start Ghostscript on a file that begins like a PDF; its standard output is ours to read."""
    return subprocess.Popen(
        ["gs", *common, *options, "-f", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        preexec_fn=_die_with_parent if os.name == "posix" else None,
    )


def output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    """Return what a process writes that :func:`start` started: there is always a pipe."""
    return cast("IO[bytes]", process.stdout)


def run(path: File, folder: File, options: Sequence[str], common: Sequence[str] = _OPTIONS) -> int:
    """Run Ghostscript to its end, for the files that it writes; return its exit code."""
    process = start(path, folder, options, common)
    output = output_of(process)
    try:
        output.read()
        return process.wait()
    finally:
        process.kill()
        output.close()
        process.wait()


def press_options(printed_with: Press, overprint: bool) -> list[str]:
    """Return the options that make the colors of a press."""
    options = [f"-dOverprint=/{'simulate' if overprint else 'disable'}", f"-sDEVICE={_DEVICES[printed_with.mode]}"]
    if printed_with.path:
        options.append(f"-sOutputICCProfile={printed_with.path}")
        options.append(f"-sDefault{printed_with.mode}Profile={printed_with.path}")
    return options


def draw_file(path: File, folder: File, size: Size, options: Sequence[str]) -> Image.Image:
    """Return the only page of a file that was made here.

    :raises FileRefusedError: when Ghostscript gives up
    """
    process = start(path, folder, [*options, f"-r{size[2]:.5f}", "-sOutputFile=-"])
    output = output_of(process)
    try:
        return fitted(_read_picture(output, *size[:2]), size[:2])
    finally:
        process.kill()
        output.close()
        process.wait()


def clean_path(path: File, folder: File) -> File:
    """Return the path of the file, without what stands before its PDF header.

    Ghostscript is a PostScript interpreter, too: what does not begin as a PDF might be run as a program.

    :raises FileRefusedError: if there is no PDF header
    """
    with Path(path).open("rb") as file:
        start_at = file.read(1024).find(b"%PDF-")
        if start_at == 0:
            return path
        if start_at < 0:
            raise FileRefusedError("damaged", page=0)
        file.seek(start_at)
        clean = Path(folder) / "clean.pdf"
        clean.write_bytes(file.read())
    return clean


class Opened:
    """A PDF that pages are drawn of.

    :param profile: path of the shop's press profile, empty for RGB
    """

    def __init__(self, path: File, folder: File, profile: str) -> None:
        self.folder = folder
        self.path = clean_path(path, folder)
        self.pdf = documents.open_pdf(path)
        self._show_layers_as_printed()
        self._presses = press.Presses(self.pdf, folder, profile)
        self._usages: dict[int, usage.Usage] = {}

    def _show_layers_as_printed(self) -> None:
        """Draw a copy of a file that has layers for the screen or for the paper alone: Ghostscript takes no notice."""
        shown = Layers(self.pdf)
        if shown.printed_otherwise:
            shown.show_as_printed(self.pdf)
            self.path = Path(self.folder) / "layers.pdf"
            self.pdf.save(self.path)

    @property
    def press(self) -> Press:
        """What the document is printed with; a page may say something else of itself."""
        return self._presses.document

    def press_of(self, number: int) -> Press:
        """Return what a page is printed with."""
        return self._presses.of_page(self.pdf.pages[number])

    def usage_of(self, number: int) -> usage.Usage:
        """Return what a page lists."""
        if number not in self._usages:
            self._usages[number] = usage.of_page(self.pdf.pages[number])
        return self._usages[number]

    def size_of(self, number: int, side: int) -> Size:
        """Return width and height in pixels and the resolution of a page that is ``side`` pixels long."""
        page = documents.describe_page(self.pdf.pages[number], number)
        dpi = side * 25.4 / max(page["width_mm"], page["height_mm"])
        return (*(max(1, round(page[key] * dpi / 25.4)) for key in ("width_mm", "height_mm")), dpi)

    def color_options(self, number: int, overprint: bool) -> list[str]:
        """Return the options that make the colors of a page's press."""
        return press_options(self.press_of(number), overprint)

    def draw(self, first: int, last: int, size: Size, *, overprint: bool = True) -> Iterator[Image.Image]:
        """Yield the pages from ``first`` to ``last`` (from 0), in the colours of the press of the first.

        :param size: width, height, resolution
        :raises FileRefusedError: when Ghostscript gives up
        """
        with Drawing(self, range(first, last + 1), size, overprint=overprint) as drawing:
            for _number in range(first, last + 1):
                yield drawing.next()


class Drawing:
    """A running Ghostscript that draws pages one after another, at work before somebody waits for the first.

    :param numbers: pages for the same press, from 0, ascending
    :param size: width, height, resolution
    """

    def __init__(self, opened: Opened, numbers: Sequence[int], size: Size, *, overprint: bool = True) -> None:
        self._size = size[:2]
        pages = ",".join(str(number + 1) for number in numbers)
        options = [*opened.color_options(numbers[0], overprint), f"-r{size[2]:.5f}", f"-sPageList={pages}"]
        self._process = start(opened.path, opened.folder, [*options, "-sOutputFile=-"])
        self._output = output_of(self._process)

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._output.close()
        self._process.wait()

    def next(self) -> Image.Image:
        """Return the next page, in the colours of the press.

        :raises FileRefusedError: when Ghostscript gives up
        """
        return fitted(_read_picture(self._output, *self._size), self._size)


def _read_picture(stream: IO[bytes], width: int, height: int) -> Image.Image:
    """Return the next picture (PAM or PPM) of a stream.

    :raises FileRefusedError: if there is none, or if it is not of about the size
    """
    mode, size = _read_header(stream)
    if abs(size[0] - width) > _SLACK or abs(size[1] - height) > _SLACK:
        raise FileRefusedError("damaged", page=0)
    length = size[0] * size[1] * len(mode)
    data = stream.read(length)
    if len(data) != length:
        raise FileRefusedError("damaged", page=0)
    return Image.frombytes(mode, size, data)


def _read_header(stream: IO[bytes]) -> tuple[str, tuple[int, int]]:
    kind = stream.readline(80).strip()
    words = []
    end = b"ENDHDR" if kind == b"P7" else b"255"
    while kind in (b"P7", b"P6"):
        line = stream.readline(200).split(b"#")[0].strip()
        if line == end:
            break
        words += line.split()
        if len(words) > 40:
            break
    numbers = [int(word) for word in words if word.isdigit()]
    if len(numbers) < 2:
        raise FileRefusedError("damaged", page=0)
    return "CMYK" if kind == b"P7" else "RGB", (numbers[0], numbers[1])


def fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Cut or fill the last column or row, where the renderer rounds otherwise than we do."""
    if picture.size == size:
        return picture
    sheet = Image.new(picture.mode, size, (255, 255, 255) if picture.mode == "RGB" else 0)
    sheet.paste(picture, (0, 0))
    return sheet
