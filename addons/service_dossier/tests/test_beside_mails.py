"""Mails, messages and their readers beside those that are meant: other addresses, threads, hours and copies."""

from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import html2plaintext

from .. import mail_quote
from ..models import service_dossier_message, service_dossier_message_gateway, service_dossier_unplaced
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideReaders(BesideCase):
    """SD3, SD7: who reads, answers and is told what."""

    def test_messages_out_of_reach(self):
        """SD3 SD7: nobody writes into, answers or sends again what is out of reach, whatever was read before."""
        message, _mail = self.mail_plan("anna@x.example")
        internal = self.post(self.dealer, audience="internal")

        for call in (
            lambda: self.post(self.stranger, audience="everyone"),
            lambda: self.post(self.foreigner, audience="everyone"),
            lambda: self.post(self.employee, audience="everyone", parent=internal),
            message.with_user(self.stranger).action_reply,
            internal.with_user(self.employee).action_reply,
            message.with_user(self.foreigner)._check_send_again,
        ):
            with self.assertRaises(AccessError):
                self.assertTrue((message | internal).sudo().mapped("dossier_id.commercial_partner_id.name"))
                self.assertTrue((message | internal).sudo().mapped("message_type"))
                call()

    def test_readers_that_customers_cannot_choose(self):
        """SD7: what may not be internal is no reason to be refused other readers."""
        with self.assertRaisesRegex(AccessError, "write to these readers"):
            self.post(self.dealer, "complaint", subject="x", audience="staff")
        with self.assertRaisesRegex(UserError, "cannot be internal"):
            self.post(self.dealer, "complaint", subject="x", audience="internal")

    def test_guests(self):
        """SD7: the customer's own people are named as its own, guests beside them."""
        guest = self.env["res.partner"].create({"name": "Fitter", "email": "f@x.example"})
        self.dossier.message_subscribe(partner_ids=(guest | self.colleague.partner_id).ids)
        groups = {group["label"]: group["names"] for group in self.dossier._get_readers("everyone")}
        self.assertEqual(groups["Guests"], ["Fitter"])

    def test_who_reads_and_who_left(self):
        """SD3: employees, the customer's people and guests are told in their own place; who reads no mail is not."""
        guest = self.env["res.partner"].create({"name": "Fitter", "email": "f@x.example"})
        mute = self.env["res.partner"].create({"name": "Mute", "parent_id": self.customer.id})
        people = guest | mute | self.colleague.partner_id | self.manager.partner_id
        self.dossier.message_subscribe(partner_ids=people.ids)
        for audience, told in (
            ("company", self.colleague.partner_id | self.manager.partner_id | self.employee.partner_id),
            ("everyone", guest | self.colleague.partner_id | self.manager.partner_id | self.employee.partner_id),
        ):
            message = self.post(self.dealer, audience=audience).sudo()
            self.assertEqual(message._notified_partners(), told, audience)
        links = {partner: notice.link for notice in message._reader_notices() for partner in notice.partners}
        self.assertEqual({links[partner] for partner in guest | self.colleague.partner_id}, {"portal"})
        self.assertEqual({links[partner] for partner in (self.employee | self.manager).partner_id}, {"office"})

    def test_told_on_a_ticket(self):
        """SD+4: on the ticket of a complaint employees are told, not the customers who follow it."""
        self.post(self.dealer, "complaint", subject="Scratch")
        ticket = self.env["helpdesk.ticket"].search([("dossier_id", "=", self.dossier.id)])
        complaint = self.dossier.communication_ids[0]
        guest = self.env["res.partner"].create({"name": "Fitter", "email": "f@x.example"})
        ticket.message_subscribe(partner_ids=(guest | self.manager.partner_id).ids)
        self.post(self.employee, parent=complaint, body="<p>We come.</p>")
        said = ticket.message_ids.filtered(lambda message: "We come" in (message.body or ""))
        self.assertIn(self.manager.partner_id, said.partner_ids)
        self.assertNotIn(guest, said.partner_ids)

    def test_own_addresses_within_the_hour(self):
        """SD3: a colleague's mails, those to readers and those of hours ago are not counted."""
        message, _mail = self.mail_plan("anna@x.example")
        message = message.with_user(self.dealer)
        mailing = message.sudo().mailing_ids
        with patch.object(service_dossier_message, "MAX_ADDRESSES_PER_HOUR", 1):
            with self.assertRaisesRegex(UserError, "very many"):
                message._check_mail_volume("b@x.example")
            message.with_user(self.colleague)._check_mail_volume("b@x.example")
            mailing.kind = "message"
            message._check_mail_volume("b@x.example")
            mailing.kind = "email"
            self.env.flush_all()
            ago = fields.Datetime.now() - timedelta(hours=2)
            self.env.cr.execute("UPDATE service_dossier_mail SET create_date = %s WHERE id = %s", (ago, mailing.id))
            mailing.invalidate_recordset(["create_date"])
            message._check_mail_volume("b@x.example")

    def test_references_of_the_same_reader(self):
        """SD14: an answer is shown under the mail that the same reader got before."""
        message = self.post(self.dealer).sudo()
        mailing = message.mailing_ids.filtered(lambda mailing: self.employee.email in mailing.recipients)
        answer = self.post(self.colleague, parent=message).sudo()
        self.assertIn(mailing._message_header_id(self.employee.email), answer._mail_references(self.employee.email))
        self.assertNotIn(f"<dossier-{mailing.id}-", answer._mail_references("x@x.example"))


