"""What people do with commands, components and modals, as the payloads that Discord makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simcord import interactions as wire
from simcord.backend import serializers
from simcord.backend.access import message_accessible
from simcord.backend.command_access import command_access
from simcord.backend.models import Channel, Interaction
from simcord.backend.models import Message as Stored
from simcord.enums import InteractionType, OptionType

from tests.doubles.discord.seen import (
    BUTTON,
    CONTROLS,
    LABEL,
    SELECTS,
    STRING_SELECT,
    TEXT_INPUT,
    Field,
    Message,
    Modal,
)  # fmt: skip
from tests.doubles.discord.world import Json, World

FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
CHAT, USER, MESSAGE = 1, 2, 3
File = tuple[str, bytes]


@dataclass(slots=True)
class Resolved:
    """The people, roles, channels and files that an interaction speaks of."""

    world: World
    guild: int
    user: int
    channel: int
    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def entity(self, id: int) -> str:
        """Somebody or something by its id, described where the payload needs it."""
        world, guild = self.world, self.world.get_guild(self.guild)
        if id in guild.members:
            self._add("users", id, serializers.user_payload(world.get_user(id)))
            self._add("members", id, serializers.member_payload(world, guild, guild.members[id], with_user=False))
        elif id in guild.roles:
            self._add("roles", id, serializers.role_payload(guild.roles[id]))
        elif id in world.channels:
            rights = str(world.compute_permissions(self.guild, self.user, id))
            self._add("channels", id, {**serializers.channel_payload(world, world.channels[id]), "permissions": rights})
        else:
            raise AssertionError(f"There is nobody and nothing with the id {id}")
        return str(id)

    def file(self, upload: File) -> str:
        return wire.store_interaction_attachment(self.world, self.channel, *upload, self.found)

    def _add(self, kind: str, id: int, payload: Any) -> None:
        self.found.setdefault(kind, {})[str(id)] = dict(payload)


def begin(
    world: World, kind: InteractionType, user: int, channel: Channel, data: Json, source: Stored | None = None
) -> tuple[Interaction, Json]:
    """The record of an interaction and its payload; a component's or modal's comes from a message."""
    record, payload = wire.base_payload(
        world, type=kind, channel_id=channel.id, guild_id=channel.guild_id, user_id=user, data=data
    )
    if source is not None:
        record.source_message_id = source.id
        payload["message"] = dict(serializers.message_payload(world, source))
    return record, payload


# --- commands ------------------------------------------------------------------------------------------------------


def registered(world: World, user: int, channel: Channel, name: str, kind: int = CHAT) -> Json:
    """The command as this person is offered it here; AssertionError where they are not."""
    command = world.find_command(name, channel.guild_id, type=kind)
    if command is None:
        raise AssertionError(
            f"There is no command {name!r}, only {[one for all in world.commands.values() for one in all]}"
        )
    access = command_access(world, command, user_id=user, channel_id=channel.id)
    if not access.allowed:
        raise AssertionError(f"{name!r} is not offered to them here: {access.reason}")
    return command


def is_offered(world: World, user: int, channel: Channel, name: str) -> bool:
    command = world.find_command(name, channel.guild_id)
    return command is not None and command_access(world, command, user_id=user, channel_id=channel.id).allowed


def command_data(
    world: World, user: int, channel: Channel, words: str, values: Mapping[str, Any], typed: tuple[str, str] | None
) -> Json:
    """The data of a slash command, or of typing in one of its options (`typed`: its name and the text so far)."""
    first, *rest = words.removeprefix("/").split()
    command = registered(world, user, channel, first)
    leaf, nesting = wire.walk_to_subcommand(command, rest)
    options = {one["name"]: one for one in leaf.get("options") or []}
    unknown = {*values, *([typed[0]] if typed else [])} - set(options)
    if unknown:
        raise AssertionError(f"/{words} has no {sorted(unknown)}, but {sorted(options)}")
    missing = [name for name, one in options.items() if one.get("required") and name not in values]
    if missing and typed is None:
        raise AssertionError(f"/{words} cannot be sent without {missing}")
    resolved = Resolved(world, channel.guild_id or 0, user, channel.id)
    built: list[Json] = [_option(words, options[name], value, resolved) for name, value in values.items()]
    if typed is not None:
        option = options[typed[0]]
        if not option.get("autocomplete"):
            raise AssertionError(f"{typed[0]!r} of /{words} offers nothing while typing")
        built.append({"name": typed[0], "type": option["type"], "value": typed[1], "focused": True})
    data = {"id": command["id"], "name": command["name"], "type": CHAT}
    data["options"] = wire.nest_options(command, nesting, built)
    if resolved.found:
        data["resolved"] = resolved.found
    return data | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _option(words: str, option: Json, value: Any, resolved: Resolved) -> Json:
    kind = option["type"]
    if kind in (OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE):
        value = resolved.entity(int(value))
    elif kind == OptionType.ATTACHMENT:
        value = resolved.file(value)
    else:
        value = _choice(option, value)
        value = wire.validate_option_value(words, option, value)
    return {"name": option["name"], "type": kind, "value": value}


def _choice(option: Json, value: Any) -> Any:
    """A choice by its name, as people pick it."""
    return next((one["value"] for one in option.get("choices") or [] if one["name"] == value), value)


def menu_data(world: World, user: int, channel: Channel, name: str, target: Stored | int) -> Json:
    """The data of a context menu on a message or a person."""
    kind = MESSAGE if isinstance(target, Stored) else USER
    command = registered(world, user, channel, name, kind)
    data: Json = {"id": command["id"], "name": name, "type": kind}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if isinstance(target, Stored):
        payload = dict(serializers.message_payload(world, target))
        return data | {"target_id": str(target.id), "resolved": {"messages": {str(target.id): payload}}}
    resolved = Resolved(world, channel.guild_id or 0, user, channel.id)
    return data | {"target_id": resolved.entity(target), "resolved": resolved.found}


# --- components ----------------------------------------------------------------------------------------------------


def still_there(world: World, user: int, message: Message) -> Stored:
    """The message as it is now; AssertionError where this person does not see it."""
    stored = world.get_message(message.channel, message.id)
    if not message_accessible(world, message.channel, stored, user):
        raise AssertionError("They do not see that message")
    return stored


def button_data(message: Message, label: str) -> Json:
    button = message.control((BUTTON,), label)
    if "custom_id" not in button:
        raise AssertionError(f"{label!r} is a link")
    return {"custom_id": button["custom_id"], "component_type": BUTTON, "id": button.get("id", 0)}


def choice_data(message: Message, name: str, values: Sequence[Any], resolved: Resolved) -> Json:
    menu = message.control(SELECTS, name)
    data: Json = {"custom_id": menu["custom_id"], "component_type": menu["type"], "id": menu.get("id", 0)}
    data["values"] = _picked(menu, values, resolved)
    return data | ({"resolved": resolved.found} if resolved.found else {})


def _picked(menu: Json, values: Sequence[Any], resolved: Resolved) -> list[str]:
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    if not least <= len(values) <= most:
        raise AssertionError(f"Between {least} and {most} can be chosen of {menu['custom_id']!r}")
    if menu["type"] not in (STRING_SELECT, RADIO, CHECKBOXES):
        return [resolved.entity(int(value)) for value in values]
    by_name = {key: one["value"] for one in menu["options"] for key in (one["value"], one["label"])}
    unknown = [value for value in values if value not in by_name]
    if unknown:
        raise AssertionError(f"There is no {unknown} to choose, but {[one['label'] for one in menu['options']]}")
    return [by_name[value] for value in values]


# --- modals --------------------------------------------------------------------------------------------------------


def modal_data(modal: Modal, values: Mapping[str, Any], resolved: Resolved) -> Json:
    """The data of a modal as it is sent; AssertionError where Discord's client would not send it."""
    filled = {modal.field(name).id: value for name, value in values.items()}
    by_id = {one.id: one for one in modal.fields}
    components = []
    for node in modal.payload["components"]:
        inner = [node["component"]] if node["type"] == LABEL else node.get("components", [])
        sent = [_filled(by_id[one["custom_id"]], filled, resolved) for one in inner if one["type"] in CONTROLS]
        shell = {"type": node["type"], "id": node["id"]}
        if sent:
            shell |= {"component": sent[0]} if node["type"] == LABEL else {"components": sent}
        components.append(shell)
    data: Json = {"custom_id": modal.custom_id, "components": components}
    return data | ({"resolved": resolved.found} if resolved.found else {})


def _filled(one: Field, filled: Mapping[str, Any], resolved: Resolved) -> Json:
    sent: Json = {"type": one.kind, "custom_id": one.id, "id": one.control["id"]}
    value = filled.get(one.id, one.value or None)
    if one.kind == CHECKBOX:
        return sent | {"value": bool(value)}
    if not value:
        if one.required:
            raise AssertionError(f"{one.label!r} must be filled in")
        empty: dict[int, Json] = {TEXT_INPUT: {"value": ""}, RADIO: {"value": None}}
        return sent | empty.get(one.kind, {"values": []})
    if one.kind == TEXT_INPUT:
        least, most = one.control.get("min_length") or 0, one.control.get("max_length") or 4000
        if not least <= len(value) <= most:
            raise AssertionError(f"{one.label!r} takes {least} to {most} characters, not {len(value)}")
        return sent | {"value": value}
    if one.kind == FILE_UPLOAD:
        return sent | {"values": [resolved.file(upload) for upload in value]}
    values = [value] if isinstance(value, str | int) else list(value)
    picked = _picked(one.control, values, resolved)
    return sent | ({"value": picked[0]} if one.kind == RADIO else {"values": picked})
