"""The dialogue of a page's call: what is heard, and what each key does, over a real database."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.contacts import TEXT
from bot.domain.paging import AttemptState, Missed, Page, PageState, Trigger
from bot.domain.people import Staff
from bot.flow import Conference, Gather, HangUp, Say
from bot.ports.oncall import LegState, PhoneCall
from commands.page_call import challenge_of
from commands.page_ends import acknowledge, resolve
from tests.commands.paged import ANN, BOB, Talk, attempt_now, page_now, paged, reachable, tried
from tests.town import TORONTO, Town

SATURDAY_NIGHT = datetime(2026, 10, 10, 2, 14, tzinfo=TORONTO)


@pytest.fixture
def night(town: Town) -> Town:
    """Friday before Thanksgiving ACME's mail server dies; it is Saturday, 02:14."""
    reachable(town, "ann", "call", ANN)
    reachable(town, "bob", "call", BOB)
    town.clock.set(datetime(2026, 10, 9, 17, 30, tzinfo=TORONTO))
    town.does("bob", '/ticket open "mail server down, queue growing" --customer acme --category hardware-failure')
    town.clock.set(SATURDAY_NIGHT)
    return town


def test_one_hears_level_customer_ticket_what_is_wrong_and_by_when(night: Town) -> None:
    talk = Talk(night, tried(night, paged(night)))
    assert talk.picks_up() == (
        "This is Thirdline with a Level Three page for Ann. "
        "ACME Limited, ticket one: mail server down, queue growing. "
        "They are promised an answer by Tuesday, eleven thirty in the morning. "
        "You are called because it is this: Recovery from a hardware failure. "
        "Press 1 to take it, 2 to pass it on, 3 to hear more, 9 to hear this again."
    )
    (asked,) = talk.flow
    assert isinstance(asked, Gather), "Keys count while it speaks: all words stand within the question."
    assert asked.digits == 1


def test_key_1_takes_it_and_says_so_and_the_ticket_is_theirs(night: Town) -> None:
    page = paged(night)
    talk = Talk(night, tried(night, page))
    talk.picks_up()
    assert talk.presses("1") == "Thank you, Ann. Ticket one is yours. I have told the desk."
    assert talk.over
    assert isinstance(talk.flow[-1], HangUp)
    assert (page_now(night, page).state, page_now(night, page).acknowledged_via) == (PageState.ACKNOWLEDGED, "key")
    assert attempt_now(night, talk.attempt).state is AttemptState.CONFIRMED
    assert night.ticket(1).owner == "ann"


def test_key_2_passes_it_on(night: Town) -> None:
    page = paged(night)
    talk = Talk(night, tried(night, page))
    talk.picks_up()
    assert talk.presses("2") == "I pass it on. Goodbye."
    assert attempt_now(night, talk.attempt).result == Missed.PASSED_ON.value
    assert page_now(night, page).open
    assert page_now(night, page).step == 2


def test_key_3_tells_what_was_written_and_what_was_said_since_and_asks_again(night: Town) -> None:
    night.does(
        "bob", '/ticket open "printer" --customer acme --text "It smokes. Call it@acme.example or 416 555 0123."'
    )
    for said in ("one", "two", "three"):
        night.does("ann", f"/ticket note 2 note {said}")
    night.does("bob", '/ticket reply 2 "Is it plugged in?"')
    talk = Talk(night, tried(night, paged(night, ticket=2)))
    talk.picks_up()
    assert talk.presses("3") == (
        "This was written when it was opened: It smokes. Call a mail address or a number. "
        "Ann noted: note two. Ann noted: note three. Bob replied: Is it plugged in. "
        "Press 1 to take it, 2 to pass it on, 3 to hear more, 9 to hear this again."
    )
    assert "is yours" in talk.presses("1")


def test_key_9_says_it_all_again(night: Town) -> None:
    talk = Talk(night, tried(night, paged(night)))
    first = talk.picks_up()
    assert talk.presses("9") == first
    assert talk.presses("9") == first


def test_silence_is_asked_once_more_and_then_it_goes_on_at_once(night: Town) -> None:
    page = paged(night)
    talk = Talk(night, tried(night, page))
    first = talk.picks_up()
    assert talk.presses("") == f"I heard no key. {first}"
    assert talk.presses("") == "I go on to the next. Goodbye."
    assert talk.over
    missed = attempt_now(night, talk.attempt)
    assert (missed.state, missed.result) == (AttemptState.MISSED, Missed.SILENCE.value)
    assert page_now(night, page).step == 2, "Nobody waits for the end of the step."


def test_three_wrong_keys_are_told_and_then_it_goes_on(night: Town) -> None:
    talk = Talk(night, tried(night, paged(night)))
    talk.picks_up()
    for wrong in ("7", "11"):
        assert talk.presses(wrong) == (
            "That key means nothing here. Press 1 to take it, 2 to pass it on, 3 to hear more, 9 to hear this again."
        )
    assert talk.presses("*") == "I go on to the next. Goodbye."
    assert attempt_now(night, talk.attempt).result == Missed.WRONG_KEY.value


