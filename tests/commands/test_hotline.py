"""The hotline's dialogue, from the greeting to the bridge, over a real database and a hand-moved clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from re import findall
from typing import Any

import pytest

from bot.domain.history import Deed
from bot.domain.paging import Page, PageState, Trigger
from bot.domain.policy import ClockKind
from bot.domain.ticket import Ticket
from bot.flow import Conference, Flow, Gather, HangUp, Record, Reject, Say
from bot.ports import Kind, Parcel, UnitOfWork
from bot.ports.oncall import LegState, PhoneCall
from commands.hotline import Hotline
from commands.hotline_legs import HANGS_UP_IN
from commands.hotline_pins import TRIES_OF_ALL, TRIES_OF_NUMBER, TRIES_OF_WITHHELD, make_pin
from commands.hotline_receipts import draw_leg, told_recording, told_status
from commands.hotline_sweep import sweep_calls
from commands.hotline_words import ENGLISH_WORDS, FRENCH_WORDS, HotlineWords
from commands.page_card import message
from commands.page_ends import acknowledge
from commands.page_steps import again
from tests.commands.paged import ANN, BOB, Talk, reachable, tried
from tests.town import PHONE, TORONTO, Town, words

MONDAY = datetime(2026, 10, 5, 11, 0, tzinfo=TORONTO)
NIGHT = datetime(2026, 10, 10, 2, 14, tzinfo=TORONTO)
CUSTOMER = "+14165550123"


@dataclass(frozen=True)
class News:
    status: str = ""
    seconds: int | None = None
    recording: str = ""
    recording_ref: str = ""


@dataclass
class Line:
    """Somebody who calls the hotline."""

    town: Town
    number: str = CUSTOMER
    ref: str = "main:CA1"
    hotline: Hotline = field(default_factory=lambda: Hotline("Thank you for calling support."))
    then: str = "start"
    flow: Flow = ()
    id: int = 0

    def dials(self) -> str:
        now = self.town.clock.now()
        call = self.town.database.write(
            lambda work: self.hotline.greet(work, number=self.number, provider="main", ref=self.ref, now=now)
        )
        self.id = call.id
        return self.hears("")

    def hears(self, keys: str) -> str:
        now, provider = self.town.clock.now(), self.ref.partition(":")[0]

        def turn(work: UnitOfWork) -> Flow:
            call = replace(work.calls.get(self.id), provider=provider)
            work.calls.save(call)
            return self.hotline.talk(work, call, self.then, keys, now)

        self.flow = self.town.database.write(turn)
        asks = [move.then for move in self.flow if isinstance(move, Gather | Conference | Record)]
        self.then = asks[-1] if asks else ""
        return " ".join(_said(self.flow))

    @property
    def call(self) -> PhoneCall:
        return self.town.database.read(lambda work: work.calls.get(self.id))

    def told(self, news: News) -> None:
        now = self.town.clock.now()
        tell = told_recording if news.recording else told_status
        self.town.database.write(lambda work: tell(work, work.calls.get(self.id), news, now))


def _said(flow: Sequence[object]) -> list[str]:
    found = []
    for move in flow:
        words = move.words if isinstance(move, Gather) else (move,)
        found += [word.text for word in words if isinstance(word, Say)]
    return found


@pytest.fixture
def desk(settled: Town, tmp_path: Path) -> Iterator[Town]:
    """Monday, 11:00; Ann's and Bob's telephones are known."""
    town = settled.copied(tmp_path / "desk", PHONE)
    reachable(town, "ann", "call", ANN)
    reachable(town, "bob", "call", BOB)
    town.clock.set(MONDAY)
    yield town
    town.close()


def pin_of(town: Town, customer: str) -> str:
    return town.database.write(lambda work: make_pin(work, work.customers.get(customer), town.clock.now()))


def tickets(town: Town, number: int) -> Ticket:
    return town.database.read(lambda work: work.tickets.get(number))


def deeds(town: Town, number: int) -> list[Deed]:
    return [event.deed for event in town.database.read(lambda work: work.tickets.history(number))]


def parcels(town: Town, number: int, way: str) -> list[Parcel]:
    found = town.database.read(lambda work: work.outbox.of_ticket(number))
    return [one for one in found if one.place.startswith(way)]


def drawn(town: Town, parcel: Parcel) -> Mapping[str, Any]:
    """What the telephone is told of a leg."""
    card = town.database.read(lambda work: draw_leg(work, parcel, town.clock.now()))
    assert card is not None
    return card.data


def page_of(town: Town, number: int) -> Page:
    return town.database.read(lambda work: work.pages.of_ticket(number))[0]


def goes_in(town: Town, customer: str = "acme") -> Line:
    line = Line(town)
    line.dials()
    line.hears(pin_of(town, customer))
    return line


def test_a_level_iii_customer_is_known_by_the_pin_and_has_a_ticket_before_anything_rings(desk: Town) -> None:
    line = Line(desk)
    assert line.dials() == (
        "Thank you for calling support. Please enter your PIN of eight digits. If you have none, press the hash key. "
        "Pour le français, faites le 2, puis le dièse."
    )
    said = line.hears(pin_of(desk, "acme"))
    assert said == (
        "Welcome, ACME Limited. You have telephone support with Level Three. I have opened ticket one for you and am "
        "calling the engineer on duty. Please stay on the line. If we are cut off, you will be called back."
    )
    room = line.flow[-1]
    assert isinstance(room, Conference)
    assert room.waits, "They hear music until somebody comes."
    assert (tickets(desk, 1).level, tickets(desk, 1).customer) == ("III", "acme")
    page = page_of(desk, 1)
    assert (page.trigger, page.call, page.state) == (Trigger.HOTLINE, line.id, PageState.OPEN)
    assert line.call.state is LegState.WAITING


def test_the_engineers_key_brings_them_into_the_room_and_answers_the_promise(desk: Town) -> None:
    line = goes_in(desk)
    talk = Talk(desk, tried(desk, page_of(desk, 1)))
    assert "They are on the line." in talk.picks_up()
    assert talk.presses("1").endswith("I am connecting you.")
    into = talk.flow[-1]
    assert isinstance(into, Conference)
    assert into.room == line.flow[-1].room  # type: ignore[union-attr]  # It is a conference, as the first test shows.
    assert (into.waits, into.ends) == (False, True)
    assert Deed.CALLED in deeds(desk, 1)
    assert tickets(desk, 1).owner == "ann"
    assert tickets(desk, 1).clock(ClockKind.FIRST_RESPONSE) is None, "They talk: the promise is kept."
    assert line.call.state is LegState.CONNECTED
    assert line.hears("").startswith("The engineer has left the line. If you were cut off, press 1")
    assert line.hears("") == "Thank you for calling. Goodbye."
    assert line.call.due is None


def test_acknowledged_in_chat_the_engineers_telephone_rings_into_the_room(desk: Town) -> None:
    line = goes_in(desk)
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    assert sweep_calls(desk.database, desk.clock.now()) == 1
    (ring,) = parcels(desk, 1, f"dial:{ANN}") or parcels(desk, 1, "dial:")
    assert ring.kind is Kind.PAGE
    engineer = Line(desk, hotline=line.hotline, id=int(ring.card.data["leg"]))
    assert engineer.hears("") == "Level Three, ACME Limited, ticket one, on the line. Press 1 to talk to them."
    assert engineer.hears("1") == "I am connecting you."
    assert isinstance(engineer.flow[-1], Conference)
    assert line.call.state is LegState.CONNECTED


def test_who_hangs_up_while_it_rings_is_called_back_by_whoever_takes_it(desk: Town) -> None:
    line = goes_in(desk)
    line.told(News("completed"))
    line.told(News("completed"))
    assert deeds(desk, 1).count(Deed.PHONED) == 2, "That they called, and that they hung up; each is told once."
    talk = Talk(desk, tried(desk, page_of(desk, 1)))
    talk.picks_up()
    assert "They have hung up. I am calling them back." in talk.presses("1")
    (ring,) = parcels(desk, 1, f"dial:{CUSTOMER}")
    customer = Line(desk, hotline=line.hotline, id=int(ring.card.data["leg"]))
    assert customer.hears("") == (
        "This is your support desk, calling about ticket one. Press 1 to talk to the engineer."
    )
    assert Deed.CALLED not in deeds(desk, 1), "A voicemail is no answer."
    customer.hears("1")
    assert Deed.CALLED in deeds(desk, 1)


def test_nobody_answers_and_they_choose_what_becomes_of_it(desk: Town) -> None:
    line = goes_in(desk)
    desk.clock.set(MONDAY + timedelta(seconds=180))
    assert sweep_calls(desk.database, desk.clock.now()) == 1
    (move,) = parcels(desk, 1, "move:")
    line.then = move.card.data["then"]
    assert line.hears("").startswith("I am sorry, nobody has answered yet, and I go on calling.")
    said = line.hears("1")
    assert said == "You will be called back at the number that you are calling from. Ticket one says so. Goodbye."
    assert page_of(desk, 1).open, "The page goes on."
    line.told(News("completed"))
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    sweep_calls(desk.database, desk.clock.now())
    ring = parcels(desk, 1, "dial:")[-1]
    engineer = Line(desk, hotline=line.hotline, id=int(ring.card.data["leg"]))
    assert engineer.hears("") == "ACME Limited, ticket one, wants to be called back. Press 1, and I call them."


def test_a_message_is_on_the_ticket_and_brings_somebody(desk: Town) -> None:
    line = goes_in(desk)
    line.then = "nobody-asked"
    line.hears("2")
    assert isinstance(line.flow[-1], Record)
    assert line.hears("") == "Thank you. Your message is with ticket one. Goodbye."
    line.told(News("completed"))
    for _ in range(2):
        line.told(News(recording="https://provider.example/RE1", recording_ref="RE1", seconds=34))
    told = [event.data.get("recording") for event in desk.database.read(lambda work: work.tickets.history(1))]
    assert told.count("https://provider.example/RE1") == 1
    assert page_of(desk, 1).open


def test_who_is_not_owed_it_is_told_why_and_heard_all_the_same(desk: Town) -> None:
    line = Line(desk)
    line.dials()
    said = line.hears(pin_of(desk, "cobalt"))
    assert "Telephone support comes with Level Three." in said
    assert isinstance(line.flow[-1], Record)
    assert line.call.ticket is None, "There is a ticket once there is something in it."
    line.told(News(recording="https://provider.example/RE1", recording_ref="RE1", seconds=12))
    assert (tickets(desk, 1).customer, tickets(desk, 1).level) == ("cobalt", "II")
    assert not desk.database.read(lambda work: work.pages.of_ticket(1)), "Nobody is called for it."


def test_a_credit_is_used_when_the_caller_says_so_and_not_before(desk: Town) -> None:
    line = Line(desk)
    line.dials()
    assert "You have one credit for one incident by telephone." in line.hears(pin_of(desk, "brightside"))
    credits = desk.database.read(lambda work: work.customers.get("brightside")).phone_credits
    assert credits == 1
    line.hears("1")
    assert desk.database.read(lambda work: work.customers.get("brightside")).phone_credits == 0
    assert tickets(desk, 1).phone_credit
    assert page_of(desk, 1).open
    assert "using a per-incident credit" in desk.does("bob", "/ticket history 1")
    assert "Spent a credit by the customer, approved by the caller" in desk.does("bob", "/customer show brightside")


def test_in_monitored_hours_an_emergency_rings_and_the_rest_is_a_message(desk: Town) -> None:
    desk.clock.set(NIGHT)
    line = Line(desk)
    line.dials()
    assert "In an emergency press 1" in line.hears(pin_of(desk, "acme"))
    line.hears("1")
    assert page_of(desk, 1).trigger is Trigger.HOTLINE


def test_a_ticket_that_they_have_is_found_and_nobody_elses_is(desk: Town) -> None:
    desk.does("bob", "/ticket open printer on fire --customer acme")
    desk.does("bob", "/ticket open theirs --customer brightside")
    line = Line(desk)
    line.dials()
    assert "For a ticket that you have" in line.hears(pin_of(desk, "acme"))
    said = line.hears("1")
    assert said.startswith("This is about ticket one.")
    other = Line(desk, ref="main:CA2")
    other.dials()
    other.hears(pin_of(desk, "acme"))
    assert other.hears("2").startswith("I find no open ticket 2 of yours, so I open a new one.")


def test_three_wrong_pins_and_the_call_goes_on_without_one(desk: Town) -> None:
    line = Line(desk)
    line.dials()
    assert line.hears("00000000").startswith("I do not know that PIN.")
    line.hears("00000001")
    assert line.hears("00000002").startswith("I cannot find that PIN.")
    assert isinstance(line.flow[-1], Record)


def test_a_number_that_guessed_too_often_is_not_believed_even_with_the_right_pin(desk: Town) -> None:
    for number in range(TRIES_OF_NUMBER):
        line = Line(desk, ref=f"main:CA{number}")
        line.dials()
        line.hears(f"{number:08}")
    line = Line(desk, ref="main:CA99")
    line.dials()
    assert line.hears(pin_of(desk, "acme")).startswith("I do not know that PIN.")
    another = Line(desk, number="+14165550124", ref="main:CA100")
    another.dials()
    assert another.hears(pin_of(desk, "acme")).startswith("Welcome, ACME Limited.")


def guesses(town: Town, count: int) -> None:
    for number in range(count):
        line = Line(town, number="", ref=f"main:CA{number}")
        line.dials()
        line.hears(f"{number:08}")


def test_withheld_numbers_have_more_tries_together_as_they_are_many_callers(desk: Town) -> None:
    guesses(desk, TRIES_OF_WITHHELD - 1)
    line = Line(desk, number="", ref="main:CA98")
    line.dials()
    assert line.hears(pin_of(desk, "acme")).startswith("Welcome, ACME Limited.")
    guesses(desk, 1)
    line = Line(desk, number="", ref="main:CA99")
    line.dials()
    assert line.hears(pin_of(desk, "acme")).startswith("I do not know that PIN.")
    desk.clock.forward(minutes=61)
    assert line.hears(pin_of(desk, "acme")).startswith("Welcome, ACME Limited.")


def test_the_desk_is_told_when_many_guess(desk: Town) -> None:
    for number in range(TRIES_OF_ALL):
        line = Line(desk, number=f"+1416555{number:04}", ref=f"main:CA{number}")
        line.dials()
        line.hears(f"{number:08}")
    (alarm,) = desk.hears("#alerts")
    assert "Somebody may be guessing PINs on the hotline" in alarm


def test_a_flood_of_calls_is_rejected(desk: Town) -> None:
    for number in range(200):
        Line(desk, ref=f"main:CA{number}").dials()
    line = Line(desk, ref="main:CA999")
    line.dials()
    assert line.flow == (Reject(),)


def test_the_same_call_that_comes_in_again_is_one_call(desk: Town) -> None:
    line, again = Line(desk), Line(desk)
    line.dials()
    again.dials()
    assert line.id == again.id


def test_whose_telephone_is_not_answered_is_told_and_the_caller_may_choose(desk: Town) -> None:
    line = goes_in(desk)
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    sweep_calls(desk.database, desk.clock.now())
    ring = parcels(desk, 1, "dial:")[-1]
    engineer = Line(desk, id=int(ring.card.data["leg"]))
    assert not page_of(desk, 1).open
    engineer.told(News("no-answer"))
    assert parcels(desk, 1, "move:"), "They are not left with the music."
    assert line.call.state is LegState.WAITING
    page = page_of(desk, 1)
    assert (page.open, page.call) == (True, line.id), "Somebody else may come."
    desk.database.write(lambda work: acknowledge(work, page, "bob", "button", desk.clock.now()))
    sweep_calls(desk.database, desk.clock.now())
    assert parcels(desk, 1, f"dial:{BOB}")


def test_a_pin_is_shown_once_and_kept_as_a_hash(desk: Town) -> None:
    answer = desk.does("lea", "/customer pin acme")
    said = str(answer)
    digits = "".join(word for word in said.split() if word.isdigit() and len(word) == 4)
    kept = desk.database.read(lambda work: work.calls.pin("acme"))
    assert kept is not None
    assert digits not in kept.digest


def dial(town: Town, line: str) -> Parcel:
    town.does("ann", line)
    return parcels(town, 1, "dial:")[-1]


def test_ticket_dial_rings_you_first_and_then_them(desk: Town) -> None:
    desk.does("bob", "/ticket open printer on fire --customer acme")
    ring = dial(desk, f"/ticket dial 1 --number {CUSTOMER}")
    assert ring.place.endswith(ANN)
    engineer = Line(desk, id=int(ring.card.data["leg"]))
    assert engineer.hears("") == "You asked me to call ACME Limited about ticket one. Press 1, and I call them."
    engineer.hears("1")
    assert isinstance(engineer.flow[-1], Conference)
    theirs = parcels(desk, 1, "dial:")[-1]
    assert theirs.place.endswith(CUSTOMER)
    customer = Line(desk, id=int(theirs.card.data["leg"]))
    customer.hears("")
    customer.hears("1")
    assert Deed.CALLED in deeds(desk, 1)


def test_a_telephone_that_is_not_owed_is_not_dialled(desk: Town) -> None:
    desk.does("bob", "/ticket open slow --customer cobalt")
    answer = desk.says("ann", f"/ticket dial 1 --number {CUSTOMER}")
    assert not answer.ok
    assert "Telephone support comes with Level III" in words(answer.card)


def test_without_a_provider_ticket_dial_refuses_before_anything_rings(town: Town) -> None:
    reachable(town, "ann", "call", ANN)
    town.does("bob", "/ticket open printer on fire --customer acme")
    assert "thirdline init phone" in town.refused("ann", f"/ticket dial 1 --number {CUSTOMER}")
    assert not parcels(town, 1, "dial:")


def test_who_is_cut_off_and_calls_again_is_not_paged_for_twice(desk: Town) -> None:
    first = goes_in(desk)
    first.told(News("completed"))
    second = Line(desk, ref="main:CA2")
    second.dials()
    second.hears(pin_of(desk, "acme"))
    assert second.hears("1").startswith("This is about ticket one.")
    (page,) = desk.database.read(lambda work: work.pages.live())
    assert page.call == second.id
    talk = Talk(desk, tried(desk, page))
    talk.picks_up()
    talk.presses("1")
    assert second.call.state is LegState.CONNECTED
    assert not parcels(desk, 1, f"dial:{CUSTOMER}"), "They are on the line: nobody calls them back."


def test_a_colleague_of_theirs_who_calls_meanwhile_has_a_page_of_their_own(desk: Town) -> None:
    goes_in(desk)
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    other = Line(desk, number="+14165550124", ref="main:CA2")
    other.dials()
    other.hears(pin_of(desk, "acme"))
    other.hears("1")
    pages = desk.database.read(lambda work: work.pages.live())
    assert [(page.call, page.open) for page in pages] == [(1, False), (other.id, True)]


def test_a_page_that_was_forgotten_says_nobody_is_on_the_line_who_has_hung_up(desk: Town) -> None:
    line = goes_in(desk)
    page = page_of(desk, 1)
    taken = desk.database.write(lambda work: acknowledge(work, page, "bob", "button", desk.clock.now())).page
    line.told(News("completed"))
    desk.clock.forward(minutes=30)
    called = desk.database.write(lambda work: again(work, taken, desk.clock.now()))
    heard = Talk(desk, tried(desk, called)).picks_up()
    assert "They called, and are not on the line now." in heard
    assert "It was taken before, and nobody has touched it since." in heard
    assert "They are on the line" not in heard
    assert "Press 1 to take it and call them back, 2 to pass it on" in heard
    card = desk.database.read(lambda work: message(work, called, "ann", desk.clock.now()))
    assert "The customer called, and is not on the line now." in words(card)
    assert "Bob took it, and nothing has happened since." in words(card)


def phoned(town: Town, number: int) -> list[str]:
    events = town.database.read(lambda work: work.tickets.history(number))
    return [str(event.data["words"]) for event in events if event.deed is Deed.PHONED]


def test_a_number_that_is_kept_is_dialled_and_tells_staff_who_seems_to_call(desk: Town) -> None:
    desk.does("bob", "/ticket open printer on fire --customer acme")
    assert "/customer phone acme --add" in desk.refused("ann", "/ticket dial 1")
    assert desk.does("ann", f"/customer phone acme --add {CUSTOMER}") == f"ACME Ltd is called at {CUSTOMER}."
    assert "Telephone: +1 416 … 0123" in desk.does("vic", "/customer show acme")
    ring = dial(desk, "/ticket dial 1")
    engineer = Line(desk, id=int(ring.card.data["leg"]))
    engineer.hears("")
    engineer.hears("1")
    assert parcels(desk, 1, "dial:")[-1].place.endswith(CUSTOMER)
    goes_in(desk).hears("")
    assert phoned(desk, 2) == ["called the hotline from +1 416 … 0123, a number of theirs, and waits on the line"]
    stranger = Line(desk, ref="main:CA2")
    stranger.dials()
    said = stranger.hears("")
    assert "ACME" not in said, "What a number seems to be is never told to whoever calls."
    stranger.told(News(recording="https://provider.example/RE1", recording_ref="RE1", seconds=5))
    assert "which is kept as ACME Ltd's (that proves nothing)" in phoned(desk, 3)[0]
    assert tickets(desk, 3).customer is None


def test_numbers_are_kept_in_order_and_taken_away(desk: Town) -> None:
    desk.does("ann", f"/customer phone acme --add {CUSTOMER}")
    desk.does("ann", "/customer phone acme --add +14165550124")
    assert desk.does("ann", "/customer phone acme") == f"ACME Ltd is called at +14165550124; also {CUSTOMER}."
    desk.does("ann", f"/customer phone acme --drop {CUSTOMER}")
    assert desk.does("ann", "/customer phone acme") == "ACME Ltd is called at +14165550124."
    assert "no number of ACME Ltd" in desk.refused("ann", f"/customer phone acme --drop {CUSTOMER}")
    assert "lacks its country code" in desk.refused("ann", "/customer phone acme --add 4165550124")


def test_who_was_cut_off_is_connected_with_the_same_engineer_again(desk: Town) -> None:
    line = goes_in(desk)
    talk = Talk(desk, tried(desk, page_of(desk, 1)))
    talk.picks_up()
    talk.presses("1")
    line.hears("")
    assert line.hears("1") == "I am calling the engineer again. Please stay on the line."
    assert isinstance(line.flow[-1], Conference)
    (ring,) = parcels(desk, 1, f"dial:{ANN}")
    engineer = Line(desk, id=int(ring.card.data["leg"]))
    assert engineer.hears("").endswith("on the line. Press 1 to talk to them.")
    engineer.hears("1")
    assert line.call.state is LegState.CONNECTED
    line.hears("")
    line.hears("1")
    again = Line(desk, id=int(parcels(desk, 1, f"dial:{ANN}")[-1].card.data["leg"]))
    again.told(News("no-answer"))
    assert parcels(desk, 1, "move:"), "They are not left with the music."


def test_a_customer_who_picks_up_after_the_engineer_has_gone_is_told_so(desk: Town) -> None:
    desk.does("bob", "/ticket open printer on fire --customer acme")
    engineer = Line(desk, id=int(dial(desk, f"/ticket dial 1 --number {CUSTOMER}").card.data["leg"]))
    engineer.hears("")
    engineer.hears("1")
    engineer.told(News("completed"))
    customer = Line(desk, id=int(parcels(desk, 1, "dial:")[-1].card.data["leg"]))
    assert customer.hears("") == "There is nobody to talk to any more. Goodbye."
    assert Deed.CALLED not in deeds(desk, 1)


def test_a_wish_to_be_called_back_reaches_whoever_has_the_page_already(desk: Town) -> None:
    line = goes_in(desk)
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    desk.hears("@ann")
    line.then = "nobody-asked"
    line.hears("1")
    (told,) = desk.hears("@ann")
    assert told.startswith("The customer of #1 has hung up and wants to be called back: /ticket dial 1")


def test_a_message_whose_recording_never_comes_leaves_a_ticket_all_the_same(desk: Town) -> None:
    line = Line(desk)
    line.dials()
    line.hears("")
    line.hears("")
    line.told(News("completed"))
    desk.clock.forward(minutes=16)
    sweep_calls(desk.database, desk.clock.now())
    assert phoned(desk, 1) == ["was to leave a message, from +1 416 … 0123, and no recording came"]
    silent = Line(desk, ref="main:CA2")
    silent.dials()
    silent.told(News("completed"))
    desk.clock.forward(minutes=16)
    sweep_calls(desk.database, desk.clock.now())
    assert len(desk.tickets()) == 1, "Who says nothing leaves nothing."


def test_a_message_that_no_ticket_has_room_for_is_told_in_the_alerts_channel(desk: Town) -> None:
    for number in range(30):
        desk.says("bob", f"/ticket open flood {number}")
    line = Line(desk)
    line.dials()
    line.hears("")
    line.told(News(recording="https://provider.example/RE9", recording_ref="RE9", seconds=5))
    assert line.call.ticket is None
    assert any("https://provider.example/RE9" in alert for alert in desk.hears("#alerts"))


def languages(flow: Flow) -> set[str]:
    moves = [word for move in flow for word in (move.words if isinstance(move, Gather) else (move,))]
    return {move.language for move in moves if isinstance(move, Say)}


def test_who_wants_french_hears_nothing_else_and_is_called_back_in_it(desk: Town) -> None:
    line = Line(desk)
    line.dials()
    assert line.hears("2") == "Entrez votre NIP de huit chiffres. Si vous n'en avez pas, faites le dièse."
    line.hears("00000000")
    said = line.hears(pin_of(desk, "acme"))
    assert said.startswith("Bienvenue, ACME Limited. Vous avez le soutien téléphonique avec le niveau trois.")
    assert "J'ai ouvert le billet un pour vous" in said
    assert languages(line.flow) == {"fr"}
    line.told(News("completed"))
    talk = Talk(desk, tried(desk, page_of(desk, 1)))
    talk.picks_up()
    assert "They have hung up." in talk.presses("1"), "The engineer's language is their own."
    customer = Line(desk, id=int(parcels(desk, 1, f"dial:{CUSTOMER}")[-1].card.data["leg"]))
    assert customer.hears("").startswith("Ici votre équipe de soutien, au sujet du billet un.")


def test_an_engineer_is_called_to_the_line_in_their_own_language(desk: Town) -> None:
    contact = desk.database.read(lambda work: work.contacts.of_address("call", ANN))[0]
    desk.database.write(lambda work: work.contacts.save(replace(contact, language="fr")))
    line = goes_in(desk)
    desk.database.write(lambda work: acknowledge(work, page_of(desk, 1), "ann", "button", desk.clock.now()))
    sweep_calls(desk.database, desk.clock.now())
    engineer = Line(desk, id=int(parcels(desk, 1, f"dial:{ANN}")[0].card.data["leg"]))
    assert engineer.hears("") == "Niveau trois, ACME Limited, billet un, en ligne. Faites le 1 pour leur parler."
    assert languages(engineer.flow) == {"fr"}
    assert line.call.state is LegState.WAITING


def test_the_two_languages_fill_in_the_same_words() -> None:
    for one in fields(HotlineWords):
        english, french = (getattr(words, one.name) for words in (ENGLISH_WORDS, FRENCH_WORDS))
        assert set(findall(r"{\w+}", english)) == set(findall(r"{\w+}", french)), one.name


# --- two accounts: a room is one account's ------------------------------------------------------------------------


@pytest.mark.parametrize(("ref", "account"), [("second:CA10", ""), ("main:CA10", "second")])
def test_a_key_on_another_account_than_the_callers_rings_the_engineer_again_by_theirs(
    desk: Town, ref: str, account: str
) -> None:
    line = goes_in(desk)
    talk = Talk(desk, tried(desk, page_of(desk, 1), ref=ref), account=account)
    talk.picks_up()
    assert talk.presses("1").endswith("They are on another line. I ring you again to connect you.")
    assert isinstance(talk.flow[-1], HangUp)
    assert page_of(desk, 1).acknowledged_by == "ann"
    assert Deed.CALLED not in deeds(desk, 1), "A room of the same name on another account is another room."
    sweep_calls(desk.database, desk.clock.now())
    (ring,) = parcels(desk, 1, "dial:")
    assert ring.place == f"dial:{ANN}"
    assert drawn(desk, ring)["account"] == "main"
    due = desk.database.read(lambda work: work.outbox.next_due("phone"))
    assert due == desk.clock.now() + HANGS_UP_IN, "Their call ends first."
    engineer = Line(desk, id=int(ring.card.data["leg"]))
    assert engineer.hears("").endswith("on the line. Press 1 to talk to them.")
    engineer.hears("1")
    assert isinstance(engineer.flow[-1], Conference)
    assert deeds(desk, 1).count(Deed.CALLED) == 1
    assert line.call.state is LegState.CONNECTED


def test_who_hangs_up_before_the_engineer_is_rung_again_is_called_back_by_whatever_account_that_takes(
    desk: Town,
) -> None:
    line = goes_in(desk)
    talk = Talk(desk, tried(desk, page_of(desk, 1), ref="second:CA10"))
    talk.picks_up()
    talk.presses("1")
    (ring,) = parcels(desk, 1, f"dial:{ANN}")
    line.told(News("completed"))
    assert drawn(desk, ring)["account"] == "", "Nobody is in the room any more."
    engineer = Line(desk, ref="second:CA11", id=int(ring.card.data["leg"]))
    assert engineer.hears("").endswith("wants to be called back. Press 1, and I call them.")
    engineer.hears("1")
    (back,) = parcels(desk, 1, f"dial:{CUSTOMER}")
    assert drawn(desk, back)["account"] == "second"


def test_a_customer_is_called_back_by_the_account_on_which_the_engineer_is(desk: Town) -> None:
    line = goes_in(desk)
    line.told(News("completed"))
    talk = Talk(desk, tried(desk, page_of(desk, 1), ref="second:CA10"))
    talk.picks_up()
    assert "I am calling them back." in talk.presses("1")
    (back,) = parcels(desk, 1, f"dial:{CUSTOMER}")
    assert drawn(desk, back)["account"] == "second"


def test_ticket_dial_calls_the_customer_by_the_engineers_account(desk: Town) -> None:
    desk.does("bob", "/ticket open printer on fire --customer acme")
    ring = dial(desk, f"/ticket dial 1 --number {CUSTOMER}")
    assert drawn(desk, ring)["account"] == "", "By whichever takes it."
    engineer = Line(desk, ref="second:CA11", id=int(ring.card.data["leg"]))
    engineer.hears("")
    engineer.hears("1")
    assert drawn(desk, parcels(desk, 1, f"dial:{CUSTOMER}")[-1])["account"] == "second"
