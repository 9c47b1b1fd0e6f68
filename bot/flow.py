"""What somebody on the telephone hears and is asked, before a provider's markup dresses it.

Text is plain and untrusted; the markup's one writer dresses it. A flow is played in order. The addresses in it are
names (`then`), which the adapter turns into signed one-use addresses of its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Words to be spoken. `language` is "en" or "fr", `voice` a provider's name of a voice, or empty."""

    text: str
    language: str = "en"
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: int = 1


@dataclass(frozen=True, slots=True)
class Gather:
    """Say this and wait for keys; they count while it is spoken. `then` names what the keys answer; no key within
    `seconds` answers it with none. `finish` ends longer input."""

    words: tuple[Say | Pause, ...]
    then: str
    digits: int = 1
    seconds: int = 8
    finish: str = ""


@dataclass(frozen=True, slots=True)
class Conference:
    """Into a room by its name. `waits` hears hold music until somebody comes who starts it; `ends` closes the room
    for all when this one leaves. `then` is asked when this one has left it."""

    room: str
    then: str = ""
    waits: bool = False
    ends: bool = False
    record: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring this number and connect; `then` is asked afterwards."""

    number: str
    then: str
    seconds: int = 25
    record: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A beep, then what the caller says, at most so long. `then` is asked when they are done."""

    then: str
    seconds: int = 180


@dataclass(frozen=True, slots=True)
class Goto:
    """Go on with what that name answers."""

    then: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """The end."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not even answer."""


Move = Say | Pause | Gather | Conference | Ring | Record | Goto | HangUp | Reject
Flow = tuple[Move, ...]
