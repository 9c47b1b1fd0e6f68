"""Out of hours: the desk is watched, nothing is lost, and the clock starts when it opens."""

from __future__ import annotations

import re

from tests.journeys.story import Story


def test_opened_on_saturday_its_clock_starts_on_monday(story: Story) -> None:
    story.begins("Sat 17 Oct 11:00")
    card = story.does("ann", '/ticket open "half of the mail is late" --customer cobalt')
    assert "First response due Mon 19 Oct 16:00 (in 6 h of business time)" in card, "The opener is told."
    why = story.why(1)
    assert "Sat 17, Sun 18 Oct" in why
    assert "monitored (weekend)" in why
    assert re.search(r"Mon 19 Oct +10:00 - 16:00 +6 h +open", why)


def test_nothing_is_lost_over_the_weekend_and_an_early_answer_counts(story: Story) -> None:
    story.begins("Sat 17 Oct 11:00")
    story.does("ann", '/ticket open "half of the mail is late" --customer cobalt')
    assert len(story.hears("#desk", None)) == 0
    story.at("Sun 18 Oct 20:00")
    assert story.hears("#alerts") == []
    story.does("ann", '/ticket reply 1 "A disk was full; it drains now."')
    story.at("Tue 20 Oct 19:00")
    assert story.hears("#alerts") == []
    facts = story.facts(1)
    assert (facts.first_response_kept, facts.first_response_took) == (True, 0)


def test_on_a_holiday_the_desk_is_watched_too(story: Story) -> None:
    story.begins("Mon 12 Oct 12:00")
    status = story.does("ann", "/sla status")
    assert "Thanksgiving Day" in status
    story.does("ann", '/ticket open "raid disk failed" --customer acme --category raid-restore')
    assert story.due(1) == "Tue 13 Oct 13:00"
