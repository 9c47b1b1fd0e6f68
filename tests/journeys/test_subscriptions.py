"""Subscriptions end, with days of grace; installations have thirty days of help; what is beyond goes to a partner."""

from __future__ import annotations

from tests.journeys.story import Story


def test_a_subscription_that_has_ended_is_served_for_its_days_of_grace(story: Story) -> None:
    story.begins("Thu 1 Oct 10:00")
    story.does("lea", '/customer add "Lakeview School" --id lakeview --mail office@lakeview.example')
    story.does("lea", "/customer subscribe lakeview --product gateway --level II --start 2025-10-07 --end 2026-10-06")
    assert "active · Level II" in story.does("bob", "/customer show lakeview")

    story.at("Tue 20 Oct 10:00")
    grace = story.does("bob", '/ticket open "slow mail" --customer lakeview')
    assert "in grace" in grace
    assert story.town.ticket(1).level == "II"
    assert "in grace" in story.does("bob", "/customer show lakeview")

    story.at("Wed 21 Oct 10:00")
    late = story.does("bob", '/ticket open "slow mail again" --customer lakeview')
    assert "subscription expired 6 Oct 2026" in late
    assert story.town.ticket(2).level == "I", "What everybody has is still owed; the day after grace, no more."
    assert "Lakeview School is on Level I (expired): e-mail" in story.refused("bob", "/ticket remote 2 logged in")

    renewed = story.does("lea", "/customer subscribe lakeview --product gateway --level II --start 2026-10-21")
    assert "1 open ticket follows from Level I to Level II" in renewed
    assert story.due(2) == "Wed 21 Oct 16:00"
    assert "moved it from Level I to Level II, due Wed 21 Oct 16:00 (before: Wed 21 Oct 19:00)" in story.history(2)[-1]


def test_a_customer_who_buys_level_three_in_mid_ticket(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "shop mail is down" --customer brightside')
    assert story.due(1) == "Tue 6 Oct 19:00"
    story.at("Tue 6 Oct 12:00")
    bought = story.does("lea", '/customer subscribe brightside --product "gateway 5.2" --level III --start 2026-10-06')
    assert "1 open ticket follows from Level I to Level III." in bought
    assert story.due(1) == "Tue 6 Oct 13:00", "From the clock's own start, not from the purchase."
    assert "moved it from Level I to Level III, due Tue 6 Oct 13:00 (before: Tue 6 Oct 19:00)" in story.history(1)[-1]
    assert "First response for Level III: 3 h of business time from Tue 6 Oct 10:00." in story.why(1)
    story.does("bob", "/ticket call 1 they may be telephoned now")


def test_a_change_that_comes_too_late_is_a_breach_and_says_so(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "shop mail is down" --customer brightside')
    story.at("Tue 6 Oct 14:00")
    answer = story.does("lea", "/ticket level 1 III they pay for it from today")
    assert "that has passed, so it counts as a breach" in answer
    (alert,) = story.hears("#alerts")
    assert "first response was due Tue 6 Oct 13:00" in alert
    assert "because: they pay for it from today" in "\n".join(story.history(1))


def test_the_installation_plan_has_day_thirty_and_no_day_thirty_one(story: Story) -> None:
    story.begins("Wed 2 Sep 10:00")
    story.does("lea", '/customer add "New Leaf" --id newleaf --installed 2026-09-02 --partner "Fixers Inc"')
    assert "Installation plan: day 0 of 30, until 2 Oct 2026" in story.does("bob", "/customer show newleaf")
    story.at("Fri 2 Oct 18:59")
    assert "day 30 of 30 of the installation plan" in story.does("bob", '/ticket open "step 9" --customer newleaf')
    story.at("Sat 3 Oct 11:00")
    assert "installation plan" not in story.card(1)
    assert "Installation plan: ended yesterday" in story.does("bob", "/customer show newleaf")

    referred = story.does("bob", "/ticket refer 1 the plan is over")
    assert "#1 is referred to Fixers Inc and closed." in referred
    assert story.town.ticket(1).resolution == "referred"
    assert "Bob referred it to Fixers Inc · console · because: the plan is over" in story.history(1)[-2]
