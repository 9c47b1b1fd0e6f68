"""What a verb answers about a ticket: what happened, what it means for the clocks, and the data for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import Card, Choice, Line, Part, Tone, When
from bot.domain import agenda
from bot.domain.policy import SupportLevel
from bot.domain.sla import Clock, Promises
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.ticket_card import clock_line, ticket_data
from bot.views.ticket_facts import answer_data
from commands.spec import Caller


def done(
    work: UnitOfWork,
    ticket: Ticket,
    *parts: Part,
    more: tuple[Line, ...] = (),
    choices: tuple[Choice, ...] = (),
    tone: Tone = Tone.GOOD,
    **data: Any,
) -> Card:
    """A short answer, with the ticket as it is now for programs, and what else `data` tells them."""
    lines = (parts, *(line for line in more if line))
    known = ticket_data(ticket, work.promises) | data
    return Card(lines=lines, choices=choices, tone=tone, ticket=ticket.number, data=known)


def clock_lines(work: UnitOfWork, ticket: Ticket, now: datetime) -> tuple[Line, ...]:
    """What is promised now, a line for each running clock."""
    return tuple(clock_line(clock, ticket, work.promises, now) for clock in promised(work, ticket))


def promised(work: UnitOfWork, ticket: Ticket) -> tuple[Clock, ...]:
    """The running clocks for which the ticket's level promises anything."""
    promises, level_of = work.promises, work.promises.policy.level
    return tuple(clock for clock in ticket.clocks if promises.target(clock.kind, level_of(ticket.level)) is not None)


def spoken(at: datetime, caller: Caller, work: UnitOfWork) -> str:
    """An instant in the caller's zone, for a refusal, which is plain words: "Tue 13 Oct 11:30"; with its year unless
    that is this one."""
    zone = ZoneInfo(caller.zone(work.promises.policy.zone))
    local = at.astimezone(zone)
    year = "" if local.year == caller.now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def cut(text: str, longest: int) -> str:
    """The beginning of a text on one line, with a sign where it goes on."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def moved(work: UnitOfWork, before: Ticket, after: Ticket, now: datetime) -> Line:
    """How the earliest due time changed, and whether the new one has passed already."""
    old, new = agenda.due(before, work.promises), agenda.due(after, work.promises)
    if new is None:
        paused = "Its clocks stand still; the new promise counts when they go on."
        return (paused,) if promised(work, after) else ()
    if old == new:
        return ("It is due as before: ", When(new), ".")
    was: Line = ("It was due ", When(old), ", now it is due ", When(new)) if old else ("It is due ", When(new))
    return (*was, "." if new >= now else ": that has passed, so it counts as a breach.")


def due_change(ticket: Ticket, level: SupportLevel, promises: Promises, now: datetime) -> dict[str, Any]:
    """What an event says of the due time when the level changes: old and new (UTC epoch seconds or None), and how
    many of the new stages lie behind each clock, so that a promise that moved away is warned of again."""
    old = agenda.due(ticket, promises)
    times = (promises.due(clock, level) for clock in ticket.clocks)
    new = min((at for at in times if at is not None), default=None)
    return {"due_before": _epoch(old), "due": _epoch(new), "told": still_told(ticket, level, promises, now)}


def answering(caller: Caller, work: UnitOfWork, ticket: Ticket, way: str) -> dict[str, Any]:
    """What an event says of a deed that may answer the customer: whether it does by today's policy, and how the
    promises went that it ends. `way` is a deed as the policy names it: reply, call, remote, claim."""
    if not work.promises.policy.counts_as_response(way):
        return {"responds": False}
    at = max(caller.now, ticket.changed_at or caller.now)
    return {"responds": True, "answers": answer_data(ticket, at, work.promises)}


def closing(caller: Caller, work: UnitOfWork, ticket: Ticket) -> dict[str, Any]:
    """What an event says that closes a ticket: the promises that were already broken, whoever was told of it."""
    at = max(caller.now, ticket.changed_at or caller.now)
    stand = answer_data(ticket, at, work.promises)
    return {"answers": {kind: data for kind, data in stand.items() if data["due"] < int(at.timestamp())}}


def still_told(ticket: Ticket, level: SupportLevel, promises: Promises, now: datetime) -> dict[str, int]:
    """How many of the stages that people were told of lie behind each clock, by the clock's kind, as promised now."""
    told: dict[str, int] = {}
    for clock in ticket.clocks:
        stages = (promises.stage(clock, level, number) for number in range(clock.told))
        told[clock.kind.value] = sum(1 for stage in stages if stage is not None and stage.fires <= now)
    return told


def _epoch(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
