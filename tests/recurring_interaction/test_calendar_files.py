"""RI+9: the feed's text read by a second library, and calendar files read with their exceptions."""

import datetime
import io
import time
import zoneinfo

import pytest
import vobject
from dateutil.tz import datetime_exists as tz_exists
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence import ics, ics_read, zones
from recurrence.rules import RuleError

pytestmark = pytest.mark.plain

UTC = datetime.UTC
BRUSSELS = """BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def file(*events, zone="", method="PUBLISH"):
    """Return a calendar file of events, each given as its lines."""
    blocks = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    zones = BRUSSELS.format(zone=zone).strip().split("\n") if zone else []
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", f"METHOD:{method}", *zones, *blocks, "END:VCALENDAR"]
    return "\r\n".join("\n".join(lines).split("\n")).encode() + b"\r\n"


def moment(text):
    return datetime.datetime.fromisoformat(text)


def test_series():
    """RI+9: moved and left out dates are RECURRENCE-ID and EXDATE; nine o'clock stays nine o'clock in its zone."""
    stamp = moment("2026-03-01 10:00")
    first = ics.Event("1@x", moment("2026-03-03 08:00"), moment("2026-03-03 08:30"), "Call", stamp)
    moved = ics.Event(
        "1@x", moment("2026-03-18 13:00"), moment("2026-03-18 13:30"), "Call; later, \\ \u00e9" * 9, stamp
    )
    content = ics.calendar(
        "Feed",
        [
            ics.Series(
                first=first,
                rule="FREQ=WEEKLY;BYDAY=TU",
                last=moment("2026-04-07 07:00"),
                tz="Europe/Brussels",
                left_out=(moment("2026-03-10 08:00"),),
                changed=((moment("2026-03-17 08:00"), moved),),
            )
        ],
    )
    assert max(map(len, content.split(b"\r\n"))) <= 75
    calendar = vobject.readOne(content.decode())
    assert calendar.vtimezone.tzid.value == "Europe/Brussels"
    main, change = calendar.vevent_list
    starts = [start.astimezone(UTC).strftime("%m-%d %H") for start in main.getrruleset(addRDate=True)]
    # the hour of UTC changes with the clocks; the 10th is left out, the 17th stands elsewhere
    assert starts == ["03-03 08", "03-17 08", "03-24 08", "03-31 07", "04-07 07"]
    assert change.recurrence_id.value.astimezone(UTC) == moment("2026-03-17 08:00").replace(tzinfo=UTC)
    assert change.dtstart.value.astimezone(UTC) == moment("2026-03-18 13:00").replace(tzinfo=UTC)
    assert change.summary.value == moved.summary


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime.datetime(1995, 1, 1), datetime.datetime(2037, 1, 1)),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_zones(start, tz):
    """RI+9: what the feed says about a zone is what the zone's own data say, as another library understands it."""
    start = start.replace(second=0, microsecond=0)
    described = zones.component(tz, start, start + datetime.timedelta(days=400)).to_ical().decode()
    theirs = tzical(io.StringIO(described)).get()
    for days in range(0, 400, 7):
        local = (start + datetime.timedelta(days=days)).replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(tz))
        wall = local.replace(tzinfo=theirs)
        if local.fold or not tz_exists(wall):
            continue
        assert wall.utcoffset() == local.utcoffset(), local


