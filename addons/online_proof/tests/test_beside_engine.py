"""Files at their limits: what is just enough, just too much, and what touches, without a database."""

import io
from unittest.mock import patch

import pikepdf
from odoo.tests import BaseCase, tagged
from PIL import Image

from ..engine import barcodes, boxes, const, documents, images, mend
from ..engine.errors import FileRefusedError
from ..engine.paint import Color, Paint, State

POINT = const.MM_PER_POINT


def page_of(media=(0, 0, 300, 400), **keys):
    """Return a page with boxes."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 400))
    page.obj.MediaBox = pikepdf.Array(media)
    for key, value in keys.items():
        page.obj[f"/{key}"] = pikepdf.Array(value)
    return pdf, page


@tagged("post_install", "-at_install")
class TestBesideBarcodes(BaseCase):
    """OP5: what is looked at for a barcode, to the point."""

    def bars(self, left, bottom, right, top):
        places = barcodes.Places()
        places._note_bar((left, bottom, right, top), (bottom, top), (left, right), upright=True)
        return len(places.bars)

    def test_bars(self):
        """OP5: a bar has a width, no more than a bar's, and is twice as high."""
        wide, high = barcodes._BAR_WIDTH, max(barcodes._BAR_HEIGHT, 2 * barcodes._BAR_WIDTH)
        self.assertEqual(self.bars(0, 0, wide, high), 2)
        self.assertFalse(self.bars(0, 0, wide + 0.1, high) or self.bars(0, 0, wide, high - 0.1))
        self.assertFalse(self.bars(1, 0, 1, high), "what has no width is no bar")
        places = barcodes.Places()
        places._note_bar((1, 0, 2, high), (0, high), (0, wide), upright=True)
        self.assertTrue(places.bars, "a stroke is as wide as it is drawn")

    def test_squares(self):
        """OP5: as many small squares as a code has make one, or rows of it."""
        few = barcodes._FEWEST_SQUARES
        for number, found in ((few, 1), (few - 1, 0)):
            places = barcodes.Places()
            places._note_squares((0, 0, 50, 50), [(0, 0, 5, 5)] * number)
            self.assertEqual((len(places.squares), len(places.rows)), (found, 1 - found))
        wide = barcodes._BAR_WIDTH
        for box, rows in (
            ((0, 0, 10 * wide, wide), 1),
            ((0, 0, 10 * wide + 1, wide), 0),
            ((0, 0, 5, wide + 1), 0),
            ((0, 3, 5, 3), 0),
        ):
            places = barcodes.Places()
            places._note_squares((0, 0, 5, 500), [box])
            self.assertEqual(len(places.rows), rows)
        row = [(number, 0, number + 1, 40) for number in range(few)]
        for number in (few, few - 1):
            places = barcodes.Places()
            places.rows[1.0] = row[:number]
            kinds = [kind for kind, _box in places.found()]
            self.assertEqual(kinds, ["squares"] if number == few else [])

    def test_shape(self):
        """OP5: a code of squares is about as high as wide, and smaller than a picture."""
        for wide, high, is_square in ((10, 8, True), (8, 10, True), (10, 7.9, False), (8, 10.1, False)):
            self.assertEqual(barcodes._is_square((0, 0, wide, high)), is_square)
        edge = barcodes._PICTURE
        self.assertFalse(barcodes._is_square((0, 0, edge, edge)))

    def test_pictures(self):
        """OP5: pictures of the size of a code are looked at, no others."""
        low, high = barcodes._BAR_HEIGHT, barcodes._PICTURE
        for sides, found in (((low, 50), 0), ((low + 1, 50), 1), ((50, high), 0), ((50, high - 1), 1)):
            places = barcodes.Places()
            places.look(Paint("picture", Color(), (0, 0, *sides), State()))
            self.assertEqual(len(places.pictures), found, sides)

    def test_most_parts(self):
        """OP5: so many parts of paths are looked at, the last of them, too."""
        with patch.object(barcodes, "_MOST_PARTS", 2):
            for number, found in ((2, 2), (3, 0)):
                places = barcodes.Places()
                places.look(Paint("fill", Color(), (0, 0, 3, 30), State(), values={"parts": [(0, 0, 3, 30)] * number}))
                self.assertEqual(sum(map(len, places.bars.values())), 2 * found)

    def test_runs(self):
        """OP5: bars in several widths and distances are a code: no fence, no two codes in one."""
        run, left = [], 0.0
        for number in range(barcodes._FEWEST_BARS):
            wide = 1 + number % 2
            run.append((left, 0, left + wide, 30))
            left += wide + (1 + number % 3)
        self.assertTrue(barcodes._is_code(run, 0, 2))
        self.assertFalse(barcodes._is_code(run[:-1], 0, 2), "fewer bars than any code has")
        self.assertEqual(len([*barcodes._codes(run, upright=True)]), 1)
        gap = barcodes._GAP
        beside = [(box[0] + run[-1][2] + gap, *box[1:2], box[2] + run[-1][2] + gap, box[3]) for box in run]
        self.assertEqual(len([*barcodes._codes(run + beside, upright=True)]), 2)

    def test_fences(self):
        """OP5: bars or distances that are no more than half as wide again are none of a code."""

        def row(widths, gaps, heights=(30,)):
            boxes_, left = [], 0.0
            for number in range(barcodes._FEWEST_BARS):
                wide = widths[number % len(widths)]
                boxes_.append((left, 0, left + wide, heights[number % len(heights)]))
                left += wide + gaps[number % len(gaps)]
            return barcodes._is_code(boxes_, 0, 2)

        self.assertTrue(row((2, 4), (2, 4)))
        self.assertFalse(row((2, 3), (2, 4)))
        self.assertFalse(row((2, 4), (2, 3)))
        self.assertTrue(row((1, 2), (2, 12)), "as far apart as twelve bars")
        self.assertFalse(row((1, 2), (2, 13)))
        self.assertTrue(row((2, 4), (2, 4), (30, 31, 32, 33, 34, 35)), "six heights")
        self.assertFalse(row((2, 4), (2, 4), (30, 31, 32, 33, 34, 35, 36)))

    def test_overlap(self):
        """OP5: codes that touch are two."""
        for box in ((10, 0, 20, 10), (-10, 0, 0, 10), (0, 10, 10, 20), (0, -10, 10, 0)):
            self.assertFalse(barcodes._overlap((0, 0, 10, 10), box))
        self.assertTrue(barcodes._overlap((0, 0, 10, 10), (9, 9, 20, 20)))

    def test_most_places(self):
        """OP5: no more codes are looked for once there are enough."""
        places = barcodes.Places()
        places.bars = {(True, 0, number): [(0, 100 * number, 1, 100 * number + 30)] for number in range(3)}
        with (
            patch.object(barcodes, "MAX_PLACES", 2),
            patch.object(barcodes, "_codes", lambda found, _upright: found),
        ):
            self.assertEqual(len(places.found()), 2)

    def test_extremes(self):
        """OP5: a twentieth of the pixels is enough to be the darkest."""
        band = Image.new("L", (20, 1), 255)
        band.putpixel((0, 0), 0)
        self.assertEqual(barcodes._extremes(band), (0, 255))


