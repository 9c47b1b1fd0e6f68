"""A real service on loopback that takes messages as JSON, in a thread of its own."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

TOKEN = "t0ken" + "k" * 27


class Service:
    """`told` are the messages that arrived, as the service reads them; `answers` is the status that it gives, unless
    it `never_answers`."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answers = 200
        self.never_answers = False
        self.over = Event()
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.down()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/{TOKEN}"

    def up(self) -> None:
        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
            self.port = self._server.server_port
            Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def down(self) -> None:
        self.over.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.paths.append(self.path)
            if service.never_answers:
                self.close_connection = True
                service.over.wait(20)
                return
            if service.answers == 200:
                service.told.append(words)
            self.send_response(service.answers)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    return Handler
