"""The ways to people by name: which platforms the settings ask for, and each one loaded only where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

from bot.connections import Connected
from bot.domain.errors import Refusal
from bot.ports import Database, Platform, WallClock
from bot.settings import Settings
from commands.desk import Desk

TERMINAL = "console"
_OURS = ("adapters", "bot", "commands", "storage")


class WayIn(Platform, Protocol):
    """A platform as the composition root sees it: it may want requests from the desk's web server."""

    def routes(self) -> Sequence[Any]:
        """Its routes (aiohttp's RouteDef); none for a platform that calls out by itself."""


def chats_of(settings: Settings) -> tuple[str, ...]:
    """The chat platforms that are set up."""
    return tuple(settings.chats)


def pagers_of(settings: Settings) -> tuple[str, ...]:
    """The ways out that are set up and carry what is addressed to them alone."""
    return tuple(settings.pagers)


def platforms_of(settings: Settings, *, terminal: bool) -> tuple[str, ...]:
    """Where news goes: to every chat platform that is set up, and to the terminal where somebody sits at one. A desk
    without a chat platform has its people at the terminal, sooner or later."""
    chats = chats_of(settings)
    return (TERMINAL, *chats) if terminal or not chats else chats


def ways(settings: Settings, desk: Desk, clock: WallClock, changed: Callable[[], None]) -> Mapping[str, WayIn]:
    """Every chat platform and every pager that is set up, not yet connected. `changed` is called, from any thread,
    after a command.

    Raises Refusal where a platform's libraries are not installed.
    """
    names = (*chats_of(settings), *pagers_of(settings))
    return {name: platform_class(settings, name)(desk, settings, clock, changed) for name in names}


def platform_class(settings: Settings, name: str) -> Callable[..., WayIn]:
    """The class `NamePlatform` in the module `platform` of the platform's folder. Raises Refusal where that is not
    there, or its libraries are not."""
    package = _package(settings, name)
    if _light(package) is None:
        raise Refusal(
            f"There is no adapter for “{name}”: no package {package} is installed.",
            f"Is it called otherwise? platforms.{name}.adapter names the package.",
        )
    kind: Callable[..., WayIn] = getattr(_loaded(f"{package}.platform", name), f"{name.capitalize()}Platform")
    return kind


def threaded(settings: Settings, platforms: Sequence[str]) -> frozenset[str]:
    """Those of them on which a ticket has a thread: their adapters say THREADS."""
    return _that_say(settings, platforms, "THREADS")


def mailing(settings: Settings, platforms: Sequence[str]) -> frozenset[str]:
    """Those of them that carry letters to customers: their adapters say LETTERS."""
    return _that_say(settings, platforms, "LETTERS")


def uncallable(settings: Settings) -> Callable[[str], str] | None:
    """What says why the telephone does not call a number (E.164), or nothing; None where none is set up. Raises
    Refusal, once it is asked, where the library is not installed."""
    phone = settings.phone
    if phone is None:
        return None
    return lambda number: str(_loaded("adapters.phone.sending.allowed", "phone").refusal_of(number, phone.countries))


def _that_say(settings: Settings, platforms: Sequence[str], word: str) -> frozenset[str]:
    return frozenset(name for name in platforms if getattr(_light(_package(settings, name)), word, False))


def _package(settings: Settings, name: str) -> str:
    return getattr(settings.chats.get(name), "adapter", "") or f"adapters.{name}"


def _light(package: str) -> ModuleType | None:
    """The package alone, which loads no platform's library; None where there is none."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{package}.".startswith(f"{error.name}."):
            raise
        return None


class Opened(Protocol):
    """The doors of the web server: their routes (aiohttp's RouteDef), and the end of the work behind them."""

    @property
    def routes(self) -> Sequence[Any]: ...

    async def stop(self) -> None: ...


def doors(settings: Settings, desk: Desk, clock: WallClock, changed: Callable[[], None]) -> Opened | None:
    """The API, the customers' page and the desk's own, as far as they are on; None where none is. Raises Refusal where
    a library is not installed or nobody could find them."""
    if not (settings.web.api or settings.web.customers or settings.web.staff):
        return None
    opened: Opened = _loaded("adapters.web.doors", "web").Doors(settings, desk, clock, changed)
    return opened


def web_server(
    settings: Settings, routes: Sequence[Any], report: Callable[[], Any], behind: Opened | None = None
) -> Connected:
    """The web server over these routes; what goes on `behind` some of them ends with it. Raises Refusal where its
    library is not installed."""
    at_end = behind.stop if behind is not None else None
    server: Connected = _loaded("adapters.web.server", "web").WebServer(
        settings.web.host, settings.web.port, routes, report, at_end
    )
    return server


def calendars(database: Database, clock: WallClock) -> Sequence[Any]:
    """The web server's routes to the calendars that people subscribe to. Raises Refusal where its library is not
    installed."""
    routes: Sequence[Any] = _loaded("adapters.web.calendar", "web").calendar_routes(database, clock)
    return routes


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
