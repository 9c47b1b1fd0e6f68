"""What the API benchmark loads: the desk with its API, in a process and on a core of its own.

    python -m benchmarks.api_server FOLDER [CORE]

It prints its port and a key; for each line on standard input it opens tickets in process and prints how many a second.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

from adapters.web.doors import Doors
from adapters.web.server import WebServer
from benchmarks.api import CALLERS, CUSTOMERS, TOGETHER, body
from benchmarks.cores import stay_on
from bot.api_keys import SCOPES, new_token
from bot.clocks import SystemClock
from bot.domain.customers import Customer
from bot.ports import UnitOfWork
from bot.ports.intake import ApiKey
from bot.settings import Settings
from bot.signing import digest_of
from bot.wiring import House, build
from commands.intake import Words, open_for

_numbers = count()


def move_in(work: UnitOfWork) -> None:
    for number in range(CUSTOMERS):
        work.customers.save(Customer(f"c{number}", f"Customer {number}", (f"it@c{number}.example",)))


def open_one(house: House) -> None:
    """The same ticket, as the API's deed opens it."""
    told = json.loads(body(next(_numbers)))

    def deed(work: UnitOfWork) -> int:
        customer = work.customers.look(told["customer"])
        sender = told["from"]
        words = Words(
            "api", sender["address"], told["text"], subject=told["subject"], name=sender["name"], customer=customer
        )
        return open_for(work, words, house.clock.now()).number

    house.database.write(deed)


def in_process(house: House, callers: ThreadPoolExecutor) -> float:
    """How many a second, by as many callers as the API has."""
    began = time.perf_counter()
    for done in [callers.submit(open_one, house) for _ in range(TOGETHER)]:
        done.result()
    return TOGETHER / (time.perf_counter() - began)


async def report() -> tuple[bool, Mapping[str, Any]]:
    return True, {}


async def serve(folder: Path) -> None:
    """Answer until the process is ended."""
    web = {"api": True, "public_url": "http://127.0.0.1", "api_rate": 1_000_000}
    house = build(Settings.model_validate({"data": folder, "web": web}), SystemClock(), ("console",))
    house.database.write(move_in)
    token = new_token()
    key = ApiKey(token.id, "bench", digest_of(token.secret), frozenset(SCOPES), house.clock.now(), "bench")
    house.database.write(lambda work: work.keys.add(key))
    doors = Doors(house.settings, house.desk, house.clock, lambda: None)
    server = WebServer("127.0.0.1", 0, doors.routes, report)
    await server.start()
    gc.freeze()
    print(server.port, token.text, flush=True)
    callers = ThreadPoolExecutor(CALLERS)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(await loop.run_in_executor(None, in_process, house, callers), flush=True)


def main(arguments: Sequence[str]) -> None:
    folder, *core = arguments
    if core:
        stay_on(int(core[0]))
    asyncio.run(serve(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
