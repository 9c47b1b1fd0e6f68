"""`thirdline doctor` on a desk in Discord: what is wrong there, with cause and cure, and nothing asked without need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from pydantic import SecretStr

from adapters.discord.drawing.payloads import MANAGE_MESSAGES, payloads
from adapters.discord.setup.checkup import Account, Application, Checkup, Starts
from bot.cli.checks import Verdict
from bot.cli.discord_checks import account, gateway, intents, registered, skew, starts, synced
from bot.clocks import SystemClock
from bot.settings import Discord
from commands import catalogue
from tests.cli.terminal import thirdline
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ADMINS, LEADS, SUPPORT

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
NOTHING: Mapping[str, str] = {}


@pytest.fixture
def discord(discord: Guild) -> Guild:
    """The town, where the desk's people are moderators, too."""
    for role in (SUPPORT, LEADS, ADMINS):
        _moderates(discord, role, True)
    return discord


def _moderates(discord: Guild, role: int, may: bool) -> None:
    with discord.world.news:
        discord.world.guilds[discord.guild_id].roles[role].permissions = int(MANAGE_MESSAGES) if may else 0


def _checks(discord: Guild, data: Path, more: Mapping[str, str] = NOTHING) -> list[dict[str, Any]]:
    """What the doctor finds of Discord."""
    ours = {"API_URL": discord.api_url, "TOKEN": discord.token, "SERVER": str(discord.guild_id), "TEAM": "none"}
    environment = {
        f"THIRDLINE_DISCORD__{name}": value for name, value in (ours | {"NOTES": "false"} | dict(more)).items()
    }
    done = thirdline("doctor", "--json", "--data", data, **environment)
    assert discord.token not in done.out + done.err
    checks: list[dict[str, Any]] = [one for one in done.json["checks"] if one["name"].startswith("discord")]
    assert done.code == (1 if any(one["verdict"] == "fail" for one in done.json["checks"]) else 0)
    assert all(one["cure"] for one in checks if one["verdict"] != "ok")
    return checks


def _bad(checks: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["verdict"], one["name"], one["found"]) for one in checks if one["verdict"] != "ok"]


def test_a_server_that_is_as_it_should_be_is_well(discord: Guild, tmp_path: Path) -> None:
    checks = _checks(discord, tmp_path, {"ROLES": '{"staff": "support", "lead": "@leads"}', "TEAM": "302"})
    assert _bad(checks) == []
    assert [one["name"] for one in checks] == [
        "discord", "discord intents", "discord server", "discord channel", "discord channel", "discord roles",
        "discord sync", "discord gateway",
    ]  # fmt: skip
    assert checks[5]["found"] == "@support, @leads"


def test_without_discord_nothing_is_asked_and_nothing_is_said_of_it(discord: Guild, tmp_path: Path) -> None:
    done = thirdline("doctor", "--json", "--data", tmp_path)
    assert not [one for one in done.json["checks"] if one["name"].startswith("discord")]
    assert discord.requests == []


def test_a_token_that_is_no_good_is_told_once(discord: Guild, tmp_path: Path) -> None:
    assert _bad(_checks(discord, tmp_path, {"TOKEN": "other"})) == [
        ("fail", "discord", "Discord does not know this token.")
    ]


def test_discord_that_does_not_answer_is_told_once(discord: Guild, tmp_path: Path) -> None:
    discord.fails("GET /users/@me", status=503)
    ((verdict, name, found),) = _bad(_checks(discord, tmp_path))
    assert (verdict, name) == ("fail", "discord")
    assert "answers /users/@me with 503" in found


def test_a_server_that_the_bot_is_not_in_comes_with_those_that_it_is_in(discord: Guild, tmp_path: Path) -> None:
    assert _bad(_checks(discord, tmp_path, {"SERVER": "123"})) == [
        ("fail", "discord server", f"The bot is not in the server 123. It is in The town ({discord.guild_id}).")
    ]


