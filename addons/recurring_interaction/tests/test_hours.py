import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_contract import ContractCase


@tagged("post_install", "-at_install")
class TestHours(ContractCase):
    """Hours that are booked after their period was billed are billed with the next invoice, once.

    A monthly contract in arrears at 100.00 an hour: on 1 February the hours of January are billed, and so on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.column = plan._column_name()
        cls.project, cls.next_project = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Mill", "Barn")]
        )

    def _book(self, day, hours, project=None):
        values = {"name": "work", "date": day, "unit_amount": hours, self.column: (project or self.project).id}
        return self.env["account.analytic.line"].create(values)

    def _contract(self, **values):
        line = {
            "name": "Hours {month_year}", "price_unit": 100.0, "tax_ids": False, "quantity_source": "analytic",
            "analytic_distribution": {str(self.project.id): 100},
        }  # fmt: skip
        return self._subscription(
            **{"date_start": "2026-01-01", "period_mode": "arrears", "end_type": "count", "count": 5, **values},
            lines=[Command.create(line)],
        )

    def _billed(self, move):
        return [(line.name, line.quantity, line.price_subtotal) for line in move.invoice_line_ids.sorted()]

    def _totals(self, pattern, *months):
        return [self._issued(pattern, f"2026-0{month}").amount_total for month in months]

    def test_first_and_last_day(self):
        """RI+6: what was booked late on the first and on the last day of a period is of it, what is beside is not."""
        pattern = self._contract()
        self._book("2026-01-10", 4)
        self.assertEqual(self._totals(pattern, 2), [400.0])
        for day, hours in (("2025-12-31", 8), ("2026-01-01", 1), ("2026-01-31", 2), ("2026-02-01", 4)):
            self._book(day, hours)
        self.assertEqual(
            [quantity for _name, quantity, _total in self._billed(self._issued(pattern, "2026-03"))], [4.0, 3.0]
        )

    def test_late_hours(self):
        """RI+6: what was booked late is on the next invoice with its own period and is not billed again."""
        pattern = self._contract()
        self._book("2026-01-10", 4)
        self._book("2026-02-10", 2)
        self.assertEqual(self._billed(self._issued(pattern, "2026-02")), [("Hours January 2026", 4.0, 400.0)])
        self._book("2026-01-31", 1.5)
        self.assertEqual(
            self._billed(self._issued(pattern, "2026-03")),
            [
                ("Hours February 2026", 2.0, 200.0),
                (
                    "Hours January 2026\nBooked or corrected after it was invoiced: 01/01/2026 - 01/31/2026",
                    1.5,
                    150.0,
                ),
            ],
        )
        self.assertFalse(self._issued(pattern, "2026-04"), "nothing more to bill")

    def test_later_still(self):
        """RI+6: of several periods, and of one that was late before: each hour once."""
        pattern = self._contract()
        self.env.company.recurring_skip_empty = False
        self.assertEqual(self._totals(pattern, 2), [0.0])
        self._book("2026-01-05", 1)
        self.assertEqual(self._totals(pattern, 3), [100.0])
        self._book("2026-01-06", 2)
        self._book("2026-02-06", 3)
        self._book("2026-03-06", 4)
        self.assertEqual(self._totals(pattern, 4), [900.0])
        self.assertEqual(self._totals(pattern, 5), [0.0])

    def test_period_without_hours(self):
        """RI+6: where nothing was billed because there was nothing, what comes late is billed all the same."""
        pattern = self._contract()
        [date] = pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-02-01")
        date.action_issue()
        self.assertEqual(date.interaction_invoice_ids.state, "waived")
        self._book("2026-01-05", 2)
        self.assertEqual(self._totals(pattern, 3), [200.0])

    def test_corrected_hours(self):
        """RI+6: hours that are moved to the next period are not paid twice; too many that were billed come back."""
        pattern = self._contract()
        moved, wrong = self._book("2026-01-31", 3), self._book("2026-01-30", 8)
        self.assertEqual(self._totals(pattern, 2), [1100.0])
        moved.date = "2026-02-01"
        wrong.unit_amount = 6
        self._book("2026-02-15", 10)
        move = self._issued(pattern, "2026-03")
        self.assertEqual([line.quantity for line in move.invoice_line_ids.sorted()], [13.0, -5.0])
        self.assertEqual(move.amount_total, 800.0)

    def test_price_of_its_date(self):
        """RI+6: late hours cost what they cost in their own period."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        pattern.price_change_ids = [Command.create({"date_from": "2026-03-01", "percent": 10})]
        self.assertEqual(self._totals(pattern, 2), [100.0])
        self._book("2026-01-11", 1)
        self._book("2026-02-11", 1)
        move = self._issued(pattern, "2026-03")
        self.assertEqual([line.price_unit for line in move.invoice_line_ids.sorted()], [110.0, 100.0])

    def test_other_account_since(self):
        """RI+6: another analytic account from a date on bills nothing of its past; late hours are of the old one."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self._book("2026-01-10", 50, self.next_project)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        pattern.invoice_line_ids.analytic_distribution = {str(self.next_project.id): 100}
        self._book("2026-02-10", 2, self.next_project)
        self._book("2026-01-12", 3)
        self.assertEqual(self._totals(pattern, 3), [500.0])

    def test_each_customer(self):
        """RI+6: each customer of a recurring invoice pays late hours once; one who came later pays none."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        pattern.customer_ids = self.other_customer
        self._book("2026-01-11", 2)
        self._book("2026-02-10", 1)
        self._issued(pattern, "2026-03")
        moves = pattern.recurrence_id.interaction_ids.interaction_invoice_ids.move_id
        march = moves.filtered(lambda move: str(move.invoice_date) == "2026-03-01")
        self.assertEqual({move.partner_id: move.amount_total for move in march}, {
            self.customer: 300.0, self.other_customer: 100.0,
        })  # fmt: skip

    def test_lost_and_issued_again(self):
        """RI+6: an invoice that is cancelled takes its late hours with it; issued again each hour is there once."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        self._book("2026-01-11", 2)
        march = self._issued(pattern, "2026-03")
        self.assertEqual(march.amount_total, 200.0)
        march.button_cancel()
        [date] = pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-03-01")
        self._book("2026-02-10", 4)
        self.assertEqual(self._totals(pattern, 4), [400.0], "those of March's own period that came late")
        date.action_issue_again()
        self.assertEqual(date.interaction_invoice_ids.move_id.amount_total, 200.0, "January's two, February's are paid")
        self.assertEqual(self._totals(pattern, 5), [0.0])

    def test_let_go(self):
        """RI+6: who lets a date go lets its own hours go; what it billed late is due with the next one."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        self._book("2026-01-11", 2)
        self._book("2026-02-11", 5)
        march = self._issued(pattern, "2026-03")
        self.assertEqual(march.amount_total, 700.0)
        march.button_cancel()
        pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-03-01").action_let_go()
        self._book("2026-02-12", 9)
        self.assertEqual(self._totals(pattern, 4), [200.0])

    def test_skipped_period(self):
        """RI+6: a date that was skipped bills nothing, and nothing of its period is late."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        pattern.recurrence_id.interaction_ids.filtered(lambda item: str(item.day) == "2026-03-01").action_skip()
        self._book("2026-02-11", 5)
        self._book("2026-03-11", 1)
        self.assertEqual(self._totals(pattern, 4), [100.0])

    def test_in_advance(self):
        """RI+6: a period that is billed when it begins has its hours late by nature: with the next invoice."""
        pattern = self._contract(period_mode="advance")
        self.env.company.recurring_skip_empty = False
        self.assertEqual(self._totals(pattern, 1), [0.0])
        self._book("2026-01-10", 3)
        self.assertEqual(self._totals(pattern, 2, 3), [300.0, 0.0])

    def test_missed_dates_at_once(self):
        """RI+6: several dates that are issued together, each an invoice or all one: late hours once."""
        for mode, totals in (("each", [300.0, 400.0]), ("one", [700.0])):
            pattern = self._contract(missed_mode=mode, count=3, auto_issue=True, catch_up=True)
            january = self._book("2026-01-10", 1)
            self.assertEqual(self._totals(pattern, 1, 2), [0.0, 100.0])
            self._travel("2026-04-02 10:00:00")
            pattern.write({"end_type": "count", "count": 5})
            pattern.recurrence_id._generate()
            booked = self._book("2026-01-11", 2) + self._book("2026-02-11", 1) + self._book("2026-03-11", 4)
            pattern.recurrence_id.interaction_ids.filtered(
                lambda item: item.state == "planned" and item.day <= datetime.date(2026, 4, 2)
            )._issue()
            moves = pattern.recurrence_id.interaction_ids.interaction_invoice_ids.move_id
            late = moves.filtered(lambda move: move.invoice_date >= datetime.date(2026, 3, 1)).sorted("invoice_date")
            self.assertEqual(late.mapped("amount_total"), totals)
            (booked + january).unlink()
            self._travel("2026-03-02 10:00:00")

    def test_language_of_the_customer(self):
        """RI+6: what is late is said in the customer's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self.assertEqual(self._totals(pattern, 2), [100.0])
        self._book("2026-01-11", 1)
        self.assertIn("01/01/2026 - 31/01/2026", self._issued(pattern, "2026-03").invoice_line_ids.sorted()[-1].name)

    def test_who_reads_it(self):
        """RI+6: what was billed is written by nobody, and read by Invoicing of the own company."""
        pattern = self._contract()
        self._book("2026-01-10", 1)
        self._totals(pattern, 2)
        rows = self.env["recurring.hours"].search([("line_id", "in", pattern.invoice_line_ids.ids)])
        self.assertEqual(rows.quantity, 1.0)
        for call in (rows.unlink, lambda: rows.write({"quantity": 0}), lambda: rows.copy()):
            with self.assertRaises(AccessError):
                call()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        billing = new_test_user(
            self.env, "ri_hours", "base.group_user,account.group_account_invoice",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["recurring.hours"].with_user(billing).search([]))
