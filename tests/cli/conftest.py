"""A workspace and a server on loopback for the commands that speak with Slack and with Discord."""

from tests.doubles.discord.fixtures import discord
from tests.doubles.slack.fixtures import slack

__all__ = ["discord", "slack"]
