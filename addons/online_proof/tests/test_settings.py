from odoo.tests import Form, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestSettings(ProofCase):
    """Defaults of company and customer."""

    def test_company_default(self):
        """OP11: orders get the company's default proof type."""
        self.company.proof_type = "printed"
        self.assertEqual(self.make_order().proof_type, "printed")

    def test_settings_page(self):
        """OP9, OP11: type and hourly rate are settings of the company."""
        with Form(self.env["res.config.settings"]) as form:
            form.proof_type = "email"
            form.proof_hourly_rate = 99.0
        form.record.execute()
        self.assertEqual((self.company.proof_type, self.company.proof_hourly_rate), ("email", 99.0))

    def test_customer_default(self):
        """OP12: the customer's own default wins; its people inherit it; the order can differ."""
        self.customer.proof_type = "none"
        self.assertEqual(self.buyer.proof_type, "none")
        order = self.make_order()
        self.assertEqual(order.proof_type, "none")
        order.proof_type = "online"
        self.assertEqual(order.proof_type, "online")
        self.customer.proof_type = "company"
        self.assertEqual(self.make_order().proof_type, "online")

    def test_pdf_by_mail(self):
        """OP11: with "PDF by e-mail" the watermarked PDF is attached and the shop records the answer."""
        self.order.proof_type = "email"
        revision = self.send()
        [mail] = self.mails(self.buyer.email)
        self.assertEqual(mail.attachment_ids.mapped("name"), [f"{self.order.name}-1.pdf"])
        self.assertTrue(mail.attachment_ids.raw.startswith(b"%PDF"))
        self.assertFalse(self.reviewer(revision).can_decide)
        wizard = (
            self.env["online.proof.record"]
            .with_user(self.clerk)
            .create({"revision_id": revision.id, "decided_by": "Bea", "message": "By telephone"})
        )
        wizard.action_record()
        self.assertEqual(self.order.proof_state, "approved")
        self.assertEqual(revision.decision_ids.channel, "recorded")
        self.assertEqual(revision.decision_ids.user_id, self.clerk)

    def test_printed_proof(self):
        """OP11: a printed proof mails nothing."""
        self.order.proof_type = "printed"
        self.upload(("proof.pdf", make_pdf()))
        self.env["online.proof.send"].create({"sale_order_id": self.order.id}).action_send()
        self.assertFalse(self.mails(self.buyer.email))
        self.assertEqual(self.order.production_status_id.code, "038")
