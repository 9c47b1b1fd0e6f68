"""Letters as commands post them: a reply waits a moment and can be taken back; receipts promise; closings ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Card
from bot.domain.attachments import Attachment
from bot.domain.history import Deed
from bot.domain.mail import Bounce
from bot.domain.policy import ClockKind
from bot.domain.ticket import State, replay
from bot.ports import CopyState, Speaker
from bot.ports.intake import Mail, MailState
from bot.views.ticket_facts import answers_given
from commands.intake import Words, open_for, say_for
from commands.receipts import post_receipt
from tests.commands.mail_town import BOX, SITE, MailTown
from tests.commands.mails import arrives, letter_about
from tests.commands.mails import mail as message
from tests.databases import create_postgres
from tests.town import TORONTO, Town, words

JO = Words("email", "it@acme.example", "The queue grows.", "mail is slow", "Jo")
_NAMES = count()


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[MailTown]:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk")
    town.does("ann", "/ticket open printer on fire --customer acme")
    yield town
    town.close()


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailTown]:
    """The same over each kind of database."""
    if request.param == "sqlite":
        request.getfixturevalue("settled").copied(tmp_path / "desk").close()
        town = MailTown(tmp_path / "desk")
    else:
        server = request.getfixturevalue("settled_on_postgres")
        town = MailTown(tmp_path / "desk", database=create_postgres(server, f"mail_town_{next(_NAMES)}", "settled"))
    town.does("ann", "/ticket open printer on fire --customer acme")
    yield town
    town.close()


def about(card: Card) -> dict[str, Any]:
    found: dict[str, Any] = card.data["mail"]
    return found


def running(town: Town, number: int = 1) -> set[ClockKind]:
    return {clock.kind for clock in town.ticket(number).clocks} - {ClockKind.RESOLUTION}


# --- a reply -----------------------------------------------------------------------------------------------------


def test_a_reply_goes_out_after_a_moment_and_says_so(town: MailTown) -> None:
    answer = town.says("ann", "/ticket reply 1 Dear Jo,\n\nit is out.")
    assert "Your reply goes to it@acme.example; it goes out in 10 s." in words(answer.card)
    assert [(one.label, one.command, one.values) for one in answer.card.choices] == [
        ("Take back", "ticket unsend", {"ticket": 1, "reply": 2})
    ]
    town.clock.forward(seconds=9)
    assert town.letters() == []
    town.clock.forward(seconds=1)
    (letter,) = town.letters()
    assert words(letter) == (
        "Re: printer on fire [#1]\nDear Jo,\n\nit is out.\n\n#1 on your page: https://desk.example.com/support/tickets/1"
    )
    assert json.loads(json.dumps(letter.data)) == letter.data


def test_its_answer_finds_the_ticket_by_every_way(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    town.clock.forward(seconds=10)
    mail = about(town.letters()[0])
    root = town.signer.message_id("root", 1, "example.com")
    assert mail["reply_to"] == town.signer.reply_address(BOX, 1)
    assert (mail["in_reply_to"], mail["references"], mail["auto"]) == (root, [root], "")
    assert town.signer.ticket_of(mail["message_id"]) == town.signer.ticket_of(mail["reply_to"]) == 1
    assert mail["links"] == [["#1 on your page", f"{SITE}/support/tickets/1"]]


def test_it_answers_the_customers_first_and_newest_messages_and_no_made_up_names(town: MailTown) -> None:
    names = [*(f"<jo-{number}@acme.example>" for number in range(9)), "<a b@c.example>\r\nBcc: x", "plain"]
    came = [
        Mail(0, name, "support", "it@acme.example", "x", town.clock.now(), MailState.TAKEN, ticket=1, seq=1)
        for name in names
    ]
    town.database.write(lambda work: [work.mails.add(one) for one in came])
    town.does("ann", "/ticket reply 1 it is out")
    town.clock.forward(seconds=10)
    mail = about(town.letters()[0])
    assert mail["in_reply_to"] == names[8]
    assert mail["references"][1:] == [names[0], *names[4:9]]


@pytest.mark.parametrize(("mail", "reply_to"), [({"plus": False}, BOX), ({"boxes": {}}, "")])
def test_answers_go_to_where_they_can(settled: Town, tmp_path: Path, mail: dict[str, Any], reply_to: str) -> None:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk", undo=0, page=False, **mail)
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket reply 1 it is out")
    (letter,) = town.letters()
    assert about(letter)["reply_to"] == reply_to
    assert words(letter) == "Re: printer on fire [#1]\nit is out"
    town.close()


def test_a_subject_stays_the_same_in_all_letters_of_a_ticket(town: MailTown) -> None:
    town.does("ann", '/ticket open "AW: Re: ' + "very " * 40 + 'long" --customer acme')
    town.does("ann", "/ticket reply 2 it is out")
    town.does("ann", "/ticket close 2 solved")
    town.clock.forward(seconds=10)
    first, second = (words(letter).partition("\n")[0] for letter in town.letters())
    assert first == second
    assert first.startswith("Re: very very")
    assert first.endswith("… [#2]")
    assert len(first) <= 120


@pytest.mark.parametrize(
    ("wrote", "answered"),
    [
        ("mail is slow", "Re: mail is slow"),
        ("Re: mail is slow", "Re: mail is slow"),
        ("AW: mail is slow", "AW: mail is slow"),
        ("Fwd: mail is slow", "Re: Fwd: mail is slow"),
        ("slow " * 30, "Re: " + ("slow " * 30).strip()),
        ("", "Re: (no subject) [#2]"),
    ],
)
def test_who_wrote_by_mail_reads_their_own_subject_in_every_letter(town: MailTown, wrote: str, answered: str) -> None:
    arrives(town, message("it@acme.example", wrote))
    town.does("ann", "/ticket reply 2 it is out")
    town.does("ann", "/ticket close 2 solved")
    town.clock.forward(seconds=10)
    assert [words(letter).partition("\n")[0] for letter in town.letters()] == [answered] * 3


def test_where_no_subject_and_no_page_names_the_number_the_letter_does(settled: Town, tmp_path: Path) -> None:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk", undo=0, page=False)
    arrives(town, message("it@acme.example", "mail is slow"))
    town.does("ann", "/ticket reply 1 it is out")
    assert words(town.letters()[0]) == "Re: mail is slow\nit is out\n\nTicket #1"
    town.close()


def test_files_that_the_desk_has_go_with_a_reply_and_the_others_are_named(town: MailTown) -> None:
    here, there = Attachment("fix.sh", size=3, type="text/plain", kept="in/ab/abc"), Attachment("film.mp4", size=3)
    answer = town.desk.say(
        Speaker("console", "ann", "Ann", files=(here, there)), "/ticket reply 1 please run what is attached"
    )
    assert "The letter names film.mp4 and goes without" in words(answer.card)
    town.clock.forward(seconds=10)
    (letter,) = town.letters()
    assert about(letter)["files"] == [{"name": "fix.sh", "type": "text/plain", "path": "in/ab/abc"}]
    assert "Not attached, ask us for it: film.mp4" in words(letter)


def test_a_copy_that_comes_within_the_moment_goes_with_it(town: MailTown) -> None:
    wanted = Attachment("fix.sh", source="https://files.example.com/1")
    town.desk.say(Speaker("console", "ann", "Ann", files=(wanted,)), "/ticket reply 1 please run it")
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    assert copy.state is CopyState.WANTED
    town.database.write(lambda work: work.files.copied(copy, "copies/1"))
    town.clock.forward(seconds=10)
    assert [file["path"] for file in about(town.letters()[0])["files"]] == ["copies/1"]


# --- taken back --------------------------------------------------------------------------------------------------


def test_a_reply_that_is_taken_back_was_never_an_answer(either: MailTown) -> None:
    town = either
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 wrong customer! --wait")
    assert (town.ticket(1).state, running(town)) == (State.WAITING, set())
    town.clock.forward(seconds=5)
    answer = town.says("ann", "/ticket unsend 1")
    assert "Taken back: nothing goes to it@acme.example. You had written:\nwrong customer!" in words(answer.card)
    after = town.ticket(1)
    assert (after.state, after.clocks, after.responded_at) == (before.state, before.clocks, None)
    assert replay(town.history(1)) == after
    assert town.history(1)[-1].deed is Deed.UNSENT
    town.clock.forward(minutes=1)
    assert town.letters() == []
    now = town.clock.now()
    assert town.database.read(lambda work: list(work.tickets.promises_ended(before.opened_at, now))) == []
    assert town.database.read(lambda work: list(answers_given(work.tickets.history(1), work.promises))) == []
    due = town.database.read(lambda work: work.tickets.due_of(1))
    assert due == datetime(2026, 10, 5, 13, tzinfo=TORONTO)
    town.clock.set(due + timedelta(seconds=1))
    town.ticks()
    assert any("printer on fire" in line for line in town.hears("#alerts"))


def test_a_reply_that_has_left_cannot_be_taken_back(either: MailTown) -> None:
    either.does("ann", "/ticket reply 1 it is out")
    either.clock.forward(seconds=10)
    assert len(either.letters()) == 1
    assert "It is too late: the reply to it@acme.example has left" in either.refused("ann", "/ticket unsend 1")
    assert running(either) == set()


def test_a_reply_that_a_courier_holds_cannot_be_taken_back(either: MailTown) -> None:
    either.does("ann", "/ticket reply 1 it is out")
    either.clock.forward(seconds=10)
    either.database.write(lambda work: work.outbox.lease(either.clock.now(), 60, 1, "email"))
    assert "is on its way" in either.refused("ann", "/ticket unsend 1")


def test_several_are_taken_back_one_after_the_other(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 one")
    town.does("bob", "/ticket reply 1 two")
    assert "two" in town.does("ann", "/ticket unsend 1")
    assert town.hears("@bob") == ["Ann took back the reply on #1 printer on fire before it left"]
    assert running(town) == set()
    assert "one" in town.does("ann", "/ticket unsend 1")
    assert town.ticket(1).clocks == before.clocks
    assert "no reply to take back" in town.refused("ann", "/ticket unsend 1")
    assert "replied" not in town.does("zoe", "/ticket reply 1 three")


def test_of_two_who_reply_at_once_each_takes_back_their_own(town: MailTown) -> None:
    mine = town.says("ann", "/ticket reply 1 mine").card.choices[0]
    town.does("bob", "/ticket reply 1 and another")
    pressed = f"/{mine.command} {mine.values['ticket']} --reply {mine.values['reply']}"
    assert "You had written:\nmine" in town.does("ann", pressed)
    assert "no reply to take back" in town.refused("ann", pressed)
    assert running(town) == set()
    town.clock.forward(seconds=10)
    (letter,) = town.letters()
    assert "and another" in words(letter)


def test_words_that_came_in_between_owe_no_second_answer(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 one")
    town.database.write(lambda work: say_for(work, JO, 1, town.clock.now()))
    assert running(town) == {ClockKind.NEXT_RESPONSE}
    town.does("ann", "/ticket unsend 1")
    assert running(town) == {ClockKind.FIRST_RESPONSE}
    assert town.ticket(1).clock(ClockKind.FIRST_RESPONSE) == before.clock(ClockKind.FIRST_RESPONSE)


def test_of_a_ticket_that_was_closed_or_merged_meanwhile_the_letter_is_taken_back_all_the_same(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 one")
    town.does("ann", "/ticket close 1 solved --quietly")
    assert "was closed meanwhile and stays so: /ticket reopen 1" in town.does("ann", "/ticket unsend 1")
    assert town.ticket(1).state is State.CLOSED
    town.does("ann", "/ticket open again --customer acme")
    town.does("ann", "/ticket open and again --customer acme")
    town.does("ann", "/ticket reply 2 one")
    town.does("ann", "/ticket merge 2 --into 3")
    assert "#3, which it was merged into, counts it as answered" in town.does("ann", "/ticket unsend 2")
    town.clock.forward(minutes=1)
    assert town.letters() == []


def test_what_was_never_sent_cannot_be_taken_back(town: MailTown) -> None:
    town.does("ann", "/ticket open who is this")
    town.does("ann", "/ticket reply 2 hello")
    assert "was never sent" in town.refused("ann", "/ticket unsend 2")
    assert "is for staff and above" in town.refused("vic", "/ticket unsend 1")


def test_the_thread_and_the_history_say_that_it_was_taken_back(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 one")
    town.does("ann", "/ticket unsend 1 wrong customer")
    assert town.history(1)[-1].reason == "wrong customer"
    assert "took the reply back before it left" in town.does("ann", "/ticket history 1")


# --- the receipt -------------------------------------------------------------------------------------------------


def receipt(town: MailTown, said: Words, at: datetime | None = None) -> str:
    if at is not None:
        town.clock.set(at)

    def deed(work: Any) -> bool:
        return post_receipt(work, open_for(work, said, town.clock.now()), said.who, town.clock.now())

    assert town.database.write(deed)
    (letter,) = town.letters()
    assert about(letter)["auto"] == "auto-replied"
    return words(letter)


def test_a_receipt_promises_and_says_why_not_sooner(town: MailTown) -> None:
    monday = datetime(2026, 10, 12, 11, 30, tzinfo=TORONTO)
    told = receipt(town, JO, monday)
    assert told.startswith("Re: mail is slow [#2]\nThank you, we have your message. It is ticket #2, on Level III.")
    promise = "You will hear from us by Tuesday 13 October at 13:00 (Eastern time), because Monday is Thanksgiving Day."
    assert promise in told
    assert "We are closed now and open again on Tuesday 13 October at 10:00 (Eastern time)." in told
    assert f"#2 on your page: {SITE}/support/tickets/2" in told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 10, 6, 11, tzinfo=TORONTO), "by Tuesday 6 October at 14:00 (Eastern time)."),
        (
            datetime(2026, 10, 16, 18, tzinfo=TORONTO),
            "by Monday 19 October at 12:00 (Eastern time), after the weekend.",
        ),
        (
            datetime(2026, 12, 24, 18, tzinfo=TORONTO),
            "by Tuesday 29 December at 12:00 (Eastern time), because Friday is Christmas Day and Monday is Boxing Day",
        ),
    ],
)
def test_the_promise_in_words(town: MailTown, at: datetime, told: str) -> None:
    letter = receipt(town, JO, at)
    assert told in letter
    assert ("We are closed now" in letter) is False


@pytest.mark.parametrize(
    ("who", "at", "told"),
    [
        ("it@acme.example", datetime(2027, 4, 6, 11, tzinfo=TORONTO), "For now we go on as before"),
        ("it@acme.example", datetime(2027, 6, 1, 11, tzinfo=TORONTO), "what we can do is Level I until it is renewed"),
        ("x@nobody.example", datetime(2026, 10, 6, 11, tzinfo=TORONTO), "We know no customer by this address"),
    ],
)
def test_who_has_no_subscription_is_told_so_kindly(town: MailTown, who: str, at: datetime, told: str) -> None:
    assert told in receipt(town, Words("email", who, "hello", "hello"), at)


def test_a_customer_of_another_place_reads_their_own_clock(town: MailTown) -> None:
    town.does("lea", "/customer edit acme --zone Europe/Berlin")
    assert "by Monday 5 October at 19:00 (Berlin time)" in receipt(town, JO)


# --- the closing note --------------------------------------------------------------------------------------------


def test_whoever_closes_hears_that_the_last_letter_did_not_arrive(town: MailTown) -> None:
    lost = Bounce(letter_about(town, 1), "it@acme.example", True, "no such user")
    arrives(town, message("", "Undeliverable", bounce=lost, machine="it"))
    told = town.does("ann", "/ticket close 1 solved")
    assert "A letter says so to it@acme.example, but the last one there did not arrive: no such user." in told


def test_a_closing_note_says_how_it_ended_and_asks(town: MailTown) -> None:
    told = town.does("ann", "/ticket close 1 solved among us: the toner was empty")
    assert "it@acme.example is told so." in told
    town.clock.forward(seconds=10)
    (letter,) = town.letters()
    seq = town.history(1)[-1].seq
    page = f"{SITE}/t/1/{seq}/{town.signer.mark('closed', 1, seq)}"
    assert about(letter)["auto"] == "auto-generated"
    assert about(letter)["links"][0] == ["It is not solved", page]
    assert [link for _, link in about(letter)["links"][1:]] == [f"{page}?stars={stars}" for stars in (5, 4, 3, 2, 1)]
    assert "We have closed ticket #1: Solved." in words(letter)
    assert "toner" not in words(letter)


@pytest.mark.parametrize("line", ["close 1 solved --quietly", "close 1 duplicate", "refer 1 --partner Fixers"])
def test_who_is_told_elsewhere_or_not_at_all_gets_no_note(town: MailTown, line: str) -> None:
    town.does("ann", f"/ticket {line}")
    town.clock.forward(minutes=1)
    assert not any("We have closed" in words(letter) for letter in town.letters())


def test_a_ticket_that_is_open_again_was_never_closed_to_its_customer(town: MailTown) -> None:
    town.does("ann", "/ticket close 1 solved")
    town.does("ann", "/ticket reopen 1 wrong one")
    town.clock.forward(minutes=1)
    assert town.letters() == []


def test_of_two_closings_in_a_moment_the_last_alone_is_told(town: MailTown) -> None:
    town.does("ann", "/ticket close 1 no-answer")
    town.does("ann", "/ticket reopen 1 wrong one")
    town.does("ann", "/ticket close 1 solved")
    town.clock.forward(minutes=1)
    (letter,) = town.letters()
    assert "We have closed ticket #1: Solved." in words(letter)


def test_a_reply_comes_before_the_note(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    town.does("ann", "/ticket close 1 solved")
    town.clock.forward(minutes=1)
    assert ["We have closed" in words(letter) for letter in town.letters()] == [False, True]


def test_without_a_page_a_note_asks_for_an_answer(settled: Town, tmp_path: Path) -> None:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk", page=False, undo=0)
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket close 1 solved")
    (letter,) = town.letters()
    assert "just reply to this mail, and it is open again" in words(letter)
    assert about(letter)["links"] == []
    town.close()


# --- by hand -----------------------------------------------------------------------------------------------------


def test_by_hand_nothing_waits_and_nothing_more_is_to_be_carried(settled: Town, tmp_path: Path) -> None:
    town = settled.copied(tmp_path / "desk")
    town.does("ann", "/ticket open printer on fire --customer acme")
    assert "it goes out" not in town.does("ann", "/ticket reply 1 it is out")
    assert town.hears("mail:it@acme.example") == ["Re: printer on fire [#1]\nTo: it@acme.example\nit is out"]
    town.does("ann", "/ticket close 1 solved")
    assert town.hears("mail:it@acme.example") == []
    town.close()


def test_an_operators_own_letter_is_what_goes_out(town: MailTown) -> None:
    folder = town.folder / "letters"
    folder.mkdir()
    (folder / "reply.txt").write_text("Subject: #{{ ticket.number }}\n\n{{ text }}\n\n{{ by }} of {{ company }}\n")
    town.does("ann", "/ticket reply 1 it is out")
    town.clock.forward(seconds=10)
    assert words(town.letters()[0]) == "#1\nit is out\n\nAnn of ACME Support"
