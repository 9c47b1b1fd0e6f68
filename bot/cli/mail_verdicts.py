"""Whose verdicts on senders stand in a mailbox: read from its newest messages, and nothing is changed there."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.email.mailboxes.client import Denied
from adapters.email.mailboxes.connection import Connection
from adapters.email.reading.head import Head
from adapters.email.tokens import Tokens
from bot.cli.mailbox_checks import LIMIT
from bot.domain.errors import Refusal
from bot.settings import Mailbox

MOST = 20
_BYTES = 64 * 1024


def verdicts_of(box: Mailbox) -> tuple[str, int]:
    """The one server that judges senders on top of all the newest messages, and of how many; "" where there is none, or
    where they do not agree: then some of it was written by strangers."""
    tokens = Tokens(box.oauth) if box.oauth is not None else None
    try:
        connection = Connection(box, trust=None, tokens=tokens, limit=LIMIT, heard=_nobody)
    except (ConnectionError, Refusal):
        return "", 0
    try:
        found = list(_servers(connection))
    except (ConnectionError, Denied):
        return "", 0
    finally:
        connection.close()
    return (found[0], len(found)) if len(set(found)) == 1 and found[0] else ("", 0)


def _servers(connection: Connection) -> Iterator[str]:
    """The name at the top of each message, "" where nobody judged it."""
    for uid in connection.after(0)[-MOST:]:
        head, _ = Head.of(connection.beginning(uid, _BYTES).partition(b"\r\n\r\n")[0])
        words = head.get("authentication-results").partition(";")[0].split()
        yield words[0].lower() if words and "=" not in words[0] else ""


def _nobody() -> None:
    """Nobody counts signs of life here."""
