"""Results of the engine that the tests of a run share: each is made by the real engine, once for the same input.

The tests of the engine itself do not use this; what a test of an order or a page needs is a proof that is ready.
"""

import contextlib
import hashlib
import json
from pathlib import Path

from ..engine import ahead, client, const, rasteriser

_TARGET = "\0target"
_run_job, _render_pages = client.run_job, rasteriser.render_pages
#: what :func:`share` takes away
real_first_page, real_render_together = ahead.first_page, rasteriser.render_together
_answers, _pictures = {}, {}


def _digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _by_content(value):
    """Return a parameter of a job with the content of its files in the place of their paths."""
    if isinstance(value, dict):
        return {key: _by_content(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_by_content(part) for part in value]
    return _digest(value) if isinstance(value, str) and value.startswith("/") and Path(value).is_file() else value


def _files_of(target):
    """Return ``{name: content}`` of what a job wrote; the name of a single file is empty."""
    if target.is_dir():
        return {path.name: path.read_bytes() for path in target.iterdir()}
    return {"": target.read_bytes()} if target.exists() else {}


def run_job(name, *, seconds=const.SHORT_SECONDS, **job):
    """Run a job as ``client.run_job`` does, or write and return what it made of the same files."""
    target = str(job.get("target", ""))
    key = json.dumps([name, _by_content({word: value for word, value in job.items() if word != "target"})])
    if key not in _answers:
        answer = _run_job(name, seconds=seconds, **job)
        files = _files_of(Path(target)) if target else {}
        # folders have other names the next time
        text = json.dumps(answer)
        _answers[key] = (text.replace(target, _TARGET) if target else text, files)
        return answer
    answer, files = _answers[key]
    for file, content in files.items():
        (Path(target) / file if file else Path(target)).write_bytes(content)
    return json.loads(answer.replace(_TARGET, target))


def render_pages(path, kind, numbers, folder, side=const.PREVIEW_SIDE, press=""):
    """Yield pages as ``rasteriser.render_pages`` does; those of the same file that were drawn before come first."""
    file = (_digest(path), kind, side, press and _digest(press), *client.renderers(kind))
    for number in sorted(numbers):
        if (file, number) in _pictures:
            name, content = _pictures[file, number]
            (Path(folder) / name).write_bytes(content)
            yield number, Path(folder) / name
    missing = [number for number in numbers if (file, number) not in _pictures]
    for number, picture in _render_pages(path, kind, missing, folder, side, press) if missing else ():
        if picture:
            _pictures[file, number] = (picture.name, picture.read_bytes())
        yield number, picture


def _render_together(path, kind, numbers, folder, press="", _begun=None):
    return [list(render_pages(path, kind, numbers, folder, press=press))]


def share(case):
    """Let the tests of a class share what the engine makes."""
    case.classPatch(client, "run_job", run_job)
    case.classPatch(rasteriser, "render_pages", render_pages)
    case.classPatch(rasteriser, "render_together", _render_together)
    # nothing is drawn ahead that may be there already
    case.classPatch(ahead, "first_page", lambda *_values: contextlib.nullcontext())
