"""Values: what somebody gave to a slash command, as the desk reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.discord.wire.heard import Heard
from bot.ports import Database
from commands.spec import Command, Param, Takes

_MENTION = re.compile(r"<@!?(\d+)>")


def given(heard: Heard, command: Command, people: Mapping[str, str]) -> dict[str, str]:
    """The raw values by parameter. `people` maps accounts to staff ids: a colleague may be named by a mention."""
    raw = {str(one.get("name", "")): _said(one.get("value")) for one in heard.options}
    for param in command.params:
        mention = _MENTION.fullmatch(raw.get(param.name, "").strip()) if param.takes is Takes.STAFF else None
        if mention is not None:
            raw[param.name] = people.get(mention[1], raw[param.name])
    return raw


def meant(database: Database, command: Command, raw: Mapping[str, str], ticket: int | None) -> dict[str, str]:
    """The same, with the ticket of the thread where none is named, and the one that is meant where somebody typed
    words of its subject and chose nothing of what was proposed. Blocks."""
    values = dict(raw)
    for number, param in enumerate(command.params):
        if param.takes is Takes.TICKET:
            typed = values.get(param.name, "").strip()
            if not typed and number == 0 and ticket is not None:
                values[param.name] = str(ticket)
            elif typed and not typed.removeprefix("#").isdigit():
                values[param.name] = _found(database, param, typed)
    return values


def _found(database: Database, param: Param, typed: str) -> str:
    """The number of the one ticket that is found by these words; where there is not one, they stay as they are."""
    found = database.read(lambda work: work.tickets.suggest(typed, 2))
    return str(found[0].number) if len(found) == 1 else typed


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return "" if value is None else str(value)
