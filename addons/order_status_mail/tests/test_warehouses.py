from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestWarehouses(StatusMailCommon):
    """An order whose lines come from several warehouses."""

    def setUp(self):
        super().setUp()
        self.far = self.env["stock.warehouse"].create({"name": "Far", "code": "FARST", "company_id": self.company.id})
        self.far.delivery_route_id.sale_selectable = True
        self.order = self._create_order(self.lamp, confirm=False)
        self.order.order_line = [
            Command.create(
                {
                    "product_id": self.planter.id,
                    "product_uom_qty": 2,
                    "route_ids": [Command.set(self.far.delivery_route_id.ids)],
                }
            )
        ]
        self.order.action_confirm()
        self.run_action()

    def _buy(self, warehouse, day):
        purchase = self._create_purchase(self.planter, 2, day, confirm=False)
        purchase.picking_type_id = warehouse.in_type_id
        purchase.button_confirm()
        self.run_action()
        return purchase

    def test_the_line_waits_where_its_route_begins(self):
        """OS7, OS8: dates and goods of the line's warehouse are told, those of the order's warehouse are not."""
        self.assertEqual(self.order.order_line.warehouse_id, self.warehouse | self.far)
        near, far = self._buy(self.warehouse, "2031-04-01"), self._buy(self.far, "2031-05-01")
        self.assertEqual(self.events(self.order, "date", told=None).mapped("new_value"), ["2031-05-01"])
        near.order_line.date_planned = "2031-04-10 12:00:00"
        far.order_line.date_planned = "2031-05-10 12:00:00"
        self.run_action()
        self.assertEqual(self.events(self.order, "date").mapped("new_value"), ["2031-05-10"])
        self.receive(near)
        self.run_action()
        self.assertFalse(self.events(self.order, "stock"), "these are somebody else's")
        self.receive(far)
        self.run_action()
        [event] = self.events(self.order, "stock")
        self.assertEqual((event.product_id, event.new_value), (self.planter, "2.0"))

    def test_a_date_is_not_lost_where_the_goods_are_there(self):
        """OS+6: a line whose goods are in its warehouse waits for no date; those of another warehouse do not count."""
        far = self._buy(self.far, "2031-05-01")
        self.env["stock.quant"]._update_available_quantity(self.planter, self.warehouse.lot_stock_id, 9)
        far.button_cancel()
        self.run_action()
        self.pass_grace(self.order)
        self.run_action()
        self.assertEqual(self.events(self.order, "date", told=None).mapped("new_value"), ["2031-05-01", False])
