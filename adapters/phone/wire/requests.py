"""Requests to a provider's API: each with its deadline, none repeated, every trouble told in one way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from adapters.phone.wire.troubles import BREAKS, Fault, ProviderError, broken, refused
from bot.proxies import proxy_to

PATIENCE = 4.0
"""Seconds that one request may take: four of them fit into what delivery gives a parcel, and leave some."""
TO_CONNECT = 2.0

Fields = Sequence[tuple[str, str]]


class Requests:
    """`base` is the API's address without a slash at its end, `headers` go with every request."""

    def __init__(self, base: str, headers: Mapping[str, str], who: str, patience: float = PATIENCE) -> None:
        self._base = base.rstrip("/")
        self._headers = dict(headers)
        self._who = who
        self._timeout = ClientTimeout(total=patience, connect=min(TO_CONNECT, patience))
        self._proxy = proxy_to(self._base)
        self._session: ClientSession | None = None

    async def open(self) -> None:
        if self._session is None:
            self._session = ClientSession(headers=self._headers, timeout=self._timeout)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(self, path: str, fields: Fields = ()) -> Answer:
        return await self._ask("GET", path, wrote=False, params=list(fields))

    async def post(self, path: str, fields: Fields, *, wrote: bool = True) -> Answer:
        """A form. `wrote` is false for what may be repeated without harm."""
        return await self._ask("POST", path, wrote=wrote, data=list(fields))

    async def post_json(self, path: str, body: Mapping[str, Any], *, wrote: bool = True) -> Answer:
        return await self._ask("POST", path, wrote=wrote, json=dict(body))

    async def _ask(self, method: str, path: str, *, wrote: bool, **what: Any) -> Answer:
        """Raises ProviderError."""
        if self._session is None:
            raise ProviderError(Fault.AWAY, f"{self._who} is not connected")
        url = path if path.startswith("http") else self._base + path
        try:
            async with self._session.request(method, url, proxy=self._proxy, allow_redirects=False, **what) as response:
                text = await response.text(errors="replace")
                answer = Answer(response.status, _parsed(text), dict(response.headers))
        except BREAKS as error:
            raise broken(error, wrote=wrote, who=self._who) from error
        if answer.status < 300 and answer.data is not None:
            return answer
        if answer.status < 400:
            # A proxy's page, or a redirect: the provider itself answers with JSON.
            fault = Fault.UNKNOWN if wrote and answer.status < 300 else Fault.SETTINGS
            raise ProviderError(fault, f"{self._who} answers with no sense ({answer.status})", "Look at phone.api_url")
        code, message = _error(answer.data)
        wait = answer.header("Retry-After")
        raise refused(answer.status, code, message, wait, wrote=wrote, who=self._who)


class Answer:
    """What came back: `data` is the JSON object, None where it was none."""

    def __init__(self, status: int, data: Mapping[str, Any] | None, headers: Mapping[str, str]) -> None:
        self.status = status
        self.data = data
        self._headers = {name.lower(): value for name, value in headers.items()}

    def header(self, name: str) -> str:
        return self._headers.get(name.lower(), "")

    def __getitem__(self, name: str) -> Any:
        return (self.data or {}).get(name)


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _error(data: Mapping[str, Any] | None) -> tuple[str, str]:
    """Code and words: {"code": 20003, "message": …}, or Telnyx's and SignalWire's {"errors": [{"code": …}]}."""
    one: Any = data or {}
    errors = one.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        one = errors[0]
    words = one.get("message") or one.get("detail") or one.get("title") or ""
    return str(one.get("code") or ""), str(words)
