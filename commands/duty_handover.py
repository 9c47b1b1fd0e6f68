"""Hand-overs: before a shift ends, what is open and who comes; when one begins or ends, those whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.cards import Card, Choice, Line, Strong, Table, When
from bot.domain.agenda import due
from bot.domain.ticket import OPEN_STATES, Ticket
from bot.ports import DESK, Kind, News, TicketFilter, UnitOfWork
from bot.views.wording import listed
from commands.answers import cut
from commands.coverage import levels_of
from commands.oncall_changes import tell
from commands.oncall_rota import Rota, changes, standing

SHOWN = 10
BEHIND = timedelta(minutes=15)
"""What began so lately is still told: the desk may have been away."""
SUBJECT = 60


def handed_over(work: UnitOfWork, now: datetime) -> None:
    """Tell of every change of who is on call that has come, or comes within the plan's notice."""
    notice = timedelta(seconds=work.rota.plan().handover_seconds)
    rota = Rota(work, now - BEHIND, now + notice + timedelta(days=31))
    for schedule in rota.schedules:
        for at in changes(rota, schedule, now - BEHIND, now + notice + timedelta(seconds=1)):
            before = rota.duty(schedule).on_call(at - timedelta(seconds=1))
            after = rota.duty(schedule).on_call(at)
            if at > now:
                _ahead(work, rota, schedule, at, before, after)
            else:
                _begun(work, rota, schedule, at, before, after)


def _ahead(
    work: UnitOfWork, rota: Rota, schedule: str, at: datetime, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """The hand-over card, to both and to the desk."""
    key = f"handover:{schedule}:{int(at.timestamp())}:{'+'.join(after)}"
    card = handover_card(work, rota, schedule, at, before, after)
    for person in sorted({*before, *after} & set(rota.people)):
        work.outbox.post(News(Kind.NOTICE, f"@{person}", card, f"{key}:{person}"))
    work.outbox.post(News(Kind.NOTICE, DESK, card, f"{key}:desk"))


def handover_card(
    work: UnitOfWork, rota: Rota, schedule: str, at: datetime, before: tuple[str, ...], after: tuple[str, ...]
) -> Card:
    """Who comes, what is promised and not answered yet, and who holds it; pages that are still open."""
    levels = levels_of(rota.plan, schedule, work.promises.policy)
    promised = [(ends, one) for level in levels for one in _open(work, level) if (ends := due(one, work.promises))]
    promised.sort(key=lambda one: (one[0], one[1].number))
    lines: list[Line] = []
    if not after:
        lines.append((Strong("Nobody comes."), " To come in: /oncall take"))
    live = [page for page in work.pages.live() if not page.level or page.level in levels]
    if live:
        numbers = listed(f"{page.id}{f' (#{page.ticket})' if page.ticket else ''}" for page in live[:SHOWN])
        lines.append((f"Pages that are not done: {numbers}.",))
    if not promised:
        lines.append(("No open ticket of theirs waits for an answer.",))
    if len(promised) > SHOWN:
        lines.append((f"and {len(promised) - SHOWN} more: /ticket list",))
    rows = tuple(_row(rota, one, ends) for ends, one in promised[:SHOWN])
    return Card(
        title=(
            Strong("Hand-over"),
            f"  {schedule}: {rota.names(before) or 'nobody'} to {rota.names(after) or 'nobody'}, ",
            When(at),
        ),
        lines=tuple(lines),
        table=Table(("ticket", "subject", "due", "held by"), rows) if rows else None,
        choices=(Choice("Who is on call", "oncall who"), Choice("Open tickets", "ticket list")),
        data={"schedule": schedule, "at": int(at.timestamp()), "from": list(before), "to": list(after)},
    )


def _open(work: UnitOfWork, level: str) -> Iterable[Ticket]:
    return work.tickets.find(TicketFilter(states=OPEN_STATES, level=level, limit=SHOWN * 5))


def _row(rota: Rota, ticket: Ticket, ends: datetime) -> tuple[Line, ...]:
    held = rota.name(ticket.owner) if ticket.owner else "nobody"
    return ((f"#{ticket.number}",), (cut(ticket.subject, SUBJECT),), (When(ends),), (held,))


def _begun(
    work: UnitOfWork, rota: Rota, schedule: str, at: datetime, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Whoever is on call from now on, and whoever is not any more, knows it: by a shift as by an override."""
    key = f"duty:{schedule}:{int(at.timestamp())}"
    now = standing(rota, schedule, at)
    until: Line = (" until ", When(now.until)) if now.until else ()
    then = (f", then {rota.names(now.then) or 'nobody'}",) if now.until else ()
    comes = [one for one in after if one not in before]
    goes = [one for one in before if one not in after]
    instead = f" (in place of {rota.names(goes)})" if goes else ""
    tell(work, comes, f"{key}:on", (Strong("You are on call now"), f": {schedule}{instead}", *until, *then, "."))
    who = rota.names(after)
    has = f"{who} {'is' if len(after) == 1 else 'are'}" if after else "Nobody is"
    tell(work, goes, f"{key}:off", (Strong("You are off call"), f": {has} on call for {schedule} now."))
