"""Webhooks: the events that other systems hear of, and how what is sent to them is signed (Standard Webhooks 1.0.0).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime

OPENED = "ticket.opened"
REPLIED = "ticket.replied"
MESSAGE = "ticket.message"
STATUS = "ticket.status"
CLAIMED = "ticket.claimed"
BREACHED = "ticket.breached"
EVENTS = (OPENED, REPLIED, MESSAGE, STATUS, CLAIMED, BREACHED)

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: 24 to 64 bytes in base64 after "whsec_". Raises ValueError."""
    wrong = ValueError('it is “whsec_” and 24 to 64 random bytes in base64: echo "whsec_$(openssl rand -base64 32)"')
    if not secret.startswith(_PREFIX):
        raise wrong
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise wrong from None
    if not _LEAST <= len(key) <= _MOST:
        raise wrong
    return key


def signed(key: bytes, id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers that prove who sent that body and when (the attempt, not the event); `id` stays the same however
    often it is sent."""
    stamp = str(int(at.timestamp()))
    digest = hmac.digest(key, f"{id}.{stamp}.".encode() + body, "sha256")
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{b64encode(digest).decode()}"}
