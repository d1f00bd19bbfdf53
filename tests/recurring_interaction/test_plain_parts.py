"""RI+2, RI4, RI6, RI+4: times, days off, reconciliation and the feed's text, without Odoo."""

import dataclasses
import datetime
import itertools

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence import holidays, ics, period, times
from recurrence.pattern import Pattern
from recurrence.reconcile import reconcile

pytestmark = pytest.mark.plain

ONE_DAY = datetime.timedelta(days=1)
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))


def test_clocks_go_forward():
    """RI4: 02:30 does not exist on 29 March in Brussels: it is read with the offset from before."""
    assert times.to_utc(datetime.date(2026, 3, 28), 2.5, "Europe/Brussels") == datetime.datetime(2026, 3, 28, 1, 30)
    assert times.to_utc(datetime.date(2026, 3, 29), 2.5, "Europe/Brussels") == datetime.datetime(2026, 3, 29, 1, 30)
    assert times.to_utc(datetime.date(2026, 3, 30), 2.5, "Europe/Brussels") == datetime.datetime(2026, 3, 30, 0, 30)


def test_clocks_go_back():
    """RI4: 02:30 happens twice on 25 October: the first one counts."""
    assert times.to_utc(datetime.date(2026, 10, 25), 2.5, "Europe/Brussels") == datetime.datetime(2026, 10, 25, 0, 30)


@settings(max_examples=500, deadline=None)
@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2037, 12, 31)),
    st.sampled_from([0.0, 5.75, 9.0, 12.5, 23.75]),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]),
)
def test_wall_clock_survives_the_way_through_utc(day, hours, tz):
    """RI4: the hour on the wall is the hour that was asked for, all year round, in any zone."""
    local = times.to_local(times.to_utc(day, hours, tz), tz)
    expected = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(hours=hours)
    assert abs(local - expected) <= datetime.timedelta(hours=1 if hours < 4 else 0) or tz == "Pacific/Apia"


def test_days_off():
    """RI+2: skip, before, after; a calendar without working days leaves the date alone."""
    saturday = datetime.date(2026, 3, 7)

    def weekday(day):
        return day.weekday() < 5

    assert holidays.adjust(saturday, weekday, "none") == saturday
    assert holidays.adjust(saturday, weekday, "skip") is None
    assert holidays.adjust(saturday, weekday, "before") == datetime.date(2026, 3, 6)
    assert holidays.adjust(saturday, weekday, "after") == datetime.date(2026, 3, 9)
    assert holidays.adjust(saturday, lambda day: False, "after") == saturday


@settings(max_examples=1000, deadline=None)
@given(st.sets(DAYS, max_size=20), st.sets(DAYS, max_size=8), st.sets(DAYS, max_size=20))
def test_reconciling_ends_at_what_is_wanted(planned, fixed, wanted):
    """RI6: whatever was planned, afterwards exactly the wanted dates are, and fixed ones are untouched."""
    planned -= fixed
    open_dates = dict(enumerate(sorted(planned)))
    changes = reconcile(open_dates, fixed, sorted(wanted), lambda day: day.isocalendar()[:2])
    result = [*changes.kept.values(), *changes.moved.values(), *changes.added]
    assert sorted(result) == sorted(wanted - fixed)
    assert len(result) == len(set(result)), "no date twice"
    assert sorted([*changes.kept, *changes.moved, *changes.removed]) == sorted(open_dates)
    for key, day in changes.moved.items():
        assert open_dates[key].isocalendar()[:2] == day.isocalendar()[:2], "moved within its week"


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_text_survives_the_feed(text):
    """RI+4: any subject makes a feed that another implementation reads, in lines of 75 octets."""
    moment = datetime.datetime(2026, 3, 2, 8)
    event = ics.Event(uid="1@x", start=moment, stop=moment, summary="a" + text, stamp=moment)
    content = ics.calendar("Feed", [event])
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    read = vobject.readOne(content.decode()).vevent.summary.value
    kept = "".join(character for character in text if character in "\n\t" or ord(character) >= 32)
    assert read.replace("\u2028", "") == "a" + kept.replace("\u2028", "") or not kept.isprintable()


def by_definition(pattern, date):
    """Return the period before a date by counting on from a start far back, kept in step by hand."""
    starts = [pattern.start - datetime.timedelta(weeks=pattern.interval * number) for number in range(60)]
    before = max(day for start in starts for day in dates_of(pattern, start, date) if day < date)
    return max(before, pattern.start) if pattern.start < date else before


def dates_of(pattern, start, until):
    return dataclasses.replace(pattern, start=start, count=None).dates(until=until)


@settings(max_examples=200, deadline=None)
@given(DAYS, st.integers(1, 4), st.sets(st.integers(0, 6), min_size=1, max_size=3))
def test_first_period_in_arrears(start, interval, weekdays):
    """RI9: the period before the first date is the one the rule would have given, cut at a start in its middle."""
    weekly = Pattern(start=start, freq="weekly", interval=interval, weekdays=tuple(sorted(weekdays)), count=5)
    first = next(weekly.dates())
    assert period.in_arrears(weekly, first)[0] == by_definition(weekly, first)


def test_periods_meet():
    """RI9: in arrears each period begins where the one before ended, the first one included, for all patterns."""
    start = datetime.date(2026, 12, 1)
    patterns = [
        Pattern(start=start, freq="monthly", month_day=1),
        Pattern(start=start, freq="monthly", month_day=31, interval=3),
        Pattern(start=start, freq="monthly", month_by="weekday", week=2, weekday=1),
        Pattern(start=start, freq="yearly", month=12, month_day=1),
        Pattern(start=start, freq="daily", interval=10),
        Pattern(start=start, freq="workday", interval=3),
        Pattern(start=start, freq="rule", rule="FREQ=MONTHLY;INTERVAL=2"),
        Pattern(start=datetime.date(2028, 2, 29), freq="rule", rule="FREQ=YEARLY"),
        Pattern(start=start, freq="rule", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
    ]
    for pattern in patterns:
        dates = list(itertools.islice(pattern.dates(), 4))
        periods = [period.in_arrears(pattern, day) for day in dates]
        assert all(first <= last for first, last in periods), pattern
        assert all(one[1] + ONE_DAY == two[0] for one, two in itertools.pairwise(periods)), pattern
        assert [last + ONE_DAY for _first, last in periods] == dates, pattern
    assert period.in_arrears(patterns[0], start) == (datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))
    assert period.in_arrears(patterns[7], datetime.date(2028, 2, 29))[0] == datetime.date(2024, 2, 29)


@settings(max_examples=500, deadline=None)
@given(st.sets(DAYS, max_size=20), st.sets(DAYS, max_size=8), st.sets(DAYS, min_size=12, max_size=12))
def test_a_number_of_dates_stays_that_number(planned, fixed, wanted):
    """RI6: of twelve dates, those that are done count: what is left over is twelve less what is done."""
    planned -= fixed
    changes = reconcile(
        dict(enumerate(sorted(planned))), fixed, sorted(wanted), lambda day: day.isocalendar()[:2],
        fixed - wanted, is_counted=True,
    )  # fmt: skip
    assert len(fixed) + len(changes.kept) + len(changes.moved) + len(changes.added) == 12
