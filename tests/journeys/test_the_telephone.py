"""A Level I customer wants the telephone: not owed, kindly said, and a lead can give one incident."""

from __future__ import annotations

from tests.journeys.story import Story


def test_a_credit_for_one_incident_is_approved_spent_and_on_record(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("lea", "/customer credit brightside --add -1 --approved-by Lea used last week")
    story.does("bob", '/ticket open "cannot log in" --customer brightside')
    refused = story.refused("bob", "/ticket call 1 talked them through it")
    assert "Brightside is on Level I: e-mail. Telephone support comes with Level III" in refused
    assert "none left" in refused
    assert "/ticket reply 1" in refused
    assert "is for lead and above" in story.refused("bob", "/customer credit brightside --add 1 --approved-by Lea")

    story.does("lea", "/customer credit brightside --add 1 --approved-by Lea a courtesy")
    assert "1 left: /ticket call 1 --credit" in story.refused("bob", "/ticket call 1 hello")
    story.at("Tue 6 Oct 11:00")
    called = story.does("bob", '/ticket call 1 "talked them through it" --credit')
    assert "One per-incident credit of Brightside is used for this ticket; 0 left." in called
    assert story.town.customer("brightside").phone_credits == 0
    assert story.due(1) == "", "A logged call is an answer."
    story.does("bob", '/ticket call 1 "and once more"')
    assert "Bob telephoned, using a per-incident credit: talked them through it" in story.history(1)[1]
    assert "after 1 h of business time, where 9 h were promised; in time" in story.why(1)


def test_level_three_may_be_telephoned(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "mail bomb on info@" --customer acme --category mail-bomb')
    story.does("bob", '/ticket call 1 "blocked the sender with them"')
    assert story.facts(1).first_response_kept is True


def test_level_two_may_be_logged_in_to_but_not_telephoned(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("bob", '/ticket open "queue runner hangs" --customer cobalt')
    assert "Telephone support comes with Level III" in story.refused("bob", "/ticket call 1 hello")
    story.does("bob", '/ticket remote 1 "restarted it"')
    assert story.facts(1).first_response_kept is True
