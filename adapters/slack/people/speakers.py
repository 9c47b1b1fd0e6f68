"""Who is speaking: Slack's people as the desk's speakers; guests, bots, strangers and former members are none."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import PLATFORM
from adapters.slack.wire.troubles import TROUBLES, code_of, in_words
from bot.domain.errors import NotAllowed, Refusal
from bot.ports import Speaker

log = logging.getLogger(__name__)

NOWHERE = "Slack"
"""What the place is called of what is said in no channel: in Home, or by a shortcut that is everywhere."""
FRESH = 3600.0
"""Seconds for which what Slack says of a person is believed without asking again; `user_change` says it sooner."""

MOST = 5_000
"""People kept in mind: the one not seen for the longest goes first."""

PATIENCE = 1.0
"""Seconds to wait for Slack to say who a stranger to the desk is."""

REST = 30.0
"""Seconds for which Slack, having failed to say who somebody is, is not asked about people whom the desk knows."""

_ASKED_AT_ONCE = 4


class Background(Protocol):
    """Keeps work that nobody waits for until it is done."""

    def start(self, work: Coroutine[Any, Any, object], what: str) -> object: ...


_ELSEWHERE = "This desk speaks with members of its own workspace only."


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace that the desk is in, by Slack's ids; where a field is empty, it is not known or there is none."""

    team: str = ""
    enterprise: str = ""

    def has(self, user: Mapping[str, Any]) -> bool:
        """Whether an account is of it. Those of others, who are in a channel that both share, look like members but
        for their team."""
        team = str(user.get("team_id") or "")
        if not self.team or not team or team == self.team:
            return True
        wider = user.get("enterprise_user")
        return bool(self.enterprise) and isinstance(wider, Mapping) and wider.get("enterprise_id") == self.enterprise


ANYWHERE = Workspace()
"""The workspace of a desk that does not know its own: nobody is of another."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of an account. `barred` is the sentence for those to whom the desk does not speak."""

    name: str
    zone: str
    barred: str = ""

    @classmethod
    def read(cls, user: Mapping[str, Any], home: Workspace) -> Profile:
        """From a user object of Slack's. `home` is the workspace that the desk is in."""
        profile = user.get("profile") or {}
        name = (
            profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""
        )
        return cls(name, user.get("tz") or "", _why_barred(user, home))


def _why_barred(user: Mapping[str, Any], home: Workspace) -> str:
    if user.get("deleted"):
        return "This account was deactivated; the desk does not take its word."
    if (user.get("is_bot") and not user.get("is_workflow_bot")) or user.get("id") == "USLACKBOT":
        return "This desk speaks with people, not with bots."
    if user.get("is_stranger") or not home.has(user):
        return _ELSEWHERE
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "This desk is for members of the workspace; guests ask the person who invited them."
    return ""


class Speakers:
    """Tells who is who, from memory where that is possible.

    `known` gives the accounts that the desk's people list names: they are not kept waiting for Slack. `clock` counts
    seconds, from anywhere. `home` is the workspace that the desk is in.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        background: Background,
        known: Callable[[], Collection[str]],
        clock: Callable[[], float],
        home: Workspace = ANYWHERE,
    ) -> None:
        self._client = client
        self._home = home
        self._background = background
        self._known = known
        self._clock = clock
        self._profiles: OrderedDict[str, tuple[Profile, float]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Profile]] = {}
        self._failed_at = float("-inf")
        self._some_at_once = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def of(
        self,
        user: str,
        channel: str = "",
        *,
        place: str = NOWHERE,
        ticket: int | None = None,
        message: str = "",
        at_cards: bool = False,
    ) -> Speaker:
        """The speaker that an account is. Raises NotAllowed for those who get nothing from this desk, and Refusal when
        Slack does not say who somebody is whom the desk does not know either."""
        profile = await self._profile(user)
        if profile.barred:
            raise NotAllowed(profile.barred)
        return Speaker(PLATFORM, user, profile.name, place, ticket, profile.zone, message, at_cards=at_cards)

    def changed(self, user: Mapping[str, Any]) -> bool:
        """Take in what a `user_change` event says. Whether it is another than what was known."""
        account = user.get("id")
        if not isinstance(account, str) or not account:
            return False
        was, now = self._profiles.get(account), self.read(user)
        self._keep(account, now)
        return was is None or was[0] != now

    def read(self, user: Mapping[str, Any]) -> Profile:
        """What a user object of Slack's says."""
        return Profile.read(user, self._home)

    def warm(self) -> None:
        """Ask Slack, while nobody waits, who the people of the desk are."""
        for account in self._known():
            if account not in self._profiles:
                self._ask(account)

    async def stop(self) -> None:
        """Ask no more."""
        asking = list(self._asking.values())
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _profile(self, user: str) -> Profile:
        kept = self._profiles.get(user)
        if kept is not None:
            self._profiles.move_to_end(user)
            if self._clock() - max(kept[1] + FRESH, self._failed_at + REST) > 0:
                self._ask(user)
            return kept[0]
        if user in self._known():
            if self._clock() - self._failed_at > REST:
                self._ask(user)
            return Profile("", "")
        asking = self._ask(user)
        done, _ = await asyncio.wait({asking}, timeout=PATIENCE)
        if not done or asking.exception() is not None:
            raise Refusal("Slack does not tell this desk who you are just now.", "Please try once more in a minute.")
        return asking.result()

    def _ask(self, user: str) -> asyncio.Task[Profile]:
        asking = self._asking.get(user)
        if asking is None:
            asking = asyncio.create_task(self._asked(user))
            self._asking[user] = asking
            self._background.start(_settled(asking), f"asking who {user} is")
        return asking

    async def _asked(self, user: str) -> Profile:
        before = self._profiles.get(user)
        try:
            async with self._some_at_once:
                answer = await self._client.users_info(user=user)
            profile = self.read(answer.get("user") or {})
        except TROUBLES as error:
            log.warning("Slack does not say who %s is: %s.", user, in_words(error)[0])
            if code_of(error) not in ("user_not_found", "user_not_visible"):
                self._failed_at = self._clock()
                raise
            profile = Profile("", "", _ELSEWHERE)
        finally:
            self._asking.pop(user, None)
        told = self._profiles.get(user)
        if told is not None and told is not before:
            return told[0]  # An event has overtaken the answer, which tells what was.
        self._keep(user, profile)
        return profile

    def _keep(self, user: str, profile: Profile) -> None:
        self._profiles[user] = (profile, self._clock())
        self._profiles.move_to_end(user)
        while len(self._profiles) > MOST:
            self._profiles.popitem(last=False)


async def _settled(asking: asyncio.Task[Profile]) -> None:
    """Wait for it, so that it is kept and its failure looked at: who needs the answer looks at the task itself."""
    await asyncio.wait({asking})
    if not asking.cancelled() and isinstance(error := asking.exception(), Exception):
        log.debug("Somebody stays unknown for now: %s.", type(error).__name__)
