"""`thirdline init discord`: from the Developer Portal to a bot that works, one checked step after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from adapters.discord.setup.checkup import Checkup, Server
from adapters.discord.setup.permissions import SCOPES, invitation, needed
from bot.cli import discord_checks
from bot.cli.checks import Check
from bot.cli.credentials import Kind
from bot.cli.doctor import tried
from bot.cli.printing import say
from bot.cli.setting_up import Setup, Unfinished, walked, well
from bot.clocks import SystemClock
from bot.domain.errors import BadValue, Refusal
from bot.settings import PREFIX, Channels, Discord

NEW_APP = "https://discord.com/developers/applications"
OWN, SHARED = "discord.channels", "channels"

_LOOKS = r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}"
TOKEN = Kind(
    "discord",
    "token",
    "bot token",
    "Your application's page → Bot → Reset Token → Copy",
    _LOOKS,
    "three parts with dots",
)
_MISTAKEN = (
    Kind("discord", "id", "application's id", "General Information", r"\d{15,22}", "a number"),
    Kind("discord", "key", "public key", "General Information", r"[0-9a-f]{64}", "64 of 0-9, a-f"),
    Kind("discord", "secret", "client secret", "OAuth2", r"[\w-]{32}", "32 letters"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given."""

    server: str | None = None
    desk: str | None = None
    alerts: str | None = None
    api_url: str | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)


def init_discord(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. What is done is kept."""
    return walked("discord", data, lambda: _Steps(data, given).run())


class _Steps:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, data: Path | None, given: Given) -> None:
        self.given = given
        self.setup = Setup("discord", Discord, data, given.files)
        self.api_url = given.api_url or self.setup.said("api_url")
        self.section = OWN if "channels" in self.setup.table else SHARED

    def run(self) -> bool:
        say("Thirdline in Discord, in four steps. Ctrl-C stops it; what is done is kept.")
        say("\n1. The application")
        say(f"  {NEW_APP} → New Application → call it Thirdline → Create")
        say("  → Bot → Message Content Intent: on, if what is written in a ticket's thread shall be kept as a note.")
        say("\n2. The bot token")
        token = self.setup.secret(TOKEN, _MISTAKEN, self.look_at_account)
        checkup = Checkup(token, self.api_url)
        say("\n3. The server")
        server = self.server(token, checkup)
        say("\n4. The channels")
        named = self.setup.named(self.section, self.given.desk, self.given.alerts)
        named, fine = self.setup.places(named, partial(self.look_at_channels, token, server))
        self.setup.write({"server": server, "api_url": self.api_url}, self.kept_in(named), named)
        self.setup.say_goodbye(fine)
        return fine

    def look_at_account(self, token: str) -> Iterator[Check]:
        checkup, discord = Checkup(token, self.api_url), self.discord(token, 0)

        def looks() -> Iterator[Check]:
            yield from discord_checks.account(checkup, SystemClock().now())
            yield from discord_checks.intents(checkup, discord)

        yield from tried("discord", looks)

    # --- the server -------------------------------------------------------------------------------------------------

    def server(self, token: str, checkup: Checkup) -> int:
        """The server that the desk works in, once the bot is in it: named, or the only one that it is in."""
        discord = self.discord(token, 0)
        named = _id(self.given.server or self.setup.said("server"))
        there = checkup.servers()
        if self.given.server or named not in there:  # The settings' own was invited before.
            self.invite(checkup, discord, named)
        while True:
            if named is None and len(there) == 1:
                named = next(iter(there))
            if named is not None and well(tried("discord server", partial(self.look_at_server, token, named))):
                return named
            if not self.setup.person:
                raise _missing(named, there)
            named, there = self.asked(there, named), checkup.servers()

    def invite(self, checkup: Checkup, discord: Discord, server: int | None) -> None:
        say("  Open this address, choose your server, Authorize:")
        say(f"  {invitation(checkup.application.id, discord, server)}")
        say("  It asks for")
        for permission in needed(discord):
            say(f"  • {permission.title}: {permission.reason}")
        for scope, reason in SCOPES.items():
            say(f"  • {scope}: {reason}")

    def look_at_server(self, token: str, id: int) -> Iterator[Check]:
        discord = self.discord(token, id)
        checkup = Checkup(token, self.api_url)
        found = discord_checks.joined(checkup, discord)
        yield discord_checks.is_in(found)
        yield from discord_checks.synced(discord_checks.registered(checkup, discord), discord)

    def asked(self, there: Mapping[int, str], before: int | None) -> int | None:
        """The id that a person types; nothing, where the bot is in one server alone or the one before is right."""
        for id, name in there.items():
            say(f"  {id}  {name}")
        if not there:
            say("  The bot is in no server yet.")
        typed = input("  The bot is there? Press Enter. Or the id of the server: ").strip()
        try:
            return _id(typed) or before
        except BadValue as refusal:
            say(f"  {refusal.text}")
            return before

    # --- the channels -----------------------------------------------------------------------------------------------

    def look_at_channels(self, token: str, id: int, named: Channels) -> Iterator[Check]:
        checkup, discord = Checkup(token, self.api_url), self.discord(token, id)
        section = self.kept_in(named)

        def looks() -> Iterator[Check]:
            server: Server = discord_checks.joined(checkup, discord)
            yield from discord_checks.channels(checkup, server, named, section, discord)
            yield from discord_checks.roles(server, named, discord)
            commands = discord_checks.registered(checkup, discord)
            yield from discord_checks.shown(checkup, server, named, commands, discord)

        yield from tried("discord channel", looks)

    def kept_in(self, named: Channels) -> str:
        """The section that these channels belong in: Discord's own, where another platform keeps to the shared one."""
        shared = "slack" in self.setup.tables or any(name.startswith(f"{PREFIX}SLACK__") for name in os.environ)
        return OWN if shared and named != self.setup.channels(SHARED) else self.section

    def discord(self, token: str, server: int) -> Discord:
        """The settings as they would be with this token."""
        return self.setup.settings_with(token=token, server=server, api_url=self.api_url)


def _id(text: str) -> int | None:
    """Raises BadValue where it is no id."""
    if not text:
        return None
    if not text.isdecimal():
        raise BadValue(
            f"“{text}” is no server's id.",
            "It is a number: Discord → User Settings → Advanced → Developer Mode, then right-click the server's name.",
        )
    return int(text)


def _missing(named: int | None, there: Mapping[int, str]) -> Exception:
    if named is not None:
        return Unfinished()
    if there:
        listed = ", ".join(f"{id} ({name})" for id, name in there.items())
        return Refusal(f"The bot is in several servers: {listed}.", "Say which: --server ID")
    return Refusal("The bot is in no server yet.", "Open the address above, and type it again.")
