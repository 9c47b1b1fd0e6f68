"""How a person names a mail server in one line: its host, and where they are unusual its port and encryption."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.cli.toml_section import Value
from bot.domain.errors import BadValue

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/@]+)(?::(\d{1,5}))?(?:\s+(tls|starttls|none))?")
_USUAL: Mapping[int, str] = {465: "tls", 587: "starttls", 25: "starttls", 993: "tls", 143: "starttls"}
"""How these ports are encrypted (RFC 8314, 3)."""


def server_of(text: str) -> dict[str, Value]:
    """Host, and port and security where they are said or go with the port: "localhost:2525 none". Raises BadValue."""
    found = _SERVER.fullmatch(text.strip())
    if found is None or (found[2] and not 1 <= int(found[2]) <= 65535):
        raise BadValue(
            f"“{text}” is no mail server.", "It looks like this: mail.example.com:587 or localhost:2525 none"
        )
    server: dict[str, Value] = {"host": found[1].strip("[]")}
    if found[2]:
        server["port"] = int(found[2])
    if security := found[3] or _USUAL.get(int(found[2] or 0)):
        server["security"] = security
    return server


def cure_of(kind: str) -> str:
    """What to do where a server cannot be reached, before there are any settings. `kind` is SMTP or IMAP."""
    option = f"--{kind.lower()}"
    port = {"SMTP": 2525, "IMAP": 1143}[kind]
    return (
        f"Is it up? Another one is given as localhost:{port}, or “localhost:{port} none” without encryption; "
        f"the options are {option}-host, {option}-port {port} and {option}-security none."
    )
