"""Anchors: which ticket a thread is of, by the message that it hangs on or begins with."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.discord import PLATFORM
from bot.ports import UnitOfWork


def ref_of(channel: int, message: int) -> str:
    """A message as the desk names it."""
    return f"{channel}:{message}"


def parts_of(ref: str) -> tuple[int, int]:
    """Its channel and its id."""
    channel, _, message = ref.partition(":")
    return int(channel), int(message)


def ticket_at(work: UnitOfWork, thread: int, parents: Iterable[int]) -> int | None:
    """The ticket of a thread. A thread that was made from a message has its id, so that the message is found by that
    and by the channel, of those it may hang in; a forum's post is its own."""
    for parent in parents:
        number = work.tickets.anchored(PLATFORM, ref_of(parent, thread))
        if number is not None:
            return number
    return None
