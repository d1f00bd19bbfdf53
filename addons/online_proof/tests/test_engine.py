import io

import pikepdf
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path
from PIL import Image, ImageCms

from ..engine import client, const, press, rasteriser, rows
from ..engine.natural import natural_key
from .common import MM, make_image, make_pdf

FONT = "web/static/fonts/google/Roboto/Roboto-Regular.ttf"


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    """The plain Python part, without a database."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def save(self, content, name="file"):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def render(self, content, kind="pdf", **options):
        path = self.save(content)
        numbers = range(len(client.inspect(path)["pages"]))
        return dict(rasteriser.render_pages(path, kind, numbers, self.folder, **options))

    def test_natural_order(self):
        """OP3: "page 2" comes before "Page 10", whatever the case and the accents."""
        names = ["Page 10.tif", "page 9.jpg", "pâge 2.jpg", "page 1.jpg", "PAGE 3.pdf", "page 2b.jpg"]
        expected = ["page 1.jpg", "pâge 2.jpg", "page 2b.jpg", "PAGE 3.pdf", "page 9.jpg", "Page 10.tif"]
        self.assertEqual(sorted(names, key=natural_key), expected)

    def test_pages_in_order(self):
        """OP3: every page of a long file is rendered once, in a bounded size."""
        pages = self.render(make_pdf(23))
        self.assertEqual(sorted(pages), list(range(23)))
        for path in pages.values():
            self.assertEqual(max(Image.open(path).size), const.PREVIEW_SIDE)

    def test_shares_of_processes(self):
        """OP3: long files are divided evenly, so that little is lost with one process."""
        shares = {count: rasteriser.share_of(count) for count in (1, 20, 100, 101, 200, 450)}
        self.assertEqual(shares, {1: 1, 20: 20, 100: 100, 101: 51, 200: 100, 450: 90})

    def test_second_process(self):
        """OP3: where pages take long, a second process draws half of what is left, and each page comes once."""
        started = []
        start = rasteriser.Source.start

        def note(source, batch):
            started.append((batch.first, batch.last))
            return start(source, batch)

        self.patch(rasteriser.Source, "start", note)
        self.patch(const, "WORTH_SECONDS", 0.0)
        path = self.save(make_pdf(12))
        for tools in (["ghostscript"], ["poppler"], ["pdfium"]):
            with self.subTest(tools=tools):
                started.clear()
                self.patch(client, "renderers", lambda _kind, tools=tools: tools)
                drawn = list(rasteriser.render_pages(path, "pdf", range(12), self.folder, 200))
                self.assertEqual(sorted(number for number, _picture in drawn), list(range(12)))
                self.assertTrue(all(picture for _number, picture in drawn))
                self.assertEqual(started[0], (0, 11))
                self.assertGreater(len(started), 1)

    def test_colors_of_equal_rows(self):
        """OP+3: rows that are like the one above are not calculated again, and have the same colors."""
        transform = ImageCms.buildTransform(str(press.SHIPPED["coated"]), ImageCms.createProfile("sRGB"), "CMYK", "RGB")
        noise = Image.merge("CMYK", [Image.effect_noise((50, 40), 90) for _ink in range(4)])
        striped = Image.new("CMYK", (50, 400), (0, 90, 255, 10))
        striped.paste(noise, (0, 120))
        striped.paste((255, 0, 0, 0), (10, 300, 40, 301))
        for picture in (noise, striped, striped.crop((0, 0, 1, 400)), striped.crop((0, 0, 50, 1))):
            expected = ImageCms.applyTransform(picture, transform)
            self.assertEqual(rows.transformed(picture, transform).tobytes(), expected.tobytes())

    def test_rotation_and_user_unit(self):
        """OP3: rotation flags turn the page, user units enlarge it."""

        def turn(pdf):
            pdf.pages[0].obj.Rotate = 90
            pdf.pages[1].obj.UserUnit = 2

        path = self.save(make_pdf(2, size=(100, 200), extra=turn))
        first, second = client.inspect(path)["pages"]
        self.assertAlmostEqual(first["width_mm"], 200, 0)
        self.assertAlmostEqual(first["height_mm"], 100, 0)
        self.assertAlmostEqual(second["height_mm"], 400, 0)
        pages = dict(rasteriser.render_pages(path, "pdf", [0], self.folder))
        width, height = Image.open(pages[0]).size
        self.assertGreater(width, height)

    def test_trim_rectangle_follows_rotation(self):
        """OP+3: the trim line is where the viewer shows the page, turned or not."""

        def trim(pdf):
            page = pdf.pages[0]
            page.obj.TrimBox = [10 * MM, 20 * MM, 90 * MM, 200 * MM]
            page.obj.Rotate = 90

        [page] = client.inspect(self.save(make_pdf(1, size=(100, 200), extra=trim)))["pages"]
        # turned clockwise, the bottom margin of 20 mm is on the left, the left one of 10 mm on top
        self.assertEqual([round(value, 2) for value in page["trim"]], [0.1, 0.1, 1.0, 0.9])

    def test_multi_frame_tiff(self):
        """OP3: each frame of a TIFF is a page, whatever its size and colour space."""
        frames = [Image.new("CMYK", (200, 300), (0, 255, 255, 0)), Image.new("L", (300, 200), 90)]
        stream = io.BytesIO()
        frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:], dpi=(100, 100))
        pages = self.render(stream.getvalue(), "image")
        self.assertEqual(len(pages), 2)
        first = Image.open(pages[0])
        self.assertEqual(first.mode, "RGB")
        red, green, blue = first.getpixel((100, 100))
        self.assertTrue(red > 180 and green < 90 and blue < 90, "CMYK magenta and yellow is red")

    def test_transparent_png_on_white(self):
        """OP3: a transparent picture lies on white paper."""
        pages = self.render(make_image("PNG", mode="RGBA", color=(0, 0, 0, 0)), "image")
        self.assertTrue(all(value > 245 for value in Image.open(pages[0]).getpixel((50, 50))))

    def test_photo_is_upright(self):
        """OP3: the orientation of a camera is applied."""
        exif = Image.Exif()
        exif[274] = 6
        path = self.save(make_image("JPEG", size=(400, 200), exif=exif.tobytes(), dpi=(254, 254)))
        [page] = client.inspect(path)["pages"]
        self.assertAlmostEqual(page["width_mm"], 20, 1)
        self.assertAlmostEqual(page["height_mm"], 40, 1)

    def test_region_matches_page(self):
        """OP4: a region at full zoom shows the same part of the page with more pixels."""
        path = self.save(make_pdf(1))
        [page] = client.inspect(path)["pages"]
        zoom = [page["zoom_width"], page["zoom_height"]]
        self.assertAlmostEqual(zoom[1] / page["height_mm"] * 25.4, const.ZOOM_DPI, -1)
        preview = Image.open(dict(rasteriser.render_pages(path, "pdf", [0], self.folder))[0])
        box = [0, zoom[1] - 700, 900, zoom[1]]
        target = self.folder / "region.jpg"
        client.render_region(path, "pdf", 0, zoom, box, target)
        region = Image.open(target)
        self.assertEqual(region.size, (900, 700))
        for x, y in ((0.2, 0.93), (0.05, 0.99), (0.3, 0.9)):
            small = preview.getpixel((round(x * preview.width), round(y * preview.height)))
            big = region.getpixel((round(x * zoom[0]), round(y * zoom[1]) - box[1]))
            self.assertTrue(all(abs(a - b) < 40 for a, b in zip(small, big, strict=True)), (small, big))

    def test_without_poppler(self):
        """OP3, OP4: PDFium renders pages and regions where neither Ghostscript nor poppler is installed."""
        self.patch(client, "ghostscript", lambda: None)
        self.patch(client, "poppler", lambda: None)
        pages = self.render(make_pdf(3))
        self.assertEqual(sorted(pages), [0, 1, 2])
        self.assertEqual(max(Image.open(pages[2]).size), const.PREVIEW_SIDE)
        target = self.folder / "region.jpg"
        client.render_region(self.folder / "file", "pdf", 0, [1748, 2480], [0, 1500, 1024, 2480], target)
        red, _green, blue = Image.open(target).getpixel((300, 2280 - 1500))
        self.assertGreater(red, blue + 80, "the orange box is at the bottom left")

    def test_overprint_is_shown(self):
        """OP+3: yellow that overprints cyan gives green, as on the press."""
        if not client.ghostscript() and not client.poppler():
            self.skipTest("needs a renderer that knows overprint")

        def overprint(pdf):
            page = pdf.pages[0]
            state = pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, OP=True, op=True, OPM=1)
            page.obj.Resources.ExtGState = pikepdf.Dictionary(O=state)
            drawing = b"1 0 0 0 k 20 20 100 100 re f /O gs 0 0 1 0 k 20 20 100 100 re f"
            page.obj.Contents = pikepdf.Stream(pdf, drawing)

        picture = Image.open(self.render(make_pdf(1, size=(60, 60), extra=overprint))[0])
        red, green, _blue = picture.getpixel((picture.width // 3, picture.height * 2 // 3))
        self.assertGreater(green, red + 60)

    def test_watermark(self):
        """OP5: flattened, the page sizes kept, medium resolution, no text or vector left to take."""
        path = self.save(make_pdf(2, size=(210, 297)))
        pages = dict(rasteriser.render_pages(path, "pdf", [0, 1], self.folder))
        target = self.folder / "watermark.pdf"
        values = [{"picture": str(pages[number]), "width_mm": 210, "height_mm": 297} for number in (0, 1)]
        client.watermark(values, ["S1 · Revision 1", "Customer", "Date"], target, file_path(FONT))
        with pikepdf.open(target) as pdf:
            self.assertEqual(len(pdf.pages), 2)
            for page in pdf.pages:
                width, height = page.mediabox[2:]
                self.assertAlmostEqual(float(width) / MM, 210, 0)
                self.assertAlmostEqual(float(height) / MM, 297, 0)
                [image] = page.images.values()
                dpi = image.Width / (float(width) / 72)
                self.assertTrue(110 <= dpi <= 150, dpi)
                self.assertNotIn("/Font", page.obj.Resources)
                marked = pikepdf.PdfImage(image).as_pil_image()
                self.assertLess(min(marked.convert("L").crop((0, 0, 500, 400)).getdata()), 220, "a mark on white paper")

    def test_small_format_is_not_given_away(self):
        """OP5: a business card, whose preview is sharp, is reduced to medium resolution."""
        path = self.save(make_pdf(1, size=(85, 55)))
        pages = dict(rasteriser.render_pages(path, "pdf", [0], self.folder))
        target = self.folder / "watermark.pdf"
        values = [{"picture": str(pages[0]), "width_mm": 85, "height_mm": 55}]
        client.watermark(values, ["S1", "Customer", "Date"], target, file_path(FONT))
        with pikepdf.open(target) as pdf:
            [image] = pdf.pages[0].images.values()
            self.assertLess(image.Width / (85 / 25.4), 150)

    def test_personalised_template(self):
        """OP15: the customer's text stands on the shop's template; long text is made to fit."""
        path = self.save(make_pdf(1, size=(85, 55)))
        text = {"page": 1, "x_mm": 10, "y_mm": 15, "font": "R", "size": 14, "color": "#000000", "align": "left"}
        text["smallest"] = 5
        target = self.folder / "personal.pdf"
        texts = [{**text, "text": "Ștefan Țărână", "max_mm": 20}]
        client.personalise(path, texts, target, {"R": file_path(FONT)})
        page = {"kind": "pdf", "frame": 0, "press": "", "width_mm": 85, "height_mm": 55}
        first, second = ({**page, "path": str(file)} for file in (path, target))
        [added] = client.compare([(first, second)], self.folder, 2.0)[0]["regions"]
        self.assertEqual((added["from"], added["to"]), ("", "Ștefan Țărână"))
        left, _top, right, bottom = added["box"]
        self.assertAlmostEqual(left * 85, 10, delta=2)
        self.assertLess(right * 85, 10 + 20 + 2)
        self.assertAlmostEqual(bottom * 55, 15, delta=3)
