"""Every night in every voice: the real desk beside a real telephone network, its clock moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ports import UnitOfWork
from tests.adapters.phone.night import Night, night
from tests.doubles.discord import Guild
from tests.doubles.discord import fixtures as server
from tests.doubles.discord.desk import discord_settings
from tests.doubles.slack import Workspace
from tests.doubles.slack import fixtures as workspace
from tests.doubles.slack.desk import slack_settings
from tests.journeys.nights.discord import DiscordNight
from tests.journeys.nights.slack import SlackNight
from tests.journeys.nights.terminal import Keyboard, TerminalNight
from tests.journeys.nights.voice import NightVoice
from tests.town import TORONTO

Opens = Callable[..., NightVoice]
"""Opens the desk: the time it is in Toronto ("Sat 10 Oct 02:14"), and how this night differs from others."""

_ENGINEERS = ("kim", "sam")


@contextmanager
def _in_a_terminal(folder: Path, **given: Any) -> Iterator[NightVoice]:
    keyboard = Keyboard()
    with night(folder, terminal=keyboard.sits, settled=_only("console", str), **given) as desk:
        keyboard.begins(desk)
        try:
            yield TerminalNight(desk, keyboard)
        finally:
            keyboard.ends()


@contextmanager
def _in_slack(folder: Path, **given: Any) -> Iterator[NightVoice]:
    with Workspace() as slack:
        workspace.settle(slack)
        for who in _ENGINEERS:
            slack.person(workspace.account_of(who), who.capitalize())
            for channel in ("C0DESK", "C0ALERTS"):
                slack.joins(workspace.account_of(who), channel)
        chats = nested(slack_settings(slack))
        with night(folder, chats=chats, settled=_only("slack", workspace.account_of), **given) as desk:
            slack.until(lambda: slack.sockets)
            yield SlackNight(desk, slack)
        assert slack.faults == []


@contextmanager
def _in_discord(folder: Path, **given: Any) -> Iterator[NightVoice]:
    with Guild(granted=("message_content",)) as discord:
        server.settle(discord)
        for who in _ENGINEERS:
            discord.member(server.account_of(who), who.capitalize(), roles=("support",))
        chats = nested(discord_settings(discord))
        accounts = _only("discord", lambda who: str(server.account_of(who)))
        with night(folder, chats=chats, settled=accounts, **given) as desk:
            discord.until_ready()
            yield DiscordNight(desk, discord)
        assert discord.faults == []


def nested(settings: Mapping[str, str]) -> dict[str, Any]:
    """Settings as the environment has them ("SLACK__MODE"), by section."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        *sections, last = name.lower().split("__")
        part = found
        for section in sections:
            part = part.setdefault(section, {})
        part[last] = value
    return found


def _only(platform: str, account_of: Callable[[str], str]) -> Callable[[UnitOfWork], None]:
    """Everybody is known there and nowhere else."""

    def settled(work: UnitOfWork) -> None:
        for staff in work.people.all():
            work.people.save(replace(staff, accounts={platform: account_of(staff.id)}))

    return settled


_VOICES: Mapping[str, Callable[..., AbstractContextManager[NightVoice]]] = {
    "terminal": _in_a_terminal,
    "slack": _in_slack,
    "discord": _in_discord,
}


def instant(time: str) -> datetime:
    """ "Sat 10 Oct 02:14" of 2026 in Toronto."""
    found = datetime.strptime(f"2026 {time}", "%Y %a %d %b %H:%M").replace(tzinfo=TORONTO)
    assert f"{found:%a}" == time[:3], f"{time} is a {found:%A}."
    return found


@pytest.fixture(params=_VOICES)
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opens]:
    """In each voice: opens("Sat 10 Oct 02:14", plan=…) begins the night; further words are settings of the phone."""
    with ExitStack() as until_the_end:
        begins = _VOICES[request.param]
        yield lambda time, **given: until_the_end.enter_context(begins(tmp_path / "data", start=instant(time), **given))


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Callable[..., Night]]:
    """The same for what is told by telephone; the few lines that are said beside it are said at the terminal."""
    with ExitStack() as until_the_end:
        yield lambda time, **given: until_the_end.enter_context(night(tmp_path / "data", instant(time), **given))
