from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMailGuards(TransactionCase):
    """PR4: two mails with the same recipient: what is done to one leaves the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})
        values = {"subject": "News", "body_html": "x", "recipient_ids": [Command.set(cls.ann.ids)]}
        cls.mail, cls.other = cls.env["mail.mail"]._queue([values, values])

    def test_one_is_called_off(self):
        """PR4: the other one is still sent, and Odoo still says so."""
        notified = {"notification_type": "email", "notification_status": "ready", "res_partner_id": self.ann.id}
        rows = self.env["mail.notification"].create(
            [{**notified, "mail_message_id": mail.mail_message_id.id, "mail_mail_id": mail.id}
             for mail in (self.mail, self.other)]
        )  # fmt: skip
        self.mail._call_off()
        self.assertEqual(rows.mapped("notification_status"), ["canceled", "ready"])
        self.assertEqual((self.mail.state, self.other.state), ("cancel", "outgoing"))
        self.assertFalse(self.mail.delivery_ids)
        self.assertTrue(self.other.delivery_ids)

    def test_one_is_deleted(self):
        """PR4: what became of it stays without it; that of the other one knows its message."""
        delivery, other = self.mail.delivery_ids, self.other.delivery_ids
        self.mail.mail_message_id.unlink()
        self.assertFalse(delivery.mail_message_id)
        self.assertEqual(other.mail_message_id, self.other.mail_message_id)
