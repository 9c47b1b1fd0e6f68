"""Signatures: whether a request really comes from the provider, for each of the ways in which providers sign.

Twilio (documented, and held against its own validator in our tests): base64 of HMAC-SHA1 with the auth token over the
URL and each distinct form field, sorted; over a URL with `bodySHA256` the body is not in it and the hash stands for
it. A shared key signs with SHA-256, as the header X-Twilio-Webhooks-Signature-Settings says. SignalWire (documented in
its libraries): the same for forms, with the project's signing key; hexadecimal over URL and body for JSON. Telnyx
(documented): Ed25519 over "TIMESTAMP|BODY", with the account's key pair. That Telnyx signs its TeXML requests as it
does its other webhooks could not be verified: it documents no exception.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.phone.wire.provider import Hook

TWILIO = "x-twilio-signature"
SIGNALWIRE = "x-signalwire-signature"
TELNYX = "telnyx-signature-ed25519"
TELNYX_TIME = "telnyx-timestamp"
WINDOW = 300.0
"""Seconds for which a signature with a time counts, both ways: clocks differ."""

_SETTINGS = "x-twilio-webhooks-signature-settings"
_JSON = "application/json"
_MOST = 1_000_000

Form = Mapping[str, Sequence[str]]


def form_of(hook: Hook) -> Form:
    """The fields of a form; none of a body that is no form."""
    if is_json(hook):
        return {}
    try:
        return parse_qs(hook.body[:_MOST].decode("utf-8"), keep_blank_values=True, max_num_fields=500)
    except ValueError:  # No text, or too many fields.
        return {}


def is_json(hook: Hook) -> bool:
    return hook.headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON


def signature(secret: str, url: str, form: Form, algorithm: str = "sha1") -> str:
    """What a provider signs a form with."""
    parts = [url]
    for name in sorted(form):
        parts += [name + value for value in sorted(set(form[name]))]
    return base64.b64encode(_hmac(secret, "".join(parts).encode("utf-8", "surrogatepass"), algorithm)).decode("ascii")


def signed_by_twilio(hook: Hook, secrets: Iterable[str]) -> bool:
    """By one of the secrets, over the URL with or without its port: which one Twilio takes differs."""
    given, algorithm = hook.headers.get(TWILIO, ""), _algorithm(hook.headers.get(_SETTINGS, ""))
    if not given or not algorithm:
        return False
    form = form_of(hook)
    hashes = parse_qs(urlsplit(hook.url).query).get("bodySHA256")
    if hashes:
        # The hash stands for what is no form; a form is signed itself.
        if not form and not _same(hashlib.sha256(hook.body).hexdigest(), hashes[0]):
            return False
    elif hook.body and not form:
        return False
    return any(_same(signature(secret, url, form, algorithm), given) for secret in secrets for url in _urls(hook.url))


def signed_by_signalwire(hook: Hook, secrets: Iterable[str]) -> bool:
    given = hook.headers.get(SIGNALWIRE, "")
    if not given:
        return False
    tried = list(secrets)
    as_form = Hook(hook.url, {**hook.headers, TWILIO: given, _SETTINGS: ""}, hook.body)
    if signed_by_twilio(as_form, tried):
        return True
    return any(
        _same(_hmac(secret, url.encode() + hook.body, "sha1").hex(), given.lower())
        for secret in tried
        for url in _urls(hook.url)
    )


def signed_by_telnyx(hook: Hook, public_key: str, now: datetime) -> bool:
    """`public_key` is base64 of the raw key, as the portal shows it."""
    stamp = hook.headers.get(TELNYX_TIME, "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        given = base64.b64decode(hook.headers.get(TELNYX, ""), validate=True)
        key.verify(given, stamp.encode("ascii") + b"|" + hook.body)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _algorithm(settings: str) -> str:
    """The hash that the request says it was signed with; empty for one that we do not know."""
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}.get(value.strip().upper(), "")
    return "sha1"


def _urls(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return (url, url)
    host = parts.netloc.removesuffix(f":{port}") if port else parts.netloc
    usual = port or (443 if parts.scheme == "https" else 80)
    return (_at(parts, host, url), _at(parts, f"{host}:{usual}", url))


def _at(parts: SplitResult, host: str, url: str) -> str:
    """The same address at that host, its other characters untouched."""
    return url.replace(f"//{parts.netloc}", f"//{host}", 1)


def _hmac(secret: str, what: bytes, algorithm: str) -> bytes:
    return hmac.new(secret.encode("utf-8"), what, algorithm).digest()


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode("utf-8"), given.encode("utf-8", "surrogatepass"))
