"""`python -m tests.doubles.serving DATA CLOCK`: `thirdline serve` of that folder, by the clock in that file."""

from __future__ import annotations

import sys
import zoneinfo
from pathlib import Path

from bot.cli.serve import serve
from bot.domain.errors import Refusal
from tests.doubles.file_clock import FileClock


def main(data: str, clock: str) -> int:
    zoneinfo.reset_tzpath(to=[])
    try:
        return serve(Path(data), FileClock(Path(clock)))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
