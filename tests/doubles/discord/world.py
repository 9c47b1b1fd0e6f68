"""The server that the double keeps: simcord's model of Discord on real time, with what it leaves out added."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Condition, RLock
from typing import Any

import discord
from simcord._clock import Clock
from simcord.backend import Backend, errors, serializers
from simcord.backend.cdn import CdnStore
from simcord.backend.models import Channel, Interaction, Message
from simcord.enums import ChannelType

Json = dict[str, Any]

THREAD_IS_ARCHIVED = (400, 50083, "Thread is archived")
THREAD_IS_LOCKED = (400, 160005, "This thread is locked")
THREAD_EXISTS = (400, 160004, "A thread has already been created for this message")
RENAMES_AT_ONCE, RENAME_WINDOW = 2, 600.0
HAS_THREAD = 1 << 5


class RealClock(Clock):
    """The wall clock, moved on by what a test let pass; all times in UTC."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.elapsed)


class Files(CdnStore):
    """The attachments, below the server's own address."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.stored: dict[str, bytes] = {}

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> Json:
        kept = super().store_attachment(attachment_id, channel_id, filename, data, description)
        path = f"/attachments/{channel_id}/{attachment_id}/{filename}"
        self.stored[path] = data
        return kept | {"url": self.base + path, "proxy_url": self.base + path}


@dataclass(slots=True)
class Nonce:
    """A message that was posted with a nonce, and when (seconds of the clock)."""

    message: int
    at: float


@dataclass(slots=True)
class Told:
    """Notes of the server on what came of interactions: when each was answered, in monotonic seconds."""

    answered: dict[int, float] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


class World(Backend):
    """Everything there is in one Discord server. Guarded by `news`, which is told of every change.

    `patience` is how long an interaction may go unanswered, `token_life` how long its token serves after that, and
    `nonce_life` how long a nonce stops a second message; all in seconds (Discord's: 3, 900, a few minutes).
    """

    def __init__(self, patience: float = 3.0, token_life: float = 900.0, nonce_life: float = 300.0) -> None:
        # simcord seeds its own users in its constructor and so emits before there is anything here to tell.
        self.news = Condition(RLock())
        self.patience, self.token_life, self.nonce_life = patience, token_life, nonce_life
        self.token = "MTAwMDAwMDAwMDAwMDAwMDAw.Gdouble.a-token-of-the-double-and-of-nothing-else"  # noqa: S105
        self.faults_found: list[str] = []
        self.told = Told()
        self.nonces: dict[tuple[int, str], Nonce] = {}
        self.nonce_of: dict[int, str] = {}
        self._nonce: tuple[int, str] | None = None
        self._starter: int | None = None
        self.renames: dict[int, list[float]] = {}
        self.granted: frozenset[str] = frozenset()
        self.closed_to_direct: set[int] = set()
        self.need_tags: set[int] = set()
        super().__init__(clock=RealClock())
        self.files = Files()
        self.cdn = self.files

    @property
    def seconds(self) -> float:
        """The clock, as seconds since 1970."""
        return self.clock.now().timestamp()

    def fault(self, text: str) -> None:
        """Write down what Discord would not have taken, or what no bot should do."""
        with self.news:
            self.faults_found.append(text)
            self.news.notify_all()

    def emit(self, event: str, payload: Any) -> None:
        with self.news:
            super().emit(event, payload)
            self.news.notify_all()

    # --- interactions ----------------------------------------------------------------------------------------

    def new_interaction(self, type: int, channel_id: int, user_id: int, guild_id: int | None) -> Interaction:
        record = super().new_interaction(type, channel_id, user_id, guild_id)
        record.expires_at = self.iso_after(self.token_life)
        record.initial_response_deadline = self.iso_after(self.patience)
        return record

    # --- threads ---------------------------------------------------------------------------------------------

    def create_thread(
        self,
        parent_id: int,
        name: str,
        owner_id: int,
        *,
        type: int = ChannelType.PUBLIC_THREAD,
        auto_archive_duration: int = 1440,
        message_id: int | None = None,
        applied_tags: Iterable[int] = (),
        broadcast: bool = True,
    ) -> Channel:
        """A thread; one made from a message has the message's id, and no line in the channel announces it."""
        if message_id is not None and message_id in self.channels:
            raise errors.BackendError(*THREAD_EXISTS)
        announced = broadcast and message_id is None and type == ChannelType.PUBLIC_THREAD
        of_post, self._starter = self._starter, None
        thread = super().create_thread(
            parent_id,
            name,
            owner_id,
            type=type,
            auto_archive_duration=auto_archive_duration,
            message_id=message_id or of_post,
            applied_tags=applied_tags,
            broadcast=announced,
        )
        if broadcast and not announced:
            self.announce_thread_create(thread)
        if message_id is not None:
            message = self.get_message(parent_id, message_id)
            message.flags |= HAS_THREAD
            self.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self, message)))
        return thread

    def create_forum_post(self, forum_id: int, name: str, starter: Message, **rest: Any) -> tuple[Channel, Message]:
        """A post, which has the id of its first message."""
        self._starter = starter.id
        try:
            return super().create_forum_post(forum_id, name, starter, **rest)
        finally:
            self._starter = None

    def archive(self, thread: Channel, archived: bool, locked: bool | None = None) -> None:
        changes: Json = {"archived": archived, "archive_timestamp": self.now_iso()}
        if locked is not None:
            changes["locked"] = locked
        self.edit_channel(thread.id, {}, thread_metadata=changes)

    def opens_for_words(self, channel: Channel, author: int) -> None:
        """What a message does to the thread that it is for: an archived one comes back, a locked one refuses."""
        about = channel.thread_metadata
        if about is None or not (about.archived or about.locked):
            return
        if about.locked and not self.may(author, channel, "manage_threads"):
            raise errors.BackendError(*(THREAD_IS_ARCHIVED if about.archived else THREAD_IS_LOCKED))
        if about.archived:
            self.archive(channel, False)

    def refuses_archived(self, channel: Channel) -> None:
        """Nothing of an archived thread can be changed or reacted to."""
        if channel.thread_metadata is not None and channel.thread_metadata.archived:
            raise errors.BackendError(*THREAD_IS_ARCHIVED)

    def renamed(self, channel: Channel) -> float:
        """Count a change of name; seconds to wait where there were too many, else 0."""
        recent = [at for at in self.renames.get(channel.id, []) if self.seconds - at < RENAME_WINDOW]
        if len(recent) >= RENAMES_AT_ONCE:
            return recent[0] + RENAME_WINDOW - self.seconds
        self.renames[channel.id] = [*recent, self.seconds]
        return 0.0

    # --- messages --------------------------------------------------------------------------------------------

    def said_before(self, channel: int, nonce: object) -> Message | None:
        """The message that was posted with this nonce a short while ago."""
        known = self.nonces.get((channel, str(nonce)))
        if known is None or self.seconds - known.at > self.nonce_life:
            return None
        return self.messages.get(channel, {}).get(known.message)

    @contextmanager
    def posting(self, channel: int, nonce: object) -> Iterator[None]:
        """The message that is made meanwhile was sent with this nonce."""
        self._nonce = (channel, str(nonce)) if nonce is not None else None
        try:
            yield
        finally:
            self._nonce = None

    def prepare_message(self, channel_id: int, author_id: int, content: str | None = "", **rest: Any) -> Message:
        message = super().prepare_message(channel_id, author_id, content, **rest)
        if self._nonce is not None and self._nonce[0] == channel_id and author_id == self.bot_user.id:
            self.nonces[self._nonce] = Nonce(message.id, self.seconds)
            self.nonce_of[message.id] = self._nonce[1]
        return message

    def may(self, user: int, channel: Channel, *names: str) -> bool:
        """Whether somebody has the permissions in a channel; in direct messages everybody has."""
        if channel.guild_id is None:
            return True
        has = discord.Permissions(self.compute_permissions(channel.guild_id, user, channel.id))
        return all(getattr(has, name) for name in names)
