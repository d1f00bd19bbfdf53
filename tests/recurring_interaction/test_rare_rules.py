"""RI3: rules that match seldom or never are answered quickly, and as dateutil answers them."""

import datetime
import itertools
import time
import types

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence.pattern import Pattern

pytestmark = pytest.mark.plain

START = datetime.date(2026, 1, 6)
NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=2;BYMONTH=4,6,9,11;BYMONTHDAY=31",
    "FREQ=DAILY;BYMONTH=1;BYYEARDAY=366",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=DAILY;BYSETPOS=2;BYDAY=MO",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
]


@pytest.mark.parametrize("rule", NEVER)
def test_never(rule):
    """A rule that never matches is found out in a moment, not day by day for a hundred years."""
    pattern = Pattern(start=START, freq="rule", rule=rule)
    began = time.process_time()
    assert next(pattern.dates(), None) is None
    assert time.process_time() - began < 2.5


def some(values, most):
    """Return a strategy for a few of ``values`` as the text of a rule part."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(
        lambda chosen: ",".join(map(str, chosen))
    )


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY"]), "INTERVAL": st.sampled_from(["1", "2", "3", "10"])},
    optional={
        "BYMONTH": some(range(1, 13), 4),
        "BYMONTHDAY": some([-1, -2, 1, 2, 10, 15, 29, 30, 31], 4),
        "BYYEARDAY": some([1, 60, 200, 366, -1], 3),
        "BYWEEKNO": some([1, 20, 53], 2),
        "BYDAY": some(["MO", "TU", "TH", "SA", "SU"], 4),
        "BYSETPOS": some([1, 2, -1], 2),
        "WKST": st.sampled_from(["MO", "SU", "WE"]),
    },
)


@pytest.fixture(scope="module")
def short_lived():
    """Let dateutil give up after 2035: for a rule without a match it walks day by day to the year 9999.

    It looks at UNTIL only when it has found a date, and at the last year always.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rrule, "datetime", types.SimpleNamespace(**{**vars(datetime), "MAXYEAR": 2035}))
        yield


@pytest.mark.usefixtures("short_lived")
@settings(max_examples=200, deadline=None, derandomize=True)
@given(PARTS, st.dates(START, datetime.date(2028, 12, 31)))
def test_same_as_dateutil(parts, start):
    """The quick way gives the dates that dateutil gives day by day, for the same 200 rules each time.

    RFC 5545, 3.3.10: the weekday that a weekly rule does not name is that of its start. dateutil forgets it beside
    BYWEEKNO, so it is told.
    """
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    told = text
    if parts["FREQ"] == "WEEKLY" and not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        told += f";BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[start.weekday()]}"
    end = start + datetime.timedelta(days=900)
    moment = datetime.datetime.combine(start, datetime.time())
    expected = [found.date() for found in itertools.takewhile(
        lambda found: found.date() <= end, rrule.rrulestr(f"{told};UNTIL={end:%Y%m%d}", dtstart=moment)
    )]  # fmt: skip
    assert list(Pattern(start=start, freq="rule", rule=text).dates(until=end)) == expected
