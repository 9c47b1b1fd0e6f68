"""`thirdline init email`: from an address to letters that go out and a mailbox that is read, each sign-in tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from adapters.email.addressing import address_of
from bot.cli import email_checks
from bot.cli.checks import Check
from bot.cli.credentials import Kind, found
from bot.cli.doctor import tried
from bot.cli.mail_application import ANYTHING, Application, GivenApplication
from bot.cli.mail_providers import OTHER, PROVIDERS, Provider, provider_of
from bot.cli.mail_verdicts import verdicts_of
from bot.cli.printing import say
from bot.cli.setting_up import Setup, Unfinished, walked, well
from bot.cli.toml_section import Value, table_of
from bot.domain.errors import BadValue, Refusal
from bot.settings import Email, Mailbox

SUPPORT = "support"
NONE = "none"
"""Said instead of an account, where the server for letters wants nobody to sign in."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")

S = TypeVar("S", bound=BaseModel)
Server = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given. `smtp` and `imap` are host, port, security and user of each
    server."""

    address: str | None = None
    provider: str | None = None
    sender: str | None = None
    user: str | None = None
    mailbox: str | None = None
    smtp: Server = field(default_factory=dict)
    imap: Server = field(default_factory=dict)
    trusted: tuple[str, ...] = ()
    plus: bool | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)
    application: GivenApplication = field(default_factory=GivenApplication)


def init_email(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. Secrets that work are kept.
    Raises BadValue for what cannot be."""
    return walked("email", data, lambda: _Steps(data, given).run())


