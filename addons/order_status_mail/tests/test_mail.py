from email.utils import parseaddr
from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.base_safeguard.tests.test_languages import take_language_away
from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestMail(StatusMailCommon):
    """What is queued, and what leaves the queue."""

    def _send(self, mail):
        """Send a queued mail through a mail server that keeps it; return the message."""
        sent = []
        with (
            patch.object(IrMail_Server, "_disable_send", lambda _self: False),
            patch.object(IrMail_Server, "_connect__", lambda _self, *a, **kw: None),
            patch.object(
                IrMail_Server, "send_email", lambda _self, msg, *a, **kw: sent.append(msg) or msg["Message-Id"]
            ),
        ):
            mail.send()
        self.assertEqual(len(sent), 1)
        return sent[0]

    def test_the_message_that_leaves(self):
        """OS1, OS9, OS+3: number in the subject, one-click unsubscribe, an HTML and a text part, the right people."""
        order = self._create_told_order(self.lamp, sent=False)
        token = order.status_snapshot_ids._get_access_token()
        message = self._send(self.mails(order))
        self.assertIn(order.name, message["Subject"])
        self.assertEqual(parseaddr(message["To"]), ("Karen Blixen", "karen@example.com"))
        self.assertEqual(parseaddr(message["From"])[1], "shop@garden.example.com")
        head = message.as_bytes().partition(b"\r\n\r\n")[0]
        self.assertRegex(head, rb"\r\nList-Unsubscribe: <https?://[^ ]+/unsubscribe>\r\n")
        self.assertNotIn(b"None [1]", message.as_bytes())
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertRegex(message["List-Unsubscribe"], rf"^<https?://.*/order-status/{order.id}/{token}/unsubscribe>$")
        html = message.get_body(("html",)).get_content()
        text = message.get_body(("plain",)).get_content()
        for part in (html, text):
            self.assertIn("Your order is confirmed", part)
            self.assertIn(f"/order-status/{order.id}/{token}", part)

    def test_large_orders_stay_small(self):
        """OS+7: 200 changed lines make a mail below 80 kB that names how many more there are."""
        products = self.env["product.product"].union(
            *(self._create_product(f"Bulb <{number}> & more {'x' * 80}", stock=5) for number in range(200))
        )
        order = self._create_told_order(*products, quantity=1)
        self.deliver(order, dict.fromkeys(products, 1))
        self.run_action(sent=False)
        mail = self.mails(order)[-1]
        body = mail.body_html
        self.assertLess(len(self._send(mail).as_bytes()), 80_000)
        self.assertRegex(body, r"And more changes \(1\d\d\)")
        self.assertIn("Choose which mails you want", body)

    def test_what_outlook_and_gmail_show(self):
        """OS+7: nothing that caniemail says Outlook or Gmail drop: no SVG logo, pre-line, or padded link."""
        self.website.status_mail_intro = "First line\nSecond line"
        body = self.mails(self._create_told_order(self.lamp)).body_html
        self.assertIn("First line<br/>Second line", body.replace("<br>", "<br/>"))
        for word in ("pre-line", "image/svg"):
            self.assertNotIn(word, body)
        self.assertIn("prefers-color-scheme: dark", body)
        self.assertIn('<td align="center" bgcolor=', body)

    def test_links_are_in_the_mails_language(self):
        """OS+7: the button of a French mail opens the French page."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["res.lang"]._lang_get("fr_FR")
        self.website.language_ids = [Command.link(french.id)]
        customer = self._create_customer("Colette", "colette@example.com", lang="fr_FR")
        order = self._create_told_order(self.lamp, customer=customer)
        self.assertIn(f"/{french.url_code}/order-status/{order.id}/", self.mails(order).body_html)

    def test_mails_of_an_order_are_a_thread(self):
        """OS1: later mails refer to the first and to the one before."""
        order = self._create_told_order(self.lamp)
        for number in ("T1", "T2"):
            order.picking_ids.carrier_tracking_ref = number
            self.run_action()
        first, second, third = self.mails(order)
        self.assertFalse(first.references)
        self.assertEqual(second.references, first.message_id)
        self.assertEqual(third.references.split(), [first.message_id, second.message_id])
        self.assertEqual(len({mail.message_id for mail in (first, second, third)}), 3)

    def test_in_the_customers_language(self):
        """OS9: dates, quantities and the rule's text are those of the customer's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.website.with_context(lang="fr_FR").status_mail_subject = "Votre commande {order}"
        self.lamp.with_context(lang="fr_FR").name = "Lampe de jardin"
        self.lamp.uom_id = self.env.ref("uom.product_uom_kgm")
        customer = self._create_customer("Colette", "colette@example.com", lang="fr_FR")
        order = self._create_told_order(self.lamp, customer=customer, quantity=4, commitment_date="2030-01-31")
        line = order.order_line
        self.deliver(order, {self.lamp: 1.5})
        order.commitment_date = "2030-03-01"
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertEqual(mail.subject, f"Votre commande {order.name}")
        self.assertIn("Lampe de jardin", mail.body_html)
        self.assertIn("1,5 kg", mail.body_html)
        self.assertIn("01/03/2030", mail.body_html)
        self.assertIn('lang="fr-FR"', mail.body_html)
        self.assertTrue(line)

    def test_a_customer_without_a_language(self):
        """OS9: for a customer without a language the website's stands in."""
        self.env["res.lang"]._activate_lang("da_DK")
        danish = self.env["res.lang"]._lang_get("da_DK")
        self.website.write({"language_ids": [Command.link(danish.id)], "default_lang_id": danish.id})
        customer = self._create_customer("Somebody", "some@example.com", lang=False)
        order = self._create_told_order(self.lamp, customer=customer)
        self.assertIn('lang="da-DK"', self.mails(order).body_html)

    def test_a_language_that_was_taken_away(self):
        """OS9: a customer whose language is gone is written to in the website's."""
        self.env["res.lang"]._activate_lang("da_DK")
        danish = self.env["res.lang"]._lang_get("da_DK")
        self.website.write({"language_ids": [Command.link(danish.id)], "default_lang_id": danish.id})
        customer = self._create_customer("Somebody", "some@example.com")
        order = self._create_order(self.lamp, customer=customer)
        take_language_away(customer)
        self.run_action()
        self.assertIn('lang="da-DK"', self.mails(order).body_html)

    def test_hostile_text_is_text(self):
        """OS1: names and numbers with markup are shown, not run."""
        self.lamp.name = "<img src=x onerror=alert(1)>"
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01")
        order.commitment_date = "2031-01-01"
        order.picking_ids.carrier_tracking_ref = '"><script>alert(1)</script>'
        self.run_action()
        html = self.mails(order)[-1].body_html
        self.assertNotIn("<script", html)
        self.assertNotIn("<img src=x", html)
        self.assertIn("&lt;script&gt;", html)

    def test_a_carrier_page_that_is_no_web_page_is_not_linked(self):
        """OS5: only web addresses become links."""
        order = self._create_told_order(self.lamp)
        carrier = self.env["delivery.carrier"].search([("delivery_type", "=", "fixed")], limit=1)
        carrier.tracking_url = "javascript:alert(<shipmenttrackingnumber>)"
        order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "1"})
        self.run_action()
        self.assertNotIn("javascript:", self.mails(order)[-1].body_html)

    def test_staff_read_a_short_note_in_the_chatter(self):
        """OS1: the order's chatter says what was told, without the mail's links."""
        order = self._create_told_order(self.lamp)
        note = self.events(order).message_id
        self.assertIn("Your order is confirmed", note.body)
        self.assertNotIn(order.status_snapshot_ids._get_access_token(), note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)

    def test_bounces_come_back_to_the_order(self):
        """OS1: a bounce of the mail is found by its Message-Id and shown on the order."""
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)
        self._send(mail)
        message = self.events(order).message_id
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": self.customer.email_normalized,
                "bounced_partner": self.customer,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "body": "mailbox unavailable",
                "email_from": "mailer-daemon@example.com",
                "to": "bounce@example.com",
                "message_id": "<bounce@example.com>",
            },
        )
        self.env.invalidate_all()
        self.env["mail.delivery"].search([("is_pending", "=", True)])._tell_documents()
        self.assertEqual(self.events(order, told=None).mail_state, "bounced")
        self.assertIn("came back", order.status_mail_problem)

    def test_products_have_their_picture(self):
        """OS1: changes of a line show the product's picture by the mail's own key."""
        order = self._create_told_order(self.lamp, quantity=1)
        self.deliver(order, {self.lamp: 1})
        self.run_action()
        line = order.order_line
        self.assertIn(f"/picture/{line.id}", self.mails(order)[-1].body_html)

    def test_an_order_for_several_units_of_measure(self):
        """OS6: quantities are told in the unit of the order line."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order(self.lamp, confirm=False)
        order.order_line = [Command.update(order.order_line.id, {"product_uom_id": dozen.id, "product_uom_qty": 2})]
        order.action_confirm()
        self.run_action()
        self.deliver(order, {self.lamp: 12})
        self.run_action()
        self.assertIn("1 dozen", self.mails(order)[-1].body_html)
