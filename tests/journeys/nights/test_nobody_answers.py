"""Nobody answers: the chain ends, it gets loud, and it goes on until a human acknowledges."""

from __future__ import annotations

from tests.adapters.phone.night import KIM, LEA, SAM
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST


def test_nobody_answers_until_somebody_presses_the_button_of_the_alarm(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim, sam, lea = (
        desk.phones.person(number, name, answers=False) for number, name in ((KIM, "Kim"), (SAM, "Sam"), (LEA, "Lea"))
    )
    voice.says("bob", DOWN)
    desk.passes(minutes=5)
    assert (len(kim.calls), len(sam.calls), len(lea.calls)) == (4, 3, 0), "Two rounds, two calls to each in a step."
    assert not voice.alerts("Nobody has answered")

    desk.passes(minutes=2)
    assert voice.alerts("Nobody has answered page 1 for 6 min", "Acknowledge")
    assert lea.calls, "The leads are called."
    desk.passes(minutes=20)
    assert len(voice.alerts("Nobody has answered page 1")) == 3, "It says so again every ten minutes."

    before = len(desk.phones.calls)
    assert "Page 1 is yours, and so is #1" in voice.presses_alert("ann", "Acknowledge", "Nobody has answered page 1")
    assert desk.ticket().owner == "ann"
    assert voice.alerts("Ann has page 1", "by button")
    assert "Ann acknowledged" in voice.message("kim", "page 1")
    desk.passes(minutes=19)
    assert len(desk.phones.calls) == before, "Now it is silent."
    assert "was loud" in voice.says("bob", "/page show 1")


def test_nobody_is_on_call_and_the_alarm_comes_at_once(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    for who in ("kim", "sam"):
        voice.says("zoe", f"/staff away {who}")
    lea = voice.desk.phones.person(LEA, "Lea", after=None, by_hand=True)
    assert "nobody is on call: the alarm went to the alerts channel" in voice.says("bob", DOWN)
    # Lea does not pick up before it is there: an alarm about what somebody has by now is not told.
    assert voice.alerts("Nobody has answered page 1")
    (call,) = lea.calls
    call.picks_up()
    call.waits_to_hear("press 1")
    call.presses("1")
    call.waits_to_hear("Thank you, Lea.")
    voice.desk.settles()
    assert voice.desk.ticket().owner == "lea"
