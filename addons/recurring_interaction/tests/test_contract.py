import datetime

from odoo import Command
from odoo.addons.base_safeguard.tests.test_languages import take_language_away
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..recurrence import period
from ..recurrence.pattern import Pattern
from .common import InvoiceCase

MIXIN = "odoo.addons.base_safeguard.models.cron_batch_mixin"
ISSUE = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"
SET_UP = {"name": "Set-up", "price_unit": 90.0, "tax_ids": False, "is_once": True}


class ContractCase(InvoiceCase):
    """A monthly subscription of 310.00 on the first, from today (2 March 2026) on."""

    def _subscription(self, **values):
        lines = values.pop("lines", None) or [
            Command.create({"product_id": self.product_a.id, "price_unit": 310.0, "tax_ids": False})
        ]
        pattern = self._make_pattern(
            **{"month_by": "day", "month_day": 1, "end_type": "forever", "lines": lines, "tz": "UTC", **values}
        )
        pattern.recurrence_id._generate()
        return pattern

    def _run(self, _name):
        """Let the nightly action run; the name says what of it a test looks at."""
        with self.enter_registry_test_mode(), mute_logger(MIXIN):
            self.env.ref("recurring_interaction.ir_cron_fill_horizon").method_direct_trigger()
        self.env.invalidate_all()

    def _planned(self, pattern):
        return self._days(pattern.recurrence_id)

    def _issued(self, pattern, month):
        """Issue the date of a month; return the invoice of the pattern's own customer."""
        interaction = pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day)[:7] == month)
        interaction.action_issue()
        return interaction.interaction_invoice_ids.filtered(
            lambda issue: issue.partner_id == pattern.partner_id
        ).move_id


