"""The connection to Discord: that it comes up and comes back, that silence is noticed, and what refuses to start."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

import pytest
from discord.gateway import KeepAliveHandler

from adapters.discord.platform import DiscordPlatform
from bot.cards import say
from bot.domain.errors import Refusal
from bot.ports import Kind
from bot.settings import Channels, Settings
from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord.fixtures import ALERTS, DESK

PULSE = {"heartbeat": 0.2}


def opens_a_ticket(desk: Connected, subject: str = "printer on fire") -> bool:
    """Whether somebody who types a command is answered with their ticket."""
    call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": subject, "customer": "acme"})
    return subject in desk.discord.until(lambda: call.text)


def is_heard_again(desk: Connected) -> None:
    desk.discord.until(lambda: desk.discord.connections == 1 and desk.health.well)
    assert opens_a_ticket(desk)


def test_a_command_is_heard_and_answered_once_connected(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        assert desk.health.well
        assert desk.health.words == "The town: connected to the gateway"
        assert desk.health.heard_at is not None
        desk.discord.until(lambda: desk.discord.commands)
        assert opens_a_ticket(desk)
        assert desk.changes == 1
        desk.stop()
        desk.discord.until(lambda: desk.discord.connections == 0)
        assert desk.health.words == "not connected"
        assert desk.platform.routes() == ()


def test_no_heartbeat_is_sent_once_the_desk_has_hung_up(tmp_path: Path) -> None:
    """A thread of discord.py's that woke when the event loop was gone wrote a fault on the operator's screen."""
    with connected(tmp_path, server={"heartbeat": 0.001}) as desk:
        loop = desk.does(_its_loop())
        beats = [one for one in threading.enumerate() if isinstance(one, KeepAliveHandler) and one.ws.loop is loop]
        assert len(beats) == 1
        desk.stop()
        assert not beats[0].is_alive()


async def _its_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_a_connection_that_is_cut_is_resumed(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.drops_gateway()
        is_heard_again(desk)
        assert (desk.discord.identified, desk.discord.resumed) == (1, 1)


def test_a_connection_that_has_fallen_silent_is_left_and_resumed(tmp_path: Path) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.silences_gateway()
        desk.discord.until(lambda: desk.discord.resumed == 1)
        is_heard_again(desk)


def test_a_gateway_that_stays_away_is_said_and_the_desk_comes_back(tmp_path: Path) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.down()
        desk.discord.until(lambda: not desk.health.well)
        assert "connecting again" in desk.health.words
        desk.discord.until(lambda: "Discord had said nothing" in desk.health.words or "not conn" in desk.health.words)
        desk.discord.up()
        is_heard_again(desk)


def test_a_connection_that_discord_will_not_take_up_again_is_made_anew(tmp_path: Path) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.invalidates_session()
        desk.discord.until(lambda: desk.discord.identified == 2)
        is_heard_again(desk)


def test_a_connection_that_discord_py_gives_up_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.closes_gateway(4012)
        desk.discord.until(lambda: desk.discord.identified == 2)
        is_heard_again(desk)
    assert "Discord closed it with 4012" in caplog.text


def test_an_answer_that_nobody_expects_does_not_end_the_connecting(tmp_path: Path) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.fails("GET /users/@me", status=200)
        desk.discord.closes_gateway(4012)
        desk.discord.until(lambda: desk.discord.identified == 2)
        is_heard_again(desk)


def test_discord_away_at_the_start_is_no_refusal_and_a_later_start_works(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.stop()
        desk.discord.down()
        with pytest.raises(ConnectionError):
            desk.start()
        desk.discord.up()
        desk.start()
        assert desk.health.well


def test_a_bot_that_is_sent_away_says_so(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.discord.hears("GUILD_DELETE", {"id": str(desk.discord.guild_id)})
        desk.discord.until(lambda: not desk.health.well)
        assert "no longer" in desk.health.words
        desk.post(Kind.NOTICE, "#alerts", say("hello"))
        desk.delivers()
        assert desk.discord.messages(ALERTS) == []


def test_a_bot_that_sees_none_of_the_desks_channels_says_so(tmp_path: Path) -> None:
    with connected(tmp_path, channels=Channels(desk="#help", alerts="#fire")) as desk:
        assert not desk.health.well
        assert "the bot sees no channel #help or #fire" in desk.health.words


# --- refusals ------------------------------------------------------------------------------------------------------


def test_a_token_that_is_not_taken_refuses_the_start_with_the_cure(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.stop()
        desk.discord.revokes_token()
        with pytest.raises(Refusal, match=r"discord\.token") as refused:
            desk.start()
        assert "Reset Token" in refused.value.hint
        assert "token" not in desk.health.words


def test_a_server_without_the_bot_refuses_the_start_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="not in the server 42") as refused, connected(tmp_path, server_id=42):
        pass
    assert "Invite it" in refused.value.hint


def test_without_discord_in_the_settings_there_is_no_platform(tmp_path: Path) -> None:
    with connected(tmp_path) as desk, pytest.raises(Refusal, match="not set up"):
        DiscordPlatform(desk.desk, Settings(data=tmp_path), desk.clock, lambda: None)


def test_once_the_token_is_refused_nothing_more_is_sent_until_after_a_rest(tmp_path: Path) -> None:
    with connected(tmp_path, server=PULSE, silence=1.0, rest=2.0) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.fails("POST /channels/*/messages", status=401)
        desk.post(Kind.NOTICE, "#alerts", say("hello"))
        desk.delivers()
        desk.delivers(after=300)
        assert len(desk.discord.calls("POST", f"/{ALERTS}/messages")) == 1
        desk.discord.until(lambda: "does not know the token" in desk.health.words)
        desk.discord.until(lambda: desk.health.well)
        desk.delivers(after=300)
        assert [one.text for one in desk.discord.messages(ALERTS)] == ["hello"]


def test_without_the_intent_for_words_everything_else_works(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with connected(tmp_path, notes=True) as desk:
        assert desk.discord.close_codes == [4014]
        assert desk.health.well
        assert "Message Content Intent" in desk.health.words
        desk.discord.until(lambda: desk.discord.commands)
        assert opens_a_ticket(desk)
    assert "Message Content Intent" in caplog.text


def test_an_intent_that_is_taken_away_later_ends_the_notes_and_nothing_else(tmp_path: Path) -> None:
    server = {**PULSE, "granted": ("message_content",)}
    with connected(tmp_path, server=server, silence=1.0, notes=True) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        assert "Message Content" not in desk.health.words
        desk.discord.world.granted = frozenset()
        desk.discord.invalidates_session()
        desk.discord.until(lambda: desk.health.well and "Message Content" in desk.health.words)
        is_heard_again(desk)


def test_a_desk_channel_that_everybody_reads_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with connected(tmp_path, channels=Channels(desk="#talk", alerts="#nowhere")):
        pass
    assert "#talk is public" in caplog.text
    assert "sees no channel called #nowhere" in caplog.text


def test_no_token_and_nobodys_words_are_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), connected(tmp_path) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        assert opens_a_ticket(desk, "a secret of ACME's")
        desk.delivers()
        assert desk.discord.token not in caplog.text
        assert "a secret of ACME's" not in caplog.text
