from odoo.tests import BaseCase

from ..changes import advance as advance_by
from ..changes import compare as compare_by
from ..facts import Facts
from ..rules.base import own_rules

RULES = own_rules()


def facts(**values):
    return Facts.empty(RULES, **{"state": "sale", **values})


def compare(told, now, **options):
    return compare_by(RULES, told, now, **options)


def advance(told, now, changes, **options):
    return advance_by(RULES, told, now, changes, **options)


class TestChanges(BaseCase):
    """The comparison itself, without a database."""

    def test_what_changed_and_changed_back_is_no_change(self):
        """OS+1: the same facts as told give nothing to tell."""
        now = facts(tracking={"1": "ABC"}, delivered={"7": 2.0}, expected={"7": "2030-01-01"})
        self.assertEqual(compare(now, Facts(dict(now.values))), [])

    def test_a_slip_is_told_once(self):
        """OS3: printing the slip of another delivery is news, a slip that is told is not."""
        told = facts(slips={"1": "OUT/1"})
        changes = compare(told, facts(slips={"1": "OUT/1", "2": "OUT/2"}))
        self.assertEqual([(change.topic, change.new) for change in changes], [("slip", "OUT/2")])

    def test_picked_taken_back_and_ticked_again_is_told_once(self):
        """OS4, OS+1: un-ticking is not told, and ticking again after it is no news."""
        told = facts(picked=True)
        unticked = facts(picked=False)
        self.assertEqual(compare(told, unticked), [])
        settled = advance(told, unticked, [])
        self.assertEqual(compare(settled, facts(picked=True)), [])

    def test_small_steps_beyond_the_tolerance_add_up(self):
        """OS7: a date that creeps by a day at a time is told when the sum is beyond the tolerance."""
        told = facts(expected={"7": "2030-01-01"})
        for day in ("2030-01-02", "2030-01-03"):
            now = facts(expected={"7": day})
            changes = compare(told, now, tolerance_days=2)
            self.assertEqual([change.reason for change in changes], ["tolerance"])
            self.assertEqual(compare(advance(told, now, changes), now, tolerance_days=2), [], "noted once")
            told = advance(told, now, changes)
        now = facts(expected={"7": "2030-01-04"})
        [change] = compare(told, now, tolerance_days=2)
        self.assertEqual((change.old, change.new, change.reason), ("2030-01-01", "2030-01-04", None))

    def test_a_date_that_is_no_longer_known_keeps_the_told_one(self):
        """OS7: goods that came in have no expected date any more; that is not a change."""
        told = facts(expected={"7": "2030-01-01"})
        self.assertEqual(compare(told, facts()), [])
        self.assertEqual(advance(told, facts(), [])["expected"], {"7": "2030-01-01"})

    def test_a_return_lowers_the_delivered_quantity(self):
        """OS6: less delivered than told is a change."""
        [change] = compare(facts(delivered={"7": 3.0}), facts(delivered={"7": 1.0}))
        self.assertEqual((change.topic, change.old, change.new), ("delivered", 3.0, 1.0))

    def test_an_abandoned_cart_that_is_cancelled_is_no_news(self):
        """OS2: the customer never placed this order."""
        [change] = compare(Facts.empty(RULES), facts(state="cancel"))
        self.assertEqual(change.reason, "not_news")
