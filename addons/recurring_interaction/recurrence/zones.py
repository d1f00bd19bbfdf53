"""Describe a time zone to calendar programs (VTIMEZONE): the changes of its clocks within the span that is shown.

What the ``icalendar`` library writes by itself (7.3.2) is an hour off at each change, and for ever.
"""

import datetime
import zoneinfo
from collections.abc import Iterator

import icalendar

_STEP = datetime.timedelta(days=28)
_MINUTE = datetime.timedelta(minutes=1)


def component(tz: str, first: datetime.datetime, last: datetime.datetime) -> icalendar.Timezone:
    """Return the VTIMEZONE of a zone for the moments (naive UTC) from ``first`` to ``last``."""
    zone = zoneinfo.ZoneInfo(tz)
    described = icalendar.Timezone()
    described.add("tzid", tz)
    before = offset(zone, first - _STEP)
    described.add_component(_observance(zone, first - _STEP, before))
    for moment in changes(zone, first - _STEP, last + _STEP):
        described.add_component(_observance(zone, moment, before))
        before = offset(zone, moment)
    return described


def changes(zone: datetime.tzinfo, moment: datetime.datetime, last: datetime.datetime) -> Iterator[datetime.datetime]:
    """Yield the moments at which the clocks change, to the minute."""
    while moment < last:
        step = min(moment + _STEP, last)
        if offset(zone, moment) != offset(zone, step):
            low, high = moment, step
            while high - low > _MINUTE:
                middle = low + ((high - low) // 2 // _MINUTE) * _MINUTE
                low, high = (middle, high) if offset(zone, middle) == offset(zone, moment) else (low, middle)
            yield high
        moment = step


def _observance(
    zone: zoneinfo.ZoneInfo, moment: datetime.datetime, before: datetime.timedelta
) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    """Return what holds from a moment on; RFC 5545, 3.6.5: its start is told by the clock of before."""
    local = moment.replace(tzinfo=datetime.UTC).astimezone(zone)
    observance = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    observance.add("dtstart", moment + before)
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", local.utcoffset())
    observance.add("tzname", local.tzname())
    return observance


def offset(zone: datetime.tzinfo, moment: datetime.datetime) -> datetime.timedelta:
    """Return how far a zone is ahead at a moment (naive UTC)."""
    return moment.replace(tzinfo=datetime.UTC).astimezone(zone).utcoffset() or datetime.timedelta()
