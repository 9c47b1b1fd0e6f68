"""What people see of the bot: its messages, its modals, and how it took what they did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simcord.backend import serializers
from simcord.backend.models import Channel, Interaction
from simcord.backend.models import Message as Stored
from simcord.components import walk_components

from tests.doubles.discord.world import Json, World

EPHEMERAL, LOADING = 1 << 6, 1 << 7
BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY, LABEL = 2, 3, 4, 10, 18
SELECTS = (3, 5, 6, 7, 8)
CONTROLS = (TEXT_INPUT, *SELECTS, 19, 21, 22, 23)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stood when it was looked at. `notified` are the ids of the members whose phones rang for it."""

    id: int
    channel: int
    author: int
    content: str
    embeds: tuple[Json, ...]
    components: tuple[Json, ...]
    files: tuple[str, ...]
    ephemeral: bool
    edited: bool
    pinned: bool
    nonce: str | None
    notified: frozenset[int]
    everyone: bool
    reactions: tuple[str, ...]
    reply_to: int | None
    payload: Json

    @property
    def text(self) -> str:
        """Everything there is to read in it, in order, a line each."""
        return "\n".join(line for line in self._lines() if line)

    def _lines(self) -> Iterator[str]:
        yield self.content
        for embed in self.embeds:
            yield from (embed.get("author", {}).get("name", ""), embed.get("title", ""), embed.get("description", ""))
            for one in embed.get("fields", []):
                yield f"{one['name']}: {one['value']}"
            yield embed.get("footer", {}).get("text", "")
        yield from (one["content"] for one in walk_components(list(self.components)) if one["type"] == TEXT_DISPLAY)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of the buttons that can be pressed."""
        return tuple(
            one.get("label") or one["emoji"]["name"] for one in self._controls((BUTTON,)) if not one.get("disabled")
        )

    @property
    def selects(self) -> tuple[Json, ...]:
        return tuple(self._controls(SELECTS))

    def _controls(self, kinds: tuple[int, ...]) -> list[Json]:
        return [one for one in walk_components(list(self.components)) if one["type"] in kinds]

    def control(self, kinds: tuple[int, ...], name: str) -> Json:
        """The one control with that label, placeholder or custom_id; AssertionError where a person would find none."""
        found = [
            one
            for one in self._controls(kinds)
            if name in (one.get("label"), one.get("placeholder"), one.get("custom_id"))
            or name == (one.get("emoji") or {}).get("name")
        ]
        if len(found) != 1 or found[0].get("disabled"):
            raise AssertionError(f"There is not one {name!r} to use here, but {self._controls(kinds)}")
        return found[0]


@dataclass(frozen=True, slots=True)
class Field:
    """A control of a modal, with the label that people see."""

    id: str
    label: str
    kind: int
    required: bool
    value: str
    options: tuple[Json, ...]
    control: Json


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal that somebody has before them."""

    interaction: int
    title: str
    custom_id: str
    fields: tuple[Field, ...]
    payload: Json

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(one.label for one in self.fields)

    def field(self, name: str) -> Field:
        found = [one for one in self.fields if name in (one.label, one.id)]
        if len(found) != 1:
            raise AssertionError(f"There is not one {name!r} in {self.labels}")
        return found[0]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread or a forum's post. `tags` are the names of those applied."""

    id: int
    name: str
    parent: int
    archived: bool
    locked: bool
    private: bool
    tags: tuple[str, ...]
    members: frozenset[int]


