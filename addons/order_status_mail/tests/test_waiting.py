from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestWaiting(StatusMailCommon):
    """A mail that has not left says nothing that is no longer true, to nobody who is not concerned any more."""

    def _waiting(self, order):
        return self.mails(order).filtered(lambda mail: mail.state == "outgoing")

    def test_another_customer(self):
        """OS+5: the order gets another customer before the mail left: it is made anew for the new one."""
        order = self._create_told_order(self.lamp, sent=False)
        old = self.mails(order)
        order.partner_id = self._create_customer("Isak Dinesen", "isak@example.com", lang="en_US")
        self.assertEqual(old.state, "cancel")
        self.assertFalse(old.delivery_ids)
        self.assertNotIn(order.status_snapshot_ids._get_access_token(), old.body_html)
        self.assertEqual(order.status_event_ids.mail_id.state, "replaced")
        self.assertEqual(old.mail_message_id.notification_ids.notification_status, "canceled")
        self.run_action()
        new = self.mails(order) - old
        self.assertEqual(new.recipient_ids.email, "isak@example.com")
        self.assertIn("Hello Isak Dinesen", new.body_html)
        self.assertIn("Your order is confirmed", new.body_html)
        self.assertFalse(order.status_snapshot_ids.undelivered)
        self.assertFalse(order.status_mail_problem)
        self.assertEqual(self.events(order, told=False).mapped("reason"), ["told_later"])

    def test_another_customer_after_the_mail_left(self):
        """OS+5: what was told stays told."""
        order = self._create_told_order(self.lamp)
        order.partner_id = self._create_customer("Isak Dinesen", "isak@example.com")
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1)

    def test_a_mail_of_which_one_address_has_it(self):
        """OS+5: a mail that one of two addresses got is known; the other one still waits for it."""
        self.customer.email = "one@example.org, two@example.org"
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)
        mail.delivery_ids[0]._settle("sent", False)
        order.status_picked = True
        self.run_action(sent=False)
        self.assertEqual(mail.state, "outgoing")
        self.assertNotIn("confirmed", self.mails(order)[-1].body_text)

    def test_newer_news(self):
        """OS+5, OS+6: the server is down while the date moves twice and the goods are sent: one mail, all true."""
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01")
        order.commitment_date = "2030-02-02"
        self.run_action(sent=False)
        order.commitment_date = "2030-03-03"
        order.status_picked = True
        self.run_action(sent=False)
        mail = self._waiting(order)
        self.assertEqual(len(mail), 1)
        self.assertIn("Expected on 03/03/2030 instead of 01/01/2030", mail.body_text)
        self.assertIn("picked", mail.body_text)
        self.assertNotIn("02/02/2030", mail.body_text)
        self.deliver(order, {self.lamp: 2})
        self.run_action(sent=False)
        mail = self._waiting(order)
        self.assertEqual(len(mail), 1)
        self.assertIn("Delivered: 2", mail.body_text)
        self.assertNotIn("Expected on", mail.body_text)
        self.assertEqual(len(self.mails(order)), 4)

    def test_what_changed_back_while_its_mail_waited(self):
        """OS+1: nobody hears of a date that moved and moved back, and nothing is owed."""
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01")
        order.commitment_date = "2030-02-02"
        self.run_action(sent=False)
        order.commitment_date = "2030-01-01"
        self.run_action(sent=False)
        self.assertFalse(self._waiting(order))
        self.assertFalse(order.status_snapshot_ids.undelivered)
        self.assertFalse(order.status_mail_problem)
        self.assertEqual(set(self.events(order, "date", told=False).mapped("reason")), {"changed_back"})

    def test_a_touch_without_news_takes_no_mail_back(self):
        """OS+1: an order that is looked at again keeps the mail that waits."""
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)
        self.env["order.status.mark"]._mark("order", order.ids, "picked")
        self.run_action(sent=False)
        self.assertEqual(self._waiting(order), mail)

    def test_the_mail_of_the_next_order_waits_on(self):
        """OS+1: only the mail of the order with news is taken back."""
        order, other = self._create_told_order(self.lamp, sent=False), self._create_told_order(self.lamp, sent=False)
        order.status_picked = True
        self.run_action(sent=False)
        self.assertEqual(self._waiting(other), self.mails(other))
        self.assertEqual(len(self._waiting(order)), 1)

    def test_goods_that_came_and_went(self):
        """OS+6: "received for you" in a mail that waits is no news once the goods are delivered."""
        order = self._create_told_order(self.planter)
        self.receive(self._create_purchase(self.planter, 10, "2030-05-01"))
        self.run_action(sent=False)
        self.assertIn("received for you", self._waiting(order).body_text)
        self.deliver(order, {self.planter: 1})
        self.run_action(sent=False)
        text = self._waiting(order).body_text
        self.assertIn("received for you: 1 piece", text)
        self.deliver(order, {self.planter: 1})
        self.run_action(sent=False)
        text = self._waiting(order).body_text
        self.assertIn("Delivered: 2", text)
        self.assertNotIn("received for you", text)

    def test_goods_that_came_and_went_between_two_runs(self):
        """OS+6: delivered says enough."""
        order = self._create_told_order(self.planter)
        self.receive(self._create_purchase(self.planter, 10, "2030-05-01"))
        self.deliver(order, {self.planter: 2})
        self.run_action()
        self.assertEqual(set(self.events(order).mapped("rule")), {"status", "delivered"})

    def test_goods_received_in_the_unit_that_was_bought(self):
        """OS+6: two dozen ordered, 24 pieces in stock: two dozen are told, not 24 dozen."""
        order = self._create_order(self.planter, quantity=2, confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        self.run_action()
        self.receive(self._create_purchase(self.planter, 100, "2030-05-01"))
        self.run_action()
        self.assertIn("received for you: 2 dozen", self.mails(order)[-1].body_text)

    def test_whoever_refuses_while_the_mail_waits(self):
        """OS+3, OS+5: the next look takes the mail back, and the ledger says why nothing was told."""
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        self.run_action(sent=False)
        self.env["order.status.preference"]._choose(self.customer, self.website, wanted=set())
        order.picking_ids._record_slip_printed()
        self.run_action(sent=False)
        self.assertFalse(self._waiting(order))
        self.assertEqual(set(self.events(order, "picked", told=False).mapped("reason")), {"opted_out"})
        self.assertFalse(order.status_snapshot_ids.undelivered)

    def test_where_it_went(self):
        """OS+5: the address is mended while the mail waits: the service desk reads where it was sent in the end."""
        order = self._create_told_order(self.lamp, sent=False)
        self.customer.email = "right@example.com"
        self.mails(order)._sync_deliveries()
        self.send_mails()
        self.assertEqual(order.status_event_ids.mail_id.address, "right@example.com")

    def test_many_mails_that_wait_cost_no_query_each(self):
        """OS+2: after a night without a mail server, replacing the mails of a batch costs no query for each."""
        counts = []
        for size in (2, 2, 8):
            orders = self.env["sale.order"].union(
                *(self._create_order(self.lamp, self.planter, commitment_date="2030-01-01") for _number in range(size))
            )
            self.run_action(sent=False)
            orders.commitment_date = "2030-02-02"
            self.commit_marks()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["order.status.run"]._process(orders)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(len(self._waiting(orders[0])), 1)
        self.assertLessEqual(counts[2], counts[1] + 4, f"less than a query per mail: {counts}")
