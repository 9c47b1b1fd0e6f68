"""Whatever happens to a ticket, in whatever units of work: its row is what its history adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.history import Deed
from bot.domain.ticket import replay
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import at, happen, open_ticket

LATER = int(at(500).timestamp())
CLOCK = {"kind": "first_response", "started": LATER, "pauses": [[LATER, None]], "told": 1}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
HAPPENINGS = st.one_of(
    st.tuples(st.just(Deed.CLAIMED), st.fixed_dictionaries({}, optional={"owner": st.sampled_from(["ann", "bob"])})),
    st.tuples(st.sampled_from([Deed.RELEASED, Deed.RESUMED]), st.just({})),
    st.tuples(
        st.sampled_from([Deed.REPLIED, Deed.CALLED, Deed.REMOTE]),
        st.fixed_dictionaries({"text": WORDS, "responds": st.booleans()}, optional={"credit": st.booleans()}),
    ),
    st.tuples(st.just(Deed.NOTED), st.fixed_dictionaries({"text": WORDS})),
    st.tuples(
        st.just(Deed.SAID), st.fixed_dictionaries({"text": WORDS}, optional={"starts": st.just("next_response")})
    ),
    st.tuples(
        st.sampled_from([Deed.WAITING, Deed.SNOOZED]),
        st.fixed_dictionaries({}, optional={"until": st.just(LATER)}),
    ),
    st.tuples(st.just(Deed.CLOSED), st.just({"resolution": "solved"})),
    st.tuples(st.just(Deed.REOPENED), st.just({"starts": ["next_response", "resolution"]})),
    st.tuples(
        st.sampled_from([Deed.TAGGED, Deed.UNTAGGED]),
        st.fixed_dictionaries({"tags": st.lists(st.sampled_from(["a", "b", "Ä"]))}),
    ),
    st.tuples(st.sampled_from([Deed.WATCHED, Deed.UNWATCHED]), st.just({"person": "cy"})),
    st.tuples(st.just(Deed.MERGED), st.just({"into": 99})),
    st.tuples(st.just(Deed.ABSORBED), st.just({"level": "II", "clocks": [CLOCK]})),
    st.tuples(st.just(Deed.ALERTED), st.just({"clock": "first_response", "told": 2})),
    st.tuples(st.just(Deed.PRIORITY), st.just({"priority": "urgent"})),
    st.tuples(st.just(Deed.CUSTOMER), st.just({"customer": "acme", "level": "III"})),
    st.tuples(st.just(Deed.RATED), st.just({"rating": 4})),
    st.tuples(st.just(Deed.ASKED), st.just({"partner": "Northwind", "to": "ann@example.com"})),
    st.tuples(st.sampled_from([Deed.VOUCHED, Deed.BOUNCED]), st.just({})),
    st.tuples(st.just(Deed.UNSENT), st.just({"state": "new", "clocks": [CLOCK], "responded_at": None})),
    st.tuples(st.just(Deed.BOUNCED), st.just({"unheard": [2], "state": "new", "clocks": [CLOCK]})),
)
TIMERS = st.dictionaries(
    st.sampled_from(["first_response", "resolution", "wait", "snooze"]), st.integers(1, 900).map(at), max_size=3
)
Step = tuple[int, tuple[Deed, Mapping[str, Any]], Mapping[str, Any], bool]
STEPS = st.lists(st.tuples(st.integers(0, 1), HAPPENINGS, TIMERS, st.booleans()), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_row_is_what_its_history_adds_up_to(database: SqlDatabase, steps: Sequence[Step]) -> None:
    """Two tickets, their happenings spread over several units of work: each `True` begins a new one."""
    first = database.write(lambda work: [open_ticket(work, tags=["a"]).number for _ in range(2)])[0]
    wanted: dict[int, Mapping[str, Any]] = {first: {}, first + 1: {}}
    units: list[list[Step]] = [[]]
    for step in steps:
        if step[3]:
            units.append([])
        units[-1].append(step)

    def live(work: UnitOfWork, unit: list[Step]) -> None:
        for which, (deed, data), timers, _ in unit:
            due = min(timers.values(), default=None)
            happen(work, first + which, deed, due=due, timers=timers, **data)
            wanted[first + which] = timers

    for unit in units:
        database.write(lambda work, unit=unit: live(work, unit))  # type: ignore[misc]

    def look(work: UnitOfWork) -> None:
        for number, timers in wanted.items():
            assert work.tickets.get(number) == replay(work.tickets.history(number))
            assert work.tickets.due_of(number) == min(timers.values(), default=None)
        kept = {ticket.number: timers for ticket, _, timers in work.tickets.open_after(first - 1, 2)}
        assert all(wanted[number] == timers for number, timers in kept.items())

    database.read(look)
