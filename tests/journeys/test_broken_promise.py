"""A broken promise: warned three times, told once, reminded slower and slower, and how late it was is on record."""

from __future__ import annotations

from tests.journeys.story import Story


def test_a_promise_that_nobody_keeps(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "no mail since nine" --customer acme')
    story.at("Tue 6 Oct 12:59")
    half, quarter, last = story.hears("#alerts")
    assert "first response due in 1 h 30 min of business time" in half
    assert "first response due in 45 min of business time" in quarter
    assert "first response due in 18 min of business time" in last
    assert "nobody has claimed it · @team" in last

    story.at("Tue 6 Oct 13:00")
    assert story.hears("#alerts") == [], "In the due second itself an answer is still in time."
    story.at("Tue 6 Oct 13:59")
    (breach,) = story.hears("#alerts")
    assert "first response was due Tue 6 Oct 13:00" in breach

    story.at("Tue 6 Oct 19:00")
    first, second = story.hears("#alerts")
    assert "was due Tue 6 Oct 13:00, 1 h of business time ago" in first
    assert "was due Tue 6 Oct 13:00, 3 h of business time ago" in second

    story.at("Wed 7 Oct 10:30")
    answered = story.does("ann", '/ticket reply 1 "We are sorry. It works again."')
    assert "it@acme.example" in answered
    story.at("Fri 9 Oct 19:00")
    assert story.hears("#alerts") == [], "Who has been answered is not warned of."

    facts = story.facts(1)
    assert (facts.first_response_kept, facts.breaches) == (False, 1)
    assert facts.first_response_took == (9 + 0.5) * 3600
    assert (
        "First response Wed 7 Oct 10:30: after 9 h 30 min of business time, where 3 h were promised; 6 h 30 min late."
        in story.why(1)
    )
    assert [line.partition("  ")[2] for line in story.history(1)] == [
        "Bob opened it, Level III · console",
        "The desk told of the first response: 50%",
        "The desk told of the first response: 75%",
        "The desk told of the first response: 90%",
        "The desk told of the first response: breach",
        "The desk told of the first response: reminder 1",
        "The desk told of the first response: reminder 2",
        "Ann replied to it@acme.example: We are sorry. It works again. · console",
    ]


def test_the_one_who_holds_it_is_asked_and_not_the_whole_team(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "no mail" --customer acme')
    story.does("ann", "/ticket claim 1")
    story.at("Tue 6 Oct 11:30")
    (warned,) = story.hears("#alerts")
    assert "held by @ann" in warned
    assert "@team" not in warned


def test_a_ticket_that_is_closed_unanswered_after_its_time_is_a_broken_promise(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "no mail since nine" --customer acme')
    story.town.clock.set(story.instant("Tue 6 Oct 14:00"))
    story.does("bob", "/ticket close 1 no-answer")
    facts = story.facts(1)
    assert (facts.first_response_kept, facts.breaches) == (False, 1)


def test_a_ticket_that_is_closed_unanswered_in_its_time_breaks_no_promise(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "spam" --customer acme')
    story.does("bob", "/ticket close 1 out-of-scope")
    facts = story.facts(1)
    assert (facts.first_response_kept, facts.breaches) == (None, 0)
