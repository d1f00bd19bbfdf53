"""The conversation in a browser: what was begun stays, pictures wait for a click, mails are sent again."""

from odoo import http
from odoo.tests import HttpCase, tagged

from .. import mail_parts
from .common import DossierCommon

PICTURE = "/web/static/img/placeholder.png"


@tagged("post_install", "-at_install")
class TestMessagePages(DossierCommon, HttpCase):
    """SD+5, SD+6, SD+10."""

    def login(self, user):
        """Log a portal user in."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)

    def send_email(self):
        """Send an e-mail to two addresses, one of which does not exist."""
        message = self.post(self.dealer, "email", recipients="anna@x.example, bob@y.example", body="<p>When?</p>")
        rows = message.sudo().mailing_ids._get_deliveries()
        rows._settle("sent", "")
        rows.filtered(lambda row: row.address == "bob@y.example")._settle("bounced", "550 no such user")
        return message

    def send_again(self, message, **values):
        """Send the form under an address."""
        data = {"address": "bob@y.example", "csrf_token": http.Request.csrf_token(self), **values}
        return self.url_open(f"/my/dossiers/{self.dossier.id}/message/{message.id}/again", data=data)

    def test_send_again_form(self):
        """SD+5: the author finds the reason and a form under the address, corrects it, and the mail leaves again."""
        message = self.send_email()
        self.login(self.dealer)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        self.assertIn("550 no such user", page)
        form = page.split(f'action="/my/dossiers/{self.dossier.id}/message/{message.id}/again"')[1].split("</form>")[0]
        self.assertIn('name="address" value="bob@y.example"', form)
        self.assertIn('name="new_address"', form)
        self.assertEqual(page.count("/again"), 1, "only where it did not arrive")
        known = self.all_mails()
        page = self.send_again(message, new_address="Bob <bob@z.example>").text
        self.assertIn("The message was sent again.", page)
        self.assertEqual(self.new_mails(known).email_to, "bob@z.example")

    def test_send_again_refusals(self):
        """SD+5: nonsense and addresses that were reached are refused with a sentence; colleagues have no form."""
        message = self.send_email()
        self.login(self.dealer)
        for values, sentence in (
            ({"new_address": "nobody"}, "is not an e-mail address"),
            ({"new_address": "a@x.example, b@x.example"}, "Fill in one address."),
            ({"address": "anna@x.example", "new_address": "c@x.example"}, "No mail to this address failed."),
        ):
            self.assertIn(sentence, self.send_again(message, **values).text)
        self.assertEqual(self.send_again(message, new_address="c@x.example", csrf_token="no").status_code, 400)
        self.login(self.colleague)
        self.assertNotIn("/again", self.url_open(f"/my/dossiers/{self.dossier.id}").text)
        self.assertIn("Only the author", self.send_again(message, new_address="c@x.example").text)
        self.assertEqual(len(message.sudo().mailing_ids), 1, "nothing left")

    def test_begun_messages_and_pictures(self):
        """SD+10, SD+6: a draft survives leaving the page, the address book fills in, a picture loads after a click."""
        self.send_email()
        picture = f'<p>Look: <img src="{self.base_url()}{PICTURE}"></p>'
        message = self.post(self.employee, body="<p>A picture</p>").sudo()
        message.body = mail_parts.hold_back_pictures(picture, "Show the picture from %(server)s")
        self.dealer.sudo().password = self.dealer.login
        known = self.all_mails()
        self.start_tour(f"/my/dossiers/{self.dossier.id}", "service_dossier_messages", login=self.dealer.login)
        sent = self.env["service.dossier.message"].search([("subject", "=", "Begun")])
        self.assertEqual((sent.message_type, sent.recipients, sent.cc), ("email", "bob@y.example", "cc@x.example"))
        self.assertEqual(self.new_mails(known).email_cc, "cc@x.example")

    def test_draft_keeps_its_readers(self):
        """SD7, SD+10: what was begun for the own company alone does not come back as a message to the manufacturer."""
        self.dealer.sudo().password = self.dealer.login
        self.start_tour(f"/my/dossiers/{self.dossier.id}", "service_dossier_internal_draft", login=self.dealer.login)
        message = self.env["service.dossier.message"].sudo().search([("body", "like", "We pay too much")])
        self.assertEqual(message.audience, "internal")
