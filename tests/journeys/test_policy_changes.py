"""The operator edits the policy: open promises follow and say so; what was told and kept stays in the record."""

from __future__ import annotations

import pytest

from bot.domain.errors import Conflict
from bot.policy.file import PolicyError
from tests.journeys.story import Story, policy_with


def test_a_holiday_that_is_added_moves_open_promises_and_tells_their_histories(story: Story) -> None:
    story.begins("Thu 22 Oct 17:00")
    story.does("ann", '/ticket open "slow mail" --customer cobalt')
    story.does("ann", '/ticket open "waits" --customer cobalt')
    story.does("ann", "/ticket wait 2")
    story.does("ann", '/ticket open "answered" --customer cobalt')
    story.does("ann", "/ticket reply 3 done")
    assert story.due(1) == "Fri 23 Oct 14:00"

    story.restarts(policy=policy_with(("[holidays.added]", '[holidays.added]\n2026-10-23 = "Moving Day"\n#')))
    assert story.due(1) == "Mon 26 Oct 14:00"
    assert story.history(1)[-1].endswith(
        "The desk counted the due time anew, due Mon 26 Oct 14:00 (before: Fri 23 Oct 14:00)"
        " · because: The policy or its calendar changed"
    )
    assert "monitored (Moving Day)" in story.why(1)
    assert len(story.history(3)) == 2, "Where nothing was due, nothing changed."
    story.at("Mon 26 Oct 10:00")
    story.does("ann", "/ticket resume 2")
    assert story.due(2) == "Mon 26 Oct 16:00"


def test_an_edit_that_does_not_hold_together_is_refused_and_the_old_policy_stays(story: Story) -> None:
    story.begins("Thu 22 Oct 17:00")
    story.does("ann", '/ticket open "slow mail" --customer cobalt')
    with pytest.raises(PolicyError, match=r"line \d+"):
        story.restarts(policy=policy_with(('first_response = "6h"', 'first_response = "6 moons"')))
    story.restarts(policy=policy_with())
    assert story.due(1) == "Fri 23 Oct 14:00"
    assert len(story.history(1)) == 1


def test_a_level_that_somebody_is_on_cannot_go_and_one_that_nobody_buys_can(story: Story) -> None:
    story.begins("Thu 22 Oct 10:00")
    story.does("bob", '/ticket open "slow mail" --customer cobalt')
    with pytest.raises(Conflict, match="has no Level II, and 1 open ticket and 1 customer are still on it"):
        story.restarts(policy=without_level_two())
    story.restarts(policy=policy_with())
    story.does("bob", "/ticket reply 1 mended")
    story.does("bob", "/ticket close 1 solved")
    story.does("lea", '/customer subscribe cobalt --product "gateway 5.2" --level III --start 2026-04-01')

    story.restarts(policy=without_level_two())
    assert "There is no support level “II”" in story.refused("bob", "/ticket open more --customer cobalt --level II")
    story.does("bob", '/ticket open "more" --customer cobalt')
    assert story.due(2) == "Thu 22 Oct 13:00"
    assert "Level II" in story.card(1), "What was served at the old level still says so."
    assert story.does("bob", "/ticket list --state closed")
    assert story.does("bob", "/ticket export 1")
    assert "closed" in story.why(1)
    story.does("ann", '/ticket said 1 "it broke again"')
    assert story.due(1) == "Thu 22 Oct 13:00", "It is served as its customer is owed today."
    assert "moved it from Level II to Level III · because: The policy has no Level II any more" in story.history(1)[-2]


def test_a_level_that_is_new_can_be_sold_at_once(story: Story) -> None:
    story.begins("Thu 22 Oct 10:00")
    story.restarts(policy=policy_with(("[clocks]", GOLD + "[clocks]")))
    assert "Level gold" in story.does("vic", "/policy gold")
    story.does("bob", '/ticket open "slow mail" --customer cobalt --level gold')
    assert story.due(1) == "Thu 22 Oct 10:30"


def test_a_promise_that_moves_away_after_its_breach_is_warned_of_and_broken_again(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does("ann", '/ticket open "no mail" --customer acme')
    story.at("Mon 5 Oct 13:05")
    assert "was due Mon 5 Oct 13:00" in story.hears("#alerts")[-1]
    story.restarts(policy=policy_with(('first_response = "3h"', 'first_response = "6h"')))
    assert story.due(1) == "Mon 5 Oct 16:00"
    story.at("Mon 5 Oct 16:01")
    warned, nearly, broken = story.hears("#alerts")
    assert "due in 1 h 30 min of business time (Mon 5 Oct 16:00)" in warned
    assert "due in 36 min of business time (Mon 5 Oct 16:00)" in nearly
    assert "was due Mon 5 Oct 16:00" in broken


def test_what_was_promised_and_kept_stays_so_whatever_is_promised_later(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does("ann", '/ticket open "no mail" --customer acme')
    story.at("Mon 5 Oct 12:00")
    story.does("ann", "/ticket reply 1 please try again")
    story.restarts(policy=policy_with(('first_response = "3h"', 'first_response = "1h"')))
    assert "after 2 h of business time, where 3 h were promised; in time." in story.why(1)
    facts = story.facts(1)
    assert (facts.first_response_target, facts.first_response_kept, facts.breaches) == (3 * 3600, True, 0)


def test_an_answer_that_is_late_counts_as_a_breach_though_nobody_was_told_yet(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does("ann", '/ticket open "no mail" --customer acme')
    story.town.clock.set(story.instant("Mon 5 Oct 13:30"))
    story.does("ann", "/ticket reply 1 please try again")
    assert story.facts(1).breaches == 1
    assert "30 min late" in story.why(1)


def test_a_policy_without_a_list_of_holidays_has_none_in_any_year(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.restarts(policy=policy_with(('country = "CA"', 'country = ""')))
    for year in (2026, 99999, -4):
        assert f"Days off in {year}" in story.does("vic", f"/sla holidays {year}")


def test_a_policy_with_fewer_warnings_still_tells_of_the_breach(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does("ann", '/ticket open "no mail" --customer acme')
    story.at("Mon 5 Oct 12:50")
    assert len(story.hears("#alerts")) == 3
    story.restarts(policy=policy_with(("warnings = [50, 75, 90]", "warnings = [80]")))
    story.at("Mon 5 Oct 13:01")
    (broken,) = story.hears("#alerts")
    assert "was due Mon 5 Oct 13:00" in broken


GOLD = """
[levels.gold]
price = "on request"
audience = "those who cannot wait"
in_scope = "whatever it takes"
out_of_scope = "nothing"
ways = ["email", "telephone"]
first_response = "30m"

"""


def without_level_two() -> str:
    text = policy_with()
    return text[: text.index("[levels.II]")] + text[text.index("[levels.III]") :]
