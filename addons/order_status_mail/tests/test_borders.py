"""Whose an order, a choice or a mail is: valid ids of somebody else, and the last value on each side of a limit."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestNeighbours(StatusMailCommon):
    """What is done for one customer leaves the next one's alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.friend = cls._create_customer("Friend", "friend@example.com")
        cls.other_website = cls.env["website"].create({"name": "Other Shop", "company_id": cls.company.id})
        cls.order, cls.others = cls._create_order(cls.lamp), cls._create_order(cls.lamp, customer=cls.friend)
        cls.run_action()

    def _touched(self):
        """Return the orders that the next run looks at."""
        self.commit_marks()
        return self.env["order.status.mark"].search([]).order_id

    def test_a_choice_is_the_customers_own(self):
        """OS+3: who wants all mails again brings back neither a friend's refusal nor the own one of another shop."""
        preferences = self.env["order.status.preference"]
        preferences._choose(self.friend, self.website, set())
        preferences._choose(self.customer, self.other_website, set())
        preferences._choose(self.customer, self.website, set())
        preferences._choose(self.customer, self.website, set(RULE_CODES))
        left = preferences.search([("partner_id", "in", (self.friend | self.customer).ids)])
        self.assertEqual(
            set(left.mapped(lambda row: (row.partner_id, row.website_id))),
            {(self.friend, self.website), (self.customer, self.other_website)},
        )

    def test_choosing_the_same_again_keeps_what_was_noted(self):
        """OS+3: when and how somebody first refused stays known."""
        preferences = self.env["order.status.preference"]
        preferences._choose(self.customer, self.website, set(RULE_CODES) - {"slip"}, "page")
        before = preferences.search([("partner_id", "=", self.customer.id)])
        preferences._choose(self.customer, self.website, set(RULE_CODES) - {"slip"}, "one_click")
        after = preferences.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((after, after.source), (before, "page"))

    def test_the_history_of_an_order_is_its_own(self):
        """OS+2: the page shows no event of another order, and nothing of what changed back."""
        for order, number in ((self.order, "MINE"), (self.others, "THEIRS")):
            order.picking_ids.carrier_tracking_ref = number
        self.run_action()
        shown = str(self.env["order.status.event"]._timeline(self.order))
        self.assertIn("MINE", shown)
        self.assertNotIn("THEIRS", shown)
        self.events(self.order, "tracking").reason = "changed_back"
        self.assertNotIn("tracking", str(self.env["order.status.event"]._timeline(self.order)))
        self.events(self.order, "tracking", told=False).reason = "not_news"
        self.assertNotIn("MINE", str(self.env["order.status.event"]._timeline(self.order)), "no news, no history")

    def test_links_are_renewed_for_one_order(self):
        """OS+5: the address of one customer changes; the mails of the others go on opening their orders."""
        before = {order: order.status_snapshot_ids._get_access_token() for order in self.order | self.others}
        self.customer.email = "karen@new.example.com"
        after = {order: order.status_snapshot_ids._get_access_token() for order in self.order | self.others}
        self.assertNotEqual(before[self.order], after[self.order])
        self.assertEqual(before[self.others], after[self.others])

    def test_the_same_customer_again_is_no_other_customer(self):
        """OS+5: saving an order with the customer it has renews no link."""
        before = self.order.status_snapshot_ids._get_access_token()
        self.order.partner_id = self.customer
        self.assertEqual(self.order.status_snapshot_ids._get_access_token(), before)
        self.order.partner_id = self.friend
        self.assertNotEqual(self.order.status_snapshot_ids._get_access_token(), before)

    def test_the_button_of_an_order_opens_its_own_ledger(self):
        """OS9: from an order, the events of this order."""
        events = self.env["order.status.event"].search(self.order.action_view_status_events()["domain"])
        self.assertEqual(events.order_id, self.order)

    def test_only_what_is_owed_is_looked_at_again(self):
        """OS+5: a mended address has its own orders looked at, and of those the ones that owe something."""
        second = self._create_told_order(self.lamp)
        for order in (self.order, self.others):
            order.status_snapshot_ids._owe({"picked": False}, fields.Datetime.now())
        self.env["order.status.mark"]._mark_owing(self.order | second)
        self.assertEqual(self._touched(), self.order)

    def test_what_is_told_later_is_this_orders(self):
        """OS+5: the mail that tells the missing news settles nobody else's, and no refused news of the own order."""
        for order in (self.order, self.others):
            order.picking_ids.carrier_tracking_ref = "LOST"
        self.run_action()
        for order in (self.order, self.others):
            self.bounce(order)
        refused = self.events(self.order, "tracking", told=False).copy({"reason": "opted_out", "rule": "slip"})
        self.customer.email = "karen@new.example.com"
        self.run_action()
        self.assertEqual(len(self.events(self.order, "tracking")), 1, "told to the new address")
        self.assertEqual(refused.reason, "opted_out")
        reasons = set(self.events(self.others, told=False).mapped("reason"))
        self.assertEqual(reasons, {"undelivered"})

    def test_the_reason_is_that_of_the_address_that_failed(self):
        """OS+5: of two addresses one got the mail: it counts as sent, and the other's reason is shown."""
        self.customer.email = "karen@example.com, office@example.com"
        for failing in (0, 1):
            rows = self.mails(self._create_told_order(self.lamp)).delivery_ids.sorted("id")
            rows[1 - failing]._settle("sent", False)
            rows[failing]._settle("failed", "no such user")
            rows._tell_documents()
            mail = self.env["order.status.mail"].search([("message_header", "=", rows[0].message_header)])
            self.assertEqual((mail.state, mail.reason), ("sent", "no such user"), failing)

    def test_the_ledger_of_a_row_of_the_report(self):
        """OS+9: the events of this rule, this website and this week where the shop is, and no others."""
        self.website.status_mail_tz = "Pacific/Auckland"
        event = self.events(self.order, "status")
        # Monday in Auckland, Sunday in Greenwich
        event.date_found = fields.Datetime.now().replace(hour=13, minute=0) - timedelta(
            days=fields.Datetime.now().isoweekday() + 7
        )
        away = {
            "rule": event.copy({"rule": "slip"}),
            "website": event.copy({"website_id": self.other_website.id}),
            "before": event.copy({"date_found": event.date_found - timedelta(hours=3)}),
            "after": event.copy({"date_found": event.date_found + timedelta(days=7)}),
        }
        inside = event.copy({"date_found": event.date_found + timedelta(days=6, hours=20)})
        self.env.flush_all()
        row = self.env["order.status.report"].search([("website_id", "=", self.website.id), ("rule", "=", "status")])
        row = row.filtered(lambda row: row.date_week == (event.date_found + timedelta(days=1)).date())
        found = self.env["order.status.event"].search(row.action_open_events()["domain"])
        self.assertEqual(found & (event | inside), event | inside)
        for why, other in away.items():
            self.assertNotIn(other, found, why)

    def test_the_preview_of_a_rule_takes_an_order_of_its_website(self):
        """OS+4: neither a newer order of another website nor a quotation."""
        self._create_order(self.lamp, website=self.other_website)
        self._create_order(self.lamp, confirm=False)
        row = self.website._status_mail_rule("status")
        row.invalidate_recordset(["preview_order_id"])
        self.assertEqual(row.preview_order_id, self.others)

    def test_a_preview_tells_its_own_orders_change(self):
        """OS+4: the latest change of this order, not of the next one, and not one that changed back."""
        self.others.picking_ids.carrier_tracking_ref = "THEIRS"
        self.run_action()
        mailer = self.env["order.status.mailer"]
        preview = mailer._preview(self.order, "tracking")
        self.assertTrue(preview["is_example"])
        self.assertNotIn("THEIRS", preview["body"])
        self.events(self.others, "tracking").reason = "changed_back"
        self.assertTrue(mailer._preview(self.others, "tracking")["is_example"])

    def test_who_may_not_read_an_order_previews_nothing_in_an_open_form(self):
        """OS+4: the id of somebody else's order, typed into the form of a rule that is not saved, is refused."""
        self.order.user_id = self.env.ref("base.user_admin")
        groups = "order_status_mail.group_order_status_mail_manager,sales_team.group_sale_salesman"
        manager = new_test_user(self.env, "osm_words", groups=groups)
        row = self.website._status_mail_rule("status").with_user(manager)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            row.onchange({"preview_order_id": self.order.id}, ["preview_order_id"], {"preview": {}})

    def test_buttons_of_the_shop(self):
        """OS10: who only reads status mails neither has failed orders tried again nor edits the template."""
        user = new_test_user(self.env, "osm_reader", groups="order_status_mail.group_order_status_mail_user")
        with self.assertRaises(AccessError):
            self.order.status_snapshot_ids.with_user(user).action_retry_now()
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(user).action_edit_status_mail()


