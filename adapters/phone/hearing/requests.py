"""Requests: what comes in from outside, believed only with a provider's signature on our public address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from aiohttp import web

from adapters.phone.wire.provider import Hook, PhoneProvider, Told

LARGEST = 64 * 1024
"""Bytes of a request; a provider sends some two thousand."""
MOST_FIELDS = 100
LONGEST = 5000
"""Characters of one value. A text of ten segments has 1,600."""

_FORM = "application/x-www-form-urlencoded"


class Unheard(Exception):
    """A request that is not heard: `status` is all that the other side learns, `reason` is for the log, and holds
    nothing of what was sent."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that a provider signed. `provider` is "main" or "second"; `ref` the call's or text's name in full, as
    parcels and attempts know it; `query` what we ourselves put behind the address."""

    provider: str
    told: Told
    query: Mapping[str, str]

    @property
    def ref(self) -> str:
        return f"{self.provider}:{self.told.ref}"


async def heard(request: web.Request, public_url: str, providers: Mapping[str, PhoneProvider], now: datetime) -> Signed:
    """Whose request it is and what it says. Raises Unheard.

    The signature is on the address that the provider called: the public one, whatever a proxy made of it, and never
    what the request says its host is.
    """
    if not request.raw_path.startswith("/"):
        raise Unheard(403, "the address names a host")
    body = await request.read() if (request.content_length or 0) <= LARGEST else None
    if body is None or len(body) > LARGEST:
        raise Unheard(403, "it is too large")
    _is_plain(request, body)
    headers = {name.lower(): value for name, value in request.headers.items()}
    hook = Hook(public_url + request.raw_path, headers, body)
    for name, provider in providers.items():
        if provider.genuine(hook, now):
            return _of(name, provider, hook, request)
    raise Unheard(403, "no provider of this desk has signed it")


def _of(name: str, provider: PhoneProvider, hook: Hook, request: web.Request) -> Signed:
    told = provider.read(hook)
    if told.account and told.account != provider.account:
        raise Unheard(403, "it is of another account")
    if not told.ref:
        raise Unheard(403, "it names no call and no text")
    return Signed(name, told, dict(request.query))


def _is_plain(request: web.Request, body: bytes) -> None:
    """Raises Unheard for a form that two readers could read in two ways, or that is larger than anybody needs."""
    if request.content_type != _FORM:
        return
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Unheard(403, "its form cannot be read") from None
    names = [name for name, _ in fields]
    if len(set(names)) < len(names) or len(set(request.query)) < len(request.query):
        raise Unheard(403, "a parameter comes twice")
    if any(len(value) > LONGEST for _, value in fields):
        raise Unheard(403, "a parameter is too long")
