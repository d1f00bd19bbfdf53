import json
import subprocess
import unittest
from unittest.mock import patch

import pikepdf
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path
from PIL import Image

from ..engine import client, difference, press, rasteriser
from ..engine.errors import FileRefusedError
from .common import ProofCase, make_image, make_pdf
from .pairs import CHANGES, SIZE, Layout
from .patches import spot

ROBOTO = "web/static/fonts/google/Roboto/Roboto-Regular.ttf"
OTHER = "web/static/fonts/google/Oswald/Oswald-Regular.ttf"
MM = 25.4 / 72


def save_again(path, target):
    """Save a PDF as another program does: other objects, compressed anew, other order of pages' parts."""
    with pikepdf.open(path) as pdf:
        pdf.remove_unreferenced_resources()
        pdf.save(
            target,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            normalize_content=True,
        )


@tagged("post_install", "-at_install")
@unittest.skipUnless(client.ghostscript(), "needs Ghostscript")
class TestCompare(BaseCase):
    """OP+2: nothing changes unseen, and what did not change is not different."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())
        self.layout = Layout(file_path(ROBOTO), file_path(OTHER))

    def save(self, content, name):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def page(self, path, frame=0, kind="pdf", size=SIZE):
        return {
            "path": str(path),
            "kind": kind,
            "frame": frame,
            "press": str(press.SHIPPED["coated"]),
            "width_mm": size[0] * MM,
            "height_mm": size[1] * MM,
        }

    def compare(self, first, second, kinds=("pdf", "pdf"), sizes=(SIZE, SIZE)):
        sides = zip((first, second), kinds, sizes, strict=True)
        [found] = client.compare([[self.page(path, 0, kind, size) for path, kind, size in sides]], self.folder, 2.0)
        self.marks = found.pop("picture")
        return found

    def compare_all(self, *pairs, size=SIZE):
        """Return what differs between the first pages of pairs of files: one process for several of them."""
        pages = [[self.page(path, size=size) for path in pair] for pair in pairs]
        found = client.compare(pages, self.folder, 2.0)
        self.marks = [result.pop("picture") for result in found]
        return found

    def compare_pages(self, first, second, count):
        pairs = [(self.page(first, number), self.page(second, number)) for number in range(count)]
        return client.compare(pairs, self.folder, 2.0)

    def test_nothing_is_missed(self):
        """OP+2: a letter at 5 pt, a comma, light gray, 2 % of an ink, 0.2 mm, a picture, a line, another build."""
        first = self.save(self.layout.pdf([7] * len(CHANGES)), "old.pdf")
        found = self.compare_pages(
            first, self.save(self.layout.pdf([7] * len(CHANGES), list(CHANGES)), "new.pdf"), len(CHANGES)
        )
        self.assertEqual([change for change, page in zip(CHANGES, found, strict=True) if not page["regions"]], [])
        layer = Image.open(found[0]["picture"])
        self.assertEqual((layer.mode, layer.getpixel((2, 2))), ("RGBA", (*difference.MARK, 0)))

    def test_no_false_alarm(self):
        """OP+2: eight pages written by three other programs, two of them with other operators, are not different."""
        first, target = self.save(self.layout.pdf(range(8)), "old.pdf"), self.folder / "new.pdf"

        def ghostscript():
            subprocess.run(["gs", "-q", "-dBATCH", "-sDEVICE=pdfwrite", "-o", target, first], check=True)

        programs = {
            "pikepdf": lambda: save_again(first, target),
            "Ghostscript": ghostscript,
            "letter by letter": lambda: target.write_bytes(self.layout.rewritten(first.read_bytes())),
        }
        for name, write in programs.items():
            write()
            with self.subTest(name):
                for found in self.compare_pages(first, target, 8):
                    self.assertEqual([found[key] for key in ("regions", "shift", "facts")], [[], [0, 0], []])

    def test_changed_words(self):
        """OP+2: a point that became a comma is said in words, with its place."""
        first, second = (self.save(self.layout.pdf([7], change), f"{change}.pdf") for change in (None, "comma"))
        [region] = self.compare(first, second)["regions"]
        self.assertEqual(region["from"].replace(".", ","), region["to"])
        left, top, right, bottom = region["box"]
        self.assertTrue(40 / SIZE[0] < left < right < 110 / SIZE[0])
        self.assertTrue(445 / SIZE[1] < top < bottom < 460 / SIZE[1])

    def test_inks(self):
        """OP+2: a tint of two percent more names the ink; a gray built of three inks is a change."""
        first, *others = (
            self.save(self.layout.pdf([7], change), f"{change}.pdf") for change in (None, "tint", "built")
        )
        [tint], [built] = (found["regions"] for found in self.compare_all(*((first, other) for other in others)))
        [(name, (before, after))] = tint["inks"].items()
        self.assertEqual((name, after - before), ("magenta", 2))
        self.assertEqual(set(built["inks"]), {"cyan", "magenta", "yellow", "black"})

    def test_spot_built_otherwise(self):
        """OP+2: a brand's ink that became a mixture of the four, or a second ink, is a change though it looks alike."""

        def sheet(name, *operators):
            def paint(pdf):
                page = pdf.pages[0].obj
                inks = {f"/{ink}": spot(f"Brand {ink}", [0, 0.6, 1, 0]) for ink in ("A", "B")}
                page.Resources.ColorSpace = pikepdf.Dictionary(inks)
                page.Contents = pikepdf.Stream(pdf, " ".join(operators).encode() + b" 40 40 60 60 re f")

            return self.save(make_pdf(1, size=(60, 60), extra=paint), f"{name}.pdf")

        size = (60 / MM, 60 / MM)
        brand, again = sheet("brand", "/A cs 0.5 scn"), self.folder / "again.pdf"
        save_again(brand, again)
        others = (sheet("mixture", "0 0.3 0.5 0 k"), sheet("other ink", "/B cs 0.5 scn"), again)
        *changed, same = self.compare_all(*((brand, other) for other in others), size=size)
        for found, marks, expected in zip(
            changed, self.marks, ({"Brand A": [50, 0]}, {"Brand A": [50, 0], "Brand B": [0, 50]}), strict=False
        ):
            with self.subTest(expected):
                self.assertEqual({region["kind"] for region in found["regions"]}, {"ink"})
                inks = {ink: amounts for region in found["regions"] for ink, amounts in region["inks"].items()}
                self.assertEqual(inks, expected)
                self.assertGreater(Image.open(marks).getchannel("A").getextrema()[1], 0, "marked")
        self.assertEqual(same["regions"], [])

    def test_the_same_file(self):
        """OP+2: the same file twice has no difference, also under another name."""
        first = self.save(self.layout.pdf([7]), "old.pdf")
        nothing = {"regions": [], "shift": [0, 0], "facts": []}
        copy = self.save(first.read_bytes(), "new.pdf")
        self.assertEqual(self.compare_all((first, first), (first, copy)), [nothing] * 2)

    def test_moved_page(self):
        """OP+2: a page that was exported 0.1 mm beside is said to have moved, and nothing else."""
        first = self.save(self.layout.pdf([7]), "old.pdf")
        shifts = (0.3, 1)
        others = [self.save(self.layout.pdf([7], shift=shift), f"{shift}.pdf") for shift in shifts]
        for shift, found in zip(shifts, self.compare_all(*((first, other) for other in others)), strict=True):
            self.assertEqual(found["regions"], [])
            self.assertAlmostEqual(found["shift"][0], shift * MM, delta=0.07)
            self.assertAlmostEqual(found["shift"][1], -shift * MM, delta=0.07)

    def test_comma_of_a_moved_page(self):
        """OP+2: letters that were turned into shapes have no words; a comma is seen where the page moved, too."""

        def sheet(name, shift, size, comma):
            unit, bars = size / 10, []
            for number in range(600):
                x, y = 40 + number % 20 * 17 + number // 20 * 0.09 + shift, 550 - number // 20 * 14
                bars.append(f"{x:.3f} {y} {(0.8 + number % 3 * 0.15) * unit:.3f} {(5 + number % 2 * 2) * unit:.3f} re")
            point = f"{200 + shift:.3f} 96 {unit:.3f} {unit:.3f} re"
            tail = (
                f"{200 + shift:.3f} 100 m {200 + shift + unit:.3f} 100 l {200 + shift:.3f} {100 - 1.4 * unit:.3f} l h"
            )
            with pikepdf.new() as pdf:
                page = pdf.add_blank_page(page_size=SIZE).obj
                content = " ".join([*bars, point, tail if comma else "", "f"])
                page.Contents = pikepdf.Stream(pdf, f"0 0 0 1 k {content}".encode())
                pdf.save(self.folder / name)
            return self.folder / name

        cases = [(size, shift, comma) for size in (7, 10) for shift in (0.28, 0.57) for comma in (False, True)]
        pairs = [
            (sheet(f"{size}.pdf", 0, size, False), sheet(f"{size}-{shift}-{comma}.pdf", shift, size, comma))
            for size, shift, comma in cases
        ]
        for (size, shift, comma), found in zip(cases, self.compare_all(*pairs), strict=True):
            with self.subTest(size=size, shift=shift, comma=comma):
                places = [region["box"][0] * SIZE[0] for region in found["regions"]]
                self.assertEqual(len(places), int(comma))
                for place in places:
                    self.assertAlmostEqual(place, 200, delta=3)

    def test_other_size(self):
        """OP+2: A4 that became A5 is said, though it looks the same."""
        first = self.save(make_pdf(1, size=(210, 297)), "old.pdf")

        def scale(pdf):
            page = pdf.pages[0]
            page.obj.MediaBox = [0, 0, 148 * 72 / 25.4, 210 * 72 / 25.4]
            page.contents_add(b"0.7048 0 0 0.7071 0 0 cm", prepend=True)

        second = self.save(make_pdf(1, size=(210, 297), extra=scale), "new.pdf")
        sizes = [(side[0] / MM, side[1] / MM) for side in ((210, 297), (148, 210))]
        [fact] = [fact for fact in self.compare(first, second, sizes=sizes)["facts"] if fact["code"] == "size"]
        self.assertEqual((fact["from"], fact["to"]), ("210 x 297", "148 x 210"))

    def test_what_no_picture_shows(self):
        """OP+2: the same inks on another press, a page that is cut elsewhere, a layer that is switched on."""

        def trimmed(left):
            def change(pdf):
                pdf.pages[0].obj.TrimBox = [left, 10, left + 160, 260]

            return change

        def boxed(**boxes):
            def change(pdf):
                for name, inside in boxes.items():
                    edges = (inside, inside, 210 - inside, 297 - inside)
                    pdf.pages[0].obj[f"/{name}"] = [edge / MM for edge in edges]

            return change

        def intent(name):
            def change(pdf):
                profile = pikepdf.Stream(pdf, press.SHIPPED[name].read_bytes(), N=4)
                values = {"S": pikepdf.Name.GTS_PDFX, "DestOutputProfile": pdf.make_indirect(profile)}
                pdf.Root.OutputIntents = [pikepdf.Dictionary(Type=pikepdf.Name.OutputIntent, **values)]

            return change

        def layer(state):
            def change(pdf):
                group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Price"))
                pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary({state: [group]}))

            return change

        cases = (
            ("trim_moved", trimmed(10), trimmed(13), ("3.5 x 3.5", "4.6 x 3.5")),
            ("bleed", boxed(TrimBox=9, BleedBox=6), boxed(TrimBox=9), ("6 / 6 / 6 / 6", "0 / 0 / 0 / 0")),
            ("art", boxed(TrimBox=9, ArtBox=9), boxed(TrimBox=9, ArtBox=12), ("9 / 9 / 9 / 9", "12 / 12 / 12 / 12")),
            ("press", intent("coated"), intent("uncoated"), ("Coated", "Uncoated")),
            ("press", lambda pdf: None, intent("uncoated"), ("Coated", "Uncoated")),
            ("layers_switched", layer("/OFF"), layer("/ON"), ("", "Price")),
        )
        pairs = [
            [
                self.save(make_pdf(1, size=(210, 297), extra=change), f"{number}-{side}.pdf")
                for side, change in enumerate((before, after))
            ]
            for number, (_code, before, after, _values) in enumerate(cases)
        ]
        *changed, same = self.compare_all(*pairs, pairs[0][:1] * 2, size=(210, 297))
        for (code, _before, _after, values), found in zip(cases, changed, strict=True):
            with self.subTest(code, values=values):
                self.assertEqual([fact["code"] for fact in found["facts"]], [code])
                # of the profile, the paper
                told = [found["facts"][0][key].partition(" offset")[0] for key in ("from", "to")]
                self.assertEqual(tuple(told), values)
        self.assertEqual(same["facts"], [])
        picture = self.save(make_image("JPEG"), "picture.jpg")
        pages = [self.page(picture, kind="image") for _side in range(2)]
        pages[1]["press"] = str(press.SHIPPED["uncoated"])
        [found] = client.compare([pages], self.folder, 2.0)
        self.assertEqual([fact["code"] for fact in found["facts"]], ["press"])

    def test_page_as_a_picture(self):
        """OP+2: the same page handed in as a picture is another kind of file, not different everywhere."""
        first = self.save(self.layout.pdf([7]), "old.pdf")
        coated = str(press.SHIPPED["coated"])
        [(_number, drawn)] = rasteriser.render_pages(first, "pdf", [0], self.folder, 2479, coated)
        found = self.compare(first, drawn, kinds=("pdf", "image"))
        self.assertEqual([fact["code"] for fact in found["facts"]], ["kind"])
        self.assertEqual(found["regions"], [])


