"""The last value on each side of a limit, and valid records that belong to somebody else."""

import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models import recurring_feed, recurring_recurrence_plan
from .common import TODAY, RecurringCase

ONE_DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestBorders(RecurringCase):
    """Days, numbers and people on either side."""

    def _daily(self, **values):
        recurrence = self._make_recurrence(**{"freq": "daily", "count": 5, **values})
        recurrence._generate()
        return recurrence

    def _single(self, day=TODAY, **values):
        """Return an interaction without a recurrence on a day, eight o'clock UTC."""
        start = datetime.datetime.combine(day, datetime.time(8))
        return self.env["recurring.interaction"].create(
            {"name": "Single", "start": start, "stop": start + datetime.timedelta(hours=1), **values}
        )

    # Links that superuser code follows

    def test_own_event_for_a_foreign_interaction(self):
        """RI+7: an entry of one's own is linked to no interaction, neither when it is made nor later."""
        foreign = self._daily(user_id=self.manager.id).interaction_ids[0]
        values = {"name": "Mine", "start": "2026-03-04 09:00:00", "stop": "2026-03-04 10:00:00"}
        link = {"recurring_interaction_ids": [Command.link(foreign.id)]}
        events = self.env["calendar.event"].with_user(self.own_user)
        with self.assertRaises(AccessError), self.cr.savepoint():
            events.create({**values, **link})
        mine = events.create({**values, "recurring_interaction_ids": []})
        with self.assertRaises(AccessError), self.cr.savepoint():
            mine.write(link)
        self.env.invalidate_all()
        self.assertNotEqual(foreign.calendar_event_id, mine)

    # Values

    def test_hours_and_lengths(self):
        """RI1: from midnight to before midnight, up to 24 hours long; neither counts for whole days."""
        fine = ({"time_of_day": 0.0}, {"time_of_day": 23.9}, {"duration": 0.0}, {"duration": 24.0})
        wrong = ({"time_of_day": -0.1}, {"time_of_day": 24.0}, {"duration": -0.1}, {"duration": 24.1})
        for values in fine:
            self._make_recurrence(all_day=False, **values)
        for values in wrong:
            with self.subTest(str(values)), self.assertRaises(ValidationError), self.cr.savepoint():
                self._make_recurrence(all_day=False, **values)
        self._make_recurrence(all_day=True, time_of_day=24.0)

    def test_months_ahead(self):
        """RI+3: 0 to 120 months are planned ahead."""
        for months in (0, 120):
            self._make_recurrence(horizon_months=months)
        for months in (-1, 121):
            with self.subTest(months), self.assertRaises(ValidationError), self.cr.savepoint():
                self._make_recurrence(horizon_months=months)

    def test_most_dates_at_once(self):
        """RI4: as many dates as are allowed are planned, one more is refused."""
        self.patch(recurring_recurrence_plan, "MAX_OCCURRENCES", 5)
        self.assertEqual(len(self._daily(count=5).interaction_ids), 5)
        with self.assertRaises(UserError):
            self._daily(count=6)

    def test_team_without_members(self):
        """RI1: a team needs members, and only where a team takes turns."""
        empty = self.env["recurring.team"].create({"name": "Nobody"})
        self._make_recurrence(team_id=empty.id)
        with self.assertRaises(ValidationError):
            self._make_recurrence(team_id=empty.id, assignment="team")

    def test_document_of_somebody_else(self):
        """RI2: a recurrence is about nothing that its author may not read."""
        theirs = self._make_recurrence(user_id=self.manager.id)
        recurrences = self.env["recurring.recurrence"].with_user(self.own_user)
        values = {"name": "About", "freq": "daily", "user_id": self.own_user.id}
        with self.assertRaises(AccessError), self.cr.savepoint():
            recurrences.create({**values, "document": f"recurring.recurrence,{theirs.id}"})
        mine = recurrences.create(values)
        mine.document = f"recurring.recurrence,{mine.id}"

    # Days

    def test_today_is_due_and_not_missed(self):
        """RI10: what is for today is due and no more missed than tomorrow's; yesterday's is."""
        late, now, coming = (self._single(TODAY + day * ONE_DAY) for day in (-1, 0, 1))
        self.assertEqual([item.is_due for item in (late, now, coming)], [True, True, False])
        self.assertEqual([item.outcome for item in (late, now, coming)], ["missed", "planned", "planned"])

    def test_agenda_shows_its_last_day(self):
        """RI10: the last day of the agenda has activity and entry, the day after neither; past days no entry."""
        self.env.company.recurring_agenda_days = 7
        late, now, last, after = (self._single(TODAY + day * ONE_DAY) for day in (-1, 0, 7, 8))
        for item, activity, event in ((late, 1, 0), (now, 1, 1), (last, 1, 1), (after, 0, 0)):
            found = (len(item.planned_activity_ids), len(item.calendar_event_id))
            self.assertEqual(found, (activity, event), item.day)

    def test_generated_up_to_the_last_day_of_the_agenda(self):
        """RI10: the same for what is generated."""
        self.env.company.recurring_agenda_days = 2
        items = self._daily().interaction_ids.sorted("day")
        self.assertEqual([bool(item.planned_activity_ids) for item in items], [True, True, True, False, False])

    def test_what_is_not_planned_stays_out_of_the_agenda(self):
        """RI10: neither skipped nor done dates come into the agenda later."""
        self.env.company.recurring_agenda_days = 0
        skipped, done, planned = self._daily(count=4).interaction_ids.sorted("day")[1:]
        skipped.action_skip()
        done.action_done()
        self.env.company.recurring_agenda_days = 7
        with self.enter_registry_test_mode():
            self.env.ref("recurring_interaction.ir_cron_fill_agenda").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual([len(item.planned_activity_ids) for item in (skipped, done, planned)], [0, 0, 1])

    def test_archive_takes_back_from_today_on(self):
        """RI6: archiving takes back today and later; what is past, done or skipped stays."""
        recurrence = self._daily(date_start=TODAY - 2 * ONE_DAY, catch_up=True)
        past, done, now, skipped, coming = recurrence.interaction_ids.sorted("day")
        done.action_done()
        skipped.action_skip()
        recurrence.action_archive()
        self.assertEqual(recurrence.interaction_ids, past + done + skipped)
        self.assertFalse((now + coming).exists())

    def test_delete_takes_all_but_what_is_done(self):
        """RI6: deleting takes what is open and skipped along, and nothing of others."""
        recurrence, other = self._daily(count=3), self._daily(count=3)
        done, skipped, planned = recurrence.interaction_ids.sorted("day")
        done.action_done()
        skipped.action_skip()
        recurrence.unlink()
        self.assertEqual((done + skipped + planned).exists(), done)
        self.assertEqual(len(other.interaction_ids), 3)

    def test_counts_are_of_each(self):
        """RI3: open and done are counted for each recurrence by itself; so are the lists that open."""
        one, other = self._daily(count=3), self._daily(count=2)
        one.interaction_ids[0].action_done()
        self.assertEqual([(item.open_count, item.done_count) for item in (one, other)], [(2, 1), (2, 0)])
        for recurrence in (one, other):
            action = recurrence.action_open_interactions()
            self.assertEqual(self.env["recurring.interaction"].search(action["domain"]), recurrence.interaction_ids)

    def test_contact_counts_what_is_planned(self):
        """RI2: a contact's button counts what is planned with it and its addresses, and lists no others."""
        child = self.env["res.partner"].create({"name": "Dock", "parent_id": self.customer.id})
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        own, of_child, _theirs = (self._single(partner_id=item.id) for item in (self.customer, child, stranger))
        self._single(partner_id=child.id).action_skip()
        counts = [item.recurring_interaction_count for item in (self.customer, child, stranger)]
        self.assertEqual(counts, [2, 1, 1])
        action = self.customer.action_open_recurring_interactions()
        found = self.env["recurring.interaction"].search(action["domain"])
        self.assertEqual(found.filtered(lambda item: item.state == "planned"), own + of_child)

    # The feed

    def test_window_of_the_feed(self):
        """RI+4: so many days back and ahead, both included, nothing skipped, nobody else's."""
        days = [-recurring_feed.DAYS_BACK - 1, -recurring_feed.DAYS_BACK, recurring_feed.DAYS_AHEAD,
                recurring_feed.DAYS_AHEAD + 1]  # fmt: skip
        for day in days:
            self._single(TODAY + day * ONE_DAY, name=f"On {day}", user_id=self.own_user.id)
        self._single(name="Skipped", user_id=self.own_user.id).action_skip()
        self._single(name="Foreign", user_id=self.manager.id)
        self._single(name="Made for somebody else", user_id=self.manager.id).with_user(self.own_user)
        text = str(self.env["recurring.feed"]._calendar_of(self.own_user))
        shown = [f"SUMMARY:On {day}" in text for day in days]
        self.assertEqual(shown, [False, True, True, False])
        for name in ("Skipped", "Foreign", "Made for"):
            self.assertNotIn(name, text)

    def test_last_used_is_noted_by_the_hour(self):
        """RI+4: a feed that is asked all the time is noted once an hour, not more often."""
        feeds = self.env["recurring.feed"]
        token = feeds.with_user(self.own_user)._issue_token()
        self.assertEqual(feeds._user_of_token(token), self.own_user)
        feed = feeds.sudo().search([("user_id", "=", self.own_user.id)])
        first = feed.date_last_used
        for moment, noted in (("2026-03-02 11:00:00", first), ("2026-03-02 11:00:01", None)):
            self._travel(moment)
            feeds._user_of_token(token)
            self.assertEqual(feed.date_last_used == first, noted is not None, moment)

    def test_feed_of_each(self):
        """RI+4: a new address, or none any more, is one's own matter."""
        feeds = self.env["recurring.feed"]
        theirs = feeds.with_user(self.manager)._issue_token()
        feeds.with_user(self.own_user)._issue_token()
        feeds.with_user(self.own_user)._revoke()
        self.assertEqual(feeds._user_of_token(theirs), self.manager)
        self.assertFalse(self.env["recurring.feed.link"].with_user(self.own_user).create({}).has_feed)
        self.assertTrue(self.env["recurring.feed.link"].with_user(self.manager).create({}).has_feed)

    # Handing over

    def test_hand_over_from_a_day_on(self):
        """RI+10: planned dates from that day on go to the colleague; earlier, done and others' ones do not."""
        recurrence = self._daily(user_id=self.own_user.id)
        others = self._daily(user_id=self.manager.id)
        before, done, first, edited, last = recurrence.interaction_ids.sorted("day")
        done.action_done()
        edited.name = "By hand"
        window = self.env["recurring.hand.over"].create(
            {"user_id": self.own_user.id, "new_user_id": self.team_user.id, "date_from": TODAY + 2 * ONE_DAY}
        )
        self.assertEqual((window.recurrence_count, window.interaction_count), (1, 3))
        window.action_hand_over()
        self.assertEqual((before + done).user_id, self.own_user)
        self.assertEqual((first + edited + last).user_id, self.team_user)
        self.assertEqual(others.interaction_ids.user_id | others.user_id, self.manager)
        self.assertEqual(edited.name, "By hand")
        self.assertEqual(recurrence.user_id, self.team_user)
        self.assertFalse(recurrence.is_stale)
        recurrence._generate()
        self.assertEqual((before + done).user_id, self.own_user, "generating again changes nothing of it")

    def test_hand_over_in_teams(self):
        """RI+10: the place in a team goes along, in the teams the person is in; what was stale stays so."""
        team, apart = self.env["recurring.team"].create(
            [{"name": "Desk", "member_ids": [Command.set((self.own_user + self.manager).ids)]},
             {"name": "Apart", "member_ids": [Command.set(self.manager.ids)]}]
        )  # fmt: skip
        turns = self._daily(assignment="team", team_id=team.id, user_id=self.manager.id)
        elsewhere = self._daily(assignment="team", team_id=apart.id, user_id=self.own_user.id)
        changed = self._daily(user_id=self.own_user.id)
        changed.count = 4
        self.env["recurring.hand.over"].create(
            {"user_id": self.own_user.id, "new_user_id": self.team_user.id}
        ).action_hand_over()
        self.assertEqual(team.member_ids, self.manager + self.team_user)
        self.assertEqual(apart.member_ids, self.manager)
        self.assertEqual(turns.user_id, self.manager)
        self.assertEqual(elsewhere.user_id, self.team_user)
        self.assertTrue(changed.is_stale)
        self.assertNotIn(self.own_user, turns.interaction_ids.user_id)

    def test_who_takes_over(self):
        """RI+10: nobody hands work over to oneself, to who left, or to a customer."""
        self._daily(user_id=self.own_user.id)
        gone = new_test_user(self.env, "ri_gone", "base.group_user")
        gone.active = False
        portal = new_test_user(self.env, "ri_portal2", "base.group_portal")
        for user in (self.own_user, gone, portal):
            window = self.env["recurring.hand.over"].create({"user_id": self.own_user.id, "new_user_id": user.id})
            with self.subTest(user.login), self.assertRaises(UserError), self.cr.savepoint():
                window.action_hand_over()

    def test_who_has_work_is_not_archived(self):
        """RI+10: by either way; who has none is."""
        self._daily(user_id=self.own_user.id)
        with self.assertRaisesRegex(UserError, "recurring work"), self.cr.savepoint():
            self.own_user.write({"active": False})
        with self.assertRaisesRegex(UserError, "recurring work"), self.cr.savepoint():
            self.own_user.action_archive()
        self.team_user.action_archive()
        self.assertFalse(self.team_user.active)
        for call in (lambda user: user.write({"active": False}), lambda user: user.action_archive()):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call(self.own_user.with_user(self.manager))

    # Rights

    def test_actions_ask_for_the_right_to_change(self):
        """RI2: who may read a recurrence or a date and not change it presses no button."""
        recurrence = self._daily(user_id=self.manager.id)
        readers = self.env["ir.rule"].create(
            {"name": "Readers", "model_id": self.env["ir.model"]._get_id("recurring.interaction"), "perm_write": False,
             "perm_create": False, "perm_unlink": False, "domain_force": "[(1, '=', 1)]",
             "groups": [Command.set(self.env.ref("recurring_interaction.group_recurring_interaction_user").ids)]}
        )  # fmt: skip
        readers.copy({"model_id": self.env["ir.model"]._get_id("recurring.recurrence")})
        item = recurrence.interaction_ids[0].with_user(self.own_user)
        item.read(["name"])
        theirs = recurrence.with_user(self.own_user)
        theirs.read(["name"])
        for call in (
            item.action_done, item.action_skip, item.action_plan_again, theirs._generate, theirs.action_archive,
            theirs.unlink, lambda: theirs.write({"active": False}),
        ):  # fmt: skip
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.assertEqual(len(recurrence.interaction_ids.filtered(lambda item: item.state == "planned")), 5)
