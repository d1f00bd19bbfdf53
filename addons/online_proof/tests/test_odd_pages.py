import io
import unittest
from pathlib import Path

import pikepdf
from odoo.tests import BaseCase, tagged
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from ..engine import client, plates, press, rasteriser
from ..engine import printed as printed_pages
from ..engine.errors import FileRefusedError
from . import patches
from .common import make_pdf
from .test_compare import save_again

COATED = str(press.SHIPPED["coated"])
#: What pages of 200 x 300 points say of themselves, and the points that are seen of them.
PAGES = {
    "turned": ({"Rotate": 90}, (300, 200)),
    "turned back": ({"Rotate": -90}, (300, 200)),
    "turned more than once": ({"Rotate": 450}, (300, 200)),
    "turned by a name": ({"Rotate": Name.Right}, (200, 300)),
    "bigger units": ({"UserUnit": 2}, (400, 600)),
    "bigger units, turned": ({"UserUnit": 2, "Rotate": 270}, (600, 400)),
    "units that are none": ({"UserUnit": 0}, (200, 300)),
    "units below zero": ({"UserUnit": -1}, (200, 300)),
    "units by a name": ({"UserUnit": Name.Inch}, (200, 300)),
    "cropped": ({"CropBox": [50, 50, 150, 250]}, (100, 200)),
    "cropped beyond the page": ({"CropBox": [-50, -50, 500, 500]}, (200, 300)),
    "cropped beside the page": ({"CropBox": [1000, 1000, 1200, 1200]}, (200, 300)),
    "around zero": ({"MediaBox": [-100, -150, 100, 150]}, (200, 300)),
    "corners the other way": ({"MediaBox": [200, 300, 0, 0]}, (200, 300)),
    "half a trim box": ({"TrimBox": [0, 0]}, (200, 300)),
    "a trim box of nothing": ({"TrimBox": [0, 0, 0, 0]}, (200, 300)),
    "trimmed beyond the page": ({"TrimBox": [-10, -10, 900, 900]}, (200, 300)),
}


