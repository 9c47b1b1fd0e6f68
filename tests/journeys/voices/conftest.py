"""Every story in every voice: the real desk in a process of its own, at whose end the records add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.doubles.discord import Guild
from tests.doubles.discord.desk import DiscordDesk
from tests.doubles.premises import Premises, found_town
from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import SlackDesk
from tests.journeys.voices.discord import DiscordVoice
from tests.journeys.voices.slack import SlackVoice
from tests.journeys.voices.terminal import TerminalVoice
from tests.journeys.voices.voice import Voice


@contextmanager
def _in_a_terminal(folder: Path, town: Path) -> Iterator[Voice]:
    voice = TerminalVoice(Premises(folder, town))
    yield voice
    voice.ends()


@contextmanager
def _in_slack(folder: Path, town: Path) -> Iterator[Voice]:
    # An unanswered event comes again when a killed desk is there again; Slack waits a minute and five.
    with Workspace(retries=(0.0, 6.0, 15.0)) as slack:
        with SlackDesk.alone(slack, folder, town=town) as desk:
            yield SlackVoice(desk)
        assert slack.faults == []


@contextmanager
def _in_discord(folder: Path, town: Path) -> Iterator[Voice]:
    with Guild(granted=("message_content",)) as discord:
        with DiscordDesk.alone(discord, folder, town=town) as desk:
            yield DiscordVoice(desk)
        assert discord.faults == []


_VOICES: Mapping[str, Callable[[Path, Path], AbstractContextManager[Voice]]] = {
    "terminal": _in_a_terminal,
    "slack": _in_slack,
    "discord": _in_discord,
}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_town(tmp_path_factory.mktemp("town") / "data")


@pytest.fixture(params=_VOICES)
def voice(request: pytest.FixtureRequest, tmp_path: Path, town: Path) -> Iterator[Voice]:
    with _VOICES[request.param](tmp_path, town) as voice:
        yield voice
    voice.premises.is_on_record()
