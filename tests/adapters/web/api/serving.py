"""A town whose API is served on loopback, in an event loop of its own thread; and a client that is plain about it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from adapters.web.api.routes import api_routes
from adapters.web.door import Door
from adapters.web.server import WebServer
from bot.api_keys import SCOPES, new_token
from bot.filing import FOLDER, Filing
from bot.ports.intake import ApiKey
from bot.settings import Settings, Web
from bot.signing import digest_of, signer_of
from bot.workers import Tasks, Workers
from commands.desk import Desk
from tests.beside import LoopThread
from tests.town import Town

HOME = "/api/v1"
ALL = frozenset(SCOPES)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Api:
    """A served API. `changes` counts what it told the desk of."""

    town: Town
    port: int = 0
    changes: list[None] = field(default_factory=list)
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, *scopes: str, name: str = "shop", customer: str = "") -> str:
        """A new key, in full."""
        token, now = new_token(), self.town.clock.now()
        made = ApiKey(token.id, name, digest_of(token.secret), frozenset(scopes) or ALL, now, "zoe", customer)
        self.town.database.write(lambda work: work.keys.add(made))
        return token.text

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Reply:
        """A request as it is; the path below the API's home, unless it begins with that."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        shown = self.token if token is None else token
        sent = {"Authorization": f"Bearer {shown}"} if shown else {}
        sent |= {"Content-Type": "application/json"} if body is not None else {}
        try:
            whole = path if path.startswith("/api") else HOME + path
            connection.request(method, whole, body=body, headers={**sent, **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **rest: Any) -> Reply:
        return self.send("GET", path, **rest)

    def post(self, path: str, data: Any = None, **rest: Any) -> Reply:
        return self.send("POST", path, None if data is None else json.dumps(data).encode(), **rest)


@contextmanager
def served(town: Town, token: str = "", desk: Desk | None = None, **web: Any) -> Iterator[Api]:
    """The API of that town, and a key with all scopes unless there is one already; `desk` instead of the town's."""
    settings = Settings(
        data=town.folder,
        database=None if town.database_url is None else SecretStr(town.database_url),
        web=Web.model_validate({"api": True, "public_url": "https://desk.example.com", "api_rate": 100_000} | web),
    )
    found = Api(town)
    door = Door(
        settings=settings,
        desk=desk or town.desk,
        clock=town.clock,
        changed=lambda: found.changes.append(None),
        filing=Filing(town.folder / FOLDER),
        workers=Workers("test"),
        tasks=Tasks(),
        signer=town.database.write(signer_of),
        asset=lambda name: name,
    )
    thread = LoopThread()
    thread.start()

    async def report() -> tuple[bool, Mapping[str, Any]]:
        return True, {}

    async def start() -> WebServer:
        server = WebServer("127.0.0.1", 0, api_routes(door), report)
        await server.start()
        return server

    server = thread.does(start())
    found.port, found.token = server.port, token or found.key()
    try:
        yield found
    finally:
        thread.does(server.stop())
        door.workers.stop()
        thread.stop()
