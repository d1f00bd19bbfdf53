from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestDue(InvoiceCase):
    """The page of what is due, and the year of a recurrence."""

    def test_what_is_missing_is_said_before(self):
        """RI+10: every obstacle in words before anything is pressed; what is mended goes away; the rest is issued."""
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_due_action")
        _good, ready = self._make_due()
        bad, waiting = self._make_due(partner_id=self.other_customer.id)
        _later, coming = self._make_due(date_start="2026-04-07")
        self.other_customer.email = False
        bad.invoice_line_ids[0].product_id.active = False
        self.assertIn("kanban", action["view_mode"], "a phone has cards: a list is cut before what is missing")
        found = self.env["recurring.interaction"].search(safe_eval(action["domain"]))
        self.assertLessEqual(ready + waiting, found)
        self.assertNotIn(coming, found)
        self.assertIn("no e-mail address", waiting.obstacle)
        self.assertIn("is archived", waiting.obstacle)
        self.other_customer.email = "vert at example"
        waiting.invalidate_recordset(["obstacle"])
        self.assertIn("vert at example", waiting.obstacle)
        self.other_customer.email = False
        self.assertIn("is archived", ready.obstacle, "the product is in both")
        self.assertEqual(ready.amount_expected, 200.0)
        bad.invoice_line_ids[0].product_id.active = True
        self.env.invalidate_all()
        self.assertFalse(ready.obstacle)
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            result = (ready + waiting).action_issue()
        self.assertIn("no e-mail address", result["params"]["message"])
        self.assertEqual((ready.state, waiting.state), ("done", "planned"))
        self.assertEqual(waiting.action_open_pattern()["res_id"], bad.id)

    def test_year(self):
        """RI+10: a year of one recurrence tells done, skipped, missed, moved and planned apart."""
        recurrence = self._make_recurrence(thu=False, date_start="2026-03-03", count=5)
        recurrence._generate()
        done, skipped, missed, moved, planned = recurrence.interaction_ids.sorted("day")
        done.action_done()
        skipped.action_skip()
        moved.day = "2026-03-25"
        self._travel("2026-03-18 10:00:00")
        self.env.invalidate_all()
        outcomes = [item.outcome for item in (done, skipped, missed, moved, planned)]
        self.assertEqual(outcomes, ["done", "skipped", "missed", "moved", "planned"])
        action = recurrence.action_open_year()
        self.assertEqual(self.env["recurring.interaction"].search(action["domain"]), recurrence.interaction_ids)
        arch = self.env["recurring.interaction"].get_view(action["views"][0][0], "calendar")["arch"]
        self.assertIn('mode="year"', arch)
