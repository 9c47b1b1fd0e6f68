"""Two people change the rota at the same moment, each on a desk of their own: both are told what holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from commands.desk import Answer
from tests.commands.rota_town import with_rota
from tests.town import Town

ROUNDS = 12


@pytest.fixture
def town(either_town: Town) -> Town:
    either_town.folder.mkdir(exist_ok=True)
    return with_rota(either_town)


def at_once(town: Town, *said: tuple[str, str]) -> list[Answer]:
    start = Barrier(len(said))

    def say(who: str, line: str) -> Answer:
        start.wait()
        return town.says(who, line)

    with ThreadPoolExecutor(len(said)) as people:
        return [one.result() for one in [people.submit(say, *each) for each in said]]


def test_of_two_who_come_in_at_once_the_later_one_is_on_call_and_nobody_is_told_what_does_not_hold(town: Town) -> None:
    for _ in range(ROUNDS):
        answers = at_once(town, ("bob", "oncall take --anyway"), ("zoe", "oncall take --anyway"))
        made = {one.card.data["override"]["id"]: one.card.data["override"]["person"] for one in answers if one.ok}
        last = made[max(made)]
        assert town.says("vic", "oncall who").card.data["schedules"]["level3"]["people"] == [last]
        for id in sorted(made, reverse=True):
            town.does("lea", f"oncall undo {id}")


def test_a_shift_that_two_are_quick_to_take_is_one_persons(town: Town) -> None:
    for number in range(1, ROUNDS + 1):
        town.does("ann", 'oncall cover --from "Sat 09:00" --until "Sun 09:00"')
        answers = at_once(town, ("bob", f"oncall take {number}"), ("zoe", f"oncall take {number}"))
        assert [one.ok for one in answers].count(True) == 1
        town.does("lea", f"oncall undo {number}")


@pytest.mark.parametrize("_again", range(4))
def test_of_a_swap_that_is_agreed_to_while_a_lead_puts_somebody_else_in_all_is_done_or_nothing(
    town: Town, _again: int
) -> None:
    at = '--from "Sat 09:00" --until "Sun 09:00"'
    town.does("ann", f"oncall swap bob {at}" + ' --back-from "17 Oct 09:00" --back-until "18 Oct 09:00"')
    agreed, put_in = at_once(town, ("bob", "oncall take 1"), ("lea", f"oncall override level3 zoe {at}"))
    assert put_in.ok
    assert on_call(town, "17 Oct 12:00") == (["ann"] if agreed.ok else ["bob"])
    assert on_call(town, "Sat 12:00") in ((["bob"], ["zoe"]) if agreed.ok else (["zoe"],))


def on_call(town: Town, at: str) -> list[str]:
    who: list[str] = town.says("vic", f'oncall who --at "{at}"').card.data["schedules"]["level3"]["people"]
    return who
