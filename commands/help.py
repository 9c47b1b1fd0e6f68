"""/help: the catalogue as cards, each command with the line to type."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Card, Line, Strong, Table
from bot.domain.errors import NotFound
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.spec import BLANK, Caller, Command, Param, Text, command

_GUIDES = {
    "oncall": "To count as cover: /oncall contact call NUMBER, /oncall verify CODE, /oncall test."
    " Your shifts: /oncall next. When you cannot: /oncall cover.",
}
"""What most people want of a group that is too long to read."""


def help_word(platform: str) -> str:
    """What help is called there: in chat, /help belongs to the platform."""
    return "/help" if platform == "console" else "/desk help"


def help_for(catalogue: Mapping[str, Command]) -> Command:
    """The help command of a catalogue: it knows every other one, so it is made last."""

    @command(
        "help",
        role=Role.NOBODY,
        writes=False,
        topic="A command, or its first word",
        examples=("help", "help ticket", "help ticket claim"),
    )
    def help(caller: Caller, work: UnitOfWork, *, topic: Text = BLANK) -> Card:
        """List the commands, or explain one."""
        return explained(catalogue, caller, topic)

    return help


def explained(catalogue: Mapping[str, Command], caller: Caller, topic: str) -> Card:
    """The commands that the caller may use, or all about the one that is asked for. Raises NotFound."""
    word = help_word(caller.speaker.platform)
    wanted = " ".join(topic.casefold().removeprefix("/").split())
    if wanted in catalogue:
        return one(catalogue[wanted])
    found = [c for c in catalogue.values() if not wanted or c.words.partition(" ")[0] == wanted]
    if not found:
        raise NotFound(f"There is no command “{topic[:60]}”.", f"{word} lists them all.")
    mine = [
        c for c in found if (caller.role >= c.role or caller.staff is None) and (c.words != "help" or word == "/help")
    ]
    if not wanted:
        return _groups(mine, word)
    rows: tuple[tuple[Line, ...], ...] = tuple((("/" + c.words,), (c.summary,)) for c in mine)
    lines: tuple[Line, ...] = ((f"{word} COMMAND explains one and shows examples.",),)
    if wanted in _GUIDES:
        lines = ((_GUIDES[wanted],), *lines)
    return Card((Strong("Commands"),), table=Table(("type", "to"), rows), lines=lines, data=_data(mine))


def _groups(commands: list[Command], word: str) -> Card:
    """What there is, by the first word: all of it at once is more than anybody reads."""
    verbs: dict[str, list[str]] = {}
    for each in commands:
        group, _, verb = each.words.partition(" ")
        verbs.setdefault(group, []).append(verb or each.summary)
    rows: tuple[tuple[Line, ...], ...] = tuple((("/" + group,), (", ".join(found),)) for group, found in verbs.items())
    more: Line = (f"{word} ticket tells what its verbs do, {word} ticket claim explains one and shows examples.",)
    return Card((Strong("Commands"),), table=Table(("type", "with one of"), rows), lines=(more,), data=_data(commands))


def one(command: Command) -> Card:
    """Everything about one command."""
    lines: list[Line] = [(command.summary,), (Strong(command.usage),)]
    lines += [(f"  {_shown(param)}  {param.help}{_choices(param)}",) for param in command.params]
    lines += [("For example:",)] if command.examples else []
    lines += [(f"  /{example}",) for example in command.examples]
    if command.default:
        group, _, verb = command.words.partition(" ")
        lines.append((f"“{verb}” may be left out: /{group} alone means this.",))
    if command.role > Role.NOBODY:
        lines.append((f"For {command.role.title} and above.",))
    return Card((Strong("/" + command.words),), lines=tuple(lines), data=_data([command]))


def _shown(param: Param) -> str:
    return param.name.upper() if param.required else param.option


def _choices(param: Param) -> str:
    return f" ({', '.join(param.choices)})" if param.choices else ""


def _data(commands: list[Command]) -> dict[str, object]:
    return {"commands": [{"words": c.words, "summary": c.summary, "usage": c.usage} for c in commands]}
