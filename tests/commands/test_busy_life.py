"""Whatever people do in whatever order, a ticket's row is what its history adds up to, and its clocks make sense."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.agenda import due
from bot.domain.ticket import State, Ticket, replay
from bot.ports import UnitOfWork
from tests.town import EVERY, Town

LINES = (
    "ticket open who knows --tags a,b",
    "ticket claim {one}",
    "ticket claim {one} --take",
    "ticket release {one}",
    "ticket assign {one} bob",
    "ticket reply {one} try again",
    "ticket reply {one} try again --wait",
    "ticket note {one} a note",
    "ticket said {one} it broke again",
    "ticket said {one} thanks",
    "ticket call {one} rang",
    "ticket call {one} rang --credit",
    "ticket remote {one} looked",
    "ticket wait {one}",
    "ticket wait {one}",
    "ticket wait {one} --until 3h",
    "ticket resume {one}",
    "ticket close {one} solved",
    "ticket reopen {one}",
    "ticket level {one} I",
    "ticket level {one} III",
    "ticket priority {one} high",
    "ticket customer {one} cobalt",
    "ticket customer {one} acme --keep-level",
    "ticket tag {one} b,c",
    "ticket tag {one} b --remove",
    "ticket merge {one} --into {other}",
    "ticket merge {one} --into {other} --force",
    "ticket merge {one} --into {other} --force",
    "ticket refer {one} --partner North",
    "ticket refer {one} --partner North --keep-open",
    "ticket snooze {one} 2h",
    "ticket watch {one}",
    "ticket watch {one} --off",
)

steps = st.lists(
    st.tuples(
        st.sampled_from(("ann", "bob", "lea")),
        st.sampled_from(LINES),
        st.integers(1, 3),
        st.integers(1, 3),
        st.sampled_from((0, 0, 1, 25, 70, 300, 3000)),
    ),
    min_size=5,
    max_size=40,
)


@pytest.mark.timeout(600)  # Only a failure takes long: hypothesis then looks for the shortest story.
@settings(max_examples=60, deadline=None)
@given(steps)
def test_the_row_is_the_history_and_the_clocks_make_sense(
    settled: Town, steps: list[tuple[str, str, int, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = settled.copied(Path(folder))
        try:
            for customer in ("acme", "acme", "brightside"):
                town.does("ann", f"ticket open it broke --customer {customer}")
            for who, line, one, other, minutes in steps:
                town.says(who, line.format(one=one, other=other))
                town.database.read(everything_makes_sense)
                town.clock.forward(minutes=minutes)
                town.ticks()
            town.database.read(everything_makes_sense)
        finally:
            town.close()


def everything_makes_sense(work: UnitOfWork) -> None:
    for ticket in work.tickets.find(EVERY):
        events = work.tickets.history(ticket.number)
        assert replay(events) == ticket
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert all(a.at <= b.at for a, b in pairwise(events))
        makes_sense(work, ticket)


def makes_sense(work: UnitOfWork, ticket: Ticket) -> None:
    """The clocks of a ticket, and what the database keeps of them."""
    promises = work.promises
    assert work.tickets.due_of(ticket.number) == due(ticket, promises)
    assert max(Counter(clock.kind for clock in ticket.clocks).values(), default=0) <= 1
    assert all(clock.paused == (ticket.state is State.WAITING) for clock in ticket.clocks)
    assert not (ticket.closed and ticket.clocks)
    assert ticket.closed == (ticket.closed_at is not None)
    assert (ticket.state is State.NEW) <= (ticket.owner is None)
    for clock in ticket.clocks:
        stage = promises.stage(clock, promises.policy.level(ticket.level), clock.told - 1) if clock.told else None
        assert stage is None or stage.fires <= (ticket.changed_at or stage.fires), "Told of what has not come yet."
