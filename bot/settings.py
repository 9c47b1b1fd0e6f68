"""Settings: one TOML file, overridden by the environment, complete or refused with the name of what is wrong.

`thirdline.toml` lies in the data folder; `THIRDLINE_DATA` says where that is, and `THIRDLINE_CHANNELS__ALERTS` sets
`alerts` in `[channels]`, and so on for every setting. A secret may lie in a file of its own, which a setting names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.domain.customers import address
from bot.domain.errors import Refusal
from bot.domain.webhooks import EVENTS, key_of
from bot.settings_words import ADDRESS, ADDRESS_OR_NONE, LINK, LOG_LEVELS, NUMBER, countries, meant, told

PREFIX = "THIRDLINE_"
FILE = "thirdline.toml"

# In the path of a URL only these would mean something else: "%", and "?" before a query.
_SAFE = "".join(chr(code) for code in range(32, 127) if chr(code) not in "%?")


class SettingsError(Refusal):
    """The settings do not hold together; the desk does not start."""


class Channels(BaseModel):
    """Where the desk speaks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    desk: str = Field(default="#desk", description="The channel of the ticket cards")
    alerts: str = Field(default="#alerts", description="The channel of warnings and breaches")
    alerts_by_level: dict[str, str] = Field(default_factory=dict, description="A level's own alerts channel")


class SlackEmoji(BaseModel):
    """Which reactions mean what, by Slack's names of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = Field(default=True, description="Whether reactions do anything")
    open: str = Field(default="ticket", description="Open a ticket from this message")
    claim: str = Field(default="eyes", description="Claim the ticket of this message")
    close: str = Field(default="white_check_mark", description="Close it as solved")
    urgent: str = Field(default="rotating_light", description="Make it urgent")


class SlackFiles(BaseModel):
    """Whether files are copied to the desk, since Slack's links die; they are recorded in any case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    copies: bool = Field(default=False, description="Copy files into the data folder")
    max_mb: int = Field(default=25, ge=1, le=1000, description="The largest that is copied")
    total_mb: int = Field(default=2000, ge=1, description="What all copies may take; what comes then is not kept")
    types: tuple[str, ...] = Field(default=(), description="Only these, by ending: png, txt; empty for all")


class Slack(BaseModel):
    """The Slack workspace that the desk works in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Discord(BaseModel):
    """The Discord server that the desk works in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Web(BaseModel):
    """Where the desk's one HTTP server listens; it runs when something needs it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on")
    public_url: str = Field(
        default="", pattern=ADDRESS_OR_NONE, description="Where others reach it: the address of calendars"
    )
    health: bool = Field(default=False, description="Run it for GET /health although nothing else needs it")
    api: bool = Field(default=False, description="The REST API, for an online ticket system")
    api_rate: int = Field(default=600, ge=1, le=1_000_000, description="Requests to it in a minute with one key")
    customers: bool = Field(default=False, description="The customers' page")
    staff: bool = Field(default=False, description="The desk's page for staff")
    proxies: int = Field(default=0, ge=0, le=5, description="How many proxies of yours stand before it")
    upload_mb: int = Field(default=10, ge=1, le=150, description="What a customer may attach to one message")


class PhoneAccount(BaseModel):
    """An account with a telephone provider that speaks TwiML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class OAuth(BaseModel):
    """How a mail server's access tokens are got (XOAUTH2): with client credentials, or with a refresh token where one
    is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token_url: str = Field(pattern=LINK, description="Where tokens are given out")
    client_id: str = Field(description="The application's id")
    client_secret: SecretStr = Field(description="The application's secret")
    client_secret_file: Path | None = Field(default=None, description="Where the secret lies, instead")
    refresh_token: SecretStr | None = Field(default=None, description="Google: the account's refresh token")
    refresh_token_file: Path | None = Field(default=None, description="Where the refresh token lies, instead")
    scope: str = Field(default="", description="Microsoft: https://outlook.office365.com/.default")


class Mailbox(BaseModel):
    """A mailbox that customers write to, read over IMAP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Email(BaseModel):
    """The mail server that letters and pages go out by, and the mailboxes that customers write to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Webhook(BaseModel):
    """Another system that is told of what happens to tickets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Watch(BaseModel):
    """The watchman of the desk's own engine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


class Backups(BaseModel):
    """The daily copy of an SQLite database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    daily: bool = Field(default=True, description="Take one every day")
    keep: int = Field(default=7, ge=1, le=1000, description="How many are kept")


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
        file = _folder(init_settings()) / FILE
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A relative file lies in the data folder. A secret that is given itself wins over its file."""
        folder = _folder(given)
        sections = ("slack", "discord", "phone", "email", "watch", "platforms", "webhooks")
        parts = {name: _deep(given[name], folder, f"{name}.") for name in sections if isinstance(given.get(name), dict)}
        return _opened(given, folder) | parts

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


def read_settings(**given: Any) -> Settings:
    """The settings from `given` (the command line; None is not given), the environment and the file, in that order.

    Raises SettingsError, naming each setting that is wrong and what was probably meant.
    """
    _refuse_unknown(os.environ)
    folder = _folder(given)
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file, not a folder.", "Name another with --data.")
    file = folder / FILE
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(
            f"The settings ({file} and {PREFIX}…) do not hold together: {told(error, Settings)}"
        ) from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from None
    # A file of SQLite's anywhere but in the data folder would have no daily copy, and any number of desks on it.
    if settings.database is not None and not settings.database.get_secret_value().strip().startswith("postgres"):
        raise SettingsError(
            "The setting “database” is for PostgreSQL: postgresql://user:password@host/name.",
            "For SQLite set “data”, the folder that its file lies in.",
        )
    return settings


def folder_of(data: Path | None) -> Path:
    """The data folder, by the command line or the environment, whether or not its settings hold together."""
    return _folder({"data": data})


def _opened(given: Mapping[str, Any], folder: Path, lead: str = "") -> dict[str, Any]:
    """The same with each `NAME_file` read into NAME, where that is not given. Raises SettingsError."""
    read = {}
    for named, file in given.items():
        name = named.removesuffix("_file")
        if name != named and file and not given.get(name):
            read[name] = _secret(folder / str(file), lead + named)
    return dict(given) | read


def _deep(given: Mapping[str, Any], folder: Path, lead: str) -> dict[str, Any]:
    """The same for a section and all that lies in it."""
    inner = {name: _deep(one, folder, f"{lead}{name}.") for name, one in given.items() if isinstance(one, dict)}
    return _opened(given, folder, lead) | inner


def _secret(path: Path, setting: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is no text.", f"The setting “{setting}” names it.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", f"The setting “{setting}” names it.") from None
    if not text:
        raise SettingsError(f"{path} is empty.", f"The setting “{setting}” names it.")
    return text


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


def _folder(given: Mapping[str, Any]) -> Path:
    return Path(given.get("data") or os.environ.get(f"{PREFIX}DATA") or "data")


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """An environment variable with our prefix that sets nothing is a mistake worth hearing of."""
    for name in environment:
        if name.startswith(PREFIX):
            first = name.removeprefix(PREFIX).lower().partition("__")[0]
            if first not in Settings.model_fields:
                near = [PREFIX + one.upper() for one in Settings.model_fields]
                raise SettingsError(f"{name} sets nothing.", meant(PREFIX + first.upper(), near))
