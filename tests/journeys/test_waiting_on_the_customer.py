"""Waiting on the customer: the clock stands still until they speak, over a change of clocks too."""

from __future__ import annotations

from tests.journeys.story import Story


def test_the_clock_stands_still_over_the_end_of_daylight_saving(story: Story) -> None:
    """Clocks go back on Sunday 1 November 2026 at 2:00; the hours on the wall are promised, before and after."""
    story.begins("Thu 29 Oct 10:00")
    story.does("bob", '/ticket open "spam filter is too strict" --customer cobalt')
    story.does("bob", "/ticket claim 1")
    assert story.due(1) == "Thu 29 Oct 16:00"
    story.at("Thu 29 Oct 12:00")
    waits = story.does("bob", "/ticket wait 1 for an example")
    assert "4 h of business time left" in waits
    assert story.due(1) == ""
    story.at("Tue 3 Nov 11:00")
    assert story.hears("#alerts") == []

    story.does("ann", '/ticket said 1 "here is one"')
    assert story.due(1) == "Tue 3 Nov 15:00", "Two hours were used on Thursday, four are left."
    (told,) = story.hears("@bob")
    assert "Cobalt wrote on #1" in told
    assert "1 pause, 26 h of business time" in story.why(1)
    assert "paused" in story.why(1)


def test_a_running_clock_counts_the_hours_on_the_wall_over_a_change_of_clocks(story: Story) -> None:
    """Two hours on Friday, four on Monday, whatever Sunday did to the clocks."""
    story.begins("Fri 30 Oct 17:00")
    story.does("bob", '/ticket open "spam filter is too strict" --customer cobalt')
    assert story.due(1) == "Mon 2 Nov 14:00"


def test_an_answer_of_the_customer_after_ours_starts_the_next_clock(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "no mail" --customer acme')
    story.does("bob", '/ticket reply 1 "Which server?" --wait')
    assert story.due(1) == ""
    story.at("Tue 6 Oct 15:00")
    said = story.does("bob", '/ticket said 1 "mx1"')
    assert "The wait is over" in said
    assert story.due(1) == "Tue 6 Oct 18:00"
    assert "Next response for Level III: 3 h of business time from Tue 6 Oct 15:00." in story.why(1)
    story.at("Wed 7 Oct 10:15")
    alerts = story.hears("#alerts")
    assert sum("next response was due Tue 6 Oct 18:00" in alert for alert in alerts) >= 1
    story.does("bob", '/ticket reply 1 "mx1 is back."')
    assert story.due(1) == ""
    assert story.why(1).splitlines()[-2:] == [
        "First response Tue 6 Oct 10:00: after 0 s of business time, where 3 h were promised; in time.",
        "Next response Wed 7 Oct 10:15: after 4 h 15 min of business time, where 3 h were promised; 1 h 15 min late.",
    ]


def test_a_wait_with_an_end_wakes_its_owner(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "no mail" --customer acme')
    story.does("bob", "/ticket claim 1")
    story.does("bob", '/ticket wait 1 for the serial number --until "Thu 10:00"')
    story.at("Thu 8 Oct 10:00")
    (told,) = story.hears("@bob")
    assert "The wait for the customer is over and the clock runs again" in told
    assert story.due(1) == "Thu 8 Oct 13:00"
