"""The log: a small rotating file in the data folder, so that the chat stays a chat. No password reaches it."""

from __future__ import annotations

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bot.redaction import redacted

FILE = "thirdline.log"
MOST_BYTES = 1_000_000
KEPT = 3


def keep_log(folder: Path, level: str) -> Path:
    """Write what is logged from now on into that folder; returns the file. It is made with the first line."""
    path = folder / FILE
    handler = _File(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _File)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("apscheduler", "alembic", "asyncio", "sqlalchemy"):
        logging.getLogger(chatty).setLevel("INFO" if level == "DEBUG" else "WARNING")
    return path


class _File(RotatingFileHandler):
    """A full disk or a read-only folder must not tear the chat: a line that cannot be logged is given up."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        return


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
