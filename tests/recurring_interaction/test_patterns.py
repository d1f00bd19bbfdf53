"""RI4, RI+4: the dates, against an independent walk over the days and RFC 5545's own examples."""

import dataclasses
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence import rule_text
from recurrence.pattern import Pattern, RuleError

from tests.recurring_interaction import oracle

pytestmark = pytest.mark.plain

YEARS = 5
starts = st.dates(datetime.date(1999, 1, 1), datetime.date(2099, 12, 31))
intervals = st.integers(1, 14)

endings = st.one_of(
    st.just({}),
    st.integers(1, 60).map(lambda count: {"count": count}),
    st.integers(0, 1200).map(lambda days: {"days": days}),
)
in_month = st.one_of(
    st.just({"month_by": "last_day"}),
    st.builds(
        lambda day, end: {"month_by": "day", "month_day": day, "month_end": end if day > 28 else "clamp"},
        st.integers(1, 31),
        st.sampled_from(["clamp", "skip"]),
    ),
    st.builds(
        lambda week, weekday: {"month_by": "weekday", "week": week, "weekday": weekday},
        st.sampled_from([1, 2, 3, 4, 5, -1]),
        st.integers(0, 6),
    ),
)
units = st.one_of(
    st.just({"freq": "daily"}),
    st.just({"freq": "workday"}),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: {"freq": "weekly", "weekdays": tuple(sorted(days))}),
    in_month.map(lambda values: {"freq": "monthly", **values}),
    st.builds(lambda month, values: {"freq": "yearly", "month": month, **values}, st.integers(1, 12), in_month),
)


@st.composite
def patterns(draw):
    start = draw(starts)
    ending = dict(draw(endings))
    if "days" in ending:
        ending = {"until": start + datetime.timedelta(days=ending["days"])}
    return Pattern(start=start, interval=draw(intervals), **draw(units), **ending)


@settings(max_examples=3000, deadline=None)
@given(patterns())
def test_dates_equal_a_walk_over_the_days(pattern):
    """RI4: every pattern of the form gives exactly the days that a plain walk finds."""
    last = pattern.start + datetime.timedelta(days=366 * YEARS)
    assert list(pattern.dates(until=last)) == oracle.pattern_dates(pattern, last)


@settings(max_examples=1500, deadline=None)
@given(patterns())
def test_rule_text_round_trips(pattern):
    """RI+4: a pattern written as a rule and read back gives the same dates and the same text."""
    text = rule_text.to_text(pattern)
    again = rule_text.from_text(text, pattern.start) if any(True for _day in pattern.dates()) else pattern
    assert rule_text.to_text(again) == text
    last = pattern.start + datetime.timedelta(days=366 * 3)
    assert list(again.dates(until=last)) == list(pattern.dates(until=last))


@st.composite
def rules(draw):
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    days = draw(st.sets(st.sampled_from(oracle.NAMES), max_size=4))
    if days:
        ordinal = draw(st.sampled_from(["", "1", "2", "-1"])) if freq in ("MONTHLY", "YEARLY") else ""
        parts.append("BYDAY=" + ",".join(ordinal + day for day in sorted(days)))
    months = draw(st.sets(st.integers(1, 12), max_size=3))
    if months:
        parts.append("BYMONTH=" + ",".join(map(str, sorted(months))))
    numbers = draw(st.sets(st.integers(1, 28) | st.integers(-5, -1), max_size=3))
    if numbers and freq != "WEEKLY":
        parts.append("BYMONTHDAY=" + ",".join(map(str, sorted(numbers))))
    if (days or numbers) and freq in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1, -2]))}")
    parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU']))}")
    return ";".join(parts)


@settings(max_examples=1500, deadline=None)
@given(starts, rules())
def test_any_rule_equals_a_walk_over_the_days(start, text):
    """RI+4: rules beyond the form give the days that a walk written from RFC 5545 finds."""
    last = start + datetime.timedelta(days=366 * 3)
    pattern = Pattern(start=start, freq="rule", rule=text, until=last)
    assert list(pattern.dates()) == oracle.rule_dates(text, start, last)


def days(*texts):
    return [datetime.date.fromisoformat(text) for text in texts]


