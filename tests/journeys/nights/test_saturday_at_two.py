"""Saturday, 02:14: nothing is promised before Tuesday, and somebody gets up all the same."""

from __future__ import annotations

from tests.adapters.phone.night import KIM, SAM
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST


def test_a_night_on_call(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    sam = desk.phones.person(SAM, "Sam")

    said = voice.says("bob", DOWN)
    assert "Because this is Level III and one of the worst cases (Recovery from a hardware failure)" in said
    assert "Kim is being paged now. /page why 1" in said
    message = voice.message("kim", "page 1")
    assert "#1 ACME Ltd: mail server down, queue growing" in message
    assert all(label in message for label in ("Acknowledge", "Pass on", "Why"))

    desk.passes(seconds=25)
    (first,) = kim.calls
    first.rings_out()
    desk.phones.until(lambda: first.over)
    desk.passes(seconds=65)
    assert "Kim: Level III ACME Ltd #1: mail server down, queue growing" in kim.got[0].body

    second = kim.calls[1]
    second.picks_up()
    second.waits_to_hear("Press 1 to take it, 2 to pass it on, 3 to hear more")
    assert "This is Thirdline with a Level Three page for Kim." in second.heard
    assert "ACME Limited, ticket one: mail server down, queue growing." in second.heard
    desk.passes(seconds=21)
    second.presses("1")
    second.waits_to_hear("Thank you, Kim. Ticket one is yours. I have told the desk.")
    desk.settles()

    assert desk.ticket().owner == "kim"
    assert "Held by Kim" in voice.says("ann", "/ticket show 1")
    assert "Kim acknowledged at" in voice.message("kim", "page 1", "acknowledged")
    assert voice.alerts("Kim has page 1", "#1 mail server down, queue growing", "by key")
    assert not sam.calls

    shown = voice.says("ann", "/page show 1")
    assert "Page 1 · level3, step 1 of 2" in shown
    assert "02:14:00 call 1 to Kim, +1 416 … 0199: rang 25 s, no answer" in shown
    assert "02:14:25 text to Kim, +1 416 … 0199" in shown
    assert "02:15:30 call 2 to Kim, +1 416 … 0199: answered, key at 02:15:51 → acknowledged" in shown
    why = voice.says("ann", "/page why 1")
    assert "When it was opened, somebody was called. Rule worst cases fits a Level III ticket" in why
    assert "in monitored hours, and the telephone is owed with its level" in why


def test_what_was_told_on_the_telephone_is_on_the_ticket(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    kim = voice.desk.phones.person(KIM, "Kim", presses=[("press 1", "3"), ("press 1", "1")])
    voice.says("bob", DOWN)
    voice.desk.settles()

    assert "Nothing more was written when it was opened." in kim.heard
    history = voice.says("ann", "/ticket history 1 --all")
    assert "The desk called Kim with page 1, step 1 of 2" in history
    assert "The desk tried Kim by call, +1 416 … 0199: answered, key → acknowledged" in history
    assert "Kim acknowledged page 1 by key" in history
