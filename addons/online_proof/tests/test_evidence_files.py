import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ProofCase, make_blank_pdf, make_pdf


@tagged("post_install", "-at_install")
class TestEvidenceFiles(ProofCase):
    """What was sent and certified stays, whichever way somebody of the shop comes by its bytes."""

    def setUp(self):
        super().setUp()
        page = make_blank_pdf()
        patcher = patch.object(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda self, name, ids, data=None: (page, "pdf")
        )
        self.startPatcher(patcher)

    def _approved(self):
        revision = self.send()
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        return revision

    def _attachments(self, revision):
        files = revision.file_ids.attachment_id
        return files | revision._get_watermark() | revision._get_certificate()

    def test_nobody_of_the_shop_alters_a_file(self):
        """OP+10: originals, watermarked PDF and certificate are not written, deleted, moved or doubled by RPC."""
        revision = self._approved()
        for attachment in self._attachments(revision):
            own = attachment.with_user(self.clerk)
            for way in (
                lambda own=own: own.write({"raw": b"forged"}),
                lambda own=own: own.write({"res_id": 0, "res_model": False}),
                lambda own=own: own.unlink(),
            ):
                with self.subTest(attachment.res_model), self.assertRaises(UserError), self.env.cr.savepoint():
                    way()
        values = {"name": "x", "raw": b"x", "res_model": revision._name, "res_id": revision.id}
        attachments = self.env["ir.attachment"].with_user(self.clerk)
        with self.assertRaises(UserError):
            attachments.create({**values, "res_field": "certificate"})
        loose = attachments.create({"name": "x", "raw": b"x"})
        with self.assertRaises(UserError):
            loose.write({"res_model": revision._name, "res_id": revision.id, "res_field": "certificate"})

    def test_a_draft_is_worked_on(self):
        """OP+10: what nobody was sent is changed and deleted as before."""
        revision = self.upload(("draft.pdf", make_pdf()))
        revision.with_user(self.clerk).file_ids.unlink()
        self.assertFalse(revision.exists().file_ids)

    @mute_logger("odoo.addons.online_proof.models.online_proof_workflow")
    def test_an_altered_file_is_neither_approved_nor_produced(self):
        """OP+10: the bytes differ from those that were sent: no approval of them, and no production."""
        revision = self.send()
        reviewer, status = self.reviewer(revision), self.status("081")
        file = revision.file_ids
        original = file.attachment_id.raw
        file.attachment_id.sudo().raw = original + b"x"
        with self.assertRaisesRegex(UserError, "not those that were sent"):
            revision.proof_id._decide(revision, "approved", reviewer=reviewer, channel="online")
        file.attachment_id.sudo().raw = original
        revision.proof_id._decide(revision, "approved", reviewer=reviewer, channel="online")
        file.attachment_id.sudo().raw = original + b"x"
        with self.assertRaisesRegex(UserError, "not those that the customer saw"):
            self.order.production_status_id = status

    def test_another_certificate_is_found(self):
        """OP+10: the check of the evidence looks at the certificate, too."""
        revision = self._approved()
        revision._get_certificate()
        self.assertFalse(revision.proof_id._get_evidence_faults())
        revision.sudo().certificate = base64.b64encode(b"forged")
        self.assertIn("certificate", " ".join(revision.proof_id._get_evidence_faults()))

    def test_who_works_for_another_customer_gets_nothing_more(self):
        """OP10: a contact who changed employer is neither told nor proposed nor sent the former employer's proof."""
        other = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        revision = self.send(self.buyer, self.colleague)
        proof = revision.proof_id
        self.buyer.parent_id = other
        self.assertFalse(self.reviewer(revision).is_active)
        proof._decide(revision, "approved", reviewer=self.reviewer(revision, self.colleague), channel="online")
        people = proof.reviewer_ids.filtered(lambda person: person.partner_id == self.buyer and person.is_active)
        self.assertFalse(people)
        window = self.env["online.proof.send"].create({"sale_order_id": self.order.id})
        self.assertNotIn(self.buyer, window.partner_ids)
        draft = self.upload(("next.pdf", make_pdf()))
        with self.assertRaisesRegex(UserError, "Rival"):
            proof._send_revision(draft, self.buyer)

    def test_the_next_customer_reads_no_comment_of_the_former(self):
        """OP11: after the customer was corrected, what the former one wrote on the proof stays theirs."""
        revision = self.send()
        values = {"page": 1, "x": 0.5, "y": 0.5, "body": "our margin"}
        self.env["online.proof.comment"]._add(revision, values, reviewer=self.reviewer(revision))
        next_customer = self.env["res.partner"].create(
            {"name": "Next", "email": "next@example.com", "is_company": True}
        )
        self.order.partner_id = next_customer
        self.order.proof_ids.action_transfer()
        second = self.order.proof_ids.draft_revision_id or self.upload(("next.pdf", make_pdf()))
        self.prepare(second)
        second.proof_id._send_revision(second, next_customer)
        comments = self.env["online.proof.comment"]
        self.assertFalse(comments._get_for_revision(second))
        self.assertTrue(comments._get_for_revision(revision))

    def test_a_cancelled_order_sends_no_proof(self):
        """OP7: nobody is asked about what is not ordered any more."""
        revision = self.upload(("proof.pdf", make_pdf()))
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            revision.proof_id._send_revision(revision, self.buyer)

    def test_pressed_three_times(self):
        """OP12: the link is mailed again once."""
        revision = self.send()
        reviewer = self.reviewer(revision)
        with self.assertRaisesRegex(UserError, "just now"):
            reviewer.action_resend()
