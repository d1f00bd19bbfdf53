"""RI+8: 3,000 random rules, and rules as calendars write them, beside a second implementation (rrule-temporal)."""

import datetime
import json
import random
import re
import subprocess
import time
from pathlib import Path

import pytest
from recurrence import rule_text
from recurrence.pattern import Pattern, RuleError, parse_parts

from tests.recurring_interaction import oracle
from tools.node import has_node, node_packages

pytestmark = pytest.mark.plain

HERE = Path(__file__).parent / "node"
YEARS = 8
RULES = 3000

#: Where rrule-temporal 2.2.8 is known to differ, each with what RFC 5545, 3.3.10 says. In all of these ours is
#: what the walk over the days finds, and (tried once, 3.0.16) what libical gives where it answers.
LISTED = {
    "days of the week with and without a number are one list: their union": lambda parts, days: (
        len({bool(re.match(r"[-+]?\d", day)) for day in days}) > 1
    ),
    "note 2: BYDAY limits, where there is BYYEARDAY or BYMONTHDAY": lambda parts, days: (
        bool(days) and bool(parts.keys() & {"BYYEARDAY", "BYMONTHDAY"})
    ),
    "parts are applied one after the other: BYWEEKNO, BYYEARDAY and BYMONTHDAY limit each other": lambda parts, days: (
        len(parts.keys() & {"BYYEARDAY", "BYMONTHDAY", "BYWEEKNO"}) > 1
    ),
    "a year has no 53rd such day: the date is ignored, not looked for in the next year": lambda parts, days: any(
        re.match(r"-?53", day) for day in days
    ),
    "days of the first and last week that lie in another year: left open; ours is the calendar year": (
        lambda parts, days: "BYWEEKNO" in parts
    ),
}

#: As they stand in files and interfaces of Google Calendar, Outlook / Microsoft 365 and Apple Calendar.
WRITTEN = [
    "RRULE:FREQ=WEEKLY;WKST=SU;UNTIL=20281231T225959Z;BYDAY=MO,WE,FR",
    "RRULE:FREQ=MONTHLY;WKST=MO;BYDAY=3TH",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
    "RRULE:FREQ=DAILY;INTERVAL=1;COUNT=30;WKST=SU",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU",
    "RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "RRULE:FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=1",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "RRULE:FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=9;BYDAY=1MO",
    "RRULE:FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1",
    "RRULE:FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2;COUNT=12",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SA;BYMONTH=6;BYSETPOS=1",
    "RRULE:FREQ=MONTHLY;BYDAY=SA,2FR",
    "RRULE:FREQ=MONTHLY;BYDAY=-1TU,FR",
    "RRULE:FREQ=MONTHLY;BYDAY=TH,2SA;BYSETPOS=-1",
    "RRULE:FREQ=YEARLY;BYWEEKNO=20",
    "RRULE:FREQ=YEARLY;BYWEEKNO=1,52,-1;BYDAY=MO,FR",
]


@pytest.fixture(scope="module")
def second():
    """Ask rrule-temporal, installed once into ``.node``, for the dates of a list of cases."""
    if not has_node():
        pytest.skip("node and npm are not installed")
    modules = node_packages("rrule", HERE / "package.json")

    def dates(cases):
        questions = json.dumps([{"start": str(start), "rule": rule, "last": str(last)} for start, rule, last in cases])
        done = subprocess.run(
            ["node", HERE / "dates.mjs", modules],
            input=questions,
            capture_output=True,
            text=True,
            timeout=400,
            check=True,
        )
        return json.loads(done.stdout)

    return dates


