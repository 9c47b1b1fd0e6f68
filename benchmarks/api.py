"""Does opening a ticket over HTTP keep up with the same commit called in process? On two cores, by as many callers.

    python -m benchmarks.api

Server and load have a core each. Both sides open the same tickets for the same customers through intake, at full
durability and with group commit; one of them behind the API: a key, JSON, a model, headers and a socket.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.cores import stay_on, two_cores
from benchmarks.table import Row, p99, show

CUSTOMERS = 4_000
"""So many that none of them reaches the policy's limits against floods."""
CALLERS = 32
TOGETHER = 1_500
ALONE = 150
ROUNDS = 5
TARGET = 0.5

_numbers = count()


def body(number: int) -> bytes:
    """A ticket, each for a customer of its own."""
    told = {
        "subject": "Mail server down, queue growing",
        "text": "It stopped at noon and the queue grows",
        "customer": f"c{number % CUSTOMERS}",
        "from": {"address": f"it@c{number % CUSTOMERS}.example", "name": "Jo"},
    }
    return json.dumps(told).encode()


def request(token: str, repeatable: bool = False) -> bytes:
    number = next(_numbers)
    sent = body(number)
    key = f"Idempotency-Key: bench-{number}\r\n" if repeatable else ""
    return (
        f"POST /api/v1/tickets HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n{key}"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
    ).encode() + sent


class Line:
    """One connection, kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, asked: bytes) -> float:
        """Seconds until the answer was read. Raises AssertionError unless a ticket was opened."""
        began = time.perf_counter()
        self._writer.write(asked)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        answer = await self._reader.readexactly(length)
        assert head.startswith(b"HTTP/1.1 201"), answer
        return time.perf_counter() - began

    def close(self) -> None:
        self._writer.close()


async def alone(port: int, token: str) -> list[float]:
    """One after the other."""
    line = await Line.to(port)
    took = [await line.ask(request(token)) for _ in range(ALONE)]
    line.close()
    return took


async def together(port: int, token: str, repeatable: bool = False) -> float:
    """How many a second, each caller with the next request as soon as the last was answered."""
    lines = [await Line.to(port) for _ in range(CALLERS)]
    left = iter(range(TOGETHER))

    async def caller(line: Line) -> None:
        for _ in left:
            await line.ask(request(token, repeatable))

    began = time.perf_counter()
    await asyncio.gather(*map(caller, lines))
    rate = TOGETHER / (time.perf_counter() - began)
    for line in lines:
        line.close()
    return rate


@contextmanager
def server(folder: Path, core: int) -> Iterator[tuple[int, str, subprocess.Popen[str]]]:
    """Its port and a key, while it runs on that core; told a line, it opens tickets in process and says how quickly."""
    command = [sys.executable, "-m", "benchmarks.api_server", str(folder), str(core)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port, token = process.stdout.readline().split()
            yield int(port), token, process
        finally:
            process.terminate()


def in_process(process: subprocess.Popen[str]) -> float:
    """How many a second the same process opens without HTTP."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def run() -> list[Row]:
    """All measurements of this benchmark, in turns, so that a slow moment of the machine hits both alike."""
    mine, theirs = two_cores()
    stay_on(mine)
    called, asked, repeated, waits = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), theirs) as (port, token, process):
        asyncio.run(alone(port, token))
        in_process(process)
        for _ in range(ROUNDS):
            called.append(in_process(process))
            asked.append(asyncio.run(together(port, token)))
            repeated.append(asyncio.run(together(port, token, repeatable=True)))
            waits += asyncio.run(alone(port, token))
    ratio = median(a / c for a, c in zip(asked, called, strict=True))
    with_key = median(r / c for r, c in zip(repeated, called, strict=True))
    return [
        Row(f"{CALLERS} callers: POST /tickets", median(asked), "/s", ratio, "the commit in process", TARGET),
        Row("  with an Idempotency-Key", median(repeated), "/s", with_key, "the commit in process"),
        Row(f"{CALLERS} callers: the commit in process", median(called), "/s"),
        Row("alone: POST /tickets, p50", 1000 * median(waits), "ms"),
        Row("alone: POST /tickets, p99", 1000 * p99(waits), "ms"),
    ]


if __name__ == "__main__":
    print(show("Opening a ticket through the API", run()))
