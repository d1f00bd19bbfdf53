"""Writing messages: types, audiences, notifications, answers, read marks."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ALIAS_DOMAIN, DossierCommon


@tagged("post_install", "-at_install")
class TestMessages(DossierCommon):
    """What is said, and who hears of it."""

    def test_email(self):
        """SD3: one mail to all recipients, answers go to a signed address of the dossier."""
        known = self.all_mails()
        message = self.post(
            self.dealer,
            "email",
            recipients="a@x.example, b@y.example",
            subject="Plan",
            files=[("plan.pdf", b"%PDF-1.4")],
        )
        mail = self.new_mails(known)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, "a@x.example, b@y.example")
        self.assertRegex(mail.reply_to, rf"dossier\+\d+-[0-9a-f]{{32}}@{ALIAS_DOMAIN}")
        self.assertRegex(mail.message_id, r"^<dossier-\d+-[0-9a-f]{32}@")
        self.assertIn("Dirk", mail.email_from)
        self.assertEqual(mail.subject, "Plan")
        self.assertEqual(mail.attachment_ids.name, "plan.pdf")
        self.assertFalse(mail.model, "the mail does not show up in a chatter")
        self.assertEqual(message.sudo().recipients, "a@x.example,b@y.example")

    def test_email_refusals(self):
        """SD3: hostile recipients and subjects are refused with a clear text, nothing is kept."""
        count = self.env["service.dossier.message"].search_count([])
        cases = (
            ("a@x.example\r\nBcc: v@y.example", "Plan", "one line"),
            (",".join(f"a{n}@x.example" for n in range(500)), "Plan", "20 addresses"),
            ("nobody", "Plan", "not an e-mail address"),
            ("", "Plan", "at least one"),
            ("a@x.example", "Plan\r\nBcc: v@y.example", "one line"),
        )
        for recipients, subject, text in cases:
            with self.assertRaisesRegex(UserError, text):
                self.post(self.dealer, "email", recipients=recipients, subject=subject)
        self.assertEqual(self.env["service.dossier.message"].search_count([]), count)

    def test_remark_reaches_contact(self):
        """SD5: the contact person gets the remark."""
        known = self.all_mails()
        self.post(self.dealer, body="<p>The left one</p>")
        mail = self.new_mails(known)
        self.assertEqual(mail.recipient_ids, self.employee.partner_id)
        self.assertIn("The left one", mail.body_html)

    def header_id_of(self, message):
        """Return the Message-Id of the only copy of a message."""
        mailing = message.sudo().mailing_ids
        return mailing._message_header_id(mailing.recipients)

    def test_answer_is_mailed_as_answer(self):
        """SD5, SD14: the author gets a mail that says that it answers the message, threaded below it."""
        remark = self.post(self.dealer)
        first = self.all_mails()
        answer = self.post(self.employee, parent=remark, body="<p>Thursday</p>")
        mail = self.new_mails(first)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, self.dealer.email)
        self.assertIn("to your message of", mail.body_html)
        self.assertIn("Thursday", mail.body_html)
        self.assertIn("Some text", mail.body_html, "what is answered is quoted")
        self.assertTrue(mail.subject.startswith("Re: "))
        thread = f"<dossier-thread-{remark.id}@"
        self.assertIn(thread, mail.references)
        asked = first.filtered(lambda m: m.message_id == self.header_id_of(remark))
        self.assertIn(thread, asked.references, "both are of one thread")
        self.assertEqual((answer.parent_id, answer.root_id), (remark, remark))

    def test_composer_of_the_back_office(self):
        """SD5: the contact person answers with the composer, which shows the readers."""
        remark = self.post(self.dealer)
        Compose = self.env["service.dossier.compose"].with_user(self.employee)
        upload = self.env["ir.attachment"].with_user(self.employee).create({"name": "plan.txt", "raw": b"plan"})
        wizard = Compose.create(
            {
                "dossier_id": self.dossier.id,
                "parent_id": remark.id,
                "body": "<p>Yes</p>",
                "file_ids": [Command.set(upload.ids)],
            }
        )
        self.assertIn("Dirk", wizard.readers)
        self.assertNotIn("internal", dict(wizard._selection_audience()))
        wizard.action_send()
        self.assertEqual(remark.child_ids.author_id, self.employee.partner_id)
        self.assertIn(self.employee.partner_id, remark.sudo().read_ids.partner_id)
        self.assertEqual(remark.child_ids.file_ids.mapped("name"), ["plan.txt"])
        self.assertFalse(upload.exists(), "no copy stays outside the dossier")

    def test_mail_language(self):
        """SD5: the mail is rendered in the language of whom it goes to."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.dealer.partner_id.lang = "fr_FR"
        remark = self.post(self.dealer)
        known = self.all_mails()
        self.post(self.employee, parent=remark)
        view = self.env.ref("service_dossier.mail_body")
        view.with_context(lang="fr_FR").arch_db  # noqa: B018 - loads the view for the language
        mail = self.new_mails(known)
        self.assertRegex(mail.body_html, r"\d\d/\d\d/\d{4}", "dates follow the language's format")

    def test_audiences(self):
        """SD7, SD+4: each audience is read by whom its label says."""
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        readers = {
            "everyone": (self.dealer, self.colleague, self.stranger, self.employee),
            "company": (self.dealer, self.colleague, self.employee),
            "internal": (self.dealer, self.colleague),
        }
        users = self.dealer | self.colleague | self.stranger | self.employee
        for audience, expected in readers.items():
            message = self.post(self.dealer, audience=audience)
            for user in users:
                found = message.with_user(user).search_count([("id", "=", message.id)])
                self.assertEqual(bool(found), user in list(expected), f"{audience} {user.name}")
        message = self.post(self.employee, audience="staff")
        for user in users:
            found = message.with_user(user).search_count([("id", "=", message.id)])
            self.assertEqual(bool(found), user == self.employee, f"staff {user.name}")

    def test_audience_limits(self):
        """SD7: staff cannot write internally, customers not to staff alone, guests not to a company."""
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        for user, audience in ((self.employee, "internal"), (self.dealer, "staff"), (self.stranger, "company")):
            with self.assertRaises(AccessError):
                self.post(user, audience=audience)
        for message_type in ("email", "complaint", "service_request"):
            with self.assertRaisesRegex(UserError, "cannot be internal"):
                self.post(self.dealer, message_type, audience="internal", recipients="a@x.example")

    def test_types(self):
        """SD8: customers cannot post a warranty document, nor can staff by hand."""
        for user in (self.dealer, self.employee):
            with self.assertRaises(AccessError):
                self.post(user, "warranty_document")

    def test_reply_keeps_audience(self):
        """SD7: an answer has the readers of what it answers, even if somebody forces another one."""
        internal = self.post(self.dealer, audience="internal")
        answer = self.post(self.colleague, parent=internal, audience="everyone")
        self.assertEqual(answer.sudo().audience, "internal")
        with self.assertRaises(ValidationError):
            answer.sudo().write({"audience": "everyone"})

    def test_reply_needs_read_access(self):
        """SD7: nobody answers what he cannot read."""
        internal = self.post(self.dealer, audience="internal")
        with self.assertRaises(AccessError):
            self.post(self.employee, parent=internal)

    def test_stranger_cannot_post(self):
        """SD1: another customer writes nothing."""
        with self.assertRaises(AccessError):
            self.post(self.stranger)

    def test_empty(self):
        """SD2, SD5: an empty remark and an attachment without a file are refused."""
        with self.assertRaisesRegex(UserError, "Write a text"):
            self.post(self.dealer, body="<p><br></p>")
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.post(self.dealer, "attachment")

    def test_script_in_text_is_removed(self):
        """SD5: text is sanitised."""
        message = self.post(self.dealer, body="<p>Hi<script>alert(1)</script><img src=x onerror=alert(1)></p>")
        self.assertNotIn("script", message.body)
        self.assertNotIn("onerror", message.body)

    def test_readers_before_sending(self):
        """SD+4: the readers are named for every audience; employees only as a group and the contact."""
        text = self.dossier.with_user(self.dealer)._readers_text("company")
        for name in ("Dirk", "Carla", "Anna"):
            self.assertIn(name, text)
        internal = self.dossier.with_user(self.dealer)._readers_text("internal")
        self.assertNotIn("Anna", internal)
        self.assertNotIn(self.company.name, internal)
        self.assertIn("a@x.example", self.dossier._readers_text("company", "a@x.example"))

    def test_read_marks(self):
        """SD7: unread messages are counted per person; marking twice changes nothing."""
        message = self.post(self.dealer)
        as_employee = self.dossier.with_user(self.employee)
        self.assertEqual(as_employee.unread_count, 1)
        for _time in range(2):
            message.with_user(self.employee).action_mark_read()
        as_employee.invalidate_recordset()
        self.assertEqual(as_employee.unread_count, 0)
        self.assertEqual(len(message.sudo().read_ids), 2, "the author and the employee")
        self.assertEqual(self.dossier.with_user(self.dealer).unread_count, 0)

    def test_unread_is_looked_for(self):
        """SD+7: a filter on the number of unread messages may compare in any way."""
        self.post(self.dealer)
        self.post(self.dealer)
        read = self.dossier.copy({"order_number": "S-READ"})
        dossiers = self.env["service.dossier"].with_user(self.employee)
        for operator, number, found in (
            ("=", 2, self.dossier), ("=", 0, read), ("!=", 2, read), ("=", False, read), ("!=", 0, self.dossier),
            (">", 0, self.dossier), (">", 1, self.dossier), (">", 2, read.browse()), (">=", 0, self.dossier | read),
            (">=", 2, self.dossier), ("<", 2, read), ("<", 1, read), ("<=", 0, read), ("<=", 2, self.dossier | read),
            ("in", [0, 2], self.dossier | read), ("not in", [0, 1], self.dossier),
        ):  # fmt: skip
            with self.subTest(operator=operator, number=number):
                searched = dossiers.search([("unread_count", operator, number)])
                self.assertEqual(searched & (self.dossier | read), found)

    def test_service_request(self):
        """SD6: in a finished dossier it registers a complaint, moves the dossier and opens the configurator."""
        self.assertFalse(self.dossier.configurator_open)
        message = self.post(self.dealer, "service_request", body="<p>Motor is dead</p>")
        self.assertEqual(self.dossier.stage_id.kind, "service")
        self.assertTrue(self.dossier.configurator_open)
        self.assertEqual(message.sudo().ticket_ids.dossier_id, self.dossier)

    def test_service_request_refused(self):
        """SD6: elsewhere the contact's name, phone and e-mail are told, and nothing is kept."""
        dossier = self._make_dossier()
        with self.assertRaises(UserError) as caught:
            self.post(self.dealer, "service_request", dossier=dossier)
        text = str(caught.exception)
        for part in ("Anna", "+32 56 62 71 12", "anna@maker.example.com", "Draft"):
            self.assertIn(part, text)
        self.assertFalse(dossier.sudo().communication_ids)
        self.assertFalse(dossier.complaint_ids)

    def test_service_request_twice(self):
        """SD6: a second request finds the dossier moved and is refused."""
        self.post(self.dealer, "service_request")
        with self.assertRaisesRegex(UserError, "finished dossiers only"):
            self.post(self.colleague, "service_request")
        self.assertEqual(len(self.dossier.complaint_ids), 1)

    def test_no_mail_relay(self):
        """SD3: a customer's user cannot send mail to hundreds of addresses an hour."""
        addresses = ", ".join(f"a{number}@x.example" for number in range(20))
        for _time in range(10):
            self.post(self.dealer, "email", recipients=addresses)
        with self.assertLogs("odoo.addons.service_dossier", "WARNING"), self.assertRaisesRegex(UserError, "wait"):
            self.post(self.dealer, "email", recipients="one@x.example")
        self.post(self.employee, "email", recipients="one@x.example")

    def test_readers_without_login(self):
        """SD+4: who is only reached by mail is named among the readers, too."""
        partners = self.env["res.partner"].create(
            [
                {"name": "Warehouse", "email": "w@x.example", "parent_id": self.customer.id},
                {"name": "Architect", "email": "arch@x.example"},
            ]
        )
        self.dossier.message_subscribe(partner_ids=partners.ids)
        dossier = self.dossier.with_user(self.dealer)
        named = {audience: dossier._readers_text(audience) for audience in ("everyone", "company", "internal")}
        self.assertEqual([a for a in named if "Warehouse" in named[a]], ["everyone", "company"])
        self.assertEqual([a for a in named if "Architect" in named[a]], ["everyone"])
