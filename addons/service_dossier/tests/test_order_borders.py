"""What a warranty pays for, to the last piece and day: other orders, claims and lines of the same kind stay theirs."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon

SALES = "sales_team.group_sale_salesman_all_leads"


@tagged("post_install", "-at_install")
class TestOrderBorders(DossierCommon):
    """SD+8, SD11, SD12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier.stage_id = cls.stage("service")
        cls.Line = cls.env["service.dossier.line"].with_user(cls.dealer)
        cls.seller = new_test_user(cls.env, "sd_border_seller", groups=SALES)

    def buy(self, *, dossier=None, warranty=None, **values):
        """Add a part as the dealer and place the order."""
        dossier = (dossier or self.dossier).with_user(self.dealer)
        self.Line._add(dossier, (warranty or self.warranty).with_user(self.dealer), **values)
        return self.Line._place_orders(dossier)

    def test_same_amount_again(self):
        """SD+8: what a manager allowed beyond the limit is written again by a salesperson, only not raised."""
        self.buy()
        order = self.buy()
        order.order_line.warranty_claim_ids.with_user(self.manager).action_approve()
        line = order.order_line.with_user(self.seller)
        line.product_uom_qty = 1
        line.write({"product_id": self.product.id})
        with self.assertRaises(AccessError):
            line.product_uom_qty = 2
        other = self.env["product.product"].create({"name": "Gold"})
        with self.assertRaisesRegex(UserError, "is claimed for"):
            line.product_id = other

    def test_refused_lines_are_ordinary(self):
        """SD+8: what the customer pays for is changed and raised as any line."""
        self.buy()
        order = self.buy()
        order.order_line.warranty_claim_ids.with_user(self.manager).action_refuse()
        line = order.order_line.with_user(self.seller)
        line.product_uom_qty = 5
        line.product_id = self.env["product.product"].create({"name": "Gold", "list_price": 10})
        self.assertEqual(line.price_unit, 10)

    def test_decided_by_whom(self):
        """SD+8: managers decide, once; somebody else's decision is none."""
        self.buy()
        claim = self.buy().order_line.warranty_claim_ids
        for user in (self.employee, self.seller, self.dealer):
            for decide in (claim.with_user(user).action_approve, claim.with_user(user).action_refuse):
                with self.assertRaises(AccessError):
                    decide()
        company = self.env["res.company"].create({"name": "Other Works"})
        boss = new_test_user(
            self.env,
            "sd_other_boss",
            groups="service_dossier.group_service_dossier_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            claim.with_user(boss).action_approve()
        self.assertEqual(claim.state, "waiting")

    def test_limit_of_each_element(self):
        """SD+8: an element's own quantity in the bill counts, not the sum of the bill; out of the bill it is one."""
        second = self.env["product.product"].create({"name": "Belt", "default_code": "EL-2", "taxes_id": False})
        self.product.warranty_element_ids += second
        bill = self.product.warranty_bill_ids
        bill.filtered(lambda line: line.element_id == second).quantity = 3
        template = self.product.product_tmpl_id
        self.assertEqual(template._get_warranty_limit(self.element), 1)
        self.assertEqual(template._get_warranty_limit(second), 3)
        self.product.warranty_element_ids -= second
        self.assertEqual(template._get_warranty_limit(second), 1)

    def test_claims_of_the_chain(self):
        """SD+8: claims of other warranties, and refused ones, are not counted with this one's."""
        other = self.make_warranty(order_number="OTHER")
        self.assertEqual(self.buy(warranty=other).state, "sale")
        self.assertEqual(self.buy().state, "sale", "the other warranty has paid for its own")
        refused = self.make_warranty(order_number="REFUSED")
        self.product.warranty_claim_limit = 0
        self.buy(warranty=refused).order_line.warranty_claim_ids.with_user(self.manager).action_refuse()
        self.product.warranty_claim_limit = 1
        self.assertEqual(self.buy(warranty=refused).state, "sale")

    def test_only_this_order_is_deleted(self):
        """SD12: deleting one service order takes neither the parts nor the claims of another along."""
        kept, gone = self.buy(), self.buy(element=self.element.sudo())
        gone._action_cancel()
        gone.unlink()
        placed = self.dossier.line_ids.filtered(lambda line: line.order_name == kept.name)
        self.assertEqual((placed.order_id, placed.sale_line_id), (kept, kept.order_line))
        self.assertEqual(kept.order_line.warranty_claim_ids.state, "approved")

    def test_what_confirming_moves(self):
        """SD6: an order without a dossier, or a service order, gives no dossier its number."""
        dossier = self._make_dossier()
        plain = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.element.id})]}
        )
        plain.action_confirm()
        self.assertEqual((plain.state, dossier.order_number), ("sale", False))
        dossier.stage_id = self.stage("service")
        self.assertTrue(self.buy(dossier=dossier))
        self.assertFalse(dossier.order_number)

    def test_delivery_is_told_once(self):
        """SD12: a delivered service order is told in its dossier once; what is not delivered yet is not told."""
        first, second = self.buy(), self.buy(element=self.element.sudo())
        first.order_line.qty_delivered = 1

        def told():
            return [m.body for m in self.dossier.communication_ids if "was delivered" in (m.body or "")]

        self.assertEqual(len(told()), 1)
        (first | second)._tell_delivery()
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(len(told()), 1)
        second.order_line.qty_delivered = 0.5
        self.assertEqual(len(told()), 1, "half of it")
        second.order_line.qty_delivered = 1
        self.assertEqual(len(told()), 2)

    def test_delivered_to_the_last_piece(self):
        """SD6: a dossier moves on when all goods of its original order are there, notes and service orders aside."""
        dossier = self._make_dossier()
        order = self._make_order(dossier, deliver=0)
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "By truck"}),
            Command.create({"product_id": self.element.id, "product_uom_qty": 2}),
        ]
        dossier.stage_id = self.stage("production")
        goods = order.order_line.filtered("product_id")
        goods[0].qty_delivered = 1
        goods[1].qty_delivered = 1
        self.assertEqual(dossier.stage_id.kind, "production")
        goods[1].qty_delivered = 2
        self.assertEqual(dossier.stage_id.kind, "delivered")
        goods[1].qty_delivered = 1
        goods[1].qty_delivered = 2
        self.assertEqual(dossier.stage_id.kind, "delivered")

    def test_which_unit_came_back(self):
        """SD+8: the unit that nothing was claimed for ends first; what ended before stays, and comes back first."""
        order = self._make_order(self.dossier, deliver=3)
        line = order.order_line
        one, two, three = line.warranty_ids.sorted("unit")
        self.buy(warranty=three)
        line.qty_delivered = 2
        self.assertEqual([w.end_reason for w in (one, two, three)], [False, "returned", False])
        line.qty_delivered = 1
        self.assertEqual([w.end_reason for w in (one, two, three)], ["returned", "returned", False])
        line.qty_delivered = 2
        self.assertEqual([w.end_reason for w in (one, two, three)], [False, "returned", False])
        line.qty_delivered = 4
        self.assertEqual([w.end_reason for w in (one, two, three)], [False, False, False])
        self.assertEqual(len(line.warranty_ids), 4)
        self.assertEqual(self.warranty.end_reason, False, "another order's unit")

    def test_replacement_that_came_back(self):
        """SD+8: only what it replaced runs again; a unit that had come back itself stays ended."""
        order = self.buy()
        order.order_line.qty_delivered = 1
        new = order.order_line.warranty_ids
        self.assertEqual(self.warranty.end_reason, "replaced")
        self.order.order_line.qty_delivered = 0
        self.assertEqual(self.warranty.end_reason, "returned")
        order.order_line.qty_delivered = 0
        self.assertEqual((new.end_reason, self.warranty.end_reason), ("returned", "returned"))


