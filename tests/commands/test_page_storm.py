"""Many pages for few telephones: a line that is free again is used at once, and customers' first pages go first."""

from __future__ import annotations

import pytest

from bot.domain.contacts import CALL, Reach
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.paging import Page, Trigger
from bot.ports import Kind, UnitOfWork, Urgency
from commands.page_receipts import Status
from commands.paging import start_page
from tests.commands.night import Night
from tests.town import Town


@pytest.fixture
def night(either_town: Town) -> Night:
    found = Night(either_town)
    for customer in ("acme", "acme", "cobalt"):
        either_town.says("bob", f"/ticket open slow --customer {customer}")
    either_town.database.write(_called_at_once)
    return found


def _called_at_once(work: UnitOfWork) -> None:
    for person in ("kim", "sam"):
        for important in (False, True):
            work.contacts.set_plan(person, important, (Reach(CALL, 0),))


def _calls(person: str, name: str) -> Escalation:
    return Escalation(name, (Step((Target(TargetKind.PERSON, person),), 1200),))


def _started(night: Night, *wanted: tuple[int, str]) -> list[Page]:
    """In one commit: pages for tickets, to people, each by a chain of its own."""

    def start(work: UnitOfWork) -> list[Page]:
        return [
            start_page(
                work,
                trigger=Trigger.STAFF,
                reason="a storm",
                by="bob",
                now=night.town.clock.now(),
                ticket=work.tickets.get(number),
                chain=_calls(person, f"chain {count}"),
            )
            for count, (number, person) in enumerate(wanted)
        ]

    return night.town.database.write(start)


def test_the_first_page_of_each_customer_has_the_line_before_the_second_of_any(night: Night) -> None:
    acme, again, cobalt = _started(night, (1, "sam"), (2, "kim"), (3, "kim"))
    night.round()
    called = [one.card.data["page"] for one in night.sent if one.place.startswith("call:")]
    assert sorted(called) == [acme.id, cobalt.id]
    assert again.id not in called


def test_a_customers_second_page_is_less_urgent_than_the_first_of_another(night: Night) -> None:
    _started(night, (1, "sam"), (2, "kim"))
    from_first = night.town.database.read(lambda work: work.outbox.of_ticket(1))
    assert {one.urgency for one in from_first if one.kind is Kind.PAGE} == {Urgency.FIRST_PAGE}
    night.round()
    from_second = night.town.database.read(lambda work: work.outbox.of_ticket(2))
    assert {one.urgency for one in from_second if one.kind is Kind.PAGE} == {Urgency.PAGE}


def test_a_line_that_is_free_again_rings_at_once_for_the_next(night: Night) -> None:
    _started(night, (1, "kim"), (3, "kim"))
    night.round()
    assert len(night.calls()) == 1
    began = night.town.clock.now()
    night.says_of("kim", Status.BUSY)
    assert len(night.calls()) == 2
    assert night.town.clock.now() == began
