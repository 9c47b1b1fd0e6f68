"""/desk help: what /help says, for those who look for it with the desk."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Card
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.help import explained
from commands.spec import BLANK, Caller, Command, Text, command


def desk_help_for(catalogue: Mapping[str, Command]) -> Command:
    """The command for a catalogue: it knows every other one, so it is made after them."""

    @command(
        "desk help",
        role=Role.NOBODY,
        writes=False,
        topic="A command, or its first word",
        examples=("desk help", "desk help ticket claim"),
    )
    def desk_help(caller: Caller, work: UnitOfWork, *, topic: Text = BLANK) -> Card:
        """List the commands, or explain one."""
        return explained(catalogue, caller, topic)

    return desk_help
