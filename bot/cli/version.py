"""`thirdline version`: the versions that matter in a report of trouble."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import version as version_of

from bot.cli.printing import say, say_json
from storage.newest import SCHEMA


def versions() -> dict[str, str]:
    """Name to version, the desk's own first."""
    return {
        "thirdline": version_of("thirdline"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "tzdata": version_of("tzdata"),
        "holidays": version_of("holidays"),
        "schema": SCHEMA,
    }


def version(as_json: bool) -> int:
    found = versions()
    if as_json:
        say_json(found)
    else:
        say("\n".join(f"{name:<10} {number}" for name, number in found.items()))
    return 0
