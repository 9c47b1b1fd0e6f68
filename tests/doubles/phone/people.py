"""People with telephones: how each takes a call, what they press at what they hear, and what becomes of a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

RING = 5.0
"""Seconds from one ring to the next."""

Keys = str | Callable[[str], str]
"""Keys, or what finds them in the words just heard."""


@dataclass(frozen=True, slots=True)
class Press:
    """At a sentence with `phrase` in it these keys are pressed, once in a call unless `again`; while it is spoken if
    `during`, or else once it was said."""

    phrase: str
    keys: Keys
    during: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A machine that picks up: it greets so many seconds, beeps, and listens until `limit`. `emits` are keys that it
    sends of itself, each so many seconds after picking up."""

    greeting: float = 6.0
    limit: float = 45.0
    emits: tuple[tuple[float, str], ...] = ()


@dataclass(slots=True)
class Person:
    """Somebody with a telephone. `after` rings they answer, unless they are busy, reject, are unreachable (switched
    off), or just let it ring; None is when a test says `picks_up`. `by_hand` means that a test presses the keys: then
    no question times out until it says `silent`. `sip` is the address of a real telephone on this machine
    that does all this itself. `stays` is how long they talk once connected (None: until somebody
    else ends it), `message` how long they speak after a beep; all in seconds of the network."""

    number: str
    name: str
    answers: bool = True
    after: float | None = 2
    presses: tuple[Press, ...] = ()
    hangs_up: str = ""
    busy: bool = False
    rejects: bool = False
    unreachable: bool = False
    voicemail: Voicemail | None = None
    seen_as: str = ""
    by_hand: bool = False
    sip: str = ""
    stays: float | None = None
    message: float = 4.0
    texts_end: Literal["delivered", "sent", "undelivered", "failed"] = "delivered"
    text_error: int = 0
    stopped: bool = field(default=False)

    @property
    def answered_by(self) -> str:
        """What the provider's detection makes of them."""
        return self.seen_as or ("machine_start" if self.voicemail else "human")


def press(given: object) -> Press:
    """A Press from itself or from a pair (phrase, keys)."""
    if isinstance(given, Press):
        return given
    if isinstance(given, tuple) and len(given) == 2:
        return Press(*given)
    raise ValueError(f"{given!r} is no (phrase, keys).")
