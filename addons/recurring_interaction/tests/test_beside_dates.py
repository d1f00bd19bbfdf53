import datetime
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.recurring_contract import MOST_YEARS
from .common import GROUPS, InvoiceCase, RecurringCase
from .test_contract import ContractCase

ISSUE = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestDatesBeside(RecurringCase):
    """Dates beside the one that is meant stay what they are."""

    def setUp(self):
        super().setUp()
        recurrence = self._make_recurrence(user_id=self.own_user.id, count=4)
        recurrence._generate()
        self.first, self.second, self.third, _last = recurrence.interaction_ids.sorted("day")
        self.dates = recurrence.interaction_ids

    def test_what_is_done_stays_done(self):
        """RI4: a step is of the dates that can take it: when it was done, and that it was, stays."""
        self.first._mark_done()
        done = self.first.date_done
        self._travel("2026-03-02 12:00:00")
        (self.first | self.second)._mark_done()
        self.assertEqual(self.first.date_done, done)
        self.assertGreater(self.second.date_done, done)
        (self.first | self.third)._mark_skipped()
        self.assertEqual((self.first.state, self.third.state), ("done", "skipped"))
        last = self.dates - self.first - self.second - self.third
        (self.third | last)._mark_planned()
        self.assertEqual((self.third.state, last.state, last.is_edited), ("planned", "planned", False))

    def test_system_changes_what_is_done(self):
        """RI4: a person does not change what is done; the system may, as it moves rows along."""
        self.first._mark_done()
        with self.assertRaisesRegex(UserError, "What is done"):
            self.first.with_user(self.own_user).name = "Changed"
        self.first.sudo().name = "Changed"
        self.assertEqual(self.first.name, "Changed")

    def test_events_of_interactions(self):
        """RI5: nobody but the interaction makes its event."""
        events = self.env["calendar.event"].with_user(self.own_user)
        values = {"name": "Mine", "start": "2026-03-03 10:00:00", "stop": "2026-03-03 11:00:00"}
        link = {"recurring_interaction_ids": [Command.link(self.first.id)]}
        event = events.create(values)
        for call in (lambda: events.create({**values, **link}), lambda: event.write(link)):
            with self.assertRaisesRegex(AccessError, "makes its calendar event by itself"):
                call()
        self.first.sudo().calendar_event_id = False
        event.sudo().write(link)
        self.assertEqual(self.first.calendar_event_id, event)

    def test_steps_of_others(self):
        """RI5: who may not change a date takes no step with it, not even where it has just been read."""
        theirs = self.dates.with_user(new_test_user(self.env, "ri_beside_own", GROUPS.format("user")))
        self.assertEqual(set(self.dates.mapped("state")), {"planned"})
        for call in (theirs.action_done, theirs.action_skip, theirs.action_plan_again):
            with self.subTest(call=call.__name__), self.assertRaises(AccessError):
                call()
        self.assertEqual(set(self.dates.mapped("state")), {"planned"})

    def test_search_by_all_that_is_shown(self):
        """RI5: a search by what a busy entry shows, all of it, is not one for what is hidden."""
        events = self.env["calendar.event"].with_user(self.own_user)
        self.assertFalse(events._asks_for_hidden(events._get_public_fields()))
        self.assertTrue(events._asks_for_hidden({*events._get_public_fields(), "description"}))

    def test_feed_of_one_person(self):
        """RI+1: the feed of somebody who sees the dates of the team holds the own ones."""
        mine = self._make_recurrence(name="Visit", user_id=self.manager.id, count=1)
        mine._generate()
        text = str(self.env["recurring.feed"]._calendar_of(self.manager))
        self.assertTrue(self.first.with_user(self.manager).has_access("read"))
        self.assertIn("Visit", text)
        self.assertNotIn("Call back customers", text)

    def test_year_of_one_recurrence(self):
        """RI4: the year that is shown is that of the recurrence."""
        other = self._make_recurrence(count=1)
        other._generate()
        domain = self.first.recurrence_id.action_open_year()["domain"]
        self.assertEqual(self.env["recurring.interaction"].search(domain), self.dates)

    def test_no_obstacle_for_visits(self):
        """RI+5: nothing stands in the way of what makes no invoice."""
        self.assertEqual(set(self.dates.mapped("obstacle")), {False})


