"""`thirdline serve`: the desk of a data folder for its chat platforms and its page, without a terminal, until told to
stop."""

from __future__ import annotations

import asyncio
import gc
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.cli.house import option_of, settings_of
from bot.cli.one_desk import only_desk
from bot.cli.printing import mention
from bot.cli.signals import signals
from bot.clocks import SystemClock
from bot.domain.errors import Refusal
from bot.ports import Health, WallClock
from bot.settings import Settings
from bot.views.wording import listed
from bot.ways import chats_of, pagers_of, platforms_of
from bot.wiring import House, build

EVENTS_ONLY = "webhook"
"""The way out that pages nobody: it tells programs what happens."""


def serve(data: Path | None, clock: WallClock | None = None) -> int:
    """Run until SIGTERM or SIGINT, then finish what is under way: 0. Raises Refusal where there is nobody to serve, or
    where a platform will not have us."""
    settings, clock = settings_of(data), clock or SystemClock()
    if not chats_of(settings) and not settings.web.staff:
        raise _nobody(settings)
    platforms = platforms_of(settings, terminal=False)
    with only_desk(settings, clock.now()), closing(build(settings, clock, platforms)) as house:
        asyncio.run(_serve(house, settings))
    return 0


def _nobody(settings: Settings) -> Refusal:
    """A desk whose staff could see nothing of it."""
    where, pagers = option_of(settings.data), pagers_of(settings)
    only = f"Only {listed(pagers)} {'is' if len(pagers) == 1 else 'are'} set up"
    return Refusal(
        f"{only}: pages could go out, and nobody could see the tickets or hear the alarm."
        if pagers
        else "No chat platform is set up, and no page for staff, so there is nobody to serve.",
        f"thirdline init slack{where} or thirdline init discord{where} sets up a chat, thirdline init web{where} a page"
        f" for staff; thirdline run{where} opens the desk in this terminal.",
    )


def _without_chat(settings: Settings) -> str:
    """What a desk does that has a page and no chat."""
    carriers = [name for name in pagers_of(settings) if name != EVENTS_ONLY]
    pages = f"pages go out by {listed(carriers)}" if carriers else "nothing is set up that could page anybody"
    entry = f"thirdline desk-link NAME{option_of(settings.data)} gives a link to it"
    board = f"the board is at {settings.web.public_url}/desk ({entry})"
    return f"No chat is set up: cards and alerts wait for a terminal; {board}, and {pages}."


async def _serve(house: House, settings: Settings) -> None:
    watcher = Told()
    runtime = house.served({}, watcher)
    with signals() as stopped:
        runtime.start()
        gc.freeze()  # What is loaded now stays to the end: no search for what can go need pass through it again.
        page = ("the desk's page",) if settings.web.staff else ()
        served = (*chats_of(settings), *pagers_of(settings), *page)
        mention(f"ready: serving {', '.join(served)} from {settings.data}")
        if not chats_of(settings):
            mention(_without_chat(settings))
        ends: tuple[asyncio.Future[Any], ...] = (stopped, watcher.over)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            mention("stopping: what is under way is finished first")
            await runtime.stop()
    if watcher.over.done():
        raise watcher.over.result()


class Told:
    """Says on standard error how the platforms are; one that refuses us ends the desk."""

    def __init__(self) -> None:
        self.over: asyncio.Future[Refusal] = asyncio.get_running_loop().create_future()

    def told(self, platform: str, health: Health) -> None:
        mention(f"{platform}: {'' if health.well else 'not well: '}{health.words}")

    def refused(self, platform: str, refusal: Refusal) -> None:
        if not self.over.done():
            self.over.set_result(refusal)
