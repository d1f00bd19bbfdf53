"""A customer's own administrator."""

from odoo import http
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