@tagged("post_install", "-at_install")
class TestContractBeside(ContractCase):
    """The last day on each side of a limit of a contract."""

    def test_last_days(self):
        """RI+6: a term of one day is one; notice of a hundred years ahead is the last that is taken."""
        pattern = self._subscription(date_term_end="2026-03-02")
        self.assertEqual(str(pattern.date_term_end), "2026-03-02")
        pattern = self._subscription(date_start="2026-03-01", contract_months=12)
        year = pattern.date_term_end.year + MOST_YEARS
        self.assertEqual(pattern._end_by_notice(datetime.date(year, 1, 31)).year, year)

    def test_contracts_of_others(self):
        """RI+6: people of Invoicing of another company end, pause and resume nothing, not even what was just read."""
        pattern = self._subscription(date_start="2026-03-01", notice_days=10)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        rival = new_test_user(
            self.env, "ri_beside_rival", "base.group_user,account.group_account_invoice", company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )  # fmt: skip
        day = datetime.date(2026, 4, 1)
        theirs = pattern.with_env(self.env(user=rival, context={}))
        self.assertFalse(pattern.date_notice_given)
        for call in (lambda: theirs._give_notice(day), lambda: theirs._pause(day, day, "x")):
            with self.assertRaises(AccessError):
                call()
        pattern._give_notice(day)
        with self.assertRaises(AccessError):
            theirs.action_withdraw_notice()
        self.assertTrue(pattern.date_notice_given)

    def test_renewed_on_the_last_day(self):
        """RI+6: found on the very last day of a later term, the contract goes on until that day."""
        pattern = self._subscription(date_start="2026-03-01", contract_months=1)
        pattern.sudo().date_reminded = pattern.date_term_end
        self._travel("2026-04-30 10:00:00")
        pattern._take_contract_step()
        self.assertEqual(str(pattern.date_term_end), "2026-04-30")

    def test_index_of_its_own(self):
        """RI+6: a new figure tells customers again whose price goes by that index; the day of the price is named."""
        indexes = self.env["recurring.index"].create([{"name": name} for name in ("Prices", "Wages")])
        indexes.value_ids.create([{"index_id": each.id, "date_from": "2026-01-01", "value": 100.0} for each in indexes])
        pattern = self._subscription(
            price_change_ids=[
                Command.create({"mode": "index", "index_id": index.id, "date_from": day, "date_base": "2026-03-01"})
                for index, day in zip(indexes, ("2026-05-01", "2026-08-01"), strict=True)
            ]
        )
        changes = pattern.sudo().price_change_ids
        changes.date_announced = "2026-03-02"
        for index in indexes:
            own = changes.filtered(lambda change, index=index: change.index_id == index)
            self.assertEqual(index._announced_changes() & changes, own)
        changes.date_announced = False
        with self.assertRaisesRegex(ValidationError, "Choose the index"):
            changes[0].date_base = False


