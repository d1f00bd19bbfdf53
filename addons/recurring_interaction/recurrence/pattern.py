"""A recurrence pattern and the dates it stands for.

Everything rests on :func:`rule_parts`, the pattern written as the parts of an RFC 5545 rule;
the dates come from ``dateutil.rrule`` and are always computed from the anchor, so that a short
month never shifts the months after it.
"""

import dataclasses
import datetime

from dateutil import rrule

#: Two-letter names of RFC 5545, Monday first like ``date.weekday()``.
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: No pattern reaches further than this from its anchor; it bounds rules that never match.
MAX_YEARS = 100
#: After so many years every kind of year (leap or not, first weekday) has come by, also around the year 2100.
CALENDAR_CYCLE = 41
#: The last day that every month has.
SHORTEST_MONTH = 28
#: Most steps that the unit of a pattern can be multiplied with.
MAX_INTERVAL = 1000

_FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
_NUMBER_LISTS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")


class RuleError(ValueError):
    """A pattern or rule that stands for no dates.

    :param code: what is wrong, one of the keys that the user interface has a sentence for
    :param detail: the offending piece of text
    """

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclasses.dataclass(frozen=True)
class Pattern:
    """What a person chose on the form.

    ``freq`` is ``daily``, ``workday`` (Monday to Friday), ``weekly``, ``monthly``, ``yearly`` or
    ``rule`` (any other RFC 5545 rule, its text in ``rule``). Weekdays count from Monday = 0.
    """

    start: datetime.date
    freq: str = "weekly"
    interval: int = 1
    weekdays: tuple = ()
    month_by: str = "day"
    month_day: int = 1
    week: int = 1
    weekday: int = 0
    month: int = 1
    month_end: str = "clamp"
    until: datetime.date | None = None
    count: int | None = None
    rule: str = ""

    def validate(self):
        """:raises RuleError: if a value is out of its range or contradicts another one"""
        if not self.start:
            raise RuleError("no_start")
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise RuleError("interval", str(self.interval))
        if self.freq == "weekly" and not self.weekdays:
            raise RuleError("no_weekday")
        if self.freq in ("monthly", "yearly") and self.month_by == "day" and not 1 <= self.month_day <= 31:
            raise RuleError("month_day", str(self.month_day))
        if self.count is not None and self.count < 1:
            raise RuleError("count", str(self.count))
        if self.until and self.until < self.start:
            raise RuleError("until")
        if self.freq == "rule" and not self.rule:
            raise RuleError("no_rule")

    def dates(self, until=None):
        """Yield the dates from the anchor on, in order, none after ``until``.

        :param until: last date of interest, for open-ended patterns
        :raises RuleError: if the pattern is not valid
        """
        self.validate()
        limit = self.start.replace(day=1, year=min(self.start.year + MAX_YEARS, 9998))
        for end in (self.until, until):
            limit = min(limit, end) if end else limit
        step = self.interval if self.freq == "workday" else 1
        taken = 0
        for number, moment in enumerate(_rule(rule_parts(self), self.start, limit)):
            if number % step:
                continue
            if self.count is not None and taken >= self.count:
                return
            taken += 1
            yield moment.date()

    @property
    def is_open_ended(self):
        """Whether neither a date nor a number ends the pattern."""
        return not self.until and self.count is None

    def period_key(self, day):
        """Return what ``day`` has in common with the dates it may be moved to: its week, month or year."""
        if self.freq == "monthly":
            return day.year, day.month
        if self.freq in ("yearly", "rule"):
            return (day.year,)
        return tuple(day.isocalendar()[:2])


def rule_parts(pattern):
    """Return the pattern as a dict of rule parts, without COUNT and UNTIL."""
    if pattern.freq == "rule":
        return parse_parts(pattern.rule)
    parts = {"FREQ": "DAILY" if pattern.freq == "workday" else pattern.freq.upper()}
    if pattern.freq == "workday":
        parts["BYDAY"] = ",".join(WEEKDAYS[:5])
    else:
        parts["INTERVAL"] = str(pattern.interval)
    if pattern.freq == "weekly":
        parts["BYDAY"] = ",".join(WEEKDAYS[number] for number in sorted(pattern.weekdays))
    if pattern.freq == "yearly":
        parts["BYMONTH"] = str(pattern.month)
    if pattern.freq in ("monthly", "yearly"):
        parts.update(_month_parts(pattern))
    return parts


def _month_parts(pattern):
    if pattern.month_by == "weekday":
        return {"BYDAY": f"{pattern.week}{WEEKDAYS[pattern.weekday]}"}
    if pattern.month_by == "last_day":
        return {"BYMONTHDAY": "-1"}
    parts = {"BYMONTHDAY": str(pattern.month_day)}
    if pattern.month_day > SHORTEST_MONTH and pattern.month_end == "clamp":
        # RFC 7529: a day that the month does not have becomes the month's last day
        parts.update(RSCALE="GREGORIAN", SKIP="BACKWARD")
    return parts


