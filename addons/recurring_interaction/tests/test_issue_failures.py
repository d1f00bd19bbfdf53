import datetime
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import InvoiceCase

ISSUE = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestIssueFailures(InvoiceCase):
    """One customer that fails does not stop the others."""

    def setUp(self):
        super().setUp()
        self.pattern, self.interaction = self._make_due(
            customer_ids=[Command.set(self.other_customer.ids)], auto_issue=True
        )
        self.enterContext(mute_logger(ISSUE))

    def _issue_of(self, partner):
        return self.interaction.interaction_invoice_ids.filtered(lambda issue: issue.partner_id == partner)

    def test_an_address_that_is_none(self):
        """RI+5: an address that no mail server would take is said as such, on the date, before anything is posted."""
        self.other_customer.email = "vert at example"
        self.interaction.action_issue()
        self.assertEqual(self._issue_of(self.other_customer).state, "failed")
        self.assertIn("vert at example", self.interaction.failure_reason)
        self.other_customer.email = "vert@example.com, office@example.com"
        self.interaction.action_issue()
        self.assertEqual(self.interaction.state, "done")

    def test_reasons_are_text(self):
        """RI+5: names and messages of others are text in the warning, line by line."""
        self.other_customer.email = False
        self.interaction.action_issue()
        issue = self._issue_of(self.other_customer).sudo()  # as the scheduled action
        for _again in range(2):
            issue._warn_responsible("No <a href='//evil.example'>tax</a>\nfound")
            [note] = self.interaction.activity_ids.filtered("recurring_interaction_invoice_id").mapped("note")
            self.assertNotIn("<a", note)
            self.assertIn("tax&lt;/a&gt;<br>found", note.replace("<br/>", "<br>"))

    def test_no_address(self):
        """RI+5: a customer without e-mail stays due with the reason; the other one gets the invoice."""
        self.other_customer.email = False
        result = self.interaction.action_issue()
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("no e-mail address", result["params"]["message"])
        self.assertEqual(self._issue_of(self.customer).state, "issued")
        failed = self._issue_of(self.other_customer)
        self.assertEqual((failed.state, failed.move_id.ids), ("failed", []))
        self.assertEqual(self.interaction.state, "planned")
        self.assertIn("no e-mail address", self.interaction.failure_reason)
        warning = self.interaction.activity_ids.filtered("recurring_interaction_invoice_id")
        self.assertEqual((len(warning), warning.user_id), (1, self.env.user))

        self.other_customer.email = "vert@example.com"
        self.interaction.action_issue()
        self.assertEqual(self.interaction.state, "done")
        self.assertFalse(warning.exists(), "the warning goes away with its reason")
        self.assertEqual(len(self.interaction.interaction_invoice_ids.move_id), 2)

    def test_obstacles(self):
        """RI+5: archived customer and archived product are told as such."""
        self.other_customer.active = False
        self.product_a.active = False
        self.interaction.action_issue()
        self.assertIn("customer Bureau Vert is archived", self._issue_of(self.other_customer).reason)
        self.assertIn("product product_a is archived", self._issue_of(self.customer).reason)
        self.product_a.active = True
        self.assertFalse(self.interaction.interaction_invoice_ids.move_id)

    def test_locked_period(self):
        """RI9: an invoice of a locked period keeps its date and is booked in the first open one, which it says."""
        self.env.company.sudo().fiscalyear_lock_date = "2026-02-28"
        self.interaction.action_issue()
        move = self._issue_of(self.customer).move_id
        self.assertEqual((move.state, str(move.invoice_date)), ("posted", "2026-02-03"))
        self.assertGreater(str(move.date), "2026-02-28")
        self.assertIn("is locked: the invoice is booked on", str(move.message_ids.mapped("body")))

    def test_marking_done_tells_the_reason(self):
        """RI10: an activity whose invoice cannot be made is not done."""
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.interaction.planned_activity_ids.action_feedback()
        self.assertEqual(self.interaction.state, "planned")
        self.assertTrue(self.interaction.planned_activity_ids.active)

    def test_error_of_one_among_many(self):
        """RI+5: an error that only shows while posting hits the customer concerned."""
        original = type(self.env["account.move"])._post

        def post(moves, soft=True):
            if self.other_customer in moves.partner_id:
                raise UserError(self.env._("This customer is special"))
            return original(moves, soft)

        with patch.object(type(self.env["account.move"]), "_post", post):
            self.interaction.action_issue()
        self.assertEqual(self._issue_of(self.customer).move_id.state, "posted")
        failed = self._issue_of(self.other_customer)
        self.assertEqual((failed.state, failed.reason), ("failed", "This customer is special"))
        drafts = self.env["account.move"].search([("partner_id", "=", self.other_customer.id)])
        self.assertFalse(drafts, "nothing of the failed invoice stays")

    def test_retries_end(self):
        """RI+5: attempts are spaced out and end; then a person decides."""
        self.customer.email = False
        self.other_customer.email = False
        moments = []
        for _attempt in range(8):
            self._run_cron()
            issue = self._issue_of(self.customer)
            moments.append((issue.attempts, issue.date_next_try))
            self._travel((issue.date_next_try or fields.Datetime.now()) + datetime.timedelta(minutes=1))
        self.assertEqual([attempts for attempts, _next in moments], [1, 2, 3, 4, 5, 5, 5, 5])
        self.assertFalse(moments[-1][1])
        self.assertEqual(
            len(self.interaction.activity_ids.filtered("recurring_interaction_invoice_id")), 2, "one per customer"
        )
        self.customer.email = "atelier@example.com"
        self.interaction.action_issue()
        self.assertEqual(self._issue_of(self.customer).state, "issued")

    def test_not_before_its_time(self):
        """RI+5: a failed one is not tried again before its time."""
        self.customer.email = False
        self._run_cron()
        self._run_cron()
        self.assertEqual(self._issue_of(self.customer).attempts, 1)
        self.assertEqual(self._issue_of(self.other_customer).state, "issued")

    def test_one_that_breaks_stops_nobody(self):
        """RI+5: a date that breaks the run itself, not its invoice, is set aside with its reason; the others go on."""
        interactions = self.interaction
        for _number in range(2):
            interactions += self._make_due(auto_issue=True)[1]
        before, bad, after = interactions.sorted("id")
        plain = type(bad)._close_issued

        def close(records):
            if bad in records:
                raise ValueError("a hook of another module")
            return plain(records)

        self.patch(type(bad), "_close_issued", close)
        with mute_logger("odoo.addons.base_safeguard.models.cron_batch_mixin"):
            self._run_cron()
        self.assertEqual([before.state, bad.state, after.state], ["done", "planned", "done"])
        self.assertEqual(bad.interaction_invoice_ids.mapped("state"), ["failed"])
        self.assertIn("another module", bad.failure_reason)
        self.assertFalse(bad.interaction_invoice_ids.move_id, "what was made of it is rolled back")
        failure = self.env["cron.batch.failure"].search([("res_model", "=", bad._name), ("res_id", "=", bad.id)])
        self.assertEqual((failure.method, failure.failure_count), ("_issue", 1))

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_issue_invoices").method_direct_trigger()
        self.env.invalidate_all()