@tagged("post_install", "-at_install")
class TestDayBorders(DossierCommon):
    """SD+1, SD+8: the last day and the first, on the company's clock."""

    def ask(self, moment, *, warranty=None, dossier=None, message_type="service_request", parent=None):
        """Write a message of the dealer's at a moment."""
        (dossier or self.dossier).stage_id = self.stage("finished")
        with freeze_time(moment):
            values = {"warranty_id": warranty.id} if warranty else {}
            message = self.post(self.dealer, message_type, dossier=dossier, parent=parent, **values)
        message.sudo().date = moment
        return message

    def test_days_of_a_request(self):
        """SD+8: a request counts for the days of the setting, the last included, from the warranty's first day on."""
        self.company.dossier_claim_days = 10
        today = datetime(2026, 6, 20, 12)
        warranty = self.make_warranty(date_start=date(2026, 6, 10))
        self.ask(datetime(2026, 6, 10, 12))
        with freeze_time(today):
            self.assertEqual(self.dossier._claim_day(warranty), date(2026, 6, 10))
            later = self.make_warranty(date_start=date(2026, 6, 11))
            self.assertEqual(self.dossier._claim_day(later), date(2026, 6, 20), "began after the request")
        with freeze_time(today + timedelta(days=1)):
            self.assertEqual(self.dossier._claim_day(warranty), date(2026, 6, 21), "too long ago")

    def test_which_request(self):
        """SD+8: of this dossier, for this warranty or none, and asked anew: answers and remarks are no requests."""
        self.company.dossier_claim_days = 100
        other = self.make_warranty(date_start=date(2026, 1, 1))
        warranty = self.make_warranty(date_start=date(2026, 1, 1))
        request = self.ask(datetime(2026, 6, 10, 12))
        elsewhere = self._make_dossier()
        self.ask(datetime(2026, 6, 12, 12), dossier=elsewhere)
        self.ask(datetime(2026, 6, 13, 12), warranty=other)
        self.ask(datetime(2026, 6, 14, 12), message_type="remark")
        self.ask(datetime(2026, 6, 15, 12), parent=request)
        with freeze_time(datetime(2026, 6, 20, 12)):
            self.assertEqual(self.dossier._claim_day(warranty), date(2026, 6, 10))
            self.assertEqual(self.dossier._claim_day(other), date(2026, 6, 13))

    def test_deadline_over_a_holiday(self):
        """SD+4: a complaint's target counts working hours, across a weekend, a holiday and a change of the clock."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "Europe/Brussels",
                "attendance_ids": [
                    Command.create({"name": f"Day {day}", "dayofweek": str(day), "hour_from": 9, "hour_to": 17})
                    for day in range(5)
                ],
                "leave_ids": [
                    # Monday after the night in which the clock goes forward
                    Command.create({"name": "Holiday", "date_from": "2026-03-29 22:00", "date_to": "2026-03-30 21:59"})
                ],
            }
        )
        self.company.resource_calendar_id = calendar
        self.company.dossier_response_hours = 8
        with freeze_time("2026-03-27 15:00:00"):
            # Friday, one hour before the end: 16:00 in Brussels
            ticket = self.post(self.dealer, "complaint", subject="Scratch").sudo().ticket_ids
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", ("2026-03-27 15:00", ticket.id)
            )
            ticket.invalidate_recordset(["create_date"])
            ticket._compute_date_response_deadline()
        # seven hours of Tuesday, 16:00 in Brussels, which is an hour earlier in UTC since Sunday
        self.assertEqual(ticket.date_response_deadline, fields.Datetime.to_datetime("2026-03-31 14:00:00"))
