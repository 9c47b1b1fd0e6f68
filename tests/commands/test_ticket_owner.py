"""Who has a ticket, who is told of it, and who cannot have it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from bot.domain.history import Deed
from bot.domain.ticket import State
from bot.ports import Kind
from bot.views.ticket_card import choices
from tests.town import TORONTO, Town, words


@pytest.fixture(autouse=True)
def printer(town: Town) -> None:
    """Ticket 1, which nobody has."""
    town.does("bob", "/ticket open printer on fire --customer acme")


def test_two_people_claim_and_one_has_it(town: Town) -> None:
    assert "You have #1." in town.does("ann", "/ticket claim 1")
    town.clock.forward(seconds=3)
    late = town.says("bob", "/ticket claim 1")
    assert not late.ok
    assert "Ann took #1 3 s ago. You are watching it now; /ticket claim 1 --take" in words(late.card)
    assert town.ticket(1).owner == "ann"
    assert town.ticket(1).watchers == {"bob"}


def test_of_many_who_claim_at_once_exactly_one_has_it(town: Town) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: town.says(who, "/ticket claim 1"), ["ann", "bob", "lea", "zoe"] * 4))
    owners = {words(answer.card).split(" has", 1)[0] for answer in answers if not answer.ok}
    owner = town.ticket(1).owner
    assert sum("You have #1." in words(answer.card) for answer in answers) == 1
    assert [event.by for event in town.history(1) if event.deed is Deed.CLAIMED] == [owner]
    assert all("took #1" in name for name in owners)


def test_who_loses_a_ticket_is_told(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    assert "You took it over from Ann, who is told." in town.does("bob", "/ticket claim 1 --take")
    assert town.hears("@ann") == ["Bob took over #1 printer on fire"]
    assert town.hears("@bob") == []


def test_a_released_ticket_is_new_again(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    assert "nobody has it now" in town.does("ann", "/ticket release 1 my shift ends")
    assert (town.ticket(1).owner, town.ticket(1).state) == (None, State.NEW)
    assert "Nobody has #1." in town.refused("ann", "/ticket release 1")


def test_only_a_lead_gives_back_what_somebody_else_has(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    assert "Ann has #1; only they or a lead give it back." in town.refused("bob", "/ticket release 1")
    town.does("lea", "/ticket release 1")
    assert town.hears("@ann") == ["Lea released #1 printer on fire. Nobody has it now."]


def test_the_one_who_gets_a_ticket_is_told_and_so_is_the_one_who_had_it(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    told = town.does("lea", "/ticket assign 1 bob he knows printers")
    assert "Bob has #1 and is told. Ann had it until now." in told
    assert town.hears("@bob") == ["Lea gave you #1 printer on fire (he knows printers)"]
    assert town.hears("@ann") == ["Lea gave #1 printer on fire to Bob (he knows printers)"]
    assert "Bob has #1 already." in town.refused("lea", "/ticket assign 1 bob")


def test_one_may_assign_a_ticket_to_oneself_and_hears_nothing_of_it(town: Town) -> None:
    assert "You have #1." in town.does("ann", "/ticket assign 1 me")
    assert town.hears("@ann") == []


def test_away_people_are_not_assigned_and_not_disturbed(town: Town) -> None:
    town.does("ann", "/ticket watch 1")
    town.away("ann", datetime(2026, 10, 7, 10, tzinfo=TORONTO))
    assert "Ann is away until Wed 7 Oct 10:00." in town.refused("lea", "/ticket assign 1 ann")
    town.does("bob", "/ticket claim 1")
    assert town.hears("@ann") == []
    town.clock.forward(days=3)
    town.does("lea", "/ticket assign 1 ann")


def test_somebody_who_only_looks_cannot_have_a_ticket(town: Town) -> None:
    assert "Vic is a viewer and cannot hold tickets." in town.refused("lea", "/ticket assign 1 vic")
    assert "Vic has the role viewer" in town.refused("vic", "/ticket claim 1")
    assert "not known to this desk" in town.refused("mallory", "/ticket claim 1")


def test_a_viewer_may_watch_and_is_told(town: Town) -> None:
    town.does("vic", "/ticket watch 1")
    assert "You watch #1 already." in town.refused("vic", "/ticket watch 1")
    town.does("ann", "/ticket note 1 the fuser")
    assert town.hears("@vic") == ["Ann noted on #1 printer on fire: the fuser"]
    town.does("vic", "/ticket watch 1 --off")
    assert "You do not watch #1." in town.refused("vic", "/ticket watch 1 --off")
    town.does("ann", "/ticket note 1 the drum")
    assert town.hears("@vic") == []


def test_mine_are_mine_by_due_time(town: Town) -> None:
    assert "You have no open ticket." in town.does("ann", "/ticket mine")
    town.does("ann", "/ticket open slow mail --customer brightside")
    for number in (1, 2):
        town.does("ann", f"/ticket claim {number}")
    answer = town.says("ann", "/ticket mine")
    assert [row["ticket"] for row in answer.card.data["tickets"]] == [1, 2]
    town.does("ann", "/ticket close 1 solved")
    assert "1 ticket" in town.does("ann", "/ticket mine")


@pytest.mark.parametrize(
    "verb", ["claim", "release", "assign 1 bob", "wait", "resume", "snooze 1 2h", "close 1 solved"]
)
def test_a_closed_ticket_is_left_alone_and_the_way_back_is_named(town: Town, verb: str) -> None:
    town.does("ann", "/ticket close 1 solved")
    line = verb if " 1 " in f"{verb} " else f"{verb} 1"
    assert town.refused("ann", f"/ticket {line}") == "#1 is closed.\nTo open it again: /ticket reopen 1"


def test_the_card_in_the_desk_channel_follows_every_change(town: Town) -> None:
    town.hears("#desk", Kind.CARD)
    town.does("ann", "/ticket claim 1")
    (card,) = town.hears("#desk", Kind.CARD)
    assert "Held by Ann since Mon 5 Oct 10:00" in card


def test_a_repeated_request_is_answered_and_not_done_again(town: Town) -> None:
    first = town.says("ann", "/ticket note 1 once", request="slack:1")
    second = town.says("ann", "/ticket note 1 once", request="slack:1")
    assert first.card == second.card
    assert town.ticket(1).seq == 2


def test_the_buttons_of_a_card_are_those_of_its_state_and_the_rest_fits_a_menu(town: Town) -> None:
    def buttons() -> tuple[list[str], list[str]]:
        found = choices(town.ticket(1))
        return [one.label for one in found if not one.rest], [one.label for one in found if one.rest]

    rest = ["Note…", "Assign…", "Level…", "Why this time?", "Transcript"]
    town.does("ann", "ticket open printer on fire --customer acme")
    assert buttons() == (["Claim", "Reply", "Wait…", "Close…"], rest)
    town.does("ann", "ticket claim 1")
    assert buttons() == (["Release", "Reply", "Wait…", "Close…"], rest)
    town.does("ann", "ticket wait 1")
    assert buttons() == (["Release", "Reply", "Resume", "Close…"], rest)
    town.does("ann", "ticket close 1 solved")
    assert buttons() == (["Reopen", "Transcript"], ["Note…"])
