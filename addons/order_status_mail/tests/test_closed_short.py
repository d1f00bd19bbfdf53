from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestClosedShort(StatusMailCommon):
    """What nobody brings any more is neither waited for nor promised."""

    def _close(self, order, quantity):
        """Deliver some of the lamps and refuse the back order."""
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.action_assign()
        for move in picking.move_ids:
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()

    def _texts(self, order):
        return [event._describe()["text"] for event in self.events(order)]

    def test_no_back_order(self):
        """OS+6: three of five are sent and the rest is refused in the same step: told in the same mail, done."""
        order = self._create_told_order(self.lamp, quantity=5, commitment_date="2030-01-01")
        self._close(order, 3)
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertIn("3 of 5 delivered, 2 will not come", mail.subject)
        self.assertIn("Will not be delivered: 2 pieces", mail.body_text)
        self.assertEqual(len(self.mails(order)), 2)
        self.assertEqual(order.status_snapshot_ids.status, "short")
        page = self.env["order.status.page"]._values(order)
        self.assertIn("the rest will not come", page["now"])
        self.assertFalse(page["expected"], "nobody is told to expect it")
        order.status_picked = True
        self.run_action()
        self.assertEqual(self._texts(order)[-1], "Your order is picked", "told once")

    def test_a_back_order_that_is_cancelled_later(self):
        """OS+6: the rest is told as not coming, after the grace time: deliveries are often made anew."""
        order = self._create_told_order(self.lamp, quantity=5)
        self.deliver(order, {self.lamp: 3})
        self.run_action()
        self.assertIn("3 of 5 delivered, 2 to come", self.mails(order)[-1].subject)
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.run_action()
        self.assertEqual((len(self.mails(order)), order.status_snapshot_ids.status), (2, "partial"))
        self.pass_grace(order)
        self.run_action()
        self.assertIn("3 of 5 delivered, 2 will not come", self.mails(order)[-1].subject)
        self.assertEqual(order.status_snapshot_ids.status, "short")
        self.assertFalse(self.env["order.status.mark"].search([("order_id", "=", order.id)]))

    def test_a_delivery_that_is_made_anew(self):
        """OS+6: cancelled and made again within the grace time: not a word."""
        order = self._create_told_order(self.lamp, quantity=5)
        old = order.picking_ids
        old.action_cancel()
        self.run_action()
        order.order_line._action_launch_stock_rule()
        self.assertTrue(order.picking_ids - old)
        self.run_action()
        self.assertFalse(order.status_snapshot_ids.facts["gone"])
        self.pass_grace(order)
        self.run_action()
        self.assertEqual(self._texts(order), ["Your order is confirmed"])

    def test_nothing_is_delivered(self):
        """OS+6: every delivery of the order is cancelled, the order is not: it will not be delivered."""
        order = self._create_told_order(self.lamp, quantity=5)
        order.picking_ids.carrier_tracking_ref = "T1"
        order.picking_ids.action_cancel()
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "confirmed")
        self.pass_grace(order)
        self.run_action()
        self.assertIn("Your order will not be delivered", self.mails(order)[-1].subject)
        self.assertEqual(order.status_snapshot_ids.status, "dropped")
        page = self.env["order.status.page"]._values(order)
        self.assertEqual((page["now"], page["steps"]), ("Your order will not be delivered.", []))

    def test_it_comes_after_all(self):
        """OS+6: whoever heard that the rest will not come hears that it does."""
        order = self._create_told_order(self.lamp, quantity=5)
        self._close(order, 3)
        self.run_action()
        order.order_line._action_launch_stock_rule()
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertIn("The rest of your order comes after all", mail.subject)
        self.assertIn("Will be delivered after all: 2 pieces", mail.body_text)
        self.assertEqual(order.status_snapshot_ids.status, "partial")

    def test_less_of_a_back_order(self):
        """OS+6: the warehouse makes the open delivery smaller."""
        order = self._create_told_order(self.lamp, quantity=5)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        move = order.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        move.product_uom_qty = 1
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertIn("2 of 5 delivered, 1 to come, 2 will not come", self.mails(order)[-1].subject)
        self.assertEqual(order.status_snapshot_ids.status, "partial")

    def test_one_of_two_lines(self):
        """OS+6: one product does not come, the other one does: by lines where the units differ."""
        self.planter.uom_id = self.env.ref("uom.product_uom_kgm")
        order = self._create_told_order(self.lamp, self.planter, quantity=2)
        order.order_line[0].move_ids._action_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertIn("0 of 2 delivered, 1 to come, 1 will not come", self.mails(order)[-1].subject)
        self.assertEqual(self._texts(order)[-1], "Will not be delivered: 2 pieces")

    def test_a_cancelled_order_is_only_cancelled(self):
        """OS+6: nobody is told piece by piece what does not come of an order that is cancelled."""
        order = self._create_told_order(self.lamp, quantity=5)
        order._action_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertEqual(self._texts(order), ["Your order is confirmed", "Your order is cancelled"])

    def test_returned_goods_do_come(self):
        """OS+6: what was delivered and came back was delivered; it is neither short nor expected."""
        order = self._create_told_order(self.lamp, quantity=2)
        picking = self.deliver(order, {self.lamp: 2})
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.run_action()
        facts = order.status_snapshot_ids.facts
        self.assertEqual((facts["short"], facts["waiting"], facts["expected"]), ({}, {}, {}))
        self.assertEqual(order.status_snapshot_ids.status, "partly_returned")

    def test_what_came_back_does_not_come_again(self):
        """OS+6, OS+9: one of three delivered and taken back, the rest cancelled: nothing of it is "to come"."""
        order = self._create_told_order(self.lamp, quantity=3, commitment_date="2031-01-01")
        page, snapshot = self.env["order.status.page"], order.status_snapshot_ids
        self.assertIn("2031", page._expected(order, snapshot))
        delivery = self.deliver(order, {self.lamp: 1})
        self.run_action()
        self.assertIn("1 of 3 delivered, 2 to come", self.mails(order)[-1].subject)
        self.take_back(delivery, {self.lamp: 1})
        self.run_action()
        self.assertEqual(snapshot.status, "returned_open", "two are still to come")
        values = page._values(order)
        self.assertEqual([step["state"] for step in values["steps"]], ["done", "done", "now", "next"])
        self.assertEqual(values["now"], "Part of your order came back to us; the rest follows.")
        order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")).action_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertIn("The rest of your order will not come", self.mails(order)[-1].subject)
        self.assertFalse(page._expected(order, snapshot))
        self.assertEqual(page._values(order)["steps"][-1]["label"], "Returned")

    def test_what_went_back_to_its_supplier_does_not_come_again(self):
        """OS+6: goods that the supplier sent and took back count as not received; nobody brings them any more."""
        order = self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 2, "2031-01-01", confirm=False)
        purchase.order_line.sale_line_id = order.order_line
        purchase.button_confirm()
        self.receive(purchase)
        delivery = self.deliver(order, {self.planter: 2})
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "delivered")
        self.take_back(delivery, {self.planter: 1})
        self.take_back(purchase.picking_ids, {self.planter: 1})
        self.assertEqual(purchase.order_line.qty_received, 1)
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "partly_returned")
        self.assertFalse(self.env["order.status.page"]._values(order)["expected"])

    def test_an_order_of_nobody_waits_for_nothing(self):
        """OS+6: goods that come in are not kept for an order that was closed short before."""
        closed = self._create_told_order(self.planter, quantity=5)
        closed.picking_ids.action_cancel()
        self.run_action()
        order = self._create_told_order(self.planter, quantity=2)
        self._create_purchase(self.planter, 2, "2030-05-01")
        self.run_action()
        self.assertFalse(self.events(closed, "date", told=None))
        self.assertEqual(self.events(order, "date", told=None).new_value, "2030-05-01")

    def test_a_line_that_goes_straight_from_the_supplier(self):
        """OS+6: no move yet, or cancelled ones, while a purchase for this line is open: it comes."""
        order = self._create_told_order(self.planter)
        self._create_purchase(self.planter, 2, "2030-05-01").order_line.sale_line_id = order.order_line
        order.picking_ids.action_cancel()
        self.run_action()
        facts = order.status_snapshot_ids.facts
        self.assertEqual((facts["short"], facts["gone"]), ({}, {}))
        self.assertEqual(facts["waiting"], {str(order.order_line.id): 2.0})

    def test_three_steps(self):
        """OS+6: pick, pack and ship: the goods are on their way through the house, none are given up or doubled."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._create_told_order(self.lamp, quantity=5)
        key = str(order.order_line.id)
        for quantity in (3, 3, 3):
            self.deliver(order, {self.lamp: quantity})
            self.run_action()
            facts = order.status_snapshot_ids.facts
            self.assertEqual(facts["short"], {})
            self.assertIn(facts["waiting"][key], (5.0, 2.0))
        self.assertEqual(sum(order.order_line.mapped("qty_delivered")) + facts["waiting"][key], 5)