@dataclass(eq=False, slots=True)
class Call:
    """Something that a person did, and what came of it so far; its answers are looked at anew each time."""

    world: World
    record: Interaction
    started: float

    @property
    def answered(self) -> bool:
        """Whether Discord took a first answer in time."""
        return self.record.responded

    @property
    def took(self) -> float:
        """Seconds to the first answer."""
        return self.world.told.answered[self.record.id] - self.started

    @property
    def late(self) -> bool:
        """Whether an answer came that Discord no longer took."""
        return not self.record.responded and self.record.id in self.world.told.refused

    @property
    def deferred(self) -> bool:
        """Whether the bot is still thinking."""
        return self.record.loading

    @property
    def kind(self) -> str:
        """How it was answered: message, deferred, update, deferred_update, modal, autocomplete; or nothing."""
        return str(self.record.response_kind or "")

    @property
    def modal(self) -> Modal:
        """The modal it opened; AssertionError where it opened none."""
        if self.record.modal is None:
            raise AssertionError(f"No modal was opened, but: {self.kind or 'no answer'} {self.text}")
        return modal_of(self.record)

    @property
    def choices(self) -> list[Json]:
        """What was offered while typing: name and value each."""
        return list(self.record.autocomplete_choices or [])

    @property
    def answers(self) -> list[Message]:
        """The messages in answer, in order, without one that is still thinking."""
        with self.world.news:
            own = self.record.message_id if self.record.response_kind in ("message", "deferred") else None
            if self.record.response_kind in ("update", "deferred_update"):
                own = self.record.source_message_id
            ids = [*([own] if own is not None else []), *self.record.followup_ids]
            kept = self.world.messages.get(self.record.channel_id, {})
            stored = [kept[id] for id in ids if id in kept and not kept[id].flags & LOADING]
            return [message_of(self.world, one) for one in stored]

    @property
    def text(self) -> str:
        """All that the answers say."""
        return "\n".join(one.text for one in self.answers)


def message_of(world: World, stored: Stored) -> Message:
    payload = dict(serializers.message_payload(world, stored))
    reference = stored.reference or {}
    return Message(
        stored.id,
        stored.channel_id,
        stored.author_id,
        stored.content,
        tuple(stored.embeds),
        tuple(stored.components),
        tuple(one["filename"] for one in stored.attachments),
        stored.is_ephemeral,
        stored.edited_timestamp is not None,
        stored.pinned,
        world.nonce_of.get(stored.id),
        _notified(world, stored),
        stored.mention_everyone,
        tuple(one.emoji for one in stored.reactions if one.user_ids),
        int(reference["message_id"]) if reference.get("type") == 0 else None,
        payload,
    )


def _notified(world: World, stored: Stored) -> frozenset[int]:
    channel = world.channels[stored.channel_id]
    if channel.guild_id is None:
        return frozenset(channel.recipient_ids) - {stored.author_id}
    members = world.guilds[channel.guild_id].members
    by_role = {id for id, one in members.items() if set(one.role_ids) & set(stored.ping_role_ids)}
    everyone = set(members) if stored.mention_everyone else set()
    return frozenset({*stored.ping_user_ids, *by_role, *everyone} - {stored.author_id})


def thread_of(world: World, channel: Channel) -> Thread:
    about = channel.thread_metadata
    assert about is not None
    assert channel.parent_id is not None
    names = {int(one["id"]): one["name"] for one in world.channels[channel.parent_id].available_tags}
    return Thread(
        channel.id,
        channel.name or "",
        channel.parent_id,
        about.archived,
        about.locked,
        channel.type == 12,
        tuple(names[tag] for tag in channel.applied_tags),
        frozenset(channel.thread_members),
    )


def modal_of(record: Interaction) -> Modal:
    payload = record.modal or {}
    fields = []
    for node in payload["components"]:
        inner = [node["component"]] if node["type"] == LABEL else node.get("components", [])
        for control in inner:
            if control["type"] in CONTROLS:
                label = node.get("label") or control.get("label") or control["custom_id"]
                fields.append(_field(label, control))
    return Modal(record.id, payload["title"], payload["custom_id"], tuple(fields), payload)


def _field(label: str, control: Json) -> Field:
    options = tuple(control.get("options") or ())
    value = control.get("value") or next((one["value"] for one in options if one.get("default")), "")
    required = bool(control.get("required", True))
    return Field(control["custom_id"], label, control["type"], required, value, options, control)
