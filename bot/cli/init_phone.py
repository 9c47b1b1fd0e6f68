"""`thirdline init phone`: from a provider's account to a telephone that works, one checked step after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from adapters.phone.setup.checkup import Checkup
from adapters.phone.wire.addresses import Addresses
from adapters.phone.wire.providers import PROVIDERS
from bot.cli import phone_checks
from bot.cli.checks import Check
from bot.cli.credentials import Kind
from bot.cli.doctor import tried
from bot.cli.printing import say
from bot.cli.setting_up import Setup, walked, well
from bot.clocks import SystemClock
from bot.domain.errors import BadValue, Refusal
from bot.domain.phone_numbers import e164
from bot.settings import PREFIX, Phone, read_settings

CHANNELS = "channels"
_NOWHERE = "+10000000"
"""A number until there is one: the account is looked at before it."""

TOKENS: Mapping[str, Kind] = {
    "twilio": Kind(
        "phone",
        "token",
        "auth token",
        "console.twilio.com → Account Info → Auth Token",
        r"[0-9a-f]{32}",
        "32 of 0-9, a-f",
    ),
    "signalwire": Kind("phone", "token", "API token", "Your space → API → Tokens", r"[\w-]{20,}", "PT…"),
    "telnyx": Kind("phone", "token", "API key", "portal.telnyx.com → API Keys", r"KEY[\w-]{20,}", "KEY…"),
}
SIGNING = Kind("phone", "signing_key", "signing key", "Your space → API → Signing Key", r"[\w-]{8,}", "PSK_…")


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given."""

    provider: str | None = None
    account: str | None = None
    application: str | None = None
    public_key: str | None = None
    number: str | None = None
    url: str | None = None
    api_url: str | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)


def init_phone(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. What is done is kept. Raises
    BadValue for what no provider could take."""
    return walked("phone", data, lambda: _Steps(data, given).run())


class _Steps:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, data: Path | None, given: Given) -> None:
        self.given = given
        self.setup = Setup("phone", Phone, data, given.files)
        self.found: dict[str, str] = {}

    def run(self) -> bool:
        say("Thirdline on the telephone, in four steps. Ctrl-C stops it; what is done is kept.")
        say("\n1. The account")
        self.known("provider", self.given.provider, "The provider (twilio, signalwire, telnyx)", _provider)
        self.of_the_provider()
        say("\n2. The token")
        kind = TOKENS[self.found["provider"]]
        token = self.setup.secret(kind, tuple(TOKENS.values()), self.look_at_account)
        if self.found["provider"] == "signalwire":
            self.setup.secret(SIGNING, (), lambda _: iter(()))
        say("\n3. The number")
        self.known("number", self.given.number, "The number that calls come from (+14165550100)", e164)
        checkup = Checkup(self.settings(token))
        fine = self.look("phone number", partial(phone_checks.number, checkup, "phone number"), token)
        say("\n4. The desk's address")
        self.known("public_url", self.given.url, "Where the provider reaches this desk (https://…)", _url)
        self.show_addresses()
        fine &= self.look("phone webhooks", partial(phone_checks.webhooks, checkup, "phone webhooks"), token)
        settings = self.settings(token)
        self.setup.write(self.found, CHANNELS, self.setup.channels(CHANNELS))
        fine &= well(tried("phone address", partial(phone_checks.address, self.read(), settings)))
        self.say_goodbye(fine)
        return fine

    def of_the_provider(self) -> None:
        """What each needs besides."""
        provider = self.found["provider"]
        words = {"twilio": "Account SID (AC…)", "signalwire": "Project ID", "telnyx": "Account SID of the TeXML API"}
        self.known("account", self.given.account, words[provider], str)
        if provider == "signalwire":
            self.known("api_url", self.given.api_url, "https://SPACE.signalwire.com/api/laml/2010-04-01", _url)
        elif self.given.api_url or self.setup.said("api_url"):
            self.known("api_url", self.given.api_url, "", _url)
        if provider == "telnyx":
            self.known("application", self.given.application, "The TeXML application's id", str)
            self.known("public_key", self.given.public_key, "Public key (Account Settings → Keys & Credentials)", str)

    def known(self, name: str, given: str | None, words: str, read: Callable[[str], str]) -> None:
        """A setting from the command line, the environment, the file, or else asked for. Raises BadValue."""
        told = given or self.setup.said(name)
        while not told:
            if not self.setup.person:
                raise Refusal(
                    f"There is no phone.{name}.", f"{_option(name)} or {PREFIX}PHONE__{name.upper()} gives it."
                )
            told = input(f"  {words}: ").strip()
        self.found[name] = read(told)

    def look_at_account(self, token: str) -> Iterator[Check]:
        settings = self.settings(token)
        yield from tried(
            "phone", partial(phone_checks.account, Checkup(settings), "phone", settings, SystemClock().now())
        )

    def look(self, name: str, looks: Callable[[Phone], Iterator[Check]], token: str) -> bool:
        """Whether that is well. What a person must do in the provider's console may be left for later."""
        return well(tried(name, lambda: looks(self.settings(token))))

    def settings(self, token: str) -> Phone:
        """The settings as they would be with what is known by now."""
        nowhere = {"number": _NOWHERE, "public_url": "https://desk.invalid"}
        return self.setup.settings_with(**(nowhere | self.found), token=token, second=None)

    def read(self) -> Any:
        return read_settings(data=self.setup.folder)

    def show_addresses(self) -> None:
        addresses = Addresses(self.found["public_url"])
        say(f"  A call comes in    → Webhook, HTTP POST: {addresses.inbound_call}")
        say(f"  Call status changes → HTTP POST: {addresses.inbound_status}")
        say(f"  A message comes in → Webhook, HTTP POST: {addresses.inbound_text}")

    def say_goodbye(self, fine: bool) -> None:
        again = f"thirdline init phone{self.setup.option}"
        if not fine:
            say(f"Left to do: what failed above. Then type again: {again}")
        say("Who is called: /oncall contacts. Everybody verifies their own number: /oncall contact call +1…")
        say(f"Open the desk: thirdline serve{self.setup.option}. Is it well? thirdline doctor{self.setup.option}")


def _provider(name: str) -> str:
    if name.lower() not in PROVIDERS:
        raise BadValue(f"There is no telephone provider “{name}”.", f"It is one of {', '.join(PROVIDERS)}.")
    return name.lower()


def _url(text: str) -> str:
    url = text.rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise BadValue(f"“{text}” is no address.", "It looks like this: https://desk.example.com")
    return url


def _option(name: str) -> str:
    return "--url" if name == "public_url" else f"--{name.replace('_', '-')}"
