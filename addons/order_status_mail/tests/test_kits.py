from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestKits(StatusMailCommon):
    """A kit is sold as one line; its parts are what is bought and moved (``sale_mrp``: phantom bill of materials)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls.env["product.product"].create(
            {"name": "Balcony Kit", "type": "consu", "list_price": 90, "taxes_id": False}
        )
        cls.pot, cls.soil = cls._create_product("Pot"), cls._create_product("Soil")

    def _create_kit_order(self, quantity=1):
        """Return a confirmed and told order of a kit of one pot and two bags of soil."""
        if "mrp.bom" in self.env:
            self.env["mrp.bom"].create(
                {
                    "product_tmpl_id": self.kit.product_tmpl_id.id,
                    "type": "phantom",
                    "bom_line_ids": [
                        Command.create({"product_id": self.pot.id, "product_qty": 1}),
                        Command.create({"product_id": self.soil.id, "product_qty": 2}),
                    ],
                }
            )
            return self._create_told_order(self.kit, quantity=quantity)
        order = self._create_order(self.kit, quantity=quantity)
        # what sale_mrp makes of the move of a kit: moves of the parts, for the same line
        move = order.order_line.move_ids
        move.copy({"product_id": self.soil.id, "product_uom_qty": 2 * quantity})._action_confirm(merge=False)
        move.write({"product_id": self.pot.id, "product_uom_qty": quantity})
        move.sale_line_id = order.order_line
        self.run_action()
        self.assertEqual(order.order_line.move_ids.product_id, self.pot + self.soil)
        return order

    def test_the_date_of_a_kit_is_that_of_its_last_part(self):
        """OS+6: the customer bought a kit, and is told when all of it is expected."""
        pots = self._create_purchase(self.pot, 1, "2030-05-01")
        soil = self._create_purchase(self.soil, 2, "2030-05-10")
        order = self._create_kit_order()
        [event] = self.events(order, "date", told=None)
        self.assertEqual((event.new_value, event.line_id), ("2030-05-10", order.order_line))
        pots.order_line.date_planned = "2030-05-06 12:00:00"
        self.run_action()
        self.assertEqual(len(self.events(order, "date", told=None)), 1, "it does not hold the kit up")
        soil.order_line.date_planned = "2030-05-22 12:00:00"
        self.run_action()
        event = self.events(order, "date")[-1]
        self.assertEqual((event.old_value, event.new_value), ("2030-05-10", "2030-05-22"))
        self.assertIn("Balcony Kit", self.mails(order)[-1].body_html)

    def test_a_part_that_nothing_brings_leaves_the_kit_without_a_date(self):
        """OS+6: half a kit is no promise."""
        self._create_purchase(self.pot, 1, "2030-05-01")
        order = self._create_kit_order()
        self.assertFalse(self.events(order, "date", told=None))
        self._create_purchase(self.soil, 2, "2030-06-01")
        self.run_action()
        self.assertEqual(self.events(order, "date", told=None).new_value, "2030-06-01")

    def test_goods_received_are_told_when_the_kit_is_whole(self):
        """OS+6: told for the line that was bought, in its quantity, when its last part came in."""
        pots = self._create_purchase(self.pot, 3, "2030-05-01")
        soil = self._create_purchase(self.soil, 6, "2030-05-10")
        order = self._create_kit_order(quantity=3)
        self.receive(pots)
        self.run_action()
        self.assertFalse(self.events(order, "stock", told=None), "soil is missing")
        self.receive(soil)
        self.run_action()
        [event] = self.events(order, "stock")
        self.assertEqual((float(event.new_value), event.product_id), (3.0, self.kit))
        self.assertIn("received for you: 3 pieces", self.mails(order)[-1].body_html)

    def test_parts_that_come_in_portions(self):
        """OS+6: some of the soil was there already: the kit is told when the rest of it comes, once."""
        pots = self._create_purchase(self.pot, 2, "2030-05-01")
        soil = self._create_purchase(self.soil, 4, "2030-05-10")
        order = self._create_kit_order(quantity=2)
        self.receive(pots)
        self.receive(soil, quantity=1)
        self.run_action()
        self.assertFalse(self.events(order, "stock", told=None), "soil is missing")
        self.receive(soil, quantity=3)
        self.run_action()
        self.assertEqual(float(self.events(order, "stock").new_value), 2.0)
        self.receive(self._create_purchase(self.soil, 9, "2030-05-11"))
        self.run_action()
        self.assertEqual(len(self.events(order, "stock")), 1)

    def test_the_oldest_order_gets_the_parts(self):
        """OS+6: kits and single parts wait in one queue."""
        single = self._create_told_order(self.pot, quantity=1, date_order="2029-01-01")
        single.date_order = "2026-01-01"
        self._create_purchase(self.soil, 2, "2030-05-02")
        first = self._create_purchase(self.pot, 1, "2030-05-01")
        order = self._create_kit_order()
        self.assertFalse(self.events(order, "date", told=None), "the pot is the older order's")
        self.receive(first)
        self.run_action()
        self.assertEqual(len(self.events(single, "stock")), 1)
        self.assertFalse(self.events(order, "stock", told=None))
