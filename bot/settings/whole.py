"""Everything an operator can set, as one value."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.settings.chats import Channels, OtherPlatform
from bot.settings.discord import Discord
from bot.settings.email import Email
from bot.settings.phone import Phone
from bot.settings.secret_files import opened
from bot.settings.slack import Slack
from bot.settings.upkeep import Backups, Watch
from bot.settings.web import Web
from bot.settings.webhooks import Webhook
from bot.settings.words import LOG_LEVELS

PREFIX = "THIRDLINE_"
FILE = "thirdline.toml"

# In the path of a URL only these would mean something else: "%", and "?" before a query.
_SAFE = "".join(chr(code) for code in range(32, 127) if chr(code) not in "%?")


class Settings(BaseSettings):
    """Everything an operator can set. Frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    data: Path = Field(default=Path("data"), description="The folder of the database, the policy and the backups")
    database: SecretStr | None = Field(default=None, description="postgresql://…; or else SQLite in the data folder")
    database_file: Path | None = Field(default=None, description="Where the database's URL lies, instead")
    policy: Path | None = Field(default=None, description="The policy file; or else the data folder's, or ours")
    channels: Channels = Field(default_factory=Channels)
    backups: Backups = Field(default_factory=Backups)
    slack: Slack | None = Field(default=None, description="The Slack workspace; without it, no Slack")
    discord: Discord | None = Field(default=None, description="The Discord server; without it, no Discord")
    platforms: dict[str, OtherPlatform] = Field(default_factory=dict, description="Chat platforms of other adapters")
    oncall: Path | None = Field(default=None, description="The on-call plan; or else the data folder's oncall.toml")
    phone: Phone | None = Field(default=None, description="The telephone provider; without it, nobody is called")
    email: Email | None = Field(default=None, description="The mail server; without it, nothing goes by mail")
    webhooks: dict[str, Webhook] = Field(default_factory=dict, description="Other systems that are told of tickets")
    company: str = Field(default="Support", max_length=80, description="Who the desk speaks for in letters and pages")
    apprise: bool = Field(default=False, description="Whether pages may go to services of the apprise library")
    apprise_inside: tuple[str, ...] = Field(
        default=(), description="Hosts of your own network that such services may be on; those of the internet all may"
    )
    watch: Watch = Field(default_factory=Watch)
    web: Web = Field(default_factory=Web)
    log_level: str = Field(default="WARNING", pattern=LOG_LEVELS, description="What the log tells")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = data_folder(init_settings()) / FILE
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A relative file lies in the data folder. A secret that is given itself wins over its file."""
        return opened(given, data_folder(given))

    @field_validator("platforms")
    @classmethod
    def _of_others(cls, given: dict[str, OtherPlatform]) -> dict[str, OtherPlatform]:
        for name in given:
            if name in cls.model_fields:
                raise ValueError(f"what there is to say of {name} goes into [{name}]")
            if not name.isidentifier() or not name.islower():
                raise ValueError(
                    f"“{name}” is no name: it is one word in small letters, as the adapter's folder is called"
                )
        return given

    def told(self) -> dict[str, str]:
        """Every setting by its name ("slack.mode") in words for people: of a secret only whether it is set."""
        return dict(_in_words(self))

    def channels_of(self, platform: str) -> Channels:
        """Where the desk speaks on a platform."""
        own: Channels | None = getattr(self.chats.get(platform), "channels", None)
        return own or self.channels

    @property
    def chats(self) -> Mapping[str, BaseModel]:
        """The chat platforms that are set up, by name."""
        ours = {"slack": self.slack, "discord": self.discord}
        return {name: chat for name, chat in ours.items() if chat is not None} | self.platforms

    @property
    def pagers(self) -> Mapping[str, BaseModel | None]:
        """The ways out that carry what is addressed to them alone, by the name of their adapter."""
        ours: dict[str, BaseModel | None] = {"phone": self.phone, "email": self.email}
        services: dict[str, BaseModel | None] = {"apprise": None} if self.apprise else {}
        if self.webhooks:
            services["webhook"] = None
        return {name: one for name, one in ours.items() if one is not None} | services

    @property
    def oncall_path(self) -> Path | None:
        """The operator's on-call plan; None means the one that ships."""
        own = self.data / "oncall.toml"
        return self.oncall or (own if own.exists() else None)

    @property
    def database_url(self) -> str:
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{quote(str(self.data / 'thirdline.db'), safe=_SAFE)}"

    @property
    def policy_path(self) -> Path | None:
        """The operator's policy file; None means the one that ships."""
        own = self.data / "policy.toml"
        return self.policy or (own if own.exists() else None)

    @property
    def backup_folder(self) -> Path:
        return self.data / "backups"


def data_folder(given: Mapping[str, Any]) -> Path:
    """Where the settings say that the data folder is; ./data, where nothing does."""
    return Path(given.get("data") or os.environ.get(f"{PREFIX}DATA") or "data")


def _in_words(part: BaseModel, lead: str = "") -> Iterator[tuple[str, str]]:
    for name, value in part:
        if isinstance(value, BaseModel):
            yield from _in_words(value, f"{lead}{name}.")
        elif isinstance(part, OtherPlatform) and name not in type(part).model_fields:
            yield lead + name, "set"
        elif isinstance(value, Mapping) and any(isinstance(one, BaseModel) for one in value.values()):
            for key, one in value.items():
                yield from _in_words(one, f"{lead}{name}.{key}.")
        elif isinstance(value, SecretStr):
            yield lead + name, "set, and kept secret"
        elif isinstance(value, bool):
            yield lead + name, "yes" if value else "no"
        elif isinstance(value, Mapping):
            yield lead + name, ", ".join(f"{key} = {one}" for key, one in value.items()) or "none"
        elif isinstance(value, tuple):
            yield lead + name, ", ".join(map(str, value)) or "none"
        else:
            yield lead + name, "not set" if value is None else str(value)
