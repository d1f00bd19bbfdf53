"""RFC 5545 text in and out.

What the form can express is read into the fields of the form; any other rule that yields whole
days is kept as text (``freq='rule'``). Two things are beyond RFC 5545: the month-end policy
"clamp" is RFC 7529's ``SKIP=BACKWARD``, and "every N working days" carries ``X-STEP=WORKDAY``.
"""

import dataclasses
import datetime
import re

from .pattern import MAX_INTERVAL, WEEKDAYS, Pattern, RuleError, parse_parts, rule_parts

_START = re.compile(r"^DTSTART[^:]*:(\d{8})(T\d{6}Z?)?$")
_DAY = re.compile(r"^(\d{8})(T\d{6}Z?)?$")
_WORKDAYS = ",".join(WEEKDAYS[:5])


def to_text(pattern):
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


def from_text(text, start):
    """Return the pattern that a rule (optionally with its DTSTART line) describes.

    :param start: the anchor, when the text has no DTSTART
    :raises RuleError: if the text is no rule, or one that repeats within a day
    """
    rules = []
    for line in filter(None, map(str.strip, text.upper().splitlines())):
        match = _START.match(line)
        if match:
            start = _day(match[1])
        else:
            rules.append(line)
    if len(rules) != 1:
        raise RuleError("syntax", text.strip()[:80])
    parts = parse_parts(rules[0])
    ending = _ending(parts)
    pattern = dataclasses.replace(_structured(parts, start) or _kept_as_text(parts, start), **ending)
    # one date proves that dateutil takes the rule
    next(pattern.dates(), None)
    return pattern


def _day(text):
    try:
        return datetime.datetime.strptime(text, "%Y%m%d").date()
    except ValueError as error:
        raise RuleError("syntax", text) from error


def _ending(parts):
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count and until:
        raise RuleError("syntax", "COUNT + UNTIL")
    if count:
        return {"count": _integer(count)}
    if until:
        match = _DAY.match(until)
        if not match:
            raise RuleError("syntax", until)
        return {"until": _day(match[1])}
    return {}


def _integer(text):
    if not re.fullmatch(r"[+-]?\d{1,6}", text):
        raise RuleError("syntax", text)
    return int(text)


def _kept_as_text(parts, start):
    if "X-STEP" in parts:
        raise RuleError("part", "X-STEP")
    return Pattern(start=start, freq="rule", rule=";".join(f"{key}={value}" for key, value in parts.items()))


def _structured(parts, start):
    """Return the pattern of the form for the parts, None if the form has no fields for them."""
    interval = _integer(parts.get("INTERVAL", "1"))
    if not 1 <= interval <= MAX_INTERVAL:
        raise RuleError("interval", str(interval))
    rest = {key: value for key, value in parts.items() if key not in ("FREQ", "INTERVAL")}
    if rest.get("WKST") == "MO":
        del rest["WKST"]
    reader = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[parts["FREQ"]]
    values = reader(rest, start, interval)
    return values and Pattern(start=start, interval=interval, **values)


def _daily(rest, start, interval):
    if not rest:
        return {"freq": "daily"}
    stepped = rest.pop("X-STEP", None) == "WORKDAY"
    if rest == {"BYDAY": _WORKDAYS} and (stepped or interval == 1):
        return {"freq": "workday"}
    return None


def _weekly(rest, start, interval):
    if not rest:
        return {"freq": "weekly", "weekdays": (start.weekday(),)}
    if rest.keys() == {"BYDAY"} and set(rest["BYDAY"].split(",")) <= set(WEEKDAYS):
        return {"freq": "weekly", "weekdays": tuple(sorted({WEEKDAYS.index(n) for n in rest["BYDAY"].split(",")}))}
    return None


def _monthly(rest, start, interval):
    values = _in_month(rest, start)
    return values and {"freq": "monthly", **values}


def _yearly(rest, start, interval):
    if not rest:
        rest = {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)}
    month = rest.pop("BYMONTH", "")
    if not re.fullmatch(r"\d{1,2}", month) or not 1 <= int(month) <= 12:
        return None
    values = _in_month(rest, start)
    return values and {"freq": "yearly", "month": int(month), **values}


def _in_month(rest, start):
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
