"""An independent reading of recurrence patterns: walk over the days and ask each one.

Written from RFC 5545, section 3.3.10, and from what the form says; nothing here uses dateutil
or the code under test.
"""

import calendar
import datetime

DAY = datetime.timedelta(days=1)
NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def walk(start, last):
    """Yield every day from ``start`` to ``last``."""
    while start <= last:
        yield start
        start += DAY


def month_length(day):
    return calendar.monthrange(day.year, day.month)[1]


def months_between(start, day):
    return (day.year - start.year) * 12 + day.month - start.month


def week_start(day, first=0):
    return day - DAY * ((day.weekday() - first) % 7)


def pattern_dates(pattern, last):
    """Return the dates of a form's pattern up to ``last``."""
    found, workdays = [], 0
    for day in walk(pattern.start, min(last, pattern.until or last)):
        if pattern.freq == "workday":
            if day.weekday() > 4:
                continue
            workdays += 1
            if (workdays - 1) % pattern.interval:
                continue
        elif not _pattern_takes(pattern, day):
            continue
        found.append(day)
        if pattern.count and len(found) == pattern.count:
            break
    return found


def _pattern_takes(pattern, day):
    if pattern.freq == "daily":
        return (day - pattern.start).days % pattern.interval == 0
    if pattern.freq == "weekly":
        weeks = (week_start(day) - week_start(pattern.start)).days // 7
        return weeks % pattern.interval == 0 and day.weekday() in pattern.weekdays
    if pattern.freq == "monthly":
        return months_between(pattern.start, day) % pattern.interval == 0 and _in_month(pattern, day)
    in_year = (day.year - pattern.start.year) % pattern.interval == 0
    return in_year and day.month == pattern.month and _in_month(pattern, day)


def _in_month(pattern, day):
    if pattern.month_by == "last_day":
        return day.day == month_length(day)
    if pattern.month_by == "day":
        if pattern.month_day > month_length(day):
            return pattern.month_end == "clamp" and day.day == month_length(day)
        return day.day == pattern.month_day
    if day.weekday() != pattern.weekday:
        return False
    if pattern.week == -1:
        return day.day + 7 > month_length(day)
    return (day.day - 1) // 7 + 1 == pattern.week


def rule_dates(text, start, last):
    """Return the dates of an RFC 5545 rule with day resolution up to ``last``."""
    parts = dict(piece.split("=") for piece in text.split(";"))
    first_weekday = NAMES.index(parts.get("WKST", "MO"))
    interval = int(parts.get("INTERVAL", 1))
    until = min(last, _until(parts)) if "UNTIL" in parts else last
    periods = {}
    begin = {
        "DAILY": start,
        "WEEKLY": week_start(start, first_weekday),
        "MONTHLY": start.replace(day=1),
        "YEARLY": start.replace(month=1, day=1),
    }[parts["FREQ"]]
    for day in walk(begin, last + 366 * DAY):
        number = _period(parts["FREQ"], start, day, first_weekday)
        if number % interval == 0 and _rule_takes(parts, start, day):
            periods.setdefault(number, []).append(day)
    found = []
    for number in sorted(periods):
        found += _positions(periods[number], parts.get("BYSETPOS"))
    found = [day for day in found if day >= start]
    found = found[: int(parts["COUNT"])] if "COUNT" in parts else found
    return [day for day in found if day <= until]


def _until(parts):
    return datetime.datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()


def _period(freq, start, day, first_weekday):
    if freq == "DAILY":
        return (day - start).days
    if freq == "WEEKLY":
        return (week_start(day, first_weekday) - week_start(start, first_weekday)).days // 7
    if freq == "MONTHLY":
        return months_between(start, day)
    return day.year - start.year


def _positions(days, positions):
    if not positions:
        return days
    chosen = set()
    for position in map(int, positions.split(",")):
        index = position - 1 if position > 0 else len(days) + position
        if 0 <= index < len(days):
            chosen.add(days[index])
    return sorted(chosen)


def _numbers(parts, key):
    return [int(piece) for piece in parts[key].split(",")]


def _rule_takes(parts, start, day):
    if "BYMONTH" in parts and day.month not in _numbers(parts, "BYMONTH"):
        return False
    if "BYMONTHDAY" in parts:
        numbers = _numbers(parts, "BYMONTHDAY")
        if day.day not in numbers and day.day - month_length(day) - 1 not in numbers:
            return False
    if "BYYEARDAY" in parts:
        length = 366 if calendar.isleap(day.year) else 365
        number = day.timetuple().tm_yday
        if number not in _numbers(parts, "BYYEARDAY") and number - length - 1 not in _numbers(parts, "BYYEARDAY"):
            return False
    if "BYWEEKNO" in parts and not _in_week(parts, day):
        return False
    if "BYDAY" in parts:
        return any(_by_day(parts, piece, day) for piece in parts["BYDAY"].split(","))
    return _default_takes(parts, start, day)


def _in_week(parts, day):
    """Week 1 is the first with four days in its year: the one with its fourth day (RFC 5545, 3.3.10)."""
    first = NAMES.index(parts.get("WKST", "MO"))
    middle = week_start(day, first) + 3 * DAY
    number = (middle.timetuple().tm_yday - 1) // 7 + 1
    last = max(
        (week_start(middle.replace(month=12, day=date), first) + 3 * DAY).timetuple().tm_yday
        for date in (31, 28, 24)
        if (week_start(middle.replace(month=12, day=date), first) + 3 * DAY).year == middle.year
    )
    return number in _numbers(parts, "BYWEEKNO") or number - ((last - 1) // 7 + 1) - 1 in _numbers(parts, "BYWEEKNO")


def _by_day(parts, piece, day):
    if NAMES[day.weekday()] != piece[-2:]:
        return False
    ordinal = piece[:-2]
    if not ordinal:
        return True
    in_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    first = day.replace(day=1) if in_month else day.replace(month=1, day=1)
    final = day.replace(day=month_length(day)) if in_month else day.replace(month=12, day=31)
    number = int(ordinal)
    if number > 0:
        return (day - first).days // 7 + 1 == number
    return (final - day).days // 7 + 1 == -number


def _default_takes(parts, start, day):
    """Apply what the start says where the rule says nothing."""
    if parts["FREQ"] == "WEEKLY":
        return day.weekday() == start.weekday()
    if "BYMONTHDAY" in parts or "BYYEARDAY" in parts or parts["FREQ"] == "DAILY":
        return True
    if "BYWEEKNO" in parts:
        return day.weekday() == start.weekday()
    if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts:
        return day.day == start.day
    return (day.month, day.day) == (start.month, start.day)
