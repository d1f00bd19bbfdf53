from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..connectors.base import OrderAnswer
from ..models.purchase_order_status import ask_status
from ..soap.errors import NotSentError
from ..utils import in_own_transaction
from .common import SupplierCase

STATUS_LOG = "odoo.addons.supplier_webservice_order.models.purchase_order_status"


@tagged("post_install", "-at_install")
class TestAnswers(SupplierCase):
    """SW8 SW+2: prices and line answers come in by themselves."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase(*self.products)
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line

    def _fetch(self):
        self.purchase.sudo().date_next_status = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        with self._worker():
            self._end_pauses()
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()

    def _line(self, index, status, **values):
        return {"position": self.lines[index].id, "status": status, **values}

    def _approve(self, *lines, code="CA"):
        self.fake.approve(self.purchase, *lines, code=code)
        self._fetch()

    def test_waiting(self):
        """SW8: until the supplier approves, the order is asked about again, at growing intervals."""
        self.assertTrue(self.purchase.date_next_status)
        self._fetch()
        self.assertEqual(self.purchase.webservice_state, "AB")
        self.assertGreater(self.purchase.date_next_status, fields.Datetime.now())
        self.assertEqual(self.lines.mapped("price_unit"), [100.0] * 4)

    def test_prices_come_in(self):
        """SW8: as soon as the supplier approves, its prices are in the lines; the order is confirmed."""
        self._approve(*(self._line(i, "Confirmed", quantity=2, price=f"{98 + i}") for i in range(4)), code="AP")
        self.assertEqual(self.lines.mapped("price_unit"), [98.0, 99.0, 100.0, 101.0])
        self.assertEqual(self.lines.mapped("expected_price"), [100.0] * 4)
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "purchase"))
        soon = fields.Datetime.add(fields.Datetime.now(), hours=3)
        self.assertGreater(self.purchase.date_next_status, soon, "SW+9: it is followed, hours apart")
        self.assertFalse(self.purchase.answer_flagged)
        self.assertIn(
            "approved the order",
            self.purchase.message_ids.filtered("body")[0].body + str(self.purchase.message_ids.mapped("body")),
        )

    def test_every_kind_of_answer(self):
        """SW+2: confirmed, changed, substituted, discontinued, back-ordered: each shown with its details."""
        self._approve(
            self._line(0, "QuantityChanged", quantity=1, price="100"),
            self._line(1, "Substituted", quantity=2, price="100", substitutePartNumber="PN-B2"),
            self._line(2, "Discontinued"),
            self._line(3, "BackOrdered", quantity=2, price="100", availableOn="2030-05-06"),
        )
        self.assertEqual(
            self.lines.mapped("supplier_line_state"), ["changed", "substituted", "discontinued", "backordered"]
        )
        self.assertEqual(self.lines.mapped("supplier_qty"), [1, 2, 0, 2])
        self.assertEqual(self.lines[1].substitute_number, "PN-B2")
        self.assertEqual(self.lines[3].supplier_date, fields.Date.to_date("2030-05-06"))
        self.assertEqual(self.lines[3].date_planned.date(), fields.Date.to_date("2030-05-06"))
        self.assertTrue(all(self.lines.mapped("answer_flagged")))
        self.assertEqual(self.purchase.state, "draft", "changes wait for a person")
        self.purchase.action_accept_answer()
        self.assertEqual(self.lines.mapped("product_qty"), [1, 2, 0, 2])
        self.assertFalse(self.purchase.answer_flagged)

    def test_deviation_is_flagged_before_billing(self):
        """SW+2: a price beyond the tolerance is flagged, and no bill is made before it is accepted."""
        self._approve(
            self._line(0, "Confirmed", quantity=2, price="118"),
            self._line(1, "Confirmed", quantity=2, price="104.9"),
            self._line(2, "Confirmed", quantity=2, price="94"),
            self._line(3, "Confirmed", quantity=2, price="100"),
            code="AP",
        )
        self.assertEqual(self.lines.mapped("price_flagged"), [True, False, True, False])
        self.assertEqual(self.lines[0].price_deviation, 18.0)
        self.assertEqual(self.lines[0].price_unit, 118.0)
        self.assertEqual(self.purchase.state, "draft")
        flagged = self.env["purchase.order"].search([("price_flagged", "=", True)])
        self.assertIn(self.purchase, flagged)
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        self.purchase.sudo().button_confirm()
        self.lines.sudo().qty_received = 2
        with self.assertRaisesRegex(UserError, "Accept them"):
            self.purchase.sudo().action_create_invoice()
        self.purchase.action_accept_answer()
        self.purchase.sudo().action_create_invoice()
        self.assertEqual(self.purchase.sudo().invoice_ids.invoice_line_ids[0].price_unit, 118.0)
        self.assertEqual(self.lines[0].price_unit, 118.0)

    def test_no_way_around_accepting(self):
        """SW+2: neither Auto-Complete, nor matching, nor posting a matched bill goes around accepting the prices."""
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="118") for i in range(4)), code="AP")
        purchase = self.purchase.sudo()
        purchase.button_confirm()
        self.assertTrue(purchase.price_flagged)
        with self.assertRaisesRegex(UserError, "Accept them"), Form(self._new_bill()) as form:
            form.purchase_vendor_bill_id = self.env["purchase.bill.union"].browse(-purchase.id)
        with self.assertRaisesRegex(UserError, "Accept them"):
            self.env["purchase.bill.line.match"]._action_create_bill_from_po_lines(self.supplier, purchase.order_line)
        bill = self._new_bill()
        bill.invoice_line_ids = [
            Command.create({"name": "Part", "quantity": 2, "price_unit": 118, "purchase_line_id": self.lines[0].id})
        ]
        with self.assertRaisesRegex(UserError, "Accept them"):
            bill.action_post()
        self.purchase.action_accept_answer()
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def _new_bill(self):
        return self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.supplier.id, "invoice_date": fields.Date.today()}
        )

    def test_same_answer_twice(self):
        """SW8: the same answer again changes nothing, and what was accepted stays accepted."""
        answer = [self._line(i, "Confirmed", quantity=2, price="118") for i in range(4)]
        self._approve(*answer)
        self.purchase.action_accept_answer()
        messages = len(self.purchase.message_ids)
        self._approve(*answer)
        self.assertFalse(self.purchase.answer_flagged or self.purchase.price_flagged)
        self.assertEqual(len(self.purchase.message_ids), messages)
        self.assertEqual(self.lines.mapped("expected_price"), [100.0] * 4)

    def test_other_currency(self):
        """SW8: prices in another currency are converted."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": fields.Date.today(), "rate": 2.0}
        )
        self.fake.currency = "USD"
        self._approve(self._line(0, "Confirmed", quantity=2, price="50"))
        self.assertEqual(self.lines[0].price_unit, 25.0)

    def test_currency_that_cannot_be_converted(self):
        """SW8 SW+2: a price in a currency without a rate, or that nobody knows, is no price of ours; a person looks."""
        chf = self.env.ref("base.CHF")
        self.env["res.currency.rate"].search([("currency_id", "=", chf.id)]).unlink()
        for currency, active in (("CHF", False), ("CHF", True), ("XYZ", True)):
            with self.subTest(currency=currency, active=active):
                chf.active = active
                self.fake.currency = currency
                purchase = self.purchase = self._new_purchase(*self.products)
                self._communicate(purchase)
                self.lines = purchase.order_line
                answer = [self._line(i, "Confirmed", quantity=2, price="85") for i in range(4)]
                self._approve(*answer, code="AP")
                self.assertEqual(self.lines.mapped("price_unit"), [100.0] * 4)
                self.assertTrue(all(self.lines.mapped("price_flagged")))
                self.assertEqual((purchase.webservice_state, purchase.state), ("AP", "draft"))
                self.assertIn(f"85 {currency}", purchase.message_ids.filtered("body")[0].body)
                purchase.action_accept_answer()
                self._approve(*answer, code="AP")
                self.assertFalse(purchase.answer_flagged or purchase.price_flagged)

    def test_charge_that_cannot_be_converted(self):
        """SW+7: of what is added in a currency that nobody can convert, the amount is there to be read."""
        self.fake.currency = "XYZ"
        freight = {"position": 900, "status": "Confirmed", "quantity": 1, "price": "15.5", "note": "Freight"}
        self._approve(self._line(0, "Confirmed", quantity=2, price="85"), freight)
        charge = self.purchase.charge_ids
        self.assertEqual((charge.has_price, charge.name), (False, "Freight (15.5 XYZ)"))

    def test_tolerance_of_an_archived_connection(self):
        """SW+2: the tolerance is that of the connection the order went over, whatever became of it."""
        self.connection.active = False
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="104") for i in range(4)))
        self.assertFalse(self.purchase.price_flagged)

    def test_rejected_order(self):
        """SW+2 SW9: a rejected order is told with its reason, costs nothing, and can be sent again."""
        balance = self.account.balance_units
        other = self._new_purchase()
        original = self.fake._state
        self.fake._state = lambda mid, dup: original(mid, dup).replace(">AB<", ">RE<")
        exchange = self._communicate(other)
        self.assertEqual((other.webservice_state, exchange.state), ("RE", "failed"))
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (balance, 0))
        self.fake._state = original
        self.assertEqual(self._communicate(other).state, "done")

    def test_rejected_after_received(self):
        """SW+2 SW9: an order rejected later costs nothing either, and the next Communicate really sends it."""
        exchange = self.purchase.exchange_ids
        self.assertEqual((exchange.state, self.account.balance_units), ("done", 9_900))
        self._approve(self._line(0, "Discontinued", note="no longer made"), code="RE")
        self._fetch()
        self.assertEqual((self.purchase.webservice_state, exchange.state), ("RE", "failed"))
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (10_000, 0))
        self.assertEqual(exchange.transaction_ids.mapped("units"), [100, -100])
        self.assertEqual(self.lines[0].supplier_line_state, "discontinued", "the reason is shown")
        second = self._communicate(self.purchase)
        self.assertNotEqual(second, exchange)
        self.assertEqual((second.state, self.purchase.webservice_state), ("done", "AB"))
        self.assertEqual((self.fake.count("PlaceOrder"), self.account.balance_units), (2, 9_900))
        self.assertFalse(self.purchase.answer_flagged or any(self.lines.mapped("supplier_line_state")))
        self.assertFalse(self.purchase.status_questions)
        self.assertTrue(self.purchase.date_next_status)

    def test_late_rejection(self):
        """SW+1: what is said about a message that was given up does not touch the one sent after it."""
        first = self.purchase.exchange_ids
        self._approve(code="RE")
        self._communicate(self.purchase)
        first.sudo()._apply_status(OrderAnswer(known=True, code="RE"))
        self.assertEqual(self.purchase.webservice_state, "AB")
        self.assertEqual(self.account.balance_units, 9_900)

    def test_nothing_changes_at_the_supplier(self):
        """SW+2: until the supplier has answered, nobody adds, changes or takes away what it was told."""
        line = self.lines[0]
        for name, value in (("product_qty", 5), ("product_id", self.products[1].id)):
            with self.subTest(name=name), self.assertRaises(UserError):
                line[name] = value
        with self.assertRaises(UserError):
            line.copy({"order_id": self.purchase.id})
        with self.assertRaises(UserError):
            line.unlink()
        other = self._new_purchase()
        with self.assertRaises(UserError):
            other.order_line[0].order_id = self.purchase
        line.date_planned = "2030-01-01"
        self.purchase.order_line = [
            Command.create({"display_type": "line_note", "name": "Mind the paint.", "product_qty": 0})
        ]
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="100") for i in range(4)))
        line.product_qty = 5

    def test_partial_answer_can_be_accepted(self):
        """SW+2: what the supplier has changed so far is accepted while it still thinks about the rest."""
        self._approve(self._line(0, "QuantityChanged", quantity=1), self._line(1, "Pending", quantity=0), code="AB")
        self.assertEqual(self.lines.mapped("answer_flagged"), [True, False, False, False])
        self.purchase.action_accept_answer()
        self.assertEqual(self.lines.mapped("product_qty"), [1, 2, 2, 2])
        self._approve(self._line(0, "QuantityChanged", quantity=1), self._line(1, "Pending", quantity=0), code="AB")
        self.assertFalse(self.purchase.answer_flagged)
        self._approve(self._line(0, "QuantityChanged", quantity=0.5), code="AB")
        self.assertTrue(self.lines[0].answer_flagged, "it says something else now")

    def test_confirmed_with_another_quantity(self):
        """SW+2: "confirmed" with fewer parts than ordered is not approved as it was sent."""
        self._approve(self._line(0, "Confirmed", quantity=1), self._line(1, "Confirmed", quantity=2), code="AP")
        self.assertEqual(self.lines.mapped("answer_flagged"), [True, False, False, False])
        self.assertEqual(self.purchase.state, "draft")
        self.purchase.action_accept_answer()
        self.assertEqual(self.lines.mapped("product_qty"), [1, 2, 2, 2])

    def test_other_substitute_is_reviewed_again(self):
        """SW+2: accepted was one substitute, not whatever the supplier thinks of next."""
        self._approve(self._line(0, "Substituted", quantity=2, substitutePartNumber="PN-B2"))
        self.purchase.action_accept_answer()
        self._approve(self._line(0, "Substituted", quantity=2, substitutePartNumber="PN-B3"))
        self.assertTrue(self.lines[0].answer_flagged)

    def test_part_added_by_the_system(self):
        """SW+2: a part that a reordering rule added after the message left is not confirmed unseen."""
        self.purchase.sudo().order_line = [Command.create({"product_id": self._new_product("E", "PN-E", 5).id})]
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="100") for i in range(4)), code="AP")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertIn("does not know of", self.purchase.message_ids[0].body)

    def test_sale_finds_another_order(self):
        """SW+1: what a sale orders by itself goes on an order that has not left yet."""
        sale_line = self._new_file().order_line[0]
        self.purchase.sudo().order_line.write({"sale_line_id": sale_line.id})
        self.assertFalse(sale_line.sudo()._purchase_service_match_purchase_order(self.supplier, self.company))
        other = self._new_purchase()
        other.sudo().order_line.write({"sale_line_id": sale_line.id})
        self.assertEqual(sale_line.sudo()._purchase_service_match_purchase_order(self.supplier, self.company), other)

    def test_sender_language(self):
        """SW8: what the scheduled actions note is in the language of the person who sent the order."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "=", "supplier_webservice_order")])._update_translations("fr_FR")
        self.user.lang = "fr_FR"
        self.purchase = self._new_purchase(*self.products)
        exchange = self.env["supplier.exchange"].browse(self.purchase.action_communicate()["params"]["exchange_ids"])
        self.fake.script = [NotSentError("unreachable", "no route")]
        with mute_logger("odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"):
            self._work()
        self.assertIn("serveur", exchange.error)
        self._work()
        self.lines = self.purchase.order_line
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="100") for i in range(4)))
        self.assertIn("a approuvé", self.purchase.message_ids.filtered("body")[0].body)

    def test_approval_limit(self):
        """SW5 SW8: who may not approve an order does not place it, nor does the scheduled action in their name."""
        self.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 700})
        self._approve(*(self._line(i, "Confirmed", quantity=2, price="100") for i in range(4)), code="AP")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "to approve"))
        other = self._new_purchase(*self.products)
        with self.assertRaisesRegex(UserError, "has to be approved"):
            other.action_communicate()
        approver = self._new_user("approver", "purchase.group_purchase_manager")
        approver.group_ids += self.env.ref("supplier_webservice_order.group_supplier_webservice_order_user")
        other.with_user(approver).button_confirm()
        self.assertEqual(self._communicate(other).state, "done")
        self.assertEqual(self._communicate(self._new_purchase()).state, "done", "below the limit")

    def test_approved_order_that_cannot_be_confirmed(self):
        """SW8: what keeps an order from being confirmed is told; the supplier's answer is kept."""
        message = "The cost centre is missing."
        with patch.object(type(self.purchase), "button_approve", side_effect=UserError(message)):
            self._approve(*(self._line(i, "Confirmed", quantity=2, price="101") for i in range(4)), code="AP")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertEqual(self.lines.mapped("price_unit"), [101.0] * 4)
        self.assertIn(message, self.purchase.message_ids[0].body)

    def test_question_by_hand(self):
        """SW8: a person can ask at once instead of waiting."""
        self.fake.approve(self.purchase, *(self._line(i, "Confirmed", price="100") for i in range(4)), code="AP")
        with self._worker():
            self.purchase.action_ask_supplier()
        self.assertEqual(self.purchase.webservice_state, "AP")

    def test_failing_answer_does_not_stop_others(self):
        """SW8: an answer that cannot be applied does not stop the action for others; the order shows it."""
        other = self._new_purchase()
        self._communicate(other)
        (self.purchase | other).sudo().date_next_status = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        broken, original = self.purchase, type(self.env["purchase.order"])._apply_verdict

        def apply(order, *args, **kwargs):
            if order.id == broken.id:
                raise ZeroDivisionError
            return original(order, *args, **kwargs)

        for order in (self.purchase, other):
            answers = [{"position": line.id, "status": "Confirmed", "price": "100"} for line in order.order_line]
            self.fake.approve(order, *answers, code="AP")
        with (
            self._worker(),
            patch.object(type(self.env["purchase.order"]), "_apply_verdict", apply),
            mute_logger(STATUS_LOG),
        ):
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()
        self.assertEqual((other.webservice_state, self.purchase.webservice_state), ("AP", "AB"))
        self.assertGreater(self.purchase.date_next_status, fields.Datetime.now())
        self.assertIn("could not process", self.purchase.webservice_error)

    def test_numbers_that_are_none(self):
        """SW8 SW+7: NaN, infinity, a comma: none of it becomes a price, and that is said; -5 is a rebate at most."""
        before = self.purchase.order_line.mapped("price_unit")
        for price in ("NaN", "INF", "-5", "1e400", "12,50"):
            with self.subTest(price=price):
                self.fake.approve(self.purchase, self._line(0, "Confirmed", price=price), code="CA")
                with mute_logger(STATUS_LOG, "odoo.addons.supplier_webservice_order.delivery"):
                    self._fetch()
                self.assertEqual(self.purchase.order_line.mapped("price_unit"), before)
                self.assertEqual(self.purchase.webservice_state, "AB")
                self.assertTrue(self.purchase.webservice_error or self.purchase.charge_ids.price == -5)

    def test_query_count(self):
        """SW8: what a price update costs in queries."""
        self.connection.confirm_on_approval = False
        answer = (self._line(i, "Confirmed", quantity=2, price="101") for i in range(4))
        self.fake.approve(self.purchase, *answer, code="AP")
        self.env.invalidate_all()
        self.purchase.sudo().date_next_status = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self.env.flush_all()
        self.env.invalidate_all()
        orders = self.env["purchase.order"]
        with self._worker(), self.assertQueryCount(55):
            question = in_own_transaction(self.env, lambda env: env["purchase.order"]._claim_question({}))
            orders._settle_question(question, ask_status(question))
            self.env.flush_all()

    def test_buyer_is_told(self):
        """SW8: the person who sent the order gets a live notification."""
        told = []
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send", lambda user, kind, message, **kw: told.append((user.id, kind, message))):
            self._approve(*(self._line(i, "Confirmed", price="100") for i in range(4)), code="AP")
        notified = [(user, kind) for user, kind, _message in told if kind == "simple_notification"]
        self.assertEqual(notified, [(self.user.id, "simple_notification")])
