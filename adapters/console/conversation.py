"""The console's front door: a conversation with the desk, typed by a person or read from a pipe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TextIO

from adapters.console.channel import ConsoleChannel
from adapters.console.interactive import run_prompt
from adapters.console.script import run_script
from adapters.console.session import Move, Session
from commands.desk import Desk


async def converse(
    desk: Desk,
    channel: ConsoleChannel,
    *,
    stdin: TextIO,
    stderr: TextIO,
    deliver_now: Callable[[], Awaitable[None]] | None = None,
    account: str = "you",
    history: Path | None = None,
    move: Move | None = None,
) -> int:
    """Talk until the end of `stdin`, or /quit, and return the exit code.

    A terminal gets a prompt; anything else, and what a program types, is read as a script, a command a line. The
    answers, and the news that `channel` is given, go to the channel's screen. `deliver_now` runs a delivery round; it
    is awaited after each line, so that what a command posted is seen right after its answer. `account` is who speaks
    until /as says otherwise; `history` the file that remembers typed lines; `move` what `/time +2h` moves the clock
    with. Raises Refusal when the database is away at the start.
    """
    screen = channel.screen
    interactive = stdin.isatty() and not screen.for_programs
    session = await asyncio.to_thread(lambda: Session(desk, screen, account=account, asks=interactive, move=move))
    try:
        if interactive:
            return await run_prompt(session, screen, deliver_now, history=history)
        return await run_script(session, screen, stdin.buffer, stderr, deliver_now)
    except BrokenPipeError:
        return 1
