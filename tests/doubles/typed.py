"""`python -m tests.doubles.typed DATA CLOCK`: `thirdline run` of that folder, by the clock in that file."""

from __future__ import annotations

import asyncio
import sys
import zoneinfo
from contextlib import closing
from pathlib import Path

from bot.cli.house import settings_of
from bot.cli.one_desk import only_desk
from bot.cli.run import arrive
from bot.cli.talk import talk
from bot.wiring import build
from tests.doubles.file_clock import FileClock


def main(data: str, clock: str) -> int:
    zoneinfo.reset_tzpath(to=[])
    settings, hands = settings_of(Path(data)), FileClock(Path(clock))
    with only_desk(settings, hands.now()), closing(build(settings, hands)) as house:
        return asyncio.run(talk(house, arrive(house, "zoe")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
