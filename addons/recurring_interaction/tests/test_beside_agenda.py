"""Dates, agendas and series: what lies beside what is meant stays as it is."""

import datetime
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..wizards import recurring_generate
from .common import TODAY, RecurringCase

ONE_DAY = datetime.timedelta(days=1)


def taken(records, call):
    """Return those of some records that a scheduled action takes when ``call()`` runs it."""
    domains = []
    with patch.object(type(records), "_cron_each", lambda _model, domain, *_args, **_options: domains.append(domain)):
        call()
    return records.browse().union(*(records.filtered_domain(domain) for domain in domains))


@tagged("post_install", "-at_install")
class TestAgendaBeside(RecurringCase):
    """RI5, RI10: activities and calendar entries of the dates that are meant."""

    def setUp(self):
        super().setUp()
        recurrence = self._make_recurrence(user_id=self.own_user.id, count=4)
        recurrence._generate()
        self.dates = recurrence.interaction_ids.sorted("day")
        self.first, self.second = self.dates[:2]

    def test_finished_stays_finished(self):
        """RI5: an activity that is over is neither finished again nor taken up because of another date."""
        activity = self.first.planned_activity_ids
        self.first._mark_done()
        self.assertEqual(activity.mapped("active"), [False])
        self.second._ensure_agenda()
        self.assertFalse(activity.active)

    def test_archived_entry_stays(self):
        """RI5: an entry that a person archived is there to be taken out of the archive."""
        event = self.first.calendar_event_id
        self.assertTrue(event)
        event.with_user(self.own_user).write({"active": False})
        self.assertEqual((self.first.state, len(event.exists())), ("skipped", 1))

    def test_what_is_done_is_not_changed_by_its_activity(self):
        """RI5: what an activity says of a date that is done comes too late."""
        self.first._mark_done()
        (self.first | self.second).with_user(self.own_user)._apply("changed", {"name": "Changed"})
        self.assertEqual((self.first.name, self.second.name), ("Call back customers", "Changed"))

    def test_entry_of_an_invoice(self):
        """RI5: a calendar entry that is deleted by the system skips a visit, not an invoice."""
        self.second.sudo()._write({"kind": "invoice"})
        self.env.invalidate_all()
        (self.first | self.second).with_user(SUPERUSER_ID)._apply("skipped", in_calendar=True)
        self.assertEqual([self.first.state, self.second.state], ["skipped", "planned"])

    def test_own_date_without_the_role(self):
        """RI5: whoever a date is for may finish it, with no right to others."""
        plain = new_test_user(self.env, "ri_beside_plain", "base.group_user")
        self.first.user_id = plain
        mine, theirs = self.first.with_user(plain), self.second.with_user(plain)
        mine._apply("done")
        self.assertEqual(self.first.state, "done")
        with self.assertRaises(AccessError):
            theirs._apply("done")

    def test_nobody_is_told_of_oneself(self):
        """RI5: the responsible is told of what somebody else did, not of the own doing."""
        told = []
        values = {"message_notify": lambda record, **_values: told.append(record.env.user)}
        with patch.multiple(type(self.first), **values):
            self.first.with_user(self.own_user)._tell_responsible("skipped", {})
            self.first.with_user(self.manager)._tell_responsible("skipped", {})
        self.assertEqual(told, [self.manager])

    def test_what_the_night_puts_into_the_agenda(self):
        """RI10: planned dates that came near and are not in the agenda yet."""
        days = self.env.company.recurring_agenda_days
        skipped, far = self.dates[2:]
        self.env.flush_all()
        far.sudo()._write({"day": datetime.date(2027, 1, 5)})
        (self.first | self.second | skipped | far).sudo()._write({"is_scheduled": False})
        skipped.sudo()._write({"state": "skipped"})
        self.first.sudo()._write({"is_scheduled": True})
        self.env.invalidate_all()
        self.assertGreater(far.day, TODAY + (days + 1) * ONE_DAY)
        records = self.first | self.second | skipped | far
        self.assertEqual(taken(records, records._cron_fill_agenda), self.second)

    def test_private_entries_of_others(self):
        """RI5: an entry without an interaction is none that is shown as busy because of one."""
        self.first.sudo().write({"in_calendar": False})
        self.assertFalse(self.first.calendar_event_id)
        events = self.env["calendar.event"]
        values = {"name": "Mine", "start": "2026-03-03 10:00:00", "stop": "2026-03-03 11:00:00", "privacy": "private"}
        alone = events.with_user(self.manager).create(values)
        shown = events.with_user(self.team_user)._shown_domain()
        found = events.sudo().search(shown)
        self.assertIn(alone, found)
        self.assertNotIn(self.second.calendar_event_id, found)

    def test_series_with_gaps(self):
        """RI+4: a series of which as many dates are left out as are told is one, with one more it is not."""
        recurrence = self._make_recurrence(freq="daily", count=10)
        recurrence._generate()
        dates = recurrence.interaction_ids.sorted("day")
        self.assertTrue((dates[:4] | dates[9])._feed_series(recurrence.sudo()))
        self.assertFalse((dates[:3] | dates[9])._feed_series(recurrence.sudo()))


