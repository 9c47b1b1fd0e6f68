"""Does a slash command that commits a ticket keep up with a discord.py that does nothing? On two cores, over loopback.

    python -m benchmarks.discord

The gateway double and the bots have a core each. Both bots are told of the same interactions by the same kind of
server: the bare one responds at once from `on_interaction` with a card of the same kind that is ready, so that the
server has as much to check; the desk writes a ticket at full durability and answers with its card. Counted is the time
from the interaction to the first response, as the server sees it.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.cores import stay_on, two_cores
from benchmarks.table import Row, p99, show
from tests.doubles.discord import Call, Guild
from tests.doubles.discord.fixtures import ANN, DESK, settle

_FIRST = ("mail", "print", "gate", "back", "net", "disk", "cert", "user", "door", "spam")
_SECOND = ("er", "box", "way", "up", "work", "full", "ed", "name")
_THIRD = ("s", "ing", "less", "like", "down")
CUSTOMERS = 1_000
"""So many that none of them reaches the policy's limits against floods."""
TICKETS = 100_000
ROUNDS = 5
WARM = 30
ALONE = 300
WORDS = tuple(f"{first}{second}{third}" for third in _THIRD for second in _SECOND for first in _FIRST)
"""What subjects and customers are called."""
TYPED = ("4", "420", "99999", WORDS[0], WORDS[1], WORDS[9][:3], f"{WORDS[2]} {WORDS[5]}", WORDS[200], "c77", "", "qqq")
"""What somebody may type to find a ticket: numbers, words, customers, and what there is none of."""
TYPINGS = 20
PATIENCE = 0.05

_numbers = count()


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot in a process of its own, and the server that it is in."""

    kind: str
    guild: Guild

    def opens(self) -> float:
        """Seconds until a command is answered."""
        number = next(_numbers)
        values = {"subject": f"printer {number} on fire", "customer": f"c{number % CUSTOMERS}"}
        call = self.guild.slash(ANN, DESK, "ticket open", values)
        assert call.answered, call.kind
        return call.took

    def types(self, typed: str) -> float:
        """Seconds until something is offered."""
        call: Call = self.guild.autocomplete(ANN, DESK, "ticket claim", focused="ticket", typed=typed)
        assert call.kind == "autocomplete", call.kind
        assert call.choices or typed == TYPED[-1], typed
        return call.took


def run() -> list[Row]:
    """All measurements of this benchmark."""
    mine, theirs = two_cores()
    stay_on(mine)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as bots:
        bare, desk = (bots.enter_context(bot(kind, Path(folder) / kind, theirs)) for kind in ("bare", "desk"))
        took: dict[str, list[list[float]]] = {"bare": [], "desk": []}
        for one in (bare, desk):
            _in_a_row(one.opens, WARM)
        gc.freeze()
        for _ in range(ROUNDS):
            for one in (bare, desk):
                took[one.kind].append(_in_a_row(one.opens, ALONE))
    with tempfile.TemporaryDirectory() as folder, bot("full", Path(folder) / "full", theirs) as full:
        full.types("")
        typed = {text: [full.types(text) for _ in range(TYPINGS)] for text in TYPED}
    return _rows(took, typed)


def _rows(took: dict[str, list[list[float]]], typed: dict[str, list[float]]) -> list[Row]:
    def each(kind: str, say: Callable[[list[float]], float]) -> list[float]:
        return [say(values) for values in took[kind]]

    ratio = median(ours / theirs for ours, theirs in zip(each("desk", p99), each("bare", p99), strict=True))
    rows = [Row(f"p50: {_NAMES[kind]}", 1000 * median(each(kind, median)), "ms") for kind in took]
    against = "bare discord.py's"
    rows.append(Row(f"p99: {_NAMES['bare']}", 1000 * median(each("bare", p99)), "ms"))
    rows.append(Row(f"p99: {_NAMES['desk']}", 1000 * median(each("desk", p99)), "ms", ratio, against, 4, at_most=True))
    middle = {text: median(values) for text, values in typed.items()}
    slowest = max(middle, key=lambda text: middle[text])
    rows.append(Row(f"completion, {TICKETS:,} tickets", 1000 * median(middle.values()), "ms"))
    of = f"of {1000 * PATIENCE:.0f} ms"
    worst = Row(
        f"  the slowest, “{slowest}”",
        1000 * middle[slowest],
        "ms",
        middle[slowest] / PATIENCE,
        of,
        1,
        at_most=True,
    )
    rows.append(worst)
    return rows


_NAMES = {"bare": "bare discord.py, a ready card", "desk": "/ticket open, committed"}


def _in_a_row(do: Callable[[], float], times: int) -> list[float]:
    return [do() for _ in range(times)]


@contextmanager
def bot(kind: str, folder: Path, core: int) -> Iterator[Bot]:
    """A bot that is connected, while it runs on that core."""
    folder.mkdir()
    with Guild() as guild:
        settle(guild)
        where = (guild.api_url, guild.gateway_url, guild.token, str(guild.guild_id))
        command = [sys.executable, "-m", "benchmarks.discord_bot", kind, str(folder), str(core), *where]
        with subprocess.Popen(command) as process:
            try:
                guild.until(lambda: process.poll() is not None or (guild.connections and guild.commands), 300)
                yield Bot(kind, guild)
            finally:
                process.terminate()


if __name__ == "__main__":
    print(show("A slash command in Discord", run()))
