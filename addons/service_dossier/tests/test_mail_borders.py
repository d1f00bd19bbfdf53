"""Whose a mail is and who hears of it: other messages, dossiers and people have nothing to do with it."""

from datetime import timedelta
from email.message import EmailMessage

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ALIAS_DOMAIN, DossierCommon


@tagged("post_install", "-at_install")
class TestGatewayBorders(DossierCommon):
    """SD3, SD+5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        known = cls.env["mail.mail"].search([])
        cls.message = cls._write(cls.dossier)
        cls.mail = cls.env["mail.mail"].search([]) - known

    @classmethod
    def _write(cls, dossier):
        Message = cls.env["service.dossier.message"].with_user(cls.dealer)
        values = {"recipients": "a@x.example, b@x.example", "subject": "Plan", "body": "<p>When can you come?</p>"}
        return Message._post(dossier.with_user(cls.dealer), "email", audience="company", **values)

    def receive(self, number, *, sender="a@x.example", to=None, subject="Re: Plan", text="Thursday.", files=()):
        """Hand a mail to the gateway; return the message or the row of the queue that came of it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to or self.mail.reply_to, subject
        mail["Message-Id"] = f"<b{number}@x.example>"
        mail.set_content(text)
        for name in files:
            mail.add_attachment(b"x", maintype="text", subtype="csv", filename=name)
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        domain = [("mail_header", "=", f"<b{number}@x.example>")]
        message = self.env["service.dossier.message"].sudo().search(domain)
        return message or self.env["service.dossier.unplaced"].search(domain)

    def test_second_copy_says_where_it_belongs(self):
        """SD+5: an answer to the bare alias with a blind copy to the signed address waits no longer, and is whole."""
        bare, signed = f"dossier@{ALIAS_DOMAIN}", self.mail.reply_to
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Message-Id"] = (
            "a@x.example",
            bare,
            "Re: Plan",
            "<bcc@x.example>",
        )
        mail.set_content("Thursday.")
        mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="plan.exe")
        Unplaced, Message = self.env["service.dossier.unplaced"], self.env["service.dossier.message"]
        same = [("mail_header", "=", "<bcc@x.example>")]
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        row = Unplaced.search(same)
        self.assertEqual((row.state, row.reason), ("waiting", "unknown"))
        mail["Delivered-To"] = signed
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        reply = Message.search(same)
        self.assertEqual(reply.parent_id, self.message)
        self.assertEqual((row.state, row.message_id, row.reason), ("attached", reply, "files"))
        self.assertTrue(row.activity_ids, "somebody looks at the file that was refused")

    def test_borrowed_message_id(self):
        """SD+5: another mail under the Message-Id of one that waits takes nothing out of the queue."""
        row = self.receive(7, sender="z@x.example", to=f"dossier@{ALIAS_DOMAIN}", text="Please call me.")
        self.assertEqual((row._name, row.state), ("service.dossier.unplaced", "waiting"))
        self.receive(7, text="Thursday.", files=("plan.exe",))
        self.assertEqual(row.state, "waiting")
        self.assertTrue(self.env["service.dossier.message"].search([("mail_header", "=", row.mail_header)]))

    def test_what_counts_as_a_loop(self):
        """SD3: twenty answers in an hour of one sender in one dossier; other people's, dossiers' and hours' do not."""
        other = self._make_dossier()
        known = self.all_mails()
        self._write(other)
        elsewhere = self.new_mails(known).reply_to
        for number in range(19):
            self.receive(number)
        for number in range(100, 103):
            self.assertEqual(self.receive(number, sender="b@x.example").email_from, "b@x.example")
        for number in range(200, 203):
            self.assertEqual(self.receive(number, to=elsewhere).dossier_id, other)
        old = self.message.sudo().child_ids.filtered(lambda m: m.email_from == "a@x.example")[:5]
        self.assertEqual(self.receive(19)._name, "service.dossier.message", "the twentieth")
        self.assertEqual(self.receive(20).reason, "rate")
        old.date = fields.Datetime.now() - timedelta(hours=1, seconds=1)
        self.assertEqual(self.receive(21)._name, "service.dossier.message")

    def test_most_files(self):
        """SD3: twenty files are kept, of one more the name is said."""
        self.assertEqual(len(self.receive(1, files=[f"f{n}.csv" for n in range(20)]).file_ids), 20)
        message = self.receive(2, files=[f"f{n}.csv" for n in range(21)])
        self.assertEqual(len(message.file_ids), 20)
        self.assertIn("f20.csv", message.body)

    def test_whose_account(self):
        """SD3: a contact of another company's address book is nobody here; one of the dossier comes first."""
        company = self.env["res.company"].create({"name": "Other Works"})
        Partner = self.env["res.partner"]
        theirs = Partner.create({"name": "Theirs", "email": "a@x.example", "company_id": company.id})
        message_sudo = self.message.sudo()
        author = message_sudo._mail_author(self.dossier, message_sudo, "a@x.example")
        self.assertFalse(author)
        shared = Partner.create({"name": "Shared", "email": "a@x.example"})
        Partner.create({"name": "Somebody", "email": "c@x.example"})
        self.assertEqual(message_sudo._mail_author(self.dossier, message_sudo, "a@x.example"), shared)
        theirs.company_id = False
        self.dossier.message_subscribe(partner_ids=theirs.ids)
        self.assertEqual(message_sudo._mail_author(self.dossier, message_sudo, "a@x.example"), theirs)

    def test_what_was_said_in_the_thread(self):
        """SD+6: only what this conversation said comes back as a quote; another one's words are new here."""
        self.post(self.employee, body="<p>The doors are measured on Friday morning.</p>")
        head = "From: Dirk\nSent: Monday, 5 January 2026\nTo: a\nSubject: Plan\n\n"
        message = self.receive(
            1, text=f"Fine.\n\n{head}When can you come?\nThe doors are measured on Friday morning.\n"
        )
        self.assertIn("Friday", message.body)
        self.assertIn("When can you come", message.quote)

    def test_language_of_the_notice(self):
        """SD+5: who wrote from another address is told so in the own language, not in somebody else's."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employee.lang = "nl_NL"
        known = self.all_mails()
        self.receive(1, sender="other@x.example")
        notice = self.new_mails(known).filtered(lambda mail: mail.email_to == "other@x.example")
        self.assertIn("Your message arrived", notice.body_html)

    def test_dossier_of_a_subject(self):
        """SD+5: a number in the subject suggests one dossier of the company that was written to; two suggest none."""
        second = self._make_dossier()
        company = self.env["res.company"].create({"name": "Other Works"})
        alias = f"dossier@{ALIAS_DOMAIN}"
        cases = (
            (f"About {self.dossier.name}.", self.dossier),
            (f"{self.dossier.name} and {second.name}", self.dossier.browse()),
            ("About D99", self.dossier.browse()),
        )
        for number, (subject, dossier) in enumerate(cases):
            row = self.receive(number, sender="z@z.example", to=alias, subject=subject)
            self.assertEqual((row.dossier_id, row.company_id), (dossier, self.company), subject)
        second.company_id = company
        self.assertFalse(self.receive(9, sender="z@z.example", to=alias, subject=second.name).dossier_id)

    def test_twentieth_of_a_stranger(self):
        """SD+5: twenty mails of one stranger wait in an hour, the next is set aside; attached ones do not count."""
        alias = f"dossier@{ALIAS_DOMAIN}"
        values = {"sender": "z@z.example", "to": alias, "subject": self.dossier.name}
        rows = [self.receive(number, **values) for number in range(20)]
        self.assertEqual({row.state for row in rows}, {"waiting"})
        self.assertEqual(self.receive(30, **values).state, "aside")
        self.assertEqual(self.receive(31, **{**values, "sender": "y@z.example"}).state, "waiting")
        rows[0].with_user(self.employee).action_attach()
        self.receive(30, **values)
        aside = self.env["service.dossier.unplaced"].search([("state", "=", "aside")])
        aside.date = fields.Datetime.now() - timedelta(hours=2)
        self.assertEqual(self.receive(32, **values).state, "waiting")
        rows[1].date = fields.Datetime.now() - timedelta(hours=2)
        self.assertEqual(self.receive(33, **values).state, "waiting")
        self.assertEqual(self.receive(34, **values).state, "aside")

    def test_who_handles_the_queue(self):
        """SD+5: only who handles dossiers, and only what that person sees; what is attached stays so."""
        row = self.receive(1, sender="z@z.example", to=f"dossier@{ALIAS_DOMAIN}", subject=self.dossier.name)
        clerk = new_test_user(self.env, "sd_clerk", groups="base.group_user")
        actions = ("action_attach", "action_choose_dossier", "action_answer", "action_discard", "action_wait")
        for user in (clerk, self.dealer, self.stranger):
            for action in actions:
                with self.assertRaises(AccessError):
                    getattr(row.with_user(user), action)()
        self.assertEqual(row.state, "waiting")
        row = row.with_user(self.employee)
        row.action_wait()
        self.assertFalse(row.user_id, "it waits already")
        row.action_attach()
        message = row.message_id
        for action in ("action_attach", "action_discard", "action_wait"):
            getattr(row, action)()
            self.assertEqual((row.state, row.message_id), ("attached", message))
        with self.assertRaises(UserError):
            row._attach(self.dossier, message.browse())

    def test_mail_without_its_original(self):
        """SD+5: where the mail itself is gone, nothing is attached in its name."""
        row = self.receive(1, sender="z@z.example", to=f"dossier@{ALIAS_DOMAIN}", subject=self.dossier.name)
        row.mail_id.unlink()
        with self.assertRaises(UserError):
            row.with_user(self.employee).action_attach()
        self.assertEqual(row.state, "waiting")

    def test_how_long_machine_mail_stays(self):
        """SD+5: what was set aside goes after thirty days; what waits, was attached or discarded stays."""
        alias = f"dossier@{ALIAS_DOMAIN}"
        rows = [self.receive(number, sender=f"z{number}@z.example", to=alias) for number in range(4)]
        for row, state in zip(rows, ("aside", "waiting", "discarded", "aside"), strict=True):
            row.write({"state": state, "date": fields.Datetime.now() - timedelta(days=30, seconds=60)})
        rows[3].date = fields.Datetime.now() - timedelta(days=29)
        self.env["service.dossier.unplaced"]._gc_unplaced()
        self.assertEqual([bool(row.exists()) for row in rows], [False, True, True, True])


@tagged("post_install", "-at_install")
class TestReaderBorders(DossierCommon):
    """SD5, SD7, SD12: who is told, and who is said to read."""

    def told(self, message_type="remark", user=None, dossier=None, **values):
        """Return the partners and addresses that hear of a new message."""
        known = self.all_mails()
        self.post(user or self.dealer, message_type, dossier=dossier, **values)
        mails = self.new_mails(known)
        addresses = list(filter(None, mails.mapped("email_to")))
        return mails.recipient_ids | self.env["res.partner"].search([("email", "in", addresses)])

    def test_guests_and_colleagues(self):
        """SD5: a guest hears of what everybody may read, colleagues of what the company may, staff of all."""
        guest = self.env["res.partner"].create({"name": "Guest", "email": "guest@x.example"})
        mute = self.env["res.partner"].create({"name": "Mute"})
        people = guest | mute | self.colleague.partner_id | self.manager.partner_id
        self.dossier.message_subscribe(partner_ids=people.ids)
        everyone = self.told(audience="everyone")
        company = self.told(audience="company")
        self.assertEqual(everyone, guest | (self.colleague | self.manager | self.employee).partner_id)
        self.assertEqual(company, (self.colleague | self.manager | self.employee).partner_id)
        self.assertEqual(self.told(user=self.employee, audience="staff"), self.manager.partner_id)
        self.assertEqual(self.told(audience="internal"), self.colleague.partner_id)

    def test_who_asked_for_service(self):
        """SD8: the warranty document goes to whom of the customer's asked in this dossier, not in another."""
        other = self._make_dossier(self.colleague)
        (self.dossier | other).stage_id = self.stage("finished")
        self.post(self.colleague, "service_request", dossier=other)
        self.post(self.colleague, "remark")
        message = self.post(self.dealer, "service_request")
        self.assertEqual(message.sudo()._service_requesters(), self.dealer.partner_id)

    def test_same_form_twice(self):
        """SD+7: a form makes one message for its author in its dossier; the same key elsewhere is another form's."""
        Message = self.env["service.dossier.message"]
        message = self.post(self.dealer, post_key="k")
        other = self._make_dossier()
        find = Message.with_user(self.dealer)._find_posted
        self.assertEqual(find(self.dossier, "k"), message)
        self.assertFalse(find(other, "k"))
        self.assertFalse(find(self.dossier, "l"))
        self.assertFalse(Message.with_user(self.colleague)._find_posted(self.dossier, "k"))

    def test_what_is_found(self):
        """SD+7: a text is looked for in the names of files, too, and only there where it is."""
        self.post(self.dealer, "attachment", files=[("scaffold.pdf", b"%PDF-1.4")])
        self.post(self.dealer, "attachment", files=[("ladder.pdf", b"%PDF-1.4")])
        Message = self.env["service.dossier.message"].with_user(self.dealer)
        found = Message.search(Message._search_text_domain("scaffold"))
        self.assertEqual(found.sudo().file_ids.mapped("name"), ["scaffold.pdf"])

    def test_news_for_all(self):
        """SD+7: what only some may read does not bring the dossier to the top for the others."""
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            before = self.dossier.date_activity
            self.post(self.dealer, audience="internal")
            self.post(self.employee, audience="staff")
            self.assertEqual(self.dossier.date_activity, before)
            self.post(self.dealer, audience="company")
            self.assertGreater(self.dossier.date_activity, before)

    def test_ten_names(self):
        """SD5: ten names are said, of more that there are more."""
        for count, more in ((10, False), (11, True)):
            users = self.customer._dossier_users()
            for number in range(count - len(users)):
                self._make_portal_user(f"sd_name_{count}_{number}", f"N{number}", self.customer)
            self.assertEqual("…" in self.dossier._readers_text("internal"), more, count)

    def test_readers_are_asked_by_readers(self):
        """SD7: who may not read a dossier does not learn who does; guests are named to those who write to everybody."""
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.stranger)._readers_text("company")
        self.dossier.message_subscribe(partner_ids=(self.stranger | self.employee).partner_id.ids)
        self.assertIn("Steve", self.dossier._readers_text("everyone"))
        self.assertNotIn("Steve", self.dossier._readers_text("company"))
        self.assertNotIn("Guests (Anna", self.dossier._readers_text("everyone"))

    def test_address_book_of_a_dossier(self):
        """SD+10: addresses of this dossier's e-mails; those of the next one, or who wrote a remark, are not offered."""
        other = self._make_dossier()
        self.post(self.dealer, "email", recipients="a@x.example")
        self.post(self.dealer, "email", dossier=other, recipients="b@x.example")
        remark = self.post(self.dealer)
        remark.sudo().write({"origin": "mail", "email_from": "c@x.example"})
        self.assertEqual(list(self.dossier.with_user(self.dealer)._address_book()), ["a@x.example"])
