"""The Friday before Thanksgiving: three hours of business time that end on Tuesday."""

from __future__ import annotations

from tests.journeys.story import Story


def test_three_hours_from_friday_evening_end_on_tuesday_because_monday_is_a_holiday(story: Story) -> None:
    story.begins("Fri 9 Oct 17:30")
    card = story.does("bob", '/ticket open "mail server down, queue growing" --customer acme')
    assert "First response due Tue 13 Oct 11:30 (in 3 h of business time; Monday is Thanksgiving Day)" in card
    assert story.due(1) == "Tue 13 Oct 11:30"


def test_why_shows_the_sum_with_the_name_of_the_holiday(story: Story) -> None:
    story.begins("Fri 9 Oct 17:30")
    story.does("bob", '/ticket open "mail server down" --customer acme')
    assert story.why(1).splitlines()[1:7] == [
        "First response for Level III: 3 h of business time from Fri 9 Oct 17:30.",
        "  Fri 9 Oct           17:30 - 19:00  1 h 30 min   open",
        "  Sat 10, Sun 11 Oct                          -   monitored (weekend)",
        "  Mon 12 Oct                                  -   monitored (Thanksgiving Day)",
        "  Tue 13 Oct          10:00 - 11:30  1 h 30 min   open",
        "Due Tue 13 Oct 11:30. At risk from Fri 9 Oct 19:00 (50 %), Tue 13 Oct 10:45 (75 %), "
        "Tue 13 Oct 11:12 (90 %). No pauses.",
    ]


def test_nobody_is_warned_over_the_long_weekend_and_an_answer_on_tuesday_keeps_the_promise(story: Story) -> None:
    story.begins("Fri 9 Oct 17:30")
    story.does("bob", '/ticket open "mail server down" --customer acme')
    story.at("Fri 9 Oct 19:00")
    (half,) = story.hears("#alerts")
    assert "first response due in 1 h 30 min of business time (Tue 13 Oct 11:30)" in half
    story.at("Tue 13 Oct 10:44")
    assert story.hears("#alerts") == []
    story.does("ann", '/ticket reply 1 "The queue is moving again."')
    story.at("Wed 14 Oct 19:00")
    assert story.hears("#alerts") == []
    assert story.facts(1).first_response_kept is True
    assert "after 2 h 14 min of business time, where 3 h were promised; in time" in story.why(1)
    assert [line.partition("  ")[2] for line in story.history(1)] == [
        "Bob opened it, Level III · console",
        "The desk told of the first response: 50%",
        "Ann replied to it@acme.example: The queue is moving again. · console",
    ]


def test_level_one_is_promised_a_working_day(story: Story) -> None:
    story.begins("Tue 6 Oct 14:00")
    story.does("bob", '/ticket open "how do I add a mailbox" --customer brightside')
    assert story.due(1) == "Wed 7 Oct 14:00"
    assert "1 day (9 h of business time)" in story.why(1)
