"""Routes: from a logical place ("#alerts/III") to the addresses where the connected platforms show it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.ports import ALERTS, DESK, ONLY

Address = tuple[str, str]
"""A platform and a place on it."""

THREAD = "#thread"
MAIL = "mail:"
WEBHOOKS = "#webhooks/"
"""Before the name of an event: to the webhooks that want to hear of it."""
WEBHOOK = "webhook"
TERMINAL = "console"
PHONE = "phone"

_RINGS = re.compile(r"(?:call|text|cut):\+")


@dataclass(frozen=True, slots=True)
class Places:
    """What the desk's places are called on a platform."""

    desk: str = DESK
    alerts: str = ALERTS
    alerts_by_level: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, to: str) -> str:
        name, _, level = to.partition("/")
        if name == ALERTS:
            return self.alerts_by_level.get(level, self.alerts)
        return self.desk if name == DESK else to


_AS_CALLED = Places()


@dataclass(frozen=True, slots=True)
class Routes:
    """Where news goes. Each connected platform gets a parcel of its own, so that one can fail alone."""

    platforms: tuple[str, ...]
    places: Mapping[str, Places] = field(default_factory=dict)
    """By platform; what is not told is as the desk itself calls it."""
    threaded: frozenset[str] = frozenset()
    """The platforms with threads: what belongs below a ticket's card goes to their desk channel, and nowhere else."""
    mailing: frozenset[str] = frozenset()
    """The ways that carry mail, be they platforms or not. Without one of them somebody has to send a letter by
    hand: one is enough."""
    pagers: frozenset[str] = frozenset()
    """The ways to people that carry what is addressed to them alone."""
    webhooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which events each webhook wants; none named means all."""

    def __call__(self, to: str) -> Sequence[Address]:
        if to.startswith(WEBHOOKS):
            event = to.removeprefix(WEBHOOKS)
            return tuple((WEBHOOK, name) for name, wanted in self.webhooks.items() if not wanted or event in wanted)
        if to.startswith(ONLY):
            return self._only(*to.removeprefix(ONLY).partition(":")[::2])
        if to.startswith(MAIL):
            return tuple((platform, to) for platform in self._postmen())
        if to == THREAD:
            threaded = (platform for platform in self.platforms if platform in self.threaded)
            return tuple((platform, self._of(platform).desk) for platform in threaded)
        return tuple((platform, self._of(platform)(to)) for platform in self.platforms)

    @property
    def by_hand(self) -> str:
        """The platform on which people find the letters that they must send themselves; empty where mail is carried."""
        return next((platform for platform in self._postmen() if platform not in self.mailing), "")

    def _only(self, platform: str, place: str) -> Sequence[Address]:
        if platform in self.pagers:
            return ((platform, place),)
        if platform == PHONE:  # Where no provider is set up, telephones ring in the terminal; nobody talks on them.
            platform = TERMINAL if _RINGS.match(place) else ""
        return ((platform, self._of(platform)(place)),) if platform in self.platforms else ()

    def _of(self, platform: str) -> Places:
        return self.places.get(platform, _AS_CALLED)

    def _postmen(self) -> Sequence[str]:
        carriers = [name for name in (*self.platforms, *sorted(self.pagers)) if name in self.mailing]
        at_hand = [platform for platform in self.platforms if platform == TERMINAL]
        return (carriers or at_hand or self.platforms)[:1]
