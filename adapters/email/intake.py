"""From the bytes of a message to what became of it: read, its files put in their place, and taken in, in one commit.

The files are written first, so that none is missing that a ticket names; what they are written for is noted until the
commit is there, so that none stays that no ticket names, whenever the process ends.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from adapters.email.mailboxes.look import NotNow
from adapters.email.reading.limits import Limits, Own
from adapters.email.reading.message import read_mail
from bot.domain.attachments import Attachment
from bot.domain.mail import IncomingMail
from bot.filing import Filing
from bot.intake_ports import Mail
from bot.ports import Database, UnitOfWork, WallClock
from commands.mail_intake import MailRules, take_in
from commands.mail_once import names_of, once

UNFINISHED = "unfinished"
"""The folder of notes, below that of files: one for each message under way."""
KEPT = timedelta(days=1)
"""For so long the files of a message are left alone whose commit nobody knows of: another desk may be at it."""
MOST_SWEPT = 10_000

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
        self._notes = folder / UNFINISHED
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
        note = self._notes / secrets.token_hex(16)
        try:
            self._write(note, mail, raw, paths)
        except OSError as error:
            self._drop(note, paths)
            raise NotNow(f"its files cannot be written ({error.strerror or type(error).__name__})") from error
        try:
            taken = self._commit(mail, raw, mailbox, paths)
        except Exception as error:
            taken = self._failed(error, mail, note, paths)
        if taken.path == paths[0]:
            self._settled(note)
        else:  # It came before, or there is no room for its files.
            self._drop(note, paths)
        self._changed()
        return taken

    def sweep(self) -> int:
        """Drop the files of messages that were under way when a desk ended, and that no record names; returns of how
        many messages. Called before mail is read; a message whose note is young is left alone."""
        swept = 0
        if not self._notes.is_dir():
            return swept
        for note in sorted(self._notes.iterdir())[:MOST_SWEPT]:
            try:
                swept += self._swept(note)
            except OSError as error:  # The next start may do better; nobody waits for it.
                log.warning("The note %s could not be swept: %s", note.name, error)
        return swept

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _write(self, note: Path, mail: IncomingMail, raw: bytes, paths: list[str]) -> None:
        self._notes.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"messages": names_of(mail), "paths": paths}), encoding="utf-8")
        for path, content in zip(paths, (raw, *(file.content for file in mail.files)), strict=True):
            self._filing.write(path, content)

    def _commit(self, mail: IncomingMail, raw: bytes, mailbox: str, paths: list[str]) -> Mail:
        files = tuple(
            Attachment(file.name, size=len(file.content), type=file.type, kept=path)
            for file, path in zip(mail.files, paths[1:], strict=True)
        )
        now, size = self._clock.now(), len(raw) + sum(len(file.content) for file in mail.files)
        return self._database.write(
            lambda work: take_in(work, mail, mailbox, now, path=paths[0], size=size, files=files, rules=self._rules)
        )

    def _failed(self, error: Exception, mail: IncomingMail, note: Path, paths: list[str]) -> Mail:
        """What became of it all the same: the commit may be there although we did not hear of it, or another's is."""
        known = self._known(mail)
        if known is not None:
            return known
        self._drop(note, paths)
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

    def _drop(self, note: Path, paths: list[str]) -> None:
        try:
            self._filing.drop(paths)
        except OSError as error:
            log.warning("Files of a message that was not taken stay for now: %s", error)
        else:
            self._settled(note)

    def _settled(self, note: Path) -> None:
        try:
            note.unlink(missing_ok=True)
        except OSError as error:
            log.warning("The note %s stays: %s", note.name, error)

    def _swept(self, note: Path) -> int:
        if self._clock.now() - datetime.fromtimestamp(note.stat().st_mtime, UTC) < KEPT:
            return 0
        told = _read(note)
        paths = [path for path in told.get("paths", ()) if isinstance(path, str)]
        names = [name for name in told.get("messages", ()) if isinstance(name, str)]
        known = self._asked(lambda work: [work.mails.known(name) for name in names])
        if any(mail is not None and mail.path in paths for mail in known):
            paths = []
        self._drop(note, paths)
        return bool(paths)


def _read(note: Path) -> Mapping[str, Any]:
    """What it says; nothing, where it was not written to its end: then no file was, either."""
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
