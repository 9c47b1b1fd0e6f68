"""The catalogue tests itself: names are unique, everything is explained, and every example that help shows works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.mail import Verified
from bot.settings import Web
from commands import catalogue
from tests.commands.mails import STRANGER, arrives, mail
from tests.commands.rota_town import busied, with_rota
from tests.town import PHONE, Town, words

ROOT = Path(__file__).parents[2]
COMMANDS = catalogue.build()
OF_WHOEVER_IS_CALLED = ("page ack", "page pass")
"""Without a number they mean the page that calls whoever types."""
EXAMPLES = [example for command in COMMANDS.values() for example in command.examples]


@pytest.fixture(scope="session")
def busy(settled: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with tickets in every state, closed: only to be copied."""
    town = settled.copied(tmp_path_factory.mktemp("busy"))
    town.does("zoe", "ticket open printer on fire --customer acme")
    town.does("zoe", "ticket open mail queue growing --customer acme --tags mail")
    town.does("zoe", "ticket claim 2")
    town.does("zoe", "ticket watch 2")
    town.does("zoe", "ticket reply 2 we look into it")
    town.does("zoe", "ticket open how do I add a user --customer cobalt")
    town.does("zoe", "ticket wait 3")
    town.does("zoe", "ticket open spam --customer cobalt")
    town.does("zoe", "ticket close 4 solved")
    town.does("zoe", "ticket open please call me --customer brightside")
    town.does("zoe", "ticket open who is this")
    town.does("zoe", "partner add Northwind Consulting --id north")
    town.does("zoe", "partner add Fixers Inc")
    arrives(town, mail(STRANGER))
    arrives(town, mail(verified=Verified.UNKNOWN))
    busied(with_rota(town))
    town.does("zoe", "page start 1")
    town.close()
    return town


WEB = Web(staff=True, public_url="https://desk.example.com")


@pytest.fixture
def town(busy: Town, tmp_path: Path) -> Iterator[Town]:
    copy = busy.copied(tmp_path / "desk", PHONE, WEB)
    yield copy
    copy.close()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_does_what_it_shows(town: Town, example: str) -> None:
    if example in OF_WHOEVER_IS_CALLED:
        town.does("lea", "page start @zoe look at the queue, please")
    answer = town.says("zoe", f"/{example}")
    assert answer.ok, words(answer.card)
    assert words(answer.card)


def test_every_command_has_help_and_an_example() -> None:
    for command in COMMANDS.values():
        assert command.examples, command.words
        assert command.summary.endswith("."), command.words
        assert all(param.help for param in command.params), command.words


def test_every_change_of_a_ticket_can_be_given_a_reason() -> None:
    for name, command in COMMANDS.items():
        if name.startswith("ticket ") and command.writes:
            assert command.param("reason") is not None, name


def test_an_example_begins_with_its_own_command() -> None:
    for command in COMMANDS.values():
        assert all(
            example.split()[: len(command.words.split())] == command.words.split() for example in command.examples
        )


def test_every_command_explains_itself(town: Town) -> None:
    for name in COMMANDS:
        assert town.does("zoe", f"/help {name}").startswith(f"/{name}")


def test_every_line_that_the_desk_suggests_is_one_it_understands() -> None:
    """Hints name commands; one that does not exist would send people to a refusal."""
    groups = {name.partition(" ")[0] for name in COMMANDS if " " in name}
    named: set[tuple[str, str]] = set()
    for folder in ("bot", "commands"):
        for module in (ROOT / folder).rglob("*.py"):
            found = re.findall(r"(?<![\w/.}])/([a-z]+) ([a-z]+)\b", module.read_text(encoding="utf-8"))
            named |= {(f"{group} {verb}", module.name) for group, verb in found if group in groups}
    assert len(named) > 40
    assert {(words, module) for words, module in named if words not in COMMANDS} == set()
