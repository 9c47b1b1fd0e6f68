"""What a door of the desk's web server is given: the desk, its settings and its folder of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.filing import Filing
from bot.ports import Database, WallClock
from bot.settings import Settings
from bot.signing import Signer
from bot.workers import Tasks, Workers
from commands.desk import Desk


@dataclass(frozen=True, slots=True)
class Door:
    """One for all that is served. `changed` is called, from any thread, after something was posted or changed; `tasks`
    is work that goes on after an answer; `asset` is the path of a file of ours that pages load, by its name."""

    settings: Settings
    desk: Desk
    clock: WallClock
    changed: Callable[[], None]
    filing: Filing
    workers: Workers
    tasks: Tasks
    signer: Signer
    asset: Callable[[str], str]

    @property
    def database(self) -> Database:
        return self.desk.database

    @property
    def origin(self) -> str:
        """Where browsers say that they come from when they come from our own pages: "https://desk.example.com"."""
        parts = urlsplit(self.settings.web.public_url)
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        port = "" if parts.port in (None, usual) else f":{parts.port}"
        return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"

    @property
    def secure(self) -> bool:
        return self.settings.web.public_url.startswith("https://")

    def link(self, path: str) -> str:
        """The whole address of a page: for letters and for chat."""
        return self.settings.web.public_url + path

    def path(self, path: str) -> str:
        """The address of a page as our own pages name it; a proxy may serve the desk below a path of its own."""
        return urlsplit(self.settings.web.public_url).path.rstrip("/") + path
