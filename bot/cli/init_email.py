"""`thirdline init email`: from an address to letters that go out and a mailbox that is read, each sign-in tried."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from adapters.email.addressing import address_of
from adapters.email.trouble import WrongPassword
from bot.cli import email_checks, mail_typed
from bot.cli.checks import Check, Verdict
from bot.cli.credentials import Kind, found
from bot.cli.doctor import tell, tried
from bot.cli.mail_application import ANYTHING, Application, GivenApplication
from bot.cli.mail_providers import OTHER, PROVIDERS, Provider, provider_of
from bot.cli.mail_servers import cure_of, server_of
from bot.cli.mail_verdicts import verdicts_of
from bot.cli.printing import say
from bot.cli.setting_up import Setup, Unfinished, walked, well
from bot.cli.toml_section import Value, table_of
from bot.domain.errors import BadValue, Refusal
from bot.settings import PREFIX, Email, Mailbox

SUPPORT = "support"
NONE = "none"
"""Said instead of an account, where the server for letters wants nobody to sign in."""

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")
Server = Mapping[str, str | int | None]


class NoSignIn(Exception):
    """A person said that nobody signs in there."""


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
        self.name = mail_typed.box_name(given.mailbox or next(iter(table_of(self.out.tables, "email.boxes")), SUPPORT))
        section = f"email.boxes.{self.name}"
        self.box = Setup(section, Mailbox, data, {"password": given.files.get("mailbox_password")})
        self.application = Application(data, given.application)
        self.person = self.out.person
        self.company = ""
        self.sending: dict[str, Value] = {}
        self.reading: dict[str, Value] = {}

    def run(self) -> bool:
        say("Mail, in five steps. Ctrl-C stops it; secrets that work are kept.")
        say("\n1. The address that customers write to")
        address = self.asked(
            "--address", self.given.address or self.box.said("address"), "The address", mail_typed.mail_address
        )
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
                "": {"company": self.company} if self.company else {},
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
            return mail_typed.provider(self.given.provider)
        host = str(self.given.imap.get("host") or self.box.said("host"))
        if host:
            return next((one for one in PROVIDERS.values() if one.imap == host), OTHER)
        words = "Who runs its mail: google (Workspace), microsoft (365) or other [other]"
        return provider_of(domain) or self.until_well(words, mail_typed.provider)

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
        told, words = self.given.sender or self.out.said("sender"), f"The sender that customers see [{address}]"
        sender = (
            mail_typed.sender(told)
            if told
            else self.until_well(words, lambda typed: mail_typed.sender(typed or address))
        )
        self.sending["sender"] = sender
        self.company = self.signed(sender)
        where = f"{provider.password}; “{NONE}” where nobody signs in".lstrip("; ")
        kind = Kind("email", "password", "password", where, ANYTHING, "as it is")
        looks = partial(email_checks.letters, cure=cure_of("SMTP"))
        try:
            self.until_it_works(self.out, self.sending, kind, "email letters", looks)
        except NoSignIn:
            self.sending["user"] = ""
            self.until_it_works(self.out, self.sending, kind, "email letters", looks)

    def signed(self, sender: str) -> str:
        """Who the letters are from, asked for once; "" where that is said already, or nobody is there to say it."""
        if self.out.tables.get("company") or os.environ.get(f"{PREFIX}COMPANY"):
            return ""
        found = address_of(sender)
        name = found.display_name[: mail_typed.LONGEST] if found is not None else ""
        if not self.person:
            return name
        usual = name or "Support"
        words = f"Who the letters are from, as customers read it in them [{usual}]"
        return self.until_well(words, lambda typed: mail_typed.company(typed or usual))

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
        looks = partial(email_checks.reading, self.name, cure=cure_of("IMAP"))
        self.until_it_works(self.box, self.reading, kind, f"mailbox {self.name}", looks)

    def server(self, setup: Setup[Any], given: Server, kind: str, known: str, guess: str) -> dict[str, Value]:
        """Host, port and security of a server: named, set up before, the provider's, or asked for."""
        named = str(given.get("host") or "")
        if named or setup.said("host") or known:
            told = server_of(named) if named else {"host": setup.said("host") or known}
        else:
            told = self.until_well(f"The {kind} server [{guess}]", lambda typed: server_of(typed or guess))
        usual: dict[str, Value] = {"port": int(setup.said("port")), "security": setup.said("security")}
        return usual | told | {name: given[name] or "" for name in ("port", "security") if given.get(name)}

    def user(self, setup: Setup[Any], given: Server, address: str, more: str) -> str:
        told = str(given.get("user") or "") or self.given.user or setup.said("user")
        if told or self.application.settings:
            return told or address
        if setup is self.out and setup.table.get("host") and not setup.files.get("password"):
            # It was set up before, and nobody signs in.
            return self.typed(f"The account there [{NONE}]") or NONE
        return self.typed(f"The account there [{address}]{more}") or address

    def until_it_works(
        self, setup: Setup[S], values: dict[str, Value], kind: Kind, name: str, looks: Callable[[S], Iterator[Check]]
    ) -> None:
        """Sign in; whoever is there may mend what is wrong, or name another server. Raises Unfinished where nobody
        is, and NoSignIn."""
        more: dict[str, object] = {"boxes": {}} if setup is self.out else {}

        def look(**secret: object) -> list[Check]:
            while True:
                checks, elsewhere = _looked(name, lambda: looks(setup.settings_with(**values | more | secret)))
                if not (elsewhere and self.person):
                    return checks
                for check in checks:
                    tell(check)
                self.elsewhere(setup, values)

        def signed_in(password: str) -> list[Check]:
            if password == NONE and self.person and setup is self.out:
                raise NoSignIn
            return look(password=password, oauth=None)

        if values["user"] and not self.application.settings:
            setup.secret(kind, (), signed_in)
            return
        while not well(look(oauth=self.application.settings if values["user"] else None)):
            if not self.person:
                raise Unfinished
            input("  Mended? Press Enter. ")

    def elsewhere(self, setup: Setup[Any], values: dict[str, Value]) -> None:
        """Ask for another server, into `values`; Enter is the same again. Raises NoSignIn."""
        typed = self.until_well(
            "Mended? Press Enter. Or another host, or host:port", lambda text: server_of(text) if text else {}
        )
        if typed == {"host": NONE} and setup is self.out and values["user"]:
            raise NoSignIn
        values |= typed

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
        if told:
            return read(told)
        if not self.person:
            raise Refusal(f"{words} is missing.", f"{option} gives it.")
        return self.until_well(words, read)

    def until_well(self, words: str, read: Callable[[str], T]) -> T:
        """What a person types, again until it can be read. Raises BadValue where there is none."""
        while True:
            try:
                return read(self.typed(words))
            except BadValue as wrong:
                if not self.person:
                    raise
                say(f"  {wrong.text} {wrong.hint}")

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


def _looked(name: str, looks: Callable[[], Iterator[Check]]) -> tuple[list[Check], bool]:
    """What was found, and whether another server may be better: it failed, and not for the account's sake."""
    unknown = False

    def noted() -> Iterator[Check]:
        nonlocal unknown
        try:
            yield from looks()
        except WrongPassword:
            unknown = True
            raise

    checks = [*tried(name, noted)]
    failed = any(check.verdict is Verdict.FAIL for check in checks)
    return checks, failed and not unknown
