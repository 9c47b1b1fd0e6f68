"""Two people, one ticket: one has it, the other is told who and when, and it is handed over in words."""

from __future__ import annotations

from tests.journeys.story import Story


def test_of_two_who_claim_one_has_it_and_the_other_is_told(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("zoe", '/ticket open "no mail" --customer acme')
    assert "You have #1" in story.does("ann", "/ticket claim 1")
    story.at("Tue 6 Oct 10:03")
    beaten = story.says("bob", "/ticket claim 1")
    assert not beaten.ok
    assert story.town.ticket(1).owner == "ann"
    assert [line.partition("  ")[2] for line in story.history(1)[1:]] == [
        "Ann claimed it · console",
        "Bob watches it · console",
    ]
    story.does("ann", '/ticket reply 1 "We look into it."')
    (told,) = story.hears("@bob")
    assert told.startswith("Ann replied on #1 no mail")


def test_taking_it_over_tells_the_one_who_had_it(story: Story) -> None:
    story.begins("Tue 6 Oct 10:00")
    story.does("zoe", '/ticket open "no mail" --customer acme')
    story.does("ann", "/ticket claim 1")
    taken = story.does("bob", "/ticket claim 1 --take because ann is at lunch")
    assert "You took it over from Ann, who is told." in taken
    (told,) = story.hears("@ann")
    assert told.startswith("Bob took over #1 no mail")
    assert "Bob claimed it, taking it over from Ann" in story.history(1)[-1]
    assert story.due(1) == "Tue 6 Oct 13:00", "Whoever has it, the promise is the same."
