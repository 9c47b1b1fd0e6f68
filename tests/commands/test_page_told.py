"""What a page's receipts tell of the night afterwards: also what its last acknowledgement does not say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.commands.night import Night, plan_of
from tests.town import Town


@pytest.fixture
def night(town: Town) -> Night:
    return Night(town)


def test_a_page_that_was_loud_then_taken_and_forgotten_tells_all_of_that_in_order(night: Night) -> None:
    night.opens()
    night.passes(hours=1)
    night.town.does("sam", "/page ack 1")
    night.passes(minutes=21)
    night.town.does("kim", "/ticket reply 1 on it")
    for asked in ("/page show 1", "/page why 1 "):
        told = night.town.does("lea", asked)
        places = [
            told.index(words)
            for words in (
                "The alarm: nobody had answered.",
                "Sam acknowledged by command.",
                "Sam took it and nothing happened since: it calls again.",
                "Kim acknowledged at",
            )
        ]
        assert places == sorted(places)
        assert told.count("Kim acknowledged") == 1


def test_whoever_passed_a_page_on_is_in_its_receipts(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page pass 1")
    assert "Kim passed it on." in night.town.does("lea", "/page show 1")


def test_a_program_reads_when_each_try_was_made_and_what_happened_between(night: Night) -> None:
    night.opens()
    night.passes(hours=1)
    night.town.does("sam", "/page ack 1")
    night.passes(minutes=21)
    data = json.loads(json.dumps(night.town.says("lea", "/page show 1").card.data))
    assert all(one["at"] for one in data["attempts"] if one["state"] == "missed")
    assert [one["did"] for one in data["turns"]] == ["loud", "acknowledged", "again"]
    assert data["turns"][1]["by"] == "sam"


def test_why_nobody_was_called_yet_says_who_would_be_when_the_promise_breaks(night: Night) -> None:
    """The demo sends a newcomer there before anything has happened."""
    night.adopt(replace(plan_of(), rules=()))
    night.town.does("bob", "/ticket open mail is slow --customer acme")
    assert "the on-call plan has no paging table" in night.town.does("bob", "/page why 1")
    night.adopt(plan_of())
    told = night.town.does("bob", "/page why 1")
    assert "nothing was decided" in told
    assert "If it is late, " in told
    assert "somebody is called. Rule late fits" in told
