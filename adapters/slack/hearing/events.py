"""Events: what happens in a workspace, sorted and handed to whoever at the desk it concerns.

Every event is acknowledged once its consequence is committed. What Slack sends twice is known by the id of its
message or event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.hearing.files import attachments, with_told_files
from adapters.slack.hearing.homes import Homes
from adapters.slack.hearing.notes import Notes
from adapters.slack.hearing.reactions import Reactions
from adapters.slack.hearing.reading import addressed
from adapters.slack.hearing.talk import Said, Talk
from adapters.slack.people.membership import Membership
from adapters.slack.sending.places import Places
from bot.once import Once
from bot.ports import CannotDeliver
from bot.settings import SlackFiles

Body = Mapping[str, Any]

MEMBERSHIP = (
    "subteam_members_changed",
    "subteam_updated",
    "member_joined_channel",
    "member_left_channel",
    "user_change",
    "team_join",
)
_WRITTEN = (None, "file_share", "thread_broadcast")
"""The subtypes of messages that are somebody's words, also those shown in the channel beside; the others tell of
edits, deletions, copies and the like."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears what. `mended` is called when the bot may be where it was not, or may do what it could not."""

    talk: Talk
    notes: Notes
    reactions: Reactions
    homes: Homes
    membership: Membership
    places: Places
    mended: Callable[[], Awaitable[None]]
    once: Once
    files: SlackFiles
    client: AsyncWebClient

    async def mention(self, body: Body) -> None:
        """`@Thirdline …` somewhere."""
        event = body["event"]
        said = said_in(event, self.files)
        if said is None:
            return
        words = addressed(said.text, bot_of(body))
        heard = said.text if words is None else words
        await self.once.do(said.request, lambda: self._talk(said, event, heard))

    async def message(self, body: Body) -> None:
        """A message in a place that the bot is in: a word to it, a note, or none of its business."""
        event, bot = body["event"], bot_of(body)
        if self.places.heard(event):
            self.membership.heard({})
            await self.mended()
        said = said_in(event, self.files)
        if said is None:
            return
        words = addressed(said.text, bot)
        if said.direct:
            heard = said.text if words is None else words
            await self.once.do(said.request, lambda: self._talk(said, event, heard))
        elif said.thread and words is None:
            await self.once.do(said.request, lambda: self._note(said, event))

    async def _talk(self, said: Said, event: Mapping[str, Any], words: str) -> None:
        await self.talk.hear(await self._whole(said, event), words)

    async def _note(self, said: Said, event: Mapping[str, Any]) -> None:
        await self.notes.hear(await self._whole(said, event))

    async def _whole(self, said: Said, event: Mapping[str, Any]) -> Said:
        """The message with what must be asked of its files."""
        told = await with_told_files(self.client, event)
        return said if told is event else replace(said, files=attachments(told, self.files))

    async def reaction(self, body: Body) -> None:
        event = body["event"]
        await self.once.do(f"slack:{body['event_id']}", lambda: self.reactions.hear(event, body["event_id"]))

    async def home(self, body: Body) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await self.homes.opened(event["user"])

    async def people(self, body: Body) -> None:
        event = body["event"]
        if event.get("type") == "member_joined_channel" and event.get("user") == bot_of(body):
            self.places.forget(str(event.get("channel")))
            with suppress(CannotDeliver):  # Slack may be away; who posts there asks once more.
                await self.places.name_of(str(event.get("channel")))
            await self.mended()
        self.membership.heard(event)


def listen_events(app: AsyncApp, ears: Ears) -> None:
    """Have the app's events heard."""
    app.event("app_mention")(_listener(ears.mention))
    app.event("message")(_listener(ears.message))
    app.event("reaction_added")(_listener(ears.reaction))
    app.event("app_home_opened")(_listener(ears.home))
    for kind in MEMBERSHIP:
        app.event(kind)(_listener(ears.people))


def _listener(hear: Any) -> Any:
    async def listener(body: Body) -> None:
        await hear(body)

    return listener


def said_in(event: Mapping[str, Any], files: SlackFiles) -> Said | None:
    """The message of an event, if a person wrote it just now; None for bots, edits, deletions and copies."""
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if event.get("subtype") not in _WRITTEN or event.get("bot_id") or event.get("hidden"):
        return None
    if not (isinstance(user, str) and isinstance(channel, str) and isinstance(ts, str)):
        return None
    thread = str(event.get("thread_ts") or "")
    return Said(
        user=user,
        channel=channel,
        ts=ts,
        text=str(event.get("text") or ""),
        thread="" if thread == ts else thread,
        direct=event.get("channel_type") == "im" or channel.startswith("D"),
        files=attachments(event, files),
    )


def bot_of(body: Body) -> str:
    """The bot's own user id, as Slack says for whom it sends the event."""
    told = body.get("authorizations")
    first = told[0] if isinstance(told, list) and told else {}
    return str(first.get("user_id") or "") if isinstance(first, Mapping) else ""
