from datetime import timedelta

from odoo import fields
from odoo.addons.base_safeguard.tests.test_languages import take_language_away
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ProofCase, make_blank_pdf, make_pdf


@tagged("post_install", "-at_install")
class TestDecision(ProofCase):
    """Approving, asking for changes, withdrawing."""

    def decide(self, revision, decision="approved", partner=None, **values):
        return revision.proof_id._decide(
            revision, decision, reviewer=self.reviewer(revision, partner), channel="online", **values
        )

    def test_approve_tells_both(self):
        """OP6, OP14: an approval is mailed to the shop and to the ordering customer."""
        revision = self.send(self.colleague)
        self.env["mail.mail"].search([]).unlink()
        self.decide(revision, partner=self.colleague)
        self.assertEqual(revision.state, "approved")
        self.assertIn("Carl Colleague", self.mails(self.clerk.email).body_html)
        self.assertIn("approved", self.mails(self.buyer.email).subject)

    def test_changes_tell_the_shop(self):
        """OP6: a change request reaches the shop with its text."""
        self.company.proof_notify_email = "prepress@example.com"
        revision = self.send()
        self.decide(revision, "changes", message="Make the logo bigger")
        [mail] = self.mails("prepress@example.com")
        self.assertIn("Make the logo bigger", mail.body_html)
        self.assertIn("clerk@example.com", mail.email_to)
        self.assertEqual(self.order.proof_state, "changes")

    def test_twice_is_once(self):
        """OP6: the same decision pressed twice is one decision and one mail."""
        revision = self.send()
        first = self.decide(revision)
        count = self.env["mail.mail"].search_count([])
        self.assertEqual(self.decide(revision), first)
        self.assertEqual(self.env["mail.mail"].search_count([]), count)
        self.assertEqual(len(revision.decision_ids), 1)

    def test_first_reviewer_decides(self):
        """OP+4: with "any of" the first decision stands; another person is told so."""
        revision = self.send(self.buyer, self.colleague)
        self.decide(revision)
        with self.assertRaisesRegex(UserError, "decided already"):
            self.decide(revision, "changes", self.colleague)
        self.assertEqual(revision.state, "approved")

    def test_all_have_to_approve(self):
        """OP+4: with "all of" every approver has to approve; one change request is enough."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.decide(revision)
        self.assertEqual(revision.state, "sent")
        self.decide(revision, partner=self.colleague)
        self.assertEqual(revision.state, "approved")
        second = self.send(self.buyer, self.colleague, rule="all")
        self.decide(second)
        self.decide(second, "changes", self.colleague)
        self.assertEqual(second.state, "changes")

    def test_revoked_approver(self):
        """OP+4: an approver whose link was revoked is waited for until the shop says otherwise."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.reviewer(revision, self.colleague).with_user(self.clerk).action_revoke()
        self.decide(revision)
        self.assertEqual(revision.state, "sent", "silence is no consent")
        self.reviewer(revision, self.colleague).with_user(self.clerk).can_decide = False
        self.assertEqual(revision.state, "approved")

    def test_older_revision(self):
        """OP6, OP10: an older revision can no longer be decided."""
        first = self.send()
        self.send()
        with self.assertRaisesRegex(UserError, "newer revision"):
            self.decide(first)

    def test_withdraw(self):
        """OP6: a decision can be withdrawn for a while, and taken again."""
        revision = self.send()
        self.decide(revision)
        revision.proof_id._withdraw(self.reviewer(revision))
        self.assertEqual((revision.state, self.order.proof_state), ("sent", "sent"))
        self.assertIn("withdrawn", self.mails(self.clerk.email)[0].subject)
        with self.assertRaisesRegex(UserError, "not approved"):
            self.order.production_status_id = self.status("081")
        self.decide(revision, "changes")
        self.assertEqual(
            revision.decision_ids.sorted("number").mapped("decision"),
            ["approved", "withdrawn", "changes"],
            "the withdrawn one is kept, and that it was withdrawn",
        )

    def test_withdraw_too_late(self):
        """OP6: not after the grace period, and not once production has begun."""
        revision = self.send()
        made = self.decide(revision)
        self.order.production_status_id = self.status("081")
        with self.assertRaisesRegex(UserError, "too late"):
            revision.proof_id._withdraw(self.reviewer(revision))
        second = self.send()
        made = self.decide(second, date=fields.Datetime.now() - timedelta(minutes=31))
        self.assertTrue(made)
        with self.assertRaisesRegex(UserError, "too late"):
            second.proof_id._withdraw(self.reviewer(second))

    def test_decision_is_not_edited(self):
        """OP+5: nobody edits a decision, not even the shop."""
        made = self.decide(self.send())
        with self.assertRaisesRegex(UserError, "never changed"):
            made.sudo().write({"decided_by": "Somebody else"})

    def test_bill_changes(self):
        """OP9: the button drafts one line at the rate agreed to, in the order's currency, once."""
        revision = self.send()
        made = self.decide(
            revision,
            "changes",
            message="Bigger",
            rate_consent=True,
            hourly_rate=72.0,
            currency_id=self.company.currency_id.id,
        )
        self.company.proof_hourly_rate = 100.0
        proof = made.proof_id.with_user(self.clerk)
        self.assertTrue(proof.has_unbilled_changes)
        proof.action_bill_changes()
        made.with_user(self.clerk).action_bill_changes()
        self.assertEqual(proof.action_bill_changes()["res_id"], self.order.id)
        proof.invalidate_recordset()
        self.assertFalse(proof.has_unbilled_changes)
        lines = self.order.order_line.filtered(lambda line: line.product_id == self.company.proof_change_product_id)
        self.assertEqual(len(lines), 1)
        expected = self.company.currency_id._convert(
            72.0, self.order.currency_id, self.company, fields.Date.context_today(made)
        )
        self.assertAlmostEqual(lines.price_unit, expected, 2)
        self.assertIn("revision 1: Bigger", lines.name)

    def test_cancelled_order(self):
        """OP6: the proof of a cancelled order can neither be decided nor opened."""
        revision = self.send()
        self.order._action_cancel()
        self.assertEqual(self.order.proof_state, "cancelled")
        with self.assertRaises(UserError):
            self.decide(revision)

    def test_certificate_of_a_lost_language(self):
        """OP+5: the certificate is printed though the customer's language was taken away."""
        revision = self.send()
        self.decide(revision)
        take_language_away(self.buyer + revision.proof_id.partner_id)
        html = self.env["ir.actions.report"]._render_qweb_html("online_proof.certificate", revision.ids)[0].decode()
        self.assertIn("Bea Buyer", html)
        self.assertEqual(revision._get_certificate_lang(), "en_US")

    def test_certificate(self):
        """OP+5: the certificate names who, when, from where, the file hashes and the terms version."""
        terms = self.env["online.proof.terms"].create({"body": "<p>Terms</p>"})
        terms.action_publish()
        revision = self.send(content=make_pdf(2))
        reviewer = self.reviewer(revision)
        terms._accept(self.buyer, reviewer, ip_address="192.0.2.7")
        self.decide(revision, ip_address="192.0.2.7", user_agent="Browser/1", terms_id=terms.id)
        html = self.env["ir.actions.report"]._render_qweb_html("online_proof.certificate", revision.ids)[0].decode()
        made = revision.decision_ids
        for text in (
            "Bea Buyer",
            "192.0.2.7",
            "Browser/1",
            made.date.strftime("%Y-%m-%d %H:%M:%S"),
            revision.file_ids.checksum,
            f"<strong>{terms.version}</strong>",
            self.order.name,
        ):
            self.assertIn(text, html)

    def test_certificate_is_made_once(self):
        """OP+5: the certificate is a PDF that is made once; without an approval there is none."""
        revision = self.send()
        self.assertFalse(revision._get_certificate())
        self.decide(revision)
        page = make_blank_pdf()
        self.patch(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda self, name, ids, data=None: (page, "pdf")
        )
        first = revision._get_certificate()
        self.assertTrue(first.raw.startswith(b"%PDF-1.7"))
        self.assertEqual(revision._get_certificate(), first)
