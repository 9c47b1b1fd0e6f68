"""What the Discord benchmark speaks to: a bot of one kind in a process and on a core of its own.

    python -m benchmarks.discord_bot KIND FOLDER CORE API GATEWAY TOKEN SERVER

KIND is "bare" (discord.py that responds with a word and does nothing), "desk" (the whole platform, on a new SQLite
file), or "full" (the same with a hundred thousand tickets).
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import discord
from pydantic import SecretStr

from adapters.discord.drawing.payloads import payloads
from adapters.discord.platform import DiscordPlatform
from adapters.discord.wire.clients import point_at, point_at_gateway
from benchmarks.cores import stay_on
from benchmarks.desks import ANN as ANNS_OWN
from benchmarks.discord import CUSTOMERS, TICKETS, WORDS
from bot.clocks import SystemClock
from bot.domain.customers import Customer
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from bot.settings import Discord, Settings
from bot.wiring import build
from commands.catalogue import build as catalogue
from commands.record import record_opened
from commands.spec import Caller
from tests.doubles.discord.fixtures import ANN

STORY = """**new · Level III**
ACME Ltd · gateway 5.2, subscription until 31 Mar 2027 · e-mail, remote access, telephone
First response due <t:1791219600:F> (in 3 h of business time)
Nobody has claimed it
Opened by Ann in #desk, <t:1791208800:F>"""
_AT_ONCE = 1_000
_OFTEN = [1 / rank for rank in range(1, len(WORDS) + 1)]
"""How often words are used: the second half as often as the first, and so on, as in any language."""


class Bare(discord.Client):
    """Responds to every interaction with a card that is ready, and never more."""

    def __init__(self, server: int) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self._server = server
        self._embed = discord.Embed(title="#1 printer on fire", description=STORY, colour=0x5865F2)

    async def setup_hook(self) -> None:
        assert self.application_id is not None
        await self.http.bulk_upsert_guild_commands(self.application_id, self._server, payloads(catalogue()))
        gc.freeze()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(embed=self._embed, view=buttons(), ephemeral=True)


def buttons() -> discord.ui.View:
    """As many as stand below a new ticket, and its menu."""
    view = discord.ui.View(timeout=None)
    for label in ("Claim", "Reply", "Wait…", "Close…"):
        view.add_item(discord.ui.Button(label=label, custom_id=f"do:{label}"))
    options = [
        discord.SelectOption(label=one) for one in ("Note…", "Assign…", "Level…", "Why this time?", "Transcript")
    ]
    view.add_item(discord.ui.Select(custom_id="more:0", placeholder="More…", options=options))
    return view


async def bare(settings: Discord) -> None:
    point_at(settings)
    point_at_gateway(settings.gateway_url)
    async with Bare(settings.server) as client:
        await client.start(settings.token.get_secret_value())


async def desk(folder: Path, settings: Discord, *, full: bool) -> None:
    """The desk as `thirdline serve` has it."""
    house = build(Settings(data=folder, discord=settings), SystemClock())
    house.database.write(_move_in)
    for first in range(0, TICKETS if full else 0, _AT_ONCE):
        house.database.write(partial(_open, first))
    platform = DiscordPlatform(house.desk, Settings(data=folder, discord=settings), SystemClock(), lambda: None)
    await platform.start()
    gc.freeze()
    await asyncio.Event().wait()


def _move_in(work: UnitOfWork) -> None:
    work.people.save(Staff("ann", "Ann", Role.ADMIN, {"console": "ann", "discord": str(ANN)}))
    for number in range(CUSTOMERS):
        work.customers.save(Customer(f"c{number}", f"{WORDS[number % len(WORDS)]} & {WORDS[number // 7]} Ltd"))


def _open(first: int, work: UnitOfWork) -> None:
    chance = Random(first)
    caller = Caller(work.people.get("ann"), ANNS_OWN, SystemClock().now())
    for number in range(first, first + _AT_ONCE):
        subject = " ".join(chance.choices(WORDS, _OFTEN, k=6))
        customer = f"c{number % CUSTOMERS}"
        record_opened(caller, work, subject=subject, customer=customer, level="III", starts=["first_response"])


def main(arguments: Sequence[str]) -> None:
    kind, folder, core, api, gateway, token, server = arguments
    stay_on(int(core))
    settings = Discord(token=SecretStr(token), server=int(server), api_url=api, gateway_url=gateway, notes=False)
    asyncio.run(bare(settings) if kind == "bare" else desk(Path(folder), settings, full=kind == "full"))


if __name__ == "__main__":
    main(sys.argv[1:])
