from lxml import etree
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
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
        self.assertEqual(safe_eval(action["context"]), {"search_default_to_issue": 1})
        found = self._filtered(action, "to_issue")
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
        self.assertEqual(self._filtered(action, "issued_today") & (ready + waiting), ready, "what was issued stays")

    def _filtered(self, action, name):
        """Return what the page shows with one of its filters."""
        view = self.env["recurring.interaction"].get_view(action["search_view_id"][0], "search")["arch"]
        [chosen] = etree.fromstring(view).xpath(f"//filter[@name='{name}']")
        domain = Domain(safe_eval(action["domain"])) & Domain(safe_eval(chosen.get("domain")))
        return self.env["recurring.interaction"].search(domain)

    def test_in_portions(self):
        """RI+10: the page issues in portions: each says how many were issued, and why others were not."""
        _good, ready = self._make_due()
        _bad, waiting = self._make_due(partner_id=self.other_customer.id)
        self.other_customer.email = False
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            result = (ready + waiting).issue_dates()
        self.assertEqual(result["issued"], 1)
        self.assertIn("Bureau Vert has no e-mail address", " ".join(result["reasons"]))
        self.assertEqual((ready + waiting).issue_dates()["issued"], 0, "nothing twice")
        with self.assertRaises(AccessError):
            waiting.with_user(self._planner()).issue_dates()

    def _planner(self):
        groups = "base.group_user,recurring_interaction.group_recurring_interaction_manager"
        return new_test_user(self.env, "ri_planner4", groups)

    def test_attention(self):
        """RI+10: the lists say what is late, due today and without a person, of dates and of recurrences."""
        gone = new_test_user(self.env, "ri_gone2", "base.group_user")
        today = self._make_recurrence(mon=True, tue=False, thu=False, count=2)
        late = self._make_recurrence(date_start="2026-02-24", thu=False, count=3, catch_up=True)
        left = self._make_recurrence(user_id=gone.id, count=3)
        fine = self._make_recurrence(count=3)
        recurrences = today + late + left + fine
        for recurrence in recurrences:
            recurrence._generate()
        gone.with_context(install_mode=True).sudo()._write({"active": False})
        self.env.invalidate_all()
        self.assertEqual(recurrences.mapped("attention"), ["today", "late", "nobody", False])
        dates = [recurrence.interaction_ids.sorted("day")[0] for recurrence in recurrences]
        self.assertEqual([item.attention for item in dates], ["today", "late", "nobody", False])
        for records in (recurrences, self.env["recurring.interaction"].union(*dates)):
            for record, attention in zip(records, ("today", "late", "nobody"), strict=False):
                self.assertEqual(records & records.search([("attention", "=", attention)]), record, attention)
            self.assertEqual(records & records.search([("attention", "=", False)]), records[3], "nothing to look at")
            self.assertEqual(records & records.search([("attention", "!=", False)]), records[:3])
        dates[1].action_done()
        self.env.invalidate_all()
        self.assertFalse(late.attention)

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
