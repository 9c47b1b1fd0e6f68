"""One line from its beginning to its end: a stop that comes meanwhile waits until it is answered and its news told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from adapters.console.session import Session


async def take(session: Session, line: str, deliver_now: Callable[[], Awaitable[None]] | None) -> bool:
    """Let the session take the line, then show the news that it caused. True unless something was refused.

    Whoever cancels it waits for the end: half a delivery would be told again by the next desk.
    """
    whole = asyncio.create_task(_whole(session, line, deliver_now))
    try:
        return await asyncio.shield(whole)
    except asyncio.CancelledError:
        await asyncio.wait({whole})
        raise


async def _whole(session: Session, line: str, deliver_now: Callable[[], Awaitable[None]] | None) -> bool:
    done = await asyncio.to_thread(session.hear, line)
    if deliver_now is not None:
        await deliver_now()
    return done
