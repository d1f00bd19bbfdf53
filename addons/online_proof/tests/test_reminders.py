from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ProofCase


@tagged("post_install", "-at_install")
class TestReminders(ProofCase):
    """OP+4: deadline, reminders, expiry."""

    def run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("online_proof.ir_cron_remind").method_direct_trigger()
        self.env.invalidate_all()

    def test_reminder(self):
        """OP+4: who has not decided is reminded when it is due, once per interval."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        proof = revision.proof_id
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.run_cron()
        self.assertFalse(self.mails(self.colleague.email).filtered(lambda mail: "Reminder" in mail.subject))
        proof.next_reminder_date = fields.Date.today()
        self.run_cron()
        self.run_cron()
        [mail] = self.mails(self.colleague.email).filtered(lambda mail: "Reminder" in mail.subject)
        self.assertIn("access_token", mail.body_html)
        self.assertFalse(self.mails(self.buyer.email).filtered(lambda mail: "Reminder" in mail.subject))
        self.assertEqual(proof.reminder_count, 1)

    def test_expiry_and_more_time(self):
        """OP+4: after the deadline nobody can decide, the shop is told and can give more time."""
        yesterday = fields.Date.today() - timedelta(days=1)
        revision = self.send()
        proof = revision.proof_id
        proof.deadline = yesterday
        self.run_cron()
        self.assertEqual(proof.state, "expired")
        self.assertIn("no answer", self.mails(self.clerk.email)[0].subject)
        with self.assertRaisesRegex(UserError, "deadline"):
            proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        proof.with_user(self.clerk).action_extend()
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.assertEqual(proof.state, "approved")

    def test_notes_for_the_shop(self):
        """OP14: what happens without the shop is noted in the language of its salesperson."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.clerk.lang = "fr_FR"
        proof = self.send(deadline=fields.Date.today() + timedelta(days=1)).proof_id
        self.assertEqual(proof.user_id, self.clerk)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            proof.with_user(self.env.ref("base.user_root")).with_context(lang=False)._expire_or_remind()
        guest = proof.with_user(self.env.ref("base.public_user")).sudo().with_context(lang="en_US")
        self.assertEqual(guest._shop_env().lang, "fr_FR")
        office = proof.with_user(self.clerk).with_context(lang="en_US")
        self.assertEqual(office._shop_env().lang, "en_US")
        self.assertIn("sans décision", "".join(proof.message_ids.mapped("body")))

    def test_no_reminder_after_the_decision(self):
        """OP+4: a decided proof is left alone."""
        revision = self.send(deadline=fields.Date.today() + timedelta(days=1))
        revision.proof_id._decide(revision, "changes", reviewer=self.reviewer(revision), channel="online")
        revision.proof_id.deadline = fields.Date.today() - timedelta(days=1)
        self.run_cron()
        self.assertEqual(revision.proof_id.state, "changes")
