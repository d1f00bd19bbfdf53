"""Find the zones that a calendar file names: known ones, or known ones whose clocks go as the file describes them.

The ``icalendar`` library (7.3.2) keeps what a file says about a name for all files that come after it, and works a
rule out second by second where somebody wrote such a one: descriptions are taken out of the file and read here.
"""

import datetime
import functools
import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from . import zones
from .pattern import parse_parts
from .rules import Rule, RuleError

_BLOCK = re.compile(rb"^BEGIN:VTIMEZONE[ \t]*\r?\n(.*?)^END:VTIMEZONE[ \t]*(?:\r?\n|\Z)", re.I | re.M | re.S)
_FOLD = re.compile(rb"\r?\n[ \t]")
_MOMENT = re.compile(r"(\d{8})T(\d{6})Z?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
#: What a rule about clocks is made of.
_YEARLY = {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT", "WKST"}
#: So many periods of one clock a zone has at most, and so long two zones have to go alike to be taken for one.
MAX_OBSERVANCES = 500
REACH = datetime.timedelta(days=3 * 366)

Clocks = tuple[tuple[datetime.datetime, datetime.timedelta], ...]
#: Names of properties with their values.
Lines = list[tuple[str, str]]


def take_out(content: bytes) -> tuple[bytes, dict[str, Lines]]:
    """Return a file without its descriptions of zones, and these by their names."""
    described: dict[str, Lines] = {}
    for block in _BLOCK.findall(content):
        text = _FOLD.sub(b"", block).decode(errors="replace")
        lines = [(line.partition(":")[0].split(";")[0].upper(), line.partition(":")[2]) for line in text.splitlines()]
        described.setdefault(dict(reversed(lines)).get("TZID", ""), lines)
    return _BLOCK.sub(b"", content), described


class Zones:
    """The zones of one file.

    :param default: name of the zone that counts for moments without one
    """

    def __init__(self, described: Mapping[str, Lines], default: str) -> None:
        self.default = default
        self._described = described
        self._found: dict[str, str] = {}

    def name(self, tzid: str, moment: datetime.datetime) -> str:
        """Return the name of a zone as it is known everywhere.

        :param moment: from which on its clocks matter
        :raises RuleError: for one that is not known
        """
        if tzid not in self._found:
            self._found[tzid] = self._known(tzid) or self._alike(tzid, moment)
        return self._found[tzid]

    def _known(self, tzid: str) -> str:
        # /mozilla.org/20050126_1/Europe/Berlin, /freeassociation.sourceforge.net/Europe/Berlin, tzone://Microsoft/Utc
        pieces = tzid.split("/")
        ends = ["/".join(pieces[first:]) for first in range(len(pieces))]
        located = dict(self._described.get(tzid, [])).get("X-LIC-LOCATION", "")
        candidates = (WINDOWS_TO_OLSON.get(tzid, ""), *ends, located, pieces[-1].upper())
        return next((name for name in candidates if _is_zone(name)), "")

    def _alike(self, tzid: str, moment: datetime.datetime) -> str:
        """Programs name zones as they like: ``(UTC+01:00) Amsterdam, Berlin``, ``Customized Time Zone``."""
        if tzid not in self._described:
            raise RuleError("zone", tzid)
        first = moment.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        clocks = _described_clocks(self._described[tzid], first)
        names = (self.default, *sorted(set(WINDOWS_TO_OLSON.values())))
        found = next((name for name in names if clocks == _known_clocks(name, first)), None)
        if not found:
            raise RuleError("zone", tzid)
        return found

    def moment(self, value: datetime.datetime, tzid: str) -> datetime.datetime:
        """Return a moment of the file with its zone; without one it is of the zone that counts, and stays as it is."""
        if not tzid:
            return value
        return value.replace(tzinfo=zoneinfo.ZoneInfo(self.name(tzid, value)))


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@functools.lru_cache(maxsize=1024)
def _known_clocks(name: str, first: datetime.datetime) -> Clocks:
    zone = zoneinfo.ZoneInfo(name)
    moments = [first, *zones.changes(zone, first, first + REACH)]
    return tuple((moment, zones.offset(zone, moment)) for moment in moments)


def _described_clocks(lines: Lines, first: datetime.datetime) -> Clocks:
    """Return from which moment on clocks are ahead by how much, as a description says."""
    last = first + REACH
    onsets = sorted(onset for observance in _observances(lines) for onset in _onsets(observance, last))
    before = [ahead for moment, ahead in onsets if moment <= first]
    if not before:
        raise RuleError("zone")
    clocks = [(first, before[-1])]
    for moment, ahead in onsets:
        if first < moment <= last and ahead != clocks[-1][1]:
            clocks.append((moment, ahead))
    return tuple(clocks)


def _observances(lines: Lines) -> Iterator[Lines]:
    begins = [number for number, (name, _value) in enumerate(lines) if name == "BEGIN"]
    if len(begins) > MAX_OBSERVANCES:
        raise RuleError("calendar_size")
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield lines[begin:end]


def _onsets(lines: Lines, last: datetime.datetime) -> Iterator[tuple[datetime.datetime, datetime.timedelta]]:
    """Yield the moments (naive UTC) at which one kind of time begins, and how far it is ahead."""
    values = dict(lines)
    before, ahead = _length(values.get("TZOFFSETFROM", "")), _length(values.get("TZOFFSETTO", ""))
    start = _moment(values.get("DTSTART", ""))
    dates = [_moment(text) for name, value in lines if name == "RDATE" for text in value.split(",")]
    rules = [value for name, value in lines if name == "RRULE"]
    # dates of rules are told by the clock of before, the end is a moment
    end = last + before
    for rule in rules:
        dates += _by_rule(rule, start, min(end, _until(rule, before) or end))
    for moment in dates if rules else [start, *dates]:
        yield moment - before, ahead


def _by_rule(text: str, start: datetime.datetime, last: datetime.datetime) -> Iterable[datetime.datetime]:
    parts = parse_parts(text)
    if parts["FREQ"] != "YEARLY" or parts.keys() - _YEARLY:
        raise RuleError("zone")
    days = list(Rule(parts, start.date()).dates(last.date()))
    moments = [datetime.datetime.combine(day, start.time()) for day in days]
    return [moment for moment in moments if moment <= last][: int(parts.get("COUNT", len(days)))]


def _until(rule: str, before: datetime.timedelta) -> datetime.datetime | None:
    """Return the end of a rule by the clock of before."""
    until = parse_parts(rule).get("UNTIL", "")
    if not until:
        return None
    return _moment(until) + before if "T" in until else _moment(f"{until}T235959")


def _moment(text: str) -> datetime.datetime:
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise RuleError("zone", text)
    return datetime.datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S")


def _length(text: str) -> datetime.timedelta:
    found = _OFFSET.fullmatch(text.strip())
    if not found:
        raise RuleError("zone", text)
    hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    length = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length
