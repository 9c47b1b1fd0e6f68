"""Calendars of shifts: what is written others can read, what is read becomes shifts, and hostile ones are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar.fixing import fixed
from bot.calendar.reading import MOST_BYTES, Read, read_calendar
from bot.calendar.writing import calendar_text, shifts_around
from bot.domain.duty import Duty
from bot.domain.errors import BadValue
from bot.domain.rota import Layer, Rotation, Schedule, Shift, Turn

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
END = NOW + timedelta(days=60)
NAMES = {"kim": "Kim Lee", "sam": "Sam, the “quick”; \\one"}
PEOPLE = {"kim": "kim", "kim lee": "kim", "kim@example.com": "kim", "sam": "sam", "ann": "ann"}
WEEK = Schedule(
    "level3", "America/Toronto", (Layer("week", Rotation(("kim", "sam"), Turn.WEEKS, 1, date(2026, 1, 5), 9 * 3600)),)
)


def person_of(text: str) -> str | None:
    return PEOPLE.get(text.strip().casefold())


def at(one: icalendar.Component, key: str) -> datetime:
    found = one.decoded(key)
    assert isinstance(found, datetime)
    return found


def ics(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def event(summary: str, start: str, end: str, *more: str) -> str:
    return "\r\n".join((f"SUMMARY:{summary}", f"DTSTART{start}", f"DTEND{end}", *more))


def read(data: bytes, start: datetime = NOW, end: datetime = END, patience: float = 100) -> Read:
    return read_calendar(data, TORONTO, start, end, person_of, patience)


def told(found: Read) -> list[str]:
    return [
        f"{one.person} {one.start.astimezone(TORONTO):%d %b %H:%M} - {one.end.astimezone(TORONTO):%d %b %H:%M}"
        for one in found.shifts
    ]


# --- written ------------------------------------------------------------------------------------------------------


def test_what_is_written_others_read_with_its_shifts_and_names() -> None:
    shifts = shifts_around(Duty(WEEK, lambda day: False), NOW)
    text = calendar_text({"level3": shifts}, NOW, NAMES)
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(NOW, END)
    assert [(at(one, "DTSTART"), at(one, "DTEND")) for one in events] == [
        (shift.start, shift.end) for shift in shifts if shift.end > NOW and shift.start < END
    ]
    assert {str(one["SUMMARY"]) for one in events} == {
        "Kim Lee on call · level3",
        "Sam, the “quick”; \\one on call · level3",
    }
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "VTIMEZONE" not in text


def test_a_shift_keeps_its_name_when_the_calendar_is_written_again_later() -> None:
    duty = Duty(WEEK, lambda day: False)

    def uids(now: datetime) -> dict[datetime, str]:
        text = calendar_text({"level3": shifts_around(duty, now)}, now, NAMES)
        return {at(one, "DTSTART"): str(one["UID"]) for one in icalendar.Calendar.from_ical(text).walk("VEVENT")}

    today, later = uids(NOW), uids(NOW + timedelta(days=5, minutes=3))
    assert len(set(today.values())) == len(today)
    assert today.items() <= later.items()


def test_one_persons_calendar_has_that_persons_shifts_alone() -> None:
    mine = shifts_around(Duty(WEEK, lambda day: False), NOW, "sam")
    assert {shift.person for shift in mine} == {"sam"}


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_whatever_people_are_called_stays_a_name(name: str) -> None:
    shift = Shift("kim", NOW, END, "week")
    text = calendar_text({"level3": [shift, shift]}, NOW, {"kim": name})
    events = icalendar.Calendar.from_ical(text.encode("utf-8", "replace")).walk("VEVENT")
    assert len(events) == 2
    assert [sorted(one) for one in events] == [sorted(events[0])] * 2
    assert at(events[0], "DTSTART") == NOW


# --- read ---------------------------------------------------------------------------------------------------------


def test_what_was_written_is_read_as_the_same_shifts() -> None:
    shifts = shifts_around(Duty(WEEK, lambda day: False), NOW)
    found = read(calendar_text({"level3": shifts}, NOW, {"kim": "Somebody", "sam": "Else"}).encode())
    assert [(one.person, one.start, one.end) for one in found.shifts] == [
        (one.person, max(one.start, NOW), min(one.end, END)) for one in shifts if one.end > NOW and one.start < END
    ]
    assert found.strangers == ()


def test_events_that_repeat_are_followed_through_the_change_of_clocks() -> None:
    nightly = event("Kim", ";TZID=America/Toronto:20261030T220000", ";TZID=America/Toronto:20261031T020000")
    nightly += "\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXDATE;TZID=America/Toronto:20261031T220000"
    start = datetime(2026, 10, 30, tzinfo=UTC)
    assert told(read(ics(nightly), start)) == ["kim 30 Oct 22:00 - 31 Oct 02:00", "kim 01 Nov 22:00 - 02 Nov 02:00"]


def test_whole_days_and_times_without_a_zone_are_those_of_the_schedule() -> None:
    days = event("sam", ";VALUE=DATE:20261224", ";VALUE=DATE:20261226")
    hours = event("kim", ":20261226T090000", ":20261226T170000")
    assert told(read(ics(days, hours))) == ["sam 24 Dec 00:00 - 26 Dec 00:00", "kim 26 Dec 09:00 - 26 Dec 17:00"]


@pytest.mark.parametrize(
    ("summary", "people"),
    [
        ("Kim Lee", ["kim"]),
        ("KIM on call", ["kim"]),
        ("On call: Kim Lee", ["kim"]),
        ("Level III - kim\\, sam", ["kim", "sam"]),
        ("kim / ann", ["kim", "ann"]),
        ("holiday", []),
        ("", []),
    ],
)
def test_an_events_title_names_one_person_or_several(summary: str, people: list[str]) -> None:
    found = read(ics(event(summary, ":20261224T000000Z", ":20261225T000000Z")))
    assert sorted(one.person for one in found.shifts) == sorted(people)
    assert bool(found.strangers) is not bool(people)


def test_who_is_invited_counts_before_the_title() -> None:
    invited = "ATTENDEE;CN=Nobody:mailto:kim@example.com"
    assert told(read(ics(event("sam", ":20261224T000000Z", ":20261225T000000Z", invited)))) == [
        "kim 23 Dec 19:00 - 24 Dec 19:00"
    ]


@pytest.mark.parametrize(
    "end", ["DTEND:20261224T000000Z", "DTEND:20261223T230000Z", "DURATION:-PT1H", "RRULE:FREQ=DAILY", "DURATION:PT0S"]
)
def test_an_event_that_ends_no_later_than_it_begins_is_nobodys_shift_and_told(end: str) -> None:
    begun = f"DTSTART:20261224T000000Z\r\n{end}\r\nSUMMARY:kim"
    whole = event("sam", ":20261226T090000Z", ":20261226T170000Z")
    found = read(ics(begun, whole))
    assert told(found) == ["sam 26 Dec 04:00 - 26 Dec 12:00"]
    assert found.backwards == ("kim",)
    assert read(ics(begun, whole), datetime(2027, 2, 1, tzinfo=UTC)).backwards == (("kim",) if "RRULE" in end else ())


def test_cancelled_events_and_those_outside_are_left_out() -> None:
    cancelled = event("kim", ":20261224T000000Z", ":20261225T000000Z", "STATUS:CANCELLED")
    past = event("kim", ":20251224T000000Z", ":20251225T000000Z")
    assert read(ics(cancelled, past)) == Read((), ())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This is no calendar"),
        (b"\x00\xff\xfe", "This is no calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n\xff\xff", "ends in the middle"),
        (ics("SUMMARY:kim"), "cannot be read"),
        (b"BEGIN:VCALENDAR" + b"\r\nX:1" * (MOST_BYTES // 4), "are the most"),
        (ics(event("kim", ":20261224T000000Z", ":20261225T000000Z", "RRULE:FREQ=SECONDLY")), "repeats “SECONDLY”"),
        (ics(event("kim", ":20261224T000000Z", ":20261225T000000Z", "RRULE:FREQ=HOURLY")), "repeats “HOURLY”"),
        (
            ics(event("kim", ":20261224T000000Z", ":20261225T000000Z", "RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2")),
            "several times a day",
        ),
        (ics(event("kim", ":00010101T000000Z", ":00010102T000000Z", "RRULE:FREQ=DAILY")), "before 1970"),
        (ics(*[event("kim", ":20261224T000000Z", ":20261225T000000Z")] * 5001), "5,001 events"),
        (ics(*[event("kim", ":20261101T000000Z", ":20261102T000000Z", "RRULE:FREQ=DAILY")] * 300), "5,000 shifts"),
    ],
)
def test_a_hostile_calendar_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(BadValue, match=said) as caught:
        read(data)
    assert "\n" not in caught.value.text + caught.value.hint


def test_a_rule_that_never_comes_true_does_not_hold_anybody_up() -> None:
    never = event("kim", ":19700101T000000Z", ":19700102T000000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(BadValue, match="too long to work out"):
        read(ics(never), patience=0.01)


def test_a_span_of_many_years_is_refused() -> None:
    with pytest.raises(BadValue, match="days at most"):
        read(ics(), end=NOW + timedelta(days=4000))


_WORDS = ["BEGIN:VEVENT", "END:VEVENT", "DTSTART:2026", "DTSTART:20261224T000000Z", "DTEND;VALUE=DATE:20261225"]
_WORDS += [
    "RRULE:FREQ=WEEKLY;BYDAY=XX",
    "RRULE:FREQ=DAILY",
    "SUMMARY:kim",
    "DURATION:-P1D",
    "EXDATE:x",
    "UID:1",
    "END:",
]


@given(st.lists(st.sampled_from(_WORDS) | st.text(max_size=30), max_size=12))
@settings(max_examples=200, deadline=None)
def test_whatever_a_calendar_holds_it_is_read_or_refused(lines: list[str]) -> None:
    data = "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR")).encode("utf-8", "replace")
    try:
        read(data)
    except BadValue as error:
        assert error.text  # noqa: PT017 - some are calendars


# --- fixed --------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.sampled_from(["kim", "sam", "ann"]), st.integers(0, 40), st.integers(1, 20)), max_size=8),
    st.integers(0, 60),
)
def test_fixed_shifts_and_nobody_else_are_on_call_whatever_the_layers_say(
    drawn: list[tuple[str, int, int]], hour: int
) -> None:
    shifts = [Shift(who, NOW + timedelta(hours=a), NOW + timedelta(hours=a + b), "calendar") for who, a, b in drawn]
    at = NOW + timedelta(hours=hour)
    wanted = {shift.person for shift in shifts if shift.start <= at < shift.end}
    kept = [replace(one, id=n) for n, one in enumerate(fixed("level3", shifts, "import", "x.ics", NOW), 1)]
    for schedule in (WEEK, Schedule("level3", "UTC", ())):
        layers = set(Duty(schedule, lambda day: False).on_call(at))
        assert set(Duty(schedule, lambda day: False, kept).on_call(at)) == (wanted or layers)