def random_rule(dice):
    """Return one of all the rules that RFC 5545 allows, to the day."""
    freq = dice.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = {"FREQ": freq}

    def some(key, values, most, chance):
        if dice.random() < chance:
            parts[key] = ",".join(map(str, sorted(set(dice.sample(values, dice.randint(1, most))))))

    some("INTERVAL", range(1, 7), 1, 0.6)
    some("BYMONTH", range(1, 13), 4, 0.35)
    if freq != "WEEKLY":
        some("BYMONTHDAY", [*range(1, 32), -1, -2, -3, -10, -31], 4, 0.35)
    if freq == "YEARLY":
        some("BYYEARDAY", [1, 2, 59, 60, 61, 100, 200, 365, 366, -1, -2, -366, -100], 4, 0.2)
        some("BYWEEKNO", [1, 2, 20, 30, 51, 52, 53, -1, -2, -53], 3, 0.2)
    if dice.random() < 0.6:
        parts["BYDAY"] = ",".join(_numbered(dice, parts, dice.sample(oracle.NAMES, dice.randint(1, 4))))
    if any(key.startswith("BY") for key in parts):
        some("BYSETPOS", [1, 2, 3, -1, -2, 5, 10], 2, 0.3)
    some("WKST", oracle.NAMES, 1, 0.4)
    some("COUNT", range(1, 41), 1, 0.3)
    return ";".join(f"{key}={value}" for key, value in parts.items())


def _numbered(dice, parts, days):
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts:
        return days
    ordinals = [1, 2, 3, 4, 5, -1, -2, -5]
    if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        ordinals += [10, 20, 53, -10, -53]
    return [dice.choice(["", str(dice.choice(ordinals)), str(dice.choice(ordinals))]) + day for day in days]


def case(dice, rule):
    """Return start, rule and the last day that is looked at."""
    start = datetime.date(1998, 1, 1) + datetime.timedelta(days=dice.randint(0, 18000))
    return start, rule, start + datetime.timedelta(days=366 * YEARS)


def our_dates(start, rule, last):
    """Return the dates that the addon gives, as text."""
    parts = parse_parts(rule)
    count = parts.pop("COUNT", None)
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    pattern = Pattern(start=start, freq="rule", rule=text, count=int(count) if count else None)
    return [str(day) for day in pattern.dates(until=last)]


def why_listed(rule):
    """Return the paragraph for a rule in which the second implementation may differ."""
    parts = dict(piece.split("=") for piece in rule.split(";"))
    if parts["FREQ"] != "YEARLY":
        return None
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    return next((text for text, holds in LISTED.items() if holds(parts, days)), None)


def test_random_rules(second):
    """RI+8: no rule without a number of the RFC differs; where one does, a walk over the days agrees with ours."""
    dice = random.Random(20261128)
    cases = [case(dice, random_rule(dice)) for _number in range(RULES)]
    differ = [
        (start, rule, last, ours)
        for (start, rule, last), theirs in zip(cases, second(cases), strict=True)
        if theirs != (ours := our_dates(start, rule, last))
    ]
    assert [(str(start), rule) for start, rule, _last, _ours in differ if not why_listed(rule)] == []
    for start, rule, last, ours in differ:
        assert ours == list(map(str, oracle.rule_dates(rule, start, last))), (start, rule)
    assert len(differ) < RULES / 10, "most of the rules are compared with something"


def test_skip_of_the_start(second):
    """RI+8: RFC 7529, SKIP: a day of DTSTART that a month does not have (its own examples among them)."""
    start, last = datetime.date(2014, 1, 31), datetime.date(2014, 5, 31)
    expected = {
        "FORWARD": ["2014-01-31", "2014-03-01", "2014-03-31", "2014-05-01", "2014-05-31"],
        "BACKWARD": ["2014-01-31", "2014-02-28", "2014-03-31", "2014-04-30", "2014-05-31"],
        "OMIT": ["2014-01-31", "2014-03-31", "2014-05-31"],
    }
    for skip, dates in expected.items():
        for day in ("", "BYMONTHDAY=31;"):
            rule = f"RSCALE=GREGORIAN;FREQ=MONTHLY;{day}SKIP={skip}"
            assert our_dates(start, rule, last) == dates
            assert day or second([(start, rule, last)]) == [dates]
            # by the fields of the form, too
            read = rule_text.from_text(rule, start)
            assert list(map(str, read.dates(until=last))) == dates
            assert list(map(str, rule_text.from_text(rule_text.to_text(read), start).dates(until=last))) == dates
    leap = datetime.date(2016, 2, 29)
    rule = "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD"
    assert our_dates(leap, rule, datetime.date(2018, 12, 31)) == ["2016-02-29", "2017-03-01", "2018-03-01"]


