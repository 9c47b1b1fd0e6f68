"""What is taken and then forgotten, what comes all at once, and whom nobody is called for."""

from __future__ import annotations

from bot.domain.paging import PageState
from tests.adapters.phone.night import KIM
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST


def test_a_ticket_that_was_taken_and_forgotten_pages_again(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
    voice.says("bob", DOWN)
    desk.settles()
    assert desk.page().state is PageState.ACKNOWLEDGED
    desk.passes(minutes=19)
    assert len(kim.calls) == 1
    desk.passes(minutes=2)
    assert len(kim.calls) == 2, "Twenty minutes, and nobody has touched it."
    assert "It was taken before, and nobody has touched it since." in kim.heard
    assert desk.page().repaged == 1

    desk.passes(minutes=10)
    voice.says("kim", '/ticket call 1 "the disk is replaced at nine"')
    desk.passes(hours=2)
    assert len(kim.calls) == 2, "Whoever has telephoned the customer is not called for it again."
    assert desk.page().state is PageState.RESOLVED
    assert "pages again with page 1" in voice.says("ann", "/ticket history 1 --all")


def test_a_storm_of_one_customer_is_one_page_and_another_customers_is_another(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    voice.says("zoe", "/customer add Bolt")
    voice.says("zoe", "/customer subscribe bolt --product gateway --level III --start 2026-04-01 --end 2027-03-31")
    voice.says("bob", DOWN)
    for _ in range(4):
        assert "it joined page 1 of this customer" in voice.says("bob", DOWN)
    assert "is being paged now" in voice.says("bob", DOWN.replace("acme", "bolt"))
    desk.settles()
    assert len(kim.calls) == 1, "One telephone rings once at a time."
    assert "and 4 more tickets" in voice.message("kim", "page 1", "ACME")

    kim.call.picks_up()
    kim.call.waits_to_hear("And four more of theirs.")
    kim.call.presses("1")
    kim.call.waits_to_hear("Thank you, Kim.")
    desk.settles()
    assert [desk.ticket(number).owner for number in range(1, 6)] == ["kim"] * 5
    desk.passes(seconds=10)
    second = kim.calls[1]
    second.picks_up()
    second.waits_to_hear("Bolt, ticket six")
    second.presses("1")
    second.waits_to_hear("Ticket six is yours.")
    desk.settles()
    assert desk.page(2).acknowledged_by == "kim"
    assert len(kim.calls) == 2
    assert "joined page 1" in voice.says("ann", "/ticket history 3 --all")


def test_a_level_i_customer_pages_nobody_and_it_is_said_why(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim")
    said = voice.says("bob", DOWN.replace("acme", "brightside"))
    assert "being paged" not in said
    desk.passes(hours=1)
    assert not kim.calls
    why = voice.says("bob", "/page why 1")
    assert "When it was opened, nobody was called." in why
    assert "No rule fits a Level I ticket" in why
    assert "is for Level III" in why

    refused = voice.says("bob", "/page start 1 it is really bad")
    assert "Being called comes with Level III, or as a per-incident credit (1 left" in refused
    voice.says("bob", "/page start 1 --credit --approved-by Lea it is really bad")
    desk.settles()
    assert len(kim.calls) == 1
    assert "using a per-incident credit approved by Lea" in voice.says("ann", "/ticket history 1 --all")
