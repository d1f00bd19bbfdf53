"""Pictures, profiles and keys at their limits: what differs by just no difference, and what is none."""

import io
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from odoo.tests import BaseCase, tagged
from PIL import Image

from ..engine import (
    compare,
    const,
    delta,
    difference,
    facts,
    ghostscript,
    personalise,
    press,
    rasteriser,
    separation,
    watermark,
    words,
)
from ..engine.errors import FileRefusedError
from ..life import signature, sorting


@tagged("post_install", "-at_install")
class TestBesidePictures(BaseCase):
    """OP4, OP+2: pictures that end too early, or differ by what is just no difference."""

    def test_streams(self):
        """OP4: a picture of another size, or that is cut off, is none."""

        def read(data, size=(9, 9)):
            return ghostscript._read_picture(io.BytesIO(data), *size)

        whole, slack = b"P6\n9 9\n255\n" + b"\0" * 243, ghostscript._SLACK
        self.assertEqual(read(whole).size, (9, 9))
        self.assertEqual(read(whole, (9 + slack, 9 - slack)).size, (9, 9))
        for data, size in ((whole[:-1], (9, 9)), (whole, (10 + slack, 9)), (whole, (9, 8 - slack)), (b"", (9, 9))):
            with self.assertRaisesRegex(FileRefusedError, "damaged"):
                read(data, size)
        with self.assertRaisesRegex(FileRefusedError, "damaged"):
            ghostscript._read_header(io.BytesIO(b"P6\n9\n255\n"))
        many = io.BytesIO(b"P7\n" + b"W 9\n" * 20 + b"ENDHDR\ndata")
        self.assertEqual(ghostscript._read_header(many), ("CMYK", (9, 9)))
        self.assertEqual(many.read(), b"data")

    def test_head(self):
        """SEC-03: what has no PDF header is not given to a PostScript interpreter."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            for data, clean in ((b"%PDF-1.4", b"%PDF-1.4"), (b"%!PS\n%PDF-1.4", b"%PDF-1.4")):
                path.write_bytes(data)
                self.assertEqual(Path(ghostscript.clean_path(path, folder)).read_bytes(), clean)
            path.write_bytes(b"%!PS showpage")
            with self.assertRaisesRegex(FileRefusedError, "damaged"):
                ghostscript.clean_path(path, folder)
            for data, whole in ((b"x" * 3, False), (b"xx\xff\xd9", True), (b"xxxx", False)):
                path.write_bytes(data)
                self.assertEqual(rasteriser._complete(path), whole)

    def test_small_parts(self):
        """OP+2: a part of exactly 30 % of the page is a small one."""
        old, new = Image.new("L", (10, 10)), Image.new("L", (10, 10))
        new.paste(255, (0, 0, 3, 10))
        self.assertEqual(difference.small_part(old, new), (0, 0, 3, 10))
        new.paste(255, (0, 0, 4, 10))
        self.assertIsNone(difference.small_part(old, new))

    def test_levels(self):
        """OP+2: as many levels as the noise of renderers has are no difference."""

        def differs(level, size=(40, 40)):
            old, new = Image.new("L", size, 100), Image.new("L", size, 100)
            new.putpixel((20, 20), 100 + level)
            return difference.mask_of(old, new).getbbox() is not None

        self.assertFalse(differs(difference.POINT))
        self.assertTrue(differs(difference.POINT + 1))
        flat = Image.new("L", (40, 40), 100)
        for levels, box in ((difference.AREA, None), (difference.AREA + 1, (0, 0, 20, 20))):
            tone = difference._tone(flat, Image.new("L", (40, 40), 100 + levels), difference.AREA)
            self.assertEqual(tone.getbbox(), box)
        step = Image.new("L", (20, 20), 100)
        step.paste(100 + difference.FLAT, (0, 0, 10, 20))
        self.assertEqual(difference._is_flat(step).getextrema(), (255, 255))

    def test_outside(self):
        """OP+2: a place beside the page is nowhere set."""
        mask = Image.new("L", (100, 100), 255)
        self.assertTrue(difference.is_set(mask, (0.1, 0.1, 0.2, 0.2)))
        for place in ((1.02, 0.1, 1.1, 0.2), (0.1, 1.02, 0.2, 1.1)):
            self.assertFalse(difference.is_set(mask, place))

    def test_regions(self):
        """OP+2: what a word covers, to its edge, is not told twice."""
        outer, margin = {"box": [0.25, 0.25, 0.5, 0.5]}, [0.125, 0.125]
        self.assertTrue(compare._covers(outer, {"box": [0.125, 0.125, 0.625, 0.625]}, margin))
        self.assertFalse(compare._covers(outer, {"box": [0.1, 0.125, 0.625, 0.625]}, margin))
        self.assertFalse(compare._covers(outer, {"box": [0.125, 0.125, 0.7, 0.625]}, margin))
        self.assertEqual(words._joined([0, 0, 1, 0.5], [0, 0.5, 1, 1]), [0, 0, 1, 1])
        self.assertEqual(words._joined([0, 0.5, 1, 1], [0, 0, 1, 0.5]), [0, 0, 1, 1])
        self.assertEqual(words._joined([0, 0, 1, 0.4], [0, 0.5, 1, 1]), [0, 0.5, 1, 1])
        self.assertEqual(words._joined([0, 0.5, 1, 1], [0, 0, 1, 0.4]), [0, 0, 1, 0.4])

    def test_hues(self):
        """OP+2: the mean of two hues lies between them (Sharma 2005, equation 14)."""
        self.assertEqual(delta._mean_hue(0, 180, 1), 90)
        self.assertEqual(delta._mean_hue(80, 280, 1), 0)
        self.assertEqual(delta._mean_hue(100, 300, 1), 20)

    def test_trims(self):
        """OP+2: a page that is cut as it was, to a hair, is cut as it was."""
        self.assertFalse(facts._differ((facts.TOLERANCE_MM, 0), (0, 0)))
        self.assertTrue(facts._differ((facts.TOLERANCE_MM * 1.5, 0), (0, 0)))

    def test_plates(self):
        """OP+6: tints that are off by what can be, and no more, are mixtures."""
        off = separation._STRAIGHT
        self.assertEqual(separation._from_nothing([[off, *[0] * 255]])[0][0], 0)
        straight = list(range(256))
        for amount, mixed in ((off, True), (off + 1, False)):
            self.assertEqual(separation.are_mixtures({"Gold": [[amount, *straight[1:]]]}), mixed)

    def test_watermark(self):
        """OP3: lines of the greatest length are not cut."""
        with (
            patch.object(watermark.fonts, "runs", lambda line, font: [(line, font)]),
            patch.object(watermark.ImageFont, "truetype", lambda path, size: size),
        ):
            longest = "x" * watermark.MAX_LINE
            self.assertEqual(watermark._pieces(longest, "f", 9), [(longest, 9)])
            self.assertEqual(len(watermark._pieces(longest + "x", "f", 9)[0][0]), watermark.MAX_LINE)

    def test_room(self):
        """OP15: a text that fits to a hair keeps its size."""
        text = {"size": 10, "smallest": 5, "x_mm": 0, "align": "left", "max_mm": 0, "font": "Helvetica"}
        room = personalise.stringWidth("Wide", "Helvetica", 10.0)
        with patch.object(personalise.fonts, "room", lambda *_args: room * const.MM_PER_POINT):
            self.assertAlmostEqual(personalise._fitting_size("Wide", text, 99), 10.0)


@tagged("post_install", "-at_install")
class TestBesideProfiles(BaseCase):
    """OP14, OP+10: profiles and keys that are none."""

    def test_profiles(self):
        """OP14: what is too short or too long for a profile, or of other colors, is refused."""
        data = press.SHIPPED["coated"].read_bytes()
        self.assertEqual(press.check_bytes(data), "CMYK")
        self.assertEqual(press.check_bytes(data, 4), "CMYK")
        with self.assertRaises(FileRefusedError):
            press.check_bytes(data, 3)
        with patch.object(press, "MAX_BYTES", len(data)):
            press.check_bytes(data)
        with patch.object(press, "MAX_BYTES", len(data) - 1), self.assertRaises(FileRefusedError):
            press.check_bytes(data)
        with self.assertRaises(FileRefusedError):
            press.check_bytes(b"x" * 128)
        self.assertTrue(facts._same_press(data, data))
        self.assertFalse(facts._same_press(data, b"") or facts._same_press(data, b"x"))

    def test_keys(self):
        """OP+10: what cannot sign is no key of certificates."""
        key, certificate, _others = pkcs12.load_key_and_certificates(signature.make_key("Shop"), None)
        for pair in ((key, None), (None, certificate), (x25519.X25519PrivateKey.generate(), None)):
            try:
                data = pkcs12.serialize_key_and_certificates(b"x", *pair, None, NoEncryption())
            except (TypeError, ValueError):
                continue
            for work in (signature.open_key, signature._make_signer):
                with self.assertRaises(ValueError):
                    work(data)

    def test_sorting(self):
        """OP2: a file goes where it fits, to the tolerance, and nowhere where nothing speaks for it."""
        product = sorting.Product(key=1, name="Flyer", width=100, height=200, bleed=3, pages=2)
        other = sorting.Product(key=2, name="Card", width=50, height=80, bleed=3, pages=2)
        edge = sorting.TOLERANCE
        self.assertEqual(sorting.find(sorting.File("x.pdf", 100 + edge, 200, 2), [product, other]), 1)
        self.assertEqual(sorting.find(sorting.File("x.pdf", 100, 200, 2), [product]), 1)
        self.assertFalse(sorting._has_size(sorting.File("x.pdf", 100 + edge * 1.5, 200, 2), product))
        nothing = sorting.Product(key=3, name="Mug", width=0, height=0, bleed=0, pages=0)
        self.assertIsNone(sorting.find(sorting.File("x.pdf", 1, 1, 1), [nothing]))
        self.assertEqual(sorting._words("ab abc 7.pdf"), {"abc", "7"})
