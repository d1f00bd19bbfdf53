"""Days on which nobody works: skip the date, or take the working day before or after it."""

import datetime
from collections.abc import Callable

#: How far a working day is looked for; a calendar without one in reach leaves the date alone.
REACH = 60


def adjust(day: datetime.date, is_working: Callable[[datetime.date], bool], policy: str) -> datetime.date | None:
    """Return the day on which the occurrence of ``day`` takes place, None if it is skipped.

    :param is_working: callable telling whether a day is worked on
    :param policy: ``none``, ``skip``, ``before`` or ``after``
    """
    if policy == "none" or is_working(day):
        return day
    if policy == "skip":
        return None
    step = datetime.timedelta(days=-1 if policy == "before" else 1)
    candidate = day
    for _attempt in range(REACH):
        candidate += step
        if is_working(candidate):
            return candidate
    return day
