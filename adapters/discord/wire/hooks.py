"""Hooks: answers by an interaction's own token, quick and apart from the limits of all that the bot does otherwise."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import aiohttp

from bot.proxies import proxy_to

log = logging.getLogger(__name__)

RESTS = (0.15, 0.5)
"""Seconds of rest before a first answer is tried again: there are three in all."""
LATER_RESTS = (0.5, 2.0, 8.0)
"""The same for what may take its time."""
LONGEST_REST = 30.0
SECONDS = 10.0

ALREADY_ANSWERED = 40060
_DEAD = frozenset({401, 403, 404})


Json = Mapping[str, Any]
Files = Sequence[tuple[str, str]]


class Said(Enum):
    """What became of an answer: shown; too late, as the token is dead; not taken, as something is wrong with it; or not
    sent, as Discord is out of order."""

    SHOWN = "shown"
    TOO_LATE = "too late"
    NOT_TAKEN = "not taken"
    NOT_SENT = "not sent"


class Hooks:
    """Speaks to Discord's webhooks of interactions. No bot token goes there: Discord wants none."""

    def __init__(self, api_url: str) -> None:
        self._base = api_url
        self._proxy = proxy_to(api_url)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "DiscordBot (https://github.com/thirdline, 0)"},
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def respond(
        self, interaction: int, token: str, kind: int, data: Json | None = None, files: Files = ()
    ) -> Said:
        """The first answer. `files` are texts with their names."""
        body: Json = {"type": kind} if data is None else {"type": kind, "data": data}
        return await self._sent("POST", f"/interactions/{interaction}/{token}/callback", body, files, RESTS)

    async def edit(self, application: int, token: str, data: Json, files: Files = ()) -> Said:
        """Put this where the first answer stands, or where it is still awaited."""
        path = f"/webhooks/{application}/{token}/messages/@original"
        return await self._sent("PATCH", path, data, files, LATER_RESTS)

    async def _sent(self, method: str, path: str, body: Json, files: Files, rests: tuple[float, ...]) -> Said:
        for rest in (*rests, None):
            said, asked = await self._once(method, path, body, files)
            if said is not Said.NOT_SENT or rest is None:
                return said
            await asyncio.sleep(min(asked or rest, LONGEST_REST))
        return Said.NOT_SENT

    async def _once(self, method: str, path: str, body: Json, files: Files) -> tuple[Said, float | None]:
        """What became of it, and how long Discord asks us to wait."""
        if self._session is None:
            return Said.NOT_SENT, None
        what: dict[str, Any] = {"data": form_with(body, files)} if files else {"json": body}
        try:
            async with self._session.request(method, self._base + path, proxy=self._proxy, **what) as answer:
                if answer.status < 300:
                    return Said.SHOWN, None
                told = _read(await answer.text())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("An answer did not reach Discord: %s.", type(error).__name__)
            return Said.NOT_SENT, None
        return _meaning(answer.status, told)


def form_with(body: Json, files: Files) -> aiohttp.FormData:
    """A body with texts as files beside it."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for number, (name, text) in enumerate(files):
        form.add_field(f"files[{number}]", text.encode(), filename=name, content_type="text/plain; charset=utf-8")
    return form


def _meaning(status: int, told: Mapping[str, Any]) -> tuple[Said, float | None]:
    code = told.get("code")
    if code == ALREADY_ANSWERED:
        return Said.SHOWN, None  # Our own answer, of which we were not told that it arrived.
    if status == 429:
        wait = told.get("retry_after")
        return Said.NOT_SENT, float(wait) if isinstance(wait, int | float) else None
    if status in _DEAD:
        return Said.TOO_LATE, None
    log.warning("Discord answered an answer with %d (%s).", status, code)
    return (Said.NOT_SENT if status >= 500 else Said.NOT_TAKEN), None


def _read(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
