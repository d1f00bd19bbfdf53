import io
import random
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ..engine import client
from .common import ProofCase, make_image
from .pairs import WORDS

FONT = "web/static/fonts/google/Roboto/Roboto-Regular.ttf"
MM = 72 / 25.4
WIDTH, HEIGHT = 148, 210


def paragraph(seed, lines=4):
    """Return lines of words that a seed makes."""
    rng = random.Random(seed)
    return [" ".join(rng.choice(WORDS) for _word in range(8)) for _line in range(lines)]


def picture(seed):
    """Return a picture that a seed makes."""
    rng = random.Random(seed)
    small = Image.new("RGB", (8, 6))
    small.putdata([tuple(rng.randrange(256) for _band in range(3)) for _pixel in range(48)])
    return ImageReader(small.resize((160, 120), Image.Resampling.BICUBIC))


def pages(*contents, scale=1.0):
    """Return a PDF; a page is a list of (millimetres from the left, from the top, lines or picture).

    :param scale: of everything, the page included
    """
    pdfmetrics.registerFont(TTFont("Spots", file_path(FONT)))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH * MM * scale, HEIGHT * MM * scale), invariant=True)
    for content in contents:
        canvas.scale(scale, scale)
        canvas.setFont("Spots", 9)
        for left, top, part in content:
            if isinstance(part, list):
                for number, line in enumerate(part):
                    canvas.drawString(left * MM, (HEIGHT - top - 3 - 4 * number) * MM, line)
            else:
                canvas.drawImage(part, left * MM, (HEIGHT - top - 30) * MM, 40 * MM, 30 * MM)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestMatching(BaseCase):
    """OP+2: which page is which."""

    def match(self, before, after):
        """Return (older, newer, state) of pages from 1, 0 for none; a page is a list of lines."""
        with client.work_folder() as folder:
            described = []
            for name, sheets in (("old", before), ("new", after)):
                path = folder / name
                path.write_bytes(pages(*([(10, 10, lines)] for lines in sheets)))
                size = {"width_mm": WIDTH, "height_mm": HEIGHT, "thumbnail": "", "kind": "pdf", "path": str(path)}
                described.append([{**size, "frame": frame} for frame in range(len(sheets))])
            found = client.match(*described)
        numbers = ([0 if pair[side] is None else pair[side] + 1 for side in ("old", "new")] for pair in found)
        return [(*pair, one["state"]) for pair, one in zip(numbers, found, strict=True)]

    def test_letters(self):
        """OP+2: of letters that differ in a name, the one to a new customer is no former one that has moved."""
        text = paragraph(1, 6)
        first, second, third, new = ([f"Dear {name},", *text] for name in ("Ada", "Bob", "Cy", "Dora"))
        self.assertEqual(
            self.match([first, second, third], [first, third, new]),
            [(1, 1, "kept"), (2, 0, "removed"), (3, 2, "kept"), (0, 3, "inserted")],
        )
        self.assertEqual(
            self.match([first, second, third], [third, first, second]),
            [(3, 1, "moved"), (1, 2, "kept"), (2, 3, "kept")],
        )
        # in its place it is the page with another name
        self.assertEqual(self.match([first, second, third], [first, new, third])[1], (2, 2, "kept"))

    def test_moved_and_corrected(self):
        """OP+2: a page unlike all others is recognized though it moved and a word of it changed."""
        one, two, three = ([" ".join(f"{word}{seed}" for word in WORDS[:40])] for seed in (1, 2, 3))
        corrected = ["corrected " + one[0]]
        found = self.match([one, two, three], [two, three, corrected])
        self.assertEqual(found, [(2, 1, "kept"), (3, 2, "kept"), (1, 3, "moved")])


