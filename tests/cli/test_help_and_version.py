"""Help comes at once and shows how; mistakes of the person and of the program are told apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli.app import app
from tests.cli.terminal import environment, from_nothing, thirdline

HEAVY = {
    *("sqlalchemy", "alembic", "holidays", "pydantic", "pydantic_settings", "prompt_toolkit", "rich", "apscheduler"),
    *("numpy", "asyncio", "slack_bolt", "slack_sdk", "discord", "psycopg", "bot.wiring", "bot.settings", "commands"),
}


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands(typer.main.get_command(app)))


def _loaded(word: str) -> tuple[str, set[str]]:
    """What `thirdline` prints at that word, and the modules that it has loaded for it."""
    code = (
        f"import sys\nsys.argv = ['thirdline', '{word}']\nfrom bot.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nsys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True, timeout=60
    )
    return done.stdout, set(done.stderr.split())


def test_help_loads_neither_a_platform_nor_a_library_that_only_a_command_needs() -> None:
    printed, loaded = _loaded("--help")
    assert "doctor" in printed
    assert not HEAVY & loaded
    assert not {name for name in loaded if name.startswith(("adapters.", "storage."))}


def test_version_loads_neither_the_database_nor_the_rules() -> None:
    printed, loaded = _loaded("version")
    assert "schema" in printed
    # Typer loads pydantic itself, wherever it is installed, once a command's words are read.
    assert not (HEAVY - {"pydantic"}) & loaded
    assert "bot.ports" not in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example_and_explains_each_of_its_words(name: str) -> None:
    command = COMMANDS[name]
    assert "xample" in (command.epilog or "")
    assert f"thirdline {name}" in command.epilog
    assert command.help
    assert all(param.help for param in command.params if param.name != "help")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_starts_from_nothing(name: str, tmp_path: Path) -> None:
    """Each loads what it needs itself; other tests start it where everything is loaded."""
    more = ("--empty",) if name == "demo" else ()
    done = from_nothing(*name.split(), *more, THIRDLINE_DATA=str(tmp_path))
    assert done.code in (0, 1, 2), done.err
    assert "inside Thirdline" not in done.err


def test_version_tells_what_a_report_of_trouble_needs() -> None:
    done = thirdline("version", "--json")
    assert done.code == 0
    assert set(done.json) == {"thirdline", "python", "sqlite", "tzdata", "holidays", "schema"}


def test_the_version_is_told_for_the_option_that_everybody_tries() -> None:
    done = thirdline("--version")
    assert (done.code, done.out) == (0, thirdline("version").out)


def test_a_mistyped_command_is_refused_with_what_was_meant() -> None:
    done = thirdline("docter")
    assert done.code == 2
    assert "doctor" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(("words", "known"), [("help", "run, serve, "), ("init foo", "slack, discord")])
def test_a_word_like_no_command_is_refused_with_those_there_are(words: str, known: str) -> None:
    done = thirdline(*words.split())
    assert done.code == 2
    assert f"No such command '{words.split()[-1]}'. There are: " in done.err
    assert known in done.err


BROKEN = """
from bot.cli.app import app
@app.command()
def burst() -> None:
    raise ZeroDivisionError("oops")
"""


def test_a_mistake_of_the_program_is_one_sentence_and_exit_code_70() -> None:
    done = thirdline("burst", code=BROKEN)
    assert done.code == 70
    assert done.err.splitlines() == [
        "Something went wrong inside Thirdline (ZeroDivisionError: oops). thirdline --debug … shows the details."
    ]


def test_debug_shows_where_a_mistake_happened() -> None:
    assert "Traceback" in thirdline("--debug", "burst", code=BROKEN).err
    assert "Traceback" in thirdline("burst", code=BROKEN, THIRDLINE_LOG_LEVEL="DEBUG").err


def test_a_reader_that_goes_away_ends_the_command_without_a_word() -> None:
    code = "import sys; sys.argv = ['thirdline', 'policy', 'show']; from bot.__main__ import main; main()"
    command = f'"{sys.executable}" -c "{code}" | true'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment(), timeout=60)  # noqa: S607
    assert done.stderr == ""
