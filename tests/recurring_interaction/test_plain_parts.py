"""RI+2, RI4, RI6, RI+4: times, days off, reconciliation and the feed's text, without Odoo."""

import datetime

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence import holidays, ics, times
from recurrence.reconcile import reconcile

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
