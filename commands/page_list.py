"""/page list: what is being called now, and who has what."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, Line, Table, When, say
from bot.domain.errors import BadValue
from bot.domain.paging import Page
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.answers import cut
from commands.page_ends import being_called, name_of
from commands.spec import Caller, command

MOST = 20
LONGEST = 92


@command(
    "page list",
    role=Role.VIEWER,
    writes=False,
    days="Those of so many days, and not the live ones alone",
    examples=("page list", "page list 7"),
)
def page_list(caller: Caller, work: UnitOfWork, *, days: int = 0) -> Card:
    """List the pages that somebody is called for, or has."""
    if not 0 <= days <= LONGEST:
        raise BadValue(f"{days} days are not listed.", f"From 1 to {LONGEST}.")
    live = work.pages.between(caller.now - timedelta(days=days), caller.now + timedelta(seconds=1)) if days else ()
    pages = list(live) if days else list(work.pages.live(MOST + 1))
    if not pages:
        return say("Nobody is being called." if not days else "There was no page.", data={"pages": []})
    shown = pages[-MOST:] if days else pages[:MOST]
    more: tuple[Line, ...] = ((f"and {len(pages) - len(shown)} more",),) if len(pages) > len(shown) else ()
    rows = tuple(_row(work, page) for page in shown)
    return Card(
        lines=more,
        table=Table(("page", "since", "about", "state"), rows),
        data={"pages": [{"page": one.id, "ticket": one.ticket, "state": one.state.value} for one in shown]},
    )


def _row(work: UnitOfWork, page: Page) -> tuple[Line, ...]:
    if page.ticket is not None:
        more = f" +{len(page.tickets)}" if page.tickets else ""
        about = f"#{page.ticket}{more} {cut(work.tickets.get(page.ticket).subject, 50)}"
    else:
        about = cut(page.reason, 50) or page.trigger.value
    return ((f"{page.id}",), (When(page.started_at),), (about,), _state(work, page))


def _state(work: UnitOfWork, page: Page) -> Line:
    if page.open:
        names = listed(being_called(work, page))
        return (f"{'LOUD, ' if page.loud_at else ''}calling {names or 'nobody'}",)
    if page.acknowledged_by and page.acknowledged_at is not None:
        return (f"{name_of(work, page.acknowledged_by)}, ", When(page.acknowledged_at, "time"))
    return ("over",)
