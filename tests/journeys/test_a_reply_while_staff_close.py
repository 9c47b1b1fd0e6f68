"""A reply arrives while staff close: whichever was first, the words are there, and somebody knows of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.domain.history import Deed
from bot.domain.ticket import State, replay
from bot.ports.intake import Mail
from commands.desk import Answer
from tests.commands.mails import arrives, letter_about, mail
from tests.journeys.story import Story
from tests.town import words

ROUNDS = 12


def test_a_reply_after_the_close_opens_the_ticket_again(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    arrives(story.town, mail())
    story.does("ann", "/ticket claim 1")
    story.does("ann", "/ticket reply 1 try again")
    story.at("Tue 6 Oct 10:30")
    story.does("ann", "/ticket close 1 solved")
    story.hears("@ann")
    arrives(story.town, mail(text="It is still slow.", references=(letter_about(story.town, 1),)))
    assert story.town.ticket(1).state is State.OPEN
    assert story.hears("@ann") == ["ACME Ltd wrote on #1 mail is slow: It is still slow."]
    assert story.due(1) == "Tue 6 Oct 13:30"


def test_a_reply_before_the_close_is_told_to_whoever_closes(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    arrives(story.town, mail())
    story.does("ann", "/ticket reply 1 try again")
    arrives(story.town, mail(text="It is still slow.", references=(letter_about(story.town, 1),)))
    assert "still owed an answer" in story.does("ann", "/ticket close 1 solved")


def test_in_the_same_moment_neither_is_lost(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    town = story.town
    together = Barrier(2)

    def closes(number: int) -> Answer:
        together.wait()
        return town.says("ann", f"/ticket close {number} solved")

    def writes(number: int) -> Mail:
        answer = mail(text=f"Still slow, {number}.", references=(letter_about(town, number),))
        together.wait()
        return arrives(town, answer)

    with ThreadPoolExecutor(2) as people:
        for number in range(1, ROUNDS + 1):
            town.clock.forward(minutes=11)
            arrives(town, mail(subject=f"trouble {number}"))
            town.does("ann", f"/ticket reply {number} try again")
            closed, written = people.submit(closes, number), people.submit(writes, number)
            assert closed.result().ok
            assert written.result().ticket == number
            history = town.history(number)
            assert replay(history) == town.ticket(number)
            order = [event.deed for event in history[2:]]
            if order.index(Deed.SAID) < order.index(Deed.CLOSED):
                assert town.ticket(number).closed
                assert "still owed an answer" in words(closed.result().card)
            else:
                assert order == [Deed.CLOSED, Deed.SAID, Deed.REOPENED]
                assert town.ticket(number).state is State.OPEN
