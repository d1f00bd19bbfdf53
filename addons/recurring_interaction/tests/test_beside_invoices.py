"""Invoices, prices and hours: of the line, the customer, the date and the recurrence that are meant."""

import datetime
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_beside_agenda import taken
from .test_contract import ISSUE, ContractCase

ONE_DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestIssueOthers(ContractCase):
    """RI+2, RI+5: what is issued, told and noted beside something else."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(ISSUE))

    def _two(self, **values):
        """Return a pattern of two customers, its due date and the rows of both."""
        pattern, date = self._make_due(customer_ids=[Command.set(self.other_customer.ids)], **values)
        issues = date.sudo()._ensure_issues().sorted(lambda issue: issue.partner_id != self.customer)
        self.assertEqual(issues.partner_id, self.customer | self.other_customer)
        return pattern, date, *issues

    def test_mails_of_what_is_posted(self):
        """RI+4: a mail is kept back where an invoice is taken back that was posted, not where it was cancelled."""
        _pattern, date = self._make_due()
        _other, beside = self._make_due()
        (date | beside).action_issue()
        posted, cancelled = date.interaction_invoice_ids.move_id, beside.interaction_invoice_ids.move_id
        (posted | cancelled).sudo().sending_data = False
        cancelled.button_draft()
        cancelled.button_cancel()
        kept = []
        rows = type(date.interaction_invoice_ids)
        with patch.object(rows, "_take_back_mails", lambda _model, moves: kept.append(moves)):
            (posted | cancelled).write({"state": "draft"})
        self.assertEqual(kept, [posted])

    def test_mail_that_is_being_sent(self):
        """RI+4: a mail that is being sent at this moment is not kept back."""
        _pattern, date = self._make_due()
        date.action_issue()
        move = date.interaction_invoice_ids.move_id
        move.sudo().sending_data = False
        values = {"model": "account.move", "res_id": move.id, "is_owed": True, "state": "outgoing"}
        mail = self.env["mail.mail"].sudo().create(values)
        called = []
        with (
            patch.object(type(mail), "try_lock_for_update", lambda rows, **_options: rows.browse()),
            patch.object(type(mail), "_call_off", lambda mails: called.append(mails)),
        ):
            self.env["recurring.interaction.invoice"]._take_back_mails(move)
        self.assertNotIn(mail, mail.browse().union(*called))
        self.assertFalse(date.interaction_invoice_ids.is_mail_taken_back)

    def test_mail_that_was_not_taken_back(self):
        """RI+4: an invoice that is posted, and was not taken back before, is sent once."""
        _pattern, date = self._make_due(send_mail=True)
        date.action_issue()
        move = date.interaction_invoice_ids.move_id
        self.assertTrue(move.sending_data)
        move.sudo().sending_data = False
        self.env["recurring.interaction.invoice"]._queue_mails_again(move)
        self.assertFalse(move.sending_data)

    def test_period_that_is_open(self):
        """RI+5: an invoice says where it is booked only where that is not its own day."""
        _pattern, date = self._make_due()
        date.action_issue()
        move = date.interaction_invoice_ids.move_id
        self.assertEqual(move.date, move.invoice_date)
        self.assertFalse(move.message_ids.filtered(lambda message: "is locked" in (message.body or "")))

    def test_how_many_were_issued(self):
        """RI+5: what could not be issued is not counted as issued."""
        self.other_customer.email = False
        _pattern, date, _first, _second = self._two(send_mail=True)
        told = date.issue_dates()
        self.assertEqual((told["issued"], len(told["reasons"])), (1, 1))

    def test_lost_is_not_waived(self):
        """RI+5: of the invoices of a date those that were lost are made again; what was let go is let go."""
        _pattern, _date, lost, waived = self._two()
        lost.state = "lost"
        waived._mark_waived("Not this one")
        self.assertEqual((lost | waived)._still_lost(), lost)

    def test_failed_is_not_edited(self):
        """RI+5: a date of which no invoice was made is as it was planned."""
        _pattern, date, first, second = self._two()
        (first | second).state = "failed"
        date.sudo()._close_issued()
        self.assertEqual((date.state, date.is_edited), ("planned", False))
        first.state = "issued"
        date.sudo()._close_issued()
        self.assertEqual((date.state, date.is_edited), ("planned", True))

    def test_obstacles_are_found_anew(self):
        """RI+5: what stood in the way when it was tried is shown as it is now."""
        _pattern, date, first, second = self._two()
        first.write({"state": "failed", "reason": "It was tried", "is_obstacle": False})
        second.write({"state": "failed", "reason": "It was in the way", "is_obstacle": True})
        date.invalidate_recordset(["obstacle"])
        self.assertIn("It was tried", date.obstacle)
        self.assertNotIn("It was in the way", date.obstacle)

    def test_warning_of_one_invoice(self):
        """RI+5: a warning about an invoice says nothing in other activities, and is one for each invoice."""
        _pattern, date, first, second = self._two()
        planned = date.planned_activity_ids
        note = planned.note
        self.assertTrue(planned)
        first._mark_failed("First")
        second._mark_failed("Second")
        first._mark_failed("Again")
        warnings = date.activity_ids - planned
        self.assertEqual(
            {warning.recurring_interaction_invoice_id: str(warning.note) for warning in warnings},
            {first: "<p>Again</p>", second: "<p>Second</p>"},
        )
        self.assertEqual(planned.note, note)

    def test_missed_dates_of_one_recurrence(self):
        """RI+2: only where a recurrence says so, and only its own planned invoices, become one invoice."""
        dates = {}
        for name, mode in (("one", "one"), ("each", "each"), ("other", "one")):
            pattern = self._make_pattern(date_start="2025-10-07", count=5, missed_mode=mode)
            pattern.recurrence_id._generate()
            dates[name] = pattern.recurrence_id.interaction_ids.sorted("day").sudo()
        first, second, done, visit, late = dates["one"]
        done._write({"state": "done"})
        visit._write({"kind": "interaction"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(first._with_missed(), first | second | late)
        self.assertEqual(dates["each"][0]._with_missed(), dates["each"][0])
        both = dates["each"][0] | first
        self.assertEqual(both._with_missed(), both | second | late)

    def test_try_again(self):
        """RI+5: what had failed is tried again: of this recurrence, of what is still planned."""
        pattern = self._make_pattern(date_start="2025-12-02", count=3)
        pattern.recurrence_id._generate()
        failed, skipped, due = pattern.recurrence_id.interaction_ids.sorted("day")
        _beside, other = self._make_due()
        dates = failed | skipped | due | other
        issues = dates.sudo()._ensure_issues()
        issues.write({"state": "failed", "attempts": 2})
        due.interaction_invoice_ids.sudo().write({"state": "waived"})
        skipped.sudo()._write({"state": "skipped"})
        self.env.flush_all()
        self.env.invalidate_all()
        pattern.recurrence_id._try_again()
        states = [date.interaction_invoice_ids.state for date in (failed, skipped, due, other)]
        self.assertEqual(states, ["due", "failed", "waived", "failed"])

    def test_told_before(self):
        """RI+6: that a date was let go for one customer is nothing for another one."""
        pattern = self._make_pattern(date_start="2026-01-06", customer_ids=[Command.set(self.other_customer.ids)])
        pattern.recurrence_id._generate()
        first, second, *_others = pattern.recurrence_id.interaction_ids.sorted("day")
        issues = first.sudo()._ensure_issues()
        issues.filtered(lambda issue: issue.partner_id == self.other_customer)._mark_waived("Not this one")
        before = pattern.recurrence_id._date_billed_before
        self.assertEqual(before(second.occurrence_date, self.customer), first.occurrence_date)
        self.assertFalse(before(second.occurrence_date, self.other_customer))


@tagged("post_install", "-at_install")
class TestLinesBeside(ContractCase):
    """RI9, RI+6: lines, prices, taxes and hours."""

    def _note(self, pattern):
        pattern.invoice_line_ids = [Command.create({"display_type": "line_note", "name": "Thank you"})]
        return pattern.invoice_line_ids.filtered(lambda line: line.display_type == "line_note")

    def test_sales_journal(self):
        """RI9: a recurring invoice starts in a journal of sales, whichever comes first."""
        journals = self.env["account.journal"].search([("company_id", "=", self.env.company.id)])
        journals.filtered(lambda journal: journal.type == "sale").sequence = 90
        self.env.flush_all()
        self.assertEqual(self._make_pattern().journal_id.type, "sale")

    def test_chosen_journal(self):
        """RI9: terms are taken anew, a journal that somebody chose stays."""
        pattern = self._make_pattern()
        chosen = pattern.journal_id.copy({"name": "Contracts", "code": "CONTR", "sequence": 95})
        pattern.journal_id = chosen
        pattern.action_take_anew()
        self.assertEqual(pattern.journal_id, chosen)

    def test_billed_once(self):
        """RI+6: what was billed once is no part of the price, of the price on a day, nor of what is compared."""
        pattern = self._subscription()
        once = Command.create({"product_id": self.product_b.id, "price_unit": 90.0, "tax_ids": False, "is_once": True})
        pattern.invoice_line_ids = [once]
        regular, line = pattern.invoice_line_ids.sorted("price_unit", reverse=True)
        self.assertEqual(pattern.amount_total, 400.0)
        date = pattern.recurrence_id.interaction_ids.sorted("day")[0]
        pattern._note_billed_once(date.occurrence_date)
        self.assertEqual([regular.date_once, line.date_once], [False, date.occurrence_date])
        self.assertEqual((pattern.amount_untaxed, pattern.amount_total), (310.0, 310.0))
        change = {"mode": "percent", "percent": 10, "date_from": TODAY}
        pattern.price_change_ids = [Command.create(change)]
        self.assertEqual(pattern._amount_on(TODAY), 341.0)
        pattern._note_billed_once(date.occurrence_date + ONE_DAY)
        self.assertEqual(line.date_once, date.occurrence_date, "it stays billed for its date")
        pattern._bill_once_later(date.occurrence_date + ONE_DAY)
        self.assertEqual(line.date_once, date.occurrence_date)
        pattern._bill_once_later(date.occurrence_date)
        self.assertFalse(line.date_once)

    def test_taxes_of_what_was_billed_once(self):
        """RI+6: that a tax was replaced on what is billed no more keeps nothing from being billed."""
        pattern = self._subscription(terms_mode="agreed")
        line = pattern.invoice_line_ids
        self.env.flush_all()
        line.product_id.taxes_id = self.env["account.tax"].create({"name": "New", "amount": 7})
        self.assertTrue(list(pattern._find_replaced_on_lines()))
        line.sudo().write({"is_once": True, "date_once": TODAY})
        self.assertFalse(list(pattern._find_replaced_on_lines()))

    def test_notes_are_no_products(self):
        """RI9: a note needs no account, and has no analytic distribution."""
        account = self.env["account.analytic.account"].create(
            {"name": "Mill", "plan_id": self.env["account.analytic.plan"].create({"name": "Projects"}).id}
        )
        self.env["account.analytic.distribution.model"].create(
            {"partner_id": self.customer.id, "analytic_distribution": {str(account.id): 100}}
        )
        pattern = self._make_pattern()
        note = self._note(pattern)
        (pattern.invoice_line_ids)._compute_analytic_distribution()
        self.assertTrue(pattern.invoice_line_ids[0].analytic_distribution)
        self.assertFalse(note.analytic_distribution)
        pattern.journal_id.default_account_id = False
        self.assertEqual(pattern._without_account(), [])

    def test_taxes_of_another_company(self):
        """RI9: a product with taxes of another company only has those of its account here."""
        pattern = self._make_pattern()
        line = pattern.invoice_line_ids[0]
        foreign = self.setup_other_company(name="Elsewhere")["default_tax_sale"]
        own = self.env["account.tax"].create({"name": "Own", "amount": 7, "type_tax_use": "sale"})
        line.account_id.tax_ids = own
        line.product_id.sudo().taxes_id = foreign
        self.assertEqual(line._default_taxes(), own)

    def test_hours_of_a_line_and_customer(self):
        """RI+6: hours are billed of a line, to a customer: those of another line or customer are not."""
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create({"name": "Mill", "plan_id": plan.id})
        line = {"name": "Hours", "price_unit": 100.0, "tax_ids": False, "quantity_source": "analytic",
                "analytic_distribution": {str(project.id): 100}}  # fmt: skip
        pattern = self._subscription(
            date_start="2026-01-01", period_mode="arrears", end_type="count", count=5,
            lines=[Command.create(line), Command.create(line)], customer_ids=[Command.set(self.other_customer.ids)],
        )  # fmt: skip
        values = {"name": "work", "unit_amount": 2, plan._column_name(): project.id}
        booked = self.env["account.analytic.line"]
        for day in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"):
            booked.create({**values, "date": day})
        self._issued(pattern, "2026-02")
        date = pattern.recurrence_id.interaction_ids.sorted("day").filtered(lambda item: str(item.day)[:7] == "2026-02")
        first = pattern.invoice_line_ids[0]
        for customer in self.customer | self.other_customer:
            deal = pattern._make_deal(date.occurrence_date, customer, date.day)
            rows = first._billed_hours(deal, "=")
            self.assertEqual((rows.line_id, rows.partner_id, len(rows)), (first, customer, 1))
        january = (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
        self.assertEqual(set(first._booked_by_day(project, *january)), set(january))
        of_invoice = date.interaction_invoice_ids.move_id.line_ids[:1]
        booked.create({**values, "date": "2026-01-15", "move_line_id": of_invoice.id})
        self.assertEqual(set(first._booked_by_day(project, *january)), set(january))

    def test_quantities_that_count_no_more(self):
        """RI+6: a number that nothing is billed by may go, whatever was billed; one that counts may not."""
        pattern, date = self._make_due()
        line = pattern.invoice_line_ids[0]
        line.quantity_source = "typed"
        quantity = self.env["recurring.quantity"].create(
            {"line_id": line.id, "date": date.occurrence_date, "quantity": 5}
        )
        date.action_issue()
        with self.assertRaisesRegex(UserError, "billed already"):
            quantity.unlink()
        line.quantity_source = "fixed"
        quantity.unlink()
        self.assertFalse(quantity.exists())

    def test_prices_that_nobody_announces(self):
        """RI+6: without days ahead there is no day from which customers are told."""
        pattern = self._subscription(
            price_change_ids=[
                Command.create({"mode": "percent", "percent": 5, "date_from": "2026-09-01", "announce_days": days})
                for days in (0, 1)
            ]
        )
        found = [change.date_announce for change in pattern.price_change_ids.sorted("announce_days")]
        self.assertEqual(found, [False, datetime.date(2026, 8, 31)])

    def test_changes_that_were_told(self):
        """RI+6: who was told nothing is not told anew."""
        index = self.env["recurring.index"].create({"name": "Prices"})
        index.value_ids = [Command.create({"date_from": "2026-01-01", "value": 100.0})]
        change = {"mode": "index", "index_id": index.id, "date_from": "2026-05-01", "date_base": "2026-03-01"}
        pattern = self._subscription(price_change_ids=[Command.create(change)])
        self.assertFalse(index._announced_changes())
        pattern.price_change_ids.sudo().date_announced = fields.Datetime.now()
        self.assertEqual(index._announced_changes(), pattern.price_change_ids)

    def test_what_the_night_looks_after(self):
        """RI+6: contracts and announcements of what is planned and not archived; prices that are in force."""
        changes = [Command.create({"mode": "percent", "percent": 5, "date_from": "2026-03-02", "announce_days": 9})]
        names = ("running", "draft", "archived")
        patterns = {name: self._subscription(contract_months=1, price_change_ids=changes) for name in names}
        patterns["archived"].action_archive()
        self.env.flush_all()
        patterns["draft"].recurrence_id.sudo()._write({"is_generated": False})
        patterns["archived"].recurrence_id.sudo()._write({"is_generated": True})
        later = self._subscription(price_change_ids=[Command.create({"mode": "percent", "percent": 5,
                                                                     "date_from": "2026-03-03"})])  # fmt: skip
        self._travel("2026-03-31 10:00:00")
        self.env.flush_all()
        self.env.invalidate_all()
        every = self.env["recurring.invoice"].union(*patterns.values()).with_context(active_test=False)
        self.assertTrue(all(every.mapped("date_contract_step")))
        self.assertEqual(taken(every, every._cron_contracts), patterns["running"])
        told = every.price_change_ids
        self.assertEqual(len(told), 3)
        self.assertEqual(taken(told, told._cron_announce), patterns["running"].price_change_ids)
        self._travel("2026-03-02 10:00:00")
        anew = []
        with (
            patch.object(type(every), "_compute_anew", lambda records, *_names: anew.append(records)),
            patch.object(type(every), "_cron_each", lambda *_args, **_options: None),
        ):
            every._cron_note_revenue()
        self.assertIn(patterns["running"], anew[0])
        self.assertNotIn(later, anew[0])

    def test_revenue_that_was_none(self):
        """RI+6: what brought nothing is nothing that is lost."""
        pattern = self._make_pattern()
        self.assertFalse(pattern.noted_revenue)
        before = self.env["recurring.revenue"].search([])
        pattern.unlink()
        self.assertEqual(self.env["recurring.revenue"].search([]), before)

    def test_who_is_told_of_a_cancellation(self):
        """RI+6: a customer who wants to end a contract is told of at the next date, not at one that is done."""
        self.env.company.recurring_portal_cancel = True
        pattern = self._subscription()
        first, second, *_others = pattern.recurrence_id.interaction_ids.sorted("day")
        first.sudo()._write({"state": "skipped"})
        self.env.invalidate_all()
        pattern._ask_to_cancel(self.customer, "No more")
        warning = self.env.ref("mail.mail_activity_data_warning")
        self.assertFalse(first.activity_ids.filtered(lambda activity: activity.activity_type_id == warning))
        self.assertTrue(second.activity_ids.filtered(lambda activity: activity.activity_type_id == warning))
