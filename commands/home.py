"""A person's home: their own work by due time, what is free, what is at risk; and for strangers where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards import Card, Choice, Home, Line, Section, Strong, Style, Tone
from bot.domain.people import Role
from bot.domain.sla import Clock
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.ports import TicketFilter, UnitOfWork
from bot.views.standing import standing, still
from bot.views.ticket_card import clock_line
from commands.answers import cut, promised
from commands.on_call_lines import on_call_lines
from commands.roles import NO_ADMIN, has_admin
from commands.sla_status import at_risk
from commands.spec import Caller

SHOWN = 10
LOOKED_AT = 200
SUBJECT = 80

_OPEN = TicketFilter(states=OPEN_STATES, limit=SHOWN)


def home_of(caller: Caller, work: UnitOfWork) -> Home:
    """The home of whoever asks, as it is now. A stranger is shown nothing of any customer."""
    if caller.role is Role.NOBODY:
        return Home(_reception(caller, work))
    rows = _Rows.of(caller, work)
    mine, free = replace(_OPEN, owner=caller.id), replace(_OPEN, unclaimed=True)
    sections = (
        _section("My tickets", work, mine, rows.mine, "/ticket mine", "Nothing is yours."),
        _section("Nobody has claimed", work, free, rows.free, "/ticket list --unclaimed", "Each ticket has an owner."),
        _risks(caller, work, rows),
    )
    return Home(_top(caller, work), sections if caller.role >= Role.STAFF else sections[1:])


def _reception(caller: Caller, work: UnitOfWork) -> Card:
    """What this desk is, whether it is open, and how one gets in."""
    if caller.staff is None:
        known: Line = ("You are not one of its people, so its tickets and customers are not shown to you.",)
        way: Line = ("If you should be: ask an admin of the desk to add you." if has_admin(work) else NO_ADMIN,)
    else:
        known = ("You have left the desk, so its tickets and customers are not shown to you.",)
        way = (f"If that is a mistake: an admin of the desk can type /staff roles {caller.id} staff",)
    return Card(
        title=(Strong("A support desk"),),
        lines=(
            ("Thirdline keeps the tickets of a support desk and watches over the answers that it has promised.",),
            _standing(work, caller.now),
            known,
            way,
        ),
    )


def _top(caller: Caller, work: UnitOfWork) -> Card:
    new = Choice("New ticket", "ticket open", asks=("customer", "text"), style=Style.PRIMARY)
    looks = (Choice("How we stand", "sla status"), Choice("Open tickets", "ticket list"))
    return Card(
        title=_standing(work, caller.now),
        lines=tuple(line for line in (still(work.promises.hours, caller.now), *on_call_lines(caller, work)) if line),
        choices=(new, *looks) if caller.role >= Role.STAFF else looks,
    )


def _standing(work: UnitOfWork, now: datetime) -> Line:
    return (Strong("The desk is "), *standing(work.promises.hours, now))


def _section(
    heading: str,
    work: UnitOfWork,
    wanted: TicketFilter,
    draw: Callable[[Ticket], Card],
    all_of_them: str,
    nothing: str,
) -> Section:
    """The first of the wanted tickets, by due time, and how many more there are."""
    total = work.tickets.count(wanted)
    cards = tuple(draw(ticket) for ticket in (work.tickets.find(wanted) if total else ()))
    more = total - len(cards)
    return Section(heading, cards, (f"and {more} more: {all_of_them}",) if more else () if cards else (nothing,))


def _risks(caller: Caller, work: UnitOfWork, rows: _Rows) -> Section:
    """What others hold that is late, or that they were warned of. A flood is cut off rather than counted."""
    soonest = work.tickets.find(replace(_OPEN, limit=LOOKED_AT))
    theirs = [ticket for ticket in soonest if ticket.owner not in (None, caller.id)]
    risky = [ticket for ticket in theirs if at_risk(ticket, work.promises, caller.now)]
    cards, more = tuple(rows.theirs(ticket) for ticket in risky[:SHOWN]), len(risky) - SHOWN
    many = len(soonest) == LOOKED_AT
    note: Line = () if cards else (f"Nothing is{f' among the {LOOKED_AT} due first' if many else ''}.",)
    if more > 0:
        note = (f"and {'at least ' if many else ''}{more} more: /sla status",)
    return Section("At risk with others", cards, note)


@dataclass(frozen=True, slots=True)
class _Rows:
    """How a ticket is shown here: a line or two with what one would do about it."""

    caller: Caller
    work: UnitOfWork
    people: dict[str, str]

    @classmethod
    def of(cls, caller: Caller, work: UnitOfWork) -> _Rows:
        return cls(caller, work, {staff.id: staff.name for staff in work.people.all()})

    def mine(self, ticket: Ticket) -> Card:
        me = {"ticket": ticket.number}
        wait = Choice("Wait…", "ticket wait", me, asks=("until", "reason"))
        if ticket.state is State.WAITING:
            wait = Choice("Resume", "ticket resume", me)
        close = Choice("Close…", "ticket close", me, asks=("resolution", "text"), style=Style.DANGER)
        return self._card(ticket, (_reply(ticket), wait, close))

    def free(self, ticket: Ticket) -> Card:
        claim = Choice("Claim", "ticket claim", {"ticket": ticket.number}, style=Style.PRIMARY)
        return self._card(ticket, (claim, _reply(ticket)))

    def theirs(self, ticket: Ticket) -> Card:
        me = {"ticket": ticket.number}
        take = Choice("Take it over", "ticket claim", me | {"take": "yes"})
        held = f"Held by {self.people.get(ticket.owner or '', ticket.owner)}"
        return self._card(ticket, (take, Choice("Why", "ticket why", me)), held)

    def _card(self, ticket: Ticket, choices: tuple[Choice, ...], *held: str) -> Card:
        customer = self.work.customers.get(ticket.customer).name if ticket.customer else "No customer yet"
        about: Line = (" · ".join((customer, f"Level {ticket.level}", *held)),)
        clock = self._clock(ticket)
        risky = at_risk(ticket, self.work.promises, self.caller.now)
        return Card(
            title=(Strong(f"#{ticket.number}"), "  ", cut(ticket.subject, SUBJECT)),
            badge=ticket.state.value,
            lines=tuple(line for line in (about, clock) if line),
            choices=choices if self.caller.role >= Role.STAFF else (),
            tone=Tone.PLAIN if not risky else self._alarm(ticket),
            ticket=ticket.number,
        )

    def _clock(self, ticket: Ticket) -> Line:
        """The promise that ends first; a paused one where all of them stand still."""
        clock = min(promised(self.work, ticket), key=lambda one: self._ends(one, ticket), default=None)
        return clock_line(clock, ticket, self.work.promises, self.caller.now) if clock else ()

    def _ends(self, clock: Clock, ticket: Ticket) -> float:
        promises = self.work.promises
        due = promises.due(clock, promises.policy.level(ticket.level))
        return float("inf") if due is None else due.timestamp()

    def _alarm(self, ticket: Ticket) -> Tone:
        now = self.caller.now.timestamp()
        late = any(self._ends(clock, ticket) < now for clock in promised(self.work, ticket))
        return Tone.BREACH if late else Tone.WARNING


def _reply(ticket: Ticket) -> Choice:
    return Choice("Reply", "ticket reply", {"ticket": ticket.number}, asks=("text",))
