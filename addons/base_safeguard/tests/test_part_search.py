from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SafeguardCase

MIXIN = "odoo.addons.base_safeguard.models.part_search_mixin"


@tagged("post_install", "-at_install")
class TestPartSearch(SafeguardCase):
    """PR5: what is found by a part of its number is asked for before it is put into order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hits = cls.documents.create([{"name": f"W-{number}-5432"} for number in range(6)])
        cls.documents.create([{"name": "W-6-5999"}])
        cls.newest_first = cls.hits.sorted("id", reverse=True)

    def queries(self, domain, **options):
        """Return what a search finds, and the SQL that it took."""
        statements = []
        execute = self.env.cr.execute

        def record(query, *arguments, **keywords):
            statements.append(getattr(query, "code", query))
            return execute(query, *arguments, **keywords)

        with patch.object(self.env.cr, "execute", record):
            found = self.documents.search(domain, **options)
        return found, statements

    def test_hits_first_then_their_order(self):
        found, (hits, ordered) = self.queries([("name", "ilike", "5432")], order="id desc", limit=2, offset=1)
        self.assertEqual(found, self.newest_first[1:3])
        self.assertNotIn("ORDER BY", hits)
        self.assertNotIn("LIKE", ordered)

    def test_of_many_hits_the_walk_finds_enough(self):
        for few, walked in ((5, True), (6, False)):
            with patch(f"{MIXIN}.FEW", few):
                found, (_hits, ordered) = self.queries([("name", "ilike", "5432")], order="id desc", limit=2)
            self.assertEqual(found, self.newest_first[:2])
            self.assertEqual("LIKE" in ordered, walked)

    def test_the_shortest_part(self):
        found, statements = self.queries([("name", "ilike", "543")], order="id desc", limit=2)
        self.assertEqual((found, len(statements)), (self.newest_first[:2], 2))

    def test_nothing_found(self):
        found, _statements = self.queries([("name", "ilike", "no such number")], order="id desc", limit=2)
        self.assertFalse(found)

    def test_name_search_goes_the_same_way(self):
        self.env.flush_all()
        with self.assertQueryCount(2):
            found = self.documents.name_search("5432", limit=3)
        self.assertEqual([id_ for id_, _name in found], self.hits[:3].ids)

    def test_other_searches_are_one_query(self):
        part, short, whole = ("name", "ilike", "5432"), ("name", "ilike", "54"), ("name", "=", "W-0-5432")
        for domain, options in (
            ([part], {}),
            ([short], {"limit": 2}),
            ([whole], {"limit": 2}),
            ([("name", "not ilike", "5432")], {"limit": 2}),
        ):
            with self.subTest(domain=domain, options=options):
                self.assertEqual(len(self.queries(domain, **options)[1]), 1)

    def test_rights_are_asked_for(self):
        nobody = new_test_user(self.env, "part_search_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.documents.with_user(nobody).search([("name", "ilike", "5432")], limit=2)
