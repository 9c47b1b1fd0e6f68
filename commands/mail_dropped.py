"""/mail dropped: the mail that was taken for a machine's, so that a person who was among it is found."""

from __future__ import annotations

from bot.cards import Card, Line, say
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.mail_held import MOST, mail_table
from commands.spec import Caller, command


@command("mail dropped", role=Role.STAFF, writes=False, examples=("mail dropped",))
def mail_dropped(caller: Caller, work: UnitOfWork) -> Card:
    """List the mail that a machine must have written, newest first."""
    mails = work.mails.dropped(MOST)
    if not mails:
        return say("No mail was dropped in the last 90 days.", data={"mails": []})
    hint: Line = ("A person among them? /mail show NUMBER, /mail open NUMBER --customer NAME",)
    return mail_table(mails, "why it was dropped", (hint,))
