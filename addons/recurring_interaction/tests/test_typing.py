from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import InvoiceCase

LOGGER = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestTyping(InvoiceCase):
    """What a person is told while a recurring invoice is typed, and before anything is issued."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(LOGGER))

    def test_nothing_is_outdated_that_was_just_chosen(self):
        """RI7: a product with a tax is chosen in the form: no banner says that its tax was replaced."""
        with Form(self.env["recurring.invoice"]) as form:
            form.partner_id = self.customer
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product_a
            self.assertEqual((form.is_outdated, form.outdated_reason), (False, ""))
        pattern = form.save()
        self.env.flush_all()
        self.product_a.taxes_id = self.tax_sale_b
        self.env.flush_all()
        pattern.invalidate_recordset()
        with Form(pattern) as form:
            self.assertIn(self.tax_sale_b.name, form.outdated_reason)
            with form.invoice_line_ids.edit(0) as line:
                line.quantity = 2
            self.assertIn(self.tax_sale_b.name, form.outdated_reason)

    def test_archived_tax_of_a_group(self):
        """RI9: Odoo leaves an archived tax out of its group in silence: the invoice waits with the reason."""
        five, two = self.env["account.tax"].create(
            [
                {"name": name, "amount": amount, "type_tax_use": "sale", "company_id": self.env.company.id}
                for name, amount in (("Five", 5), ("Two and a half", 2.5))
            ]
        )
        group = self.env["account.tax"].create(
            {
                "name": "Both",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set((five + two).ids)],
            }
        )
        line = {"product_id": self.product_a.id, "price_unit": 200.0, "tax_ids": [Command.set(group.ids)]}
        pattern, interaction = self._make_due(lines=[Command.create(line)])
        self.assertEqual(pattern.amount_total, 215.0)
        five.active = False
        pattern.invalidate_recordset()
        self.assertEqual(pattern.outdated_reason, "The tax Five is archived.")
        interaction.action_issue()
        self.assertEqual((interaction.state, pattern.invoice_count), ("planned", 0))

    def test_line_without_account(self):
        """RI7: a line for which no account is found says so, in words, not in those of the database."""
        journal = self.env["account.journal"].create({"name": "Bare", "code": "BARE", "type": "sale"})
        line = {"name": "Care", "price_unit": 10.0, "tax_ids": [Command.clear()]}
        pattern, interaction = self._make_due(lines=[Command.create(line)], journal_id=journal.id)
        pattern.invoice_line_ids.account_id = False
        journal.default_account_id = False
        pattern.invalidate_recordset()
        self.assertEqual(pattern.outdated_reason, "No account was found for the line Care.")
        interaction.action_issue()
        self.assertEqual(interaction.state, "planned")
        pattern.invoice_line_ids.account_id = self.company_data["default_account_revenue"]
        interaction.action_issue()
        self.assertEqual(interaction.state, "done")

    def test_reason_is_a_sentence(self):
        """RI10: what PostgreSQL refuses is told as Odoo tells it, without the row that failed."""
        _pattern, interaction = self._make_due()

        def refused(rows, _bundles):
            rows.env.cr.execute("INSERT INTO recurring_interaction_invoice (state) VALUES ('due')")

        self.patch(self.env.registry["recurring.interaction.invoice"], "_issue_now", refused)
        with mute_logger("odoo.sql_db"):
            interaction.action_issue()
        self.assertTrue(interaction.failure_reason)
        self.assertNotIn("DETAIL", interaction.failure_reason)

    def test_address_is_told_in_the_form(self):
        """RI10: who cannot be mailed is named in the form, long before the day of the first invoice."""
        pattern = self._make_pattern(customer_ids=[Command.set(self.other_customer.ids)])
        self.assertFalse(pattern.address_reason)
        self.customer.email = "bakery at example"
        self.other_customer.email = False
        self.assertEqual(
            pattern.address_reason.splitlines(),
            [
                "The e-mail address of Atelier Bois is not valid: bakery at example",
                "The customer Bureau Vert has no e-mail address.",
            ],
        )
        pattern.send_mail = False
        self.assertFalse(pattern.address_reason)
        with Form(self.env["recurring.invoice"]) as form:
            form.partner_id = self.other_customer
            self.assertEqual(form.address_reason, "The customer Bureau Vert has no e-mail address.")
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product_a

    def test_what_is_mended_is_not_told_any_more(self):
        """RI+10: a date that failed shows what is missing now; once terms are taken anew it is issued by itself."""
        pattern, interaction = self._make_due(auto_issue=True)
        self.env.flush_all()
        self.tax_sale_a.active = False
        self.product_a.taxes_id = self.product_b.taxes_id = self.tax_sale_b
        self.env.flush_all()
        self._run_cron()
        self.assertIn("is archived", interaction.obstacle)
        self.customer.email = False
        interaction.invalidate_recordset(["obstacle"])
        self.assertIn("no e-mail address", interaction.obstacle)
        self.customer.email = "atelier@example.com"
        pattern.action_take_anew()
        self.env.invalidate_all()
        self.assertEqual((interaction.obstacle, interaction.state), ("", "planned"))
        self._run_cron()
        self.assertEqual(interaction.state, "done")

    def test_what_was_tried_is_told(self):
        """RI+10: what went wrong while an invoice was posted is told until it is tried again; so are dropped dates."""
        pattern, interaction = self._make_due(auto_issue=True)
        pattern.invoice_line_ids.price_unit = -5.0
        self._run_cron()
        self.assertIn("negative", interaction.obstacle)
        _pattern, dropped = self._make_due(auto_issue=True, partner_id=self.other_customer.id)
        dropped.recurrence_id.date_start = "2026-03-03"
        self.env.invalidate_all()
        self.assertIn("none of the new ones", dropped.obstacle)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_issue_invoices").method_direct_trigger()
        self.env.invalidate_all()
