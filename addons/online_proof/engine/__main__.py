"""The worker: reads one job (JSON) from its standard input, answers with one JSON object.

Started by ``client`` only, as ``python -I <folder> MEMORY CPU OUTPUT``.
"""

import importlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def _target_of(job):
    return lambda number: f"{job['prefix']}-{number + 1:06d}.jpg"


def inspect(job, engine):
    return engine("documents").inspect(job["path"])


def preflight(job, engine):
    return {"findings": engine("preflight").preflight(job["path"], job["expected"], job["minimum_dpi"])}


def render(job, engine):
    """Render pages (numbers from 0) one after another; each file appears when it is complete."""
    numbers = range(job["first"], job["last"] + 1)
    if job["kind"] == "pdf":
        engine("pdfium").render_pages(job["path"], numbers, job["side"], _target_of(job))
    else:
        for number in numbers:
            engine("images").render_page(job["path"], number, job["side"], _target_of(job)(number))
    return {}


def region(job, engine):
    module = engine("pdfium" if job["kind"] == "pdf" else "images")
    module.render_region(job["path"], job["frame"], job["zoom"], job["box"], job["target"])
    return {}


def compare(job, engine):
    return {"regions": engine("compare").compare(job["first"], job["second"], job["target"])}


def watermark(job, engine):
    engine("watermark").build(job["pages"], job["lines"], job["target"], job["font"])
    return {}


def personalise(job, engine):
    engine("personalise").personalise(job["path"], job["texts"], job["target"], job["fonts"])
    return {}


JOBS = {job.__name__: job for job in (inspect, preflight, render, region, compare, watermark, personalise)}


def main():
    # appended, not put in front: nothing in the addon's folder may hide a module of Python
    sys.path.append(str(FOLDER.parent))
    package = FOLDER.name
    importlib.import_module(f"{package}.limits").apply_limits(*map(int, sys.argv[1:4]))
    refused = importlib.import_module(f"{package}.errors").FileRefusedError
    job = json.load(sys.stdin)
    try:
        answer = JOBS[job["job"]](job, lambda name: importlib.import_module(f"{package}.{name}"))
    except refused as error:
        answer = {"error": error.code, "values": error.values}
    except (MemoryError, RecursionError, OverflowError):
        answer = {"error": "too_heavy", "values": {}}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
