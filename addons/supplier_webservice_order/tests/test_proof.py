from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..soap.errors import NotSentError
from .common import SupplierCase

SETTLE_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"
STATUS_LOG = "odoo.addons.supplier_webservice_order.models.purchase_order_status"
DELIVERY_LOG = "odoo.addons.supplier_webservice_order.delivery"


@tagged("post_install", "-at_install")
class TestProof(SupplierCase):
    """SW+7 SW+9: an answer does only what it proves, and an order knows what of it the supplier knows."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase(*self.products[:2])
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line
        self.connection.confirm_on_approval = True

    def _fetch(self, times=1):
        for _time in range(times):
            self.purchase.sudo().date_next_status = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
            self._end_pauses()
            with self._worker(), mute_logger(STATUS_LOG, DELIVERY_LOG):
                self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()

    def _answer(self, *lines, code="AP", fetch=True):
        self.fake.approve(self.purchase, *lines, code=code)
        if fetch:
            self._fetch()

    def _full(self, price="100", **values):
        return [
            {"position": line.id, "status": "Confirmed", "quantity": 2, "price": price, **values} for line in self.lines
        ]

    def _activities(self):
        kind = self.env.ref("supplier_webservice_order.mail_activity_type_supplier_review")
        return self.purchase.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_answer_about_another_message(self):
        """SW+7: an approval of another message approves nothing, charges nothing; the fate of ours is unknown."""
        original = self.fake._state
        self.fake._state = lambda mid, dup: original(mid, dup).replace(f">{mid}<", ">0123456789abcdef<")
        self._answer(*self._full())
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AB", "draft"))
        self.assertIn("another message", self.purchase.webservice_error)
        other = self._new_purchase()
        with mute_logger(SETTLE_LOG):
            exchange = self._communicate(other)
        self.assertEqual(
            (exchange.state, exchange.reason, other.webservice_state), ("unknown", "other_message", "unknown")
        )
        self.fake._state = original
        self._work()
        self.assertEqual(exchange.state, "done")
        self.assertEqual(len(exchange.transaction_ids), 1)

    def test_answer_about_other_positions(self):
        """SW+7: another order's lines are not ours."""
        self._answer({"position": 999999999, "status": "Confirmed", "price": "1"})
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AB", "draft"))
        self.assertIn("another order", self.purchase.webservice_error)

    def test_incomplete_approval_is_asked_again(self):
        """SW8 SW+7: an approval without prices leaves the order open; it is asked again until the prices are there."""
        for lines in ([], self._full()[:1], [{"position": line.id, "status": "Confirmed"} for line in self.lines]):
            self._answer(*lines)
            self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AB", "draft"))
            self.assertTrue(self.purchase.date_next_status)
            # an approval without any line, as PEPPOL's are, is shown to be waiting for what it leaves open, too
            self.assertIn("no price" if len(lines) > 1 else "PN-B: no answer yet", self.purchase.webservice_missing)
        self._answer(*self._full("101"))
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "purchase"))
        self.assertEqual(self.lines.mapped("price_unit"), [101.0, 101.0])
        self.assertFalse(self.purchase.webservice_missing)
        self.assertGreater(self.purchase.date_next_status, fields.Datetime.add(fields.Datetime.now(), hours=3))

    def test_incomplete_approval_accepted(self):
        """SW+7: a person may take an approval without prices as it is; it is followed like others."""
        self._answer(*[{"position": line.id, "status": "Confirmed"} for line in self.lines])
        self.purchase.action_accept_answer()
        self.assertEqual(self.purchase.webservice_state, "AP")
        self.assertGreater(self.purchase.date_next_status, fields.Datetime.add(fields.Datetime.now(), hours=3))

    def test_extra_lines_are_proposed(self):
        """SW+7: freight that the supplier adds is proposed with its price; accepted, it is a line; never silence."""
        freight = self.env["product.product"].create({"name": "Freight", "type": "service", "default_code": "FRT"})
        self.connection.charge_product_ids = [Command.create({"word": "freight", "product_id": freight.id})]
        extra = {"position": 900, "status": "Confirmed", "quantity": 1, "price": "15.5", "note": "Freight express"}
        unknown = {"position": 901, "status": "Confirmed", "quantity": 2, "price": "4", "note": "Core deposit"}
        self._answer(*self._full(), extra, unknown)
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        charges = self.purchase.charge_ids
        self.assertEqual(charges.mapped("product_id"), freight)
        self.assertTrue(self.purchase.answer_flagged)
        self.assertIn(self.purchase, self.env["purchase.order"].search([("answer_flagged", "=", True)]))
        self.assertEqual(self._activities().user_id, self.user)
        with self.assertRaisesRegex(UserError, "Core deposit"):
            self.purchase.action_accept_answer()
        charges[1].with_user(self.user).action_decline()
        self.purchase.action_accept_answer()
        line = self.purchase.order_line - self.lines
        self.assertEqual((line.product_id, line.price_unit, line.product_qty), (freight, 15.5, 1))
        self.assertEqual(charges.mapped("state"), ["accepted", "declined"])
        self.assertFalse(self.purchase.answer_flagged or self.purchase.unsent_changes or self._activities())
        self._answer(*self._full(), {**extra, "price": "18"}, unknown)
        self.assertEqual(charges.mapped("state"), ["proposed", "declined"], "another amount is another proposal")
        self.purchase.action_accept_answer()
        self.assertEqual((self.purchase.order_line - self.lines).mapped("price_unit"), [18.0])

    def test_rebate_is_proposed(self):
        """SW+7: what the supplier takes off is proposed, too; accepted, the order is as much cheaper."""
        rebate = self.env["product.product"].create({"name": "Rebate", "type": "service", "default_code": "REB"})
        self.connection.charge_product_ids = [Command.create({"word": "", "product_id": rebate.id})]
        self._answer(
            *self._full(),
            {"position": 900, "status": "Confirmed", "quantity": 1, "price": "-12.5", "note": "Autumn rebate"},
            {"position": self.lines[0].id, "status": "Confirmed", "quantity": -1, "price": "7.5", "note": "Bonus"},
        )
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertEqual(self.purchase.charge_ids.mapped("price"), [-12.5, -7.5])
        self.assertIn("-12.50", self.purchase.charge_ids[0]._describe())
        before = self.purchase.amount_untaxed
        self.purchase.action_accept_answer()
        self.assertEqual(self.purchase.amount_untaxed, before - 20)
        self.assertEqual((self.purchase.order_line - self.lines).mapped("product_qty"), [1, 1])

    def test_split_delivery_is_kept(self):
        """SW+7: one now, one later: both parts are shown, the line waits for the later one."""
        first = self.lines[0].id
        self._answer(
            {"position": first, "status": "Confirmed", "quantity": 1, "price": "100"},
            {"position": first, "status": "BackOrdered", "quantity": 1, "price": "100", "availableOn": "2030-05-06"},
            self._full()[1],
            code="CA",
        )
        line = self.lines[0]
        self.assertEqual(line.supplier_qty, 2)
        self.assertEqual(line.delivery_ids.mapped("quantity"), [1, 1])
        self.assertEqual(line.date_planned.date(), fields.Date.to_date("2030-05-06"))
        self.assertIn("1 on", line.supplier_schedule)
        self.assertTrue(line.answer_flagged)

    def test_late_rejection_reopens(self):
        """SW+7: a confirmed order that is rejected later waits for a person, and nothing of it is received."""
        self._answer(*self._full())
        self.assertEqual(self.purchase.state, "purchase")
        self._answer(code="AB")
        self.assertEqual((self.purchase.webservice_state, self.lines[0].supplier_line_state), ("AP", "confirmed"))
        self._answer(code="RE")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("RE", "purchase"))
        self.assertTrue(self.purchase.receipt_held and self._activities())
        self.assertEqual(self.account.balance_units, 10_000, "a rejected order costs nothing")
        picking = self.purchase.sudo().picking_ids if "picking_ids" in self.purchase._fields else None
        if picking:
            picking.move_ids.quantity = 2
            picking.move_ids.picked = True
            with self.assertRaisesRegex(UserError, "changed its mind"):
                picking.button_validate()

    def test_late_shortage_reopens(self):
        """SW+7: fewer parts than approved before: a person looks, the receipt waits until the answer is accepted."""
        self._answer(*self._full())
        self._answer({**self._full()[0], "status": "QuantityChanged", "quantity": 1}, self._full()[1], code="CA")
        self.assertTrue(self.purchase.receipt_held and self.lines[0].answer_flagged)
        self.purchase.action_accept_answer()
        self.assertFalse(self.purchase.receipt_held or self._activities())
        self.assertEqual(self.lines[0].product_qty, 1)

    def test_no_expected_price(self):
        """SW+2 SW+7: where no price was expected, no tolerance helps: a person looks at 999,999.99."""
        self.purchase = self._new_purchase(*self.products[:2])
        self.purchase.order_line.write({"price_unit": 0.0})
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line
        self._answer(*self._full("999999.99"))
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertEqual(self.lines.mapped("price_flagged"), [True, True])
        self.assertIn("no price was expected", self.lines[0].review_reason)

    def test_digits_are_kept(self):
        """SW8 SW+7: 0.034567 a piece, sent and confirmed, is no deviation, and a thousand cost 34.57."""
        self.purchase = self._new_purchase(*self.products[:2])
        self.purchase.order_line.write({"price_unit": 0.034567, "product_qty": 1000})
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line
        self.assertIn("0.034567", self.fake.messages[-1].decode())
        self._answer(*self._full("0.034567", quantity=1000))
        self.assertEqual((self.lines[0].price_unit, self.lines[0].price_deviation), (0.034567, 0.0))
        self.assertEqual((self.purchase.state, self.lines[0].price_subtotal), ("purchase", 34.57))

    def test_taxes_included(self):
        """SW8 SW+7: prices with 21 % inside: the supplier is told 100 net, its 100 net are 121 here."""
        tax = self.env["account.tax"].create(
            {
                "name": "21 % incl.",
                "amount": 21,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.be").id,
                "tax_group_id": self.env["account.tax.group"]
                .create({"name": "VAT", "company_id": self.company.id, "country_id": self.env.ref("base.be").id})
                .id,
            }
        )
        self.purchase = self._new_purchase(*self.products[:2])
        self.purchase.order_line.write({"tax_ids": [Command.set(tax.ids)]})
        self.purchase.order_line.write({"price_unit": 121.0})
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line
        self.assertRegex(self.fake.messages[-1].decode(), r"expectedPrice>100(\.0*)?<")
        self._answer(*self._full("100"))
        self.assertAlmostEqual(self.lines[0].price_unit, 121.0)
        self.assertEqual((self.lines[0].price_subtotal, self.lines[0].price_deviation), (200.0, 0.0))
        self.assertEqual(self.purchase.state, "purchase")

    def test_part_number_of_the_company(self):
        """SW5 SW+7: the number on the screen goes out: not that of another company, nor of an expired row."""
        other = self.env["res.company"].create({"name": "Chicago"})
        product = self.products[0]
        product.seller_ids.write({"sequence": 9, "company_id": self.company.id})
        common = {"partner_id": self.supplier.id, "price": 1, "currency_id": self.company.currency_id.id}
        product.seller_ids = [
            Command.create({**common, "sequence": 1, "company_id": other.id, "product_code": "CHICAGO"}),
            Command.create({**common, "sequence": 2, "date_end": "2019-12-31", "product_code": "OLD-2019"}),
        ]
        purchase = self._new_purchase(product)
        self.assertEqual(purchase.order_line.part_number, "PN-A")
        self._communicate(purchase)
        message = self.fake.messages[-1].decode()
        self.assertIn(">PN-A<", message)
        self.assertNotIn("CHICAGO", message)

    def test_unit_codes(self):
        """SW5 SW+7: units go out as UN/ECE codes, whoever presses the button; a unit without one needs a mapping."""
        self.assertIn(">C62<", self.fake.messages[-1].decode())
        box = self.env["uom.uom"].create(
            {"name": "Box of 4", "relative_factor": 4, "relative_uom_id": self.env.ref("uom.product_uom_unit").id}
        )
        purchase = self._new_purchase(self.products[0])
        purchase.order_line.product_uom_id = box
        with self.assertRaisesRegex(UserError, "Box of 4"):
            purchase.action_communicate()
        self.connection.unit_ids = [Command.create({"uom_id": box.id, "code": "BX"})]
        self._communicate(purchase)
        self.assertIn(">BX<", self.fake.messages[-1].decode())

    def test_vendor_currency_company_stay(self):
        """SW+7: an order that the supplier has keeps vendor, currency and company."""
        second = self.env["res.partner"].create({"name": "Second Source"})
        for name, value in (
            ("partner_id", second.id),
            ("currency_id", self.env.ref("base.USD").id),
            ("company_id", self.env["res.company"].create({"name": "Elsewhere"}).id),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                self.purchase.sudo().write({name: value})
        self.purchase.sudo().write({"partner_id": self.supplier.id})

    def test_changes_after_approval_are_shown_and_ordered(self):
        """SW+9: what was added or raised after the approval is shown, and goes on an order of its own."""
        self._answer(*self._full())
        self.assertFalse(self.purchase.unsent_changes)
        self.lines[0].product_qty = 30
        self.purchase.order_line = [Command.create({"product_id": self.products[2].id, "product_qty": 4})]
        self.assertIn("2 sent, 30 now", self.purchase.unsent_changes)
        self.assertIn("PN-C: 4, not sent", self.purchase.unsent_changes)
        action = self.purchase.action_order_rest()
        rest = self.env["purchase.order"].browse(action["res_id"])
        self.assertEqual(rest.order_line.mapped("product_qty"), [28, 4])
        self.assertFalse(rest.webservice_state)
        self.assertEqual(self.purchase.order_line.mapped("product_qty"), [2, 2, 0])
        self.assertFalse(self.purchase.unsent_changes)

    def test_back_to_draft_is_asked_about(self):
        """SW8: an order that was cancelled and taken up again is asked about again."""
        self.purchase.button_cancel()
        self.assertFalse(self.purchase.date_next_status)
        self.purchase.button_draft()
        self.assertTrue(self.purchase.date_next_status)
        self._answer(*self._full())
        self.assertEqual(self.purchase.webservice_state, "AP")

    def test_silence_is_told(self):
        """SW+7: five questions without a usable answer, or "unknown order": the order says so, a person is asked."""
        self.fake._GetOrderStatus, original = self._unknown, self.fake._GetOrderStatus
        self._fetch()
        self.assertIn("does not know this order", self.purchase.webservice_error)
        self.assertFalse(self._activities())
        self._fetch(4)
        self.assertEqual(len(self._activities()), 1)
        self.assertEqual(self.purchase.webservice_state, "AB")
        self.fake._GetOrderStatus = original
        self._fetch()
        self.assertFalse(self.purchase.webservice_error or self.purchase.status_failures)

    def _unknown(self, body):
        from .common import NAMESPACE, envelope, response

        return response(
            envelope(f"<GetOrderStatusResponse xmlns='{NAMESPACE}'><known>false</known></GetOrderStatusResponse>")
        )

    def test_substitute_in_one_click(self):
        """SW+2 SW+7: the substitute is put into the line at the supplier's price; the supplier knows it already."""
        self._answer(
            {
                "position": self.lines[0].id,
                "status": "Substituted",
                "quantity": 2,
                "price": "103",
                "substitutePartNumber": "PN-A2",
            },
            self._full()[1],
            code="CA",
        )
        line, before = self.lines[0], self.lines[0].product_id
        line.action_take_substitute()
        self.assertNotEqual(line.product_id, before)
        self.assertEqual((line.part_number, line.price_unit, line.product_qty), ("PN-A2", 103.0, 2))
        self.assertFalse(self.purchase.unsent_changes)
        self.purchase.action_accept_answer()
        again = self._new_purchase(line.product_id)
        self.assertEqual(again.order_line.part_number, "PN-A2")

    def test_no_python_text_for_buyers(self):
        """SW5: what the network says is for managers; a buyer reads a sentence."""
        raw = "HTTPSConnectionPool(host='x', port=443): Max retries exceeded"
        self.fake.script = [NotSentError("unreachable", raw)]
        purchase = self._new_purchase()
        with mute_logger(SETTLE_LOG):
            exchange = self._communicate(purchase)
        self.assertEqual(purchase.webservice_error, "The supplier's server cannot be reached.")
        self.assertEqual(exchange.sudo().error_detail, raw)
        with self.assertRaises(AccessError):
            exchange.with_user(self.user).read(["error_detail"])

    def test_state_is_not_written_by_hand(self):
        """SW+7: nobody below an administrator writes what a method decides: not by RPC, not by import, not at birth."""
        self.user.group_ids += self.env.ref("supplier_webservice_order.group_supplier_webservice_order_manager")
        for record, values in (
            (self.purchase, {"webservice_state": "AP"}),
            (self.purchase, {"receipt_held": False}),
            (self.lines[0].with_user(self.user), {"price_flagged": False}),
            (self.lines[0].with_user(self.user), {"supplier_qty": 5}),
            (self.connection.with_user(self.user), {"state": "active"}),
            (self.connection.with_user(self.user), {"date_pause_end": False}),
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            self.purchase.copy({"webservice_state": "AP"})
        loaded = (
            self.env["supplier.connection"]
            .with_user(self.user)
            .load(
                ["name", "partner_id/.id", "connector", "state"],
                [["X", str(self.user.partner_id.id), "ubl", "active"]],
            )
        )
        self.assertFalse(loaded["ids"])

    def test_errors_of_our_own_end_in_a_state(self):
        """SW+1 SW+8: whatever is raised while sending or reading, the message ends in doubt, never as "being sent"."""
        purchase = self._new_purchase()
        with (
            patch.object(type(purchase), "_judge_answer", side_effect=ZeroDivisionError),
            mute_logger(SETTLE_LOG),
        ):
            exchange = self._communicate(purchase)
        self.assertEqual(
            (exchange.state, exchange.reason, purchase.webservice_state), ("unknown", "internal", "unknown")
        )
        self._work()
        self.assertEqual(exchange.state, "done")
        second = self._new_purchase()
        self.fake.script = [ZeroDivisionError("odd")]
        with mute_logger(SETTLE_LOG, DELIVERY_LOG):
            exchange = self._communicate(second)
        self.assertEqual(exchange.state, "unknown")

    def test_abandoned_message_is_settled(self):
        """SW+1: a message whose sender is gone can be settled by a manager as soon as its lease is over."""
        purchase = self._new_purchase()
        exchange = self.env["supplier.exchange"].browse(purchase.action_communicate()["params"]["exchange_ids"])
        exchange.write({"state": "sending", "attempt_token": "x", "date_lease_end": "2100-01-01", "slot": 1})
        with self.assertRaises(UserError):
            exchange.with_user(self.manager).action_settle_not_ordered()
        exchange.date_lease_end = "2000-01-01"
        self.assertTrue(exchange.with_user(self.manager).can_settle)
        exchange.with_user(self.manager).action_settle_not_ordered()
        self.assertEqual((exchange.state, exchange.slot, self.account.reserved_units), ("failed", 0, 0))
