import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..recurrence import period
from ..recurrence.pattern import Pattern
from .test_contract import ContractCase


@tagged("post_install", "-at_install")
class TestRevenue(ContractCase):
    """What recurring invoices bring: for the owner."""

    def _changes(self):
        rows = self.env["recurring.revenue"].search([("company_id", "=", self.env.company.id)], order="id")
        return [(row.kind, round(row.amount, 2)) for row in rows]

    def test_dates_per_month(self):
        """RI+6: a year has twelve months, and 52 weeks and a bit, whatever the rule."""
        start = datetime.date(2026, 1, 1)
        for values, expected in (
            ({"freq": "monthly"}, 1.0),
            ({"freq": "monthly", "interval": 3}, 1 / 3),
            ({"freq": "yearly"}, 1 / 12),
            ({"freq": "weekly", "weekdays": (1, 3)}, 2 * 1461 / 7 / 48),
            ({"freq": "rule", "rule": "FREQ=MONTHLY;BYMONTHDAY=1,15"}, 2.0),
            ({"freq": "monthly", "count": 3}, 1.0),
        ):
            with self.subTest(str(values)):
                found = float(period.dates_per_month(Pattern(start=start, **values)))
                self.assertAlmostEqual(found, expected, delta=0.03)

    def test_the_end_where_the_customer_is_billed(self):
        """RI+6: a subscription that ends today in Los Angeles is no lost revenue while it is today there."""
        pattern = self._subscription(tz="America/Los_Angeles", date_start="2026-02-01", end_type="count", count=3)
        self._run("note_revenue")
        before = len(self._changes())
        last = str(pattern.date_last)
        self._travel(f"{pattern.date_last + datetime.timedelta(days=1)} 03:00:00")
        self._run("note_revenue")
        self.assertEqual(len(self._changes()), before, f"it is still {last} there")
        self._travel(f"{pattern.date_last + datetime.timedelta(days=1)} 12:00:00")
        self._run("note_revenue")
        self.assertEqual(self._changes()[-1][0], "lost")

    def test_new_more_less_lost(self):
        """RI+6: each change is noted once; the sum is the monthly revenue; what ends or is archived is lost."""
        pattern = self._subscription()
        self.assertEqual(pattern.monthly_revenue, 310.0)
        self._run("note_revenue")
        pattern.invoice_line_ids[0].price_unit = 400.0
        self._run("note_revenue")
        self._run("note_revenue")
        pattern.invoice_line_ids[0].price_unit = 200.0
        pattern.invoice_line_ids = [Command.create({"name": "Once", "price_unit": 5.0, "is_once": True})]
        self._run("note_revenue")
        pattern.customer_ids = self.other_customer
        self._run("note_revenue")
        pattern.action_archive()
        self._run("note_revenue")
        self._run("note_revenue")
        self.assertEqual(
            self._changes(), [("new", 310.0), ("more", 90.0), ("less", -200.0), ("more", 200.0), ("lost", -400.0)]
        )

    def test_ended_and_deleted(self):
        """RI+6: an end that comes with time is lost revenue on its day, a deletion at once."""
        ends, deleted = self._subscription(end_type="count", count=2), self._subscription()
        self._run("note_revenue")
        deleted.unlink()
        self.assertEqual(self._changes(), [("new", 310.0), ("new", 310.0), ("lost", -310.0)])
        self._travel("2026-06-01 10:00:00")
        self._run("note_revenue")
        self._run("note_revenue")
        self.assertEqual(self._changes()[3:], [("lost", -310.0)])
        self.assertTrue(ends.exists())

    def test_another_currency(self):
        """RI+6: figures are in the company's currency: EUR 310 at a rate of 2 are 155."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        self.assertEqual(self._subscription(currency_id=euro.id).monthly_revenue, 155.0)

    def test_planned_revenue(self):
        """RI+6: the next months as they are planned; what was issued or skipped is not in it."""
        pattern = self._subscription(date_start="2026-03-01", end_type="count", count=4)
        pattern.recurrence_id.interaction_ids.sorted("day")[2].action_skip()
        self._issued(pattern, "2026-03")
        self.env.flush_all()
        groups = self.env["recurring.forecast"].formatted_read_group(
            [("invoice_id", "=", pattern.id)], ["date:month"], ["amount:sum"]
        )
        self.assertEqual([group["amount:sum"] for group in groups], [310.0, 310.0])

    def _forecast(self, pattern):
        """Return what is planned for a recurring invoice, by date."""
        self.env.invalidate_all()
        rows = self.env["recurring.forecast"].search([("invoice_id", "=", pattern.id)], order="date")
        return [(str(row.date), row.amount) for row in rows]

    def test_planned_revenue_knows_prices_that_come(self):
        """RI+6: a date is planned with what it will be billed with, as a change with a date or an index says today."""
        pattern = self._subscription(date_start="2026-03-01", end_type="count", count=4)
        pattern.price_change_ids = [
            Command.create({"date_from": "2026-04-15", "percent": 10}),
            Command.create({"date_from": "2026-06-01", "mode": "price", "product_id": self.product_a.id, "price": 400}),
        ]
        expected = [("2026-03-01", 310.0), ("2026-04-01", 310.0), ("2026-05-01", 341.0), ("2026-06-01", 400.0)]
        self.assertEqual(self._forecast(pattern), expected)
        dates = pattern.recurrence_id.interaction_ids.sorted("day")
        self.assertEqual(dates.mapped("amount_expected"), [amount for _day, amount in expected])
        self.assertEqual(pattern.monthly_revenue, 310.0, "what it brings today is another figure")
        issued = [self._issued(pattern, f"2026-0{month}").amount_total for month in (3, 4, 5, 6)]
        self.assertEqual(issued, [amount for _day, amount in expected], "as it was said")

    def test_planned_revenue_of_a_late_date(self):
        """RI+6: a date before a change is planned with the price before it; a moved one with that of its own date."""
        pattern = self._subscription(date_start="2026-02-01", end_type="count", count=3, catch_up=True)
        dates = pattern.recurrence_id.interaction_ids.sorted("day")
        dates[1].day = "2026-03-20"
        change = {"date_from": "2026-03-10", "percent": 100}
        pattern.price_change_ids = [Command.create(change)]
        expected = [("2026-02-01", 310.0), ("2026-03-20", 310.0), ("2026-04-01", 620.0)]
        self.assertEqual(self._forecast(pattern), expected)
        pattern.price_change_ids.percent = 50
        self.assertEqual(self._forecast(pattern)[-1], ("2026-04-01", 465.0))
        pattern.customer_ids = self.other_customer
        self.assertEqual(self._forecast(pattern)[-1], ("2026-04-01", 930.0))
        pattern.price_change_ids = [Command.clear()]
        self.assertEqual({amount for _day, amount in self._forecast(pattern)}, {620.0})

    def test_planned_revenue_by_an_index(self):
        """RI+6: the figure of an index that is entered counts from its day on; one that is not known yet does not."""
        index = self.env["recurring.index"].create(
            {"name": "CPI", "value_ids": [Command.create({"date_from": "2026-01-01", "value": 100})]}
        )
        pattern = self._subscription(date_start="2026-03-01", end_type="count", count=3)
        change = {"date_from": "2026-05-01", "mode": "index", "index_id": index.id, "date_base": "2026-03-01"}
        pattern.price_change_ids = [Command.create(change)]
        self.assertEqual(self._forecast(pattern)[-1], ("2026-05-01", 310.0))
        index.value_ids = [Command.create({"date_from": "2026-04-01", "value": 110})]
        self.assertEqual(self._forecast(pattern)[-1], ("2026-05-01", 341.0))
        index.value_ids.sorted("date_from")[-1].value = 120
        self.assertEqual(self._forecast(pattern), [
            ("2026-03-01", 310.0), ("2026-04-01", 310.0), ("2026-05-01", 372.0),
        ])  # fmt: skip

    def test_who_reads_it(self):
        """RI+6: figures are for Invoicing, of the own company only; nobody writes them."""
        self._subscription()
        self._run("note_revenue")
        planner = new_test_user(
            self.env, "ri_mrr", "base.group_user,recurring_interaction.group_recurring_interaction_manager"
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        billing = new_test_user(
            self.env, "ri_mrr2", "base.group_user,account.group_account_invoice",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        for model in ("recurring.revenue", "recurring.forecast"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(planner).search([])
            self.assertFalse(self.env[model].with_user(billing).search([]))
        with self.assertRaises(AccessError):
            self.env["recurring.revenue"].search([], limit=1).with_user(billing).sudo(False).write({"amount": 1})

    def test_one_that_fails_stops_nobody(self):
        """RI+6: a recurring invoice whose revenue cannot be noted is set aside."""
        bad, good = self._subscription(), self._subscription()
        plain = type(bad)._note_revenue

        def broken(record):
            if record == bad:
                raise ValueError("a field of another module")
            return plain(record)

        self.patch(type(bad), "_note_revenue", broken)
        with mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin"):
            self._run("note_revenue")
        self.assertEqual(self.env["recurring.revenue"].search([]).invoice_id & (bad + good), good)
