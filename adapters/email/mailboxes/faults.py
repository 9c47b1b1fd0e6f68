"""Whose fault it is that messages are not taken: one message's own, or the desk's, which is held against none.

A message alone cannot tell. Where several fail one after another, and none is taken between them, it is the desk: its
messages would all be put aside otherwise, one after the other, while nobody is there to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.email.mailboxes.client import Denied
from adapters.email.reading.limits import Unreadable

SEVERAL = 3
"""So many different messages that fail in a row are the desk's fault; until it is known, two may be put aside."""


class Faults:
    """Of one mailbox, from look to look; for one thread. `last` is the UID that was tried on its own last."""

    def __init__(self) -> None:
        self._failed: set[int] = set()
        self._told = False
        self.last = 0

    def begins(self, failing: Iterable[int]) -> None:
        """Those had failed when the desk ended: starting it again, which people do then, forgets no fault."""
        self._failed.update(failing)

    @property
    def failing(self) -> tuple[int, ...]:
        """As many as it takes to know whose fault it is."""
        return tuple(sorted(self._failed)[:SEVERAL])

    def taken(self) -> None:
        """A message was: the desk is well."""
        self._failed.clear()
        self._told = False

    def failed(self, uid: int, error: Exception) -> bool:
        """Whether it is the desk's fault. What cannot be read at all, or is not given out, is the message's own."""
        if isinstance(error, Unreadable | Denied):
            return False
        self._failed.add(uid)
        return self.of_the_desk

    @property
    def of_the_desk(self) -> bool:
        return len(self._failed) >= SEVERAL

    def is_news(self) -> bool:
        """Whether nobody was told of it yet; who asks tells."""
        told, self._told = self._told, True
        return not told

    def in_turn(self, uids: set[int]) -> list[int]:
        """Oldest first. While the desk is at fault one is tried at each look, another each time: one of them may have
        a fault of its own, and must not stand before those that would go."""
        if not self.of_the_desk:
            return sorted(uids)
        return sorted(uids, key=lambda uid: (uid <= self.last, uid))
