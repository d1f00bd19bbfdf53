"""RFC 5545 text in and out.

What the form can express is read into the fields of the form; any other rule that yields whole
days is kept as text (``freq='rule'``). Two things are beyond RFC 5545: the month-end policy
"clamp" is RFC 7529's ``SKIP=BACKWARD``, and "every N working days" carries ``X-STEP=WORKDAY``.
"""

import dataclasses
import datetime
import re
from typing import Any

from . import times
from .pattern import MAX_INTERVAL, WEEKDAYS, Pattern, RuleError, parse_parts, rule_parts

_START = re.compile(r"^DTSTART(?:;[^:]*?TZID=([^:;]+))?[^:]*:(\d{8})(?:T(\d{6})(Z?))?$", re.IGNORECASE)
_DAY = re.compile(r"^(\d{8})(?:T(\d{6})(Z?))?$")
_WORKDAYS = ",".join(WEEKDAYS[:5])


def to_text(pattern: Pattern) -> str:
    """Return the pattern as the value of an RRULE property."""
    pattern.validate()
    parts = {key: value for key, value in rule_parts(pattern).items() if (key, value) != ("INTERVAL", "1")}
    if pattern.freq == "workday" and pattern.interval > 1:
        parts.update({"INTERVAL": str(pattern.interval), "X-STEP": "WORKDAY"})
    if pattern.count is not None:
        parts["COUNT"] = str(pattern.count)
    elif pattern.until:
        parts["UNTIL"] = pattern.until.strftime("%Y%m%d")
    return ";".join(f"{key}={value}" for key, value in parts.items())


def to_common_text(pattern: Pattern) -> str:
    """Return the rule without its end, in parts that every calendar reads alike; empty when there are none.

    Few know RFC 7529: a month's last day in place of one that it lacks has a rule where it is always the last one.
    Every third working day has none at all.
    """
    pattern.validate()
    parts = dict(rule_parts(pattern))
    if pattern.freq == "workday" and pattern.interval > 1:
        return ""
    if parts.pop("SKIP", "OMIT") != "OMIT":
        if pattern.freq == "rule" or not _is_last_day(pattern):
            return ""
        parts["BYMONTHDAY"] = "-1"
    parts.pop("RSCALE", None)
    return ";".join(f"{key}={value}" for key, value in parts.items()) if _is_read_alike(parts) else ""


def _is_last_day(pattern: Pattern) -> bool:
    """Return whether the day of a month, or the last one of a month that lacks it, is the last one of each."""
    if pattern.freq == "yearly":
        return pattern.month_day >= (29 if pattern.month == 2 else 30 if pattern.month in (4, 6, 9, 11) else 31)
    return pattern.month_day == 31


def _is_read_alike(parts: dict[str, str]) -> bool:
    """Return whether calendars agree on a rule.

    Tried with ical.js 2.2.1 (Thunderbird, Nextcloud) and dateutil 2.9 (khal): weeks of the year, BYSETPOS of weeks
    and of days of the month, and several lists that limit each other give other dates, some of them twice.
    """
    rest = parts.keys() - {"FREQ", "INTERVAL", "WKST"}
    days = parts.get("BYDAY", "").split(",")
    if parts["FREQ"] in ("DAILY", "WEEKLY"):
        return rest <= {"BYDAY", "BYMONTH"}
    if parts["FREQ"] == "MONTHLY" and "BYMONTH" not in rest:
        kinds = {len(day) > 2 for day in days}
        return (
            rest == {"BYMONTHDAY"}
            or (rest == {"BYDAY"} and len(kinds) == 1)
            or (rest == {"BYDAY", "BYSETPOS"} and kinds == {False})
        )
    if parts["FREQ"] == "MONTHLY":
        return (
            rest == {"BYMONTH", "BYDAY"} and len(days) == 1 and len(days[0]) > 2 and parts.get("INTERVAL", "1") == "1"
        )
    single = not any("," in parts[name] for name in rest)
    return single and rest in ({"BYMONTH", "BYMONTHDAY"}, {"BYMONTH", "BYDAY"})


def from_text(text: str, start: datetime.date, tz: str = "UTC", hours: float | None = None) -> Pattern:
    """Return the pattern that a rule (optionally with its DTSTART line) describes.

    :param start: the anchor, when the text has no DTSTART
    :param tz: name of the time zone, for an UNTIL in UTC, when there is none beside DTSTART
    :param hours: time of day as hours since midnight, likewise; None: the whole day
    :raises RuleError: if the text is no rule, or one that repeats within a day
    """
    rules = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _START.match(line)
        if match:
            start = _day(match[2])
            tz = match[1] or ("UTC" if match[4] else tz)
            hours = _hours(match[3]) if match[3] else None
        else:
            rules.append(line.upper())
    if len(rules) != 1:
        raise RuleError("syntax", text.strip()[:80])
    parts = parse_parts(rules[0])
    ending = _ending(parts, tz, hours)
    pattern = dataclasses.replace(_structured(parts, start) or _kept_as_text(parts, start), **ending)
    # one date proves that the rule can be read
    next(pattern.dates(), None)
    return pattern


