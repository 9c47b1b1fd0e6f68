"""Errands: what may hang is done aside, so that whoever wants it done never hangs with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Thread

log = logging.getLogger(__name__)

Aside = Callable[[Callable[[], None]], None]
"""Sees to it that something is done, without waiting for it."""


def in_a_thread(call: Callable[[], None]) -> None:
    """Nobody waits for that thread, not even the end of the process."""
    Thread(target=call, name="errand", daemon=True).start()


class Errand:
    """A deed that is under way at most once. What it raises is for the log."""

    def __init__(self, deed: Callable[[], None], aside: Aside = in_a_thread) -> None:
        self._deed = deed
        self._aside = aside
        self._under_way = Lock()

    def begin(self) -> bool:
        """Begin it, unless it is still under way; returns whether it was begun."""
        if not self._under_way.acquire(blocking=False):
            return False
        try:
            self._aside(self._done)
        except BaseException:
            self._under_way.release()
            raise
        return True

    def _done(self) -> None:
        try:
            self._deed()
        except Exception:
            log.exception("An errand failed.")
        finally:
            self._under_way.release()
