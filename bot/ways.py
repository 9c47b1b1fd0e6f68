"""The ways to people by name: which platforms the settings ask for, and each one loaded only where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

from bot.connections import Connected
from bot.domain.errors import Refusal
from bot.ports import Platform, WallClock
from bot.settings import Settings
from commands.desk import Desk

TERMINAL = "console"
THREADED = frozenset({"slack", "discord"})
"""The platforms on which a ticket has a thread."""
MAILING = frozenset({"email"})
"""The platforms that carry letters to customers."""

_PLATFORMS = {
    "slack": ("adapters.slack.platform", "SlackPlatform"),
    "discord": ("adapters.discord.platform", "DiscordPlatform"),
}
_OURS = ("adapters", "bot", "commands", "storage")


class WayIn(Platform, Protocol):
    """A platform as the composition root sees it: it may want requests from the desk's web server."""

    def routes(self) -> Sequence[Any]:
        """Its routes (aiohttp's RouteDef); none for a platform that calls out by itself."""


def chats_of(settings: Settings) -> tuple[str, ...]:
    """The chat platforms that are set up."""
    return tuple(name for name in _PLATFORMS if getattr(settings, name) is not None)


def platforms_of(settings: Settings, *, terminal: bool) -> tuple[str, ...]:
    """Where news goes: to every chat platform that is set up, and to the terminal where somebody sits at one. A desk
    without a chat platform has its people at the terminal, sooner or later."""
    chats = chats_of(settings)
    return (TERMINAL, *chats) if terminal or not chats else chats


def chat_platforms(
    settings: Settings, desk: Desk, clock: WallClock, changed: Callable[[], None]
) -> Mapping[str, WayIn]:
    """Every chat platform that is set up, not yet connected. `changed` is called, from any thread, after a command.

    Raises Refusal where a platform's libraries are not installed.
    """
    found: dict[str, WayIn] = {}
    for name in chats_of(settings):
        module, kind = _PLATFORMS[name]
        found[name] = getattr(_loaded(module, name), kind)(desk, settings, clock, changed)
    return found


def web_server(settings: Settings, routes: Sequence[Any], report: Callable[[], Any]) -> Connected:
    """The web server over these routes. Raises Refusal where its library is not installed."""
    server: Connected = _loaded("adapters.web.server", "slack").WebServer(
        settings.web.host, settings.web.port, routes, report
    )
    return server


def _loaded(module: str, extra: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.partition(".")[0] in _OURS:
            raise
        raise Refusal(
            f"{extra.capitalize()} needs the package “{missing}”, which is not installed.",
            f"pip install 'thirdline[{extra}]'",
        ) from None
