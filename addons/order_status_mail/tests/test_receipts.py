from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestReceipts(StatusMailCommon):
    """What a purchase promised, and its receipts do not bring."""

    def _create_expecting_order(self):
        order = self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 2, "2031-05-01")
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.facts["expected"].popitem()[1], "2031-05-01")
        return order, purchase

    def _assert_withdrawn(self, order):
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        [event] = self.events(order, "date")
        self.assertEqual((event.old_value, event.new_value), ("2031-05-01", False))
        self.assertFalse(self.env["order.status.page"]._values(order)["expected"])

    def test_a_receipt_is_cancelled(self):
        """OS+6: the purchase stands, its receipt is cancelled: the date that was told holds no longer."""
        order, purchase = self._create_expecting_order()
        purchase.picking_ids.action_cancel()
        self.assertEqual(purchase.state, "purchase")
        self._assert_withdrawn(order)

    def test_a_receipt_is_closed_without_the_rest(self):
        """OS+6: one of two came, and the warehouse wants no back order: the second has no date."""
        order, purchase = self._create_expecting_order()
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 1, "picked": True})
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=receipt.ids).button_validate()
        self.assertEqual((receipt.state, len(purchase.picking_ids)), ("done", 1))
        self._assert_withdrawn(order)

    def test_a_return_that_is_under_way_brings_nothing(self):
        """OS+6: what waits to go back to its supplier is no supply."""
        _order, purchase = self._create_expecting_order()
        self.receive(purchase)
        wizard = self.env["stock.return.picking"].create({"picking_id": purchase.picking_ids.id})
        wizard.product_return_moves.write({"quantity": 2, "to_refund": True})
        wizard.action_create_returns()
        self.run_action()
        self.assertFalse(self.env["order.status.facts"]._supplies(self.planter.ids))
