"""`python -m tests.adapters.discord.sample_bot API GATEWAY TOKEN`: a small bot of bare discord.py."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

MENU = ("printer", "mail", "door")


class Claim(ui.DynamicItem[ui.Button[Any]], template=r"claim:(?P<number>\d+)"):
    """A button that carries its meaning in its custom_id."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label="Claim", custom_id=f"claim:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Claim:
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(
            content=f"#{self.number} is {interaction.user.display_name}'s", view=None
        )


class Form(ui.Modal, title="New ticket"):
    """A modal with a text and a select inside labels."""

    subject: ui.Label[Any] = ui.Label(text="Subject", component=ui.TextInput(max_length=20))
    level: ui.Label[Any] = ui.Label(
        text="Level",
        component=ui.Select(options=[discord.SelectOption(label="High", value="1"), discord.SelectOption(label="Low")]),
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        subject, level = self.subject.component, self.level.component
        assert isinstance(subject, ui.TextInput)
        assert isinstance(level, ui.Select)
        await interaction.response.send_message(f"{subject.value} at {level.values[0]}", ephemeral=True)


class Bot(discord.Client):
    """Answers, defers, notes what is said, and never more."""

    def __init__(self, content: bool) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=content)
        super().__init__(intents=intents, heartbeat_timeout=5.0, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ticket_group())
        self.tree.add_command(app_commands.ContextMenu(name="Open ticket from this", callback=from_message))
        self.add_dynamic_items(Claim)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without discord.py's five seconds of rest, in which no heartbeat of ours would be read as answered."""

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            for file in message.attachments:
                await message.channel.send(f"{file.filename} is {(await file.read())!r}")
            await message.channel.send(f"heard {message.content!r}", nonce=message.id % 10**9)


async def from_message(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"from {message.content!r}", ephemeral=True)


def ticket_group() -> app_commands.Group:
    group = app_commands.Group(name="ticket", description="Tickets")

    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=one, value=one) for one in MENU if typed in one]

    @group.command(name="open", description="Open a ticket")
    @app_commands.describe(subject="What is wrong")
    async def open_ticket(
        interaction: discord.Interaction[Any], subject: str | None = None, owner: discord.Member | None = None
    ) -> None:
        if subject is None:
            await interaction.response.send_modal(Form())
            return
        view = ui.View(timeout=None)
        view.add_item(Claim(7))
        await interaction.response.send_message(f"{subject} for {owner.display_name if owner else 'nobody'}", view=view)

    @group.command(name="claim", description="Claim a ticket")
    @app_commands.describe(ticket="Which")
    @app_commands.autocomplete(ticket=offer)
    async def claim(interaction: discord.Interaction[Any], ticket: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"claimed {ticket}")

    @group.command(name="slow", description="Answer too late")
    @app_commands.describe(seconds="How late")
    async def slow(interaction: discord.Interaction[Any], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await interaction.response.send_message("at last")

    @group.command(name="think", description="Defer, and answer after a while")
    @app_commands.describe(seconds="After how long")
    async def think(interaction: discord.Interaction[Any], seconds: float) -> None:
        await interaction.response.defer(ephemeral=True)
        await asyncio.sleep(seconds)
        try:
            await interaction.followup.send("thought")
        except discord.HTTPException as dead:
            assert isinstance(interaction.channel, discord.abc.Messageable)
            await interaction.channel.send(f"{interaction.user.mention}: thought, but {dead.code}")

    return group


def main(api: str, gateway: str, token: str, content: str = "") -> None:
    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    Bot(bool(content)).run(token, log_level=logging.INFO)


if __name__ == "__main__":
    main(*sys.argv[1:])
