"""What was heard: an interaction of Discord's as the desk's handlers read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from adapters.discord.drawing.payloads import GROUP, SUBCOMMAND

Json = Mapping[str, Any]
LONGEST_NAME = 80
_PRIVATE_THREAD = 12
_THREADS = (10, 11, _PRIVATE_THREAD)
"""Types of channels."""


class Kind(IntEnum):
    """Kinds of interactions."""

    COMMAND = 2
    COMPONENT = 3
    TYPING = 4
    FORM = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """An interaction. `channel` is where; in a thread `parent` is the channel it hangs in, and else 0. `apart` says
    that few of those who see that channel see the thread. `message` is the one whose button was pressed; `server` is 0
    in direct messages, and `member` what Discord says of the person in it."""

    application: int
    id: int
    kind: int
    token: str
    user: int
    name: str
    server: int
    channel: int
    channel_name: str
    parent: int
    data: Json
    message: Json = field(default_factory=dict)
    member: Json = field(default_factory=dict)
    is_person: bool = True
    apart: bool = False

    @classmethod
    def read(cls, payload: Json) -> Heard | None:
        """From what the gateway sent; None where nobody speaks, as in a ping."""
        member = _object(payload, "member")
        user = _object(member, "user") or _object(payload, "user")
        if not user.get("id") or not payload.get("token"):
            return None
        channel = _object(payload, "channel")
        in_thread = channel.get("type") in _THREADS
        return cls(
            application=_id(payload, "application_id"),
            id=_id(payload, "id"),
            kind=int(payload.get("type", 0)),
            token=str(payload["token"]),
            user=_id(user, "id"),
            name=str(member.get("nick") or user.get("global_name") or user.get("username") or "")[:LONGEST_NAME],
            server=_id(payload, "guild_id"),
            channel=_id(payload, "channel_id") or _id(channel, "id"),
            channel_name=str(channel.get("name") or ""),
            parent=_id(channel, "parent_id") if in_thread else 0,
            data=_object(payload, "data"),
            message=_object(payload, "message"),
            member=member,
            is_person=not user.get("bot"),
            apart=channel.get("type") == _PRIVATE_THREAD,
        )

    @property
    def request(self) -> str:
        """The desk's name for it: what is heard twice is done once."""
        return f"discord:{self.id}"

    @property
    def words(self) -> str:
        """The words of a slash command, as the catalogue has them: groups are Discord's affair."""
        verbs = [str(node.get("name", "")) for node in self._below() if node.get("type") == SUBCOMMAND]
        return " ".join([str(self.data.get("name", "")), *verbs])

    @property
    def options(self) -> Sequence[Json]:
        """The options of the command itself, below its groups and verbs."""
        return _options([self.data, *self._below()][-1])

    def _below(self) -> Iterator[Json]:
        """The groups and verbs of a command."""
        options = _options(self.data)
        while options and options[0].get("type") in (SUBCOMMAND, GROUP):
            yield options[0]
            options = _options(options[0])


def _options(node: Json) -> Sequence[Json]:
    found = node.get("options")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(node: Json, name: str) -> Json:
    found = node.get(name)
    return found if isinstance(found, dict) else {}


def _id(node: Json, name: str) -> int:
    found = str(node.get(name) or "")
    return int(found) if found.isascii() and found.isdigit() else 0
