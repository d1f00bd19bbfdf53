"""The queue of unplaced mail."""

from email.message import EmailMessage
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .common import ALIAS_DOMAIN, DossierCommon
from .test_mail_parts import CALENDAR, make_tnef


@tagged("post_install", "-at_install")
class TestUnplaced(DossierCommon):
    """SD+5: no answer is lost."""

    def receive(
        self, *, sender="Abe <abe@x.example>", subject="Hello", to=None, mail_header="<u1@x.example>", raw=None
    ):
        """Hand a mail to the gateway and return what waits in the queue because of it."""
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, to or f"dossier@{ALIAS_DOMAIN}"
        mail["Subject"], mail["Message-Id"] = subject, mail_header
        mail.set_content("We need 1300 mm.")
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
        self.env["mail.thread"].message_process(False, raw or mail.as_bytes())
        return self.env["service.dossier.unplaced"].search([("mail_header", "=", mail_header)])

    def test_stranger_with_a_number(self):
        """SD+5: mail to the bare alias with the dossier's number waits with a suggestion; one click attaches it."""
        row = self.receive(subject=f"AW: {self.dossier.name}, width")
        self.assertEqual((row.state, row.reason, row.dossier_id), ("waiting", "unknown", self.dossier))
        self.assertIn("1300 mm", row.body)
        self.assertEqual(row.file_names, "plan.pdf")
        self.assertEqual(row.activity_ids.user_id, self.employee, "the contact person hears of it")
        known = self.all_mails()
        row.with_user(self.employee).action_attach()
        message = row.message_id
        self.assertEqual((row.state, row.user_id, message.dossier_id), ("attached", self.employee, self.dossier))
        self.assertIn("1300 mm", message.body)
        self.assertEqual(message.file_ids.mapped("name"), ["plan.pdf"])
        self.assertEqual((message.author_name, message.audience), ("Abe", "company"))
        self.assertFalse(message.is_staff)
        self.assertTrue(self.new_mails(known), "whoever follows the dossier is told")
        self.assertFalse(row.activity_ids)
        with self.assertRaises(UserError):
            row.with_user(self.employee)._attach(self.dossier, message.browse())

    def test_other_address_of_the_same_person(self):
        """SD+5: a true answer from another address is kept with the message that it answers."""
        known = self.all_mails()
        message = self.post(self.dealer, "email", recipients="anna@x.example")
        to = self.new_mails(known).reply_to
        row = self.receive(sender="a.smith@x.example", to=to)
        self.assertEqual((row.reason, row.parent_id), ("sender", message))
        row.with_user(self.employee).action_attach()
        self.assertEqual(row.message_id.parent_id, message)

    def test_without_suggestion(self):
        """SD+5: where nothing is known, the employee chooses; the customer's own account is not an employee's."""
        row = self.receive(sender=self.employee.email)
        action = row.with_user(self.employee).action_attach()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.employee)
            .with_context(**action["context"])
            .create({"dossier_id": self.dossier.id})
        )
        wizard.action_attach()
        self.assertEqual(row.message_id.dossier_id, self.dossier)
        self.assertFalse(row.message_id.author_id, "From: is no proof of who writes")

    def test_passed_on(self):
        """SD+6: a mail that somebody passes on is no quote of the dossier's: all of it is there to read."""
        self.post(self.dealer, body="<p>Which width?</p>")
        head = "From: Abe <abe@x.example>\nTo: dossier@%s\nMessage-Id: <u1@x.example>\nSubject: FW: %s\n\n"
        outlook = "From: Owner <o@x.example>\nSent: Friday, 27 November 2026 10:00\nTo: Abe\nSubject: Door\n\n"
        raw = f"{head % (ALIAS_DOMAIN, self.dossier.name)}Please see below.\n\n{outlook}It does not close.\n"
        row = self.receive(raw=raw)
        row.with_user(self.employee).action_attach()
        self.assertIn("does not close", row.message_id.body)
        self.assertFalse(row.message_id.quote)

    def test_passed_on_to_an_answer_address(self):
        """SD+6: the same in the way of Apple Mail, which marks what it passes on like a quote."""

        def fill(mail):
            mail.set_content("x")
            passed = "<div>Begin forwarded message:</div><div><b>From:</b> Owner</div><div>It does not close.</div>"
            mail.add_alternative(f'<div>See below.</div><blockquote type="cite">{passed}</blockquote>', "html")

        message = self.answer(fill)
        self.assertIn("does not close", message.body)
        self.assertFalse(message.quote)

    def test_answer_quotes_another_message_of_the_dossier(self):
        """SD+6: what is attached to the dossier and quotes it without marks is folded, though it names no message."""
        self.post(self.dealer, body="<p>Which width does the left one have?</p>")
        quoted = "From: Maker\nSent: Friday, 27 November 2026 10:00\nTo: Abe\nSubject: Width\n\n"
        quoted += "Which width does the left one have?"
        head = f"From: abe@x.example\nTo: dossier@{ALIAS_DOMAIN}\nMessage-Id: <u1@x.example>\nSubject: Re: "
        row = self.receive(raw=f"{head}{self.dossier.name}\n\n1300 mm.\n\n{quoted}\n")
        row.with_user(self.employee).action_attach()
        self.assertEqual(html2plaintext(row.message_id.body).strip(), "1300 mm.")
        self.assertIn("Which width", row.message_id.quote)

    def test_discard_and_back(self):
        """SD+5: discarding is no deleting."""
        row = self.receive().with_user(self.employee)
        row.action_discard()
        self.assertEqual(row.state, "discarded")
        row.action_wait()
        self.assertEqual(row.state, "waiting")

    def test_answer(self):
        """SD+5: the sender can be answered from the queue."""
        row = self.receive().with_user(self.employee)
        known = self.all_mails()
        action = row.action_answer()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.employee)
            .with_context(**action["context"])
            .create({"body": "<p>Which dossier?</p>"})
        )
        composer.action_send_mail()
        self.assertIn("abe@x.example", self.new_mails(known).recipient_ids.mapped("email"))

    def write_to(self, row, text):
        """Answer a mail of the queue with its window, as the employee."""
        action = row.with_user(self.employee).action_answer()
        Compose = self.env["mail.compose.message"].with_user(self.employee).with_context(**action["context"])
        Compose.create({"body": f"<p>{text}</p>"}).action_send_mail()

    def answer_to(self, row, text, mail_header, sender="Abe <abe@x.example>"):
        """Let the sender of a mail in the queue answer to what was written to him."""
        comment = self.env.ref("mail.mt_comment")
        sent = row.message_ids.filtered(lambda post: post.subtype_id == comment and post.message_type != "email")[:1]
        head = f"From: {sender}\nTo: catchall@{ALIAS_DOMAIN}\nSubject: Re\nMessage-Id: {mail_header}\n"
        raw = f"{head}References: {sent.message_id}\n\n{text}\n"
        self.env["mail.thread"].message_process(False, raw)

    def test_what_was_asked_meanwhile(self):
        """SD+5: what was asked and answered in the queue is in the dossier, before and after the mail is attached."""
        row = self.receive()
        self.write_to(row, "Which house?")
        self.answer_to(row, "Number 12.", "<m1@x.example>")
        row.with_user(self.employee).message_post(body="He sounds angry.", subtype_xmlid="mail.mt_note")
        row.with_user(self.employee)._attach(self.dossier, row.message_id)
        first = row.message_id
        self.assertIn("1300 mm", first.body)
        said = [(html2plaintext(kept.body).strip(), kept.is_staff) for kept in first.child_ids.sorted("id")]
        self.assertEqual(said, [("Which house?", True), ("Number 12.", False)])
        known = self.all_mails()
        self.answer_to(row, "And the door, too.", "<m2@x.example>")
        self.assertIn("door, too", first.child_ids.sorted("id")[-1].body)
        self.assertTrue(self.new_mails(known), "whoever follows the dossier is told")
        self.write_to(row, "We come.")
        self.assertEqual(html2plaintext(first.child_ids.sorted("id")[-1].body).strip(), "We come.")
        # the address of an employee is soon written into a mail
        self.answer_to(row, "Pay him.", "<m3@x.example>", sender=self.employee.email)
        last = first.child_ids.sorted("id")[-1]
        self.assertEqual((last.is_staff, "Pay him" in last.body), (False, True))

    def test_rights(self):
        """SD+5: customers see nothing of the queue; nobody writes its fields."""
        row = self.receive(subject=self.dossier.name)
        with self.assertRaises(AccessError):
            row.with_user(self.dealer).read(["subject"])
        with self.assertRaises(AccessError):
            row.with_user(self.dealer).action_attach()
        for user in (self.employee, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "attached"})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        row.company_id = company
        with self.assertRaises(AccessError):
            row.with_user(self.employee).action_discard()

    def test_twice(self):
        """SD+5: the same mail twice waits once, and does not come back after it was attached."""
        row = self.receive(subject=self.dossier.name)
        self.assertEqual(self.receive(subject=self.dossier.name), row)
        row.with_user(self.employee).action_attach()
        self.receive(subject=self.dossier.name)
        self.assertEqual(self.env["service.dossier.message"].search_count([("mail_header", "=", "<u1@x.example>")]), 1)

    def answer(self, fill):
        """Answer an e-mail of the dealer's with what ``fill`` puts into it; return the new message."""
        known = self.all_mails()
        message = self.post(self.dealer, "email", recipients="anna@x.example")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-Id"] = (
            "anna@x.example",
            self.new_mails(known).reply_to,
            "<p1@x.example>",
        )
        fill(mail)
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        return message.sudo().child_ids

    def test_unknown_charset(self):
        """SD+5: a charset that nobody knows is read as far as possible, and the original kept."""

        def fill(mail):
            mail.set_content("hello café", charset="iso-8859-1", cte="8bit")
            mail.replace_header("Content-Type", "text/plain; charset=X-UNKNOWN")

        message = self.answer(fill)
        self.assertIn("hello café", message.body)
        self.assertEqual(message.file_ids.name, "original_mail.eml")
        self.assertIn(b"X-UNKNOWN", message.file_ids.attachment_id.raw)

    def odd(self, content_type, body, **headers):
        """Answer an e-mail of the dealer's with raw bytes; return the new message."""
        known = self.all_mails()
        message = self.post(self.dealer, "email", recipients="anna@x.example")
        self.to = self.new_mails(known).reply_to
        headers = {"From": "anna@x.example", "To": self.to, "Subject": "Re", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        raw = f"{head}Message-Id: <odd@x.example>\r\nContent-Type: {content_type}\r\n\r\n".encode() + body
        self.env["mail.thread"].message_process(False, raw)
        return message.sudo().child_ids

    def test_odd_mails_lose_nothing(self):
        """SD+5: what a mail program did wrong costs no word; where not all can be shown, the mail itself is kept."""
        boundless = b"--x\r\nContent-Type: text/plain\r\n\r\nWORD\r\n--x--"
        cases = {
            "no charset": ("text/plain", "WORD café".encode("latin-1"), "WORD café"),
            "wrong charset": ("text/plain; charset=utf-8", "WORD café".encode("latin-1"), "WORD café"),
            "not UTF-16": ("text/plain; charset=utf-16", b"WORD", "WORD"),
            "no boundary": ("multipart/mixed", boundless, "WORD"),
            "other boundary": ("multipart/mixed; boundary=b", boundless, "WORD"),
            "deep": ("text/html", b"<div>" * 2000 + b"WORD" + b"</div>" * 2000, "WORD"),
            "picture": ("text/html", b'<p>WORD</p><img src="data:image/png;base64,iVBORw0KGgo=">', "WORD"),
        }
        for name, (content_type, body, expected) in cases.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                message = self.odd(content_type, body)
                self.assertIn(expected, message.body)
                self.assertIn("original_mail.eml", message.body)
                raw = message.file_ids.filtered(lambda f: f.name == "original_mail.eml").attachment_id.raw
                self.assertIn(b"WORD", raw)
                self.assertNotIn(self.to.partition("-")[2][-60:].partition("@")[0][-32:].encode(), raw)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_texts_beside_alternatives(self):
        """SD+5: of alternatives one is shown that says something, and every text beside them (RFC 2046, 5.1)."""
        plain, html = "Content-Type: text/plain\n\n%s", "Content-Type: text/html\n\n<p>%s</p>"

        def nest(subtype, boundary, *parts):
            inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
            return f"Content-Type: multipart/{subtype}; boundary={boundary}\n\n{inner}--{boundary}--\n"

        two = nest("alternative", "a", plain % "TWO", html % "<b>TWO</b>")
        cases = {
            "empty HTML": (("alternative", plain % "ONE", html % "<br>"), ["ONE"]),
            "before": (("mixed", plain % "ONE", two), ["ONE", "TWO"]),
            "after": (("mixed", two, plain % "ONE"), ["TWO", "ONE"]),
            "around": (("mixed", plain % "ONE", two, plain % "THREE"), ["ONE", "TWO", "THREE"]),
            "HTML": (("alternative", plain % "only here", html % "ONE"), ["ONE"]),
            "twice the same": (("mixed", plain % "TWO", two), ["TWO", "TWO"]),
        }
        for name, ((subtype, *parts), words) in cases.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                content_type, _blank, body = nest(subtype, "m", *parts).partition("\n\n")
                message = self.odd(content_type.partition(": ")[2], body.encode())
                self.assertEqual(html2plaintext(message.body).replace("*", "").split(), words)
                self.assertFalse(message.file_ids)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_long_text(self):
        """SD+5: a long answer is there as a whole."""
        text = "".join(f"line {number} of my answer\r\n" for number in range(5000))
        self.assertIn("line 4999", self.odd("text/plain", text.encode()).body)

    def test_characters_that_no_database_holds(self):
        """SD+5: NUL and halves of characters in headers, however they are written, keep no mail out."""
        cases = (
            {"From": "=?utf-8?q?An=00na?= <anna@x.example>"},
            {"Subject": "=?utf-7?q?+2AA-?= plan"},
            {"In-Reply-To": "<a\0b@x>"},
        )
        for headers in cases:
            with self.subTest(headers), self.env.cr.savepoint() as savepoint:
                self.assertIn("WORD", self.odd("text/plain", b"WORD", **headers).body)
                savepoint.rollback()
                self.env.invalidate_all()
        row = self.receive(sender="=?utf-8?q?St=00r?= <z@z.example>")
        self.assertEqual(row.author_name, "Str")

    @mute_logger("odoo.addons.service_dossier.models.mail_thread")
    def test_mail_that_cannot_be_taken_apart(self):
        """SD+5: a mail that Python's parser gives up on waits in the queue, and can be attached from there."""
        body = b"--n\r\nContent-Type: text/plain\r\n\r\nWORD"
        thread = type(self.env["mail.thread"])
        with patch.object(thread, "message_parse", side_effect=RecursionError):
            self.assertFalse(self.odd("multipart/mixed; boundary=n", body))
            row = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<odd@x.example>")])
            self.assertEqual((row.reason, row.state, row.dossier_id), ("unreadable", "waiting", self.dossier))
            row.with_user(self.employee).action_attach()
        self.assertIn("WORD", row.message_id.body)
        self.assertIn("original_mail.eml", row.message_id.file_ids.mapped("name"))

    def test_mails_without_text(self):
        """SD+5: an empty message says that it is, and where an encrypted text is; a picture is enough."""
        pixel = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        sealed = (
            'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\nContent-Transfer-Encoding: base64'
        )
        cases = {
            ("text/plain", b""): "(This mail has no text.)",
            ("text/html", b"<div><br></div>"): "(This mail has no text.)",
            (sealed, b"MIIB"): "encrypted: it is in the file smime.p7m",
            ("text/html", b'<img src="http://x.example/a.png">'): "Show the picture",
            ("image/png\r\nContent-Transfer-Encoding: base64", pixel): "(This mail has no text.)",
        }
        for (content_type, body), expected in cases.items():
            with self.subTest(content_type, body=body), self.env.cr.savepoint() as savepoint:
                self.assertIn(expected, self.odd(content_type, body).body)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_outlook_rich_text(self):
        """SD+5: the files in a winmail.dat are files of the message."""

        def fill(mail):
            mail.set_content("See the plan.")
            content = make_tnef([("plan.pdf", b"%PDF-1.4")])
            mail.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")

        self.assertEqual(self.answer(fill).file_ids.mapped("name"), ["plan.pdf"])

    def test_calendar_answer(self):
        """SD+5: an answer to an invitation says what it is."""

        def fill(mail):
            mail.set_content(CALENDAR, subtype="calendar")

        message = self.answer(fill)
        self.assertIn("declined", message.body)
        self.assertIn("Measuring", message.body)

    def test_remote_picture(self):
        """SD+5: no reader's browser loads a picture of another server by itself."""

        def fill(mail):
            mail.set_content("x")
            mail.add_alternative('<p>Yes</p><img src="http://track.example/p.gif">', "html")

        message = self.answer(fill)
        self.assertNotIn("<img", message.body)
        self.assertIn("track.example", message.body)

    def test_subject_that_turns_around(self):
        """SD+5: characters that turn a line around are taken out of a subject."""
        row = self.receive(subject="Invoice \u202efdp.exe")
        self.assertEqual(row.subject, "Invoice fdp.exe")

    def test_successor(self):
        """SD+5: remarks to somebody who left go to the successor, and the customer is told the successor's name."""
        self.company.dossier_contact_id = self.manager
        self.employee.active = False
        known = self.all_mails()
        self.post(self.dealer)
        self.assertEqual(self.new_mails(known).recipient_ids, self.manager.partner_id)
        self.assertEqual(self.dossier._contact_notice()["name"], self.manager.name)
        self.company.dossier_contact_id = False
        known = self.all_mails()
        self.post(self.dealer)
        self.assertEqual(self.new_mails(known).recipient_ids, self.company.partner_id)

    def test_followers_who_left(self):
        """SD+5: a customer's user who was archived gets no mail any more."""
        self.dossier.message_subscribe(partner_ids=self.colleague.partner_id.ids)
        self.colleague.active = False
        known = self.all_mails()
        self.post(self.dealer)
        self.assertNotIn(self.colleague.partner_id, self.new_mails(known).recipient_ids)
