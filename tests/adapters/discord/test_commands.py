"""Slash commands: what somebody does, and what they alone are shown within three seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.discord.office import Office, office
from tests.doubles.discord.fixtures import DESK


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as opened:
        yield opened


def test_a_command_is_answered_to_the_caller_alone(desk: Office) -> None:
    call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire", "customer": "acme"})
    assert call.kind == "message"
    assert "printer on fire" in call.text
    assert call.answers[0].ephemeral
    assert desk.town.ticket(1).customer == "acme"
    assert desk.changes == 1