def _hours(text: str) -> float:
    return int(text[:2]) + int(text[2:4]) / 60 + int(text[4:6]) / 3600


def _day(text: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text, "%Y%m%d").date()
    except ValueError as error:
        raise RuleError("syntax", text) from error


def _ending(parts: dict[str, str], tz: str, hours: float | None) -> dict[str, Any]:
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count and until:
        raise RuleError("syntax", "COUNT + UNTIL")
    if count:
        return {"count": _integer(count)}
    if until:
        match = _DAY.match(until)
        if not match:
            raise RuleError("syntax", until)
        return {"until": _last_day(match, tz, hours)}
    return {}


def _last_day(match: re.Match[str], tz: str, hours: float | None) -> datetime.date:
    """Return the last day that may be a date; an UNTIL with a time is a moment, dates count up to it.

    It is of the zone of DTSTART where it is not UTC: RFC 5545, 3.3.10, has it so where DTSTART has no zone.
    """
    if not match[2]:
        return _day(match[1])
    try:
        moment = datetime.datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")
    except ValueError as error:
        raise RuleError("syntax", match[0]) from error
    if not match[3]:
        is_before = hours is not None and _hours(match[2]) < hours
        return moment.date() - datetime.timedelta(days=is_before)
    local = times.to_local(moment, tz)
    if hours is not None and times.to_utc(local.date(), hours, tz) > moment:
        return local.date() - datetime.timedelta(days=1)
    return local.date()


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text):
        raise RuleError("syntax", text)
    return int(text)


def _kept_as_text(parts: dict[str, str], start: datetime.date) -> Pattern:
    if "X-STEP" in parts:
        raise RuleError("part", "X-STEP")
    return Pattern(start=start, freq="rule", rule=";".join(f"{key}={value}" for key, value in parts.items()))


def _structured(parts: dict[str, str], start: datetime.date) -> Pattern | None:
    """Return the pattern of the form for the parts, None if the form has no fields for them."""
    interval = _integer(parts.get("INTERVAL", "1"))
    if not 1 <= interval <= MAX_INTERVAL:
        raise RuleError("interval", str(interval))
    rest = {key: value for key, value in parts.items() if key not in ("FREQ", "INTERVAL")}
    if rest.get("WKST") == "MO":
        del rest["WKST"]
    reader = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[parts["FREQ"]]
    values = reader(rest, start, interval)
    return Pattern(start=start, interval=interval, **values) if values else None


def _daily(rest: dict[str, str], start: datetime.date, interval: int) -> dict[str, Any] | None:
    if not rest:
        return {"freq": "daily"}
    stepped = rest.pop("X-STEP", None) == "WORKDAY"
    if rest == {"BYDAY": _WORKDAYS} and (stepped or interval == 1):
        return {"freq": "workday"}
    return None


def _weekly(rest: dict[str, str], start: datetime.date, interval: int) -> dict[str, Any] | None:
    if not rest:
        return {"freq": "weekly", "weekdays": (start.weekday(),)}
    if rest.keys() == {"BYDAY"} and set(rest["BYDAY"].split(",")) <= set(WEEKDAYS):
        return {"freq": "weekly", "weekdays": tuple(sorted({WEEKDAYS.index(n) for n in rest["BYDAY"].split(",")}))}
    return None


def _monthly(rest: dict[str, str], start: datetime.date, interval: int) -> dict[str, Any] | None:
    values = _in_month(rest, start)
    return values and {"freq": "monthly", **values}


def _yearly(rest: dict[str, str], start: datetime.date, interval: int) -> dict[str, Any] | None:
    if not rest:
        rest = {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)}
    month = rest.pop("BYMONTH", "")
    if not re.fullmatch(r"\d{1,2}", month) or not 1 <= int(month) <= 12:
        return None
    values = _in_month(rest, start)
    return values and {"freq": "yearly", "month": int(month), **values}


def _in_month(rest: dict[str, str], start: datetime.date) -> dict[str, Any] | None:
    if rest.get("SKIP") == "FORWARD":
        return None  # the form has the last day of a short month, or none
    clamp = rest.get("SKIP") == "BACKWARD"
    rest = {key: value for key, value in rest.items() if key not in ("RSCALE", "SKIP")}
    if not rest:
        rest = {"BYMONTHDAY": str(start.day)}
    if rest.keys() == {"BYDAY"}:
        match = re.fullmatch(r"\+?([1-5]|-1)([A-Z]{2})", rest["BYDAY"])
        if match and match[2] in WEEKDAYS:
            return {"month_by": "weekday", "week": int(match[1]), "weekday": WEEKDAYS.index(match[2])}
    if rest.keys() == {"BYMONTHDAY"}:
        if rest["BYMONTHDAY"] == "-1":
            return {"month_by": "last_day"}
        if re.fullmatch(r"\d{1,2}", rest["BYMONTHDAY"]) and 1 <= int(rest["BYMONTHDAY"]) <= 31:
            day = int(rest["BYMONTHDAY"])
            policy = "clamp" if clamp or day <= 28 else "skip"
            return {"month_by": "day", "month_day": day, "month_end": policy}
    return None
