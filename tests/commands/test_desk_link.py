"""/desk link: accounts on two platforms become one person's, and no stranger becomes anybody."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.cards import Card
from bot.domain.people import Role, Staff
from bot.ports import Speaker, UnitOfWork
from commands.desk import Answer
from commands.desk_link import FACT, TRIES
from tests.town import Town, words

NEW = Speaker("discord", "42", "Annie")


def says(town: Town, speaker: Speaker, line: str, request: str = "") -> Answer:
    return town.desk.say(speaker, line, request)


def code_of(answer: Answer) -> str:
    assert answer.ok, words(answer.card)
    return str(answer.card.data["code"])


def code(town: Town, who: str = "ann") -> str:
    return code_of(town.says(who, "/desk link"))


def person(town: Town, id: str) -> Staff:
    return town.database.read(lambda work: work.people.get(id))


def brought(town: Town, **more: object) -> None:
    """Discord's roles have brought somebody with that account."""
    staff = Staff("annie", "Annie", Role.VIEWER, {"discord": "42"}, managed_by="discord")
    town.database.write(lambda work: work.people.save(replace(staff, **more)))  # type: ignore[arg-type] # names as given


def test_a_code_from_one_platform_links_the_account_on_the_other(town: Town) -> None:
    answer = says(town, NEW, f"/desk link {code(town)}")
    assert "You are Ann (ann, staff) here too now, as in the terminal." in words(answer.card)
    assert person(town, "ann").accounts == {"console": "ann", "discord": "42"}
    assert says(town, NEW, "/ticket open printer on fire").ok


@pytest.mark.parametrize("platform", ["slack", "discord", "console"])
def test_it_is_the_same_on_every_platform(town: Town, platform: str) -> None:
    town.database.write(lambda work: work.people.save(Staff("kim", "Kim", Role.STAFF, {"email": "kim@desk.example"})))
    got = code_of(says(town, Speaker("email", "kim@desk.example"), "/desk link"))
    assert says(town, Speaker(platform, "K1"), f"/desk link {got}").ok
    assert person(town, "kim").accounts[platform] == "K1"


def test_a_code_is_read_however_it_is_typed(town: Town) -> None:
    got = code(town)
    assert says(town, NEW, f"/desk link {got.lower().replace('-', ' ')}").ok


def test_a_code_serves_once(town: Town) -> None:
    got = code(town)
    assert says(town, NEW, f"/desk link {got}").ok
    again = says(town, Speaker("discord", "43"), f"/desk link {got}")
    assert "not good, or not any more" in words(again.card)
    assert not again.ok


def test_a_code_is_good_for_ten_minutes(town: Town) -> None:
    got = code(town)
    town.clock.forward(minutes=10)
    assert not says(town, NEW, f"/desk link {got}").ok


def test_who_tries_codes_must_wait(town: Town) -> None:
    for _ in range(TRIES):
        assert not says(town, NEW, "/desk link AAAA-AAAA").ok
    got = code(town)
    assert "too many wrong codes" in words(says(town, NEW, f"/desk link {got}").card)
    assert says(town, Speaker("slack", "U1"), f"/desk link {got}").ok
    town.clock.forward(minutes=10)
    assert says(town, NEW, f"/desk link {code(town)}").ok


def test_many_accounts_guess_no_better_than_one(town: Town) -> None:
    for number in range(50):
        assert not says(town, Speaker("discord", f"guess-{number}"), "/desk link AAAA-AAAA").ok
    assert "too many" in words(says(town, NEW, f"/desk link {code(town)}").card)


def test_a_stranger_gets_no_code(town: Town) -> None:
    answer = says(town, NEW, "/desk link")
    assert "not known to this desk" in words(answer.card)
    assert not answer.ok


