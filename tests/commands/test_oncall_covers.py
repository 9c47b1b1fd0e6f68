"""Somebody asks for cover or a swap in chat; others take it or decline; both know, and the rota is changed."""

from __future__ import annotations

import pytest

from bot.cards import Choice
from bot.domain.rota import CoverState
from bot.ports import Speaker
from tests.commands.rota_town import phone, with_rota
from tests.town import Town, words

SATURDAY = '--from "Sat 09:00" --until "Sun 09:00"'


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


def state(town: Town, number: int) -> CoverState:
    return town.database.read(lambda work: work.rota.cover(number)).state


def choices(town: Town, who: str) -> list[Choice]:
    """The buttons of what the outbox has for somebody."""
    parcels = town.database.write(lambda work: work.outbox.lease(town.clock.now(), 60, 1000))
    return [one for parcel in parcels if parcel.place == f"@{who}" for one in parcel.card.choices]


def test_a_person_is_asked_by_a_message_with_buttons_and_takes_the_shift(town: Town) -> None:
    said = town.does("ann", f"oncall cover --ask bob {SATURDAY} --reason wedding")
    assert "Request #1  level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00" in said
    assert "Bob is asked. Until somebody agrees it stays yours." in said
    take, decline = choices(town, "bob")
    assert (take.label, decline.label) == ("Take", "Decline")
    answer = town.desk.run(Speaker("console", "bob", "Bob"), take.command, take.values)
    assert answer.ok, words(answer.card)
    assert "level3: Bob until Sun 11 Oct 09:00" in town.does("zoe", '/oncall who --at "Sat 12:00"')
    assert "cover, request #1" in town.does("zoe", "/oncall history")
    assert state(town, 1) is CoverState.AGREED


def test_the_handover_is_confirmed_to_both_and_told_to_the_desk(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY} --reason wedding")
    assert town.hears("@bob") == ["Ann asks you to cover level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00. “wedding”"]
    town.does("bob", "oncall take 1")
    span = "level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00"
    assert town.hears("@ann") == [f"Bob covers your shift: {span}. You need do nothing more."]
    assert town.hears("@bob") == [f"You are on call for Ann: {span}. The desk reminds you when it begins."]
    assert town.hears("#desk") == [f"Bob covers for Ann: {span}."]


def test_everybody_is_asked_and_the_first_who_agrees_has_it(town: Town) -> None:
    assert "Bob and Zoe are asked." in town.does("ann", f"oncall cover {SATURDAY}")
    assert len(town.hears("@bob")) == len(town.hears("@zoe")) == 1
    town.does("zoe", "oncall take 1")
    assert "Zoe took that shift already." in town.refused("bob", "oncall take 1")


