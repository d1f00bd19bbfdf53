"""A recurrence pattern and the dates it stands for.

Everything rests on :func:`rule_parts`, the pattern written as the parts of an RFC 5545 rule;
the dates come from :mod:`.rules` and are always computed from the anchor, so that a short
month never shifts the months after it.
"""

import dataclasses
import datetime
from collections.abc import Iterator

from .rules import FREQUENCIES, MAX_INTERVAL, NUMBERS, SKIPS, WEEKDAYS, Rule, RuleError

#: No pattern reaches further than this from its anchor; it bounds rules that never match.
MAX_YEARS = 100
#: The last day that every month has.
SHORTEST_MONTH = 28


@dataclasses.dataclass(frozen=True)
class Pattern:
    """What a person chose on the form.

    ``freq`` is ``daily``, ``workday`` (Monday to Friday), ``weekly``, ``monthly``, ``yearly`` or
    ``rule`` (any other RFC 5545 rule, its text in ``rule``). Weekdays count from Monday = 0.
    """

    start: datetime.date
    freq: str = "weekly"
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_by: str = "day"
    month_day: int = 1
    week: int = 1
    weekday: int = 0
    month: int = 1
    month_end: str = "clamp"
    until: datetime.date | None = None
    count: int | None = None
    rule: str = ""

    def validate(self) -> None:
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

    def dates(self, until: datetime.date | None = None) -> Iterator[datetime.date]:
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
        for number, day in enumerate(Rule(rule_parts(self), self.start).dates(limit)):
            if number % step:
                continue
            if self.count is not None and taken >= self.count:
                return
            taken += 1
            yield day

    @property
    def is_open_ended(self) -> bool:
        """Whether neither a date nor a number ends the pattern."""
        return not self.until and self.count is None

    def period_key(self, day: datetime.date) -> tuple[int, ...]:
        """Return what ``day`` has in common with the dates it may be moved to: its week, month or year."""
        if self.freq == "monthly":
            return day.year, day.month
        if self.freq in ("yearly", "rule"):
            return (day.year,)
        return tuple(day.isocalendar()[:2])


def rule_parts(pattern: Pattern) -> dict[str, str]:
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


def _month_parts(pattern: Pattern) -> dict[str, str]:
    if pattern.month_by == "weekday":
        return {"BYDAY": f"{pattern.week}{WEEKDAYS[pattern.weekday]}"}
    if pattern.month_by == "last_day":
        return {"BYMONTHDAY": "-1"}
    parts = {"BYMONTHDAY": str(pattern.month_day)}
    if pattern.month_day > SHORTEST_MONTH and pattern.month_end == "clamp":
        # RFC 7529: a day that the month does not have becomes the month's last day
        parts.update(RSCALE="GREGORIAN", SKIP="BACKWARD")
    return parts


def parse_parts(text: str) -> dict[str, str]:
    """Return the parts of a rule as a dict, checked for syntax.

    :raises RuleError: if the text is not a rule, or one that repeats within a day
    """
    parts: dict[str, str] = {}
    for piece in filter(None, text.strip().upper().removeprefix("RRULE:").split(";")):
        key, separator, value = piece.partition("=")
        if not separator or not value or key in parts:
            raise RuleError("syntax", piece)
        parts[key] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise RuleError("frequency", parts.get("FREQ", ""))
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP", "X-STEP", *NUMBERS}
    for key in parts.keys() - known:
        raise RuleError("part", key)
    if parts.get("SKIP", "OMIT") != "OMIT" and "RSCALE" not in parts:
        # RFC 7529, 4.1: SKIP says something about a calendar that is named
        raise RuleError("part", "SKIP")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") not in SKIPS:
        raise RuleError("part", "SKIP")
    return parts
