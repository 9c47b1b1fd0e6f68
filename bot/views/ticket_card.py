"""The ticket's card: the one message about a ticket that the desk channel keeps, updated in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import Card, Choice, Line, Part, Strong, Style, Tone, When
from bot.domain.agenda import due
from bot.domain.entitlement import Entitlement
from bot.domain.sla import Clock, Promises
from bot.domain.ticket import Priority, State, Ticket
from bot.ports import DESK, Kind, News, Urgency
from bot.views.wording import opener, span_words

UNDRAWN = Card()
REASON = 200
"""Characters of a reason that a card has room for."""


def out_of_date(number: int, to: str = DESK) -> News:
    """The ticket's card in the desk channel must be shown anew: one message a ticket, drawn when it is delivered."""
    return News(Kind.CARD, to, UNDRAWN, f"card:{number}", Urgency.CARD, number)


@dataclass(frozen=True, slots=True)
class Named:
    """What a card needs to know beside the ticket: who the people are and what the customer is owed."""

    owed: Entitlement
    people: Mapping[str, str]
    awaits: str = ""
    """What a waiting ticket waits for, where somebody has said so."""
    paging: Line = ()
    """Who is being called about it, or who has answered."""
    callable: bool = False
    """Whether the on-call engineer may be called: the telephone is owed, and there is somebody to be called."""

    def person(self, id: str | None) -> str:
        return self.people.get(id or "", id or "")


def ticket_card(ticket: Ticket, promises: Promises, named: Named, now: datetime) -> Card:
    """The card as it is now. The time left is in business time, the due time in each reader's own zone."""
    badge = " · ".join([*_marks(ticket), ticket.state.value, f"Level {ticket.level}"])
    about = (
        _customer(named.owed, promises.policy.installation_days),
        *_clocks(ticket, promises, now),
        _waits(ticket, named),
        _held(ticket, named),
        named.paging,
    )
    lines = [line for line in about if line]
    if ticket.tags:
        lines.append(("Tags: " + ", ".join(sorted(ticket.tags)),))
    who, way = opener(ticket.opened_by)
    where = f" {way}, " if way else f" in {ticket.source}, "
    lines.append(("Opened by ", who if way else named.person(ticket.opened_by), where, When(ticket.opened_at)))
    return Card(
        title=(Strong(f"#{ticket.number}"), "  ", ticket.subject),
        badge=badge,
        lines=tuple(lines),
        choices=choices(ticket, callable=named.callable),
        tone=_tone(ticket, promises, now),
        ticket=ticket.number,
        data=ticket_data(ticket, promises),
    )


def choices(ticket: Ticket, *, callable: bool = False) -> tuple[Choice, ...]:
    """The buttons that make sense in this state, then the rest of what one does to a ticket: five at most. Where the
    on-call engineer may be called that comes first, and the transcript is left to be typed."""
    me = {"ticket": ticket.number}
    note = Choice("Note…", "ticket note", me, rest=True)
    if ticket.closed:
        return (Choice("Reopen", "ticket reopen", me), Choice("Transcript", "ticket history", me), note)
    if ticket.owner:
        hold = Choice("Release", "ticket release", me)
    else:
        hold = Choice("Claim", "ticket claim", me, style=Style.PRIMARY)
    if ticket.state is State.WAITING:
        pause = Choice("Resume", "ticket resume", me)
    else:
        pause = Choice("Wait…", "ticket wait", me, asks=("until", "reason"))
    reply = Choice("Reply", "ticket reply", me, asks=("text",))
    # Nobody is called for it until somebody vouches: that comes before waiting, which can be typed.
    third = Choice("Vouch", "ticket vouch", me) if ticket.unverified else pause
    close = Choice("Close…", "ticket close", me, asks=("resolution", "text"), style=Style.DANGER)
    rest = (
        note,
        Choice("Assign…", "ticket assign", me, rest=True),
        Choice("Level…", "ticket level", me, rest=True),
        Choice("Why this time?", "ticket why", me, rest=True),
        Choice("Transcript", "ticket history", me, rest=True),
    )
    if callable:
        call = Choice("Call the on-call engineer", "page start", {"what": ticket.number}, asks=("reason",), rest=True)
        rest = (call, *rest[:-1])
    return (hold, reply, third, close, *rest)


