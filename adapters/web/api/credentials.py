"""Who asks: the key in the Authorization header, held against the digest that the desk keeps.

Whoever is refused hears the same whether the key's id is unknown, its secret wrong or it was revoked.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from adapters.web.api.buckets import Buckets
from adapters.web.api.problems import Problem
from bot.api_keys import Token, token_from
from bot.intake_ports import ApiKey
from bot.ports import UnitOfWork
from bot.signing import digest_of

LAST_USE = timedelta(minutes=1)
"""How exactly the last use of a key is kept."""
WRONG_KEYS = 20
"""How many a client may show in a minute before nobody looks at them any more."""

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


def key_for(work: UnitOfWork, token: Token, scope: str) -> ApiKey:
    """The key, if it holds and reaches so far. Raises Problem."""
    key = work.keys.get(token.id)
    # Compared in any case, so that nobody can time which ids there are.
    same = hmac.compare_digest(digest_of(token.secret), key.digest if key is not None else _NOBODY)
    if key is None or not same or key.revoked_at is not None:
        raise wrong_key()
    if scope not in key.scopes:
        raise Problem(
            403,
            "scope",
            f"The key lacks the scope {scope}.",
            "Make one that has it: thirdline key add",
            {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'},
        )
    return key


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
                "Too many wrong keys came from your address.",
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
