"""Signals that ask a desk to stop, as something that can be awaited beside everything else."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def signals() -> Iterator[asyncio.Future[int]]:
    """A future that holds the number of the signal that asked us to stop."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not stopped.done():
            stopped.set_result(number)

    wanted = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError):  # Windows has no handlers in the loop; there the process just ends.
        for number in wanted:
            loop.add_signal_handler(number, stop, number)
    try:
        yield stopped
    finally:
        with suppress(NotImplementedError):
            for number in wanted:
                loop.remove_signal_handler(number)
