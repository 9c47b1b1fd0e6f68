"""The section [webhooks]: other systems that are told of what happens to tickets."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.domain.webhooks import EVENTS, key_of
from bot.settings.section import Section
from bot.settings.words import LINK


class Webhook(Section):
    """Another system that is told of what happens to tickets."""

    url: str = Field(pattern=LINK, description="Where events are sent (POST)")
    secret: SecretStr = Field(description="What they are signed with")
    secret_file: Path | None = Field(default=None, description="Where the secret lies, instead")
    events: tuple[str, ...] = Field(default=(), description="Which events; empty for all")
    inside: bool = Field(default=False, description="Whether it may lie in your own network")

    @field_validator("secret")
    @classmethod
    def _random(cls, given: SecretStr) -> SecretStr:
        """As Standard Webhooks has it, so that its libraries can check what is signed."""
        key_of(given.get_secret_value())
        return given

    @field_validator("events")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [one for one in given if one not in EVENTS]:
            raise ValueError(f"there is no event “{unknown[0]}”; there are {', '.join(EVENTS)}")
        return given

    @model_validator(mode="after")
    def _encrypted(self) -> Webhook:
        if self.url.startswith("http:") and not self.inside:
            raise ValueError("over the internet it is https://; http is for your own network (inside = true)")
        return self
