"""Write an iCalendar feed (RFC 5545)."""

import dataclasses
import datetime

PRODUCT = "-//Workday Addons Contributors//Recurring Interactions//EN"


@dataclasses.dataclass(frozen=True)
class Event:
    """One entry of the feed; ``start`` and ``stop`` are naive UTC, or dates for a whole day."""

    uid: str
    start: datetime.datetime | datetime.date
    stop: datetime.datetime | datetime.date
    summary: str
    stamp: datetime.datetime
    description: str = ""
    url: str = ""
    status: str = "CONFIRMED"


def calendar(name, events):
    """Return the feed as bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for event in events:
        lines += _event_lines(event)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event_lines(event):
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_moment(event.stamp)}",
        f"DTSTART{_value(event.start)}",
        f"DTEND{_value(event.stop)}",
        f"SUMMARY:{_escaped(event.summary)}",
        f"STATUS:{event.status}",
    ]
    if event.description:
        lines.append(f"DESCRIPTION:{_escaped(event.description)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _moment(moment):
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _value(moment):
    if isinstance(moment, datetime.datetime):
        return f":{_moment(moment)}"
    return f";VALUE=DATE:{moment.strftime('%Y%m%d')}"


def _escaped(text):
    text = "".join(character for character in text if character in "\n\t" or ord(character) >= 32)
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line):
    """Return the line in pieces of at most 75 octets, never cutting a character."""
    pieces, current = [], b""
    for character in line:
        encoded = character.encode()
        if len(current) + len(encoded) > (75 if not pieces else 74):
            pieces.append(current)
            current = b""
        current += encoded
    pieces.append(current)
    return b"\r\n ".join(pieces) + b"\r\n"
