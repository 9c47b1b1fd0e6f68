"""Writes the reference of everything one can type, made from the code: `python -m docs.reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_group

from adapters.console.session import LOCAL_WORDS
from bot.cli.app import app
from bot.domain.people import Role
from commands import catalogue
from commands.spec import Command, Param

PAGE = Path(__file__).with_name("commands.md")
HEAD = """\
# Everything you can type

Made from the catalogue by `make docs`; `/help` tells the same at the desk. A value in CAPITALS is needed, in that order
or by its name (`--ticket 1`); what stands in brackets may be left out. Who may use a command is said with it: viewer,
staff, lead, admin, each with all that the ones before may do.
"""
TERMINAL = "## In the terminal\n\nThese words belong to the terminal and not to the desk.\n"
SHELL = "## On the command line\n\n`thirdline COMMAND --help` tells the options and shows an example.\n"


def reference() -> str:
    """The page."""
    known = catalogue.build()
    groups = dict.fromkeys(words.partition(" ")[0] for words in known)
    parts = [HEAD]
    for group in groups:
        parts.append(f"## /{group}\n")
        parts += [_entry(command) for command in known.values() if command.words.partition(" ")[0] == group]
    parts += [TERMINAL + _table(LOCAL_WORDS.items()), SHELL + _table(command_lines())]
    return "\n".join(parts)


def _entry(command: Command) -> str:
    who = f"For {command.role.title} and above." if command.role > Role.NOBODY else "For everybody."
    title = f"### /{command.words}\n\n" if " " in command.words else ""
    fields = [(param.name.upper() if param.required else param.option, _help(param)) for param in command.params]
    examples = "".join(f"    /{example}\n" for example in command.examples)
    return f"{title}{command.summary} {who}\n\n    {command.usage}\n{_table(fields)}\nFor example:\n\n{examples}"


def _help(param: Param) -> str:
    return f"{param.help} ({', '.join(param.choices)})" if param.choices else param.help


def command_lines() -> Iterator[tuple[str, str]]:
    """Each command of `thirdline` with the first line of its help."""
    group = get_group(app)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            if command.invoke_without_command:
                yield f"thirdline {name}", _first(command.help)
            yield from ((f"thirdline {name} {verb}", _first(one.help)) for verb, one in command.commands.items())
        else:
            yield f"thirdline {name}", _first(command.help)


def _first(help: str | None) -> str:
    return (help or "").partition("\n")[0]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"| `{typed}` | {meaning.replace('|', chr(92) + '|')} |\n" for typed, meaning in rows)
    return f"\n| type | to |\n| --- | --- |\n{lines}" if lines else ""


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
