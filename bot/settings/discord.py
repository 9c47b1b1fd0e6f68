"""The section [discord]: the server that the desk works in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from bot.settings.chats import Channels
from bot.settings.section import Section


class Discord(Section):
    """The Discord server that the desk works in."""

    token: SecretStr = Field(description="The bot's token, from the Developer Portal")
    token_file: Path | None = Field(default=None, description="Where the token lies, instead")
    server: int = Field(description="The server's id: right-click its name, Copy Server ID")
    channels: Channels | None = Field(default=None, description="Its own channels, where they differ from [channels]")
    team: str = Field(default="here", description="Who “the team” is: a role's id or name, here, everyone or none")
    roles: dict[str, str] = Field(
        default_factory=dict, description="A role's role there, by id or name: staff = 'Support'"
    )
    members: Literal["staff", "viewer", "none"] = Field(
        default="staff", description="What those may do who see the desk channel, where it is private"
    )
    notes: bool = Field(default=True, description="Messages in a ticket's thread are notes (Message Content intent)")
    locks: bool = Field(default=False, description="Lock the thread of a closed ticket")
    commands: Literal["server", "global"] = Field(default="server", description="Where slash commands are registered")
    shown_to: Literal["everyone", "moderators"] = Field(
        default="everyone", description="Whom Discord shows them; the desk checks who may in any case"
    )
    api_url: str = Field(
        default="https://discord.com/api/v10", pattern="^https?://.+[^/]$", description="Discord's API"
    )
    gateway_url: str = Field(default="", description="Discord's gateway; empty asks the API for it")
