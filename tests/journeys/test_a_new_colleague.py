"""A new member of staff, from the day they are added to their first answer, and one who is away."""

from __future__ import annotations

from tests.journeys.story import Story


def test_from_add_to_first_reply(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "slow mail" --customer acme')
    assert "dana is not known to this desk" in story.refused("dana", "/ticket claim 1").lower()
    assert "admin" in story.refused("lea", '/staff add "Dana Fox"')

    assert "Dana Fox is at this desk now: dana, staff." in story.does("zoe", '/staff add "Dana Fox"')
    story.does("lea", "/ticket assign 1 dana to get to know ACME")
    (told,) = story.hears("@dana")
    assert told == "Lea gave you #1 slow mail (to get to know ACME)"
    assert "slow mail" in story.does("dana", "/ticket mine")
    story.does("dana", '/ticket reply 1 "Hello, I am Dana. Which mailbox is it?" --wait')
    assert story.facts(1).first_response_kept is True
    assert [line.partition("  ")[2] for line in story.history(1)[1:]] == [
        "Lea gave it to Dana Fox · console · because: to get to know ACME",
        "Dana Fox replied to it@acme.example: Hello, I am Dana. Which mailbox is it? · console",
        "Dana Fox set it to wait for the customer · console",
    ]
    assert "is for lead and above" in story.refused("dana", "/customer add Mine")


def test_nobody_is_given_work_or_woken_while_away(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "slow mail" --customer cobalt')
    story.does("bob", "/ticket claim 1")
    away = story.does("bob", '/staff away --until "Thu 10:00"')
    assert "Bob is away until Thu 8 Oct 10:00" in away
    assert "Bob holds 1 open ticket" in away
    story.does("ann", '/ticket open "other" --customer cobalt')
    assert "Bob is away until Thu 8 Oct 10:00" in story.refused("lea", "/ticket assign 2 bob")
    story.at("Tue 6 Oct 13:00")
    (first, second) = story.hears("#alerts")
    assert "held by Bob, who is away · @team" in first + second
    story.does("ann", '/ticket said 1 "hello?"')
    assert story.hears("@bob") == []
    assert any("hello? · Bob, who has it, is away" in line for line in story.hears("#desk")), (
        "Words for somebody away are for everybody."
    )

    story.at("Thu 8 Oct 10:00")
    story.does("lea", "/ticket assign 2 bob")
    assert len(story.hears("@bob")) == 1, "They are back when they said they would be."


def test_one_who_has_left_can_do_nothing_more_and_their_history_stays(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "slow mail" --customer cobalt')
    story.does("bob", "/ticket claim 1")
    left = story.does("zoe", "/staff roles bob none")
    assert "Bob holds 1 open ticket" in left
    assert "Bob has the role nothing" in story.refused("bob", "/ticket reply 1 hello")
    story.does("ann", "/ticket claim 1 --take")
    assert "Bob opened it" in story.history(1)[0]
