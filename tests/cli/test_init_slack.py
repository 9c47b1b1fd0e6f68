"""`thirdline init slack`: step by step, checked with Slack, resumable, and no token is ever shown."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import read_settings
from tests.cli.person import Terminal
from tests.cli.terminal import Ended, thirdline
from tests.doubles.slack import Workspace


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace with the two channels of a desk, the bot in both."""
    with Workspace() as workspace:
        workspace.person("U0ANN", "Ann")
        workspace.channel("C0DESK", "desk", private=True, members=("U0ANN",), has_bot=True)
        workspace.channel("C0ALERTS", "alerts", members=("U0ANN",), has_bot=True)
        yield workspace
        assert workspace.faults == []


@pytest.fixture
def files(slack: Workspace, tmp_path: Path) -> tuple[str, ...]:
    """The options of somebody who has the secrets in files."""
    options = []
    for name in ("bot_token", "app_token", "signing_secret"):
        path = tmp_path / f"given-{name}"
        path.write_text(getattr(slack, name) + "\n")
        options += [f"--{name.replace('_', '-')}-file", str(path)]
    return tuple(options)


def _init(slack: Workspace, data: Path, *words: str, **environment: str) -> Ended:
    done = thirdline("init", "slack", "--data", data, "--api-url", slack.api_url, *words, **environment)
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in done.out + done.err
    assert "Traceback" not in done.err
    return done