class _Steps:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, data: Path | None, given: Given) -> None:
        self.given = given
        self.out = Setup("email", Email, data, {"password": given.files.get("password")})
        self.name = _name(given.mailbox or next(iter(table_of(self.out.tables, "email.boxes")), SUPPORT))
        section = f"email.boxes.{self.name}"
        self.box = Setup(section, Mailbox, data, {"password": given.files.get("mailbox_password")})
        self.application = Application(data, given.application)
        self.person = self.out.person
        self.sending: dict[str, Value] = {}
        self.reading: dict[str, Value] = {}

    def run(self) -> bool:
        say("Mail, in five steps. Ctrl-C stops it; secrets that work are kept.")
        say("\n1. The address that customers write to")
        address = self.asked("--address", self.given.address or self.box.said("address"), "The address", _address)
        provider = self.provider(address.rpartition("@")[2])
        say("\n2. How the desk signs in")
        self.sign_in(provider)
        say("\n3. Letters that go out")
        self.letters(provider, address)
        say("\n4. The mailbox that is read")
        self.mailbox(provider, address)
        say("\n5. Who is believed about senders, and where answers go")
        self.believed(provider)
        self.plus(address)
        self.out.put(
            {
                "email": self.out.known(_changed(self.sending, self.out.table)),
                self.box.platform: self.box.known(self.reading),
                **self.application.sections(self.box.platform),
            }
        )
        option = self.out.option
        say(f"The desk reads it when it starts: thirdline serve{option}. Is it well? thirdline doctor{option}")
        return True

    # --- who runs it, and how they let us in ------------------------------------------------------------------------

    def provider(self, domain: str) -> Provider:
        """By name, by the domain, or by the server that was set up before; or else a person is asked."""
        if self.given.provider:
            return _provider(self.given.provider)
        host = str(self.given.imap.get("host") or self.box.said("host"))
        if host:
            return next((one for one in PROVIDERS.values() if one.imap == host), OTHER)
        words = "Who runs its mail: google (Workspace), microsoft (365) or other [other]"
        return provider_of(domain) or _provider(self.typed(words))

    def sign_in(self, provider: Provider) -> None:
        if self.application.wanted(provider):
            say("  As an application, with access tokens; docs/mail.md says how one is made.")
            self.application.ask(provider, self.asked)
        else:
            say(f"  By password. {provider.password}")

    # --- the two servers --------------------------------------------------------------------------------------------

    def letters(self, provider: Provider, address: str) -> None:
        domain = address.rpartition("@")[2]
        self.sending = self.server(self.out, self.given.smtp, "SMTP", provider.smtp, f"smtp.{domain}")
        user = self.user(self.out, self.given.smtp, address, f"; “{NONE}” for no sign-in")
        self.sending["user"] = "" if user == NONE else user
        told = self.given.sender or self.out.said("sender")
        self.sending["sender"] = _sender(told or self.typed(f"The sender that customers see [{address}]") or address)
        kind = Kind("email", "password", "password", provider.password, ANYTHING, "as it is")
        self.until_it_works(self.out, self.sending, kind, "email letters", email_checks.letters)

    def mailbox(self, provider: Provider, address: str) -> None:
        domain = address.rpartition("@")[2]
        self.reading = self.server(self.box, self.given.imap, "IMAP", provider.imap, f"imap.{domain}")
        self.reading["user"], self.reading["address"] = self.user(self.box, self.given.imap, address, ""), address
        option = "--mailbox-password-file"
        called = "password of the mailbox"
        kind = Kind(self.box.platform, "password", called, provider.password, ANYTHING, "as it is", option)
        known = found(kind, self.box.files.get("password"), self.box.table, self.box.folder)
        held = self.out.secrets.get("password")
        if known is None and held is not None and self.reading["user"] == self.sending["user"]:
            # One account, one file.
            self.box.table |= {name: value for name, value in held.settings.items() if value}
        looks = partial(email_checks.reading, self.name)
        self.until_it_works(self.box, self.reading, kind, f"mailbox {self.name}", looks)

    def server(self, setup: Setup[Any], given: Server, kind: str, known: str, guess: str) -> dict[str, Value]:
        """Host, port and security of a server: named, set up before, the provider's, or asked for."""
        host = str(given.get("host") or "") or setup.said("host") or known or self.typed(f"The {kind} server [{guess}]")
        return {
            "host": host or guess,
            "port": int(given.get("port") or setup.said("port")),
            "security": str(given.get("security") or setup.said("security")),
        }

    def user(self, setup: Setup[Any], given: Server, address: str, more: str) -> str:
        told = str(given.get("user") or "") or self.given.user or setup.said("user")
        if told or self.application.settings:
            return told or address
        return self.typed(f"The account there [{address}]{more}") or address

    def until_it_works(
        self, setup: Setup[S], values: dict[str, Value], kind: Kind, name: str, looks: Callable[[S], Iterator[Check]]
    ) -> None:
        """Sign in; whoever is there may mend what is wrong. Raises Unfinished where nobody is."""
        more: dict[str, object] = {"boxes": {}} if setup is self.out else {}

        def look(**secret: object) -> Iterator[Check]:
            return tried(name, lambda: looks(setup.settings_with(**values | more | secret)))

        if values["user"] and not self.application.settings:
            setup.secret(kind, (), lambda password: look(password=password, oauth=None))
            return
        while not well(look(oauth=self.application.settings if values["user"] else None)):
            if not self.person:
                raise Unfinished
            input("  Mended? Press Enter. ")

    # --- whom to believe, and plus-addresses ------------------------------------------------------------------------

    def believed(self, provider: Provider) -> None:
        """The names that stand before our own server's verdicts: the provider's, or that of what lies in the mailbox.
        Without one nobody who writes is known to be who they say."""
        before = tuple(self.out.table.get("trusted", ()))
        trusted = self.given.trusted or before or provider.trusted or self.seen()
        if trusted:
            self.sending["trusted"] = trusted
            say(f"  What {', '.join(trusted)} found of a sender (SPF, DKIM, DMARC) is believed.")
            return
        say("  Nobody yet: a ticket by mail is marked as unverified, and nobody is called for it before you vouch.")
        say("  Your server's name stands after “Authentication-Results:” in the source of a message: --trusted NAME")

    def seen(self) -> tuple[str, ...]:
        held = self.box.secrets.get("password")
        secret = {"password": held.value} if held is not None else {}
        name, count = verdicts_of(
            self.box.settings_with(**self.reading, **secret, oauth=self.application.settings)  # It was let in before.
        )
        if not name:
            return ()
        say(f"  On top of the newest {count} messages there, {name} says whether the sender is who they say.")
        if self.person:
            return (name,) if self.typed("Is that your own mail server? [yes]").lower() in ("", "y", "yes") else ()
        say(f"  If that is your own mail server: --trusted {name}")
        return ()

    def plus(self, address: str) -> None:
        """Whether answers may come to an address of each ticket's own."""
        name, _, domain = address.partition("@")
        if self.given.plus is not None:
            self.sending["plus"] = self.given.plus
        if self.sending.get("plus", self.out.table.get("plus", True)):
            say(
                f"  Answers come to {name}+t42.MARK@{domain}. Try once that mail to {name}+test@{domain} arrives there;"
            )
            say("  where it does not, --no-plus: answers then find their ticket by the letter that they answer.")

    # --- asking -----------------------------------------------------------------------------------------------------

    def asked(self, option: str, told: str, words: str, read: Callable[[str], str]) -> str:
        """What was told, or else asked for. Raises BadValue, and Refusal where nobody is there."""
        while not told:
            if not self.person:
                raise Refusal(f"{words} is missing.", f"{option} gives it.")
            told = self.typed(words)
        return read(told)

    def typed(self, words: str) -> str:
        """What a person types; nothing where there is none."""
        return input(f"  {words}: ").strip() if self.person else ""


def _changed(values: Mapping[str, Value], table: Mapping[str, object]) -> dict[str, Value]:
    """Without the lists and truths that the file says already, in words of its own."""
    return {
        name: value
        for name, value in values.items()
        if name not in table or table[name] != (value if isinstance(value, str | int) else list(value))
    }


def _address(text: str) -> str:
    found = address_of(text)
    if found is None or found.display_name:
        raise BadValue(f"“{text}” is no mail address.", "It looks like this: support@example.com")
    return found.addr_spec


def _sender(text: str) -> str:
    if address_of(text) is None:
        raise BadValue(f"“{text}” is no sender.", "It looks like this: ACME Support <support@example.com>")
    return text


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise BadValue(f"“{text}” is no name for a mailbox.", "It is one word in small letters: support")
    return text


def _provider(text: str) -> Provider:
    name = text.strip().lower() or OTHER.name
    if name not in PROVIDERS:
        raise BadValue(f"There is no mail provider “{name}” here.", f"It is one of {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]
