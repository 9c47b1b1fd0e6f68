"""The section [email]: the server that letters go out by, and the mailboxes that customers write to."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from bot.domain.customers import address
from bot.domain.errors import Refusal
from bot.settings.section import Section
from bot.settings.words import LINK


class OAuth(Section):
    """How a mail server's access tokens are got (XOAUTH2): with client credentials, or with a refresh token where one
    is given."""

    token_url: str = Field(pattern=LINK, description="Where tokens are given out")
    client_id: str = Field(description="The application's id")
    client_secret: SecretStr = Field(description="The application's secret")
    client_secret_file: Path | None = Field(default=None, description="Where the secret lies, instead")
    refresh_token: SecretStr | None = Field(default=None, description="Google: the account's refresh token")
    refresh_token_file: Path | None = Field(default=None, description="Where the refresh token lies, instead")
    scope: str = Field(default="", description="Microsoft: https://outlook.office365.com/.default")


class Mailbox(Section):
    """A mailbox that customers write to, read over IMAP."""

    host: str = Field(description="The IMAP server")
    port: int = Field(default=993, ge=1, le=65535, description="Its port")
    security: Literal["tls", "starttls", "none"] = Field(default="tls", description="How it is encrypted")
    user: str = Field(description="The account there")
    password: SecretStr | None = Field(default=None, description="Its password, or an app password")
    password_file: Path | None = Field(default=None, description="Where the password lies, instead")
    oauth: OAuth | None = Field(default=None, description="XOAUTH2 instead of a password")
    address: str = Field(description="The address that customers write to")
    folder: str = Field(default="INBOX", description="The folder that is read")
    aside: str = Field(default="Thirdline-aside", description="Where a message goes that cannot be read, after 3 tries")
    done: str = Field(default="", description="Where read messages go; empty leaves them, marked as seen")
    poll: int = Field(default=60, ge=5, le=3600, description="Seconds between looks where the server has no IDLE")

    @field_validator("address")
    @classmethod
    def _plain(cls, given: str) -> str:
        """Without a name: what comes from it is known as the desk's own by it, and answers go to it."""
        try:
            return address(given)
        except Refusal as refusal:
            raise ValueError(f"{refusal.text} {refusal.hint}") from None


class Email(Section):
    """The mail server that letters and pages go out by, and the mailboxes that customers write to."""

    host: str = Field(description="The SMTP server")
    port: int = Field(default=587, ge=1, le=65535, description="Its port")
    security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How it is encrypted")
    user: str = Field(default="", description="The account there; empty for none")
    password: SecretStr | None = Field(default=None, description="Its password")
    password_file: Path | None = Field(default=None, description="Where the password lies, instead")
    oauth: OAuth | None = Field(default=None, description="XOAUTH2 instead of a password")
    sender: str = Field(description="The address that mail comes from")
    boxes: dict[str, Mailbox] = Field(default_factory=dict, description="The mailboxes that customers write to")
    plus: bool = Field(default=True, description="Whether the mailbox takes plus-addresses: support+t42.x@example.com")
    receipts: bool = Field(
        default=True, description="Whether who opens a ticket by mail or on the page is sent a receipt"
    )
    undo: int = Field(default=10, ge=0, le=300, description="Seconds in which a reply can be taken back")
    trusted: tuple[str, ...] = Field(
        default=(), description="The names under which our own mail servers write Authentication-Results"
    )
    max_mb: int = Field(default=25, ge=1, le=150, description="The largest message that is read, and all files of one")
    hourly: int = Field(default=20, ge=1, description="Messages of one sender in an hour; then they wait for a person")
    hourly_all: int = Field(
        default=1000, ge=1, description="New tickets by mail in an hour; then they wait for a person"
    )
    held_mb: int = Field(
        default=500, ge=1, description="Room on the disk for mail that waits, and as much for what was dropped"
    )