def test_skip_of_days():
    """RI+8: RFC 7529, SKIP, with BYMONTHDAY (which rrule-temporal 2.2.8 does not move), beside a plain walk."""
    dice = random.Random(7529)
    for _number in range(300):
        skip, interval = dice.choice(["BACKWARD", "FORWARD", "OMIT"]), dice.randint(1, 5)
        days = sorted(dice.sample([1, 15, 28, 29, 30, 31], dice.randint(1, 3)))
        rule = f"RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={','.join(map(str, days))};SKIP={skip}"
        start, rule, last = case(dice, rule)
        found = set()
        for month in range(start.year * 12 + start.month - 1, last.year * 12 + last.month, interval):
            first = datetime.date(month // 12, month % 12 + 1, 1)
            length = oracle.month_length(first)
            for day in days:
                if day <= length or skip == "FORWARD":
                    found.add(first + datetime.timedelta(days=min(day, length + 1) - 1))
                elif skip == "BACKWARD":
                    found.add(first.replace(day=length))
        assert our_dates(start, rule, last) == [str(day) for day in sorted(found) if start <= day <= last], rule


@pytest.mark.parametrize("rule", WRITTEN)
def test_as_calendars_write(second, rule):
    """RI+8: rules as Google, Outlook and Apple write them, read from their text."""
    start, last = datetime.date(2026, 3, 5), datetime.date(2034, 3, 5)
    text = rule.removeprefix("RRULE:")
    pattern = rule_text.from_text(f"DTSTART;TZID=Europe/Brussels:20260305T090000\n{rule}", start)
    dates = list(pattern.dates(until=last))
    assert dates == oracle.rule_dates(text, start, last)
    if not why_listed(text):
        assert [list(map(str, dates))] == second([(start, text, last)])


def test_until_in_utc():
    """RI+8: UNTIL with a time in UTC ends where that moment is, in the zone of the recurrence (RFC 5545, 3.3.10)."""
    start = datetime.date(2026, 3, 2)
    for zone, hours, until, last in (
        ("Europe/Brussels", 0.0, "20260309T230000Z", "2026-03-10"),
        ("Europe/Brussels", 9.0, "20260310T080000Z", "2026-03-10"),
        ("Europe/Brussels", 9.0, "20260310T075959Z", "2026-03-09"),
        ("America/New_York", 20.0, "20260311T000000Z", "2026-03-10"),
        ("America/New_York", None, "20260311T030000Z", "2026-03-10"),
        ("Pacific/Auckland", 8.0, "20260309T190000Z", "2026-03-10"),
        ("Pacific/Auckland", 8.0, "20260310", "2026-03-10"),
        # without Z it is of the zone of DTSTART; midnight ends a series before the hour of its date
        ("Europe/Brussels", 14.0, "20260310T000000", "2026-03-09"),
        ("Pacific/Auckland", 14.0, "20260310T140000", "2026-03-10"),
        ("Pacific/Auckland", 14.25, "20260310T141459", "2026-03-09"),
        ("Europe/Brussels", None, "20260310T000000", "2026-03-10"),
    ):
        pattern = rule_text.from_text(f"FREQ=DAILY;UNTIL={until}", start, zone, hours)
        assert str(list(pattern.dates())[-1]) == last, (zone, hours, until)
    # the zone and the hour that stand beside DTSTART count more than those of the form
    text = "DTSTART;TZID=America/New_York:20260302T200000\nRRULE:FREQ=DAILY;UNTIL=20260311T000000Z"
    assert str(list(rule_text.from_text(text, start).dates())[-1]) == "2026-03-10"


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY;BYDAY=2MO", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYWEEKNO=54",
     "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31"],
)  # fmt: skip
def test_what_the_rfc_forbids(rule):
    """RI+8: what RFC 5545 and RFC 7529 forbid is refused with the piece that is wrong, not read somehow."""
    with pytest.raises(RuleError) as refused:
        rule_text.from_text(rule, datetime.date(2026, 3, 2))
    assert refused.value.detail


def test_ten_milliseconds_a_rule():
    """RI+8: the dates of eight years take at most 10 ms of processor time, whatever the rule."""
    dice = random.Random(10)
    for start, rule, last in [case(dice, random_rule(dice)) for _number in range(400)]:
        assert min(_seconds(start, rule, last) for _try in range(3)) <= 0.010, rule


def _seconds(start, rule, last):
    began = time.process_time()
    our_dates(start, rule, last)
    return time.process_time() - began
