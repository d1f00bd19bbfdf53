"""Read an iCalendar file (RFC 5545) into patterns with their exceptions."""

import dataclasses
import datetime
import itertools
from collections.abc import Sequence
from typing import Any

import icalendar

from . import rule_text, times, zones_read
from .pattern import Pattern
from .rules import RuleError
from .zones_read import Zones

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
    is_whole_day: bool = False


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
        rest, described = zones_read.take_out(content)
        groups = _groups(icalendar.Calendar.from_ical(rest))
    except RuleError:
        raise
    except Exception as error:
        # a stranger's file: the library raises whatever the damage leads to
        raise RuleError("calendar") from error
    try:
        zones, left = Zones(described, tz), MAX_DATES
        entries: list[Entry] = []
        for group in groups:
            found, looked_through = _entries(group, zones, left)
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


def _entries(group: Sequence[icalendar.Component], zones: Zones, most: int) -> tuple[list[Entry], int]:
    """Return what the components of one UID stand for, a series and dates beside it, and how many dates it took.

    A date that its series does not have, or whose series is not in the file (an invitation to one date), takes place
    all the same.

    :param most: how many dates of the series may be looked through
    """
    mains = _newest([event for event in group if "RECURRENCE-ID" not in event])
    singles = _newest([event for event in group if "RECURRENCE-ID" in event])
    if len(mains) > 1:
        raise RuleError("calendar_parts")
    later = [event for event in singles if event["RECURRENCE-ID"].params.get("RANGE")]
    singles = [event for event in singles if event not in later]
    if later and not mains:
        raise RuleError("part", "RANGE")
    if mains and _is_cancelled(mains[0]):
        return [], 0
    entries, in_series = [], set()
    if mains:
        entry = _entry(mains[0], singles, zones)
        dates, bounds = (
            {_day(_value(event, "RECURRENCE-ID", zones), entry.tz): event for event in events}
            for events in (singles, later)
        )
        reach = max([entry.pattern.start, *dates, *bounds])
        in_series = set(itertools.islice(entry.pattern.dates(until=reach), most))
        if len(in_series) == most:
            raise RuleError("calendar_size")
        singles = [event for day, event in dates.items() if day not in in_series]
        changes = {day: change for day, change in entry.changes.items() if day in in_series or day not in dates}
        entries += _divided(
            dataclasses.replace(entry, changes=changes),
            {day: _later(event, zones) for day, event in bounds.items()},
            sorted(in_series),
        )
    beside = [event for event in singles if not _is_cancelled(event)]
    entries += [_entry(event, [], zones) for event in beside]
    return entries, len(in_series)


def _later(event: icalendar.Component, zones: Zones) -> Entry | None:
    """Return what a date and all later ones are from there on; none where they do not take place."""
    if str(event["RECURRENCE-ID"].params["RANGE"]).upper() != "THISANDFUTURE":
        raise RuleError("part", "RANGE")
    return None if _is_cancelled(event) else _entry(event, [], zones)


def _divided(entry: Entry, later: dict[datetime.date, Entry | None], dates: Sequence[datetime.date]) -> list[Entry]:
    """Return a series as the parts that it falls into where all dates from one on are otherwise (RFC 5545, 3.2.13).

    :param later: what a part is like, by its first date
    :param dates: those of the series, up to the last part
    :raises RuleError: where later dates move to other days: these follow no rule that the file has
    """
    bounds = [dates[0] if dates else entry.pattern.start, *sorted(later), None]
    parts: list[Entry] = []
    for first, end in itertools.pairwise(bounds):
        if not first or first == end:
            continue
        new = later.get(first, entry)
        if first in later and (first not in dates or (new and new.pattern.start != first)):
            raise RuleError("part", "RANGE")
        if not new:
            continue
        pattern = entry.pattern
        if first in later:
            count = pattern.count and pattern.count - sum(day < first for day in dates)
            pattern = dataclasses.replace(pattern, start=first, count=count)
        if end:
            pattern = dataclasses.replace(pattern, until=end - ONE_DAY, count=None)
        changes = {day: change for day, change in entry.changes.items() if first <= day and (not end or day < end)}
        duration = new.duration or entry.duration
        parts.append(dataclasses.replace(new, pattern=pattern, changes=changes, duration=duration))
    return parts


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


