"""Downloads: a file that somebody sent leaves the desk as bytes to keep, whatever it claims to be."""

from __future__ import annotations

from adapters.web.pages.file_names import disposition, told_type
from adapters.web.pages.visit import Reply, Turned
from bot.filing import Filing
from bot.ports import CopyState, UnitOfWork


def attachment(work: UnitOfWork, filing: Filing, ticket: int, seq: int, number: int) -> Reply:
    """The `number`th file of that line of a ticket's history. The caller has made sure that the visitor may see that
    line. Raises Turned (404), also where there is no copy of it."""
    copy = next((one for one in work.files.of_ticket(ticket) if one.key == (seq, number)), None)
    if copy is None or copy.state is not CopyState.COPIED or not copy.path:
        raise Turned(404)
    headers = {"Content-Disposition": disposition(copy.name), "Content-Type": told_type(copy.type)}
    return Reply(headers=headers, file=filing.path(copy.path))
