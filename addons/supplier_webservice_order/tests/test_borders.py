"""Whose a credit, an order or a part is: valid ids of somebody else, and the last value on each side of a limit."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..credit.credit_account import MAX_UNITS
from .common import SupplierCase

USER = "supplier_webservice_order.group_supplier_webservice_order_user"
MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"
SETTLE_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"


@tagged("post_install", "-at_install")
class TestCreditBorders(SupplierCase):
    """SW10 SW11: credits to the last unit, and those of the neighbour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.neighbor = cls.env["res.company"].create({"name": "Neighbour"})
        cls.theirs = cls.env["credit.account"]._get_for_company(cls.neighbor)
        cls.theirs._book(7_000, "block", "theirs", "theirs")

    def _window(self, user=None, **values):
        window = self.env["credit.purchase"].with_user(user or self.manager)
        return window.create({"account_id": self.account.id, "reason": "why", **values})

    def test_balances_are_apart(self):
        """SW10: balance, reservations, ledger and count are those of one company."""
        self._buy(3_000)
        self.account._reserve(["mine"], 1_000)
        self.theirs._reserve(["mine"], 4_000)
        (self.account | self.theirs).invalidate_recordset()
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (3_000, 1_000))
        self.assertEqual((self.theirs.available_units, self.theirs.reserved_units), (3_000, 4_000))
        self.assertEqual((self.account.transaction_count, self.theirs.transaction_count), (1, 1))
        ledger = self.env["credit.transaction"].search(self.account.action_view_transactions()["domain"])
        self.assertEqual(ledger, self.account.transaction_ids)
        row = self.account._capture("mine", "order", "mine")
        self.assertEqual((row.account_id, row.units), (self.account, -1_000))
        self.assertEqual(self.account._capture("mine", "order", "again"), row, "a second time nothing is booked")
        self.assertEqual(self.theirs.reserved_units, 4_000, "their reservation of the same key stays")
        self.assertEqual(self.theirs._capture("mine", "order", "theirs").units, -4_000)

    def test_limit_of_a_row(self):
        """SW11: a thousand million credits fit in a row, one unit more do not."""
        self.assertEqual(self.account._book(MAX_UNITS, "block", "most", "most").units, MAX_UNITS)
        for units in (MAX_UNITS + 1, -MAX_UNITS - 1):
            with self.assertRaises(UserError):
                self.account._book(units, "correction", f"more:{units}", "more")

    def test_last_unit(self):
        """SW9: what is there can be spent to the last unit, and not one unit more."""
        self._buy(1_000)
        with self.assertRaises(UserError):
            self.account._book(-1_001, "correction", "a", "a")
        self.account._book(-1_000, "correction", "b", "b")
        self.assertEqual(self.account.available_units, 0)

    def test_low_is_below_the_limit(self):
        """SW12: at the limit nothing is said; one unit below, the responsible person is told, once."""
        self.account.low_balance = 2.0
        self._buy(2_001)
        activities = self.account.activity_ids
        self.account._book(-1, "correction", "a", "a")
        self.assertFalse(self.account.is_low or self.account.activity_ids - activities)
        self.account._book(-1, "correction", "b", "b")
        self.account.invalidate_recordset()
        self.assertTrue(self.account.is_low)
        self.assertEqual(len(self.account.activity_ids - activities), 1)

    def test_bought_up_to_the_limit(self):
        """SW12: credits that reach the limit exactly end the warning."""
        self.account.low_balance = 2.0
        self._buy(1_000)
        self.account.invalidate_recordset()
        self.assertTrue(self.account.low_warned)
        self._buy(1_000)
        self.account.invalidate_recordset()
        self.assertFalse(self.account.low_warned)

    def test_the_same_key_of_another_account(self):
        """SW11: what is booked already is found in the own ledger only."""
        self._buy(1_000)
        for account in (self.theirs, self.account):
            account._reserve(["sms:x"], 5)
            account._capture("sms:x", "sms", "x")
        again = self.account._capture("sms:x", "sms", "x")
        self.assertEqual((again.account_id, again.units), (self.account, -5))

    def test_nobody_types_credits_in(self):
        """SW11: an account begins empty, whoever makes it."""
        company = self.env["res.company"].create({"name": "Third"})
        with self.assertRaises(UserError):
            self.env["credit.account"].create({"company_id": company.id, "available_units": 5})
        with self.assertRaises(UserError):
            self.account.write({"available_units": 5})

    def test_what_a_window_needs(self):
        """SW10: more than nothing is bought, with a reason; a bill has a seller, a block and one of it at least."""
        block = self.env.ref("supplier_webservice_order.credit_block_10")
        for values in (
            {"mode": "entry", "credit": 0.0},
            {"mode": "entry", "credit": -1.0},
            {"mode": "entry", "credit": 1.0, "reason": "  "},
            {"mode": "correction", "credit": 0.0},
            {"mode": "bill", "block_id": block.id, "number": 0, "partner_id": self.supplier.id},
            {"mode": "bill", "block_id": block.id, "number": 1},
            {"mode": "bill", "block_id": False, "number": 1, "partner_id": self.supplier.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._window(**values).action_confirm()
        self._window(mode="entry", credit=0.001).action_confirm()
        self._window(mode="correction", credit=2.0).action_confirm()
        self._window(mode="correction", credit=-0.001).action_confirm()
        self.assertEqual(self.account.balance_units, 2_000)

    def test_block_of_the_company(self):
        """SW10: the window begins with a block of the own company, or of all."""
        self.env["credit.block"].search([]).active = False
        self.env["credit.block"].create(
            {
                "name": "Theirs",
                "number": 1,
                "price": 1,
                "company_id": self.neighbor.id,
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        self.assertFalse(self.env["credit.purchase"].with_user(self.manager)._default_block())

    def test_windows_and_accounts_of_others(self):
        """SW10: a window is confirmed by who opened it, for an account that this person sees, by a manager."""
        window = self._window(mode="entry", credit=1.0)
        stranger = self._new_user("stranger", MANAGER, company=self.neighbor)
        with self.assertRaises(AccessError):
            self._as(stranger, window).action_confirm()
        with self.assertRaises(AccessError):
            self._window(stranger, mode="entry", credit=1.0).action_confirm()
        second = self._new_user("second-manager", MANAGER)
        with self.assertRaises(AccessError):
            window.with_user(second).action_confirm()
        user_window = self.env["credit.purchase"].create(
            {"account_id": self.account.id, "mode": "entry", "credit": 1.0, "reason": "x"}
        )
        with self.assertRaises(AccessError):
            user_window.with_user(self.user).action_confirm()
        self.assertEqual((self.account.balance_units, self.theirs.balance_units), (0, 7_000))


@tagged("post_install", "-at_install")
class TestOrderBorders(SupplierCase):
    """SW5 SW+1 SW+9: what is done with one order leaves the next one alone."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.first, self.second = self._new_purchase(), self._new_purchase(self.products[2])

    def test_counts_and_lists(self):
        """SW+4: messages and photos are counted and listed by order."""
        self._communicate(self.first)
        both = self.first | self.second
        both.invalidate_recordset()
        self.assertEqual(both.mapped("exchange_count"), [1, 0])
        found = self.env["supplier.exchange"].search(self.second.action_view_exchanges()["domain"])
        self.assertFalse(found)
        self.assertEqual(len(self.env["supplier.exchange"].search(self.first.action_view_exchanges()["domain"])), 1)

    def test_one_page_and_several(self):
        """SW+1: of several orders each is sent once; one that is on its way is not queued again with the others."""
        self.first.action_communicate()
        waiting = self.first.exchange_ids
        ids = (self.first | self.second).with_user(self.user).action_communicate()["params"]["exchange_ids"]
        self.assertEqual(len(ids), 2)
        self.assertIn(waiting.id, ids)
        self.assertEqual(len(self.first.exchange_ids), 1)

    def test_what_goes_into_a_message(self):
        """SW5: lines of this order, with a quantity, that are no notes; and no message without any."""
        self.first.order_line = [
            Command.create({"display_type": "line_note", "name": "Mind the paint", "product_qty": 0}),
            Command.create({"product_id": self.products[3].id, "product_qty": 0}),
        ]
        self._communicate(self.first)
        message = self.fake.messages[-1].decode()
        self.assertEqual(message.count("partNumber>PN"), 2)
        for word in ("Mind the paint", "PN-C", "PN-D"):
            self.assertNotIn(word, message)
        self.second.order_line.product_qty = 0
        with self.assertRaisesRegex(UserError, "no parts"):
            self.second.action_communicate()

    def test_no_price_is_told_for_nothing(self):
        """SW5: a part without a price goes out without one, and not with a price of nothing."""
        self.first.order_line[0].price_unit = 0
        self.first.order_line[1].price_unit = 0.0001
        self._communicate(self.first)
        self.assertEqual(self.fake.messages[-1].decode().count("expectedPrice>"), 2)

    def test_who_may_send(self):
        """SW5: the role, and the right to write the order; a valid order of another company is not sent."""
        for kind in ("purchase.group_purchase_user", "base.group_user"):
            person = self._new_user(f"person-{kind}", kind)
            for action in (
                "action_communicate",
                "action_ask_supplier",
                "action_open_workshop_link",
                "action_send_change",
            ):
                with self.subTest(kind=kind, action=action), self.assertRaises(AccessError):
                    getattr(self.first.with_user(person), action)()
        stranger = self._new_user("stranger", USER, company=self.env["res.company"].create({"name": "Elsewhere"}))
        for action in ("action_communicate", "action_accept_answer", "action_order_rest", "action_send_cancellation"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self._as(stranger, self.first), action)()
        self.assertFalse(self.fake.calls)

    def test_cancelled_and_unconnected(self):
        """SW5: a cancelled order is not sent, nor one to a supplier without a connection."""
        self.first.button_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.first.action_communicate()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.first.action_open_workshop_link()
        self.connection.action_suspend()
        with self.assertRaisesRegex(UserError, "no active connection"):
            self.second.action_communicate()

    def test_orders_with_messages_are_kept(self):
        """SW+4: an order that a message went out for is kept; its neighbour without one may go."""
        self._communicate(self.first)
        (self.first | self.second).sudo().button_cancel()
        with self.assertRaises(UserError):
            self.first.sudo().unlink()
        self.second.sudo().unlink()
        self.assertFalse(self.second.exists())

    def test_cancelling_one_of_two(self):
        """SW+1 SW9: cancelling takes back the message of this order, and gives back what it had reserved."""
        (self.first | self.second).with_user(self.user).action_communicate()
        self.first.button_cancel()
        self.assertEqual((self.first.exchange_ids.state, self.second.exchange_ids.state), ("cancelled", "queued"))
        self.assertEqual(self.account.reserved_units, 100)
        self.assertFalse(self.first.webservice_state)

    def test_the_rest_is_what_is_more(self):
        """SW+9: what was raised goes on an order of its own; what was lowered, or stays, does not."""
        self._communicate(self.first)
        lines = self.first.order_line
        answer = ({"position": each.id, "status": "Confirmed", "quantity": 2, "price": "100"} for each in lines)
        self.fake.approve(self.first, *answer, code="AP")
        with self._worker():
            self.first.action_ask_supplier()
        with self.assertRaisesRegex(UserError, "knows of everything"):
            self.first.action_order_rest()
        lines[0].product_qty = 1
        with self.assertRaisesRegex(UserError, "knows of everything"):
            self.first.action_order_rest()
        lines[1].product_qty = 3
        rest = self.env["purchase.order"].browse(self.first.action_order_rest()["res_id"])
        self.assertEqual(
            rest.order_line.mapped(lambda line: (line.product_id, line.product_qty)), [(self.products[1], 1)]
        )
        self.assertEqual(lines.mapped("product_qty"), [1, 2])

    def test_substitutes_of_other_suppliers(self):
        """SW+2: a number that another supplier uses for something else is not this supplier's substitute."""
        other = self.env["res.partner"].create({"name": "Other Source"})
        theirs = self._new_product("Wiper", "PN-A2", 3.0, supplier=other)
        neighbor = self.env["res.company"].create({"name": "Neighbour"})
        foreign = self._new_product("Lamp", "PN-A2", 3.0)
        foreign.seller_ids.company_id = neighbor
        line = self.first.order_line[0]
        line.sudo().substitute_number = "PN-A2"
        line.action_take_substitute()
        self.assertNotIn(line.product_id, theirs | foreign | self.products[0])
        self.assertEqual(line.product_id.default_code, "PN-A2")
        mine = self._new_product("Mirror", "PN-B2", 3.0)
        self.first.order_line[1].sudo().substitute_number = "PN-B2"
        self.first.order_line.action_take_substitute()
        self.assertEqual(self.first.order_line[1].product_id, mine)

    def test_only_the_worker_that_holds_it(self):
        """SW+1: an outcome is written by who holds the message; a late one changes nothing."""
        (self.first | self.second).with_user(self.user).action_communicate()
        exchanges = self.env["supplier.exchange"]
        with self._worker():
            claim = exchanges._take(self.first.exchange_ids.ids)
            self.env.invalidate_all()
            self.first.exchange_ids.sudo().attempt_token = "another"
            self.env.flush_all()
            with mute_logger("odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"):
                exchanges.sudo()._settle(claim, (ValueError("x"), None))
                exchanges.sudo()._park(claim, "x")
        self.assertEqual((self.first.exchange_ids.state, self.second.exchange_ids.state), ("sending", "queued"))

    def test_settling_what_is_in_doubt(self):
        """SW+1: a person settles what nobody knows, or what a worker left behind; nothing that is still under way."""
        self.first.action_communicate()
        exchange = self.first.exchange_ids
        now = fields.Datetime.now()
        for state, until, expected in (
            ("queued", False, False),
            ("sending", fields.Datetime.add(now, minutes=5), False),
            ("sending", fields.Datetime.subtract(now, minutes=5), True),
            ("sending", False, True),
            ("unknown", False, True),
            ("received", False, True),
            ("done", False, False),
            ("failed", False, False),
        ):
            exchange.sudo().write({"state": state, "date_lease_end": until})
            with self.subTest(state=state, until=until):
                self.assertIs(exchange.can_settle, expected)
        with self.assertRaises(AccessError):
            exchange.with_user(self.user).action_settle_ordered()
        exchange.sudo().state = "unknown"
        exchange.with_user(self.manager).action_settle_not_ordered()
        self.assertEqual((exchange.state, self.first.webservice_state), ("failed", "failed"))