@tagged("post_install", "-at_install")
class TestTerm(ContractCase):
    """Term, notice, renewal and pause."""

    def test_term_and_renewal(self):
        """RI+6: twelve months, two months' notice: a reminder, then another term; the dates go on."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=12, notice_days=60, reminder_days=30)
        self.assertEqual((str(pattern.date_term_end), str(pattern.date_notice)), ("2027-02-28", "2026-12-30"))
        self._travel("2026-11-29 10:00:00")
        self._run("contracts")
        self.assertFalse(pattern.date_reminded, "not a day too early")
        self._travel("2026-11-30 10:00:00")
        self._run("contracts")
        self._run("contracts")
        todo = self.env["mail.activity"].search([("summary", "=like", "Contract of Atelier Bois%")])
        self.assertEqual((len(todo), str(todo.date_deadline)), (1, "2026-12-30"))
        self.assertEqual(todo.user_id, pattern.user_id)
        self._travel("2027-02-28 10:00:00")
        self._run("contracts")
        self.assertEqual(str(pattern.date_term_end), "2027-02-28", "its last day belongs to the term")
        self._travel("2027-03-01 10:00:00")
        self._run("contracts")
        self.assertEqual(str(pattern.date_term_end), "2028-02-29")
        self.assertIn("Nobody gave notice", str(pattern.message_ids.mapped("body")))
        self.assertFalse(pattern.is_stale, "the dates are as they were confirmed")

    def test_notice(self):
        """RI+6: notice in time ends the contract with its term, notice too late with the next one."""
        for day, end in (("2026-12-30", "2027-02-28"), ("2026-12-31", "2028-02-29")):
            pattern = self._subscription(date_start="2026-03-01", contract_months=12, notice_days=60)
            window = self.env["recurring.notice"].create({"invoice_id": pattern.id, "date": day})
            self.assertEqual(str(window.date_end), end)
            window.action_confirm()
            self.assertEqual((pattern.end_type, str(pattern.date_until)), ("until", end))
            self.assertFalse(pattern.is_stale)
            self.assertFalse(pattern.date_contract_step, "nothing is renewed or reminded of any more")
        self.assertEqual(self._planned(pattern)[-1], "2028-02-01")

    def test_notice_without_a_term(self):
        """RI+6: without a term the contract ends after the days of notice; dates after that are taken back."""
        pattern = self._subscription(notice_days=30)
        pattern._give_notice(datetime.date(2026, 4, 20), "Moves away")
        self.assertEqual(self._planned(pattern), ["2026-04-01", "2026-05-01"])
        self.assertIn("Moves away", str(pattern.message_ids.mapped("body")))

    def test_ends_with_its_term(self):
        """RI+6: a contract that ends plans nothing after its term, also when the term changes."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=3, renewal="end")
        self.assertEqual(self._planned(pattern)[-1], "2026-05-01")
        pattern.contract_months = 6
        self.assertEqual(str(pattern.date_until), "2026-08-31")
        self.assertTrue(pattern.is_stale, "a person confirms the new dates")

    def test_pause(self):
        """RI+6: nothing is billed in a pause; its dates say why, generating does not bring them back, others go on."""
        pattern = self._subscription()
        window = self.env["recurring.pause"].create(
            {
                "invoice_id": pattern.id,
                "date_from": "2026-05-15",
                "date_to": "2026-07-31",
                "reason": "Roof works",
            }
        )
        window.action_confirm()
        self.assertEqual(self._planned(pattern)[:3], ["2026-04-01", "2026-05-01", "2026-08-01"])
        skipped = pattern.recurrence_id.interaction_ids.filtered(lambda item: item.state == "skipped")
        self.assertEqual(skipped.mapped("feedback"), ["Roof works"] * 2)
        pattern.recurrence_id._generate()
        self.assertNotIn("2026-06-01", self._planned(pattern))
        self.assertIn("Roof works", str(pattern.message_ids.mapped("body")))

    def test_pause_beyond_the_horizon(self):
        """RI+6: what is not planned yet stays out of a long pause."""
        pattern = self._subscription(horizon_months=2)
        pattern._pause(datetime.date(2026, 4, 15), datetime.date(2026, 8, 15), "Season")
        self._travel("2026-08-01 10:00:00")
        self._run("fill_horizon")
        self.assertEqual(self._planned(pattern), ["2026-04-01", "2026-09-01", "2026-10-01"])

    def test_who_may(self):
        """RI+6: people without Invoicing neither pause nor end a contract, nor read the windows."""
        pattern = self._subscription()
        planner = new_test_user(
            self.env, "ri_planner2", "base.group_user,recurring_interaction.group_recurring_interaction_manager"
        )
        for model in ("recurring.notice", "recurring.pause", "recurring.quantity"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(planner).create({"invoice_id": pattern.id})
        for call in (pattern.with_user(planner).action_pause, pattern.with_user(planner).action_give_notice):
            with self.assertRaises(AccessError):
                call()

    def test_nonsense(self):
        """RI+6: a pause that ends before it begins, one of what does not run, a term of a century: refused."""
        pattern = self._subscription()
        with self.assertRaisesRegex(UserError, "before it begins"):
            pattern._pause(datetime.date(2026, 5, 2), datetime.date(2026, 5, 1), "x")
        with self.assertRaises(ValidationError):
            pattern.contract_months = 1200
        with self.assertRaisesRegex(UserError, "running"):
            self._make_pattern()._give_notice(datetime.date(2026, 5, 2))

    def test_one_that_fails_stops_nobody(self):
        """RI+6: a contract that cannot be reminded of is set aside; the others are."""
        bad, good = (self._subscription(date_start="2026-03-01", contract_months=1, reminder_days=60) for _ in range(2))
        plain = type(bad)._remind_of_notice

        def broken(record):
            if record == bad:
                raise ValueError("a field of another module")
            return plain(record)

        self.patch(type(bad), "_remind_of_notice", broken)
        self._run("contracts")
        self.assertEqual((bool(bad.date_reminded), bool(good.date_reminded)), (False, True))
        failure = self.env["cron.batch.failure"].search([("res_model", "=", bad._name), ("res_id", "=", bad.id)])
        self.assertIn("another module", failure.error)


@tagged("post_install", "-at_install")
class TestAmounts(ContractCase):
    """What a contract bills when a period is not whole, a quantity not known, a price not the same."""

    def test_parts_of_periods(self):
        """RI+6: the first and last period by days; a whole period is paid whole."""
        monthly = {"freq": "monthly", "month_by": "day", "month_day": 1}
        pattern = Pattern(start=datetime.date(2026, 1, 15), until=datetime.date(2026, 4, 10), **monthly)
        found = [period.prorated(pattern, day, is_advance=True) for day in pattern.dates()]
        self.assertEqual(
            [(str(first), str(last), str(part)) for first, last, part in found],
            [("2026-01-15", "2026-02-28", "48/31"), ("2026-03-01", "2026-03-31", "1"),
             ("2026-04-01", "2026-04-10", "1/3")],
        )  # fmt: skip
        found = [period.prorated(pattern, day, is_advance=False) for day in pattern.dates()]
        self.assertEqual(
            [(str(first), str(last), str(part)) for first, last, part in found],
            [("2026-01-15", "2026-01-31", "17/31"), ("2026-02-01", "2026-02-28", "1"),
             ("2026-03-01", "2026-03-31", "1")],
        )  # fmt: skip
        whole = Pattern(start=datetime.date(2026, 1, 1), **monthly)
        self.assertEqual(period.prorated(whole, whole.start, is_advance=True)[2], 1)
        self.assertEqual(period.prorated(whole, whole.start, is_advance=False)[2], 1)

    def test_prorated_invoices(self):
        """RI+6: 310.00 a month from 15 January in arrears: 170.00 for 17 of 31 days, then 310.00."""
        pattern = self._subscription(
            date_start="2026-01-15", proration="days", period_mode="arrears", end_type="count", count=2,
            lines=[Command.create({"name": "Rent {period}", "price_unit": 310.0, "tax_ids": False})],
        )  # fmt: skip
        first, second = self._issued(pattern, "2026-02"), self._issued(pattern, "2026-03")
        self.assertEqual((first.amount_total, second.amount_total), (170.0, 310.0))
        self.assertEqual(first.invoice_line_ids.name, "Rent 01/15/2026 - 01/31/2026")

    def test_prorated_small_prices(self):
        """RI+6: 11 of 30 days of 1000 x 0.10 are 36.67, of 10,000 x 0.01 they are 36.67, of 3 x 100.00 they are 110."""
        for quantity, price, total in ((1000, 0.10, 36.67), (10000, 0.01, 36.67), (3, 100.0, 110.0)):
            line = {"name": "Reading", "quantity": quantity, "price_unit": price, "tax_ids": False}
            pattern = self._subscription(
                date_start="2026-04-20", proration="days", period_mode="arrears", end_type="count", count=1,
                lines=[Command.create(line)],
            )  # fmt: skip
            self.assertEqual(self._issued(pattern, "2026-05").amount_total, total)

    def test_one_off_line(self):
        """RI+6: a line for the next invoice only is billed once, to the own customer, and then not in the total."""
        pattern = self._subscription(
            date_start="2026-02-01", customer_ids=[Command.set(self.other_customer.ids)], end_type="count", count=2
        )
        pattern.invoice_line_ids = [
            Command.create({"name": "Set-up", "price_unit": 90.0, "tax_ids": False, "is_once": True})
        ]
        self.assertEqual(pattern.amount_total, 400.0)
        interactions = pattern.recurrence_id.interaction_ids.sorted("day")
        interactions._issue(asked=True)  # both dates in one go
        totals = [
            {issue.partner_id: issue.move_id.amount_total for issue in interaction.interaction_invoice_ids}
            for interaction in interactions
        ]
        self.assertEqual(totals[0], {self.customer: 400.0, self.other_customer: 310.0})
        self.assertEqual(totals[1], {self.customer: 310.0, self.other_customer: 310.0})
        self.assertEqual((str(pattern.invoice_line_ids[-1].date_once), pattern.amount_total), ("2026-02-01", 310.0))

    def test_one_off_line_of_an_invoice_that_failed(self):
        """RI+6: what was not issued was not billed: the line is on the next attempt, and on an invoice made again."""
        pattern = self._subscription(date_start="2026-02-01", end_type="count", count=1)
        pattern.invoice_line_ids = [
            Command.create({"name": "Set-up", "price_unit": 90.0, "tax_ids": False, "is_once": True})
        ]
        self.customer.email = False
        with mute_logger(ISSUE):
            self._issued(pattern, "2026-02")
        self.assertFalse(pattern.invoice_line_ids[-1].date_once)
        self.customer.email = "a@example.com"
        move = self._issued(pattern, "2026-02")
        self.assertEqual(move.amount_total, 400.0)
        move.button_draft()
        move.button_cancel()
        pattern.recurrence_id.interaction_ids.action_issue_again()
        self.assertEqual(pattern.recurrence_id.interaction_ids.interaction_invoice_ids.move_id.amount_total, 400.0)

    def test_one_off_line_of_an_invoice_that_was_let_go(self):
        """RI+6: the invoice that billed a line once is cancelled and let go: the line is on the next one."""
        pattern = self._subscription(date_start="2026-02-01", end_type="count", count=2)
        pattern.invoice_line_ids = [
            Command.create({"name": "Set-up", "price_unit": 90.0, "tax_ids": False, "is_once": True})
        ]
        move = self._issued(pattern, "2026-02")
        move.button_draft()
        move.button_cancel()
        first, second = pattern.recurrence_id.interaction_ids.sorted("day")
        first.action_let_go()
        self.assertFalse(pattern.invoice_line_ids[-1].date_once)
        self.assertEqual(self._issued(pattern, "2026-03").amount_total, 400.0)
        self.assertEqual(pattern.invoice_line_ids[-1].date_once, second.occurrence_date)

    def test_entered_quantity(self):
        """RI+6: a quantity that is entered for each date: the invoice waits for it, and takes the one of its date."""
        pattern = self._subscription(
            date_start="2026-02-01", end_type="count", count=2,
            lines=[Command.create({"name": "Prints", "price_unit": 2.0, "tax_ids": False, "quantity_source": "typed"})],
        )  # fmt: skip
        with mute_logger(ISSUE):
            self.assertFalse(self._issued(pattern, "2026-02"))
        self.assertIn("quantity of Prints", pattern.recurrence_id.interaction_ids[0].failure_reason)
        values = {"line_id": pattern.invoice_line_ids.id}
        self.env["recurring.quantity"].create(
            [{**values, "date": "2026-02-01", "quantity": 120}, {**values, "date": "2026-03-01", "quantity": 7}]
        )
        totals = [self._issued(pattern, month).amount_total for month in ("2026-02", "2026-03")]
        self.assertEqual(totals, [240.0, 14.0])

    def test_booked_hours(self):
        """RI+6: the hours booked on the analytic account within the period, those of other accounts and days not."""
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project, other = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Mill", "Other")]
        )
        column = plan._column_name()
        self.env["account.analytic.line"].create(
            [
                {"name": "work", "date": day, "unit_amount": hours, column: account.id}
                for day, hours, account in (
                    ("2026-01-01", 2.5, project), ("2026-01-31", 1.5, project), ("2026-02-01", 9.0, project),
                    ("2026-01-15", 5.0, other),
                )
            ]
        )  # fmt: skip
        pattern = self._subscription(
            date_start="2026-01-01", period_mode="arrears", end_type="count", count=2,
            lines=[
                Command.create(
                    {"name": "Hours", "price_unit": 100.0, "tax_ids": False, "quantity_source": "analytic",
                     "analytic_distribution": {str(project.id): 100}}
                )
            ],
        )  # fmt: skip
        self.assertEqual(self._issued(pattern, "2026-02").amount_total, 400.0)

    def test_announced_price(self):
        """RI+6: 5 percent from 1 June, announced 30 days ahead, once, in the customer's language; then on paper."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        pattern = self._subscription()
        pattern.price_change_ids = [Command.create({"date_from": "2026-06-01", "percent": 5, "announce_days": 30})]
        self._travel("2026-05-01 10:00:00")
        self._run("announce_prices")
        self.assertFalse(pattern.price_change_ids.date_announced)
        self._travel("2026-05-02 10:00:00")
        self._run("announce_prices")
        self._run("announce_prices")
        told = pattern.message_ids.filtered(lambda message: self.customer in message.partner_ids)
        self.assertEqual(len(told), 1)
        self.assertIn("+5 %", str(told.body))
        self.assertIn("01/06/2026", str(told.body), "the date as the French write it")
        self.assertTrue(pattern.price_change_ids.date_announced)
        self._travel("2026-07-02 10:00:00")
        june, july = self._issued(pattern, "2026-06"), self._issued(pattern, "2026-07")
        self.assertEqual((june.amount_total, july.amount_total), (325.5, 325.5))
        notes = [move.invoice_line_ids.filtered(lambda line: line.display_type == "line_note") for move in (june, july)]
        self.assertIn("+5 %", notes[0].name)
        self.assertFalse(notes[1], "said once")

    def test_language_that_was_taken_away(self):
        """RI+6, RI9: a customer whose language is gone is told the new price, and gets the invoice with its period."""
        pattern = self._subscription()
        pattern.price_change_ids = [Command.create({"date_from": "2026-06-01", "percent": 5, "announce_days": 30})]
        pattern.invoice_line_ids[:1].name = "Support {month_year}"
        take_language_away(self.customer)
        self._travel("2026-05-02 10:00:00")
        self._run("announce_prices")
        told = pattern.message_ids.filtered(lambda message: self.customer in message.partner_ids)
        self.assertIn("+5 %", str(told.body))
        self._travel("2026-07-02 10:00:00")
        june = self._issued(pattern, "2026-06")
        self.assertIn("Support June 2026", june.invoice_line_ids.mapped("name"))
        self.assertEqual(pattern._default_terms(self.customer), pattern._default_terms(self.other_customer))

    def test_announcement_that_fails(self):
        """RI+6: a customer without an address, or with one that is none, is not told: the responsible is."""
        bad, good = self._subscription(), self._subscription(partner_id=self.other_customer.id)
        for pattern in (bad, good):
            pattern.price_change_ids = [Command.create({"date_from": "2026-03-20", "percent": 5, "announce_days": 30})]
        self.customer.email = "atelier at example"
        self._run("announce_prices")
        self.assertFalse(bad.price_change_ids.date_announced)
        self.assertTrue(good.price_change_ids.date_announced)
        failure = self.env["cron.batch.failure"].search([("res_model", "=", "recurring.price.change")])
        self.assertEqual(failure.mapped("res_id"), bad.price_change_ids.ids)