def test_nobody_takes_their_own_shift_or_one_that_others_are_asked_for(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    assert "That is your own shift." in town.refused("ann", "oncall take 1")
    town.does("zoe", "staff add Sam --account console:sam")
    assert "Bob is asked, not you." in town.refused("sam", "oncall take 1")
    assert "You are not asked to cover that shift." in town.refused("sam", "oncall decline 1")


def test_a_phone_that_is_not_verified_and_no_rest_speak_against_it_but_they_may(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    said = town.does("ann", "oncall cover --ask bob")
    assert "Bob's phone is not verified, which is no cover." in said
    said = town.refused("bob", "oncall take 1")
    assert "Bob's phone is not verified, which is no cover; Bob is on call in level3 at that time or less than" in said
    assert "All the same: /oncall take 1 --anyway" in said
    assert "You are on call for Ann" in town.does("bob", "oncall take 1 --anyway")


def test_what_is_declined_stays_with_whoever_asked(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    assert "Ann is told. The shift stays theirs." in town.does("bob", 'oncall decline 1 --reason "I am at sea"')
    (told,) = town.hears("@ann")
    assert told.endswith("“I am at sea” Nobody else is asked: you stay on call.")
    assert state(town, 1) is CoverState.DECLINED
    assert "Request #1 is declined." in town.refused("bob", "oncall take 1")


def test_of_everybody_the_last_who_declines_ends_it_and_the_lead_is_told(town: Town) -> None:
    town.does("ann", f"oncall cover {SATURDAY}")
    town.does("bob", "oncall decline 1")
    assert town.hears("@ann")[-1].endswith("Zoe may yet agree.")
    assert (state(town, 1), town.hears("@lea")) == (CoverState.ASKED, [])
    assert "You are not asked" in town.refused("bob", "oncall decline 1")
    town.does("zoe", "oncall decline 1")
    assert state(town, 1) is CoverState.DECLINED
    assert town.hears("@lea")[-1].endswith("Nobody is left to ask.")


def test_one_time_is_asked_for_once_and_can_be_withdrawn(town: Town) -> None:
    town.does("ann", f"oncall cover {SATURDAY}")
    again = 'oncall cover --from "Sat 20:00" --until "Sun 20:00"'
    assert "You asked for that time already: request #1.\n/oncall withdraw 1" in town.refused("ann", again)
    assert "Ann asked for that." in town.refused("bob", "oncall withdraw 1")
    assert "Request #1 is taken back. The shift stays yours." in town.does("ann", "oncall withdraw 1")
    assert "Ann no longer asks for cover" in town.hears("@bob")[-1]
    town.does("ann", again)


def test_only_ones_own_shift_can_be_covered_and_a_part_that_is_not_is_cut_off(town: Town) -> None:
    assert "You are not on call then." in town.refused("bob", f"oncall cover {SATURDAY}")
    said = town.does("ann", 'oncall cover --from "Sun 09:00" --until "13 Oct 09:00"')
    assert "level3, Sun 11 Oct 09:00 - Mon 12 Oct 09:00" in said


def test_who_is_on_call_with_them_covers_nothing_more(town: Town) -> None:
    town.does("lea", f"oncall override level3 bob {SATURDAY} --add")
    said = town.refused("ann", f"oncall cover --ask bob {SATURDAY}")
    assert "Bob is on call in level3 then already." in said
    assert "Zoe is asked." in town.does("ann", f"oncall cover {SATURDAY}")


def test_of_the_shift_that_runs_the_rest_can_be_covered_after_there_was_time_to_answer(town: Town) -> None:
    assert "level3, Mon 5 Oct 10:15 - Mon 12 Oct 09:00" in town.does("ann", "oncall cover --ask bob")


def test_two_swap_shifts_and_each_has_the_others(town: Town) -> None:
    said = town.does("ann", f"oncall swap bob {SATURDAY}" + ' --back-from "17 Oct 09:00" --back-until "18 Oct 09:00"')
    assert "in return Ann takes Sat 17 Oct 09:00 - Sun 18 Oct 09:00" in said
    town.does("bob", "oncall take 1")
    assert "level3: Bob" in town.does("zoe", '/oncall who --at "Sat 12:00"')
    assert "level3: Ann until Sun 18 Oct 09:00, then Bob" in town.does("zoe", '/oncall who --at "17 Oct 12:00"')


def test_without_times_the_next_shifts_are_swapped(town: Town) -> None:
    said = town.does("bob", "oncall swap zoe")
    assert "level3, Mon 12 Oct 09:00 - Mon 19 Oct 09:00; in return Bob takes Mon 19 Oct 09:00 - Mon 26 Oct" in said
    assert "lea has no shift" in town.refused("bob", "oncall swap lea").casefold()


def test_a_swap_fails_where_a_shift_is_not_theirs_any_more(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    town.does("lea", f"oncall override level3 zoe {SATURDAY}")
    assert "Ann is not on call then any more." in town.refused("bob", "oncall take 1")
    assert state(town, 1) is CoverState.ASKED


def test_a_request_that_does_not_exist_says_what_would_do(town: Town) -> None:
    assert "There is no request for cover 9." in town.refused("ann", "oncall take 9")
    said = town.refused("ann", "oncall take level3")
    assert "“level3” is no request for cover." in said
    assert "/oncall take --schedule NAME" in said


def test_every_button_of_what_is_said_leads_somewhere(town: Town) -> None:
    speaker = Speaker("console", "ann", "Ann")
    for line in ("oncall who", "oncall next", "oncall show", f"oncall cover --ask bob {SATURDAY}", "oncall contacts"):
        for choice in town.says("ann", line).card.choices:
            form = town.desk.form(speaker, choice.command, choice.values, choice.asks)
            assert form.asks or town.desk.run(speaker, choice.command, choice.values).ok, choice.label


def test_who_got_a_no_asks_everybody_for_the_same_time_by_a_button(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    town.does("bob", "oncall decline 1")
    (again,) = choices(town, "ann")
    assert town.desk.run(Speaker("console", "ann", "Ann"), again.command, again.values).ok
    first, second = town.database.read(lambda work: (work.rota.cover(1), work.rota.cover(2)))
    assert (second.asked, second.start, second.end) == ("", first.start, first.end)


def test_who_gives_a_day_takes_a_day_in_return_and_not_the_whole_week(town: Town) -> None:
    said = town.does("ann", f"oncall swap bob {SATURDAY}")
    assert "Sat 10 Oct 09:00 - Sun 11 Oct 09:00; in return Ann takes Mon 12 Oct 09:00 - Tue 13 Oct 09:00" in said
