"""The dates of an RFC 5545 rule, to the day, with RFC 7529's SKIP.

A day belongs to a rule when it passes every part of it, and its period (day, week, month, year) is one of
every INTERVAL; BYSETPOS then chooses within the period. All that a year can look like depends on few things
(its length, its first weekday, the lengths of its neighbours), so the days of a year are worked out once for
each of the 28 kinds of year and only shifted after that: a rule that never matches costs no more than others.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence

#: Two-letter names of RFC 5545, Monday first like ``date.weekday()``.
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
#: Most steps that the unit of a rule can be multiplied with.
MAX_INTERVAL = 1000
#: Parts that are lists of numbers: the largest number; whether it may count from the end; whether 0 is a number.
NUMBERS = {
    "BYMONTH": (12, False),
    "BYMONTHDAY": (31, True),
    "BYYEARDAY": (366, True),
    "BYWEEKNO": (53, True),
    "BYSETPOS": (366, True),
}
SKIPS = ("OMIT", "BACKWARD", "FORWARD")
_LAST_YEAR = datetime.MAXYEAR - 1


class RuleError(ValueError):
    """A pattern or rule that stands for no dates.

    :param code: what is wrong, one of the keys that the user interface has a sentence for
    :param detail: the offending piece of text
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Rule:
    """The parts of a rule, read and checked.

    :param parts: dict of part to text, as RFC 5545 writes them; COUNT and UNTIL are for the caller
    :param start: DTSTART: gives what the rule does not say
    :raises RuleError: for what is no rule, or one that RFC 5545 forbids
    """

    def __init__(self, parts: Mapping[str, str], start: datetime.date) -> None:
        self.start = start
        self.freq = parts["FREQ"]
        self.interval = number(parts.get("INTERVAL", "1"), MAX_INTERVAL)
        self.week_start = weekday(parts.get("WKST", "MO"))[1]
        self.lists = {key: self._numbers(key, parts[key]) for key in NUMBERS if key in parts}
        self.days = [weekday(piece) for piece in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
        self.skip = parts.get("SKIP", "OMIT")
        self.positions: tuple[int, ...] = self.lists.pop("BYSETPOS", ())
        self._check_days(parts)
        self._complete()
        self._kinds: dict[tuple[bool, int, bool, bool], list[list[int]]] = {}

    @staticmethod
    def _numbers(key: str, text: str) -> tuple[int, ...]:
        most, signed = NUMBERS[key]
        return tuple(number(piece, most, signed) for piece in text.split(","))

    def _check_days(self, parts: Mapping[str, str]) -> None:
        """RFC 5545, 3.3.10: a numeric BYDAY is for months and years only, and not beside BYWEEKNO."""
        numbered = any(ordinal for ordinal, _day in self.days)
        if numbered and (self.freq not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in self.lists):
            raise RuleError("part", f"BYDAY={parts['BYDAY']}")
        if self.skip != "OMIT" and any(day < 0 for day in self.lists.get("BYMONTHDAY", ())):
            raise RuleError("part", "SKIP")

    def _complete(self) -> None:
        """RFC 5545, 3.3.10: what the rule does not say is taken from its start."""
        dated = self.lists.keys() & {"BYMONTHDAY", "BYYEARDAY"} or self.days
        if dated or self.freq == "DAILY":
            return
        if self.freq == "WEEKLY" or "BYWEEKNO" in self.lists:
            self.days = [(0, self.start.weekday())]
            return
        self.lists["BYMONTHDAY"] = (self.start.day,)
        if self.freq == "YEARLY":
            self.lists.setdefault("BYMONTH", (self.start.month,))

    def dates(self, limit: datetime.date) -> Iterator[datetime.date]:
        """Yield the dates from the start on, in order, none after ``limit``."""
        first, last = self.start.toordinal(), min(limit, datetime.date(_LAST_YEAR, 12, 31)).toordinal()
        previous = first - 1
        for ordinal in self._ordinals(first, last):
            if ordinal > last:
                return
            # days that SKIP moved into the next month may be there already
            if ordinal > previous:
                previous = ordinal
                yield datetime.date.fromordinal(ordinal)

    def _ordinals(self, first: int, last: int) -> Iterator[int]:
        if self.freq == "MONTHLY":
            return self._by_month(last)
        if self.freq == "YEARLY":
            return self._by_year(last)
        if self.freq == "WEEKLY":
            return self._by_week(first, last)
        return self._by_day(first, last)

    def _by_year(self, last: int) -> Iterator[int]:
        for year in itertools.count(self.start.year, self.interval):
            base = _base(year)
            if base > last:
                return
            for days in self._year(year):
                for day in days:
                    yield base + day

    def _by_month(self, last: int) -> Iterator[int]:
        for month in itertools.count(self.start.year * 12 + self.start.month - 1, self.interval):
            base = _base(month // 12)
            if base > last:
                return
            for day in self._year(month // 12)[month % 12]:
                yield base + day

    def _by_week(self, first: int, last: int) -> Iterator[int]:
        """Weeks do not end with the year: the days of all years are cut into weeks anew."""
        monday = first - (self.start.weekday() - self.week_start) % 7
        begin = datetime.date.fromordinal(monday) if monday > 0 else self.start
        week = 0
        days: list[int] = []
        for day in self._all_days(begin.year, last):
            if (day - monday) // 7 != week:
                yield from self._chosen_week(week, days)
                week, days = (day - monday) // 7, []
            days.append(day)
        yield from self._chosen_week(week, days)

    def _chosen_week(self, week: int, days: list[int]) -> Sequence[int]:
        return self._chosen(days) if week >= 0 and week % self.interval == 0 else ()

    def _by_day(self, first: int, last: int) -> Iterator[int]:
        if self.positions and not {1, -1}.intersection(self.positions):
            return
        for day in self._all_days(self.start.year, last):
            if day >= first and (day - first) % self.interval == 0:
                yield day

    def _all_days(self, year: int, last: int) -> Iterator[int]:
        """Yield the days of all years from ``year`` on, to the end of the week after ``last``."""
        for number_ in itertools.count(year):
            base = _base(number_)
            if base > last + 7:
                return
            [days] = self._year(number_)
            for day in days:
                yield base + day

    def _year(self, year: int) -> list[list[int]]:
        """Return the days of a year, counted from its first one, as a list for each period."""
        kind = (calendar.isleap(year), _weekday_of(year), calendar.isleap(year - 1), calendar.isleap(year + 1))
        if kind not in self._kinds:
            self._kinds[kind] = self._periods(_Calendar(*kind, self.week_start))
        return self._kinds[kind]

    def _periods(self, year: _Calendar) -> list[list[int]]:
        candidates = [pair for pair in self._candidates(year) if self._takes(year, pair[1])]
        if self.freq == "MONTHLY":
            return [self._chosen(sorted({day for month, day in candidates if month == m})) for m in range(1, 13)]
        days = sorted({day for _month, day in candidates})
        return [self._chosen(days) if self.freq == "YEARLY" else days]

    def _candidates(self, year: _Calendar) -> Iterator[tuple[int, int]]:
        """Yield pairs of month and day that BYMONTH and BYMONTHDAY give, with SKIP applied right after these."""
        months = self.lists.get("BYMONTH", range(1, 13))
        monthdays = self.lists.get("BYMONTHDAY")
        for month in sorted(set(months)):
            first, length = year.first[month], year.length[month]
            for day in monthdays or range(1, length + 1):
                if day < 0:
                    day += length + 1
                if 1 <= day <= length:
                    yield month, first + day - 1
                elif day > length and self.skip != "OMIT" and self.freq in ("MONTHLY", "YEARLY"):
                    yield month, first + length - (1 if self.skip == "BACKWARD" else 0)

    def _takes(self, year: _Calendar, day: int) -> bool:
        if "BYYEARDAY" in self.lists:
            numbers = self.lists["BYYEARDAY"]
            if day + 1 not in numbers and day - year.days not in numbers:
                return False
        if "BYWEEKNO" in self.lists:
            week, weeks = year.week(day)
            if week not in self.lists["BYWEEKNO"] and week - weeks - 1 not in self.lists["BYWEEKNO"]:
                return False
        return not self.days or self._takes_weekday(year, day)

    def _takes_weekday(self, year: _Calendar, day: int) -> bool:
        name = (year.weekday + day) % 7
        for ordinal, wanted in self.days:
            if name != wanted:
                continue
            if not ordinal:
                return True
            first, length = 0, year.days
            if self.freq == "MONTHLY" or "BYMONTH" in self.lists:
                month = year.month(day)
                first, length = year.first[month], year.length[month]
            place = (day - first) // 7 + 1 if ordinal > 0 else -((first + length - 1 - day) // 7 + 1)
            if place == ordinal:
                return True
        return False

    def _chosen(self, days: list[int]) -> list[int]:
        """Apply BYSETPOS to the days of one period."""
        if not self.positions:
            return days
        count = len(days)
        places = {place - 1 if place > 0 else count + place for place in self.positions}
        return [days[place] for place in sorted(places) if 0 <= place < count]


class _Calendar:
    """A kind of year: its months and weeks, days counted from 0."""

    def __init__(self, leap: bool, first_weekday: int, leap_before: bool, leap_after: bool, week_start: int) -> None:
        self.days = 366 if leap else 365
        self.weekday = first_weekday
        lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        self.length = dict(enumerate(lengths, start=1))
        self.first = dict(enumerate(itertools.accumulate(lengths[:-1], initial=0), start=1))
        self._week_start = week_start
        self._before, self._after = (366 if leap_before else 365), (366 if leap_after else 365)
        self._first_week = self._start_of_weeks(first_weekday)
        self._next_week = self.days + self._start_of_weeks(first_weekday + self.days)

    def _start_of_weeks(self, first_weekday: int) -> int:
        """Week 1 is the first one with four days in the year (RFC 5545, 3.3.10)."""
        offset = (first_weekday - self._week_start) % 7
        return -offset if offset <= 3 else 7 - offset

    def month(self, day: int) -> int:
        """Return the month of a day."""
        return next(month for month in range(12, 0, -1) if self.first[month] <= day)

    def week(self, day: int) -> tuple[int, int]:
        """Return the number of the week of a day and the number of weeks of the year which that belongs to."""
        if day < self._first_week:
            begin = -self._before + self._start_of_weeks(self.weekday - self._before)
            return (day - begin) // 7 + 1, (self._first_week - begin) // 7
        if day >= self._next_week:
            end = self.days + self._after + self._start_of_weeks(self.weekday + self.days + self._after)
            return (day - self._next_week) // 7 + 1, (end - self._next_week) // 7
        return (day - self._first_week) // 7 + 1, (self._next_week - self._first_week) // 7


def _base(year: int) -> int:
    return datetime.date(min(max(year, 1), datetime.MAXYEAR), 1, 1).toordinal()


def _weekday_of(year: int) -> int:
    return datetime.date(min(max(year, 1), datetime.MAXYEAR), 1, 1).weekday()


def number(text: str, most: int, signed: bool = False) -> int:
    """:raises RuleError: unless the text is a number from 1 (with a sign: from ``-most``) to ``most``"""
    try:
        value = int(text)
    except ValueError as error:
        raise RuleError("syntax", text) from error
    if not value or not (-most if signed else 1) <= value <= most:
        raise RuleError("syntax", text)
    return value


def weekday(text: str) -> tuple[int, int]:
    """Return number (0: every one) and day of the week of a text such as ``-1FR``."""
    name, ordinal = text[-2:], text[:-2]
    if name not in WEEKDAYS:
        raise RuleError("syntax", text)
    return number(ordinal, 53, signed=True) if ordinal else 0, WEEKDAYS.index(name)
