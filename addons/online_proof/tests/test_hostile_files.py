import io
import os
import re
import struct
import zlib

import pikepdf
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MM, ProofCase, make_image, make_pdf


def _announced_png(width, height):
    """Return a PNG whose header announces more pixels than it has."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@tagged("post_install", "-at_install")
class TestHostileFiles(ProofCase):
    """Files from strangers: a clear message, nothing kept, nothing hangs."""

    def refusal(self, content, name="file.pdf"):
        [result] = self.order._get_or_create_proof()._add_files([(name, content)])
        if result["error"]:
            self.assertFalse(self.order.proof_ids.draft_revision_id, "nothing of a refused file is kept")
            self.assertFalse(self.env["ir.attachment"].search([("name", "=", name)]))
        return result["error"]

    def test_encrypted(self):
        """OP3: a PDF with a password is refused with what to do."""

        def encrypt(pdf):
            return {"encryption": pikepdf.Encryption(owner="o", user="u")}

        self.assertIn("password", self.refusal(make_pdf(1, extra=encrypt)))

    @mute_logger("odoo.addons.online_proof.engine.client")
    def test_truncated_empty_and_foreign(self):
        """OP3: truncated, empty, zero-page and renamed files each get their own sentence."""
        self.assertIn("damaged", self.refusal(make_pdf(3)[:800]))
        self.assertIn("empty", self.refusal(b""))
        self.assertIn("no PDF", self.refusal(b"<html><script>alert(1)</script>%PDF-1.4</html>"))
        self.assertIn("no PDF", self.refusal(b"GIF89a" + bytes(200)))
        self.assertIn("damaged", self.refusal(b"%PDF-1.7\n" + os.urandom(5000)))

        def drop(pdf):
            del pdf.pages[0]

        self.assertIn("no pages", self.refusal(make_pdf(1, extra=drop)))

    def test_page_without_size(self):
        """OP3: a page whose box is empty is shown as every viewer shows it, in the usual size."""

        def shrink(pdf):
            pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, 0, 0])

        [result] = self.order._get_or_create_proof()._add_files([("a.pdf", make_pdf(1, bleed=None, extra=shrink))])
        self.assertFalse(result["error"])
        page = self.order.proof_ids.draft_revision_id.page_ids
        self.assertEqual([round(side) for side in (page.width_mm, page.height_mm)], [216, 279])

    def test_tree_that_names_itself(self):
        """OP3: of a tree of pages that has no end, the pages that a renderer finds are shown."""
        content = make_pdf(2, bleed=None)
        tree = re.search(rb"/Parent (\d+ 0) R", content)[1]
        second = re.search(rb"/Kids \[ \d+ 0 R (\d+ 0) R", content)
        looped = content[: second.start(1)] + tree.ljust(len(second[1])) + content[second.end(1) :]
        self.assertFalse(self.refusal(looped))
        self.assertEqual(self.order.proof_ids.draft_revision_id.page_count, 1)

    def test_huge_pages(self):
        """OP3: a page box of 100,000 px and a picture that announces 10 gigapixels are refused at once."""

        def enlarge(pdf):
            pdf.pages[0].obj.MediaBox = [0, 0, 100_000, 100_000]

        self.assertIn("35.3 m", self.refusal(make_pdf(1, extra=enlarge)))
        self.assertIn("too many pixels", self.refusal(_announced_png(100_000, 100_000), "bomb.png"))

    def test_decompression_bomb(self):
        """OP3: a small file that unpacks to gigabytes costs neither the memory nor the time of the server."""

        def pack(pdf):
            bomb = zlib.compress(bytes(200 * 2**20), 9)
            page = pdf.pages[0]
            page.obj.Contents = pikepdf.Stream(pdf, bomb)
            page.obj.Contents.Filter = pikepdf.Name.FlateDecode
            page.obj.Contents.DecodeParms = pikepdf.Dictionary()

        content = make_pdf(1, extra=pack)
        self.assertLess(len(content), 2**20)
        self.assertEqual(self.refusal(content, "bomb.pdf"), "", "pages are there, however empty")

    def test_too_many_pages(self):
        """OP3: more pages than a proof can have are refused with both numbers."""

        def repeat(pdf):
            for _number in range(600):
                pdf.pages.append(pdf.pages[0])

        message = self.refusal(make_pdf(1, extra=repeat))
        self.assertIn("601", message)
        self.assertIn("500", message)

    def test_good_files_survive_bad_ones(self):
        """OP3: one refused file does not spoil the others of the same upload."""
        results = self.order._get_or_create_proof()._add_files([("a.pdf", b""), ("b.pdf", make_pdf(1))])
        self.assertEqual([bool(result["error"]) for result in results], [True, False])
        self.assertEqual(self.order.proof_ids.draft_revision_id.file_ids.mapped("name"), ["b.pdf"])

    def test_script_is_no_obstacle(self):
        """OP3, OP5: a PDF with a script is shown, and the script never leaves the shop."""

        def spoil(pdf):
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

        revision = self.upload(("script.pdf", make_pdf(1, extra=spoil)))
        self.assertEqual(revision.file_ids.finding_ids.filtered(lambda f: f.code == "javascript").severity, "warning")
        watermark = revision._get_watermark()
        with pikepdf.open(io.BytesIO(watermark.raw)) as pdf:
            self.assertNotIn("/OpenAction", pdf.Root)

    def test_tiny_and_large_formats(self):
        """OP3, OP5: a label and a poster go through; the poster's watermarked PDF keeps its size."""
        self.upload(("label.pdf", make_pdf(1, size=(40, 40))), ready=False)
        revision = self.upload(("poster.pdf", make_pdf(1, size=(841, 1189))))
        with pikepdf.open(io.BytesIO(revision._get_watermark().raw)) as pdf:
            widths = sorted(round(float(page.mediabox[2]) / MM) for page in pdf.pages)
            self.assertEqual(widths, [40, 841])
            poster = max(pdf.pages, key=lambda page: float(page.mediabox[2]))
            [image] = poster.images.values()
            self.assertGreaterEqual(image.Width / (841 / 25.4), 109)

    def test_image_is_kept_as_it_is(self):
        """OP3: Odoo's shrinking of big pictures does not touch the original."""
        content = make_image("PNG", size=(2500, 2500))
        revision = self.upload(("big.png", content))
        self.assertEqual(revision.file_ids.attachment_id.raw, content)