def sealed_attachments():
    """Return a PDF that asks for a password only where somebody opens the files inside it (ISO 32000-1, 7.6.5)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 200] /Contents 4 0 R >>",
        b"<< /Length 26 >>\nstream\n0 1 0 0 k 20 20 50 50 re f\nendstream",
        b"<< /Filter /Standard /V 4 /R 4 /Length 128 /P -4 /StmF /Identity /StrF /Identity /EFF /StdCF"
        b" /CF << /StdCF << /CFM /AESV2 /AuthEvent /EFOpen /Length 16 >> >> /O <%s> /U <%s> >>"
        % (b"41" * 32, b"42" * 32),
    ]
    content, places = b"%PDF-1.7\n", []
    for number, words in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, words)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(places)
    trailer = b"trailer << /Size 6 /Root 1 0 R /Encrypt 5 0 R /ID [<%s> <%s>] >>\n" % (b"43" * 16, b"43" * 16)
    return content + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(content)


def odd_pages():
    """Return a PDF with a page of each kind."""
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        for values, _size in PAGES.values():
            page = pdf.add_blank_page(page_size=(200, 300)).obj
            page.Contents = Stream(pdf, b"0 1 1 0 k 20 20 60 40 re f 1 0 0 0 k 60 120 90 70 re f")
            for key, value in values.items():
                page[f"/{key}"] = Array(value) if isinstance(value, list) else value
        pdf.save(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install")
@unittest.skipUnless(client.ghostscript(), "needs Ghostscript")
class TestOddPages(BaseCase):
    """OP+8: what viewers show is shown, however a page describes itself."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def save(self, content, name="odd.pdf"):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def test_sizes(self):
        """OP+8, OP+2: a page is as big as viewers show it, is drawn, is checked, and does not differ from itself."""
        path = self.save(odd_pages())
        pages = client.inspect(path)["pages"]
        sizes = [tuple(round(page[key] * 72 / 25.4) for key in ("width_mm", "height_mm")) for page in pages]
        self.assertEqual(dict(zip(PAGES, sizes, strict=True)), {name: size for name, (_values, size) in PAGES.items()})
        drawn = dict(rasteriser.render_pages(path, "pdf", range(len(PAGES)), self.folder, 300, COATED))
        for number, (name, (width, height)) in enumerate(zip(PAGES, sizes, strict=True)):
            with self.subTest(name):
                picture = Image.open(drawn[number])
                self.assertAlmostEqual(picture.width / picture.height, width / height, delta=0.02)
                self.assertLess(picture.convert("L").getextrema()[0], 200, "what is on it is seen")
        self.assertIsInstance(client.preflight(path, {}, {"total_ink": 300}, COATED), list)
        save_again(path, self.folder / "again.pdf")
        sides = [
            [{**page, "path": str(file), "kind": "pdf", "press": COATED} for page in pages]
            for file in (path, self.folder / "again.pdf")
        ]
        for name, found in zip(PAGES, client.compare(list(zip(*sides, strict=True)), self.folder, 2.0), strict=True):
            self.assertEqual((found["regions"], found["facts"]), ([], []), name)

    def test_layer_that_is_off(self):
        """OP+8: a layer that is off is not printed and not shown."""
        stream = io.BytesIO()
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(100, 100)).obj
            page.Contents = Stream(pdf, b"/OC /L BDC 0 0 0 1 k 0 0 50 100 re f EMC 0 0 0 1 k 50 0 50 100 re f")
            layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Die line"))
            page.Resources = Dictionary(Properties=Dictionary(L=layer))
            pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
            pdf.save(stream)
        path = self.save(stream.getvalue())
        [(_number, drawn)] = rasteriser.render_pages(path, "pdf", [0], self.folder, 100, COATED)
        picture = Image.open(drawn).convert("L")
        self.assertGreater(picture.getpixel((20, 50)), 250)
        self.assertLess(picture.getpixel((80, 50)), 60)

    def test_layers_for_the_paper(self):
        """OP+8, OP+6: a layer that the print event switches on or off (ISO 32000-1, 8.11.4.4) is as it is printed."""
        for state, default, printed in (("OFF", "ON", False), ("ON", "OFF", True)):
            stream = io.BytesIO()
            with pikepdf.new() as pdf:
                for _page in range(2):
                    page = pdf.add_blank_page(page_size=(100, 100)).obj
                    page.Contents = Stream(pdf, b"/OC /L BDC 0 0 0 1 k 0 0 100 100 re f EMC")
                    page.Resources = Dictionary(Properties=Dictionary())
                usage = Dictionary(Print=Dictionary(PrintState=Name(f"/{state}")))
                layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Die line", Usage=usage))
                for page in pdf.pages:
                    page.obj.Resources.Properties.L = layer
                event = Dictionary(Event=Name.Print, Category=Array([Name.Print]), OCGs=Array([layer]))
                shown = Dictionary({f"/{default}": Array([layer]), "/AS": Array([event])})
                pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=shown)
                pdf.save(stream)
            path, target = self.save(stream.getvalue()), self.folder / "plates.png"
            drawn = self.folder / "drawn.jpg"
            with self.subTest(state):
                printed_pages.render_region(path, 1, (100, 100), (20, 20, 80, 80), drawn, COATED)
                self.assertEqual(Image.open(drawn).convert("L").getpixel((30, 30)) < 128, printed)
                [(_number, whole)] = rasteriser.render_pages(path, "pdf", [1], self.folder, 100, COATED)
                self.assertEqual(Image.open(whole).convert("L").getpixel((50, 50)) < 128, printed)
                drawn_pages = [{"frame": 1, "picture": str(whole)}]
                self.assertEqual(client.disagreements(path, drawn_pages, self.folder, COATED), [])
                plates.separate(path, 1, 60, target, COATED)
                self.assertEqual(bool(Image.open(target).getbbox()), printed)

    def test_names_of_inks(self):
        """OP+6: All is on every plate and None on no plate; an ink's name is no path, in any script."""
        expected = {
            "All": ([70] * 4, []),
            "None": ([0] * 4, []),
            "Gold/../x (1)%": ([0] * 4, ["Gold/../x (1)%"]),
            "Döré 金": ([0] * 4, ["Döré 金"]),
        }
        for name, (amounts, spots) in expected.items():
            stream = io.BytesIO()
            with pikepdf.new() as pdf:
                page = pdf.add_blank_page(page_size=(100, 100)).obj
                page.Resources = Dictionary(ColorSpace=Dictionary(S=patches.spot(name, [0, 1, 0, 0])))
                page.Contents = Stream(pdf, b"/S cs 0.7 scn 0 0 100 100 re f")
                pdf.save(stream)
            target = self.folder / "plates.png"
            found = plates.separate(self.save(stream.getvalue()), 0, 60, target, COATED)
            with self.subTest(name):
                self.assertEqual([ink["name"] for ink in found["inks"]][4:], spots)
                sheet = Image.open(target)
                middle = [sheet.getpixel((30, number * found["height"] + 30)) / 2.55 for number in range(4)]
                for shown, amount in zip(middle, amounts, strict=True):
                    self.assertAlmostEqual(shown, amount, delta=1)
                self.assertEqual(len(list(Path(self.folder).glob("*.tif"))), 0)

    def test_spots_of_a_page_with_transparency(self):
        """OP+6: a spot color has its plate where the page has transparency, too, alone and as one page of several."""
        stream = io.BytesIO()
        with pikepdf.new() as pdf:
            for state in (Dictionary(ca=0.5), Dictionary(BM=Name.Multiply)):
                page = pdf.add_blank_page(page_size=(100, 100)).obj
                spaces = {f"/{name}": patches.spot(name, [0, 0.5, 1, 0]) for name in ("Orange", "black")}
                page.Resources = Dictionary(ColorSpace=Dictionary(spaces), ExtGState=Dictionary(G=state))
                page.Contents = Stream(
                    pdf, b"/Orange cs 1 scn 0 0 50 100 re f /black cs 0.4 scn 50 0 50 100 re f /G gs 0 0 9 9 re f"
                )
            pdf.save(stream)
            alone = io.BytesIO()
            del pdf.pages[1]
            pdf.save(alone)
        target = self.folder / "plates.png"
        for content, number in ((stream, 0), (stream, 1), (alone, 0)):
            found = plates.separate(self.save(content.getvalue()), number, 60, target, COATED)
            names = [ink["name"] for ink in found["inks"]]
            # an ink that is called as one of the four but for capitals is one of its own
            self.assertEqual(names[4:], ["Orange", "black"])
            sheet = Image.open(target)
            for name, column, amount in (("Orange", 15, 100), ("black", 45, 40), ("Black", 45, 0)):
                level = sheet.getpixel((column, names.index(name) * found["height"] + 30))
                self.assertAlmostEqual(level / 2.55, amount, delta=1)

    def test_password_for_the_files_inside(self):
        """OP+3: pages that every viewer shows without a password are no reason to refuse a file."""
        path = self.save(sealed_attachments())
        found = client.inspect(path)
        self.assertEqual((len(found["pages"]), found["notes"]), (1, ["restricted"]))
        [(_number, drawn)] = rasteriser.render_pages(path, "pdf", [0], self.folder, 200, COATED)
        self.assertLess(Image.open(drawn).convert("RGB").getpixel((45, 155))[1], 120)

    def test_lost_header(self):
        """OP+3: a PDF without its header is shown by poppler; it may be a program, so never by Ghostscript."""
        if not client.poppler():
            self.skipTest("needs poppler, the only one that shows it")
        content = make_pdf(1, size=(60, 60))
        path = self.save(b"%" + content[8:])
        found = client.inspect(path)
        self.assertEqual((found["kind"], len(found["pages"])), ("pdf", 1))
        self.assertEqual(client.inspect(self.save(b"\0" * 2000 + content, "shifted.pdf"))["kind"], "pdf")
        [(_number, drawn)] = rasteriser.render_pages(path, "pdf", [0], self.folder, 200, COATED)
        self.assertEqual(rasteriser.renderer_of(drawn), "poppler")
        for head in (b"%!PS\n", b"<html>"):
            with self.assertRaises(FileRefusedError) as refused:
                client.inspect(self.save(head + b" " * 2000 + content, "program.pdf"))
            self.assertEqual(refused.exception.code, "unsupported")