@tagged("post_install", "-at_install")
class TestWhatCounts(StatusMailCommon):
    """What is no news marks no order."""

    def _marks(self):
        self.commit_marks()
        return self.env["order.status.mark"].search([])

    def _news(self):
        self.commit_marks()
        return self.env["order.status.supply"].search([])

    def test_a_draft_invoice_is_none(self):
        """OS6: an invoice counts from its posting; a vendor's bill is no business of the customer."""
        order = self._create_told_order(self.lamp)
        invoice = order._create_invoices()
        invoice.write({"state": "draft"})
        self.assertFalse(self._marks())
        invoice.action_post()
        self.assertEqual(self._marks().order_id, order)

    def test_who_is_worked_on_is_left_alone(self):
        """OS+1: an order whose row another transaction holds is neither looked at by the run nor by a retry."""
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        self.commit_marks()
        run, orders = self.env["order.status.run"], type(order)
        ceiling, *_counts = run._count_pending()
        with patch.object(orders, "try_lock_for_update", lambda records, **kwargs: records.browse()):
            run._process(order, ceiling)
            self.assertFalse(order._cron_lock())
        self.assertFalse(self.events(order, "picked", told=None))
        self.assertEqual(order._cron_lock(), order)
        run._process(order, ceiling)
        self.assertTrue(self.events(order, "picked"))

    def test_a_quotation_in_the_making_is_none(self):
        """OS6: lines of a cart change with every click; the order counts from its confirmation."""
        order = self._create_order(self.lamp, confirm=False)
        order.order_line.product_uom_qty = 7
        self.assertFalse(self._marks())
        order.action_confirm()
        self.assertEqual(self._marks().order_id, order)

    def test_a_slip_that_is_printed_again(self):
        """OS5: the first time counts, for the delivery as for the customer."""
        order = self._create_told_order(self.lamp)
        with freeze_time("2030-01-01 10:00:00"):
            order.picking_ids._record_slip_printed()
        self.run_action()
        order.picking_ids._record_slip_printed()
        self.assertEqual(str(order.picking_ids.date_slip_printed), "2030-01-01 10:00:00")
        self.assertFalse(self._marks())

    def test_what_is_delivered_is_expected_no_more(self):
        """OS7: dates are gathered for goods still to come: of confirmed orders, not of services."""
        service = self.env["product.product"].create({"name": "Advice", "type": "service", "list_price": 7})
        order = self._create_told_order(self.lamp, service)
        order.order_line.status_expected_date = "2030-01-01"
        goods = str(order.order_line[0].id)
        self.assertEqual(list(self.env["order.status.facts"]._gather(order)[order.id]["expected"]), [goods])
        self.deliver(order, {self.lamp: 2})
        self.assertFalse(self.env["order.status.facts"]._gather(order)[order.id]["expected"])

    def test_the_same_value_again_is_no_change(self):
        """OS5: saving a form without a change marks nothing."""
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T1"
        self.run_action()
        order.picking_ids.carrier_tracking_ref = "T1"
        self.assertFalse(self._marks())

    def test_a_purchase_counts_from_its_confirmation(self):
        """OS7: a request for quotation and its dates are no news; the confirmed purchase's are."""
        purchase = self._create_purchase(self.planter, 5, "2030-01-01", confirm=False)
        purchase.order_line.date_planned = "2030-02-01 12:00:00"
        self.assertFalse(self._news())
        purchase.button_confirm()
        self.run_action()
        purchase.order_line.date_planned = "2030-03-01 12:00:00"
        self.assertEqual(self._news().purchase_line_id, purchase.order_line)
        self._news().unlink()
        line = {"product_id": self.planter.id, "product_qty": 1, "price_unit": 5}
        purchase.order_line = [Command.create(line)]
        self.assertEqual(self._news().purchase_line_id, purchase.order_line[-1], "a line that is added later")

    def test_goods_that_only_change_their_shelf(self):
        """OS8: moved inside of the warehouse, nothing came in; nor did consumables that nobody counts."""
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id})
        supplier = self.env.ref("stock.stock_location_suppliers")
        paint = self.env["product.product"].create({"name": "Paint", "type": "consu", "is_storable": False})
        for product, source, target in (
            (self.lamp, self.warehouse.lot_stock_id, shelf),
            (paint, supplier, shelf),
            (self.lamp, shelf, self.env.ref("stock.stock_location_customers")),
        ):
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                }
            )
            move._action_confirm()
            move.write({"quantity": 1, "picked": True})
            move._action_done()
        self.assertFalse(self._news())

    def test_a_linked_purchase_is_its_orders(self):
        """OS7: the date of what was bought for one order moves; others who wait for the product are not looked at."""
        order = self._create_told_order(self.planter)
        self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 2, "2030-01-01")
        purchase.order_line.sale_line_id = order.order_line
        self.run_action()
        purchase.order_line.date_planned = "2030-03-01 12:00:00"
        self._news()._share_out()
        self.assertEqual(self._marks().order_id, order)

    def test_switching_on_what_is_on(self):
        """OS+4: a rule that is saved as on while it is on swallows no pending news."""
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T2"
        self.commit_marks()
        self.website._status_mail_rule("tracking").write({"enabled": True})
        self.run_action()
        self.assertEqual(len(self.events(order, "tracking")), 1)

    def test_costs_of_delivery_hold_no_order_up(self):
        """OS6: down payments, sections and costs of delivery are neither goods in the mail nor goods still to come."""
        carrier = self.env["product.product"].create({"name": "Express fee", "type": "service", "list_price": 7})
        order = self._create_order(self.lamp, confirm=False)
        order.order_line = [
            Command.create({"product_id": carrier.id, "is_delivery": True}),
            Command.create({"display_type": "line_section", "name": "Living room"}),
        ]
        order.action_confirm()
        self.run_action()
        facts = self.env["order.status.facts"]._gather(order)[order.id]
        self.assertEqual(list(facts["delivered"]), [str(order.order_line[0].id)])
        words = self.env["order.status.words"]._sentences(order, "", [], 0)
        self.assertEqual(len(words["summary"]), 1)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "delivered")


