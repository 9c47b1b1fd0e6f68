"""Ways to people: added, proven by a code, tested, forgotten; and the plan in which they are tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.contacts import CALL, Contact
from bot.domain.paging import Trigger
from bot.ports import Kind
from commands.contact_code import VERIFY, draw_code, spoken_code
from tests.commands.rota_town import phone, with_rota
from tests.town import PHONE, Town, words


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


def contact(town: Town, person: str, address: str) -> Contact:
    found = town.database.read(lambda work: work.contacts.of(person))
    return next(one for one in found if one.address == address)


def code(town: Town, person: str, address: str) -> str:
    return contact(town, person, address).code


def test_a_phone_counts_once_the_code_that_is_spoken_there_comes_back(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    said = town.does("bob", "oncall contact call +1 (416) 555-0123")
    assert "A code goes to +14165550123\nThe phone rings and says it." in said
    assert not contact(town, "bob", "+14165550123").covers
    (spoken,) = town.hears("call:+14165550123", Kind.PAGE)
    assert f"Your code is {code(town, 'bob', '+14165550123')}." in spoken
    said = town.does("bob", f"oncall verify {code(town, 'bob', '+14165550123')}")
    assert said == (
        "+14165550123 is verified.\nYou count as cover now. Save the desk's number, so that it may ring at night."
    )
    assert contact(town, "bob", "+14165550123").covers
    assert "Everything that was promised is covered." in town.does("bob", "oncall gaps")


def test_the_code_is_drawn_for_the_ear_and_for_a_text_and_not_after_its_time(town: Town) -> None:
    town.does("bob", "oncall contact text +14165550123")
    made = contact(town, "bob", "+14165550123")
    card = town.database.read(lambda work: draw_code(work, made.id, town.clock.now()))
    assert card is not None
    assert card.data["text"] == f"Thirdline: your code is {made.code}. Type /oncall verify {made.code}"
    assert len(str(card.data["text"])) <= 160
    assert ", ".join(made.code) in card.data["say"][1]
    assert card.data[VERIFY] == made.id
    town.clock.forward(minutes=10)
    assert town.database.read(lambda work: draw_code(work, made.id, town.clock.now())) is None
    assert town.database.read(lambda work: draw_code(work, 999, town.clock.now())) is None
    assert "1, 2, 3" in spoken_code("123", "fr")[1]
    assert "That code is too old." in town.refused("bob", f"oncall verify {made.code}")


def test_wrong_codes_are_counted_and_then_a_new_one_is_needed(town: Town) -> None:
    town.does("bob", "oncall contact call +14165550123")
    good = code(town, "bob", "+14165550123")
    wrong = "000000" if good != "000000" else "111111"
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
        assert left in words(town.says("bob", f"oncall verify {wrong}").card)
    assert "A new one: /oncall contact" in words(town.says("bob", f"oncall verify {wrong}").card)
    assert "That code is too old." in town.refused("bob", f"oncall verify {good}")
    assert "No code waits for you." in town.refused("ann", f"oncall verify {good}")


def test_codes_are_limited_for_each_costs_somebody_a_call(town: Town) -> None:
    for _ in range(5):
        town.does("bob", "oncall contact call +14165550123")
    assert "5 codes were sent for you within the hour." in town.refused("bob", "oncall contact call +14165550123")
    town.clock.forward(hours=1)
    town.does("bob", "oncall contact call +14165550123")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("call 416 555 0123", "lacks its country code.\nIn Canada or the USA: +14165550123."),
        ("call 0664 1234567", "0664 1234567 lacks its country code.\nWith its country code: +1416"),
        ("call +1416555", "has 7 digits; a number has 8 to 15."),
        ("text banana", "“banana” is not a telephone number."),
        ("email kim", "“kim” is not a mail address."),
        ("service topic", "A service is named by its URL."),
        ("pigeon kim", "“pigeon” is no kind.\nIt is one of: call, text, email, service."),
        ("email kim@example.com", "This desk has no mail server: the code cannot be sent."),
        ("service ntfy://topic", "This desk sends nothing to such services"),
        ("call +14165550102", "That contact is yours and verified already."),
    ],
)
def test_an_address_that_will_not_do_says_what_would(town: Town, typed: str, why: str) -> None:
    before = town.database.read(lambda work: list(work.contacts.of("bob")))
    assert why in town.refused("bob", f"oncall contact {typed}")
    assert town.database.read(lambda work: list(work.contacts.of("bob"))) == before


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("call +18765550123", "+18765550123 is in JM, and phone.countries allows CA, US.\nAn operator of the desk can"),
        ("text +19005550123", "+19005550123 is not called: it costs the caller.\nGive another number."),
        ("call +8835100012345", "+8835100012345 belongs to no country that is known.\nGive another number."),
    ],
)
def test_a_number_that_the_desk_may_not_call_is_refused_before_a_code_is_sent(
    settled: Town, tmp_path: Path, typed: str, why: str
) -> None:
    town = settled.copied(tmp_path / "desk", PHONE)
    try:
        assert why in town.refused("bob", f"oncall contact {typed}")
        assert not town.database.read(lambda work: work.contacts.of("bob"))
        assert "A code goes to +14165550123" in town.does("bob", "oncall contact call +14165550123")
    finally:
        town.close()


def test_contacts_are_shown_whole_to_their_person_and_in_parts_to_leads(town: Town) -> None:
    assert "call | +14165550102 | 3 | counts" in town.does("bob", "oncall contacts")
    assert "call | +1 416 … 0102 | 3 | counts" in town.does("lea", "oncall contacts bob")
    assert "Only a lead can look at somebody else's contacts." in town.refused("ann", "oncall contacts bob")
    phone(town, "bob", test_passed=False, tested_at=town.clock.now())
    said = town.does("bob", "oncall contacts")
    assert "missed the last test, Mon 5 Oct 10:00" in said
    assert "Bob missed the last test call: that is no cover." in said


def test_forgetting_a_phone_says_what_it_uncovers(town: Town) -> None:
    said = town.does("bob", "oncall forget +14165550102")
    assert "+14165550102 is forgotten.\nLevel III is uncovered on Mon 12 Oct 09:00" in said
    assert "You have no contact “+14165550102”." in town.refused("bob", "oncall forget +14165550102")


def test_the_language_of_calls_can_change_without_a_new_code(town: Town) -> None:
    said = town.does("bob", "oncall contact call +14165550102 --language fr")
    assert said == "Calls to +14165550102 speak French now."
    assert contact(town, "bob", "+14165550102").language == "fr"


# --- the plan -----------------------------------------------------------------------------------------------------


def test_everybody_says_how_soon_they_are_reached_and_how(town: Town) -> None:
    assert "important: chat 0, call 0, text 30s, email 30s" in town.does("bob", "oncall plan")
    said = town.does("bob", "oncall plan important chat 0, call 30s, call 2m")
    assert said == "Your important plan: chat 0, call 30s, call 2m"
    assert "important: chat 0, call 30s, call 2m" in town.does("bob", "oncall contacts")
    assert "Your important plan: chat 0, call 0, text 30s" in town.does("bob", "oncall plan important usual")


def test_a_plan_without_a_call_or_without_a_contact_is_said_to_be_thin(town: Town) -> None:
    said = town.does("bob", 'oncall plan important "chat, text 1m"')
    assert "No call is in it: at night nobody hears a message." in said
    assert "You have no verified contact for text yet" in said


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("important mail 3", "There is no way called “mail”."),
        ("important call 2h", "“call 2h” says neither how nor when."),
        ("important call 45m", "call after 45m is too late"),
        ("important ,", "That plan reaches nobody."),
        ("sometimes call 0", "“sometimes” is no kind."),
    ],
)
def test_a_plan_that_cannot_be_read_says_what_can(town: Town, typed: str, why: str) -> None:
    assert why in town.refused("bob", f"oncall plan {typed}")


# --- tests --------------------------------------------------------------------------------------------------------


def test_the_desk_rings_on_demand_and_not_again_within_the_minute(town: Town) -> None:
    assert "Your phone rings now: +14165550102." in town.does("bob", "oncall test")
    (page,) = town.database.read(lambda work: work.pages.live())
    assert (page.trigger, page.person) == (Trigger.TEST, "bob")
    town.database.write(lambda work: work.pages.get(page.id))
    assert "Only a lead can have somebody else rung." in town.refused("bob", "oncall test ann")
    assert "The phone of Ann rings now: +1 416 … 0101." in town.does("lea", "oncall test ann")


def test_who_has_no_phone_is_told_how_to_add_one(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    assert "Bob has no verified telephone" in town.refused("bob", "oncall test")
    assert CALL in town.does("bob", "help oncall contact")
