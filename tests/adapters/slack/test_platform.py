"""The connection to Slack: that it comes up, that it comes back, that silence is noticed, and what refuses to start."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from bot.domain.errors import Refusal
from bot.ports import UnitOfWork
from tests.adapters.slack.connected import Connected, connected


def opens_a_ticket(desk: Connected, subject: str = "printer on fire") -> bool:
    """Whether somebody who types a command is answered with their ticket."""
    call = desk.slack.command("U0ANN", "C0DESK", "/ticket", f'open "{subject}" --customer acme')
    return call.ack is not None and subject in str(call.ack)


def is_heard_again(desk: Connected) -> None:
    desk.slack.until(lambda: desk.slack.sockets == 1 and desk.health.well, seconds=20)
    assert opens_a_ticket(desk)


def test_who_opens_a_ticket_beside_the_cards_is_told_in_one_line(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.start()
        told = desk.slack.command("U0ANN", "C0DESK", "/ticket", "open door --customer acme").words
        assert told == "✓ #1 door is open: its card is in this channel."
        assert "/ticket customer 2 NAME" in desk.slack.command("U0ANN", "C0DESK", "/ticket", "open lamp").words
        assert "Nobody has claimed it" in desk.slack.command("U0ANN", "C0TALK", "/ticket", "open door").words


def test_a_desk_that_is_in_none_of_its_channels_says_so_until_it_is(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        for channel in ("C0DESK", "C0ALERTS"):
            desk.slack.leaves(desk.slack.bot_user, channel)
        desk.start()
        assert not desk.health.well
        assert "the app is in no channel #desk or #alerts: type /invite @Thirdline there" in desk.health.words
        desk.slack.joins(desk.slack.bot_user, "C0DESK")
        desk.slack.until(lambda: "in no channel #alerts:" in desk.health.words)
        desk.slack.joins(desk.slack.bot_user, "C0ALERTS")
        desk.slack.until(lambda: desk.health.well)


# --- Socket Mode ---------------------------------------------------------------------------------------------------


def test_a_command_is_heard_and_answered_once_connected(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        assert desk.health.words == "not connected"
        desk.start()
        assert desk.health.well
        assert "connected by Socket Mode" in desk.health.words
        assert desk.health.heard_at is not None
        assert opens_a_ticket(desk)
        assert desk.changes == 1
        desk.stop()
        assert desk.slack.sockets == 0
        assert desk.health.words == "not connected"


@pytest.mark.parametrize("mute", [False, True], ids=["deaf but answering pings", "dead on an open line"])
def test_a_connection_that_has_fallen_silent_is_replaced(
    tmp_path: Path, mute: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(tmp_path, silence=1.0) as desk:
        desk.slack.pings_every(0.2)
        desk.start()
        desk.slack.until(lambda: desk.slack.sockets == 1)  # The desk knows of it a moment before the workspace does.
        desk.slack.deafens(mute=mute)
        desk.slack.until(lambda: len(desk.slack.calls("apps.connections.open")) > 1, seconds=20)
        is_heard_again(desk)
        assert "again (" in desk.health.words
    assert "The connection to Slack is replaced" in caplog.text


def test_a_connection_that_is_alive_stays(tmp_path: Path) -> None:
    with connected(tmp_path, silence=1.0, pulse=0.5) as desk:
        desk.slack.pings_every(0.2)
        desk.start()
        desk.slack.until(lambda: len(desk.slack.calls("auth.test")) > 4)
        assert desk.health.well
        assert len(desk.slack.calls("apps.connections.open")) == 1


def test_a_connection_that_is_cut_comes_back(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.start()
        desk.slack.until(lambda: desk.slack.sockets == 1)
        desk.slack.drops_sockets()
        desk.slack.until(lambda: len(desk.slack.calls("apps.connections.open")) > 1, seconds=20)
        is_heard_again(desk)


def test_a_connection_is_watched_whatever_became_of_its_watch(tmp_path: Path) -> None:
    async def ended() -> None:
        for task in asyncio.all_tasks():
            if task.get_name() == "socket of slack":
                task.cancel()

    with connected(tmp_path) as desk:
        desk.start()
        desk.does(ended())
        desk.slack.until(lambda: "its watch had ended" in desk.health.words)
        assert desk.health.well
        desk.slack.drops_sockets()
        desk.slack.until(lambda: len(desk.slack.calls("apps.connections.open")) > 1, seconds=20)
        is_heard_again(desk)


def test_when_slack_asks_for_another_connection_that_is_made_before_the_old_one_goes(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.start()
        desk.slack.parts("warning", close=False)
        desk.slack.until(lambda: desk.slack.sockets == 2)
        assert opens_a_ticket(desk)
        is_heard_again(desk)
        assert desk.slack.calls("apps.connections.open")[2:] == []


def test_slack_gone_for_a_while_is_said_and_the_desk_comes_back(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.start()
        desk.slack.down()
        desk.slack.until(lambda: not desk.health.well and "not connected: Slack cannot be" in desk.health.words)
        desk.slack.up()
        is_heard_again(desk)


def test_slack_away_at_the_start_is_no_refusal_and_a_later_start_works(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.slack.down()
        with pytest.raises(ConnectionError):
            desk.start()
        desk.slack.up()
        desk.start()
        assert opens_a_ticket(desk)


def test_the_desk_asks_now_and_then_whether_its_token_lives(tmp_path: Path) -> None:
    with connected(tmp_path, pulse=0.2) as desk:
        desk.start()
        desk.slack.fails("auth.test", error="token_revoked", times=2)
        desk.slack.until(lambda: not desk.health.well)
        assert "the token was revoked" in desk.health.words
        desk.slack.until(lambda: desk.health.well)


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"bot_token": "xoxb-wrong"}, "slack.bot_token: Slack does not know the token"),
        ({"app_token": "xapp-wrong"}, "slack.app_token: Slack does not know the token"),
        ({"app_token": None}, "slack.app_token is missing"),
        ({"mode": "http", "signing_secret": None}, "slack.signing_secret is missing"),
    ],
)
def test_what_slack_will_not_have_is_refused_with_its_cure(
    tmp_path: Path, settings: dict[str, object], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(tmp_path, **settings) as desk:
        with pytest.raises(Refusal) as refused:
            desk.start()
        assert sentence in refused.value.text
        assert "api.slack.com/apps" in refused.value.hint
    assert "wrong" not in caplog.text


def test_a_token_that_may_not_write_is_refused_and_one_that_lacks_less_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(tmp_path) as desk:
        given = set(desk.slack.state.scopes)
        desk.slack.grants(*(given - {"chat:write"}))
        with pytest.raises(Refusal, match="chat:write"):
            desk.start()
        desk.slack.grants(*(given - {"reactions:read"}))
        desk.start()
        assert "lacks the scope reactions:read" in caplog.text


def test_a_public_desk_channel_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with connected(tmp_path) as desk:
        desk.slack.channel("C0DESK", "desk", private=False, members=("U0ANN",))
        desk.start()
        assert "#desk is public" in caplog.text


def test_no_token_ever_reaches_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), connected(tmp_path) as desk:
        desk.start()
        assert opens_a_ticket(desk, "a customer's secret")
        desk.slack.drops_sockets()
        desk.slack.until(lambda: len(desk.slack.calls("apps.connections.open")) > 1, seconds=20)
        is_heard_again(desk)
        tokens = [desk.slack.bot_token, desk.slack.app_token, desk.slack.signing_secret, "ticket=ticket-"]
        assert [token for token in tokens if token in caplog.text or token in repr(desk.platform.__dict__)] == []
    assert "a customer's secret" not in caplog.text


# --- HTTP ----------------------------------------------------------------------------------------------------------


def test_over_http_only_signed_requests_on_one_path_are_taken(tmp_path: Path) -> None:
    with connected(tmp_path, mode="http") as desk:
        where = desk.serve()
        desk.slack.http_to(f"{where}/slack/events")
        assert desk.slack.command("U0ANN", "C0DESK", "/ticket", "list").status == 503
        desk.start()
        assert "listening for Slack" in desk.health.words
        assert opens_a_ticket(desk)
        desk.slack.state.signing_secret = desk.slack.signing_secret[::-1]
        assert desk.slack.command("U0ANN", "C0DESK", "/ticket", "list").status == 401
        desk.slack.http_to(f"{where}/other")
        assert desk.slack.command("U0ANN", "C0DESK", "/ticket", "list").status == 404
        assert desk.slack.sockets == 0


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        (b"x" * 2_000_000, "application/json", 413),
        (b"\xff\xfe", "application/json", 400),
        (b"{not json", "application/json", 400),
        (b"{}", "application/json", 401),
        (b"payload=%7B", "application/x-www-form-urlencoded", 400),
        (b"command=%2Fticket&text=list", "application/x-www-form-urlencoded", 401),
    ],
)
def test_over_http_what_is_not_slacks_is_turned_away_without_a_fault(
    tmp_path: Path, body: bytes, type: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(tmp_path, mode="http") as desk:
        where = urlsplit(desk.serve())
        desk.start()
        with closing(HTTPConnection(where.hostname or "", where.port or 0, timeout=60)) as line:
            line.request("POST", "/slack/events", body, {"Content-Type": type})
            assert line.getresponse().status == status
    assert "Traceback" not in caplog.text


def test_who_was_heard_is_answered_before_the_desk_hangs_up(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.start()
        busy, free = Event(), Event()

        def keep_waiting(work: UnitOfWork) -> None:
            busy.set()
            free.wait(60)

        writer = Thread(target=lambda: desk.house.database.write(keep_waiting))
        writer.start()
        assert busy.wait(60)
        outcome = desk.slack.commands("U0ANN", "C0DESK", "/ticket", "open printer --customer acme")
        assert desk.heard.wait(60)
        stopping = Thread(target=desk.stop)
        stopping.start()
        free.set()
        assert "printer" in str(outcome().ack)
        stopping.join(60)
        writer.join(60)


def test_in_socket_mode_nothing_is_served(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        assert list(desk.platform.routes()) == []
