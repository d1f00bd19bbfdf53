"""From a day and a wall-clock time to UTC, right on the days when the clocks change."""

import datetime
import functools
import zoneinfo
from typing import Literal


def to_utc(day: datetime.date, hours: float | None, tz: str | Literal[False] | None) -> datetime.datetime:
    """Return the naive UTC moment of a wall-clock time.

    As RFC 5545 says: an hour that does not exist (clocks go forward) is read with the offset
    from before the change; of an hour that happens twice, the first one counts.

    :param hours: hours since midnight, e.g. 9.5 for half past nine
    :param tz: name of the time zone
    """
    minutes = min(max(round((hours or 0.0) * 60), 0), 24 * 60 - 1)
    local = datetime.datetime.combine(day, datetime.time(minutes // 60, minutes % 60), _zone(tz))
    return local.astimezone(datetime.UTC).replace(tzinfo=None)


def to_local(moment: datetime.datetime, tz: str | Literal[False] | None) -> datetime.datetime:
    """Return the naive wall-clock moment of a naive UTC moment."""
    return moment.replace(tzinfo=datetime.UTC).astimezone(_zone(tz)).replace(tzinfo=None)


def zones_of_other_days(moment: datetime.datetime) -> tuple[list[str], list[str]]:
    """Return the names of the time zones where it is still yesterday, and of those where it is tomorrow already.

    :param moment: naive UTC moment; the days are seen from UTC
    """
    behind: list[str] = []
    ahead: list[str] = []
    for name in _zone_names():
        day = to_local(moment, name).date()
        if day != moment.date():
            (behind if day < moment.date() else ahead).append(name)
    return behind, ahead


@functools.cache
def _zone_names() -> list[str]:
    return sorted(zoneinfo.available_timezones())


def _zone(tz: str | Literal[False] | None) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(tz or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
