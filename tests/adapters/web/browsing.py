"""A real web server over a town, and browsers that ask it: they keep cookies, send forms and check every page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, DummyCookieJar, FormData

from adapters.web.doors import Doors
from adapters.web.server import WebServer
from bot.handover import sent
from bot.ports import Kind, Parcel, UnitOfWork
from bot.settings import Settings
from tests.adapters.web.html_checker import Checked, checked
from tests.town import Town

URL = "https://desk.example.com"
MAIL = {"host": "127.0.0.1", "sender": "support@desk.example.com", "undo": 0}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    text: str
    content: bytes
    cookies: tuple[str, ...]
    """The Set-Cookie headers as they came."""

    @property
    def page(self) -> Checked:
        return checked(self.text)

    @property
    def words(self) -> str:
        """The text of the page on one line."""
        return self.page.words

    @property
    def there(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")


@dataclass(slots=True)
class Browser:
    """One browser with its own cookies. `headers` are sent with everything."""

    session: ClientSession
    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, *, follow: bool = True, method: str = "GET", **headers: str) -> Seen:
        seen = await self._ask(method, path, None, {name.replace("_", "-"): value for name, value in headers.items()})
        return await self.get(seen.there) if follow and seen.status == 303 else seen

    async def sends(self, path: str, fields: Mapping[str, str], *, page: str = "", **headers: str) -> Seen:
        """Fill in the form of a page (the one at `path`, or another) that leads to `path`, and send it."""
        shown = (await self.get(page or path)).page
        hidden = shown.hidden(path)
        return await self.posts(path, {**hidden, **fields}, headers=headers)

    async def posts(
        self,
        path: str,
        fields: Mapping[str, str] | FormData | bytes,
        *,
        follow: bool = True,
        type: str = "application/x-www-form-urlencoded",
        headers: Mapping[str, str] | None = None,
    ) -> Seen:
        """Send exactly this, as a browser does from one of our own pages unless `headers` say otherwise."""
        body = urlencode(fields) if isinstance(fields, Mapping) else fields
        own = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
        if not isinstance(body, FormData):
            own["Content-Type"] = type
        told = own | {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        seen = await self._ask("POST", path, body, {name: value for name, value in told.items() if value})
        return await self.get(seen.there) if follow and seen.status == 303 else seen

    async def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Seen:
        told = dict(self.headers) | dict(headers)
        if self.cookies and "Cookie" not in told:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        url = path if path.startswith("http") else self.base + path
        async with self.session.request(method, url, data=body, headers=told, allow_redirects=False) as answer:
            content = await answer.read()
            for morsel in answer.cookies.values():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[morsel.key] = morsel.value
                else:
                    self.cookies.pop(morsel.key, None)
            html = answer.content_type == "text/html"
            text = content.decode() if html else ""
            given = tuple(answer.headers.getall("Set-Cookie", []))
            seen = Seen(answer.status, dict(answer.headers), text, content, given)
        if html and text and method != "HEAD":
            assert not seen.page.faults, f"{method} {path}\n{seen.page.faults}\n{text}"
        return seen


class Served:
    """A town that is served on the web. Raises what `Doors` raises."""

    def __init__(self, town: Town, session: ClientSession, server: WebServer, doors: Doors) -> None:
        self.town = town
        self.doors = doors
        self._session = session
        self._posted: list[Parcel] = []
        self.base = f"http://127.0.0.1:{server.port}"

    def browser(self, **headers: str) -> Browser:
        return Browser(self._session, self.base, headers={n.replace("_", "-"): v for n, v in headers.items()})

    async def settled(self) -> None:
        """What goes on behind the answers has come to its end."""
        await self.doors.door.tasks.stop()

    async def link_to(self, address: str) -> str:
        """The path of the last sign-in link that was sent to an address, "" where none was."""
        await self.settled()
        links = [str(told["values"]["link"]) for told in self.letters(address) if told.get("letter") == "sign_in"]
        return links[-1].removeprefix(URL) if links else ""

    def letters(self, address: str) -> list[dict[str, Any]]:
        """What letters to an address say, oldest first."""
        self._take()
        place = f"mail:{address}"
        return [dict(one.card.data) for one in self._posted if one.kind is Kind.LETTER and one.place == place]

    def letters_to_anybody(self) -> int:
        self._take()
        return sum(one.kind is Kind.LETTER for one in self._posted)

    def _take(self) -> None:
        """Everything that is to be delivered is."""

        def deliver(work: UnitOfWork) -> list[Parcel]:
            now = self.town.clock.now()
            parcels = [*work.outbox.lease(now, 60, 1000)]
            for parcel in parcels:
                sent(work, parcel, f"message-{parcel.id}", now)
            return parcels

        self._posted += self.town.database.write(deliver)

    async def signed_in(self, address: str, **headers: str) -> Browser:
        browser = self.browser(**headers)
        await browser.sends("/support/sign-in", {"address": address})
        link = await self.link_to(address)
        assert link, f"No link was sent to {address}"
        seen = await browser.sends(link, {})
        assert "__Host-support" in browser.cookies, seen.text
        return browser


def served(folder: Path, story: Callable[[Served], Coroutine[Any, Any, None]], **web: Any) -> None:
    """Tell the story to a town on the web: {"customers": True} unless said otherwise."""
    options = {"customers": True, "public_url": URL, "port": 0} | web
    town = Town(folder).settle()
    settings = Settings.model_validate({"data": folder, "company": "Example Support", "web": options, "email": MAIL})

    async def run() -> None:
        doors = Doors(settings, town.desk, town.clock, lambda: None)
        server = WebServer("127.0.0.1", settings.web.port, doors.routes, _well, doors.stop)
        await server.start()
        try:
            async with ClientSession(cookie_jar=DummyCookieJar()) as session:
                await story(Served(town, session, server, doors))
        finally:
            await server.stop()

    try:
        asyncio.run(run())
    finally:
        town.close()


async def _well() -> tuple[bool, Mapping[str, Any]]:
    return True, {}


def only(pattern: str, text: str) -> str:
    """The one group of the one place where the pattern fits."""
    found = re.findall(pattern, text)
    assert len(found) == 1, f"{pattern} in {text}"
    return str(found[0])
