"""The addresses of the desk's page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from adapters.web.door import Door
from adapters.web.pages.site import Site
from adapters.web.staff.board import Board
from adapters.web.staff.doing import Doing
from adapters.web.staff.reports import Reports
from adapters.web.staff.rota import Rota
from adapters.web.staff.showing import Showing
from adapters.web.staff.signing_in import ENTRANCE, SigningIn
from adapters.web.staff.tickets import Tickets
from bot.ports.intake import PassKind

HOME = "/desk"
COOKIE = "desk"


def staff_routes(door: Door) -> Sequence[web.RouteDef]:
    """All of it, for the desk's web server."""
    folder = Path(__file__).parent / "templates"
    site = Site(door, PassKind.STAFF, COOKIE, entrance=ENTRANCE, folder=folder, scripts=True, hints=True)
    showing = Showing(site)
    parts = (SigningIn(site), Board(showing), Tickets(showing), Doing(showing), Rota(showing), Reports(showing))
    return site.routes([room for part in parts for room in part.rooms()], below=HOME)
