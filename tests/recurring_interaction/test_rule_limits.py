"""RI+6, RI+8, RI+9, RI+10: limits of rules, files, zones and words, with the values beside them, without Odoo."""

import datetime
from fractions import Fraction

import pytest
from recurrence import ics_read, period, rule_text, speech
from recurrence.pattern import Pattern
from recurrence.rules import Rule

from .test_calendar_files import BRUSSELS, file
from .test_rule_borders import ENTRY, TODAY, refused

pytestmark = pytest.mark.plain

DAILY = f"{ENTRY}\nDTSTART:20260303T090000Z\nRRULE:FREQ=DAILY;COUNT=6"
#: Kinds of time that a description has, by what is put in.
KIND = "BEGIN:{}\nDTSTART:{}\nTZOFFSETFROM:{}\nTZOFFSETTO:{}\n{}END:{}\n"


def day(text):
    return datetime.date.fromisoformat(text)


def zone_of(description, date, default):
    """Return the zone that a file's own description of one is taken for, for an entry of a day."""
    text = file(f"{ENTRY}\nDTSTART;TZID=Ours:{date}T090000").decode()
    block = f"BEGIN:VTIMEZONE\nTZID:Ours\n{description}END:VTIMEZONE\n".replace("\n", "\r\n")
    [entry] = ics_read.read(text.replace("BEGIN:VEVENT", f"{block}BEGIN:VEVENT").encode(), default)
    return entry.tz


def kind(name, start, before, ahead, *lines):
    """Return the description of one kind of time."""
    return KIND.format(name, start, before, ahead, "".join(f"{line}\n" for line in lines), name)


def test_largest_file(monkeypatch):
    """RI+9: a file has as many bytes as are read, and not one more."""
    content = file(DAILY)
    monkeypatch.setattr(ics_read, "MAX_BYTES", len(content))
    assert len(ics_read.read(content, "UTC")) == 1
    monkeypatch.setattr(ics_read, "MAX_BYTES", len(content) - 1)
    assert refused(ics_read.read, content, "UTC") == ("calendar_size", "")


def test_most_entries(monkeypatch):
    """RI+9: a file has as many entries as are read, and not one more, dates beside their series among them."""
    two = [DAILY, DAILY.replace("1@x", "2@x")]
    beside = "UID:1@x\nDTSTAMP:20260301T100000Z\nRECURRENCE-ID:20270101T090000Z\nDTSTART:20270101T090000Z"
    monkeypatch.setattr(ics_read, "MAX_ENTRIES", 2)
    assert len(ics_read.read(file(*two), "UTC")) == 2
    assert refused(ics_read.read, file(*two, DAILY.replace("1@x", "3@x")), "UTC") == ("calendar_size", "")
    assert refused(ics_read.read, file(*two, beside), "UTC") == ("calendar_size", "")


def test_first_dates_of_parts_that_are_left_out():
    """RI+9: a date that is left out is of the part that it lies in, the first one of each part as well."""
    series = f"{DAILY}\nEXDATE:20260303T090000Z,20260305T090000Z"
    later = f"{ENTRY}\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260305T090000Z\nDTSTART:20260305T090000Z"
    first, second = ics_read.read(file(series, later), "UTC")
    assert first.changes == {day("2026-03-03"): ics_read.Change()}
    assert second.changes == {day("2026-03-05"): ics_read.Change()}
    assert [*first.pattern.dates()] == [day("2026-03-03"), day("2026-03-04")]
    assert [*second.pattern.dates()] == [day(f"2026-03-0{number}") for number in (5, 6, 7, 8)]


def test_two_rules():
    """RI+9: an entry of two rules is refused by their name; RFC 5545, 3.8.5.3: there should be one."""
    assert refused(ics_read.read, file(f"{DAILY}\nRRULE:FREQ=WEEKLY"), "UTC") == ("part", "RRULE + RRULE")


