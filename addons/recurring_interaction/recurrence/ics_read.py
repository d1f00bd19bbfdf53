"""Read an iCalendar file (RFC 5545) into patterns with their exceptions."""

import dataclasses
import datetime
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
        groups = _groups(icalendar.Calendar.from_ical(content))
    except RuleError:
        raise
    except Exception as error:
        # a stranger's file: the library raises whatever the damage leads to
        raise RuleError("calendar") from error
    try:
        return [_entry(group, tz) for group in groups]
    except RuleError:
        raise
    except Exception as error:
        # it reads values when they are asked for
        raise RuleError("calendar_parts") from error


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


def _entry(group: Sequence[icalendar.Component], default_tz: str) -> Entry:
    mains = [event for event in group if "RECURRENCE-ID" not in event]
    if len(mains) != 1:
        raise RuleError("calendar_parts")
    main = mains[0]
    for part in ("RDATE", "EXRULE"):
        if part in main:
            raise RuleError("part", part)
    start = _start(main)
    tz, day, hours = default_tz, start, None
    if isinstance(start, datetime.datetime):
        tz, day = _zone(main, start, default_tz), start.date()
        hours = start.hour + start.minute / 60 + start.second / 3600
    duration = _duration(main, start)
    return Entry(
        summary=str(main.get("SUMMARY", "")).strip(),
        description=str(main.get("DESCRIPTION", "")).strip(),
        pattern=rule_text.from_text(_rule(main), day, tz, hours),
        tz=tz,
        hours=hours,
        duration=duration.total_seconds() / 3600,
        changes=_changes(main, group, tz, duration),
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


def _zone(event: icalendar.Component, start: datetime.datetime, default_tz: str) -> str:
    """Return the name of a zone; one that only the file itself describes cannot be kept."""
    name = str(event["DTSTART"].params.get("TZID", ""))
    if not name:
        return default_tz if start.tzinfo is None else "UTC"
    name = WINDOWS_TO_OLSON.get(name, name)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RuleError("zone", name) from error
    return name


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
    main: icalendar.Component, group: Sequence[icalendar.Component], tz: str, duration: datetime.timedelta
) -> dict[datetime.date, Change]:
    """Return the dates that are left out or take place otherwise."""
    changes: dict[datetime.date, Change] = {}
    dates: Any = main.get("EXDATE", [])
    for part in dates if isinstance(dates, list) else [dates]:
        for value in part.dts:
            changes[_day(value.dt, tz)] = Change()
    for event in group:
        if event is main:
            continue
        if event["RECURRENCE-ID"].params.get("RANGE"):
            raise RuleError("part", "RANGE")
        day = _day(_value(event, "RECURRENCE-ID"), tz)
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
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
    if start.tzinfo is None:
        start = times.to_utc(start.date(), start.hour + start.minute / 60, tz)
    else:
        start = start.astimezone(datetime.UTC).replace(tzinfo=None)
    return start, start + length
