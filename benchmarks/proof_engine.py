"""The engine of the proofs by itself: colors against LittleCMS, made pairs of pages, speed of its parts."""

import concurrent.futures
import multiprocessing
import tempfile
import time
from pathlib import Path

from PIL import Image

from benchmarks import proof_pairs
from benchmarks.proof_pairs import layout, page_of
from tools.settings import ADDONS_DIR

OTHER_RGB = "/usr/share/color/icc/ghostscript/a98.icc"


def measure(context):
    """Put the rows of the engine into the results."""
    with tempfile.TemporaryDirectory() as folder:
        measure_colors(context, Path(folder))
        proof_pairs.measure(context, Path(folder))
        measure_speed(context, Path(folder))


def measure_colors(context, folder):
    """Say for each color space by how much what is shown is off."""
    import patches
    from engine import delta, press, printed

    coated, uncoated = (str(press.SHIPPED[name]) for name in ("coated", "uncoated"))
    found = patches.colors(OTHER_RGB, uncoated)
    worst = {}
    for intent in (None, uncoated):
        for overprint in (False, True):
            content = patches.make_patches(found, OTHER_RGB, uncoated, intent=intent, overprint=overprint)
            (folder / "patches.pdf").write_bytes(content)
            printed.render_pages(folder / "patches.pdf", [0], 1200, lambda _n: folder / "patches.jpg", coated)
            picture = Image.open(folder / "patches.jpg")
            for index, (name, _operators, source) in enumerate(found):
                kind = name.rstrip("0123456789.,()- ")
                off = delta.between(patches.expected(source, intent or coated), patches.shown(picture, index))
                worst[kind] = max(worst.get(kind, (0, 0))[0], off), worst.get(kind, (0, 0))[1] + 1
    for kind, (off, count) in worst.items():
        context.row(f"{kind}: {count} patches, worst", off, "dE2000", target="<= 2", peer="LittleCMS in Pillow")


def measure_speed(context, folder):
    """Measure plates, comparison and preflight."""
    from engine import matching, plates, preflight, press

    coated = str(press.SHIPPED["coated"])
    brochure = ADDONS_DIR / "online_proof/demo/files/brochure.pdf"
    maker, old, new = layout(), folder / "old.pdf", folder / "new.pdf"
    row = context.row
    row(
        "plates of one page",
        _seconds(plates.separate, str(brochure), 0, 1403, folder / "p.png", coated),
        "s",
        target="<= 1",
    )
    measure_comparing(context, folder)
    old.write_bytes(maker.pdf(range(200)))
    new.write_bytes(maker.pdf([*range(100), 500, *range(100, 200)]))
    pages = [[{**page_of(path, n), "thumbnail": ""} for n in range(count)] for path, count in ((old, 200), (new, 201))]
    row("recognizing 200 pages of which one is new", _seconds(matching.match, *pages), "s")
    new.write_bytes(maker.pdf(range(100)))
    row(
        "preflight of 100 pages",
        _seconds(preflight.preflight, str(new), {}, {"total_ink": 300}, coated),
        "s",
        target="<= 3",
    )


def measure_comparing(context, folder):
    """Measure the comparison of 20 pages: saved by another program, three of them changed, all written anew."""
    maker, old, new = layout(), folder / "old.pdf", folder / "new.pdf"
    old.write_bytes(maker.pdf(range(20)))
    pairs = [
        {"first": page_of(old, number), "second": page_of(new, number), "target": folder / "marks.png"}
        for number in range(20)
    ]
    proof_pairs.save_again("qpdf", folder)
    row, target = context.row, "<= 3"
    row("comparison of 20 pages, saved again by qpdf", _seconds(_compare_shared, pairs), "s", target=target)
    changes = ["comma" if number in (3, 9, 15) else None for number in range(20)]
    new.write_bytes(maker.pdf(range(20), changes))
    row("comparison of 20 pages, three of them changed", _seconds(_compare_shared, pairs), "s", target=target)
    proof_pairs.save_again("Ghostscript", folder)
    row("comparison of 20 pages, written anew by Ghostscript", _seconds(_compare_shared, pairs), "s", target=target)


def _compare_shared(pairs):
    """Compare in two processes, as the addon does."""
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(compare_part, (pairs[:10], pairs[10:])))


def compare_part(pairs):
    """Compare pages in a process of their own."""
    from engine import compare

    return compare.compare_all(pairs)


def _seconds(function, *values):
    started = time.perf_counter()
    function(*values)
    return time.perf_counter() - started