@pytest.mark.parametrize(
    ("freq", "month_by"),
    [("daily", "day"), ("workday", "day"), ("monthly", "weekday"), ("monthly", "last_day"), ("yearly", "weekday")],
)
def test_days_of_the_month_that_count_for_nothing(freq, month_by):
    """RI+8: the day of the month is looked at where the rule has one."""
    for month_day in (0, 32):
        Pattern(TODAY, freq, month_by=month_by, month_day=month_day).validate()
        assert refused(Pattern(TODAY, "monthly", month_day=month_day).validate) == ("month_day", str(month_day))


def test_largest_interval():
    """RI+8: every 1000th day is a rule, every 1001st one is none."""
    assert [*Pattern(TODAY, "daily", interval=1000).dates()][1] == TODAY + datetime.timedelta(days=1000)
    assert refused(Pattern(TODAY, "daily", interval=1001).validate) == ("interval", "1001")
    assert rule_text.from_text("FREQ=DAILY;INTERVAL=1000", TODAY).interval == 1000
    assert refused(rule_text.from_text, "FREQ=DAILY;INTERVAL=1001", TODAY) == ("interval", "1001")


def test_unknown_ways_to_skip():
    """RI+8: RFC 7529, 4.1, has three ways; a fourth is refused, in a calendar that is known as well."""
    text = "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP={}"
    for skip in ("OMIT", "BACKWARD", "FORWARD"):
        assert rule_text.from_text(text.format(skip), TODAY)
    assert refused(rule_text.from_text, text.format("SIDEWAYS"), TODAY) == ("part", "SKIP")


def test_first_week_of_all():
    """RI+8: a week that begins the day before the calendar does is counted from the calendar's first day."""
    dates = Rule({"FREQ": "WEEKLY", "WKST": "SU", "BYDAY": "MO,SA"}, datetime.date.min).dates(day("0001-01-13"))
    assert [*dates] == [day("0001-01-01"), day("0001-01-06"), day("0001-01-08"), day("0001-01-13")]


def test_first_week_of_four_days():
    """RI+8: RFC 5545, 3.3.10: week 1 has four days of the year: that of a 1 January on a Thursday, none on a Friday."""
    text = "FREQ=YEARLY;BYWEEKNO=1;BYDAY=TH"
    dates = rule_text.from_text(text, day("2026-01-01")).dates(until=day("2028-12-31"))
    assert [*dates] == [day("2026-01-01"), day("2027-01-07"), day("2028-01-06")]
    # a week that begins on Sunday has them where the year does on a Wednesday
    dates = rule_text.from_text(f"{text};WKST=SU", day("2025-01-01")).dates(until=day("2026-12-31"))
    assert [*dates] == [day("2025-01-02"), day("2026-01-08")]


@pytest.mark.parametrize(
    ("start", "date", "first", "part"),
    [
        ("2026-02-28", "2026-03-01", "2026-02-28", Fraction(30, 29)),
        ("2026-03-01", "2026-03-31", "2026-03-01", Fraction(2)),
        ("2026-03-02", "2026-03-31", "2026-03-02", Fraction(59, 30)),
    ],
)
def test_days_before_the_first_date(start, date, first, part):
    """RI+6: days before the first date are paid with it, all of a period where the start is a date of the month before.

    RFC 7529, 4.1: the 31st of February is 1 March; a rule that starts there begins with March, whose 31st is next.
    """
    pattern = rule_text.from_text("RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=FORWARD", day(start))
    assert next(pattern.dates()) == day(date)
    assert period.prorated(pattern, day(date), is_advance=True)[::2] == (day(first), part)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every second week", ("FREQ=WEEKLY;INTERVAL=2", None)),
        ("on the 31st of every month", ("FREQ=MONTHLY;BYMONTHDAY=31", None)),
        ("the 5th and last Friday of the month", ("FREQ=MONTHLY;BYDAY=5FR,-1FR", None)),
        ("every Monday at 23:00", ("FREQ=WEEKLY;BYDAY=MO", 23.0)),
        ("every Monday at 9:59", ("FREQ=WEEKLY;BYDAY=MO", 9 + 59 / 60)),
        ("every Monday at 12 pm", ("FREQ=WEEKLY;BYDAY=MO", 12.0)),
        ("every Monday at 12 am", ("FREQ=WEEKLY;BYDAY=MO", 0.0)),
        ("every Monday at 11 pm", ("FREQ=WEEKLY;BYDAY=MO", 23.0)),
        # two days of one month are one rule
        ("1 January and 15 January", ("FREQ=MONTHLY;BYMONTHDAY=1,15;BYMONTH=1", None)),
        ("every Monday 3 times", ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", None)),
    ],
)
def test_last_words_that_are_taken(text, expected):
    """RI+10: the last day, hour and minute there are, and what is just one rule."""
    assert speech.read(text) == expected


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("the last week", "week"),
        # the first week of something is not each one
        ("the first week of January on Monday", "week"),
        ("the first month", "month"),
        ("the first and last workday of the month", "-1"),
        ("every week of the quarter", "3 months"),
        ("the last quarter on Monday", "3 months"),
        ("on the 32nd of every month", "32"),
        ("the 6th and last Friday of the month", ""),
        ("every Monday at 9:60", "9:60"),
        ("every Monday at 24:00", "24:00"),
        ("every Monday at 13 am", "24:00"),
        ("every month the last", ""),
        ("every Monday at 3 times", ""),
        ("every first workday of the month except Friday", ""),
    ],
)
def test_first_words_that_are_not(text, detail):
    """RI+10: what is one beyond, or stands for nothing, is refused with the word, or with all of the text."""
    assert refused(speech.read, text) == ("speech", detail or text)


