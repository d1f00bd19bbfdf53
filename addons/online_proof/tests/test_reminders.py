from datetime import timedelta
from unittest.mock import patch

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

    def test_only_what_is_due(self):
        """OP+4: the scheduled action looks at the proofs that time changed something about, at no others."""
        proofs = [
            self.send(order=self.make_order(), deadline=fields.Date.today() + timedelta(days=5)).proof_id
            for _number in range(4)
        ]
        late, reminded, ended, other = proofs
        reminded.next_reminder_date = late.deadline = fields.Date.today()
        self.reviewer(ended.latest_revision_id).date_link_expiry = fields.Datetime.now() + timedelta(hours=20)
        other.next_reminder_date = fields.Date.today() + timedelta(days=9)
        late.next_reminder_date = ended.next_reminder_date = False
        self.env.flush_all()
        looked_at = []
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=1)),
            patch.object(type(late), "_expire_or_remind", lambda batch: looked_at.extend(batch.ids)),
        ):
            self.run_cron()
        self.assertEqual({late.id, reminded.id, ended.id} & set(looked_at), {late.id, reminded.id, ended.id})
        self.assertNotIn(other.id, looked_at)

    def test_one_clock(self):
        """OP+4: a deadline ends at midnight where the company is, for whoever looks, also where clocks are changed.

        Romania changes its clocks on 29 March and 25 October 2026 (EU directive 2000/84/EC).
        """
        self.company.partner_id.tz = "Europe/Bucharest"
        proof = self.send(order=self.make_order()).proof_id
        for last_moment, first_moment in (
            ("2026-03-28 21:59:59", "2026-03-28 22:00:00"),
            ("2026-03-29 20:59:59", "2026-03-29 21:00:00"),
            ("2026-10-24 20:59:59", "2026-10-24 21:00:00"),
            ("2026-10-25 21:59:59", "2026-10-25 22:00:00"),
        ):
            with freeze_time(last_moment):
                proof.deadline = last_moment[:10]
            for zone in (False, "Pacific/Kiritimati", "Pacific/Pago_Pago"):
                for moment, expected in ((last_moment, "sent"), (first_moment, "expired")):
                    with self.subTest(zone=zone, moment=moment), freeze_time(moment):
                        self.assertEqual(proof.with_context(tz=zone)._get_present_state(), expected)
        self.company.partner_id.tz = False
        with freeze_time("2026-10-25 23:59:59"):
            self.assertEqual(proof.with_context(tz="Pacific/Kiritimati")._get_present_state(), "sent")

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
