from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestCrons(ProofCase):
    """A record that makes a scheduled action fail holds no other record up: for each action one between two good."""

    def run_poisoned(self, xmlid, records, method):
        """Run a scheduled action whose work fails for the second of three records."""
        poisoned, original = records[1], getattr(type(records), method)

        def work(batch, *args):
            if poisoned.id in batch.ids:
                raise ValueError("poisoned")
            return original(batch, *args)

        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            patch.object(type(records), method, work),
            mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin"),
        ):
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()
        failures = self.env["cron.batch.failure"].search([("res_model", "=", records._name)])
        self.assertEqual(failures.mapped("res_id"), poisoned.ids)
        self.assertEqual(failures.error, "ValueError: poisoned")

    def send_three(self, **options):
        return self.env["online.proof.revision"].union(
            *(self.send(order=self.make_order(), **options) for _number in range(3))
        )

    def test_prepare(self):
        """OP3: pages are prepared whatever becomes of another file."""
        revisions = [self.upload(("a.pdf", make_pdf(2)), order=self.make_order(), ready=False) for _number in range(3)]
        files = self.env["online.proof.revision"].union(*revisions).file_ids.sorted("id")
        self.let_only_wait(files)
        self.run_poisoned("online_proof.ir_cron_prepare", files, "_prepare_each")
        self.assertEqual(files.mapped("state"), ["ready", "preparing", "ready"])

    def test_finish_documents(self):
        """OP5: watermarked PDFs are made whatever becomes of another revision."""
        revisions = self.send_three()
        self.let_only_wait(revisions.file_ids)
        self.run_poisoned("online_proof.ir_cron_prepare", revisions, "_finish_documents")
        self.assertEqual([bool(revision.watermark) for revision in revisions], [True, False, True])

    def test_remind(self):
        """OP+4: reminders go out whatever becomes of another proof."""
        proofs = self.send_three().proof_id.sorted("id")
        proofs.next_reminder_date = fields.Date.today()
        self.run_poisoned("online_proof.ir_cron_remind", proofs, "_expire_or_remind")
        self.assertEqual(proofs.mapped("reminder_count"), [1, 0, 1])

    def test_check_evidence(self):
        """OP+10: evidence is checked whatever becomes of another proof."""
        proofs = self.send_three().proof_id.sorted("id")
        for proof in proofs:
            revision = proof.latest_revision_id
            proof._decide(revision, "changes", reviewer=self.reviewer(revision), channel="online")
        self.run_poisoned("online_proof.ir_cron_check_evidence", proofs, "_check_evidence_each")
        self.assertEqual([bool(proof.date_evidence_checked) for proof in proofs], [True, False, True])

    def test_tell_comments(self):
        """OP+1: comments are told whatever becomes of another proof."""
        revisions = self.send_three()
        comments = self.env["online.proof.comment"]
        for revision in revisions:
            spot = {"page": 1, "x": 0.5, "y": 0.5, "body": "Too small"}
            comments |= comments._add(revision, spot, reviewer=self.reviewer(revision))
        self.env.flush_all()
        self.env.cr.execute("UPDATE online_proof_comment SET create_date = create_date - interval '1 hour'")
        self.run_poisoned("online_proof.ir_cron_tell_comments", revisions.proof_id.sorted("id"), "_tell_comments")
        self.assertEqual([bool(comment.date_told) for comment in comments], [True, False, True])
