"""The section [slack]: the workspace that the desk works in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from bot.settings.section import Section


class SlackEmoji(Section):
    """Which reactions mean what, by Slack's names of them."""

    on: bool = Field(default=True, description="Whether reactions do anything")
    open: str = Field(default="ticket", description="Open a ticket from this message")
    claim: str = Field(default="eyes", description="Claim the ticket of this message")
    close: str = Field(default="white_check_mark", description="Close it as solved")
    urgent: str = Field(default="rotating_light", description="Make it urgent")


class SlackFiles(Section):
    """Whether files are copied to the desk, since Slack's links die; they are recorded in any case."""

    copies: bool = Field(default=False, description="Copy files into the data folder")
    max_mb: int = Field(default=25, ge=1, le=1000, description="The largest that is copied")
    total_mb: int = Field(default=2000, ge=1, description="What all copies may take; what comes then is not kept")
    types: tuple[str, ...] = Field(default=(), description="Only these, by ending: png, txt; empty for all")


class Slack(Section):
    """The Slack workspace that the desk works in."""

    bot_token: SecretStr = Field(description="xoxb-…, from OAuth & Permissions")
    bot_token_file: Path | None = Field(default=None, description="Where the bot token lies, instead")
    app_token: SecretStr | None = Field(default=None, description="xapp-…, for Socket Mode")
    app_token_file: Path | None = Field(default=None, description="Where the app token lies, instead")
    signing_secret: SecretStr | None = Field(default=None, description="For HTTP mode, from Basic Information")
    signing_secret_file: Path | None = Field(default=None, description="Where the signing secret lies, instead")
    mode: Literal["socket", "http"] = Field(default="socket", description="socket needs no public address")
    api_url: str = Field(default="https://slack.com/api/", pattern="^https?://.+/$", description="Slack's Web API")
    team: str = Field(
        default="here", description="Who “the team” is: a user group's id or @handle, here, channel or none"
    )
    roles: dict[str, str] = Field(
        default_factory=dict, description="A role's user group, by id or @handle: staff = '@support'"
    )
    members: Literal["staff", "viewer", "none"] = Field(
        default="staff", description="What members of the desk channel may do, where it is private"
    )
    emoji: SlackEmoji = Field(default_factory=SlackEmoji)
    files: SlackFiles = Field(default_factory=SlackFiles)
