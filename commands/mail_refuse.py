"""/mail refuse: mail that waits is nobody's ticket."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Tone, say
from bot.domain.customers import address
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.mail_notices import became, decided
from commands.spec import BLANK, Caller, Text, command

MOST_AT_ONCE = 500
"""Of one sender: others want to write meanwhile."""


@command(
    "mail refuse",
    role=Role.STAFF,
    mail="Its number, as /mail held names it",
    reason="Why",
    sender="An address, instead of a number: all that waits of it",
    examples=("mail refuse 1", "mail refuse 1 it is advertising", "mail refuse --sender kim@elsewhere.example"),
)
def mail_refuse(
    caller: Caller, work: UnitOfWork, *, mail: int | None = None, reason: Text = BLANK, sender: str = ""
) -> Card:
    """Refuse mail that waits: no ticket, and no answer to its sender."""
    if (mail is None) == (not sender):
        raise BadValue("Refuse which mail?", "/mail refuse NUMBER, or /mail refuse --sender ADDRESS")
    why = f"{caller.name} refused it" + (f": {reason}" if reason else "")
    if mail is None:
        return _refused_of(work, address(sender), why)
    found = work.mails.get(mail)
    if found.state is not MailState.HELD:
        raise Conflict(f"Mail {found.id} does not wait: {became(found)}.", f"/mail show {found.id}")
    _refuse(work, found, why)
    words = f"Mail {found.id} from {found.sender} is refused. It was a mistake? /mail open {found.id}"
    return say(words, tone=Tone.GOOD, data={"mail": found.id, "state": MailState.REFUSED.value})


def _refused_of(work: UnitOfWork, sender: str, why: str) -> Card:
    waiting = work.mails.held_of(sender, MOST_AT_ONCE + 1)
    if not waiting:
        raise NotFound(f"No mail from {sender} waits.", "All that does: /mail held")
    refused = waiting[:MOST_AT_ONCE]
    for one in refused:
        _refuse(work, one, why)
    what = "1 message" if len(refused) == 1 else f"{len(refused)} messages"
    more = " More of them wait: say it again." if len(waiting) > MOST_AT_ONCE else ""
    words = f"{what} from {sender} refused.{more} One was a mistake? /mail open {refused[0].id}"
    return say(words, tone=Tone.GOOD, data={"mails": [one.id for one in refused], "state": MailState.REFUSED.value})


def _refuse(work: UnitOfWork, mail: Mail, why: str) -> None:
    mail = replace(mail, state=MailState.REFUSED, reason=why)
    work.mails.save(mail)
    decided(work, mail)
