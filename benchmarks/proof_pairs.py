"""Made pairs of pages: every change has to be found, and what did not change is not different.

``python -m benchmarks.proof_pairs`` prints the table alone.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf

from tools.settings import ADDONS_DIR, odoo_home

#: The engine and the makers of files are plain Python: they are imported without Odoo.
sys.path += [str(ADDONS_DIR / "online_proof"), str(ADDONS_DIR / "online_proof/tests")]

FONTS = "odoo/addons/web/static/fonts/google"
#: Twelve kinds of changes on eight pages each, and four of whole documents: a hundred pairs.
SEEDS = range(8)
DOCUMENTS = {
    "two pages swapped": ([1, 0, 2, 3, 4], {"moved": 1}),
    "a page moved to the end": ([1, 2, 3, 4, 0], {"moved": 1}),
    "a page inserted": ([0, 1, 9, 2, 3, 4], {"inserted": 1}),
    "a page removed": ([0, 1, 3, 4], {"removed": 1}),
}
#: 25 pages, each saved again by every program that is there. Ghostscript always is, and qpdf inside of pikepdf;
#: what else is not is said to be left out.
UNCHANGED = range(100, 125)
SAVERS = {
    "Ghostscript": ["gs", "-q", "-dBATCH", "-sDEVICE=pdfwrite", "-o", "new.pdf", "old.pdf"],
    "qpdf": None,
    "mutool": ["mutool", "clean", "-gggz", "old.pdf", "new.pdf"],
}
SIZE_MM = (420 / 72 * 25.4, 595 / 72 * 25.4)


def layout():
    """Return the maker of pages."""
    import pairs

    fonts = odoo_home() / FONTS
    return pairs.Layout(str(fonts / "Roboto/Roboto-Regular.ttf"), str(fonts / "Oswald/Oswald-Regular.ttf"))


def page_of(path, frame=0, kind="pdf"):
    """Return what the engine has to know of a page."""
    from engine import press

    size = {"width_mm": SIZE_MM[0], "height_mm": SIZE_MM[1]}
    return {"path": str(path), "kind": kind, "frame": frame, "press": str(press.SHIPPED["coated"]), **size}


def save_again(name, folder):
    """Write ``old.pdf`` of a folder anew, as ``new.pdf``; return whether the program is there."""
    command = SAVERS[name]
    if command is None:
        with pikepdf.open(folder / "old.pdf") as pdf:
            pdf.save(folder / "new.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    elif shutil.which(command[0]):
        subprocess.run(command, cwd=folder, check=True)
    else:
        return False
    return True


class Pairs:
    """Compares made files.

    :param folder: where they are written
    """

    def __init__(self, folder):
        self.layout, self.folder = layout(), folder
        self.old, self.new = folder / "old.pdf", folder / "new.pdf"

    def compare(self, count):
        """Return the results of the first pages of both files."""
        from engine import compare

        pairs = [
            {"first": page_of(self.old, number), "second": page_of(self.new, number), "target": self.folder / "m.png"}
            for number in range(count)
        ]
        return compare.compare_all(pairs)

    def changed(self):
        """Yield (kind of change, pairs, pairs in which it was found)."""
        import pairs

        self.old.write_bytes(self.layout.pdf(SEEDS))
        for change in pairs.CHANGES:
            self.new.write_bytes(self.layout.pdf(SEEDS, change))
            found = self.compare(len(SEEDS))
            yield change, len(found), sum(bool(result["regions"]) for result in found)
        for name, (seeds, expected) in DOCUMENTS.items():
            yield name, 1, int(self._match(seeds) == expected)

    def _match(self, seeds):
        from engine import matching

        self.old.write_bytes(self.layout.pdf(range(5)))
        self.new.write_bytes(self.layout.pdf(seeds))
        before, after = (
            [{**page_of(path, number), "thumbnail": ""} for number in range(count)]
            for path, count in ((self.old, 5), (self.new, len(seeds)))
        )
        states = [pair["state"] for pair in matching.match(before, after) if pair["state"] != "kept"]
        return {state: states.count(state) for state in states}

    def unchanged(self):
        """Yield (how the pages were made anew, pairs, pairs that are said to differ; None: not tried)."""
        self.old.write_bytes(self.layout.pdf(UNCHANGED))
        for name in SAVERS:
            if save_again(name, self.folder):
                yield f"saved again by {name}", *self._alarms()
            else:
                yield f"saved again by {name}", len(UNCHANGED), None
        self.new.write_bytes(self.layout.rewritten(self.old.read_bytes()))
        yield "written another way, with the same look", *self._alarms()
        self.new.write_bytes(self.old.read_bytes())
        yield "the same file", *self._alarms()

    def _alarms(self):
        found = self.compare(len(UNCHANGED))
        return len(found), sum(bool(each["regions"] or each["facts"] or any(each["shift"])) for each in found)

    def exported_anew(self):
        """Yield (how the pages were exported, pairs, pairs with a difference on the page itself)."""
        seeds = UNCHANGED[:5]
        self.old.write_bytes(self.layout.pdf(seeds))
        self.new.write_bytes(self.layout.pdf(seeds, shift=0.1 * 72 / 25.4))
        found = self.compare(len(seeds))
        yield "everything 0.1 mm away", len(found), sum(bool(result["regions"]) for result in found)
        yield "each page as a picture of 300 dpi", *self._pictures(seeds)

    def _pictures(self, seeds):
        from engine import compare, press, printed

        side = round(max(SIZE_MM) / 25.4 * 300)
        coated = str(press.SHIPPED["coated"])
        numbers = range(len(seeds))
        # through the profile of the press: pictures that went through another one have other colors
        printed.render_pages(self.old, numbers, side, lambda number: self.folder / f"page-{number}.jpg", coated)
        pairs = [
            {
                "first": page_of(self.old, number),
                "second": page_of(self.folder / f"page-{number}.jpg", kind="image"),
                "target": self.folder / "m.png",
            }
            for number in numbers
        ]
        found = compare.compare_all(pairs)
        return len(found), sum(bool(result["regions"]) for result in found)


def measure(context, folder):
    """Count changes that are missed and unchanged pages that are said to be different."""
    made = Pairs(folder)
    changed = list(made.changed())
    pairs = sum(count for _name, count, _found in changed)
    missed = sum(count - found for _name, count, found in changed)
    context.row(f"changes missed, of {pairs} pairs of {len(changed)} kinds", missed, target="= 0")
    for name, count, alarms in [*made.unchanged(), *made.exported_anew()]:
        label = f"false alarms, of {count} pages: {name}"
        if alarms is None:
            context.leave_out(label, "the program is not installed")
        else:
            context.row(label, alarms, target="= 0")


def main():
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        made = Pairs(Path(folder))
        for name, count, found in made.changed():
            print(f"{name}: {found} of {count} found", flush=True)
        for name, count, alarms in [*made.unchanged(), *made.exported_anew()]:
            result = "left out, not installed" if alarms is None else f"{alarms} of {count} said to differ"
            print(f"{name}: {result}", flush=True)


if __name__ == "__main__":
    main()
