from odoo.tests import tagged

from ..const import PAUSE_BETWEEN_MAILS
from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestMails(ProofCase):
    """What goes out, to whom, from whom, in which language."""

    def test_link(self):
        """OP2: the mail has the recipient's own link straight to the proof page."""
        revision = self.send(self.buyer, self.colleague)
        tokens = set()
        for partner in (self.buyer, self.colleague):
            reviewer = self.reviewer(revision, partner)
            [mail] = self.mails(partner.email)
            self.assertIn(f"/proof/{reviewer.id}?access_token={reviewer._get_access_token()}", mail.body_html)
            self.assertEqual(mail.state, "outgoing", "sent by the queue, with the transaction")
            self.assertTrue(mail.is_internal, "no other customer reads the link in the portal")
            tokens.add(reviewer._get_access_token())
        self.assertEqual(len(tokens), 2)

    def test_language(self):
        """OP2: each recipient's mail is in that person's language, unless the text was edited."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("online_proof.mail_template_text").with_context(lang="fr_FR")
        template.subject = "Votre épreuve de la commande {{ object.name }}"
        self.colleague.lang = "fr_FR"
        self.send(self.buyer, self.colleague)
        self.assertIn("Your proof", self.mails(self.buyer.email).subject)
        self.assertIn("Votre épreuve", self.mails(self.colleague.email).subject)

    def test_sender(self):
        """OP2: the website's own sender wins over the company's."""
        website = self.env["website"].search([], limit=1)
        self.order.website_id = website
        self.company.proof_email_from = "company@example.com"
        self.send()
        self.assertIn("company@example.com", self.mails(self.buyer.email)[0].email_from)
        website.proof_email_from = "shop-one@example.com"
        self.send()
        self.assertIn("shop-one@example.com", self.mails(self.buyer.email)[0].email_from)

    def test_wizard_keeps_recipients(self):
        """OP1, OP10: the next revision proposes the same recipients."""
        self.send(self.colleague)
        self.upload(("two.pdf", make_pdf()))
        wizard = self.env["online.proof.send"].create({"sale_order_id": self.order.id})
        self.assertEqual(wizard.partner_ids, self.colleague)

    def test_resend_and_revoke(self):
        """OP+4: a link is sent again, revoked, and restored with another token."""
        revision = self.send()
        reviewer = self.reviewer(revision)
        old = reviewer._get_access_token()
        reviewer.date_sent -= PAUSE_BETWEEN_MAILS * 2
        reviewer.with_user(self.clerk).action_resend()
        self.assertEqual(len(self.mails(self.buyer.email)), 2)
        reviewer.with_user(self.clerk).action_revoke()
        self.assertFalse(reviewer.is_active)
        reviewer.with_user(self.clerk).action_restore()
        self.assertTrue(reviewer.is_active)
        self.assertNotEqual(reviewer._get_access_token(), old)
