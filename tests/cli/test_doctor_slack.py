"""`thirdline doctor` on a desk in Slack: what is wrong there, with cause and cure, and nothing asked without need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.slack.setup.checkup import Account
from adapters.slack.setup.manifest import SCOPES
from bot.cli.chat_basics import heard
from bot.cli.checks import Check, Verdict
from bot.cli.house import looked_at
from bot.cli.slack_checks import scopes, skew
from bot.clocks import SystemClock
from bot.connections import FACT, as_fact
from bot.ports import Health
from bot.settings import Slack, SlackEmoji, read_settings
from tests.cli.terminal import thirdline
from tests.doubles.slack import Workspace

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
NOTHING: Mapping[str, str] = {}
SLACK = Slack(bot_token=SecretStr("xoxb-1"))


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace that is as it should be."""
    with Workspace() as workspace:
        workspace.person("U0ANN", "Ann")
        workspace.channel("C0DESK", "desk", private=True, members=("U0ANN",))
        workspace.channel("C0ALERTS", "alerts", members=("U0ANN",))
        workspace.group("S0SUP", "support", ("U0ANN",))
        yield workspace
        assert workspace.faults == []


def _checks(slack: Workspace, data: Path, more: Mapping[str, str] = NOTHING) -> list[dict[str, Any]]:
    """What the doctor finds of Slack."""
    ours = {"API_URL": slack.api_url, "BOT_TOKEN": slack.bot_token, "APP_TOKEN": slack.app_token} | dict(more)
    done = thirdline("doctor", "--json", "--data", data, **{f"THIRDLINE_SLACK__{name}": ours[name] for name in ours})
    assert slack.bot_token not in done.out + done.err
    assert slack.app_token not in done.out + done.err
    checks: list[dict[str, Any]] = [one for one in done.json["checks"] if one["name"].startswith("slack")]
    assert done.code == (1 if any(one["verdict"] == "fail" for one in done.json["checks"]) else 0)
    assert all(one["cure"] for one in checks if one["verdict"] != "ok")
    return checks


def _bad(checks: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["verdict"], one["name"], one["found"]) for one in checks if one["verdict"] != "ok"]


def test_a_workspace_that_is_as_it_should_be_is_well(slack: Workspace, tmp_path: Path) -> None:
    checks = _checks(slack, tmp_path, {"ROLES": '{"staff": "@support"}', "TEAM": "S0SUP"})
    assert _bad(checks) == []
    assert [one["name"] for one in checks] == ["slack", "slack scopes", "slack mode", "slack channels", "slack groups"]
    assert checks[-1]["found"] == "@support"


def test_without_slack_nothing_is_asked_and_nothing_is_said_of_it(slack: Workspace, tmp_path: Path) -> None:
    done = thirdline("doctor", "--json", "--data", tmp_path)
    assert not [one for one in done.json["checks"] if one["name"].startswith("slack")]
    assert slack.requests == []


def test_a_token_that_is_no_good_is_told_once(slack: Workspace, tmp_path: Path) -> None:
    assert _bad(_checks(slack, tmp_path, {"BOT_TOKEN": "xoxb-other"})) == [
        ("fail", "slack", "Slack does not know this token.")
    ]


def test_slack_that_does_not_answer_is_told_once(slack: Workspace, tmp_path: Path) -> None:
    slack.fails("auth.test", status=503)
    ((verdict, name, found),) = _bad(_checks(slack, tmp_path))
    assert (verdict, name) == ("fail", "slack")
    assert "answers auth.test with 503" in found


def test_channels_are_told_that_are_missing_archived_or_public(slack: Workspace, tmp_path: Path) -> None:
    slack.channel("C0DESK", "desk", members=("U0ANN",))
    slack.channel("C0ALERTS", "alerts", archived=True)
    public = "#desk (channels.desk) is public: everybody in the workspace can read what customers write"
    assert _bad(_checks(slack, tmp_path)) == [
        ("warn", "slack channels", public),
        ("fail", "slack channels", "#alerts (channels.alerts) is archived"),
    ]
    slack.channel("C0DESK", "desk", private=True, has_bot=False)
    slack.channel("C0ALERTS", "alerts")
    assert _bad(_checks(slack, tmp_path)) == [("fail", "slack channels", "Thirdline is not in #desk (channels.desk)")]


def test_user_groups_are_told_that_are_not_there_or_disabled(slack: Workspace, tmp_path: Path) -> None:
    slack.group("S0OLD", "old", disabled=True)
    assert _bad(_checks(slack, tmp_path, {"ROLES": '{"staff": "@suport", "lead": "old"}'})) == [
        ("fail", "slack groups", "there is no user group @suport (slack.roles.staff)"),
        ("fail", "slack groups", "the user group old (slack.roles.lead) is disabled"),
    ]


