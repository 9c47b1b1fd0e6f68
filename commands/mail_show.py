"""/mail show: one message that came in, what became of it, and all that it says and quotes."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, When
from bot.domain.attachments import in_words
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState
from bot.views.ticket_card import iso
from bot.views.wording import listed
from commands.mail_kept import files_kept
from commands.mail_notices import VERIFIED, became, held_choices, who_wrote
from commands.spec import Caller, command


@command(
    "mail show",
    role=Role.STAFF,
    writes=False,
    mail="Its number, as /mail held and /ticket files name it",
    examples=("mail show 1",),
)
def mail_show(caller: Caller, work: UnitOfWork, *, mail: int) -> Card:
    """Show a message: who wrote it, what became of it, and all it says."""
    found = work.mails.get(mail)
    files = files_kept(found)
    facts: list[Line] = [
        ("From ", who_wrote(found), f" to the mailbox {found.mailbox}, ", When(found.received_at)),
        (became(found),),
        (VERIFIED.get(str(found.data.get("verified")), ""),),
        (f"Files: {listed(in_words(file) for file in files)}" if files else "",),
        (f"The whole message lies in files/{found.path}" if found.path else "",),
        (str(found.data.get("whole") or found.data.get("text") or ""),),
    ]
    return Card(
        title=(Strong(f"Mail {found.id}"), "  ", found.subject or "(no subject)"),
        lines=tuple(line for line in facts if any(line)),
        choices=held_choices(found) if found.state is MailState.HELD else (),
        ticket=found.ticket,
        data=_data(found),
    )


def _data(mail: Mail) -> dict[str, object]:
    return {
        "mail": mail.id,
        "state": mail.state.value,
        "ticket": mail.ticket,
        "sender": mail.sender,
        "subject": mail.subject,
        "received_at": iso(mail.received_at),
        "verified": mail.data.get("verified"),
        "reason": mail.reason,
        "path": mail.path,
    }
