"""Orders, lines and messages: which of several records is meant, and who has them while somebody else looks."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, LockError
from odoo.fields import Command
from odoo.tests import tagged

from ..connectors.base import LineAnswer
from ..judge import Delivery, LineVerdict
from .common import SupplierCase

MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"


def locked(*_records, **_options):
    raise LockError("another request has it")


@tagged("post_install", "-at_install")
class TestHeldOrders(SupplierCase):
    """SW5 SW+2: which orders and lines are meant."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase, self.other = self._new_purchase(), self._new_purchase()
        self.line, self.second = self.purchase.order_line

    def test_what_differs_is_found(self):
        """SW+2: found by its flags are orders of which a line differs, or something is proposed."""
        found = self.env["purchase.order"].with_user(self.user)
        mine = [("id", "in", (self.purchase | self.other).ids)]
        for name in ("price_flagged", "answer_flagged"):
            self.assertFalse(found.search([*mine, (name, "=", True)]))
            self.line.sudo()[name] = True
            self.assertEqual(found.search([*mine, (name, "=", True)]), self.purchase)
            self.line.sudo()[name] = False
        values = {"purchase_id": self.other.id, "key": "k", "name": "Freight", "state": "declined"}
        charge = self.env["supplier.order.charge"].sudo().create(values)
        self.assertFalse(found.search([*mine, ("answer_flagged", "=", True)]))
        charge.state = "proposed"
        self.assertEqual(found.search([*mine, ("answer_flagged", "=", True)]), self.other)

    def test_reasons_of_what_differs(self):
        """SW+2: the summary names the lines with a price that differs, and no others."""
        self.line.sudo().write({"price_flagged": True, "review_reason": "dearer"})
        self.second.sudo().review_reason = "later"
        self.assertEqual(self.purchase.review_summary, "PN-A: dearer")

    def test_one_click_after_the_other(self):
        """SW5 SW+9: while one request has the order, the other is run again instead of sending beside it."""
        with patch.object(type(self.purchase), "lock_for_update", locked):
            for action in ("action_communicate", "action_send_change", "action_send_cancellation"):
                with self.subTest(action=action), self.assertRaises(ConcurrencyError):
                    getattr(self.purchase, action)()
        file = self._new_file().with_user(self.user)
        window = self.env["supplier.order.wizard"].with_user(self.user)._create_for(file)
        window.line_ids[0].selected = True
        with patch.object(type(window), "lock_for_update", locked), self.assertRaises(ConcurrencyError):
            window.action_order()
        self.assertFalse(self.purchase.exchange_ids or window.purchase_ids)

    def test_who_is_woken(self):
        """SW+8: one order is sent by the page itself, several by the workers."""
        exchanges = self.env.registry["supplier.exchange"]
        for purchases, times in ((self.purchase, 0), (self._new_purchase() | self.other, 1)):
            with patch.object(exchanges, "_wake_workers", autospec=True) as wake:
                purchases.action_communicate()
            self.assertEqual(wake.call_count, times)

    def test_lines_that_are_sent(self):
        """SW5: parts of which something is wanted; neither notes, nor a part of which nothing is wanted."""
        note = {"display_type": "line_note", "name": "Mind the paint", "product_qty": 0}
        self.purchase.order_line = [Command.create(note)]
        self.second.product_qty = 0
        exchange = self._communicate(self.purchase)
        self.assertEqual([row["position"] for row in exchange.sent_lines], self.line.ids)
        self.purchase.order_line = [Command.create({**note, "name": "Mind the box"})]
        self.assertEqual(len(self.purchase.order_line), 4)

    def test_changes_before_the_supplier_has_it(self):
        """SW+9: an order that only waits to be sent has nothing that the supplier does not know."""
        self.purchase.action_communicate()
        self.env.cr.execute("UPDATE purchase_order_line SET product_qty = 7 WHERE id = %s", self.line.ids)
        self.env.invalidate_all()
        self.assertFalse(self.purchase.unsent_changes)
        self.purchase.sudo().webservice_state = "AB"
        self.assertIn("7 now", self.purchase.unsent_changes)

    def test_cancelled_together(self):
        """SW8: told by phone is of those that the supplier has; the question is asked again of those alone."""
        self._communicate(self.purchase)
        waiting = self._new_purchase()
        waiting.action_communicate()
        orders = self.purchase | self.other | waiting
        orders.button_cancel()
        text = "The supplier has this order"
        told = [order for order in orders if any(text in (each.body or "") for each in order.message_ids)]
        self.assertEqual(told, list(self.purchase))
        orders.button_draft()
        self.assertEqual([bool(order.sudo().date_next_status) for order in orders], [True, False, False])

    def test_news_of_an_order_that_is_not_there(self):
        """SW+9: of an order that the supplier does not hold no change is on its way."""
        exchange = self._communicate(self.purchase)
        self.env["supplier.exchange"].sudo().create(
            {"connection_id": self.connection.id, "operation": "change", "purchase_id": self.purchase.id,
             "order_exchange_id": exchange.id, "message_number": "x", "state": "queued"}
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertIn("on its way", self.purchase.pending_news)
        self.purchase.sudo().webservice_state = "failed"
        self.assertFalse(self.purchase.pending_news)

    def test_rest_of_others(self):
        """SW+9: what was not sent of an order is ordered by who may change that order."""
        self._communicate(self.purchase)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        rival = self._new_user("held-rest", MANAGER, company=company)
        with self.assertRaises(AccessError):
            self.purchase.with_user(rival).with_context(allowed_company_ids=company.ids).action_order_rest()

    def test_accepted_lines(self):
        """SW+2: accepting takes over what was flagged; what was raised since the answer stays."""
        self._communicate(self.purchase)
        (self.line | self.second).sudo().write({"supplier_line_state": "changed", "supplier_qty": 1})
        self.line.sudo().answer_flagged = True
        self.purchase.action_accept_answer()
        self.assertEqual((self.line | self.second).mapped("product_qty"), [1, 2])

    def test_one_delivery_is_none(self):
        """SW+2: a line that comes at once has its day; only what comes in parts has parts."""
        delivery = Delivery(Decimal(2), "confirmed", date(2031, 5, 1))
        verdict = LineVerdict(self.line.id, "confirmed", Decimal(2), None, None, None, (delivery,), "", "", ())
        self.line.sudo()._apply_verdict(verdict, "EUR")
        self.assertFalse(self.line.delivery_ids)
        self.assertEqual(self.line.supplier_date, date(2031, 5, 1))

    def test_questions_that_are_due(self):
        """SW9: orders whose turn comes later are not counted; a supplier that answered is not failing."""
        orders = self.env["purchase.order"].sudo()
        before = orders._count_waiting()
        for hours, more in ((1, 0), (-1, 1)):
            self.purchase.sudo().date_next_status = fields.Datetime.now() + timedelta(hours=hours)
            self.assertEqual(orders._count_waiting() - before, more)
        exchange = self._communicate(self.other)
        for failures in (0, 1):
            self.connection.failures = failures
            self.assertEqual(self.other._new_question(exchange.sudo()).failing, bool(failures))

    def test_answers_that_are_kept(self):
        """SW+1: the same answer to a question is counted once by order, and never taken for that to the order."""
        exchange = self._communicate(self.purchase)
        values = {"connection_id": self.connection.id, "operation": "status", "user_id": self.env.uid, "attempts": 1,
                  "state": "done", "response_text": exchange.response_text}  # fmt: skip
        exchanges = self.env["supplier.exchange"]
        with self._worker():
            for purchase in (self.purchase, self.other, self.other):
                exchanges._keep({**values, "purchase_id": purchase.id, "message_number": exchanges._new_number()})
        rows = exchanges.search([("purchase_id", "in", (self.purchase | self.other).ids)])
        self.assertEqual(sorted(rows.mapped(lambda row: (row.purchase_id == self.other, row.operation, row.attempts))),
                         [(False, "order", exchange.attempts), (False, "status", 1), (True, "status", 2)])  # fmt: skip

    def test_the_same_words_twice(self):
        """SW+7: the first of two equal amounts keeps its name, so that the next answer finds it."""
        extra = LineAnswer(None, "confirmed", Decimal(1), Decimal(5), description="Freight")
        charges = self.env["supplier.order.charge"].sudo()
        for _answer in range(2):
            charges._propose(self.purchase.sudo(), [extra, extra], Decimal(1), self.connection)
        self.assertEqual(sorted(self.purchase.charge_ids.mapped("key")), ["||Freight", "||Freight|2"])

    def test_taxes_that_were_a_group(self):
        """SW+2: what was a group of taxes once, and is a percentage now, includes none of them in the price."""
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        tax = {"company_id": self.company.id, "type_tax_use": "purchase"}
        included = {"name": "In", "amount_type": "percent", "amount": 10, "price_include_override": "tax_included"}
        child = self.env["account.tax"].create({**tax, **included})
        group = self.env["account.tax"].create(
            {**tax, "name": "Group", "amount_type": "group", "children_tax_ids": child.ids}
        )
        self.line.sudo().tax_ids = group
        self.assertTrue(self.line.sudo()._has_included_taxes())
        group.write({"amount_type": "percent", "amount": 5, "price_include_override": "tax_excluded"})
        self.assertFalse(self.line.sudo()._has_included_taxes())
