"""Services of the operator's own network: colleagues write addresses down, and the desk's machine asks them.

Whoever may add a contact could otherwise have the desk ask what only the desk's machine reaches (a router, the cloud's
metadata, a database with a web page), show windows on that machine, or read its files. So a host that is not of the
internet must be named by the operator, and nothing that names a file or the machine itself is a service.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from bot.internet import of_internet

MACHINE = frozenset({"dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""The library's services that are the machine itself."""
FILES = frozenset({"keyfile", "pgpkey", "subfile", "template"})
"""What addresses name files by."""


def objection(address: str, allowed: Collection[str]) -> str:
    """Why the desk does not ask that service, in words without its address; "" where it does. Blocks while the host is
    looked up."""
    parts = urlsplit(address.strip())
    if parts.scheme.lower() in MACHINE:
        return "the service is the desk's own machine"
    if any(name.lower() in FILES for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "the service's address names a file of the desk's machine"
    host = parts.hostname or ""
    if host in allowed or not _inside(host):
        return ""
    return "the service is inside the desk's network, and apprise_inside does not name its host"


def _inside(host: str) -> bool:
    """Whether any address of the host is none of the internet's. What is no host at all (the token or the topic that
    many services have there) has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        return False
    return any(not of_internet(str(one[4][0])) for one in found)
