"""/page pass: I cannot take it. The next ones are called at once."""

from __future__ import annotations

from bot.cards import Card, Tone, say
from bot.domain.errors import Conflict
from bot.domain.escalating import is_chat, may_become
from bot.domain.paging import Attempt, AttemptState, Page, Trigger
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.page_ends import being_called, name_of
from commands.page_finding import calling, page_meant
from commands.page_steps import pass_on
from commands.spec import Caller, command


@command(
    "page pass",
    page="Which page: 7, or its ticket (#42); the one that calls you if you give none",
    examples=("page pass", "page pass 1"),
)
def page_pass(caller: Caller, work: UnitOfWork, *, page: str = "") -> Card:
    """Pass a page on: the next ones are called now."""
    found, attempt = page_meant(work, page, caller) if page else (calling(work, caller, "/page pass"), None)
    must_be_open(work, found)
    after = pass_on(work, found, attempt or _reached(work, found, caller.id), caller.now, caller.id)
    names = listed(name for name in being_called(work, after) if name != caller.name)
    told = f"{names} {'are' if ' and ' in names else 'is'} being called now." if names else "The alarm goes on."
    return say(f"Page {after.id} is passed on. {told}", tone=Tone.GOOD, ticket=after.ticket, data={"page": after.id})


def must_be_open(work: UnitOfWork, page: Page) -> None:
    """Raises Conflict where nobody is being called by that page."""
    if page.open and page.trigger is not Trigger.TEST:
        return
    if page.acknowledged_by:
        raise Conflict(f"{name_of(work, page.acknowledged_by)} has page {page.id}.", f"/page show {page.id}")
    raise Conflict(f"Nobody is being called by page {page.id}.", f"/page show {page.id}")


def _reached(work: UnitOfWork, page: Page, person: str) -> Attempt | None:
    """The message that the button stands under, so that it shows as passed on."""
    mine = [one for one in work.pages.attempts(page.id) if one.person == person and is_chat(one.kind)]
    return next((one for one in reversed(mine) if may_become(one.state, AttemptState.MISSED)), None)
