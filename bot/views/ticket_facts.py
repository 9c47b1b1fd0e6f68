"""What was promised for a ticket and what was kept, told from its history: one flat row, for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.domain import agenda
from bot.domain.business_hours import BeyondCalendar
from bot.domain.history import Deed, Event, unheard
from bot.domain.policy import ClockKind
from bot.domain.sla import BREACH, Promises, instant
from bot.domain.ticket import Ticket, opened


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """Instants are ISO 8601 in UTC, spans open seconds of business time, None where there is nothing to tell.

    `first_response_kept` is None while nobody has answered; False, too, where the ticket was closed unanswered past
    the due time. `breaches` counts the promises that were told as broken, or ended late before anybody was told.
    """

    number: int
    subject: str
    customer: str | None
    level: str
    state: str
    priority: str
    category: str
    tags: str
    owner: str | None
    requester: str
    source: str
    opened_by: str
    opened_at: str
    responded_at: str | None
    first_response_due: str | None
    first_response_target: int | None
    first_response_took: int | None
    first_response_kept: bool | None
    breaches: int
    due: str | None
    closed_at: str | None
    resolution: str
    partner: str
    merged_into: int | None


COLUMNS = tuple(field.name for field in fields(TicketFacts))


@dataclass(frozen=True, slots=True)
class _Response:
    """How the first response stood when it was given, or how it stands."""

    due: datetime | None = None
    target: int | None = None
    took: int | None = None
    kept: bool | None = None


def ticket_facts(events: Iterable[Event], promises: Promises) -> TicketFacts:
    """The row of a ticket with this history, whose first event opens it."""
    ticket: Ticket | None = None
    response, broken = _Response(), set[tuple[str, datetime]]()
    given = _Response()
    for event in events:
        before, ticket = ticket, opened(event) if ticket is None else ticket.after(event)
        if before is not None:
            broken |= {(clock.kind.value, clock.started) for clock in before.clocks if _breaks(event, clock.kind)}
        if before is not None and before.responded_at is None and ticket.responded_at is not None:
            response = _recorded(event, ClockKind.FIRST_RESPONSE) or _response(before, ticket.responded_at, promises)
            given = response
        elif ticket.responded_at is None and unheard((event,)):
            response = _unanswered(ticket, given)
        elif event.deed is Deed.CLOSED:
            response = _recorded(event, ClockKind.FIRST_RESPONSE) or response
    if ticket is None:
        raise ValueError("A ticket has a history.")
    if ticket.responded_at is None and not ticket.closed:
        response = _response(ticket, None, promises)
    return TicketFacts(
        number=ticket.number,
        subject=ticket.subject,
        customer=ticket.customer,
        level=ticket.level,
        state=ticket.state.value,
        priority=ticket.priority.value,
        category=ticket.category,
        tags=" ".join(sorted(ticket.tags)),
        owner=ticket.owner,
        requester=ticket.requester,
        source=ticket.source,
        opened_by=ticket.opened_by,
        opened_at=_text(ticket.opened_at) or "",
        responded_at=_text(ticket.responded_at),
        first_response_due=_text(response.due),
        first_response_target=response.target,
        first_response_took=response.took,
        first_response_kept=response.kept,
        breaches=len(broken),
        due=_text(_due(ticket, promises)),
        closed_at=_text(ticket.closed_at),
        resolution=ticket.resolution,
        partner=ticket.partner,
        merged_into=ticket.merged_into,
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that the customer was promised: when it came, the open seconds that it took, and those promised."""

    kind: ClockKind
    at: datetime
    took: int
    target: int

    @property
    def late(self) -> int:
        """Open seconds past the promise; 0 in time."""
        return max(self.took - self.target, 0)


def answers_given(events: Iterable[Event], promises: Promises) -> Iterator[Answered]:
    """Every promised answer of a ticket with this history. Those of a level that is no more are left out, and replies
    that nobody ever read."""
    ticket: Ticket | None = None
    events = list(events)
    nobody_read = unheard(events)
    for event in events:
        before, ticket = ticket, opened(event) if ticket is None else ticket.after(event)
        if event.seq in nobody_read:
            continue
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE):
            if before is not None and event.data.get("responds") and before.clock(kind) is not None:
                found = _recorded(event, kind) or _response(before, event.at, promises, kind)
                if found.took is not None and found.target is not None:
                    yield Answered(kind, event.at, found.took, found.target)


def answer_data(ticket: Ticket, at: datetime, promises: Promises) -> dict[str, Any]:
    """How the promises stand that an answer at that instant ends, by kind, for its event: what was promised and kept
    is written down then, so that no later policy says otherwise. Instants are UTC epoch seconds."""
    answers = {}
    for kind in (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE):
        found = _response(ticket, at, promises, kind)
        if found.due is not None:
            answers[kind.value] = {"due": int(found.due.timestamp()), "target": found.target, "took": found.took}
    return answers


def _recorded(event: Event, kind: ClockKind) -> _Response | None:
    """What `answer_data` wrote of that kind; None where it was not written down."""
    data = event.data.get("answers", {}).get(kind.value)
    if data is None:
        return None
    due = instant(data["due"])
    return _Response(due, data["target"], data["took"], event.at <= due)


def _unanswered(ticket: Ticket, given: _Response) -> _Response:
    """How the first response stands of which it is known only now that nobody read it."""
    late = ticket.closed_at is not None and given.due is not None and ticket.closed_at > given.due
    return _Response(given.due, given.target, None, False) if late else _Response()


def _breaks(event: Event, kind: ClockKind) -> bool:
    """Whether the event tells of a broken promise of that kind, or is an answer that came too late."""
    if event.deed is Deed.ALERTED:
        return event.data["clock"] == kind and any(name == BREACH for name, _ in event.data.get("stages", ()))
    answer = _recorded(event, kind)
    return answer is not None and answer.kept is False


def _response(
    before: Ticket, at: datetime | None, promises: Promises, kind: ClockKind = ClockKind.FIRST_RESPONSE
) -> _Response:
    """A response of a ticket as it was just before `at`, the instant of the response, or as it is."""
    clock = before.clock(kind)
    if clock is None:
        return _Response()
    level = next((level for level in promises.policy.levels if level.name == before.level), None)
    if level is None:  # An edited policy no longer has it, so nobody knows what it promised.
        return _Response()
    target = promises.target(clock.kind, level)
    clock = clock.resume(at) if at is not None else clock
    try:
        due = promises.due(clock, level)
        took = None if at is None else promises.hours.open_seconds(clock.started, at, clock.pauses)
    except BeyondCalendar:  # Older than the holidays that are known: nothing is told rather than something wrong.
        return _Response(target=target)
    return _Response(due, target, took, None if at is None or due is None else at <= due)


def _due(ticket: Ticket, promises: Promises) -> datetime | None:
    try:
        return agenda.due(ticket, promises)
    except BeyondCalendar:
        return None


def _text(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
