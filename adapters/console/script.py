"""Commands from standard input when it is no terminal: a line each, and a transcript that reads well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import BinaryIO, TextIO

from adapters.console.screen import Screen
from adapters.console.session import Session
from adapters.console.whole_line import take
from bot.views.wording import listed
from commands.parsing import LONGEST_LINE

_MOST_BYTES = 4 * LONGEST_LINE
"""What the longest line can take in UTF-8; of a longer one the rest is skipped, and the desk refuses it."""

NOT_UTF_8 = "Some bytes of this line were not UTF-8 and became “\ufffd”."


async def run_script(
    session: Session,
    screen: Screen,
    stdin: BinaryIO,
    stderr: TextIO,
    deliver_now: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Run every line until the end or /quit. After each, `deliver_now` shows the news that it caused.

    Returns 0 when all lines were understood and done, else 1, with a count on `stderr`.
    """
    count, number, refused = 0, 0, []
    while not session.over and (read := await asyncio.to_thread(_next_line, stdin)) is not None:
        line, is_utf_8 = read
        number += 1
        in_form = session.form is not None
        if not in_form and (not line.strip() or line.lstrip().startswith("# ") or line.strip() == "#"):
            continue
        count += 1
        screen.heard(number, f"{session.prompt()}{_shortened(line)}")
        if not is_utf_8:
            screen.note(NOT_UTF_8)
        if not await take(session, line, deliver_now):
            refused.append(number)
    if session.form is not None:
        await asyncio.to_thread(session.leave_form)
        refused.append(number)
    if refused:
        lines = f"{count} line{'s' if count > 1 else ''} {'were' if len(refused) > 1 else 'was'} refused."
        stderr.write(f"{len(refused)} of {lines} {_where(refused)}\n")
    return 1 if refused else 0


def _next_line(stdin: BinaryIO) -> tuple[str, bool] | None:
    """A line without its end, and whether it is UTF-8; None at the end of input. Other bytes become replacement
    characters."""
    raw = stdin.readline(_MOST_BYTES)
    if not raw:
        return None
    end = raw
    while not end.endswith(b"\n") and (end := stdin.readline(_MOST_BYTES)):
        continue
    text = raw.decode("utf-8", "replace")
    # Where a line is too long and cut, the last character may be cut, too; that is no fault of its bytes.
    is_utf_8 = len(raw) == _MOST_BYTES or text.encode() == raw
    return text.removeprefix("\ufeff").rstrip("\r\n"), is_utf_8


def _shortened(line: str) -> str:
    return line if len(line) <= 1000 else line[:1000] + "…"


def _where(numbers: list[int]) -> str:
    shown = list(dict.fromkeys(str(number) for number in numbers))
    some = [*shown[:10], f"{len(shown) - 10} more"] if len(shown) > 11 else shown
    return f"Look at line{'s' if len(shown) > 1 else ''} {listed(some)}."