def test_a_group_or_a_desk_channel_with_nobody_in_it_is_told(slack: Workspace, tmp_path: Path) -> None:
    slack.channel("C0DESK", "desk", private=True)
    slack.group("S0SUP", "support", ())
    assert _bad(_checks(slack, tmp_path, {"ROLES": '{"staff": "@support"}'})) == [
        (
            "warn",
            "slack channels",
            "nobody but Thirdline is in #desk, whose members are the desk's people (slack.members)",
        ),
        ("warn", "slack groups", "the user group @support (slack.roles.staff) is empty"),
    ]
    assert _bad(_checks(slack, tmp_path, {"MEMBERS": "none"})) == []


def test_copies_that_have_taken_their_room_are_told(slack: Workspace, tmp_path: Path) -> None:
    (tmp_path / "files/1").mkdir(parents=True)
    (tmp_path / "files/1/2-1.txt").write_bytes(b"a" * 2_500_000)
    found = _bad(_checks(slack, tmp_path, {"FILES": '{"copies": true, "total_mb": 3, "max_mb": 1}'}))
    assert found == [("warn", "slack files", "copies take 3 of 3 MB")]


def test_a_workspace_without_user_groups_is_no_trouble_where_none_is_named(slack: Workspace, tmp_path: Path) -> None:
    slack.fails("usergroups.list", error="paid_teams_only", times=9)
    assert _bad(_checks(slack, tmp_path)) == []
    ((_, _, found),) = _bad(_checks(slack, tmp_path, {"TEAM": "@support"}))
    assert found == "there is no user group @support (slack.team)"


def test_each_mode_asks_for_its_own_secret(slack: Workspace, tmp_path: Path) -> None:
    assert _bad(_checks(slack, tmp_path, {"APP_TOKEN": slack.app_token + "x"}))[0][2].startswith(
        "No Socket Mode connection"
    )
    assert ("fail", "slack mode", "HTTP mode needs the signing secret.") in _bad(
        _checks(slack, tmp_path, {"MODE": "http"})
    )
    assert _bad(_checks(slack, tmp_path, {"MODE": "http", "SIGNING_SECRET": slack.signing_secret})) == []
    ((verdict, _, _),) = _bad(_checks(slack, tmp_path, {"MODE": "http", "SIGNING_SECRET": "hunter2"}))
    assert verdict == "warn"


def test_a_secret_that_others_can_read_is_a_warning(slack: Workspace, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(slack.bot_token)
    (tmp_path / "token").chmod(0o644)
    ((verdict, name, found),) = _bad(_checks(slack, tmp_path, {"BOT_TOKEN": "", "BOT_TOKEN_FILE": "token"}))
    assert (verdict, name) == ("warn", "slack secrets")
    assert found == f"{tmp_path / 'token'} can be read by others"


# --- what needs no workspace --------------------------------------------------------------------------------------


def _account(given: frozenset[str] | None = None, at: datetime | None = None) -> Account:
    return Account("Town", "https://town.slack.com/", "thirdline", "B0DESK", given, at)


def test_what_is_switched_off_is_not_missed_and_what_is_not_needed_is_said() -> None:
    all_but = frozenset(SCOPES) - {"reactions:read", "reactions:write"} | {"admin"}
    check = scopes(_account(all_but), SLACK)
    assert check.verdict is Verdict.FAIL
    assert "set slack.emoji.on = false" in check.cure
    quiet = SLACK.model_copy(update={"emoji": SlackEmoji(on=False)})
    assert scopes(_account(all_but), quiet) == Check("slack scopes", Verdict.OK, "all 14, and without need: admin")


@pytest.mark.parametrize(
    ("ahead", "mode", "verdict", "words"),
    [
        (timedelta(seconds=59), "http", None, ""),
        (timedelta(minutes=2), "http", Verdict.WARN, "this machine is 2 min ahead of Slack"),
        (timedelta(minutes=6), "http", Verdict.FAIL, "taken for old ones"),
        (timedelta(minutes=-6), "socket", Verdict.WARN, "this machine is 6 min behind Slack"),
    ],
)
def test_a_clock_that_is_not_slacks_is_told(ahead: timedelta, mode: str, verdict: Verdict | None, words: str) -> None:
    found = [*skew(_account(at=NOW - ahead), SLACK.model_copy(update={"mode": mode}), NOW)]
    assert [one.verdict for one in found] == ([verdict] if verdict else [])
    assert not found or words in found[0].found


def test_what_the_running_desk_heard_is_told(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/time\n")
    with looked_at(read_settings(data=tmp_path), SystemClock()) as base:

        def told(health: Health, at: datetime = NOW) -> Check:
            base.write(lambda work: work.memory.set_fact(f"{FACT}slack", as_fact(health, at)))
            (check,) = heard(base, "slack", NOW)
            return check

        (never,) = heard(base, "slack", NOW)
        assert never.found.startswith("not connected yet")
        old = NOW - timedelta(minutes=9)
        well = told(Health(True, "connected", NOW))
        assert (well.verdict, well.found) == (Verdict.OK, "connected; Slack was last heard 0 s ago")
        assert told(Health(False, "silent")).found == "silent; Slack was never heard"
        assert told(Health(False, "silent", old)).verdict is Verdict.FAIL
        gone = told(Health(True, "connected", old), at=old)
        assert (gone.verdict, gone.found[:29]) == (Verdict.WARN, "the desk last told 9 min ago:")