def test_with_secrets_in_files_everything_is_checked_and_written(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    done = _init(slack, data, *files)
    assert done.code == 0, done.out + done.err
    assert "ok    slack scopes    all 14" in done.out
    assert "ok    slack mode      a Socket Mode connection can be opened" in done.out
    assert "ok    slack channels  in #desk (private), #alerts" in done.out
    assert f"thirdline serve --data {data}" in done.out
    kept = read_settings(data=data).slack
    assert kept is not None
    assert kept.app_token is not None
    assert kept.bot_token.get_secret_value() == slack.bot_token
    assert kept.app_token.get_secret_value() == slack.app_token
    assert kept.api_url == slack.api_url
    assert not (data / "secrets").exists()


def test_the_second_time_nothing_is_needed_and_nothing_changes(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    _init(slack, data, *files)
    before = (data / "thirdline.toml").read_text()
    done = thirdline("init", "slack", "--data", data)
    assert done.code == 0, done.out + done.err
    assert f"kept  {data / 'thirdline.toml'}" in done.out
    assert (data / "thirdline.toml").read_text() == before


def test_what_the_operator_wrote_stays_and_named_channels_are_kept(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    slack.channel("C0HELP", "help-desk", private=True, members=("U0ANN",), has_bot=True)
    mine = '# Ours.\nlog_level = "INFO" # now\n\n[channels]\nalerts = "#alerts" # all\n\n[slack] # us\nteam = "none"\n'
    (tmp_path / "thirdline.toml").write_text(mine)
    done = _init(slack, tmp_path, *files, "--desk", "#help-desk")
    assert done.code == 0, done.out + done.err
    text = (tmp_path / "thirdline.toml").read_text()
    for line in mine.splitlines():
        assert line in text.splitlines()
    settings = read_settings(data=tmp_path)
    assert settings.slack is not None
    assert (settings.channels.desk, settings.slack.team) == ("#help-desk", "none")


def test_secrets_of_the_environment_stay_there(slack: Workspace, tmp_path: Path) -> None:
    secrets = {"THIRDLINE_SLACK__BOT_TOKEN": slack.bot_token, "THIRDLINE_SLACK__APP_TOKEN": slack.app_token}
    assert _init(slack, tmp_path, **secrets).code == 0
    assert slack.bot_token not in (tmp_path / "thirdline.toml").read_text()
    assert "token" not in tomllib.loads((tmp_path / "thirdline.toml").read_text())["slack"]


def test_without_a_token_and_without_anybody_to_ask_it_says_where_to_give_one(slack: Workspace, tmp_path: Path) -> None:
    done = _init(slack, tmp_path)
    assert done.code == 2
    assert "There is no bot token. --bot-token-file FILE or THIRDLINE_SLACK__BOT_TOKEN gives it." in done.err
    assert not (tmp_path / "thirdline.toml").exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("invalid_auth", "Slack does not know this token."),
        ("account_inactive", "The app is not in this workspace any more."),
        ("token_revoked", "The token was taken back."),
        ("ratelimited", "Slack asks for less at a time."),
        ("something_new", "Slack refuses auth.test: something_new."),
    ],
)
def test_a_token_that_slack_refuses_is_told_with_cause_and_cure(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path, error: str, words: str
) -> None:
    slack.fails("auth.test", error=error)
    done = _init(slack, tmp_path / "desk", *files)
    assert done.code == 1
    assert f"fail  slack           {words}" in done.out
    assert done.out.partition(words)[2].lstrip().startswith("→")
    assert not (tmp_path / "desk" / "thirdline.toml").exists()


def test_missing_scopes_are_named_with_what_they_are_for(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    slack.grants(*(slack.state.scopes - {"reactions:read", "files:read"}))
    done = _init(slack, tmp_path / "desk", *files)
    assert done.code == 1
    assert "the token lacks reactions:read (tickets by emoji)" in done.out
    assert "OAuth & Permissions → add reactions:read, files:read → reinstall" in done.out


def test_a_channel_that_it_is_not_in_leaves_something_to_do_and_keeps_the_rest(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    done = _init(slack, tmp_path / "desk", *files, "--alerts", "#fire")
    assert done.code == 1
    assert "fail  slack channels  Thirdline is not in #fire (channels.alerts)" in done.out
    assert "Left to do: the channels above." in done.out
    assert "/invite @Thirdline" in done.out
    assert read_settings(data=tmp_path / "desk").channels.alerts == "#fire"


def test_an_app_token_of_another_app_is_refused(slack: Workspace, files: tuple[str, ...], tmp_path: Path) -> None:
    other = tmp_path / "given-app_token"
    slack.state.app_token = slack.app_token.replace("A0DESK", "A0OTHER")
    other.write_text(slack.app_token)
    done = _init(slack, tmp_path / "desk", *files)
    assert done.code == 1
    assert "The app token is of the app A0OTHER, the bot token of A0DESK." in done.out


def test_a_bot_token_where_the_app_token_belongs_is_refused(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "given-app_token").write_text(slack.bot_token)
    done = _init(slack, tmp_path / "desk", *files)
    assert done.code == 1
    assert "fail  slack mode      No Socket Mode connection: This is another kind of token." in done.out
    assert "connections:write" in done.out


def test_slack_out_of_reach_is_one_line(slack: Workspace, files: tuple[str, ...], tmp_path: Path) -> None:
    done = thirdline("init", "slack", "--data", tmp_path / "desk", "--api-url", "http://127.0.0.1:9/api/", *files)
    assert done.code == 1
    assert "127.0.0.1:9 cannot be reached: " in done.out
    assert "Traceback" not in done.err


def test_a_token_with_strange_characters_is_not_shown(slack: Workspace, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1\nX-Evil: hunter2-ü")
    done = thirdline(
        "init", "slack", "--data", tmp_path, "--api-url", slack.api_url, "--bot-token-file", tmp_path / "token"
    )
    assert done.code == 1
    assert "The token holds characters that no token has." in done.out
    assert "hunter2" not in done.out + done.err


def test_over_http_the_manifest_has_the_address_and_the_signing_secret_is_asked_for(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    done = _init(slack, data, *files, "--mode", "http", "--url", "https://desk.example.com")
    assert done.code == 0, done.out + done.err
    assert "https://desk.example.com/slack/events" in (data / "slack-manifest.yml").read_text()
    assert "Event Subscriptions" in done.out
    kept = read_settings(data=data).slack
    assert kept is not None
    assert kept.signing_secret is not None
    assert (kept.mode, kept.signing_secret.get_secret_value()) == ("http", slack.signing_secret)


def test_settings_that_cannot_be_changed_by_lines_are_left_with_what_to_write(
    slack: Workspace, files: tuple[str, ...], tmp_path: Path
) -> None:
    mine = 'slack = { team = "none" }\n'
    (tmp_path / "thirdline.toml").write_text(mine)
    done = _init(slack, tmp_path, *files)
    assert done.code == 2
    assert "better changed by hand" in done.err
    assert "bot_token_file = " in done.err
    assert (tmp_path / "thirdline.toml").read_text() == mine


# --- at a terminal ------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(slack: Workspace, tmp_path: Path) -> Iterator[Terminal]:
    person = Terminal("init", "slack", "--data", str(tmp_path / "desk"), "--api-url", slack.api_url)
    yield person
    person.close()


def test_a_person_is_asked_unseen_until_it_works_and_the_secrets_are_theirs_alone(
    slack: Workspace, terminal: Terminal, tmp_path: Path
) -> None:
    terminal.until("Bot token (xoxb-…")
    terminal.types(slack.app_token)
    terminal.until("That is the app token: a bot token looks like xoxb-…")
    terminal.until("Bot token (xoxb-…")
    terminal.types("xoxb-wrong")
    terminal.until("Slack does not know this token.")
    terminal.until("Bot token (xoxb-…")
    terminal.types(slack.bot_token)
    terminal.until("App token (xapp-…")
    slack.leaves(slack.bot_user, "C0ALERTS")
    terminal.types(slack.app_token)
    terminal.until("Thirdline is not in #alerts")
    terminal.until("The channel of the cards [#desk]")
    terminal.types("")
    terminal.until("The channel of the alerts [#alerts]")
    slack.joins(slack.bot_user, "C0ALERTS")
    terminal.types("")
    terminal.until("in #desk (private), #alerts")
    assert terminal.code() == 0
    for secret in (slack.bot_token, slack.app_token, "xoxb-wrong"):
        assert secret not in terminal.seen
    for name in ("slack-bot-token", "slack-app-token"):
        assert (tmp_path / "desk" / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "desk" / "secrets").stat().st_mode & 0o777 == 0o700
    assert read_settings(data=tmp_path / "desk").slack is not None


def test_a_mistyped_address_is_asked_for_again(slack: Workspace, tmp_path: Path) -> None:
    data = tmp_path / "desk"
    person = Terminal("init", "slack", "--data", str(data), "--api-url", slack.api_url, "--mode", "http")
    try:
        person.until("The desk's public address")
        person.types("htps:/desk.example.com")
        person.until("is no address that Slack can reach. It looks like this: https://desk.example.com")
        person.until("The desk's public address")
        person.types("https://desk.example.com")
        person.until("Slack will send to https://desk.example.com/")
    finally:
        person.close()
    assert "https://desk.example.com/" in (data / "slack-manifest.yml").read_text()


def test_a_name_that_no_channel_can_have_is_refused_with_what_would_be_right(slack: Workspace, tmp_path: Path) -> None:
    done = _init(slack, tmp_path / "desk", "--desk", "Support desk")
    assert done.code != 0
    assert "“Support desk” is no name of a channel in Slack." in done.err
    assert "Did you mean “#support-desk”?" in done.err
    assert not (tmp_path / "desk" / "thirdline.toml").exists()


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    slack: Workspace, terminal: Terminal, files: tuple[str, ...], tmp_path: Path
) -> None:
    terminal.until("Bot token (xoxb-…")
    terminal.types(slack.bot_token)
    terminal.until("App token (xapp-…")
    terminal.interrupts()
    assert terminal.code() == 130
    assert "Stopped. What is done is kept; go on with: thirdline init slack --data" in terminal.seen
    assert not (tmp_path / "desk" / "thirdline.toml").exists()
    done = _init(slack, tmp_path / "desk", *files[2:])
    assert done.code == 0, done.out + done.err
    assert done.out.count("ok    slack ") == 4
