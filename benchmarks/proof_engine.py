"""The engine of the proofs by itself: colors against LittleCMS, made pairs of pages, speed of its parts."""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tools.settings import ADDONS_DIR, odoo_home

#: The engine and the makers of files are plain Python: they are imported without Odoo.
sys.path += [str(ADDONS_DIR / "online_proof"), str(ADDONS_DIR / "online_proof/tests")]

OTHER_RGB = "/usr/share/color/icc/ghostscript/a98.icc"
FONTS = "odoo/addons/web/static/fonts/google"
SEEDS = range(10)
SAVERS = {
    "qpdf": ["qpdf", "--object-streams=generate", "--linearize", "old.pdf", "new.pdf"],
    "mutool": ["mutool", "clean", "-gggz", "old.pdf", "new.pdf"],
    "Ghostscript": ["gs", "-q", "-dBATCH", "-sDEVICE=pdfwrite", "-o", "new.pdf", "old.pdf"],
}


def measure(context):
    """Put the rows of the engine into the results."""
    with tempfile.TemporaryDirectory() as folder:
        measure_colors(context, Path(folder))
        measure_pairs(context, Path(folder))
        measure_speed(context, Path(folder))


def measure_colors(context, folder):
    """Say for each color space by how much what is shown is off."""
    import patches
    from engine import delta, ghostscript, press

    coated, uncoated = (str(press.SHIPPED[name]) for name in ("coated", "uncoated"))
    found = patches.colors(OTHER_RGB, uncoated)
    worst = {}
    for intent in (None, uncoated):
        for overprint in (False, True):
            content = patches.make_patches(found, OTHER_RGB, uncoated, intent=intent, overprint=overprint)
            (folder / "patches.pdf").write_bytes(content)
            ghostscript.render_pages(folder / "patches.pdf", [0], 1200, lambda _n: folder / "patches.jpg", coated)
            picture = Image.open(folder / "patches.jpg")
            for index, (name, _operators, source) in enumerate(found):
                kind = name.rstrip("0123456789.,()- ")
                off = delta.between(patches.expected(source, intent or coated), patches.shown(picture, index))
                worst[kind] = max(worst.get(kind, (0, 0))[0], off), worst.get(kind, (0, 0))[1] + 1
    for kind, (off, count) in worst.items():
        context.row(f"{kind}: {count} patches, worst", off, "dE2000", target="<= 2", peer="LittleCMS in Pillow")


def _page(path, frame=0):
    from engine import press

    size = {"width_mm": 420 / 72 * 25.4, "height_mm": 595 / 72 * 25.4}
    return {"path": str(path), "kind": "pdf", "frame": frame, "press": str(press.SHIPPED["coated"]), **size}


def _layout():
    import pairs

    fonts = odoo_home() / FONTS
    return pairs.Layout(str(fonts / "Roboto/Roboto-Regular.ttf"), str(fonts / "Oswald/Oswald-Regular.ttf"))


def measure_pairs(context, folder):
    """Count changes that are missed and unchanged pages that are said to be different."""
    import pairs
    from engine import compare

    layout, old, new = _layout(), folder / "old.pdf", folder / "new.pdf"
    # qpdf and mutool are no tools of the project: who has them compares with them
    savers = {name: command for name, command in SAVERS.items() if shutil.which(command[0])}
    missed = alarms = resaved = 0
    for seed in SEEDS:
        old.write_bytes(layout.pdf([seed]))
        for change in pairs.CHANGES:
            new.write_bytes(layout.pdf([seed], change))
            missed += not compare.compare(_page(old), _page(new), folder / "marks.png")["regions"]
        for command in savers.values():
            subprocess.run(command, cwd=folder, check=True)
            found = compare.compare(_page(old), _page(new), folder / "marks.png")
            alarms += bool(found["regions"] or found["facts"])
            resaved += 1
    context.row(f"changes missed, of {len(SEEDS) * len(pairs.CHANGES)} pairs", missed, target="= 0")
    context.row(f"false alarms, of {resaved} pages saved by {', '.join(savers)}", alarms, target="= 0")


def measure_speed(context, folder):
    """Measure plates, comparison and preflight."""
    from engine import compare, matching, plates, preflight, press

    coated = str(press.SHIPPED["coated"])
    brochure = ADDONS_DIR / "online_proof/demo/files/brochure.pdf"
    layout, old, new = _layout(), folder / "old.pdf", folder / "new.pdf"
    row = context.row
    row(
        "plates of one page",
        _seconds(plates.separate, str(brochure), 0, 1403, folder / "p.png", coated),
        "s",
        target="<= 1",
    )
    old.write_bytes(layout.pdf(range(20)))
    new.write_bytes(layout.pdf(range(20), shift=0))
    unchanged = _seconds(lambda: [compare.compare(_page(old, n), _page(new, n), folder / "m.png") for n in range(20)])
    row("comparison of 20 pages that did not change, one after another", unchanged, "s", target="<= 3")
    old.write_bytes(layout.pdf(range(200)))
    new.write_bytes(layout.pdf([*range(100), 500, *range(100, 200)]))
    pages = [[{**_page(path, n), "thumbnail": ""} for n in range(count)] for path, count in ((old, 200), (new, 201))]
    row("recognizing 200 pages of which one is new", _seconds(matching.match, *pages), "s")
    new.write_bytes(layout.pdf(range(100)))
    row(
        "preflight of 100 pages",
        _seconds(preflight.preflight, str(new), {}, {"total_ink": 300}, coated),
        "s",
        target="<= 3",
    )


def _seconds(function, *values):
    started = time.perf_counter()
    function(*values)
    return time.perf_counter() - started
