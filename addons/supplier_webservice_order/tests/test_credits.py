import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestCredits(SupplierCase):
    """SW9 SW10 SW11 SW12: prepaid credits and their ledger."""

    def _buy_as(self, user, **values):
        return (
            self.env["credit.purchase"]
            .with_user(user)
            .create({"account_id": self.account.id, **values})
            .action_confirm()
        )

    def test_buy_by_ledger_entry(self):
        """SW10 SW11: a manager buys blocks with a reason; the row shows it with the balance."""
        block = self.env.ref("supplier_webservice_order.credit_block_10")
        self._buy_as(self.manager, mode="entry", block_id=block.id, number=2, reason="voucher 17")
        self.assertEqual(self.account.balance, 20.0)
        row = self.account.transaction_ids
        self.assertEqual((row.kind, row.amount, row.balance), ("block", 20.0, 20.0))
        self.assertIn("voucher 17", row.description)
        self.assertEqual(row.create_uid, self.manager)

    def test_buy_by_vendor_bill(self):
        """SW10: as a vendor bill: posted, linked, and not taken back behind the ledger's back."""
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        block = self.env.ref("supplier_webservice_order.credit_block_50")
        buyer = self.manager
        buyer.sudo().group_ids = [Command.link(self.env.ref("account.group_account_invoice").id)]
        self._buy_as(buyer, mode="bill", block_id=block.id, number=1, partner_id=self.supplier.id)
        bill = self.account.transaction_ids.bill_id
        self.assertEqual((bill.move_type, bill.state, bill.amount_untaxed), ("in_invoice", "posted", 47.5))
        self.assertEqual(self.account.balance, 50.0)
        with self.assertRaises(UserError):
            bill.button_draft()

    def test_bill_of_a_foreign_seller(self):
        """SW10: the bill carries the taxes that apply to where the credits come from."""
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "company_id": self.company.id,
                "auto_apply": True,
                "country_id": self.env.ref("base.nl").id,
            }
        )
        own = self.company.account_purchase_tax_id
        foreign = own.copy({"name": "Reverse charge", "fiscal_position_ids": position.ids, "original_tax_ids": own.ids})
        self.supplier.country_id = self.env.ref("base.nl")
        self.manager.sudo().group_ids = [Command.link(self.env.ref("account.group_account_invoice").id)]
        block = self.env.ref("supplier_webservice_order.credit_block_50")
        self._buy_as(self.manager, mode="bill", block_id=block.id, number=1, partner_id=self.supplier.id)
        bill = self.account.transaction_ids.bill_id
        self.assertEqual((bill.fiscal_position_id, bill.invoice_line_ids.tax_ids), (position, foreign))

    def _new_block_bill(self):
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        self.manager.sudo().group_ids = [Command.link(self.env.ref("account.group_account_invoice").id)]
        block = self.env.ref("supplier_webservice_order.credit_block_50")
        self._buy_as(self.manager, mode="bill", block_id=block.id, number=1, partner_id=self.supplier.id)
        return self.account.transaction_ids.bill_id

    def _credit(self, bill):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(bill.ids)], "journal_id": bill.journal_id.id}
        )
        wizard.reverse_moves()
        note = wizard.new_move_ids
        note.invoice_date = fields.Date.today()
        if note.state == "draft":
            note.action_post()
        return note

    def test_credit_note_takes_credits_back(self):
        """SW10: the money comes back, the credits go: all that are there; what is spent is told."""
        bill = self._new_block_bill()
        self.assertEqual(self.account.balance, 50.0)
        self._communicate(self._new_purchase())
        note = self._credit(bill)
        self.assertEqual(self.account.balance_units, 0)
        row = self.account.transaction_ids[0]
        self.assertEqual((row.kind, row.units, row.bill_id), ("refund", -49_900, note))
        self.assertIn("0.10", self.account.message_ids[0].body)
        self.assertIn(self.manager, self.account.activity_ids.user_id)
        with self.assertRaises(UserError):
            note.button_draft()

    def test_bills_of_something_else(self):
        """SW10: that credits were booked keeps their bill as it is, and no other one."""
        bill = self._new_block_bill()
        other = bill.copy({"invoice_date": fields.Date.today(), "ref": "other"})
        other.action_post()
        other.button_draft()
        self.assertEqual((bill.state, other.state), ("posted", "draft"))

    def test_credit_note_after_all_is_spent(self):
        """SW10: of credits that are all spent nothing is booked back, and somebody is told."""
        bill = self._new_block_bill()
        self.account._book(-self.account.available_units, "correction", "spent", "spent")
        self._credit(bill)
        self.assertEqual(self.account.transaction_ids.mapped("kind"), ["correction", "block"])
        self.assertIn("50.00", self.account.message_ids[0].body)

    def test_credit_note_in_another_currency(self):
        """SW10: half of the money takes half of the credits back, whatever currency the credit note is in."""
        bill = self._new_block_bill()
        rate = {"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id}
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x", "rate_ids": [Command.create(rate)]})
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(bill.ids)], "journal_id": bill.journal_id.id}
        )
        wizard.reverse_moves()
        note, price = wizard.new_move_ids, bill.invoice_line_ids.price_unit
        note.write({"currency_id": currency.id, "invoice_date": fields.Date.today()})
        note.invoice_line_ids.price_unit = price
        note.action_post()
        self.assertEqual((note.currency_id, note.amount_untaxed), (currency, bill.amount_untaxed))
        self.assertEqual(self.account.balance, 25.0)

    def test_bill_is_not_reset_by_rpc(self):
        """SW10: the state of a bill whose credits are booked is guarded itself, not only its button."""
        bill = self._new_block_bill()
        for state in ("draft", "cancel"):
            with self.assertRaises(UserError):
                bill.write({"state": state})

    def test_many_credits(self):
        """SW10: three million credits are a number like any other; NaN is none."""
        block = self.env.ref("supplier_webservice_order.credit_block_10")
        self._buy_as(self.manager, mode="entry", block_id=block.id, credit=3_000_000.0, reason="big")
        self.assertEqual(self.account.balance, 3_000_000.0)
        for credit in (float("nan"), float("inf"), 1e15):
            with self.subTest(credit=credit), self.assertRaises(UserError), self.env.cr.savepoint():
                self._buy_as(self.manager, mode="correction", credit=credit, reason="odd")

    def test_ledger_without_a_hot_row(self):
        """SW9 SW+8: spending what is reserved does not touch the account's row, so that senders never wait there."""
        self._buy()
        self.account._reserve(["one", "two"], 100)
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM credit_account WHERE id = %s", [self.account.id])
        before = self.env.cr.fetchone()
        self.account._capture("one", "order", "one")
        self.account._capture("two", "order", "two")
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM credit_account WHERE id = %s", [self.account.id])
        self.assertEqual(self.env.cr.fetchone(), before)
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (9_800, 0))

    def test_reason_is_needed(self):
        """SW10: no ledger entry without a reason, no correction of zero."""
        block = self.env.ref("supplier_webservice_order.credit_block_10")
        for values in (
            {"mode": "entry", "block_id": block.id, "reason": " "},
            {"mode": "entry", "block_id": block.id, "number": -1, "reason": "steal"},
            {"mode": "correction", "credit": 0.0, "reason": "nothing"},
            {"mode": "correction", "credit": -5.0, "reason": "more than there is"},
            {"mode": "bill", "block_id": block.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                self._buy_as(self.manager, **values)
        self.assertFalse(self.account.balance_units)

    def test_booking_twice(self):
        """SW10: a double click on Book books once."""
        block = self.env.ref("supplier_webservice_order.credit_block_10")
        purchase = (
            self.env["credit.purchase"]
            .with_user(self.manager)
            .create({"account_id": self.account.id, "mode": "entry", "block_id": block.id, "reason": "voucher"})
        )
        purchase.action_confirm()
        purchase.action_confirm()
        self.assertEqual(self.account.balance, 10.0)

    def test_only_managers_buy(self):
        """SW10: users cannot buy, and nobody types in a balance."""
        with self.assertRaises(AccessError):
            self._buy_as(self.user, mode="entry", reason="for free")
        with self.assertRaises(UserError):
            self.account.with_user(self.manager).write({"available_units": 1000})
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).write({"low_balance": 1})
        with self.assertRaises(AccessError):
            self.env["credit.account"].with_user(self.manager).create({"company_id": self.company.id})

    def test_ledger_is_append_only(self):
        """SW11: rows cannot be changed or deleted: not by managers, not by the system, not in SQL."""
        self._buy()
        row = self.account.transaction_ids
        for user in (self.user, self.manager, self.env.ref("base.user_root")):
            with self.assertRaises(UserError):
                row.with_user(user).write({"units": 5})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.manager).create(
                {
                    "account_id": self.account.id,
                    "kind": "block",
                    "key": "x",
                    "units": 9,
                    "description": "x",
                }
            )
        for statement in ("UPDATE credit_transaction SET units = 1", "DELETE FROM credit_transaction"):
            with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)

    def test_no_key_twice(self):
        """SW9 SW11: the database books no message twice."""
        self._buy()
        self.account._reserve(["one"], 100)
        first = self.account._capture("one", "order", "first")
        self.assertEqual(self.account._capture("one", "order", "again"), first)
        self.assertEqual(self.account.balance_units, 9_900)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.account._book(-1, "order", "one", "forced")

    def test_running_balance(self):
        """SW11: the same screen lists everything, each row with the balance after it."""
        self._buy(1_000)
        self._communicate(self._new_purchase())
        self._communicate(self._new_purchase())
        rows = self.account.transaction_ids.sorted("id")
        self.assertEqual(rows.mapped("kind"), ["block", "order", "order"])
        self.assertEqual(rows.mapped("balance"), [1.0, 0.9, 0.8])
        total = 0
        for row in rows:
            total += row.units
            self.assertEqual(row.balance_units, total)
        action = (
            self.env["credit.account"].with_user(self.user).with_company(self.company).action_open_company_account()
        )
        self.assertEqual(action["res_id"], self.account.id)

    def test_nothing_without_credit(self):
        """SW12: without credits nothing is sent; the user is told why and where to buy."""
        self._buy(50)
        purchase = self._new_purchase()
        with self.assertRaises(RedirectWarning) as refused, self.env.cr.savepoint():
            purchase.action_communicate()
        message, action = refused.exception.args[:2]
        self.assertIn("0.05", message)
        self.assertIn("System Credits", message)
        self.assertEqual(action, self.env.ref("supplier_webservice_order.credit_account_action_server").id)
        self.assertFalse(self.fake.calls)
        self.assertFalse(purchase.exchange_ids)

    def test_reserved_credits_are_not_spent_twice(self):
        """SW12: what is reserved for messages on their way is not available to others."""
        self._buy(250)
        purchases = [self._new_purchase() for _number in range(3)]
        purchases[0].action_communicate()
        purchases[1].action_communicate()
        self.assertEqual(self.account.available, 0.05)
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            purchases[2].action_communicate()

    def test_price_is_a_setting(self):
        """SW9: the price per order is the company's; an order may be free."""
        self.company.credit_price_order = 0
        self.assertEqual(self._communicate(self._new_purchase()).state, "done")
        self.company.credit_price_order = 0.25
        self._buy()
        self._communicate(self._new_purchase())
        self.assertEqual(self.account.balance, 9.75)

    def test_low_balance_warning(self):
        """SW12: an activity warns the responsible person once, and goes when credits are bought."""
        self._buy(2_050)
        self._communicate(self._new_purchase())
        self.assertEqual(self.account.activity_ids.user_id, self.manager)
        self._communicate(self._new_purchase())
        self.assertEqual(len(self.account.activity_ids), 1)
        self._buy(10_001)
        self.assertFalse(self.account.activity_ids)

    def test_forgotten_reservations_end(self):
        """SW+1: a reservation with an end is given back after it."""
        self._buy()
        self.account._reserve(["sms:dead"], 50, seconds=-1)
        self.account._reserve(["order"], 100)
        self.env["credit.reservation"]._gc_expired()
        self.assertEqual(self.account.reserved_units, 100)

    def test_company_gets_an_account(self):
        """SW10: each company has one account."""
        company = self.env["res.company"].create({"name": "Third Garage"})
        self.assertEqual(self.env["credit.account"].search_count([("company_id", "=", company.id)]), 1)
        with (
            self.assertRaises(psycopg2.IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["credit.account"].create({"company_id": company.id})
