from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUPS, InvoiceCase


@tagged("post_install", "-at_install")
class TestInvoiceGuards(InvoiceCase):
    """Nobody is invoiced twice, unseen, or by people who may not invoice."""

    def _invoices(self, partner=None):
        return self.env["account.move"].search([("partner_id", "=", (partner or self.customer).id)])

    # Rights

    def test_people_without_invoicing(self):
        """RI7, RI+5: who may not invoice neither makes, changes nor generates recurring invoices, over any call."""
        planner = new_test_user(
            self.env, "ri_planner", GROUPS.format("manager"), company_id=self.env.company.id, tz="Europe/Brussels"
        )
        pattern, interaction = self._make_due(user_id=planner.id)
        recurrence = pattern.recurrence_id.with_user(planner)
        self.assertEqual(recurrence.name, "Maintenance subscription", "the responsible reads it")
        values = {"name": "Free lunch", "kind": "invoice", "auto_issue": True, "user_id": planner.id}
        calls = {
            "create": lambda: recurrence.create(values),
            "write": lambda: recurrence.write({"auto_issue": True}),
            "generate": recurrence._generate,
            "delete": recurrence.unlink,
            "one more date": lambda: interaction.with_user(planner).create(
                {"name": "Now", "recurrence_id": recurrence.id, "kind": "invoice"}
            ),
            "other recurrence": lambda: interaction.with_user(planner).write(
                {"recurrence_id": False, "kind": "invoice"}
            ),
        }
        for name, call in calls.items():
            with self.subTest(name), self.assertRaises(AccessError):
                call()

    def test_only_patterns(self):
        """RI7: a recurring invoice makes its own recurrence; no other one becomes its."""
        pattern = self._make_pattern()
        billing = new_test_user(
            self.env, "ri_maker", "base.group_user,account.group_account_invoice", company_id=self.env.company.id
        )
        patterns = self.env["recurring.invoice"].with_user(billing)
        with self.assertRaises(AccessError):
            patterns.create({"recurrence_id": self._make_recurrence().id})
        with self.assertRaises(AccessError):
            patterns.browse(pattern.id).recurrence_id = self._make_recurrence().id
        with self.assertRaises(UserError):
            self._make_recurrence().kind = "invoice"

    def test_recurrence_by_default(self):
        """RI7: no default of a call gives a recurring invoice the recurrence of somebody else."""
        plain = self._make_recurrence()
        made = self.env["recurring.invoice"].with_context(default_recurrence_id=plain.id).with_user(self._billing())
        made = made.create({"name": "Mine", "partner_id": self.customer.id})
        self.assertNotEqual(made.recurrence_id, plain)
        self.assertEqual((plain.kind, plain.name), ("interaction", "Call back customers"))

    def test_what_methods_note(self):
        """RI+6: what was billed once, given notice of, reminded of and counted is noted by methods only."""
        mine = self._make_pattern().with_user(self._billing())
        made = {"name": "Mine", "partner_id": self.customer.id}
        day = "2026-01-01"
        notes = {"noted_revenue": 1.0, "date_notice_given": day, "date_reminded": day}
        refused = [lambda name=name, value=value: mine.write({name: value}) for name, value in notes.items()]
        refused += [lambda name=name, value=value: mine.create({**made, name: value}) for name, value in notes.items()]
        refused += [
            lambda: mine.invoice_line_ids[0].write({"date_once": False}),
            lambda: mine.write({"invoice_line_ids": [Command.create({"name": "Mine", "date_once": day})]}),
            lambda: mine.recurrence_id.write({"is_generated": False}),
        ]
        for number, call in enumerate(refused):
            with self.subTest(number), self.assertRaises(AccessError), self.cr.savepoint():
                call()
            self.env.invalidate_all()
        new = mine.with_context(**{f"default_{name}": value for name, value in notes.items()}).create(made)
        self.assertFalse(any(new[name] for name in notes))

    def _billing(self, company=None):
        company = company or self.env.company
        groups = "base.group_user,account.group_account_invoice"
        return new_test_user(
            self.env, "ri_billing", groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    def test_moved_into_another_company(self):
        """RI+7: nothing of one company is moved into the recurring invoices of another by changing a link."""
        pattern = self._make_pattern()
        second = self.env["res.company"].create({"name": "Second"})
        billing = self._billing(second)
        mine = (
            self.env["recurring.invoice"]
            .with_user(billing)
            .create(
                {
                    "partner_id": self.customer.id,
                    "invoice_line_ids": [Command.create({"name": "Mine", "price_unit": 7.0})],
                    "price_change_ids": [Command.create({"percent": 500.0})],
                }
            )
        )
        line = mine.invoice_line_ids
        quantity = self.env["recurring.quantity"].with_user(billing)
        quantity = quantity.create({"line_id": line.id, "date": "2026-03-03", "quantity": 9.0})
        planned = self.env["recurring.interaction"].with_user(self._planner()).create({"name": "Mine"})
        for record, values in (
            (line, {"invoice_id": pattern.id}),
            (mine.price_change_ids, {"recurrence_id": pattern.recurrence_id.id}),
            (quantity, {"line_id": pattern.invoice_line_ids[0].id}),
            (mine.recurrence_id, {"company_id": self.env.company.id}),
            (planned, {"company_id": second.id}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError), self.cr.savepoint():
                record.write(values)
                record.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(len(pattern.invoice_line_ids), 2)
        self.assertFalse(pattern.price_change_ids)

    def _planner(self):
        return new_test_user(self.env, "ri_planner3", GROUPS.format("user"), company_id=self.env.company.id)

    # Twice

    def test_other_day_of_the_month(self):
        """RI6: moving the day of the month plans no month again that was invoiced."""
        pattern = self._make_pattern(month_by="day", month_day=1, date_start="2026-01-01")
        recurrence = pattern.recurrence_id
        recurrence._generate()
        recurrence.interaction_ids.filtered("is_due").action_issue()
        pattern.month_day = 15
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-04-15", "2026-05-15", "2026-06-15"])
        self.assertEqual(len(self._invoices()), 3)

    def test_delete_a_date(self):
        """RI+3: a date of a running recurrence cannot be deleted, and so cannot come back and be invoiced again."""
        _pattern, interaction = self._make_due()
        with self.assertRaisesRegex(UserError, "Skip it"):
            interaction.unlink()
        interaction.action_issue()
        with self.assertRaisesRegex(UserError, "Skip it"):
            interaction.unlink()

    def test_archive_half_issued(self):
        """RI+3: archiving and generating again invoices nobody a second time."""
        self.other_customer.email = False
        pattern, interaction = self._make_due(
            date_start="2026-03-03", customer_ids=[Command.set(self.other_customer.ids)]
        )
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            interaction.action_issue()
        recurrence = pattern.recurrence_id
        recurrence.action_archive()
        self.assertEqual(interaction.state, "skipped")
        recurrence.action_unarchive()
        self.other_customer.email = "vert@example.com"
        recurrence._generate()
        self.assertFalse(self._days(recurrence))
        self.assertEqual(len(self._invoices()), 1)

    def test_due_dates_in_the_list(self):
        """RI10: *Mark as done* over a whole list issues no invoice before its day."""
        pattern = self._make_pattern()
        pattern.recurrence_id._generate()
        with self.assertRaisesRegex(UserError, "not due yet"):
            pattern.recurrence_id.interaction_ids.action_done()
        self.assertFalse(self._invoices())

    # Unseen

    def test_manual_customer_gets_the_mail(self):
        """RI10: *Send by E-Mail* holds also for customers whose invoices are sent by hand otherwise."""
        self.customer.invoice_sending_method = "manual"
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        settings = self.env["account.move.send"]._get_default_sending_settings(move, from_cron=True)
        self.assertEqual(settings["sending_methods"], {"email"})
        other = self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.customer.id})
        self.assertEqual(self.env["account.move.send"]._get_default_sending_methods(other), {"manual"})

    def test_responsible_leaves(self):
        """RI10: who still has recurring work is not archived; nothing is skipped in silence."""
        leaver = new_test_user(self.env, "ri_leaver", GROUPS.format("user"), company_id=self.env.company.id)
        pattern, interaction = self._make_due(user_id=leaver.id)
        with self.assertRaisesRegex(UserError, "Maintenance subscription"):
            leaver.action_archive()
        self.assertEqual(interaction.state, "planned")
        pattern.user_id = self.env.user
        pattern.recurrence_id._generate()
        leaver.action_archive()
        self.assertEqual((leaver.active, interaction.state), (False, "planned"))

    def test_customer_replaced(self):
        """RI+5: a customer who was taken off after a failed attempt is not invoiced, and the date is closed."""
        self.customer.email = False
        pattern, interaction = self._make_due()
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            interaction.action_issue()
        pattern.partner_id = self.other_customer
        self.customer.email = "atelier@example.com"
        interaction.action_issue()
        self.assertEqual(interaction.state, "done")
        self.assertFalse(self._invoices())
        self.assertEqual(len(self._invoices(self.other_customer)), 1)

    def test_plan_again_after_deleting_the_invoice(self):
        """RI10: a wrong invoice that was deleted can be made again."""
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        wrong = interaction.interaction_invoice_ids.move_id
        wrong.button_draft()
        wrong.unlink()
        interaction.action_plan_again()
        interaction.action_issue()
        self.assertEqual((interaction.state, interaction.invoice_count), ("done", 1))

    def test_reason_in_the_language_of_the_responsible(self):
        """RI+5: the scheduler speaks the language of whoever looks after the recurrence."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.user.lang = "fr_FR"
        self.customer.email = False
        _pattern, interaction = self._make_due(auto_issue=True)
        with mute_logger("odoo.addons.recurring_interaction.models.recurring_interaction_invoice"):
            interaction.with_user(self.env.ref("base.user_root")).with_context(lang=False)._issue()
        self.assertIn("adresse e-mail", interaction.failure_reason)

    # Duplicates

    def test_copy(self):
        """RI7: a duplicate recurs like the first, from the form, the list and the recurrence; nothing is generated."""
        pattern = self._make_pattern(customer_ids=[Command.set(self.other_customer.ids)])
        recurrence = pattern.recurrence_id
        recurrence._generate()
        copies = pattern.copy() + pattern.copy({"ref": "PO-1"})
        copies += recurrence.copy({"auto_issue": True}).pattern_id
        self.assertEqual(len(copies.recurrence_id), 3)
        for copy in copies.recurrence_id:
            self.assertEqual((copy.rrule, copy.date_start, copy.count), (recurrence.rrule, recurrence.date_start, 6))
            self.assertEqual(copy.customer_ids, self.other_customer)
            self.assertFalse(copy.is_generated or copy.interaction_ids)
            self.assertEqual(copy.pattern_id.amount_total, pattern.amount_total)
        self.assertEqual(copies.recurrence_id.mapped("auto_issue"), [False, False, True])

    def test_copy_interaction(self):
        """RI2: the copy of a planned interaction stands on its own."""
        recurrence = self._make_recurrence()
        recurrence._generate()
        copy = recurrence.interaction_ids[0].copy()
        self.assertFalse(copy.recurrence_id or copy.occurrence_date)
