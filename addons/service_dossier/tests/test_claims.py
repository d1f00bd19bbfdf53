"""A warranty pays once: what was claimed counts over its life, and a person decides on more."""

from datetime import date, datetime, time, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestClaims(DossierCommon):
    """SD+8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier.stage_id = cls.stage("service")
        cls.as_dealer = cls.dossier.with_user(cls.dealer)
        cls.Line = cls.env["service.dossier.line"].with_user(cls.dealer)

    def buy(self, *, dossier=None, warranty=None, **values):
        """Add a part as the dealer and place the order."""
        dossier = (dossier or self.dossier).with_user(self.dealer)
        self.Line._add(dossier, (warranty or self.warranty).with_user(self.dealer), **values)
        return self.Line._place_orders(dossier)

    def test_second_product_waits(self):
        """SD+8: the second free product under one warranty is not ordered before a manager has approved it."""
        self.assertEqual(self.buy().state, "sale")
        second = self.buy()
        self.assertEqual(second.state, "draft")
        self.assertEqual(second.amount_untaxed, 500, "not free yet")
        claim = second.order_line.warranty_claim_ids
        self.assertEqual(claim.state, "waiting")
        self.assertTrue(claim.activity_ids)
        with self.assertRaisesRegex(UserError, "has to decide first"):
            second.action_confirm()
        with self.assertRaises(AccessError):
            claim.with_user(self.employee).action_approve()
        claim.with_user(self.manager).action_approve()
        self.assertEqual((second.state, second.amount_total), ("sale", 0))
        self.assertEqual((claim.decided_by_id, bool(claim.date_decided)), (self.manager, True))
        self.assertFalse(claim.activity_ids)
        self.assertIn("goes on", self.dossier.communication_ids[0].body)
        with self.assertRaisesRegex(UserError, "decided already"):
            claim.with_user(self.manager).action_refuse()

    def test_refused(self):
        """SD+8: what the warranty does not pay for stays a quotation with its price, and the customer is told."""
        self.buy()
        second = self.buy()
        second.order_line.warranty_claim_ids.with_user(self.manager).action_refuse()
        self.assertEqual((second.state, second.amount_untaxed), ("draft", 500))
        self.assertIn("does not pay", self.dossier.communication_ids[0].body)
        line = self.dossier.line_ids[-1]
        self.assertEqual((line.is_free, line.is_waiting, line.price), (False, False, 500))

    def test_in_one_basket(self):
        """SD+8: the dealer sees before ordering what has to be approved; the rest does not wait for it."""
        first = self.Line._add(self.as_dealer, self.warranty.with_user(self.dealer))
        second = self.Line._add(self.as_dealer, self.warranty.with_user(self.dealer))
        self.assertEqual((first.is_free, first.is_waiting), (True, False))
        self.assertEqual((second.is_free, second.is_waiting), (False, True))
        orders = self.Line._place_orders(self.as_dealer)
        self.assertEqual(sorted(orders.mapped("state")), ["draft", "sale"])
        self.assertEqual((first.is_free, second.is_waiting), (True, True))

    def test_bill_of_elements(self):
        """SD+8: of an element as many are free as the product has, in all dossiers together."""
        self.product.warranty_bill_ids.quantity = 2
        element = self.element.sudo()
        self.assertEqual(self.buy(element=element).state, "sale")
        other = self._make_dossier()
        other.stage_id = self.stage("service")
        self.assertEqual(self.buy(dossier=other, element=element).state, "sale")
        self.assertEqual(self.buy(element=element).state, "draft")
        self.assertEqual(self.buy().state, "sale", "the whole product is another matter")

    def test_not_by_quantity(self):
        """SD+8: ten at once wait as well, and raising an order's quantity afterwards counts."""
        self.assertEqual(self.buy(quantity=10).state, "draft")
        self.product.warranty_claim_limit = 3
        warranty = self.make_warranty(order_number="Q")
        order = self.buy(warranty=warranty)
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.warranty_claim_ids.quantity, 3)
        self.assertEqual(self.buy(warranty=warranty).state, "draft")

    def test_raised_afterwards(self):
        """SD+8: a salesperson does not raise a free line beyond what the warranty pays for; a manager does."""
        line = self.buy().order_line
        groups = "sales_team.group_sale_salesman_all_leads"
        salesperson = new_test_user(self.env, "sd_salesperson", groups=groups)
        as_seller = line.with_user(salesperson)
        with self.assertRaises(AccessError):
            as_seller.product_uom_qty = 50
        with self.assertRaises(AccessError):
            as_seller.order_id.write({"order_line": [Command.update(line.id, {"product_uom_qty": 50})]})
        self.product.warranty_claim_limit = 3
        as_seller.product_uom_qty = 3
        self.assertEqual((line.warranty_claim_ids.quantity, line.price_unit), (3, 0))
        groups = f"{groups},service_dossier.group_service_dossier_manager"
        line.with_user(new_test_user(self.env, "sd_head", groups=groups)).product_uom_qty = 4
        self.assertEqual((line.warranty_claim_ids.quantity, line.warranty_claim_ids.state), (4, "approved"))
        as_seller.product_uom_qty = 2
        self.assertEqual(line.warranty_claim_ids.quantity, 2)

    def test_copied(self):
        """SD+8: the copy of a free order claims nothing: it has its prices, and does not say that it is free."""
        order = self.buy()
        self.assertIn("Free of charge", order.order_line.name)
        copy = order.copy()
        self.assertEqual((copy.amount_untaxed, copy.order_line.technical_price_unit), (500, 500))
        self.assertNotIn("Free of charge", copy.order_line.name)
        self.assertEqual(copy.order_line.dossier_width, 1200)
        self.order.order_line.price_unit = 123
        self.assertEqual(self.order.copy().order_line.price_unit, 123)

    def test_cancelled_orders_do_not_count(self):
        """SD+8: a cancelled or deleted order gives its claim back; taken up again, it claims again."""
        first = self.buy()
        first._action_cancel()
        self.assertEqual(first.order_line.warranty_claim_ids.state, "cancelled")
        second = self.buy()
        self.assertEqual(second.state, "sale")
        first.action_draft()
        self.assertEqual(first.order_line.warranty_claim_ids.state, "waiting", "the warranty has paid meanwhile")
        claim = first.order_line.warranty_claim_ids
        first.unlink()
        self.assertEqual(claim.state, "cancelled")

    def test_deleted_dossier_counts(self):
        """SD+8: deleting the dossier does not make a warranty pay again."""
        other = self._make_dossier()
        other.stage_id = self.stage("service")
        self.buy(dossier=other)
        other.unlink()
        self.assertEqual(self.buy().state, "draft")

    def test_replacement(self):
        """SD+8: the replaced unit's warranty ends; the new unit has the rest of its time, and their claims add up."""
        self.warranty.date_start = self.company._dossier_day() - timedelta(days=100)
        end = self.warranty.date_end
        order = self.buy()
        order.order_line.qty_delivered = 1
        new = order.order_line.warranty_ids
        self.assertEqual(
            (new.replaces_id, new.date_end, new.date_start), (self.warranty, end, self.company._dossier_day())
        )
        self.assertEqual((self.warranty.end_reason, new.order_number), ("replaced", self.warranty.order_number))
        self.assertEqual(self.buy(warranty=new).state, "draft", "the chain has had its product")
        order.order_line.qty_delivered = 0
        self.assertEqual((new.end_reason, self.warranty.end_reason), ("returned", False))

    def test_replacement_with_new_time(self):
        """SD+8: with the setting, a replacement gets a warranty of its own duration."""
        self.company.dossier_replacement_warranty = "new"
        self.warranty.date_start = self.company._dossier_day() - timedelta(days=100)
        order = self.buy()
        order.order_line.qty_delivered = 1
        self.assertGreater(order.order_line.warranty_ids.date_end, self.warranty.date_end)

    def test_paid_replacement(self):
        """SD+8: a unit that the customer pays for is a new one."""
        self.warranty.date_start = date(2015, 1, 1)
        order = self.buy()
        order.order_line.qty_delivered = 1
        new = order.order_line.warranty_ids
        self.assertFalse(new.replaces_id)
        self.assertEqual((new.months, self.warranty.end_reason), (24, False))

    def test_returned_goods(self):
        """SD+8: nothing is free under the warranty of something that came back."""
        self.warranty.sale_line_id.qty_delivered = 0
        self.assertEqual(self.buy().amount_untaxed, 500)

    def test_day_of_the_claim(self):
        """SD+8: asked for on the last day is asked for in time, however long the answer takes."""
        self.warranty.date_start = date(2024, 1, 1)
        last = self.warranty.date_end
        self.dossier.stage_id = self.stage("finished")
        noon = datetime.combine(last, time(12))
        with freeze_time(noon):
            self.post(self.dealer, "service_request", warranty_id=self.warranty.id)
        with freeze_time(noon + timedelta(days=9)):
            line = self.Line._add(self.as_dealer, self.warranty.with_user(self.dealer))
            self.assertEqual((line.date_claim, line.is_free), (last, True))
            line._remove()
        with freeze_time(noon + timedelta(days=61)):
            late = self.Line._add(self.as_dealer, self.warranty.with_user(self.dealer))
            self.assertFalse(late.is_free, "a request is not kept open for ever")

    def test_day_before_the_warranty(self):
        """SD+8: a request that is older than the warranty does not make the customer pay."""
        today = self.company._dossier_day()
        self.dossier.stage_id = self.stage("finished")
        with freeze_time(datetime.combine(today - timedelta(days=10), time(12))):
            self.post(self.dealer, "service_request")
        warranty = self.make_warranty(date_start=today)
        line = self.Line._add(self.as_dealer, warranty.with_user(self.dealer))
        self.assertEqual((line.date_claim, line.is_free), (today, True))

    def test_claims_are_not_made_by_hand(self):
        """SD+8: nobody makes, deletes or decides a claim by writing."""
        claim = self.buy().order_line.warranty_claim_ids
        for user in (self.employee, self.manager):
            as_user = claim.with_user(user)
            self.assertTrue(as_user.has_access("read"))
            with self.assertRaises(AccessError):
                as_user.unlink()
            with self.assertRaises(AccessError):
                as_user.state = "cancelled"
            with self.assertRaises(AccessError):
                as_user.copy()
        self.assertFalse(claim.with_user(self.dealer).has_access("read"))

    def test_another_unit_claims_more(self):
        """SD+8: a dozen of what the warranty pays for once is twelve, whatever the number on the line is."""
        line = self.buy().order_line
        seller = new_test_user(self.env, "sd_seller_unit", groups="sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            line.with_user(seller).product_uom_id = self.env.ref("uom.product_uom_dozen")

    def test_another_product_is_not_free(self):
        """SD+8: a warranty pays for what was claimed, not for what somebody writes into its line later."""
        free, waiting = self.buy().order_line, self.buy().order_line
        dear = self.env["product.product"].create({"name": "House", "list_price": 500000})
        for line in (free, waiting):
            with self.assertRaisesRegex(UserError, "claimed for"):
                line.product_id = dear
        waiting.warranty_claim_ids.with_user(self.manager).action_refuse()
        waiting.product_id = dear
        self.assertEqual(waiting.product_id, dear)
