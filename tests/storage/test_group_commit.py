"""Several callers share one commit: each fails alone, and nobody is answered before the commit is done."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from storage.group_commit import GroupCommit


class Ledger:
    """A writer over a real SQLite file that keeps a record of what it was told, and can fail on demand."""

    def __init__(self, path: Path) -> None:
        self.driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.driver.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT)")
        self.told: list[str] = []
        self.commit_fails: BaseException | None = None
        self.after_commit: BaseException | None = None

    def _do(self, statement: str) -> None:
        self.told.append(statement.split()[0])
        self.driver.execute(statement)

    def begin(self) -> None:
        self._do("BEGIN IMMEDIATE")

    def savepoint(self) -> None:
        self._do("SAVEPOINT job")

    def release(self) -> None:
        self._do("RELEASE job")

    def back_to_savepoint(self) -> None:
        self._do("ROLLBACK TO job")
        self._do("RELEASE job")

    def commit(self) -> None:
        if self.commit_fails is not None:
            raise self.commit_fails
        self._do("COMMIT")
        if self.after_commit is not None:
            raise self.after_commit

    def rollback(self) -> None:
        if self.driver.in_transaction:
            self._do("ROLLBACK")

    @property
    def in_transaction(self) -> bool:
        return self.driver.in_transaction

    def keep(self, name: str) -> str:
        self.driver.execute("INSERT INTO kept VALUES (?)", (name,))
        return name

    def kept(self) -> list[str]:
        return [name for (name,) in self.driver.execute("SELECT name FROM kept ORDER BY name")]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


class Callers:
    """Threads whose jobs are certain to wait in one group: the first job holds the writer until all stand in line."""

    def __init__(self, group: GroupCommit) -> None:
        self.group = group
        self.outcomes: dict[str, object] = {}
        self._threads: list[threading.Thread] = []

    def call(self, name: str, deed: Callable[[], object]) -> None:
        def run() -> None:
            try:
                self.outcomes[name] = self.group.run(deed)
            except BaseException as error:
                self.outcomes[name] = error

        thread = threading.Thread(target=run)
        self._threads.append(thread)
        thread.start()

    def together(self, first: Callable[[], object], others: Mapping[str, Callable[[], object]]) -> dict[str, object]:
        busy, go = threading.Event(), threading.Event()

        def hold() -> object:
            busy.set()
            assert go.wait(30)
            return first()

        self.call("first", hold)
        assert busy.wait(30)
        for name, deed in others.items():
            self.call(name, deed)
        while self.group.waiting < len(others):
            threading.Event().wait(0.001)
        go.set()
        for thread in self._threads:
            thread.join(30)
        return self.outcomes


def fail(ledger: Ledger, name: str) -> None:
    ledger.keep(name)
    raise ValueError(name)


def test_a_lone_caller_needs_no_savepoint(ledger: Ledger) -> None:
    assert GroupCommit(ledger).run(lambda: ledger.keep("a")) == "a"
    assert ledger.told == ["BEGIN", "COMMIT"]
    assert ledger.kept() == ["a"]


def test_those_who_wait_share_one_commit(ledger: Ledger) -> None:
    names = [f"n{number}" for number in range(10)]
    others = {name: partial(ledger.keep, name) for name in names}
    outcomes = Callers(GroupCommit(ledger)).together(lambda: ledger.keep("first"), others)
    assert outcomes == {"first": "first"} | {name: name for name in names}
    assert ledger.told.count("COMMIT") == 1
    assert ledger.kept() == sorted(["first", *names])


def test_a_group_is_bounded(ledger: Ledger) -> None:
    others = {str(n): partial(ledger.keep, str(n)) for n in range(9)}
    Callers(GroupCommit(ledger, most=4)).together(lambda: ledger.keep("first"), others)
    assert ledger.told.count("COMMIT") == 3
    assert len(ledger.kept()) == 10


def test_one_failure_in_a_group_is_one_failure(ledger: Ledger) -> None:
    outcomes = Callers(GroupCommit(ledger)).together(
        lambda: ledger.keep("first"),
        {"bad": lambda: fail(ledger, "bad"), "good": lambda: ledger.keep("good")},
    )
    assert isinstance(outcomes["bad"], ValueError)
    assert (outcomes["first"], outcomes["good"]) == ("first", "good")
    assert ledger.kept() == ["first", "good"]


def test_when_the_first_of_a_group_fails_the_others_are_kept(ledger: Ledger) -> None:
    outcomes = Callers(GroupCommit(ledger)).together(
        lambda: fail(ledger, "first"), {"a": lambda: ledger.keep("a"), "b": lambda: ledger.keep("b")}
    )
    assert isinstance(outcomes["first"], ValueError)
    assert ledger.kept() == ["a", "b"]


def test_a_failed_commit_is_told_to_everybody_and_keeps_nothing(ledger: Ledger) -> None:
    ledger.commit_fails = sqlite3.OperationalError("database or disk is full")
    group = GroupCommit(ledger)
    outcomes = Callers(group).together(
        lambda: ledger.keep("first"), {"bad": lambda: fail(ledger, "bad"), "good": lambda: ledger.keep("good")}
    )
    assert isinstance(outcomes["bad"], ValueError)
    assert outcomes["first"] is outcomes["good"] is ledger.commit_fails
    assert ledger.kept() == []
    ledger.commit_fails = None
    assert group.run(lambda: ledger.keep("later")) == "later"


def test_nobody_is_answered_before_the_commit(tmp_path: Path) -> None:
    callers: list[Callers] = []
    seen: list[object] = []

    class Watched(Ledger):
        def commit(self) -> None:
            seen.append(dict(callers[0].outcomes))
            super().commit()

    ledger = Watched(tmp_path / "ledger.db")
    callers.append(Callers(GroupCommit(ledger)))
    outcomes = callers[0].together(lambda: ledger.keep("first"), {"a": lambda: ledger.keep("a")})
    assert seen == [{}]
    assert outcomes == {"first": "first", "a": "a"}


def test_an_interrupt_undoes_the_group_and_stops_only_whom_it_hit(ledger: Ledger) -> None:
    def interrupted() -> None:
        ledger.keep("mine")
        raise KeyboardInterrupt

    group = GroupCommit(ledger)
    outcomes = Callers(group).together(interrupted, {"a": lambda: ledger.keep("a")})
    assert isinstance(outcomes["first"], KeyboardInterrupt)
    told = outcomes["a"]
    assert told == "a" or "nothing was saved" in str(told)
    assert ("a" in ledger.kept()) == (told == "a")
    assert group.run(lambda: ledger.keep("later")) == "later"


def test_an_interrupt_after_the_commit_takes_nothing_back(ledger: Ledger) -> None:
    ledger.after_commit = KeyboardInterrupt()
    outcomes = Callers(GroupCommit(ledger)).together(lambda: ledger.keep("first"), {"a": lambda: ledger.keep("a")})
    assert isinstance(outcomes["first"], KeyboardInterrupt)
    assert outcomes["a"] == "a"
    assert ledger.kept() == ["a", "first"]


def test_a_write_inside_a_write_is_a_mistake_and_does_not_hang(ledger: Ledger) -> None:
    group = GroupCommit(ledger)
    with pytest.raises(RuntimeError, match="inside a write"):
        group.run(lambda: group.run(lambda: None))
    assert group.run(lambda: ledger.keep("later")) == "later"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell that starts us in the background has interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_while_waiting_steps_out_of_the_line(ledger: Ledger) -> None:
    group = GroupCommit(ledger)
    busy, go = threading.Event(), threading.Event()
    main = threading.get_ident()

    def hold() -> bool:
        busy.set()
        return go.wait(30)

    def interrupt() -> None:
        while not group.waiting:
            threading.Event().wait(0.001)
        signal.pthread_kill(main, signal.SIGINT)

    holder = threading.Thread(target=group.run, args=(hold,))
    holder.start()
    assert busy.wait(30)
    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        group.run(lambda: ledger.keep("never"))
    go.set()
    holder.join(30)
    interrupter.join(30)
    assert ledger.kept() == []
    assert group.run(lambda: ledger.keep("later")) == "later"


class Startled:
    """A lock whose first holder is interrupted just as they let go of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calm = False

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exception: object) -> None:
        self._lock.release()
        calm, self._calm = self._calm, True
        if not calm:
            raise KeyboardInterrupt


def test_an_interrupt_just_as_somebody_gets_into_line_leaves_nothing_there_and_the_lead_free(ledger: Ledger) -> None:
    group = GroupCommit(ledger)
    group._mutex = cast(threading.Lock, Startled())
    with pytest.raises(KeyboardInterrupt):
        group.run(lambda: ledger.keep("never"))
    assert group.waiting == 0
    assert group.run(lambda: ledger.keep("later")) == "later"
    assert ledger.kept() == ["later"]


def test_the_writer_is_closed_when_nobody_is_at_work_on_it(sqlite: SqlDatabase) -> None:
    begun, goes_on, order = threading.Event(), threading.Event(), list[str]()

    def deed(work: UnitOfWork) -> None:
        begun.set()
        assert goes_on.wait(30)
        order.append("written")

    def close() -> None:
        sqlite.close()
        order.append("closed")

    writes = threading.Thread(target=partial(sqlite.write, deed))
    writes.start()
    assert begun.wait(30)
    closes = threading.Thread(target=close)
    closes.start()
    goes_on.set()
    for one in (writes, closes):
        one.join(30)
    assert order == ["written", "closed"]
