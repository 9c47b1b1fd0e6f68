"""The way out to Discord: what goes where, that it is there once, and what happens when Discord says no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Kind, ParcelState
from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord.fixtures import ALERTS, ANN, BOB, DESK, LEA, TICKETS

OPEN = '/ticket open "printer on fire" --customer acme'


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as desk:
        yield desk


# --- what goes where -----------------------------------------------------------------------------------------------


def test_a_ticket_has_one_message_that_changes_in_place_and_a_thread_below_it(out: Connected) -> None:
    out.says("ann", OPEN)
    out.delivers()
    first = out.card()
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert out.card().id == first.id
    assert "Held by Bob" in out.card().text
    assert "Release" in out.card().buttons
    (thread,) = out.discord.threads(DESK)
    assert (thread.id, thread.name) == (first.id, "#1 printer on fire")
    assert [one.text for one in out.thread()] == ["Bob took it"] or "Bob" in out.thread()[0].text
