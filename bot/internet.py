"""The internet and the rest: which addresses are the internet's, so that nobody has the desk ask its own network.

What an address carries inside counts, too: an IPv4 address in an IPv6 one (RFC 4291 mapped, RFC 3056 6to4, RFC 6052
NAT64) leads where that leads.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890; a cloud's metadata, too (192.0.0.192).
    IPv4Network("168.63.129.16/32"),  # Azure's own, for its machines alone.
    IPv6Network("fec0::/10"),  # Site-local, as some networks still are (RFC 3879).
)
"""What leads inside although it looks like the internet's."""


def of_internet(address: str) -> bool:
    """Whether a numeric address (a zone such as %eth0 is passed over) is a single host's on the internet: not private,
    loopback, link-local, shared (RFC 6598), reserved, a cloud's metadata, multicast or broadcast."""
    found = ip_address(address.partition("%")[0])
    return all(_public(one) for one in (found, *_inner(found)))


def _public(address: IPv4Address | IPv6Address) -> bool:
    looks_so = address.is_global and not address.is_multicast and not address.is_reserved
    return looks_so and not any(address in network for network in _SPECIAL)


def _inner(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if any(address in one for one in (*_NAT64, _COMPATIBLE)):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()
