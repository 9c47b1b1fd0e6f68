"""A real mail server on loopback, in a thread of its own, with one mailbox and every kind of bad day."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.beside import LoopThread

USER, PASSWORD = "desk", "a-secret-word"
KIM = "kim@example.com"


class Mailbox:
    """`letters` are those that arrived. `answers` replaces what the server says to a command ("RCPT", "DATA", "MAIL");
    `hangs_up_after_data` takes the letter and is gone before it says so. With a `token` it takes XOAUTH2, too, unless
    it knows of no `tokens` at all; `utf8` says whether it takes addresses of other letters than ASCII's."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
        user: str = USER,
        utf8: bool = False,
        tokens: bool = True,
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.hangs_up_after_data = False
        self.token = ""
        self.port = 0
        self._user = user
        self._tls = tls
        self._wrapped = wrapped
        self._utf8 = utf8
        self._unknown = () if tokens else ("XOAUTH2",)
        self._server: asyncio.Server | None = None
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        self._thread.start()
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.down()
        self._thread.stop()

    def settings(self, **rest: Any) -> Mapping[str, Any]:
        usual = {"host": "localhost", "port": self.port, "security": "none", "sender": "Support <pager@example.com>"}
        return {"email": {**usual, "user": USER, "password": PASSWORD, **rest}}

    def up(self) -> None:
        self._thread.does(self._up())

    def down(self) -> None:
        self._thread.does(self._down())

    async def _up(self) -> None:
        if self._server is None:
            tls = self._tls if self._wrapped else None
            self._server = await self._thread.loop.create_server(self._talk, "127.0.0.1", self.port, ssl=tls)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _down(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()

    def _talk(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example.com",
            tls_context=None if self._wrapped else self._tls,
            authenticator=self._signs_in,
            auth_require_tls=False,
            auth_exclude_mechanism=self._unknown,
            enable_SMTPUTF8=self._utf8,
            loop=self._thread.loop,
        )

    def _signs_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (self._user.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # As the hooks below.
        """The answer in the same line or after a prompt; a refusal is explained first, and the explanation answered."""
        given = args[1].encode() if len(args) > 1 else await server.challenge_auth(b"", encode_to_b64=False)
        said = base64.b64decode(given) if isinstance(given, bytes) and len(args) > 1 else given
        if self.token and said == f"user={self._user}\x01auth=Bearer {self.token}\x01\x01".encode():
            return AuthResult(success=True, auth_data=self._user)
        await server.challenge_auth(b'{"status":"401"}')
        return AuthResult(success=False, handled=False)

    # --- aiosmtpd's hooks --------------------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802  # aiosmtpd finds its hooks by these names.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802  # aiosmtpd finds its hooks by these names.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(  # noqa: N802  # aiosmtpd finds its hooks by these names.
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = envelope.content
        letter = message_from_bytes(content if isinstance(content, bytes) else b"", policy=default)
        assert isinstance(letter, EmailMessage)
        letter["X-Envelope"] = f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)}"
        self.letters.append(letter)
        if self.hangs_up_after_data and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"
