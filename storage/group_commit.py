"""Group commit: one writer at a time, and everybody who waited shares one durable commit.

A caller puts its job in line. If nobody leads, it leads: it runs what stands in line (each job in a savepoint, so
that one failure is one failure), commits once and only then lets the others go. A lone caller therefore works in its
own thread, without a hop and without a savepoint.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from storage.errors import NOTHING_SAVED, StorageTrouble

T = TypeVar("T")

PATIENCE = 10.0
"""Real seconds that work under way gets at the end."""
MOST_IN_A_GROUP = 64


class Writer(Protocol):
    """The one connection that writes. Only the leader touches it."""

    def begin(self) -> None: ...

    def savepoint(self) -> None: ...

    def release(self) -> None: ...

    def back_to_savepoint(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None:
        """Undo everything; never raises."""

    @property
    def in_transaction(self) -> bool: ...


class _Job:
    """One caller's work: its result or its error, and the lock on which the caller waits."""

    __slots__ = ("deed", "done", "error", "gate", "leads", "result")

    def __init__(self, deed: Callable[[], Any]) -> None:
        self.deed = deed
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = False
        self.leads = False
        self.gate = threading.Lock()
        self.gate.acquire()

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class GroupCommit:
    """Runs jobs on one writer, in the order in which they came, grouped by what happens to wait."""

    def __init__(self, writer: Writer, most: int = MOST_IN_A_GROUP) -> None:
        self._writer = writer
        self._most = most
        self._mutex = threading.Lock()
        self._line: deque[_Job] = deque()
        self._led = False
        self._committing = False
        self._leader: int | None = None

    @property
    def waiting(self) -> int:
        """How many stand in line behind those whose work has begun."""
        return len(self._line)

    def run(self, deed: Callable[[], T]) -> T:
        """Run the deed in a transaction; return once its commit is durable. Raises what it raised, undone."""
        if self._leader == threading.get_ident():
            raise RuntimeError("A write inside a write would wait for itself.")
        job = _Job(deed)
        try:
            with self._mutex:
                self._line.append(job)
                job.leads = not self._led
                self._led = True
            if not job.leads:
                job.gate.acquire()
        except BaseException:
            self._step_out(job)
            raise
        if job.leads:
            self._lead(job)
        result: T = job.outcome()
        return result

    def end(self, close: Callable[[], None]) -> None:
        """Close the writer when nobody is at work on it: a connection that is closed under a commit takes the whole
        process along. One that is still busy after `PATIENCE` is left open."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self._mutex:
                if not self._led:
                    close()
                    return
            time.sleep(0.005)

    def _step_out(self, job: _Job) -> None:
        """It was interrupted on its way into the line or in it; the lead, if it has just been given, is handed on."""
        with self._mutex:
            if job in self._line:
                self._line.remove(job)
            if job.leads:
                self._pass_on()

    def _lead(self, own: _Job) -> None:
        group: list[_Job] = []
        self._leader = threading.get_ident()
        try:
            self._run_group(group)
        except BaseException as error:
            self._undo(group, own, error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._leader = None
            with self._mutex:
                self._pass_on()
            for job in group:
                job.done = True
                if job is not own:
                    job.gate.release()

    def _pass_on(self) -> None:
        """The next in line leads; under the mutex."""
        self._led = bool(self._line)
        if self._line:
            self._line[0].leads = True
            self._line[0].gate.release()

    def _run_group(self, group: list[_Job]) -> None:
        self._committing = False
        self._take(group)
        kept = 0
        position = 0
        while position < len(group):
            kept += self._run_job(group[position], first=kept == 0)
            position += 1
            if position == len(group):
                self._take(group)
        if kept:
            self._committing = True
            self._writer.commit()

    def _take(self, group: list[_Job]) -> None:
        with self._mutex:
            while self._line and len(group) < self._most:
                group.append(self._line.popleft())

    def _run_job(self, job: _Job, first: bool) -> bool:
        """Whether the job's writes stay. Only what comes after kept writes needs a savepoint to go back to."""
        if first:
            self._writer.begin()
        else:
            self._writer.savepoint()
        try:
            job.result = job.deed()
        except Exception as error:
            job.error = error
            if first:
                self._writer.rollback()
            elif self._writer.in_transaction:
                self._writer.back_to_savepoint()
            else:
                # A full disk, for one, makes SQLite undo the whole transaction by itself.
                raise
            return False
        if not first:
            self._writer.release()
        return True

    def _undo(self, group: Sequence[_Job], own: _Job, error: BaseException) -> None:
        """The group failed as a whole: nothing of it is kept, and every caller is told so."""
        stopped = not isinstance(error, Exception)
        if stopped and self._committing and not self._writer.in_transaction:
            # Interrupted on the way back from a commit that happened: what the others were promised holds.
            return
        self._writer.rollback()
        for job in group:
            if job.error is None:
                job.result = None
                job.error = _interrupted(job is own, error) if stopped else error


def _interrupted(own: bool, error: BaseException) -> BaseException:
    return error if own else StorageTrouble(f"The desk is stopping: {NOTHING_SAVED}.", "Try again once it runs.")
