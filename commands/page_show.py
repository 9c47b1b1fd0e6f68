"""/page show: a page's receipts, line by line: who was tried, how, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import Card, Line, Strong, Tone
from bot.domain.history import Deed, Event
from bot.domain.paging import Attempt, AttemptState, Page
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.page_words import evidence_of, masked, result_words, title_words, way_words, why_words
from bot.views.ticket_card import iso
from commands.page_card import has_it
from commands.page_ends import name_of, tickets_of
from commands.page_finding import page_meant
from commands.spec import CLOCK, Caller, command

MOST = 60
CUSTOMER = "customer"
_TURNS = ("loud", "again", "asked", "passed", "resolved")


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
            "attempts": [{"at": iso(one.submitted_at), **evidence_of(one)} for one in work.pages.attempts(found.id)],
            "turns": [
                {"at": iso(event.at), "did": event.data.get("did", event.deed.value), "by": event.by}
                for event in _turns(work, found)
            ],
        },
    )


def receipts(work: UnitOfWork, page: Page, caller: Caller, most: int = MOST) -> tuple[Line, ...]:
    """ "02:13:59  call 1 to Kim, +1 416 … 0199   rang 25 s, no answer": a line for each attempt that left a trace, and
    for the alarm, for who had it before and for who passed it on, in the reader's zone, the newest of them; what was
    never needed is counted."""
    zone = ZoneInfo(caller.zone(work.promises.policy.zone))
    tried: list[tuple[datetime, Line]] = []
    counted: dict[tuple[str, str], int] = {}
    spare = 0
    for one in work.pages.attempts(page.id):
        if one.state is AttemptState.CANCELLED and one.submitted_at is None:
            spare += 1
            continue
        key = one.person, one.kind
        counted[key] = counted.get(key, 0) + 1
        at = one.submitted_at or one.ended_at or one.planned_for
        tried.append((at, (f"{_what(work, one, counted[key])}: ", _result(one, zone))))
    tried.sort(key=lambda pair: pair[0])
    turns = [(event.at, (_turn_words(work, event),)) for event in _turns(work, page) if not _last_word(page, event)]
    told: list[tuple[datetime, Line]] = sorted([*turns, *tried[-most:]], key=lambda pair: pair[0])
    lines: list[Line] = [(f"{_time(at, zone, page)}  ", *words) for at, words in told]
    where = f": /page show {page.id}" if most < MOST else ""
    cut: tuple[Line, ...] = ((f"{len(tried) - most} earlier ones are not shown{where}",),) if len(tried) > most else ()
    rest: tuple[Line, ...] = ((f"{spare} more {'was' if spare == 1 else 'were'} not needed",),) if spare else ()
    return (*cut, *lines, *rest)


def _turns(work: UnitOfWork, page: Page) -> Sequence[Event]:
    """What happened to the page between its attempts, as its ticket's history has it."""
    if page.ticket is None:
        return ()
    return [
        event
        for event in work.tickets.history(page.ticket)
        if event.data.get("page") == page.id
        and (event.deed is Deed.ACKNOWLEDGED or (event.deed is Deed.PAGED and _is_turn(event)))
    ]


def _is_turn(event: Event) -> bool:
    return event.data.get("did") in _TURNS or bool(event.data.get("credit"))


def _last_word(page: Page, event: Event) -> bool:
    """Whoever has it now is told below all of it."""
    return event.deed is Deed.ACKNOWLEDGED and event.at == page.acknowledged_at and not page.open


def _turn_words(work: UnitOfWork, event: Event) -> str:
    if event.deed is Deed.ACKNOWLEDGED:
        return f"{name_of(work, event.by)} acknowledged by {event.data.get('via', 'hand')}."
    if event.data.get("credit"):
        return f"A per-incident credit was used for it, approved by {event.data.get('approved_by') or 'nobody'}."
    if event.data["did"] in ("again", "asked") and event.data.get("why"):
        more = "asked for it again" if event.data["did"] == "again" else "asked for it, too"
        return f"{name_of(work, event.by) if event.by != CUSTOMER else 'The customer'} {more}: {event.data['why']}"
    if event.data["did"] == "resolved":
        return f"{name_of(work, event.by)} ended it{f': {event.reason}' if event.reason else '.'}"
    if event.data["did"] == "again":
        return f"{name_of(work, str(event.data.get('was') or ''))} took it and nothing happened since: it calls again."
    if event.data["did"] == "passed":
        return "It was passed on." if event.by == CLOCK else f"{name_of(work, event.by)} passed it on."
    return "The alarm: nobody had answered."


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
