"""Orders, customers and products as they are in shops that have been open for years."""

from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestOddOrders(StatusMailCommon):
    """Nothing of this is an error, and none of it may be told wrongly."""

    def test_a_website_with_a_cookies_bar(self):
        """OS+7: the scheduled action has no visitor whose consent Odoo could ask for."""
        self.website.write({"cookies_bar": True, "block_third_party_domains": True})
        order = self._create_told_order(self.lamp)
        self.assertIn("Your order is confirmed", self.mails(order).body_html)

    def test_an_address_without_a_name(self):
        """OS+7: an address of a company has no name of its own: the company is greeted, nobody is called "False"."""
        company = self._create_customer("Garden & Co", "office@garden.example.com", is_company=True)
        address = self.env["res.partner"].create(
            {"parent_id": company.id, "type": "delivery", "email": "shed@garden.example.com"}
        )
        self.website.status_mail_intro = "Dear {customer},"
        mail = self.mails(self._create_told_order(self.lamp, customer=address))
        self.assertIn("Hello Garden &amp; Co,", mail.body_html)
        self.assertIn("Hello Garden & Co,", mail.body_text)
        self.assertIn("Dear Garden &amp; Co,", mail.body_html)
        nobody = self.env["res.partner"].create({"type": "delivery", "email": "nobody@garden.example.com"})
        order = self._create_told_order(self.lamp, customer=nobody)
        self.assertIn("Hello,", self.mails(order).body_text)
        self.assertNotIn("False", self.mails(order).body_html)

    def test_an_order_that_moves_to_another_website(self):
        """OS2, OS8: the website that an order belongs to now says what is told, by whom, and where its page is."""
        order = self._create_told_order(self.lamp)
        other = self.env["website"].create(
            {"name": "Tea Shop", "company_id": self.company.id, "domain": "https://tea.example.com"}
        )
        other.status_mail_from = "shop@tea.example.com"
        self.switch(other, "picked")
        order.website_id = other
        order.status_picked = True
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertEqual(len(self.mails(order)), 2)
        self.assertIn("shop@tea.example.com", mail.email_from)
        self.assertIn(f"https://tea.example.com/order-status/{order.id}/", mail.body_html)
        order.picking_ids.carrier_tracking_ref = "PN1"
        self.run_action()
        self.assertEqual(self.events(order, "tracking", told=False).reason, "rule_off")

    def test_currencies_with_other_decimals(self):
        """OS+6: yen have no decimals, dinars three."""
        for name, price, shown in (("JPY", 1500, "1,500"), ("KWD", 1.125, "1.125")):
            currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
            currency.write({"active": True, "rounding": 1 if name == "JPY" else 0.001})
            pricelist = self.env["product.pricelist"].create({"name": name, "currency_id": currency.id})
            order = self._create_order(self.lamp, quantity=1, confirm=False, pricelist_id=pricelist.id)
            order.order_line.price_unit = price
            order.action_confirm()
            self.run_action()
            total = self.mails(order).body_text.partition("Total: ")[2].splitlines()[0]
            self.assertEqual(total.replace("\N{NO-BREAK SPACE}", "").strip(currency.symbol), shown)

    def test_a_product_that_is_renamed_and_archived(self):
        """OS6: what was bought is delivered, whatever became of the product since; a picture is still shown."""
        order = self._create_told_order(self.lamp)
        self.lamp.write({"name": "Lantern", "active": False})
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        self.assertIn("Your order is delivered", self.mails(order)[-1].subject)
        self.assertIn("Lantern · Delivered: 2", self.mails(order)[-1].body_text)
        self.assertEqual(order.status_snapshot_ids.status, "delivered")

    def test_less_is_ordered_after_a_part_came(self):
        """OS+6, OS6: three of five came, and the customer wanted no more: the order is delivered, nothing is short."""
        order = self._create_told_order(self.lamp, quantity=5)
        self.deliver(order, {self.lamp: 3})
        self.run_action()
        self.assertIn("3 of 5 delivered, 2 to come", self.mails(order)[-1].subject)
        order.order_line.product_uom_qty = 3
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "delivered")
        self.assertFalse(self.events(order, "delivered", told=None).filtered(lambda event: event.topic == "short"))

    def test_opened_again_with_other_lines(self):
        """OS+1, OS+6: cancelled, opened, one line taken out and another put in, confirmed: told once, and only that."""
        order = self._create_told_order(self.lamp, self.planter)
        order._action_cancel()
        self.run_action()
        order.action_draft()
        order.order_line.filtered(lambda line: line.product_id == self.planter).unlink()
        spade = self._create_product("Spade", stock=5)
        order.order_line = [Command.create({"product_id": spade.id, "product_uom_qty": 1})]
        order.action_confirm()
        self.run_action()
        self.assertEqual(len(self.mails(order)), 3)
        self.assertIn("Your order is confirmed", self.mails(order)[-1].subject)
        self.assertIn("Spade", self.mails(order)[-1].body_text)
        self.assertNotIn("Planter", self.mails(order)[-1].body_text)
        self.deliver(order, {self.lamp: 2, spade: 1})
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "delivered")
        self.assertFalse(order.status_snapshot_ids.error)

    def test_days_on_which_clocks_change(self):
        """OS7: a day is the shop's, also where it has 23 or 25 hours."""
        self.website.status_mail_tz = "Europe/Brussels"
        order = self._create_order(self.lamp, confirm=False)
        for moment, day in (
            (datetime(2026, 3, 28, 22, 59), "2026-03-28"),
            (datetime(2026, 3, 28, 23, 0), "2026-03-29"),
            (datetime(2026, 3, 29, 21, 59), "2026-03-29"),
            (datetime(2026, 3, 29, 22, 0), "2026-03-30"),
            (datetime(2026, 10, 24, 22, 0), "2026-10-25"),
            (datetime(2026, 10, 25, 22, 59), "2026-10-25"),
            (datetime(2026, 10, 25, 23, 0), "2026-10-26"),
        ):
            self.assertEqual(order._status_day(moment).isoformat(), day, moment)

    def test_a_copy_of_an_order(self):
        """OS+1: the copy of an order knows nothing of what was told about the first one, and is told from its start."""
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        self.run_action()
        copy = order.copy()
        self.run_action()
        self.assertFalse(self.events(copy, told=None))
        copy.action_confirm()
        self.run_action()
        self.assertEqual(self.events(copy).mapped("new_value"), ["sale"])
        self.assertFalse(copy.status_picked)

    def test_services_with_a_discount(self):
        """OS6, OS+6: nobody carries out a discount, a gift card that pays, or a combo: they hold nothing up."""
        course, card = self.env["product.product"].create(
            [{"name": name, "type": "service", "list_price": 10, "taxes_id": False} for name in ("Course", "Gift card")]
        )
        combo = self.env["product.combo"].create(
            {"name": "Courses", "combo_item_ids": [Command.create({"product_id": course.id})]}
        )
        menu = self.env["product.product"].create(
            {"name": "Evening", "type": "combo", "combo_ids": [Command.set(combo.ids)], "list_price": 9}
        )
        order = self._create_order(course, menu, quantity=1, confirm=False)
        order.order_line = [Command.create({"product_id": card.id, "price_unit": -5})]
        order.action_confirm()
        self.run_action()
        order.order_line[0].qty_delivered = 1
        self.run_action()
        self.assertIn("Your order is completed", self.mails(order)[-1].subject)
        self.assertEqual(order.status_snapshot_ids.status, "done")

    def test_collected_in_the_shop(self):
        """OS+9: nothing is sent to whoever collects an order; the page says so."""
        order = self._create_told_order(self.lamp)
        page = self.env["order.status.page"]
        self.assertIn("sent to you", page._next_step(order, "prepared"))
        # a kind of carrier that the addon website_sale_collect adds, which need not be there
        carrier = self.env["delivery.carrier"].create({"name": "In the shop", "product_id": self.lamp.id})
        self.env.cr.execute("UPDATE delivery_carrier SET delivery_type = 'in_store' WHERE id = %s", (carrier.id,))
        carrier.invalidate_recordset()
        order.carrier_id = carrier
        self.assertIn("collect it", page._next_step(order, "prepared"))
        self.assertEqual(page._next_step(order, "delivered"), "You have collected your order.")
        labels = [step["label"] for step in page._steps(order, "partial")]
        self.assertEqual(labels, ["Ordered", "Being prepared", "Collected"])
        self.assertEqual([step["state"] for step in page._steps(order, "partial")], ["done", "now", "next"])
