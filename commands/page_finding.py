"""Finding the page that somebody means: by its number, its ticket or the code of a text, or because it calls them."""

from __future__ import annotations

from bot.domain.contacts import PHONE_KINDS
from bot.domain.errors import BadValue, NotFound
from bot.domain.paging import Attempt, Missed, Page, Trigger
from bot.ports import UnitOfWork
from commands.answers import cut
from commands.spec import Caller

CODE = 6
LIST = "Try: /page list"
MOST = 1000
SHOWN = 5
KEY = "key:"
"""Before an attempt's secret: whoever has it holds the telephone that rings."""


def page_meant(work: UnitOfWork, text: str, caller: Caller) -> tuple[Page, Attempt | None]:
    """The page of "7" or "p7", the newest live one of ticket "#42" (or of "42", where no page has that number), or the
    one of a code or a key that the caller was sent, with the attempt that it came by. Raises BadValue or NotFound."""
    if text.startswith(KEY):
        held = work.pages.by_token(text.removeprefix(KEY))
        if held is None:
            raise NotFound("That telephone does not ring.", LIST)
        return work.pages.get(held.page), held
    wanted = text.strip().casefold()
    if len(wanted) == CODE and wanted.isdigit() and (attempt := _of_code(work, wanted, caller)) is not None:
        return work.pages.get(attempt.page), attempt
    kind, number = numbered(wanted)
    if kind == "#":
        return of_ticket(work, number), None
    try:
        return work.pages.get(number), None
    except NotFound:
        if kind == "p":
            raise
        return of_ticket(work, number), None


def calling(work: UnitOfWork, caller: Caller, words: str) -> Page:
    """The page that somebody means who names none: the one open page that has called them and that they did not pass
    on. One that calls others alone is not meant: whoever is late for their own would take it, or pass it on, unseen.
    Raises NotFound, and BadValue with what to type (`words`) for each."""
    pages = [one for one in work.pages.live(MOST) if one.open and one.trigger is not Trigger.TEST]
    if not pages:
        raise NotFound("Nobody is being called.", LIST)
    last = {one.page: one for one in work.pages.attempts_of(caller.id, min(one.started_at for one in pages))}
    mine = [one for one in pages if one.id in last and last[one.id].result != Missed.PASSED_ON.value]
    if len(mine) == 1:
        return mine[0]
    known = ", ".join(f"{words} {one.id} ({_about(work, one)})" for one in (mine or pages)[-SHOWN:])
    if mine:
        raise BadValue(f"{len(mine)} pages call you.", f"Which one? {known}")
    raise BadValue("No page calls you.", f"Those that call others: {known}")


def _about(work: UnitOfWork, page: Page) -> str:
    if page.ticket is None:
        return cut(page.reason, 40) or page.trigger.value
    return f"#{page.ticket} {cut(work.tickets.get(page.ticket).subject, 40)}"


def numbered(text: str) -> tuple[str, int]:
    """ "p7" → ("p", 7), "#42" → ("#", 42), "42" → ("", 42). Raises BadValue."""
    wanted = text.strip().casefold()
    kind = wanted[:1] if wanted[:1] in ("p", "#") else ""
    digits = wanted.removeprefix("page").removeprefix(kind).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise BadValue(f"“{text[:40]}” is no page.", "A page is named by its number (7 or p7) or its ticket (#42).")
    return kind, int(digits)


def of_ticket(work: UnitOfWork, number: int) -> Page:
    """The newest page of the ticket, one that is live before all others. Raises NotFound."""
    pages = work.pages.live_of_ticket(number) or work.pages.of_ticket(number)
    if not pages:
        raise NotFound(f"There is no page {number}, and none about #{number}.", LIST)
    return max(pages, key=lambda page: page.id)


def _of_code(work: UnitOfWork, code: str, caller: Caller) -> Attempt | None:
    """The attempt that sent this code to one of the caller's own numbers."""
    numbers = {one.address for one in work.contacts.of(caller.id) if one.kind in PHONE_KINDS}
    found = (work.pages.by_code(number, code) for number in sorted(numbers))
    return next((one for one in found if one is not None), None)
