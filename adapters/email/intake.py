"""From the bytes of a message to what became of it: read, its files put in their place, and taken in, in one commit.

The files are written first, so that none is missing that a ticket names; what is written is noted until the commit is
there, so that none stays that no ticket names, whenever the process ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from adapters.email.mailboxes.look import NotNow
from adapters.email.reading.limits import Limits, Own
from adapters.email.reading.message import read_mail
from bot.domain.attachments import Attachment
from bot.domain.mail import IncomingMail
from bot.filing import Filing, Note
from bot.ports import Database, UnitOfWork, WallClock
from bot.ports.intake import Mail
from commands.mail_intake import MailRules, take_in
from commands.mail_once import once

_PROBE = "mail probe"

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class MailIntake:
    """Takes messages in, from any thread, several at once. `folder` is that of files. `changed` is called after each
    commit."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: WallClock,
        *,
        own: Own,
        limits: Limits,
        rules: MailRules,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._filing = Filing(folder)
        self._clock = clock
        self._own = own
        self._limits = limits
        self._rules = rules
        self._changed = changed

    def take(self, raw: bytes, mailbox: str) -> Mail:
        """Returns what became of the message, once that is durable; the same message again changes nothing. Raises
        NotNow where the message is not to blame, Unreadable where nothing of it can be read."""
        mail = read_mail(raw, own=self._own, limits=self._limits)
        known = self._known(mail)
        if known is not None:
            return known
        paths = [self._filing.new_path() for _ in range(1 + len(mail.files))]
        note = self._written(mail, raw, paths)
        try:
            taken = self._commit(mail, raw, mailbox, paths)
        except Exception as error:
            taken = self._failed(error, mail, note)
        if taken.path == paths[0]:
            note.settled()
        else:  # It came before, or there is no room for its files.
            note.dropped()
        self._changed()
        return taken

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _written(self, mail: IncomingMail, raw: bytes, paths: list[str]) -> Note:
        """Raises NotNow."""
        note: Note | None = None
        try:
            note = self._filing.note(paths)
            for path, content in zip(paths, (raw, *(file.content for file in mail.files)), strict=True):
                self._filing.write(path, content)
        except OSError as error:
            if note is not None:
                note.dropped()
            raise NotNow(f"its files cannot be written ({error.strerror or type(error).__name__})") from error
        return note

    def _commit(self, mail: IncomingMail, raw: bytes, mailbox: str, paths: list[str]) -> Mail:
        files = tuple(
            Attachment(file.name, size=len(file.content), type=file.type, kept=path)
            for file, path in zip(mail.files, paths[1:], strict=True)
        )
        now, size = self._clock.now(), len(raw) + sum(len(file.content) for file in mail.files)
        return self._database.write(
            lambda work: take_in(work, mail, mailbox, now, path=paths[0], size=size, files=files, rules=self._rules)
        )

    def _failed(self, error: Exception, mail: IncomingMail, note: Note) -> Mail:
        """What became of it all the same: the commit may be there although we did not hear of it, or another's is."""
        known = self._known(mail)
        if known is not None:
            return known
        note.dropped()
        try:
            self._database.write(lambda work: work.memory.set_fact(_PROBE, int(self._clock.now().timestamp())))
        except Exception:
            raise NotNow("the database takes nothing now") from error
        raise error

    def _known(self, mail: IncomingMail) -> Mail | None:
        """What became of it, where it came before. Raises NotNow."""
        return self._asked(lambda work: once(work, mail)[1])

    def _asked(self, about: Callable[[UnitOfWork], Answer]) -> Answer:
        """Raises NotNow. What was written meanwhile stays then: nobody knows whether a record names it."""
        try:
            return self._database.read(about)
        except Exception as error:
            raise NotNow(f"the database cannot be asked ({type(error).__name__})") from error
