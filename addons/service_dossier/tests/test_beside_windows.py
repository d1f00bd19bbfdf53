"""Windows of others, and mails, complaints and lists beside the one that is meant."""

import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import ALIAS_DOMAIN
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideWindows(BesideCase):
    """SD3, SD+5, SD9: windows of others, and what is told of whom."""

    def test_windows_are_their_makers(self):
        """SD3: nobody finds the windows of a colleague, who may do the same."""
        message, _mail = self.mail_plan("anna@x.example")
        row = self.env["service.dossier.unplaced"].create(
            {"subject": "x", "mail_header": "<w@x.example>", "company_id": self.company.id, "reason": "unknown"}
        )
        second = new_test_user(self.env, "sd_second", groups="service_dossier.group_service_dossier_manager")
        partner, dossiers = self.stranger.partner_id.id, [Command.set(self.dossier.ids)]
        for name, values in (
            ("service.dossier.compose", {"dossier_id": self.dossier.id}),
            ("service.dossier.transfer", {"dossier_ids": dossiers, "partner_id": partner}),
            ("service.warranty.transfer", {"warranty_ids": [Command.set(self.warranty.ids)], "partner_id": partner}),
            ("service.dossier.place", {"unplaced_id": row.id, "dossier_id": self.dossier.id}),
            ("service.dossier.resend", {"message_id": message.id, "address": "a@x.be", "new_address": "b@x.be"}),
        ):
            window = self.env[name].with_user(self.manager).create(values)
            own = [("id", "=", window.id)]
            with self.subTest(name=name):
                self.assertTrue(self.env[name].with_user(self.manager).search(own))
                self.assertFalse(self.env[name].with_user(second).search(own))

    def test_number_of_another_customer(self):
        """SD9: the right number of somebody else's warranty is none of this customer's."""
        warranties = self.env["service.warranty"]
        self.assertEqual(warranties._find_by_number(self.customer, self.warranty.name), self.warranty)
        self.assertFalse(warranties._find_by_number(self.other_customer, self.warranty.name))

    def test_merged_into_itself(self):
        """SD+4: no complaint is merged into itself."""
        for subject in ("One", "Two"):
            self.post(self.dealer, "complaint", subject=subject)
        tickets = self.env["helpdesk.ticket"].search([("dossier_id", "=", self.dossier.id)])
        self.assertEqual(len(tickets), 2)
        with self.assertRaisesRegex(UserError, "Only complaints of one dossier"):
            tickets._merge_into(tickets[0])

    def test_company_of_a_mail(self):
        """SD+5: a mail belongs to the company whose address it was sent to."""
        domain = self.env["mail.alias.domain"].create({"name": "elsewhere.example.com"})
        self.elsewhere.alias_domain_id = domain
        unplaced = self.env["service.dossier.unplaced"]
        for address, company in ((domain.name, self.elsewhere), (ALIAS_DOMAIN, self.company), ("x.be", self.company)):
            self.assertEqual(unplaced._company_of({"recipients": f"dossier@{address}"}), company)

    def test_what_did_not_arrive(self):
        """SD+5: of two addresses that of which nothing came back is not named as failed."""
        message, mail = self.mail_plan("anna@x.example, bob@y.example")
        rows = self.env["mail.delivery"].search([("mail_id", "=", mail.id)])
        failed = rows.filtered(lambda row: row.address == "bob@y.example")
        (rows - failed)._settle("sent", "")
        failed._settle("failed", "550 no such user")
        known = self.all_mails()
        message.sudo().mailing_ids._on_mail_delivery(rows)
        [body] = self.new_mails(known).mapped("body_html")
        self.assertIn("bob@y.example", body)
        self.assertNotIn("anna@x.example", body)

    def test_lists_that_are_being_imported(self):
        """SD9: a list is imported once, from the moment on at which its columns are chosen."""
        record = self.env["service.warranty.import"].with_user(self.manager).create({"file": base64.b64encode(b"x")})
        for state in ("draft", "queued"):
            record.sudo().state = state
            with self.assertRaisesRegex(UserError, "being imported already"):
                record.action_import()

    def test_whom_an_address_belongs_to(self):
        """SD1: an address is that of a person of this customer: no other customer's, no company's, no delivery's."""
        address = "kim@dealer.example"
        person = {"name": "Kim", "email": address}
        for values in ({"parent_id": self.other_customer.id}, {"parent_id": self.customer.id, "type": "delivery"}):
            self.env["res.partner"].create({**person, **values})
        self.customer.email = address
        self.assertFalse(self.dealer._known_dossier_colleague(self.customer, address))
        kim = self.env["res.partner"].create({**person, "parent_id": self.customer.id})
        self.assertEqual(self.dealer._known_dossier_colleague(self.customer, address), kim)

    def test_mails_of_another_dossier(self):
        """SD3: a dossier that is deleted takes its own mails along, and no others."""
        gone, kept = self._make_dossier(), self._make_dossier()
        values = {"subject": "x", "company_id": self.company.id, "reason": "unknown", "state": "attached"}
        rows = self.env["service.dossier.unplaced"].create(
            [{**values, "dossier_id": each.id, "mail_header": f"<{each.id}@x.example>"} for each in (gone, kept)]
        )
        gone.unlink()
        self.assertEqual(rows.exists(), rows[1])

    def test_complaints_of_another_company(self):
        """SD+4: how quickly another company answers its complaints is not shown."""
        self.post(self.dealer, "complaint", subject="Scratch")
        self.env.flush_all()
        reports = self.env["service.complaint.report"]
        self.assertTrue(reports.with_user(self.manager).search([]))
        self.assertFalse(reports.with_user(self.foreigner).search([("company_id", "=", self.company.id)]))