@tagged("post_install", "-at_install")
class TestLimits(StatusMailCommon):
    """The last value on this side, and the first on the other."""

    def test_ten_lines_are_all_shown(self):
        """OS9: the summary has ten lines; only the eleventh is "1 more"."""
        words = self.env["order.status.words"]
        order = self._create_order(*[self.lamp] * 10)
        self.assertFalse(words._sentences(order, "", [], 0)["summary_more"])
        order = self._create_order(*[self.lamp] * 11)
        self.assertEqual(words._sentences(order, "", [], 0)["summary_more"], "and 1 more")

    def test_one_change_is_told_however_long(self):
        """OS9: a mail that mail programs cut off is shortened, but never to nothing."""
        order = self._create_told_order(self.lamp)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        events = self.events(order).filtered("line_id")
        mailer = self.env["order.status.mailer"]
        values = mailer._mail_values(order, events, order.status_snapshot_ids)
        whole = mailer._render(values)
        with patch("odoo.addons.order_status_mail.models.order_status_mailer.MAX_BYTES", 1):
            self.assertEqual(mailer._render(values), whole)

    def test_expected_today_is_still_a_promise(self):
        """OS+2: the page says *today* until the day is over where the shop is."""
        order = self._create_told_order(self.planter)
        snapshot, page = order.status_snapshot_ids, self.env["order.status.page"]
        today = order._status_day(fields.Datetime.now())
        for day, shown in ((today, True), (today - timedelta(days=1), False)):
            snapshot.facts = {**snapshot.facts, "expected": {str(order.order_line.id): day.isoformat()}}
            self.assertEqual(bool(page._expected(order, snapshot)), shown, day)

    def test_of_two_values_at_one_moment_the_first_is_owed(self):
        """OS+5: a later loss of the same moment does not hide how the customer still knows the order."""
        snapshot = self._create_told_order(self.lamp).status_snapshot_ids
        moment = fields.Datetime.now()
        snapshot._owe({"payment": "open"}, moment)
        snapshot._owe({"payment": "paid"}, moment)
        self.assertEqual(snapshot.undelivered["payment"][1], "open")

    def test_the_past_is_that_of_web_orders(self):
        """OS4: what is taken as told at the installation are confirmed and cancelled orders of websites."""
        quotation = self._create_order(self.lamp, confirm=False)
        office = self._create_order(self.lamp, website=self.env["website"])
        shop = self._create_order(self.lamp)
        self.env["order.status.past"]._take_baseline()
        self.assertTrue(shop.status_snapshot_ids)
        self.assertFalse((quotation | office).status_snapshot_ids)

    @freeze_time("2030-06-15 12:00:00")
    def test_a_higher_age_takes_what_lies_between(self):
        """OS4: orders older than the former age and younger than the new one count as told, of this website only."""
        self.website.status_mail_max_age = 30
        days = {10: False, 31: True, 59: True, 61: False}
        orders = {
            age: self._create_order(self.lamp, date_order=fields.Datetime.now() - timedelta(days=age)) for age in days
        }
        for age, order in orders.items():
            order.date_order = fields.Datetime.now() - timedelta(days=age)
        other = self.env["website"].create({"name": "Other Shop", "company_id": self.company.id})
        away = self._create_order(self.lamp, website=other)
        away.date_order = fields.Datetime.now() - timedelta(days=40)
        self.env.flush_all()
        self.env["order.status.past"]._adopt_older(self.website, 30)
        snapshots = self.env["order.status.snapshot"].search([("order_id", "in", [o.id for o in orders.values()])])
        self.assertFalse(snapshots)
        self.env["order.status.past"]._adopt_older(self.website, 60)
        self.assertEqual({age: bool(order.status_snapshot_ids) for age, order in orders.items()}, days)
        self.assertFalse(away.status_snapshot_ids)
