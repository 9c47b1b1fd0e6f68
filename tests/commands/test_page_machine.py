"""Whatever people, providers and the clock do in whatever order: every page ends acknowledged or over, or it is still
being told, and never is it silent.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.domain.escalating import may_become
from bot.domain.paging import Attempt, AttemptState, Missed, PageState
from bot.domain.ticket import replay
from commands.page_ends import acknowledge
from commands.page_receipts import Heard, Status, heard, missed
from commands.page_steps import pass_on
from tests.commands.night import THREE_STEPS, Night, plan_of
from tests.town import Town

SILENT_AT_MOST = timedelta(seconds=THREE_STEPS.loud_seconds)
"""So long may an open page be without a step, an attempt or an alarm."""

MANY = 12
"""So many tickets are no flood yet."""

people = st.sampled_from(["kim", "sam", "lea"])


class ANight(RuleBasedStateMachine):
    """Real SQLite, a clock moved by hand, and anything that can happen to pages."""

    settled: Town
    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.night = Night(self.settled.copied(self.folder / "desk"))
        self.states: dict[int, AttemptState] = {}
        self.told: dict[int, datetime] = {}

    def teardown(self) -> None:
        self.night.town.close()
        shutil.rmtree(self.folder)

    # --- what can happen ---------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.night.town.tickets()) < MANY)
    @rule(target=tickets, category=st.sampled_from(["hardware-failure", "raid-restore", "question"]))
    def somebody_opens_a_ticket(self, category: str) -> int:
        self.night.opens("down", f"--category {category}")
        return len(self.night.town.tickets())

    @rule(ticket=tickets)
    def somebody_asks_for_a_page(self, ticket: int) -> None:
        self.night.town.says("bob", f"/page {ticket} it burns")
        self.night.round()

    @rule(seconds=st.sampled_from([1, 25, 60, 90, 300, 1200, 7200]))
    def time_passes(self, seconds: int) -> None:
        self.night.passes(seconds=seconds)

    @rule(person=people, ticket=tickets)
    def somebody_acknowledges(self, person: str, ticket: int) -> None:
        self.night.town.says(person, f"/page ack #{ticket}")
        self.night.round()

    @rule(ticket=tickets, deed=st.sampled_from(["claim {} --take", "reply {} hello", "note {} hm", "close {} solved"]))
    def somebody_sees_to_the_ticket(self, ticket: int, deed: str) -> None:
        self.night.town.says("ann", f"/ticket {deed.format(ticket)}")
        self.night.round()

    @rule(ticket=tickets)
    def the_customer_writes(self, ticket: int) -> None:
        self.night.town.says("ann", f"/ticket said {ticket} still broken")
        self.night.round()

    @rule(person=people, ticket=tickets)
    def somebody_passes_it_on(self, person: str, ticket: int) -> None:
        self.night.town.says(person, f"/page pass #{ticket}")
        self.night.round()

    @rule(number=st.integers(0, 40), status=st.sampled_from(Status), sequence=st.integers(0, 3))
    def a_provider_tells_something(self, number: int, status: Status, sequence: int) -> None:
        if one := self._attempt(number):
            news = Heard(status, sequence, ref="main:CA", seconds=3)
            self.night.town.database.write(partial(heard, attempt=one, news=news, now=self._now))
            self.night.round()

    @rule(number=st.integers(0, 40), key=st.sampled_from(["1", "2", "wrong", "silence"]))
    def a_key_is_pressed(self, number: int, key: str) -> None:
        one = self._attempt(number)
        if one is None or not one.kind:
            return

        def press(work: object) -> None:
            assert one is not None
            page = work.pages.get(one.page)  # type: ignore[attr-defined]  # A unit of work.
            if key == "1":
                acknowledge(work, page, one.person, "key", self._now, one)  # type: ignore[arg-type]
            elif key == "2":
                pass_on(work, page, one, self._now)  # type: ignore[arg-type]
            else:
                missed(work, one, Missed.WRONG_KEY, self._now)  # type: ignore[arg-type]

        self.night.town.database.write(press)
        self.night.round()

    @rule(person=people)
    def somebody_goes_away(self, person: str) -> None:
        self.night.away(person)

    @rule(people=st.lists(people, max_size=2, unique=True))
    def the_plan_changes(self, people: list[str]) -> None:
        plan = plan_of(people=tuple(people) or ("nobody",))
        self.night.adopt(replace(plan, schedules={} if not people else plan.schedules))

    # --- what must always be so --------------------------------------------------------------------------------

    @invariant()
    def no_page_is_silent(self) -> None:
        for page in self.night.town.database.read(lambda work: work.pages.live()):
            if page.open:
                assert page.due is not None
                assert page.due <= self._now + SILENT_AT_MOST
            else:
                assert page.due is not None
                assert page.acknowledged_by

    @invariant()
    def whoever_has_a_page_is_alone_with_it(self) -> None:
        for page in self._pages():
            attempts = self.night.attempts(page)
            if not self.night.page(page).open:
                assert all(one.state.over for one in attempts)
            for one in attempts:
                before = self.states.get(one.id, one.state)
                assert before is one.state or may_become(before, one.state)
                self.states[one.id] = one.state

    @invariant()
    def nothing_is_due_that_was_not_done(self) -> None:
        due = self.night.town.database.read(lambda work: work.pages.next_due())
        assert due is None or due > self._now

    @invariant()
    def the_history_adds_up(self) -> None:
        for ticket in self.night.town.tickets():
            assert replay(self.night.town.history(ticket.number)) == ticket

    @invariant()
    def a_page_of_which_nobody_needs_to_be_told_is_over(self) -> None:
        for page in self._pages():
            found = self.night.page(page)
            assert (found.state is PageState.RESOLVED) == (found.ended_at is not None)

    # -----------------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> datetime:
        return self.night.town.clock.now()

    def _pages(self) -> list[int]:
        start = datetime(2026, 1, 1, tzinfo=self._now.tzinfo)
        found = self.night.town.database.read(lambda work: work.pages.between(start, self._now + timedelta(days=1)))
        return [page.id for page in found]

    def _attempt(self, number: int) -> Attempt | None:
        everything = [one for page in self._pages() for one in self.night.attempts(page)]
        return everything[number % len(everything)] if everything else None


@pytest.mark.timeout(600)
def test_no_page_is_ever_lost_or_silent_whatever_happens(settled: Town) -> None:
    machine = type("ANight", (ANight,), {"settled": settled})
    quick = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=quick)
