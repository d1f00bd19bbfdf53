"""Share out goods among those who wait for them, in the order of their orders. Plain Python."""


def allocate(demands, pool):
    """Give ``pool`` pieces to the demands, first come first served.

    :param demands: list of ``(key, quantity)`` in order of precedence
    :returns: dict of key to the quantity it gets; demands that get nothing are left out
    """
    given = {}
    for key, quantity in demands:
        if pool <= 1e-9:
            break
        taken = min(quantity, pool)
        if taken > 1e-9:
            given[key] = given.get(key, 0.0) + taken
            pool -= taken
    return given


def complete_dates(demands, on_hand, supplies):
    """Tell when each demand is complete.

    :param demands: list of ``(key, quantity)`` in order of precedence
    :param on_hand: quantity in stock, used up first
    :param supplies: list of ``(date, quantity)`` of what is on its way, earliest first
    :returns: dict of key to the date of the supply that completes it, False where the stock covers it; demands
        that nothing on its way covers are left out
    """
    dates = {}
    supplies = iter(sorted(supplies))
    available, day = on_hand, False
    for key, quantity in demands:
        while available + 1e-9 < quantity:
            supply = next(supplies, None)
            if supply is None:
                return dates
            day = supply[0]
            available += supply[1]
        available -= quantity
        dates[key] = day
    return dates
