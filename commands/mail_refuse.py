"""/mail refuse: mail that waits is nobody's ticket."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Tone, say
from bot.domain.errors import Conflict
from bot.domain.people import Role
from bot.intake_ports import MailState
from bot.ports import UnitOfWork
from commands.spec import BLANK, Caller, Text, command


@command(
    "mail refuse",
    role=Role.STAFF,
    mail="Its number, as /mail held names it",
    reason="Why",
    examples=("mail refuse 1", "mail refuse 1 it is advertising"),
)
def mail_refuse(caller: Caller, work: UnitOfWork, *, mail: int, reason: Text = BLANK) -> Card:
    """Refuse mail that waits: no ticket, and no answer to its sender."""
    found = work.mails.get(mail)
    if found.state is not MailState.HELD:
        raise Conflict(f"Mail {found.id} does not wait: it is {found.state.value}.", f"/mail show {found.id}")
    why = f"{caller.name} refused it" + (f": {reason}" if reason else "")
    work.mails.save(replace(found, state=MailState.REFUSED, reason=why))
    words = f"Mail {found.id} from {found.sender} is refused. It was a mistake? /mail open {found.id}"
    return say(words, tone=Tone.GOOD, data={"mail": found.id, "state": MailState.REFUSED.value})
