"""An IMAP server on loopback with one user and every kind of bad day (RFC 3501, and of its extensions what is said).

It answers as real servers do: `tests/adapters/email/mailboxes` runs the same stories over Dovecot and over it.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from tests.beside import LoopThread

USER, PASSWORD = "desk", "a-secret-word"
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|([^\s"()]+(?:\[[^\]]*\][^\s]*)?)')


@dataclass(slots=True)
class Message:
    uid: int
    raw: bytes
    flags: set[bytes]
    arrived: datetime


@dataclass(slots=True)
class Folder:
    validity: int = 1
    next: int = 1
    messages: list[Message] = field(default_factory=list)

    def add(self, raw: bytes, flags: set[bytes], arrived: datetime) -> None:
        self.messages.append(Message(self.next, raw, flags, arrived))
        self.next += 1


class ImapServer:
    """`extensions` are what it says it can, beside IMAP4rev1; `kept` the flags that its folders keep.

    Troubles: the next so many fetches are cut off in the middle (`cuts`); `ends_at` are UIDs whose fetch always ends
    the connection, `denies` those whose fetch is refused, `says_nothing_of` those whose size and date it leaves out;
    while `deaf` it answers nothing; `refusal` is said to whoever signs in. `sign_ins` counts those who tried, and
    `commands` are the names of all that were given.
    """

    def __init__(self, *extensions: str, kept: str = r"\Answered \Flagged \Deleted \Seen \Draft \*") -> None:
        self.extensions = extensions or ("IDLE", "MOVE", "UIDPLUS", "NAMESPACE")
        self.kept = kept
        self.folders = {"INBOX": Folder()}
        self.token = ""
        self.refusal = ""
        self.cuts = 0
        self.ends_at: set[int] = set()
        self.denies: set[int] = set()
        self.says_nothing_of: set[int] = set()
        self.deaf = False
        self.makes_folders = True
        self.sign_ins = 0
        self.commands: list[str] = []
        self.port = 0
        self._talks: set[_Talk] = set()
        self._server: asyncio.Server | None = None
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        self._thread.start()
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.down()
        self._thread.stop()

    def settings(self, **rest: Any) -> dict[str, Any]:
        """A mailbox's section of the desk's settings."""
        usual = {"host": "localhost", "port": self.port, "security": "none", "user": USER, "password": PASSWORD}
        return {**usual, "address": "desk@example.com", **rest}

    # --- what happens to it, from any thread ------------------------------------------------------------------------

    def up(self) -> None:
        self._thread.does(self._up())

    def down(self) -> None:
        """Nobody gets in any more, and all connections end."""
        self._thread.does(self._down())

    def hangs_up(self) -> None:
        """All connections end without a word."""
        self._thread.does(self._hang_up())

    def waiting(self) -> int:
        """How many are in IDLE."""
        return sum(talk.idle is not None for talk in tuple(self._talks))

    def connected(self) -> int:
        return len(self._talks)

    def deliver(
        self, raw: bytes, *, seen: bool = False, flags: tuple[bytes, ...] = (), arrived: datetime | None = None
    ) -> None:
        async def delivered() -> None:
            box = self.folders["INBOX"]
            box.add(raw, {*flags, *([b"\\Seen"] if seen else [])}, arrived or datetime.now(UTC))  # noqa: TID251
            self.tells(box)

        self._thread.does(delivered())

    def counts_anew(self) -> None:
        """As after a restored backup: other UIDs, and another UIDVALIDITY."""
        for folder in self.folders.values():
            folder.validity += 1
            folder.next = 1
            for message in folder.messages:
                message.uid, folder.next = folder.next, folder.next + 1

    def tells(self, folder: Folder) -> None:
        """Those who wait in that folder hear of what is new in it."""
        for talk in self._talks:
            talk.news(folder)

    async def _up(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=2**24)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _down(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await self._hang_up()
            await server.wait_closed()

    async def _hang_up(self) -> None:
        talks = tuple(self._talks)
        for talk in talks:
            talk.ends()
        await asyncio.gather(*(talk.over.wait() for talk in talks))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self, reader, writer)
        self._talks.add(talk)
        try:
            await talk.goes_on()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._talks.discard(talk)
            writer.transport.abort()
            talk.over.set()


class _No(Exception):
    """Said to a command that cannot be done."""


class _Talk:
    """One connection."""

    def __init__(self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._folder: Folder | None = None
        self.idle: bytes | None = None
        self.over = asyncio.Event()

    def ends(self) -> None:
        self._writer.transport.abort()
        self._reader.feed_eof()

    def news(self, folder: Folder) -> None:
        if self.idle is not None and self._folder is folder and not self._server.deaf:
            self._say(f"* {len(folder.messages)} EXISTS")

    async def goes_on(self) -> None:
        self._say(f"* OK [CAPABILITY {self._can()}] ready")
        while line := await self._reader.readline():
            if self._server.deaf:
                continue
            tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
            if self.idle is not None:
                self._say(f"{self.idle.decode()} OK Idle completed.")
                self.idle = None
                continue
            name, _, arguments = rest.partition(b" ")
            if name.upper() == b"UID":
                name, _, arguments = arguments.partition(b" ")
            self._server.commands.append(name.decode().upper())
            try:
                done = getattr(self, f"_{name.decode().lower()}")(tag, arguments)
                said = await done if asyncio.iscoroutine(done) else done
            except _No as no:
                self._say(f"{tag.decode()} NO {no}")
                continue
            if said is not None:
                self._say(f"{tag.decode()} OK {said or 'Completed.'}")
            if name.upper() == b"LOGOUT":
                return
            await self._writer.drain()

    # --- without a folder -------------------------------------------------------------------------------------------

    def _capability(self, tag: bytes, arguments: bytes) -> str:
        self._say(f"* CAPABILITY {self._can()}")
        return ""

    def _noop(self, tag: bytes, arguments: bytes) -> str:
        return ""

    def _logout(self, tag: bytes, arguments: bytes) -> str:
        self._say("* BYE")
        return ""

    def _login(self, tag: bytes, arguments: bytes) -> str:
        self._server.sign_ins += 1
        self._let_in(list(_words(arguments)) == [USER.encode(), PASSWORD.encode()])
        return ""

    async def _authenticate(self, tag: bytes, arguments: bytes) -> str:
        self._server.sign_ins += 1
        self._say("+ ")
        given = base64.b64decode(await self._reader.readline()).decode()
        right = given == f"user={USER}\x01auth=Bearer {self._server.token}\x01\x01"
        if not right:
            # The explanation is answered with nothing, and only then comes the refusal.
            self._say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            assert await self._reader.readline() == b"\r\n"
        self._let_in(right)
        return ""

    def _let_in(self, right: bool) -> None:
        if self._server.refusal:
            raise _No(self._server.refusal)
        if not right:
            raise _No("[AUTHENTICATIONFAILED] Authentication failed.")

    def _namespace(self, tag: bytes, arguments: bytes) -> str:
        self._say('* NAMESPACE (("" "/")) NIL NIL')
        return ""

    def _list(self, tag: bytes, arguments: bytes) -> str:
        """Of a whole name, or of all."""
        _, name = _words(arguments)
        for folder in self._server.folders:
            if name.decode() in ("*", folder):
                self._say(f'* LIST () "/" "{folder}"')
        return ""

    def _create(self, tag: bytes, arguments: bytes) -> str:
        (name,) = _words(arguments)
        if not self._server.makes_folders:
            raise _No("[CANNOT] Permission denied")
        if name.decode() in self._server.folders:
            raise _No("[ALREADYEXISTS] Mailbox already exists")
        self._server.folders[name.decode()] = Folder()
        return ""

    def _subscribe(self, tag: bytes, arguments: bytes) -> str:
        return ""

    def _select(self, tag: bytes, arguments: bytes) -> str:
        (name,) = _words(arguments)
        self._folder = self._named(name)
        self._say(r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)")
        self._say(f"* {len(self._folder.messages)} EXISTS")
        self._say("* 0 RECENT")
        self._say(f"* OK [PERMANENTFLAGS ({self._server.kept})] kept")
        self._say(f"* OK [UIDVALIDITY {self._folder.validity}] valid")
        self._say(f"* OK [UIDNEXT {self._folder.next}] next")
        return "[READ-WRITE] Select completed."

    def _idle(self, tag: bytes, arguments: bytes) -> None:
        self.idle = tag
        self._say("+ idling")

    # --- in a folder ------------------------------------------------------------------------------------------------

    def _search(self, tag: bytes, arguments: bytes) -> str:
        words = list(_words(arguments))
        found = self._there().messages
        while words:
            word = words.pop(0).upper()
            if word == b"UID":
                chosen = self._chosen(words.pop(0))
                found = [one for one in found if one in chosen]
            elif word == b"UNKEYWORD":
                keyword = words.pop(0)
                found = [one for one in found if keyword not in one.flags]
            elif word == b"SINCE":
                day = datetime.strptime(words.pop(0).decode(), "%d-%b-%Y").replace(tzinfo=UTC).date()
                found = [one for one in found if one.arrived.date() >= day]
            elif word in (b"UNSEEN", b"UNDELETED"):
                flag = b"\\" + word[2:].capitalize()
                found = [one for one in found if flag not in one.flags]
            elif word != b"ALL":
                raise _No(f"[BAD] {word!r}")
        self._say("* SEARCH" + "".join(f" {one.uid}" for one in found))
        return ""

    async def _fetch(self, tag: bytes, arguments: bytes) -> str | None:
        which, _, what = arguments.partition(b" ")
        for message in self._chosen(which):
            if b"BODY" not in what and message.uid in self._server.says_nothing_of:
                continue
            if b"BODY" in what:
                if message.uid in self._server.denies:
                    raise _No("[SERVERBUG] Internal error occurred.")
                if self._server.cuts or message.uid in self._server.ends_at:
                    self._server.cuts = max(0, self._server.cuts - 1)
                    half = self._answer(message, what)
                    self._writer.write(half[: len(half) // 2])
                    await self._writer.drain()
                    raise ConnectionError
            self._writer.write(self._answer(message, what))
            await self._writer.drain()
        return ""

    def _answer(self, message: Message, what: bytes) -> bytes:
        parts = [f"UID {message.uid}".encode()]
        if b"FLAGS" in what:
            parts.append(b"FLAGS (" + b" ".join(sorted(message.flags)) + b")")
        if b"RFC822.SIZE" in what:
            parts.append(f"RFC822.SIZE {len(message.raw)}".encode())
        if b"INTERNALDATE" in what:
            parts.append(message.arrived.strftime('INTERNALDATE "%d-%b-%Y %H:%M:%S %z"').encode())
        if asked := re.search(rb"BODY\.PEEK\[\](?:<0\.(\d+)>)?", what):
            raw = message.raw[: int(asked[1])] if asked[1] else message.raw
            parts.append((b"BODY[]<0>" if asked[1] else b"BODY[]") + b" {%d}\r\n" % len(raw) + raw)
        number = self._there().messages.index(message) + 1
        return b"* %d FETCH (" % number + b" ".join(parts) + b")\r\n"

    def _store(self, tag: bytes, arguments: bytes) -> str:
        which, _, flags = arguments.split(b" ", 2)
        for message in self._chosen(which):
            message.flags |= set(flags.strip(b"()").split())
        return ""

    def _copy(self, tag: bytes, arguments: bytes) -> str:
        which, name = _words(arguments)
        folder = self._named(name)
        for message in self._chosen(which):
            folder.add(message.raw, set(message.flags), message.arrived)
        self._server.tells(folder)
        return ""

    def _move(self, tag: bytes, arguments: bytes) -> str:
        self._copy(tag, arguments)
        self._remove(self._chosen(next(_words(arguments))))
        return ""

    def _expunge(self, tag: bytes, arguments: bytes) -> str:
        self._remove([one for one in self._chosen(arguments) if b"\\Deleted" in one.flags])
        return ""

    def _remove(self, messages: list[Message]) -> None:
        there = self._there().messages
        for message in messages:
            self._say(f"* {there.index(message) + 1} EXPUNGE")
            there.remove(message)

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _there(self) -> Folder:
        if self._folder is None:
            raise _No("[CLIENTBUG] No mailbox selected.")
        return self._folder

    def _named(self, name: bytes) -> Folder:
        if name.decode() not in self._server.folders:
            raise _No("[TRYCREATE] Mailbox doesn't exist")
        return self._server.folders[name.decode()]

    def _chosen(self, which: bytes) -> list[Message]:
        messages = self._there().messages
        last = messages[-1].uid if messages else 0
        chosen: set[int] = set()
        for part in which.decode().replace("*", str(last)).split(","):
            first, _, end = part.partition(":")
            low, high = sorted((int(first), int(end or first)))
            chosen |= {one.uid for one in messages if low <= one.uid <= high}
        return [one for one in messages if one.uid in chosen]

    def _can(self) -> str:
        return " ".join(("IMAP4rev1", *self._server.extensions))

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")


def _words(text: bytes) -> Iterator[bytes]:
    for quoted, listed, atom in _TOKEN.findall(text):
        yield re.sub(rb"\\(.)", rb"\1", quoted) or listed or atom