def test_reads_what_google_writes():
    """RI+9: an invitation with a rule, a cancelled and a moved date."""
    content = file(
        """DTSTART;TZID=Europe/Brussels:20260305T140000
DTEND;TZID=Europe/Brussels:20260305T150000
RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20260402T215959Z;BYDAY=TH
EXDATE;TZID=Europe/Brussels:20260312T140000
UID:abc@google.com
SUMMARY:Stand-up
DESCRIPTION:Bring\\, please\\, the list""",
        """DTSTART;TZID=Europe/Brussels:20260320T100000
DTEND;TZID=Europe/Brussels:20260320T110000
RECURRENCE-ID;TZID=Europe/Brussels:20260319T140000
UID:abc@google.com
SUMMARY:Stand-up (Friday)""",
        """DTSTART;TZID=Europe/Brussels:20260326T140000
RECURRENCE-ID;TZID=Europe/Brussels:20260326T140000
STATUS:CANCELLED
UID:abc@google.com""",
        zone="Europe/Brussels",
        method="REQUEST",
    )
    [entry] = ics_read.read(content, "UTC")
    assert (entry.summary, entry.description) == ("Stand-up", "Bring, please, the list")
    assert (entry.tz, entry.hours, entry.duration) == ("Europe/Brussels", 14.0, 1.0)
    assert [day.strftime("%m-%d") for day in entry.pattern.dates()] == ["03-05", "03-12", "03-19", "03-26", "04-02"]
    assert sorted(entry.changes) == [datetime.date(2026, 3, day) for day in (12, 19, 26)]
    moved = entry.changes[datetime.date(2026, 3, 19)]
    assert (moved.start, moved.stop, moved.summary) == (
        moment("2026-03-20 09:00"),
        moment("2026-03-20 10:00"),
        "Stand-up (Friday)",
    )
    assert entry.changes[datetime.date(2026, 3, 12)].start is None


def test_reads_what_outlook_and_apple_write():
    """RI+9: Outlook's names of zones, Apple's whole days, and a moment in UTC."""
    outlook = file(
        """DTSTART;TZID=W. Europe Standard Time:20260302T090000
DTEND;TZID=W. Europe Standard Time:20260302T093000
RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO
UID:040000008200E00074C5B7101A82E008
SUMMARY:Jour fixe""",
        zone="W. Europe Standard Time",
    )
    [entry] = ics_read.read(outlook, "UTC")
    assert (entry.tz, entry.hours) == ("Europe/Berlin", 9.0)
    apple = file(
        """DTSTART;VALUE=DATE:20260301
DTEND;VALUE=DATE:20260302
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1SU
EXDATE;VALUE=DATE:20270307
UID:1
SUMMARY:Clean""",
        """DTSTART:20260301T230000Z
DURATION:PT45M
RRULE:FREQ=DAILY;COUNT=3
UID:2
SUMMARY:Night""",
        """DTSTART:20260301T230000
UID:3
SUMMARY:Once""",
    )
    whole, night, once = ics_read.read(apple, "America/New_York")
    assert (whole.hours, whole.duration, list(whole.changes)) == (None, 24.0, [datetime.date(2027, 3, 7)])
    assert (night.tz, night.hours, night.duration) == ("UTC", 23.0, 0.75)
    assert (once.tz, once.hours, list(once.pattern.dates())) == ("America/New_York", 23.0, [datetime.date(2026, 3, 1)])


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/citadel.org/20190914_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ('"tzone://Microsoft/Utc"', "UTC"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Home", "Europe/Vienna"),
    ],
)
def test_names_of_zones(name, zone):
    """RI+9: the names of zones that Thunderbird, Evolution, Outlook and files with their own names write."""
    content = file(f"DTSTART;TZID={name}:20260302T090000\nRRULE:FREQ=WEEKLY\nUID:1", zone=name)
    content = content.replace(b"BEGIN:STANDARD", b"X-LIC-LOCATION:Europe/Vienna\r\nBEGIN:STANDARD", 1)
    [entry] = ics_read.read(content, "UTC")
    assert (entry.tz, entry.hours) == (zone, 9.0)


WEEKLY = (
    "UID:1\nSUMMARY:S\nDTSTART;TZID={0}:20260302T090000\nRRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID={0}:20260323T090000"
)


@pytest.mark.parametrize("name", ["Customized Time Zone", "(GMT+01.00) Amsterdam / Berlin", "Zeit; wie hier"])
def test_zone_that_only_the_file_describes(name):
    """RI+9: a name that nobody knows is the known zone whose clocks go alike: the user's own where that is one."""
    content = file(WEEKLY.format(f'"{name}"'), zone=name)
    for own, expected in (("Europe/Paris", "Europe/Paris"), ("America/New_York", "Europe/Berlin")):
        [entry] = ics_read.read(content, own)
        assert (entry.tz, entry.hours, list(entry.changes)) == (expected, 9.0, [datetime.date(2026, 3, 23)])


