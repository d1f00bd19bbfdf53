from ast import literal_eval

from odoo.tests import TransactionCase


class TestMailQueue(TransactionCase):
    """OS+5: one way into the queue."""

    def test_queue(self):
        """OS+5: the mail waits in the queue with its headers, and the queue is woken."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        headers = {"Auto-Submitted": "auto-generated"}
        mail, plain = self.env["mail.mail"]._queue(
            [
                {"email_to": "a@example.com", "subject": "a", "headers": headers},
                {"email_to": "b@example.com", "subject": "b"},
            ]
        )
        self.assertEqual(literal_eval(mail.headers), headers)
        self.assertEqual((mail + plain).mapped("state"), ["outgoing", "outgoing"])
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), 1)

    def test_made_by_odoo(self):
        """RI10: a mail that Odoo makes for us (an invoice sent by a scheduled action) does not wait for the hour."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        partner = self.env["res.partner"].create({"name": "Mill", "email": "mill@example.com"})
        partner.with_context(mail_owed=True, mail_notify_force_send=False).message_post(
            body="Your invoice", partner_ids=partner.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)]).is_owed)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), 1)
