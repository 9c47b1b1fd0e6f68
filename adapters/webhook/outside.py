"""Connections to webhooks: to the internet alone, unless the operator said that a webhook is inside.

The address that is connected to is the one that is looked at, so a name that leads into the desk's own network, now or
a moment later, is of no use: the desk's machine asks nothing for anybody that only it can reach.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver

from bot.internet import of_internet

PATIENCE = 12.0
"""Real seconds for a whole request, less than a courier's patience."""
CONNECTING = 5.0
AT_ONCE = 16


class NotOutside(OSError):
    """The host is none of the internet's."""


def session(
    *, inside: bool, resolver: AbstractResolver | None = None, trust: ssl.SSLContext | None = None
) -> ClientSession:
    """A client without cookies, proxies of the environment and remembered look-ups. In the event loop alone; whoever
    got it closes it. `trust` says which certificates count."""
    connector = TCPConnector(
        limit=AT_ONCE,
        use_dns_cache=False,
        resolver=resolver,
        ssl=trust if trust is not None else True,
        socket_factory=None if inside else _outside_only,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=PATIENCE, connect=CONNECTING),
        trust_env=False,
        headers={"User-Agent": "thirdline"},
    )


def _outside_only(found: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, _, address = found
    if not of_internet(str(address[0])):
        raise NotOutside("its host is inside the desk's network")
    return socket.socket(family=family, type=kind, proto=protocol)
