"""The period that the invoice of a date is for."""

import dataclasses
import datetime
import itertools
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from .pattern import Pattern

#: How far the next date of a pattern is looked for.
REACH_YEARS = 30
#: Distances, in turns of the whole calendar of a pattern, at which the dates before its anchor are looked for.
TURNS = (1, 4, 28)
ONE_DAY = datetime.timedelta(days=1)


def term_end(start: datetime.date, months: int) -> datetime.date:
    """Return the last day of so many months from a day on: the day before the one that is called alike.

    In a month that has no such day it is the month's last one: a month from 31 January on ends on 28 February.
    """
    alike = start + relativedelta(months=months)
    return alike if alike.day < start.day else alike - ONE_DAY


def next_term_end(start: datetime.date, months: int, end: datetime.date) -> datetime.date:
    """Return the last day of the term after the one that ends on a day.

    Terms are counted from the start, so that a short month shifts none after it; from the day after its end where
    that is no term's.
    """
    passed = (end.year - start.year) * 12 + end.month - start.month
    for number in (passed // months, passed // months + 1):
        if number > 0 and term_end(start, number * months) == end:
            return term_end(start, (number + 1) * months)
    return term_end(end + ONE_DAY, months)


def in_advance(pattern: Pattern, date: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return first and last day of the period from a date to the day before the next one."""
    dates = _endless(pattern).dates(until=date + datetime.timedelta(days=366 * REACH_YEARS))
    following = next((day for day in dates if day > date), None)
    return date, following - ONE_DAY if following else date


def in_arrears(pattern: Pattern, date: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return first and last day of the period that ends the day before a date.

    Before the first date it is the period that the rule would have given before its anchor; where the
    anchor lies in the middle of that period, it starts with the anchor.
    """
    before = list(itertools.takewhile(lambda day: day < date, _endless(pattern).dates(until=date)))
    if before:
        return before[-1], date - ONE_DAY
    first = _date_before_anchor(pattern, date)
    if pattern.start < date:
        first = max(first or pattern.start, pattern.start)
    return first or date, date - ONE_DAY if first else date


def _endless(pattern: Pattern) -> Pattern:
    return dataclasses.replace(pattern, count=None, until=None)


def _date_before_anchor(pattern: Pattern, date: datetime.date) -> datetime.date | None:
    """Return the last date before ``date`` of the same rule, anchored earlier in step with itself."""
    for turns in TURNS:
        try:
            start = pattern.start - _turn(pattern) * turns
        except (OverflowError, ValueError):
            return None
        dates = dataclasses.replace(_endless(pattern), start=start).dates(until=date)
        before = list(itertools.takewhile(lambda day: day < date, dates))
        if before:
            return before[-1]
    return None


def _turn(pattern: Pattern) -> datetime.timedelta | relativedelta:
    """Return a stretch of time that is a whole number of steps of the pattern."""
    unit, interval = _unit(pattern)
    if unit == "DAILY":
        return datetime.timedelta(days=366 * interval)
    if unit == "WEEKLY":
        return datetime.timedelta(weeks=52 * interval)
    return relativedelta(years=interval if unit == "MONTHLY" else 4 * interval)


def _unit(pattern: Pattern) -> tuple[str, int]:
    if pattern.freq == "workday":
        return "WEEKLY", pattern.interval  # five working days are a week
    if pattern.freq != "rule":
        return pattern.freq.upper(), pattern.interval
    parts = dict(piece.split("=", 1) for piece in pattern.rule.upper().removeprefix("RRULE:").split(";") if piece)
    return parts["FREQ"], int(parts.get("INTERVAL", 1))


def prorated(
    pattern: Pattern, date: datetime.date, *, is_advance: bool
) -> tuple[datetime.date, datetime.date, Fraction]:
    """Return first and last day of the period of a date, and which part of it is to be paid.

    The part is less than 1 where the pattern starts or ends within the period. In advance, the days between the
    start of a pattern and its first date belong to the first date.

    :returns: tuple of two dates and a ``Fraction``
    """
    first, last = (in_advance if is_advance else in_arrears)(pattern, date)
    before = _date_before_anchor(pattern, date)
    early = Fraction(0)
    if next(pattern.dates(), None) == date and before and before <= pattern.start < date:
        early = Fraction((date - pattern.start).days, (date - before).days)
    if not is_advance:
        return first, last, early or Fraction(1)
    part = Fraction(1)
    if pattern.until and pattern.until < last:
        part = Fraction((pattern.until - first).days + 1, (last - first).days + 1)
        last = pattern.until
    return pattern.start if early else first, last, part + early


def dates_per_month(pattern: Pattern) -> Fraction:
    """Return how many dates a pattern has in a month, on average over four years."""
    end = pattern.start + relativedelta(years=4) - ONE_DAY
    return Fraction(sum(1 for _day in _endless(pattern).dates(until=end)), 48)
