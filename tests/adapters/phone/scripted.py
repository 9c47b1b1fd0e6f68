"""An app that answers the provider's webhooks as a test wrote down, and checks each signature with the provider's own
library: with it the double is tested, and nothing of ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.doubles.phone import Network

Given = dict[str, str]
Says = str | Callable[[Given], str]


class Loopback:
    """The official client's transport, led to this machine."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._transport = TwilioHttpClient(timeout=60)

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        return self._transport.request(method, url.replace("https://api.twilio.com", self._base), *rest, **named)


def official(phones: Network, token: str = "") -> Client:
    return Client(phones.account, token or phones.token, http_client=Loopback(phones.base))


@dataclass(slots=True)
class Asked:
    """A webhook as it came in."""

    path: str
    given: Given
    genuine: bool


@dataclass(slots=True)
class Script:
    """What is said at which path: markup, a number (an HTTP status), or what makes one of the webhook's form."""

    token: str
    pages: dict[str, Says | int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    base: str = ""
    public: str = ""
    slow: dict[str, float] = field(default_factory=dict)

    def __setitem__(self, path: str, says: Says | int) -> None:
        self.pages[path] = says

    def url(self, path: str) -> str:
        return f"{self.public or self.base}{path}"

    def at(self, path: str) -> list[Given]:
        """The forms that came to that path, in order."""
        return [one.given for one in self.asked if one.path == path]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        parts = urlsplit(target)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        validator = RequestValidator(self.token)
        genuine = validator.validate(self.url(target), form, headers.get("X-Twilio-Signature", ""))
        given = form or dict(parse_qsl(parts.query))
        self.asked.append(Asked(parts.path, given, genuine))
        time.sleep(self.slow.get(parts.path, 0.0))
        if not genuine:
            return 403, ""
        says = self.pages.get(parts.path, "")
        if isinstance(says, int):
            return says, "no"
        words = says(given) if callable(says) else says
        return (200, words) if words else (204, "")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, words = self.script.answer(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(words.encode())))
        self.end_headers()
        self.wfile.write(words.encode())

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is logged."""


@contextmanager
def scripted(token: str) -> Iterator[Script]:
    """An app on loopback."""
    script = Script(token)
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script.base = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass(slots=True)
class Stage:
    """The network, the official client, and an app to be called back."""

    phones: Network
    client: Client
    app: Script

    def calls(self, to: str, path: str = "/say", **more: Any) -> str:
        """Place a call with the official client; its name."""
        return str(self.client.calls.create(to=to, from_=self.phones.number, url=self.app.url(path), **more).sid)


@contextmanager
def staged(**options: Any) -> Iterator[Stage]:
    """Everything set up; no fault is left at the end."""
    with Network(**options) as phones, scripted(phones.token) as app:
        phones.points_to(app.base)
        yield Stage(phones, official(phones), app)
        assert phones.faults == []
