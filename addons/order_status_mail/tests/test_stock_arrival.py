from odoo.fields import Datetime
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestStockArrival(StatusMailCommon):
    """Goods came in: stock went from zero to something."""

    def test_goods_are_told_to_those_who_wait_by_order_date(self):
        """OS8: three orders wait, the goods suffice for one and a half; once per arrival."""
        first, second, third = (self._create_told_order(self.planter, quantity=2) for _number in range(3))
        for days, order in enumerate((third, second, first), start=1):
            order.date_order = Datetime.subtract(Datetime.now(), days=days)
        purchase = self._create_purchase(self.planter, 3, "2030-05-01")
        self.run_action()
        self.receive(purchase)
        self.run_action()
        told = [[event.new_value for event in self.events(order, "stock")] for order in (first, second, third)]
        self.assertEqual(told, [["2.0"], ["1.0"], []])
        self.run_action()
        self.assertEqual(len(self.events(first, "stock")), 1, "once per arrival")

    def test_goods_that_were_there_before_the_order(self):
        """OS8: goods come in, then somebody orders them, then the action runs: that customer never waited."""
        waiting = self._create_told_order(self.planter, quantity=2)
        self.receive(self._create_purchase(self.planter, 9, "2030-05-01"))
        late = self._create_order(self.planter, quantity=2)
        late.date_order = Datetime.add(Datetime.now(), minutes=1)
        self.run_action()
        self.assertEqual(len(self.events(waiting, "stock")), 1)
        self.assertEqual(self.events(late).mapped("rule"), ["status"])

    def test_more_goods_on_top_of_stock_are_not_told(self):
        """OS8: stock went from some to more; nobody has waited."""
        self._create_told_order(self.planter, quantity=2)
        order = self._create_told_order(self.planter, quantity=2)
        self.receive(self._create_purchase(self.planter, 50, "2030-05-01"))
        self.run_action()
        before = len(self.events(order, "stock"))
        self.receive(self._create_purchase(self.planter, 5, "2030-05-02"))
        self.run_action()
        self.assertEqual((before, len(self.events(order, "stock"))), (1, 1))

    def test_goods_for_those_who_still_wait(self):
        """OS8: the first goods are there for the first order; the next ones are news for the second only."""
        orders = [self._create_told_order(self.planter, quantity=2) for _number in range(2)]
        orders[0].date_order = Datetime.subtract(Datetime.now(), days=1)
        for day in ("2030-05-01", "2030-05-02"):
            self.receive(self._create_purchase(self.planter, 2, day))
            self.run_action()
        told = [[event.new_value for event in self.events(order, "stock")] for order in orders]
        self.assertEqual(told, [["2.0"], ["2.0"]])

    def test_each_arrival_from_zero_is_told(self):
        """OS8: the rest comes in later, after the first goods are delivered."""
        order = self._create_told_order(self.planter, quantity=4)
        self.receive(self._create_purchase(self.planter, 1, "2030-05-01"))
        self.run_action()
        self.deliver(order, {self.planter: 1})
        self.receive(self._create_purchase(self.planter, 3, "2030-05-02"))
        self.run_action()
        self.assertEqual([event.new_value for event in self.events(order, "stock")], ["1.0", "3.0"])

    def test_more_for_an_order_of_which_some_was_there(self):
        """OS8: one of four was there; three more are not the first goods that came."""
        order = self._create_told_order(self.planter, quantity=4)
        for quantity, day in ((1, "2030-05-01"), (3, "2030-05-02")):
            self.receive(self._create_purchase(self.planter, quantity, day))
            self.run_action()
        self.assertEqual([event.new_value for event in self.events(order, "stock", told=None)], ["1.0"])

    def test_another_warehouse_is_no_help(self):
        """OS8: goods in a warehouse that does not serve the order are not told."""
        order = self._create_told_order(self.planter)
        other = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR", "company_id": self.company.id})
        purchase = self._create_purchase(self.planter, 3, "2030-05-01", confirm=False)
        purchase.picking_type_id = other.in_type_id
        purchase.button_confirm()
        self.receive(purchase)
        self.run_action()
        self.assertFalse(self.events(order, "stock", told=None))

    def test_an_inventory_count_is_an_arrival_too(self):
        """OS8: goods that were found again are goods that came in."""
        order = self._create_told_order(self.planter)
        quant = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {"product_id": self.planter.id, "location_id": self.warehouse.lot_stock_id.id, "inventory_quantity": 9}
            )
        )
        quant.action_apply_inventory()
        self.run_action()
        self.assertEqual([event.new_value for event in self.events(order, "stock")], ["2.0"])

    def test_goods_delivered_before_the_run_are_told_as_delivered(self):
        """OS8, OS6: in and out between two runs: one mail, about the delivery."""
        order = self._create_told_order(self.planter)
        self.receive(self._create_purchase(self.planter, 2, "2030-05-01"))
        self.deliver(order, {self.planter: 2})
        self.run_action()
        self.assertFalse(self.events(order, "stock"))
        self.assertEqual(len(self.events(order, "delivered")), 1)
