"""The watchman: says when the desk's own engine stands still, in the alerts channels, in the log and outside.

It looks in a thread of its own and by the time of its own (monotonic, so no setting of clocks and no sleep of the
machine deceives it): whatever stops the event loop, the bell or the database must not stop the one who has to tell.
What it asks the database it asks aside, and it speaks past the outbox: either may be the trouble.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Protocol

from bot.cards import TEAM, Card, Line, Mention, Tone
from bot.connections import FACT, KEPT_EVERY, as_fact
from bot.domain.errors import Refusal
from bot.errands import Aside, Errand, in_a_thread
from bot.outside import DeadMansSwitch
from bot.ports import Database, Health, UnitOfWork, Urgency, WallClock

NAME = "watch"
LOOKS_EVERY = 5.0
STEP_LATE = timedelta(seconds=60)
STEADY = 15.0
"""Real seconds for which pages must be overdue at every look: when the machine has slept all of them are, at first."""
ASLEEP = 60.0
"""Real seconds without a look after which the watchman himself is what is wrong."""
STALE = 3 * LOOKS_EVERY
"""An answer of the database that is older than that many seconds is none."""

log = logging.getLogger(__name__)


class Voice(Protocol):
    """Speaks in the alerts channels from `start` to `stop`, which belong into the event loop."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def __call__(self, card: Card) -> None:
        """Say it, from any thread, without waiting until it is said."""


class Watchman:
    """Watches from `start` to `stop`. `last_round` is when a round last ended (monotonic); `platforms` are those to
    which pages go; `health` tells how the connections are. `late` is how many real seconds without a round, or without
    a connection, are too many."""

    def __init__(
        self,
        database: Database,
        clock: WallClock,
        last_round: Callable[[], float | None],
        platforms: Collection[str],
        health: Callable[[], Mapping[str, Health]],
        switch: DeadMansSwitch,
        say: Voice,
        late: float,
        *,
        now: Callable[[], float] = time.monotonic,
        aside: Aside = in_a_thread,
    ) -> None:
        self._database = database
        self._clock = clock
        self._last_round = last_round
        self._platforms = platforms
        self._health = health
        self._switch = switch
        self._say = say
        self._late = late
        self._now = now
        self._ask = Errand(self._look_at_pages, aside)
        self._began = now()
        self._looked = self._began
        self._waiting: tuple[float, str, datetime] | None = None
        self._silence = ""
        self._since: dict[str, float] = {}
        self._told: dict[str, str] = {}
        self._kept_at: datetime | None = None
        self._over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Look from now on; the event loop must be running."""
        self._began = self._looked = self._now()
        self._say.start()
        self._thread = Thread(target=self._watch, name="watchman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._say.stop()

    def health(self) -> Health:
        """What is wrong with the desk, and whether somebody outside is told of it; `heard_at` is when that last was."""
        asleep = self._now() - self._looked
        himself = [f"the watchman has not looked for {asleep:.0f} s"] if asleep >= ASLEEP else []
        words = "; ".join([*himself, *self._told.values(), self._switch.words])
        return Health(not himself and not self._told, words, self._switch.heard_at)

    def look(self) -> None:
        """Look once: tell what is wrong since, and what is well again, each once."""
        at = self._now()
        self._ask.begin()
        found = dict(self._troubles(at))
        new = {name: words for name, words in found.items() if name not in self._told}
        mended = [name for name in self._told if name not in found]
        self._told = found
        for words in new.values():
            log.error("The desk itself is in trouble: %s", words)
        for name in mended:
            log.warning("Well again: %s.", _NAMES.get(name, name))
        if new or mended:
            self._say(_card(new.values(), mended))
        if found:
            self._switch.something_is_not()
        else:
            self._switch.all_is_well(at)
        self._looked = at

    def _watch(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            try:
                self.look()
            except Exception:  # Nobody watches the watchman but the address outside.
                log.exception("The watchman could not look.")

    # --- what can be wrong -----------------------------------------------------------------------------------

    def _troubles(self, at: float) -> Iterator[tuple[str, str]]:
        still = at - max(self._last_round() or self._began, self._began)
        if still >= self._late:
            why = f" {self._silence}" if self._silence else ""
            yield "rounds", f"the desk has stood still for {still:.0f} s, and nobody is paged or told anything.{why}"
        what, late = self._overdue(at)
        if self._lasts("pages", late > timedelta(0), at) >= STEADY and late >= STEP_LATE:
            yield "pages", f"{what} is {late.total_seconds():.0f} s late."
        for name, health in self._health().items():
            away = self._lasts(name, not health.well, at)
            if away >= self._late:
                yield name, f"{name} has been away for {away:.0f} s: {health.words}."

    def _lasts(self, name: str, wrong: bool, at: float) -> float:
        """For how long it has been wrong without a break; below 0 where it is not."""
        if not wrong:
            self._since.pop(name, None)
            return -1.0
        return at - self._since.setdefault(name, at)

    def _overdue(self, at: float) -> tuple[str, timedelta]:
        """What of the pages should have been done first, and how long ago; nothing where nobody knows."""
        if self._waiting is None or at - self._waiting[0] > STALE:
            return "", timedelta(0)
        _, what, due = self._waiting
        return what, (self._clock.now() - due) / max(getattr(self._clock, "speed", 1.0), 1.0)

    def _look_at_pages(self) -> None:
        """Aside: what the database says is due first, and what the doctor will want to know written there."""
        try:
            found = self._database.read(self._first_due)
        except Exception as error:
            self._waiting = None
            self._silence = error.text if isinstance(error, Refusal) else f"The database: {type(error).__name__}."
            return
        self._silence = ""
        self._waiting = None if found is None else (self._now(), *found)
        now = self._clock.now()
        if self._kept_at is None or not timedelta(0) <= now - self._kept_at < KEPT_EVERY:
            fact = as_fact(self.health(), now)
            with suppress(Refusal):
                self._database.write(lambda work: work.memory.set_fact(FACT + NAME, fact))
                self._kept_at = now

    def _first_due(self, work: UnitOfWork) -> tuple[str, datetime] | None:
        times = {f"a page by {name}": work.outbox.next_due(name, Urgency.PAGE) for name in self._platforms}
        times["a step of a page"] = work.pages.next_due()
        return min(((what, at) for what, at in times.items() if at is not None), key=lambda one: one[1], default=None)


_NAMES = {"rounds": "the desk goes on", "pages": "pages go out"}


def _card(new: Collection[str], mended: Collection[str]) -> Card:
    lines: list[Line] = [(f"The desk itself is in trouble: {words} ", Mention(TEAM)) for words in new]
    lines += [(f"Well again: {_NAMES.get(name, f'{name} is back')}.",) for name in mended]
    return Card(lines=tuple(lines), tone=Tone.BREACH if new else Tone.GOOD)
