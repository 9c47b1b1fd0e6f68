"""Forgetting mail: rows that nobody will ask for any more go, and the files that only they name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.filing import FOLDER, Filing
from bot.ports import Database
from commands.mail_kept import paths_of


def forget_mail(database: Database, data: Path, now: datetime) -> None:
    """Some in each transaction, until none is left; `data` is the desk's folder."""
    filing = Filing(data / FOLDER)
    while mails := database.write(lambda work: work.mails.prune(now)):
        filing.drop(path for mail in mails for path in paths_of(mail))