# RFC 5545, section 3.8.5.3: start, rule, and the first dates that the RFC lists
RFC = {
    "daily for 10 occurrences": ("1997-09-02", "FREQ=DAILY;COUNT=10", [f"1997-09-{n:02}" for n in range(2, 12)]),
    "every other day": ("1997-09-02", "FREQ=DAILY;INTERVAL=2", ["1997-09-02", "1997-09-04", "1997-09-06"]),
    "every 10 days, 5 times": (
        "1997-09-02",
        "FREQ=DAILY;INTERVAL=10;COUNT=5",
        ["1997-09-02", "1997-09-12", "1997-09-22", "1997-10-02", "1997-10-12"],
    ),
    "every day in January": (
        "1998-01-01",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        [f"1998-01-{n:02}" for n in range(1, 32)] + ["1999-01-01"],
    ),
    "weekly, 10 times": (
        "1997-09-02",
        "FREQ=WEEKLY;COUNT=10",
        [
            "1997-09-02",
            "1997-09-09",
            "1997-09-16",
            "1997-09-23",
            "1997-09-30",
            "1997-10-07",
            "1997-10-14",
            "1997-10-21",
            "1997-10-28",
            "1997-11-04",
        ],
    ),
    "every other week, Sunday first": (
        "1997-09-02",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        ["1997-09-02", "1997-09-16", "1997-09-30", "1997-10-14"],
    ),
    "Tuesday and Thursday for five weeks": (
        "1997-09-02",
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        [
            "1997-09-02",
            "1997-09-04",
            "1997-09-09",
            "1997-09-11",
            "1997-09-16",
            "1997-09-18",
            "1997-09-23",
            "1997-09-25",
            "1997-09-30",
            "1997-10-02",
        ],
    ),
    "every other week on Monday, Wednesday, Friday": (
        "1997-09-01",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        ["1997-09-01", "1997-09-03", "1997-09-05", "1997-09-15", "1997-09-17", "1997-09-19", "1997-09-29"],
    ),
    "first Friday, 10 times": (
        "1997-09-05",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        [
            "1997-09-05",
            "1997-10-03",
            "1997-11-07",
            "1997-12-05",
            "1998-01-02",
            "1998-02-06",
            "1998-03-06",
            "1998-04-03",
            "1998-05-01",
            "1998-06-05",
        ],
    ),
    "first and last Sunday of every other month": (
        "1997-09-07",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        [
            "1997-09-07",
            "1997-09-28",
            "1997-11-02",
            "1997-11-30",
            "1998-01-04",
            "1998-01-25",
            "1998-03-01",
            "1998-03-29",
            "1998-05-03",
            "1998-05-31",
        ],
    ),
    "second-to-last Monday": (
        "1997-09-22",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        ["1997-09-22", "1997-10-20", "1997-11-17", "1997-12-22", "1998-01-19", "1998-02-16"],
    ),
    "third-to-last day": (
        "1997-09-28",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        ["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29", "1998-01-29", "1998-02-26"],
    ),
    "2nd and 15th": (
        "1997-09-02",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        [
            "1997-09-02",
            "1997-09-15",
            "1997-10-02",
            "1997-10-15",
            "1997-11-02",
            "1997-11-15",
            "1997-12-02",
            "1997-12-15",
            "1998-01-02",
            "1998-01-15",
        ],
    ),
    "first and last day": (
        "1997-09-30",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        [
            "1997-09-30",
            "1997-10-01",
            "1997-10-31",
            "1997-11-01",
            "1997-11-30",
            "1997-12-01",
            "1997-12-31",
            "1998-01-01",
            "1998-01-31",
            "1998-02-01",
        ],
    ),
    "every 18 months on the 10th to 15th": (
        "1997-09-10",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        [f"1997-09-{n}" for n in range(10, 16)] + [f"1999-03-{n}" for n in range(10, 14)],
    ),
    "June and July": (
        "1997-06-10",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        [f"{year}-{month}-10" for year in range(1997, 2002) for month in ("06", "07")],
    ),
    "every third year on day 1, 100 and 200": (
        "1997-01-01",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        [
            "1997-01-01",
            "1997-04-10",
            "1997-07-19",
            "2000-01-01",
            "2000-04-09",
            "2000-07-18",
            "2003-01-01",
            "2003-04-10",
            "2003-07-19",
            "2006-01-01",
        ],
    ),
    "20th Monday of the year": ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", ["1997-05-19", "1998-05-18", "1999-05-17"]),
    "Monday of week 20": (
        "1997-05-12",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        ["1997-05-12", "1998-05-11", "1999-05-17"],
    ),
    "Thursdays in March": (
        "1997-03-13",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        ["1997-03-13", "1997-03-20", "1997-03-27", "1998-03-05", "1998-03-12", "1998-03-19", "1998-03-26"],
    ),
    "Friday the 13th": (
        "1997-09-02",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        ["1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13"],
    ),
    "Saturday after the first Sunday": (
        "1997-09-13",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        ["1997-09-13", "1997-10-11", "1997-11-08", "1997-12-13", "1998-01-10", "1998-02-07"],
    ),
    "U.S. presidential election day": (
        "1996-11-05",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        ["1996-11-05", "2000-11-07", "2004-11-02"],
    ),
    "third of Tuesday, Wednesday, Thursday": (
        "1997-09-04",
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        ["1997-09-04", "1997-10-07", "1997-11-06"],
    ),
    "second-to-last weekday of the month": (
        "1997-09-29",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        ["1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30", "1998-01-29", "1998-02-26", "1998-03-30"],
    ),
    "week start Monday": (
        "1997-08-05",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"],
    ),
    "week start Sunday": (
        "1997-08-05",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"],
    ),
    "a day that does not exist is skipped": (
        "2007-01-15",
        "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        ["2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"],
    ),
}


