from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common import ProofCase


@tagged("post_install", "-at_install")
class TestWaiting(ProofCase):
    """Who is waited for and cannot answer: the shop hears of it, once, for as long as it is so."""

    def decide(self, revision, partner=None):
        return revision.proof_id._decide(
            revision, "approved", reviewer=self.reviewer(revision, partner), channel="online"
        )

    def stuck(self, proof):
        return proof.activity_ids.filtered(lambda activity: "cannot answer" in activity.summary)

    def run_daily(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("online_proof.ir_cron_remind").method_direct_trigger()
        self.env.invalidate_all()

    def test_archived_approver(self):
        """OP+4: somebody is told, once, that the proof waits for who left; the form names who and why."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        proof = revision.proof_id
        self.decide(revision)
        self.assertFalse(self.stuck(proof))
        self.assertEqual(proof.waiting_for, "Carl Colleague")
        self.colleague.active = False
        self.assertIn("the contact is archived", self.stuck(proof).note)
        self.assertIn("Carl Colleague cannot answer: the contact is archived.", proof.waiting_for)
        self.stuck(proof).action_feedback()
        self.run_daily()
        self.assertFalse(self.stuck(proof), "once, not every day")

    def test_link_runs_out(self):
        """OP+4: a link that runs out is noticed by the daily action; under *any of* only where it was the last."""
        revision = self.send(self.buyer, self.colleague)
        proof = revision.proof_id
        now = fields.Datetime.now()
        for days, partner in ((1, self.buyer), (3, self.colleague)):
            self.reviewer(revision, partner).date_link_expiry = now + timedelta(days=days)
        for days, expected in ((0, 0), (2, 0), (4, 1)):
            with freeze_time(now + timedelta(days=days)):
                self.run_daily()
            self.assertEqual(len(self.stuck(proof)), expected)
        self.assertFalse(proof.date_next_expiry, "nothing runs out any more: it is not looked at again")
        self.assertIn("Bea Buyer cannot answer: the link has expired", self.stuck(proof).note)

    def test_administrator_loses_the_level(self):
        """OP16: the only administrator is none any more: nobody can decide, and the shop hears of it."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        proof = self.send(self.buyer, self.colleague).proof_id
        self.assertFalse(self.stuck(proof))
        self.colleague.proof_user_level_id = False
        self.assertIn("Nobody may decide", self.stuck(proof).note)
        self.assertIn("Nobody may decide", proof.waiting_for)

    def test_level_itself(self):
        """OP16: the same where the level is changed, and with it all people who have it."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        level = self.colleague.proof_user_level_id = self.env["online.proof.user.level"].create(
            {"name": "Head", "is_administrator": True}
        )
        proof = self.send(self.buyer, self.colleague).proof_id
        level.is_administrator = False
        self.assertTrue(self.stuck(proof))
        level.is_administrator = True
        self.assertFalse(self.stuck(proof))

    def test_activity_goes_with_its_cause(self):
        """OP+4: the activity goes when the person is back, is not asked any more, or the proof is decided."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        proof = revision.proof_id
        self.decide(revision)
        ends = (
            lambda: self.colleague.write({"active": True}),
            lambda: proof._decide(revision, "approved", channel="recorded", decided_by="Carl", user_id=self.clerk.id),
            lambda: self.reviewer(revision, self.colleague).write({"can_decide": False}),
            lambda: proof.write({"approval_rule": "any"}),
            lambda: self.order._action_cancel(),
            lambda: self.order.write({"proof_type": "email"}),
            lambda: self.send(self.buyer, rule="any"),
        )
        for end in ends:
            savepoint = self.env.cr.savepoint()
            self.colleague.active = False
            self.assertEqual(len(self.stuck(proof)), 1)
            end()
            self.assertFalse(self.stuck(proof))
            self.assertFalse(proof.stuck_told)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_other_cause(self):
        """OP+4: where another person cannot answer either, the activity names both."""
        proof = self.send(self.buyer, self.colleague, rule="all").proof_id
        self.colleague.active = False
        self.buyer.active = False
        self.assertIn("Bea Buyer cannot answer", self.stuck(proof).note)
        self.assertEqual(len(self.stuck(proof)), 1)

    def test_sending_is_no_cause(self):
        """OP+4: while a proof is being sent nobody is told that its people were not mailed."""
        with freeze_time(fields.Datetime.now() - timedelta(days=1)):
            proof = self.send(self.buyer, self.colleague, rule="all").proof_id
        self.reviewer(proof.latest_revision_id, self.colleague).action_revoke()
        asked = []
        with patch.object(type(proof), "_ask_person", lambda self, summary, note="": asked.append(summary)):
            self.send(self.buyer, self.colleague, rule="all")
        self.assertFalse(asked)

    def test_not_among_the_recipients(self):
        """OP+4: who has to approve and was not sent the new revision is named when it is sent."""
        with freeze_time(fields.Datetime.now() - timedelta(days=1)):
            self.send(self.buyer, self.colleague, rule="all")
        proof = self.send(self.buyer, rule="all").proof_id
        self.assertIn("Carl Colleague cannot answer: this revision was not sent", self.stuck(proof).note)
        self.reviewer(proof.latest_revision_id, self.colleague).with_user(self.clerk).action_resend()
        self.assertEqual(proof.waiting_for, "Bea Buyer\nCarl Colleague")
