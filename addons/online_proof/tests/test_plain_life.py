import json

from odoo.tests import BaseCase, tagged

from ..life import chain, order_facts, verdict

YES, NO = verdict.Standing("ann", "approved"), verdict.Standing("bob", "changes")
BY_SHOP = verdict.Standing(None, "approved", final=True)
BOTH = frozenset({"ann", "bob"})


@tagged("post_install", "-at_install")
class TestPlainLife(BaseCase):
    """State, chain and differences, without a database."""

    def test_table(self):
        """OP6, OP+4: the table of ``life.verdict``, line by line."""
        late = {"over": True}
        for facts, state in (
            ({"cancelled": True, "sent": True, "standing": (YES,)}, "cancelled"),
            ({"sent": False, "standing": (YES,)}, "draft"),
            ({"sent": True}, "sent"),
            ({"sent": True, **late}, "expired"),
            ({"sent": True, "standing": (YES,)}, "approved"),
            ({"sent": True, "standing": (YES,), **late}, "approved"),
            ({"sent": True, "standing": (YES, NO)}, "changes"),
            ({"sent": True, "standing": (NO,), "rule": "all"}, "changes"),
            ({"sent": True, "standing": (YES,), "rule": "all", "asked": BOTH}, "sent"),
            ({"sent": True, "standing": (YES,), "rule": "all", "asked": BOTH, **late}, "expired"),
            ({"sent": True, "standing": (YES,), "rule": "all", "asked": frozenset({"ann"})}, "approved"),
            ({"sent": True, "standing": (BY_SHOP,), "rule": "all", "asked": BOTH}, "approved"),
            ({"sent": True, "standing": (BY_SHOP, NO), "rule": "all", "asked": BOTH}, "changes"),
            ({"sent": True, "standing": (YES,), "rule": "all", "asked": BOTH, "former_rule": "any"}, "approved"),
            ({"sent": True, "standing": (), "former_rule": "any"}, "sent"),
            ({"sent": True, "standing": (NO,), "former_rule": "any"}, "changes"),
            (
                {"sent": True, "standing": (YES,), "rule": "all", "asked": BOTH}
                | {"former_rule": "all", "former_asked": frozenset({"ann", "cem"})},
                "sent",
            ),
        ):
            with self.subTest(facts):
                self.assertEqual(verdict.state(verdict.Facts(**facts)), state)

    def links(self, count=3):
        previous, made = chain.START, []
        for number in range(1, count + 1):
            record = chain.canonical({"who": f"Person {number}"})
            digest = chain.digest(previous, record)
            made.append(chain.Link(number, previous, record, digest, record))
            previous = digest
        return made, previous

    def test_chain(self):
        """OP+10: what was altered, taken out or added is found."""
        made, head = self.links()
        self.assertEqual(chain.faults(made, 3, head), [])
        self.assertEqual(chain.faults([], 0, None), [])
        self.assertEqual(chain.faults(made[:2], 3, head), [("end", 2)])
        self.assertEqual(chain.faults([made[0], made[2]], 3, head), [("missing", 2)])
        forged = chain.canonical({"who": "Somebody else"})
        first = made[0]
        altered = chain.Link(1, first.previous, forged, first.digest, forged)
        self.assertEqual(chain.faults([altered, *made[1:]], 3, head), [("digest", 1)])
        column = chain.Link(1, first.previous, first.record, first.digest, forged)
        self.assertEqual(chain.faults([column, *made[1:]], 3, head), [("columns", 1)])
        rehashed = chain.Link(1, first.previous, forged, chain.digest(first.previous, forged), forged)
        self.assertEqual(chain.faults([rehashed, *made[1:]], 3, head), [("unlinked", 2)])

    def test_differences(self):
        """OP6: each kind of difference is told, with what was and what is."""
        line = {"line": 1, "product": 7, "name": "Flyer", "text": "Flyer", "quantity": "500 Units", "size": "A5"}
        before = {"customer": 1, "customer_name": "A", "lines": [line], "notes": "", "total": 10.0, "currency": "EUR"}
        for change, code in (
            ({"lines": [{**line, "quantity": "5000 Units"}]}, "quantity"),
            ({"lines": [{**line, "size": "A6"}]}, "size"),
            ({"lines": [{**line, "text": "Other"}]}, "text"),
            ({"lines": [{**line, "product": 8, "name": "Card"}]}, "product"),
            ({"lines": []}, "removed"),
            ({"lines": [line, {**line, "line": 2}]}, "added"),
            ({"customer": 2, "customer_name": "B"}, "customer"),
            ({"total": 11.0}, "total"),
            ({"notes": "On yellow paper"}, "notes"),
        ):
            now = json.loads(json.dumps({**before, **change}))
            self.assertEqual([found for found, _values in order_facts.differences(before, now)], [code])
            self.assertEqual(order_facts.differences(before, now, kinds=()), [])
        # the unit has another name in the language of who looks next
        dutch = {**before, "lines": [{**line, "quantity": "500 Stuks", "amount": ["500", 1]}]}
        english = {**before, "lines": [{**line, "amount": ["500", 1]}]}
        self.assertFalse(order_facts.differences(dutch, english))
        more = {**before, "lines": [{**line, "amount": ["5000", 1]}]}
        self.assertEqual([code for code, _values in order_facts.differences(dutch, more)], ["quantity"])
        # what was written down before notes were
        self.assertFalse(order_facts.differences({k: v for k, v in before.items() if k != "notes"}, before))
        # the same product anew on another line is no difference
        self.assertFalse(order_facts.differences(before, {**before, "lines": [{**line, "line": 9}]}))
        self.assertNotIn("total", order_facts.reduce_facts(before, with_total=False))
