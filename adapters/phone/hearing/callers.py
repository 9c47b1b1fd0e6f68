"""The seam to the hotline: what the desk does with calls that are no attempts of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flow import Flow
from bot.ports import UnitOfWork
from bot.ports.oncall import PhoneCall

STATUS = "status"
MACHINE = "machine"
RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class CallNews:
    """What a provider says of a call (see `wire.provider.Told`, whose words these are). `sequence` is None where it
    numbers nothing; `recording` the address of a recording, `recording_ref` its name."""

    ref: str
    status: str = ""
    sequence: int | None = None
    answered_by: str = ""
    seconds: int | None = None
    recording: str = ""
    recording_ref: str = ""
    recording_status: str = ""


class Greet(Protocol):
    """Somebody calls in: `number` is theirs ("" where withheld), a hint alone. Returns the call as it is kept."""

    def __call__(self, work: UnitOfWork, *, number: str, provider: str, ref: str, now: datetime) -> PhoneCall: ...


Talk = Callable[[UnitOfWork, PhoneCall, str, str, datetime], Flow]
"""The dialogue: the call, which prompt is answered ("start" for none), its keys, now."""

Tell = Callable[[UnitOfWork, PhoneCall, CallNews, datetime], None]
"""News of a call, by what it is of: STATUS, MACHINE or RECORDING."""


@dataclass(frozen=True, slots=True)
class Callers:
    """What the desk does with those who call, and with those whom it calls for them."""

    greet: Greet
    talk: Talk
    tell: Mapping[str, Tell]