def ticket_data(ticket: Ticket, promises: Promises) -> dict[str, Any]:
    """The ticket for programs: plain JSON values, instants in ISO 8601 UTC."""
    ends = due(ticket, promises)
    return {
        "ticket": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state.value,
        "level": ticket.level,
        "customer": ticket.customer,
        "owner": ticket.owner,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "unverified": ticket.unverified,
        "tags": sorted(ticket.tags),
        "opened_at": iso(ticket.opened_at),
        "opened_by": ticket.opened_by,
        "responded_at": iso(ticket.responded_at),
        "closed_at": iso(ticket.closed_at),
        "resolution": ticket.resolution,
        "due": iso(ends),
    }


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, whole seconds."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_line(clock: Clock, ticket: Ticket, promises: Promises, now: datetime) -> Line:
    """ "First response due Tue 13 Oct 11:30 (in 3 h of business time)", or how late it is, or that it is paused."""
    level = promises.policy.level(ticket.level)
    target, ends = promises.target(clock.kind, level), promises.due(clock, level)
    title = clock.kind.label.capitalize()
    if target is None:
        return ()
    if ends is None:
        used = promises.hours.open_seconds(clock.started, now, clock.pauses) if now > clock.started else 0
        left = span_words(target - used)
        return (f"{title}: paused while the customer has the next word, {left} of business time left",)
    if ends < now:
        late = promises.hours.open_seconds(ends, now)
        return (f"{title} was due ", When(ends), f" ({span_words(late)} of business time ago)")
    left = span_words(promises.hours.open_seconds(now, ends, clock.pauses))
    return (f"{title} due ", When(ends), f" (in {left} of business time{_days_off(promises, now, ends)})")


def _days_off(promises: Promises, now: datetime, ends: datetime) -> str:
    """ "; Monday is Thanksgiving Day": the holidays between now and the due time, which a person would ask about."""
    zone = ZoneInfo(promises.policy.zone)
    first, last = now.astimezone(zone).date(), ends.astimezone(zone).date()
    off = [(day, name) for day, name in promises.hours.hours.closed.items() if first <= day <= last]
    weekdays = [f"{day:%A} is {name}" for day, name in sorted(off)[:3] if day.weekday() < 5]
    return f"; {', '.join(weekdays)}" if weekdays else ""


def _clocks(ticket: Ticket, promises: Promises, now: datetime) -> list[Line]:
    return [clock_line(clock, ticket, promises, now) for clock in ticket.clocks]


def _marks(ticket: Ticket) -> list[str]:
    marks = [ticket.priority.value] if ticket.priority is not Priority.NORMAL else []
    return [*marks, "sender not verified"] if ticket.unverified and not ticket.closed else marks


def _customer(owed: Entitlement, days: int) -> Line:
    """Whose it is and what is owed; `days` are those of the installation plan."""
    if owed.customer is None:
        return ("No customer yet · ", owed.ways_in_words)
    parts: list[Part] = [owed.customer.name]
    if owed.subscription is not None:
        verb = {"active": "until", "in grace": "in grace, ended", "expired": "expired"}[owed.standing.value]
        parts.append(f" · {owed.subscription.product}, subscription {verb} {owed.subscription.end:%-d %b %Y}")
    else:
        parts.append(f" · {owed.standing.value}")
    parts.append(f" · {owed.ways_in_words}")
    if owed.installation_day is not None:
        parts.append(f" · day {owed.installation_day} of {days} of the installation plan")
    if owed.referred:
        parts.append(" · served no more: to be referred")
    return tuple(parts)


def _waits(ticket: Ticket, named: Named) -> Line:
    """ "Waits for the customer until Mon 10:00: the serial number"."""
    if ticket.state is not State.WAITING:
        return ()
    until: Line = (" until ", When(ticket.wait_until)) if ticket.wait_until else ()
    why = " ".join(named.awaits.split())
    what = f": {why if len(why) <= REASON else why[: REASON - 1].rstrip() + '…'}" if why else ""
    return ("Waits for the customer", *until, what)


def _held(ticket: Ticket, named: Named) -> Line:
    if ticket.closed:
        merged = f", merged into #{ticket.merged_into}" if ticket.merged_into else ""
        return (f"Closed: {ticket.resolution}{merged}, ", When(ticket.closed_at)) if ticket.closed_at else ()
    if ticket.owner is None:
        return ("Nobody has claimed it",)
    since: Line = (" since ", When(ticket.owned_since)) if ticket.owned_since else ()
    return (f"Held by {named.person(ticket.owner)}", *since)


def _tone(ticket: Ticket, promises: Promises, now: datetime) -> Tone:
    if ticket.closed:
        return Tone.GOOD
    ends = due(ticket, promises)
    if ends is not None and ends < now:
        return Tone.BREACH
    return Tone.WARNING if any(clock.told for clock in ticket.clocks) else Tone.PLAIN