def _entry(main: icalendar.Component, singles: Sequence[icalendar.Component], zones: Zones) -> Entry:
    for part in ("RDATE", "EXRULE"):
        if part in main:
            raise RuleError("part", part)
    start = _start(main, zones)
    tz = _zone(main, start, zones)
    day, hours = start, None
    if isinstance(start, datetime.datetime):
        day = start.date()
        hours = start.hour + start.minute / 60 + start.second / 3600
    duration = _duration(main, start, zones)
    return Entry(
        summary=str(main.get("SUMMARY", "")).strip(),
        description=str(main.get("DESCRIPTION", "")).strip(),
        pattern=rule_text.from_text(_rule(main), day, tz, hours),
        tz=tz,
        hours=hours,
        duration=duration.total_seconds() / 3600,
        changes=_changes(main, singles, zones, (tz, hours, duration)),
    )


def _start(event: icalendar.Component, zones: Zones) -> datetime.datetime | datetime.date:
    if "DTSTART" not in event:
        raise RuleError("calendar_parts", "DTSTART")
    return _value(event, "DTSTART", zones)


def _value(event: icalendar.Component, name: str, zones: Zones) -> Any:
    """Return a property as the library reads it: a moment or a date, or whatever else the file says it is."""
    prop: Any = event[name]
    return _placed(prop.dt, prop, zones)


def _placed(value: Any, prop: Any, zones: Zones) -> Any:
    """Return a value of a property, a moment in its zone."""
    return zones.moment(value, str(prop.params.get("TZID", ""))) if isinstance(value, datetime.datetime) else value


def _rule(event: icalendar.Component) -> str:
    """Return the text of the rule; an entry that is not repeated happens once."""
    rule: Any = event.get("RRULE")
    if rule is None:
        return "FREQ=DAILY;COUNT=1"
    if isinstance(rule, list):
        raise RuleError("part", "RRULE + RRULE")
    return rule.to_ical().decode()


def _zone(event: icalendar.Component, start: datetime.datetime | datetime.date, zones: Zones) -> str:
    """Return the name of the zone of an entry."""
    if not isinstance(start, datetime.datetime) or start.tzinfo is None:
        return zones.default
    tzid = str(event["DTSTART"].params.get("TZID", ""))
    return zones.name(tzid, start) if tzid else "UTC"


def _duration(event: icalendar.Component, start: datetime.datetime | datetime.date, zones: Zones) -> datetime.timedelta:
    whole = not isinstance(start, datetime.datetime)
    if "DTEND" in event:
        length = _value(event, "DTEND", zones) - start
    elif "DURATION" in event:
        length = _value(event, "DURATION", zones)
    else:
        length = ONE_DAY if whole else datetime.timedelta()
    if not datetime.timedelta() <= length <= ONE_DAY:
        raise RuleError("calendar_length")
    return length


def _changes(
    main: icalendar.Component,
    singles: Sequence[icalendar.Component],
    zones: Zones,
    usual: tuple[str, float | None, datetime.timedelta],
) -> dict[datetime.date, Change]:
    """Return the dates that are left out or take place otherwise.

    RFC 5545, 3.8.5.1: a moment leaves out the date that begins then; at another hour it leaves out nothing.

    :param usual: zone, hour of the day and length of all others
    """
    tz, hours, duration = usual
    changes: dict[datetime.date, Change] = {}
    dates: Any = main.get("EXDATE", [])
    for part in dates if isinstance(dates, list) else [dates]:
        for value in (_placed(item.dt, part, zones) for item in part.dts):
            day = _day(value, tz)
            if (
                hours is None
                or not isinstance(value, datetime.datetime)
                or _utc(value, tz) == times.to_utc(day, hours, tz)
            ):
                changes[day] = Change()
    for event in singles:
        day = _day(_value(event, "RECURRENCE-ID", zones), tz)
        if _is_cancelled(event):
            changes[day] = Change()
            continue
        start = _start(event, zones)
        length = _duration(event, start, zones) if {"DTEND", "DURATION"} & set(event) else duration
        summary = str(event.get("SUMMARY", "")).strip()
        changes[day] = Change(*_span(start, length, tz), summary, not isinstance(start, datetime.datetime))
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
