"""Finding: the message that a reaction or a shortcut means, as a source of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.hearing.files import attachments, with_told_files
from adapters.slack.hearing.rooms import Rooms
from adapters.slack.hearing.talk import Talk
from adapters.slack.wire.troubles import TROUBLES
from bot.settings import SlackFiles
from bot.sources import Source

SOMEBODY = "somebody"


class Finding:
    """Reads messages."""

    def __init__(self, client: AsyncWebClient, talk: Talk, rooms: Rooms, files: SlackFiles) -> None:
        self._client = client
        self._talk = talk
        self._rooms = rooms
        self._files = files

    async def message(self, channel: str, ts: str) -> Mapping[str, Any] | None:
        """A message of a channel that the bot is in; None where it cannot be read."""
        try:
            # Of a reply in a thread, too, Slack gives the message of that ts.
            answer = await self._client.conversations_replies(
                channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True
            )
        except TROUBLES:
            return None
        found: list[Mapping[str, Any]] = answer.get("messages") or []
        return next((one for one in found if one.get("ts") == ts), None)

    async def source(self, channel: str, message: Mapping[str, Any], domain: str = "") -> Source:
        """A message as a source. `domain` is the workspace's, where a payload says it."""
        room = await self._rooms.of(channel)
        ts = str(message.get("ts", ""))
        return Source(
            ref=f"{channel}:{ts}",
            text=await self._talk.read(str(message.get("text") or "")),
            author=await self._author(message),
            where=room.name,
            link=await self._link(channel, message, domain),
            shared=room.shared,
            files=attachments(await with_told_files(self._client, message), self._files),
        )

    async def _author(self, message: Mapping[str, Any]) -> str:
        user = message.get("user")
        if isinstance(user, str) and user and not message.get("bot_id"):
            return await self._talk.name_of(user)
        profile = message.get("bot_profile")
        named = profile.get("name") if isinstance(profile, Mapping) else None
        return str(message.get("username") or named or SOMEBODY)

    async def _link(self, channel: str, message: Mapping[str, Any], domain: str) -> str:
        ts, thread = str(message.get("ts", "")), str(message.get("thread_ts") or "")
        if domain:
            within = f"?thread_ts={thread}&cid={channel}" if thread and thread != ts else ""
            return f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}{within}"
        try:
            answer = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except TROUBLES:
            return ""
        return str(answer.get("permalink") or "")