@tagged("post_install", "-at_install")
class TestComparedRevisions(ProofCase):
    """OP+2: pages are recognized by what is on them."""

    def numbers(self, pairs):
        return [(pair["old"].number or 0, pair["new"].number or 0, pair["state"]) for pair in pairs]

    def sent(self, words):
        return self.send(content=make_pdf(len(words), texts=dict(enumerate(words, 1))))

    def test_inserted_removed_moved(self):
        """OP+2: an inserted page is no reason that every later one is different; moved and removed ones are told."""
        first = self.sent(["Alpha one", "Beta two", "Gamma three", "Delta four"])
        second = self.sent(["Alpha one", "Omega new", "Beta two", "Gamma three", "Delta four"])
        expected = [(1, 1, "kept"), (0, 2, "inserted"), (2, 3, "kept"), (3, 4, "kept"), (4, 5, "kept")]
        self.assertEqual(self.numbers(second._get_page_pairs(first)), expected)
        third = self.sent(["Delta four", "Alpha one", "Gamma three"])
        found = self.numbers(third._get_page_pairs(first))
        self.assertIn((2, 0, "removed"), found)
        self.assertIn((4, 1, "moved"), found)
        self.assertEqual(self.numbers(third._get_page_pairs(first)), found, "kept")

    def test_comments_move_with_their_page(self):
        """OP+1: an open comment stands on its page after one was inserted; of a removed page it says so."""
        first = self.sent(["Alpha one", "Beta two", "Gamma three"])
        person = self.reviewer(first)
        for page in (2, 3):
            values = {"body": f"About page {page}", "page": page, "x": 0.5, "y": 0.5}
            self.env["online.proof.comment"]._add(first, values, reviewer=person)
        second = self.sent(["Alpha one", "Omega new", "Beta two"])
        threads = self.env["online.proof.comment"]._get_for_revision(second)
        self.assertEqual([values["page"] for values in threads._prepare_viewer_values(second)], [3, 0])

    def test_pages_compared_together(self):
        """OP+2: who asks for the first page has the next ones at once; each result is kept."""
        revisions = [self.sent(["Alpha one", "Beta two", words, "Delta four"]) for words in ("Gamma three", "Gamma 3")]
        old, new = (revision.page_ids.sorted("number") for revision in revisions)
        new[1]._get_differences(old[1])
        with patch.object(client, "compare", side_effect=AssertionError("compared before")):
            found = [json.loads(new[index]._get_differences(old[index]).description) for index in (1, 2, 3)]
        self.assertEqual([len(result["regions"]) for result in found], [0, 1, 0])
        self.assertTrue(new[0]._get_differences(old[0]), "one before is compared when it is asked for")

    def test_page_that_is_too_much(self):
        """OP+2: one page that takes too long, or that nobody can draw, keeps nobody from the others."""
        revisions = [self.sent(["Alpha one", words, "Delta four"]) for words in ("Gamma three", "Gamma 3")]
        old, new = (revision.page_ids.sorted("number") for revision in revisions)
        compare = client.compare

        def limited(pairs, target, limit):
            if len(pairs) > 1:
                raise FileRefusedError("too_heavy")
            return compare(pairs, target, limit)

        with patch.object(client, "compare", limited):
            self.assertEqual(json.loads(new[0]._get_differences(old[0]).description)["regions"], [])
        nothing = patch.object(client, "compare", side_effect=lambda pairs, *_more: [{} for _pair in pairs])
        with nothing, self.assertRaises(FileRefusedError):
            new[1]._get_differences(old[1])

    def test_page_that_cannot_be_drawn(self):
        """OP+2: what nobody can see cannot be sent under "We print exactly what you see"."""
        revision = self.upload(("two.pdf", make_pdf(2)))
        revision.page_ids.sorted("number")[1].state = "failed"
        with self.assertRaisesRegex(UserError, "page 2"):
            revision._check_sendable()

    def test_pictures(self):
        """OP+2: pictures are compared, too."""
        pages = [
            self.send(content=make_image("PNG", size=(300, 420), mode="L", color=tone)).page_ids for tone in (200, 120)
        ]
        found = json.loads(pages[1]._get_differences(pages[0]).description)
        self.assertEqual([region["kind"] for region in found["regions"]], ["color"])
