"""A Discord server on loopback: REST and gateway that an unpatched discord.py speaks to, over simcord's model of it."""

from tests.doubles.discord.guild import Guild
from tests.doubles.discord.seen import Call, Message, Modal, Thread

__all__ = ["Call", "Guild", "Message", "Modal", "Thread"]
