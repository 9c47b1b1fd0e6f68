"""What is said on a ticket: to the customer, by the customer, on the telephone, and among ourselves."""

from __future__ import annotations

import pytest

from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.ticket import State
from bot.ports import Speaker
from commands import catalogue
from commands.desk import Desk
from commands.ticket_show import beyond
from tests.town import Town, words


@pytest.fixture(autouse=True)
def tickets(town: Town) -> None:
    """Ticket 1 of ACME (Level III), 2 of Brightside (Level I, one credit), 3 of nobody; Ann has the first."""
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket claim 1")
    town.does("ann", "/ticket open please call me --customer brightside")
    town.does("ann", "/ticket open who is this")


def running(town: Town, number: int) -> set[ClockKind]:
    return {clock.kind for clock in town.ticket(number).clocks} - {ClockKind.RESOLUTION}


def test_a_reply_is_a_letter_and_says_to_whom(town: Town) -> None:
    told = town.does("ann", "/ticket reply 1 Dear customer,\nit is out.")
    by_hand = "mail is not set up, send it to it@acme.example by hand."
    assert f"Your reply is kept as a letter in the terminal: {by_hand}" in told
    assert town.hears("mail:it@acme.example") == [
        "Re: printer on fire [#1]\nTo: it@acme.example\nDear customer,\nit is out."
    ]
    assert running(town, 1) == set()
    assert town.ticket(1).responded_at == town.clock.now()


def test_a_ticket_that_was_answered_is_open_although_nobody_has_it(town: Town) -> None:
    assert town.ticket(2).state is State.NEW
    town.does("ann", "/ticket reply 2 we look into it")
    assert (town.ticket(2).state, town.ticket(2).owner) == (State.OPEN, None)
    town.does("ann", "/ticket claim 2")
    town.does("ann", "/ticket release 2")
    town.does("ann", "/ticket wait 2")
    town.does("ann", "/ticket resume 2")
    assert (town.ticket(2).state, town.ticket(2).owner) == (State.OPEN, None)


def test_only_a_reply_reaches_the_customer(town: Town) -> None:
    for line in ("note 1 secret", "call 1 secret", "remote 1 secret", "said 1 hello", "close 1 solved secret"):
        town.does("ann", f"/ticket {line}")
    assert town.hears("mail:it@acme.example") == []


def test_a_reply_without_an_address_is_kept_and_must_be_sent_by_hand(town: Town) -> None:
    told = town.does("ann", "/ticket reply 3 hello")
    assert "nothing was sent: send it by hand" in told
    assert "/ticket customer 3 NAME --requester ADDRESS" in told
    assert town.history(3)[-1].data["text"] == "hello"


def test_a_reply_that_waits_answers_first_and_then_stops_the_clocks(town: Town) -> None:
    town.does("ann", "/ticket reply 1 Which model is it? --wait")
    assert town.ticket(1).state is State.WAITING
    assert town.ticket(1).responded_at is not None
    assert [event.deed for event in town.history(1)[-2:]] == [Deed.REPLIED, Deed.WAITING]


@pytest.mark.parametrize(
    ("by_hand", "told"),
    [
        ("slack", "kept as a letter in #1's thread in Slack: mail is not set up, send it to it@acme.example"),
        ("", "goes to it@acme.example."),
    ],
)
def test_a_reply_says_where_its_letter_is_or_that_it_goes(town: Town, by_hand: str, told: str) -> None:
    desk = Desk(town.database, catalogue.build(by_hand=by_hand), town.clock)
    ann = Speaker("console", "ann", "Ann")
    assert told.partition(",")[0] in words(desk.say(ann, "ticket reply 1 it is out").card)
    before = desk.form(ann, "ticket reply", {"ticket": 1}).foreword
    assert ("goes to the customer" in str(before[0])) is (by_hand == "")


def test_who_replies_right_after_somebody_else_is_told_so(town: Town) -> None:
    assert "replied" not in town.does("ann", "/ticket reply 1 it is out")
    town.clock.forward(minutes=1)
    assert "Ann replied 1 min ago, too: /ticket history 1" in town.does("bob", "/ticket reply 1 have you tried it?")
    assert [event.deed for event in town.history(1)].count(Deed.REPLIED) == 2
    town.does("ann", "/ticket said 1 it is not out")
    assert "replied" not in town.does("zoe", "/ticket reply 1 we come")
    town.clock.forward(hours=1)
    assert "replied" not in town.does("ann", "/ticket reply 1 we are there")


def test_an_empty_reply_is_refused(town: Town) -> None:
    assert "needs a text" in town.refused("ann", "/ticket reply 1")


def test_the_owner_hears_what_others_do_on_the_ticket(town: Town) -> None:
    town.does("bob", "/ticket reply 1 I looked at it for Ann")
    assert town.hears("@ann") == ["Bob replied on #1 printer on fire: I looked at it for Ann"]


def test_the_customers_words_start_no_clock_while_one_runs(town: Town) -> None:
    town.clock.forward(hours=1)
    assert "The clock that runs already still counts." in town.does("bob", "/ticket said 1 hurry")
    clock = town.ticket(1).clock(ClockKind.FIRST_RESPONSE)
    assert clock is not None
    assert clock.started == town.ticket(1).opened_at
    assert town.hears("@ann") == ["ACME Ltd wrote on #1 printer on fire: hurry"]


def test_after_an_answer_the_customers_words_start_the_next_response_clock(town: Town) -> None:
    town.does("ann", "/ticket reply 1 try again")
    assert "Next response due Mon 5 Oct 13:00" in town.does("bob", "/ticket said 1 it broke again")
    assert running(town, 1) == {ClockKind.NEXT_RESPONSE}
    town.clock.forward(hours=1)
    town.does("bob", "/ticket said 1 and again")
    clock = town.ticket(1).clock(ClockKind.NEXT_RESPONSE)
    assert clock is not None
    assert clock.started < town.clock.now()


