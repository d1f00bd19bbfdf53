"""RI3, RI+9, RI+10: the last value on each side of a limit, and what is refused by name, without Odoo."""

import datetime

import pytest
from recurrence import ics_read, rule_text, speech, zones_read
from recurrence.pattern import Pattern
from recurrence.rules import RuleError

from .test_calendar_files import BRUSSELS, file

pytestmark = pytest.mark.plain

TODAY = datetime.date(2026, 3, 2)
ENTRY = "UID:1@x\nDTSTAMP:20260301T100000Z\nSUMMARY:Call"


def refused(call, *args):
    """Return the code and the detail of what is wrong."""
    with pytest.raises(RuleError) as error:
        call(*args)
    return error.value.code, error.value.detail


@pytest.mark.parametrize("text", ["FREQ=DAILY;COUNT", "FREQ=DAILY;COUNT=", "FREQ=DAILY;UNTIL=", "FREQ=DAILY;WKST="])
def test_parts_without_a_value(text):
    """RI+9: a part says something, or the text is no rule."""
    assert refused(rule_text.from_text, text, TODAY) == ("syntax", text.partition(";")[2])


@pytest.mark.parametrize(
    ("text", "freq"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU", "weekly"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5", "yearly"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=5", "yearly"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "monthly"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "monthly"),
    ],
)
def test_the_form_holds_the_last_values(text, freq):
    """RI3: all seven days, the first and the last month, the first and the last day are fields of the form."""
    pattern = rule_text.from_text(text, TODAY)
    assert (pattern.freq, rule_text.to_text(pattern)) == (freq, text)


@pytest.mark.parametrize(("day", "policy"), [(27, "clamp"), (28, "clamp"), (29, "skip")])
def test_days_that_each_month_has(day, policy):
    """RI3: every month has a 28th: nothing is said of months that lack it."""
    assert rule_text.from_text(f"FREQ=MONTHLY;BYMONTHDAY={day}", TODAY).month_end == policy
    text = rule_text.to_text(Pattern(TODAY, "monthly", month_day=day, month_end="clamp"))
    assert ("SKIP=BACKWARD" in text) == (day > 28)


@pytest.mark.parametrize(("interval", "steps"), [(1, False), (2, True)])
def test_steps_of_working_days(interval, steps):
    """RI3: each working day is said by its days; every second one is told by no rule that others read."""
    pattern = Pattern(TODAY, "workday", interval=interval)
    assert ("X-STEP" in rule_text.to_text(pattern)) == steps
    assert (not rule_text.to_common_text(pattern)) == steps


def test_last_day_is_a_first():
    """RI3: the very last day counts, on New Year's Day as well."""
    days = Pattern(TODAY, "monthly", month_day=1).dates(until=datetime.date(2027, 1, 1))
    assert [*days][-1] == datetime.date(2027, 1, 1)


def test_days_and_months_of_a_daily_rule():
    """RI+9: days and months of a daily rule are read alike everywhere, together as well."""
    text = "FREQ=DAILY;BYDAY=MO,TU;BYMONTH=6"
    assert rule_text.to_common_text(rule_text.from_text(text, TODAY)) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("every 1 and 15 of January and July", "FREQ=YEARLY;BYMONTHDAY=1,15;BYMONTH=1,7"),
        ("every day except Sunday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"),
    ],
)
def test_said_once(text, rule):
    """RI+10: days, and the months of all of them, are one rule."""
    read = speech.read(text)[0]
    assert (
        dict(part.split("=") for part in read.split(";")).items()
        >= dict(part.split("=") for part in rule.split(";") if not part.startswith("FREQ")).items()
    ), read


@pytest.mark.parametrize(
    "text",
    [
        "every first Monday except Friday",
        "every Monday except Monday",
        "every 3 days except Sunday",
        "every day at Monday",
        "every day not 5",
        "every Tuesday not 9:30",
        "every Monday in March except Monday",
    ],
)
def test_left_out(text):
    """RI+10: days are left out of days of the week that are named, some are left, and nothing else is left out."""
    assert refused(speech.read, text)[0] == "speech"


def test_files_without_entries():
    """RI+9: a file that holds no entry says so, whatever else it holds."""
    assert refused(ics_read.read, file(), "UTC")[0] == "calendar_empty"
    assert refused(ics_read.read, file(zone="Europe/Brussels"), "UTC")[0] == "calendar_empty"


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        ("", "DTSTART"),
        ("DTSTART;VALUE=PERIOD:20260303T090000Z/PT1H", ""),
        ("DTSTART:20260303T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=PERIOD:20260304T090000Z/PT1H", ""),
    ],
)
def test_entries_without_a_day(lines, detail):
    """RI+9: an entry has a day; a period of time in its place is none, nor is it one that is left out."""
    assert refused(ics_read.read, file(f"{ENTRY}\n{lines}"), "UTC") == ("calendar_parts", detail)


def described(old="", new=""):
    """Return a file in a zone that it describes by itself, a piece of the description replaced."""
    text = file(f"{ENTRY}\nDTSTART;TZID=Ours:20260303T090000", zone="Ours").decode()
    assert old in BRUSSELS
    return text.replace(old, new).encode() if old else text.encode()


def test_zones_that_are_described():
    """RI+9: a zone of any name is known by its clocks, one whose description says nothing is none."""
    [entry] = ics_read.read(described(), "Europe/Brussels")
    assert entry.tz == "Europe/Brussels"
    for old, new in (("+0200", "2"), ("+0100", "+0137"), ("FREQ=YEARLY", "FREQ=MONTHLY")):
        assert refused(ics_read.read, described(old, new), "Europe/Brussels")[0] == "zone"
    missing = f"{ENTRY}\nDTSTART;TZID=Nowhere:20260303T090000"
    assert refused(ics_read.read, file(missing), "UTC") == ("zone", "Nowhere")


def test_most_kinds_of_time(monkeypatch):
    """RI+9: a description has as many kinds of time as are read, and not one more."""
    monkeypatch.setattr(zones_read, "MAX_OBSERVANCES", 2)
    assert ics_read.read(described(), "Europe/Brussels")
    monkeypatch.setattr(zones_read, "MAX_OBSERVANCES", 1)
    assert refused(ics_read.read, described(), "Europe/Brussels")[0] == "calendar_size"
