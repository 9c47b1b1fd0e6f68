"""Who asks: the key in the Authorization header, held against the digest that the desk keeps.

Whoever is refused hears the same whether the key's id is unknown, its secret wrong or it was revoked.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from adapters.web.api.buckets import Buckets, Left
from adapters.web.api.problems import Problem
from bot.api_keys import Token, token_from
from bot.ports import UnitOfWork
from bot.ports.intake import ApiKey
from bot.signing import digest_of

LAST_USE = timedelta(minutes=1)
"""How exactly the last use of a key is kept."""
WRONG_KEYS = 20
"""How many requests a client may send in a minute with none or with a wrong one before nobody looks any more."""

_NOBODY = "0" * 64
_MOST_GOOD = 1000
_CHALLENGE = 'Bearer realm="thirdline"'


def token_of(header: str | None) -> Token:
    """The key that a request shows. Raises Problem."""
    if header is None:
        raise _unauthorized("no_key", "A key is needed.", _CHALLENGE)
    scheme, _, text = header.partition(" ")
    token = token_from(text.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise wrong_key()
    return token


def wrong_key() -> Problem:
    return _unauthorized("wrong_key", "That key does not open anything.", f'{_CHALLENGE}, error="invalid_token"')


def _unauthorized(code: str, detail: str, challenge: str) -> Problem:
    hint = "Send: Authorization: Bearer tl_…, with a key of: thirdline key add"
    return Problem(401, code, detail, hint, {"WWW-Authenticate": challenge})


class Admission:
    """One request at the door: its key is looked at as often as need be, and pays once, whatever comes of it."""

    def __init__(self, rates: Buckets, token: Token, scope: str, now: datetime) -> None:
        self.token = token
        self.now = now
        self.left: Left | None = None
        self._rates = rates
        self._scope = scope

    def key(self, work: UnitOfWork) -> ApiKey:
        """The key, if it holds, has requests left and reaches so far. Raises Problem."""
        key = _key_of(work, self.token)
        if self.left is None:
            self.left = self._rates.take(key.id, self.now)
        if self.left.wait:
            raise Problem(
                429,
                "too_many_requests",
                "Too many requests with this key.",
                "Wait a little.",
                {"Retry-After": str(self.left.wait)},
            )
        if self._scope not in key.scopes:
            raise _not_so_far(self._scope)
        return key

    @property
    def told(self) -> Mapping[str, str]:
        """What is left, as draft-ietf-httpapi-ratelimit-headers-10 has it; nothing before the key was looked at."""
        if self.left is None:
            return {}
        return {
            "RateLimit-Policy": f'"key";q={self._rates.most};w={self._rates.seconds}',
            "RateLimit": f'"key";r={self.left.requests};t={self.left.reset}',
        }


def _key_of(work: UnitOfWork, token: Token) -> ApiKey:
    key = work.keys.get(token.id)
    # Compared in any case, so that nobody can time which ids there are.
    same = hmac.compare_digest(digest_of(token.secret), key.digest if key is not None else _NOBODY)
    if key is None or not same or key.revoked_at is not None:
        raise wrong_key()
    return key


def _not_so_far(scope: str) -> Problem:
    return Problem(
        403,
        "scope",
        f"The key lacks the scope {scope}.",
        "Make one that has it: thirdline key add",
        {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'},
    )


def is_stale(key: ApiKey, now: datetime) -> bool:
    """Whether its last use is to be written down anew."""
    return key.used_at is None or now - key.used_at >= LAST_USE


class Guesses:
    """Keeps those who guess from being work: after so many wrong keys a client is turned away unheard, but for keys
    that were right a while ago. Thread-safe."""

    def __init__(self) -> None:
        self._wrong = Buckets(WRONG_KEYS, 60)
        self._good: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def must_not_go_on(self, client: str, token: Token | None, now: datetime) -> None:
        """Raises Problem."""
        wait = self._wrong.look(client, now).wait
        if wait and (token is None or digest_of(token.text) not in self._good):
            raise Problem(
                429,
                "too_many_wrong_keys",
                "Too many requests without a key that is right came from your address.",
                "Wait a minute.",
                {"Retry-After": str(wait)},
            )

    def was_right(self, token: Token) -> None:
        with self._lock:
            digest = digest_of(token.text)
            self._good.pop(digest, None)
            self._good[digest] = None
            while len(self._good) > _MOST_GOOD:
                self._good.popitem(last=False)

    def was_wrong(self, client: str, token: Token | None, now: datetime) -> None:
        self._wrong.take(client, now)
        if token is not None:
            with self._lock:
                self._good.pop(digest_of(token.text), None)
