"""A Level I customer asks for what is out of scope and meets a partner; the desk asks later how it went."""

from __future__ import annotations

from bot.ports import UnitOfWork
from commands.intake import Words, open_for, rate_for, say_for
from tests.journeys.story import Story, policy_with

SHOP = "hello@brightside.example"


def words(text: str, subject: str = "") -> Words:
    return Words("email", SHOP, text, subject, name="Robin")


def test_a_level_one_customer_asks_for_what_is_out_of_scope_and_meets_a_partner(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does(
        "lea",
        "/partner add Northwind Consulting --id north --mail help@north.example "
        '--offers "Changes of mail servers, by the hour" --contact "+1 416 555 0142"',
    )
    story.does("lea", "/customer edit brightside --partner north")

    story.at("Tue 6 Oct 11:00")
    wish = words("Could you write us a filter of our own, please?", "a filter of our own")
    story.town.database.write(lambda work: open_for(work, wish, story.town.clock.now()))
    assert story.due(1) == "Wed 7 Oct 11:00"
    assert "Out of scope: anything the web administration tool cannot configure" in story.does(
        "bob", "/customer show brightside"
    )

    story.at("Tue 6 Oct 15:00")
    story.hears("#desk")
    told = story.does("bob", "/ticket refer 1 a filter is a change of the software")
    assert "#1 is referred to Northwind Consulting and closed." in told
    assert "In scope of Level I: whatever the web administration tool can configure." in told
    letter = story.hears(f"mail:{SHOP}")[-1]
    assert "outside your support level. Level I covers: whatever the web administration tool can configure" in letter
    assert "Changes of mail servers, by the hour." in letter
    assert "+1 416 555 0142" in letter
    (handover,) = story.hears("mail:help@north.example")
    assert f"Address: {SHOP}" in handover
    assert "Could you write us a filter of our own, please?" in handover
    assert "change of the software" not in handover, "Why is for the desk's own history."
    assert story.due(1) == "", "The clock stands still."

    story.at("Tue 13 Oct 09:59")
    assert story.hears(f"mail:{SHOP}") == []
    story.at("Tue 13 Oct 10:00")
    (question,) = story.hears(f"mail:{SHOP}")
    assert "we referred ticket #1 to Northwind Consulting. Have they solved it?" in question
    assert "The desk asked the customer whether Northwind Consulting solved it" in story.history(1)[-1]

    story.at("Wed 14 Oct 12:00")
    now = story.town.clock.now()
    story.town.database.write(lambda work: rate_for(work, words("They were quick."), 1, 5, now))
    story.at("Fri 30 Oct 12:00")
    assert story.hears("#desk") == [], "Who has answered is asked no more, and the desk has nothing to look after."
    assert story.town.ticket(1).rating == 5


def test_a_customer_who_is_not_helped_comes_back_and_the_promise_counts_again(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.does("lea", "/partner add Northwind Consulting --id north")
    story.does("bob", '/ticket open "a filter of our own" --customer brightside')
    story.does("bob", "/ticket refer 1 --partner north")
    story.at("Tue 13 Oct 12:00")
    assert "Have they solved it?" in story.hears(f"mail:{SHOP}")[-1]

    def back(work: UnitOfWork) -> None:
        say_for(work, words("They never called. And our mail is slow now."), 1, story.town.clock.now())

    story.town.database.write(back)
    assert not story.town.ticket(1).closed
    assert story.due(1) == "Wed 14 Oct 12:00"
    story.does("bob", "/ticket reply 1 we shall look at the mail")
    story.at("Fri 30 Oct 12:00")
    assert not any("has not answered" in one for one in story.hears("#desk"))


def test_a_subscription_runs_out_over_the_year_and_the_policy_refers_from_then_on(story: Story) -> None:
    story.begins("Mon 5 Oct 10:00")
    story.restarts(policy=policy_with(('after = "grace"', 'after = "refer"')))
    story.does("lea", "/partner add Northwind Consulting --id north --mail help@north.example")
    story.does("lea", '/customer add "Harbour Inn" --id harbour --mail desk@harbour.example --partner north')
    story.does("lea", "/customer subscribe harbour --product gateway --level II --start 2025-11-09 --end 2026-11-08")

    story.at("Fri 9 Oct 12:00")
    (warned,) = story.hears("#desk")
    assert "Harbour Inn: gateway ends in 30 days" in warned
    assert "From 9 Nov 2026: served no more, tickets are for a partner." in warned
    (letter,) = story.hears("mail:desk@harbour.example")
    assert "Northwind Consulting is your partner then" in letter

    story.at("Mon 9 Nov 12:00")
    assert len(story.hears("#desk")) == 2, "A week before, and on the Friday before the last day, a Sunday."
    opened = story.does("bob", '/ticket open "slow mail" --customer harbour')
    assert "served no more: to be referred" in opened
    (offered,) = story.hears("#desk")
    assert "Harbour Inn's subscription ended on 8 Nov 2026" in offered
    assert "Their partner is Northwind Consulting." in offered
    assert "is referred to Northwind Consulting and closed" in story.does("bob", "/ticket refer 1")
    told = story.hears("mail:desk@harbour.example")[-1]
    assert "Your subscription has ended, so we cannot help with this ourselves." in told

    story.does("lea", "/customer subscribe harbour --product gateway --level II")
    assert "served no more" not in story.does("bob", '/ticket open "slow again" --customer harbour')
