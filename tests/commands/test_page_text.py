"""What texts to the desk's number do: a code takes a page, STOP and START count, and nobody is talked to for ever."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from bot.domain.contacts import DEFAULT_PLAN, TEXT, Contact
from bot.domain.escalating import tries, ways_to
from bot.domain.paging import AttemptState, PageState, Trigger
from bot.ports import Kind
from commands.page_text import TOLD_AN_HOUR, TOLD_STRANGERS, WRONG_AN_HOUR, text_in
from tests.commands.paged import ANN, BOB, attempt_now, page_now, paged, reachable, tried
from tests.town import Town

CODE = "482193"
_sids = count()


@pytest.fixture
def desk(town: Town) -> Town:
    for person, number in (("ann", ANN), ("bob", BOB)):
        for kind in ("call", "text"):
            reachable(town, person, kind, number)
    town.does("bob", '/ticket open "mail server down" --customer acme')
    return town


def texts(town: Town, words: str, sender: str = ANN, ref: str = "") -> str:
    """Somebody sends a text; what they are answered."""
    name = ref or f"main:SM{next(_sids)}"
    return town.database.write(lambda work: text_in(work, name, sender, words, town.clock.now()))


def contact(town: Town, person: str, kind: str = TEXT) -> Contact:
    found = town.database.read(lambda work: work.contacts.of(person))
    return next(one for one in found if one.kind == kind)


def alarms(town: Town) -> list[str]:
    return town.hears("#alerts", Kind.ALERT)


@pytest.mark.parametrize(
    "words",
    [
        CODE,
        f" {CODE}\n",
        f'"{CODE}"',
        f"“{CODE}”.",
        "482 193",
        "482-193",
        f"ack {CODE}",
        f"Code: {CODE}",
        f"ok {CODE}!",
    ],
)
def test_the_code_takes_the_page_whatever_stands_around_it(desk: Town, words: str) -> None:
    page = paged(desk)
    attempt = tried(desk, page, kind="text", code=CODE)
    assert texts(desk, words) == "#1 is yours, Ann."
    taken = page_now(desk, page)
    assert (taken.acknowledged_by, taken.acknowledged_via, taken.state) == ("ann", "code", PageState.ACKNOWLEDGED)
    assert attempt_now(desk, attempt).state is AttemptState.CONFIRMED
    assert desk.ticket(1).owner == "ann"
    assert not desk.ticket(1).closed, "A text acknowledges and does nothing else."


def test_a_code_is_good_for_its_number_and_its_page_alone(desk: Town) -> None:
    page, other = paged(desk), paged(desk, ticket=None, customer=None, trigger=Trigger.STAFF, by="bob")
    tried(desk, page, kind="text", code=CODE)
    tried(desk, other, "bob", BOB, kind="text", code="777777")
    assert texts(desk, CODE, BOB).startswith("That is no code")
    assert texts(desk, "777777", ANN).startswith("That is no code")
    assert texts(desk, CODE, "").startswith("Nobody reads")
    assert page_now(desk, page).open
    assert page_now(desk, other).open
    assert texts(desk, "777777", BOB) == "It is yours, Bob."


def test_the_same_text_again_is_answered_and_not_done_again(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    assert texts(desk, CODE, ref="main:SM-once") == texts(desk, CODE, ref="main:SM-once") == "#1 is yours, Ann."
    assert sum(event.deed == "acknowledged" for event in desk.history(1)) == 1


def test_who_is_too_late_hears_who_was_first(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    tried(desk, page, "bob", BOB, kind="text", code="777777")
    texts(desk, CODE)
    desk.clock.forward(minutes=3)
    assert texts(desk, "777777", BOB) == "Ann has it since 10:00. Nothing left to do."
    assert texts(desk, CODE) == "#1 is yours, Ann."


def test_a_code_that_was_used_is_no_proof_once_the_page_comes_again(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    texts(desk, CODE)
    again = replace(page_now(desk, page), state=PageState.OPEN, repaged=1)
    desk.database.write(lambda work: work.pages.save(again))
    assert texts(desk, CODE) == "That code was used already. The next text has a new one."
    assert page_now(desk, page).open


def test_after_five_wrong_codes_nothing_of_that_number_is_looked_at_for_an_hour_and_the_desk_is_told(
    desk: Town,
) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    answers = [texts(desk, f"{guess:06}") for guess in range(WRONG_AN_HOUR)]
    assert all(answer.startswith("That is no code") for answer in answers)
    assert texts(desk, CODE) == "", "Not even the right one: else a lock would be none."
    (alarm,) = alarms(desk)
    assert "5 texts with wrong codes came from the number of Ann" in alarm
    assert page_now(desk, page).open
    assert texts(desk, "777777", BOB).startswith("That is no code"), "Others are not locked out."
    desk.clock.forward(hours=1)
    assert texts(desk, CODE) == "#1 is yours, Ann."


def test_strangers_are_answered_five_times_and_never_again_and_nobody_is_alarmed(desk: Town) -> None:
    told = []
    for hour in range(3):
        told += [texts(desk, f"I am away {n}", "+14165550177") for n in range(6)]
        desk.clock.forward(hours=1, minutes=hour)
    assert sum(bool(answer) for answer in told) == TOLD_STRANGERS
    assert {*told} == {"", "Nobody reads texts at this number."}
    assert alarms(desk) == []


def test_what_is_kept_of_numbers_does_not_grow_for_ever(desk: Town) -> None:
    for n in range(520):
        texts(desk, "hello", f"+1416555{n:04}")
    book = desk.database.read(lambda work: work.memory.fact("phone.texts"))
    assert len(book) == 500
    assert "+14165550519" in book


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop. ", "STOP ALL", "Unsubscribe", "ARRÊT", "arret", "opt-out"])
def test_stop_ends_texts_to_that_number_and_alarms_the_desk(desk: Town, word: str) -> None:
    assert texts(desk, word) == "", "The provider answers STOP itself."
    refused = contact(desk, "ann")
    assert refused.refused.endswith("by text")
    assert not refused.usable
    assert contact(desk, "ann", "call").usable, "Calls go on."
    assert contact(desk, "bob").usable
    (alarm,) = alarms(desk)
    assert "@ann takes no texts from the desk any more" in alarm
    texts(desk, word)
    assert alarms(desk) == [], "Once is enough."


def test_who_stops_texts_and_had_no_call_is_called_at_that_number(town: Town) -> None:
    reachable(town, "ann", "text", ANN)
    texts(town, "STOP")
    call = contact(town, "ann", "call")
    assert (call.address, call.usable) == (ANN, True)
    assert call.covers


def test_when_it_is_a_refused_texts_turn_there_is_a_call(desk: Town) -> None:
    def planned() -> list[tuple[int, str]]:
        ways = ways_to("ann", (), desk.database.read(lambda work: work.contacts.of("ann")))
        return [(seconds, way.kind) for seconds, way in tries(DEFAULT_PLAN, ways)]

    assert planned() == [(0, "text"), (60, "call"), (180, "call")]
    texts(desk, "STOP")
    assert planned() == [(0, "call"), (60, "call"), (180, "call")]
    texts(desk, "START")
    assert planned() == [(0, "text"), (60, "call"), (180, "call")]


def test_who_stops_texts_and_cannot_be_called_is_somebody_the_leads_are_paged_about(town: Town) -> None:
    unverified = Contact(0, "ann", "text", ANN)
    town.database.write(lambda work: work.contacts.save(unverified))
    texts(town, "STOP")
    (page,) = town.database.read(lambda work: work.pages.live())
    assert (page.trigger, page.reason) == (
        Trigger.STOP,
        "Ann takes no texts any more and has no verified telephone",
    )


def test_start_brings_texts_back(desk: Town) -> None:
    texts(desk, "STOP")
    alarms(desk)
    assert texts(desk, "Start") == ""
    assert contact(desk, "ann").usable
    assert alarms(desk) == ["Ann takes texts from the desk again."]


def test_stop_and_help_of_strangers_do_nothing(desk: Town) -> None:
    assert [texts(desk, word, "+14165550177") for word in ("STOP", "START", "HELP", "yes")] == ["", "", "", ""]
    assert alarms(desk) == []


def test_french_for_those_who_want_it(desk: Town) -> None:
    french = replace(contact(desk, "ann"), language="fr")
    desk.database.write(lambda work: work.contacts.save(french))
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    assert texts(desk, "bonjour").startswith("Ce code n'est pas celui")
    assert texts(desk, CODE) == "Le billet #1 est à vous, Ann."


def test_every_answer_is_one_text(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    for answer in (texts(desk, "hello"), texts(desk, CODE), texts(desk, "x", "+14165550177")):
        assert len(answer) <= 160
        assert answer.isascii()


def test_whoever_writes_in_words_may_still_send_the_code(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    answers = [texts(desk, f"on my way, {number} more minutes") for number in range(2 * WRONG_AN_HOUR)]
    assert all(answer.startswith("That is no code") for answer in answers[:TOLD_AN_HOUR])
    assert not any(answers[TOLD_AN_HOUR:]), "A telephone that answers by itself is not talked to for ever."
    assert alarms(desk) == []
    assert texts(desk, f"taking it now, {CODE}, call me at 416 555 0199") == "#1 is yours, Ann."


def test_a_text_is_one_guess(desk: Town) -> None:
    page = paged(desk)
    tried(desk, page, kind="text", code=CODE)
    texts(desk, f"111111 222222 {CODE}")
    assert page_now(desk, page).open
