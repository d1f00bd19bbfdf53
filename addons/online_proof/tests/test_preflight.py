import pikepdf
from odoo import Command
from odoo.tests import BaseCase, tagged

from ..engine import client
from .common import ProofCase, make_image, make_pdf

BOOKLET = {"width_mm": 148, "height_mm": 210, "bleed_mm": 3, "pages": 0}


@tagged("post_install", "-at_install")
class TestPreflight(BaseCase):
    """OP+3: what is found in a file."""

    def findings(self, content, expected=None, minimum=200):
        with client.work_folder() as folder:
            path = folder / "file"
            path.write_bytes(content)
            rules = {"minimum_dpi": minimum}
            return {found["code"]: found for found in client.preflight(path, expected or {}, rules, "")}

    def test_good_file(self):
        """OP+3: a file that fits has no findings."""
        self.assertEqual(self.findings(make_pdf(2, bleed=3), BOOKLET), {})

    def test_size_and_bleed(self):
        """OP+3: a wrong size is an error with both sizes, missing bleed a warning."""
        found = self.findings(make_pdf(1, size=(100, 210)), BOOKLET)["page_size"]
        self.assertEqual((found["severity"], found["page"]), ("error", 1))
        self.assertEqual((found["values"]["width"], found["values"]["expected_width"]), (100.0, 148))
        self.assertEqual(self.findings(make_pdf(1), BOOKLET)["no_bleed"]["severity"], "warning")
        self.assertNotIn("page_size", self.findings(make_pdf(1, size=(210, 148), bleed=3), BOOKLET), "either way up")

    def test_size_with_bleed_without_trim_box(self):
        """OP+3: a file made in the size with bleed is fine without a trim box."""
        self.assertEqual(self.findings(make_pdf(1, size=(154, 216)), BOOKLET), {})

    def test_page_count(self):
        """OP+3: the product's number of pages is compared."""
        found = self.findings(make_pdf(3, bleed=3), {**BOOKLET, "pages": 4})["page_count"]
        self.assertEqual(found["values"], {"count": 3, "expected": 4})

    def test_fonts_and_colors(self):
        """OP+3: fonts that are used and not embedded, and RGB colours, are reported with the page."""
        found = self.findings(make_pdf(1, font="Courier", rgb=True))
        self.assertEqual(found["font_not_embedded"]["values"], {"font": "Courier"})
        self.assertIn("rgb", found)

    def test_image_resolution(self):
        """OP+3: the effective resolution counts, not the one that the picture names."""

        def draw(pdf):
            image = pikepdf.Stream(pdf, bytes(100 * 100))
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.Width = image.Height = 100
            image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
            page = pdf.pages[0]
            page.obj.Resources.XObject = pikepdf.Dictionary(I=pdf.make_indirect(image))
            page.obj.Contents = pikepdf.Stream(pdf, b"q 2 0 0 2 0 0 cm 72 0 0 36 0 0 cm /I Do Q")

        found = self.findings(make_pdf(1, extra=draw))["picture_resolution"]
        size = {"width": 100, "height": 100, "format": "Gray, ZIP"}
        self.assertEqual(found["values"], {**size, "dpi": 50, "minimum": 200})

    def test_transparency_overprint_spot_colors(self):
        """OP+3: transparency, overprint and spot colours are noted."""

        def spoil(pdf):
            page = pdf.pages[0]
            page.obj.Resources.ExtGState = pikepdf.Dictionary(
                A=pikepdf.Dictionary(ca=0.5), O=pikepdf.Dictionary(OP=True)
            )
            function = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0], N=1)
            page.obj.Resources.ColorSpace = pikepdf.Dictionary(
                S=pikepdf.Array(
                    [pikepdf.Name.Separation, pikepdf.Name("/PANTONE 185 C"), pikepdf.Name.DeviceCMYK, function]
                )
            )
            page.contents_add(b"/A gs /O gs /S cs 1 scn 10 10 50 50 re f")

        found = self.findings(make_pdf(1, extra=spoil))
        self.assertTrue({"transparency", "overprint", "spot_colours"} <= found.keys(), found.keys())
        self.assertEqual(found["spot_colours"]["values"]["colours"], "PANTONE 185 C")

    def test_script_and_attachments(self):
        """OP+3: scripts and attached files are ignored, and said so."""

        def spoil(pdf):
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
            pdf.attachments["note.txt"] = b"hello"

        found = self.findings(make_pdf(1, extra=spoil))
        self.assertTrue({"javascript", "attachments"} <= found.keys())

    def test_pictures(self):
        """OP+3: pictures are checked for resolution, size and colour space."""
        found = self.findings(make_image("JPEG", size=(583, 827), dpi=(100, 100)), BOOKLET)
        self.assertEqual(found["low_resolution"]["values"]["dpi"], 100)
        self.assertIn("rgb", found)
        self.assertNotIn("page_size", found)
        self.assertIn("resolution_unknown", self.findings(make_image("PNG", mode="L")))


@tagged("post_install", "-at_install")
class TestPreflightShown(ProofCase):
    """OP+3: the shop is told before the customer sees the proof."""

    def test_shown_before_sending(self):
        """OP+3: findings are on the revision and in the window that sends, as sentences."""
        revision = self.upload(("wrong.pdf", make_pdf(1, size=(100, 100))))
        self.assertEqual(revision.severity, "error")
        wizard = self.env["online.proof.send"].with_user(self.clerk).create({"sale_order_id": self.order.id})
        self.assertEqual(wizard.severity, "error")
        message = wizard.finding_ids.filtered(lambda found: found.code == "page_size").message
        self.assertIn("100.0 x 100.0 mm", message)
        self.assertIn("148", message)

    def test_other_product_checks_again(self):
        """OP+3: a file that is checked against another line is checked anew."""
        small = self.env["product.product"].create(
            {"name": "Card", "type": "consu", "proof_width": 100, "proof_height": 100, "proof_bleed": 0}
        )
        proof = self.order._get_or_create_proof()
        self.order.order_line = [Command.create({"product_id": small.id, "proof_id": proof.id})]
        revision = self.upload(("card.pdf", make_pdf(1, size=(100, 100))))
        self.assertEqual((revision.file_ids.sale_line_id.product_id, revision.severity), (small, "ok"))
        revision.file_ids.sale_line_id = self.order.order_line[0]
        revision.invalidate_recordset()
        self.assertEqual(revision.severity, "error")