@tagged("post_install", "-at_install")
class TestSpots(BaseCase):
    """OP+1: what a comment is about is found again, or is said to be gone."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def follow(self, before, after, *spots, size=(WIDTH, HEIGHT), kind="pdf"):
        """Return where spots (millimetres) of the first page are: list of (page, x, y) or None."""
        files = []
        for name, content in (("old", before), ("new", after)):
            path = self.folder / name
            path.write_bytes(content if isinstance(content, bytes) else pages(*content))
            files.append(path)
        old = {"path": str(files[0]), "kind": kind, "frame": 0, "width_mm": WIDTH, "height_mm": HEIGHT}
        count = 1 if isinstance(after, bytes) else len(after)
        new = [
            {"path": str(files[1]), "kind": kind, "frame": frame, "width_mm": size[0], "height_mm": size[1]}
            for frame in range(count)
        ]
        asked = [{"old": old, "new": 0, "x": x / WIDTH, "y": y / HEIGHT} for x, y in spots]
        found = client.follow(asked, new)
        return [None if each["gone"] else (each["new"], each["x"] * size[0], each["y"] * size[1]) for each in found]

    def assert_at(self, found, x, y, page=0, delta=0.7):
        self.assertIsNotNone(found)
        self.assertEqual(found[0], page)
        self.assertAlmostEqual(found[1], x, delta=delta)
        self.assertAlmostEqual(found[2], y, delta=delta)

    def test_words_that_moved(self):
        """OP+1: a paragraph before it pushes the spot down; the words that stay keep it."""
        top, first, second = ([(20, y, paragraph(seed))] for y, seed in ((15, 1), (40, 2), (90, 3)))
        lower = [(20, 70, paragraph(2))]
        new = [(20, 40, paragraph(4, 6))]
        found = self.follow([top + first + second], [top + new + lower + second], (30, 45), (30, 20), (30, 95))
        self.assert_at(found[0], 30, 75)
        self.assert_at(found[1], 30, 20)
        self.assert_at(found[2], 30, 95)

    def test_word_that_changed(self):
        """OP+1: a price that was corrected is where it was: by what stands around it."""
        before, after = paragraph(1), paragraph(1)
        before[1], after[1] = before[1] + " 1.250", after[1] + " 1,250"
        x = 20 + pdfmetrics.stringWidth(before[1], "Helvetica", 9) / MM - 2
        [found] = self.follow([[(20, 40, before)]], [[(20, 52, after)]], (x, 46))
        self.assert_at(found, x, 58)

    def test_words_that_are_gone(self):
        """OP+1: a paragraph that was taken out, or that another one stands for, is gone."""
        kept = [(20, 15, paragraph(1)), (20, 120, paragraph(3))]
        old = [[*kept, (20, 60, paragraph(2))]]
        self.assertEqual(self.follow(old, [kept], (40, 66)), [None])
        self.assertEqual(self.follow(old, [[*kept, (20, 60, paragraph(9))]], (40, 66)), [None])

    def test_words_on_another_page(self):
        """OP+1: text that runs on to the next page takes its comments along."""
        tail = (20, 170, paragraph(2))
        after = [[(20, 20, paragraph(1)), (20, 60, paragraph(5, 30))], [(20, 20, paragraph(2))]]
        [found] = self.follow([[(20, 20, paragraph(1)), tail]], after, (40, 176))
        self.assert_at(found, 40, 26, page=1)

    def test_repeated_words(self):
        """OP+1: of many equal words, it is the one between the same neighbors."""
        table = [f"{name} EUR {number}.00 EUR" for number, name in enumerate(WORDS[:12])]
        after = [*table[:3], "extra EUR 99.00 EUR", *table[3:]]
        [found] = self.follow([[(20, 30, table)]], [[(20, 30, after)]], (22, 30 + 4 * 8 + 2))
        self.assert_at(found, 22, 30 + 4 * 9 + 2)

    def test_plain_shapes(self):
        """OP+1: a box of one color stays though it has another one, is found where it went, or is gone."""

        def sheet(*parts):
            return pages([(20, 10, paragraph(1)), *parts])

        def box(color):
            return ImageReader(Image.new("RGB", (8, 6), color))

        spot = (40, 95)
        old = sheet((20, 80, box("red")))
        for parts, place in (
            ([(20, 80, box("red"))], (40, 95)),
            ([(20, 80, box("black"))], (40, 95)),
            ([(70, 140, box("red"))], (90, 155)),
            ([], None),
        ):
            with self.subTest(place=place):
                [found] = self.follow(old, sheet(*parts), spot)
                if place:
                    self.assert_at(found, *place, delta=1.5)
                else:
                    self.assertIsNone(found)
        # an empty place stays, whatever comes there
        [found] = self.follow(sheet(), old, spot)
        self.assert_at(found, *spot)

    def test_pictures(self):
        """OP+1: a picture is found where it went, stays where it is, or is gone."""

        def sheet(*parts):
            return pages([(20, 10, paragraph(1)), *parts])

        old = sheet((20, 60, picture(1)), (80, 60, picture(2)))
        spots = ((35, 75), (100, 75))
        found = self.follow(old, sheet((20, 60, picture(1)), (80, 140, picture(2))), *spots)
        self.assert_at(found[0], 35, 75)
        self.assert_at(found[1], 100, 155)
        found = self.follow(old, sheet((20, 60, picture(1)), (80, 60, picture(3))), *spots)
        self.assert_at(found[0], 35, 75)
        self.assertIsNone(found[1])

    def test_empty_spot(self):
        """OP+1: "a logo is missing here" stays on its bare paper, also when the logo has come."""
        old, new = ([(20, 10, paragraph(1)), *more] for more in ([], [(60, 120, picture(1))]))
        self.assert_at(self.follow([old], [new], (80, 135))[0], 80, 135)

    def test_scaled_page(self):
        """OP+1: on a page that was scaled, the spot is where it was on the paper."""
        content = [(20, 40, paragraph(1)), (60, 120, picture(1))]
        size = (WIDTH * 2, HEIGHT * 2)
        found = self.follow([content], pages(content, scale=2), (30, 45), (75, 130), size=size)
        self.assert_at(found[0], 60, 90, delta=1.5)
        self.assert_at(found[1], 150, 260, delta=1.5)

    def test_page_that_is_a_picture(self):
        """OP+1: pages without words are told by what they show."""
        old, new = (make_image("PNG", size=(148, 210)) for _page in range(2))
        self.assert_at(self.follow(old, new, (50, 50), kind="image")[0], 50, 50)


@tagged("post_install", "-at_install")
class TestFollowedComments(ProofCase):
    """OP+1: comments on the page of a later revision."""

    def test_spot(self):
        """OP+1: an open comment stands where its words went, found once; of gone words it says so."""
        first = self.send(content=pages([(20, 40, paragraph(1)), (20, 90, paragraph(2))]))
        person = self.reviewer(first)
        for y in (45, 95):
            spot = {"page": 1, "x": 30 / WIDTH, "y": y / HEIGHT}
            self.env["online.proof.comment"]._add(first, {"body": "this word", **spot}, reviewer=person)
        second = self.send(content=pages([(20, 120, paragraph(1))]))
        threads = self.env["online.proof.comment"]._get_for_revision(second)
        moved, gone = threads._prepare_viewer_values(second)
        self.assertEqual((moved["page"], moved["gone"], gone["page"], gone["gone"]), (1, False, 1, True))
        self.assertAlmostEqual(moved["y"] * HEIGHT, 125, delta=1)
        with patch.object(client, "follow", side_effect=AssertionError("found before")):
            threads.action_resolve()
            self.assertEqual([each["gone"] for each in threads._prepare_viewer_values(second)], [False, True])
