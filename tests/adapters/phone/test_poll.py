"""The poll: what the provider knows is asked for when its news does not come, before an attempt counts as missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.phone.hearing.callers import STATUS, Callers
from adapters.phone.sending.poll import Poll
from bot.domain.escalating import LISTENING, UNHEARD
from bot.domain.paging import AttemptState
from bot.ports.oncall import LegState
from commands.hotline import Hotline
from commands.hotline_legs import HOTLINE, new_call
from commands.hotline_receipts import told_status
from commands.page_receipts import LONGEST
from storage.database import SqlDatabase
from tests.adapters.phone.exchange import Exchange
from tests.adapters.phone.outgoing import KIM, Outgoing, run
from tests.storage.desk import START
from tests.town import Town


@pytest.fixture
def database(settled: Town, tmp_path: Path) -> Iterator[SqlDatabase]:
    """A desk's, with its policy and its people."""
    town = settled.copied(tmp_path / "desk")
    yield town.database
    town.close()


def state(out: Outgoing, id: int) -> AttemptState:
    return out.database.read(lambda work: work.pages.attempt(id)).state


async def silent(out: Outgoing, main: Exchange, kind: str = "call") -> int:
    """An attempt under way that nothing was heard of for a minute."""
    ref = await (out.call() if kind == "call" else out.text())
    kept = out.attempt(
        kind=kind,
        address=KIM,
        state=AttemptState.SUBMITTED,
        ref=ref,
        provider="main",
        submitted_at=START,
        due=START + UNHEARD,
    )
    return kept.id


def test_a_call_that_has_ended_unheard_is_missed_in_time_and_not_before_a_minute(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        poll = Poll(out.accounts, out.database, out.clock, lambda: None)
        id = await silent(out, main)
        main.calls[0]["status"] = "busy"
        out.clock.forward(seconds=59)
        assert await poll.look() == 0
        out.clock.forward(seconds=1)
        assert await poll.look() == 1
        found = out.database.read(lambda work: work.pages.attempt(id))
        assert (found.state, found.result) == (AttemptState.MISSED, "busy")
        assert await poll.look() == 0

    run(database, deed)


def test_a_call_that_rings_is_known_to_and_one_that_is_over_is_left_alone(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        poll = Poll(out.accounts, out.database, out.clock, lambda: None)
        id = await silent(out, main)
        main.calls[0]["status"] = "ringing"
        out.clock.forward(seconds=70)
        assert await poll.look() == 1
        assert state(out, id) is AttemptState.RINGING
        out.changed(replace(out.database.read(lambda work: work.pages.attempt(id)), state=AttemptState.CANCELLED))
        asked = len(main.asked)
        out.clock.forward(minutes=5)
        assert await poll.look() == 0
        assert len(main.asked) == asked

    run(database, deed)


def test_a_text_that_did_not_arrive_is_told_and_one_that_did_is_asked_no_more(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        poll = Poll(out.accounts, out.database, out.clock, lambda: None)
        id = await silent(out, main, "text")
        main.texts[0]["status"] = "delivered"
        out.clock.forward(seconds=70)
        assert await poll.look() == 1
        assert state(out, id) is AttemptState.RINGING
        asked = len(main.asked)
        out.clock.forward(minutes=3)
        assert await poll.look() == 0
        assert len(main.asked) == asked

    run(database, deed)


def test_a_provider_that_does_not_tell_changes_nothing(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        poll = Poll(out.accounts, out.database, out.clock, lambda: None)
        id = await silent(out, main)
        out.clock.forward(seconds=70)
        main.lists = [500, "hang", 404]
        assert [await poll.look() for _ in range(3)] == [0, 0, 0]
        assert state(out, id) is AttemptState.SUBMITTED
        out.changed(replace(out.database.read(lambda work: work.pages.attempt(id)), ref="gone:CA1"))
        assert await poll.look() == 0

    run(database, deed)


def test_it_asks_by_itself_and_survives_its_troubles(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        heard = asyncio.Event()
        poll = Poll(out.accounts, out.database, out.clock, heard.set)
        id = await silent(out, main)
        main.calls[0]["status"] = "no-answer"
        out.clock.time = START + timedelta(seconds=70)
        main.lists = [500]
        poll.start(every=0.01)
        try:
            await asyncio.wait_for(heard.wait(), 60)
        finally:
            await poll.stop()
        assert state(out, id) is AttemptState.MISSED

    run(database, deed)


def test_a_caller_who_hung_up_unheard_is_not_kept_waiting_for_ever(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        hotline = Hotline("Hello.")
        callers = Callers(hotline.greet, hotline.talk, {STATUS: told_status})
        poll = Poll(out.accounts, out.database, out.clock, lambda: None, callers)
        ref = await out.call()
        waits = new_call(HOTLINE, START, number=KIM, provider="main", ref=ref, state=LegState.WAITING)
        call = out.database.write(lambda work: work.calls.add(waits))
        main.calls[0]["status"] = "in-progress"
        out.clock.forward(seconds=60)
        assert await poll.look() == 0
        main.calls[0]["status"] = "completed"
        asked = len(main.asked)
        assert await poll.look() == 0
        assert len(main.asked) == asked, "It was asked about just now."
        out.clock.forward(seconds=60)
        assert await poll.look() == 1
        found = out.database.read(lambda work: work.calls.get(call.id))
        assert (found.state, found.ended_at) == (LegState.OVER, out.clock.now())
        out.clock.forward(minutes=5)
        asked = len(main.asked)
        assert await poll.look() == 0
        assert len(main.asked) == asked

    run(database, deed)


def test_somebody_who_still_listens_is_waited_for_but_not_for_ever(database: SqlDatabase) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        poll = Poll(out.accounts, out.database, out.clock, lambda: None)
        id = await silent(out, main)
        kept = out.database.read(lambda work: work.pages.attempt(id))
        out.changed(replace(kept, state=AttemptState.ANSWERED, answered_at=START, due=START + LISTENING))
        main.calls[0]["status"] = "in-progress"
        dues = []
        for _ in range(8):
            due = out.database.read(lambda work: work.pages.attempt(id)).due
            assert due is not None
            out.clock.forward(seconds=int((due - out.clock.now()).total_seconds()) - 20)
            await poll.look()
            dues.append(out.database.read(lambda work: work.pages.attempt(id)).due)
        assert dues[0] == START + LISTENING - timedelta(seconds=20) + LISTENING
        assert dues[-1] == START + LONGEST

    run(database, deed)
