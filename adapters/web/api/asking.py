"""One request of the API on its way through a worker thread: its files first, then its deed in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.web.api.credentials import Admission, is_stale
from adapters.web.api.deeds import Call
from adapters.web.api.models import NewMessage, NewTicket
from adapters.web.api.operations import HOME, Operation
from adapters.web.api.problems import Problem
from adapters.web.api.reading import contents_of
from adapters.web.api.repeats import Answer, Repeatable
from adapters.web.door import Door
from adapters.web.pages.file_names import clean_name
from adapters.web.uploads import Incoming, Upload, filed
from bot.domain.attachments import Attachment
from bot.domain.errors import Conflict
from bot.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that was understood. `path` is what its path names, `asked` what else it says, `uploads` the files that
    came beside that, `known` the ETags that it has."""

    door: Door
    operation: Operation
    admission: Admission
    incoming: Incoming
    path: Mapping[str, str]
    asked: Any
    uploads: tuple[Upload, ...] = ()
    known: frozenset[str] = frozenset()
    repeat: Repeatable | None = None

    def done(self) -> Answer:
        """Blocks until it is committed. Raises Problem or Refusal, and then nothing was done."""
        try:
            return self._written() if self.operation.writes else self._read()
        finally:
            self.incoming.drop()

    def _read(self) -> Answer:
        database = self.door.database
        answer, stale = database.read(self._do)
        if stale:
            database.write(lambda work: work.keys.used(self.admission.token.id, self.admission.now))
        return answer

    def _written(self) -> Answer:
        with filed(self.door.filing, self._all_uploads(), Problem) as put:
            try:
                answer, _ = self.door.database.write(lambda work: self._do(work, put.files))
            except Conflict as conflict:
                answer = self._answered_elsewhere(conflict)
            put.recorded = "Idempotency-Replayed" not in answer.headers
        return answer

    def _all_uploads(self) -> Sequence[Upload]:
        """Those in a body of JSON, too; nobody without a key has anything written to the disk. Raises Problem or
        BadValue."""
        files = self.asked.files if isinstance(self.asked, NewTicket | NewMessage) else ()
        if files:
            self.door.database.read(self.admission.key)
        contents = contents_of(files, self.door.settings.web.upload_mb * 1_000_000)
        found = zip(files, contents, strict=True)
        here = (self.incoming.put(clean_name(one.name), one.type, content) for one, content in found)
        return (*self.uploads, *here)

    def _answered_elsewhere(self, conflict: Conflict) -> Answer:
        """What another replica has answered to the same request meanwhile. Raises the conflict where that is none."""
        known = None if self.repeat is None else self.door.database.read(self.repeat.answered)
        if known is None:
            raise conflict
        return known

    def _do(self, work: UnitOfWork, files: tuple[Attachment, ...] = ()) -> tuple[Answer, bool]:
        """The answer, and whether the last use of the key is still to be written down."""
        repeat, now = self.repeat, self.admission.now
        key = self.admission.key(work)
        stale = is_stale(key, now)
        if stale and self.operation.writes:
            work.keys.used(key.id, now)
        known = repeat.answered(work) if repeat is not None else None
        if known is not None:
            return known, False
        home = self.door.path(HOME)
        call = Call(key, now, home, self.door.filing, self.path, self.asked, files, self.known)
        answer = self.operation.deed(work, call)
        if repeat is not None:
            repeat.remember(work, answer, now)
        return answer, stale
