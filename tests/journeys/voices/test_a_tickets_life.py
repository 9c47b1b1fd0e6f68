"""A ticket's life, by buttons and by words, and what becomes of those who come second or write something wrong."""

from __future__ import annotations

from tests.journeys.voices.voice import Voice

OPEN = "/ticket open printer on fire --customer acme"


def test_a_ticket_lives_by_buttons(voice: Voice) -> None:
    voice.says("ann", OPEN)
    voice.card(1, "printer on fire", "ACME Ltd", "Nobody has claimed it", "Claim")
    assert "You have #1" in voice.presses("bob", 1, "Claim")
    voice.card(1, "Held by Bob", "Release")

    voice.fills("bob", 1, "Reply", {"Reply": "We are on our way."})
    assert "it@acme.example" in voice.letter(1, "We are on our way.")

    voice.fills("bob", 1, "Wait…", {"until": "2d"})
    voice.card(1, "waiting", "Resume")
    voice.presses("bob", 1, "Resume")
    voice.card(1, "Wait…")

    voice.fills("bob", 1, "Close…", {"resolution": "solved", "Closing note": "New toner."})
    assert "Claim" not in voice.card(1, "Closed: solved", "Reopen", "Transcript").split("Closed: solved")[1]
    assert "We are on our way." in voice.presses("ann", 1, "Transcript")
    voice.presses("ann", 1, "Reopen")
    voice.card(1, "open", "Close…")
    assert voice.copies(1) == 1


def test_a_ticket_lives_by_words(voice: Voice) -> None:
    voice.says("ann", OPEN)
    assert "You have #1" in voice.says("bob", "claim", about=1)
    voice.card(1, "Held by Bob")
    voice.writes("ann", 1, "The toner is < 3 % & leaking")
    voice.says("bob", "reply We are on our way", about=1)
    letter = voice.letter(1, "We are on our way")
    assert "it@acme.example" in letter
    voice.says("bob", "wait 2d", about=1)
    voice.card(1, "waiting")
    voice.says("bob", "close solved", about=1)
    voice.card(1, "Closed: solved")

    assert "leaking" not in letter
    assert "The toner is < 3 % & leaking" in voice.says("ann", "/ticket history 1")
    assert voice.premises.history(1).count("noted") == 1
    assert voice.copies(1) == 1


def test_a_second_claim_is_told_who_has_it_and_taking_it_over_tells_them(voice: Voice) -> None:
    voice.says("ann", OPEN)
    voice.says("bob", "/ticket claim 1")
    assert "Bob took #1" in voice.says("ann", "/ticket claim 1")
    voice.passes(hours=2)
    assert "Bob has had #1 since" in voice.says("lea", "/ticket claim 1")
    voice.says("lea", "/ticket claim 1 --take because bob is at lunch")

    voice.card(1, "Held by Lea")
    assert "printer on fire" in voice.told("bob", "Lea took over #1")


def test_of_two_who_claim_at_once_one_has_it(voice: Voice) -> None:
    voice.says("ann", OPEN)
    told = voice.at_once("ann", "bob", "/ticket claim 1")

    assert sum("You have #1" in one for one in told) == 1
    assert sum("took #1 " in one for one in told) == 1, "Just now, or some seconds ago where the machine is slow."
    assert voice.premises.history(1).count("claimed") == 1


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(voice: Voice) -> None:
    voice.says("ann", OPEN)
    assert "half past never" in voice.fills("ann", 1, "Wait…", {"until": "half past never"})
    assert "waiting" not in voice.premises.history(1)

    voice.corrects("ann", {"until": "2d"})
    voice.card(1, "waiting")


def test_a_slip_is_met_with_what_was_meant_and_a_strange_ticket_with_a_sentence(voice: Voice) -> None:
    voice.says("ann", OPEN)
    assert "There is no ticket #7" in voice.says("ann", "/ticket show 7")
    assert "Did you mean" in voice.says("ann", "/ticket assign 1 leaa")
