from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUPS, InvoiceCase


@tagged("post_install", "-at_install")
class TestAfterwards(InvoiceCase):
    """What people do to a recurring invoice that is planned already, or issued."""

    def test_end_and_its_day_at_once(self):
        """RI7: an end is chosen together with its day, in the form and by a call; so are other fields that go together.

        Odoo writes inherited fields one by one: *until* was checked before its day was there.
        """
        pattern = self._make_pattern(end_type="forever")
        pattern.write({"end_type": "until", "date_until": "2026-12-31"})
        self.assertEqual(str(pattern.recurrence_id.date_until), "2026-12-31")
        with Form(pattern) as form:
            form.end_type = "count"
            form.count = 7
        self.assertEqual((pattern.end_type, pattern.count), ("count", 7))
        pattern.write({"freq": "rule", "rule": "FREQ=MONTHLY;BYMONTHDAY=-2", "partner_id": self.other_customer.id})
        self.assertEqual(pattern.recurrence_id.partner_id, self.other_customer)
        terms = self.pay_terms_b
        pattern.write({"partner_id": self.customer.id, "invoice_payment_term_id": terms.id})
        self.assertEqual(pattern.invoice_payment_term_id, terms, "what is typed goes before what the customer has")

    def test_recurrence_deleted_then_invoice_cancelled(self):
        """RI10: who asks for the invoice again learns that its recurrence is gone; the date can be let go."""
        pattern, interaction = self._make_due()
        interaction.action_issue()
        pattern.unlink()
        self.assertFalse(interaction.recurrence_id)
        move = interaction.interaction_invoice_ids.move_id
        move.button_draft()
        move.button_cancel()
        self.assertTrue(interaction.has_lost_invoice)
        with self.assertRaisesRegex(UserError, "recurrence of this date was deleted"):
            interaction.action_issue_again()
        self.assertTrue(interaction.has_lost_invoice, "the question stays")
        interaction.action_let_go()
        self.assertFalse(interaction.has_lost_invoice)

    def test_date_without_a_recurrence(self):
        """RI10: a date of an invoice without a recurrence says so, whichever way it is asked for."""
        interaction = self.env["recurring.interaction"].sudo().create({"name": "Issue", "kind": "invoice"})
        result = interaction.action_issue()
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("was deleted", result["params"]["message"])
        with self.assertRaisesRegex(UserError, "was deleted"):
            interaction.action_done()
        self.assertEqual(interaction.state, "planned")

    def test_window_left_open(self):
        """RI5: what was archived, or lost its lines, while the confirmation was open is not planned."""
        for change, reason in (
            (lambda pattern: pattern.action_archive(), "archived"),
            (lambda pattern: pattern.invoice_line_ids.unlink(), "at least one product"),
            (lambda pattern: pattern.write({"partner_id": False}), "customer"),
        ):
            pattern = self._make_pattern()
            window = self.env["recurring.generate"].browse(pattern.action_generate()["res_id"])
            change(pattern)
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                window.action_generate()
            self.assertFalse(pattern.recurrence_id.interaction_ids)

    def test_hand_over_to_nobody(self):
        """RI+10: work goes to active employees only, by whichever call."""
        gone = new_test_user(self.env, "ri_gone", GROUPS.format("user"), active=False)
        guest = new_test_user(self.env, "ri_guest", "base.group_portal")
        for person in gone + guest:
            wizard = self.env["recurring.hand.over"].create({"user_id": self.env.uid, "new_user_id": person.id})
            with self.assertRaisesRegex(UserError, "active employee"):
                wizard.action_hand_over()

    def test_archived_position_of_a_further_customer(self):
        """RI+5: an archived fiscal position holds the invoice of whoever has it, not only of the first customer."""
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        self.other_customer.property_account_position_id = export
        pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)])
        export.active = False
        pattern.invalidate_recordset()
        self.assertIn("Export is archived", pattern.outdated_reason)
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            interaction.action_issue()
        states = {issue.partner_id: issue.state for issue in interaction.interaction_invoice_ids}
        self.assertEqual(states, {self.customer: "issued", self.other_customer: "failed"})
