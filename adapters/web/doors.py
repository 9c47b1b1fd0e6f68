"""The doors of the web server that the settings open: the API, the customers' page and the desk's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from aiohttp import web

from adapters.web.door import Door
from adapters.web.pages.statics import Statics
from bot.domain.errors import Refusal
from bot.filing import FOLDER, Filing
from bot.ports import WallClock
from bot.settings import Settings
from bot.signing import signer_of
from bot.workers import Tasks, Workers
from commands.desk import Desk

_ROUTES = {
    "api": ("adapters.web.api.routes", "api_routes"),
    "customers": ("adapters.web.customer.routes", "customer_routes"),
    "staff": ("adapters.web.staff.routes", "staff_routes"),
}
"""By the name of the setting in [web]; a part is loaded only where it is on."""
_HOMES = {"customers": "/support", "staff": "/desk"}


class Doors:
    """The routes of all that is on, and the work behind them."""

    def __init__(self, settings: Settings, desk: Desk, clock: WallClock, changed: Callable[[], None]) -> None:
        wanted = opened(settings)
        _must_do(settings, wanted)
        signer = desk.database.write(signer_of)
        filing = Filing(settings.data / FOLDER)
        here = Path(__file__).parent
        statics = Statics([here / part / "static" for part in ("pages", "customer", "staff")])
        self.door = Door(settings, desk, clock, changed, filing, Workers("web"), Tasks(), signer, statics.address)
        self.routes: Sequence[web.RouteDef] = [route for name in wanted for route in _routes(name, self.door)]
        first = next((home for name, home in _HOMES.items() if name in wanted), "")
        if first:
            shared = statics.route(secure=self.door.secure), _leading_to(self.door.path(first))
            self.routes = [*self.routes, *shared]

    async def stop(self) -> None:
        """Bring what goes on behind the answers to its end."""
        await self.door.tasks.stop()
        self.door.workers.stop()


def _must_do(settings: Settings, wanted: Sequence[str]) -> None:
    """Raises Refusal for a door that nobody could come in by."""
    if wanted and not settings.web.public_url:
        raise Refusal(
            f"web.{wanted[0]} is on, and web.public_url is not set: nobody would find the desk.",
            'Say in [web] where others reach it: public_url = "https://desk.example.com"',
        )
    if "customers" in wanted and settings.email is None:
        # The only other way out is chat, where whoever reads a link could use it.
        raise Refusal(
            "web.customers is on, and mail is not set up: customers sign in by a link that goes to their address.",
            "Set mail up: thirdline init email. Or turn the page off: customers = false in [web].",
        )


def opened(settings: Settings) -> tuple[str, ...]:
    """The doors that are on."""
    return tuple(name for name in _ROUTES if getattr(settings.web, name))


def _routes(name: str, door: Door) -> Sequence[web.RouteDef]:
    module, function = _ROUTES[name]
    routes: Sequence[web.RouteDef] = getattr(import_module(module), function)(door)
    return routes


def _leading_to(path: str) -> web.RouteDef:
    """Who asks for the server itself is sent to the first of its pages."""

    async def lead(_request: web.Request) -> web.Response:
        return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})

    return web.get("/", lead)
