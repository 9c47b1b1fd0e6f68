"""The customer says thanks: nobody owes an answer to that, but a question is a question."""

from __future__ import annotations

from tests.journeys.story import Story


def answered(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("ann", '/ticket open "no mail" --customer acme')
    story.does("ann", '/ticket reply 1 "Please try again."')


def test_thanks_start_no_clock(story: Story) -> None:
    answered(story)
    said = story.does("ann", '/ticket said 1 "Great, thanks Ann!"')
    assert "no clock starts" in said
    assert story.due(1) == ""
    assert "Nothing is due" in story.why(1)
    story.at("Fri 9 Oct 19:00")
    assert story.hears("#alerts") == []
    story.does("ann", "/ticket close 1 solved")
    story.does("ann", '/ticket said 1 "thank you very much"')
    assert story.town.ticket(1).closed, "Thanks do not open a closed ticket again."


def test_thanks_with_a_question_are_a_question(story: Story) -> None:
    answered(story)
    story.does("ann", '/ticket said 1 "Thanks! But where is the old mail?"')
    assert story.due(1) == "Tue 6 Oct 13:00"
    assert "Next response for Level III" in story.why(1)


def test_a_closed_ticket_opens_again_when_the_customer_asks_again(story: Story) -> None:
    answered(story)
    story.does("ann", "/ticket close 1 solved")
    story.at("Wed 7 Oct 11:00")
    said = story.does("bob", '/ticket said 1 "it broke again"')
    assert "The ticket was closed and is open again" in said
    assert story.due(1) == "Wed 7 Oct 14:00"
    assert [line.partition("  ")[2] for line in story.history(1)[-2:]] == [
        "The customer wrote (put down by Bob): it broke again · console",
        "The customer reopened it · console · because: The customer wrote again",
    ]