def test_zones_before_their_description():
    """RI+9: a description that begins after the entry says nothing of its clocks; so does one without a moment."""
    later = kind("STANDARD", "20260401T000000", "+0100", "+0100")
    assert refused(zone_of, later, "20260303", "Africa/Lagos") == ("zone", "")
    assert refused(zone_of, later.replace("20260401T000000", "1970"), "20260303", "Africa/Lagos") == ("zone", "1970")


@pytest.mark.parametrize("date", ["20260303", "20260304"])
def test_zones_that_begin_with_the_entry(date):
    """RI+9: clocks that change as the entry's day begins have changed; of two kinds of time the one ahead counts."""
    begun = kind("STANDARD", "20260303T010000", "+0100", "+0100")
    assert zone_of(begun, date, "Africa/Lagos") == "Africa/Lagos"
    both = kind("STANDARD", "20260303T000000", "+0000", "+0000")
    both += kind("DAYLIGHT", "20260303T000000", "+0000", "+0100")
    assert zone_of(both, date, "Africa/Lagos") == "Africa/Lagos"


def test_last_change_of_a_rule():
    """RI+9: RFC 5545, 3.3.10: a rule's end that is a date of it is the last one: the clocks do change then."""
    summer = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20240401T000000Z"
    winter = "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20241027T010000Z"
    description = kind("DAYLIGHT", "19700329T020000", "+0100", "+0200", summer)
    description += kind("STANDARD", "19701025T030000", "+0200", "+0100", winter)
    assert zone_of(description, "20260303", "Africa/Lagos") == "Africa/Lagos"


@pytest.mark.parametrize("date", ["20260320", "20260321", "20260322", "20261024", "20261026", "20261027"])
def test_changes_at_the_end_of_what_is_compared(date):
    """RI+9: clocks that change three years after the entry are known, at the end of these or just before it."""
    friday = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29"
    description = kind("DAYLIGHT", "20140328T020000", "+0200", "+0300", friday)
    description += kind("STANDARD", "20131027T020000", "+0300", "+0200", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU")
    assert zone_of(description, date, "Asia/Jerusalem") == "Asia/Jerusalem"


def test_rules_that_clocks_do_not_follow():
    """RI+9: a description with other parts in its rules than clocks have is refused, whatever dates they give."""
    assert BRUSSELS.count("FREQ=YEARLY;BYDAY=-1SU") == 2
    lines = BRUSSELS.split("\n", 2)[2].removesuffix("END:VTIMEZONE\n")
    assert zone_of(lines, "20260303", "Europe/Brussels") == "Europe/Brussels"
    other = lines.replace("BYDAY=-1SU", "BYDAY=SU;BYSETPOS=-1")
    assert refused(zone_of, other, "20260303", "Europe/Brussels") == ("zone", "")
