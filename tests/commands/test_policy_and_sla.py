"""/policy and /sla: what is promised, tried out and checked, over a real desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cards import Card, Line, When
from bot.clocks import MovableClock
from bot.domain.people import Role, Staff
from bot.holidays.freezing import HolidayDates
from bot.holidays.source import holiday_dates, source
from bot.policy.adopting import adopt
from bot.policy.file import policy_at
from bot.ports import Speaker
from bot.settings import Settings
from bot.wiring import House, build
from commands.desk import Answer
from tests.domain.calendars import local

BOB = Speaker("console", "bob")
LIBRARY = HolidayDates(source(), holiday_dates)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A desk on the Friday evening before Thanksgiving 2026."""
    house = build(Settings(data=tmp_path), MovableClock(local("2026-10-09 17:30")))
    staff = Staff("bob", "Bob", Role.STAFF, {"console": "bob"})
    house.database.write(lambda work: work.people.save(staff))
    yield house
    house.close()


def say(house: House, line: str) -> Card:
    answer: Answer = house.desk.say(BOB, line)
    assert answer.ok, text(answer.card)
    return answer.card


def text(card: Card) -> str:
    rows = card.table.rows if card.table else ()
    return "\n".join([_read(card.title), *map(_read, card.lines), *(" | ".join(map(_read, row)) for row in rows)])


def _read(line: Line) -> str:
    return "".join(
        f"{part.at.astimezone(local('2026-10-09').tzinfo):%a %H:%M}"
        if isinstance(part, When)
        else part
        if isinstance(part, str)
        else str(getattr(part, "text", ""))
        for part in line
    )


def test_the_policy_is_shown_whole_or_one_level_of_it(house: House) -> None:
    whole = text(say(house, "/policy"))
    assert "III | US$750 a year | 3 hours" in whole
    assert "Next: Mon 12 Oct 2026 Thanksgiving Day" in whole
    assert "Level II" in text(say(house, "/policy 2"))
    assert not house.desk.say(BOB, "/policy IV").ok


def test_a_preview_gives_the_due_time_and_the_sum(house: House) -> None:
    card = say(house, '/sla preview level:III at:"Fri 17:45"')
    assert card.data["due"] == {"first_response": "2026-10-13T15:45:00Z"}
    assert "monitored (Thanksgiving Day)" in text(card)
    now = say(house, "/sla preview I")
    assert now.data["opened_at"] == "2026-10-09T21:30:00Z"


def test_a_preview_out_of_hours_says_when_the_clock_starts(house: House) -> None:
    card = say(house, "/sla preview III --at 2026-10-11")
    assert card.data["state"] == "open"
    card = say(house, '/sla preview III --at "2026-10-11 12:00"')
    assert card.data["state"] == "monitored"
    assert "the clock starts at the next opening, Tue 10:00" in text(card)


def test_a_preview_of_a_day_that_does_not_exist_is_refused(house: House) -> None:
    answer = house.desk.say(BOB, '/sla preview III at:"31 Feb"')
    assert not answer.ok
    assert "31 Feb does not exist" in text(answer.card)


def test_the_days_off_of_a_year_have_a_name_and_a_source(house: House) -> None:
    card = say(house, "/sla holidays")
    told = text(card)
    assert "2026-10-12 | Mon | Thanksgiving Day | CA-ON/public" in told
    assert f"from {source()}, frozen on 2026-10-09" in told
    assert len(card.data["days"]) == 10


def test_canada_day_2029_is_asked_about_where_the_year_is_shown(house: House) -> None:
    assert "Closed on Monday 2029-07-02?" in text(say(house, "/sla holidays 2029"))


def test_a_year_that_is_not_frozen_is_refused_with_those_that_are(house: House) -> None:
    answer = house.desk.say(BOB, "/sla holidays 2040")
    assert not answer.ok
    assert "The desk knows 2023 to 2030" in text(answer.card)


def test_the_status_says_open_until_when_and_counts_the_promises(house: House) -> None:
    assert "The desk is open until Fri 19:00" in text(say(house, "/sla status"))
    say(house, "/ticket open mail server down --level III")
    say(house, "/ticket open a question --level I")
    card = say(house, "/sla status")
    assert (card.data["open"], card.data["breached"], card.data["at_risk"]) == (2, 0, 0)
    assert "mail server down | III | Tue 11:30 | nobody" in text(card)


def test_the_status_tells_what_is_at_risk_and_what_is_breached(house: House, tmp_path: Path) -> None:
    say(house, "/ticket open mail server down --level III")
    say(house, "/ticket open a question --level I")
    clock = house.desk.clock
    assert isinstance(clock, MovableClock)
    clock.set(local("2026-10-13 11:00"))
    assert say(house, "/sla status").data["at_risk"] == 1
    clock.set(local("2026-10-13 11:31"))
    card = say(house, "/sla status")
    assert (card.data["breached"], card.data["at_risk"]) == (1, 0)
    assert card.table is not None
    assert card.table.header[0] == "Ticket"
    assert ["".join(map(str, row[0])) for row in card.table.rows] == ["#1", "#2"], "What is late comes first."
    assert [row["ticket"] for row in card.data["late"]] == [1]
    assert [row["ticket"] for row in card.data["next"]] == [2]
    clock.set(local("2026-10-12 12:00"))
    told = text(say(house, "/sla status"))
    assert "watched" in told
    assert "closed for Thanksgiving Day until Tue 10:00, and watched" in told


def test_a_policy_is_adopted_once_and_its_doubts_are_told_once(house: House) -> None:
    now = datetime(2026, 10, 10, tzinfo=UTC)
    policy = policy_at(None)
    first = house.database.write(lambda work: adopt(work, policy, now, LIBRARY))
    again = house.database.write(lambda work: adopt(work, policy, now, LIBRARY))
    assert (first.version, again.version) == (1, 1)
    assert not again.changed
    assert again.doubts == ()
    next_year = house.database.write(lambda work: adopt(work, policy, datetime(2027, 1, 2, 12, tzinfo=UTC), LIBRARY))
    assert [one.year for one in next_year.frozen] == [2031]
    assert next_year.changed
