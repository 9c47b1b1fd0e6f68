"""The hotline, from the greeting to the bridge; who hangs up is called back, and who is not owed it is heard."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.history import Deed
from bot.domain.paging import Trigger
from bot.domain.policy import ClockKind
from bot.ports import UnitOfWork
from tests.adapters.phone.night import KIM, Night
from tests.doubles.phone.records import Call
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import WORST
from tests.journeys.nights.voice import NightVoice

CAL = "+14165550123"
Begins = Callable[..., Night]


def pin_of(voice: NightVoice | Night, customer: str) -> str:
    """What a lead is shown, once."""
    said = voice.says("lea", f"/customer pin {customer}")
    found = re.search(r"(\d{4}) (\d{4})", said)
    assert found is not None, said
    return found[1] + found[2]


def dials_in(desk: Night, pin: str) -> Call:
    """Somebody at ACME calls the desk's number and types their PIN."""
    cal = desk.phones.person(CAL, "Cal", by_hand=True)
    call = cal.dials()
    call.waits_to_hear("Thank you for calling support. Please enter your PIN")
    call.presses(f"{pin}#")
    return call


def deeds(work: UnitOfWork, number: int = 1) -> list[Deed]:
    return [event.deed for event in work.tickets.history(number)]


def test_from_the_greeting_to_the_bridge(opens: Opens) -> None:
    voice = opens("Mon 5 Oct 10:05", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = dials_in(desk, pin_of(voice, "acme"))
    call.waits_to_hear("Welcome, ACME Limited. You have telephone support with Level Three.")
    call.waits_to_hear("I have opened ticket one for you and am calling the engineer on duty. Please stay on the line.")
    desk.phones.until(lambda: call.on_hold)
    assert desk.ticket().customer == "acme", "The ticket is there before anybody picks up."
    assert "The customer is on the line." in voice.message("kim", "page 1")

    kim.call.picks_up()
    kim.call.waits_to_hear("They are on the line.")
    kim.call.waits_to_hear("Press 1 to talk to them")
    kim.call.presses("1")
    kim.call.waits_to_hear("Ticket one is yours. I am connecting you.")
    desk.phones.until(lambda: call.hears == (KIM,) and kim.call.hears == (CAL,))
    assert call.conference == kim.call.conference != ""

    desk.settles()
    assert desk.ticket().owner == "kim"
    assert desk.ticket().clock(ClockKind.FIRST_RESPONSE) is None, "They talk: the promise is kept."
    assert desk.database.read(deeds).count(Deed.CALLED) == 1
    assert "in time" in voice.says("ann", "/ticket why 1")
    kim.call.hangs_up()
    call.waits_to_hear("The engineer has left the line. If you were cut off, press 1, and I connect you again.")
    call.silent()
    call.waits_to_hear("Thank you for calling. Goodbye.")
    desk.phones.until(lambda: call.over)
    assert "Kim has page 1" in voice.alerts("Kim has page 1")[-1]


def test_taken_by_the_button_the_engineers_telephone_rings_into_the_room(opens: Opens) -> None:
    voice = opens("Mon 5 Oct 10:05", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = dials_in(desk, pin_of(voice, "acme"))
    desk.phones.until(lambda: call.on_hold)
    assert "Page 1 is yours" in voice.presses("kim", "Acknowledge", "page 1")
    desk.settles()

    assert kim.calls[0].over, "The page's own call is cut."
    whisper = kim.calls[1]
    whisper.picks_up()
    whisper.waits_to_hear("Level Three, ACME Limited, ticket one, on the line. Press 1 to talk to them.")
    whisper.presses("1")
    desk.phones.until(lambda: call.hears == (KIM,) and whisper.hears == (CAL,))
    call.hangs_up()
    desk.phones.until(lambda: whisper.over)
    desk.settles()


def test_who_hangs_up_is_called_back(opens: Opens) -> None:
    voice = opens("Mon 5 Oct 10:05", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = dials_in(desk, pin_of(voice, "acme"))
    desk.phones.until(lambda: call.on_hold)
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1 to talk to them")
    call.hangs_up()
    desk.phones.until(lambda: call.over)
    desk.settles()
    cal = desk.phones.person(CAL, "Cal", presses=[("press 1", "1")])
    kim.call.presses("1")
    kim.call.waits_to_hear("Ticket one is yours.")
    kim.call.waits_to_hear("They have hung up. I am calling them back. Please stay on the line.")
    desk.phones.until(lambda: len(cal.calls) == 2)
    back = cal.call
    back.waits_to_hear("This is your support desk, calling about ticket one. Press 1 to talk to the engineer.")
    desk.phones.until(lambda: back.hears == (KIM,) and kim.call.hears == (CAL,))
    desk.settles()
    assert Deed.CALLED in desk.database.read(deeds)
    assert "hung up before an engineer was there" in voice.says("ann", "/ticket history 1 --all")


def test_nobody_comes_and_the_caller_is_offered_to_be_called_back(opens: Opens) -> None:
    voice = opens("Mon 5 Oct 10:05", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", answers=False)
    call = dials_in(desk, pin_of(voice, "acme"))
    desk.phones.until(lambda: call.on_hold)
    desk.passes(minutes=3)
    call.waits_to_hear("I am sorry, nobody has answered yet, and I go on calling. Press 1 to be called back")
    call.presses("1")
    call.waits_to_hear("You will be called back at the number that you are calling from. Ticket one says so.")
    desk.settles()
    assert desk.page().open, "The page goes on."
    assert "wants to be called back" in voice.says("ann", "/ticket history 1 --all")

    kim.now(answers=True)
    kim.presses(("ress 1", "1"))
    cal = desk.phones.person(CAL, "Cal", presses=[("press 1", "1")])
    voice.presses("kim", "Acknowledge", "page 1")
    desk.phones.until(lambda: cal.call is not call and cal.call.hears == (KIM,))
    assert "ACME Limited, ticket one, wants to be called back. Press 1, and I call them." in kim.heard


def test_who_is_not_owed_it_is_told_kindly_and_leaves_a_message(alone: Begins) -> None:
    desk = alone("Mon 5 Oct 10:05", plan=WORST)
    kim = desk.phones.person(KIM, "Kim")
    call = dials_in(desk, pin_of(desk, "cobalt"))
    call.waits_to_hear("Welcome, Cobalt. You are on Level Two, whose support is by e-mail.")
    call.waits_to_hear("(beep)")
    call.says(7)
    call.waits_to_hear("Thank you. Your message")
    desk.phones.until(lambda: call.over)
    desk.settles()
    assert [recording.seconds for recording in desk.phones.recordings] == [7]
    assert (desk.ticket().customer, desk.ticket().level) == ("cobalt", "II")
    assert "left a message of 7 s" in desk.says("ann", "/ticket history 1 --all")
    assert "recording" in desk.says("ann", "/ticket files 1")
    assert not kim.calls
    assert not desk.database.read(lambda work: list(work.pages.of_ticket(1)))


def test_out_of_hours_an_emergency_wakes_the_engineer(alone: Begins) -> None:
    desk = alone("Sat 10 Oct 02:14", plan=WORST)
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
    call = dials_in(desk, pin_of(desk, "acme"))
    call.waits_to_hear("Our desk is closed now and opens again")
    call.waits_to_hear("In an emergency press 1")
    call.presses("1")
    desk.phones.until(lambda: call.hears == (KIM,))
    assert desk.page().trigger is Trigger.HOTLINE
    assert kim.call.hears == (CAL,)


def test_ticket_dial_rings_the_engineer_and_then_the_customer(opens: Opens) -> None:
    voice = opens("Mon 5 Oct 10:05", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", by_hand=True)
    cal = desk.phones.person(CAL, "Cal", presses=[("press 1", "1")])
    voice.says("bob", "/ticket open printer on fire --customer acme")
    assert "rings now. Press 1" in voice.says("kim", f"/ticket dial 1 --number {CAL}")
    kim.call.waits_to_hear("You asked me to call ACME Limited about ticket one. Press 1, and I call them.")
    kim.call.presses("1")
    cal.call.waits_to_hear("This is your support desk, calling about ticket one.")
    desk.phones.until(lambda: cal.call.hears == (KIM,) and kim.call.hears == (CAL,))
    desk.settles()
    assert Deed.CALLED in desk.database.read(deeds)
    assert desk.ticket().clock(ClockKind.FIRST_RESPONSE) is None
    assert "Telephone support comes with Level III" in _not_for_cobalt(voice)


def _not_for_cobalt(voice: NightVoice) -> str:
    voice.says("bob", "/ticket open slow --customer cobalt")
    return voice.says("kim", f"/ticket dial 2 --number {CAL}")
