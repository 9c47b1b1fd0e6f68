"""Autocomplete: what is offered while somebody types, and to whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.hearing.autocomplete import LONGEST, MOST, choices
from commands.completion import Completion
from tests.adapters.discord.office import MAX, Office
from tests.doubles.discord import Call
from tests.doubles.discord.fixtures import DESK, TALK


def typing(desk: Office, words: str, option: str, typed: str, who: str | int = "Ann") -> Call:
    return desk.discord.autocomplete(who, TALK, words, focused=option, typed=typed)


def offered(desk: Office, words: str, option: str, typed: str, who: str | int = "Ann") -> list[str]:
    return [str(one["value"]) for one in typing(desk, words, option, typed, who).choices]


def test_tickets_are_found_by_number_subject_and_customer(desk: Office) -> None:
    desk.ticket("printer on fire", customer="acme")
    desk.ticket("no mail")
    assert offered(desk, "ticket claim", "ticket", "2") == ["2"]
    assert offered(desk, "ticket claim", "ticket", "prin") == ["1"]
    assert offered(desk, "ticket claim", "ticket", "acme") == ["1"]
    (choice,) = typing(desk, "ticket claim", "ticket", "fire").choices
    assert choice["name"] == "#1 printer on fire · new · acme"


def test_everything_with_a_list_is_offered(desk: Office) -> None:
    assert offered(desk, "customer show", "customer", "ac") == ["acme"]
    assert offered(desk, "ticket assign", "owner", "b") == ["bob"]
    assert offered(desk, "ticket level", "level", "II") == ["II", "III"]
    assert "hardware-failure" in offered(desk, "ticket more category", "category", "hard")
    assert "solved" in offered(desk, "ticket close", "resolution", "")
    assert "tomorrow" in offered(desk, "ticket snooze", "until", "to")
    assert "today" in offered(desk, "desk report", "from", "to")


def test_who_may_not_look_is_offered_nothing(desk: Office) -> None:
    desk.ticket("printer on fire", customer="acme")
    assert offered(desk, "ticket claim", "ticket", "", MAX) == []
    assert offered(desk, "customer show", "customer", "", MAX) == []
    assert offered(desk, "ticket claim", "ticket", "", "Vic") == ["1"]


def test_a_second_ticket_is_offered_too(desk: Office) -> None:
    desk.ticket("printer on fire")
    given = {"ticket": "1"}
    call = desk.discord.autocomplete("Ann", DESK, "ticket merge", given, focused="into", typed="fire")
    assert [one["value"] for one in call.choices] == ["1"]


@given(st.lists(st.builds(Completion, st.text(), st.text(), st.text()), max_size=60))
def test_whatever_is_proposed_discord_takes_it(found: list[Completion]) -> None:
    made = choices(found)
    assert len(made) <= MOST
    for one in made:
        assert 1 <= len(one["name"]) <= LONGEST
        assert 1 <= len(one["value"]) <= LONGEST
        assert one["name"].strip()
