"""What the mail benchmark loads and kills: a whole desk that reads a mailbox, in a process of its own.

    python -m benchmarks.mail_desk FOLDER EMAIL

EMAIL is the section of its settings, as JSON. It prints when it begins to connect, in monotonic seconds; once standard
input ends it lets what is under way come to its end.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.paging_desk import Sink
from bot.cli.logs import keep_log
from bot.clocks import SystemClock
from bot.domain.customers import Customer, Subscription
from bot.ports import Channel, UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build

CUSTOMERS = 100
CHAT_ANSWERS = 0.02
"""Seconds, for each message that the desk's chat is told."""


def settings_of(folder: Path, email: Mapping[str, Any]) -> Settings:
    return Settings.model_validate({"data": folder, "email": email, "backups": {"daily": False}})


def moved_in(folder: Path, email: Mapping[str, Any]) -> None:
    """Level III customers c0, c1 …, each with an address jo@c0.example."""
    house = build(settings_of(folder, email), SystemClock())
    today = house.clock.now().date()
    bought = (Subscription("gateway", "III", today - timedelta(days=90), today + timedelta(days=270)),)

    def save(work: UnitOfWork) -> None:
        for number in range(CUSTOMERS):
            addresses = (f"jo@c{number}.example",)
            work.customers.save(Customer(f"c{number}", f"Customer {number}", addresses, subscriptions=bought))

    house.database.write(save)
    house.close()


async def serve(house: House) -> None:
    """Until standard input ends."""
    channels: dict[str, Channel] = {"console": Sink(CHAT_ANSWERS)}
    runtime = house.served(channels)
    print(time.monotonic(), flush=True)
    runtime.start()
    runtime.connected("console")
    try:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    finally:
        await runtime.stop()


def main(arguments: Sequence[str]) -> None:
    folder, email = arguments
    keep_log(Path(folder), "INFO")
    house = build(settings_of(Path(folder), json.loads(email)), SystemClock())
    try:
        asyncio.run(serve(house))
    finally:
        house.close()


if __name__ == "__main__":
    main(sys.argv[1:])
