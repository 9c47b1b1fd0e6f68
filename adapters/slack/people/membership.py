"""Membership: who may do what at the desk, as Slack's user groups and the desk's private channel say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import PLATFORM
from adapters.slack.people.speakers import Speakers
from adapters.slack.sending.places import Places
from adapters.slack.wire.troubles import TROUBLES, in_words, retry_after
from bot.counter import Roster
from bot.domain.people import Role
from bot.ports import CannotDeliver, Database, WallClock
from bot.settings import Slack
from bot.workers import Workers
from commands.staff_sync import Member, sync

log = logging.getLogger(__name__)

EVERY = 600.0
"""Seconds between two looks at what no event told of."""
REST = 2.0
"""Seconds of rest after an event: several come for one change."""
_PAGE = 200
_PAGES = 200
_TRIES = 4
_LONGEST_PAUSE = 60.0


class NoSuchGroup(Exception):
    """A group that the settings name and the workspace does not have."""


class Membership:
    """Brings the people list in line with Slack. Whatever Slack does not tell leaves everybody as they are."""

    def __init__(
        self,
        client: AsyncWebClient,
        database: Database,
        clock: WallClock,
        workers: Workers,
        speakers: Speakers,
        roster: Roster,
        places: Places,
        settings: Slack,
        *,
        rest: float = REST,
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._workers = workers
        self._speakers = speakers
        self._roster = roster
        self._places = places
        self._groups = [(name, Role.named(role)) for role, name in settings.roles.items()]
        self._members = Role.NOBODY if settings.members == "none" else Role.named(settings.members)
        self._rest = rest
        self._desk = ""
        self._ours: Collection[str] = ()
        self._news = asyncio.Event()

    def heard(self, event: Mapping[str, Any]) -> None:
        """Something about people or groups has changed. In a large workspace somebody always changes something: only
        what concerns the desk has it look again."""
        user, channel = event.get("user"), event.get("channel")
        if isinstance(user, Mapping):
            if self._speakers.changed(user) and self._concerns(user.get("id")):
                self._news.set()
        elif not isinstance(channel, str) or self._desk in ("", channel):
            self._news.set()

    def _concerns(self, account: object) -> bool:
        """Whether it had a role at the last look, or the people list named it when that was last read: the list as read
        may be older than the look, and Slack may not have told the look who is who."""
        return account in self._ours or account in self._roster.accounts()

    async def run(self) -> None:
        """Keep the people list in line until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), EVERY)
                await asyncio.sleep(self._rest)
            self._news.clear()
            try:
                await self.refresh()
            except Exception:  # Whatever Slack has sent: the next look must come all the same.
                log.exception("A fault in a look at who belongs to the desk.")

    async def refresh(self) -> bool:
        """Look who is who, and write down what has changed; returns whether Slack told everything."""
        members: list[Member] = []
        try:
            await self._places.refresh()  # A channel may have become private, or ours again, since.
            roles = await self.roles()
            self._ours = roles.keys()  # Before the people are read: what is said of them meanwhile counts, too.
            if roles:
                members = await self._people(roles)
        except (NoSuchGroup, CannotDeliver, *TROUBLES) as error:
            why = str(error) if isinstance(error, NoSuchGroup | CannotDeliver) else in_words(error)[0]
            log.warning("The people list stays as it is: %s.", why)
            return False
        try:
            entries = await self._workers.begin(lambda: sync(self._database, PLATFORM, members, self._clock.now()))
        except Exception:
            log.exception("The people list could not be brought in line with Slack.")
            return False
        if entries:
            self._roster.forget()
        return True

    async def roles(self) -> Mapping[str, Role]:
        """The highest role that each account has by a group or the desk's channel. Raises NoSuchGroup."""
        found: dict[str, Role] = {}
        if self._groups:
            answer = await self._client.usergroups_list(include_users=True)
            told: list[Mapping[str, Any]] = answer.get("usergroups") or []
            groups = [one for one in told if not one.get("date_delete")]
            for name, role in self._groups:
                _raise(found, await self._of_group(name, groups), role)
        if self._members is not Role.NOBODY:
            _raise(found, await self._of_channel(), self._members)
        return found

    async def _of_group(self, name: str, groups: Iterable[Mapping[str, Any]]) -> list[str]:
        wanted = name.removeprefix("@")
        group = next((one for one in groups if wanted in (one.get("id"), one.get("handle"))), None)
        if group is None:
            raise NoSuchGroup(f"there is no user group {name}, which [slack.roles] names")
        users = group.get("users")
        if users is None:
            users = (await self._client.usergroups_users_list(usergroup=str(group["id"]))).get("users", [])
        return [str(user) for user in users]

    async def _of_channel(self) -> list[str]:
        """Who is in the desk's channel, if that is private: to a public one everybody can come."""
        desk = self._desk = await self._places.desk()
        room = self._places.room(desk)
        if room is None:
            raise CannotDeliver("the app is not in the desk's channel (any more)")
        if not room.private:
            return []
        found: list[str] = []
        async for page in self._pages("conversations.members", {"channel": desk}):
            found += map(str, page.get("members", []))
        return found

    async def _people(self, roles: Mapping[str, Role]) -> list[Member]:
        """Those of them to whom the desk speaks: no guests, bots or deactivated accounts."""
        found: list[Member] = []
        async for page in self._pages("users.list", {}):
            for user in page.get("members", []):
                role, profile = roles.get(str(user.get("id"))), self._speakers.read(user)
                if role is not None and not profile.barred:
                    found.append(Member(str(user["id"]), profile.name, role, profile.zone))
        return found

    async def _pages(self, method: str, arguments: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            asked = {**arguments, "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            answer = await self._page(method, asked)
            yield answer
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
        raise CannotDeliver(f"{method} has more than {_PAGES} pages")

    async def _page(self, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Slack gives a large workspace's pages only at some speed, and nobody waits for them."""
        for _ in range(_TRIES):
            try:
                return _data(await self._client.api_call(method, params=dict(asked)))
            except SlackApiError as error:
                pause = retry_after(error)
                if pause is None or pause > _LONGEST_PAUSE:
                    raise
                await asyncio.sleep(pause)
        return _data(await self._client.api_call(method, params=dict(asked)))


def _data(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    if not isinstance(answer.data, dict):
        raise TimeoutError("an answer without sense")
    return answer.data


def _raise(found: dict[str, Role], accounts: Iterable[str], role: Role) -> None:
    for account in accounts:
        found[account] = max(role, found.get(account, Role.NOBODY))
