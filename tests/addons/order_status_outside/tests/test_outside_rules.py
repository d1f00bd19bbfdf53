from datetime import timedelta

from odoo import fields
from odoo.addons.order_status_mail.tests.common import StatusMailCommon
from odoo.tests import Form, tagged


@tagged("post_install", "-at_install")
class TestOutsideRules(StatusMailCommon):
    """An addon that only has classes of rules: settings, mails, ledger, pages and previews know them."""

    def setUp(self):
        super().setUp()
        self.switch(self.website, "pickup", "review")

    def test_settings_have_a_row_for_each(self):
        """OS+8: every website has the rules of the addon, switched off until the shop wants them."""
        website = self.env["website"].create({"name": "Later"})
        rows = website.status_mail_rule_ids
        self.assertEqual(rows.mapped("code")[4:6] + rows.mapped("code")[-1:], ["pickup", "delivered", "review"])
        self.assertFalse(any(rows.mapped("enabled")))
        old = self.env.ref("website.default_website").status_mail_rule_ids
        self.assertLessEqual({"pickup", "review"}, set(old.mapped("code")), "also websites from before")

    def test_ready_for_pickup(self):
        """OS+8: a field that the rule watches marks the order; its sentence is told once, with its own words."""
        self.website._status_mail_rule("pickup").line = "<p>Bring your order number.</p>"
        order = self._create_told_order(self.lamp)
        order.picking_ids.is_ready_for_pickup = True
        self.run_action()
        self.assertEqual(self.events(order, "pickup").picking_id, order.picking_ids)
        mail = self.mails(order)[-1]
        self.assertIn(f"Delivery {order.picking_ids.name} is ready", mail.body_html)
        self.assertIn("Bring your order number.", mail.body_html)
        self.assertIn("is ready", mail.subject, "the only news is the headline")
        order.picking_ids.is_ready_for_pickup = False
        self.run_action()
        order.picking_ids.is_ready_for_pickup = True
        self.run_action()
        self.assertEqual(len(self.events(order, "pickup")), 1)
        [day] = self.env["order.status.event"]._timeline(order)
        self.assertIn("fa-shopping-bag", [event["icon"] for event in day["events"]])

    def test_review_two_weeks_after_the_delivery(self):
        """OS+8: nothing touches the order after its delivery; the rule says when it is looked at again."""
        order = self._create_told_order(self.lamp)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        self.assertFalse(self.events(order, "review", told=None))
        due = self.env["order.status.mark"].search([("order_id", "=", order.id)]).date_due
        self.assertEqual((due - order.picking_ids.date_done).days, 14)
        order.picking_ids.date_done -= timedelta(days=15)
        self.env.flush_all()
        self.env.cr.execute("UPDATE order_status_mark SET date_due = %s", (fields.Datetime.now(),))
        self.run_action()
        self.assertIn("How do you like", self.mails(order)[-1].body_html)
        self.assertFalse(self.env["order.status.mark"].search([("order_id", "=", order.id)]))

    def test_customers_refuse_and_staff_preview_them(self):
        """OS+8: the choice of mails and the preview offer the rules from outside."""
        order = self._create_told_order(self.lamp)
        codes = {code for code, _label in self.env["order.status.preference"]._selection_rule()}
        self.env["order.status.preference"]._choose(self.customer, self.website, codes - {"pickup"})
        order.picking_ids.is_ready_for_pickup = True
        self.run_action()
        self.assertEqual(self.events(order, "pickup", told=False).reason, "opted_out")
        form = Form(self.env["order.status.preview"])
        form.order_id = order
        form.rule = "review"
        self.assertIn("How do you like", form.save().body)

    def test_a_rule_whose_addon_is_gone(self):
        """OS+8: what the ledger has of a rule that is no more is still read, and changed by nobody."""
        order = self._create_told_order(self.lamp)
        event = self.events(order)[:1]
        self.env.flush_all()
        self.env.cr.execute("UPDATE order_status_event SET rule = 'gone', topic = 'gone' WHERE id = %s", (event.id,))
        self.env.invalidate_all()
        self.assertEqual(event._describe()["title"], "gone")
        self.assertTrue(event.explanation)
        self.env["order.status.event"]._timeline(order)
