"""What `thirdline doctor` asks of one mailbox's IMAP server; it reads no message and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.email.mailboxes.client import Denied
from adapters.email.mailboxes.connection import Connection
from adapters.email.tokens import Tokens
from bot.cli.checks import Check, Verdict
from bot.settings import Mailbox

LIMIT = 10.0
"""Real seconds for each answer of the server's."""


def looks(name: str, box: Mailbox, cure: str) -> Iterator[Check]:
    """Whether it lets us in and has the folders; `cure` is for a server that is away. Raises Refusal, with its own."""
    called = f"mailbox {name}"
    tokens = Tokens(box.oauth) if box.oauth is not None else None
    try:
        connection = Connection(box, trust=None, tokens=tokens, limit=LIMIT, heard=_nobody)
    except ConnectionError as error:
        yield Check(called, Verdict.FAIL, f"{error}; tried {box.host}, port {box.port}", cure)
        return
    try:
        waits = "tells of new mail at once" if connection.idles else f"is asked every {box.poll} s, as it has no IDLE"
        yield Check(called, Verdict.OK, f"{box.host} lets {box.user} into {box.folder}, and {waits}")
        for what, folder in (("cannot be read", box.aside), ("was read", box.done)):
            if folder and not connection.has(folder):
                found = f"what {what} goes to the folder “{folder}”, which is made when it is first needed"
                yield Check(called, Verdict.OK, found)
    except (ConnectionError, Denied) as error:
        yield Check(called, Verdict.WARN, f"its folders cannot be listed: {error}", "Try again later.")
    finally:
        connection.close()


def _nobody() -> None:
    """Nobody counts signs of life here."""
