"""Two tickets about one thing: the earliest clock and the better level stay."""

from __future__ import annotations

from tests.journeys.story import Story


def test_a_merged_ticket_keeps_the_earliest_clock_and_the_better_level(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("ann", '/ticket open "mail is slow" --customer cobalt')
    story.at("Tue 6 Oct 12:00")
    story.does("bob", '/ticket open "mail is down" --customer cobalt --level III --reason "a courtesy"')
    assert (story.due(1), story.due(2)) == ("Tue 6 Oct 16:00", "Tue 6 Oct 15:00")

    merged = story.does("bob", "/ticket merge 1 --into 2 the same server")
    assert "#1 is a part of #2 now and closed as a duplicate." in merged
    assert story.due(2) == "Tue 6 Oct 13:00", "Level III's three hours, from the time of the first ticket."
    assert story.due(1) == ""
    assert story.town.ticket(2).level == "III"
    assert "First response for Level III: 3 h of business time from Tue 6 Oct 10:00." in story.why(2)
    assert "Bob merged it into #2 · console · because: the same server" in story.history(1)[-1]
    assert "Bob merged #1 mail is slow into it, Level III" in story.history(2)[-1]

    story.does("ann", '/ticket said 1 "still down"')
    assert "still down" in story.history(2)[-1], "What is said of the part is written on the whole."
    assert story.due(2) == "Tue 6 Oct 13:00"


def test_tickets_of_two_customers_are_not_merged_by_mistake(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("ann", '/ticket open "mail is slow" --customer cobalt')
    story.does("ann", '/ticket open "mail is slow" --customer acme')
    assert "answers would go to ACME Ltd" in story.refused("bob", "/ticket merge 1 --into 2")
