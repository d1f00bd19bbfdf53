"""RI+9: the feed as the engines of calendar programs read it: ical.js (Thunderbird, Nextcloud), dateutil (khal)."""

import datetime
import json
import random
import subprocess

import pytest
from dateutil.rrule import rrulestr
from recurrence import ics, rule_text
from recurrence.pattern import Pattern

from tests.recurring_interaction.test_second_implementation import HERE, WRITTEN, random_rule
from tools.node import has_node, node_packages

pytestmark = pytest.mark.plain

START = datetime.date(2026, 3, 3)
REACH = datetime.timedelta(days=800)
STAMP = datetime.datetime(2026, 1, 1)


@pytest.fixture(scope="module")
def ical_js():
    """Return a function that reads a feed with ical.js: start, end and summary of each date."""
    if not has_node():
        pytest.skip("node and npm are not installed")
    modules = node_packages("rrule", HERE / "package.json")

    def read(content):
        command = ["node", HERE / "events.mjs", modules]
        done = subprocess.run(command, input=content, capture_output=True, timeout=120, check=True)
        return json.loads(done.stdout)

    return read


def moment(text):
    return datetime.datetime.fromisoformat(text)


def test_dates(ical_js):
    """RI+9: moved, left out, across both changes of the clocks, a long folded title, whole days: all as planned."""
    title = "Call; later, \\ \u00e9" * 9

    def event(uid, start, stop, summary):
        return ics.Event(uid, start, stop, summary, STAMP)

    entries = [
        ics.Series(
            first=event("1@x", moment("2026-03-03 08:00"), moment("2026-03-03 08:30"), "Call"),
            rule="FREQ=WEEKLY;BYDAY=TU",
            last=moment("2026-04-07 07:00"),
            tz="Europe/Brussels",
            left_out=(moment("2026-03-10 08:00"),),
            changed=(
                (
                    moment("2026-03-17 08:00"),
                    event("1@x", moment("2026-03-18 13:00"), moment("2026-03-18 13:30"), title),
                ),
            ),
        ),
        ics.Series(
            # RFC 5545, 3.3.5, says what half past two is on the 29th, ical.js does not: half past three
            first=event("2@x", moment("2026-03-28 02:30"), moment("2026-03-28 03:00"), "Night"),
            rule="FREQ=DAILY",
            last=moment("2026-03-30 01:30"),
            tz="Europe/Brussels",
        ),
        ics.Series(
            first=event("3@x", datetime.date(2026, 10, 24), datetime.date(2026, 10, 25), "Day"),
            rule="FREQ=DAILY",
            last=datetime.date(2026, 10, 26),
            tz="Europe/Brussels",
            left_out=(datetime.date(2026, 10, 25),),
        ),
        event("4@x", moment("2026-10-25 01:30"), moment("2026-10-25 02:00"), "Once"),
    ]
    found = ical_js(ics.calendar("Feed", entries))
    assert [(start, summary) for start, _end, summary in found] == [
        ("2026-03-03T08:00", "Call"),
        ("2026-03-18T13:00", title),
        ("2026-03-24T08:00", "Call"),
        ("2026-03-28T02:30", "Night"),
        ("2026-03-29T01:30", "Night"),
        ("2026-03-30T01:30", "Night"),
        ("2026-03-31T07:00", "Call"),
        ("2026-04-07T07:00", "Call"),
        ("2026-10-24", "Day"),
        ("2026-10-25T01:30", "Once"),
        ("2026-10-26", "Day"),
    ]


def told_as_rules():
    """Yield the rule of the feed and its dates, for rules of the form, as calendars write them, and at random."""
    dice = random.Random(20261129)
    form = [
        Pattern(start=START, freq=freq, interval=interval, month=2, **more)
        for interval in (1, 2, 3)
        for freq in ("monthly", "yearly")
        for more in (
            {"month_day": 15},
            {"month_day": 30},
            {"month_day": 31},
            {"month_day": 31, "month_end": "skip"},
            {"month_by": "last_day"},
            {"month_by": "weekday", "week": 5, "weekday": 4},
            {"month_by": "weekday", "week": -1},
        )
    ]
    texts = [text.removeprefix("RRULE:") for text in WRITTEN] + [random_rule(dice) for _number in range(1200)]
    for pattern in [*form, *(rule_text.from_text(text, START) for text in texts)]:
        rule, dates = rule_text.to_common_text(pattern), list(pattern.dates(until=START + REACH))
        if rule and len(dates) > 2:
            yield rule, dates


def test_rules_that_all_read_alike(ical_js):
    """RI+9: what the feed says by a rule, other programs read to the same dates; the rest is told date by date."""
    told = list(told_as_rules())
    entries = []
    for number, (rule, dates) in enumerate(told):
        first = ics.Event(f"{number}@x", dates[0], dates[0] + datetime.timedelta(days=1), str(number), STAMP)
        entries.append(ics.Series(first=first, rule=rule, last=dates[-1], tz="UTC"))
    found = {}
    for start, _end, summary in ical_js(ics.calendar("Feed", entries)):
        found.setdefault(int(summary), []).append(start)
    assert len(told) > 300
    for number, (rule, dates) in enumerate(told):
        assert found[number] == list(map(str, dates)), rule
        begin = datetime.datetime.combine(dates[0], datetime.time())
        theirs = rrulestr(f"{rule};UNTIL={dates[-1]:%Y%m%d}", dtstart=begin)
        assert [day.date() for day in theirs] == dates, rule


def test_a_month_without_the_day():
    """RI+9: "the 31st, or the last day" is the last day in every program; for the 30th there is no such rule."""
    for month_day, rule in ((31, "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1"), (30, ""), (29, "")):
        assert rule_text.to_common_text(Pattern(start=START, freq="monthly", month_day=month_day)) == rule
    leap = Pattern(start=START, freq="yearly", month=2, month_day=29)
    assert rule_text.to_common_text(leap) == "FREQ=YEARLY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=-1"
    april = Pattern(start=START, freq="yearly", month=4, month_day=31)
    assert rule_text.to_common_text(april) == "FREQ=YEARLY;INTERVAL=1;BYMONTH=4;BYMONTHDAY=-1"
