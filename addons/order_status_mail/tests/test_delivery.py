from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestDelivery(StatusMailCommon):
    """News counts as told when a mail server took it; what was not delivered is told later."""

    def _told_sentences(self, order):
        return [event._describe()["text"] for event in self.events(order)]

    def test_a_mail_server_that_is_down_for_one_run(self):
        """OS+5: the mail stays in the queue, and the order says why; it is not news again."""
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)

        def refuse(_self, *_args, **_kwargs):
            raise ConnectionRefusedError(111, "Connection refused")

        with (
            patch.object(IrMail_Server, "_disable_send", lambda _self: False),
            patch.object(IrMail_Server, "_connect__", refuse),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            mail.send()
        self.env.invalidate_all()
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("Connection refused", order.status_mail_problem)
        self.run_action()
        self.assertEqual(self.mails(order), mail)
        self.settle(mail)
        self.assertFalse(order.status_mail_problem)
        self.assertEqual(self.events(order).mail_state, "sent")

    @mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin")
    def test_a_shop_without_a_sender(self):
        """OS+5: nobody to send them: the order and the list of failures say what to enter; then all is told."""
        self.website.status_mail_from = False
        self.company.write({"email": False, "alias_domain_id": False})
        order = self._create_order(self.lamp)
        self.commit_marks()
        self.cron()
        self.assertFalse(self.mails(order))
        for words in (order.status_mail_problem, order.status_snapshot_ids.error):
            self.assertIn("no sender", words)
            self.assertIn("Garden Shop", words)
        self.cron()
        self.assertEqual(order.status_snapshot_ids.error_count, 1, "it is not tried each time")
        self.company.email = "office@garden.example.com, second@garden.example.com"
        self.cron()
        self.assertEqual(self.mails(order).email_from, '"Garden Shop" <office@garden.example.com>')
        self.assertFalse(order.status_mail_problem)

    def test_what_was_not_delivered_is_told_with_the_next_change(self):
        """OS+5: a mail that failed for good: the next mail tells both, compared with what the customer knows."""
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01")
        self.settle(self.mails(order))
        order.commitment_date = "2030-02-02"
        self.run_action()
        self.settle(self.mails(order)[-1], "failed", "554 rejected")
        self.assertEqual(self.events(order, "date", told=None)[-1].reason, "undelivered")
        self.run_action()
        self.assertEqual(len(self.mails(order)), 2, "nothing new: nobody is pestered")
        order.commitment_date = "2030-03-03"
        order.picking_ids.carrier_tracking_ref = "T1"
        self.run_action()
        body = self.mails(order)[-1].body_html
        self.assertIn("T1", body)
        self.assertIn("Expected on 03/03/2030 instead of 01/01/2030", body)
        self.assertFalse(order.status_snapshot_ids.undelivered)
        self.assertIn("told_later", self.events(order, "date", told=False).mapped("reason"))

    def test_a_change_back_to_what_the_customer_knows(self):
        """OS+5, OS+1: what was not delivered and changed back needs no mail."""
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01")
        self.settle(self.mails(order))
        order.commitment_date = "2030-02-02"
        self.run_action()
        self.settle(self.mails(order)[-1], "failed")
        order.commitment_date = "2030-01-01"
        order.picking_ids.carrier_tracking_ref = "T1"
        self.run_action()
        self.assertNotIn("Expected", self.mails(order)[-1].body_html)

    def test_a_mended_address_gets_what_is_missing(self):
        """OS+5: after a bounce the corrected address gets everything in one mail by itself, once."""
        order = self._create_told_order(self.lamp)
        self.bounce(order)
        self.assertIn("karen@example.com", order.status_mail_problem)
        self.assertIn("mailbox unavailable", order.status_mail_problem)
        order.picking_ids.carrier_tracking_ref = "T1"
        self.run_action()
        self.bounce(order)
        self.customer.email = "blixen@example.com"
        self.assertIn("karen@example.com", order.status_mail_problem, "the new address has not bounced")
        self.run_action()
        self.assertEqual(len(self.mails(order)), 3)
        mail = self.mails(order)[-1]
        for words in ("Your order is confirmed", "T1"):
            self.assertIn(words, mail.body_html)
        self.assertEqual(order.status_snapshot_ids.order_id.status_event_ids[0].mail_id.address, "blixen@example.com")
        self.settle(mail)
        self.assertFalse(order.status_mail_problem)
        self.customer.email = "blixen@example.org"
        self.run_action()
        self.assertEqual(len(self.mails(order)), 3, "nothing is missing any more")

    def test_an_address_that_was_missing(self):
        """OS+5: a customer without an address hears everything once there is one, goods received too."""
        nobody = self._create_customer("No Mail", False)
        order = self._create_order(self.planter, customer=nobody)
        self.run_action()
        self.receive(self._create_purchase(self.planter, 2, "2030-05-01"))
        self.run_action()
        self.assertFalse(self.mails(order))
        nobody.email = "somebody@example.com"
        self.run_action()
        body = self.mails(order).body_html
        self.assertIn("Your order is confirmed", body)
        self.assertIn("received for you", body)

    def test_two_addresses(self):
        """OS+5: both addresses of a customer are written to; one that gets it is enough to know."""
        self.customer.email = "one@example.org, two@example.org"
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)
        self.assertEqual(sorted(mail.delivery_ids.mapped("address")), ["one@example.org", "two@example.org"])
        first, second = mail.delivery_ids
        first._settle("bounced", "no")
        second._settle("sent", False)
        mail.delivery_ids._tell_documents()
        self.env.invalidate_all()
        self.assertEqual(self.events(order).mail_state, "sent")
        self.assertFalse(order.status_snapshot_ids.undelivered)

    def test_one_of_two_addresses_does_not_work(self):
        """OS+5: the order names the address that failed, until it is taken away; the news was told at the other."""
        self.customer.email = "karen@example.com, old@example.com"
        order = self._create_told_order(self.lamp, sent=False)
        for address, state in (("karen@example.com", "sent"), ("old@example.com", "failed")):
            row = self.mails(order).delivery_ids.filtered(lambda row, address=address: row.address == address)
            row._settle(state, state == "failed" and "550 no such user")
            row._tell_documents()
        self.env.invalidate_all()
        self.assertIn("old@example.com", order.status_mail_problem)
        self.assertFalse(order.status_snapshot_ids.undelivered)
        self.customer.email = "karen@example.com"
        self.env.invalidate_all()
        self.assertFalse(order.status_mail_problem)

    def test_choices_hold_for_the_address(self):
        """OS+5, OS+3: a guest who refused is not written to as the new contact of the next checkout."""
        self.env["order.status.preference"]._choose(self.customer, self.website, wanted=set(), source="one_click")
        guest = self._create_customer("K. Blixen", "Karen@Example.com")
        order = self._create_order(self.lamp, customer=guest)
        self.run_action()
        self.assertFalse(self.mails(order))
        self.assertEqual(self.events(order, told=None).reason, "opted_out")

    def test_links_end_with_the_customer_they_were_for(self):
        """OS+5: corrected address, other customer, merged contacts: links of the mails so far stop working."""
        order = self._create_told_order(self.lamp)
        snapshot = order.status_snapshot_ids
        other = self._create_customer("Isak Dinesen", "isak@example.com")
        changes = (
            lambda: setattr(self.customer, "email", "k@example.com"),
            lambda: setattr(order, "partner_id", other),
            lambda: self.env["base.partner.merge.automatic.wizard"]._merge(
                [other.id, self.customer.id], self.customer, extra_checks=False
            ),
        )
        for change in changes:
            token = snapshot._get_access_token()
            self.assertTrue(snapshot._find_by_token(order.id, token))
            change()
            self.env.invalidate_all()
            self.assertFalse(snapshot._find_by_token(order.id, token))
            self.assertTrue(snapshot._find_by_token(order.id, snapshot._get_access_token()))

    def test_the_same_address_in_other_letters_is_no_change(self):
        """OS+5: links go on working where the address only changed its case, or another field changed."""
        order = self._create_told_order(self.lamp)
        token = order.status_snapshot_ids._get_access_token()
        self.customer.write({"email": "Karen@Example.com", "phone": "+45 1"})
        order.write({"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.lamp.id})]})
        self.assertTrue(order.status_snapshot_ids._find_by_token(order.id, token))

    def test_the_mail_is_kept(self):
        """OS+5: the service desk reads the mail as it was sent, with the address of then."""
        order = self._create_told_order(self.lamp)
        kept = self.events(order).mail_id
        self.assertIn("Your order is confirmed", kept.body_html)
        self.assertEqual((kept.address, kept.subject), ("karen@example.com", self.mails(order).subject))

    def test_a_mail_that_waits_gets_the_links_of_now(self):
        """OS+5: the address is mended before the mail leaves: its links open the order's page."""
        order = self._create_told_order(self.lamp, sent=False)
        mail, snapshot = self.mails(order), order.status_snapshot_ids
        old = snapshot._get_access_token()
        self.customer.email = "right@example.com"
        self.env.invalidate_all()
        new = snapshot._get_access_token()
        for text in (mail.body_html, mail.body_text, mail.headers):
            self.assertIn(new, text)
            self.assertNotIn(old, text)

    def test_a_merge_that_brings_an_address(self):
        """OS+5: the contact that stays has the address that was missing: what is owed is told."""
        order = self._create_order(self.lamp, customer=self._create_customer("Karen B.", False))
        self.run_action()
        self.assertFalse(self.mails(order))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [order.partner_id.id, self.customer.id], self.customer, extra_checks=False
        )
        self.env.invalidate_all()
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1)

    def test_goods_of_an_order_that_is_cancelled(self):
        """OS+5: "back in stock" reached nobody; once the order is cancelled it is no news any more."""
        order = self._create_told_order(self.planter)
        self.receive(self._create_purchase(self.planter, 10, "2030-05-01"))
        self.run_action()
        self.assertIn("stock", self.events(order).mapped("rule"))
        self.bounce(order)
        order._action_cancel()
        self.customer.email = "right@example.com"
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertIn("Your order is cancelled", mail.body_html)
        self.assertNotIn("Back in stock", mail.body_html)
