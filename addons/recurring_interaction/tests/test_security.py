from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestSecurity(RecurringCase):
    """Who sees and changes what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["recurring.team"].create(
            {"name": "Desk", "member_ids": [Command.set((cls.team_user + cls.own_user).ids)]}
        )
        cls.of_own = cls._make_recurrence(user_id=cls.own_user.id)
        cls.of_team = cls._make_recurrence(user_id=cls.manager.id, assignment="team", team_id=cls.team.id)
        cls.of_manager = cls._make_recurrence(user_id=cls.manager.id)
        for recurrence in cls.of_own + cls.of_team + cls.of_manager:
            recurrence._generate()
        cls.all = cls.of_own + cls.of_team + cls.of_manager

    def _visible(self, user):
        return self.env["recurring.recurrence"].with_user(user).search([("id", "in", self.all.ids)])

    def test_own_team_all(self):
        """RI2: users see their own, team users their team's, managers all."""
        self.assertEqual(self._visible(self.own_user), self.of_own)
        self.assertEqual(self._visible(self.team_user), self.of_team)
        self.assertEqual(self._visible(self.manager), self.all)

    def test_interactions_of_the_responsible(self):
        """RI10: a person sees the interactions assigned to them, whoever planned them."""
        mine = self.env["recurring.interaction"].with_user(self.own_user).search([])
        self.assertIn(self.of_team, mine.sudo().recurrence_id)
        self.assertEqual(mine.filtered(lambda item: item.sudo().recurrence_id == self.of_team).user_id, self.own_user)
        self.assertNotIn(self.of_manager, mine.sudo().recurrence_id)
        mine.filtered(lambda item: item.sudo().recurrence_id == self.of_team)[0].action_done()

    def test_another_company(self):
        """RI2: the manager of another company finds no record of this one, of any model that has a company."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "ri_elsewhere",
            "recurring_interaction.group_recurring_interaction_manager,account.group_account_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        index = self.env["recurring.index"].create({"name": "Prices", "company_id": self.env.company.id})
        index.value_ids = [Command.create({"date_from": "2026-01-01", "value": 100.0})]
        self.env.flush_all()
        tried = []
        for name, model in self.env.registry.items():
            if (
                model._original_module != "recurring_interaction"
                or model._transient
                or "company_id" not in model._fields
            ):
                continue
            own = self.env[name].with_context(active_test=False).search([("company_id", "=", self.env.company.id)])
            tried += [name] if own else []
            with self.subTest(name):
                self.assertFalse(own.with_user(stranger).search([("id", "in", own.ids)]))
        self.assertGreaterEqual(len(tried), 7, "the demo data and this test have rows of many models")

    def test_foreign_records(self):
        """RI2: others' recurrences can be neither generated nor changed, over any call."""
        foreign = self.of_manager.with_user(self.own_user)
        for call in (foreign.action_generate, foreign._generate, foreign.action_archive, foreign.unlink):
            with self.subTest(call.__name__), self.assertRaises(AccessError):
                call()
        interaction = self.of_manager.interaction_ids[0].with_user(self.own_user)
        for call in (interaction.action_done, interaction.action_skip, interaction.action_plan_again):
            with self.subTest(call.__name__), self.assertRaises(AccessError):
                call()

    def test_without_role_and_portal(self):
        """RI2: employees without the role and portal users have no access at all."""
        plain = new_test_user(self.env, "ri_plain", "base.group_user")
        portal = new_test_user(self.env, "ri_portal", "base.group_portal")
        for user in plain + portal:
            for model in (
                "recurring.recurrence",
                "recurring.interaction",
                "recurring.interaction.invoice",
                "recurring.feed",
            ):
                with self.subTest(model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_companies(self):
        """RI2: records of another company stay invisible."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        recurrence = self._make_recurrence(company_id=company.id)
        recurrence._generate()
        self.assertFalse(self.env["recurring.recurrence"].with_user(self.manager).search([("id", "=", recurrence.id)]))
        self.assertFalse(
            self.env["recurring.interaction"].with_user(self.manager).search([("recurrence_id", "=", recurrence.id)])
        )

    def test_feed_digest_is_secret(self):
        """RI+4: not even the user reads the digest of the token."""
        self.env["recurring.feed"].with_user(self.own_user)._issue_token()
        feed = self.env["recurring.feed"].with_user(self.own_user).search([])
        self.assertEqual(len(feed), 1)
        with self.assertRaises(AccessError):
            feed.read(["access_link_digest"])
        self.assertFalse(self.env["recurring.feed"].with_user(self.manager).search([]))

    def test_teams(self):
        """RI2: only managers change teams."""
        with self.assertRaises(AccessError):
            self.team.with_user(self.own_user).name = "Mine"
        self.team.with_user(self.manager).name = "Service"
