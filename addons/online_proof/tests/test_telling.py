from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import Form, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestTelling(ProofCase):
    """Everybody who is concerned is told; what comes back by mail is seen on the proof."""

    def pin(self, revision, body="STOP, wrong telephone number", **author):
        values = {"page": 1, "x": 0.5, "y": 0.5, "body": body}
        return self.env["online.proof.comment"]._add(
            revision, values, **(author or {"reviewer": self.reviewer(revision)})
        )

    def tell(self):
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)), self.enter_registry_test_mode():
            self.env.ref("online_proof.ir_cron_tell_comments").method_direct_trigger()
        self.env.invalidate_all()

    def test_comment_after_the_approval(self):
        """OP-P12: a comment reaches the shop; after an approval somebody has to look at it."""
        revision = self.send()
        proof = revision.proof_id
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.pin(revision)
        self.pin(revision, "And another one")
        self.pin(revision, '<img src="//evil.example/x.png"/> pay\nhere')
        self.tell()
        [mail] = self.mails(self.clerk.email).filtered(lambda mail: "comments" in mail.subject)
        self.assertIn("wrong telephone number", mail.body_html)
        self.assertIn("And another one", mail.body_html)
        self.assertIn("approved already", mail.body_html)
        activity = proof.activity_ids.filtered(lambda activity: "after the approval" in activity.summary)
        # what strangers write is text where the shop reads it, line by line
        self.assertIn("&lt;img", activity.note)
        self.assertIn("pay<br>here", activity.note.replace("<br/>", "<br>"))
        self.tell()
        self.assertEqual(len(self.mails(self.clerk.email).filtered(lambda mail: "comments" in mail.subject)), 1)

    def test_answers_of_the_shop(self):
        """OP-P12: what the shop answers reaches the customer."""
        revision = self.send()
        pin = self.pin(revision)
        pin._add(revision, {"parent_id": pin.id, "body": "It is changed"}, user=self.clerk)
        self.tell()
        [mail] = self.mails(self.buyer.email).filtered(lambda mail: "answers" in mail.subject)
        self.assertIn("It is changed", mail.body_html)

    def test_who_took_part(self):
        """OP14, OP-P24: the approver, the buyer and the shop are told, with link and certificate."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        proof = revision.proof_id
        proof._decide(revision, "approved", reviewer=self.reviewer(revision, self.colleague), channel="online")
        self.assertIn("others are missing", self.mails(self.clerk.email)[0].subject)
        self.assertIn("is recorded", self.mails(self.colleague.email)[0].subject)
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        told = self.env["mail.mail"].search([("model", "=", "online.proof"), ("res_id", "=", proof.id)], order="id")
        self.assertEqual(
            [mail.subject.partition(": ")[2] for mail in told if ": " in mail.subject],
            ["one approval, others are missing", "your approval is recorded", "proof approved"]
            + 2 * ["your proof is approved"],
        )
        for partner in (self.buyer, self.colleague):
            mail = self.mails(partner.email)[0]
            self.assertIn("is approved", mail.subject)
            token = self.reviewer(revision, partner)._get_access_token()
            self.assertIn(f"/certificate?access_token={token}", mail.body_html)

    def test_links_are_nobody_elses(self):
        """OP+10: a mail hangs on the proof, and nobody of the shop reads the customer's link there."""
        revision = self.send()
        token = self.reviewer(revision)._get_access_token()
        messages = revision.proof_id.message_ids.filtered(lambda message: message.message_type == "email_outgoing")
        self.assertTrue(messages)
        for message in messages.with_user(self.clerk):
            self.assertNotIn(token, message.body)
        self.assertIn(token, self.mails(self.buyer.email).body_html)

    def test_answer_by_mail(self):
        """OP-P51: an answer to the invitation is kept on the proof, and somebody is asked to read it."""
        revision = self.send()
        [mail] = self.mails(self.buyer.email)
        answer = (
            f"From: Bea <{self.buyer.email}>\nTo: catchall@example.com\nMessage-Id: <an-answer@example.com>\n"
            f"In-Reply-To: {mail.message_id}\nSubject: Re: proof\nContent-Type: text/plain\n\n"
            "OK, print, but 200 more copies"
        )
        self.env["mail.thread"].message_process(False, answer)
        proof = revision.proof_id
        self.assertIn("200 more copies", "".join(proof.message_ids.mapped("body")))
        self.assertTrue(proof.activity_ids.filtered(lambda activity: "by mail" in activity.summary))

    def test_not_delivered(self):
        """OP-P37: what could not be sent, or came back, is told to the shop, beside the person."""
        revision = self.send()
        [mail] = self.mails(self.buyer.email)
        proof, deliveries = revision.proof_id, mail.delivery_ids
        self.assertEqual(deliveries.mapped("address"), [self.buyer.email])
        deliveries._settle("failed", "550 no such mailbox")
        proof._on_mail_delivery(deliveries)
        self.assertIn("550 no such mailbox", proof.mail_delivery_problem)
        self.assertTrue(self.reviewer(revision).undelivered)
        self.assertTrue(proof.activity_ids.filtered(lambda activity: self.buyer.email in activity.summary))
        self.reviewer(revision).with_user(self.clerk).action_resend()
        self.assertFalse(self.reviewer(revision).undelivered)
        again = self.mails(self.buyer.email)[0].delivery_ids
        again._settle("bounced", "unknown user")
        proof._on_mail_delivery(again)
        self.assertTrue(self.reviewer(revision).undelivered)

    def test_window_in_every_language(self):
        """OP-P10: sent from the window as people do, a text that nobody changed is in each one's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("online_proof.mail_template_text").with_context(lang="fr_FR")
        template.subject = "Votre épreuve de la commande {{ object.name }}"
        self.colleague.lang = "fr_FR"
        self.upload(("proof.pdf", make_pdf()))
        window = self.env["online.proof.send"].with_user(self.clerk).with_context(default_sale_order_id=self.order.id)
        form = Form(window)
        form.partner_ids.add(self.colleague)
        form.save().action_send()
        self.assertIn("Your proof", self.mails(self.buyer.email).subject)
        self.assertIn("Votre épreuve", self.mails(self.colleague.email).subject)

    def test_language_taken_away(self):
        """OP14: a language that the shop took away holds up no decision, mail or certificate of who spoke it."""
        french = self.env["res.lang"]._activate_lang("fr_FR")
        (self.buyer | self.colleague | self.customer).lang = "fr_FR"
        revision = self.send(self.buyer, self.colleague)
        (self.buyer | self.colleague | self.customer).lang = False
        french.active = False
        self.assertEqual(self.reviewer(revision).lang, "fr_FR")
        proof = revision.proof_id
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.assertIn("your proof is approved", self.mails(self.colleague.email)[0].subject)
        self.customer.lang = self.buyer.lang = False
        proof._withdraw(self.reviewer(revision))
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.reviewer(revision).action_resend()
        self.assertIn("Your proof", self.mails(self.buyer.email)[0].subject)

    def test_address_of_the_orderer(self):
        """OP14: an ordering contact whom nobody can write to holds up nobody else's approval."""
        self.buyer.email = "none, please telephone"
        revision = self.send(self.colleague)
        revision.proof_id._decide(
            revision, "approved", reviewer=self.reviewer(revision, self.colleague), channel="online"
        )
        self.assertEqual(revision.state, "approved")

    def test_two_addresses(self):
        """OP-P27: a contact with two addresses gets the proof at both."""
        self.buyer.email = "one@example.com, two@example.com"
        self.send()
        [mail] = self.mails("one@example.com")
        self.assertIn("two@example.com", mail.email_to)

    def test_headed_as_a_proof(self):
        """OP-P11: a mail is headed by the order, in no word of the machine."""
        self.send()
        [mail] = self.mails(self.buyer.email)
        self.assertNotIn("Reviewer", mail.body_html)
        self.assertIn(self.order.name, mail.body_html)

    def test_last_reminder(self):
        """OP-P25: the last reminder comes before the deadline; pressed three times, one goes out."""
        self.company.proof_reminder_days = 5
        today = fields.Date.today()
        proof = self.send(deadline=today + timedelta(days=3)).proof_id
        self.assertEqual(proof.next_reminder_date, today + timedelta(days=2))
        proof.with_user(self.clerk).action_remind()
        for _press in range(2):
            with self.assertRaisesRegex(Exception, "just now"):
                proof.with_user(self.clerk).action_remind()
        self.assertEqual(proof.reminder_count, 1)
