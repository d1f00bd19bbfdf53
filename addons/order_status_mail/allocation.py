"""Share out goods among those who wait for them, in the order of their orders. Plain Python."""

from collections.abc import Iterable
from typing import Literal, TypeVar

#: What a demand is known by, and when something comes: whatever can be a key, whatever can be sorted.
Key = TypeVar("Key")
Day = TypeVar("Day")


def allocate(demands: Iterable[tuple[Key, float]], pool: float) -> dict[Key, float]:
    """Give ``pool`` pieces to the demands, first come first served.

    :param demands: list of ``(key, quantity)`` in order of precedence
    :returns: dict of key to the quantity it gets; demands that get nothing are left out
    """
    given: dict[Key, float] = {}
    for key, quantity in demands:
        if pool <= 1e-9:
            break
        taken = min(quantity, pool)
        if taken > 1e-9:
            given[key] = given.get(key, 0.0) + taken
            pool -= taken
    return given


def complete_dates(
    demands: Iterable[tuple[Key, float]], on_hand: float, supplies: Iterable[tuple[Day, float]]
) -> dict[Key, Day | Literal[False]]:
    """Tell when each demand is complete.

    :param demands: list of ``(key, quantity)`` in order of precedence
    :param on_hand: quantity in stock, used up first
    :param supplies: list of ``(date, quantity)`` of what is on its way, earliest first
    :returns: dict of key to the date of the supply that completes it, False where the stock covers it; demands
        that nothing on its way covers are left out
    """
    dates: dict[Key, Day | Literal[False]] = {}
    coming = iter(sorted(supplies))
    available = on_hand
    day: Day | Literal[False] = False
    for key, quantity in demands:
        while available + 1e-9 < quantity:
            supply = next(coming, None)
            if supply is None:
                return dates
            day = supply[0]
            available += supply[1]
        available -= quantity
        dates[key] = day
    return dates
