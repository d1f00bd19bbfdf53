import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TODAY, RecurringCase


@tagged("post_install", "-at_install")
class TestLeaks(RecurringCase):
    """What superuser code follows is not for users to set; state and history are not written by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recurrence = cls._make_recurrence(user_id=cls.own_user.id, count=2)
        cls.foreign = cls._make_recurrence(user_id=cls.manager.id, count=2, name="Dismissal talk")
        (cls.recurrence + cls.foreign).mapped(lambda item: item._generate() and item)
        cls.interaction = cls.recurrence.interaction_ids.sorted("day")[0]
        cls.others = cls.foreign.interaction_ids.sorted("day")[0]
        cls.private = cls.env["calendar.event"].create(
            {
                "name": "Doctor",
                "start": "2026-03-04 09:00:00",
                "stop": "2026-03-04 10:00:00",
                "privacy": "private",
                "user_id": cls.manager.id,
                "partner_ids": [Command.set(cls.manager.partner_id.ids)],
            }
        )

    def test_state_and_history(self):
        """RI+7: a responsible writes neither state nor history nor links, by no call (RI-P10, RI-P11, RI-P13)."""
        mine = self.interaction.with_user(self.own_user)
        values = {
            "state": "done",
            "kind": "invoice",
            "recurrence_id": False,
            "occurrence_date": "2026-03-09",
            "done_by_id": self.manager.id,
            "date_done": datetime.datetime(2020, 1, 1),
            "feedback": "all well",
            "is_edited": True,
            "is_scheduled": False,
            "calendar_event_id": self.private.id,
            "planned_activity_ids": [Command.link(self.others.planned_activity_ids.id)],
            "interaction_invoice_ids": [Command.create({"partner_id": self.customer.id})],
        }
        for name, value in values.items():
            for call in (
                lambda name=name, value=value: mine.write({name: value}),
                lambda name=name, value=value: mine.web_save({name: value}, {"name": {}}),
                lambda name=name, value=value: mine.create({"name": "New", name: value or self.recurrence.id}),
            ):
                with self.subTest(name), self.assertRaises(AccessError), self.cr.savepoint():
                    call()
                self.env.invalidate_all()

    def test_defaults(self):
        """RI+7: nor does a responsible get them by way of a default, of a call or a saved one."""
        values = {
            "state": "done",
            "kind": "invoice",
            "recurrence_id": self.foreign.id,
            "occurrence_date": "2026-03-09",
            "done_by_id": self.manager.id,
            "date_done": "2020-01-01 00:00:00",
            "feedback": "all well",
            "is_edited": True,
            "calendar_event_id": self.private.id,
            "planned_activity_ids": [Command.link(self.others.planned_activity_ids.id)],
            "interaction_invoice_ids": [Command.create({"partner_id": self.customer.id})],
        }
        interactions = self.env["recurring.interaction"].with_user(self.own_user)
        self.env["ir.default"].with_user(self.own_user).set(
            "recurring.interaction", "blocked_reason", "no", user_id=True
        )
        mine = interactions.with_context(**{f"default_{name}": value for name, value in values.items()}).create(
            {"name": "Mine", "day": "2026-03-04"}
        )
        self.assertEqual((mine.state, mine.kind), ("planned", "interaction"))
        for name in values.keys() - {"state", "kind", "calendar_event_id", "planned_activity_ids"} | {"blocked_reason"}:
            self.assertFalse(mine[name], name)
        mine.name = "Renamed"
        self.assertEqual(self.private.name, "Doctor")
        self.assertEqual(self.others.planned_activity_ids.recurring_interaction_id, self.others)

    def test_defaults_of_activities_and_events(self):
        """RI+7: nobody ties an activity, or an event, to the interaction of somebody else by a default."""
        self.env["ir.default"].with_user(self.own_user).set(
            "mail.activity", "recurring_interaction_id", self.others.id, user_id=True
        )
        values = {
            "summary": "Mine",
            "res_model_id": self.env["ir.model"]._get_id("recurring.interaction"),
            "res_id": self.interaction.id,
            "user_id": self.own_user.id,
        }
        for proposed in ({}, {"default_recurring_interaction_id": self.others.id}):
            activity = self.env["mail.activity"].with_user(self.own_user).with_context(**proposed).create(values)
            self.assertFalse(activity.sudo().recurring_interaction_id)
        events = self.env["calendar.event"].with_user(self.own_user)
        event = events.with_context(default_recurring_interaction_ids=[Command.link(self.others.id)]).create(
            {"name": "Mine", "start": "2026-03-04 09:00:00", "stop": "2026-03-04 10:00:00"}
        )
        self.assertFalse(event.sudo().recurring_interaction_ids)
        self.assertNotEqual(self.others.calendar_event_id, event)

    def test_defaults_of_generating(self):
        """RI+7: a recurrence is not *generated* by a default either."""
        defaults = {"is_generated": True, "generated_key": "x", "refill_on": "2030-01-01", "date_paused": "2026-01-01"}
        recurrences = self.env["recurring.recurrence"].with_user(self.own_user)
        made = recurrences.with_context(**{f"default_{name}": value for name, value in defaults.items()}).create(
            {"name": "Mine", "freq": "daily"}
        )
        for name in defaults:
            self.assertFalse(made[name], name)

    def test_imported_state(self):
        """RI+7: a file that is imported sets no state either."""
        result = (
            self.env["recurring.interaction"]
            .with_user(self.own_user)
            .load(["name", "state", "day"], [["Never done", "Done", "2026-03-04"]])
        )
        self.assertFalse(result["ids"])

    def test_private_event_of_somebody_else(self):
        """RI+7: nobody's event is renamed, moved or deleted by way of an interaction of one's own (RI-P13)."""
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.private.with_user(self.own_user).write(
                {"recurring_interaction_ids": [Command.link(self.interaction.id)]}
            )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.interaction.with_user(self.own_user).calendar_event_id = self.private
        self.env.invalidate_all()
        self.assertEqual((self.private.name, self.interaction.calendar_event_id == self.private), ("Doctor", False))

    def test_activity_that_points_elsewhere(self):
        """RI+7: an activity of one's own stands for no interaction of somebody else."""
        activities = self.env["mail.activity"].with_user(self.own_user)
        values = {
            "res_model_id": self.env["ir.model"]._get_id("recurring.interaction"),
            "res_id": self.interaction.id,
            "user_id": self.own_user.id,
        }
        mine = activities.create(values)
        for call in (
            lambda: mine.write({"recurring_interaction_id": self.others.id}),
            lambda: activities.create({**values, "recurring_interaction_id": self.others.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.env.invalidate_all()
        mine.action_feedback()
        self.assertEqual((self.others.state, self.interaction.state), ("planned", "planned"))

    def test_what_generating_notes(self):
        """RI+7: a recurrence is not made *generated*, nor its planning stopped, by a call."""
        for values in ({"is_generated": True}, {"refill_on": "2030-01-01"}, {"date_last": "2030-01-01"}):
            draft = self._make_recurrence(user_id=self.own_user.id).with_user(self.own_user)
            with self.subTest(values), self.assertRaises(AccessError), self.cr.savepoint():
                draft.write(values)
        self.recurrence.with_user(self.own_user)._generate()
        self.assertTrue(self.recurrence.is_generated)

    def test_generate_window(self):
        """RI2: the confirmation shows nothing of recurrences that its user may not read (RI-P17)."""
        Wizard = self.env["recurring.generate"].with_user(self.own_user)
        with self.assertRaises(AccessError), self.cr.savepoint():
            Wizard.create({"recurrence_id": self.foreign.id})
        mine = Wizard.create({"recurrence_id": self.recurrence.id})
        self.assertIn("Tuesday", mine.summary)
        with self.assertRaises(AccessError), self.cr.savepoint():
            mine.write({"recurrence_id": self.foreign.id})
        self.env.flush_all()
        self.env.invalidate_all()
        specification = {name: {} for name in ("summary", "kind", "added_text", "recurrence_id")}
        with self.assertRaises(AccessError):
            Wizard.onchange({"recurrence_id": self.foreign.id}, ["recurrence_id"], specification)

    def test_own_rows_of_windows(self):
        """RI+4: the window of somebody else is not read, not found and not written (RI-P16)."""
        link = self.env["recurring.feed.link"].with_user(self.manager).create({})
        generate = self.env["recurring.generate"].with_user(self.manager).create({"recurrence_id": self.foreign.id})
        for window in (link, generate):
            theirs = window.with_user(self.own_user)
            self.assertFalse(theirs.search([]))
            with self.assertRaises(AccessError):
                theirs.read(["display_name"])
            with self.assertRaises(AccessError):
                theirs.write({})
            with self.assertRaises(AccessError):
                theirs.unlink()

    def test_address_is_not_stored(self):
        """RI+4: the address is handed over once; no table has it."""
        window = self.env["recurring.feed.link"].with_user(self.own_user).create({})
        address = window.with_context(**window.action_new_address()["context"]).url
        token = address.rpartition("/")[2].removesuffix(".ics")
        self.assertGreaterEqual(len(token), 32)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(window.url)
        for table in ("recurring_feed", "recurring_feed_link"):
            self.cr.execute(f"SELECT * FROM {table}")  # noqa: S608 - the names are above
            self.assertNotIn(token, str(self.cr.fetchall()))

    def test_entries_are_private(self):
        """RI10: what the roles hide, the calendar of the company does not show (RI-P26)."""
        self.foreign.description = "<p>secret reason</p>"
        self.foreign._generate()
        stranger = new_test_user(self.env, "ri_nosy", "base.group_user")
        self.env.flush_all()
        self.env.invalidate_all()
        event = self.others.calendar_event_id.with_user(stranger)
        shown = event.read(["name", "display_name", "description", "start"])[0]
        self.assertEqual((shown["name"], shown["display_name"]), ("Busy", "Busy"))
        self.assertFalse(shown["description"])
        found = self.env["calendar.event"].with_user(stranger).search([("name", "ilike", "Dismissal")])
        self.assertFalse(found and "Dismissal" in str(found.mapped("name")))
        self.assertEqual(self.others.calendar_event_id.start.date(), TODAY + datetime.timedelta(days=1))
