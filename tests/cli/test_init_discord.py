"""`thirdline init discord`: step by step, checked with Discord, resumable, and no token is ever shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from discord import Permissions

from bot.settings import read_settings
from tests.cli.person import Terminal
from tests.cli.terminal import Ended, thirdline
from tests.doubles.discord import Guild

WANTED = {
    "view_channel", "send_messages", "send_messages_in_threads", "create_public_threads", "embed_links",
    "attach_files", "read_message_history", "mention_everyone",
}  # fmt: skip


@pytest.fixture
def town(discord: Guild) -> Guild:
    """The server, with a bot that was invited as it should be."""
    discord.role(901, "callers", permissions=("mention_everyone",))
    discord.member(discord.bot_id, "Thirdline", roles=(_own(discord), 901))
    return discord


def _own(discord: Guild) -> int:
    """The role that Discord made for the bot."""
    return next(id for id, role in discord.world.guilds[discord.guild_id].roles.items() if role.managed)


def _init(town: Guild, data: Path, *words: str, given: str = "", **environment: str) -> Ended:
    file = data.parent / "given-token"
    file.write_text((given or town.token) + "\n")
    options = () if environment else ("--token-file", file)
    done = thirdline("init", "discord", "--data", data, "--api-url", town.api_url, *options, *words, **environment)
    assert town.token not in done.out + done.err
    assert "Traceback" not in done.err
    return done


def test_with_the_token_in_a_file_everything_is_checked_and_written(town: Guild, tmp_path: Path) -> None:
    data = tmp_path / "desk"
    done = _init(town, data)
    assert done.code == 0, done.out + done.err
    assert f"ok    discord server  The town ({town.guild_id})" in done.out
    assert "ok    discord channel #desk, private: all 7 permissions" in done.out
    assert "ok    discord channel #alerts, private: all 6 permissions" in done.out
    assert "of the 13 commands is registered yet" in done.out
    assert f"thirdline serve --data {data}" in done.out
    kept = read_settings(data=data).discord
    assert kept is not None
    assert (kept.token.get_secret_value(), kept.server, kept.api_url) == (town.token, town.guild_id, town.api_url)
    assert kept.channels is None
    assert not (data / "secrets").exists()


def test_the_invitation_asks_for_what_is_needed_and_says_why(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk")
    (address,) = re.findall(r"https://discord\.com/oauth2/authorize\S+", done.out)
    asked = parse_qs(urlsplit(address).query)
    given = Permissions(int(asked["permissions"][0]))
    assert {name for name, has in given if has} == {_as_listed(name) for name in WANTED}
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["client_id"] == [str(town.application_id)]
    assert "• Create Public Threads: a thread for each ticket" in done.out
    (tmp_path / "desk" / "thirdline.toml").write_text('[discord]\nlocks = true\nteam = "none"\n')
    done = _init(town, tmp_path / "desk", "--server", str(town.guild_id))
    (address,) = re.findall(r"https://discord\.com/oauth2/authorize\S+", done.out)
    asked = parse_qs(urlsplit(address).query)
    given = Permissions(int(asked["permissions"][0]))
    assert (given.manage_threads, given.mention_everyone) == (True, False)
    assert asked["guild_id"] == [str(town.guild_id)]


def _as_listed(name: str) -> str:
    """discord.py lists the first of these by its older name."""
    return "read_messages" if name == "view_channel" else name


def test_the_second_time_nothing_is_needed_and_nothing_changes(town: Guild, tmp_path: Path) -> None:
    data = tmp_path / "desk"
    _init(town, data)
    before = (data / "thirdline.toml").read_text()
    done = thirdline("init", "discord", "--data", data)
    assert done.code == 0, done.out + done.err
    assert f"kept  {data / 'thirdline.toml'}" in done.out
    assert "oauth2/authorize" not in done.out
    assert (data / "thirdline.toml").read_text() == before


def test_a_token_of_the_environment_stays_there(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk", THIRDLINE_DISCORD__TOKEN=town.token)
    assert done.code == 0, done.out + done.err
    assert "token" not in tomllib.loads((tmp_path / "desk" / "thirdline.toml").read_text())["discord"]


def test_beside_slack_channels_of_its_own_get_a_section_of_their_own(town: Guild, tmp_path: Path) -> None:
    mine = '[channels]\ndesk = "#help" # in both\n\n[slack]\nbot_token = "xoxb-1"\n'
    (tmp_path / "thirdline.toml").write_text(mine)
    done = _init(town, tmp_path, "--desk", "#tickets")
    assert done.code == 0, done.out + done.err
    text = (tmp_path / "thirdline.toml").read_text()
    assert text.startswith(mine)
    settings = read_settings(data=tmp_path)
    assert settings.channels.desk == "#help"
    assert settings.channels_of("discord").desk == "#tickets"
    again = _init(town, tmp_path, "--desk", "desk")
    assert "ok    discord channel #desk, private" in again.out
    assert read_settings(data=tmp_path).channels_of("discord").desk == "desk"
    assert read_settings(data=tmp_path).channels.desk == "#help"


def test_without_a_token_and_without_anybody_to_ask_it_says_where_to_give_one(town: Guild, tmp_path: Path) -> None:
    done = thirdline("init", "discord", "--data", tmp_path, "--api-url", town.api_url)
    assert done.code == 2
    assert "There is no bot token. --token-file FILE or THIRDLINE_DISCORD__TOKEN gives it." in done.err
    assert not (tmp_path / "thirdline.toml").exists()


def test_a_token_that_discord_does_not_know_is_told_once_with_the_cure(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk", given="MTAwMDAwMDAwMDAwMDAwMDAw.wrong.and-nothing-but-wrong-at-all")
    assert done.code == 1
    assert done.out.count("Discord does not know this token.") == 1
    assert "→ Bot → Reset Token" in done.out
    assert "nothing-but-wrong" not in done.out
    assert not (tmp_path / "desk" / "thirdline.toml").exists()


def test_a_token_with_strange_characters_is_not_shown(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk", given="one\nX-Evil: hunter2")
    assert done.code == 1
    assert "The token holds characters that no token has." in done.out
    assert "hunter2" not in done.out + done.err


def test_discord_out_of_reach_is_one_line(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk", "--api-url", "http://127.0.0.1:9/api/v10")
    assert done.code == 1
    assert done.out.count("127.0.0.1:9 cannot be reached: ") == 1


def test_a_bot_that_is_in_no_server_is_to_be_invited(town: Guild, tmp_path: Path) -> None:
    town.leaves(town.bot_id)
    done = _init(town, tmp_path / "desk")
    assert done.code == 2
    assert "The bot is in no server yet. Open the address above" in done.err
    done = _init(town, tmp_path / "desk", "--server", "123456789012345678")
    assert done.code == 1
    assert "The bot is not in the server 123456789012345678." in done.out
    assert "→ Invite it: https://discord.com/oauth2/authorize?" in done.out


def test_a_server_that_is_no_number_is_refused(town: Guild, tmp_path: Path) -> None:
    done = _init(town, tmp_path / "desk", "--server", "the town")
    assert done.code == 2
    assert "“the town” is no server's id." in done.err
    assert "Developer Mode" in done.err


def test_a_channel_where_it_may_not_speak_leaves_something_to_do_and_keeps_the_rest(
    town: Guild, tmp_path: Path
) -> None:
    town.forbids("alerts", "embed_links")
    done = _init(town, tmp_path / "desk", "--desk", "#nowhere")
    assert done.code == 1
    assert "fail  discord channel there is no channel #nowhere (channels.desk)" in done.out
    assert "in #alerts (channels.alerts) the bot lacks View Channels" in done.out
    assert read_settings(data=tmp_path / "desk").channels.desk == "#nowhere"


# --- at a terminal ------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(town: Guild, tmp_path: Path) -> Iterator[Terminal]:
    person = Terminal("init", "discord", "--data", str(tmp_path / "desk"), "--api-url", town.api_url)
    yield person
    person.close()


def test_a_person_is_asked_unseen_and_invites_the_bot_meanwhile(
    town: Guild, terminal: Terminal, tmp_path: Path
) -> None:
    own = _own(town)
    town.leaves(town.bot_id)
    terminal.until("Bot token (three parts with dots")
    terminal.types("0123456789abcdef" * 4)
    terminal.until("That is the public key: a bot token looks like three parts with dots.")
    terminal.until("Bot token (three parts with dots")
    terminal.types(town.token)
    terminal.until("oauth2/authorize?client_id=")
    terminal.until("Press Enter. Or the id of the server:")
    terminal.types("here")
    terminal.until("“here” is no server's id.")
    terminal.until("The bot is in no server yet.")
    terminal.until("Press Enter. Or the id of the server:")
    with town.world.news:
        town.world.add_member(town.guild_id, town.bot_id, roles=(own, 901), nick=None)
    town.forbids("alerts", "send_messages")
    terminal.types("")
    terminal.until("The town")
    terminal.until("in #alerts (channels.alerts) the bot lacks")
    terminal.until("The channel of the cards [#desk]")
    terminal.types("")
    terminal.until("The channel of the alerts [#alerts]")
    terminal.types("talk")
    terminal.until("#talk: all 6 permissions")
    assert terminal.code() == 0, terminal.seen
    assert town.token not in terminal.seen
    kept = tmp_path / "desk" / "secrets" / "discord-token"
    assert kept.stat().st_mode & 0o777 == 0o600
    settings = read_settings(data=tmp_path / "desk")
    assert settings.discord is not None
    assert (settings.discord.server, settings.channels.alerts) == (town.guild_id, "talk")


def test_stopped_in_the_middle_it_goes_on_where_it_was(town: Guild, terminal: Terminal, tmp_path: Path) -> None:
    town.forbids("desk", "send_messages")
    terminal.until("Bot token (")
    terminal.types(town.token)
    terminal.until("The channel of the cards [#desk]")
    terminal.interrupts()
    assert terminal.code() == 130
    assert "Stopped. What is done is kept; go on with: thirdline init discord --data" in terminal.seen
    town.text_channel(299, "quiet", private=True)
    done = thirdline("init", "discord", "--data", tmp_path / "desk", "--api-url", town.api_url, "--desk", "quiet")
    assert done.code == 0, done.out + done.err