def test_a_code_is_nowhere_in_the_records(town: Town) -> None:
    got = code_of(says(town, Speaker("console", "ann"), "/desk link", "console:1"))
    kept: list[object] = []

    def look(work: UnitOfWork) -> None:
        kept.extend(
            [work.memory.fact(FACT), work.memory.answer_to("console:1"), work.memory.journal_of("staff:ann", 9)]
        )

    town.database.read(look)
    assert kept[1] is None
    text = json.dumps(kept[0]) + repr(kept)
    assert got not in text
    assert got.replace("-", "") not in text


def test_both_sides_are_told_and_the_journal_knows(town: Town) -> None:
    says(town, NEW, f"/desk link {code(town)}")
    (told,) = town.hears("@ann")
    assert "Your account Annie in Discord speaks for you at this desk now, by a code from the terminal." in told
    assert "/staff link ann --platform discord --account none" in told
    assert "Linked by Ann" in town.does("zoe", "/staff show ann")


def test_the_same_delivery_of_a_code_twice_is_one_link(town: Town) -> None:
    got = code(town)
    first = says(town, NEW, f"/desk link {got}", "discord:1")
    assert says(town, NEW, f"/desk link {got}", "discord:1").card.lines == first.card.lines


def test_a_code_typed_where_it_was_made_says_so(town: Town) -> None:
    assert "This is where the code was made." in words(town.says("ann", f"/desk link {code(town)}").card)


def test_an_account_that_is_theirs_already_stays(town: Town) -> None:
    says(town, NEW, f"/desk link {code(town)}")
    assert "is Ann's already" in words(says(town, NEW, f"/desk link {code(town)}").card)


def test_a_second_account_on_one_platform_is_for_an_admin_to_decide(town: Town) -> None:
    says(town, NEW, f"/desk link {code(town)}")
    other = says(town, Speaker("discord", "43"), f"/desk link {code(town)}")
    assert "Ann has a Discord account already: 42." in words(other.card)
    assert "Bob's (bob), and the code is of Ann" in words(town.says("bob", f"/desk link {_elsewhere(town)}").card)


def _elsewhere(town: Town) -> str:
    """A code of Ann's from Discord, where the console is none of hers."""
    ann = person(town, "ann")
    town.database.write(lambda work: work.people.save(replace(ann, accounts={"discord": "42"})))
    return code_of(says(town, NEW, "/desk link"))


def test_whom_the_platform_had_brought_becomes_the_person_they_are(town: Town) -> None:
    brought(town)
    answer = says(town, NEW, f"/desk link {code(town)}")
    assert "has left the desk" in words(answer.card)
    assert person(town, "ann").accounts["discord"] == "42"
    assert person(town, "annie").has_left


def test_whoever_holds_tickets_hands_them_over_first(town: Town) -> None:
    brought(town, role=Role.STAFF)
    says(town, NEW, "/ticket open printer")
    says(town, NEW, "/ticket claim 1")
    got = code(town)
    assert "Annie (annie) holds 1 open ticket here." in words(says(town, NEW, f"/desk link {got}").card)
    town.does("zoe", "/ticket assign 1 ann")
    assert says(town, NEW, f"/desk link {got}").ok


def test_the_last_admin_is_not_given_up(town: Town) -> None:
    town.does("zoe", "/staff add Yan --role admin")
    brought(town, role=Role.ADMIN)
    says(town, NEW, "/staff roles zoe staff")
    says(town, NEW, "/staff roles yan staff")
    assert "only admin" in words(says(town, NEW, f"/desk link {code(town)}").card)


def test_who_has_left_the_desk_takes_nobody_in(town: Town) -> None:
    got = code(town)
    town.does("zoe", "/staff roles ann none")
    assert "no longer at the desk" in words(says(town, NEW, f"/desk link {got}").card)
    assert not town.says("ann", "/desk link").ok


def test_three_codes_of_one_person_are_good_at_a_time(town: Town) -> None:
    first, *_, last = [code(town) for _ in range(4)]
    assert not says(town, NEW, f"/desk link {first}").ok
    assert says(town, NEW, f"/desk link {last}").ok


def test_the_card_is_for_its_reader_alone(town: Town) -> None:
    card: Card = town.says("ann", "/desk link").card
    assert "show nobody" in words(card)
