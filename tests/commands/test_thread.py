"""The thread below a ticket's card: every deed of a person is told in it, once, on platforms that have threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.clocks import MovableClock
from bot.domain.history import Deed
from bot.ports import Kind, Parcel, Speaker
from bot.settings import Settings
from bot.wiring import assembled
from commands.desk import Desk
from commands.drawing import draw
from commands.sweep import sweep
from tests.town import Town, words


class Thread:
    """The settled town, connected to a chat platform with threads, and to the terminal, which has none."""

    def __init__(self, town: Town, *platforms: str) -> None:
        self.clock: MovableClock = town.clock
        self.house = assembled(Settings(data=town.folder), town.clock, platforms)
        self.database, self.desk = self.house.database, self.house.desk

    def says(self, line: str, *, message: str = "", who: str = "ann", platform: str = "console") -> None:
        speaker = Speaker(platform, who, who.capitalize(), message=message)
        answer = self.desk.say(speaker, line)
        assert answer.ok, words(answer.card)

    def parcels(self, number: int = 1) -> list[Parcel]:
        """All that went below the ticket's card, drawn."""
        found = self.database.read(lambda work: work.outbox.of_ticket(number))
        mine = [one for one in found if one.key.startswith("thread:")]
        assert all((one.platform, one.place, one.kind) == ("slack", "#desk", Kind.NOTICE) for one in mine)
        return [self.drawn(one) for one in mine]

    def drawn(self, parcel: Parcel) -> Parcel:
        now = self.clock.now()
        card = self.database.read(lambda work: draw(work, parcel, now))
        assert card is not None, "Lines of a thread are always wanted."
        return Parcel(parcel.id, parcel.kind, parcel.platform, parcel.place, card, parcel.key, parcel.urgency, now)

    def lines(self, number: int = 1) -> list[str]:
        return [words(one.card) for one in self.parcels(number)]


@pytest.fixture
def thread(town: Town) -> Iterator[Thread]:
    made = Thread(town, "console", "slack")
    yield made
    made.house.close()


def test_a_life_is_told_in_the_thread_in_whole_words(thread: Thread) -> None:
    story = "It burns.\n" + "Really. " * 60
    thread.says(f'ticket open "printer on fire" --customer acme --text "{story}"')
    thread.says("ticket claim 1 I know this one")
    thread.says(f'ticket note 1 "{story}"')
    thread.says("ticket wait 1 for the serial number")
    thread.says('ticket said 1 "It is 4711.\nAnd it burns"')
    thread.says("ticket close 1 solved")
    assert thread.lines() == [
        f"Ann opened it, Level III: {story.strip()} · console",
        "Ann claimed it · console · because: I know this one",
        f"Ann noted: {story.strip()} · console",
        "Ann set it to wait for the customer · console · because: for the serial number",
        "The customer wrote (put down by Ann): It is 4711.\nAnd it burns · console",
        "Ann closed it as solved · console",
    ]


def test_a_subject_alone_is_on_the_card_and_not_told_again(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme")
    assert thread.lines() == []


def test_who_watches_what_was_silenced_and_what_the_clock_does_is_not_told(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme")
    thread.says("ticket watch 1")
    thread.says("ticket watch 1 --off")
    thread.says("ticket snooze 1 --until 2h")
    thread.clock.forward(days=1)
    assert sweep(thread.database, thread.clock.now()) > 0
    assert thread.lines() == []


def test_the_message_in_which_it_was_said_is_named(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme --text it-burns", message="C0DESK:1.5")
    thread.says("ticket note 1 seen before", message="C0DESK:2.5")
    thread.says("ticket note 1 and again")
    assert [one.card.data["origin"] for one in thread.parcels()] == ["C0DESK:1.5", "C0DESK:2.5", ""]
    events = thread.database.read(lambda work: work.tickets.history(1))
    assert [event.data.get("message") for event in events] == ["C0DESK:1.5", "C0DESK:2.5", None]


def test_words_that_the_whole_desk_is_told_are_not_told_a_second_time(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme")
    thread.says('ticket said 1 "it still burns"')
    assert thread.lines() == [], "Nobody has it, so the desk channel is told, below the card."
    thread.says("ticket claim 1")
    thread.says('ticket said 1 "and now?"')
    assert thread.lines()[1:] == ["The customer wrote (put down by Ann): and now? · console"]


def test_the_words_of_a_letter_are_told_once(town: Town) -> None:
    """Where nobody carries mail, the thread shows the letter for somebody to send by hand."""
    thread = Thread(town, "slack")
    thread.says("ticket open printer on fire --customer acme")
    thread.says("ticket open who is this")
    thread.says("ticket reply 1 take the bucket")
    thread.says("ticket reply 2 take the bucket")
    assert thread.lines(1) == ["Ann replied to it@acme.example · console"]
    assert thread.lines(2) == ["Ann replied, to be sent by hand: take the bucket · console"]
    thread.house.close()


def test_a_letter_that_goes_elsewhere_is_told_in_the_thread(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme")
    thread.says("ticket reply 1 take the bucket")
    assert thread.lines() == ["Ann replied to it@acme.example: take the bucket · console"]


def test_where_it_was_said_is_told_only_on_another_platform(thread: Thread) -> None:
    thread.says("staff link ann --platform slack --account U0ANN", who="zoe")
    thread.says("ticket open printer on fire --customer acme")
    thread.says("ticket claim 1", who="U0ANN", platform="slack")
    assert thread.lines() == ["Ann claimed it"]


def test_both_tickets_of_a_merge_say_so(thread: Thread) -> None:
    thread.says("ticket open printer on fire --customer acme")
    thread.says("ticket open the same printer --customer acme")
    thread.says("ticket merge 2 --into 1")
    assert thread.lines(2) == ["Ann merged it into #1 · console"]
    assert thread.lines(1) == ["Ann merged #2 the same printer into it, Level III · console"]


def test_the_terminal_has_no_threads_and_hears_nothing_more(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("ann", "ticket note 1 seen before")
    assert town.hears("#thread") == town.hears("#desk") == []


def test_a_line_of_history_is_found_or_refused(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("ann", "ticket claim 1")
    assert town.database.read(lambda work: work.tickets.event(1, 2)).deed is Deed.CLAIMED
    assert town.desk.run(Speaker("console", "ann"), "ticket history", {"ticket": "1"}).ok


def test_a_button_of_an_earlier_version_is_refused_in_a_sentence(town: Town) -> None:
    desk: Desk = town.desk
    answer = desk.run(Speaker("console", "ann"), "ticket levitate", {"ticket": "1"}, "press-1")
    assert not answer.ok
    assert words(answer.card).startswith("There is no “/ticket levitate” any more")
