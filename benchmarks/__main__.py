"""Measure everything, or what is named: python -m benchmarks [NAME …]. Exits with 1 if a target is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from benchmarks import (
    api,
    board,
    business_time,
    discord,
    mail,
    memory,
    pages,
    paging,
    recompute,
    rota,
    slack,
    startup,
    storage,
    timers,
    two_houses,
)
from benchmarks.table import Row, show

BENCHMARKS: Mapping[str, tuple[str, Callable[[], list[Row]]]] = {
    "business_time": ("Business time", business_time.run),
    "rota": ("Who is on call", rota.run),
    "startup": ("Starting", startup.run),
    "storage": ("Opening tickets, and an idle tick", storage.run),
    "timers": ("Many promises due at once", timers.run),
    "pages": ("Paging", pages.run),
    "paging": ("Paging by command, in a storm and beside a queue", paging.run),
    "recompute": ("A day off is added", recompute.run),
    "memory": ("Memory", memory.run),
    "slack": ("A slash command in Slack", slack.run),
    "discord": ("A slash command in Discord", discord.run),
    "api": ("Opening a ticket through the API", api.run),
    "board": ("The board of 100,000 open tickets", board.run),
    "mail": ("Mail becomes tickets", mail.run),
    "two_houses": ("One desk in two houses", two_houses.run),
}


def main(names: Sequence[str]) -> int:
    """Run them one after the other and print a table of each."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    missed: list[str] = []
    chosen = names or list(BENCHMARKS)
    for number, name in enumerate(chosen, 1):
        title, run = BENCHMARKS[name]
        print(f"Measuring {name} ({number} of {len(chosen)}) …", file=sys.stderr, flush=True)
        began = perf_counter()
        rows = run()
        print(show(title, rows), flush=True)
        print(f"That took {perf_counter() - began:.0f} s.\n", file=sys.stderr, flush=True)
        missed += (f"{title}: {row.name.strip()}" for row in rows if row.ok is False)
    print("Every target is met." if not missed else f"Missed: {'; '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