def parse_parts(text):
    """Return the parts of a rule as a dict, checked for syntax.

    :raises RuleError: if the text is not a rule, or one that repeats within a day
    """
    parts = {}
    for piece in filter(None, text.strip().upper().removeprefix("RRULE:").split(";")):
        key, separator, value = piece.partition("=")
        if not separator or not value or key in parts:
            raise RuleError("syntax", piece)
        parts[key] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise RuleError("frequency", parts.get("FREQ", ""))
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP", "X-STEP", *_NUMBER_LISTS}
    for key in parts.keys() - known:
        raise RuleError("part", key)
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") not in ("OMIT", "BACKWARD"):
        raise RuleError("part", "SKIP")
    return parts


def _rule(parts, start, limit):
    """Return the moments of the rule with these parts, an iterable."""
    arguments = {"interval": _number(parts.get("INTERVAL", "1"), 1, MAX_INTERVAL)}
    arguments["wkst"] = _weekday(parts.get("WKST", "MO"))
    for key in _NUMBER_LISTS:
        if key in parts:
            arguments[key.lower()] = tuple(_number(piece, -366, 366) for piece in parts[key].split(","))
    if "BYDAY" in parts:
        arguments["byweekday"] = tuple(_weekday(piece) for piece in parts["BYDAY"].split(","))
    if parts.get("SKIP") == "BACKWARD":
        arguments.update(_clamped(arguments))
    span = {
        "dtstart": datetime.datetime.combine(start, datetime.time()),
        "until": datetime.datetime.combine(limit, datetime.time()),
        "cache": False,
    }
    try:
        if _may_never_match(parts["FREQ"], arguments):
            return _thinned(parts["FREQ"], arguments, span)
        return rrule.rrule(_FREQUENCIES[parts["FREQ"]], **arguments, **span)
    except ValueError as error:
        raise RuleError("syntax", str(error)) from error


def _may_never_match(freq, arguments):
    """Return whether a rule of days or weeks has parts that can contradict each other.

    ``dateutil`` finds that out day by day, for a hundred years: it takes seconds.
    """
    if freq == "DAILY":
        dated = arguments.keys() & {"bymonthday", "byyearday", "byweekno", "bysetpos"}
        return bool(dated) or ("byweekday" in arguments and (arguments["interval"] > 1 or "bymonth" in arguments))
    dated = arguments.keys() & {"bymonth", "bymonthday", "byyearday", "byweekno", "bysetpos"}
    return freq == "WEEKLY" and bool(dated)


def _thinned(freq, arguments, span):
    """Return the moments of a rule of days or weeks out of the same rule year by year, which is quick."""
    start, interval, first = span["dtstart"], arguments["interval"], arguments["wkst"].weekday
    days = dict(arguments, interval=1)
    positions = days.pop("bysetpos", ())
    if not days.keys() & {"bymonthday", "byyearday", "byweekno", "byweekday"}:
        # a rule of weeks means the weekday of its start, one of days means every day
        days["byweekday"] = (start.weekday(),) if freq == "WEEKLY" else tuple(range(7))
    elif "byweekday" in days:
        # within a day or a week there is no second Tuesday
        days["byweekday"] = tuple(day.weekday for day in days["byweekday"])
    until = min(span["until"], start.replace(day=1, year=min(start.year + CALENDAR_CYCLE, 9998)))
    if next(iter(rrule.rrule(rrule.YEARLY, **days, **{**span, "until": until})), None) is None:
        return ()
    most = 1 if freq == "DAILY" else len(set(days.get("byweekday", range(7))))
    if positions and all(abs(position) > most for position in positions):
        return ()
    yearly = rrule.rrule(rrule.YEARLY, **days, **span)
    if positions and freq == "WEEKLY":
        return rrule.rrule(rrule.WEEKLY, **arguments, **span)
    if freq == "DAILY":
        return (moment for moment in yearly if (moment - start).days % interval == 0)
    week = start - datetime.timedelta(days=(start.weekday() - first) % 7)
    return (moment for moment in yearly if (moment - week).days // 7 % interval == 0)


def _clamped(arguments):
    days = arguments.get("bymonthday", ())
    if len(days) != 1 or days[0] <= 0 or "byweekday" in arguments or "bysetpos" in arguments:
        raise RuleError("part", "SKIP")
    first = min(SHORTEST_MONTH, days[0])
    return {"bymonthday": tuple(range(first, days[0] + 1)), "bysetpos": (-1,)}


def _number(text, lowest, highest):
    try:
        number = int(text)
    except ValueError as error:
        raise RuleError("syntax", text) from error
    if not lowest <= number <= highest or not number:
        raise RuleError("syntax", text)
    return number


def _weekday(text):
    name, ordinal = text[-2:], text[:-2]
    if name not in WEEKDAYS:
        raise RuleError("syntax", text)
    weekday = rrule.weekday(WEEKDAYS.index(name))
    return weekday(_number(ordinal, -53, 53)) if ordinal else weekday