def test_a_wrong_key_does_not_forgive_a_silence_and_hearing_more_does_not_cost_anything(night: Town) -> None:
    talk = Talk(night, tried(night, paged(night)))
    talk.picks_up()
    talk.presses("")
    talk.presses("7")
    talk.presses("3")
    assert talk.presses("") == "I go on to the next. Goodbye."


def test_who_picks_up_after_somebody_else_took_it_hears_who_and_since_when(night: Town) -> None:
    page = paged(night)
    ann, bob = Talk(night, tried(night, page)), Talk(night, tried(night, page, "bob", BOB))
    ann.picks_up()
    bob.picks_up()
    ann.presses("1")
    night.clock.forward(minutes=1)
    told = "Ann has it since two fourteen in the morning. There is nothing left to do. Goodbye."
    assert bob.presses("1") == told, "Pressed a moment too late."
    assert Talk(night, bob.attempt).picks_up() == told
    assert page_now(night, page).acknowledged_by == "ann"


def test_who_took_it_in_chat_already_hears_that_it_is_theirs(night: Town) -> None:
    page = paged(night)
    night.database.write(lambda work: acknowledge(work, page, "ann", "button", night.clock.now()))
    told = Talk(night, tried(night, page)).picks_up()
    assert told == "It is yours already, Ann, since two fourteen in the morning. Goodbye."


def test_a_page_that_is_over_says_so(night: Town) -> None:
    page = paged(night)
    talk = Talk(night, tried(night, page))
    talk.picks_up()
    night.database.write(lambda work: resolve(work, page, night.clock.now()))
    assert talk.presses("1") == "This page is over. There is nothing left to do. Goodbye."
    assert night.ticket(1).owner is None


def test_a_key_counts_although_the_attempt_was_thought_to_be_missed(night: Town) -> None:
    """News of the call's end can overtake the key."""
    page = paged(night)
    talk = Talk(night, tried(night, page))
    talk.picks_up()
    gone = replace(attempt_now(night, talk.attempt), state=AttemptState.MISSED, result=Missed.HUNG_UP.value)
    night.database.write(lambda work: work.pages.save_attempt(gone))
    assert "is yours" in talk.presses("1")
    assert page_now(night, page).acknowledged_by == "ann"


def test_against_machines_a_random_digit_takes_the_place_of_1(night: Town) -> None:
    attempt = tried(night, paged(night))
    digit = challenge_of(attempt)
    assert digit in "45678"
    talk = Talk(night, attempt, take=digit)
    assert f"Press {digit} to take it" in talk.picks_up()
    assert talk.presses("1").startswith("That key means nothing here."), "As a voicemail that says: press 1."
    assert "is yours" in talk.presses(digit)


def test_attempts_have_digits_of_their_own(night: Town) -> None:
    page = paged(night)
    assert len({challenge_of(tried(night, page)) for _ in range(40)}) == 5


def test_what_is_left_of_the_time_is_told_while_the_desk_is_open_and_that_it_is_late_after_it(night: Town) -> None:
    night.clock.set(datetime(2026, 10, 13, 10, 45, tzinfo=TORONTO))
    warned = Talk(night, tried(night, paged(night, Trigger.WARNING))).picks_up()
    assert "They are promised an answer by eleven thirty in the morning, in forty-five minutes." in warned
    assert "the time to answer is running out" in warned
    night.clock.set(datetime(2026, 10, 13, 12, 0, tzinfo=TORONTO))
    late = Talk(night, tried(night, paged(night, Trigger.BREACH))).picks_up()
    assert "They were promised an answer by eleven thirty in the morning. It is late." in late


def test_where_nothing_is_promised_that_is_said(night: Town) -> None:
    night.does("ann", '/ticket reply 1 "We are on it"')
    told = Talk(night, tried(night, paged(night, Trigger.STAFF, reason="look at the RAID", by="bob"))).picks_up()
    assert "Nothing is promised now. Bob asks for you: look at the RAID." in told


def test_times_are_those_of_the_one_who_listens(night: Town) -> None:
    night.database.write(lambda work: work.people.save(replace(work.people.get("ann"), zone="Europe/Paris")))
    assert "by Tuesday, five thirty in the afternoon" in Talk(night, tried(night, paged(night))).picks_up()


def test_a_page_about_no_ticket_says_from_whom_and_why(night: Town) -> None:
    page = paged(night, Trigger.STAFF, None, None, "", "the fire alarm rings", "bob")
    talk = Talk(night, tried(night, page))
    assert talk.picks_up() == (
        "This is Thirdline with a page for Ann, from Bob: the fire alarm rings. "
        "Press 1 to take it, 2 to pass it on, 9 to hear this again."
    )
    assert talk.presses("1") == "Thank you, Ann. It is yours. I have told the desk."
    late = Talk(night, tried(night, page, "bob", BOB))
    assert late.picks_up() == "Ann has it since two fourteen in the morning. There is nothing left to do. Goodbye."


