"""What the tests share: files made on the fly, an order with a proof, people."""

import io

import pikepdf
from odoo import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import file_path
from PIL import Image, TiffImagePlugin  # noqa: F401 - loaded: Odoo keeps Pillow to a few formats
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from . import engine_results

MM = 72 / 25.4


def make_pdf(pages=1, size=(148, 210), *, texts=None, bleed=0, font="Embedded", rgb=False, extra=None):
    """Return a PDF as bytes.

    :param size: trim size in millimetres
    :param bleed: millimetres around the trim box; None for a file without a trim box
    :param font: ``Embedded`` or a standard font's name, which is not embedded
    :param extra: callable(pikepdf.Pdf) that spoils the file
    """
    if font == "Embedded":
        pdfmetrics.registerFont(TTFont("Embedded", file_path("web/static/fonts/google/Roboto/Roboto-Regular.ttf")))
    edge = (bleed or 0) * MM
    width, height = size[0] * MM + 2 * edge, size[1] * MM + 2 * edge
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(width, height), invariant=True)
    for number in range(1, pages + 1):
        if bleed:
            canvas.setTrimBox((edge, edge, width - edge, height - edge))
        if rgb:
            canvas.setFillColorRGB(0.9, 0.1, 0.1)
        else:
            canvas.setFillColorCMYK(0, 0.4, 0.8, 0)
        canvas.rect(edge + 20, edge + 20, 100, 60, stroke=0, fill=1)
        canvas.setFillColorCMYK(0, 0, 0, 1)
        canvas.setFont(font, 24)
        canvas.drawString(edge + 30, height / 2, (texts or {}).get(number, f"Page {number}"))
        canvas.showPage()
    canvas.save()
    if not extra:
        return stream.getvalue()
    with pikepdf.open(io.BytesIO(stream.getvalue())) as pdf:
        options = extra(pdf) or {}
        spoilt = io.BytesIO()
        pdf.save(spoilt, **options)
    return spoilt.getvalue()


def make_blank_pdf():
    """Return a PDF as far like wkhtmltopdf's as PDF/A goes: an outline, no simple fonts."""
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page().obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary())
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Approval certificate", 0))
        pdf.save(stream)
    return stream.getvalue()


def make_image(kind="JPEG", size=(300, 420), mode="RGB", color=None, **options):
    """Return a picture as bytes."""
    stream = io.BytesIO()
    Image.new(mode, size, color or 200).save(stream, kind, **options)
    return stream.getvalue()


class ProofCase(TransactionCase):
    """An order of a customer with two people, in a shop with a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        engine_results.share(cls)
        cls.company = cls.env.company
        cls.company.write(
            {
                "proof_type": "online",
                "proof_hourly_rate": 72.0,
                "proof_change_product_id": cls.env.ref("online_proof.product_changes").id,
                "proof_approval_rule": "any",
                "email": "shop@example.com",
            }
        )
        # the terms of the demo data are not what is tested; nobody deletes published ones or their acceptances
        cls.env.cr.execute("DELETE FROM online_proof_terms_acceptance")
        cls.clerk = new_test_user(
            cls.env, "clerk", groups="online_proof.group_online_proof_user", email="clerk@example.com"
        )
        cls.customer = cls.env["res.partner"].create({"name": "Printing Customer", "is_company": True})
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Bea Buyer", "parent_id": cls.customer.id, "email": "bea@customer.example.com", "lang": "en_US"}
        )
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Carl Colleague", "parent_id": cls.customer.id, "email": "carl@customer.example.com"}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Booklet", "type": "consu", "proof_width": 148, "proof_height": 210, "proof_bleed": 3}
        )
        cls.order = cls.make_order()
        cls.order.action_confirm()

    @classmethod
    def make_order(cls, partner=None, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.buyer).id,
                "user_id": cls.clerk.id,
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 10})],
                **values,
            }
        )

    def upload(self, *files, order=None, ready=True):
        """Put (name, content) files on the order's proof; return the draft revision, prepared."""
        proof = (order or self.order)._get_or_create_proof()
        results = proof._add_files(list(files))
        self.assertFalse([result for result in results if result["error"]], "a file was refused")
        revision = proof.draft_revision_id
        if ready:
            self.prepare(revision)
        return revision

    def prepare(self, revision):
        """Do what the scheduled action does for a revision, without its commits."""
        for file in revision.file_ids.filtered(lambda file: file.state == "preparing"):
            file._make_ready()

    def let_only_wait(self, files):
        """Let no other file wait to be prepared: a slow machine would get no further than the demo data's."""
        waiting = self.env["online.proof.file"].search([("state", "=", "preparing")])
        (waiting - files).state = "ready"

    def send(self, *partners, order=None, content=None, **options):
        """Upload, send and return the revision that was sent."""
        revision = self.upload(("proof.pdf", content or make_pdf()), order=order)
        revision.proof_id._send_revision(
            revision, self.env["res.partner"].union(*(partners or (self.buyer,))), **options
        )
        return revision

    def reviewer(self, revision, partner=None):
        return revision.proof_id.reviewer_ids.filtered(lambda person: person.partner_id == (partner or self.buyer))

    def mails(self, address):
        """Return the queued mails to an address, newest first."""
        return self.env["mail.mail"].search([("email_to", "ilike", address)], order="id desc")

    def status(self, code):
        return self.env.ref(f"online_proof.production_status_{code}")
