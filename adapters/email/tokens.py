"""Access tokens for mail servers that take no passwords any more (XOAUTH2), got before they are needed and kept until
shortly before they end.

Microsoft gives them for the application's own credentials, Google for the account's refresh token (RFC 6749, 4.4 and
6). Whatever goes wrong is told in words of ours: an answer of the token server may hold a secret.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable
from http.client import HTTPException
from threading import Lock
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from bot.domain.errors import Refusal
from bot.settings import OAuth

LIMIT = 10.0
"""Real seconds for the token server's answer."""
EARLY = 120.0
"""Real seconds before its end when a token is not used any more."""
USUAL = 3600.0
"""Real seconds that a token lasts where nothing is said (RFC 6749, 5.1 leaves it open)."""

_MOST = 64 * 1024
_CURES = {
    "invalid_client": "the application's id or secret is wrong or has run out",
    "invalid_grant": "the refresh token was withdrawn or has run out",
    "invalid_scope": "the scope is wrong",
    "unauthorized_client": "the application may not do this: grant it access to mail",
    "unsupported_grant_type": "it gives out no tokens in this way",
}


class Xoauth2:
    """The client's side of the mechanism, as both imaplib and smtplib want it: what to say first, and nothing to the
    server's explanation of a refusal, after which it says no."""

    def __init__(self, user: str, token: str) -> None:
        self._first = xoauth2(user, token)

    def __call__(self, challenge: bytes | None = None) -> str:
        said, self._first = self._first, ""
        return said


def xoauth2(user: str, token: str) -> str:
    """What is said to the server, before it is put into base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


class Tokens:
    """One account's tokens; from any thread. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        settings: OAuth,
        *,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        limit: float = LIMIT,
    ) -> None:
        self._settings = settings
        # Without a context of ours the library makes one when it needs it.
        self._opener = build_opener(_NoRedirects, HTTPSHandler(context=trust)) if trust else build_opener(_NoRedirects)
        self._clock = clock
        self._limit = limit
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def get(self) -> str:
        """A token that lasts some minutes yet. Raises Refusal where the operator must mend something, ConnectionError
        while the token server is away."""
        with self._lock:
            if not self._token or self._clock() >= self._until:
                self._token, lasts = self._asked()
                self._until = self._clock() + max(lasts - EARLY, lasts / 2)
            return self._token

    def forget(self, token: str) -> None:
        """The mail server did not take it: the next is a new one."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _asked(self) -> tuple[str, float]:
        request = Request(  # noqa: S310  # The settings allow http and https alone.
            self._settings.token_url,
            urlencode(self._form()).encode(),
            {"Accept": "application/json", "User-Agent": "thirdline"},
        )
        try:
            with self._opener.open(request, timeout=self._limit) as answer:
                return self._read(_json(answer))
        except HTTPError as error:
            with error:
                raise self._refused(error.code, _json(error)) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise self._refusal("its certificate does not count here") from None
            raise ConnectionError(f"{self._host} gives no token ({type(reason).__name__})") from None

    def _form(self) -> dict[str, str]:
        form = {"client_id": self._settings.client_id, "client_secret": self._settings.client_secret.get_secret_value()}
        if self._settings.refresh_token is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": self._settings.refresh_token.get_secret_value()}
        else:
            form |= {"grant_type": "client_credentials"}
        return form | ({"scope": self._settings.scope} if self._settings.scope else {})

    def _read(self, said: dict[str, Any]) -> tuple[str, float]:
        token = said.get("access_token")
        # What is no token by RFC 6750, 2.1 would end up in a command to the mail server.
        if not isinstance(token, str) or not re.fullmatch(r"[\w\-.~+/]+=*", token, re.ASCII):
            raise ConnectionError(f"{self._host} answers, and gives no token")
        try:
            return token, float(said.get("expires_in") or USUAL)
        except (TypeError, ValueError):
            return token, USUAL

    def _refused(self, status: int, said: dict[str, Any]) -> Refusal | ConnectionError:
        if status == 429 or status >= 500:
            return ConnectionError(f"{self._host} gives no token now ({status})")
        error = said.get("error")
        code = error if isinstance(error, str) and re.fullmatch("[a-z_]{1,40}", error) else ""
        return self._refusal(_CURES.get(code, "it refuses") + f" ({status}{' ' * bool(code)}{code})")

    def _refusal(self, why: str) -> Refusal:
        return Refusal(f"{self._host} gives no token: {why}.", "Look at “oauth” in the section [email].")

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.token_url).hostname or "the token server"


class _NoRedirects(HTTPRedirectHandler):
    """Secrets are sent to the address of the settings, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _json(answer: IO[bytes]) -> dict[str, Any]:
    """What it says; nothing, where that is no JSON object."""
    try:
        said = json.loads(answer.read(_MOST))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
