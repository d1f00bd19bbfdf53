"""Whether the mails of a message arrived."""

from email.message import EmailMessage

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestDelivery(DossierCommon):
    """SD+5: each message shows for each recipient waiting, sent, failed, bounced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message, cls.mail = cls.mail_plan("anna@x.example, bob@y.example")

    def states(self):
        """Return the states of the message's addresses."""
        rows = self.message.with_user(self.dealer)._get_deliveries(("email",)).get(self.message.id, [])
        return {row["address"]: row["state"] for row in rows}

    def tell(self):
        """Run the scheduled action that tells documents what became of their mails."""
        self.env["mail.delivery"].search([("is_pending", "=", True)])._tell_documents()

    def send(self):
        """Let the mail leave."""
        rows = self.env["mail.delivery"].search([("mail_id", "=", self.mail.id)])
        rows._settle("sent", "")

    def bounce(self, address, *, message_id=None, action="failed"):
        """Hand a mail server's report to the gateway."""
        report = EmailMessage()
        report["From"] = "MAILER-DAEMON@mx.example"
        report["To"] = self.mail.reply_to
        report["Subject"] = "Undelivered Mail Returned to Sender"
        report["Message-Id"] = f"<dsn-{address}-{action}>"
        raw = (
            report.as_string().rstrip()
            + '\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nUser unknown in mailbox table\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
            f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: {message_id or self.mail.message_id}\n"
            "Subject: Plan\n\n--b--\n"
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(False, raw)

    def test_waiting_and_sent(self):
        """SD+5: an e-mail waits until the mail server took it."""
        self.assertEqual(self.states(), {"anna@x.example": "waiting", "bob@y.example": "waiting"})
        self.send()
        self.assertEqual(set(self.states().values()), {"sent"})
        self.assertIn("anna@x.example", self.message.with_user(self.employee).delivery_status)

    def test_bounce(self):
        """SD+5: a mail that comes back is shown at its address with the reason, and its author gets a mail."""
        self.send()
        known = self.all_mails()
        self.bounce("bob@y.example")
        self.assertEqual(self.states(), {"anna@x.example": "sent", "bob@y.example": "bounced"})
        self.tell()
        mail = self.new_mails(known)
        self.assertEqual(mail.email_to, self.dealer.email)
        self.assertIn("bob@y.example", mail.body_html)
        self.assertIn("User unknown", mail.body_html)
        self.assertIn(f"#message-{self.message.id}", mail.body_html, "the link leads to the message")

    def test_late_is_not_lost(self):
        """SD+5: a report that a mail is late changes nothing; it is listed."""
        self.send()
        self.bounce("bob@y.example", action="delayed")
        self.assertEqual(self.states()["bob@y.example"], "sent")
        self.assertTrue(self.env["service.dossier.unplaced"].search([("subject", "like", "Undelivered")]))

    def test_other_reports(self):
        """SD+5: that a mail was displayed, or called spam, is listed; it says that the mail arrived."""
        self.send()
        for kind, part in (
            ("disposition-notification", f"Original-Message-ID: {self.mail.message_id}\nDisposition: x/y; displayed\n"),
            ("feedback-report", "Feedback-Type: abuse\nVersion: 1\n"),
        ):
            report = (
                f"From: anna@x.example\nTo: {self.mail.reply_to}\nSubject: {kind}\nMessage-Id: <{kind}@x.example>\n"
                f'Content-Type: multipart/report; report-type={kind}; boundary="b"\nMIME-Version: 1.0\n\n'
                f"--b\nContent-Type: text/plain\n\nSee below\n--b\nContent-Type: message/{kind}\n\n{part}\n"
                f"--b\nContent-Type: message/rfc822\n\nMessage-Id: {self.mail.message_id}\nSubject: Plan\n\nx\n--b--\n"
            )
            self.env["mail.thread"].message_process(False, report)
            self.assertEqual(set(self.states().values()), {"sent"}, kind)
            row = self.env["service.dossier.unplaced"].search([("subject", "=", kind)])
            self.assertEqual((row.state, row.dossier_id), ("aside", self.dossier))

    def test_unknown_action_is_not_lost(self):
        """SD+5: a report of an action that RFC 3464 does not know is no bounce; it is listed, too."""
        self.send()
        self.bounce("bob@y.example", action="held (for a person)")
        self.assertEqual(self.states()["bob@y.example"], "sent")
        self.assertTrue(self.env["service.dossier.unplaced"].search([("subject", "like", "Undelivered")]))

    def test_failed(self):
        """SD+5: so is one that no mail server takes."""
        rows = self.env["mail.delivery"].search([("mail_id", "=", self.mail.id)])
        rows._settle("failed", "550 no such user")
        known = self.all_mails()
        self.tell()
        self.assertEqual(self.states()["anna@x.example"], "failed")
        self.assertEqual(len(self.new_mails(known)), 1, "one mail says it of both")

    def test_notice_to_a_reader_comes_back(self):
        """SD+5: that an employee's mailbox does not work is told to the contact person, not to the customer."""
        self.dossier.user_id = self.manager
        self.dossier.message_subscribe(partner_ids=self.employee.partner_id.ids)
        known = self.all_mails()
        remark = self.post(self.dealer)
        rows = self.env["mail.delivery"].search([("res_id", "in", remark.sudo().mailing_ids.ids)])
        rows = rows.filtered(lambda row: row.address == self.employee.email)
        rows._settle("bounced", "mailbox <img src='//evil.example'/> full")
        known = self.all_mails()
        self.tell()
        self.assertFalse(self.new_mails(known).filtered(lambda mail: mail.email_to == self.dealer.email))
        self.assertEqual(self.dossier.activity_ids.user_id, self.manager)
        # what a mail server says is text
        self.assertIn("&lt;img", self.dossier.activity_ids.note)
        self.assertFalse(remark.with_user(self.dealer)._get_deliveries(("email",)))

    def test_copy_of_one_reader_comes_back(self):
        """SD+5: each reader's copy has a Message-Id of its own; the report that names it is understood."""
        self.dossier.message_subscribe(partner_ids=self.manager.partner_id.ids)
        known = self.all_mails()
        remark = self.post(self.dealer)
        copies = {c["email_to_normalized"][0]: c for c in self.new_mails(known)._prepare_outgoing_list()}
        rows = self.env["mail.delivery"].search([("res_id", "in", remark.sudo().mailing_ids.ids)])
        rows._settle("sent", "")
        self.mail = self.new_mails(known)[:1]
        self.bounce(self.manager.email, message_id=copies[self.manager.email]["message_id"])
        self.assertEqual(rows.filtered(lambda row: row.state == "bounced").address, self.manager.email)

    def test_send_again(self):
        """SD+5: the author sends it again to the right address; answers from there are answers."""
        self.send()
        self.bounce("bob@y.example")
        known = self.all_mails()
        self.message.with_user(self.dealer)._send_again("bob@y.example", "Bob <bob@z.example>")
        mail = self.new_mails(known)
        self.assertEqual(mail.email_to, "bob@z.example")
        self.assertIn("When?", mail.body_html)
        answer = EmailMessage()
        answer["From"], answer["To"], answer["Message-Id"] = "bob@z.example", mail.reply_to, "<a1@z.example>"
        answer.set_content("Thursday.")
        self.env["mail.thread"].message_process(False, answer.as_bytes())
        self.assertEqual(self.message.sudo().child_ids.email_from, "bob@z.example")
        answer.replace_header("From", "anna@x.example")
        answer.replace_header("To", self.mail.reply_to)
        answer.replace_header("Message-Id", "<a2@z.example>")
        self.env["mail.thread"].message_process(False, answer.as_bytes())
        self.assertEqual(len(self.message.sudo().child_ids), 2, "the first mail can be answered as before")

    def test_send_again_refusals(self):
        """SD+5: only what failed is sent again, by its author or by whoever handles dossiers, to one address."""
        self.send()
        with self.assertRaises(UserError):
            self.message.with_user(self.dealer)._send_again("bob@y.example", "bob@z.example")
        self.bounce("bob@y.example")
        with self.assertRaises(AccessError):
            self.message.with_user(self.colleague)._send_again("bob@y.example", "bob@z.example")
        with self.assertRaises(UserError):
            self.message.with_user(self.dealer)._send_again("bob@y.example", "a@z.example, b@z.example")
        with self.assertRaises(AccessError):
            self.message.with_user(self.stranger)._send_again("bob@y.example", "bob@z.example")
        action = self.message.with_user(self.employee).action_send_again()
        wizard = self.env[action["res_model"]].with_user(self.employee).with_context(**action["context"]).create({})
        wizard.new_address = "bob@z.example"
        known = self.all_mails()
        wizard.action_send()
        self.assertEqual(self.new_mails(known).email_to, "bob@z.example")
