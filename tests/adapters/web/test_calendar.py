"""The calendar to subscribe to, asked for over a real request: for whoever has the key, until it is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from aiohttp import ClientSession

from adapters.web.calendar import calendar_routes
from adapters.web.server import WebServer
from bot.clocks import MovableClock
from bot.domain.oncall import OnCall
from bot.domain.people import Role, Staff
from bot.domain.rota import Change, Layer, Override, Rotation, Schedule, Turn
from bot.oncall.adopting import adopt_plan
from bot.oncall.data import plan_from_json
from bot.oncall.feeds import Feed, FeedKind, feed_key, feed_of_key, key_for, revoke
from bot.policy.adopting import adopt
from bot.policy.file import policy_at
from bot.ports import UnitOfWork
from bot.routes import Routes
from bot.wiring import library, promises_from
from storage.database import SqlDatabase
from storage.maintenance import upgrade

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
LEVEL3, KIM = Feed(FeedKind.SCHEDULE, "level3"), Feed(FeedKind.PERSON, "kim")
STAFF = (Staff("kim", "Kim Lee"), Staff("sam", "Sam"))


def week(*people: str) -> Layer:
    return Layer("week", Rotation(people, Turn.WEEKS, 1, date(2026, 1, 5), 9 * 3600))


PLAN = OnCall(
    {
        "level3": Schedule("level3", "America/Toronto", (week("kim", "sam"),)),
        "back-up": Schedule("back-up", "America/Toronto", (week("sam"),)),
    }
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    upgrade(url)
    opened = SqlDatabase(url, Routes(()), promises_from, MovableClock(NOW), plan_from_json)

    def move_in(work: UnitOfWork) -> None:
        adopt(work, policy_at(None), NOW, library())
        for staff in STAFF:
            work.people.save(staff)

    opened.write(move_in)
    opened.write(lambda work: adopt_plan(work, PLAN, NOW))
    yield opened
    opened.close()


def asked(database: SqlDatabase, *keys: str) -> list[tuple[int, str, Mapping[str, str]]]:
    """What a server on a free port answers for those keys."""

    async def well() -> tuple[bool, Mapping[str, Any]]:
        return True, {}

    async def run() -> list[tuple[int, str, Mapping[str, str]]]:
        server = WebServer("127.0.0.1", 0, calendar_routes(database, MovableClock(NOW)), well)
        await server.start()
        answers: list[tuple[int, str, Mapping[str, str]]] = []
        try:
            async with ClientSession() as session:
                for key in keys:
                    async with session.get(f"http://127.0.0.1:{server.port}/oncall/{key}.ics") as answer:
                        answers.append((answer.status, await answer.text(), dict(answer.headers)))
        finally:
            await server.stop()
        return answers

    return asyncio.run(run())


def at(event: icalendar.Component, key: str) -> datetime:
    found = event.decoded(key)
    assert isinstance(found, datetime)
    return found


def shifts(text: str) -> list[tuple[str, datetime, datetime]]:
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return [(str(one["X-THIRDLINE-PERSON"]), at(one, "DTSTART"), at(one, "DTEND")) for one in events]


def test_a_key_shows_the_schedule_with_what_was_changed_for_once(database: SqlDatabase) -> None:
    cover = Override(0, "level3", NOW, NOW + timedelta(hours=5), Change.REPLACE, "sam", by="ann", made_at=NOW)
    database.write(lambda work: work.rota.add_override(cover))
    ((status, text, headers),) = asked(database, database.write(lambda work: key_for(work, LEVEL3)))
    assert status == 200
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert ("sam", NOW, NOW + timedelta(hours=5)) in shifts(text)
    assert {person for person, _, _ in shifts(text)} == {"kim", "sam"}
    assert "Kim Lee on call" in text


def test_a_persons_key_shows_that_persons_shifts_on_every_schedule(database: SqlDatabase) -> None:
    sam = database.write(lambda work: key_for(work, Feed(FeedKind.PERSON, "sam")))
    ((status, text, _),) = asked(database, sam)
    assert status == 200
    assert {person for person, _, _ in shifts(text)} == {"sam"}
    assert "back-up" in text
    assert "level3" in text


def test_a_key_that_was_guessed_or_revoked_or_is_of_another_desk_shows_nothing(database: SqlDatabase) -> None:
    key = database.write(lambda work: key_for(work, LEVEL3))
    assert database.write(lambda work: key_for(work, LEVEL3)) == key
    new = database.write(lambda work: revoke(work, LEVEL3))
    kim = database.write(lambda work: key_for(work, KIM))
    forged = (key, kim.replace("kim", "sam"), feed_key("guessed", KIM, 1), "x", "schedule.level3.2.", "%00", "ä.b.c.d")
    assert [status for status, _, _ in asked(database, *forged)] == [404] * len(forged)
    assert [status for status, _, _ in asked(database, new, kim)] == [200, 200]


def test_before_any_key_was_given_none_is_good(database: SqlDatabase) -> None:
    assert [status for status, _, _ in asked(database, feed_key("", LEVEL3, 1))] == [404]


def test_who_left_and_what_is_no_more_show_nothing(database: SqlDatabase) -> None:
    keys = [database.write(lambda work, feed=feed: key_for(work, feed)) for feed in (LEVEL3, KIM)]  # type: ignore[misc]  # mypy knows no lambda with a default.
    database.write(lambda work: work.people.save(replace(STAFF[0], role=Role.NOBODY)))
    database.write(lambda work: adopt_plan(work, OnCall(), NOW))
    assert [status for status, _, _ in asked(database, *keys)] == [404, 404]


def test_a_key_is_good_for_one_calendar_one_number_and_one_secret() -> None:
    key = feed_key("secret", LEVEL3, 3)
    assert feed_of_key("secret", key, lambda feed: 3) == LEVEL3
    assert feed_of_key("secret", key, lambda feed: 4) is None
    assert feed_of_key("other", key, lambda feed: 3) is None
    assert feed_of_key("secret", key.replace("schedule", "person"), lambda feed: 3) is None
    assert feed_of_key("secret", key + "0", lambda feed: 3) is None
