"""Does a slash command that commits a ticket keep up with Bolt that does nothing? Over signed HTTP, on two cores.

    python -m benchmarks.slack

Server and load have a core each. Everybody is served by aiohttp and verifies the signature of every request; the two
of bare Bolt have an empty handler, the desk's writes a ticket at full durability and answers with its card. The bound
is quick Bolt that writes the rows of a ticket, as durably, and does nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.cores import stay_on, two_cores
from benchmarks.table import Row, p99, show

SECRET = "0" * 32
TOKEN = "xoxb-" + "0" * 12
PERSON = "U0ANN"
CUSTOMERS = 1_000
"""So many that none of them reaches the policy's limits against floods."""

KINDS = ("desk", "quick", "default", "bound")
ROUNDS = 5
ALONE = 100
A_SECOND = 100
SECONDS = 4
CALLERS = 32
TOGETHER = 1_000
AT_ONCE = 200
SLACKS_PATIENCE = 3.0

_numbers = count()


@dataclass(slots=True)
class Line:
    """One connection, kept open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> float:
        """Seconds until the acknowledgement was read. Raises AssertionError unless it is one."""
        began = time.perf_counter()
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        body = await self.reader.readexactly(length)
        took = time.perf_counter() - began
        assert head.startswith(b"HTTP/1.1 200"), head
        assert not body or b"printer" in body, body
        return took

    def close(self) -> None:
        self.writer.close()


def request() -> bytes:
    """A signed slash command, each for a customer of its own."""
    number = next(_numbers)
    body = urlencode(
        {
            "command": "/ticket",
            "text": f"open printer on fire --customer c{number % CUSTOMERS}",
            "user_id": PERSON,
            "user_name": "ann",
            "team_id": "T0TEAM",
            "channel_id": "C0DESK",
            "channel_name": "support",
            "trigger_id": f"{number}.1.abcdef",
            "response_url": "http://127.0.0.1:9/commands/1",
        }
    )
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return (
        "POST /slack/events HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def alone(port: int) -> list[float]:
    """One after the other."""
    line = await Line.to(port)
    took = [await line.ask(request()) for _ in range(ALONE)]
    line.close()
    return took


async def on_schedule(port: int) -> list[float]:
    """A hundred a second, however long the answers take: counted from when each was due."""
    free = [await Line.to(port) for _ in range(8)]
    took: list[float] = []

    async def one(due: float) -> None:
        line = free.pop() if free else await Line.to(port)
        await line.ask(request())
        took.append(time.perf_counter() - due)
        free.append(line)

    began = time.perf_counter()
    asked = []
    for number in range(A_SECOND * SECONDS):
        due = began + number / A_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(one(due)))
    await asyncio.gather(*asked)
    for line in free:
        line.close()
    return took


async def together(port: int) -> list[float]:
    """Thirty-two callers, each with the next request as soon as the last was answered: how many a second."""
    lines = [await Line.to(port) for _ in range(CALLERS)]
    left = iter(range(TOGETHER))

    async def caller(line: Line) -> None:
        for _ in left:
            await line.ask(request())

    began = time.perf_counter()
    await asyncio.gather(*map(caller, lines))
    rate = TOGETHER / (time.perf_counter() - began)
    for line in lines:
        line.close()
    return [rate]


async def at_once(port: int) -> list[float]:
    """All in the same moment, each on a connection of its own: how long the last one waits."""
    lines = [await Line.to(port) for _ in range(AT_ONCE)]
    requests = [request() for _ in lines]
    took = await asyncio.gather(*(line.ask(one) for line, one in zip(lines, requests, strict=True)))
    for line in lines:
        line.close()
    return [max(took)]


@dataclass(slots=True)
class Measured:
    """What each kind of server took in each round."""

    rounds: dict[str, list[list[float]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def each(self, kind: str, say: Callable[[list[float]], float]) -> list[float]:
        return [say(values) for values in self.rounds[kind]]

    def ratio(self, one: str, other: str, say: Callable[[list[float]], float]) -> float:
        """One by the other, round by round; the middle of that."""
        return median(a / b for a, b in zip(self.each(one, say), self.each(other, say), strict=True))


def run() -> list[Row]:
    """All measurements of this benchmark."""
    mine, theirs = two_cores()
    stay_on(mine)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        ports = {kind: servers.enter_context(server(kind, Path(folder) / kind, theirs)) for kind in KINDS}
        for port in ports.values():
            asyncio.run(alone(port))
        latency = _measured(ports, KINDS, alone)
        steady = _measured(ports, ("desk", "quick"), on_schedule)
        rates = _measured(ports, ("desk", "quick", "bound"), together)
        crowd = _measured(ports, ("desk", "quick"), at_once)
    return _rows(latency, steady, rates, crowd)


def _rows(latency: Measured, steady: Measured, rates: Measured, crowd: Measured) -> list[Row]:
    ms = 1000
    rows = [Row(f"alone, p50: {_NAMES[kind]}", ms * median(latency.each(kind, median)), "ms") for kind in KINDS]
    rows[0] = Row(
        rows[0].name, rows[0].value, "ms", latency.ratio("default", "desk", median), "times faster than default Bolt", 5
    )
    late = {kind: ms * median(steady.each(kind, p99)) for kind in ("desk", "quick")}
    against = "quick Bolt's"
    rows.append(
        Row(
            f"{A_SECOND}/s, p99: {_NAMES['desk']}",
            late["desk"],
            "ms",
            steady.ratio("desk", "quick", p99),
            against,
            2,
            at_most=True,
        )
    )
    rows.append(Row(f"{A_SECOND}/s, p99: {_NAMES['quick']}", late["quick"], "ms"))
    many = {kind: median(rates.each(kind, median)) for kind in ("desk", "quick", "bound")}
    ratio = rates.ratio("desk", "quick", median)
    rows.append(Row(f"{CALLERS} connections: {_NAMES['desk']}", many["desk"], "/s", ratio, against, 0.5))
    rows.append(Row(f"{CALLERS} connections: {_NAMES['quick']}", many["quick"], "/s"))
    bound = rates.ratio("bound", "quick", median)
    rows.append(Row(f"{CALLERS} connections: {_NAMES['bound']}", many["bound"], "/s", bound, against))
    last = max(crowd.each("desk", max))
    waits = Row(
        f"{AT_ONCE} at once, the last: {_NAMES['desk']}",
        last * ms,
        "ms",
        last / SLACKS_PATIENCE,
        "of Slack's 3 s",
        0.5,
        at_most=True,
    )
    rows.append(waits)
    rows.append(Row(f"{AT_ONCE} at once, the last: {_NAMES['quick']}", max(crowd.each("quick", max)) * ms, "ms"))
    return rows


_NAMES = {
    "desk": "/ticket open, committed",
    "quick": "quick Bolt, empty",
    "default": "default Bolt, empty",
    "bound": "quick Bolt, bare rows",
}


def _measured(
    ports: dict[str, int], kinds: tuple[str, ...], measure: Callable[[int], Coroutine[Any, Any, list[float]]]
) -> Measured:
    """In turns, so that a slow moment of the machine hits all alike."""
    found = Measured()
    for _ in range(ROUNDS):
        for kind in kinds:
            found.rounds[kind].append(asyncio.run(measure(ports[kind])))
    return found


@contextmanager
def server(kind: str, folder: Path, core: int) -> Iterator[int]:
    """Its port, while it runs on that core."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.slack_server", kind, str(folder), str(core)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    print(show("A slash command", run()))
