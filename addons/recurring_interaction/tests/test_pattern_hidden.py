import json

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .. import uninstall_hook
from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestPatternHidden(InvoiceCase, HttpCase):
    """A pattern is edited like an invoice and is never part of the books: every place is looked at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pattern = cls._make_pattern()
        cls.journal = cls.pattern.journal_id
        cls.recurrence = cls.pattern.recurring_recurrence_id

    def test_invoice_lists(self):
        """RI7: invoices, journal entries and name search do not show patterns."""
        moves = self.env["account.move"]
        for domain in ([], [("state", "=", "draft")], [("partner_id", "=", self.customer.id)]):
            self.assertNotIn(self.pattern, moves.search(domain))
        self.assertNotIn(self.pattern.id, [key for key, _name in moves.name_search("Maintenance")])
        self.assertFalse(moves.search_count([("partner_id", "=", self.customer.id)]))
        self.assertFalse(moves._read_group([("partner_id", "=", self.customer.id)], ["partner_id"], ["__count"]))
        self.assertIn(self.pattern, moves.search([("is_recurring_pattern", "=", True)]))
        self.assertEqual(moves.browse(self.pattern.id).read(["state"])[0]["state"], "draft")

    def test_journal_items(self):
        """RI7: ledgers, tax reports and analytic reports read journal items; the lines are none."""
        lines = self.env["account.move.line"]
        self.assertEqual(len(self.pattern.invoice_line_ids), 2)
        self.assertTrue(self.pattern.line_ids)
        self.assertFalse(lines.search([("partner_id", "=", self.customer.id)]))
        self.assertFalse(lines.search([("product_id", "=", self.product_a.id), ("parent_state", "=", "draft")]))
        groups = lines._read_group([("journal_id", "=", self.journal.id)], ["journal_id"], ["balance:sum", "__count"])
        self.assertFalse(groups)
        self.assertFalse(lines.search([("move_id.state", "=", "draft"), ("partner_id", "=", self.customer.id)]))
        self.assertFalse(self.env["account.analytic.line"].search([("partner_id", "=", self.customer.id)]))

    def test_customer_balance(self):
        """RI7: the customer owes nothing because of a pattern, and no counter counts it."""
        self.env.invalidate_all()
        self.assertEqual((self.customer.credit, self.customer.total_invoiced), (0.0, 0.0))
        self.assertFalse(self.customer.invoice_ids)
        action = self.customer.action_view_partner_invoices()
        self.assertFalse(self.env["account.move"].search(action["domain"]))

    def test_statistics(self):
        """RI7: the invoice statistics, which are plain SQL over drafts too, leave patterns out."""
        self.env.flush_all()
        report = self.env["account.invoice.report"]
        self.assertFalse(report.search([("partner_id", "=", self.customer.id)]))
        self.assertFalse(report.search([("move_id", "=", self.pattern.id)]))

    def test_dashboard(self):
        """RI7: the dashboard of the journal shows no draft, no amount and no activity of a pattern."""
        self.pattern.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.env.flush_all()
        self.env.invalidate_all()
        data = self.journal._get_journal_dashboard_data_batched()[self.journal.id]
        self.assertEqual(data["number_draft"], 0)
        self.assertFalse(data["has_entries"])
        self.assertTrue(data["is_sample_data"], "a journal with patterns only is still an empty one")
        self.assertFalse(self.journal.has_entries)
        self.assertEqual(json.loads(self.journal.json_activity_data)["activities"], [])
        self.assertFalse(self.journal._query_has_sequence_holes())

    def test_no_number(self):
        """RI7: a pattern takes no number, announces none and leaves no gap."""
        self.assertFalse(self.pattern.name)
        self.assertFalse(self.pattern.name_placeholder)
        self.assertEqual(self.pattern.display_name, "Maintenance subscription")
        first = self.init_invoice("out_invoice", products=self.product_a, post=True)
        self._make_pattern()
        second = self.init_invoice("out_invoice", products=self.product_a, post=True)
        self.assertEqual(second.sequence_number, first.sequence_number + 1)
        self.assertFalse(second.made_sequence_gap)
        with self.assertRaises(ValidationError):
            self.pattern.name = "INV/2026/99999"

    def test_never_posted(self):
        """RI7: neither a person nor a scheduled action posts or cancels a pattern."""
        self.assertTrue(self.pattern.hide_post_button)
        with self.assertRaises(UserError):
            self.pattern.action_post()
        with self.assertRaises(ValidationError):
            self.pattern.button_cancel()
        with self.assertRaises(ValidationError):
            self.pattern.auto_post = "at_date"
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_auto_post_draft_entry").method_direct_trigger()
        self.assertEqual(self.pattern.state, "draft")

    def test_lock_date(self):
        """RI7: a pattern is no draft that keeps a period from being locked."""
        self.pattern.date = "2026-01-31"
        self.env.company.sudo().write({"fiscalyear_lock_date": "2026-02-28", "hard_lock_date": "2026-02-28"})
        self.assertEqual(str(self.env.company.hard_lock_date), "2026-02-28")

    def test_duplicates(self):
        """RI7: an invoice made from a pattern is not called a duplicate of it."""
        self.pattern.invoice_date = "2026-03-02"
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create({"product_id": self.product_a.id, "price_unit": 100.0}),
                    Command.create({"product_id": self.product_b.id, "quantity": 2, "price_unit": 50.0}),
                ],
            }
        )
        self.assertEqual(invoice.amount_total, self.pattern.amount_total)
        self.assertFalse(invoice.duplicated_ref_ids)
        self.assertFalse(self.pattern.duplicated_ref_ids)

    def test_portal(self):
        """RI7: the customer's portal shows no pattern, neither in the list nor by its number."""
        portal = self._create_new_portal_user(partner_id=self.customer.id)
        self.authenticate(portal.login, portal.login)
        page = self.url_open("/my/invoices")
        self.assertNotIn("Maintenance subscription", page.text)
        answer = self.url_open(f"/my/invoices/{self.pattern.id}", allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
        moves = self.env["account.move"].with_user(portal)
        self.assertFalse(moves.search_count([]))

    def test_payments_and_reconciliation(self):
        """RI7: a pattern is not offered for payment or reconciliation."""
        lines = self.env["account.move.line"].search(
            [("account_id.account_type", "=", "asset_receivable"), ("partner_id", "=", self.customer.id)]
        )
        self.assertFalse(lines)
        self.assertFalse(self.pattern.invoice_has_outstanding)

    def test_delete(self):
        """RI7: a deleted pattern takes its recurrence along, and the other way round."""
        self.recurrence._generate()
        interactions = self.recurrence.interaction_ids
        self.pattern.unlink()
        self.assertFalse(self.recurrence.exists() or interactions.exists())
        other = self._make_pattern()
        other.recurring_recurrence_id.unlink()
        self.assertFalse(other.exists())

    def test_uninstall(self):
        """RI7: without the addon no pattern is left behind as a draft invoice."""
        uninstall_hook(self.env)
        self.assertFalse(self.pattern.exists() or self.recurrence.exists())

    def test_only_customer_invoices(self):
        """RI7: only customer invoices can be recurring."""
        with self.assertRaises(ValidationError):
            self.pattern.move_type = "out_refund"

    def test_form_view(self):
        """RI7: a pattern opens in its variant of the invoice form, an invoice in its own."""
        view = self.env.ref("recurring_interaction.account_move_view_form_recurring")
        self.assertEqual(self.pattern.get_formview_id(), view.id)
        self.assertNotEqual(self.init_invoice("out_invoice", products=self.product_a).get_formview_id(), view.id)
