"""What our own mail server found of the sender (RFC 8601), and when that may be believed.

Anybody can write such a header into a message. Ours is the first of all, signed with a name of ours, and nothing that a
stranger's server added stands above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.email.reading.head import Head
from adapters.email.reading.limits import Own
from bot.domain.mail import Verified

_LONGEST = 10_000
_RESULT = re.compile(r"\s*([a-z0-9-]{1,40})(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,40})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.(?:from|d|i)|smtp\.(?:mailfrom|mail))\s*=\s*\"?([^\s\";]{1,320})", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([\w.:\[\]-]{1,255})", re.IGNORECASE)
_FROM = re.compile(r"\s*from\s", re.IGNORECASE)
_METHODS = ("dmarc", "dkim", "spf")


@dataclass(frozen=True, slots=True)
class _Finding:
    """One check: "dkim" came out "pass" for this domain ("" where it does not say)."""

    method: str
    result: str
    domain: str


def verified(head: Head, authors: Sequence[str], own: Own) -> Verified:
    """The verdict of our server on the one author; several authors are never verified (DMARC knows only one)."""
    believed = _believed(head, own)
    if believed is None:
        return Verified.UNKNOWN
    findings = [found for part in believed.split(";") if (found := _finding(part)) is not None]
    told = [found for found in findings if found.result != "temperror"]
    if not told:
        return Verified.UNKNOWN
    domain = authors[0].rpartition("@")[2] if len(authors) == 1 else ""
    return Verified.YES if domain and _passes(told, domain) else Verified.NO


def _passes(findings: Sequence[_Finding], domain: str) -> bool:
    """DMARC's word where it said one; where the sender's domain states no policy, what DMARC would go by."""
    dmarc = [found for found in findings if found.method == "dmarc"]
    if any(found.result == "pass" for found in dmarc):
        return any(found.result == "pass" and found.domain in ("", domain) for found in dmarc)
    if any(found.result != "none" for found in dmarc):
        return False
    return any(
        found.result == "pass" and _aligned(found.domain, domain)
        for found in findings
        if found.method in ("dkim", "spf")
    )


def _aligned(proved: str, domain: str) -> bool:
    """Relaxed alignment without a list of public suffixes: the same domain, or one below the other."""
    if "." not in proved or "." not in domain:
        return False
    return proved == domain or domain.endswith(f".{proved}") or proved.endswith(f".{domain}")


def _believed(head: Head, own: Own) -> str | None:
    """The findings of the top-most header, if it is ours. Those below it may be anybody's, also with our name."""
    fields = list(head)
    for at, (name, value) in enumerate(fields):
        if name == "received" and not _our_hop(value, own):
            return None
        if name == "authentication-results":
            first, _, rest = _bare(value[:_LONGEST]).partition(";")
            server = (first.split() or [""])[0].lower()
            if "=" in server:
                # Microsoft's names no server; the line that it then adds right below says where it was written.
                below = next((line for field, line in fields[at:] if field == "received"), "")
                server, rest = _host(below), f"{first};{rest}"
            return rest if _is_trusted(server, own) else None
    return None


def _our_hop(received: str, own: Own) -> bool:
    """Whether a Received line was written by a server of ours. One that names nobody whom it was received from is a
    step within a server."""
    if _FROM.match(received) is None:
        return True
    host = _host(received)
    return _is_trusted(host, own) or any(_related(host, name) for name in own.trusted)


def _host(received: str) -> str:
    found = _BY.search(received[:_LONGEST])
    return found[1].lower().rstrip(".") if found else ""


def _is_trusted(server: str, own: Own) -> bool:
    return any(
        server.endswith(name[1:].lower()) if name.startswith("*.") else server == name.lower() for name in own.trusted
    )


def _related(host: str, name: str) -> bool:
    """Whether a host lies in the domain of a server of ours: store.example.net beside mx.example.net."""
    name = name.removeprefix("*.").lower()
    parent = name.partition(".")[2]
    return host.endswith(f".{name}") or ("." in parent and host.endswith(f".{parent}"))


def _finding(part: str) -> _Finding | None:
    result = _RESULT.match(part)
    if result is None or result[1].lower() not in _METHODS:
        return None
    method = result[1].lower()
    said = {key.lower(): value.lower() for key, value in _PROPERTY.findall(part)}
    keys = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}[method]
    domain = next((said[key] for key in keys if key in said), "")
    return _Finding(method, result[2].lower(), domain.rpartition("@")[2].rstrip("."))


def _bare(value: str) -> str:
    """The header without its comments, which may hold anything, and without what is quoted but for its words."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
            continue
        if letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and depth and not quoted:
            depth -= 1
        elif not depth:
            kept.append("," if quoted and letter in ";= " else letter)
    return "".join(kept)
