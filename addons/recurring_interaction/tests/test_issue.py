from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestIssue(InvoiceCase):
    """From the pattern to the posted and mailed invoice."""

    def test_pattern_is_made_in_the_invoice_form(self):
        """RI7: a recurring invoice is an invoice form with a recurrence."""
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_invoice_action_add")
        self.assertEqual(action["res_model"], "recurring.invoice")
        pattern = self._make_pattern()
        recurrence = pattern.recurrence_id
        self.assertEqual(recurrence.kind, "invoice")
        self.assertEqual(recurrence.summary, "Every month on the first Tuesday, 6 times")
        self.assertEqual(pattern.amount_untaxed, 200.0)
        self.assertTrue(pattern.amount_tax)
        self.assertEqual(recurrence.partner_id, self.customer)
        pattern.write({"count": 3, "partner_id": self.other_customer.id})
        self.assertEqual((recurrence.count, recurrence.partner_id), (3, self.other_customer))

    def test_one_interaction_per_date(self):
        """RI9: generating plans one "issue invoice" interaction per date."""
        recurrence = self._make_pattern().recurrence_id
        recurrence._generate()
        self.assertEqual(self._days(recurrence)[:3], ["2026-03-03", "2026-04-07", "2026-05-05"])
        interaction = recurrence.interaction_ids.sorted("day")[0]
        self.assertEqual(interaction.type_id, self.env.ref("recurring_interaction.mail_activity_type_invoice"))
        self.assertEqual(interaction.planned_activity_ids.user_id, self.env.user)

    def test_one_confirmation(self):
        """RI10: one confirmation makes, posts and queues the invoice; the interaction is done and linked."""
        pattern, interaction = self._make_due()
        result = interaction.action_issue()
        self.assertEqual(result["params"]["type"], "success")
        move = interaction.interaction_invoice_ids.move_id
        self.assertEqual(
            (move.state, move.partner_id, move.amount_total), ("posted", self.customer, pattern.amount_total)
        )
        self.assertEqual(str(move.invoice_date), "2026-02-03", "a caught-up invoice has the date of its period")
        self.assertEqual(move.sending_data["sending_methods"], ["email"])
        self.assertEqual(move.invoice_line_ids[0].name, "Maintenance February 2026")
        self.assertEqual(interaction.state, "done")
        self.assertFalse(interaction.planned_activity_ids.active)
        self.assertEqual(interaction.action_open_invoices()["res_id"], move.id)
        self.assertEqual(pattern.invoice_count, 1)

    def test_done_in_the_activity_menu_issues(self):
        """RI10: marking the activity done is the confirmation, too."""
        _pattern, interaction = self._make_due()
        interaction.planned_activity_ids.action_feedback()
        self.assertEqual(interaction.interaction_invoice_ids.move_id.state, "posted")
        self.assertEqual(interaction.state, "done")

    def test_twice_is_once(self):
        """RI+3: confirmed twice, there is one invoice."""
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        interaction.action_issue()
        interaction.action_done()
        self.assertEqual(len(interaction.interaction_invoice_ids), 1)
        moves = self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(len(moves), 1)

    def test_regeneration_leaves_invoiced_ones_alone(self):
        """RI6: what was invoiced stays, whatever becomes of the pattern."""
        pattern = self._make_pattern(date_start="2026-02-03", count=3)
        recurrence = pattern.recurrence_id
        recurrence._generate()
        first = recurrence.interaction_ids.sorted("day")[0]
        first.action_issue()
        pattern.weekday = "4"
        recurrence._generate()
        self.assertEqual((first.state, str(first.day)), ("done", "2026-02-03"))
        self.assertEqual(self._days(recurrence), ["2026-03-06", "2026-04-03"], "February is invoiced already")
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-03-06", "2026-04-03"])

    def test_missed_periods(self):
        """RI9: each missed period becomes an invoice of its own, with its own date."""
        pattern = self._make_pattern(date_start="2025-12-01", count=3)
        recurrence = pattern.recurrence_id
        recurrence._generate()
        recurrence.interaction_ids.action_issue()
        moves = recurrence.interaction_ids.interaction_invoice_ids.move_id.sorted("invoice_date")
        self.assertEqual([str(move.invoice_date) for move in moves], ["2025-12-02", "2026-01-06", "2026-02-03"])
        self.assertEqual(moves[1].invoice_line_ids[0].name, "Maintenance January 2026")

    def test_what_the_form_keeps(self):
        """RI7: terms, currency, reference, taxes, discounts, sections and analytics reach every invoice."""
        currency = self.setup_other_currency("EUR")
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create({"name": "Website", "plan_id": plan.id})
        pattern, interaction = self._make_due(
            invoice_payment_term_id=self.pay_terms_b.id,
            currency_id=currency.id,
            ref="PO-4711",
            narration="<p>Thank you</p>",
            lines=[
                Command.create({"display_type": "line_section", "name": "Care"}),
                Command.create(
                    {
                        "product_id": self.product_a.id,
                        "price_unit": 100.0,
                        "discount": 10.0,
                        "analytic_distribution": {str(account.id): 100},
                    }
                ),
                Command.create({"display_type": "line_note", "name": "Thanks"}),
            ],
        )
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        self.assertEqual(move.invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual((move.currency_id, move.ref), (currency, "PO-4711"))
        self.assertIn("Thank you", move.narration)
        self.assertEqual(move.invoice_line_ids.mapped("display_type"), ["line_section", "product", "line_note"])
        line = move.invoice_line_ids[1]
        self.assertEqual((line.discount, line.tax_ids), (10.0, pattern.invoice_line_ids[1].tax_ids))
        self.assertEqual(line.analytic_distribution, {str(account.id): 100})
        self.assertEqual(line.analytic_line_ids.mapped("amount"), [90.0 / move.invoice_currency_rate])
        self.assertEqual(move.amount_total, pattern.amount_total)

    def test_several_customers(self):
        """RI+5: several customers on one pattern: one confirmation, one invoice each."""
        german = self.env["account.fiscal.position"].create({"name": "No tax"})
        self.tax_sale_a.copy({"name": "Zero", "amount": 0.0, "fiscal_position_ids": [Command.set(german.ids)],
                              "original_tax_ids": [Command.set(self.tax_sale_a.ids)]})  # fmt: skip
        self.other_customer.property_account_position_id = german
        _pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)])
        interaction.action_issue()
        moves = interaction.interaction_invoice_ids.move_id
        self.assertEqual(moves.partner_id, self.customer | self.other_customer)
        other = moves.filtered(lambda move: move.partner_id == self.other_customer)
        self.assertEqual(other.fiscal_position_id, german)
        self.assertEqual(other.invoice_line_ids[0].tax_ids.mapped("amount"), [0.0])

    def test_automatic_mode(self):
        """RI+5: in automatic mode the scheduled action issues what is due, and only that."""
        pattern = self._make_pattern(date_start="2026-02-03", auto_issue=True)
        manual = self._make_pattern(date_start="2026-02-03")
        for recurrence in (pattern + manual).recurrence_id:
            recurrence._generate()
        with self.enter_registry_test_mode():
            cron = self.env.ref("recurring_interaction.ir_cron_issue_invoices")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        issues = pattern.recurrence_id.interaction_ids.interaction_invoice_ids
        self.assertEqual(len(issues.move_id), 1)
        self.assertEqual(issues.move_id.sending_data["author_user_id"], self.env.uid)
        self.assertFalse(manual.recurrence_id.interaction_ids.interaction_invoice_ids)

    def test_who_may_issue(self):
        """RI10: an employee without Invoicing can neither issue nor mark the invoice as done."""
        _pattern, interaction = self._make_due()
        employee = new_test_user(
            self.env,
            "ri_employee",
            "base.group_user,recurring_interaction.group_recurring_interaction_manager",
            company_id=self.env.company.id,
        )
        for call in (interaction.with_user(employee).action_issue, interaction.with_user(employee).action_done):
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(interaction.interaction_invoice_ids.move_id)

    def test_billing_users_look_after_all(self):
        """RI7: billing users see and change each other's recurring invoices, but not other recurrences."""
        pattern, interaction = self._make_due()
        private = self._make_recurrence()
        billing = new_test_user(
            self.env, "ri_billing", "base.group_user,account.group_account_invoice", company_id=self.env.company.id
        )
        pattern.with_user(billing).write({"name": "Care"})
        self.assertEqual(pattern.recurrence_id.name, "Care")
        self.assertFalse(self.env["recurring.recurrence"].with_user(billing).search([("id", "=", private.id)]))
        interaction.with_user(billing).action_issue()
        self.assertEqual(interaction.state, "done")

    def test_second_company(self):
        """RI9: a pattern of another company makes invoices of that company."""
        other = self.company_data_2["company"]
        pattern = self._make_due_in(other)
        interaction = pattern.recurrence_id.interaction_ids
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        self.assertEqual((move.company_id, move.journal_id.company_id), (other, other))
        self.assertEqual(move.currency_id, other.currency_id)

    def _make_due_in(self, company):
        pattern = self.env["recurring.invoice"].with_company(company).create(
            {
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Care", "price_unit": 10.0})],
                "date_start": "2026-02-03",
                "month_day": 3,
                "end_type": "count",
                "count": 1,
            }
        )  # fmt: skip
        self.assertEqual(pattern.recurrence_id.company_id, company)
        pattern.recurrence_id._generate()
        return pattern

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data_2 = cls.setup_other_company()

    def test_query_count(self):
        """RI10: drafting costs few queries per invoice."""
        patterns = self.env["recurring.invoice"]
        for _number in range(20):
            pattern, _interaction = self._make_due()
            patterns += pattern
        interactions = patterns.recurrence_id.interaction_ids
        issues = interactions.sudo()._ensure_issues()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        issues._draft_invoices()
        self.env.flush_all()
        self.assertLessEqual((self.cr.sql_log_count - before) / 20, 6)
