"""Write an iCalendar feed (RFC 5545) with the ``icalendar`` library: time zones, folding, moved and left out dates."""

import dataclasses
import datetime
import zoneinfo
from collections.abc import Iterable, Iterator

import icalendar

from . import zones

PRODUCT = "-//Everyday Trade Addons Contributors//Recurring Interactions//EN"


Moment = datetime.datetime | datetime.date


@dataclasses.dataclass(frozen=True)
class Event:
    """One entry of the feed; ``start`` and ``stop`` are naive UTC, or dates for a whole day."""

    uid: str
    start: Moment
    stop: Moment
    summary: str
    stamp: datetime.datetime
    description: str = ""
    url: str = ""
    status: str = "CONFIRMED"


@dataclasses.dataclass(frozen=True)
class Series:
    """Entries that follow a rule: the first of them, and where the others differ.

    :param first: the entry of the first date
    :param rule: value of RRULE without its end
    :param last: start of the last date, as ``Event.start``
    :param tz: name of the time zone in which the hour of the day stays the same
    :param left_out: starts of dates without an entry
    :param changed: pairs of the start that the rule gives and the entry that stands for it
    """

    first: Event
    rule: str
    last: Moment
    tz: str
    left_out: tuple[Moment, ...] = ()
    changed: tuple[tuple[Moment, Event], ...] = ()


def calendar(name: str, entries: Iterable[Event | Series]) -> bytes:
    """Return the feed of events and series as bytes."""
    feed = icalendar.Calendar()
    feed.add("prodid", PRODUCT)
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", icalendar.vText(_clean(name)))
    entries = list(entries)
    for tz, span in _zones(entries).items():
        feed.add_component(zones.component(tz, min(span), max(span)))
    for entry in entries:
        for component in _series(entry) if isinstance(entry, Series) else [_event(entry)]:
            feed.add_component(component)
    return feed.to_ical()


def _zones(entries: Iterable[Event | Series]) -> dict[str, list[datetime.datetime]]:
    """Return the moments that are told in each zone."""
    spans: dict[str, list[datetime.datetime]] = {}
    for entry in entries:
        if isinstance(entry, Series):
            told = [entry.first.start, entry.last, *(event.start for _start, event in entry.changed)]
            moments = [moment for moment in told if isinstance(moment, datetime.datetime)]
            if moments:
                spans.setdefault(entry.tz, []).extend(moments)
    return spans


def _series(series: Series) -> Iterator[icalendar.Event]:
    main = _event(series.first, series.tz)
    last = series.last.strftime("%Y%m%dT%H%M%SZ" if isinstance(series.last, datetime.datetime) else "%Y%m%d")
    main.add("rrule", icalendar.vRecur.from_ical(f"{series.rule};UNTIL={last}"))
    if series.left_out:
        main.add("exdate", [_moment(start, series.tz) for start in series.left_out])
    yield main
    for start, event in series.changed:
        component = _event(event, series.tz)
        component.add("recurrence-id", _moment(start, series.tz))
        yield component


def _event(event: Event, tz: str | None = None) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("dtstamp", event.stamp.replace(microsecond=0, tzinfo=datetime.UTC))
    component.add("dtstart", _moment(event.start, tz))
    component.add("dtend", _moment(event.stop, tz))
    component.add("summary", _clean(event.summary))
    component.add("status", event.status)
    if event.description:
        component.add("description", _clean(event.description))
    if event.url:
        component.add("url", event.url)
    return component


def _moment(moment: Moment, tz: str | None) -> Moment:
    """Return a date as it is, a moment in UTC in the zone; without a zone in UTC."""
    if not isinstance(moment, datetime.datetime):
        return moment
    aware = moment.replace(tzinfo=datetime.UTC)
    return aware.astimezone(zoneinfo.ZoneInfo(tz)) if tz else aware


def _clean(text: str) -> str:
    return "".join(character for character in text if character in "\n\t" or ord(character) >= 32)
