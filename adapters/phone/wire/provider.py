"""The port `PhoneProvider`: what the desk wants of whoever connects it to the telephone network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call to place. Once somebody answers, `url` is asked what is said, or `markup` is said where that is given.
    `status_url` is told how it goes, `machine_url` whether a machine answered; empty, nobody asks. `rings` in seconds.
    """

    to: str
    status_url: str
    url: str = ""
    markup: str = ""
    rings: int = 25
    machine_url: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a provider knows of a call or a text. `status` is one of TwiML's words, whatever the provider calls it: of a
    call queued, initiated, ringing, in-progress, completed, busy, no-answer, failed, canceled; of a text queued,
    sending, sent, delivered, undelivered, failed, read. `started_at` is None until it has begun, or where nobody says.
    """

    ref: str
    status: str
    to: str = ""
    sender: str = ""
    started_at: datetime | None = None
    seconds: int | None = None
    answered_by: str = ""
    words: str = ""
    error: str = ""
    by_us: bool = True

    @property
    def over(self) -> bool:
        return self.status in OVER


OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""How a call ends. None of these says that a human heard it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A request of a provider's as it came in. `url` is the address as the provider called it: the public one, with its
    query, however many proxies there are in between. The names of `headers` are in small letters."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook says, in one vocabulary (see Known). `ref` names the call or the text; `sender` and `to` are the
    numbers ("" where withheld). `keys` is None where the request answers no prompt. `at` is aware UTC.

    `dialled` is how a number came out that the call was connected to; `recording` the address of a recording,
    `recording_ref` its name, `recording_status` whether there is one (completed, absent).
    """

    ref: str = ""
    account: str = ""
    sender: str = ""
    to: str = ""
    inbound: bool = False
    keys: str | None = None
    status: str = ""
    sequence: int | None = None
    answered_by: str = ""
    seconds: int | None = None
    sip_code: str = ""
    error: str = ""
    words: str = ""
    dialled: str = ""
    recording: str = ""
    recording_ref: str = ""
    recording_status: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as its provider describes it. `trial` calls verified numbers alone; `at` is the provider's clock."""

    name: str
    status: str
    trial: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the account: what it can do, and where the provider sends what comes in. None is not told."""

    number: str
    voice: bool | None = None
    texts: bool | None = None
    voice_url: str | None = None
    text_url: str | None = None
    status_url: str | None = None


class PhoneProvider(Protocol):
    """A provider. To add one, write a class with these methods in a module beside this one, and name it in
    `wire/providers.py`; if it speaks TwiML, inherit from `wire/twilio.py` and say only what differs.

    Every method that asks the provider raises `wire.troubles.ProviderError`, which says what the desk must know and
    nothing else can: whether it was *not* done (wrong settings, a number that cannot be reached, "later", no
    connection), or whether nobody knows. No method repeats a request that does something: the desk does, after it has
    looked (`calls_to`, `texts_to`) whether the first one got through. A request takes `patience` seconds at most.

    * `call`, `text` return the provider's name of it: what its webhooks, `look` and `cut` know it by.
    * `calls_to`, `texts_to` list what went to a number since then, newest first: with them the desk finds out what came
      of a request that was not answered. A provider that cannot list must raise, never return nothing.
    * `cut` ends a call whatever its state, or gives a queued one up; one that is over already is no error.
    * `redirect` makes a call under way ask `url` what is said next. Raises for one that is over.
    * `genuine` says whether a request was signed by this provider with one of the account's secrets, not long ago if
      the provider says when. Where it cannot tell, it says no.
    * `read` takes a webhook apart. What it does not find it leaves empty; it never raises.
    """

    @property
    def name(self) -> str:
        """For people: "Twilio"."""

    @property
    def number(self) -> str:
        """Where calls come from, E.164."""

    @property
    def account(self) -> str: ...

    @property
    def takes_inline(self) -> bool:
        """Whether a call can be placed with `markup`; else with a `url` alone."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def call(self, order: CallOrder) -> str: ...

    async def text(self, to: str, words: str, status_url: str = "") -> str: ...

    async def look(self, ref: str) -> Known: ...

    async def look_at_text(self, ref: str) -> Known: ...

    async def calls_to(self, number: str, since: datetime) -> Sequence[Known]: ...

    async def texts_to(self, number: str, since: datetime) -> Sequence[Known]: ...

    async def cut(self, ref: str) -> None: ...

    async def redirect(self, ref: str, url: str) -> None: ...

    async def standing(self) -> Standing: ...

    async def line(self) -> Line | None:
        """The number's own; None where the account does not have it."""

    def recording(self, url: str) -> tuple[str, Mapping[str, str]] | None:
        """Where that recording is fetched and what is sent along; None for one that does not lie with this account."""

    def genuine(self, hook: Hook, now: datetime) -> bool: ...

    def read(self, hook: Hook) -> Told: ...
