"""/page why: why somebody, or nobody, was called, from the record: rule and time, who was tried, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.cards import Card, Line, Strong, When
from bot.domain import agenda
from bot.domain.errors import NotFound
from bot.domain.history import Deed, Event
from bot.domain.paging import Page, Trigger
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.page_words import title_words, why_words
from commands.page_card import has_it
from commands.page_decisions import asked
from commands.page_ends import name_of
from commands.page_finding import numbered
from commands.page_show import receipts
from commands.spec import Caller, command

MOST_PAGES = 5
MOST_TRIES = 12


@command("page why", role=Role.VIEWER, writes=False, what="A ticket (42), or a page (p7)", examples=("page why 1",))
def page_why(caller: Caller, work: UnitOfWork, *, what: str) -> Card:
    """Say why somebody, or nobody, was called for a ticket."""
    kind, number = numbered(what)
    if kind == "p":
        return _of_page(caller, work, work.pages.get(number))
    try:
        ticket = work.tickets.get(number)
    except NotFound:
        if kind == "#":
            raise
        return _of_page(caller, work, work.pages.get(number))
    return _of_ticket(caller, work, ticket)


def _of_ticket(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Card:
    decisions = list(_decisions(work.tickets.history(ticket.number)))
    pages = list(reversed(work.pages.of_ticket(ticket.number)))
    lines: list[Line] = [line for line, _ in decisions]
    if not decisions and not pages:
        lines += _silent(caller, work, ticket)
    for page in pages[-MOST_PAGES:]:
        lines += _told(caller, work, page, ticket.number)
    return Card(
        (Strong(f"#{ticket.number}"), "  ", ticket.subject),
        lines=tuple(lines),
        ticket=ticket.number,
        data={
            "ticket": ticket.number,
            "decisions": [data for _, data in decisions],
            "pages": [page.id for page in pages],
        },
    )


def _of_page(caller: Caller, work: UnitOfWork, page: Page) -> Card:
    return Card(
        (Strong(f"Page {page.id}"), f"  {page.chain.name}"),
        lines=tuple(_told(caller, work, page, None)),
        ticket=page.ticket,
        data={"page": page.id, "ticket": page.ticket, "rule": page.rule, "why": page.reason},
    )


def _decisions(history: Sequence[Event]) -> Iterator[tuple[Line, dict[str, object]]]:
    """What was decided when the ticket was opened, warned of or late."""
    for event in history:
        made = event.data.get("page")
        if isinstance(made, dict):
            verdict = "somebody was called" if made.get("pages") else "nobody was called"
            yield (
                (When(event.at), f"  {_when(event)}, {verdict}. {made.get('why', '')}"),
                {"at": event.at.isoformat(), **made},
            )


def _when(event: Event) -> str:
    if event.deed is Deed.OPENED:
        return "When it was opened"
    if event.deed is Deed.ALERTED:
        stages = event.data.get("stages") or [["an alert", 0]]
        return f"At the {stages[-1][0]}" if not str(stages[-1][0]).endswith("%") else f"At {stages[-1][0]} of the time"
    return "When it changed"


def _told(caller: Caller, work: UnitOfWork, page: Page, number: int | None) -> Iterator[Line]:
    yield (When(page.started_at), "  ", Strong(title_words(page)))
    if number is not None and page.ticket != number:
        yield (f"  It is about #{page.ticket}; this ticket joined it, as both are the same customer's.",)
    rule = f" By the rule “{page.rule}”." if page.rule and page.rule not in page.reason else ""
    yield (f"  {why_words(page, {page.started_by: name_of(work, page.started_by)})}{rule}",)
    for line in receipts(work, page, caller, MOST_TRIES):
        yield ("  ", *line)
    if over := has_it(work, page):
        yield ("  ", *over)


def _silent(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Iterator[Line]:
    """Nothing has happened yet: what would, when its promise breaks."""
    if not work.rota.plan().rules:
        yield ("Nobody was called: the on-call plan has no paging table. `thirdline oncall check` looks at it.",)
        return
    yield (
        "Nobody was called, and nothing was decided: "
        "no warning came, and it was opened before the paging table was there.",
    )
    due = agenda.due(ticket, work.promises)
    if due is None or due <= caller.now:
        return
    decision = asked(work, ticket, Trigger.BREACH, due)
    if decision is not None:
        yield (
            "If it is late, ",
            When(due),
            f", {'somebody is' if decision.pages else 'nobody is'} called. {decision.why}",
        )
