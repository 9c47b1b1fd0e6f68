"""A desk that is killed again and again, and what must be so each time.

Every line that is typed carries a word of its own, so that the histories say which lines were done, and how often.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

from bot.cards import Strong
from bot.clocks import MovableClock, SystemClock
from bot.domain.history import Deed, Event
from bot.ports import Kind, Parcel, TicketFilter, UnitOfWork
from bot.runtime import ALIVE
from bot.settings import Settings
from bot.wiring import assembled
from commands.drawing import draw
from storage.maintenance import check
from tests.doubles.desk_process import DeskProcess

BEGINNING = 30
"""Letters of a letter: fewer than a line of the narrowest screen has."""
WORD = re.compile(r"w\d+x")
SETTING_UP = (
    '/staff add "Bob Roy" --id bob',
    "/staff add Kim --id kim",
    '/customer add "ACME Ltd" --id acme --mail it@acme.example',
    "/customer subscribe acme --product gateway --level III",
)


@dataclass(slots=True)
class Typed:
    """A line that was typed: how many events it makes when it is done, and what was answered, if anything was."""

    line: str
    events: int
    done: bool | None = None
    ticket: int | None = None


class Life:
    """A desk in a folder that is killed again and again, and all that was ever typed to it and shown by it."""

    def __init__(self, folder: Path, command: str, seed: int) -> None:
        self.rng = Random(seed)
        self.folder = folder
        self.words = ("run",) if command == "run" else ("demo", "--empty", "--at", "2026-10-06 10:00")
        self.typed: dict[str, Typed] = {}
        self.settled: dict[str, int] = {}
        self.shown: list[str] = []
        self.tickets = 0

    # --- living and dying ---------------------------------------------------------------------------------------

    def starts(self) -> DeskProcess:
        return DeskProcess(*self.words, "--data", self.folder)

    def is_killed_while_it_starts(self) -> None:
        process = self.starts()
        process.answers_within(1, self.rng.uniform(0.02, 0.5))
        process.kill()
        self.shown += process.lines

    def is_set_up(self) -> None:
        process = self.starts()
        process.types(SETTING_UP)
        assert process.end() == 0, process.errors
        self.shown += process.lines

    def works_until_it_is_ended(self, number: signal.Signals) -> int:
        """Ended somewhere between its start and the end of its work: before, within or after a line.

        Returns the exit code.
        """
        lines = [self._line() for _ in range(self.rng.randint(3, 30))]
        process = self.starts()
        process.types([typed.line for typed in lines])
        process.answers_within(self.rng.randint(0 if number is signal.SIGKILL else 1, len(lines)))
        sleep(self.rng.uniform(0, 0.03))
        code = process.end(number)
        self._heard(lines, process)
        return code

    def _heard(self, lines: list[Typed], process: DeskProcess) -> None:
        assert process.errors == ""
        self.shown += process.lines
        for typed, answer in zip(lines, process.answers, strict=False):
            typed.done = "error" not in answer
            typed.ticket = answer.get("ticket")
            if "/ticket open" in typed.line:
                self.tickets += 1

    def _line(self) -> Typed:
        """Something to type, with a word of its own."""
        word = f"w{len(self.typed)}x"
        if self.tickets == 0 or self.rng.random() < 0.25:
            whose = self.rng.choice(("--customer acme", "--requester me@home.example"))
            typed = Typed(f"/ticket open trouble {whose} --text {word} --json", 1)
        elif self.words[0] == "demo" and self.rng.random() < 0.15:
            return Typed(f"/time +{self.rng.choice((1, 25, 50))}m --json", 0)
        else:
            one, other = (self.rng.randint(1, self.tickets + 1) for _ in range(2))
            line, events = self.rng.choice(
                (
                    (f"note {one} {word}", 1),
                    (f"reply {one} {word}", 1),
                    (f"reply {one} {word} --wait --reason {word}", 2),
                    (f"said {one} {word}", 1),
                    (f"assign {one} {self.rng.choice(('bob', 'kim', 'you'))} {word}", 1),
                    (f"resume {one} {word}", 1),
                    (f"close {one} solved {word}", 1),
                    (f"reopen {one} {word}", 1),
                    (f"merge {one} --into {other} {word}", 2),
                    (f"refer {one} --partner Fixers --reason {word}", 2),
                )
            )
            typed = Typed(f"/ticket {line} --json", events)
        self.typed[word] = typed
        return typed

    # --- what must be so ----------------------------------------------------------------------------------------

    def lost_nothing(self, copy: Path) -> None:
        """What was answered is there, whole and once; what was not is there whole, or not at all, and stays so."""
        found = words_on_record(self.folder, copy)
        for word, typed in self.typed.items():
            must_be_on_record(typed, found[word])
            assert self.settled.setdefault(word, found[word]) == found[word], f"{typed} changed after its time."
        opened = [typed.ticket for typed in self.typed.values() if "/ticket open" in typed.line and typed.done]
        assert len(opened) == len(set(opened)), "Two tickets were given one number."

    def in_flight(self) -> int:
        """How many parcels are not told yet."""
        house = assembled(Settings(data=self.folder), SystemClock())
        try:
            counts = house.database.read(lambda work: work.outbox.counts())
        finally:
            house.close()
        return sum(counts.values()) - counts["sent"]

    def told_everything(self) -> None:
        """Every letter was on the screen, more often than once only if a kill had left it in flight."""
        late = tells_the_rest(self.folder)
        lines = [line.strip("│└┌ ") for line in self.shown]
        shown = Counter((title, text[:BEGINNING]) for title, _, text in zip(lines, lines[1:], lines[2:], strict=False))
        # A ticket that was referred twice has two letters that look the same.
        alike: dict[tuple[str, str], list[Parcel]] = {}
        for letter, looks in late.letters:
            alike.setdefault(looks, []).append(letter)
        for looks, letters in alike.items():
            times = shown[looks] + sum(late.shown[letter.id] for letter in letters)
            attempts = sum(letter.attempts for letter in letters)
            assert len(letters) <= times <= attempts, f"{looks} was shown {times} times in {attempts} attempts."


def must_be_on_record(typed: Typed, count: int) -> None:
    """So many events tell of the line as its answer says; without an answer all of them or none."""
    if typed.done is None:
        assert count in (0, typed.events), f"{typed} is half done: {count} events tell of it."
    else:
        expected = typed.events if typed.done else 0
        assert count == expected, f"{typed} was {'answered' if typed.done else 'refused'}; {count} events tell of it."


def words_on_record(folder: Path, copy: Path) -> Mapping[str, int]:
    """How many events hold each word, in a database that the check finds well.

    Looks at a copy, whose log is read into its file: the next process shall find what the kill has left.
    """
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for ending in ("", "-wal"):
        part = folder / f"thirdline.db{ending}"
        if part.exists():
            shutil.copy(part, copy)
    path = copy / "thirdline.db"
    if not path.exists():
        return Counter()
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchall():
            return Counter()
        rows = connection.execute("SELECT data || ' ' || reason FROM events").fetchall()
    health = check(f"sqlite:///{path}")
    assert health.well, health.problems
    return Counter(word for (text,) in rows for word in set(WORD.findall(text)))


class Paper:
    """A channel that counts how often it was given each parcel."""

    platform = "console"

    def __init__(self) -> None:
        self.shown: Counter[int] = Counter()
        self.letters: Sequence[tuple[Parcel, tuple[str, str]]] = ()

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        self.shown[parcel.id] += 1
        return parcel.ref or f"parcel-{parcel.id}"


def tells_the_rest(folder: Path) -> Paper:
    """Let the time pass for which the dead desk held its last parcels, and look whether all is told then.

    A minute would do by the real clock. One that was being moved may stand before the moment of the kill again.
    """
    clock = MovableClock(datetime(2026, 1, 1, tzinfo=UTC))
    house = assembled(Settings(data=folder), clock)
    try:
        alive = house.database.read(lambda work: work.memory.fact(ALIVE))
        clock.set(datetime.fromtimestamp(alive, UTC))
        paper = Paper()
        asyncio.run(house.runtime({"console": paper}).advance(clock, clock.now() + timedelta(hours=2)))
        told = house.database.read(_all_is_told)
        paper.letters = house.database.read(lambda work: [(letter, _as_shown(work, letter)) for letter in told])
        return paper
    finally:
        house.close()


def _all_is_told(work: UnitOfWork) -> tuple[Parcel, ...]:
    """Every deed that is news has its parcel, and every parcel was sent. Returns the letters."""
    counts = work.outbox.counts()
    assert sum(counts.values()) == counts["sent"], counts
    letters: list[Parcel] = []
    for ticket in work.tickets.find(TicketFilter(limit=100_000)):
        parcels = {parcel.key: parcel for parcel in work.outbox.of_ticket(ticket.number)}
        for event in work.tickets.history(ticket.number):
            for key in _news_of(event):
                assert key in parcels, f"Nothing was posted of {event}."
        letters += [parcel for parcel in parcels.values() if parcel.kind is Kind.LETTER]
    return tuple(letters)


def _as_shown(work: UnitOfWork, letter: Parcel) -> tuple[str, str]:
    """The letter's title, and how its words begin below the line that says to whom it goes."""
    card = draw(work, letter, letter.created_at)
    assert card is not None
    (title,), (text,) = card.title, card.lines[1]
    assert isinstance(title, Strong)
    return title.text, str(text)[:BEGINNING]


def _news_of(event: Event) -> Iterable[str]:
    """The keys of what must have been posted with an event."""
    yield f"card:{event.ticket}"
    if event.deed is Deed.REPLIED and event.data["to"]:
        yield f"reply:{event.ticket}:{event.seq}"
    if event.deed is Deed.ALERTED and event.data["posted"] not in ("", "digest"):
        due = dict(event.data["stages"])[event.data["posted"]]
        yield f"alert:{event.ticket}:{event.data['clock']}:{due}:{event.data['posted']}"