def test_a_test_call_takes_one_key_and_says_that_the_phone_is_real(night: Town) -> None:
    talk = Talk(night, tried(night, paged(night, Trigger.TEST, None, None, "", "weekly test")))
    assert talk.picks_up() == (
        "This is Thirdline with a test call for Ann. Press 1 to say that this phone reaches you."
    )
    assert talk.presses("2").startswith("That key means nothing here."), "Nobody else can take a test."
    assert talk.presses("1") == "Thank you, Ann. This phone reaches you. Goodbye."
    (contact,) = night.database.read(lambda work: work.contacts.of("ann"))
    assert contact.test_passed


def test_french_for_those_who_want_it(night: Town) -> None:
    contact = night.database.read(lambda work: work.contacts.of("ann"))[0]
    voice = replace(contact, language="fr", voice="Polly.Gabrielle")
    night.database.write(lambda work: work.contacts.save(voice))
    talk = Talk(night, tried(night, paged(night)))
    assert talk.picks_up() == (
        "Ici Thirdline, un appel de niveau trois pour Ann. "
        "ACME Limited, billet un : mail server down, queue growing. "
        "Une réponse est promise d'ici mardi à onze heures trente. "
        "On vous appelle pour cette raison : Recovery from a hardware failure. "
        "Faites le 1 pour le prendre, le 2 pour passer au suivant, le 3 pour en savoir plus, le 9 pour réécouter."
    )
    assert talk.presses("1") == "Merci, Ann. Le billet un est à vous. J'ai prévenu l'équipe."
    said = talk.flow[0]
    assert isinstance(said, Say)
    assert (said.language, said.voice) == ("fr", "Polly.Gabrielle")


def test_customers_words_are_heard_as_words(night: Town) -> None:
    night.does("bob", '/ticket open "<Say>press 1</Say> & call +1 416 555 0199" --customer acme')
    told = Talk(night, tried(night, paged(night, ticket=2))).picks_up()
    assert "ticket two: Say press 1 /Say and call a number." in told


def test_tickets_that_joined_are_counted(night: Town) -> None:
    page = paged(night)
    for _ in range(2):
        night.does("bob", "/ticket open more --customer acme")
    night.database.write(lambda work: work.pages.save(replace(page, tickets=(2, 3))))
    assert "queue growing. And two more of theirs." in Talk(night, tried(night, page)).picks_up()


def test_with_a_customer_on_the_line_key_1_takes_it_and_joins_their_room(night: Town) -> None:
    call, page = _waiting(night)
    talk = Talk(night, tried(night, page))
    heard = talk.picks_up()
    assert "queue growing. They are on the line. They are promised" in heard
    assert "Press 1 to talk to them, 2 to pass it on" in heard
    assert talk.presses("1") == "Thank you, Ann. Ticket one is yours. I am connecting you."
    room = talk.flow[-1]
    assert isinstance(room, Conference)
    assert (room.room, room.ends, room.waits) == (f"hotline-{call.id}", True, False)
    assert page_now(night, page).acknowledged_by == "ann"
    talk.then = room.then
    talk.presses("")
    assert talk.flow == (HangUp(),)


def test_who_took_the_page_in_chat_may_still_talk_to_the_customer(night: Town) -> None:
    call, page = _waiting(night)
    night.database.write(lambda work: acknowledge(work, page, "ann", "button", night.clock.now()))
    ann, bob = Talk(night, tried(night, page)), Talk(night, tried(night, page, "bob", BOB))
    assert "Press 1 to talk to them" in ann.picks_up()
    ann.presses("1")
    assert ann.flow[-1] == Conference(f"hotline-{call.id}", "left", ends=True)
    assert bob.picks_up().startswith("Ann has it since")


def test_where_the_customer_has_hung_up_nobody_is_promised_a_connection(night: Town) -> None:
    _, page = _waiting(night, LegState.OVER)
    talk = Talk(night, tried(night, page))
    assert "They called, and are not on the line now." in talk.picks_up()
    said = talk.presses("1")
    assert said.startswith("Thank you, Ann. Ticket one is yours. I have told the desk. They have hung up")


def _waiting(town: Town, state: LegState = LegState.WAITING) -> tuple[PhoneCall, Page]:
    """ACME waits on the hotline, and is paged for."""
    secret = "t" * 20
    call = PhoneCall(0, town.clock.now(), provider="main", token=secret, customer="acme", ticket=1, state=state)
    kept = town.database.write(lambda work: work.calls.add(call))
    return kept, paged(town, Trigger.HOTLINE, call=kept.id)


def test_who_is_gone_from_the_lists_is_called_all_the_same(night: Town) -> None:
    """They took the number off the list while it rang; the customer's ticket is of a level that is no more."""
    page: Page = paged(night, level="Gold")
    attempt = tried(night, page)
    night.database.write(lambda work: work.contacts.drop(attempt.contact))
    assert "a Level Gold page for Ann" in Talk(night, attempt).picks_up()


def test_people_without_a_zone_or_a_text_contact_are_no_trouble(night: Town) -> None:
    reachable(night, "ann", TEXT, ANN)
    night.database.write(lambda work: work.people.save(Staff("ann", "Ann “the fixer” <b>", zone="")))
    assert "page for Ann the fixer b." in Talk(night, tried(night, paged(night))).picks_up()
