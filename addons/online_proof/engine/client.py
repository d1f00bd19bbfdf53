"""What Odoo calls: every function starts a bounded process and waits a bounded time for it."""

import contextlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import const
from .errors import FileRefusedError

_logger = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent
_LIMITS = [str(value) for value in (const.MEMORY_BYTES, const.CPU_SECONDS, const.OUTPUT_BYTES)]


def worker_command():
    """Return the command line of our own worker."""
    return [sys.executable, "-I", "-W", "ignore", str(FOLDER), *_LIMITS]


def limited(command):
    """Return ``command`` wrapped so that it runs under the limits."""
    return [sys.executable, "-I", "-S", str(FOLDER / "limits.py"), *_LIMITS, *command]


def poppler():
    """Return the path of ``pdftoppm``, or None where poppler is not installed."""
    return shutil.which("pdftoppm")


@contextlib.contextmanager
def work_folder():
    """Yield a temporary folder for a job's output."""
    with tempfile.TemporaryDirectory(prefix="online_proof_") as folder:
        yield Path(folder)


def run_job(name, *, seconds=const.SHORT_SECONDS, **job):
    """Run one job in the worker and return its answer.

    :raises FileRefusedError: what the job found, or ``too_heavy`` when it ran into a limit
    """
    data = json.dumps({"job": name, **job}, default=str)
    try:
        done = subprocess.run(
            worker_command(), input=data, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        _logger.warning("online_proof: job %s took more than %s seconds", name, seconds)
        raise FileRefusedError("too_heavy") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        _logger.warning("online_proof: job %s ended with code %s: %s", name, done.returncode, done.stderr[-2000:])
        raise FileRefusedError("damaged" if done.returncode == 1 else "too_heavy", page=0) from error
    if "error" in answer:
        raise FileRefusedError(answer["error"], **answer["values"])
    return answer


def inspect(path):
    """Return kind, pages and notes of a file; see ``documents.inspect``."""
    return run_job("inspect", path=str(path))


def preflight(path, expected, minimum_dpi):
    """Return the findings for a file; see ``preflight.preflight``."""
    answer = run_job(
        "preflight", seconds=const.LONG_SECONDS, path=str(path), expected=expected, minimum_dpi=minimum_dpi
    )
    return answer["findings"]


def render_region(path, kind, frame, zoom, box, target):
    """Write a part of a page at full zoom; ``box`` is left, top, right, bottom in pixels."""
    tool = poppler() if kind == "pdf" else None
    if not tool:
        run_job("region", path=str(path), kind=kind, frame=frame, zoom=zoom, box=box, target=str(target))
        return
    left, top, right, bottom = box
    numbers = ["-f", frame + 1, "-l", frame + 1, "-scale-to-x", zoom[0], "-scale-to-y", zoom[1]]
    part = ["-x", left, "-y", top, "-W", right - left, "-H", bottom - top]
    options = ["-q", "-jpeg", "-jpegopt", f"quality={const.JPEG_QUALITY}", "-overprint", "-cropbox", "-singlefile"]
    command = limited([tool, *options, *map(str, numbers + part), str(path), str(Path(target).with_suffix(""))])
    try:
        done = subprocess.run(command, capture_output=True, timeout=const.SHORT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefusedError("too_heavy") from error
    if done.returncode or not Path(target).exists():
        # poppler gave up: the other library may manage
        run_job("region", path=str(path), kind=kind, frame=frame, zoom=zoom, box=box, target=str(target))


def compare(first, second, target):
    """Write the picture of the differences and return the changed regions."""
    return run_job("compare", first=str(first), second=str(second), target=str(target))["regions"]


def watermark(pages, lines, target, font):
    """Write the watermarked PDF."""
    run_job("watermark", seconds=const.LONG_SECONDS, pages=pages, lines=lines, target=str(target), font=str(font))


def personalise(path, texts, target, fonts):
    """Write the template with the customer's texts; ``fonts`` maps names to font files."""
    run_job("personalise", path=str(path), texts=texts, target=str(target), fonts=fonts)
