"""What a page leaves on record: every one of them can be explained, and nothing of that can be changed afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.history import Deed
from bot.domain.paging import Attempt, AttemptState, Missed, PageState
from bot.views.page_words import masked
from commands.page_ends import acknowledge
from commands.page_receipts import Status, missed
from tests.commands.night import Night
from tests.town import Town, words


@pytest.fixture
def night(either_town: Town) -> Night:
    return Night(either_town)


def nobody_answers(night: Night) -> None:
    night.passes(hours=1)


def kim_is_busy_and_sam_takes_it(night: Night) -> None:
    night.says_of("kim", Status.BUSY)
    night.passes(minutes=6)
    night.says_of("sam", Status.RINGING, Status.ANSWERED)
    call = night.attempt("sam")
    night.town.database.write(lambda work: acknowledge(work, night.page(), "sam", "key", night.town.clock.now(), call))


def silence_then_passed_on(night: Night) -> None:
    call = night.attempt("kim")
    night.town.database.write(lambda work: missed(work, call, Missed.SILENCE, night.town.clock.now()))
    night.town.does("kim", "/page pass 1")
    night.round()


def forgotten(night: Night) -> None:
    night.town.does("kim", "/page ack 1")
    night.passes(minutes=25)


def closed(night: Night) -> None:
    night.town.does("ann", "/ticket close 1 solved")
    night.passes(minutes=25)


LIVES: tuple[Callable[[Night], None], ...] = (
    nobody_answers,
    kim_is_busy_and_sam_takes_it,
    silence_then_passed_on,
    forgotten,
    closed,
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: str(life.__name__))
def test_every_try_of_every_page_is_explained(night: Night, life: Callable[[Night], None]) -> None:
    night.opens()
    life(night)
    told = night.town.does("vic", "/page show 1")
    why = night.town.does("vic", "/page why 1")
    assert night.page().reason in told
    assert night.page().reason in why
    tried = [one for one in night.attempts() if one.submitted_at is not None or not one.kind]
    assert tried
    for one in tried:
        assert shown(one) in told, told
        assert one.state.over or night.page().open
        if one.state is AttemptState.MISSED:
            assert one.result
    if night.page().state is not PageState.OPEN:
        assert night.page().acknowledged_by.capitalize() in why
    over = [one for one in tried if one.state.over and one.kind]
    events = [event for event in night.events(Deed.TRIED) if event.data["kind"]]
    # One that was given up and was taken by its key all the same has two ends, and both are told.
    noted = [(event.data["attempt"], event.data["state"]) for event in events]
    assert len(noted) == len(set(noted)), "Each end has its line in the ticket's history once."
    assert {(one.id, one.state.value) for one in over} <= set(noted)


def shown(one: Attempt) -> str:
    return masked(one.address) or one.person.capitalize()


@pytest.mark.parametrize("life", LIVES, ids=lambda life: str(life.__name__))
def test_what_was_written_into_the_history_stays_as_it_was(night: Night, life: Callable[[Night], None]) -> None:
    night.opens()
    before = list(night.town.history(1))
    life(night)
    after = list(night.town.history(1))
    assert after[: len(before)] == before
    assert [event.seq for event in after] == list(range(1, len(after) + 1))


@pytest.mark.parametrize(
    ("customer", "more", "because"),
    [
        ("acme", "--category question", "No rule"),
        ("brightside", "--category hardware-failure", "Level I"),
    ],
)
def test_why_nobody_was_called_is_told_too(night: Night, customer: str, more: str, because: str) -> None:
    night.opens("a question", more, customer)
    assert night.calls() == []
    assert because in words(night.town.says("vic", "/page why 1").card)
