"""A token server on loopback (RFC 6749): it gives out numbered tokens, or says what it is told to say."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

SECRET, REFRESH = "the-application's-secret", "the-refresh-token"


class TokenServer:
    """`asked` are the forms that came. `status`, `answer` and `headers` replace its answer; `lasts` is what it says of
    a token's end."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.lasts: Any = 3600
        self.status = 200
        self.answer: bytes | None = None
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def settings(self, **rest: Any) -> dict[str, Any]:
        """`oauth` of a mailbox's settings."""
        return {"token_url": self.url, "client_id": "desk", "client_secret": SECRET, **rest}

    def _said(self, form: dict[str, str]) -> bytes:
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        token = {"access_token": f"token-{len(self.asked)}", "token_type": "Bearer", "expires_in": self.lasts}
        return json.dumps(token).encode()

    def _handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # The handler has a self of its own.
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = parse_qs(self.rfile.read(length).decode())
                said = outer._said({name: values[0] for name, values in form.items()})
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: Any) -> None:
                """A test's output is its own."""

        return Handler
