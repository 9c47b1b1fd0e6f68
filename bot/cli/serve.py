"""`thirdline serve`: the desk of a data folder for its chat platforms, without a terminal, until it is told to stop."""

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


def serve(data: Path | None, clock: WallClock | None = None) -> int:
    """Run until SIGTERM or SIGINT, then finish what is under way: 0. Raises Refusal where there is nobody to serve, or
    where a platform will not have us."""
    settings, clock = settings_of(data), clock or SystemClock()
    if not chats_of(settings):
        where = option_of(settings.data)
        pagers = listed(pagers_of(settings))
        raise Refusal(
            f"Only {pagers} is set up: pages could go out, and nobody could see the tickets or hear the alarm."
            if pagers
            else "No chat platform is set up, so there is nobody to serve.",
            f"thirdline init slack{where} or thirdline init discord{where} sets one up; thirdline run{where} opens the"
            " desk in this terminal.",
        )
    platforms = platforms_of(settings, terminal=False)
    with only_desk(settings, clock.now()), closing(build(settings, clock, platforms)) as house:
        asyncio.run(_serve(house, settings))
    return 0


async def _serve(house: House, settings: Settings) -> None:
    watcher = Told()
    runtime = house.served({}, watcher)
    with signals() as stopped:
        runtime.start()
        gc.freeze()  # What is loaded now stays to the end: no search for what can go need pass through it again.
        served = (*chats_of(settings), *pagers_of(settings))
        mention(f"ready: serving {', '.join(served)} from {settings.data}")
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
