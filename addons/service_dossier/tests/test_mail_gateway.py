"""Answers by mail, through Odoo's own gateway entry point."""

from email.message import EmailMessage

from odoo.tests import tagged

from .common import ALIAS_DOMAIN, DossierCommon


@tagged("post_install", "-at_install")
class TestMailGateway(DossierCommon):
    """SD3 and SD14, inbound."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message, cls.mail = cls.mail_plan("a@x.example, b@y.example")

    def make_mail(
        self, *, sender="Abe <a@x.example>", to=None, text="Thursday.", mail_header="<1@x.example>", **headers
    ):
        """Return an answer as bytes; ``to`` is the mail's reply address unless given."""
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = to or self.mail.reply_to
        mail["Subject"] = "Re: Plan"
        mail["Message-Id"] = mail_header
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail

    def receive(self, mail):
        """Hand a mail to the gateway and return the messages that came of it."""
        known = self.message.child_ids
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        self.message.invalidate_recordset(["child_ids"])
        return (self.message.sudo().child_ids - known).sudo()

    def test_reply_by_address(self):
        """SD3: a plain reply reaches the dossier as an answer, and the sender's own mail address."""
        known = self.all_mails()
        reply = self.receive(self.make_mail(text="Thursday.\n\nOn Monday, Dirk wrote:\n> When?\n"))
        self.assertEqual((reply.parent_id, reply.dossier_id), (self.message, self.dossier))
        self.assertEqual((reply.author_name, reply.email_from), ("Abe", "a@x.example"))
        self.assertIn("Thursday", reply.body)
        self.assertNotIn("When?", reply.body)
        self.assertIn("When?", reply.quote)
        self.assertEqual(reply.audience, "company")
        mail = self.new_mails(known).filtered(lambda m: m.email_to == self.dealer.email)
        self.assertEqual(len(mail), 1)
        self.assertIn("to your message of", mail.body_html)
        self.assertIn("Thursday", mail.body_html)

    def test_sender_answers_the_answer(self):
        """SD14: the dealer answers from his mail program, the correspondent is told that it answers his message."""
        known = self.all_mails()
        reply = self.receive(self.make_mail())
        to_dealer = self.new_mails(known).filtered(lambda m: m.email_to == self.dealer.email)
        known = self.all_mails()
        mail = self.make_mail(
            sender=self.dealer.email, to=to_dealer.reply_to, text="Fine.", mail_header="<2@d.example>"
        )
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        answer = reply.child_ids
        self.assertEqual(answer.author_id, self.dealer.partner_id)
        to_abe = self.new_mails(known)
        self.assertEqual(to_abe.email_to, "a@x.example")
        self.assertIn("to your message of", to_abe.body_html)
        self.assertNotIn("/my/dossiers", to_abe.body_html, "people without access get no link")

    def test_blind_copy(self):
        """SD+5: an answer that has the dossier in Bcc only names no address of ours, but says what it answers."""
        mail = self.make_mail(to="office@x.example", In_Reply_To=self.mail.message_id, mail_header="<b1@x.example>")
        self.assertIn("Thursday", self.receive(mail).body)
        mail = self.make_mail(to="office@x.example", In_Reply_To="<9@x.example>", mail_header="<b2@x.example>")
        with self.assertRaises(ValueError):
            self.receive(mail)

    def test_reply_by_references(self):
        """SD3: a mail program that drops the signed address is recognised by References."""
        mail = self.make_mail(to=f"dossier@{ALIAS_DOMAIN}", References=f"<x@y.example> {self.mail.message_id}")
        self.assertTrue(self.receive(mail))
        mail = self.make_mail(
            to=f"dossier@{ALIAS_DOMAIN}", mail_header="<5@x.example>", In_Reply_To=self.mail.message_id
        )
        self.assertTrue(self.receive(mail))

    def test_forged(self):
        """SD3: wrong signatures, guessed references and strangers with the right address are rejected."""
        mailing = self.message.sudo().mailing_ids
        wrong = "0" * 32
        cases = (
            {"to": f"dossier+{mailing.id}-{wrong}@{ALIAS_DOMAIN}"},
            {"to": f"dossier@{ALIAS_DOMAIN}"},
            {"to": f"dossier@{ALIAS_DOMAIN}", "References": f"<dossier-{mailing.id}-{wrong}@{ALIAS_DOMAIN}>"},
            {"sender": "eve@evil.example"},
            {"sender": "a@x.example.evil.example"},
        )
        for number, values in enumerate(cases):
            with self.subTest(**values):
                self.assertFalse(self.receive(self.make_mail(**values, mail_header=f"<f{number}@x.example>")))
        waiting = self.env["service.dossier.unplaced"].search([("mail_header", "like", "<f%")])
        self.assertEqual(len(waiting), len(cases), "none of them is lost")

    def test_no_backscatter(self):
        """SD3: a refused mail is answered only where it can come from somebody real."""
        known = self.all_mails()
        self.receive(self.make_mail(to=f"dossier@{ALIAS_DOMAIN}", sender="victim@v.example"))
        self.assertNotIn("victim@v.example", self.new_mails(known).mapped("email_to"))
        known = self.all_mails()
        self.receive(self.make_mail(sender="abe.private@x.example", mail_header="<2@x.example>"))
        notice = self.new_mails(known).filtered("email_to")
        self.assertEqual(notice.email_to, "abe.private@x.example")
        self.assertIn("Auto-Submitted", notice.headers)

    def test_automatic_is_set_aside(self):
        """SD+5: out-of-office notes make no message and no mail; they are listed."""
        known = self.all_mails()
        for number, (name, value) in enumerate((("Auto_Submitted", "auto-replied"), ("X_Autogenerated", "Reply"))):
            self.assertFalse(self.receive(self.make_mail(mail_header=f"<auto{number}@x.example>", **{name: value})))
        self.assertFalse(self.new_mails(known))
        rows = self.env["service.dossier.unplaced"].search([("mail_header", "like", "<auto%")])
        self.assertEqual(rows.mapped("state"), ["aside", "aside"])
        self.assertEqual(rows.dossier_id, self.dossier)

    def test_answer_through_a_group_address(self):
        """SD+5: whoever answers through a group (List-Id, Precedence: list) is heard."""
        self.assertTrue(self.receive(self.make_mail(List_Id="<office.example>", Precedence="list")))

    def test_answer_through_an_old_group(self):
        """SD+5: groups set Precedence: bulk on what people write, too; without a group it is mass mail."""
        self.assertTrue(self.receive(self.make_mail(List_Id="<office.example>", Precedence="bulk")))
        self.assertFalse(self.receive(self.make_mail(mail_header="<b@x.example>", Precedence="bulk")))

    def bounce(self, *, to, text, subject="Mail delivery failed"):
        """Let a mail server report in a text; return what became of the e-mail's addresses."""
        mail_header = f"<{len(self.env['service.dossier.unplaced'].search([]))}-{text[:4].strip(' I')}@mx>"
        mail = self.make_mail(sender="MAILER-DAEMON@mx.example", to=to, text=text, mail_header=mail_header)
        mail.replace_header("Subject", subject)
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        rows = self.message.sudo().mailing_ids._get_deliveries()
        return {row.address: row.state for row in rows}

    def test_bounce_in_a_text(self):
        """SD+5: a report that is only a text is noted at the address that it names, else listed; a delay is listed."""
        rows = self.message.sudo().mailing_ids._get_deliveries()
        self.assertEqual(len(rows), 2)
        text = f"user unknown: <b@y.example>\nMessage-ID: {self.mail.message_id}\n"
        late = self.bounce(to=f"bounce@{ALIAS_DOMAIN}", text="late " + text, subject="Warning: delayed 4 hours")
        self.assertNotIn("bounced", late.values())
        states = self.bounce(to=f"bounce@{ALIAS_DOMAIN}", text=text)
        self.assertEqual({address for address, state in states.items() if state == "bounced"}, {"b@y.example"})
        self.bounce(to=f"dossier@{ALIAS_DOMAIN}", text="nobody knows")
        listed = self.env["service.dossier.unplaced"].search([("mail_header", "like", "%@mx>")])
        self.assertEqual(len(listed), 2, "the late one, and the one that names no mail")

    def test_sent_by_an_assistant(self):
        """SD+5: From office@, Sender the person that was asked: it is that person's answer."""
        reply = self.receive(self.make_mail(sender="Office <office@x.example>", Sender="Abe <a@x.example>"))
        self.assertEqual(reply.email_from, "a@x.example")

    def test_answer_of_who_was_removed(self):
        """SD3: a removed colleague does not go on writing with old mails; a namesake who is there does."""
        known = self.all_mails()
        self.receive(self.make_mail())
        to_dealer = self.new_mails(known).filtered(lambda m: m.email_to == self.dealer.email)
        self.dealer.active = False
        values = {"sender": self.dealer.email, "to": to_dealer.reply_to}
        self.env["mail.thread"].message_process(False, self.make_mail(**values, mail_header="<2@d.example>").as_bytes())
        Message_sudo = self.env["service.dossier.message"].sudo()
        self.assertFalse(Message_sudo.search([("mail_header", "=", "<2@d.example>")]))
        waiting = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<2@d.example>")])
        self.assertEqual((waiting.reason, waiting.dossier_id), ("sender", self.dossier))
        self.colleague.partner_id.email = self.dealer.email
        self.env["mail.thread"].message_process(False, self.make_mail(**values, mail_header="<3@d.example>").as_bytes())
        self.assertTrue(Message_sudo.search([("mail_header", "=", "<3@d.example>")]))

    def test_loop_stops(self):
        """SD3, SD+5: a machine that answers every mail is cut off; the 21st answer waits, the 41st is set aside."""
        for number in range(20):
            self.receive(self.make_mail(mail_header=f"<loop{number}@x.example>"))
        for number in range(20, 42):
            self.assertFalse(self.receive(self.make_mail(mail_header=f"<loop{number}@x.example>")))
        rows = self.env["service.dossier.unplaced"].search([("mail_header", "like", "<loop%")], order="id")
        self.assertEqual(set(rows.mapped("reason")), {"rate"})
        self.assertEqual(rows.mapped("state"), ["waiting"] * 20 + ["aside"] * 2)

    def test_delivered_twice(self):
        """SD3: the same mail delivered twice makes one message."""
        self.assertTrue(self.receive(self.make_mail()))
        self.assertFalse(self.receive(self.make_mail()))

    def test_attachments_kept(self):
        """SD3: attachments of answers are kept, programs are not and are named."""
        mail = self.make_mail()
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
        mail.add_attachment(b"<svg onload='x'/>", maintype="image", subtype="svg+xml", filename="logo.svg")
        mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
        reply = self.receive(mail)
        self.assertEqual(reply.file_ids.mapped("name"), ["plan.pdf", "logo.svg"])
        self.assertEqual(reply.file_ids[1].mimetype, "application/octet-stream")
        self.assertIn("virus.exe", reply.body)
        row = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<1@x.example>")])
        self.assertEqual((row.reason, row.state, row.message_id), ("files", "attached", reply))
        self.assertIn(b"virus.exe", row.mail_id.raw, "nothing is lost: the manufacturer has the whole mail")
        self.assertEqual(row.activity_ids.user_id, self.employee)
        for user in (self.dealer, self.stranger):
            self.assertFalse(row.with_user(user).has_access("read"))
            self.assertFalse(row.mail_id.with_user(user).has_access("read"))

    def test_mails_go_with_their_dossier(self):
        """SD7: what is deleted with a dossier includes the mails that were put into it; what waits for one stays."""
        mail = self.make_mail()
        mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
        self.receive(mail)
        self.receive(self.make_mail(sender="c@x.example", mail_header="<2@x.example>"))
        rows = self.env["service.dossier.unplaced"].search([("dossier_id", "=", self.dossier.id)])
        kept, gone = rows.sorted("state", reverse=True)
        self.assertEqual((kept.state, gone.state), ("waiting", "attached"))
        original = gone.mail_id
        self.dossier.unlink()
        self.assertEqual((kept.exists(), gone.exists(), original.exists()), (kept, gone.browse(), original.browse()))

    def test_large_mail(self):
        """SD+5: a mail too large for the dossier's files is there with its text, and whole with the manufacturer."""
        self.company.dossier_max_file_size = 1
        mail = self.make_mail(text="See the scan. " + "word " * 300_000)
        mail.add_attachment(b"%PDF" + b"x" * 2**21, maintype="application", subtype="pdf", filename="scan.pdf")
        reply = self.receive(mail)
        self.assertIn("See the scan", reply.body)
        self.assertIn("scan.pdf", reply.body)
        self.assertFalse(reply.file_ids, "the original is larger than a file may be, too")
        row = self.env["service.dossier.unplaced"].search([("message_id", "=", reply.id)])
        self.assertGreater(len(row.mail_id.raw), 2**21 + 300_000 * 5)
        self.assertEqual(row.file_names, "scan.pdf, original_mail.eml")

    def test_no_row_where_all_is_kept(self):
        """SD+5: the queue holds only what somebody has to look at."""
        self.receive(self.make_mail())
        self.assertFalse(self.env["service.dossier.unplaced"].search([("mail_header", "=", "<1@x.example>")]))

    def test_bounce_that_names_an_address_only(self):
        """SD+5: it proves nothing, so nothing changes; somebody looks at it, with the dossier it seems to be about."""
        text = "I could not deliver your message.\nB@Y.example\nNo such person.\n"
        bounces = f"bounce@{ALIAS_DOMAIN}"
        self.assertNotIn("bounced", self.bounce(to=bounces, text=text).values())
        row = self.env["service.dossier.unplaced"].search([("mail_header", "like", "%@mx>")])
        self.assertEqual((row.reason, row.state, row.dossier_id), ("bounce", "waiting", self.dossier))
        self.assertEqual(row.activity_ids.user_id, self.employee)
        self.bounce(to=bounces, text=text.replace("B@Y", "c@z"))
        self.bounce(to=bounces, text=f"{text}Message-Id: <invoice@elsewhere.example>")
        self.bounce(to=bounces, text=text, subject="Warning: delayed 4 hours")
        self.env["mail.delivery"].search([("address", "=", "b@y.example")]).date_state = "2020-01-01"
        self.bounce(to=bounces, text=text)
        rows = self.env["service.dossier.unplaced"].search([("mail_header", "like", "%@mx>")])
        self.assertEqual(rows, row, "not of mails to others, of other mails, of late and of old ones")

    def test_html_reply(self):
        """SD3: an HTML answer is sanitised and its quote folded."""
        mail = self.make_mail()
        mail.add_alternative(
            '<p>Yes<script>alert(1)</script></p><div class="gmail_quote"><blockquote>When?</blockquote></div>', "html"
        )
        reply = self.receive(mail)
        self.assertIn("Yes", reply.body)
        self.assertNotIn("script", reply.body)
        self.assertIn("When?", reply.quote)

    def test_contact_answers_by_mail(self):
        """SD5: the contact person answers a remark by mail; it counts as the manufacturer's answer."""
        known = self.all_mails()
        remark = self.post(self.dealer)
        to_contact = self.new_mails(known)
        known = self.all_mails()
        mail = self.make_mail(sender=self.employee.email, to=to_contact.reply_to, mail_header="<7@m.example>")
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        answer = remark.sudo().child_ids
        self.assertTrue(answer.is_staff)
        self.assertEqual(answer.author_id, self.employee.partner_id)
        self.assertEqual(self.new_mails(known).email_to, self.dealer.email)

    def test_stays_out_of_chatter(self):
        """SD3: answers are no chatter messages and make no tickets or other records."""
        count = self.env["mail.message"].search_count([("model", "=", "service.dossier")])
        self.receive(self.make_mail())
        self.assertEqual(self.env["mail.message"].search_count([("model", "=", "service.dossier")]), count)

    def test_other_aliases_untouched(self):
        """SD3: mail to other aliases goes where it always went."""
        team = self.env["helpdesk.ticket.team"].create({"name": "Help", "alias_name": "help-sd"})
        mail = self.make_mail(
            to=team.alias_id.alias_full_name or f"help-sd@{ALIAS_DOMAIN}", mail_header="<9@x.example>"
        )
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        self.assertTrue(self.env["helpdesk.ticket"].search([("team_id", "=", team.id), ("name", "=", "Re: Plan")]))

    def test_without_alias_domain(self):
        """SD3: where mail cannot come in, answers go to the author's own address."""
        self.company.alias_domain_id = False
        known = self.all_mails()
        self.post(self.dealer, "email", recipients="a@x.example")
        self.assertEqual(self.new_mails(known).reply_to, self.dealer.email)

    def test_signature_is_ones_own(self):
        """SD3, SD14: nobody's mail holds what another person answers with, so nobody can write in that name."""
        self.dossier.message_subscribe(partner_ids=(self.colleague | self.manager).partner_id.ids)
        known = self.all_mails()
        remark = self.post(self.dealer)
        self.post(self.employee, parent=remark)
        owners = {
            mailing._signature(owner): owner
            for mailing in (remark | remark.child_ids).sudo().mailing_ids
            for owner in mailing._owners()
        }
        copies = [copy for mail in self.new_mails(known) for copy in mail._prepare_outgoing_list()]
        self.assertEqual(len(copies), 6, "three are told of the remark, two of its answer and one is answered")
        for copy in copies:
            told = {owners[key] for key in owners if key in f"{copy['reply_to']} {copy['message_id']}"}
            self.assertEqual(told, set(copy["email_to_normalized"]))
            told = {owners[key] for key in owners if key in f"{copy['references']} {copy['headers']}"}
            self.assertLessEqual(told, set(copy["email_to_normalized"]))

    def test_signature_of_another(self):
        """SD3: who knows the copy of one reader cannot answer as another reader of the same mail."""
        self.dossier.message_subscribe(partner_ids=self.manager.partner_id.ids)
        known = self.all_mails()
        remark = self.post(self.dealer)
        copies = {copy["email_to_normalized"][0]: copy for copy in self.new_mails(known)._prepare_outgoing_list()}
        to = copies[self.manager.email]["reply_to"]
        answers = [
            self.make_mail(sender=user.email, to=to, mail_header=f"<{user.login}@m.example>")
            for user in (self.employee, self.manager)
        ]
        for answer in answers:
            self.env["mail.thread"].message_process(False, answer.as_bytes())
        self.assertEqual(remark.sudo().child_ids.author_id, self.manager.partner_id)

    def test_shared_mailing_credits_no_account(self):
        """SD3: an e-mail to several does not let one of them answer with an employee's account."""
        known = self.all_mails()
        message = self.post(self.dealer, "email", recipients=f"a@x.example, {self.employee.email}")
        mail = self.make_mail(
            sender=self.employee.email, to=self.new_mails(known).reply_to, mail_header="<8@x.example>"
        )
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        reply = message.sudo().child_ids
        self.assertEqual(reply.email_from, self.employee.email)
        self.assertFalse(reply.author_id)
        self.assertFalse(reply.is_staff)
