"""Guarding: that a form was sent from one of our own pages, by the browser that was shown it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from adapters.web.pages.visit import Turned
from bot.ports.intake import PassKind
from bot.signing import Signer, digest_of

VISIT = "visit"
"""The cookie of a browser that nobody has signed in with: it proves nothing but that it is the same browser."""
FIELD = "token"

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_STALE = "This page was open for too long, or your browser keeps no cookies. Go back, load the page again and retry."
_FOREIGN = "This form was not sent from one of our own pages."


def cookie_name(name: str, *, secure: bool) -> str:
    """With encryption a cookie is bound to this very host and to https (the prefix `__Host-`, RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def secret_in(cookies: Mapping[str, str], name: str) -> str:
    """The secret that a cookie holds, "" where there is none that we could have made."""
    found = cookies.get(name, "")
    return found if _SECRET.fullmatch(found) else ""


def form_token(signer: Signer, kind: PassKind, secret: str) -> str:
    """What the forms of a browser carry: made from its secret, and telling nothing of it."""
    return signer.mark("form", kind.value, digest_of(secret))


def must_be_ours(headers: Mapping[str, str], origin: str) -> None:
    """Raises Turned (403) where the browser says that another site sent the form. An old browser says nothing; then
    the form's token alone decides."""
    site, came_from = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site != "same-origin":
        raise Turned(403, _FOREIGN)
    if came_from is not None and came_from.lower() != origin:
        raise Turned(403, _FOREIGN)


def must_hold(signer: Signer, kind: PassKind, secret: str, token: str) -> None:
    """Raises Turned (403) where the form was not shown to this browser. In constant time."""
    if not secret or not signer.holds(token, "form", kind.value, digest_of(secret)):
        raise Turned(403, _STALE)
