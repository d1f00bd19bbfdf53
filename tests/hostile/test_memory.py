"""No upload makes the process that answers it grow by more than a little, however large it is."""

import io
import random
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from .client import fill, problem
from .routes import ROUTES
from .seed import document

pytestmark = pytest.mark.usefixtures("clean_log")
UPLOADS = [route for route in ROUTES if route.upload]
#: what the process may take at its peak
MEGABYTES = 20


def wide_picture():
    """Return a PNG of 60 megapixels in a quarter of a megabyte: 180 MB once it is decoded."""
    stream = io.BytesIO()
    Image.new("RGB", (10_000, 6_000), "white").save(stream, "PNG")
    return stream.getvalue()


def noisy_picture():
    """Return a JPEG of some megabytes that hardly compresses."""
    stream = io.BytesIO()
    pixels = random.Random(1).randbytes(2400 * 1600 * 3)
    Image.frombytes("RGB", (2400, 1600), pixels).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def large_document():
    """Return a PDF of 24 MB, nearly all of it a stream that no page uses."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(document("Large"))) as pdf:
        pdf.Root.Unused = pdf.make_stream(random.Random(1).randbytes(24 * 2**20))
        pdf.save(stream)
    return stream.getvalue()


FILES = {
    "large.pdf": large_document,
    "wide.png": wide_picture,
    "noisy.jpg": noisy_picture,
    "pages.pdf": lambda: document("Memory"),
    "zeros.bin": lambda: bytes(24 * 2**20),
}


class Peak:
    """How far the memory of a process reached (Linux: ``VmHWM``), counted anew from where it stands."""

    def __init__(self, pid):
        self.folder = Path(f"/proc/{pid}")

    def start(self):
        """Forget the peak so far; return where the process stands, in bytes."""
        (self.folder / "clear_refs").write_text("5")
        return self._read("VmRSS")

    def reached(self):
        """Return the highest the process has stood since, in bytes."""
        return self._read("VmHWM")

    def _read(self, name):
        line = next(line for line in (self.folder / "status").read_text().splitlines() if line.startswith(name))
        return int(line.split()[1]) * 1024


def _upload(visitors, route, name, content):
    visitor = visitors["portal_a" if "portal_a" in route.who else "clerk"]
    values = fill(visitor.target, route.values)
    return visitor.call(route, values, files=[(route.upload, (name, content))])


@pytest.mark.parametrize("route", UPLOADS, ids=lambda route: route.name)
def test_an_upload_stays_small(target, visitors, route, record_property):
    """SW7, OP3, SD2: the HTTP process grows by less than 20 MB, whatever the file is, accepted or refused."""
    peak, figures = Peak(target.server.popen.pid), {}
    # what is loaded with the first call of a route is no matter of the file
    _upload(visitors, route, "small.jpg", b"x")
    for name, make in FILES.items():
        content = make()
        before = peak.start()
        answer = _upload(visitors, route, name, content)
        figures[name] = (peak.reached() - before) / 2**20
        assert not problem(route, answer), f"{name}: {answer.text[-300:]}"
        for statement in route.reset:
            target.run_sql(statement)
        record_property(name, f"{figures[name]:.1f} MB")
    assert max(figures.values()) < MEGABYTES, figures
