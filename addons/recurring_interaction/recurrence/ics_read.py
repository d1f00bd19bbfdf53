"""Read an iCalendar file (RFC 5545) into patterns with their exceptions."""

import dataclasses
import datetime
import itertools
import zoneinfo
from collections.abc import Sequence
from typing import Any

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from . import rule_text, times
from .pattern import Pattern
from .rules import RuleError

#: A file of somebody's repeated entries is small; what is larger is something else.
MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 200
#: How many dates of its series are looked through for those that differ.
MAX_DATES = 500_000
ONE_DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Change:
    """One date that differs; without ``start`` it does not take place."""

    start: datetime.datetime | None = None
    stop: datetime.datetime | None = None
    summary: str = ""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One repeated entry: moments are naive UTC, ``hours`` is the time of day in ``tz`` (None: whole day)."""

    summary: str
    description: str
    pattern: Pattern
    tz: str
    hours: float | None
    duration: float
    changes: dict[datetime.date, Change]


def read(content: bytes, tz: str) -> list[Entry]:
    """Return the entries of a file.

    :param content: bytes of the file; may be anything
    :param tz: name of the time zone that counts for moments without one
    :raises RuleError: when it is no such file, or something in it cannot be kept exactly
    """
    if len(content) > MAX_BYTES:
        raise RuleError("calendar_size")
    try:
        calendar = icalendar.Calendar.from_ical(content)
        groups = _groups(calendar)
    except RuleError:
        raise
    except Exception as error:
        # a stranger's file: the library raises whatever the damage leads to
        raise RuleError("calendar") from error
    try:
        known, entries, left = _places(calendar), [], MAX_DATES
        for group in groups:
            found, looked_through = _entries(group, tz, known, left)
            entries += found
            left -= looked_through
    except RuleError:
        raise
    except Exception as error:
        # it reads values when they are asked for
        raise RuleError("calendar_parts") from error
    if not entries:
        raise RuleError("calendar_empty")
    if len(entries) > MAX_ENTRIES:
        raise RuleError("calendar_size")
    return entries


def _groups(calendar: icalendar.Calendar) -> list[list[icalendar.Component]]:
    """Return the entries of each UID."""
    events = calendar.walk("VEVENT")
    if not events or str(calendar.get("METHOD", "")).upper() == "CANCEL":
        raise RuleError("calendar_empty")
    groups: dict[str, list[icalendar.Component]] = {}
    for event in events:
        groups.setdefault(str(event.get("UID", id(event))), []).append(event)
    if len(groups) > MAX_ENTRIES:
        raise RuleError("calendar_size")
    return list(groups.values())


def _entries(
    group: Sequence[icalendar.Component], default_tz: str, known: dict[str, str], most: int
) -> tuple[list[Entry], int]:
    """Return what the components of one UID stand for, a series and dates beside it, and how many dates it took.

    A date that its series does not have, or whose series is not in the file (an invitation to one date), takes place
    all the same.

    :param most: how many dates of the series may be looked through
    """
    mains = _newest([event for event in group if "RECURRENCE-ID" not in event])
    singles = _newest([event for event in group if "RECURRENCE-ID" in event])
    if len(mains) > 1:
        raise RuleError("calendar_parts")
    if mains and _is_cancelled(mains[0]):
        return [], 0
    entries, in_series = [], set()
    if mains:
        tz = _zone(mains[0], default_tz, known)
        dates = {_day(_value(event, "RECURRENCE-ID"), tz): event for event in singles}
        entry = _entry(mains[0], singles, tz)
        in_series = set(itertools.islice(entry.pattern.dates(until=max(dates, default=entry.pattern.start)), most))
        if len(in_series) == most:
            raise RuleError("calendar_size")
        singles = [event for day, event in dates.items() if day not in in_series]
        changes = {day: change for day, change in entry.changes.items() if day in in_series or day not in dates}
        entries.append(dataclasses.replace(entry, changes=changes))
    beside = [event for event in singles if not _is_cancelled(event)]
    entries += [_entry(event, [], _zone(event, default_tz, known)) for event in beside]
    return entries, len(in_series)


def _newest(events: Sequence[icalendar.Component]) -> list[icalendar.Component]:
    """Return the last version of each date of an entry: the one with the highest number."""
    newest: dict[str, icalendar.Component] = {}
    for event in events:
        place: Any = event.get("RECURRENCE-ID")
        key = place.to_ical().decode() if place is not None else ""
        if key not in newest or _version(event) > _version(newest[key]):
            newest[key] = event
        elif _version(event) == _version(newest[key]):
            raise RuleError("calendar_parts")
    return list(newest.values())


def _version(event: icalendar.Component) -> int:
    return int(event.get("SEQUENCE", 0))


def _is_cancelled(event: icalendar.Component) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _entry(main: icalendar.Component, singles: Sequence[icalendar.Component], tz: str) -> Entry:
    for part in ("RDATE", "EXRULE"):
        if part in main:
            raise RuleError("part", part)
    start = _start(main)
    day, hours = start, None
    if isinstance(start, datetime.datetime):
        day = start.date()
        hours = start.hour + start.minute / 60 + start.second / 3600
    duration = _duration(main, start)
    return Entry(
        summary=str(main.get("SUMMARY", "")).strip(),
        description=str(main.get("DESCRIPTION", "")).strip(),
        pattern=rule_text.from_text(_rule(main), day, tz, hours),
        tz=tz,
        hours=hours,
        duration=duration.total_seconds() / 3600,
        changes=_changes(main, singles, tz, hours, duration),
    )


def _start(event: icalendar.Component) -> datetime.datetime | datetime.date:
    if "DTSTART" not in event:
        raise RuleError("calendar_parts", "DTSTART")
    return _value(event, "DTSTART")


def _value(event: icalendar.Component, name: str) -> Any:
    """Return a property as the library reads it: a moment or a date, or whatever else the file says it is."""
    prop: Any = event[name]
    return prop.dt


def _rule(event: icalendar.Component) -> str:
    """Return the text of the rule; an entry that is not repeated happens once."""
    rule: Any = event.get("RRULE")
    if rule is None:
        return "FREQ=DAILY;COUNT=1"
    if isinstance(rule, list):
        raise RuleError("part", "RRULE + RRULE")
    return rule.to_ical().decode()


def _places(calendar: icalendar.Calendar) -> dict[str, str]:
    """Return the names under which the zones that a file describes are known elsewhere."""
    zones = calendar.walk("VTIMEZONE")
    return {str(zone["TZID"]): str(zone["X-LIC-LOCATION"]) for zone in zones if {"TZID", "X-LIC-LOCATION"} <= set(zone)}


def _zone(event: icalendar.Component, default_tz: str, known: dict[str, str]) -> str:
    """Return the name of the zone of an entry; one that only the file itself describes cannot be kept."""
    start = _start(event)
    name = str(event["DTSTART"].params.get("TZID", ""))
    if not isinstance(start, datetime.datetime):
        return default_tz
    if not name:
        return default_tz if start.tzinfo is None else "UTC"
    # /mozilla.org/20050126_1/Europe/Berlin, /freeassociation.sourceforge.net/Europe/Berlin, tzone://Microsoft/Utc
    pieces = name.split("/")
    ends = ["/".join(pieces[first:]) for first in range(len(pieces))]
    for candidate in (WINDOWS_TO_OLSON.get(name), *ends, known.get(name), pieces[-1].upper()):
        if candidate and _is_zone(candidate):
            return candidate
    raise RuleError("zone", name)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _duration(event: icalendar.Component, start: datetime.datetime | datetime.date) -> datetime.timedelta:
    whole = not isinstance(start, datetime.datetime)
    if "DTEND" in event:
        length = _value(event, "DTEND") - start
    elif "DURATION" in event:
        length = _value(event, "DURATION")
    else:
        length = ONE_DAY if whole else datetime.timedelta()
    if not datetime.timedelta() <= length <= ONE_DAY:
        raise RuleError("calendar_length")
    return length


def _changes(
    main: icalendar.Component,
    singles: Sequence[icalendar.Component],
    tz: str,
    hours: float | None,
    duration: datetime.timedelta,
) -> dict[datetime.date, Change]:
    """Return the dates that are left out or take place otherwise.

    RFC 5545, 3.8.5.1: a moment leaves out the date that begins then; at another hour it leaves out nothing.
    """
    changes: dict[datetime.date, Change] = {}
    dates: Any = main.get("EXDATE", [])
    for part in dates if isinstance(dates, list) else [dates]:
        for value in part.dts:
            day = _day(value.dt, tz)
            if (
                hours is None
                or not isinstance(value.dt, datetime.datetime)
                or _utc(value.dt, tz) == times.to_utc(day, hours, tz)
            ):
                changes[day] = Change()
    for event in singles:
        if event["RECURRENCE-ID"].params.get("RANGE"):
            raise RuleError("part", "RANGE")
        day = _day(_value(event, "RECURRENCE-ID"), tz)
        if _is_cancelled(event):
            changes[day] = Change()
            continue
        start = _start(event)
        length = _duration(event, start) if {"DTEND", "DURATION"} & set(event) else duration
        changes[day] = Change(*_span(start, length, tz), str(event.get("SUMMARY", "")).strip())
    return changes


def _day(moment: Any, tz: str) -> datetime.date:
    """Return the date of a pattern that a moment stands for.

    :raises RuleError: for what is none: a file may write a period, a length or a time of day in its place
    """
    if not isinstance(moment, datetime.date):
        raise RuleError("calendar_parts")
    if not isinstance(moment, datetime.datetime):
        return moment
    if moment.tzinfo is None:
        return moment.date()
    return times.to_local(moment.astimezone(datetime.UTC).replace(tzinfo=None), tz).date()


def _span(
    start: datetime.datetime | datetime.date, length: datetime.timedelta, tz: str
) -> tuple[datetime.datetime, datetime.datetime]:
    if not isinstance(start, datetime.datetime):
        # a whole day, as interactions have them
        return datetime.datetime.combine(start, datetime.time(8)), datetime.datetime.combine(start, datetime.time(18))
    start = _utc(start, tz)
    return start, start + length


def _utc(moment: datetime.datetime, tz: str) -> datetime.datetime:
    """Return a moment as naive UTC; one without a zone is of the zone that counts."""
    if moment.tzinfo is None:
        return times.to_utc(moment.date(), moment.hour + moment.minute / 60, tz)
    return moment.astimezone(datetime.UTC).replace(tzinfo=None, second=0, microsecond=0)
