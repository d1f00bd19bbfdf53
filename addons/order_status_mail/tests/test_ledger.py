import html

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestLedger(StatusMailCommon):
    """Every change is in the ledger, with its mail or the reason why there is none."""

    def test_no_address(self):
        """OS1: a customer without an address is not mailed; the ledger says so."""
        nobody = self._create_customer("No Mail", False)
        broken = self._create_customer("Broken", "not an address")
        for customer in (nobody, broken):
            order = self._create_order(self.lamp, customer=customer)
            self.run_action()
            self.assertEqual(self.events(order, told=None).mapped("reason"), ["no_address"])
            self.assertFalse(self.mails(order))

    def test_rule_off(self):
        """OS2: a rule that is off is noted, and the portal shows the change all the same."""
        self.switch(self.website, "status", on=False)
        order = self._create_order(self.lamp)
        self.run_action()
        self.assertEqual(self.events(order, told=None).mapped("reason"), ["rule_off"])
        timeline = self.env["order.status.event"]._timeline(order)
        self.assertEqual(timeline[0]["events"][0]["text"], "Your order is confirmed")

    def test_each_rule_off(self):
        """OS2, OS3, OS4, OS5, OS6, OS7, OS8: off, its change is only in the ledger; on, with all others off, told."""
        for only in RULE_CODES:
            self.switch(self.website, *RULE_CODES, on=False)
            self.switch(self.website, only)
            order = self._create_order_with_news()
            told = html.unescape("".join(mail.body_html for mail in self.mails(order)))
            for rule in RULE_CODES:
                # a first date is no change, whatever the switch says
                found = self.events(order, rule, told=None).filtered(lambda event: event.reason != "first_date")
                self.assertTrue(found, rule)
                self.assertEqual(set(found.mapped("reason")), {False if rule == only else "rule_off"}, (only, rule))
                for event in found:
                    sentence = event._describe()["text"]
                    self.assertEqual(sentence in told, rule == only, (only, rule, sentence))

    def _create_order_with_news(self):
        """Return an order with news for every rule."""
        order = self._create_order(self.lamp, self.planter, quantity=2)
        purchase = self._create_purchase(self.planter, 2, "2030-05-01")
        self.run_action()
        purchase.order_line.date_planned = "2030-05-11 12:00:00"
        self.run_action()
        self.receive(purchase)
        self.run_action()
        order.picking_ids.write({"carrier_tracking_ref": "TRACK"})
        self.env["ir.actions.report"]._render_qweb_pdf("stock.report_deliveryslip", order.picking_ids.ids)
        order.status_picked = True
        self.deliver(order, {self.lamp: 1})
        self.run_action()
        return order

    def test_why_did_this_customer_get_this_mail(self):
        """OS+4: the event names the rule, the website, the customer and the run."""
        order = self._create_told_order(self.lamp)
        explanation = self.events(order).explanation
        for word in ("Order status changed", self.website.name, self.customer.name):
            self.assertIn(word, explanation)
        self.assertIn("Order status changed", self.mails(order).body_html)

    def test_smart_button(self):
        """OS1: the order counts its events and opens them."""
        order = self._create_told_order(self.lamp)
        self.assertEqual(order.status_event_count, 1)
        action = order.action_view_status_events()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.events(order))

    def test_everything_of_the_same_mail(self):
        """OS+4: from one event to all that the same mail told."""
        order = self._create_told_order(self.lamp)
        order.write({"status_picked": True, "commitment_date": "2030-01-01"})
        self.run_action()
        action = self.events(order, "picked").action_same_mail()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(found.mapped("rule")), {"picked", "date"}, "a first date rides along")

    def test_a_bounce_is_seen_on_the_order(self):
        """OS1: the order says that the address does not work."""
        order = self._create_told_order(self.lamp)
        self.bounce(order)
        self.assertEqual(self.events(order, told=None).mail_state, "bounced")
        self.assertIn(self.customer.email, order.status_mail_problem)

    def test_nobody_edits_the_ledger(self):
        """OS1: not even a manager changes or deletes what is in it."""
        order = self._create_told_order(self.lamp)
        manager = new_test_user(
            self.env,
            "osm_manager",
            groups="order_status_mail.group_order_status_mail_manager,sales_team.group_sale_manager",
        )
        event = self.events(order).with_user(manager)
        self.assertTrue(event.summary)
        with self.assertRaises(AccessError):
            event.write({"new_value": "x"})
        with self.assertRaises(AccessError):
            event.unlink()

    def test_the_shops_page(self):
        """OS+9: by rule and week: told and to how many, waiting, not delivered, refused; it leads to the ledger."""
        orders = [self._create_told_order(self.lamp) for _number in range(2)]
        other = self._create_customer("Isak", "isak@example.com")
        bounced = self._create_told_order(self.lamp, customer=other)
        for order in orders:
            self.settle(self.mails(order))
        self.bounce(bounced)
        self.env["order.status.preference"]._choose(self.customer, self.website, set(RULE_CODES) - {"picked"})
        (orders[0] + bounced).status_picked = True
        self.run_action(sent=False)
        self.env.flush_all()
        rows = self.env["order.status.report"].search([("website_id", "=", self.website.id)])
        found = {
            row.rule: (
                row.told_count,
                row.customer_count,
                row.waiting_count,
                row.undelivered_count,
                row.refused_count,
                row.silent_count,
            )
            for row in rows
        }
        # what came back is told again with the news of the picked order: the old row is told later
        self.assertEqual(found, {"status": (2, 1, 1, 0, 0, 1), "picked": (0, 0, 1, 0, 1, 0)})
        [status] = rows.filtered(lambda row: row.rule == "status")
        events = self.env["order.status.event"].search(status.action_open_events()["domain"])
        self.assertEqual(events.order_id, orders[0] + orders[1] + bounced)
