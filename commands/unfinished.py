"""Unfinished: files that were written for a commit which never came, as the desk was killed in between, are dropped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.filing import FOLDER, Filing
from bot.ports import Database


def drop_unfinished(database: Database, data: Path, now: datetime) -> int:
    """Those of mail, of the pages and of the API alike, once they are a day old; returns of how many commits. `data`
    is the desk's folder."""
    return Filing(data / FOLDER).sweep(lambda paths: database.read(lambda work: work.files.recorded(paths)), now)
