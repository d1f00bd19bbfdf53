"""What lies beside what is meant: people who left, files that were taken back, notes between the goods."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..const import ORIGINAL_NAME
from ..models import mail_thread, service_dossier_message
from ..warranty_list import MAX_MONTHS
from .common import DossierCommon


class BesideCase(DossierCommon):
    """Base class: a manager of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "sd_foreigner",
            groups="service_dossier.group_service_dossier_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )

    def add_line(self, **values):
        """Return a configured part, as superuser."""
        values = {"dossier_id": self.dossier.id, "warranty_id": self.warranty.id, "quantity": 1, **values}
        return self.env["service.dossier.line"].create(values)


@tagged("post_install", "-at_install")
class TestBesideMessages(BesideCase):
    """SD3, SD+5: who is told, and what of."""

    def test_people_who_left(self):
        """SD+5: an answer to somebody who left goes to a person of the same customer, else to the customer itself."""
        message = self.post(self.dealer).sudo()
        self.customer.email = "office@dealer.example"
        self.dossier.partner_id = self.colleague.partner_id
        self.dealer.active = False
        self.assertEqual(message._author_email(), self.colleague.email)
        self.colleague.partner_id.parent_id = self.other_customer
        self.assertEqual(message._author_email(), "office@dealer.example")

    def test_who_reads_mail(self):
        """SD+5: neither an archived contact nor one without an address is written to."""
        message = self.post(self.dealer).sudo()
        archived = self.env["res.partner"].create({"name": "Gone", "email": "gone@dealer.example", "active": False})
        self.assertEqual(message._present(archived | self.colleague.partner_id), self.colleague.partner_id)
        self.assertEqual(message._colleagues(), self.colleague.partner_id)
        self.colleague.partner_id.email = False
        self.assertFalse(message._colleagues())

    def test_who_asked_for_service(self):
        """SD8: who asked, and belongs to another customer now, is not told of this one's service."""
        request = self.post(self.dealer, "service_request").sudo()
        self.assertEqual(request._service_requesters(), self.dealer.partner_id)
        self.dealer.partner_id.parent_id = self.other_customer
        self.assertFalse(request._service_requesters())

    def test_where_a_mail_leads(self):
        """SD+5: an employee's mails lead to the office, a customer's to the portal."""
        for author, answering, link in ((self.employee, self.dealer, "office"), (self.dealer, self.employee, "portal")):
            message = self.post(author, audience="everyone" if author == self.employee else "company")
            answer = self.post(answering, parent=message).sudo()
            self.assertEqual([notice.link for notice in answer._author_notices()], [link])
            known = self.all_mails()
            message.sudo()._mail_undelivered(self.env["mail.delivery"])
            body = self.new_mails(known).body_html
            self.assertEqual(("/my/dossiers" in body, "/odoo/" in body), (link == "portal", link == "office"))

    def test_files_that_were_taken_back(self):
        """SD+5: a file that was deactivated leaves with no mail any more."""
        message, mail = self.mail_plan("anna@x.example")
        message_sudo = message.sudo()
        names = ("kept.pdf", "gone.pdf")
        attachments = self.env["ir.attachment"].create([{"name": name, "raw": b"%PDF-1.4"} for name in names])
        kept, gone = self.env["service.dossier.file"].create(
            [{"message_id": message.id, "attachment_id": each.id, "name": each.name} for each in attachments]
        )
        gone.deactivated = True
        mailing = message_sudo.mailing_ids[:1]
        [notice] = message_sudo._author_notices()
        values = message_sudo._prepare_mail_values(mailing, notice)
        self.assertEqual(values["attachment_ids"], [Command.set(kept.attachment_id.ids)])
        self.assertTrue(mail)

    def test_answers_without_text(self):
        """SD3: an answer says something."""
        message = self.post(self.dealer)
        with self.assertRaisesRegex(UserError, "Write a text"):
            self.post(self.employee, parent=message, body="<p><br/></p>")

    def test_answers_in_another_dossier(self):
        """SD3: the window of an answer is that of the message's own dossier."""
        message = self.post(self.dealer)
        window = self.env["service.dossier.compose"].with_user(self.employee)
        values = {"dossier_id": self._make_dossier().id, "parent_id": message.id, "body": "<p>x</p>"}
        with self.assertRaisesRegex(UserError, "another dossier"):
            window.create(values)
        self.assertTrue(window.create({**values, "parent_id": False}), "a new message answers none")

    def test_sent_again(self):
        """SD+5: only what failed, by who may, and not to very many addresses."""
        message, mail = self.mail_plan("anna@x.example")
        with self.assertRaises(AccessError):
            message.with_user(self.colleague).action_send_again()
        with self.assertRaisesRegex(UserError, "arrived, or is on its way"):
            message.with_user(self.employee).action_send_again()
        self.env["mail.delivery"].search([("mail_id", "=", mail.id)])._settle("failed", "550")
        with (
            patch.object(service_dossier_message, "MAX_ADDRESSES_PER_HOUR", 0),
            self.assertRaisesRegex(UserError, "very many"),
        ):
            message.with_user(self.dealer)._send_again("anna@x.example", "")
        message.with_user(self.dealer)._send_again("anna@x.example", "")

    def test_longest_mail(self):
        """SD3: a mail of exactly the length that is shown is whole; of a longer one the original is kept."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-Id"] = "a@x.example", "b@x.example", "<long@x.example>"
        mail.set_content("<p>Long</p>", subtype="html")
        threads = self.env["mail.thread"]
        length = len(threads.message_parse(mail)["body"])
        for limit, names in ((length, []), (length - 1, [ORIGINAL_NAME])):
            with patch.object(mail_thread, "MAX_SHOWN", limit):
                found = threads.message_parse(mail)["attachments"]
            self.assertEqual([attachment[0] for attachment in found], names)


@tagged("post_install", "-at_install")
class TestBesideDossiers(BesideCase):
    """SD1, SD6, SD12: other customers and companies, and what is no goods."""

    def test_handed_over_by_whom(self):
        """SD1: a manager hands over what is of the own company, to a contact that this manager sees."""
        partner = self.stranger.partner_id
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.foreigner)._hand_over(partner.with_user(self.foreigner))
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": self.elsewhere.id})
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.manager)._hand_over(theirs.with_user(self.manager))
        self.assertEqual(self.dossier.partner_id, self.dealer.partner_id)

    def test_transfer(self):
        """SD1: the old customer's people and warranties go along; employees and what is others' stay."""
        follower, guest = (
            self.employee.partner_id,
            self.env["res.partner"].create({"name": "Fitter", "email": "f@x.be"}),
        )
        self.dossier.message_subscribe(partner_ids=(follower | guest | self.colleague.partner_id).ids)
        others = self.make_warranty(partner_id=self.colleague.partner_id.id, dossier_id=self.dossier.id)
        others.sudo().partner_id = self.env["res.partner"].create({"name": "Third", "is_company": True})
        third = others.commercial_partner_id
        dossier = self.dossier.with_user(self.manager)
        dossier._transfer(self.stranger.partner_id.with_user(self.manager), with_warranties=True)
        self.assertTrue(follower <= self.dossier.message_partner_ids and guest <= self.dossier.message_partner_ids)
        self.assertNotIn(self.colleague.partner_id, self.dossier.message_partner_ids)
        self.assertEqual(self.warranty.commercial_partner_id, self.other_customer)
        self.assertEqual(others.commercial_partner_id, third)
        self.dossier._let_go(follower)
        self.assertIn(follower, self.dossier.message_partner_ids, "an employee has business everywhere")

    def test_contact_person_who_left(self):
        """SD5: in the place of who left comes whom the settings name, unless that person left, too."""
        self.company.dossier_contact_id = self.manager
        self.dossier.user_id.active = False
        self.assertEqual(self.dossier._get_contact(), self.manager)
        self.manager.active = False
        self.assertFalse(self.dossier._get_contact())

    def test_orders_of_notes(self):
        """SD6 SD12: an order without goods is not delivered, and moves nothing; its notes are not listed as goods."""
        dossier = self._make_dossier()
        order = self.env["sale.order"].create(
            {
                "partner_id": dossier.partner_id.id,
                "dossier_id": dossier.id,
                "order_line": [Command.create({"display_type": "line_note", "name": "Call first"})],
            }
        )
        order.action_confirm()
        dossier.stage_id = self.stage("ordered")
        self.assertFalse(order._is_delivered())
        dossier._after_delivery()
        self.assertEqual(dossier.stage_id.kind, "ordered")
        self.assertNotIn("<li>", dossier._order_text("Placed.", order))

    def test_service_orders_are_no_original(self):
        """SD6: a service order that is still to come keeps no original order from being delivered."""
        dossier = self._make_dossier()
        self._make_order(dossier, deliver=1)
        self._make_order(dossier, deliver=0).is_service_order = True
        dossier.stage_id = self.stage("ordered")
        dossier._after_delivery()
        self.assertEqual(dossier.stage_id.kind, "delivered")

    def test_document_for_nobody(self):
        """SD9: a warranty document is for the customer: employees who follow are not enough."""
        self.dossier.message_subscribe(partner_ids=self.employee.partner_id.ids)
        (self.dealer | self.colleague).partner_id.email = False
        with self.assertRaisesRegex(UserError, "Nobody of this customer"):
            self.dossier.with_user(self.manager).action_post_warranty_document()

    def test_printed_by_strangers(self):
        """SD9: nobody prints the dossier of others."""
        report = self.env["report.service_dossier.report_dossier"]
        for user in (self.stranger, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                report.with_user(user)._get_report_values(self.dossier.ids)

    def test_parts_that_are_not_ordered(self):
        """SD12: a part that is not ordered is deleted; a part of a piece is not ordered, however it came there."""
        line = self.add_line()
        line.with_user(self.employee).unlink()
        self.assertFalse(line.exists())
        line = self.add_line()
        line.quantity = 1.5
        with self.assertRaisesRegex(UserError, "by the piece"):
            line._check_orderable()

    def test_mailings_of_others(self):
        """SD3: of internal messages, and of other companies, managers read no mailings."""
        message, _mail = self.mail_plan("anna@x.example")
        internal = self.post(self.dealer, audience="internal").sudo()
        mailings = self.env["service.dossier.mail"]
        mailings.create({"message_id": internal.id, "recipients": "a@x.example", "kind": "email"})
        both = [("message_id", "in", (message | internal).ids)]
        self.assertEqual(mailings.with_user(self.manager).search(both).message_id.ids, message.ids)
        self.assertFalse(mailings.with_user(self.foreigner).search(both))


@tagged("post_install", "-at_install")
class TestBesideWarranties(BesideCase):
    """SD+1, SD+8, SD9: the last day, and claims and lists of others."""

    def test_periods(self):
        """SD+1: no month at all, and as many as there can be, are periods."""
        for months, sensible in ((0, True), (MAX_MONTHS, True)):
            warranty = self.env["service.warranty"].new({"date_start": "2026-01-01", "months": months})
            self.assertEqual(warranty._has_sensible_period(), sensible)

    def test_day_of_the_replacement(self):
        """SD+8: on the day of its replacement a unit is still covered, on the next one it is not."""
        today = self.company._dossier_day()
        self.warranty.write({"date_start": today - timedelta(days=9), "date_ended": today, "end_reason": "replaced"})
        self.assertTrue(self.warranty._is_valid_on(today))
        self.assertFalse(self.warranty._is_valid_on(today + timedelta(days=1)))

    def test_no_number(self):
        """SD9: nothing typed is no wrong number."""
        with self.assertRaisesRegex(UserError, "Fill in"):
            self.env["service.warranty"]._find_by_number(self.customer, " - ")

    def test_activities_of_claims(self):
        """SD+8: claims have activities and are decided by their buttons alone; what stands is not reopened."""
        self.dossier.stage_id = self.stage("service")
        line = self.add_line()
        self.env["service.dossier.line"]._place_orders(self.dossier)
        claim = line.sudo().sale_line_id.warranty_claim_ids
        claim = claim or self.env["service.warranty.claim"].search([("warranty_id", "=", self.warranty.id)])
        self.assertEqual(claim.state, "approved")
        claim.with_user(self.manager).write({"activity_ids": []})
        with self.assertRaises(AccessError):
            claim.with_user(self.manager).write({"quantity": 9})
        number = claim.chain_id.claim_number
        claim._reopen()
        self.assertEqual((claim.state, claim.chain_id.claim_number), ("approved", number))

    def test_keys_of_another_company(self):
        """SD9: what another company imported is not known here."""
        warranties = self.env["service.warranty"]
        self.warranty.import_key = "k-1"
        self.assertEqual(warranties._known_keys(self.company, ["k-1", "k-2"]), {"k-1"})
        self.assertFalse(warranties._known_keys(self.elsewhere, ["k-1"]))

    def test_short_lines(self):
        """SD9: a line that ends before its last columns is read as far as it goes."""
        lines = b"number;customer_number;product_code;start\n;C1;SCR\n;C1;SCR;2020-05-01"
        imports = self.env["service.warranty.import"].with_user(self.manager)
        record = imports.create({"file": base64.b64encode(lines)})
        record.action_read()
        self.assertEqual([column.sample for column in record.column_ids][-1], "2020-05-01")
        self.assertNotIn("start", record._map(["", "C1", "SCR"]))

    def test_mail_of_another_company(self):
        """SD+5: a mail is put into a dossier that the person may change, and not while another request does it."""
        row = self.env["service.dossier.unplaced"].create(
            {"subject": "x", "mail_header": "<x@x.example>", "company_id": self.company.id, "reason": "unknown"}
        )
        theirs = self._make_dossier()
        theirs.sudo().company_id = self.elsewhere
        with self.assertRaises(AccessError):
            row.with_user(self.employee)._attach(theirs.with_user(self.employee), self.env["service.dossier.message"])
        mail = self.env["ir.attachment"].create({"name": "m.eml", "raw": b"From: a@x.example\n\nHello"})
        row.mail_id = mail
        with (
            patch.object(type(row), "try_lock_for_update", lambda rows, **_values: rows.browse()),
            self.assertRaisesRegex(UserError, "attached already"),
        ):
            row._attach(self.dossier, self.env["service.dossier.message"])
