"""GET /oncall/KEY.ics: the calendars that people subscribe to, for whoever has the secret address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bot.calendar.writing import AHEAD, BEFORE, calendar_text, shifts_around
from bot.oncall.duties import duty_between
from bot.oncall.feeds import FeedKind, feed_at
from bot.ports import Database, UnitOfWork, WallClock

PATH = "/oncall/{key}.ics"

_NOTHING = "There is no calendar at this address. It may have been revoked: ask for another one with /oncall export.\n"
_CALENDAR = "text/calendar"
_MONTH = timedelta(days=31)  # The calendar begins on the first of a month.


def calendar_routes(database: Database, clock: WallClock) -> Sequence[web.RouteDef]:
    """The one route, for the desk's web server."""

    async def tell(request: web.Request) -> web.Response:
        key, now = request.match_info["key"], clock.now()
        text = await asyncio.to_thread(database.read, lambda work: calendar_at(work, key, now))
        if text is None:
            return web.Response(status=404, text=_NOTHING)
        headers = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
        return web.Response(text=text, content_type=_CALENDAR, charset="utf-8", headers=headers)

    return [web.get(PATH, tell)]


def calendar_at(work: UnitOfWork, key: str, now: datetime) -> str | None:
    """What that key shows; None where it shows nothing, because it was never given, was revoked, or is of somebody or
    something that is no more."""
    feed = feed_at(work, key)
    if feed is None:
        return None
    staff = {one.id: one for one in work.people.all() if not one.has_left}
    schedules = tuple(work.rota.plan().schedules)
    person = ""
    if feed.kind is FeedKind.PERSON:
        person = feed.name
    elif feed.name in schedules:
        schedules = (feed.name,)
    else:
        return None
    if person and person not in staff:
        return None
    duties = [duty_between(work, name, now - BEFORE - _MONTH, now + AHEAD) for name in schedules]
    shifts = {duty.schedule.name: shifts_around(duty, now, person) for duty in duties}
    return calendar_text(shifts, now, {one.id: one.name for one in staff.values()})