@tagged("post_install", "-at_install")
class TestBesideBoxes(BaseCase):
    """OP5: boxes of pages that touch, or are a point wide."""

    def test_printed(self):
        """OP5: a trim of a point is none; then all of the page is printed."""
        for trim in ((0, 0, 1, 100), (0, 0, 100, 1)):
            _pdf, page = page_of(TrimBox=trim)
            self.assertEqual(boxes.Sheet(page).printed, (0, 0, 300, 400))

    def test_fractions(self):
        """OP5: what touches the page from outside is on its edge, what lies beyond is nowhere."""
        _pdf, page = page_of()
        sheet = boxes.Sheet(page)
        for box in ((-9, 9, 0, 99), (300, 9, 309, 99), (9, -9, 99, 0), (9, 400, 99, 409)):
            self.assertIsNotNone(sheet.fractions(box))
        for box in ((-9, 9, -1, 99), (301, 9, 309, 99), (9, -9, 99, -1), (9, 401, 99, 409)):
            self.assertIsNone(sheet.fractions(box))

    def test_in_trim(self):
        """OP5: what reaches in by no more than a hair is cut off."""
        _pdf, page = page_of(TrimBox=(0, 0, 300, 400))
        sheet, hair = boxes.Sheet(page), boxes._EPSILON
        for box in ((-9, 9, hair, 99), (300 - hair, 9, 309, 99), (9, -9, 99, hair), (9, 400 - hair, 99, 409)):
            self.assertFalse(sheet.in_trim(box))
        for box in ((-9, 9, 1, 99), (299, 9, 309, 99), (9, -9, 99, 1), (9, 399, 99, 409)):
            self.assertTrue(sheet.in_trim(box))

    def test_beside_each_other(self):
        """OP5: boxes may be off by a hair."""
        hair = boxes._EPSILON
        for inner in ((-hair, 0, 9, 9), (0, -hair, 9, 9), (0, 0, 9 + hair, 9), (0, 0, 9, 9 + hair)):
            self.assertTrue(boxes._inside(inner, (0, 0, 9, 9)))
        _pdf, page = page_of(TrimBox=(-hair, 0, 300, 400))
        self.assertFalse([one for one in boxes.check_page(page, 1, {}) if one["code"] == "boxes"])

    def test_sizes(self):
        """OP5: a millimetre is no other size, a hair is no missing bleed."""
        self.assertTrue(boxes._same((boxes.TOLERANCE_MM, 0), (0, 0)))
        need = 2.0 + boxes._EPSILON * 25.4 / 72
        expected = {"width_mm": 100, "height_mm": 200, "bleed_mm": need}
        self.assertFalse(boxes.check_size((100, 200), 2.0, 1, expected))
        self.assertEqual([one["code"] for one in boxes.check_size((100, 200), 1.9, 1, expected)], ["no_bleed"])

    def test_odd_boxes(self):
        """OP2: boxes of a point are boxes, smaller ones are none, as viewers have it."""
        usual, sheet = documents._USUAL, (0, 0, 300, 400)
        for media, shown in (((0, 0, 1, 9), (0, 0, 1, 9)), ((0, 0, 9, 1), (0, 0, 9, 1)), ((0, 0, 0.5, 9), usual)):
            _pdf, page = page_of(media)
            self.assertEqual(documents.visible_box(page), shown)
        for crop in ((0, 0, 1, 9), (0, 0, 9, 1)):
            _pdf, page = page_of(CropBox=crop)
            self.assertEqual(documents.visible_box(page), sheet)
        for unit, read in ((0, 1), (2, 2), (-1, 1)):
            _pdf, page = page_of()
            page.obj.UserUnit = unit
            self.assertEqual(documents.unit_of(page), read)

    def test_sheet_sizes(self):
        """OP2: pages of exactly the longest and the shortest side are taken."""

        def sheet(width, height, mode=""):
            documents._check_sizes([{"width_mm": width, "height_mm": height, "mode": mode}])

        sheet(const.MAX_PAGE_MM, const.MIN_PAGE_MM)
        sheet(9, 1, "RGB")
        for sides, code in (((const.MAX_PAGE_MM + 1, 9), "page_too_large"), ((9, 1), "page_too_small")):
            with self.assertRaises(FileRefusedError) as caught:
                sheet(*sides)
            self.assertEqual(caught.exception.code, code)
        with self.assertRaises(FileRefusedError):
            documents._check_sizes([])

    def test_page_limit(self):
        """OP2: as many pages as are allowed are taken, of documents and of pictures, one more is not."""
        pdf, _page = page_of()
        pdf.pages.append(pdf.pages[0])
        stream = io.BytesIO()
        frame = Image.new("L", (9, 9))
        frame.save(stream, "TIFF", save_all=True, append_images=[frame])
        picture = Image.open(stream)
        for limit in (2, 1):
            with patch.object(const, "MAX_PAGES", limit):
                for work in (lambda: documents._pdf_pages(pdf), lambda: images.frames(picture)):
                    if limit == 2:
                        work()
                    else:
                        with self.assertRaisesRegex(FileRefusedError, "too_many_pages"):
                            work()
        for pixels, taken in ((81, True), (80, False)):
            with patch.object(const, "MAX_PIXELS", pixels):
                if taken:
                    self.assertEqual(images.frames(picture), [0, 1])
                else:
                    with self.assertRaisesRegex(FileRefusedError, "too_many_pixels"):
                        images.frames(picture)

    def test_resolution(self):
        """OP2: a picture says 10 to 5,000 dots per inch, or nothing."""
        for dpi, known in ((10, True), (9, False), (5000, True), (5001, False)):
            picture = Image.new("L", (1000, 1000))
            picture.info["dpi"] = (dpi, dpi)
            self.assertEqual(bool(images.describe(picture, 0)["dpi"]), known, dpi)

    def test_mended_trim(self):
        """OP+8: a trim as big as the sheet, to a hair, fits on it."""
        wishes = {"width_mm": 300 * POINT, "height_mm": 400 * POINT, "bleed_mm": 0}
        hair = mend._EPSILON
        _pdf, page = page_of((0, 0, 300 - hair, 400))
        mend._set_trim(page, 1, wishes)
        self.assertTrue("/TrimBox" in page.obj)
        _pdf, page = page_of((0, 0, 300 - 2 * hair, 400))
        with self.assertRaisesRegex(FileRefusedError, "mend_too_small"):
            mend._set_trim(page, 1, wishes)
        with self.assertRaisesRegex(FileRefusedError, "mend_no_format"):
            mend._set_trim(page, 1, {**wishes, "width_mm": 0})
        with self.assertRaisesRegex(FileRefusedError, "mend_no_format"):
            mend._add_bleed(_pdf, page, wishes)
