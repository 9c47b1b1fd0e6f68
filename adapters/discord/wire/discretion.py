"""Discretion: what discord.py may log: no customers' words, and an outage without tracebacks."""

from __future__ import annotations

import logging

_LIBRARY = ("discord.client", "discord.gateway", "discord.http", "discord.state")


_NOT_OURS = "voice will NOT be supported"


class Brief(logging.Filter):
    """An outage is one line, as the desk tells of it itself; that nobody can speak aloud here is nobody's concern."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return _NOT_OURS not in str(record.msg)


def hush() -> None:
    """Below INFO the library would write every message into the log, and what the operator wants no more of is not
    written either. Again changes nothing."""
    for name in _LIBRARY:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))
        if not any(isinstance(one, Brief) for one in logger.filters):
            logger.addFilter(Brief())
