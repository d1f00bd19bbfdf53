"""What lies beside what is meant: records of the neighbour, what is no product, and the day of today itself."""

import base64
import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models import recurring_pattern, recurring_recurrence_plan
from ..recurrence import rule_text
from .common import GROUPS, TODAY, InvoiceCase, RecurringCase


@tagged("post_install", "-at_install")
class TestBeside(RecurringCase):
    """RI1, RI+3, RI+4: recurrences and their windows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = cls._make_recurrence(name="Of the manager", user_id=cls.manager.id)

    def test_ends_without_a_day(self):
        """RI1: until when is said where something ends on a day."""
        with self.assertRaises(ValidationError):
            self._make_recurrence(end_type="until", date_until=False)

    def test_seldom(self):
        """RI1: a date on the last day of what is near is near."""
        recurrence = self._make_recurrence(end_type="forever", count=0)
        plain = recurrence._pattern_preview(recurrence)["next_dates"]
        for days, expected in ((1, True), (0, False)):
            with patch.object(recurring_pattern, "SELDOM", datetime.timedelta(days=days)):
                self.assertEqual(recurrence._pattern_preview(recurrence)["next_dates"] == plain, expected)

    def test_months_in_words(self):
        """RI1: the shorter of two lists of months is said; of two that are as long that of what is meant."""
        for months, words in (("1,2,3,4,5,6", "only in"), ("1,2,3,4,5,6,7", "not in")):
            pattern = rule_text.from_text(f"FREQ=DAILY;BYMONTH={months}", TODAY)
            self.assertIn(words, self.env["recurring.pattern"]._rule_text(pattern))

    def test_generated_is_said_by_generating(self):
        """RI+4: nobody makes a recurrence that says that it was generated."""
        values = {"name": "x", "freq": "daily", "date_start": TODAY, "is_generated": True}
        with self.assertRaises(AccessError):
            self.env["recurring.recurrence"].with_user(self.manager).create(values)

    def test_archived_twice(self):
        """RI3: what is archived already does not stop anew."""
        self.others._generate()
        self.others.action_archive()
        paused = self.others.date_paused
        self._travel("2026-03-20 10:00:00")
        self.others.write({"active": False})
        self.assertTrue(paused)
        self.assertEqual(self.others.date_paused, paused)

    def test_kind_stays(self):
        """RI9: the same kind again is no other one."""
        self.others.write({"kind": self.others.kind})
        with self.assertRaisesRegex(UserError, "cannot be turned"):
            self.others.write({"kind": "invoice"})

    def test_people_who_left_their_team(self):
        """RI+2: an archived member takes no turn."""
        people = self.own_user | self.team_user
        team = self.env["recurring.team"].create({"name": "Desk", "member_ids": [Command.set(people.ids)]})
        recurrence = self._make_recurrence(assignment="team", team_id=team.id)
        self.assertEqual(recurrence._members(), people.sorted(lambda user: (user.name, user.id)))
        self.team_user.active = False
        self.assertEqual(recurrence.with_context(active_test=False)._members(), self.own_user)

    def test_hours_at_another_company(self):
        """RI+1: the working hours of somebody at this company count, not those at another one."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hours = self.env["resource.calendar"].create({"name": "None", "company_id": company.id, "attendance_ids": []})
        hours.attendance_ids.unlink()
        self.env["resource.resource"].create(
            {"name": "x", "user_id": self.own_user.id, "company_id": company.id, "calendar_id": hours.id}
        )
        is_working = self.env["recurring.recurrence"]._working_day_test(self.env.company, self.own_user, TODAY, TODAY)
        self.assertTrue(is_working(TODAY))

    def test_most_dates_that_are_left_out(self):
        """RI3: as many dates as there may be are left out at once, and one more is refused."""
        recurrence = self._make_recurrence(end_type="forever", count=0)
        last = datetime.date(2030, 1, 10)
        first = datetime.date(2030, 1, 1)
        days = [day for day in recurrence._to_pattern(recurrence).dates(until=last) if day >= first]
        for most, fits in ((len(days) - 1, False), (len(days), True)):
            with self.subTest(most=most), patch.object(recurring_recurrence_plan, "MAX_OCCURRENCES", most):
                if fits:
                    skipped = recurrence._skip_ahead(first, last, "Holiday")
                    self.assertEqual(skipped.mapped("occurrence_date"), days)
                else:
                    with self.assertRaisesRegex(UserError, "dates lie in this time"):
                        recurrence._skip_ahead(first, last, "Holiday")

    def test_windows_on_what_others_have(self):
        """RI+4: an open window tells nothing of a recurrence that its reader may not see, read before or not."""
        self.others._generate()
        self.others.read(["kind", "summary", "date_paused", "date_resume"])
        window = self.env["recurring.generate"].with_user(self.own_user)
        for name in ("kind", "kept_count", "was_paused"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                window.new({"recurrence_id": self.others.id})[name]
        self.assertEqual(window.new({}).kept_count, 0, "nothing is chosen yet")
        rules = self.env["recurring.rule.import"]
        values = {"text": "FREQ=DAILY", "recurrence_id": self._make_recurrence(user_id=self.own_user.id).id}
        mine = rules.with_user(self.own_user).create(values)
        with self.assertRaises(AccessError):
            mine.recurrence_id = self.others
        self.assertFalse(rules.with_user(self.team_user).search([("id", "=", mine.id)]))

    def test_feeds_are_personal(self):
        """RI+3: that somebody else has a feed is no feed of one's own."""
        self.env["recurring.feed"].with_user(self.manager)._issue_token()
        links = self.env["recurring.feed.link"]
        for user, has_feed in ((self.manager, True), (self.own_user, False)):
            self.assertEqual(links.with_user(user).sudo().create({}).has_feed, has_feed)

    def test_interactions_of_an_order(self):
        """RI+2: an order lists the interactions about it, and no others."""
        orders = [self.env["sale.order"].create({"partner_id": self.customer.id}) for _number in range(2)]
        recurrence = self._make_recurrence(document=f"sale.order,{orders[0].id}", count=2)
        recurrence._generate()
        interactions = self.env["recurring.interaction"]
        found = [interactions.search(order.action_open_recurring_interactions()["domain"]) for order in orders]
        self.assertEqual(found, [recurrence.interaction_ids, interactions])

    def test_calendars_of_two_entries(self):
        """RI+3: an import shows what it made; a date of today that was left out is left out."""
        entry = (
            "BEGIN:VEVENT\nUID:{0}@x\nSUMMARY:{0}\nDTSTART;VALUE=DATE:20260301\nRRULE:FREQ=DAILY;COUNT=5\n"
            "EXDATE;VALUE=DATE:20260302\nEND:VEVENT\n"
        )
        content = "BEGIN:VCALENDAR\nVERSION:2.0\n" + entry.format("one") + entry.format("two") + "END:VCALENDAR\n"
        values = {"file": base64.b64encode(content.replace("\n", "\r\n").encode()), "file_name": "two.ics"}
        action = self.env["recurring.calendar.import"].with_user(self.own_user).create(values).action_import()
        made = self.env["recurring.recurrence"].search(action["domain"])
        self.assertEqual(sorted(made.mapped("name")), ["one", "two"])
        for recurrence in made:
            today = recurrence.interaction_ids.filtered(lambda item: item.occurrence_date == TODAY)
            self.assertEqual(today.state, "skipped")

    def test_regions(self):
        """RI+1: of the states of a country those are offered that have holidays of their own."""
        states = self.env.ref("base.us").state_ids
        window = self.env["recurring.holiday.import"].new({"country_id": self.env.ref("base.us").id})
        self.assertIn("CA", window.region_ids.mapped("code"))
        self.assertNotIn("AA", window.region_ids.mapped("code"), "the armed forces have none")
        self.assertIn("AA", states.mapped("code"))

    def test_whose_working_hours(self):
        """RI+1: days off go into working hours of the own companies, or of none; a holiday of today is among them."""
        self._travel("2026-12-25 10:00:00")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hours = self.env["resource.calendar"].create({"name": "Theirs", "company_id": company.id})
        window = (
            self.env["recurring.holiday.import"]
            .with_user(self.manager)
            .new({"country_id": self.env.ref("base.be").id, "calendar_id": hours.id})
        )
        with self.assertRaisesRegex(UserError, "another company"):
            window._missing_days()
        hours.company_id = False
        self.assertIn(datetime.date(2026, 12, 25), window._missing_days())


@tagged("post_install", "-at_install")
class TestBesideInvoices(InvoiceCase):
    """RI9, RI+6: recurring invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pattern, cls.interaction = cls._make_due()

    def test_taxes_of_an_account(self):
        """RI9: of the taxes of an account those of sales are proposed."""
        sale, purchase = (
            self.env["account.tax"].create({"name": kind, "type_tax_use": kind, "amount": 5})
            for kind in ("sale", "purchase")
        )
        line = self.pattern.invoice_line_ids[0]
        line.product_id = False
        line.account_id.tax_ids = sale | purchase
        self.assertEqual(line._default_taxes(), sale)

    def test_notes_have_no_account(self):
        """RI9: what is taken anew for a customer is taken for products."""
        self.pattern.invoice_line_ids = [Command.create({"display_type": "line_note", "name": "Thank you"})]
        note = self.pattern.invoice_line_ids.filtered(lambda line: line.display_type == "line_note")
        self.pattern.action_take_anew()
        self.assertFalse(note.account_id or note.tax_ids)

    def test_quantities_while_they_are_billed(self):
        """RI+6: a quantity is not entered while somebody issues its invoice, nor after that."""
        line = self.pattern.invoice_line_ids[0]
        line.quantity_source = "typed"
        values = {"line_id": line.id, "date": self.interaction.occurrence_date, "quantity": 5}
        interactions = type(self.interaction)
        with (
            patch.object(interactions, "try_lock_for_update", lambda rows, **_values: rows.browse()),
            self.assertRaisesRegex(UserError, "being issued by somebody else"),
        ):
            self.env["recurring.quantity"].create(values)

    def test_what_is_shown_before_it_is_issued(self):
        """RI9: a preview is for people of Invoicing, and of an invoice that is there; today is the next date."""
        interactions = self._make_recurrence()
        with self.assertRaises(AccessError):
            interactions._preview_pdf()
        person = new_test_user(self.env, "ri_preview", GROUPS.format("manager"))
        with self.assertRaises(AccessError):
            self.pattern.recurrence_id.with_user(person)._preview_pdf()
        gone = self._make_pattern().recurrence_id
        gone.unlink()
        with self.assertRaisesRegex(MissingError, "does not exist any more"):
            gone._preview_pdf()
        due = self._make_pattern(freq="daily", date_start=TODAY - datetime.timedelta(days=3), count=9)

        def tell(_pattern, day, _partner):
            raise ValueError(day)

        with patch.object(type(due), "_prepare_invoice_values", tell), self.assertRaisesRegex(ValueError, str(TODAY)):
            due.recurrence_id._preview_pdf()

    def test_invoices_of_a_pattern(self):
        """RI9: a recurring invoice lists the invoices made from it, and no others."""
        second, other = self._make_due(name="Second")
        (self.interaction | other).action_done()
        for pattern, interaction in ((self.pattern, self.interaction), (second, other)):
            moves = self.env["account.move"].search(pattern.recurrence_id.action_open_invoices()["domain"])
            self.assertEqual(moves, interaction.interaction_invoice_ids.move_id)
            self.assertEqual(len(moves), 1)

    def test_next_date_of_a_customer(self):
        """RI+5: the next date is one that is planned, not one that was left out."""
        pattern = self._make_pattern(freq="monthly", month_by="day", month_day=10)
        pattern.recurrence_id._generate()
        first, second = pattern.recurrence_id.interaction_ids.sorted("day")[:2]
        first.action_skip()
        [row] = pattern._prepare_subscription_rows(self.customer)
        self.assertEqual(row["next_date"], second.day)
