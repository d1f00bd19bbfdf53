"""OP+9: simple mends of a file that is not sent yet."""

import io

import pikepdf
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..engine import client, documents, mend, pdfium, preflight, press
from ..engine.errors import FileRefusedError
from .common import MM, ProofCase, make_image, make_pdf

EXPECTED = {"width_mm": 60, "height_mm": 60, "bleed_mm": 3}


@tagged("post_install", "-at_install")
class TestMend(BaseCase):
    """OP+9: what a mend does to a file, seen by another program."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def mended(self, content, kind, expected=EXPECTED, **options):
        """Return the mended file as pikepdf has it, and its path."""
        path, target = self.folder / "file.pdf", self.folder / "mended.pdf"
        path.write_bytes(content)
        target.unlink(missing_ok=True)
        mend.mend(str(path), kind, str(target), expected=expected, **options)
        return self.enterContext(pikepdf.open(target)), str(target)

    def codes(self, path, expected=EXPECTED):
        found = preflight.preflight(path, expected, {}, str(press.SHIPPED["coated"]))
        return {one["code"] for one in found}

    def test_trim(self):
        """OP+9: the product's format in the middle of a bigger sheet, turned as the sheet is."""
        for turned in (0, 90):
            content = make_pdf(
                1, size=(80, 70), bleed=None, extra=lambda pdf, turned=turned: pdf.pages[0].rotate(turned, False)
            )
            expected = EXPECTED | {"width_mm": 50 if turned else 60, "height_mm": 60 if turned else 50}
            pdf, path = self.mended(content, "trim", expected)
            box = documents.box_of(pdf.pages[0].trimbox)
            for value, wanted in zip(box, (10, 10, 70, 60), strict=True):
                self.assertAlmostEqual(value / MM, wanted, 2)
            self.assertNotIn("page_size", self.codes(path, expected))
        with self.assertRaises(FileRefusedError) as refusal:
            self.mended(make_pdf(1, size=(40, 90), bleed=None), "trim")
        self.assertEqual((refusal.exception.code, refusal.exception.values), ("mend_too_small", {"page": 1}))

    def test_bleed(self):
        """OP+9: what is mirrored outwards is what lies inside of the edge; the page itself stays as it is."""

        def paint(pdf):
            side = 60 * MM
            colors = [("1 0 0 rg", 0, 0), ("0 1 0 rg", 0, 1), ("0 0 1 rg", 1, 0), ("0 0 0 rg", 1, 1)]
            half = side / 2
            parts = [f"{color} {x * half} {y * half} {half} {half} re f" for color, x, y in colors]
            pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, " ".join(parts).encode())

        content = make_pdf(1, size=(60, 60), bleed=None, extra=paint)
        _pdf, path = self.mended(content, "bleed")
        self.assertFalse(self.codes(path) & {"no_bleed", "page_size", "boxes"})
        drawn = pdfium.draw(pdfium.open_document(path)[0], 2)
        self.assertEqual(drawn.size, (round(66 * MM * 2) + 1, round(66 * MM * 2) + 1))
        edge, quarter = drawn.width - 3, drawn.width // 4
        for place, color in (
            ((2, quarter), (0, 255, 0)),
            ((quarter, 2), (0, 255, 0)),
            ((2, 2), (0, 255, 0)),
            ((edge, edge), (0, 0, 255)),
            ((2, edge), (255, 0, 0)),
            ((edge, 2), (0, 0, 0)),
            ((quarter, 3 * quarter), (255, 0, 0)),
        ):
            self.assertEqual(drawn.getpixel(place), color, place)

    def test_rotate(self):
        """OP+9: pages are turned clockwise, on top of how they are turned."""
        content = make_pdf(2, size=(60, 90), extra=lambda pdf: pdf.pages[1].rotate(270, False))
        pdf, _path = self.mended(content, "rotate", angle=90)
        self.assertEqual([documents.rotation_of(page) for page in pdf.pages], [90, 0])

    def test_press(self):
        """OP+9: RGB becomes the inks of the press; the boxes stay where they were."""
        if not client.ghostscript():
            self.skipTest("needs Ghostscript")
        content = make_pdf(1, size=(60, 60), bleed=3, rgb=True)
        (self.folder / "file.pdf").write_bytes(content)
        self.assertIn("rgb", self.codes(str(self.folder / "file.pdf")))
        pdf, path = self.mended(content, "press", press=str(press.SHIPPED["coated"]))
        self.assertFalse(self.codes(path) & {"rgb", "no_bleed", "page_size", "boxes"})
        with pikepdf.open(io.BytesIO(content)) as old:
            for value, wanted in zip(pdf.pages[0].trimbox, old.pages[0].trimbox, strict=True):
                self.assertAlmostEqual(float(value), float(wanted), 2)
        with self.assertRaises(FileRefusedError) as refusal:
            self.mended(content, "press")
        self.assertEqual(refusal.exception.code, "mend_no_press")


@tagged("post_install", "-at_install")
class TestMendedFiles(ProofCase):
    """OP+9: the mended file takes the place of the other, which is kept."""

    def mend(self, file, kind, **values):
        wizard = self.env["online.proof.mend"].with_user(self.clerk)
        return wizard.create({"file_id": file.id, "kind": kind, **values}).action_mend()

    def test_takes_its_place(self):
        """OP+9: checked again, in the same place, twice over; what was uploaded can be downloaded for ever."""
        content = make_pdf(2, bleed=None)
        revision = self.upload(("a.pdf", content), ("b.pdf", make_pdf(1, bleed=3)))
        first = revision.file_ids[0]
        found = first.finding_ids.filtered("is_mendable").with_user(self.clerk)
        self.assertEqual(found.mapped("code"), ["no_bleed", "no_bleed"])
        action = found[0].action_mend()
        values = self.env["online.proof.mend"].with_user(self.clerk).with_context(**action["context"])
        self.assertEqual(values.default_get(["kind"])["kind"], "bleed")
        self.assertEqual(self.mend(first, "bleed")["res_id"], revision.id)
        mended = revision.file_ids[0]
        mended._make_ready()
        self.assertFalse(first.exists())
        self.assertEqual((mended.name, mended.page_count), ("a.pdf", 2))
        self.assertNotIn("no_bleed", mended.finding_ids.mapped("code"))
        self.assertEqual(mended.original_attachment_id.raw, content)
        self.assertIn("a.pdf was mended: Add bleed", revision.proof_id.message_ids[0].body)
        self.mend(mended, "rotate", angle="180")
        again = revision.file_ids[0]
        self.assertEqual(again.original_attachment_id.raw, content)
        names = [page.file_id.name for page in revision.page_ids.sorted("number")]
        self.assertEqual(names, ["a.pdf", "a.pdf", "b.pdf"])
        original = again.original_attachment_id
        again.with_user(self.clerk).unlink()
        self.assertFalse(original.exists())

    def test_refused(self):
        """OP+9, OP+10: what was sent stays as it is; pictures, small pages and strangers are refused in words."""
        revision = self.upload(("a.pdf", make_pdf(1, size=(90, 90), bleed=None)), ("b.png", make_image("PNG")))
        small, picture = revision.file_ids
        for file, kind, words in ((picture, "rotate", "Only PDF"), (small, "trim", "smaller than the product")):
            with self.assertRaisesRegex(UserError, words):
                self.mend(file, kind)
        self.assertEqual(revision.file_ids, small | picture)
        revision.proof_id._send_revision(revision, self.buyer)
        with self.assertRaisesRegex(UserError, "was sent"):
            self.mend(small, "rotate")
