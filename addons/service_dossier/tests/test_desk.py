"""A customer's own administrator."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestDesk(DossierCommon, HttpCase):
    """SD+10: colleagues are invited and removed by their own administrator, and by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer.partner_id.dossier_administrator = True

    def ask(self, user, path, **data):
        """POST to a page as a user."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data, allow_redirects=False).status_code

    def test_invite(self):
        """SD+10: the invited colleague gets Odoo's invitation and reads the dossiers of the company."""
        known = self.all_mails()
        self.assertEqual(
            self.ask(self.dealer, "/my/colleagues/invite", name=" New  One ", email="New@Dealer.example"), 303
        )
        user = self.env["res.users"].search([("login", "=", "new@dealer.example")])
        self.assertTrue(user.share)
        self.assertEqual((user.name, user.partner_id.parent_id), ("New One", self.customer))
        self.assertIn(self.dossier, self.env["service.dossier"].with_user(user).search([]))
        self.assertIn(
            "new@dealer.example",
            str(self.new_mails(known).mapped("email_to")) + str(self.new_mails(known).recipient_ids.mapped("email")),
        )
        self.assertIn("Invited to the portal by Dirk", str(user.partner_id.message_ids.mapped("body")))

    def test_remove(self):
        """SD+10: a removed colleague cannot log in any more and gets no mail of the dossiers."""
        self.dossier.message_subscribe(partner_ids=self.colleague.partner_id.ids)
        self.assertEqual(self.ask(self.dealer, f"/my/colleagues/{self.colleague.id}/remove"), 303)
        self.assertFalse(self.colleague.active)
        self.assertNotIn(self.colleague.partner_id, self.dossier.message_partner_ids)

    def test_others_do_not(self):
        """SD+10: neither colleagues, strangers nor employees invite or remove; the administrator not elsewhere."""
        for user in (self.colleague, self.stranger, self.employee):
            self.assertEqual(self.ask(user, "/my/colleagues/invite", name="X", email="x@y.example"), 404)
            self.assertEqual(self.ask(user, f"/my/colleagues/{self.dealer.id}/remove"), 404)
        for user in (self.stranger, self.employee, self.manager):
            self.assertEqual(self.ask(self.dealer, f"/my/colleagues/{user.id}/remove"), 404)
            self.assertTrue(user.active)
        self.assertFalse(self.env["res.users"].search([("login", "=", "x@y.example")]))
        with self.assertRaisesRegex(UserError, "yourself"):
            self.dealer.with_user(self.dealer)._remove_dossier_colleague(self.dealer.id)

    def test_addresses(self):
        """SD+10: known addresses, also of employees, and nonsense are refused; nobody's access is changed."""
        dealer = self.dealer.with_user(self.dealer)
        for name, email in (("", "a@b.example"), ("A", ""), ("A", "no address")):
            with self.assertRaisesRegex(UserError, "Fill in"):
                dealer._invite_dossier_colleague(name, email)
        self.stranger.login = "stranger@example.com"
        with self.assertRaisesRegex(UserError, "cannot be invited"):
            dealer._invite_dossier_colleague("Steve", "Stranger@example.com")
        self.assertEqual(self.stranger.partner_id.parent_id, self.other_customer)

    def test_address_of_somebody_else(self):
        """SD+10: the address of somebody with another login is not invited; a former colleague is."""
        dealer = self.dealer.with_user(self.dealer)
        for user in (self.stranger, self.employee, self.colleague):
            with self.assertRaisesRegex(UserError, "cannot be invited"):
                dealer._invite_dossier_colleague("Steve", user.email)
        dealer._remove_dossier_colleague(self.colleague.id)
        self.assertEqual(dealer._invite_dossier_colleague("Carla", self.colleague.email), self.colleague)
        self.assertTrue(self.colleague.active)

    def test_volume(self):
        """SD+10: a customer cannot mail invitations without end."""
        dealer = self.dealer.with_user(self.dealer)
        self.env["res.partner"].create(
            [{"name": str(n), "parent_id": self.customer.id, "dossier_invited": True} for n in range(20)]
        )
        with self.assertRaisesRegex(UserError, "tomorrow"):
            dealer._invite_dossier_colleague("One", "one@more.example")

    def test_invited_again_and_again(self):
        """SD+10: nobody is mailed over and over by removing and inviting; after a day a former colleague is back."""
        dealer = self.dealer.with_user(self.dealer)
        invite = dealer._invite_dossier_colleague
        user = invite("One", "one@more.example")
        dealer._remove_dossier_colleague(user.id)
        known = self.all_mails()
        with self.assertRaisesRegex(UserError, "tomorrow"):
            invite("One", "one@more.example")
        self.assertFalse(self.new_mails(known))
        with freeze_time(fields.Datetime.now() + timedelta(days=1, minutes=1)):
            self.assertEqual(invite("One", "one@more.example"), user)
            with self.assertRaisesRegex(UserError, "cannot be invited"):
                invite("One", "one@more.example")
            today = {"dossier_invited": True, "date_dossier_invited": fields.Datetime.now()}
            others = [{"name": str(n), "parent_id": self.customer.id, **today} for n in range(19)]
            self.env["res.partner"].create(others)
            with self.assertRaisesRegex(UserError, "tomorrow"):  # who was invited once more counts
                invite("Two", "two@more.example")

    def test_known_contact(self):
        """SD+10: whom the manufacturer knows already is that contact, not a second one with the same address."""
        Partner = self.env["res.partner"]
        values = {"email": "info@dealer.example", "parent_id": self.customer.id}
        contact = Partner.create({**values, "name": "Ilse Peeters"})
        Partner.create({**values, "name": "Invoices", "type": "invoice"})
        Partner.create({"name": "Foreign", "email": "info@dealer.example", "parent_id": self.other_customer.id})
        self.dossier.message_subscribe(partner_ids=contact.ids)
        user = self.dealer.with_user(self.dealer)._invite_dossier_colleague("I. Peeters", "info@dealer.example")
        self.assertEqual((user.partner_id, user.login), (contact, "info@dealer.example"))
        self.assertEqual(contact.name, "Ilse Peeters")

    def test_page(self):
        """SD+10: everybody sees the own company's people; the forms are the administrator's."""
        for user, forms in ((self.dealer, True), (self.colleague, False)):
            user.sudo().password = user.login
            self.authenticate(user.login, user.login)
            page = self.url_open("/my/colleagues").text
            self.assertIn("Carla", page)
            self.assertNotIn("Steve", page)
            self.assertEqual("/my/colleagues/invite" in page, forms)

    def test_role_ends_with_the_employer(self):
        """SD+10: whoever changes employer administrates nothing there."""
        self.dealer.partner_id.parent_id = self.other_customer
        self.assertFalse(self.dealer.partner_id.dossier_administrator)
        with self.assertRaises(AccessError):
            self.dealer.with_user(self.dealer)._invite_dossier_colleague("A", "a@b.example")
