"""The section [phone]: whom pages and callers are connected through."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from bot.settings.section import Section
from bot.settings.words import ADDRESS, NUMBER, countries


class PhoneAccount(Section):
    """An account with a telephone provider that speaks TwiML."""

    provider: Literal["twilio", "signalwire", "telnyx"] = Field(default="twilio", description="Whose dialect it is")
    account: str = Field(pattern=r"^[\w-]+$", description="The account's SID, or SignalWire's project id")
    application: str = Field(default="", pattern=r"^[\w-]*$", description="Telnyx: the TeXML application's id")
    token: SecretStr = Field(description="The auth token or API key")
    token_file: Path | None = Field(default=None, description="Where the token lies, instead")
    former_token: SecretStr | None = Field(default=None, description="The one before, while tokens are changed")
    former_token_file: Path | None = Field(default=None, description="Where the former token lies, instead")
    signing_key: SecretStr | None = Field(default=None, description="SignalWire: what its requests are signed with")
    signing_key_file: Path | None = Field(default=None, description="Where the signing key lies, instead")
    public_key: str = Field(default="", description="Telnyx: the public key that its requests are signed with")
    number: str = Field(pattern=NUMBER, description="The number that calls and texts come from")
    texts_from: str = Field(default="", description="Another number or sender for texts")
    api_url: str = Field(default="", description="The provider's API; empty for the usual one")


class Phone(PhoneAccount):
    """The telephone: a provider, and a second one that steps in when the first one fails."""

    public_url: str = Field(pattern=ADDRESS, description="Where the provider reaches this desk")
    second: PhoneAccount | None = Field(default=None, description="The provider that steps in")
    countries: tuple[str, ...] = Field(default=("CA", "US"), description="The countries that may be called")
    rings: int = Field(default=25, ge=10, le=60, description="Seconds that a page's call rings")
    calls_per_second: float = Field(default=1.0, gt=0, le=100, description="What the provider takes")
    challenge: bool = Field(default=False, description="Ask for a random digit instead of 1, against machines")
    machines: bool = Field(default=False, description="Have the provider say whether a machine answered: evidence only")
    hotline: bool = Field(default=True, description="Whether customers may call")
    greeting: str = Field(default="Thank you for calling support.", description="What callers hear first")
    hold_music: str = Field(default="", description="A URL of music for those who wait; empty for the provider's")
    record: bool = Field(default=False, description="Record conversations; check what your law wants")
    waits: int = Field(default=180, ge=30, le=900, description="Seconds a caller waits before voicemail is offered")
    calls_an_hour: int = Field(default=30, ge=1, description="Calls to one person in an hour, but for Level III pages")

    @field_validator("countries")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        """A name that no number's country has would allow nobody, and be noticed when nobody is called."""
        if unknown := [one for one in given if one not in countries()]:
            raise ValueError(f"“{unknown[0]}” is no country's code: two capitals, such as CA, US, GB or JM")
        return given
