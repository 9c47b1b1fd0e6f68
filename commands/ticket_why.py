"""/ticket why: the due time as a sum that a person can check."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Line, Strong, When
from bot.domain.history import Event
from bot.domain.people import Role
from bot.domain.sla import Promises
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso, ticket_data
from bot.views.ticket_facts import Answered, answers_given
from bot.views.why import why_lines
from bot.views.wording import span_words
from commands.spec import Caller, command

MOST = 5


@command("ticket why", role=Role.VIEWER, writes=False, ticket="Which ticket", examples=("ticket why 1",))
def ticket_why(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """Show how a due time came about, day by day."""
    promises, history = work.promises, work.tickets.history(ticket.number)
    # Closed tickets have no clocks, and may be of a level that today's policy no longer has.
    running = [(clock, promises.policy.level(ticket.level)) for clock in ticket.clocks]
    lines = [line for clock, level in running for line in why_lines(promises, clock, level, caller.now)]
    clocks = [
        {"clock": clock.kind.value, "started": iso(clock.started), "due": iso(promises.due(clock, level))}
        for clock, level in running
    ]
    return Card(
        (Strong(f"#{ticket.number}"), "  ", ticket.subject),
        lines=(*(lines or (_nothing(ticket),)), *_unheard(history), *_answered(history, promises)),
        ticket=ticket.number,
        data={**ticket_data(ticket, promises), "clocks": clocks},
    )


def _unheard(history: Sequence[Event]) -> tuple[Line, ...]:
    """The answers that count for none: their letters were lost."""
    lost = {seq for event in history for seq in event.data.get("unheard", ())}
    lines = [
        ("The reply ", When(event.at), f" to {event.data.get('to')} did not arrive, so it answered nothing.")
        for event in history
        if event.seq in lost
    ]
    return tuple(lines[-MOST:])


def _answered(history: Sequence[Event], promises: Promises) -> tuple[Line, ...]:
    """How the promises went that were answered: the last of them."""
    given = list(answers_given(history, promises))
    return tuple(_answer(one) for one in given[-MOST:])


def _answer(one: Answered) -> Line:
    """ "First response Tue 6 Oct 11:00: after 1 h of business time, where 3 h were promised; in time."."""
    kept = f"{span_words(one.late)} late" if one.late else "in time"
    words = f": after {span_words(one.took)} of business time, where {span_words(one.target)} were promised; {kept}."
    return (f"{one.kind.label.capitalize()} ", When(one.at), words)


def _nothing(ticket: Ticket) -> Line:
    """Why nothing is due."""
    if ticket.closed:
        return (f"#{ticket.number} is closed, so nothing is due.",)
    return ("Nothing is due: the customer has been answered. What they say next starts a clock.",)