@tagged("post_install", "-at_install")
class TestBesideMails(BesideCase):
    """SD3, SD+5: mails that come in, and what came back."""

    def make_row(self, mail_header, **values):
        """Return a mail in the queue."""
        return self.env["service.dossier.unplaced"].create(
            {
                "company_id": self.company.id,
                "mail_header": mail_header,
                "reason": "unknown",
                "email_from": "a@x.example",
                "author_name": "Abe",
                "subject": "Re: Plan",
                "body": "<p>Thursday.</p>",
                **values,
            }
        )

    def make_mail(self, to, mail_header="<1@x.example>"):
        """Return an answer of Abe's."""
        mail = EmailMessage()
        mail["From"], mail["To"] = "Abe <a@x.example>", to
        mail["Subject"], mail["Message-Id"] = "Re: Plan", mail_header
        mail.set_content("Thursday.")
        return mail

    def receive(self, mail):
        """Hand a mail to the gateway."""
        self.env["mail.thread"].message_process(False, mail.as_bytes())

    def test_other_mails_in_the_queue(self):
        """SD+5: a mail that is placed takes its own copy out of the queue, no other one of the same text."""
        _message, mail = self.mail_plan("a@x.example")
        other = self.make_row("<2@x.example>")
        self.receive(self.make_mail(mail.reply_to))
        self.assertEqual(other.state, "waiting")

    def test_copy_that_was_placed(self):
        """SD+5: where somebody put a mail stays, when another copy of it arrives."""
        placed = self.post(self.colleague).sudo()
        row = self.make_row("<1@x.example>", state="attached", message_id=placed.id)
        message, mail = self.mail_plan("a@x.example")
        self.receive(self.make_mail(mail.reply_to))
        self.assertTrue(message.sudo().child_ids)
        self.assertEqual(row.message_id, placed)

    def test_refused_files_beside_the_queue(self):
        """SD+5: a mail whose files were refused is kept, whatever else is in the queue."""
        _message, mail = self.mail_plan("a@x.example")
        other = self.make_row("<2@x.example>")
        answer = self.make_mail(mail.reply_to)
        answer.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
        self.receive(answer)
        kept = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<1@x.example>")])
        self.assertEqual((kept.reason, other.reason), ("files", "unknown"))

    def test_who_writes_on_and_on(self):
        """SD+5: only the same sender's waiting mails within the hour set the next one aside."""
        row = self.make_row("<2@x.example>")
        state = self.env["service.dossier.unplaced"]._first_state
        with patch.object(service_dossier_unplaced, "MAX_REPLIES_PER_HOUR", 1):
            self.assertEqual(state("unknown", "a@x.example"), "aside")
            self.assertEqual(state("unknown", "b@x.example"), "waiting")
            row.state = "attached"
            self.assertEqual(state("unknown", "a@x.example"), "waiting")
            row.write({"state": "waiting", "date": fields.Datetime.now() - timedelta(hours=2)})
            self.assertEqual(state("unknown", "a@x.example"), "waiting")

    def test_loops(self):
        """SD3: only the same sender's mails to the same dossier within the hour are a loop."""
        message, _mail = self.mail_plan("a@x.example")
        mailing = message.sudo().mailing_ids
        written = self.post(self.colleague).sudo()
        loop = {"origin": "mail", "email_from": "a@x.example", "date": fields.Datetime.now()}
        beside = (
            {"origin": "portal"},
            {"email_from": "b@x.example"},
            {"date": fields.Datetime.now() - timedelta(hours=2)},
            {"dossier_id": self._make_dossier().id},
        )
        with patch.object(service_dossier_message_gateway, "MAX_REPLIES_PER_HOUR", 1):
            written.write(loop)
            self.assertTrue(written._is_mail_loop(mailing, "Abe <a@x.example>"))
            for values in beside:
                written.write({**loop, **values})
                self.assertFalse(written._is_mail_loop(mailing, "Abe <a@x.example>"), values)

    def test_what_was_said_before(self):
        """SD+6: what comes back is known from the same thread, or else from the dossier, without internal words."""
        root = self.post(self.dealer, body="<p>Root</p>")
        self.post(self.employee, parent=root, body="<p>Answer</p>")
        self.post(self.colleague, body="<p>Beside</p>")
        self.post(self.colleague, audience="internal", body="<p>Secret</p>")
        self.post(self.dealer, dossier=self._make_dossier(), body="<p>Elsewhere</p>")
        messages = self.env["service.dossier.message"].sudo()
        for parent, known in (
            (messages, {"Root", "Answer", "Beside"}),
            (root.sudo(), {"Root", "Answer"}),
        ):
            texts = " ".join(map(html2plaintext, messages._known_texts(self.dossier.sudo(), parent)))
            words = {"Root", "Answer", "Beside", "Secret", "Elsewhere"}
            self.assertEqual({word for word in words if word in texts}, known)

    def test_address_of_who_was_removed(self):
        """SD3: the customer's own person of an address counts first, and nobody else's address."""
        messages, address = self.env["service.dossier.message"].sudo(), self.dealer.email
        self.assertFalse(messages._is_removed(self.customer, address))
        self.dealer.active = False
        self.assertTrue(messages._is_removed(self.customer, address), "others of the customer's are there")
        self.stranger.partner_id.email = address
        self.assertTrue(messages._is_removed(self.customer, address), "a namesake at another customer's")
        self.assertFalse(messages._is_removed(self.other_customer, address))

    def test_one_of_two_came_back(self):
        """SD+5: of two addresses that got one mail, only that one did not arrive that the report names."""
        message, mail = self.mail_plan("anna@x.example, bob@y.example")
        rows = message.sudo().mailing_ids._get_deliveries()
        self.assertEqual(len(rows), 2)
        header = mail.message_id
        rows.message_header = False
        bounced = self.env["mail.delivery"]._bounce([header], ["bob@y.example"], "550")
        self.assertEqual(bounced.mapped("address"), ["bob@y.example"])
        self.assertEqual(set(rows.mapped("state")), {"bounced", rows.filtered(lambda r: r.address[0] == "a").state})

    def test_deliveries_of_other_documents(self):
        """SD+5: what became of another document's mail is none of a mailing's, whatever its number."""
        message, _mail = self.mail_plan("anna@x.example")
        mailing = message.sudo().mailing_ids
        own = mailing._get_deliveries()
        other = own.create(
            {"res_model": "sale.order", "res_id": mailing.id, "address": "anna@x.example", "state": "sent"}
        )
        self.assertEqual(mailing._get_deliveries(), own)
        other.res_id = self.env["service.dossier.mail"].search([], order="id desc", limit=1).id + 1000
        self.assertEqual(mailing._find_recent(["anna@x.example"]), mailing)
        own.state = "bounced"
        self.assertFalse(mailing._find_recent(["anna@x.example"]), "it came back already")


@tagged("post_install", "-at_install")
class TestBesideQuotes(BaseCase):
    """SD+6: what introduces a quote."""

    def test_two_signs(self):
        """SD+6: a day and an address are enough to be sure that a mail program wrote an introduction."""
        lines = [mail_quote.Line("On Monday, 5 January 2026, Abe <a@x.example> wrote:"), mail_quote.Line("When?")]
        self.assertEqual(mail_quote._read_introduction(lines, 0), (1, True))
        lines[0] = mail_quote.Line("On Monday, 5 January 2026, Abe wrote:")
        self.assertEqual(mail_quote._read_introduction(lines, 0), (1, False))
