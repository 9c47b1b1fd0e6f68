"""Discretion: what Slack's libraries may log: no tokens, no customers' words, and an outage without tracebacks."""

from __future__ import annotations

import logging
import re

SDK = "thirdline.slack"
_SECRETS = re.compile(r"(xox[a-z]-|xapp-|ticket=|hooks\.slack\.com/)[^\s&'\"]+")


class Discreet(logging.Filter):
    """Blackens tokens and the tickets of socket addresses; an outage is one line, as the desk tells of it itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRETS.sub(r"\1…", record.getMessage())
        record.args = ()
        record.exc_info = record.exc_text = None
        return True


def sdk_logger() -> logging.Logger:
    """The logger that is given to Slack's libraries. They look at its own level, and would write every message they
    receive into the log below INFO."""
    logger = logging.getLogger(SDK)
    if not any(isinstance(one, Discreet) for one in logger.filters):
        logger.addFilter(Discreet())
        logger.setLevel(logging.WARNING)
    return logger
