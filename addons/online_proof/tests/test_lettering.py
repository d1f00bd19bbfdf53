import io

import pikepdf
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path
from PIL import Image, ImageChops

from ..engine import client, fonts, personalise, rasteriser, watermark
from .common import make_image, make_pdf

ROBOTO = file_path("web/static/fonts/google/Roboto/Roboto-Regular.ttf")


@tagged("post_install", "-at_install")
class TestLettering(BaseCase):
    """Texts on templates and watermarks, in every script."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def rendered(self, path):
        folder = self.enterContext(client.work_folder())
        return Image.open(dict(rasteriser.render_pages(path, "pdf", [0], folder))[0]).convert("L")

    def place_of_text(self, content, **values):
        """Return where on the page as it is seen a text stands: left, top, right, bottom in parts of the page."""
        path, target = self.folder / "template.pdf", self.folder / "personal.pdf"
        path.write_bytes(content)
        text = {"page": 1, "x_mm": 10, "y_mm": 15, "font": "R", "size": 14, "smallest": 5, "align": "left", "max_mm": 0}
        client.personalise(path, [{**text, "color": "#000000", "text": "HHHH", **values}], target, {"R": ROBOTO})
        before, after = self.rendered(path), self.rendered(target)
        box = ImageChops.difference(before, after).point(lambda value: 255 * (value > 60)).getbbox()
        return [box[0] / after.width, box[1] / after.height, box[2] / after.width, box[3] / after.height], target

    def test_turned_pages(self):
        """OP15: on a page that is shown turned, a text stands where the shop put it on the page as it is seen."""
        for angle in (0, 90, 180, 270):
            with self.subTest(angle=angle):

                def turn(pdf, angle=angle):
                    pdf.pages[0].Rotate = angle

                place, _target = self.place_of_text(make_pdf(1, size=(85, 55), extra=turn))
                width, height = (85, 55) if angle in (0, 180) else (55, 85)
                self.assertAlmostEqual(place[0] * width, 10.3, delta=0.8)
                self.assertAlmostEqual(place[3] * height, 15, delta=0.8)
                # 14 pt Roboto: capitals are 0.711 em high
                self.assertAlmostEqual((place[3] - place[1]) * height, 14 * 25.4 / 72 * 0.711, delta=0.6)

    def test_only_what_is_seen(self):
        """OP15: zero-width spaces, soft hyphens and marks of direction print no sign, and are no content."""
        for text, seen in (
            ("\u200b\u00ad\u200e\u2060\ufeff", ""),
            ("A\u200bn\u00adn\u200e", "Ann"),
            ("A\ufe0f", "A"),
            ("two\u2028lines\tand\u3000more", "two lines and more"),
            ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ):
            self.assertEqual(fonts.printable(text), seen)
        plain, odd = (
            self.place_of_text(make_pdf(1, size=(85, 55)), text=text)[0] for text in ("HH", "H\u200e\u00adH\u200b")
        )
        self.assertEqual(plain, odd)

    def test_up_to_the_edge(self):
        """OP15: a text without a width of its own ends at the edge of the page."""
        for values in ({"x_mm": 10}, {"x_mm": 75, "align": "right"}, {"x_mm": 30, "align": "center"}):
            place, _target = self.place_of_text(make_pdf(1, size=(85, 55)), text="H" * 60, smallest=2, **values)
            self.assertGreaterEqual(place[0] * 85, -0.1)
            self.assertLessEqual(place[2] * 85, 85.1)
        self.assertEqual(fonts.room(10, 85, "left"), 75)
        self.assertEqual(fonts.room(10, 85, "left", 30), 30)
        self.assertEqual(fonts.room(80, 85, "center", 30), 10)
        self.assertEqual(fonts.room(80, 0, "left"), 0)

    def test_four_inks(self):
        """OP15: black and grey are made of black ink alone, other colors of the inks that make them."""
        self.assertEqual(personalise.inks("#000000"), (0, 0, 0, 1))
        self.assertEqual(personalise.inks("#808080"), (0, 0, 0, 0.498))
        self.assertEqual(personalise.inks("#ff0000"), (0, 1, 1, 0))
        _place, target = self.place_of_text(make_pdf(1, size=(85, 55)))
        with pikepdf.open(target) as pdf:
            [overlay] = [form for form in pdf.pages[0].Resources.XObject.values() if b"HHHH" in form.read_bytes()] or [
                form for form in pdf.pages[0].Resources.XObject.values() if b" Tf" in form.read_bytes()
            ]
            painted = overlay.read_bytes()
        self.assertIn(b"0 0 0 1 k", painted)
        self.assertNotIn(b" rg", painted)

    def test_letters_of_a_font(self):
        """OP15: what a font lacks is known, and what signs side by side do not make up."""
        self.assertEqual(fonts.missing("Ștefan Țărână \u0416", ROBOTO), "")
        self.assertEqual(fonts.missing("北京 A 🙂 京", ROBOTO), "北京🙂")
        self.assertFalse(fonts.is_set_plainly("محمد"))
        self.assertTrue(fonts.is_set_plainly("Ștefan 株式会社"))

    def test_fallbacks(self):
        """OP5: each piece of a line is in a font that has its letters; a line that one font has is one piece."""
        for text in ("株式会社印刷", "شركة الطباعة", "Печать", "דפוס", "한국인쇄"):
            with self.subTest(text=text):
                [(piece, path)] = fonts.runs(text, ROBOTO)
                self.assertEqual(piece, text)
                self.assertEqual(fonts.missing(text, path), "")
        pieces = fonts.runs("Ș 印刷 \u0416", ROBOTO)
        self.assertEqual("".join(piece for piece, _path in pieces), "Ș 印刷 \u0416")
        self.assertTrue(all(not fonts.missing(piece, path) for piece, path in pieces))

    def test_watermark_in_every_script(self):
        """OP5: names in any script leave signs, not boxes; long ones stay on the page."""
        page = self.folder / "page.jpg"
        page.write_bytes(make_image(size=(900, 1200), color=(255, 255, 255)))
        stamps = {}
        for name in ("", "株式会社", "漢字漢字", "شركة شركة", "\ue000\ue000\ue000\ue000", "x" * 500):
            lines = ("S00001", name)
            stamps[name] = watermark._stamp((900, 1200), lines, ROBOTO)
        pictures = [stamp.tobytes() for stamp in stamps.values()]
        self.assertEqual(len(set(pictures)), len(pictures), "two names look the same: both are boxes")
        self.assertGreater(stamps["x" * 500].histogram()[74], 0)
        target = self.folder / "proof.pdf"
        pages = [{"picture": str(page), "width_mm": 148, "height_mm": 210}]
        client.watermark(pages, ["S00001", "株式会社印刷", "شركة"], target, ROBOTO)
        with pikepdf.open(io.BytesIO(target.read_bytes())) as pdf:
            self.assertEqual(len(pdf.pages), 1)
