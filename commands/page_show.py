"""/page show: a page's receipts, line by line: who was tried, how, and what came of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import Card, Line, Strong, Tone
from bot.domain.paging import Attempt, AttemptState, Page
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.page_words import evidence_of, masked, result_words, title_words, way_words, why_words
from commands.page_card import has_it
from commands.page_ends import name_of, tickets_of
from commands.page_finding import page_meant
from commands.spec import Caller, command

MOST = 60


@command(
    "page show",
    role=Role.VIEWER,
    writes=False,
    page="Which page: 7, or its ticket (#42)",
    examples=("page show 1",),
)
def page_show(caller: Caller, work: UnitOfWork, *, page: str) -> Card:
    """Show who was called by a page, and what came of each try."""
    found, _ = page_meant(work, page, caller)
    lines = receipts(work, found, caller)
    about: Line = (Strong(f"#{found.ticket}"), f"  {title_words(found)}") if found.ticket else (title_words(found),)
    return Card(
        title=about,
        badge=found.state.value,
        lines=(*_about(work, found), *lines, *(line for line in (has_it(work, found),) if line)),
        tone=Tone.BREACH if found.open else Tone.PLAIN,
        ticket=found.ticket,
        data={
            "page": found.id,
            "tickets": list(tickets_of(found)),
            "state": found.state.value,
            "acknowledged_by": found.acknowledged_by,
            "attempts": [evidence_of(one) for one in work.pages.attempts(found.id)],
        },
    )


def receipts(work: UnitOfWork, page: Page, caller: Caller, most: int = MOST) -> tuple[Line, ...]:
    """ "02:13:59  call 1 to Kim, +1 416 … 0199   rang 25 s, no answer": a line for each attempt that left a trace, in
    the reader's zone, the newest of them; what was never needed is counted."""
    zone = ZoneInfo(caller.zone(work.promises.policy.zone))
    lines: list[Line] = []
    counted: dict[tuple[str, str], int] = {}
    spare = 0
    for one in work.pages.attempts(page.id):
        if one.state is AttemptState.CANCELLED and one.submitted_at is None:
            spare += 1
            continue
        key = one.person, one.kind
        counted[key] = counted.get(key, 0) + 1
        at = one.submitted_at or one.ended_at or one.planned_for
        lines.append((f"{_time(at, zone, page)}  ", f"{_what(work, one, counted[key])}: ", _result(one, zone)))
    cut: tuple[Line, ...] = ((f"{len(lines) - most} earlier ones are not shown",),) if len(lines) > most else ()
    rest: tuple[Line, ...] = ((f"{spare} more {'was' if spare == 1 else 'were'} not needed",),) if spare else ()
    return (*cut, *lines[-most:], *rest)


def _about(work: UnitOfWork, page: Page) -> tuple[Line, ...]:
    why = why_words(page, {page.started_by: name_of(work, page.started_by)})
    more = ", ".join(f"#{number}" for number in page.tickets)
    return ((why,), *(((f"Joined by {more} of the same customer.",),) if more else ()))


def _what(work: UnitOfWork, one: Attempt, number: int) -> str:
    if not one.kind:
        return name_of(work, one.person) if one.person else "nobody"
    shown = masked(one.address)
    many = f" {number}" if one.kind == "call" else ""
    return f"{way_words(one.kind)}{many} to {name_of(work, one.person)}" + (f", {shown}" if shown else "")


def _result(one: Attempt, zone: ZoneInfo) -> str:
    words = result_words(one)
    if one.state is AttemptState.CONFIRMED and one.ended_at is not None:
        return words.replace(" → acknowledged", f" at {one.ended_at.astimezone(zone):%H:%M:%S} → acknowledged")
    return words


def _time(at: datetime, zone: ZoneInfo, page: Page) -> str:
    """With its day, where that is not the one on which the page started."""
    local = at.astimezone(zone)
    same = local.date() == page.started_at.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if same else f"{local:%a %H:%M:%S}"
