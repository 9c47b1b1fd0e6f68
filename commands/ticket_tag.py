"""/ticket tag: words to find a ticket by."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards import Card
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.answers import done
from commands.record import record
from commands.spec import BLANK, Caller, Text, command

LONGEST = 40
MOST = 20


@command(
    "ticket tag",
    ticket="Which ticket",
    tags="One word, or several with commas",
    remove="Take them off instead",
    reason="Why",
    examples=("ticket tag 1 printer", "ticket tag 1 printer, toner", "ticket tag 2 mail --remove"),
)
def ticket_tag(
    caller: Caller,
    work: UnitOfWork,
    *,
    ticket: Ticket,
    tags: tuple[str, ...],
    remove: bool = False,
    reason: Text = BLANK,
) -> Card:
    """Add words to find a ticket by, or take them off."""
    number, wanted = ticket.number, tidy(tags or ("",))
    changed = [tag for tag in wanted if (tag in ticket.tags) == remove]
    if not changed:
        state = "has no tag" if remove else "has the tag"
        raise Conflict(f"#{number} {state} {listed(wanted)}{'' if remove else ' already'}.", f"/ticket show {number}")
    if not remove and len(ticket.tags) + len(changed) > MOST:
        raise BadValue(f"#{number} would have more than {MOST} tags.", f"/ticket tag {number} TAG --remove")
    ticket = record(caller, work, ticket, Deed.UNTAGGED if remove else Deed.TAGGED, reason, tags=changed)
    now = f"now {listed(sorted(ticket.tags))}" if ticket.tags else "now none"
    return done(work, ticket, f"Tags of #{number}: {now}.")


def tidy(tags: Iterable[str]) -> list[str]:
    """Tags in one spelling: lower case, without "#", each once. Raises BadValue for what cannot be a tag."""
    wanted = list(dict.fromkeys(tag.strip().removeprefix("#").casefold() for tag in tags))
    for tag in wanted:
        if not tag or len(tag) > LONGEST:
            raise BadValue(f"“{tag[:LONGEST]}” cannot be a tag.", f"A tag is a word of up to {LONGEST} characters.")
    return wanted
