"""Command payloads: the catalogue as Discord's slash commands with typed options, and the two context menus.

The first word is a command, the verbs are its subcommands. Nothing is required that a form can ask for, so that
`/ticket open` alone opens one; what a form could not search for is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.people import Role
from commands.spec import Command, Param, Takes

Json = dict[str, Any]

SLASH, OF_PERSON, OF_MESSAGE = 1, 2, 3
"""Kinds of commands."""
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
"""Kinds of options."""

OPEN_FROM_MESSAGE = "Open ticket from this"
TICKETS_OF_PERSON = "Tickets of this person"

OPTIONS = 25
"""Options of a command, subcommands of a group, choices of an option."""
DESCRIPTION = 100
MORE = "more"
"""The group of the verbs for which a command has no room."""

RARE = ("export", "files", "attach", "remote", "said", "refer", "category", "vouch", "unsend")
"""Verbs that stand behind `more` where a command has too many: the ones that a day at the desk seldom needs."""

MANAGE_MESSAGES = 1 << 13
USE_COMMANDS = 1 << 31
SHOWN_TO = {"everyone": USE_COMMANDS, "moderators": MANAGE_MESSAGES}
"""What members must be allowed for Discord to show them what is for the desk's people, by `discord.shown_to`, until a
server's admin says otherwise (Server Settings → Integrations). Who may use commands at all has *Use Application
Commands*. The desk asks its own people list in any case."""

IN_SERVER, WITH_BOT = 0, 1

COMPLETED = frozenset(
    {
        Takes.TICKET, Takes.CUSTOMER, Takes.STAFF, Takes.LEVEL, Takes.CATEGORY, Takes.RESOLUTION, Takes.CHOICE,
        Takes.MOMENT, Takes.DAY, Takes.INSTANT, Takes.SCHEDULE, Takes.OVERRIDE, Takes.COVER, Takes.CONTACT,
        Takes.PARTNER,
    }
)  # fmt: skip
"""Kinds for which the desk proposes values. Levels, categories and resolutions are the policy's, which may change
without a registration."""

_SEARCHED = frozenset({Takes.CUSTOMER, Takes.STAFF, Takes.TICKET, Takes.PARTNER})


def payloads(catalogue: Mapping[str, Command], *, everywhere: bool = False, shown_to: str = "everyone") -> list[Json]:
    """Everything that is registered; `everywhere` for global commands, which also serve in direct messages. `shown_to`
    as in the settings."""
    needs = SHOWN_TO[shown_to]
    words: dict[str, list[Command]] = {}
    for command in catalogue.values():
        words.setdefault(command.words.partition(" ")[0], []).append(command)
    made = [_slash(word, commands, needs) for word, commands in words.items()]
    made += [_menu(OPEN_FROM_MESSAGE, OF_MESSAGE, needs), _menu(TICKETS_OF_PERSON, OF_PERSON, needs)]
    places = {"contexts": [IN_SERVER, WITH_BOT], "integration_types": [0]} if everywhere else {}
    return [one | places for one in made]


def fingerprint(made: Iterable[Json]) -> str:
    """The same for the same commands, whatever the process."""
    return hashlib.sha256(json.dumps(list(made), sort_keys=True).encode()).hexdigest()


def _slash(word: str, commands: list[Command], needs: int) -> Json:
    only = commands[0]
    if only.words == word:
        made: Json = {"type": SLASH, "name": word, "description": _cut(only.summary), "options": _options(only)}
    else:
        verbs = ", ".join(command.words.partition(" ")[2] for command in commands)
        made = {"type": SLASH, "name": word, "description": _cut(verbs), "options": _subcommands(commands)}
    return made | _shown_to(min(command.role for command in commands), needs)


def _menu(name: str, kind: int, needs: int) -> Json:
    return {"type": kind, "name": name} | _shown_to(Role.STAFF, needs)


def _shown_to(role: Role, needs: int) -> Json:
    return {} if role is Role.NOBODY else {"default_member_permissions": needs}


def _subcommands(commands: list[Command]) -> list[Json]:
    """The verbs, and behind `more` those for which there is no room."""
    if len(commands) <= OPTIONS:
        return [_subcommand(command) for command in commands]
    often = [command for command in commands if command.words.partition(" ")[2] not in RARE]
    shown = often[: OPTIONS - 1]
    behind = [_subcommand(command) for command in commands if command not in shown]
    group = {"type": GROUP, "name": MORE, "description": _cut(", ".join(one["name"] for one in behind))}
    return [*map(_subcommand, shown), group | {"options": behind}]


def _subcommand(command: Command) -> Json:
    name = command.words.partition(" ")[2].replace(" ", "-")
    return {"type": SUBCOMMAND, "name": name, "description": _cut(command.summary), "options": _options(command)}


def _options(command: Command) -> list[Json]:
    """The required ones stand first, as Discord wants it."""
    made = [_option(param, first=number == 0) for number, param in enumerate(command.params)]
    return sorted(made, key=lambda one: not one.get("required", False))


def _option(param: Param, *, first: bool) -> Json:
    kind = {Takes.FLAG: BOOLEAN, Takes.NUMBER: INTEGER}.get(param.takes, STRING)
    made: Json = {"type": kind, "name": param.name, "description": _cut(param.help)}
    if param.required and param.takes in _SEARCHED and not (first and param.takes is Takes.TICKET):
        made["required"] = True
    if param.takes is Takes.CHOICE and len(param.choices) <= OPTIONS:
        made["choices"] = [{"name": name, "value": name} for name in param.choices]
    elif param.takes in COMPLETED:
        made["autocomplete"] = True
    return made


def _cut(text: str) -> str:
    text = text.rstrip(".")
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1].rstrip() + "…"
