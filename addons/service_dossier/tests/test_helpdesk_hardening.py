"""What helpdesk_mgmt leaves open, closed."""

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestHelpdeskHardening(DossierCommon, HttpCase):
    """SD4: closing tickets, stages, followers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {"name": "Own", "description": "<p>x</p>", "partner_id": cls.dealer.partner_id.id}
        )
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.plain = new_test_user(cls.env, "sd_plain_employee", groups="base.group_user")

    def close(self, user, stage=None, method="POST", **data):
        """Ask for the ticket to be closed."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)
        data = {"ticket_id": self.ticket.id, "stage_id": (stage or self.done).id, **data}
        if method == "GET":
            return self.url_open(
                "/ticket/close?" + "&".join(f"{k}={v}" for k, v in data.items()), allow_redirects=False
            )
        data.setdefault("csrf_token", http.Request.csrf_token(self))
        return self.url_open("/ticket/close", data=data, allow_redirects=False)

    def test_get_closes_nothing(self):
        """SD4: a link scanner that follows the address closes nothing."""
        self.assertEqual(self.close(self.dealer, method="GET").status_code, 405)
        self.assertFalse(self.ticket.closed)

    def test_forged_form(self):
        """SD4: a form on another site has no token and closes nothing."""
        self.assertEqual(self.close(self.dealer, csrf_token="wrong").status_code, 400)
        self.assertFalse(self.ticket.closed)

    def test_foreign_ticket(self):
        """SD4: neither another customer nor an employee without rights closes the ticket."""
        for user in (self.stranger, self.plain):
            self.assertEqual(self.close(user).status_code, 404)
            self.assertFalse(self.ticket.closed)

    def test_own_ticket(self):
        """SD4: its customer and the customer's colleague close it, into closing stages only."""
        self.close(self.dealer, stage=self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting"))
        self.assertFalse(self.ticket.closed)
        response = self.close(self.colleague)
        self.assertEqual(response.status_code, 302)
        self.assertTrue(self.ticket.closed)

    def test_nonsense(self):
        """SD4: nonsense is not found instead of a server error."""
        self.assertEqual(self.close(self.dealer, ticket_id="x").status_code, 404)
        self.assertEqual(self.close(self.dealer, ticket_id="999999999").status_code, 404)

    def test_page_posts(self):
        """SD4: the buttons of the ticket page send POST with a token."""
        self.dealer.sudo().password = "sd_dealer"
        self.authenticate("sd_dealer", "sd_dealer")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        form = page[page.index('action="/ticket/close"') - 200 :][:700]
        self.assertIn('method="POST"', form)
        self.assertIn("csrf_token", form)

    def test_public_cannot_write_stages(self):
        """SD4: visitors who are not logged in cannot rename or reorder stages."""
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.done.with_user(public).write({"name": "Hacked"})

    def test_follower_of_another_company(self):
        """SD4: following a ticket shows it to that person alone, a complaint of a dossier to nobody outside."""
        neighbour = self._make_portal_user("sd_neighbour", "Nina", self.other_customer)
        self.ticket.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        Ticket = self.env["helpdesk.ticket"]
        domain = [("id", "=", self.ticket.id)]
        self.assertTrue(Ticket.with_user(self.stranger).search(domain))
        self.assertFalse(Ticket.with_user(neighbour).search(domain), "a follower's colleagues do not follow")
        complaint = self.post(self.dealer, "complaint").sudo().ticket_ids
        complaint.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        self.assertFalse(Ticket.with_user(self.stranger).search([("id", "=", complaint.id)]))
        self.assertTrue(Ticket.with_user(self.colleague).search([("id", "=", complaint.id)]))
