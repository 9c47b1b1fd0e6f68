"""/page resolve: nobody needs to be called any more."""

from __future__ import annotations

from bot.cards import Card, Tone, say
from bot.domain.errors import Conflict
from bot.domain.paging import PageState
from bot.ports import UnitOfWork
from commands.page_ends import resolve
from commands.page_finding import page_meant
from commands.spec import BLANK, Caller, Text, command


@command("page resolve", page="Which page: 7, or its ticket (#42)", reason="Why", examples=("page resolve 1",))
def page_resolve(caller: Caller, work: UnitOfWork, *, page: str, reason: Text = BLANK) -> Card:
    """End a page: nobody is called for it any more, and it does not come back."""
    found, _ = page_meant(work, page, caller)
    if found.state is PageState.RESOLVED:
        raise Conflict(f"Page {found.id} is over already.", f"/page show {found.id}")
    after = resolve(work, found, caller.now, caller.id, reason)
    return say(f"Page {after.id} is over.", tone=Tone.GOOD, ticket=after.ticket, data={"page": after.id})
