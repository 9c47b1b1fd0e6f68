"""How the provider signs what it sends: each dialect with its own header."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Dialect = Literal["twilio", "signalwire", "telnyx"]
_HEADERS = {"twilio": "X-Twilio-Signature", "signalwire": "X-SignalWire-Signature"}


@dataclass(slots=True)
class Signer:
    """`token` is the account's secret; Telnyx signs with a key pair instead."""

    dialect: Dialect
    token: str
    now: Callable[[], datetime]
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> str:
        """As the operator copies it from the portal: base64 of the raw key."""
        return base64.b64encode(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def headers(self, url: str, given: Mapping[str, str], body: bytes, token: str = "") -> dict[str, str]:
        """The headers that prove that a request with this form comes from the provider."""
        if self.dialect == "telnyx":
            stamp = str(int(self.now().timestamp()))
            key = Ed25519PrivateKey.generate() if token else self.key
            signature = key.sign(f"{stamp}|".encode() + body)
            return {"telnyx-signature-ed25519": base64.b64encode(signature).decode(), "telnyx-timestamp": stamp}
        signed = url + "".join(name + given[name] for name in sorted(given))
        digest = hmac.new((token or self.token).encode(), signed.encode(), hashlib.sha1).digest()
        return {_HEADERS[self.dialect]: base64.b64encode(digest).decode()}
