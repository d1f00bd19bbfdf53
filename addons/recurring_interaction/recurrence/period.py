"""The period that the invoice of a date is for."""

import dataclasses
import datetime
import itertools

from dateutil.relativedelta import relativedelta

#: How far the next date of a pattern is looked for.
REACH_YEARS = 30
#: Distances, in turns of the whole calendar of a pattern, at which the dates before its anchor are looked for.
TURNS = (1, 4, 28)
ONE_DAY = datetime.timedelta(days=1)


def in_advance(pattern, date):
    """Return first and last day of the period from a date to the day before the next one."""
    dates = _endless(pattern).dates(until=date + datetime.timedelta(days=366 * REACH_YEARS))
    following = next((day for day in dates if day > date), None)
    return date, following - ONE_DAY if following else date


def in_arrears(pattern, date):
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


def _endless(pattern):
    return dataclasses.replace(pattern, count=None, until=None)


def _date_before_anchor(pattern, date):
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


def _turn(pattern):
    """Return a stretch of time that is a whole number of steps of the pattern."""
    unit, interval = _unit(pattern)
    if unit == "DAILY":
        return datetime.timedelta(days=366 * interval)
    if unit == "WEEKLY":
        return datetime.timedelta(weeks=52 * interval)
    return relativedelta(years=interval if unit == "MONTHLY" else 4 * interval)


def _unit(pattern):
    if pattern.freq == "workday":
        return "WEEKLY", pattern.interval  # five working days are a week
    if pattern.freq != "rule":
        return pattern.freq.upper(), pattern.interval
    parts = dict(piece.split("=", 1) for piece in pattern.rule.upper().removeprefix("RRULE:").split(";") if piece)
    return parts["FREQ"], int(parts.get("INTERVAL", 1))
