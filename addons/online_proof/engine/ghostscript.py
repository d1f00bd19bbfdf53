"""PDF pages as the press prints them: Ghostscript makes the inks, their profile makes the colours.

Pages are always drawn in the colours of the press, overprint included, and only then turned into
what a screen shows: a page with overprint and the page beside it have the same red.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import pikepdf
from PIL import Image

from . import documents, images, press
from .errors import FileRefusedError

if TYPE_CHECKING:
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
        self.press = press.of_file(self.pdf, folder, profile)

    def size_of(self, number: int, side: int) -> Size:
        """Return width and height in pixels and the resolution of a page that is ``side`` pixels long."""
        page = documents.describe_page(self.pdf.pages[number], number)
        dpi = side * 25.4 / max(page["width_mm"], page["height_mm"])
        return (*(max(1, round(page[key] * dpi / 25.4)) for key in ("width_mm", "height_mm")), dpi)

    def color_options(self, overprint: bool) -> list[str]:
        """Return the options that make the press' colors."""
        options = [f"-dOverprint=/{'simulate' if overprint else 'disable'}", f"-sDEVICE={_DEVICES[self.press.mode]}"]
        if self.press.path:
            options.append(f"-sOutputICCProfile={self.press.path}")
            kind = "CMYK" if self.press.mode == "CMYK" else "RGB"
            options.append(f"-sDefault{kind}Profile={self.press.path}")
        return options

    def draw(
        self, first: int, last: int, size: Size, path: File | None = None, *, overprint: bool = True
    ) -> Iterator[Image.Image]:
        """Yield the pages from ``first`` to ``last`` (from 0), in the colours of the press.

        :param size: width, height, resolution
        :raises FileRefusedError: when Ghostscript gives up
        """
        with Drawing(self, range(first, last + 1), size, path, overprint=overprint) as drawing:
            for _number in range(first, last + 1):
                yield drawing.next()


class Drawing:
    """A running Ghostscript that draws pages one after another, at work before somebody waits for the first.

    :param numbers: pages, from 0, ascending
    :param size: width, height, resolution
    """

    def __init__(
        self, opened: Opened, numbers: Iterable[int], size: Size, path: File | None = None, *, overprint: bool = True
    ) -> None:
        self._size = size[:2]
        pages = ",".join(str(number + 1) for number in numbers)
        options = [*opened.color_options(overprint), f"-r{size[2]:.5f}", f"-sPageList={pages}", "-sOutputFile=-"]
        self._process = start(path or opened.path, opened.folder, options)
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


def runs(opened: Opened, numbers: Iterable[int], side: int) -> Iterator[tuple[int, int, Size]]:
    """Yield (first, last, size) of neighbouring pages of the same size: they share a process."""
    run: tuple[int, int, Size] | None = None
    for number in numbers:
        size = opened.size_of(number, side)
        if run and size == run[2] and number == run[1] + 1:
            run = (run[0], number, size)
            continue
        if run:
            yield run
        run = (number, number, size)
    if run:
        yield run


def render_pages(path: File, numbers: Iterable[int], side: int, target_of: Callable[[int], File], profile: str) -> None:
    """Write pages (numbers from 0) as JPEG, ``side`` pixels on the longest side."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = Opened(path, folder, profile)
        for first, last, size in runs(opened, numbers, side):
            for number, picture in enumerate(opened.draw(first, last, size), first):
                images.save_jpeg(opened.press.shown(picture), target_of(number))


def render_region(
    path: File,
    number: int,
    zoom_size: Sequence[int],
    box: Sequence[int],
    target: File,
    profile: str,
    paper: bool = False,
) -> None:
    """Write the part ``box`` (left, top, right, bottom at full zoom) of a page as a JPEG."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        opened = Opened(path, folder, profile)
        picture = draw_region(opened, number, zoom_size, box)
        images.save_jpeg(opened.press.shown(picture, paper=paper), target)


def draw_region(opened: Opened, number: int, zoom_size: Sequence[int], box: Sequence[int]) -> Image.Image:
    """Return a part of a page, in the colours of the press."""
    cut, dpi = cut_out(opened, number, zoom_size, box)
    size = (box[2] - box[0], box[3] - box[1], dpi)
    return next(opened.draw(0, 0, size, cut))


def cut_out(opened: Opened, number: int, zoom_size: Sequence[int], box: Sequence[int]) -> tuple[Path, float]:
    """Write a PDF with nothing but a part of a page; return its path and the resolution to draw it with.

    Ghostscript draws only what is inside of the crop box, so that a part of a poster costs what it shows.
    """
    pdf = opened.pdf
    page = pdf.pages[number]
    left, bottom, right, top = documents.visible_box(page)
    rotation = documents.rotation_of(page)
    # the part as fractions of the page as it is seen, turned back to the page as it is written
    part = (box[0] / zoom_size[0], box[1] / zoom_size[1], box[2] / zoom_size[0], box[3] / zoom_size[1])
    for _quarter in range(rotation // 90):
        part = (part[1], 1 - part[2], part[3], 1 - part[0])
    width, height = right - left, top - bottom
    crop = [left + part[0] * width, top - part[3] * height, left + part[2] * width, top - part[1] * height]
    page.obj.CropBox = pikepdf.Array([round(value, 5) for value in crop])
    page.obj.MediaBox = page.obj.CropBox
    for other in range(len(pdf.pages) - 1, -1, -1):
        if other != number:
            del pdf.pages[other]
    target = Path(opened.folder) / "part.pdf"
    pdf.save(target)
    unit = documents.unit_of(page)
    long_side = max(width, height) * unit
    return target, max(zoom_size) * 72 / long_side