def test_channels_are_told_that_are_missing_public_or_of_a_wrong_kind(discord: Guild, tmp_path: Path) -> None:
    public = "#talk (discord.channels.desk) is public: everybody in the server can read what customers write"
    assert _bad(_checks(discord, tmp_path, {"CHANNELS": '{"desk": "#talk", "alerts": "204"}'})) == [
        ("warn", "discord channel", public),
        ("fail", "discord channel", "#204 (discord.channels.alerts) is a forum"),
    ]
    discord.text_channel(250, "alerts", private=True)
    discord.deletes_channel("desk")
    assert _bad(_checks(discord, tmp_path)) == [
        ("fail", "discord channel", "there is no channel #desk (channels.desk)"),
        ("warn", "discord channel", "2 channels are called #alerts (channels.alerts)"),
    ]


def test_each_lacking_permission_is_named_with_what_it_is_for(discord: Guild, tmp_path: Path) -> None:
    checks = _checks(discord, tmp_path, {"CHANNELS": '{"desk": "#desk", "alerts": "#out"}', "TEAM": "here"})
    ((verdict, _, found),) = _bad(checks)
    assert verdict == "fail"
    assert "in #out (discord.channels.alerts) the bot lacks View Channels (the desk's channels);" in found
    assert "Mention @everyone, @here, and All Roles" in found
    cure = next(one["cure"] for one in checks if one["verdict"] == "fail")
    assert "Edit Channel → Permissions → add the bot, and allow View Channels and Mention @everyone" in cure
    assert "Or invite it again: https://discord.com/oauth2/authorize?" in cure


def test_locking_needs_a_permission_more(discord: Guild, tmp_path: Path) -> None:
    assert _bad(_checks(discord, tmp_path, {"LOCKS": "true"})) == []
    with discord.world.news:
        for role in discord.world.guilds[discord.guild_id].roles.values():
            role.permissions &= ~(1 << 34)
    ((verdict, _, found),) = _bad(_checks(discord, tmp_path, {"LOCKS": "true"}))
    assert (verdict, "Manage Threads" in found) == ("fail", True)


def test_a_forum_needs_tags_or_somebody_who_may_make_them(discord: Guild, tmp_path: Path) -> None:
    forum = {"CHANNELS": '{"desk": "#tickets", "alerts": "#alerts"}'}
    ((verdict, _, found),) = _bad(_checks(discord, tmp_path, forum))
    assert (verdict, found) == ("warn", "#tickets (discord.channels.desk) has no tag new")
    discord.role(902, "makers", permissions=("manage_channels",))
    own = next(id for id, role in discord.world.guilds[discord.guild_id].roles.items() if role.managed)
    discord.member(discord.bot_id, "Thirdline", roles=(own, 902))
    assert _bad(_checks(discord, tmp_path, forum)) == []


def test_roles_are_told_that_are_not_there_or_cannot_be_called(discord: Guild, tmp_path: Path) -> None:
    discord.role(305, "night")
    assert _bad(_checks(discord, tmp_path, {"ROLES": '{"staff": "suport"}', "TEAM": "@night"})) == [
        ("fail", "discord roles", "there is no role suport (discord.roles.staff)"),
        ("warn", "discord roles", "an alert cannot call @night (discord.team)"),
    ]


def test_commands_that_the_desks_people_do_not_see_are_told_until_their_role_is_allowed_them(
    discord: Guild, tmp_path: Path
) -> None:
    _moderates(discord, SUPPORT, False)
    hidden = ("warn", "discord shown", "@support cannot see the commands, unless they moderate")
    few = {"SHOWN_TO": "moderators"}
    assert _bad(_checks(discord, tmp_path)) == []
    assert _bad(_checks(discord, tmp_path, few)) == [hidden]
    assert _bad(_checks(discord, tmp_path, few | {"ROLES": '{"staff": "leads"}'})) == []
    _register(discord, payloads(catalogue.build(), shown_to="moderators"))
    assert _bad(_checks(discord, tmp_path, few)) == [hidden]
    with discord.world.news:
        command = discord.world.find_command("ticket", discord.guild_id)
        assert command is not None
        allowed = [{"id": str(SUPPORT), "type": 1, "permission": True}]
        discord.world.set_command_permissions(discord.guild_id, int(command["id"]), allowed)
    assert _bad(_checks(discord, tmp_path, few)) == []


