import datetime

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import InvoiceCase

LOGGER = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestIssueMoney(InvoiceCase):
    """A bill is made on its day, once, or somebody is told why not."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(LOGGER))

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_issue_invoices").method_direct_trigger()
        self.env.invalidate_all()

    def _monthly(self, **values):
        """Return the recurrence, generated, of an invoice on the first of each month."""
        pattern = self._make_pattern(
            **{
                "month_by": "day",
                "month_day": 1,
                "date_start": "2026-01-01",
                "auto_issue": True,
                **values,
            }
        )
        recurrence = pattern.recurrence_id
        recurrence._generate()
        return recurrence

    def _warnings(self, interaction):
        return self.env["mail.activity"].search(
            [("res_model", "=", interaction._name), ("res_id", "=", interaction.id),
             ("recurring_interaction_id", "=", False)]
        )  # fmt: skip

    # Periods

    def test_period_before_the_first_date(self):
        """RI9: monthly from 1 December, in arrears: November, then December; not December twice."""
        recurrence = self._monthly(period_mode="arrears", date_start="2026-12-01")
        first, second = recurrence.interaction_ids.sorted("day")[:2]
        self.assertEqual(
            [tuple(map(str, recurrence._period(item.occurrence_date))) for item in (first, second)],
            [("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")],
        )
        recurrence.date_start = "2026-11-20"
        self.assertEqual(
            tuple(map(str, recurrence._period(fields.Date.to_date("2026-12-01")))), ("2026-11-20", "2026-11-30")
        )

    # What waits for a person

    def test_saved_end(self):
        """RI+5: an end that was saved but not generated holds the dates after it, not those before."""
        recurrence = self._monthly()
        recurrence.write({"end_type": "until", "date_until": "2026-02-15"})
        self._run_cron()
        states = {str(item.day): item.state for item in recurrence.interaction_ids}
        self.assertEqual(
            [states[day] for day in ("2026-01-01", "2026-02-01", "2026-03-01")], ["done", "done", "planned"]
        )
        held = recurrence.interaction_ids.filtered(lambda item: str(item.day) == "2026-03-01")
        self.assertIn("were changed", held.failure_reason)
        self.assertEqual(len(self._warnings(held)), 1)
        self._travel("2026-03-03 10:00:00")
        self._run_cron()
        self.assertEqual(len(self._warnings(held)), 1, "told once")
        recurrence.end_type = "count"
        recurrence._generate()
        self._run_cron()
        self.assertEqual(held.state, "done", "once the dates are confirmed it goes on by itself")

    def test_changed_day(self):
        """RI+5: so does another day of the month; a date moved by hand that is still given goes on."""
        recurrence = self._monthly(count=3)
        second = recurrence.interaction_ids.sorted("day")[1]
        second.day = "2026-02-03"
        recurrence.month_day = 15
        self._run_cron()
        self.assertEqual(set(recurrence.interaction_ids.mapped("state")), {"planned"})
        recurrence.month_day = 1
        recurrence.count = 4
        self._travel("2026-03-04 10:00:00")
        self._run_cron()
        self.assertEqual(set(recurrence.interaction_ids.mapped("state")), {"done"})

    def test_no_more_than_a_few_in_one_night(self):
        """RI+5: a wrong start date mails a few invoices, not forty; the others wait for a person, who is told."""
        self.env.company.recurring_automatic_limit = 2
        recurrence = self._monthly(date_start="2024-01-01", count=30)
        self._run_cron()
        self._run_cron()
        done = recurrence.interaction_ids.filtered(lambda item: item.state == "done")
        self.assertEqual([str(item.day) for item in done.sorted("day")], ["2024-01-01", "2024-02-01"])
        held = recurrence.interaction_ids.filtered("is_due").sorted("day")
        self.assertEqual(len(held), 25)
        self.assertIn("More than 2 dates", held[0].failure_reason)
        self._travel("2026-03-03 10:00:00")
        self._run_cron()
        self.assertEqual(len(recurrence.interaction_ids.filtered(lambda item: item.state == "done")), 2)
        held[0].action_issue()
        self.assertEqual(held[0].state, "done")

    def test_one_invoice_for_all_is_one(self):
        """RI+5: where missed dates become one invoice, a limit of one lets thirty months through as one invoice."""
        self.env.company.recurring_automatic_limit = 1
        recurrence = self._monthly(date_start="2024-01-01", count=26, missed_mode="one")
        self._run_cron()
        self.assertEqual(set(recurrence.interaction_ids.mapped("state")), {"done"})
        self.assertEqual(len(recurrence.interaction_ids.interaction_invoice_ids.move_id), 1)

    def test_limit_counts_dates_not_customers(self):
        """RI+5: several customers on one date are one date."""
        self.env.company.recurring_automatic_limit = 1
        recurrence = self._monthly(date_start="2026-03-01", customer_ids=[Command.set(self.other_customer.ids)])
        self._run_cron()
        self.assertEqual(len(recurrence.interaction_ids.interaction_invoice_ids.move_id), 2)

    # Today

    def test_not_the_evening_before(self):
        """RI+5: at 01:00 UTC of 3 March it is still the 2nd in Los Angeles: nothing is issued there."""
        pattern, interaction = self._make_due(date_start="2026-03-03", auto_issue=True, tz="America/Los_Angeles")
        self._travel("2026-03-03 01:00:00")
        self._run_cron()
        self.assertEqual(interaction.state, "planned")
        self._travel("2026-03-03 09:00:00")
        self._run_cron()
        self.assertEqual((interaction.state, pattern.invoice_count), ("done", 1))

    def test_not_half_a_day_late(self):
        """RI+5: at 12:00 UTC of 2 March it is 3 March in Auckland: the invoice is due."""
        _pattern, interaction = self._make_due(date_start="2026-03-03", auto_issue=True, tz="Pacific/Auckland")
        self._travel("2026-03-02 12:00:00")
        self._run_cron()
        self.assertEqual(interaction.state, "done")

    # Nothing issued is no success

    def test_no_customer(self):
        """RI10: a pattern that lost its customer says so; the date stays open, the responsible is told once."""
        pattern, interaction = self._make_due(auto_issue=True)
        pattern.partner_id = False
        result = interaction.action_issue()["params"]
        self.assertEqual(result["type"], "warning")
        self.assertIn("Choose the customer", result["message"])
        self._run_cron()
        self._run_cron()
        self.assertEqual((interaction.state, len(self._warnings(interaction))), ("planned", 1))
        self.assertIn("Choose the customer", interaction.failure_reason)
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            interaction.action_done()
        pattern.partner_id = self.customer
        self.assertEqual(interaction.action_issue()["params"]["type"], "success")
        self.assertEqual((interaction.state, interaction.failure_reason), ("done", ""))

    def test_nothing_to_bill(self):
        """RI10: an invoice of 0.00 is not made unless the company wants it; the date is closed with the reason."""
        lines = [Command.create({"product_id": self.product_a.id, "price_unit": 0.0})]
        _pattern, interaction = self._make_due(lines=lines)
        result = interaction.action_issue()["params"]
        self.assertEqual(result["type"], "warning")
        self.assertEqual((interaction.state, interaction.interaction_invoice_ids.state), ("done", "waived"))
        self.assertFalse(self.env["account.move"].search([("partner_id", "=", self.customer.id)]))
        self.env.company.recurring_skip_empty = False
        _pattern, interaction = self._make_due(lines=lines)
        interaction.action_issue()
        self.assertEqual(interaction.interaction_invoice_ids.move_id.state, "posted")

    # Issued and lost again

    def test_cancelled(self):
        """RI10: a cancelled invoice leaves its date unbilled: the responsible is asked, and it is issued again."""
        _pattern, interaction = self._make_due(auto_issue=True)
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        move.button_draft()
        move.button_cancel()
        self.assertEqual((interaction.interaction_invoice_ids.state, interaction.has_lost_invoice), ("lost", True))
        self.assertEqual(self._warnings(interaction).user_id, self.env.user)
        self._run_cron()
        self.assertEqual(interaction.interaction_invoice_ids.state, "lost", "not without a person")
        interaction.action_issue_again()
        again = interaction.interaction_invoice_ids.move_id
        self.assertEqual((again.state, interaction.state), ("posted", "done"))
        self.assertNotEqual(again, move)
        self.assertFalse(self._warnings(interaction))

    def test_deleted_and_let_go(self):
        """RI10: a deleted invoice is asked about, too; letting it go ends the matter and says who did."""
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        move.button_draft()
        move.unlink()
        self.assertEqual(interaction.interaction_invoice_ids.state, "lost")
        interaction.action_let_go()
        self.assertEqual(interaction.interaction_invoice_ids.state, "waived")
        self.assertIn(self.env.user.name, interaction.failure_reason)
        self.assertFalse(self._warnings(interaction))

    def test_cancelled_and_taken_back(self):
        """RI10: an invoice that is taken back after it was cancelled is the one of its date: there is no second one."""
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        row, move = interaction.interaction_invoice_ids, interaction.interaction_invoice_ids.move_id
        move.button_draft()
        move.button_cancel()
        move.button_draft()
        self.assertEqual((row.state, row.reason, interaction.has_lost_invoice), ("issued", False, False))
        self.assertFalse(self._warnings(interaction))
        move.action_post()
        for call in (interaction.action_issue_again, interaction.action_let_go):
            row.sudo().state = "lost"  # as it was left before
            call()
            self.assertEqual((row.state, row.move_id, interaction.state), ("issued", move, "done"))
        self.assertEqual(self.env["account.move"].search_count([("partner_id", "=", self.customer.id)]), 1)

    # Guards that nothing guarded

    def test_customer_leaves_and_comes_back(self):
        """RI+5: who was invoiced, left the list and came back is not invoiced again for the same date."""
        self.customer.email = False
        pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)])
        interaction.action_issue()
        issued = interaction.interaction_invoice_ids.filtered(lambda issue: issue.state == "issued")
        self.assertEqual(issued.partner_id, self.other_customer)
        pattern.customer_ids = [Command.clear()]
        interaction.action_issue()
        self.assertTrue(issued.exists(), "what was issued is never forgotten")
        pattern.customer_ids = [Command.set(self.other_customer.ids)]
        self.customer.email = "atelier@example.com"
        interaction.action_issue()
        moves = self.env["account.move"].search([("partner_id", "=", self.other_customer.id)])
        self.assertEqual((len(moves), interaction.state), (1, "done"))

    def test_partly_issued_is_not_regenerated(self):
        """RI+5: a date on which somebody was invoiced stays where it is when the pattern changes."""
        self.customer.email = False
        pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)])
        interaction.action_issue()
        pattern.weekday = "4"
        pattern.recurrence_id._generate()
        self.assertEqual(str(interaction.day), "2026-02-03")
        self.assertEqual(pattern.recurrence_id.interaction_ids, interaction)

    def test_delays_grow(self):
        """RI+5: after one hour, four, a day, three days; then a person decides."""
        self.customer.email = False
        _pattern, interaction = self._make_due(auto_issue=True)
        waited = []
        for _attempt in range(5):
            before = fields.Datetime.now()
            self._run_cron()
            upcoming = interaction.interaction_invoice_ids.date_next_try
            waited.append(upcoming and (upcoming - before).total_seconds() // 3600)
            self._travel((upcoming or before) + datetime.timedelta(minutes=1))
        self.assertEqual(waited, [1, 4, 24, 72, False])

    def test_archived_is_not_issued(self):
        """RI+5: an archived recurrence issues nothing, not even what was due before."""
        pattern, interaction = self._make_due(auto_issue=True)
        pattern.recurrence_id.action_archive()
        self._run_cron()
        self.assertEqual((interaction.state, interaction.interaction_invoice_ids.ids), ("planned", []))

    def test_price_changes_of_others(self):
        """RI7: price changes are read by who is responsible and by Invoicing, by nobody else."""
        pattern, _interaction = self._make_due(
            price_change_ids=[Command.create({"date_from": "2026-03-01", "percent": 10.0})]
        )
        change = pattern.recurrence_id.price_change_ids
        group = "base.group_user,recurring_interaction.group_recurring_interaction_user"
        stranger = new_test_user(self.env, "ri_stranger", group, company_id=self.env.company.id)
        self.assertFalse(change.with_user(stranger).search([("id", "=", change.id)]))
        pattern.user_id = stranger
        self.assertTrue(change.with_user(stranger).search([("id", "=", change.id)]))
