import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..recurrence import period
from .test_contract import ContractCase


@tagged("post_install", "-at_install")
class TestContractBorders(ContractCase):
    """Short months, terms that do not go on, notice that is late, early or withdrawn, pauses far ahead."""

    def test_terms_in_short_months(self):
        """RI+6: BGB, section 188: a month without the day ends a term with its last day and shifts no other."""
        day = datetime.date.fromisoformat
        for start, months, ends in (
            ("2026-03-01", 12, ["2027-02-28", "2028-02-29", "2029-02-28"]),
            ("2026-01-31", 1, ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]),
            ("2025-08-31", 6, ["2026-02-28", "2026-08-30", "2027-02-28"]),
            ("2024-02-29", 12, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-28"]),
            ("2026-01-15", 3, ["2026-04-14", "2026-07-14"]),
        ):
            found = [period.term_end(day(start), months)]
            while len(found) < len(ends):
                found.append(period.next_term_end(day(start), months, found[-1]))
            self.assertEqual(list(map(str, found)), ends, start)
        agreed = period.next_term_end(day("2026-01-15"), 12, day("2026-06-30"))
        self.assertEqual(str(agreed), "2027-06-30", "an end that was agreed on counts")

    def test_term_without_length(self):
        """RI+6: an end that was entered without the months of a term ends once: no renewal, and nothing that hangs."""
        pattern = self._subscription(date_term_end="2026-06-30", notice_days=30, reminder_days=0)
        self.assertEqual(pattern._end_by_notice(datetime.date(2026, 6, 20)), datetime.date(2026, 6, 30))
        self._travel("2026-07-02 10:00:00")
        self._run("contracts")
        self._run("contracts")
        self.assertEqual(str(pattern.date_term_end), "2026-06-30")
        with self.assertRaises(ValidationError):
            self._subscription(date_term_end="2026-02-28")

    def test_notice_of_what_ends(self):
        """RI+6: notice that is late makes no contract longer that ends with its term anyway."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=6, notice_days=60, renewal="end")
        pattern._give_notice(datetime.date(2026, 8, 20))
        self.assertEqual(str(pattern.date_until), "2026-08-31")

    def test_notice_entered_late(self):
        """RI+6: a notice that was in time and is entered late ends its term, one of March the next one."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=12, notice_days=60)
        pattern.date_term_end = "2028-02-29"
        self.assertEqual(str(pattern._end_by_notice(datetime.date(2026, 12, 20))), "2027-02-28")
        self.assertEqual(str(pattern._end_by_notice(datetime.date(2027, 3, 10))), "2028-02-29")
        pattern.date_term_end = "2027-06-30"
        self.assertEqual(str(pattern._end_by_notice(datetime.date(2026, 12, 20))), "2027-06-30", "agreed by hand")
        with self.assertRaises(UserError):
            pattern._end_by_notice(datetime.date(9999, 12, 31))

    def test_notice_within_a_billed_period(self):
        """RI+6: days after the end that were billed ahead are told to the responsible, where parts are paid by days."""
        for proration, number in (("days", 1), ("none", 0)):
            pattern = self._subscription(date_start="2026-03-01", notice_days=10, proration=proration)
            self._issued(pattern, "2026-03")
            pattern._give_notice(datetime.date(2026, 3, 10))
            self.assertEqual(str(pattern.date_until), "2026-03-20")
            todo = pattern.recurrence_id.interaction_ids.activity_ids.filtered(
                lambda item: item.summary == "Days to credit"
            )
            self.assertEqual(len(todo), number)
            self.assertEqual(todo.user_id, pattern.user_id if number else todo.user_id)
        pattern = self._subscription(date_start="2026-03-01", notice_days=22, proration="days")
        self._issued(pattern, "2026-03")
        pattern._give_notice(datetime.date(2026, 3, 9))
        self.assertEqual(str(pattern.date_until), "2026-03-31")
        self.assertNotIn("Days to credit", pattern.recurrence_id.interaction_ids.activity_ids.mapped("summary"))

    def test_withdrawn_notice(self):
        """RI+6: a notice that is withdrawn leaves the contract as before: its dates, reminder and renewal."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=12, notice_days=60)
        planned = self._planned(pattern)
        with self.assertRaises(UserError):
            pattern.action_withdraw_notice()
        pattern._give_notice(datetime.date(2026, 3, 2))
        window = pattern.action_withdraw_notice()
        self.assertTrue(pattern.is_stale, "the dates that come back are confirmed first")
        self.env[window["res_model"]].browse(window["res_id"]).action_generate()
        self.assertEqual((pattern.end_type, pattern.date_until, pattern.date_notice_given), ("forever", False, False))
        self.assertEqual(self._planned(pattern)[-1:], planned[-1:])
        self.assertTrue(pattern.date_contract_step)
        ending = self._subscription(date_start="2026-03-01", contract_months=6, renewal="end")
        ending._give_notice(datetime.date(2026, 3, 2))
        ending.action_withdraw_notice()
        self.assertEqual(str(ending.date_until), "2026-08-31", "it ends with its term")
        with self.assertRaises(AccessError):
            pattern.with_user(self.manager_without_invoicing()).action_withdraw_notice()

    def manager_without_invoicing(self):
        """Return a user who plans, and does not invoice."""
        return self.env["res.users"].create(
            {
                "name": "Planner",
                "login": "ri_planner3",
                "group_ids": [
                    Command.set(
                        [
                            self.env.ref("base.group_user").id,
                            self.env.ref("recurring_interaction.group_recurring_interaction_manager").id,
                        ]
                    )
                ],
            }
        )

    def test_pause_far_ahead(self):
        """RI+6: a pause that begins beyond what is planned takes its own dates, none of those before it."""
        pattern = self._subscription(horizon_months=2)
        pattern._pause(datetime.date(2026, 8, 1), datetime.date(2026, 9, 30), "Season")
        skipped = pattern.recurrence_id.interaction_ids.filtered(lambda item: item.state == "skipped")
        self.assertEqual(skipped.mapped("feedback"), ["Season"] * 2)
        self.assertFalse(pattern.is_stale)
        self._travel("2026-09-01 10:00:00")
        self._run("fill_horizon")
        self.assertEqual(self._planned(pattern), [f"2026-{month:02}-01" for month in (4, 5, 6, 7, 10, 11)])

    def test_price_that_changes_in_a_pause(self):
        """RI+6: a price that changed while nothing was billed is said on the first invoice after the pause, once."""
        pattern = self._subscription()
        pattern.price_change_ids = [Command.create({"date_from": "2026-05-10", "percent": 10, "announce_days": 30})]
        pattern._pause(datetime.date(2026, 4, 15), datetime.date(2026, 7, 15), "Roof works")
        self._travel("2026-09-02 10:00:00")
        moves = [self._issued(pattern, month) for month in ("2026-04", "2026-08", "2026-09")]
        self.assertEqual([move.amount_total for move in moves], [310.0, 341.0, 341.0])
        notes = [move.invoice_line_ids.filtered(lambda line: line.display_type == "line_note") for move in moves]
        self.assertEqual([len(lines) for lines in notes], [0, 1, 0])
        self.assertIn("+10 %", notes[1].name)

    def test_company(self):
        """RI+6: what has dates stays in its company: recurrence, recurring invoice, and each of the dates."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        pattern = self._subscription()
        for record in (pattern, pattern.recurrence_id, pattern.interaction_ids[0]):
            with self.assertRaisesRegex(UserError, "stays in"), self.cr.savepoint():
                record.company_id = other
            record.company_id = pattern.company_id
        free = self._make_recurrence()
        free.company_id = other
        self.assertEqual(free.company_id, other)

    def test_cap_of_an_index(self):
        """RI+6: an index that rose by 10 percent raises a price that is capped at 4 by 4, and says so."""
        index = self.env["recurring.index"].create(
            {"name": "Consumer prices", "value_ids": [
                Command.create({"date_from": "2026-01-01", "value": 100.0}),
                Command.create({"date_from": "2026-05-01", "value": 110.0}),
                Command.create({"date_from": "2026-09-01", "value": 88.0}),
            ]}
        )  # fmt: skip
        change = {"mode": "index", "index_id": index.id, "date_from": "2026-05-01", "date_base": "2026-03-01"}
        for cap, price, text in ((4, 322.4, "+4 %"), (0, 341.0, "+10 %"), (12.5, 341.0, "+10 %")):
            pattern = self._subscription(price_change_ids=[Command.create({**change, "index_cap": cap})])
            self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, price)
            self.assertIn(text, pattern.price_change_ids._percent_text())
        fall = {**change, "date_from": "2026-09-01", "index_cap": 4}
        pattern = self._subscription(price_change_ids=[Command.create(fall)])
        # a cap is a promise to the customer: what falls, falls by as much as the index
        self.assertEqual(self._issued(pattern, "2026-09").amount_untaxed, 272.8)
        with self.assertRaises(ValidationError):
            pattern.price_change_ids.index_cap = -1

    def test_quantity_after_the_invoice(self):
        """RI+6: a quantity of a date that is billed cannot be entered, changed or deleted: it would have no effect."""
        lines = [Command.create({"name": "Prints", "price_unit": 2.0, "tax_ids": False, "quantity_source": "typed"})]
        pattern = self._subscription(date_start="2026-02-01", end_type="count", count=2, lines=lines)
        values = {"line_id": pattern.invoice_line_ids.id, "date": "2026-02-01", "quantity": 5}
        quantity = self.env["recurring.quantity"].create(values)
        quantity.quantity = 6
        move = self._issued(pattern, "2026-02")
        self.assertEqual(move.amount_total, 12.0)
        later = quantity.create({**values, "date": "2026-03-01"})
        for change in (
            lambda: quantity.write({"quantity": 7}),
            lambda: quantity.write({"date": "2026-04-01"}),
            lambda: later.write({"date": "2026-02-01"}),
            quantity.unlink,
        ):
            with self.assertRaisesRegex(UserError, "02/01/2026 is billed already"), self.cr.savepoint():
                change()
            self.env.invalidate_all()
        later.unlink()
        move.button_draft()
        move.button_cancel()
        quantity.quantity = 7
        pattern.recurrence_id.interaction_ids.sorted("day")[0].action_issue_again()
        self.assertEqual(self._issued(pattern, "2026-02").amount_total, 14.0)

    def test_announced_price_changes(self):
        """RI+6: what was announced and is changed before its day is announced again, as it is; other changes are not.

        Otherwise the customer pays what nobody told.
        """
        change = {"percent": 5.0, "date_from": "2026-04-01", "announce_days": 30}
        pattern = self._subscription(price_change_ids=[Command.create(change)])
        self._run("announce")
        change = pattern.price_change_ids
        self.assertTrue(change.date_announced)
        change.announce_days = 40
        self.assertTrue(change.date_announced, "the customer knows")
        change.percent = 7.0
        self._run("announce")
        self._run("announce")
        told = pattern.message_ids.filtered(lambda message: "New prices" in (message.subject or "")).sorted("id")
        self.assertEqual(["+5 %" in body for body in told.mapped("body")], [True, False])
        self.assertIn("+7 %", told[-1].body)
