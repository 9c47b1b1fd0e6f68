"""/ticket merge: two tickets about one thing become one, and nothing that was promised on either is lost."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.sla import Clock, clock_to_data
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command

DUPLICATE = "duplicate"


@command(
    "ticket merge",
    ticket="The ticket that goes away",
    into="The ticket that stays",
    reason="Why",
    force="Although they belong to different customers",
    examples=("ticket merge 2 --into 1", "ticket merge 2 --into 1 it is the same printer"),
)
def ticket_merge(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, into: Ticket, reason: Text = BLANK, force: bool = False
) -> Card:
    """Make one ticket a part of another: the earliest clocks and the better level stay."""
    _must_fit(work, ticket, into, force)
    level_of = work.promises.policy.level
    best = max((level_of(into.level), level_of(ticket.level)), key=lambda level: level.rank)
    better: Line = (f"It is on {best.title} now.",) if best != level_of(into.level) else ()
    into = _prepared(caller, work, ticket, into)
    clocks = _owed_together(caller, work, ticket, into)
    gone = record(caller, work, ticket, Deed.MERGED, reason, into=into.number, resolution=DUPLICATE)
    into = record(
        caller,
        work,
        into,
        Deed.ABSORBED,
        reason,
        merged=gone.number,
        title=gone.subject,
        level=best.name,
        clocks=[clock_to_data(clock) for clock in clocks],
        tags=sorted(gone.tags),
        watchers=sorted({*gone.watchers, *_owner(gone)} - {*_owner(into)}),
        credit=gone.phone_credit,
    )
    line = f"{caller.name} merged #{gone.number} {gone.subject} into #{into.number} {into.subject}"
    tell(caller, work, into, {*into.watchers, into.owner}, (line,))
    answers: Line = (f"Answers go to {into.requester}.",) if gone.requester != into.requester and into.requester else ()
    said = f"#{gone.number} is a part of #{into.number} now and closed as a duplicate."
    return done(work, into, said, more=(better, answers, *clock_lines(work, into, caller.now)))


def _must_fit(work: UnitOfWork, ticket: Ticket, into: Ticket, force: bool) -> None:
    """Raises Conflict for what cannot become one."""
    if ticket.number == into.number:
        raise Conflict(f"#{ticket.number} cannot be merged into itself.", f"/ticket merge {ticket.number} --into OTHER")
    ticket.must_be_open()
    into.must_be_open()
    if ticket.customer and into.customer and ticket.customer != into.customer and not force:
        one, other = (work.customers.get(id).name for id in (ticket.customer, into.customer))
        raise Conflict(
            f"#{ticket.number} is {one}'s and #{into.number} is {other}'s; answers would go to {other}.",
            f"If that is right: /ticket merge {ticket.number} --into {into.number} --force",
        )


def _prepared(caller: Caller, work: UnitOfWork, ticket: Ticket, into: Ticket) -> Ticket:
    """The ticket that stays, with a customer if either has one, and awake unless both wait for the customer."""
    why = f"#{ticket.number} was merged into it"
    if into.customer is None and ticket.customer is not None:
        to = into.requester or ticket.requester
        into = record(caller, work, into, Deed.CUSTOMER, why, customer=ticket.customer, requester=to, level=into.level)
    if into.state is State.WAITING and ticket.state is not State.WAITING:
        into = record(caller, work, into, Deed.RESUMED, why)
    return into


def _owed_together(caller: Caller, work: UnitOfWork, ticket: Ticket, into: Ticket) -> tuple[Clock, ...]:
    """Of each kind the clock that ends first: the one that has used up most, for one that began earlier may have stood
    still longer. What comes from a waiting ticket to an awake one runs from now on."""
    now = max(caller.now, ticket.changed_at or caller.now)
    coming = ticket.clocks if into.state is State.WAITING else tuple(clock.resume(now) for clock in ticket.clocks)

    def used(clock: Clock) -> tuple[int, float]:
        return work.promises.hours.open_seconds(clock.started, now, clock.pauses), -clock.started.timestamp()

    both = sorted((*into.clocks, *coming), key=used)
    return tuple({clock.kind: clock for clock in both}.values())


def _owner(ticket: Ticket) -> tuple[str, ...]:
    return (ticket.owner,) if ticket.owner else ()
