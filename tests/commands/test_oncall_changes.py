"""The rota is changed for once: who may, what is refused, and who hears of it."""

from __future__ import annotations

import pytest

from tests.commands.rota_town import at, phone, with_rota
from tests.town import Town


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


def on_call(town: Town, when: str) -> str:
    return town.does("vic", f'/oncall who --at "{when}"').splitlines()[1]


def test_a_lead_puts_somebody_in_and_everybody_concerned_hears_of_it(town: Town) -> None:
    said = town.does("lea", 'oncall override level3 bob --from "Sat 09:00" --until "Sun 09:00" --instead ann')
    assert "level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00: Bob instead of Ann" in said
    assert on_call(town, "Sat 12:00") == "level3: Bob until Sun 11 Oct 09:00, then Ann"
    told = "Lea changed the rota. level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00: Bob instead of Ann."
    assert (town.hears("@ann"), town.hears("@bob"), town.hears("@lea")) == ([told], [told], [])


def test_somebody_joins_those_on_call_or_replaces_all_of_them(town: Town) -> None:
    assert "Bob, too" in town.does("lea", "oncall override level3 bob --until 4h --add")
    assert "Ann and Bob until Mon 5 Oct 14:00" in town.does("ann", "/oncall")
    assert "Lea alone" in town.does("lea", "oncall override level3 me --until 4h")
    assert "level3: Lea until Mon 5 Oct 14:00, then Ann" in town.does("ann", "/oncall")
    assert len(town.hears("@bob")) == len(town.hears("@ann")) + 1 == 2


def test_everybody_puts_themselves_in_and_only_leads_put_in_others(town: Town) -> None:
    town.does("bob", 'oncall override level3 me --from "Sat 09:00" --until "Sun 09:00"')
    assert "Only a lead can put somebody else on call." in town.refused("bob", "oncall override level3 zoe --until 4h")
    said = town.refused("ann", "oncall override level3 bob --until 4h --instead me")
    assert "Somebody must agree to come in for you.\nAsk them: /oncall cover level3 --ask bob" in said
    assert "is for staff and above" in town.refused("vic", "oncall override level3 me --until 4h")


def test_nobody_leaves_a_promise_uncovered_but_a_lead_who_is_told_of_it(town: Town) -> None:
    line = 'oncall override level3 ann --remove --until "tomorrow 09:00"'
    assert "Then Level III would be uncovered: nobody is on call." in town.refused("ann", line)
    gap = "Level III is uncovered on Mon 5 Oct 10:00 - Tue 6 Oct 09:00: nobody is on call."
    assert gap in town.does("lea", line)
    assert gap in town.does("ann", "oncall gaps")


def test_somebody_who_does_not_count_is_still_more_than_nobody_at_all(town: Town) -> None:
    phone(town, "ann", verified_at=None)
    line = 'oncall override level3 ann --remove --until "tomorrow 09:00"'
    assert "Then Level III would be uncovered: nobody is on call." in town.refused("ann", line)
    assert "nobody is on call." in town.does("lea", line)


def test_whose_phone_is_not_verified_comes_in_only_by_a_lead_and_is_no_cover(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    line = "oncall override level3 bob --until 4h"
    assert "would be uncovered: Bob's phone is not verified" in town.refused("bob", line)
    assert "Bob's phone is not verified: that is no cover." in town.does("lea", line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("level3 bob --until 4h --add --remove", "It is --add or --remove, not both."),
        ("level3 bob --until 4h --add --instead ann", "--instead names whose place is taken."),
        ("level3 bob --until 4h --instead zoe", "Zoe is not on call then.\n/oncall next zoe"),
        ("level3 bob --until 4h --instead bob", "Bob cannot come in for Bob."),
        ("level3 bob --until 4h --remove", "Bob is not on call then."),
        ("level3 ann --until 4h", "Ann is on call then already."),
        ("level3 ann --until 4h --add", "Ann is on call then already."),
        ('level3 bob --from "Sun 09:00" --until "Sat 09:00"', "That ends before it begins."),
        ('level3 bob --until "2026-10-05 09:00"', "That is over already."),
        ("level3 bob --until 9000d", "That is more than a year ahead."),
        ("level3 bob --until tomorrow", "tomorrow has no time.\nGive it, too: 6 Oct 09:00"),
        ("nosuch bob --until 4h", "There is no schedule “nosuch”."),
        ("level3 nosuch --until 4h", "nosuch"),
        ("level3 bob", "/oncall override needs an until"),
    ],
)
def test_a_change_that_makes_no_sense_says_what_would(town: Town, line: str, why: str) -> None:
    assert why in town.refused("lea", f"oncall override {line}")
    assert "Nothing was changed" in town.does("lea", "oncall history")


