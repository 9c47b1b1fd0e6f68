"""Two acknowledge: one has it, the other is told who and when, and whatever still rings is cut."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.adapters.phone.night import KIM, SAM
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import BOTH, DOWN


def test_the_key_was_first_and_the_button_is_told_so(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=BOTH)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    sam = desk.phones.person(SAM, "Sam", after=None, by_hand=True)
    voice.says("bob", DOWN)
    # Both telephones ring and Sam has the message before Kim picks up: what had not gone out yet would be withdrawn.
    desk.settles()
    assert sam.call.status == "ringing"
    kim.call.picks_up()
    kim.call.waits_to_hear("press 1")
    kim.call.presses("1")
    kim.call.waits_to_hear("Thank you, Kim.")
    desk.settles()

    assert desk.page().acknowledged_by == "kim"
    assert sam.call.status == "canceled", "Sam's telephone stops ringing."
    assert kim.call.status == "completed"
    assert "Kim acknowledged at" in voice.message("sam", "page 1")
    assert "Kim acknowledged page 1 at" in voice.says("sam", "/page ack 1")
    assert "cancelled: Kim has it" in voice.says("ann", "/page show 1")


def test_the_button_was_first_and_whoever_is_on_the_line_is_let_go(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=BOTH)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", by_hand=True)
    sam = desk.phones.person(SAM, "Sam", after=None, by_hand=True)
    voice.says("bob", DOWN)
    kim.call.waits_to_hear("press 1")

    assert "Page 1 is yours" in voice.presses("sam", "Acknowledge", "page 1")
    desk.settles()
    assert desk.page().acknowledged_by == "sam"
    assert sam.call.over
    assert kim.call.over
    assert "Sam acknowledged at" in voice.message("kim", "page 1")


def test_key_and_button_in_the_same_moment(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=BOTH)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", by_hand=True)
    sam = desk.phones.person(SAM, "Sam", after=None, by_hand=True)
    voice.says("bob", DOWN)
    kim.call.waits_to_hear("press 1")
    press = voice.about_to_press("sam", "Acknowledge", "page 1")

    with ThreadPoolExecutor(1) as other:
        pressed = other.submit(press)
        kim.call.presses("1")
        told = pressed.result(30)
    desk.phones.until(lambda: kim.call.over)
    desk.settles()

    assert sam.call.over
    if desk.page().acknowledged_by == "kim":
        assert "Kim acknowledged page 1 at" in told
        assert "Thank you, Kim." in kim.call.words
    else:
        assert "Page 1 is yours" in told
        assert "Thank you, Kim." not in kim.call.words
    acknowledged = desk.database.read(
        lambda work: [one for one in work.tickets.history(1) if one.deed == "acknowledged"]
    )
    assert len(acknowledged) == 1
