"""A mailbox's reader: it looks, waits for news and looks again, in a thread of its own, and mends its connection.

The rest of the desk is four functions to it: `take` gets each message, `remember` and `recall` keep how far it is read,
`told` hears what an operator must know.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from typing import Any

from adapters.email.mailboxes.client import Denied
from adapters.email.mailboxes.connection import Connection
from adapters.email.mailboxes.faults import Faults
from adapters.email.mailboxes.look import Book, Look, NotNow, Rules, Take
from adapters.email.mailboxes.pauses import Backoff, Pauses
from adapters.email.mailboxes.progress import Progress, as_fact, from_fact
from adapters.email.tokens import Tokens
from bot.domain.errors import Refusal
from bot.ports import Health, WallClock
from bot.settings import Mailbox

WORKERS = 4
"""Messages that are taken at the same time."""
CONNECTING = "connecting"
AT_THE_END = 10.0
"""Real seconds that what is under way gets when the desk stops."""
FACT = "mailbox "
"""What the progress is remembered by: this and the mailbox's name in the settings, whatever its server is called."""

log = logging.getLogger(__name__)


def always(name: str) -> bool:
    """The only desk there is holds every mailbox."""
    return True


class MailboxReader:
    """One mailbox of the settings, by its `name` there.

    `take` gets a message as the server has it and the mailbox's name, in any of a few threads, and returns once it is
    committed. The same message may come again, and then must change nothing. It raises NotNow where the message is not
    to blame; anything else it raises is held against the message, which is put aside after three times. `remember` and
    `recall` keep plain JSON values, durably; whatever they raise means: not now. `holder` is asked before each look
    whether this desk reads the mailbox. `most` is the largest message in bytes that is read whole.
    """

    def __init__(
        self,
        name: str,
        settings: Mailbox,
        take: Take,
        *,
        remember: Callable[[str, Any], None],
        recall: Callable[[str], Any],
        told: Callable[[str], None],
        clock: WallClock,
        most: int = 25 * 1024 * 1024,
        holder: Callable[[str], bool] = always,
        trust: ssl.SSLContext | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        """Raises Refusal."""
        if settings.folder == settings.aside:
            raise Refusal(
                f"The mailbox {name} puts aside what it cannot read into the folder that it reads.",
                'Name another folder: aside = "Thirdline-aside".',
            )
        self._name = name
        self._settings = settings
        self._take = take
        self._remember = remember
        self._recall = recall
        self._told = told
        self._clock = clock
        done = "" if settings.done == settings.folder else settings.done
        self._rules = Rules(name, settings.aside, done, most)
        self._holder = holder
        self._trust = trust
        self._tokens = Tokens(settings.oauth, trust=trust) if settings.oauth is not None else None
        self._pauses = pauses or Pauses()
        self._away = Backoff(self._pauses.first, self._pauses.most)
        self._refused = Backoff(self._pauses.refused, self._pauses.most_refused)
        self._trouble = CONNECTING
        self._refusal = ""
        self._well = ""
        self._heard_at: datetime | None = None
        self._connection: Connection | None = None
        self._faults = Faults()
        self._stop = Event()
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix=f"mail {name}")
        self._thread = Thread(target=self._run, name=f"mailbox {name}", daemon=True)

    # --- from outside -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """From now on the mailbox is read. A reader starts once."""
        self._thread.start()

    def look(self) -> None:
        """Look now, whatever it waits for. From any thread."""
        with suppress(OSError):
            self._waker.send(b".")

    def stop(self, seconds: float = AT_THE_END) -> None:
        """Let what is under way come to its end; blocks until then, but not longer than that."""
        self._stop.set()
        self.look()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        self._workers.shutdown(wait=False)
        if self._thread.ident is None:
            self._close()

    def health(self) -> Health:
        trouble = self._trouble
        # A server that refuses the desk is heard at each try, which tells nothing of the mail.
        heard_at = None if trouble and trouble == self._refusal else self._heard_at
        return Health(not trouble, trouble or self._well, heard_at, trouble == CONNECTING)

    # --- in its own thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn()
            except Exception as error:
                pause = self._told_of(error)
                # While the desk itself cannot, the connection is as good as before.
                if not isinstance(error, NotNow):
                    self._part(politely=False)
                self._rest(pause)
        self._trouble = "not connected"
        self._part()
        self._close()

    def _close(self) -> None:
        self._wake.close()
        self._waker.close()

    def _turn(self) -> None:
        """Look, and wait for the next time."""
        if not self._holds():
            self._part()
            self._trouble, self._well = "", "another desk reads it"
            self._rest(float(self._settings.poll))
            return
        if self._connection is None:
            self._connection = Connection(
                self._settings, trust=self._trust, tokens=self._tokens, limit=self._pauses.answer, heard=self._heard
            )
        self._read(self._connection)

    def _holds(self) -> bool:
        try:
            return self._holder(self._name)
        except Exception as error:
            raise NotNow(f"whose turn it is cannot be looked up ({type(error).__name__})") from error

    def _part(self, politely: bool = True) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if politely:
                connection.close()
            else:
                connection.drop()

    def _read(self, connection: Connection) -> None:
        """All that is there, and then until the server has news."""
        self._empty()  # From here on whoever wakes us is heard after the look, in which they may have come too late.
        book = Book(self._load, self._save)
        look = Look(connection, self._rules, book, self._faults, self._take, self._told, self._workers, self._stop)
        found, left = look.run()
        self._away.over()
        self._refused.over()
        waits = "waits for news" if connection.idles else f"looks every {self._settings.poll} s"
        self._trouble, self._well = "", f"{self._settings.host} is read ({waits})"
        if left:
            self._rest(self._pauses.again)
        elif not found and not self._stop.is_set() and not connection.news():
            connection.wait(self._pauses.beat if connection.idles else float(self._settings.poll), self._wake)

    def _told_of(self, error: Exception) -> float:
        """How long to wait after it, in real seconds."""
        if isinstance(error, NotNow):
            self._trouble = f"mail waits: {error}"
            return self._away.next()
        if isinstance(error, Refusal):
            self._trouble = self._refusal = f"{error.text} {error.hint}".strip()
            return self._refused.next()
        if isinstance(error, ConnectionError | Denied):
            self._trouble = str(error)
        else:
            # Whatever it is, a new connection may find it gone.
            log.exception("The mailbox %s cannot be read.", self._name)
            self._trouble = f"a fault ({type(error).__name__}); the log tells more"
        return self._away.next()

    def _rest(self, seconds: float) -> None:
        """Not longer than until somebody wakes us."""
        if not self._stop.is_set():
            self._wake.setblocking(True)
            self._wake.settimeout(max(seconds, 0.001))
            with suppress(OSError):
                self._wake.recv(1)
            self._empty()

    def _empty(self) -> None:
        self._wake.setblocking(False)
        with suppress(OSError):
            while self._wake.recv(1024):
                pass

    def _heard(self) -> None:
        self._heard_at = self._clock.now()

    # --- its book ---------------------------------------------------------------------------------------------------

    def _load(self) -> Progress | None:
        try:
            return from_fact(self._recall(FACT + self._name))
        except Exception as error:
            raise NotNow(f"how far it is read cannot be looked up ({type(error).__name__})") from error

    def _save(self, progress: Progress) -> None:
        try:
            self._remember(FACT + self._name, as_fact(progress))
        except Exception as error:
            raise NotNow(f"how far it is read cannot be written down ({type(error).__name__})") from error