def test_a_change_is_taken_back_by_whoever_made_it_or_has_it_and_stays_in_the_history(town: Town) -> None:
    town.does("lea", 'oncall override level3 bob --from "Sat 09:00" --until "Sun 09:00"')
    assert "Only a lead can take back what others changed." in town.refused("ann", "oncall undo 1")
    assert "Taken back: level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00: Bob alone." in town.does("bob", "oncall undo #1")
    assert on_call(town, "Sat 12:00") == "level3: Ann until Mon 12 Oct 09:00, then Bob"
    assert "Bob took back: level3" in town.hears("@ann")[-1]
    said = town.does("ann", "oncall history level3")
    assert "Bob alone, taken back by Bob on Mon 5 Oct 10:00 | Lea, Mon 5 Oct 10:00" in said
    assert "There is no change 1 that lasts or is to come." in town.refused("lea", "oncall undo 1")
    assert "“one” is no change of the rota." in town.refused("lea", "oncall undo one")


def test_taking_back_may_not_open_a_gap_either(town: Town) -> None:
    phone(town, "ann", verified_at=None)
    town.does("bob", "oncall override level3 me --until 4h")
    assert "Then Level III would be uncovered: Ann's phone" in town.refused("bob", "oncall undo 1")
    assert "is uncovered on Mon 5 Oct 10:00" in town.does("lea", "oncall undo 1")


def test_somebody_comes_in_now_until_the_shift_ends(town: Town) -> None:
    said = town.does("bob", "oncall take")
    assert said == "You are on call now\nlevel3 until Mon 12 Oct 09:00, in place of Ann."
    assert "level3: Bob until Mon 19 Oct 09:00, then Zoe" in town.does("ann", "/oncall")
    told = "Bob is on call in level3 from now until Mon 12 Oct 09:00, in place of Ann."
    assert (town.hears("@ann"), town.hears("#desk")) == ([told], [told])
    assert "You are on call in level3 already." in town.refused("bob", "oncall take")


def test_of_two_on_call_at_once_one_persons_place_can_be_taken(town: Town) -> None:
    town.does("lea", 'oncall override level3 zoe --until "Wed 09:00" --add')
    said = town.does("bob", "oncall take --instead zoe")
    assert said == "You are on call now\nlevel3 until Wed 7 Oct 09:00, in place of Zoe."
    assert "level3: Ann and Bob until Wed 7 Oct 09:00, then Ann" in town.does("ann", "/oncall")
    assert "Bob is on call in level3 from now until Wed 7 Oct 09:00, in place of Zoe." in town.hears("@zoe")
    assert town.hears("@ann") == []
    town.does("bob", "oncall undo 2")
    assert "to the end of" not in town.does("bob", "oncall take --instead ann")
    assert "Bob and Zoe until Wed 7 Oct 09:00, then Bob" in town.does("ann", "/oncall")
    assert on_call(town, "Sun 12:00") == "level3: Bob until Mon 19 Oct 09:00, then Zoe"


def test_of_two_on_call_at_once_both_are_relieved_where_nobody_is_named_and_it_says_how_to_name_one(
    town: Town,
) -> None:
    town.does("lea", 'oncall override level3 zoe --until "Wed 09:00" --add')
    said = town.does("bob", "oncall take")
    assert said.splitlines()[1:] == [
        "level3 until Wed 7 Oct 09:00, in place of Ann and Zoe.",
        "For one of them alone: take it back, and /oncall take --schedule level3 --instead ann",
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("take --instead zoe", "Zoe is not on call in level3 now.\nThere is: Ann."),
        ("take --instead bob", "Bob is not on call in level3 now."),
        ("take 1 --instead ann", "--instead is for coming in now.\nA request says whose shift it is."),
    ],
)
def test_a_place_that_is_nobodys_is_not_taken(town: Town, line: str, why: str) -> None:
    town.does("ann", "oncall cover --ask bob")
    assert why in town.refused("bob", f"oncall {line}")


def test_coming_in_now_with_a_phone_that_proves_nothing_is_said_twice(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    said = town.refused("bob", "oncall take --until 22:00")
    assert "Bob's phone is not verified, which is no cover." in said
    assert 'All the same: /oncall take --schedule level3 --until "2026-10-05 22:00" --anyway' in said
    said = town.refused("bob", "oncall take --instead ann")
    assert "All the same: /oncall take --schedule level3 --instead ann --anyway" in said
    assert "until Mon 5 Oct 22:00" in town.does("bob", "oncall take --until 22:00 --anyway")
    town.clock.set(at(5, 22))
    assert "level3: Ann" in town.does("ann", "/oncall")
