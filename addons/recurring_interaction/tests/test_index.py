import datetime

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .test_contract import ISSUE, ContractCase


@tagged("post_install", "-at_install")
class TestIndex(ContractCase):
    """Prices that follow a table of an index."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["recurring.index"].create(
            {"name": "Consumer prices", "value_ids": [
                Command.create({"date_from": "2026-01-01", "value": 120.0}),
                Command.create({"date_from": "2026-04-01", "value": 123.0}),
                Command.create({"date_from": "2026-07-01", "value": 126.6}),
            ]}
        )  # fmt: skip

    def _indexed(self, **values):
        """Return a subscription whose price of 310 follows the index from 1 May on."""
        change = {"mode": "index", "index_id": self.index.id, "date_from": "2026-05-01", "date_base": "2026-03-01"}
        return self._subscription(price_change_ids=[Command.create({**change, **values})])

    def test_price_by_index(self):
        """RI+6: 310 of an index of 120 is 317.75 at 123 (310 x 123 / 120), from the date on, and not before."""
        pattern = self._indexed()
        self.assertEqual(self._issued(pattern, "2026-04").amount_untaxed, 310.0)
        self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, 317.75)
        self.assertEqual(self._issued(pattern, "2026-07").amount_untaxed, 317.75, "only by another change")
        pattern.price_change_ids = [
            Command.create({"mode": "index", "index_id": self.index.id, "date_from": "2026-08-01",
                            "date_base": "2026-05-01"})
        ]  # fmt: skip
        # 317.75 x 126.6 / 123 = 327.05
        self.assertEqual(self._issued(pattern, "2026-08").amount_untaxed, 327.05)

    def test_index_of_months_before(self):
        """RI+6: the index of two months before: January's for March, none of April's for May."""
        pattern = self._indexed(index_lag=2, date_from="2026-06-01")
        # base: 1 January, 120; new: 1 April, 123
        self.assertEqual(self._issued(pattern, "2026-06").amount_untaxed, 317.75)
        change = pattern.price_change_ids
        change.index_lag = 3
        # base: 1 December, before the table begins
        self.assertEqual(len(change._missing_figures(datetime.date(2026, 6, 1))), 1)

    def test_figure_not_entered(self):
        """RI+6: while the new figure is not in the table nothing is billed by the old one; the reason names it."""
        self.index.value_ids.filtered(lambda entry: str(entry.date_from) > "2026-01-01").unlink()
        pattern = self._indexed()
        self.assertTrue(self._issued(pattern, "2026-04"))
        with mute_logger(ISSUE):
            self.assertFalse(self._issued(pattern, "2026-05"))
        interaction = pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-05-01")
        self.assertIn("Consumer prices for 05/01/2026", interaction.failure_reason)
        self.assertIn("Consumer prices for 05/01/2026", interaction.obstacle)
        self.index.value_ids = [Command.create({"date_from": "2026-05-01", "value": 120.0})]
        self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, 310.0, "the same figure, but entered")

    def test_announced(self):
        """RI+6: the customer is told by how much and by which index, when the figure is known, not before."""
        self.index.value_ids.filtered(lambda entry: str(entry.date_from) > "2026-01-01").unlink()
        pattern = self._indexed(announce_days=30, index_lag=1)
        self._travel("2026-04-02 10:00:00")
        self._run("announce")
        change = pattern.price_change_ids
        self.assertFalse(change.date_announced)
        self.index.value_ids = [Command.create({"date_from": "2026-04-01", "value": 123.0})]
        self._travel("2026-04-09 10:00:00")
        self._run("announce")
        self.assertTrue(change.date_announced)
        self.assertIn("+2.5 % (Consumer prices)", str(pattern.message_ids.mapped("body")))
        notes = self._issued(pattern, "2026-05").invoice_line_ids.filtered(lambda line: line.display_type)
        self.assertIn("+2.5 % (Consumer prices)", " ".join(notes.mapped("name")))

    def test_figures_of_a_changed_price(self):
        """RI+6: a price that has changed is in the revenue from its day on, and on the customer's page for its date."""
        pattern = self._indexed(index_cap=2)
        self._run("revenue")
        self.assertEqual((pattern.monthly_revenue, pattern._amount_text(self.customer)), (310.0, "$\N{NBSP}310.00"))
        rows = pattern._prepare_subscription_rows(self.customer)
        self.assertEqual((str(rows[0]["next_date"]), rows[0]["amount"]), ("2026-04-01", "$\N{NBSP}310.00"))
        self._travel("2026-05-01 10:00:00")
        self._run("revenue")
        self._run("revenue")
        # 310 x 1.02
        self.assertEqual((pattern.date_revenue, pattern.monthly_revenue), (316.2, 316.2))
        noted = self.env["recurring.revenue"].search([("invoice_id", "=", pattern.id)], order="id")
        self.assertEqual([(row.kind, round(row.amount, 2)) for row in noted], [("new", 310.0), ("more", 6.2)])
        self.assertEqual(pattern._prepare_subscription_rows(self.customer)[0]["amount"], "$\N{NBSP}316.20")

    def test_amount_of_a_moved_date(self):
        """RI+6: the customer's page says what a date that was moved over a price change will be billed with."""
        pattern = self._indexed(index_cap=2)
        [date] = pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-04-01")
        date.day = "2026-05-02"
        self._travel("2026-05-02 10:00:00")
        [row] = pattern._prepare_subscription_rows(self.customer)
        self.assertEqual((str(row["next_date"]), row["amount"]), ("2026-05-02", "$\N{NBSP}310.00"))
        self.assertEqual(date.amount_expected, 310.0)

    def test_figure_corrected(self):
        """RI+6: a figure that is corrected, added or deleted after a price was announced by it: customers are told."""
        pattern = self._indexed(announce_days=60)
        change = pattern.price_change_ids
        figure = self.index.value_ids.filtered(lambda entry: str(entry.date_from) == "2026-04-01")
        for act, told in (
            (lambda: None, "+2.5 %"),
            (lambda: figure.write({"value": 126.0}), "+5 %"),
            (lambda: self.index.write({"value_ids": [Command.create({"date_from": "2026-04-15", "value": 132})]}),
             "+10 %"),
            (self.index.value_ids.filtered(lambda entry: entry.value == 126.6).unlink, "+10 %"),
            (lambda: self.index.value_ids.filtered(lambda entry: entry.value == 132.0).unlink(), "+5 %"),
        ):  # fmt: skip
            act()
            self._run("announce")
            self.assertTrue(change.date_announced)
            latest = pattern.message_ids.filtered("subject").sorted("id")[-1]
            self.assertIn(f"{told} (Consumer prices)", latest.body)
        self.assertEqual(len(pattern.message_ids.filtered("subject")), 4, "what changes nothing is not told again")
        self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, 325.5)

    def test_refused(self):
        """RI+6: a change without an index or its day, from before that day, or by an index of long ago is refused."""
        for values in ({"index_id": False}, {"date_base": "2026-05-01"}, {"index_lag": -1}, {"index_lag": 25}):
            with self.subTest(str(values)), self.assertRaises(ValidationError), self.cr.savepoint():
                self._indexed(**values)
        change = {"mode": "index", "index_id": self.index.id, "date_from": "2026-05-01", "index_lag": 24}
        pattern = self._subscription(price_change_ids=[Command.create(change)])
        self.assertEqual(pattern.price_change_ids.date_base, pattern.date_start, "the day it was agreed on")
        for values in ({"date_from": "2026-04-01", "value": 1.0}, {"date_from": "2026-04-02", "value": 0.0}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.index.value_ids = [Command.create(values)]
                self.env.flush_all()
            self.env.invalidate_all()

    def test_of_another_company(self):
        """RI+6: an index of another company is neither read nor taken, nor is a value moved there."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["recurring.index"].create(
            {"name": "Theirs", "company_id": other.id,
             "value_ids": [Command.create({"date_from": "2026-01-01", "value": 1.0})]}
        )  # fmt: skip
        billing = new_test_user(
            self.env, "ri_index", "base.group_user,account.group_account_invoice",
            company_id=self.env.company.id, company_ids=[Command.set(self.env.company.ids)],
        )  # fmt: skip
        self.env.flush_all()
        self.env.invalidate_all()
        indexes = self.env["recurring.index"].with_user(billing)
        self.assertEqual(indexes.search([("id", "in", (theirs + self.index).ids)]), self.index)
        with self.assertRaises(AccessError):
            theirs.value_ids.with_user(billing).read(["value"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.index.value_ids[0].with_user(billing).index_id = theirs
        self.env.invalidate_all()
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self._indexed(index_id=theirs.id)
        self.assertIn("company", str(caught.exception).lower())
        planner = new_test_user(
            self.env, "ri_index2", "base.group_user,recurring_interaction.group_recurring_interaction_manager"
        )
        with self.assertRaises(AccessError):
            self.index.with_user(planner).read(["name"])
