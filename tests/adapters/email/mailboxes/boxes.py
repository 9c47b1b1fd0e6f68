"""One mailbox on either server, with what both can do, and a mail program that a person reads it with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from imapclient import IMAPClient

from tests.doubles.mail.dovecot import Dovecot
from tests.doubles.mail.imap import USER, ImapServer
from tests.doubles.mail.smtp import PASSWORD


class Box(Protocol):
    def settings(self, **rest: Any) -> dict[str, Any]: ...

    def deliver(self, raw: bytes, *, seen: bool = False, arrived: datetime | None = None) -> None: ...

    def goes(self) -> None:
        """Every connection ends, and nobody gets in."""

    def returns(self) -> None: ...

    def counts_anew(self) -> None:
        """While nobody is connected."""

    def program(self) -> Any:
        """As a context: a mail program that has opened the mailbox."""


class DovecotBox:
    def __init__(self, server: Dovecot, user: str) -> None:
        self._server = server
        self._user = user

    def settings(self, **rest: Any) -> dict[str, Any]:
        return self._server.settings(self._user, **rest)

    def deliver(self, raw: bytes, *, seen: bool = False, arrived: datetime | None = None) -> None:
        self._server.deliver(self._user, raw, seen=seen, arrived=arrived)

    def goes(self) -> None:
        self._server.down()

    def returns(self) -> None:
        self._server.up()

    def counts_anew(self) -> None:
        self._server.counts_anew(self._user)

    @contextmanager
    def program(self) -> Iterator[Any]:
        with _signed_in(self._server.port, self._user) as program:
            yield program


class ImapBox:
    def __init__(self, server: ImapServer) -> None:
        self._server = server

    def settings(self, **rest: Any) -> dict[str, Any]:
        return self._server.settings(**rest)

    def deliver(self, raw: bytes, *, seen: bool = False, arrived: datetime | None = None) -> None:
        self._server.deliver(raw, seen=seen, arrived=arrived)

    def goes(self) -> None:
        self._server.down()

    def returns(self) -> None:
        self._server.up()

    def counts_anew(self) -> None:
        self._server.counts_anew()

    @contextmanager
    def program(self) -> Iterator[Any]:
        with _signed_in(self._server.port, USER) as program:
            yield program


@contextmanager
def _signed_in(port: int, user: str) -> Iterator[Any]:
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=60) as program:
        program.login(user, PASSWORD)
        program.select_folder("INBOX")
        yield program


def subjects(program: Any, folder: str = "INBOX") -> list[str]:
    """What lies in a folder."""
    program.select_folder(folder)
    found = program.fetch(program.search("ALL"), ["BODY.PEEK[]"])
    # What is moved away meanwhile has none.
    lines = [line for data in found.values() for line in (data.get(b"BODY[]") or b"").splitlines()]
    return sorted(line[16:].decode() for line in lines if line.startswith(b"Subject: Letter"))


def flags(program: Any) -> dict[int, set[bytes]]:
    """Of what lies in the inbox."""
    program.select_folder("INBOX")
    every = program.search("ALL")
    return {uid: set(found) - {b"\\Recent"} for uid, found in program.get_flags(every).items()} if every else {}
