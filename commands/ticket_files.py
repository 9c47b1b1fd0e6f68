"""/ticket files: which files a ticket has, who brought them, where they lie and what became of their copies."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, When
from bot.domain.attachments import Attached, attached, file_to_data, size_words
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import Copy, CopyState, UnitOfWork
from bot.views.ticket_card import iso
from commands.spec import Caller, command


@command("ticket files", role=Role.VIEWER, writes=False, ticket="Which ticket", examples=("ticket files 1",))
def ticket_files(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """List the files of a ticket and where they lie."""
    found = list(attached(work.tickets.history(ticket.number)))
    copies = {copy.key: copy for copy in work.files.of_ticket(ticket.number)}
    people = {staff.id: staff.name for staff in work.people.all()}
    lines: list[Line] = []
    for one in found:
        who = people.get(one.event.by, one.event.by)
        facts = " · ".join(part for part in (size_words(one.file.size), one.file.type, f"from {who}") if part)
        lines.append((When(one.event.at), "  ", Strong(one.file.name), f" · {facts}", _became(copies.get(one.key))))
        if one.file.link:
            lines.append((one.file.link,))
    mails = [mail for mail in work.mails.of_ticket(ticket.number) if mail.path]
    for mail in mails:
        line = f" · {mail.subject or '(no subject)'} · from {mail.sender} · files/{mail.path} · /mail show {mail.id}"
        lines.append((When(mail.received_at), "  ", Strong("the whole message"), line))
    return Card(
        (Strong(f"#{ticket.number}"), "  ", ticket.subject),
        lines=tuple(lines) or ((f"No files came with #{ticket.number}.",),),
        ticket=ticket.number,
        data={
            "ticket": ticket.number,
            "files": [_data(one, copies.get(one.key)) for one in found],
            "messages": [{"mail": mail.id, "path": mail.path, "at": iso(mail.received_at)} for mail in mails],
        },
    )


def _became(copy: Copy | None) -> str:
    if copy is None:
        return ""
    if copy.state is CopyState.COPIED:
        return f" · copied as files/{copy.path}"
    return f" · not copied: {copy.error}" if copy.state is CopyState.FAILED else " · being copied"


def _data(one: Attached, copy: Copy | None) -> dict[str, object]:
    kept = {"copy": copy.state.value, "path": copy.path, "error": copy.error} if copy is not None else {}
    return {**file_to_data(one.file), "at": iso(one.event.at), "by": one.event.by, "seq": one.event.seq, **kept}
