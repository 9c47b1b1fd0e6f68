"""The platform: each webhook is told what it wants to hear of, signed, until it has it or a day has gone by."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession
from aiohttp.abc import AbstractResolver

from adapters.webhook.outside import PATIENCE, NotOutside, session
from bot.domain.errors import Refusal
from bot.domain.webhooks import key_of, signed
from bot.ports import CannotDeliver, Channel, Health, Parcel, WallClock
from bot.settings import Settings, Webhook
from commands.desk import Desk

LONGEST_WAIT = 3600
"""Seconds for which a receiver may ask us to wait."""
GONE = 410
_NEVER = frozenset({400, 413, 415, 422})
"""What says that this event will never be taken; whatever else is answered may be mended by tomorrow."""


log = logging.getLogger(__name__)


class WebhookPlatform:
    """The port `Platform`, and its own channel. Nothing comes in this way. `resolver` looks hosts up and `trust` says
    which certificates count; the system's, unless a test gives others.

    A receiver that is away is no trouble of the desk's own: its health is well, and tells of it.
    """

    platform = "webhook"
    prompt = False
    pace = 0.0

    def __init__(
        self,
        _desk: Desk,
        settings: Settings,
        clock: WallClock,
        _changed: Callable[[], None],
        *,
        resolver: AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        if not settings.webhooks:
            raise Refusal("No webhook is set up.", "Write a section [webhooks.NAME] into the settings.")
        self._hooks = settings.webhooks
        self._clock = clock
        self._resolver = resolver
        self._trust = trust
        self._sessions: dict[bool, ClientSession] = {}
        self._gone: set[str] = set()
        self._troubles: dict[str, str] = {}
        self._heard_at: datetime | None = None

    @property
    def channel(self) -> Channel:
        return self

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for webhooks."""
        return ()

    async def start(self) -> None:
        for inside in {hook.inside for hook in self._hooks.values()} - set(self._sessions):
            self._sessions[inside] = session(inside=inside, resolver=self._resolver, trust=self._trust)

    async def stop(self) -> None:
        while self._sessions:
            await self._sessions.popitem()[1].close()

    def health(self) -> Health:
        if not self._sessions:
            return Health(False, "not connected", self._heard_at)
        troubles = [f"{name}: {why}" for name, why in sorted(self._troubles.items())]
        return Health(True, "; ".join(troubles) or "ready", self._heard_at)

    async def deliver(self, parcel: Parcel) -> str:
        """Raises CannotDeliver."""
        name = parcel.place
        hook, client = self._hooks.get(name), None
        if hook is not None:
            client = self._sessions.get(hook.inside)
        if hook is None or client is None:
            raise CannotDeliver(f"there is no webhook “{name}” any more", permanent=hook is None)
        if name in self._gone:
            raise CannotDeliver("its receiver said that it is gone", permanent=True)
        try:
            await self._send(client, hook, parcel)
        except CannotDeliver as trouble:
            if self._troubles.get(name) != trouble.reason:
                log.warning("The webhook %s is not told: %s.", name, trouble.reason)
            self._troubles[name] = trouble.reason
            raise
        self._troubles.pop(name, None)
        self._heard_at = self._clock.now()
        return ""

    async def _send(self, client: ClientSession, hook: Webhook, parcel: Parcel) -> None:
        payload = parcel.card.data["payload"]
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        proof = signed(key_of(hook.secret.get_secret_value()), f"msg_{parcel.id}", self._clock.now(), body)
        headers = {"Content-Type": "application/json", **proof}
        try:
            # What it answers is of no interest, and not read.
            async with client.post(hook.url, data=body, headers=headers, allow_redirects=False) as answer:
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except TimeoutError:
            raise CannotDeliver(f"it did not answer within {PATIENCE:g} s") from None
        except ClientConnectorError as error:
            if _forbidden(error):
                raise CannotDeliver(
                    "its host is inside the desk's network, and inside = true is not set", permanent=True
                ) from None
            raise CannotDeliver("it cannot be reached") from None
        except (ClientError, OSError, ValueError) as error:
            # The words of libraries may hold the address, and that may hold a secret.
            raise CannotDeliver(f"it cannot be reached ({type(error).__name__})") from None
        self._judge(parcel.place, status, wait)

    def _judge(self, name: str, status: int, wait: str) -> None:
        """Raises CannotDeliver unless it was taken."""
        if 200 <= status < 300:
            return
        if status == GONE:
            self._gone.add(name)
            raise CannotDeliver("it answered 410: nobody listens there any more", permanent=True)
        if status in _NEVER:
            raise CannotDeliver(f"it answered {status}", permanent=True)
        redirected = ", and nobody is followed to another address" if status < 400 else ""
        raise CannotDeliver(f"it answered {status}{redirected}", retry_after=seconds_of(wait, self._clock.now()))


def seconds_of(retry_after: str, now: datetime) -> float | None:
    """What Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), within bounds; None where it asks for nothing
    that can be read."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), LONGEST_WAIT)) or None
    try:
        wait = (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(wait, float(LONGEST_WAIT)) if wait > 0 else None


def _forbidden(error: BaseException) -> bool:
    """Whether our own guard stood in the way."""
    causes: list[BaseException] = [error]
    while causes:
        one = causes.pop()
        if isinstance(one, NotOutside):
            return True
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        causes += [*inner, *(cause for cause in (one.__cause__, one.__context__) if cause is not None)]
    return False
