from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestBusyEntries(RecurringCase):
    """Who sees an entry of somebody else as *Busy* does not guess by a search what stands in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recurrence = cls._make_recurrence(
            user_id=cls.manager.id, count=1, name="Dismissal talk", description="<p>secret reason</p>",
            partner_id=cls.customer.id,
        )  # fmt: skip
        cls.recurrence._generate()
        cls.event = cls.recurrence.interaction_ids.calendar_event_id
        cls.stranger = cls.own_user
        cls.stranger.group_ids += cls.env.ref("base.group_allow_export")
        cls.attendee = new_test_user(cls.env, "ri_invited", "base.group_user")
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _answers(self, user, model, domain):
        """Return whether a search of a user finds something, by each door."""
        records = self.env[model].with_user(user)
        return {
            "search": bool(records.search(domain)),
            "search_count": bool(records.search_count(domain)),
            "search_fetch": bool(records.search_fetch(domain, ["id"])),
            "web_search_read": bool(records.web_search_read(domain, {"id": {}})["length"]),
            "name_search": bool(records.name_search("", domain)),
            "read_group": any(group["__count"] for group in records.formatted_read_group(domain, [], ["__count"])),
        }

    def _assert_guess(self, model, right, wrong):
        """The right guess is answered like the wrong one, to a stranger; its owner finds it."""
        self.assertEqual(set(self._answers(self.manager, model, right).values()), {True}, right)
        self.assertEqual(self._answers(self.stranger, model, right), self._answers(self.stranger, model, wrong), right)

    def test_conditions(self):
        """RI10: title, description, customer and what hangs on them are no answer of a search, directly or along."""
        other = [("id", "=", self.event.id)]
        for name, right, wrong in (
            ("name", "Dismissal", "Promotion"),
            ("display_name", "Dismissal", "Promotion"),
            ("description", "secret reason", "nothing"),
            ("recurring_interaction_ids.name", "Dismissal", "Promotion"),
            ("activity_ids.summary", "Dismissal", "Promotion"),
        ):
            with self.subTest(name):
                self._assert_guess("calendar.event", [*other, (name, "ilike", right)], [*other, (name, "ilike", wrong)])
        event = self.event.with_user(self.stranger)
        self.assertFalse(event.search([*other, ("name", "not ilike", "Promotion")]), "nor is the contrary")
        self.assertFalse(event.search([*other, "!", ("name", "ilike", "Promotion")]))
        self.assertFalse(event.search([*other, "|", ("name", "=like", "D%"), ("name", "=like", "E%")]))

    def test_along_other_records(self):
        """RI10: nor by way of an attendee, a person, a document or a recurrence of the entry."""
        partner = self.manager.partner_id
        for model, path, base in (
            ("calendar.attendee", "event_id.name", [("event_id", "=", self.event.id)]),
            ("calendar.attendee", "event_id.display_name", [("event_id", "=", self.event.id)]),
            ("calendar.attendee", "event_id", [("event_id.id", "=", self.event.id)]),
            ("res.partner", "meeting_ids.name", [("id", "=", partner.id)]),
            ("res.partner", "meeting_ids.attendee_ids.event_id.description", [("id", "=", partner.id)]),
        ):
            with self.subTest(path):
                right = "Dismissal" if "description" not in path else "secret"
                self._assert_guess(model, [*base, (path, "ilike", right)], [*base, (path, "ilike", "Promotion")])

    def test_groups(self):
        """RI10: no group is named by it, of entries or of those who take part in them."""
        events = self.env["calendar.event"].with_user(self.stranger)
        attendees = self.env["calendar.attendee"].with_user(self.stranger)
        for found in (
            events.formatted_read_group([("id", "=", self.event.id)], ["name"], ["__count"]),
            events.formatted_read_group([("id", "=", self.event.id)], ["start:day"], ["name:array_agg"]),
            attendees.formatted_read_group([("event_id", "=", self.event.id)], ["event_id.name"], ["__count"]),
            attendees.formatted_read_group([("event_id", "=", self.event.id)], ["event_id"], ["__count"]),
        ):
            self.assertNotIn("Dismissal", str(found))
        theirs = attendees.with_user(self.manager)
        found = theirs.formatted_read_group([("event_id", "=", self.event.id)], ["event_id.name"], ["__count"])
        self.assertIn("Dismissal", str(found))

    def test_order(self):
        """RI10: the place in a list that is sorted by title tells nothing: what is hidden is not in it."""
        events = self.env["calendar.event"].with_user(self.stranger)
        domain = [("partner_ids", "in", (self.manager + self.stranger).partner_id.ids)]
        mine = events.create({"name": "Coffee", "start": "2026-03-03 08:00:00", "stop": "2026-03-03 09:00:00"})
        for order in ("name", "name desc, id", "id, description"):
            self.assertEqual(events.search(domain, order=order), mine, order)
        self.assertIn(self.event, events.search(domain, order="start, id"))

    def test_export(self):
        """RI10: a file that is exported says *Busy*."""
        event = self.event.with_user(self.stranger)
        data = event.export_data(["name", "display_name", "description", "start"])["datas"]
        self.assertNotIn("Dismissal", str(data))
        self.assertNotIn("secret", str(data))

    def test_calendar_still_shows_busy(self):
        """RI10: the calendar of the company goes on showing when somebody is busy, and all of it to who is invited."""
        domain = [("start", ">=", "2026-03-01"), ("start", "<=", "2026-03-31"),
                  ("partner_ids", "in", self.manager.partner_id.ids)]  # fmt: skip
        events = self.env["calendar.event"]
        self.assertIn(self.event, events.with_user(self.stranger).search(domain))
        self.assertIn(self.event, events.with_user(self.stranger).search([("user_id", "=", self.manager.id)]))
        self.event.with_user(self.manager).partner_ids = [Command.link(self.attendee.partner_id.id)]
        self.assertIn(self.event, events.with_user(self.attendee).search([("name", "ilike", "Dismissal")]))
        self.event.with_user(self.manager).privacy = "public"
        self.assertIn(self.event, events.with_user(self.stranger).search([("name", "ilike", "Dismissal")]))

    def test_entries_of_others(self):
        """RI10: what is no interaction is found as Odoo finds it."""
        lunch = (
            self.env["calendar.event"]
            .with_user(self.manager)
            .create(
                {"name": "Lunch", "start": "2026-03-03 11:00:00", "stop": "2026-03-03 12:00:00", "privacy": "public"}
            )
        )
        self.assertEqual(lunch.with_user(self.stranger).search([("name", "=", "Lunch")]), lunch)