@tagged("post_install", "-at_install")
class TestIssueBeside(InvoiceCase):
    """Invoices of the dates that are meant, by who may."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(ISSUE))
        self.planner = new_test_user(
            self.env, "ri_beside", GROUPS.format("manager"), company_id=self.env.company.id, tz="Europe/Brussels"
        )

    def _root(self):
        """Return the superuser without the right to invoice, as a scheduled action has it."""
        root = self.env["res.users"].browse(SUPERUSER_ID)
        root.sudo().group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        return root

    def _two(self, **values):
        pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)], **values)
        return (
            pattern,
            interaction,
            lambda partner: interaction.interaction_invoice_ids.filtered(lambda issue: issue.partner_id == partner),
        )

    def test_who_invoices(self):
        """RI+5: people without Invoicing issue, skip, pause and delete no invoice; the system needs no group."""
        pattern, interaction = self._make_due(user_id=self.planner.id)
        theirs = interaction.with_user(self.planner)
        self.assertTrue(theirs.has_access("write"))
        for call in (theirs.action_done, theirs.action_skip, theirs.action_let_go, theirs.action_issue_again):
            with self.subTest(call=call.__name__), self.assertRaisesRegex(AccessError, "people of Invoicing"):
                call()
        self.assertEqual((interaction.state, interaction.interaction_invoice_ids.move_id.ids), ("planned", []))
        pattern.recurrence_id.sudo().active = False
        pattern.recurrence_id.sudo()._write({"is_generated": False})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            theirs.unlink()
        root = interaction.with_user(self._root())
        root._check_may_invoice()
        root._check_may_issue()

    def test_who_may_not_change_the_date(self):
        """RI+5: a person of Invoicing issues no invoice of a date that is not for that person to change."""
        _pattern, interaction = self._make_due()
        billing = new_test_user(
            self.env, "ri_beside_billing", "base.group_user,account.group_account_invoice,"
            "recurring_interaction.group_recurring_interaction_user", company_id=self.env.company.id,
        )  # fmt: skip
        interaction.recurrence_id.user_id = interaction.user_id = self.planner
        self.env.flush_all()
        stranger = interaction.with_user(billing)
        if stranger.has_access("write"):
            self.skipTest("people of Invoicing may change all dates of invoices")
        with self.assertRaises(AccessError):
            stranger._check_may_issue()

    def test_issued_by_somebody_else(self):
        """RI+3: who asks is told that somebody else issues; the scheduled action leaves it alone."""
        _pattern, interaction = self._make_due(auto_issue=True)
        nothing = patch.object(type(interaction), "try_lock_for_update", lambda rows, **_options: rows.browse())
        with nothing, self.assertRaisesRegex(UserError, "by somebody else"):
            interaction._issue(asked=True)
        with nothing:
            self.assertFalse(interaction._issue())
        self.assertFalse(interaction.interaction_invoice_ids)

    def test_one_of_two_locked(self):
        """RI+3: a date that somebody else holds keeps no other from being issued."""
        pattern = self._make_pattern(date_start="2026-01-06", count=2, auto_issue=True)
        pattern.recurrence_id._generate()
        first, second = pattern.recurrence_id.interaction_ids.sorted("day")
        with patch.object(type(first), "try_lock_for_update", lambda rows, **_options: rows - first):
            (first | second)._issue()
        self.assertEqual((first.state, second.state), ("planned", "done"))

    def test_attempts_that_ended(self):
        """RI+5: what failed for good waits for a person, night after night."""
        _pattern, interaction = self._make_due(auto_issue=True)
        issue = interaction.sudo()._ensure_issues()
        issue.write({"state": "failed", "date_next_try": False})
        interaction._issue()
        self.assertEqual((issue.state, issue.move_id.ids), ("failed", []))

    def test_nothing_to_bill_beside_something(self):
        """RI+6: an invoice of nothing is waived, the one that is issued with it is not."""
        self.env.company.recurring_skip_empty = True
        empty = [Command.create({"product_id": self.product_a.id, "price_unit": 0.0, "tax_ids": False})]
        _free, nothing = self._make_due(lines=empty)
        _pattern, something = self._make_due()
        (nothing | something)._issue(asked=True)
        issues = [date.interaction_invoice_ids.state for date in (nothing, something)]
        self.assertEqual(issues, ["waived", "issued"])

    def test_all_of_a_date(self):
        """RI+5: a date of which one invoice is issued and the other waived is done."""
        _pattern, interaction, issue_of = self._two()
        interaction.sudo()._ensure_issues()
        issue_of(self.other_customer).sudo()._mark_waived("nothing")
        interaction.action_issue()
        self.assertEqual(sorted(interaction.interaction_invoice_ids.mapped("state")), ["issued", "waived"])
        self.assertEqual(interaction.state, "done")

    def test_error_after_the_first(self):
        """RI+5: an error of the night is noted on what is still due; what was issued stays issued."""
        _pattern, interaction, issue_of = self._two()
        interaction.sudo()._ensure_issues()
        issue_of(self.customer).sudo().state = "issued"
        interaction.sudo()._cron_failed("_issue", UserError("No"))
        self.assertEqual((issue_of(self.customer).state, issue_of(self.other_customer).state), ("issued", "failed"))

    def test_invoices_of_a_date(self):
        """RI10: the invoices that are shown are those of the date."""
        _pattern, interaction, _issue_of = self._two()
        _beside, other = self._make_due()
        interaction.action_issue()
        other.action_issue()
        moves = self.env["account.move"].search(interaction.action_open_invoices()["domain"])
        self.assertEqual(moves, interaction.interaction_invoice_ids.move_id)
        self.assertEqual(len(moves), 2)

    def test_what_the_night_takes(self):
        """RI+2: planned dates of invoices that are issued by themselves, and that wait for nothing."""
        domains = []
        dates = {}
        now = fields.Datetime.now()
        for name in ("plain", "done", "by hand", "archived", "later", "again", "waived", "due"):
            pattern, dates[name] = self._make_due(auto_issue=name != "by hand")
            if name in ("later", "again", "waived", "due"):
                state = {"waived": "waived", "due": "due"}.get(name, "failed")
                when = {"later": now + datetime.timedelta(hours=1), "waived": now, "again": now}.get(name, False)
                dates[name].sudo()._ensure_issues().sudo().write({"state": state, "date_next_try": when})
            if name == "archived":
                pattern.recurrence_id.sudo()._write({"active": False})
        visit = self._make_recurrence(date_start="2026-02-03", count=1, catch_up=True)
        visit.sudo()._write({"auto_issue": True})
        visit._generate()
        dates["visit"] = visit.interaction_ids
        dates["done"].sudo()._write({"state": "done"})
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["recurring.interaction"].sudo()
        with patch.object(type(found), "_cron_each", lambda _model, domain, *_args, **_options: domains.append(domain)):
            found._cron_issue_invoices()
        taken = found.union(*map(found.search, domains))
        names = {name for name, date in dates.items() if date in taken}
        self.assertEqual(names, {"plain", "again", "due"})

    def test_what_was_done_tonight(self):
        """RI+2: counted are this night's invoices, of this recurrence, made by the scheduled action itself."""
        pattern = self._make_pattern(date_start="2025-11-04", count=5)
        pattern.recurrence_id._generate()
        mine, by_hand, before, waived, open_ = pattern.recurrence_id.interaction_ids.sorted("day")
        _beside, other = self._make_due()
        dates = mine | by_hand | before | waived | open_ | other
        issues = dates.sudo()._ensure_issues().sudo()
        for date in dates - waived - open_:
            move = self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.customer.id})
            date.interaction_invoice_ids.sudo().move_id = move
        now = fields.Datetime.now()
        for date, user, moment in (
            (mine, self.env.user, now), (by_hand, self.planner, now), (waived, self.env.user, now),
            (before, self.env.user, now - datetime.timedelta(days=3)), (other, self.env.user, now),
        ):  # fmt: skip
            date.sudo()._write({"done_by_id": user.id, "date_done": moment})
        self.env.flush_all()
        self.env.invalidate_all()
        done = (issues & open_.interaction_invoice_ids)._done_tonight()
        self.assertEqual(done, {pattern.recurrence_id: 1})

    def test_mails_that_are_taken_back(self):
        """RI+4: an owed mail about this very invoice; not what somebody wrote about it, nor a mail of its neighbour."""
        _pattern, interaction = self._make_due()
        _beside, other = self._make_due()
        (interaction | other).action_issue()
        move, neighbor = interaction.interaction_invoice_ids.move_id, other.interaction_invoice_ids.move_id
        (move | neighbor).sudo().sending_data = False
        owed = {"model": "account.move", "res_id": move.id, "is_owed": True, "state": "outgoing"}
        by_name = {
            "own": owed,
            "by hand": {**owed, "is_owed": False},
            "neighbor": {**owed, "res_id": neighbor.id},
            "partner": owed,
        }
        mails = {name: self.env["mail.mail"].sudo().create(values) for name, values in by_name.items()}
        # a contact with this number need not be there
        mails["partner"].mail_message_id.model = "res.partner"
        called = []
        with patch.object(type(mails["own"]), "_call_off", lambda mails: called.append(mails)):
            self.env["recurring.interaction.invoice"]._take_back_mails(move)
        self.assertEqual(called, [mails["own"]])
        self.assertTrue(interaction.interaction_invoice_ids.is_mail_taken_back)
        self.assertFalse(other.interaction_invoice_ids.is_mail_taken_back)

    def test_invoices_that_are_lost_once(self):
        """RI+5: cancelled again, the same date is not lost twice; another's invoice that is back is another's."""
        _pattern, interaction = self._make_due()
        _beside, other = self._make_due()
        (interaction | other).action_issue()
        issue, beside = interaction.interaction_invoice_ids.sudo(), other.interaction_invoice_ids.sudo()
        beside.state = "lost"
        model = self.env["recurring.interaction.invoice"]
        beside.state = "issued"
        model._lose_invoices(issue.move_id)
        self.assertEqual((issue.state, beside.state), ("lost", "issued"))
        beside.state = "lost"
        (issue | beside).is_mail_taken_back = True
        model._queue_mails_again(issue.move_id)
        self.assertEqual((issue | beside).mapped("is_mail_taken_back"), [False, True])
        issue.state = "waived"
        model._lose_invoices(issue.move_id)
        self.assertEqual(issue.state, "waived")
        issue.state = "lost"
        model._find_invoices(issue.move_id)
        self.assertEqual((issue.state, beside.state), ("issued", "lost"))
