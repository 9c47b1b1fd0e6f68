"""The sections [watch] and [backups]: how the desk looks after itself."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from bot.settings.section import Section


class Watch(Section):
    """The watchman of the desk's own engine."""

    url: SecretStr | None = Field(default=None, description="Asked (GET) while all is well: a dead-man's switch")
    url_file: Path | None = Field(default=None, description="Where that address lies, instead")
    every: int = Field(default=60, ge=10, le=3600, description="Seconds between two of those requests")
    late: int = Field(default=60, ge=10, le=3600, description="Seconds without a round until the alarm")

    @field_validator("url")
    @classmethod
    def _by_http(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not given.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("it is an address that begins with https://")
        return given


class Backups(Section):
    """The daily copy of an SQLite database."""

    daily: bool = Field(default=True, description="Take one every day")
    keep: int = Field(default=7, ge=1, le=1000, description="How many are kept")
