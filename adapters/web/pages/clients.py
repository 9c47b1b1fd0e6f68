"""Who is asking: the address of a client, told by as many proxies as are the operator's own and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

UNKNOWN = "unknown"
_ONE_HOUSE = 64
"""Bits of an IPv6 address that name a customer of a provider; the others are theirs to choose."""
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[\d.]+))(?::\d+)?")
"""As some proxies write them: 203.0.113.9:52011, [2001:db8::1]:52011."""


def client_address(peer: str | None, forwarded: Sequence[str], proxies: int) -> str:
    """The address to count by. `forwarded` are the X-Forwarded-For headers: each of the operator's proxies adds at the
    right what it saw, so the last `proxies` entries can be believed, and what stands before them anybody can write."""
    told = [part.strip() for header in forwarded for part in header.split(",")]
    if proxies and len(told) >= proxies:
        return _counted(told[-proxies]) or _counted(peer or "") or UNKNOWN
    return _counted(peer or "") or UNKNOWN


def _counted(text: str) -> str:
    told = _WITH_PORT.fullmatch(text)
    try:
        found = ip_address((told["six"] or told["four"] if told else text).partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _ONE_HOUSE), strict=False).network_address)
