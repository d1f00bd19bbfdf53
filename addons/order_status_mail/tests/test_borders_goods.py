"""Where goods, picks and mails that wait begin and end: the last one that counts, and the first that does not."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..rules.delivered import Delivered
from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestGoodsBorders(StatusMailCommon):
    """Which lines, moves and picks count."""

    def _marks(self):
        self.commit_marks()
        return self.env["order.status.mark"].search([])

    def test_a_part_of_the_pick_is_not_the_pick(self):
        """OS4: an order is picked when all of it is; a move that was cancelled holds it up no more."""
        self.warehouse.write({"delivery_steps": "pick_ship", "status_mail_picked_when": "pick"})
        order = self._create_told_order(self.lamp, self.planter, quantity=5)
        order.order_line[1].move_ids._action_cancel()
        self.deliver(order, {self.lamp: 3})
        self.assertFalse(order.status_picked)
        rest = order.picking_ids.filtered(
            lambda picking: (
                picking.picking_type_id == self.warehouse.pick_type_id and picking.state not in ("done", "cancel")
            )
        )
        rest.move_ids.write({"quantity": 2, "picked": True})
        rest.button_validate()
        self.assertTrue(order.status_picked)

    def test_lines_of_a_quotation_that_was_sent(self):
        """OS6: nothing of a quotation is looked at, sent or not."""
        order = self._create_order(self.lamp, confirm=False)
        order.action_quotation_sent()
        self._marks().unlink()
        order.order_line._mark_status_changed()
        self.assertFalse(self._marks())

    def test_less_of_an_open_move(self):
        """OS+6: the warehouse, who sees no orders, makes a delivery smaller: its order is looked at, no other one."""
        order, other = self._create_told_order(self.lamp), self._create_told_order(self.lamp)
        packer = new_test_user(self.env, "osm_packer", groups="stock.group_stock_user")
        self.env.invalidate_all()
        order.picking_ids.with_user(packer).move_ids.product_uom_qty = 1
        self.assertEqual(self._marks().order_id, order)
        self.assertNotIn(other, self._marks().order_id)

    def _pieces(self, order):
        """Return how many are delivered, of how many, how many come, and how many will not."""
        counts = Delivered()._pieces(order)
        return tuple(counts[name] for name in ("done", "all", "open", "short"))

    def test_pieces_and_lines(self):
        """OS6: where units differ lines count; those of which nothing was bought do not, nor costs of delivery."""
        self.planter.uom_id = self.env.ref("uom.product_uom_kgm")
        order = self._create_told_order(self.lamp, self.planter)
        order.order_line = [Command.create({"product_id": self.lamp.id, "product_uom_qty": 0})]
        self.assertEqual(self._pieces(order), (0, 2, 2, 0))
        self.env["stock.quant"]._update_available_quantity(self.planter, self.warehouse.lot_stock_id, 9)
        self.deliver(order, {self.planter: 2})
        self.run_action()
        self.assertEqual(self._pieces(order), (1, 2, 1, 0))
        order.order_line[0].move_ids._action_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertEqual(self._pieces(order), (1, 2, 0, 1))
        self.assertIn("1 of 2 delivered, 1 will not come", self.mails(order)[-1].subject)

    def test_a_part_of_one_line(self):
        """OS+7: 1.5 of 2 kg are not "0 of 1 delivered", nor nothing where the rest is given up."""
        order = self._create_told_order(self.lamp)
        self.lamp.uom_id = order.order_line.product_uom_id = self.env.ref("uom.product_uom_kgm")
        delivery = self.deliver(order, {self.lamp: 1.5})
        self.run_action()
        self.assertIn("Part of your order is delivered", self.mails(order)[-1].subject)
        (order.picking_ids - delivery).action_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertIn("Part of your order is delivered", self.mails(order)[-1].subject)
        self.assertIn("Will not be delivered: 0.5", self.mails(order)[-1].body_text)

    def test_pieces_of_services(self):
        """OS6: hours count, the costs of a delivery do not."""
        work = self.env["product.product"].create({"name": "Work", "type": "service", "list_price": 7})
        order = self._create_order(work, quantity=2, confirm=False)
        order.order_line = [Command.create({"product_id": work.id, "is_delivery": True})]
        order.action_confirm()
        self.assertEqual(self._pieces(order), (0, 2, 2, 0))
        self.run_action()
        order.order_line[0].qty_delivered = 2
        self.run_action()
        self.assertIn("Your order is completed", self.mails(order)[-1].subject, "nothing of it is brought")

    def test_goods_for_a_certain_order(self):
        """OS7: a line with a purchase of its own is expected when that comes, whatever else is bought."""
        order = self._create_told_order(self.planter)
        self._create_purchase(self.planter, 2, "2030-05-20").order_line.sale_line_id = order.order_line
        self._create_purchase(self.planter, 9, "2030-05-01")
        self.run_action()
        self.assertEqual(self.events(order, "date", told=None)[-1].new_value, "2030-05-20")


@tagged("post_install", "-at_install")
class TestMailBorders(StatusMailCommon):
    """Which mails are taken back, and whose deliveries count."""

    def test_a_mail_that_is_being_sent(self):
        """OS+1: the queue has the mail in its hands: it is not taken back, and nothing of it is told again."""
        order = self._create_told_order(self.lamp, sent=False)
        mail = self.mails(order)
        order.status_picked = True
        with patch.object(type(mail), "try_lock_for_update", lambda mails, **kwargs: mails.browse()):
            self.run_action(sent=False)
        self.assertEqual(mail.state, "outgoing")
        self.assertNotIn("confirmed", self.mails(order)[-1].body_text)

    def test_a_mail_that_an_administrator_cancelled(self):
        """OS+5: what a person took out of the queue is not told with the next news."""
        order = self._create_told_order(self.lamp, sent=False)
        self.mails(order).cancel()
        order.status_picked = True
        self.run_action(sent=False)
        self.assertNotIn("confirmed", self.mails(order)[-1].body_text)

    def test_each_mail_has_its_own_deliveries(self):
        """OS+5: one mail arrives, the next one does not: only that is owed."""
        orders = [self._create_told_order(self.lamp, sent=False) for _number in range(2)]
        self.settle(self.mails(orders[0]))
        self.settle(self.mails(orders[1]), "failed", "no such user")
        states = [self.events(order, "status", told=None).mail_id.state for order in orders]
        self.assertEqual(states, ["sent", "failed"])
        self.assertEqual([bool(order.status_snapshot_ids.undelivered) for order in orders], [False, True])

    def test_a_merge_is_about_the_merged(self):
        """OS+5: merging two contacts renews the links of their orders, and of no others."""
        order = self._create_told_order(self.lamp)
        friend = self._create_customer("Friend", "friend@example.com")
        other = self._create_told_order(self.lamp, customer=friend)
        tokens = [each.status_snapshot_ids._get_access_token() for each in (order, other)]
        twin = self._create_customer("Karen B.", "twin@example.com")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [twin.id, self.customer.id], self.customer, extra_checks=False
        )
        self.env.invalidate_all()
        after = [each.status_snapshot_ids._get_access_token() for each in (order, other)]
        self.assertNotEqual(after[0], tokens[0])
        self.assertEqual(after[1], tokens[1])

    def test_a_card_that_is_only_checked(self):
        """OS+6: a transaction over nothing that fails is no failed payment."""
        order = self._create_told_order(self.lamp)
        self.env["payment.transaction"].create(
            {
                "provider_id": self.env.ref("payment.payment_provider_transfer").id,
                "payment_method_id": self.env.ref("payment_custom.payment_method_wire_transfer").id,
                "reference": f"{order.name}-check",
                "amount": 0,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )._set_error("no")
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1)

    def test_mails_of_other_documents(self):
        """OS+5: links are put into mails of the order, not of what has the same number elsewhere."""
        order = self._create_told_order(self.lamp, sent=False)
        values = {"model": "sale.order", "res_id": order.id, "recipient_ids": [Command.set(order.partner_id.ids)]}
        self.env["mail.mail"].create(values).mail_message_id.model = "purchase.order"
        [mails] = order.status_snapshot_ids._waiting_mails().values()
        self.assertEqual(mails, self.mails(order))
        mails.state = "sent"
        self.assertFalse(any(order.status_snapshot_ids._waiting_mails().values()), "what left stays as it left")

    def test_who_confirms(self):
        """OS+4: orders from elsewhere, and of customers without an address, are confirmed by neither mail of ours."""
        elsewhere = self._create_order(self.lamp, website=self.env["website"], confirm=False)
        nowhere = self._create_order(self.lamp, customer=self._create_customer("Nobody", False), confirm=False)
        self.assertEqual([len(orders) for orders in (elsewhere | nowhere)._split_status_confirmations()], [0, 0])
        self.switch(self.website, "status", on=False)
        web = self._create_order(self.lamp, confirm=False)
        self.assertEqual(web._split_status_confirmations(), (self.env["sale.order"], web))
