"""/page ack: I have it. By the page's number, its ticket, the code of a text, or by nothing where one page calls."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Line, Tone, When, say
from bot.domain.paging import Attempt, Page, PageState, Trigger
from bot.ports import UnitOfWork
from commands.page_ends import acknowledge, name_of, tickets_of
from commands.page_finding import KEY, calling, page_meant
from commands.spec import Caller, command

CONSOLE = "console"


@command(
    "page ack",
    page="Which page: 7, its ticket (#42), or the code of a text; the one that calls you if you give none",
    examples=("page ack", "page ack 1"),
)
def page_ack(caller: Caller, work: UnitOfWork, *, page: str = "") -> Card:
    """Acknowledge a page: it is yours, and nobody else is called."""
    found, attempt = page_meant(work, page, caller) if page else (calling(work, caller, "/page ack"), None)
    via = _via(page, attempt)
    done = acknowledge(work, found, caller.id, via, caller.now, attempt)
    return taken(work, done.page, caller.id, first=done.first)


def taken(work: UnitOfWork, page: Page, person: str, *, first: bool) -> Card:
    """What whoever acknowledges is told: that it is theirs, or who was first and when."""
    data = {"page": page.id, "ticket": page.ticket, "first": first, "by": page.acknowledged_by}
    if first:
        mine = ", ".join(f"#{number}" for number in tickets_of(page))
        if page.trigger is Trigger.TEST:
            return say("Thank you. This phone reaches you.", tone=Tone.GOOD, data=data)
        words = f"Page {page.id} is yours{f', and so is {mine}' if mine else ''}. Nobody else is called for it."
        again: Line = _again(page)
        return Card(
            lines=tuple(line for line in ((words,), again) if line), tone=Tone.GOOD, ticket=page.ticket, data=data
        )
    if page.acknowledged_by == person and page.acknowledged_at is not None:
        return say(
            f"You have had page {page.id} since ", When(page.acknowledged_at), ".", ticket=page.ticket, data=data
        )
    if page.acknowledged_by and page.acknowledged_at is not None:
        who = name_of(work, page.acknowledged_by)
        return say(
            f"{who} acknowledged page {page.id} at ",
            _when(page.acknowledged_at),
            f" by {page.acknowledged_via}. There is nothing left to do for it.",
            tone=Tone.REFUSAL,
            ticket=page.ticket,
            data=data | {"error": "already acknowledged"},
        )
    if page.open:
        words = f"Page {page.id} is a test: only a key that is pressed on that telephone passes it."
        return say(words, tone=Tone.REFUSAL, data=data | {"error": "a test"})
    over = f"Page {page.id} is over: nobody needs to be called any more."
    return say(over, tone=Tone.REFUSAL, ticket=page.ticket, data=data | {"error": "over"})


def _again(page: Page) -> Line:
    if page.state is not PageState.ACKNOWLEDGED or page.due is None:
        return ()
    return (f"If nothing happens on #{page.ticket} until ", When(page.due, "time"), ", it calls again.")


def _when(at: datetime) -> When:
    return When(at, "time")


def _via(page: str, attempt: Attempt | None) -> str:
    """Buttons say the page outright."""
    if attempt is not None:
        return "key" if page.startswith(KEY) else "code"
    return "button" if page.startswith("p") else "command"
