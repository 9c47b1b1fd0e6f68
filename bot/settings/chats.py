"""What the chat platforms have in common in the settings: where the desk speaks; and those of other adapters."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.settings.section import Section


class Channels(Section):
    """Where the desk speaks."""

    desk: str = Field(default="#desk", description="The channel of the ticket cards")
    alerts: str = Field(default="#alerts", description="The channel of warnings and breaches")
    alerts_by_level: dict[str, str] = Field(default_factory=dict, description="A level's own alerts channel")


class OtherPlatform(BaseModel):
    """A chat platform that has no section of its own: what else is set there is for its adapter to read, as
    `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    adapter: str = Field(default="", description="The package of its adapter, where it is not below adapters")
    channels: Channels | None = Field(default=None, description="Its own channels, where they differ from [channels]")

    def __repr__(self) -> str:
        """Any of it may be a secret."""
        return f"OtherPlatform(adapter={self.adapter!r}, …)"

    __str__ = __repr__
