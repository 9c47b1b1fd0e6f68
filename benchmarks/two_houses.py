"""What one process needs of memory that serves a Slack workspace and a Discord server together.

    python -m benchmarks.two_houses

`thirdline serve` is a process of its own beside both servers on loopback; people of either work at the same tickets.
Counted is the most that the process ever held in memory.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.table import Row, show
from tests.doubles.discord import Guild
from tests.doubles.discord.desk import discord_settings
from tests.doubles.discord.fixtures import ANN as ANN_THERE
from tests.doubles.discord.fixtures import DESK as DESK_THERE
from tests.doubles.discord.fixtures import settle as settle_discord
from tests.doubles.premises import found_town
from tests.doubles.served import Served
from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import DESK, slack_settings
from tests.doubles.slack.fixtures import settle

ANN = "U0ANN"
TICKETS = 40
MOST = 200.0
"""MiB for Slack and Discord together."""


def run() -> list[Row]:
    """All measurements of this benchmark."""
    held = serving() / 1024
    return [
        Row("the desk serving Slack and Discord", held, "MiB", held / MOST, "of 200 MiB", 1.0, at_most=True),
    ]


def serving() -> int:
    """The most memory in kilobytes that the process held."""
    with tempfile.TemporaryDirectory() as folder, Workspace() as slack, Guild() as discord:
        settle(slack)
        settle_discord(discord)
        town = found_town(Path(folder) / "town")

        def there() -> bool:
            return bool(slack.sockets and discord.connections and discord.commands)

        settings = slack_settings(slack) | discord_settings(discord)
        with Served(Path(folder), settings, there, town=town) as process:
            for number in range(TICKETS):
                slack.command(ANN, DESK, "/ticket", f"open printer {number} on fire --customer acme")
                discord.slash(ANN_THERE, DESK_THERE, "ticket list", {})
                slack.command(ANN, DESK, "/ticket", "list")
            return process.most_held()


if __name__ == "__main__":
    print(show("One desk in two houses", run()))
