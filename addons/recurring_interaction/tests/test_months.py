from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUPS, InvoiceCase

QUIET = ("odoo.addons.recurring_interaction.models.recurring_interaction_invoice", "odoo.models.unlink")


@tagged("post_install", "-at_install")
class TestMonths(InvoiceCase):
    """A subscription over fourteen months, as the five who have to do with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxes = cls.env["account.tax"]
        cls.export = cls.env["account.fiscal.position"].create({"name": "Export"})
        cls.old_vat = taxes.create({"name": "VAT 19", "amount": 19.0, "type_tax_use": "sale"})
        cls.new_vat = taxes.create({"name": "VAT 21", "amount": 21.0, "type_tax_use": "sale"})
        taxes.create(
            {
                "name": "Zero",
                "amount": 0.0,
                "type_tax_use": "sale",
                "fiscal_position_ids": [Command.set(cls.export.ids)],
                "original_tax_ids": [Command.set((cls.old_vat + cls.new_vat).ids)],
            }
        )
        cls.service = cls.env["product.product"].create(
            {"name": "Subscription", "list_price": 100.0, "taxes_id": [Command.set(cls.old_vat.ids)]}
        )
        cls.other_customer.property_account_position_id = cls.export
        company = {"company_id": cls.env.company.id, "company_ids": [Command.set(cls.env.company.ids)]}
        cls.billing = new_test_user(cls.env, "ri_bill", "base.group_user,account.group_account_invoice", **company)
        cls.responsible = new_test_user(cls.env, "ri_resp", GROUPS.format("user"), **company)
        cls.manager = new_test_user(cls.env, "ri_man", GROUPS.format("manager"), **company)
        cls.colleague = new_test_user(cls.env, "ri_coll", GROUPS.format("user"), **company)
        cls.employee = new_test_user(cls.env, "ri_emp", "base.group_user", **company)

    def _night(self, day):
        """Make it another day, and let the scheduled actions run."""
        self._travel(f"{day} 08:00:00")
        with self.enter_registry_test_mode(), mute_logger(*QUIET):
            for name in ("fill_horizon", "fill_agenda", "issue_invoices"):
                self.env.ref(f"recurring_interaction.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _billed(self, customer):
        """Return what a customer was billed: the dates of the invoices and their totals."""
        issues = self.recurrence.interaction_ids.interaction_invoice_ids.filtered(
            lambda issue: issue.partner_id == customer
        )
        moves = issues.move_id.sorted("invoice_date")
        return {str(move.invoice_date)[:7]: move.amount_total for move in moves if move.state == "posted"}

    def _date(self, month):
        return self.recurrence.interaction_ids.filtered(lambda item: str(item.occurrence_date)[:7] == month)

    def test_story(self):
        """RI+7: VAT change, price list in another currency, second customer, outage, pause, one leaves, an end."""
        self._start()
        self._vat_changes()
        self._prices_in_another_currency()
        self._outage()
        self._pause()
        self._hand_over()
        self._the_other_leaves_and_it_ends()
        vat = dict.fromkeys(("2026-01", "2026-02", "2026-03"), 119.0)
        euro = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-11", "2026-12", "2027-01", "2027-02")
        self.assertEqual(self._billed(self.customer), {**vat, "2026-04": 121.0, **dict.fromkeys(euro, 90.75)})
        months = ("01", "02", "03", "04", "05", "06", "07", "08", "11")
        self.assertEqual(self._billed(self.other_customer), {f"2026-{month}": 100.0 for month in months})
        texts = self.recurrence.interaction_ids.interaction_invoice_ids.move_id.invoice_line_ids.mapped("name")
        self.assertIn("Subscription for November 2026", texts)
        self.assertFalse([text for text in texts if "{" in text])

    def _start(self):
        """Invoicing makes it on 2 January for the first of each month; somebody without Invoicing looks after it."""
        self._travel("2026-01-01 07:00:00")
        lines = [
            Command.create(
                {"product_id": self.service.id, "name": "Subscription for {month_year}", "price_unit": 100.0}
            )
        ]
        self.pattern = (
            self.env["recurring.invoice"]
            .with_user(self.billing)
            .create(
                {
                    "partner_id": self.customer.id,
                    "customer_ids": [Command.set(self.other_customer.ids)],
                    "invoice_line_ids": lines,
                    "name": "Subscription",
                    "freq": "monthly",
                    "month_by": "day",
                    "month_day": 1,
                    "date_start": "2026-01-01",
                    "auto_issue": True,
                    "tz": "Europe/Brussels",
                    "user_id": self.responsible.id,
                }
            )
        )
        self.recurrence = self.pattern.recurrence_id.sudo(False)
        wizard = self.env["recurring.generate"].with_user(self.billing).browse(self.pattern.action_generate()["res_id"])
        self.assertEqual(wizard.past_count, 0)
        wizard.action_generate()
        for month in ("01", "02", "03"):
            self._night(f"2026-{month}-01")
        self._who_may_what()

    def _who_may_what(self):
        coming = self._date("2026-04")
        mine = coming.with_user(self.responsible)
        self.assertEqual(mine.name, "Subscription", "the responsible sees the date")
        for act in (mine.action_skip, mine.action_issue, mine.action_plan_again):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            coming.with_user(self.manager).action_skip()
        with self.assertRaises(AccessError):
            coming.with_user(self.employee).read(["name"])
        event = coming.calendar_event_id
        with self.assertRaises(AccessError):
            event.with_user(self.employee).unlink()
        self.assertNotIn("Subscription", event.with_user(self.employee).display_name)

    def _vat_changes(self):
        """The old VAT is archived: nothing is billed with it, the responsible is told once, Invoicing takes it anew."""
        self._travel("2026-03-15 08:00:00")
        self.service.taxes_id = self.new_vat
        self.old_vat.active = False
        for day in ("2026-04-01", "2026-04-02"):
            self._night(day)
        self.assertNotIn("2026-04", self._billed(self.customer))
        date = self._date("2026-04")
        self.assertIn("VAT 19 is archived", date.failure_reason)
        warnings = date.activity_ids.filtered("recurring_interaction_invoice_id")
        self.assertEqual((len(warnings), warnings.user_id), (2, self.responsible), "one for each customer")
        patterns = self.env["recurring.invoice"].with_user(self.billing)
        found = patterns.search([("is_outdated", "=", True), ("id", "=", self.pattern.id)])
        self.assertEqual(found, self.pattern)
        found.action_take_anew()
        date.with_user(self.billing).action_issue()
        self.assertFalse(warnings.exists())

    def _prices_in_another_currency(self):
        """EUR 150 at a rate of 2 are USD 75."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Euro",
                "currency_id": euro.id,
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 150.0})],
            }
        )
        self.pattern.with_user(self.billing).price_mode = "pricelist"
        self._night("2026-05-01")

    def _outage(self):
        """Nothing runs for three months; each period becomes an invoice with its own date, once."""
        for _run in range(2):
            self._night("2026-08-03")

    def _pause(self):
        """Archived from August to October: what lay in between is said, and not billed."""
        self._travel("2026-08-20 08:00:00")
        self.pattern.with_user(self.billing).action_archive()
        self._night("2026-10-02")
        self.pattern.with_user(self.billing).action_unarchive()
        self._travel("2026-10-15 08:00:00")
        wizard = self.env["recurring.generate"].with_user(self.billing).browse(self.pattern.action_generate()["res_id"])
        self.assertEqual((wizard.was_paused, str(wizard.date_resume), wizard.past_count), (True, "2026-10-15", 0))
        wizard.date_resume = "2026-09-01"
        self.assertEqual(wizard.past_count, 2, "going on from September would bill two past dates at once")
        wizard.date_resume = "2026-10-15"
        wizard.action_generate()
        self._night("2026-11-01")

    def _hand_over(self):
        """The responsible leaves: who takes over is told of what comes, and the dates go on."""
        self._travel("2026-11-10 08:00:00")
        wizard = self.env["recurring.hand.over"].with_user(self.manager)
        wizard.create(
            {"user_id": self.responsible.id, "new_user_id": self.colleague.id, "date_from": "2026-11-10"}
        ).action_hand_over()
        self.assertEqual(self.recurrence.user_id, self.colleague)
        self.assertEqual(self._date("2026-12").user_id, self.colleague)
        self.assertFalse(self.recurrence.is_stale)
        self.responsible.action_archive()

    def _the_other_leaves_and_it_ends(self):
        """One customer leaves; an end is saved but not confirmed: what comes after it waits for a person."""
        self._travel("2026-11-20 08:00:00")
        self.pattern.with_user(self.billing).customer_ids = False
        for day in ("2026-12-01", "2027-01-01"):
            self._night(day)
        self._travel("2027-01-10 08:00:00")
        self.pattern.with_user(self.billing).write({"end_type": "until", "date_until": "2027-02-15"})
        self.assertTrue(self.recurrence.is_stale)
        for day in ("2027-02-01", "2027-03-01"):
            self._night(day)
        self.assertIn("none of the new ones", self._date("2027-03").failure_reason)
        self.recurrence.with_user(self.billing)._generate()
        self.assertFalse(self._date("2027-03"))
        self.assertEqual(self.recurrence.state, "ended")
        self._night("2027-04-01")