@pytest.mark.parametrize("name", RFC)
def test_examples_of_rfc_5545(name):
    """RI+4: RFC 5545's own examples, with the dates printed there; and the oracle agrees."""
    start, text, expected = RFC[name]
    start, expected = datetime.date.fromisoformat(start), days(*expected)
    pattern = rule_text.from_text(f"DTSTART;TZID=America/New_York:{start:%Y%m%d}T090000\nRRULE:{text}", start)
    found = list(pattern.dates(until=start + datetime.timedelta(days=366 * 10)))
    assert found[: len(expected)] == expected
    if "COUNT" in text:
        assert len(found) == len(expected)
    assert oracle.rule_dates(text, start, expected[-1])[: len(expected)] == expected
    assert list(rule_text.from_text(rule_text.to_text(pattern), start).dates(until=expected[-1])) == [
        day for day in found if day <= expected[-1]
    ]


def test_yearly_until():
    """RI+4: an UNTIL of the RFC's own example ends the recurrence on the right day."""
    pattern = rule_text.from_text("FREQ=DAILY;UNTIL=19971224T000000Z", datetime.date(1997, 9, 2))
    found = list(pattern.dates())
    assert (found[0], found[-1], len(found)) == (datetime.date(1997, 9, 2), datetime.date(1997, 12, 24), 114)


def test_no_drift_after_a_short_month():
    """RI4: after February's last day, March is the 31st again."""
    pattern = Pattern(start=datetime.date(2026, 1, 31), freq="monthly", month_day=31, count=5)
    assert list(pattern.dates()) == days("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31")
    skipping = dataclasses.replace(pattern, month_end="skip", count=3)
    assert list(skipping.dates()) == days("2026-01-31", "2026-03-31", "2026-05-31")


def test_leap_day():
    """RI4: 29 February every year is 28 February in common years, or only in leap years."""
    pattern = Pattern(start=datetime.date(2024, 2, 29), freq="yearly", month=2, month_day=29, count=5)
    assert list(pattern.dates()) == days("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29")
    skipping = dataclasses.replace(pattern, month_end="skip", count=2)
    assert list(skipping.dates()) == days("2024-02-29", "2028-02-29")


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "FREQ=", "FREQ=HOURLY", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=5;UNTIL=20300101", "FREQ=DAILY;UNTIL=2030",
        "FREQ=DAILY;UNTIL=20300101T250000", "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYDAY=99MO", "FREQ=DAILY;UNTIL=20260231",
        "FREQ=DAILY;SKIP=FORWARD", "FREQ=DAILY;RSCALE=HEBREW", "FREQ=DAILY\nFREQ=WEEKLY", "FREQ=DAILY;X-STEP=WORKDAY",
        "FREQ=WEEKLY;BYDAY=;", "FREQ=DAILY;COUNT=99999999999",
    ],
)  # fmt: skip
def test_nonsense_is_refused(text):
    """RI+4: what is no rule, or one within a day, is refused with a reason."""
    with pytest.raises(RuleError):
        rule_text.from_text(text, datetime.date(2026, 3, 2))


def test_working_days_round_trip():
    """RI+4: every third working day is not every third day that happens to be a working day."""
    pattern = Pattern(start=datetime.date(2026, 3, 2), freq="workday", interval=3, count=4)
    assert list(pattern.dates()) == days("2026-03-02", "2026-03-05", "2026-03-10", "2026-03-13")
    assert rule_text.from_text(rule_text.to_text(pattern), pattern.start) == pattern