@tagged("post_install", "-at_install")
class TestPlanBeside(RecurringCase):
    """RI3, RI4, RI+3: plans, each by itself."""

    def _planned(self, **values):
        recurrence = self._make_recurrence(**values)
        recurrence._generate()
        return recurrence

    def test_patterns_without_a_date(self):
        """RI3: a pattern that never gives a date is refused."""
        for values in (
            {"end_type": "until", "date_until": TODAY - ONE_DAY},
            {"freq": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "end_type": "forever", "count": 0},
        ):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                self._make_recurrence(**values)

    def test_one_plans_at_a_time(self):
        """RI+3: what somebody else is planning is not planned."""
        recurrence = self._make_recurrence()

        def held(_records, **_options):
            raise LockError("held")

        with patch.object(type(recurrence), "lock_for_update", held), self.assertRaisesRegex(UserError, "Somebody"):
            recurrence._generate()
        self.assertFalse(recurrence.interaction_ids)

    def test_next_look_ahead(self):
        """RI+3: a date on the last day of the plan is planned: the one after it says when to look again."""
        recurrence = self._planned(freq="daily", end_type="forever", count=0, horizon_months=1)
        horizon = recurrence._horizon_end()
        self.assertEqual(recurrence.refill_on, horizon + ONE_DAY - relativedelta(months=1))

    def test_last_date_of_each(self):
        """RI4: the last date is that of the recurrence, however long another one goes on."""
        recurrence = self._planned(count=4)
        self._planned(count=30)
        *_others, third, last = recurrence.interaction_ids.sorted("day")
        last.sudo().unlink()
        self.assertEqual(recurrence._last_date(recurrence._to_pattern(recurrence)), third.occurrence_date)

    def test_models_with_a_chatter(self):
        """RI2: what a recurrence is about has a chatter, and a table."""
        names = {name for name, _label in self.env["recurring.recurrence"]._selection_document()}
        self.assertIn("res.partner", names)
        self.assertFalse({"res.country", "mail.thread"} & names)

    def test_six_dates_are_said(self):
        """RI4: six dates are spelled out, of seven one is not."""
        window = self.env["recurring.generate"]
        texts = [str(number) for number in range(recurring_generate.SHOWN)]
        self.assertEqual(window._dates_text(texts), ", ".join(texts))
        self.assertIn("1 more", window._dates_text([*texts, "x"]))

    def test_what_is_handed_over(self):
        """RI+10: planned dates of that person, and of those before the day the ones of a recurrence."""
        mine, others = self._planned(user_id=self.own_user.id), self._planned(user_id=self.manager.id)
        before, done, first, *rest = mine.interaction_ids.sorted("day")
        single = before.copy({"recurrence_id": False, "user_id": self.own_user.id})
        done.sudo()._write({"state": "done"})
        rest[0].sudo()._write({"state": "done"})
        self.env.invalidate_all()
        window = self.env["recurring.hand.over"].create(
            {"user_id": self.own_user.id, "new_user_id": self.team_user.id, "date_from": first.day}
        )
        every = (mine | others).interaction_ids | single
        self.assertFalse(single.recurrence_id)
        self.assertEqual(every.filtered_domain(window._kept_domain()), before)
        later = every.filtered_domain(window._interaction_domain())
        self.assertEqual(later, (mine.interaction_ids - before - done - rest[0]))
        edited = first
        edited.sudo().is_edited = True
        window.action_hand_over()
        self.assertEqual([before.is_edited, edited.is_edited, rest[1].is_edited], [True, True, False])
        self.assertEqual((edited | rest[1]).user_id, self.team_user)


@tagged("post_install", "-at_install")
class TestWindowsBeside(RecurringCase):
    """RI2, RI+4: windows on what one may read and not change, or may not read any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls._make_recurrence(user_id=cls.manager.id)
        cls.mine = cls.env["recurring.recurrence"].with_user(cls.own_user).create(
            {"name": "Mine", "freq": "daily", "user_id": cls.own_user.id}
        )  # fmt: skip

    def _let_read(self):
        """Let people read all recurrences."""
        self.env["ir.rule"].create(
            {"name": "Readers", "model_id": self.env["ir.model"]._get_id("recurring.recurrence"), "perm_write": False,
             "perm_create": False, "perm_unlink": False, "domain_force": "[(1, '=', 1)]",
             "groups": [Command.set(self.env.ref("recurring_interaction.group_recurring_interaction_user").ids)]}
        )  # fmt: skip

    def test_read_only(self):
        """RI2: a window that changes a recurrence opens on none that its user may only read."""
        self._let_read()
        self.assertTrue(self.theirs.with_user(self.own_user).has_access("read"))
        for name, values in (("recurring.generate", {}), ("recurring.rule.import", {"text": "FREQ=DAILY"})):
            windows = self.env[name].with_user(self.own_user)
            with self.subTest(name), self.assertRaises(AccessError):
                windows.create({**values, "recurrence_id": self.theirs.id})
            window = windows.create({**values, "recurrence_id": self.mine.id})
            with self.subTest(name), self.assertRaises(AccessError):
                window.write({"recurrence_id": self.theirs.id})

    def test_taken_away(self):
        """RI+4: a window that is open tells nothing of a recurrence that was given to somebody else."""
        recurrence = self._make_recurrence(user_id=self.own_user.id)
        recurrence._generate()
        window = self.env["recurring.generate"].with_user(self.own_user).create({"recurrence_id": recurrence.id})
        self.env.flush_all()
        recurrence.sudo()._write({"user_id": self.manager.id})
        self.env.invalidate_all()
        for name in ("kind", "kept_count", "was_paused"):
            with self.subTest(name), self.assertRaises(AccessError):
                # in the block, which forgets what was read before
                recurrence.read(["kind", "summary", "date_paused", "date_resume", "auto_issue"])
                self.assertEqual(recurrence.interaction_ids.mapped("state"), ["planned"] * 10)
                self.assertTrue(window[name])
