from odoo.tests import BaseCase

from ..allocation import allocate, complete_dates


class TestAllocation(BaseCase):
    """Who gets goods that are not bought for a certain order."""

    def test_first_come_first_served(self):
        """OS8: goods go to the oldest orders; the last one gets the rest, those after it nothing."""
        self.assertEqual(allocate([("a", 2), ("b", 3), ("c", 1)], 4), {"a": 2, "b": 2})

    def test_a_demand_without_quantity_gets_nothing(self):
        """OS8: a line that waits for nothing is not told that goods came in."""
        self.assertEqual(allocate([("a", 0), ("b", 1)], 4), {"b": 1})
        self.assertEqual(allocate([("a", 1e-9), ("b", 1)], 4), {"b": 1}, "what rounding leaves over is nothing")

    def test_stock_is_used_before_what_is_on_its_way(self):
        """OS7: an order that the stock covers has no expected date from a purchase."""
        dates = complete_dates([("a", 2), ("b", 3), ("c", 9)], 2, [("2030-01-09", 1), ("2030-01-02", 2)])
        self.assertEqual(dates, {"a": False, "b": "2030-01-09"}, "nothing brings what c waits for")

    def test_one_supply_serves_several_orders(self):
        """OS7: two orders that one purchase covers get the same date."""
        self.assertEqual(complete_dates([("a", 1), ("b", 1)], 0, [("d", 5)]), {"a": "d", "b": "d"})

    def test_what_rounding_leaves_over_is_not_waited_for(self):
        """OS7: a demand that the stock covers but for the last digit of a float is covered."""
        self.assertEqual(complete_dates([("a", 1 + 1e-9)], 1, []), {"a": False})
