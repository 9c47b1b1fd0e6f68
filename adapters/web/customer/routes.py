"""The addresses of the customers' page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from adapters.web.customer.home import Home
from adapters.web.customer.opening import Opening
from adapters.web.customer.signing_in import ENTRANCE, SigningIn
from adapters.web.customer.tickets import Tickets
from adapters.web.customer.verdict import Verdict
from adapters.web.door import Door
from adapters.web.pages.site import Site
from bot.ports.intake import PassKind

HOME = "/support"
COOKIE = "support"


def customer_routes(door: Door) -> Sequence[web.RouteDef]:
    """All of it, for the desk's web server."""
    folder = Path(__file__).parent / "templates"
    site = Site(door, PassKind.CUSTOMER, COOKIE, entrance=ENTRANCE, folder=folder)
    parts = (SigningIn(site), Home(site), Tickets(site), Opening(site), Verdict(site))
    return site.routes([room for part in parts for room in part.rooms()], below=HOME)
