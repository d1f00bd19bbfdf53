"""The last day and the last number on each side of what contracts, prices and automatic mode go by."""

import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_contract import ISSUE, ContractCase


def day(text):
    """Return a date of 2026."""
    return datetime.date.fromisoformat(f"2026-{text}")


@tagged("post_install", "-at_install")
class TestInvoiceBorders(ContractCase):
    """Terms, pauses, changes of prices, nights and people on either side."""

    def _planner(self, login="ri_reader"):
        """Return a manager of the addon without Invoicing who may read everything of it."""
        user = new_test_user(
            self.env, login, "base.group_user,recurring_interaction.group_recurring_interaction_manager"
        )
        for model in ("recurring.invoice", "recurring.invoice.line"):
            self.env["ir.model.access"].create(
                {"name": model, "model_id": self.env["ir.model"]._get_id(model), "perm_read": True,
                 "group_id": self.env.ref("recurring_interaction.group_recurring_interaction_manager").id}
            )  # fmt: skip
        return user

    # Contracts

    def test_limits_of_a_contract(self):
        """RI+6: 0 to 600 months, 0 to 3,650 days of notice and reminder."""
        pattern = self._subscription()
        for name, last in (("contract_months", 600), ("notice_days", 3650), ("reminder_days", 3650)):
            for value in (0, last):
                pattern[name] = value
            for value in (-1, last + 1):
                with self.subTest(f"{name} {value}"), self.assertRaises(ValidationError), self.cr.savepoint():
                    pattern[name] = value
                self.env.invalidate_all()

    def test_no_term(self):
        """RI+6: without months there is no end of a term, with one there is."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=0, renewal="end")
        self.assertFalse(pattern.date_term_end)
        self.assertEqual(pattern.end_type, "forever")
        pattern.contract_months = 1
        self.assertEqual(pattern.date_term_end, day("03-31"))
        self.assertEqual((pattern.end_type, pattern.date_until), ("until", day("03-31")))

    def test_steps_of_what_runs(self):
        """RI+6: neither a draft nor an archived contract is reminded of."""
        values = {"date_start": "2026-03-01", "contract_months": 1, "reminder_days": 60}
        draft = self._make_pattern(**values)
        archived, running = self._subscription(**values), self._subscription(**values)
        archived.action_archive()
        # archived while it goes on to be "generated", as another module may leave it
        archived.recurrence_id.sudo().is_generated = True
        self._run("contracts")
        self.assertEqual([bool(item.date_reminded) for item in (draft, archived, running)], [False, False, True])

    def test_reminder_hangs_on_what_comes(self):
        """RI+6: the reminder is on the next planned date, not on one that is done."""
        pattern = self._subscription(date_start="2026-02-01", contract_months=2, reminder_days=60)
        self._issued(pattern, "2026-02")
        self._run("contracts")
        todo = self.env["mail.activity"].search([("summary", "=like", "Contract of Atelier Bois%")])
        reminded = self.env["recurring.interaction"].browse(todo.res_id)
        self.assertEqual((reminded.state, str(reminded.day)), ("planned", "2026-03-01"))

    def test_days_of_a_pause(self):
        """RI+6: first and last day belong to a pause, the days beside it do not; one day is a pause."""
        pattern = self._subscription()
        pattern._pause(day("05-01"), day("07-01"), "Works")
        self.assertEqual(self._planned(pattern)[:2], ["2026-04-01", "2026-08-01"])
        pattern._pause(day("09-01"), day("09-01"), "A day")
        self.assertEqual(self._planned(pattern)[:3], ["2026-04-01", "2026-08-01", "2026-10-01"])
        pattern._pause(day("10-02"), day("10-31"), "Between")
        self.assertIn("2026-10-01", self._planned(pattern))
        self.assertIn("2026-11-01", self._planned(pattern))

    def test_pause_spares_what_is_done(self):
        """RI+6: what was issued in a pause stays issued; a contract that does not run has none."""
        pattern = self._subscription(date_start="2026-02-01")
        self._issued(pattern, "2026-02")
        pattern._pause(day("02-01"), day("04-01"), "Works")
        states = pattern.recurrence_id.interaction_ids.sorted("day")[:4].mapped("state")
        self.assertEqual(states, ["done", "skipped", "skipped", "planned"])
        with self.assertRaisesRegex(UserError, "running"):
            self._make_pattern()._pause(day("05-01"), day("06-01"), "x")

    def test_pause_to_the_horizon(self):
        """RI+6: a pause until the last planned day holds for what is planned later; one that ends before does not."""
        for last, planned in (("05-30", ["2026-04-01", "2026-06-01"]), ("06-01", ["2026-04-01"])):
            self._travel("2026-03-31 10:00:00")
            pattern = self._subscription(horizon_months=2)
            # the 1st of June comes into reach today: this night it will be planned
            self._travel("2026-04-01 10:00:00")
            pattern._pause(day("04-15"), day(last), "Works")
            self._run("fill_horizon")
            self.assertEqual(self._planned(pattern), planned)

    def test_who_changes_a_contract(self):
        """RI+6: who may read recurring invoices and not change them ends, pauses and takes over nothing."""
        pattern = self._subscription()
        planner = self._planner()
        theirs = pattern.with_user(planner)
        theirs.read(["name"])
        for call in (
            theirs.action_pause, theirs.action_give_notice, theirs.action_take_anew, theirs.action_keep_agreed,
            theirs.action_update_fpos_values, theirs.unlink,
            lambda: theirs._pause(day("05-01"), day("06-01"), "x"), lambda: theirs._give_notice(day("05-01")),
            lambda: theirs.write({"ref": "x"}), lambda: theirs.write({"name": "x"}),
        ):  # fmt: skip
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.assertEqual((pattern.end_type, pattern.name), ("forever", "Maintenance subscription"))

    def test_archived_is_not_changed(self):
        """RI7: an archived recurring invoice is not generated, nor are its prices found anew."""
        pattern = self._subscription()
        pattern.action_archive()
        for call in (pattern.action_update_fpos_values, pattern.action_generate, pattern.recurrence_id._generate):
            with self.assertRaisesRegex(UserError, "archived"):
                call()

    def test_nothing_to_generate_or_preview(self):
        """RI9: without a product there is nothing to generate or to look at."""
        pattern = self._make_pattern(lines=[Command.create({"display_type": "line_note", "name": "Only a note"})])
        for call in (pattern.action_generate, pattern.action_preview, pattern.recurrence_id._generate):
            with self.assertRaisesRegex(UserError, "at least one product"):
                call()

    # Prices

    def test_lowest_percentage(self):
        """RI+6: a price is lowered by less than all of it; 100 percent more is fine."""
        for percent in (-99.99, 100.0):
            self._subscription(price_change_ids=[Command.create({"date_from": "2026-05-01", "percent": percent})])
        with self.assertRaises(ValidationError):
            self._subscription(price_change_ids=[Command.create({"date_from": "2026-05-01", "percent": -100.0})])
        new = {"date_from": "2026-05-01", "mode": "price", "product_id": self.product_a.id, "percent": -100.0}
        self._subscription(price_change_ids=[Command.create(new)])

    def test_price_from_its_day_on(self):
        """RI+6: the new price holds on its very day, the old one the day before; of its product only."""
        for date_from, price in (("2026-05-01", 341.0), ("2026-05-02", 310.0)):
            change = {"date_from": date_from, "percent": 10.0, "product_id": self.product_a.id}
            pattern = self._subscription(price_change_ids=[Command.create(change)])
            self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, price)
        change["product_id"] = self.product_b.id
        pattern = self._subscription(price_change_ids=[Command.create({**change, "date_from": "2026-05-01"})])
        self.assertEqual(self._issued(pattern, "2026-05").amount_untaxed, 310.0)

    def test_note_on_the_first_invoice(self):
        """RI+6: the note is on the first invoice with the new price, on its very day too; not on one before."""
        for date_from, months in (("2026-05-01", ["05"]), ("2026-05-02", ["06"]), ("2026-04-01", ["04"])):
            change = {"date_from": date_from, "percent": 10.0, "announce_days": 5}
            pattern = self._subscription(price_change_ids=[Command.create(change)])
            noted = [
                month for month in ("04", "05", "06")
                if "line_note" in self._issued(pattern, f"2026-{month}").invoice_line_ids.mapped("display_type")
            ]  # fmt: skip
            self.assertEqual(noted, months, date_from)
        quiet = self._subscription(price_change_ids=[Command.create({"date_from": "2026-05-01", "percent": 1.0})])
        self.assertNotIn("line_note", self._issued(quiet, "2026-05").invoice_line_ids.mapped("display_type"))
        self.assertFalse(quiet.price_change_ids.date_announce)

    def test_announced_for_what_runs(self):
        """RI+6: no customer of a draft or an archived recurring invoice is told of prices."""
        change = [Command.create({"date_from": "2026-03-20", "percent": 5, "announce_days": 30})]
        draft = self._make_pattern(price_change_ids=change)
        archived, running = (self._subscription(price_change_ids=change) for _ in range(2))
        archived.action_archive()
        archived.recurrence_id.sudo().is_generated = True
        self._run("announce")
        told = [bool(item.price_change_ids.date_announced) for item in (draft, archived, running)]
        self.assertEqual(told, [False, False, True])

    # Quantities

    def test_hours_of_the_invoices_themselves(self):
        """RI+6: what an invoice booked on the analytic account is no work to be billed."""
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create({"name": "Mill", "plan_id": plan.id})
        column = plan._column_name()
        line = {
            "name": "Hours", "price_unit": 100.0, "tax_ids": False, "quantity_source": "analytic",
            "analytic_distribution": {str(project.id): 100},
        }  # fmt: skip
        pattern = self._subscription(
            date_start="2026-02-01", period_mode="arrears", end_type="count", count=3, lines=[Command.create(line)]
        )
        work = {"name": "work", column: project.id}
        self.env["account.analytic.line"].create(
            [{**work, "date": moment, "unit_amount": hours}
             for moment, hours in (("2026-01-31", 8.0), ("2026-02-01", 1.0), ("2026-02-28", 2.0), ("2026-03-01", 4.0))]
        )  # fmt: skip
        booked = self.env["account.move.line"].search([("move_id.state", "=", "posted")], limit=1)
        booked = booked or self._issued(self._subscription(date_start="2026-02-01"), "2026-02").invoice_line_ids[:1]
        self.env["account.analytic.line"].create(
            {**work, "date": "2026-02-10", "unit_amount": 16.0, "move_line_id": booked.id}
        )
        self.assertEqual(self._issued(pattern, "2026-03").amount_untaxed, 300.0)

    def test_quantity_moved_to_a_foreign_line(self):
        """RI+6: a quantity, a price change or a line is not moved to a recurring invoice of another company."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        pattern = self._subscription(price_change_ids=[Command.create({"date_from": "2026-05-01", "percent": 5.0})])
        quantity = self.env["recurring.quantity"].create(
            {"line_id": pattern.invoice_line_ids[0].id, "date": "2026-04-01", "quantity": 2}
        )
        theirs = self.env["recurring.invoice"].create({"partner_id": self.customer.id, "company_id": other.id})
        line = self.env["recurring.invoice.line"].create({"invoice_id": theirs.id, "name": "Theirs"})
        billing = new_test_user(
            self.env, "ri_billing2", "base.group_user,account.group_account_invoice",
            company_id=self.env.company.id, company_ids=[Command.set(self.env.company.ids)],
        )  # fmt: skip
        for record, values in (
            (quantity, {"line_id": line.id}),
            (pattern.price_change_ids, {"recurrence_id": theirs.recurrence_id.id}),
            (pattern.invoice_line_ids[0], {"invoice_id": theirs.id}),
        ):
            with self.subTest(record._name), self.assertRaises(UserError), self.cr.savepoint():
                record.with_user(billing).write(values)
                self.env.flush_all()
            self.env.invalidate_all()

    # Automatic mode

    def test_attempts(self):
        """RI+5: an attempt is made again when its time has come, not a second before, and not without end."""
        pattern = self._subscription(date_start="2026-02-01", end_type="count", count=1, auto_issue=True)
        self.customer.email = False
        moments = []
        now = datetime.datetime(2026, 3, 2, 10)
        action = self.env.ref("recurring_interaction.ir_cron_issue_invoices")

        def run(moment):
            self._travel(moment)
            with self.enter_registry_test_mode(), mute_logger(ISSUE):
                action.method_direct_trigger()
            self.env.invalidate_all()
            return pattern.recurrence_id.interaction_ids.interaction_invoice_ids

        while (issue := run(now)).date_next_try:
            moments.append((issue.date_next_try - now).total_seconds() / 3600)
            self.assertEqual(run(issue.date_next_try - datetime.timedelta(seconds=1)).attempts, len(moments))
            now = issue.date_next_try + datetime.timedelta(seconds=1)
        self.assertEqual([round(hours) for hours in moments], [1, 4, 24, 72])
        self.assertEqual((issue.state, issue.attempts), ("failed", 5))
        self.assertEqual(run(now + datetime.timedelta(days=30)).attempts, 5, "a person decides")

    def test_one_night(self):
        """RI+5: as many dates as the company allows are issued in a night, the next is left to a person."""
        self.env.company.recurring_automatic_limit = 2
        pattern = self._subscription(date_start="2026-01-01", end_type="count", count=3, auto_issue=True)
        manual = self._subscription(date_start="2026-01-01", end_type="count", count=3, auto_issue=True)
        manual.recurrence_id.interaction_ids.sorted("day")[0].action_issue()
        with self.enter_registry_test_mode(), mute_logger(ISSUE):
            self.env.ref("recurring_interaction.ir_cron_issue_invoices").method_direct_trigger()
        self.env.invalidate_all()
        states = [item.recurrence_id.interaction_ids.sorted("day").mapped("state") for item in (pattern, manual)]
        self.assertEqual(states[0], ["done", "done", "planned"])
        self.assertIn("2 dates", pattern.recurrence_id.interaction_ids.sorted("day")[2].failure_reason)

    def test_next_date_of_today(self):
        """RI+6: the customer's page names today's date as the next one, yesterday's not any more."""
        pattern = self._subscription(date_start="2026-04-01")
        for moment, shown in (("2026-04-01 10:00:00", day("04-01")), ("2026-04-02 10:00:00", day("05-01"))):
            self._travel(moment)
            self.env.invalidate_all()
            self.assertEqual(pattern._prepare_subscription_values(self.customer)["next_date"], shown)

    def test_who_asks_to_cancel(self):
        """RI+6: only the customer, once, and where the company offers it."""
        self.env.company.recurring_portal_cancel = True
        pattern = self._subscription()
        with self.assertRaises(UserError):
            pattern._ask_to_cancel(self.other_customer, "We close")
        pattern._ask_to_cancel(self.customer, "We close")
        with self.assertRaises(UserError):
            pattern._ask_to_cancel(self.customer, "Still")
        self.env.company.recurring_portal_cancel = False
        with self.assertRaises(UserError):
            self._subscription()._ask_to_cancel(self.customer, "We close")