def test_one_name_for_two_zones():
    """RI+9: what one file says about a name counts in no other file: every program has its own "Home"."""
    vienna = file(WEEKLY.format("Home"), zone="Home")
    chicago = (
        vienna.replace(b"+0200", b"-0500").replace(b"+0100", b"-0600")
        .replace(b"19701025T030000", b"20071104T020000").replace(b"BYDAY=-1SU;BYMONTH=10", b"BYDAY=1SU;BYMONTH=11")
        .replace(b"19700329T020000", b"20070311T020000").replace(b"BYDAY=-1SU;BYMONTH=3", b"BYDAY=2SU;BYMONTH=3")
    )  # fmt: skip
    for content, zone in ((vienna, "Europe/Vienna"), (chicago, "America/Chicago"), (vienna, "Europe/Vienna")):
        [entry] = ics_read.read(content, zone)
        assert (entry.tz, list(entry.changes)) == (zone, [datetime.date(2026, 3, 23)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", b"FREQ=SECONDLY"),
        (b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", b"FREQ=YEARLY;BYMINUTE=1,2,3"),
        (b"TZOFFSETTO:+0200", b"TZOFFSETTO:+0217"),
        (b"TZOFFSETTO:+0200", b"TZOFFSETTO:x"),
        (b"END:VTIMEZONE", b"BEGIN:STANDARD\r\nEND:STANDARD\r\n" * 600 + b"END:VTIMEZONE"),
    ],
)
def test_zone_that_nobody_has(old, new):
    """RI+9: clocks that go as nowhere, or that are described to keep a server busy, are refused at once."""
    content = file(WEEKLY.format("Odd"), zone="Odd").replace(old, new)
    begin = time.process_time()
    with pytest.raises(RuleError):
        ics_read.read(content, "UTC")
    assert time.process_time() - begin < 2


def test_this_and_future():
    """RI+9: RFC 5545, 3.2.13: a change of a date and all later ones: the series ends, and goes on otherwise.

    The dates that are left out or moved stay with their part; COUNT counts all of them.
    """
    later = "UID:1\nSUMMARY:Later\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Rome:2026{0}T090000"
    moved = "UID:1\nRECURRENCE-ID;TZID=Europe/Rome:20260330T090000\nDTSTART;TZID=Europe/Rome:20260331T110000"
    begin = "\nDTSTART;TZID=Europe/Rome:2026{0}T113000\nDTEND;TZID=Europe/Rome:2026{0}T123000"
    series = WEEKLY.format("Europe/Rome")
    first, second = ics_read.read(file(series, later.format("0316") + begin.format("0316"), moved), "UTC")
    days = [[f"{day:%m-%d}" for day in part.pattern.dates()] for part in (first, second)]
    assert days == [["03-02", "03-09"], ["03-16", "03-23", "03-30", "04-06"]]
    assert (first.summary, first.hours, first.changes) == ("S", 9.0, {})
    assert (second.summary, second.hours, second.duration) == ("Later", 11.5, 1.0)
    assert second.changes[datetime.date(2026, 3, 23)].start is None
    assert second.changes[datetime.date(2026, 3, 30)].start == moment("2026-03-31 09:00")
    [ended] = ics_read.read(file(series, later.format("0316") + begin.format("0316") + "\nSTATUS:CANCELLED"), "UTC")
    assert [day.day for day in ended.pattern.dates()] == [2, 9]
    [all_of_it] = ics_read.read(file(series, later.format("0302") + begin.format("0302")), "UTC")
    assert (all_of_it.hours, len(list(all_of_it.pattern.dates()))) == (11.5, 6)
    for wrong in (
        later.format("0317") + begin.format("0317"),  # none of its dates
        later.format("0316") + begin.format("0317"),  # to another day of the week
        later.format("0316").replace("FUTURE", "PRIOR") + begin.format("0316"),
    ):
        with pytest.raises(RuleError) as refused:
            ics_read.read(file(series, wrong), "UTC")
        assert refused.value.detail == "RANGE"


def test_newest_version():
    """RI+9: of several versions of a date the one with the highest SEQUENCE counts, wherever it stands in the file."""
    series = "UID:1\nSUMMARY:S\nDTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3"
    date = "UID:1\nSUMMARY:S\nRECURRENCE-ID:20260309T090000Z\nDTSTART:20260309T"
    content = file(series + "\nSEQUENCE:2", f"{date}130000Z\nSEQUENCE:4", f"{date}110000Z\nSEQUENCE:3", f"{series};X=1")
    [entry] = ics_read.read(content, "UTC")
    assert entry.changes[datetime.date(2026, 3, 9)].start == moment("2026-03-09 13:00")


def test_one_date_of_a_series():
    """RI+9: an invitation to one date, and a date that its series does not have, take place all the same."""
    single = "UID:{0}\nSUMMARY:Once\nRECURRENCE-ID:20260310T090000Z\nDTSTART:20260311T100000Z\nDTEND:20260311T110000Z"
    series = "UID:{0}\nSUMMARY:Series\nDTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3"
    [invited] = ics_read.read(file(single.format(1), method="REQUEST"), "UTC")
    [main, beside] = ics_read.read(file(series.format(2), single.format(2)), "UTC")
    for once in (invited, beside):
        assert (once.summary, once.hours, list(once.pattern.dates())) == ("Once", 10.0, [datetime.date(2026, 3, 11)])
    assert (main.summary, main.changes) == ("Series", {})
    gone = single.format(2) + "\nSTATUS:CANCELLED"
    assert len(ics_read.read(file(series.format(2), gone), "UTC")) == 1


def test_whole_day_among_hours():
    """RI+9: a date of a series with hours that is a whole day, and one with hours of whole days, stay what they are."""
    hours = "UID:1\nDTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=5"
    whole = "UID:1\nDTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=5"
    for series, place, start, is_whole in (
        (hours, ":20260304T090000Z", ";VALUE=DATE:20260305", True),
        (whole, ";VALUE=DATE:20260304", ":20260305T133000Z", False),
    ):
        [entry] = ics_read.read(file(series, f"UID:1\nRECURRENCE-ID{place}\nDTSTART{start}\nSUMMARY:Other"), "UTC")
        change = entry.changes[datetime.date(2026, 3, 4)]
        assert (change.start.date(), change.is_whole_day) == (datetime.date(2026, 3, 5), is_whole)


def test_left_out_at_another_hour():
    """RI+9: RFC 5545, 3.8.5.1: EXDATE leaves out the date that begins at its moment, in any zone, and no other."""
    [entry] = ics_read.read(
        file(
            "UID:1\nDTSTART;TZID=Europe/Brussels:20260302T023000\nRRULE:FREQ=DAILY\n"
            # the clocks go forward on the 29th: there is no half past two
            "EXDATE;TZID=Europe/Brussels:20260303T023000,20260329T023000,20260304T040000\nEXDATE:20260305T013000Z\n"
            "EXDATE;VALUE=DATE:20260306"
        ),
        "UTC",
    )
    assert sorted(day.day for day in entry.changes) == [3, 5, 6, 29]


def test_what_nextcloud_and_google_add():
    """RI+9: alarms, attendees, properties and components that nobody knows, folded lines and a mark at the start."""
    content = b"\xef\xbb\xbf" + file(
        """CREATED:20260226T101500Z
DTSTAMP:20260226T101612Z
LAST-MODIFIED:20260226T101612Z
SEQUENCE:2
UID:2f5a2a4e-6a5e-4b0d-8f1c-0f3c9ad1f1de
DTSTART;TZID=Europe/Brussels:20260302T090000
DTEND;TZID=Europe/Brussels:20260302T100000
STATUS:CONFIRMED
SUMMARY;LANGUAGE=fr:Réunion\\, très
\x20 longue
ORGANIZER;CN="Ann; Lee":mailto:ann@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;X-NUM-GUESTS=0:mailto:bo@example.com
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70:geo:50.8,4.3
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
CONFERENCE;VALUE=URI:https://example.com/x
RRULE:FREQ=WEEKLY;BYDAY=MO
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;RELATED=START:-PT15M
END:VALARM""",
        zone="Europe/Brussels",
    )
    [entry] = ics_read.read(content, "UTC")
    assert (entry.summary, entry.hours, entry.duration) == ("R\u00e9union, tr\u00e8s longue", 9.0, 1.0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "calendar"),
        (b"\xff\xfe\x00", "calendar"),
        (b"hello", "calendar"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "calendar_empty"),
        (file("UID:1\nSUMMARY:x"), "calendar_parts"),
        (file("UID:1\nDTSTART:20260302T090000Z", method="CANCEL"), "calendar_empty"),
        (file("UID:1\nDTSTART:20260302T090000Z\nRDATE:20260402T090000Z"), "part"),
        (file("UID:1\nDTSTART:20260302T090000Z\nRRULE:FREQ=HOURLY"), "frequency"),
        (file("UID:1\nDTSTART;TZID=Nowhere/Land:20260302T090000\nRRULE:FREQ=DAILY"), "zone"),
        (file("UID:1\nDTSTART:20260302T090000Z\nDTEND:20260305T090000Z"), "calendar_length"),
        (file("UID:1\nDTSTART:20260302T090000Z\nSTATUS:CANCELLED"), "calendar_empty"),
        (file("UID:1\nDTSTART:20260302T090000Z", "UID:1\nDTSTART:20260302T100000Z"), "calendar_parts"),
        (file("UID:1\nDTSTART:20260302T090000Z\nEXRULE:FREQ=DAILY"), "part"),
        (file("UID:1\nDTSTART;TZID=Customized Time Zone:20260302T090000\nRRULE:FREQ=DAILY"), "zone"),
        # days that are none: a period, a length, a time of day
        (file("UID:1\nDTSTART:20260302T090000Z\nEXDATE;VALUE=PERIOD:20260302T090000Z/PT1H"), "calendar_parts"),
        (file("UID:1\nDTSTART:20260302T090000Z\nEXDATE:P1D"), "calendar_parts"),
        (file("UID:1\nDTSTART:20260302T090000Z\nEXDATE:090000"), "calendar_parts"),
        (file("UID:1\nDTSTART:20260302", "UID:1\nRECURRENCE-ID:P1D\nDTSTART:20260303"), "calendar_parts"),
        (b"x" * (ics_read.MAX_BYTES + 1), "calendar_size"),
        # few bytes, many dates to look through
        (
            file(
                *(
                    f"UID:{number}\n{more}"
                    for number in range(40)
                    for more in (
                        "DTSTART:20200101T090000Z\nRRULE:FREQ=DAILY",
                        "RECURRENCE-ID:21190101T090000Z\nDTSTART:21190101T100000Z",
                    )
                )
            ),
            "calendar_size",
        ),
    ],
)
def test_refused_with_a_reason(content, code):
    """RI+9: what is no calendar file, or cannot be kept exactly, is refused with its reason."""
    with pytest.raises(RuleError) as refused:
        ics_read.read(content, "UTC")
    assert refused.value.code == code


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.integers(0, 300))
def test_anything(noise, position, length):
    """RI+9: a damaged file is refused or read, it breaks nothing."""
    good = file(
        "UID:1\nDTSTART;TZID=Europe/Brussels:20260302T090000\nRRULE:FREQ=WEEKLY\nEXDATE:20260309T080000Z\nSUMMARY:x"
    )
    damaged = good[:position] + noise + good[position + length :]
    try:
        ics_read.read(damaged, "UTC")
    except RuleError as refused:
        assert refused.code
