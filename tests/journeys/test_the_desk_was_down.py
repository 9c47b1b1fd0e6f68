"""The desk was down: one digest with the true times, and everything goes on from there."""

from __future__ import annotations

from tests.journeys.story import Story


def test_what_came_due_meanwhile_is_one_digest_with_the_true_times(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("ann", '/ticket open "mail server down" --customer acme')
    story.does("ann", '/ticket open "slow mail" --customer cobalt')
    story.does("ann", "/ticket claim 2")
    story.does("ann", '/ticket wait 2 --until "Tue 12:00"')
    story.at("Tue 6 Oct 10:58")
    story.hears("#alerts")

    story.restarts(at="Tue 6 Oct 13:41")
    (digest,) = story.hears("#alerts")
    assert digest.splitlines() == [
        "I was not running from Tue 6 Oct 10:58 to Tue 6 Oct 13:41.",
        "While I was away: 3 warnings, 1 breach. @team",
        "ticket | customer | level | what came due | at | noticed",
        "#1 | ACME Ltd | III | First response: 50% | Tue 6 Oct 11:30 | 2 h 11 min late",
        "#1 | ACME Ltd | III | First response: 75% | Tue 6 Oct 12:15 | 1 h 26 min late",
        "#1 | ACME Ltd | III | First response: 90% | Tue 6 Oct 12:42 | 59 min late",
        "#1 | ACME Ltd | III | First response: breach | Tue 6 Oct 13:00 | 41 min late",
    ]
    (woken,) = story.hears("@ann")
    assert "The wait for the customer is over" in woken

    story.at("Tue 6 Oct 14:00")
    (reminder,) = story.hears("#alerts")
    assert "1 h of business time ago" in reminder
    assert "told of the first response: 50%, 75%, 90% and breach" in story.history(1)[1]
    assert story.facts(1).breaches == 1
    assert "Due Tue 6 Oct 13:00." in story.why(1)


def test_a_restart_that_nobody_noticed_tells_nothing_twice(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("ann", '/ticket open "mail server down" --customer acme')
    story.at("Tue 6 Oct 11:30")
    assert len(story.hears("#alerts")) == 1
    story.restarts()
    story.restarts()
    assert story.hears("#alerts") == []
    story.at("Tue 6 Oct 12:15")
    assert len(story.hears("#alerts")) == 1
