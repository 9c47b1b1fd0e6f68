"""/mail held: the mail that waits for a person to decide on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Choice, Line, Table, When, say
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Mail
from bot.views.ticket_card import iso
from commands.answers import cut
from commands.mail_notices import held_choices
from commands.spec import Caller, command

MOST = 20
WITH_BUTTONS = 1


@command("mail held", role=Role.STAFF, writes=False, examples=("mail held",))
def mail_held(caller: Caller, work: UnitOfWork) -> Card:
    """List the mail that waits for a person, oldest first."""
    mails = work.mails.held(MOST + 1)
    if not mails:
        return say("No mail waits for a person.", data={"mails": []})
    shown = mails[:MOST]
    more: tuple[Line, ...] = (("There is more than is shown here.",),) if len(mails) > MOST else ()
    choices: tuple[Choice, ...] = ()
    for mail in shown[:WITH_BUTTONS]:
        choices += held_choices(mail, str(mail.id))
    hint: Line = ("One by its number: /mail show NUMBER, /mail open NUMBER --customer NAME, /mail refuse NUMBER",)
    return mail_table(shown, "why it waits", (*more, hint), choices)


def mail_table(shown: Sequence[Mail], why: str, lines: tuple[Line, ...], choices: tuple[Choice, ...] = ()) -> Card:
    """Messages, a row each; `why` heads their reasons."""
    return Card(
        lines=lines,
        table=Table(("mail", "since", "from", "subject", why), tuple(_row(mail) for mail in shown)),
        choices=choices,
        data={"mails": [_data(mail) for mail in shown]},
    )


def _row(mail: Mail) -> tuple[Line, ...]:
    return (
        (f"{mail.id}",),
        (When(mail.received_at),),
        (cut(mail.sender, 60),),
        (cut(mail.subject, 60),),
        (cut(mail.reason, 80),),
    )


def _data(mail: Mail) -> dict[str, object]:
    return {
        "mail": mail.id,
        "received_at": iso(mail.received_at),
        "sender": mail.sender,
        "subject": mail.subject,
        "mailbox": mail.mailbox,
        "reason": mail.reason,
    }