def test_a_token_file_that_others_can_read_is_a_warning(discord: Guild, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(discord.token)
    (tmp_path / "token").chmod(0o644)
    ((verdict, name, found),) = _bad(_checks(discord, tmp_path, {"TOKEN": "", "TOKEN_FILE": "token"}))
    assert (verdict, name) == ("warn", "discord secrets")
    assert found == f"{tmp_path / 'token'} can be read by others"


# --- in this process ----------------------------------------------------------------------------------------------


def _settings(discord: Guild, **more: Any) -> Discord:
    return Discord(token=SecretStr(discord.token), server=discord.guild_id, api_url=discord.api_url, **more)


def _register(discord: Guild, made: list[dict[str, Any]], *, everywhere: bool = False) -> None:
    where = "" if everywhere else f"/guilds/{discord.guild_id}"
    url = f"{discord.api_url}/applications/{discord.application_id}{where}/commands"
    headers = {"Authorization": f"Bot {discord.token}", "Content-Type": "application/json"}
    urlopen(Request(url, json.dumps(made).encode(), headers, method="PUT")).close()  # noqa: S310  the double's own


def test_commands_are_told_that_are_of_another_version_or_shown_twice(discord: Guild) -> None:
    settings, checkup = _settings(discord), Checkup(discord.token, discord.api_url)

    def found() -> list[tuple[Verdict, str]]:
        return [(one.verdict, one.found) for one in synced(registered(checkup, settings), settings)]

    made = payloads(catalogue.build())
    _register(discord, made)
    assert found() == [(Verdict.OK, f"all {len(made)} commands are registered, of this version")]
    _register(discord, [one | {"description": "Old"} if one["name"] == "policy" else one for one in made])
    assert found() == [(Verdict.WARN, "what Discord shows of policy is not of this version")]
    _register(discord, made)
    _register(discord, made, everywhere=True)
    assert found()[1] == (Verdict.WARN, "every command is shown twice: for this server, and for all")


def test_what_the_portal_has_wrong_is_told(discord: Guild) -> None:
    checkup = Checkup(discord.token, discord.api_url)
    checkup.application = Application(1, "Desk", False, True, "https://elsewhere.example/hook")
    assert [one.verdict for one in account(checkup, SystemClock().now())] == [Verdict.OK, Verdict.FAIL, Verdict.FAIL]
    assert [one.verdict for one in intents(checkup, _settings(discord))] == [Verdict.WARN]
    (without,) = intents(checkup, _settings(discord, notes=False))
    assert without.found == "none is needed without notes"


@pytest.mark.parametrize(
    ("left", "verdict"), [(999, Verdict.OK), (50, Verdict.WARN), (1, Verdict.WARN), (0, Verdict.FAIL)]
)
def test_few_new_connections_left_are_told(left: int, verdict: Verdict) -> None:
    check = starts(Starts(left, 1000, 7200))
    assert (check.verdict, check.found) == (verdict, f"{left} of 1000 new connections are left for 2 h")


def test_the_gateway_is_asked_for_what_is_left(discord: Guild) -> None:
    (check,) = gateway(Checkup(discord.token, discord.api_url))
    assert check.found == "999 of 1000 new connections are left for 24 h"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=59), ""),
        (timedelta(minutes=2), "this machine is 2 min ahead of Discord"),
        (timedelta(minutes=-6), "this machine is 6 min behind Discord"),
    ],
)
def test_a_clock_that_is_not_discords_is_told(ahead: timedelta, words: str) -> None:
    found = [*skew(Account(1, "Thirdline", NOW - ahead), NOW)]
    assert [one.verdict for one in found] == ([Verdict.WARN] if words else [])
    assert not found or words in found[0].found
