import vobject
from odoo.tests import HttpCase, tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestFeed(RecurringCase, HttpCase):
    """The calendar feed of a user."""

    def _address(self, user):
        wizard = self.env["recurring.feed.link"].with_user(user).create({})
        address = wizard.with_context(**wizard.action_new_address()["context"]).url
        return address[address.index("/recurring_interaction") :]

    def test_feed(self):
        """RI+4: the feed shows the user's interactions, and only these, in valid iCalendar."""
        mine = self._make_recurrence(
            user_id=self.own_user.id,
            name="Call; \u00e9t\u00e9, \\ and\nmore " * 5,
            all_day=False,
            time_of_day=9.0,
            count=2,
            partner_id=self.customer.id,
        )
        other = self._make_recurrence(user_id=self.team_user.id, name="Not mine", count=2)
        for recurrence in mine + other:
            recurrence._generate()
        answer = self.url_open(self._address(self.own_user))
        self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertLessEqual(max(map(len, answer.content.split(b"\r\n"))), 75)
        events = vobject.readOne(answer.content.decode()).vevent_list
        self.assertEqual(len(events), 2)
        self.assertEqual(events[0].summary.value, mine.interaction_ids[0].name)
        starts = sorted(event.dtstart.value.isoformat() for event in events)
        self.assertEqual(starts[0], "2026-03-03T08:00:00+00:00")

    def test_whole_days(self):
        """RI+4: all-day interactions are dates, the end is the day after."""
        recurrence = self._make_recurrence(user_id=self.own_user.id, count=1)
        recurrence._generate()
        text = self.url_open(self._address(self.own_user)).text
        self.assertIn("DTSTART;VALUE=DATE:20260303", text)
        self.assertIn("DTEND;VALUE=DATE:20260304", text)

    def test_token(self):
        """RI+4: wrong, replaced and revoked addresses, and those of former users, open nothing."""
        first = self._address(self.own_user)
        second = self._address(self.own_user)
        self.assertEqual(self.url_open(first).status_code, 404)
        self.assertEqual(self.url_open(second).status_code, 200)
        self.assertEqual(self.url_open("/recurring_interaction/feed/wrong.ics").status_code, 404)
        feed = self.env["recurring.feed"].sudo().search([("user_id", "=", self.own_user.id)])
        self.assertNotIn(feed.access_link_digest, second)
        self.own_user.active = False
        self.assertEqual(self.url_open(second).status_code, 404)
        self.own_user.active = True
        self.env["recurring.feed.link"].with_user(self.own_user).create({}).action_revoke()
        self.assertEqual(self.url_open(second).status_code, 404)
