"""Real files of a folder: drawn, checked, and compared with themselves as another program saves them.

``python -m benchmarks.proof_files FOLDER [PAGES]`` prints what was refused, what failed and what was said to differ,
of the first pages (5) of every PDF below the folder.
"""

import collections
import concurrent.futures
import multiprocessing
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pikepdf

import benchmarks.proof_pairs  # noqa: F401 - puts the engine on the path

PAGES = 5
#: Seconds after which a file counts as one that hangs.
PATIENCE = 180


def look_at(path, count):
    """Return (kind of result, words) for a file: ``fine``, ``refused``, ``differs`` or ``exception``."""
    from engine.errors import FileRefusedError

    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            kind, words = _look_at(path, count, Path(folder))
        except FileRefusedError as error:
            kind, words = "refused", error.code
        except Exception:
            kind, words = "exception", traceback.format_exc(limit=-3)
    return kind, f"{words} ({time.perf_counter() - started:.1f} s)"


def _look_at(path, count, folder):
    from engine import compare, documents, preflight, press, printed

    coated = str(press.SHIPPED["coated"])
    pages = documents.inspect(path)["pages"][:count]
    drawn = [folder / f"{number}.jpg" for number in range(len(pages))]
    printed.render_pages(path, range(len(pages)), 700, lambda number: drawn[number], coated)
    again = folder / "again.pdf"
    with documents.open_pdf(path) as pdf:
        pdf.save(again, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
    preflight.preflight(path, {}, {}, coated)
    pairs = [
        {
            "target": folder / "marks.png",
            **{
                side: {**page, "path": str(file), "kind": "pdf", "press": coated}
                for side, file in (("first", path), ("second", again))
            },
        }
        for page in pages
    ]
    results = compare.compare_all(pairs)
    differing = [number for number, each in enumerate(results, 1) if each["regions"] or each["facts"]]
    return ("differs", f"pages {differing}") if differing else ("fine", f"{len(pages)} pages")


def main(folder, count=PAGES):
    """Look at every file and print the table; the exit code is 1 where something failed or differs."""
    files = sorted(path for path in Path(folder).rglob("*.pdf") if path.is_file())
    found = collections.Counter()
    # a fresh process for each file: what one of them breaks is nothing to the next
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, context, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(look_at, str(path), int(count)): path for path in files}
        for done in concurrent.futures.as_completed(waiting):
            kind, words = done.result(timeout=PATIENCE)
            found[kind] += 1
            if kind != "fine":
                print(f"{kind}: {waiting[done]}: {words}", flush=True)
    print(f"{len(files)} files: {dict(found)}")
    return int(bool(found["exception"] or found["differs"]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
