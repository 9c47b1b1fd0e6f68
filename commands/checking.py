"""Which field of a form is wrong: each is looked at by itself, as the desk would read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.errors import Refusal
from bot.ports import Speaker
from commands.desk import Desk
from commands.spec import Command, Param
from commands.values import bind


def check(desk: Desk, speaker: Speaker, command: Command, param: Param, value: Any) -> None:
    """Raises what the desk would refuse about this one value; what else the command needs does not count. Reads the
    database: call it in a thread."""
    alone = replace(command, params=(param,))
    caller = desk.caller(speaker)
    desk.database.read(lambda work: bind(alone, {param.name: value}, caller, work))


def faults(
    desk: Desk, speaker: Speaker, command: Command, asked: Iterable[str], values: Mapping[str, Any]
) -> dict[str, Refusal]:
    """By name, the asked fields whose values are refused for their own sake, in the order of asking."""
    found: dict[str, Refusal] = {}
    for param in filter(None, map(command.param, asked)):
        try:
            check(desk, speaker, command, param, values.get(param.name, ""))
        except Refusal as refusal:
            found[param.name] = refusal
    return found
