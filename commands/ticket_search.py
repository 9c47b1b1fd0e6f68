"""/ticket search: every word that was ever written on a ticket, found again."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.people import Role
from bot.ports import TicketFilter, UnitOfWork
from commands.answers import cut
from commands.spec import Caller, Text, command
from commands.tables import page_of


@command(
    "ticket search",
    role=Role.VIEWER,
    writes=False,
    text="Words, or how they begin; all must occur",
    page="Which page",
    examples=("ticket search printer", "ticket search queue grow --page 1"),
)
def ticket_search(caller: Caller, work: UnitOfWork, *, text: Text, page: int = 1) -> Card:
    """Search subjects, texts, replies and notes; closed tickets too."""
    wanted = TicketFilter(text=text, order="newest")
    words = " ".join(text.split())
    return page_of(caller, work, wanted, page, f"Tickets with “{cut(text, 80)}”", f"/ticket search {words} --page")
