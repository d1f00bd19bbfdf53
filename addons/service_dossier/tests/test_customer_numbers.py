"""Several customer numbers behind one login."""

from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestCustomerNumbers(DossierCommon, HttpCase):
    """SD+10: an agent of two dealers has one login and switches between them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.env["res.partner"].create({"name": "Agency", "is_company": True, "ref": "C3"})
        cls.agent = cls._make_portal_user("sd_two_numbers", "Ada", cls.agency)
        cls.own = cls._make_dossier(cls.agent, reference="Own")
        cls.foreign = cls._make_dossier(cls.stranger, reference="Foreign")
        cls.agent.partner_id.with_user(cls.manager).sudo().dossier_customer_ids = cls.customer

    def open(self, path, **data):
        """Open a page as the agent; a form with its token."""
        if data:
            data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data or None)

    def login(self):
        """Log the agent in."""
        self.agent.sudo().password = self.agent.login
        self.authenticate(self.agent.login, self.agent.login)

    def test_reads_both_and_no_third(self):
        """SD+10: dossiers, internal messages and warranties of both customers; nothing of a third."""
        internal = self.post(self.dealer, audience="internal")
        env = self.env(user=self.agent)
        self.assertEqual(env["service.dossier"].search([]), self.own | self.dossier)
        self.assertEqual(env["service.warranty"].search([]), self.warranty)
        self.assertIn(internal, env["service.dossier.message"].search([]))
        complaint = self.post(self.dealer, "complaint").sudo().ticket_ids
        other = self.post(self.stranger, "complaint", dossier=self.foreign).sudo().ticket_ids
        self.assertEqual(env["helpdesk.ticket"].search([("id", "in", (complaint | other).ids)]), complaint)
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.agent).read(["name"])

    def test_switch(self):
        """SD+10: the overview shows the chosen customer's dossiers; another's number chooses nothing."""
        self.login()
        page = self.open("/my/dossiers").text
        for number in ("C1", "C3"):
            self.assertIn(number, page)
        self.assertIn(self.own.name, page)
        self.assertIn(self.dossier.name, page)
        page = self.open("/my/dossiers/customer", customer_id=self.customer.id).text
        self.assertIn(self.dossier.name, page)
        self.assertNotIn(self.own.name, page)
        page = self.open("/my/dossiers/customer", customer_id=self.other_customer.id).text
        self.assertIn(self.own.name, page)
        self.assertNotIn(self.foreign.name, page)

    def test_granted_with_a_new_company(self):
        """SD+10: a new employer ends what was granted before, not what is granted in the same moment."""
        person = self.agent.partner_id.sudo()
        person.dossier_administrator = True
        third = self.env["res.partner"].create({"name": "Third agency", "is_company": True})
        grant = [Command.set(self.other_customer.ids)]
        self.env["service.dossier"].with_user(self.agent).search([])  # Odoo caches the record rule now
        person.write({"parent_id": third.id, "dossier_customer_ids": grant})
        self.assertEqual((person.dossier_customer_ids, person.dossier_administrator), (self.other_customer, False))
        self.assertEqual(self.env["service.dossier"].with_user(self.agent).search([]), self.foreign)

    def test_no_switch_for_one_number(self):
        """SD+10: whoever has one customer number sees no switch."""
        self.dealer.sudo().password = self.dealer.login
        self.authenticate(self.dealer.login, self.dealer.login)
        self.assertNotIn("/my/dossiers/customer", self.url_open("/my/dossiers").text)

    def test_acts_for_the_other(self):
        """SD+10: the agent opens a dossier for the other customer, writes and orders in it, and is told."""
        self.login()
        self.open("/my/dossiers/new", product_id=self.service.id, reference="For them", customer_id=self.customer.id)
        dossier = self.env["service.dossier"].search([("reference", "=", "For them")])
        self.assertEqual(dossier.commercial_partner_id, self.customer)
        self.assertEqual(dossier.partner_id, self.customer)
        self.assertIn(self.agent.partner_id, dossier.message_partner_ids)
        page = self.open(f"/my/dossiers/{dossier.id}?tab=configurator&warranty={self.warranty.name}").text
        self.assertIn(self.warranty.name, page)
        self.open(f"/my/dossiers/{dossier.id}/parts", warranty_id=self.warranty.id)
        self.assertEqual(dossier.line_ids.warranty_id, self.warranty)
        message = self.post(self.agent, dossier=dossier, audience="internal")
        self.assertTrue(message.with_user(self.dealer).body)
        known = self.all_mails()
        self.post(self.employee, dossier=dossier)
        self.assertIn(self.agent.partner_id, self.new_mails(known).recipient_ids)

    def test_not_a_third(self):
        """SD+10: a form that names somebody else's customer number opens the dossier for the own company."""
        self.login()
        self.open("/my/dossiers/new", product_id=self.service.id, reference="X", customer_id=self.other_customer.id)
        dossier = self.env["service.dossier"].search([("reference", "=", "X")])
        self.assertEqual(dossier.commercial_partner_id, self.agency)

    def test_answers_reach_the_agent(self):
        """SD+10: who acts for a customer has not left it; the answer comes to the agent's own address."""
        remark = self.post(self.agent)
        self.assertEqual(remark.sudo()._author_email(), self.agent.email)

    def test_listed_and_removed(self):
        """SD+10: the customer's administrator sees the agent among the colleagues, and takes the right away."""
        self.dealer.partner_id.dossier_administrator = True
        dealer = self.dealer.with_user(self.dealer)
        self.assertIn(self.agent, dealer._dossier_colleagues())
        self.assertIn("Ada", self.dossier.with_user(self.dealer)._readers_text("internal"))
        dealer._remove_dossier_colleague(self.agent.id)
        self.env.flush_all()
        self.assertTrue(self.agent.active, "the login is the agency's")
        self.assertEqual(self.env["service.dossier"].with_user(self.agent).search([]), self.own)

    def test_who_grants(self):
        """SD+10: only managers say who acts for whom; it ends with the employer."""
        for user in (self.employee, self.agent):
            with self.assertRaises(AccessError):
                self.agent.partner_id.with_user(user).write(
                    {"dossier_customer_ids": [Command.link(self.other_customer.id)]}
                )
        with self.assertRaises(AccessError):
            self.agent.partner_id.with_user(self.employee).read(["dossier_customer_ids"])
        self.agent.partner_id.parent_id = self.other_customer
        self.assertFalse(self.agent.partner_id.dossier_customer_ids)
        self.assertNotIn(self.dossier, self.env["service.dossier"].with_user(self.agent).search([]))

    def test_guest_learns_no_names(self):
        """SD7: a guest does not learn who of the customer's people read a message."""
        message = self.post(self.dealer, audience="everyone")
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        message.with_user(self.colleague)._mark_read()
        self.stranger.sudo().password = self.stranger.login
        self.authenticate(self.stranger.login, self.stranger.login)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        self.assertIn(f"message-{message.id}", page)
        self.assertNotIn('title="Carla"', page)
        self.dealer.sudo().password = self.dealer.login
        self.authenticate(self.dealer.login, self.dealer.login)
        self.assertIn('title="Carla"', self.url_open(f"/my/dossiers/{self.dossier.id}").text)

    def test_cc_and_address_book(self):
        """SD+10: copies are sent with the mail, count for the limits, and may answer; addresses are remembered."""
        known = self.all_mails()
        message = self.post(
            self.dealer, "email", recipients="Anna <anna@site.example>", cc="ben@site.example; anna@site.example"
        )
        self.assertEqual((message.recipients, message.cc), ("anna@site.example", "ben@site.example"))
        mail = self.new_mails(known)
        self.assertEqual((mail.email_to, mail.email_cc), ("anna@site.example", "ben@site.example"))
        self.assertEqual(
            sorted(row["address"] for row in message.sudo()._get_deliveries()[message.id]),
            ["anna@site.example", "ben@site.example"],
        )
        self.assertTrue(message.sudo().mailing_ids._is_shared())
        book = self.dossier.with_user(self.colleague)._address_book()
        self.assertEqual(set(book), {"anna@site.example", "ben@site.example"})
        self.company.dossier_max_recipients = 1
        with self.assertRaisesRegex(UserError, "at most"):
            self.post(self.dealer, "email", recipients="a@x.example", cc="b@x.example")

    def test_address_book_is_the_readers(self):
        """SD7, SD+10: nobody learns an address from a message that this person may not see."""
        self.post(self.dealer, "email", recipients="partner@secret.example", audience="company")
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        self.assertFalse(self.dossier.with_user(self.stranger)._address_book())
        wizard = self.env["service.dossier.compose"].with_user(self.employee)
        offered = wizard.with_context(default_dossier_id=self.dossier.id)._selection_address()
        self.assertEqual(dict(offered), {"partner@secret.example": "partner@secret.example"})
        self.assertFalse(wizard._selection_address())
