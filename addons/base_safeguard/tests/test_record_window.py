from odoo.fields import Command
from odoo.tests import TransactionCase

from ..links import named_records


class TestRecordWindow(TransactionCase):
    """What a form or a program names by its id is found in whatever shape it comes."""

    def _named(self, model, values):
        found = {}
        for name, ids in named_records(self.env[model], values):
            found.setdefault(name, []).extend(ids)
        return {name: sorted(ids) for name, ids in found.items() if ids}

    def test_many2one(self):
        """PR5: an id, what a form shows of a record, a record; nothing and what is not saved name nobody."""
        partner = self.env.user.partner_id
        for value, ids in (
            (7, [7]), ({"id": 7, "display_name": "Seven"}, [7]), (partner, partner.ids),
            (False, []), ({"id": False}, []), (partner.browse(), []),
        ):  # fmt: skip
            with self.subTest(value):
                self.assertEqual(self._named("res.partner", {"parent_id": value}), {"res.partner": ids} if ids else {})

    def test_commands(self):
        """PR5: links, sets and updates name records; so do the lines that are made along with them."""
        values = {
            "name": "No link",
            "category_id": [Command.link(3), Command.set([4, 5])],
            "child_ids": [
                Command.create({"parent_id": 8, "category_id": [6]}),
                Command.update(9, {"user_id": 2}),
                [Command.UPDATE, "virtual_1", {"user_id": 3}],
                Command.unlink(11),
                Command.clear(),
            ],
        }
        expected = {"res.partner.category": [3, 4, 5, 6], "res.partner": [8, 9], "res.users": [2, 3]}
        self.assertEqual(self._named("res.partner", values), expected)
