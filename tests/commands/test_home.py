"""A person's home: their work by due time, what is free, what is at risk with others; strangers see no customer."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Home, Section, Tone
from bot.domain.policy import ClockKind
from bot.ports import Speaker
from commands.home import SHOWN
from tests.town import Town, words


def home(town: Town, who: str) -> Home:
    return town.desk.home(Speaker("console", who, who.capitalize()))


def section(page: Home, heading: str) -> Section:
    return next(one for one in page.sections if one.heading == heading)


def numbers(part: Section) -> list[int | None]:
    return [card.ticket for card in part.cards]


def all_words(page: Home) -> str:
    cards = [page.top, *(card for one in page.sections for card in one.cards)]
    return "\n".join([*(words(card) for card in cards), *("".join(map(str, one.note)) for one in page.sections)])


def labels(card: Card) -> list[str]:
    return [choice.label for choice in card.choices]


def test_my_tickets_come_by_due_time_with_their_clocks_and_buttons(town: Town) -> None:
    town.does("ann", "ticket open how do I add a user --customer brightside")
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("ann", "ticket claim 1")
    town.does("ann", "ticket claim 2")
    page = home(town, "ann")
    assert words(page.top) == "The desk is open until Mon 5 Oct 19:00"
    assert labels(page.top) == ["New ticket", "How we stand", "Open tickets"]
    mine = section(page, "My tickets")
    assert numbers(mine) == [2, 1]
    assert words(mine.cards[0]) == (
        "#2  printer on fire  [open]\nACME Ltd · Level III\n"
        "First response due Mon 5 Oct 13:00 (in 3 h of business time)"
    )
    assert labels(mine.cards[0]) == ["Reply", "Wait…", "Close…"]
    assert section(page, "Nobody has claimed").note == ("Each ticket has an owner.",)


def test_what_is_free_can_be_claimed_and_what_others_let_slip_taken_over(town: Town) -> None:
    town.does("bob", "ticket open printer on fire --customer acme")
    town.does("bob", "ticket open who is this")
    town.does("bob", "ticket claim 1")
    town.clock.forward(hours=2, minutes=30)
    page = home(town, "ann")
    assert section(page, "My tickets").note == ("Nothing is yours.",)
    (free,) = section(page, "Nobody has claimed").cards
    assert (free.ticket, labels(free), free.tone) == (2, ["Claim", "Reply"], Tone.PLAIN)
    (risky,) = section(page, "At risk with others").cards
    assert (risky.ticket, labels(risky), risky.tone) == (1, ["Take it over", "Why"], Tone.WARNING)
    assert "ACME Ltd · Level III · Held by Bob" in words(risky)
    assert numbers(section(home(town, "bob"), "At risk with others")) == []
    town.clock.forward(hours=1)
    (late,) = section(home(town, "ann"), "At risk with others").cards
    assert late.tone is Tone.BREACH


def test_every_button_of_it_works(town: Town) -> None:
    town.does("bob", "ticket open printer on fire --customer acme")
    town.does("bob", "ticket open who is this")
    town.does("bob", "ticket open mine --customer cobalt")
    town.does("bob", "ticket claim 1")
    town.does("ann", "ticket claim 3")
    town.clock.forward(hours=4)
    page = home(town, "ann")
    ann = Speaker("console", "ann")
    choices = [c for card in (page.top, *(c for one in page.sections for c in one.cards)) for c in card.choices]
    assert len(choices) == 10
    for choice in choices:
        form = town.desk.form(ann, choice.command, choice.values, choice.asks)
        if not form.asks:
            assert town.desk.run(ann, choice.command, choice.values).ok, choice.label


def test_of_many_the_first_are_shown_and_the_rest_counted(town: Town) -> None:
    for number in range(SHOWN + 2):
        town.does("ann", f"ticket open number {number}")
        town.does("ann", f"ticket claim {number + 1}")
        town.clock.forward(minutes=1)
    mine = section(home(town, "ann"), "My tickets")
    assert (numbers(mine), mine.note) == (list(range(1, SHOWN + 1)), ("and 2 more: /ticket mine",))
    town.clock.forward(days=9)
    risky = section(home(town, "bob"), "At risk with others")
    assert (len(risky.cards), risky.note) == (SHOWN, ("and 2 more: /sla status",))


def test_a_waiting_ticket_says_so_and_can_be_resumed(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("ann", "ticket claim 1")
    town.does("ann", "ticket wait 1")
    (card,) = section(home(town, "ann"), "My tickets").cards
    assert "First response: paused while the customer has the next word" in words(card)
    assert labels(card) == ["Reply", "Resume", "Close…"]


def test_a_viewer_looks_and_presses_nothing(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    page = home(town, "vic")
    assert [one.heading for one in page.sections] == ["Nobody has claimed", "At risk with others"]
    assert labels(section(page, "Nobody has claimed").cards[0]) == []
    assert "New ticket" not in labels(page.top)


def test_a_stranger_is_told_where_they_are_and_nothing_of_any_customer(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    page = town.desk.home(Speaker("slack", "U0WHO", "Somebody"))
    assert page.sections == ()
    said = all_words(page)
    assert "The desk is open until Mon 5 Oct 19:00" in said
    assert "ask an admin" in said
    assert "ACME" not in said
    assert "printer" not in said


def test_who_has_left_is_a_stranger(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("zoe", "staff roles ann none")
    page = home(town, "ann")
    assert page.sections == ()
    assert "You have left the desk" in all_words(page)


def test_out_of_hours_it_says_until_when_no_clock_runs(town: Town) -> None:
    town.clock.forward(hours=12)
    assert words(home(town, "ann").top) == (
        "The desk is closed until Tue 6 Oct 10:00, and watched\n"
        "No clock runs until Tue 6 Oct 10:00, and nothing is lost."
    )


def test_a_ticket_without_any_promise_has_no_clock_line(town: Town) -> None:
    town.does("ann", "ticket open printer on fire --customer acme")
    town.does("ann", "ticket claim 1")
    town.does("ann", "ticket reply 1 done")
    assert town.ticket(1).clock(ClockKind.FIRST_RESPONSE) is None
    (card,) = section(home(town, "ann"), "My tickets").cards
    assert replace(card, choices=()).lines == (("ACME Ltd · Level III",),)
