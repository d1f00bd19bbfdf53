from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestDates(StatusMailCommon):
    """Expected delivery dates: the line's, then the order's, then the purchase's."""

    def _moves(self, order):
        """Return the told dates that replace another; a first date rides along with the confirmation."""
        return self.events(order, "date").filtered("old_value")

    def test_the_date_of_an_unlinked_purchase_moves(self):
        """OS7: nobody linked the purchase to the order; the order that waits for it is told."""
        order = self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 10, "2030-05-01")
        self.run_action()
        self.assertFalse(self.events(order, "date"), "a first date is no change")
        purchase.order_line.date_planned = "2030-05-11 12:00:00"
        self.run_action()
        [event] = self.events(order, "date")
        self.assertEqual((event.old_value, event.new_value), ("2030-05-01", "2030-05-11"))
        self.assertEqual(event.line_id, order.order_line)

    def test_the_date_of_a_linked_purchase_moves(self):
        """OS7: a purchase made for the order, along the chain of moves (make to order)."""
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        self.planter.write(
            {
                "route_ids": [Command.set((route + buy).ids)],
                "seller_ids": [Command.create({"partner_id": self.supplier.id, "price": 3})],
            }
        )
        order = self._create_told_order(self.planter)
        purchase = self.env["purchase.order"].search([("partner_id", "=", self.supplier.id)])
        self.assertEqual(len(purchase), 1)
        purchase.order_line.date_planned = "2030-05-01 12:00:00"
        purchase.button_confirm()
        self.run_action()
        purchase.order_line.date_planned = "2030-05-21 12:00:00"
        self.run_action()
        [event] = self.events(order, "date")
        self.assertEqual((event.old_value, event.new_value), ("2030-05-01", "2030-05-21"))

    def test_the_lines_date_goes_before_the_orders_before_the_purchases(self):
        """OS7: precedence of the three dates."""
        order = self._create_told_order(self.planter)
        self._create_purchase(self.planter, 10, "2030-05-01")
        self.run_action()
        order.commitment_date = "2030-06-01 12:00:00"
        self.run_action()
        order.order_line.status_expected_date = "2030-07-01"
        self.run_action()
        order.commitment_date = "2030-08-01 12:00:00"
        self.run_action()
        values = [(event.old_value, event.new_value) for event in self.events(order, "date")]
        self.assertEqual(values, [("2030-05-01", "2030-06-01"), ("2030-06-01", "2030-07-01")])

    def test_a_first_date_is_no_headline(self):
        """OS+7: the mail about a confirmation says that the order is confirmed, though a date is in it, too."""
        self._create_purchase(self.planter, 9, "2030-05-01")
        order = self._create_told_order(self.planter)
        self.assertIn("Your order is confirmed", self.mails(order).subject)
        self.assertIn("Expected on 05/01/2030", self.mails(order).body_html)

    def test_a_move_within_the_tolerance_is_kept_to_the_ledger(self):
        """OS7: the tolerance is per website; the ledger says why nothing was sent."""
        self.website.status_mail_tolerance = 3
        order = self._create_told_order(self.planter, commitment_date="2030-06-01 12:00:00")
        order.commitment_date = "2030-06-03 12:00:00"
        self.run_action()
        self.assertFalse(self._moves(order))
        self.assertEqual(self.events(order, "date", told=None)[-1].reason, "tolerance")
        order.commitment_date = "2030-06-05 12:00:00"
        self.run_action()
        [event] = self._moves(order)
        self.assertEqual((event.old_value, event.new_value), ("2030-06-01", "2030-06-05"))

    def test_a_quotation_of_the_supplier_promises_nothing(self):
        """OS7: only confirmed purchases have a date that counts."""
        order = self._create_told_order(self.planter)
        self._create_purchase(self.planter, 10, "2030-05-01", confirm=False)
        self.run_action()
        self.assertFalse(self.events(order, "date", told=None))

    def test_an_order_that_the_stock_covers_has_no_date_of_a_purchase(self):
        """OS7: goods in stock go to the oldest orders; their date does not depend on a purchase."""
        self.env["stock.quant"]._update_available_quantity(self.planter, self.warehouse.lot_stock_id, 2)
        first = self._create_told_order(self.planter, quantity=2)
        second = self._create_told_order(self.planter, quantity=2)
        first.date_order = Datetime.subtract(Datetime.now(), days=2)
        purchase = self._create_purchase(self.planter, 10, "2030-05-01")
        self.run_action()
        purchase.order_line.date_planned = "2030-05-20 12:00:00"
        self.run_action()
        self.assertFalse(self.events(first, "date", told=None))
        self.assertEqual(len(self.events(second, "date")), 1)

    def test_goods_that_came_in_have_lost_no_date(self):
        """OS+6: the purchase is received, so it has no date any more; nobody is told that the date does not hold."""
        purchase = self._create_purchase(self.planter, 2, "2030-05-01")
        order = self._create_told_order(self.planter)
        self.assertEqual(self.events(order, "date").new_value, "2030-05-01")
        self.receive(purchase)
        self.run_action()
        self.assertEqual(len(self.events(order, "stock")), 1)
        self.assertFalse(order.status_snapshot_ids.facts["gone"])
        order.picking_ids.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.planter, self.warehouse.lot_stock_id, -2)
        self.env["order.status.mark"]._mark("order", order.ids)
        self.run_action()
        self.assertTrue(order.status_snapshot_ids.facts["gone"], "when they are lost, so is the date")

    def test_a_delivered_line_is_not_told_about_dates(self):
        """OS7: what the customer has got is not expected any more."""
        order = self._create_told_order(self.lamp, quantity=1, commitment_date="2030-06-01 12:00:00")
        self.deliver(order, {self.lamp: 1})
        self.run_action()
        order.commitment_date = "2030-09-01 12:00:00"
        self.run_action()
        self.assertFalse(self._moves(order))
