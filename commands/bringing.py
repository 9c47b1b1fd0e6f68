"""Files that come with somebody's words: written into the history with them, and copied where a copy is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.attachments import MOST, file_to_data
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import Copy, CopyState, UnitOfWork
from commands.spec import Caller

_BRING = frozenset(
    {Deed.OPENED, Deed.NOTED, Deed.ATTACHED, Deed.REPLIED, Deed.CALLED, Deed.REMOTE, Deed.SAID, Deed.CLOSED}
)
"""The deeds with which somebody says something. What follows from one in the same breath does not bring it again."""

BRINGING = frozenset(
    f"ticket {verb}" for verb in ("open", "note", "attach", "reply", "call", "remote", "said", "close")
)
"""The commands that do them: each records the files that came with its words."""


def brought(caller: Caller, deed: Deed) -> dict[str, Any]:
    """What the event says of the files that came with it."""
    if deed not in _BRING or not caller.speaker.files:
        return {}
    return {"files": [file_to_data(file) for file in caller.speaker.files[:MOST]]}


def want_copies(caller: Caller, work: UnitOfWork, ticket: Ticket, deed: Deed) -> None:
    """Have those copied that can be fetched, and note where those lie that the desk has; `ticket` is as the event has
    left it."""
    if deed not in _BRING:
        return
    for number, file in enumerate(caller.speaker.files[:MOST], start=1):
        if file.source:
            platform = caller.speaker.platform
            copy = Copy(ticket.number, ticket.seq, number, platform, file.name, file.type, file.source)
            work.files.want(copy, caller.now)
        elif file.kept:
            here = Copy(ticket.number, ticket.seq, number, caller.speaker.platform, file.name, file.type, "")
            work.files.want(replace(here, state=CopyState.COPIED, path=file.kept), caller.now)
