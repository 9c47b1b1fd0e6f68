"""The dead-man's switch: an address outside that hears of us while all is well, and cries out when it does not.

Services of that kind (Healthchecks, Uptime Kuma, Cronitor and others) give out an address for each thing they watch.
Whoever knows it can keep them quiet: it is a secret, and appears in no message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from urllib.error import HTTPError, URLError
from urllib.request import build_opener

from bot.errands import Aside, Errand, in_a_thread

PATIENCE = 10.0
"""Real seconds without a sign of life from the address."""

log = logging.getLogger(__name__)


class DeadMansSwitch:
    """`url` is http or https; it is asked every `every` real seconds at most. `now` tells the time of day for people.
    Not asked at all where there is no url."""

    def __init__(self, url: str, every: float, now: Callable[[], datetime], aside: Aside = in_a_thread) -> None:
        self._url = url
        self._every = every
        self._now = now
        self._errand = Errand(self._ask, aside)
        self._asked: float | None = None
        self.heard_at: datetime | None = None
        """When it last answered (aware UTC)."""
        self.trouble = ""
        """Why it did not answer when it was asked last; empty if it did, or was not asked yet."""

    @property
    def words(self) -> str:
        """How it is, for people."""
        if not self._url:
            return "nobody outside is told"
        if self.trouble:
            return f"the address outside cannot be told: {self.trouble}"
        return "somebody outside is told"

    def all_is_well(self, at: float) -> None:
        """Say so outside, if it is time. `at` is monotonic."""
        if self._url and (self._asked is None or at - self._asked >= self._every) and self._errand.begin():
            self._asked = at

    def something_is_not(self) -> None:
        """It is told again as soon as all is well."""
        self._asked = None

    def _ask(self) -> None:
        trouble = self._answer()
        if trouble and trouble != self.trouble:
            log.warning("The address outside that watches the desk cannot be told: %s.", trouble)
        self.trouble = trouble
        if not trouble:
            self.heard_at = self._now()

    def _answer(self) -> str:
        """Why it does not answer. The words of libraries may hold the address, so they are not used."""
        opener = build_opener()
        opener.addheaders = [("User-Agent", "thirdline")]
        try:
            with opener.open(self._url, timeout=PATIENCE) as answer:
                answer.read(1)
        except HTTPError as error:
            return f"it answers {error.code}"
        except URLError as error:
            reason = error.reason
            return (reason.strerror or type(reason).__name__) if isinstance(reason, OSError) else "no connection"
        except Exception as error:
            return type(error).__name__
        return ""
