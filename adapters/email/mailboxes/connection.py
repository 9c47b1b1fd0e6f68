"""One connection to a mailbox's IMAP server, in the few verbs that its reader needs."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import DELETED, SEEN, SocketTimeout
from imapclient.exceptions import IMAPClientReadOnlyError

from adapters.email.mailboxes.client import Client, Denied, Insecure, Lost, asked
from adapters.email.mailboxes.sign_in import sign_in
from adapters.email.tokens import Tokens
from bot.domain.errors import Refusal
from bot.settings import Mailbox

TAKEN = b"$Thirdline"
"""The keyword of a message that became a ticket, for whoever looks at the mailbox."""

AT_ONCE = 500
"""Messages named in one command: a line of some kilobytes, which every server takes (RFC 7162, 4 asks for 8192)."""

FEW = 8
"""Folders named to somebody who looked for another."""

LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message before it is fetched: its size in bytes, when it arrived (aware), and its flags."""

    size: int
    arrived: datetime
    flags: frozenset[bytes]

    @property
    def seen(self) -> bool:
        return SEEN in self.flags

    @property
    def taken(self) -> bool:
        return TAKEN.lower() in {flag.lower() for flag in self.flags}


class Connection:
    """Signed in, and in the folder. `heard` is called at each sign of life. For one thread."""

    def __init__(
        self,
        settings: Mailbox,
        *,
        trust: ssl.SSLContext | None,
        tokens: Tokens | None,
        limit: float,
        heard: Callable[[], None],
    ) -> None:
        """Raises Lost and Refusal."""
        self._host = settings.host
        self._heard = heard
        self._client = self._open(settings, trust, limit)
        try:
            self._secure(settings, trust)
            with self._asked():
                sign_in(self._client, settings, tokens)
                self.idles = self._client.has_capability("IDLE")
            self._select(settings.folder)
        except BaseException:
            self.drop()
            raise

    # --- the folder -----------------------------------------------------------------------------------------------

    @property
    def validity(self) -> int:
        """The folder's UIDVALIDITY; 0 where the server keeps none."""
        return int(self._folder.get(b"UIDVALIDITY", 0))

    def last(self) -> int:
        """The highest UID before what comes from now on."""
        coming = self._folder.get(b"UIDNEXT")
        # A server need not say what comes next (RFC 3501, 6.3.1).
        return int(coming) - 1 if coming is not None else max(self._search("ALL"), default=0)

    def after(self, mark: int) -> list[int]:
        """Above that UID, neither taken nor deleted."""
        # "9:*" names the last message even where its UID is below 9 (RFC 3501, 6.4.8).
        return [uid for uid in self._search("UID", f"{mark + 1}:*") if uid > mark]

    def news(self) -> bool:
        """Whether the server told of messages, in passing, since this was asked last: it tells once, mostly at the end
        of the very command that did not see them yet, and waiting for news would be in vain."""
        return bool(self._client.exists())

    def unread(self) -> list[int]:
        return self._search("UNSEEN")

    def since(self, day: date) -> list[int]:
        """What arrived on that day of the server's or later."""
        return self._search("SINCE", day)

    def envelopes(self, uids: Sequence[int]) -> dict[int, Envelope]:
        """Of those that are still there: of what the server tells nothing of, as well, for as long as it finds it."""
        told = dict(self._fetched(uids, "FLAGS", "RFC822.SIZE", "INTERNALDATE"))
        untold = [uid for uid in uids if uid not in told]
        told |= {uid: {} for uid in self._still(untold)}
        return {
            uid: Envelope(
                data.get(b"RFC822.SIZE") or 0,
                data.get(b"INTERNALDATE") or LONG_AGO,
                frozenset(data.get(b"FLAGS") or ()),
            )
            for uid, data in told.items()
        }

    def _still(self, uids: Sequence[int]) -> Iterator[int]:
        for start in range(0, len(uids), AT_ONCE):
            with self._asked():
                yield from self._client.search(["UID", ",".join(map(str, uids[start : start + AT_ONCE]))])

    def contents(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages, and none is seen for that."""
        return {uid: data[b"BODY[]"] for uid, data in self._fetched(uids, "BODY.PEEK[]") if data.get(b"BODY[]")}

    def beginning(self, uid: int, size: int) -> bytes:
        """The message's first `size` bytes; empty when it is gone."""
        for found, data in self._fetched([uid], f"BODY.PEEK[]<0.{size}>"):
            if found == uid:
                return bytes(data.get(b"BODY[]<0>") or b"")
        return b""

    def has(self, folder: str) -> bool:
        """Whether there is such a folder, by this name or below the one that the server wants."""
        with self._asked():
            return any(self._client.folder_exists(name) for name in dict.fromkeys((folder, self._prefix() + folder)))

    # --- what is done to messages -----------------------------------------------------------------------------------

    def sign(self, uids: Sequence[int]) -> None:
        """Seen, and taken, as far as the folder keeps such flags."""
        flags = [flag for flag, kept in ((SEEN, self._keeps(SEEN)), (TAKEN, self._keyword)) if kept]
        if flags and uids:
            with self._asked():
                self._client.add_flags(uids, flags, silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Into that folder, which is made where it is missing. Raises Denied."""
        if not uids:
            return None
        try:
            return self._move(uids, folder)
        except Denied:
            pass  # Most likely there is no such folder; whatever else it is, the second answer says it.
        # Some servers keep all folders of an account below one name, such as "INBOX." (RFC 2342).
        for name in dict.fromkeys((folder, self._prefix() + folder)):
            with suppress(Denied), self._asked():
                self._client.create_folder(name)
            with suppress(Denied), self._asked():
                self._client.subscribe_folder(name)
            try:
                return self._move(uids, name)
            except Denied as error:
                reason = error
        raise reason

    def _move(self, uids: Sequence[int], folder: str) -> None:
        with self._asked():
            if self._client.has_capability("MOVE"):
                self._client.move(uids, folder)
                return
            self._client.copy(uids, folder)
            self._client.add_flags(uids, [DELETED], silent=True)
            # A plain EXPUNGE would take with it what a person has marked as deleted.
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)

    def _prefix(self) -> str:
        with suppress(Denied), self._asked():
            if self._client.has_capability("NAMESPACE"):
                personal = self._client.namespace().personal
                return str(personal[0][0]) if personal else ""
        return ""

    # --- waiting ----------------------------------------------------------------------------------------------------

    def wait(self, seconds: float, wake: socket.socket) -> None:
        """Until the server has news, `wake` can be read, or the time is over; without IDLE, there is no news."""
        if not self.idles:
            _readable([wake], seconds)
            with self._asked():
                self._client.noop()
            return
        with self._asked():
            self._client.idle()
            news = self._client.socket()
            # What lies decrypted in the library is seen by no selector.
            if not (isinstance(news, ssl.SSLSocket) and news.pending()):
                _readable([news, wake], seconds)
            # Its answer is the heartbeat: where the connection is gone, it is found out here.
            self._client.idle_done()

    def close(self) -> None:
        """Say good-bye."""
        with suppress(Exception):
            self._client.logout()

    def drop(self) -> None:
        """Without a word: the other side may not be there."""
        with suppress(Exception):
            self._client.shutdown()

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _open(self, settings: Mailbox, trust: ssl.SSLContext | None, limit: float) -> Any:
        try:
            with self._asked():
                return Client(
                    settings.host,
                    settings.port,
                    ssl=settings.security == "tls",
                    # To read all certificates of the system takes a while, so only where they are needed.
                    ssl_context=(trust or ssl.create_default_context()) if settings.security == "tls" else None,
                    timeout=SocketTimeout(limit, limit),
                )
        except Insecure as error:
            raise Refusal(str(error), error.cure) from error
        except Denied as error:
            raise Lost(f"{self._host} takes no connection now") from error

    def _secure(self, settings: Mailbox, trust: ssl.SSLContext | None) -> None:
        if settings.security != "starttls":
            return
        if not self._client.has_capability("STARTTLS"):
            raise Refusal(
                f"{self._host} offers no STARTTLS on port {settings.port}, and nothing goes unencrypted.",
                'Write security = "tls" and the port for it, mostly 993.',
            )
        try:
            with self._asked():
                self._client.starttls(trust or ssl.create_default_context())
        except Insecure as error:
            raise Refusal(str(error), error.cure) from error
        except Denied as error:
            raise Lost(f"{self._host} does not begin STARTTLS") from error

    def _select(self, folder: str) -> None:
        try:
            with self._asked():
                try:
                    self._folder: Mapping[bytes, Any] = self._client.select_folder(folder)
                except IMAPClientReadOnlyError:
                    # Then nothing can be flagged or moved, and the mark is all that we have.
                    self._folder = {**self._client.select_folder(folder, readonly=True), b"PERMANENTFLAGS": ()}
        except Denied as error:
            raise Refusal(
                f"{self._host} does not open the folder “{folder}”.",
                f'Look at its name: folder = "INBOX".{self._those_there()}',
            ) from error
        self.news()
        self._keyword = self._keeps(TAKEN) or self._keeps(b"\\*")

    def _those_there(self) -> str:
        """ " There are: INBOX, Sent", the first few; "" where the server does not say."""
        with suppress(Denied, Lost), self._asked():
            found = self._client.list_folders()
            names = sorted(str(name) for flags, _, name in found if b"\\noselect" not in {one.lower() for one in flags})
            more = ", …" if len(names) > FEW else ""
            return f" There are: {', '.join(names[:FEW])}{more}" if names else ""
        return ""

    def _keeps(self, flag: bytes) -> bool:
        # Without that answer all flags are kept (RFC 3501, 7.1).
        kept = self._folder.get(b"PERMANENTFLAGS", (SEEN, b"\\*"))
        return flag.lower() in {one.lower() for one in kept}

    def _search(self, *criteria: Any) -> list[int]:
        """Deleted by a person, or by a filter of theirs, is dealt with."""
        untaken = ["UNKEYWORD", TAKEN.decode()] if self._keyword else []
        with self._asked():
            return sorted(self._client.search([*criteria, "UNDELETED", *untaken]))

    def _fetched(self, uids: Sequence[int], *what: str) -> Iterator[tuple[int, Mapping[bytes, Any]]]:
        for start in range(0, len(uids), AT_ONCE):
            with self._asked():
                found = self._client.fetch(uids[start : start + AT_ONCE], what)
            yield from found.items()

    def _asked(self) -> AbstractContextManager[None]:
        return asked(self._host, self._heard)


def _readable(sockets: Sequence[socket.socket], seconds: float) -> None:
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        selector.select(seconds)