def test_thanks_start_no_clock(town: Town) -> None:
    town.does("ann", "/ticket reply 1 try again")
    assert "It says thanks, so no clock starts." in town.does("bob", "/ticket said 1 Works now, thanks, Ann!")
    assert running(town, 1) == set()


def test_the_customers_words_end_a_wait(town: Town) -> None:
    town.does("ann", "/ticket wait 1")
    assert "The wait is over." in town.does("bob", "/ticket said 1 the model is X200")
    assert town.ticket(1).state is State.OPEN
    assert not any(clock.paused for clock in town.ticket(1).clocks)


def test_the_customers_words_open_a_closed_ticket_again_unless_they_are_thanks(town: Town) -> None:
    town.does("ann", "/ticket reply 1 done")
    town.does("ann", "/ticket close 1 solved")
    assert "stays closed" in town.does("bob", "/ticket said 1 thank you")
    assert town.ticket(1).closed
    assert "was closed and is open again" in town.does("bob", "/ticket said 1 it is back")
    assert running(town, 1) == {ClockKind.NEXT_RESPONSE}
    assert town.history(1)[-1].by == "customer"


def test_words_on_a_merged_ticket_go_where_it_went(town: Town) -> None:
    town.does("ann", "/ticket merge 3 --into 1")
    assert "#3 was merged into #1, so it is written there." in town.does("ann", "/ticket said 3 hello")
    assert town.history(1)[-1].data["text"] == "hello"


def test_words_that_no_owner_hears_are_told_to_the_desk(town: Town) -> None:
    town.does("ann", "/ticket said 2 are you there")
    assert town.hears("#desk") == ["Brightside wrote on #2 please call me: are you there · nobody has claimed it"]


def test_a_note_is_for_the_desk_on_closed_tickets_too(town: Town) -> None:
    town.does("ann", "/ticket close 1 solved")
    assert "for the desk only" in town.does("ann", "/ticket note 1 it was the fuser")
    assert town.ticket(1).closed


def test_a_call_answers_where_the_telephone_is_owed(town: Town) -> None:
    town.does("ann", "/ticket call 1 walked them through it")
    assert running(town, 1) == set()
    refused = town.refused("ann", "/ticket call 1 --credit")
    assert "the credit is not used" in refused


def test_a_call_that_is_not_owed_is_refused_kindly_and_a_credit_pays_for_the_ticket_once(town: Town) -> None:
    refused = town.refused("ann", "/ticket call 2")
    assert "Brightside is on Level I: e-mail. Telephone support comes with Level III" in refused
    assert "1 left: /ticket call 2 --credit" in refused
    assert "You can reply by mail now: /ticket reply 2" in refused
    assert "is used for this ticket; 0 left." in town.does("ann", "/ticket call 2 --credit called them")
    assert running(town, 2) == set()
    town.does("ann", "/ticket call 2 and again")
    town.does("ann", "/ticket call 2 a third time --credit")
    assert town.customer("brightside").phone_credits == 0
    town.does("ann", "/ticket open another --customer brightside")
    assert "none left" in town.refused("ann", "/ticket call 4 --credit")
    assert "#3 has no customer" in town.refused("ann", "/ticket call 3 --credit")


def test_a_remote_session_must_be_owed(town: Town) -> None:
    assert "comes with Level II" in town.refused("ann", "/ticket remote 2")
    town.does("ann", "/ticket remote 1 replaced the configuration")
    assert running(town, 1) == set()


def test_text_of_any_kind_is_kept_as_text(town: Town) -> None:
    nasty = "'; DROP TABLE tickets; -- @everyone <!channel> =cmd() \u202egnp"
    town.does("ann", f"/ticket note 1 {nasty}")
    assert town.history(1)[-1].data["text"] == nasty.replace("\u202e", "")
    assert "the desk takes up to" in town.refused("ann", "/ticket note 1 " + "x" * 150_000)


def test_answers_that_would_go_to_another_customer_are_pointed_out(town: Town) -> None:
    warned = "Answers go to hello@brightside.example, which is Brightside's and not ACME Ltd's."
    assert warned in town.does("ann", "/ticket open odd --customer acme --requester hello@brightside.example")
    assert warned in town.does("ann", "/ticket customer 3 acme --requester hello@brightside.example")
    assert "not ACME" not in town.does("ann", "/ticket open fine --customer acme --requester new@acme.example")
    answer = town.says("ann", "/ticket reply 4")
    assert answer.form is not None
    assert answer.form.foreword[0] == warned


def test_a_subject_too_long_for_its_line_is_told_once_and_goes_on_in_the_text(town: Town) -> None:
    words = [f"word{number}" for number in range(100)]
    town.does("ann", f"/ticket open {'  '.join(words)} --customer acme")
    title, *rest = town.does("ann", "/ticket show 4").split("\n")
    for word in ("word0", "word20", "word50", "word99"):
        assert sum(line.split().count(word) for line in (title, *rest)) == 1, word
    begun = title.split("…")[0].removeprefix("#4  ")
    (more,) = (line for line in rest if line.startswith("…"))
    assert (begun + more.removeprefix("…")).replace(" ", "") == "".join(words)


def test_a_text_that_says_what_the_subject_says_is_not_told_again(town: Town) -> None:
    assert beyond("no mail", " no\n mail ") == ""
    assert beyond("no mail", "no mail since noon") == "no mail since noon"
    assert beyond("is it on…", "another text") == "another text"
