"""How the desk signs in at a mail server that takes no passwords: as an application, with access tokens (XOAUTH2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.email.tokens import Tokens
from bot.cli.checks import Check, Verdict
from bot.cli.credentials import Kind, found
from bot.cli.doctor import tried
from bot.cli.mail_providers import GOOGLE, MICROSOFT, Provider
from bot.cli.setting_up import Setup
from bot.cli.toml_section import Value
from bot.domain.errors import BadValue
from bot.settings import OAuth

SECTION = "email.oauth"
ANYTHING = r"(?s).+"

_CLIENT_SECRET = Kind(
    SECTION,
    "client_secret",
    "client secret",
    "Microsoft: Entra ID → App registrations → yours → Certificates & secrets (the Value); Google: the OAuth client",
    ANYTHING,
    "the whole of it",
)
_REFRESH_TOKEN = Kind(
    SECTION,
    "refresh_token",
    "refresh token",
    "The account's own, for the scope https://mail.google.com/: docs/mail.md",
    ANYTHING,
    "1//…",
)

Asked = Callable[[str, str, str, Callable[[str], str]], str]
"""The option that gives a value, what was told of it, what it is called, and how it is read."""


@dataclass(frozen=True, slots=True)
class GivenApplication:
    """What stood on the command line; None is not given."""

    tenant: str | None = None
    client_id: str | None = None
    token_url: str | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)


class Application:
    """The section [email.oauth], and the same for a mailbox."""

    def __init__(self, data: Path | None, given: GivenApplication) -> None:
        self._given = given
        self._setup = Setup(SECTION, OAuth, data, given.files)
        self._values: dict[str, str] = {}

    def wanted(self, provider: Provider) -> bool:
        """Whether this is how: Microsoft takes nothing else."""
        return provider is MICROSOFT or bool(self._given.client_id or self._given.token_url or self._setup.table)

    def ask(self, provider: Provider, asked: Asked) -> None:
        """What it needs, until a token was given out. Raises what asking and trying raise."""
        self._values["token_url"] = self._token_url(provider, asked)
        client = self._given.client_id or self._setup.said("client_id")
        self._values["client_id"] = asked("--client-id", client, "The application's (client) id", word)
        if scope := self._setup.said("scope") or provider.scope:
            self._values["scope"] = scope
        if not self._refreshes(provider):
            self._setup.secret(_CLIENT_SECRET, (), lambda secret: self._token(client_secret=secret))
            return
        client_secret = self._setup.secret(_CLIENT_SECRET, (), lambda _: ())
        tried_with = {"client_secret": client_secret}
        self._setup.secret(_REFRESH_TOKEN, (), lambda token: self._token(**tried_with, refresh_token=token))

    @property
    def settings(self) -> dict[str, str] | None:
        """As `oauth` of a mail server, secrets and all; None where the desk signs in by password."""
        if not self._values:
            return None
        return self._values | {name: held.value for name, held in self._setup.secrets.items()}

    def sections(self, mailbox: str) -> dict[str, Mapping[str, Value | None]]:
        """What the settings file must say: the same for letters and for the section of a mailbox."""
        if not self._values:
            return {}
        known = self._setup.known(self._values)
        files: dict[str, Value | None] = {
            name: value for name, value in self._setup.table.items() if name.endswith("_file")
        }
        return {SECTION: known, f"{mailbox}.oauth": files | self._values | known}

    def _refreshes(self, provider: Provider) -> bool:
        """Whether tokens come for an account's refresh token, and not for the application's own credentials."""
        if provider in (GOOGLE, MICROSOFT):
            return provider is GOOGLE
        option = self._given.files.get(_REFRESH_TOKEN.setting)
        return found(_REFRESH_TOKEN, option, self._setup.table, self._setup.folder) is not None

    def _token_url(self, provider: Provider, asked: Asked) -> str:
        told = self._given.token_url or self._setup.said("token_url")
        if not told and "{tenant}" in provider.token_url:
            tenant = asked("--tenant", self._given.tenant or "", "The directory (tenant) id", word)
            return provider.token_url.format(tenant=tenant)
        return asked("--token-url", told or provider.token_url, "Where tokens are given out (https://…)", word)

    def _token(self, **secrets: str) -> Iterator[Check]:
        name = "email token"
        settings = self._setup.settings_with(**self._values, **secrets)

        def looks() -> Iterator[Check]:
            try:
                Tokens(settings).get()
            except ConnectionError as error:
                yield Check(name, Verdict.FAIL, str(error), "Look at the address, and whether it is up.")
            else:
                yield Check(name, Verdict.OK, "the desk gets access tokens")

        yield from tried(name, looks)


def word(text: str) -> str:
    """One word. Raises BadValue."""
    if not text:
        raise BadValue("It cannot do without.")
    if not text.isprintable() or " " in text:
        raise BadValue(f"“{text}” is more than one word.")
    return text
