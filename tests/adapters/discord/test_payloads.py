"""Command payloads: the whole catalogue as Discord takes it, and told to Discord only where it has changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.drawing.payloads import (
    MANAGE_MESSAGES,
    OPEN_FROM_MESSAGE,
    OPTIONS,
    TICKETS_OF_PERSON,
    USE_COMMANDS,
    fingerprint,
    payloads,
)  # fmt: skip
from adapters.discord.hearing.registering import Registering
from commands.catalogue import build
from tests.adapters.discord.office import Office, office
from tests.doubles.discord.contract import route_of, violations

CATALOGUE = build()
MADE = payloads(CATALOGUE)


def leaves(node: dict[str, Any], words: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command by its words, groups left out."""
    name = words if node["type"] == 2 and words else f"{words} {node['name']}".strip()
    below = [one for one in node.get("options", ()) if one["type"] in (1, 2)]
    if not below:
        yield name, node
    for one in below:
        yield from leaves(one, name)


SLASH = {words: leaf for one in MADE if one["type"] == 1 for words, leaf in leaves(one)}


@pytest.mark.parametrize("everywhere", [False, True])
def test_discord_takes_every_command(everywhere: bool) -> None:
    path = "/applications/1/commands" if everywhere else "/applications/1/guilds/2/commands"
    route = route_of("PUT", path)
    assert route is not None
    assert [one.text for one in violations(route, {}, payloads(CATALOGUE, everywhere=everywhere), 0)] == []


def test_every_command_of_the_catalogue_is_there_with_all_its_options() -> None:
    assert set(SLASH) == set(CATALOGUE)
    for words, command in CATALOGUE.items():
        assert {one["name"] for one in SLASH[words].get("options", ())} == {param.name for param in command.params}


def test_menus_of_messages_and_people_stand_beside_them() -> None:
    assert [one["name"] for one in MADE if one["type"] != 1] == [OPEN_FROM_MESSAGE, TICKETS_OF_PERSON]


def test_a_form_can_ask_for_what_is_not_required() -> None:
    required = {
        (words, one["name"]) for words, leaf in SLASH.items() for one in leaf.get("options", ()) if one.get("required")
    }
    assert required == {
        ("ticket assign", "owner"),
        ("ticket customer", "customer"),
        ("ticket merge", "into"),
        ("oncall override", "person"),
        ("oncall swap", "person"),
        ("customer phone", "customer"),
        ("customer pin", "customer"),
        ("customer credit", "customer"),
        ("customer edit", "customer"),
        ("customer show", "customer"),
        ("customer subscribe", "customer"),
        ("customer plan", "customer"),
        ("customer installed", "customer"),
        ("partner edit", "partner"),
        ("partner leave", "partner"),
        ("partner show", "partner"),
        ("staff link", "person"),
        ("staff rename", "person"),
        ("staff roles", "person"),
    }


@pytest.mark.parametrize(("shown_to", "needs"), [("everyone", USE_COMMANDS), ("moderators", MANAGE_MESSAGES)])
def test_what_is_not_for_everybody_is_shown_to_those_whom_the_settings_name(shown_to: str, needs: int) -> None:
    for one in payloads(CATALOGUE, shown_to=shown_to):
        everybody = one["name"] in ("desk", "help")
        assert one.get("default_member_permissions") == (None if everybody else needs)
    assert fingerprint(payloads(CATALOGUE, shown_to="moderators")) != fingerprint(MADE)


def test_a_catalogue_that_grows_still_has_room() -> None:
    grown = dict(CATALOGUE)
    for number in range(15):
        words = f"ticket extra{number}"
        grown[words] = replace(CATALOGUE["ticket mine"], words=words)
    (ticket,) = (one for one in payloads(grown) if one["name"] == "ticket")
    assert len(ticket["options"]) <= OPTIONS
    assert len(dict(leaves(ticket))) == sum(words.startswith("ticket ") for words in grown)


def test_the_fingerprint_is_of_the_commands_alone() -> None:
    assert fingerprint(payloads(build())) == fingerprint(MADE)
    assert fingerprint(MADE[1:]) != fingerprint(MADE)


# --- registering ---------------------------------------------------------------------------------------------------


def puts(desk: Office) -> int:
    return len(desk.discord.calls("PUT", "/commands"))


def test_commands_are_registered_once_and_again_when_they_are_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with office(tmp_path) as desk:
        assert puts(desk) == 1
        assert {one["name"] for one in desk.discord.commands} == {one["name"] for one in MADE}
        with caplog.at_level(logging.INFO):
            desk.restart()
            desk.discord.until(lambda: desk.discord.calls("GET", "/commands"))
        assert puts(desk) == 1
        desk.forget_commands()
        desk.restart()
        assert puts(desk) == 2


def test_commands_that_move_from_a_server_to_everywhere_are_not_shown_twice(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        desk.settings = desk.settings.model_copy(update={"commands": "global"})
        desk.restart()
        desk.discord.until(lambda: [one.get("guild_id") for one in desk.discord.commands] == [None] * len(MADE))
        assert len(desk.discord.commands) == len(MADE)


def test_commands_that_discord_does_not_take_are_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with office(tmp_path) as desk:
        desk.forget_commands()
        desk.discord.fails("PUT *", status=403, times=9)
        with caplog.at_level(logging.WARNING):
            desk.restart(registered=False)
            desk.discord.until(lambda: puts(desk) == 2)
            desk.close()
        assert "could not be registered" in caplog.text
        desk.open(registered=False)


def test_commands_that_could_not_be_registered_are_before_long(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        assert desk.rest is not None
        assert desk.ways is not None
        desk.forget_commands()
        desk.discord.fails("PUT *", status=403, times=2)
        registering = Registering(desk.rest, desk.town.database, desk.ways.counter.workers, pause=0.05)
        server = desk.discord.guild_id
        desk.does(registering.keep(desk.town.desk.catalogue, desk.discord.application_id, server, "server"))
        assert len(desk.discord.commands) == len(MADE)
        assert puts(desk) == 4
