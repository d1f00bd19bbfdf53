"""Who may read and do what with contracts and invoices: each rule and each question by itself."""

import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUPS, TODAY, InvoiceCase
from .test_contract import ISSUE

BILLING = "base.group_user,account.group_account_invoice"


@tagged("post_install", "-at_install")
class TestRightsBeside(InvoiceCase):
    """RI2, RI9: what record rules and questions for rights keep back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.rival = new_test_user(cls.env, "ri_rights_rival", BILLING, company_id=company.id,
                                  company_ids=[Command.set(company.ids)])  # fmt: skip
        here = {"company_id": cls.env.company.id, "company_ids": [Command.set(cls.env.company.ids)]}
        cls.billing = new_test_user(cls.env, "ri_rights_billing", BILLING, **here)
        cls.colleague = new_test_user(cls.env, "ri_rights_colleague", BILLING, **here)
        cls.planner = new_test_user(cls.env, "ri_rights_planner", GROUPS.format("manager"), **here)
        cls.person = new_test_user(cls.env, "ri_rights_own", GROUPS.format("user"), **here)
        cls.member = new_test_user(cls.env, "ri_rights_team", GROUPS.format("team"), **here)

    def _as(self, user, records):
        return records.with_env(self.env(user=user, context={}))

    def _found(self, user, records):
        """Return which of some records a user finds."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = self._as(user, records).search([("id", "in", records.ids)])
        return records.filtered(lambda record: record.id in found.ids)

    def test_dates_of_visits(self):
        """RI2: people of Invoicing see all dates of invoices; of visits they see their own, as everybody does."""
        team = self.env["recurring.team"].create({"name": "Desk", "member_ids": [Command.set(self.member.ids)]})
        theirs, of_team = (
            self._make_recurrence(user_id=self.planner.id, count=2, **values)
            for values in ({}, {"assignment": "team", "team_id": team.id})
        )
        pattern, date = self._make_due(user_id=self.planner.id)
        for recurrence in theirs | of_team:
            recurrence._generate()
            recurrence.interaction_ids.user_id = self.planner
        recurrences = theirs | of_team | pattern.recurrence_id
        dates = recurrences.interaction_ids
        for user, seen in (
            (self.billing, pattern.recurrence_id), (self.member, of_team), (self.person, recurrences.browse()),
            (self.planner, recurrences),
        ):  # fmt: skip
            with self.subTest(user.login):
                self.assertEqual(self._found(user, recurrences), seen)
                self.assertEqual(self._found(user, dates), dates & seen.interaction_ids)
        self.assertEqual(pattern.recurrence_id.interaction_ids, date)

    def test_teams_of_another_company(self):
        """RI2: a team of a company is that company's, one of none is everybody's."""
        teams = self.env["recurring.team"].create(
            [{"name": "Ours", "company_id": self.env.company.id}, {"name": "All"}]
        )  # fmt: skip
        self.assertEqual(self._found(self.rival, teams).mapped("name"), ["All"])

    def test_rows_of_another_company(self):
        """RI2: quantities, revenue and invoices to issue are those of the own companies."""
        pattern, date = self._make_due()
        line = pattern.invoice_line_ids[0]
        line.quantity_source = "typed"
        quantity = self.env["recurring.quantity"].create({"line_id": line.id, "date": TODAY, "quantity": 2})
        pattern.sudo().noted_revenue = 0.0
        pattern._note_revenue()
        revenue = self.env["recurring.revenue"].search([("invoice_id", "=", pattern.id)])
        if not revenue:
            revenue = self.env["recurring.revenue"].sudo().create(
                {"date": TODAY, "kind": "new", "amount": 5.0, "invoice_id": pattern.id,
                 "partner_id": self.customer.id, "company_id": self.env.company.id}
            )  # fmt: skip
        issue = date.sudo()._ensure_issues()
        for records in (quantity, revenue, issue):
            with self.subTest(records._name):
                self.assertEqual(self._found(self.billing, records.sudo(False)), records)
                self.assertFalse(self._found(self.rival, records.sudo(False)))

    def test_invoices_to_issue_of_others(self):
        """RI+5: who plans sees the invoices of the own dates and of the team's, and their changes of prices."""
        team = self.env["recurring.team"].create({"name": "Desk", "member_ids": [Command.set(self.member.ids)]})
        change = {"mode": "percent", "percent": 5, "date_from": "2026-09-01"}
        of_person, of_planner, of_team = (
            self._make_due(user_id=user.id, price_change_ids=[Command.create(change)])[0]
            for user in (self.person, self.planner, self.planner)
        )
        of_team.recurrence_id.interaction_ids.sudo().team_id = team
        patterns = of_person | of_planner | of_team
        issues = patterns.recurrence_id.interaction_ids.sudo()._ensure_issues().sudo(False)
        changes = patterns.price_change_ids
        self.assertEqual(len(changes), 3)
        for user, seen in ((self.person, of_person), (self.member, of_team), (self.billing, patterns)):
            with self.subTest(user.login):
                found = self._found(user, issues)
                self.assertEqual(found, issues & seen.recurrence_id.interaction_ids.interaction_invoice_ids)
        self.assertEqual(self._found(self.person, changes), of_person.price_change_ids)
        self.assertEqual(self._found(self.billing, changes), changes)

    def test_windows_of_others(self):
        """RI+4: the windows of a colleague are not for me."""
        other = new_test_user(self.env, "ri_rights_manager", GROUPS.format("manager"))
        pattern = self._make_pattern()
        for users, name, values in (
            ((self.planner, other), "recurring.hand.over", {"user_id": self.person.id, "new_user_id": other.id}),
            ((self.planner, other), "recurring.holiday.import", {"country_id": self.env.ref("base.be").id}),
            ((self.billing, self.colleague), "recurring.notice", {"invoice_id": pattern.id, "date": TODAY}),
            ((self.billing, self.colleague), "recurring.pause",
             {"invoice_id": pattern.id, "date_from": TODAY, "date_to": TODAY, "reason": "x"}),
        ):  # fmt: skip
            with self.subTest(name):
                first, second = users
                window = self._as(first, self.env[name]).create(values)
                self.assertEqual(self._found(first, window), window)
                self.assertFalse(self._found(second, window))

    def test_what_is_asked_before_an_invoice(self):
        """RI9: an invoice is issued by people of Invoicing, of that company, not by who plans its date."""
        _pattern, date = self._make_due(user_id=self.planner.id)
        self.assertEqual(date.kind, "invoice")
        with self.assertRaises(AccessError):
            self._as(self.rival, date)._check_may_issue()
        self._as(self.billing, date)._check_may_issue()
        with self.assertRaisesRegex(AccessError, "can issue invoices"):
            self._as(self.planner, date)._mark_done()
        self.assertEqual((date.state, date.interaction_invoice_ids.ids), ("planned", []))

    def test_what_is_asked_before_a_preview(self):
        """RI9: before anything is made for a preview, its reader is asked for the rights."""
        pattern, _date = self._make_due()
        recurrence = pattern.recurrence_id

        def made(_records):
            raise ValueError("made")

        with patch.object(type(recurrence), "_check_ready", made):
            for user in (self.rival, self.planner):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    recurrence.read(["kind"])  # in the block, which forgets what was read before
                    self._as(user, recurrence)._preview_pdf()
            with self.assertRaisesRegex(ValueError, "made"):
                self._as(self.billing, recurrence)._preview_pdf()

    def test_recurring_invoices_are_of_invoicing(self):
        """RI9: who plans a recurring invoice does not change what it bills, even where it was just read."""
        pattern, _date = self._make_due(user_id=self.planner.id)
        theirs = self._as(self.planner, pattern)
        for call in (
            theirs.action_update_fpos_values, theirs.action_take_anew, theirs.action_keep_agreed, theirs.unlink,
            theirs.action_withdraw_notice, lambda: theirs.write({"name": "Mine"}),
            lambda: theirs.message_post(body="Mine"),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                # in the block, which forgets what was read before
                pattern.read()
                pattern.invoice_line_ids.read()
                self.assertTrue(pattern.journal_id.active and pattern.recurrence_id.active)
                call()
        self.assertTrue(pattern.exists())

    def test_own_recurrence(self):
        """RI9: nobody gives a recurring invoice the recurrence of something else; the system may say which it is."""
        pattern = self._make_pattern()
        visits = self._make_recurrence()
        values = {"partner_id": self.customer.id, "recurrence_id": visits.id}
        for call in (
            lambda: self._as(self.billing, pattern.browse()).create(values),
            lambda: self._as(self.billing, pattern).write({"recurrence_id": visits.id}),
        ):
            with self.assertRaisesRegex(AccessError, "makes its recurrence itself"):
                call()
        pattern.sudo().write({"recurrence_id": pattern.recurrence_id.id})

    def test_pause_asks_for_invoicing(self):
        """RI+6: a pause skips dates of invoices: that is for people of Invoicing, whoever may change a contract."""
        pattern = self._make_pattern(user_id=self.planner.id)
        pattern.recurrence_id._generate()
        for model in ("recurring.invoice", "recurring.invoice.line"):
            self.env["ir.model.access"].create(
                {"name": "Planners", "model_id": self.env["ir.model"]._get_id(model), "perm_read": True,
                 "perm_write": True, "perm_create": True, "perm_unlink": True,
                 "group_id": self.env.ref("recurring_interaction.group_recurring_interaction_manager").id}
            )  # fmt: skip
        first = pattern.recurrence_id.interaction_ids.sorted("day")[0]
        with self.assertRaisesRegex(AccessError, "people of Invoicing"):
            self._as(self.planner, pattern)._pause(first.day, first.day, "Closed")
        self.assertEqual(first.state, "planned")

    def test_quantity_that_is_moved(self):
        """RI+6: a quantity is moved to no line whose quantities are not for its author."""
        pattern = self._make_pattern()
        first, second = pattern.invoice_line_ids
        (first | second).quantity_source = "typed"
        quantity = self.env["recurring.quantity"].create({"line_id": first.id, "date": TODAY, "quantity": 2})
        self.env["ir.rule"].create(
            {"name": "First", "model_id": self.env["ir.model"]._get_id("recurring.quantity"), "perm_read": False,
             "perm_create": False, "perm_unlink": False, "domain_force": f"[('line_id', '=', {first.id})]"}
        )  # fmt: skip
        mine = self._as(self.billing, quantity)
        with patch.object(type(quantity), "_check_not_billed", lambda _rows: None), self.assertRaises(AccessError):
            mine.line_id = second
        mine.quantity = 3

    def test_invoice_that_is_there(self):
        """RI7: the date of an invoice that is out is not planned again, and its invoice is not made twice."""
        _pattern, date = self._make_due()
        date.action_issue()
        with mute_logger(ISSUE), self.assertRaisesRegex(UserError, "An invoice was made for this date"):
            date.action_plan_again()
        self.assertEqual((date.state, date.interaction_invoice_ids.state), ("done", "issued"))

    def test_skipped_is_not_issued(self):
        """RI+5: what is not planned any more is not issued, whoever asks."""
        _pattern, date = self._make_due()
        date._mark_skipped()
        self.assertFalse(date._issue(asked=True))
        self.assertEqual((date.state, date.interaction_invoice_ids.ids), ("skipped", []))

    def test_last_day_of_notice(self):
        """RI+6: on its last day notice ends the term, also where it has gone on by now; after it, the next."""
        pattern = self._make_pattern(
            month_by="day", month_day=1, end_type="forever", date_start="2026-03-01", contract_months=1,
            notice_days=10, renewal="renew",
        )  # fmt: skip
        ends = [str(pattern._end_by_notice(datetime.date(2026, 3, day))) for day in (21, 22)]
        self.assertEqual(ends, ["2026-03-31", "2026-04-30"])
        pattern.sudo().date_term_end = "2026-05-31"
        ends = [str(pattern._end_by_notice(datetime.date(2026, 4, day))) for day in (20, 21)]
        self.assertEqual(ends, ["2026-04-30", "2026-05-31"])
