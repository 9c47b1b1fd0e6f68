"""What an alert says: which promise, whose, by when, what is left of it, and who is asked to act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import TEAM, Card, Choice, Line, Mention, Style, Table, Tone, When
from bot.domain.sla import BREACH, Clock, Promises, Stage, clock_from_data, clock_to_data, instant
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from bot.views.wording import listed, span_words
from commands.page_ends import being_called


@dataclass(frozen=True, slots=True)
class Missed:
    """A stage that came due while the desk was not running."""

    ticket: Ticket
    clock: Clock
    stage: Stage


def alert_of(ticket: Ticket, clock: Clock, stage: Stage) -> Card:
    """What the sweep posts: which stage of which clock. What it says is drawn when it is delivered."""
    told = {"clock": clock_to_data(clock), "stage": stage.name, "number": stage.number, "at": int(stage.at.timestamp())}
    return Card(ticket=ticket.number, data=told)


def draw_alert(work: UnitOfWork, posted: Card, now: datetime) -> Card:
    """The alert that `alert_of` posted, with the owner and the time left of the moment it is delivered."""
    ticket, clock = work.tickets.get(posted.ticket or 0), clock_from_data(posted.data["clock"])
    stage = Stage(posted.data["number"], posted.data["stage"], instant(posted.data["at"]))
    card = alert_card(work, ticket, clock, stage, now)
    running = ticket.clock(clock.kind)
    if running is not None and running.started == clock.started:
        return card
    return card.and_lines(("It has been answered or closed since.",))


def alert_card(work: UnitOfWork, ticket: Ticket, clock: Clock, stage: Stage, now: datetime) -> Card:
    """A warning, a breach or a reminder, with the buttons that mend it."""
    promises = work.promises
    due = promises.due(clock, promises.policy.level(ticket.level)) or stage.at
    line: Line = (
        f"#{ticket.number} {_whose(work, ticket)} · Level {ticket.level} · {clock.kind.label} ",
        *_due(promises, due, clock, now),
        *_holder(work, ticket, now),
        *_called(work, ticket),
    )
    me = {"ticket": ticket.number}
    claim = () if ticket.owner else (Choice("Claim", "ticket claim", me, style=Style.PRIMARY),)
    rest = (
        Choice("Reply", "ticket reply", me, asks=("text",)),
        Choice("Wait…", "ticket wait", me, asks=("until", "reason")),
        Choice("Why", "ticket why", me),
    )
    return Card(
        title=line,
        lines=((ticket.subject,),),
        choices=(*claim, *rest),
        tone=Tone.BREACH if stage.breached else Tone.WARNING,
        ticket=ticket.number,
        data={"ticket": ticket.number, "clock": clock.kind.value, "stage": stage.name, "due": iso(due)},
    )


def digest_card(work: UnitOfWork, away: tuple[datetime, datetime], missed: Sequence[Missed], now: datetime) -> Card:
    """Everything that came due while the desk was away, with the true times."""
    breaches = [one for one in missed if one.stage.name == BREACH]
    reminders = [one for one in missed if one.stage.breached and one.stage.name != BREACH]
    counts = (
        (len(missed) - len(breaches) - len(reminders), "warning"),
        (len(breaches), "breach"),
        (len(reminders), "reminder"),
    )
    told = ", ".join(f"{n} {word}{('es' if word == 'breach' else 's') * (n != 1)}" for n, word in counts if n)
    rows = tuple(_row(work, one, now) for one in sorted(missed, key=lambda one: one.stage.at))
    return Card(
        title=("I was not running from ", When(away[0]), " to ", When(away[1]), "."),
        lines=((f"While I was away: {told}. ", Mention(TEAM)),),
        table=Table(("ticket", "customer", "level", "what came due", "at", "noticed"), rows),
        tone=Tone.BREACH if breaches or reminders else Tone.WARNING,
        data={"away": [iso(away[0]), iso(away[1])], "missed": [_data(one) for one in missed]},
    )


def _due(promises: Promises, due: datetime, clock: Clock, now: datetime) -> Line:
    if now > due:
        late = promises.hours.open_seconds(due, now)
        ago = f", {span_words(late)} of business time ago" if late >= 60 else ""
        return ("was due ", When(due), ago)
    left = span_words(promises.hours.open_seconds(now, due, clock.pauses))
    return (f"due in {left} of business time (", When(due), ")")


def _holder(work: UnitOfWork, ticket: Ticket, now: datetime) -> Line:
    """The claimer is mentioned; the team when nobody holds it, or when who holds it is away."""
    if ticket.owner is None:
        return (" · nobody has claimed it · ", Mention(TEAM))
    owner = work.people.get(ticket.owner)
    if owner.is_away(now):
        return (f" · held by {owner.name}, who {'has left' if owner.has_left else 'is away'} · ", Mention(TEAM))
    return (" · held by ", Mention(owner.id, owner.name))


def _called(work: UnitOfWork, ticket: Ticket) -> Line:
    """Who is being called because of it."""
    for page in work.pages.live_of_ticket(ticket.number):
        if page.open:
            names = being_called(work, page)
            if not names:
                return (" · nobody is on call, so the alarm goes on until somebody answers",)
            return (f" · {listed(names)} {'is' if len(names) == 1 else 'are'} being called",)
    return ()


def _whose(work: UnitOfWork, ticket: Ticket) -> str:
    return work.customers.get(ticket.customer).name if ticket.customer else "no customer yet"


def _row(work: UnitOfWork, one: Missed, now: datetime) -> tuple[Line, ...]:
    late = span_words(int((now - one.stage.at).total_seconds()))
    what = f"{one.clock.kind.label.capitalize()}: {one.stage.name}"
    whose = _whose(work, one.ticket)
    return (
        (f"#{one.ticket.number}",),
        (whose,),
        (one.ticket.level,),
        (what,),
        (When(one.stage.at),),
        (f"{late} late",),
    )


def _data(one: Missed) -> dict[str, object]:
    return {
        "ticket": one.ticket.number,
        "clock": one.clock.kind.value,
        "stage": one.stage.name,
        "at": iso(one.stage.at),
    }
