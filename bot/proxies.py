"""Proxies: the one that the environment names for an address, so that every client asks in the same way."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_to(url: str) -> str | None:
    """The proxy that the environment names for this address, unless it exempts the host."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)
