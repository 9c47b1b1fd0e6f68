"""A conversation over a running desk: the terminal in the foreground, the bell behind it, and a tidy end to both."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from adapters.console.channel import ConsoleChannel
from adapters.console.conversation import converse
from adapters.console.escape import lines_of
from adapters.console.for_programs import ProgramScreen
from adapters.console.screen import Screen
from adapters.console.seen import look
from bot.cli.printing import mention
from bot.cli.signals import signals
from bot.clocks import MovableClock
from bot.domain.errors import BadValue, Refusal
from bot.ports import Health, Speaker
from bot.runtime import Runtime
from bot.wiring import House

PLATFORM = "console"

log = logging.getLogger(__name__)

Move = Callable[[str, Runtime], Coroutine[Any, Any, None]]
"""Moves a clock by hand to where a text says, everything due on the way done. Raises BadValue."""


class Reader(Enum):
    """Who reads standard output: a person, a program, or a program that wants to be told the news as well."""

    PERSON = "person"
    PROGRAM = "program"
    PROGRAM_WITH_NEWS = "program with news"


def reader_of(as_json: bool, with_news: bool) -> Reader:
    """What --json and --news mean together. Raises BadValue for the second without the first."""
    if with_news and not as_json:
        raise BadValue("--news goes with --json: a person is told the news anyway.", "thirdline run --json --news")
    if not as_json:
        return Reader.PERSON
    return Reader.PROGRAM_WITH_NEWS if with_news else Reader.PROGRAM


async def talk(
    house: House,
    account: str,
    *,
    reader: Reader = Reader.PERSON,
    greet: Callable[[Screen], None] | None = None,
    move: Move | None = None,
    history: Path | None = None,
    tidy: Callable[[], None] = lambda: None,
) -> int:
    """Talk until the end of standard input; returns the exit code.

    A program that does not want the news is not told it, and then nobody is: it waits for the next desk. A signal
    ends the whole process, after the round that is under way, with the desk closed and `tidy` called.
    """
    screen = (Screen if reader is Reader.PERSON else ProgramScreen)(sys.stdout, house.clock)
    runtime = _runtime(house, screen, reader)
    try:
        if greet is not None and reader is Reader.PERSON:
            greet(screen)
        look(house.desk, screen, Speaker(PLATFORM, account))
        await _round(runtime)
        if not (isinstance(house.clock, MovableClock) and house.clock.speed == 0):
            runtime.start()
        with signals() as stopped:
            task = asyncio.create_task(_conversation(house, runtime, screen, account, move, history))
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                await _stop(house, runtime, task)
                tidy()
                _leave(128 + stopped.result())
            return task.result()
    finally:
        await runtime.stop()
        await _round(runtime)


def _runtime(house: House, screen: Screen, reader: Reader) -> Runtime:
    if reader is Reader.PROGRAM:
        return house.runtime(None)
    watcher = Beside(screen if reader is Reader.PERSON else None)
    return house.served({PLATFORM: ConsoleChannel(screen)}, watcher)


class Beside:
    """Tells the person at the terminal how the platforms beside it are; a program is told on standard error."""

    def __init__(self, screen: Screen | None) -> None:
        self._screen = screen

    def told(self, platform: str, health: Health) -> None:
        self._say(f"{platform}: {'' if health.well else 'not well: '}{health.words}")

    def refused(self, platform: str, refusal: Refusal) -> None:
        """It is told with the next round, as the platform's health; the terminal goes on without it."""

    def _say(self, text: str) -> None:
        if self._screen is None:
            mention(text)
        else:
            self._screen.note("\n".join(lines_of(text)))


async def _conversation(
    house: House, runtime: Runtime, screen: Screen, account: str, move: Move | None, history: Path | None
) -> int:
    loop = asyncio.get_running_loop()

    async def deliver_now() -> None:
        await _round(runtime)

    def moved(text: str) -> None:
        """The conversation runs in a thread of its own; the clock is moved in the loop."""
        if move is not None:
            asyncio.run_coroutine_threadsafe(move(text, runtime), loop).result()

    return await converse(
        house.desk,
        ConsoleChannel(screen),
        stdin=sys.stdin,
        stderr=sys.stderr,
        deliver_now=deliver_now,
        account=account,
        history=history,
        move=moved if move is not None else None,
    )


async def _round(runtime: Runtime) -> None:
    """One round now, and the bell set for what is due next. A database that is away does not end the conversation."""
    try:
        after = await runtime.tick()
    except Refusal as refusal:
        log.warning("A round has to wait: %s", refusal.text)
        return
    if after is not None:
        runtime.bell.ring(after)


async def _stop(house: House, runtime: Runtime, task: asyncio.Task[int]) -> None:
    await runtime.stop()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await _round(runtime)
    house.close()


def _leave(code: int) -> None:
    """Leave although a thread waits for a line of standard input: nothing can wake it, and everything else is done."""
    logging.shutdown()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(code)
