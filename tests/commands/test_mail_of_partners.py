"""What partners write back about a ticket that was handed to them is no word of the customer's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.history import Deed
from bot.domain.mail import Bounce, Verified
from bot.domain.ticket import State
from bot.letters.writing import Letterhead, LetterWriter
from bot.ports import Kind, UnitOfWork
from bot.ports.intake import MailState
from bot.signing import Side, signer_of
from commands.letters import draw_letter
from tests.commands.mails import JO, arrives, letter_about, mail, reply_address
from tests.town import Town

HELP = "help@north.example"
COLLEAGUE = "kim@north.example"
HEAD = Letterhead("ACME Support", "", "support@desk.example", True, "desk.example", frozenset({"console"}))


@pytest.fixture
def town(either_town: Town) -> Town:
    """Jo's ticket is Ann's, and waits while Northwind has it."""
    town = either_town
    town.does("lea", f"partner add Northwind Consulting --id north --mail {HELP}")
    arrives(town, mail())
    town.does("ann", "/ticket claim 1")
    town.does("ann", "/ticket refer 1 --partner north --keep-open")
    for place in ("#desk", "@ann"):
        town.hears(place)
    return town


def headers(town: Town, letter: str) -> dict[str, Any]:
    """What the letter of that kind about the ticket says in its headers."""

    def drawn(work: UnitOfWork) -> dict[str, Any]:
        (parcel,) = [
            one for one in work.outbox.of_ticket(1) if one.kind is Kind.LETTER and one.card.data["letter"] == letter
        ]
        card = draw_letter(work, parcel, LetterWriter(None, HEAD))
        assert card is not None
        return dict(card.data["mail"])

    return town.database.read(drawn)


def test_an_answer_to_the_hand_over_is_a_note_that_the_owner_is_told_of(town: Town) -> None:
    handover = headers(town, "handover")
    due = town.database.read(lambda work: work.tickets.due_of(1))
    for sender, way in (
        (HELP, {"sent_to": (handover["reply_to"],)}),
        (COLLEAGUE, {"references": (handover["message_id"],)}),
    ):
        taken = arrives(town, mail(sender, "Re: Referred to you", "We start on Monday.", **way))
        assert (taken.state, taken.ticket) == (MailState.TAKEN, 1)
        ticket, event = town.ticket(1), town.history(1)[-1]
        assert (event.deed, event.seq) == (Deed.NOTED, taken.seq)
        assert ticket.state is State.WAITING, "The customer has said nothing."
        (told,) = town.hears("@ann")
        assert (
            f"Northwind Consulting ({sender}) wrote about #1 mail is slow, which was handed to them: We start" in told
        )
        assert f"{sender} wrote by mail for the partner Northwind Consulting: We start on Monday." in town.does(
            "vic", "/ticket history 1"
        )
    assert town.database.read(lambda work: work.tickets.due_of(1)) == due


def test_a_closed_ticket_stays_closed_and_where_nobody_has_it_the_desk_is_told(town: Town) -> None:
    arrives(town, mail(subject="a filter"))
    town.does("bob", "/ticket refer 2 --partner north")
    town.hears("#desk")
    mark = town.database.read(lambda work: signer_of(work).reply_address("support@desk.example", 2, Side.PARTNER))
    arrives(town, mail(HELP, "Re: a filter", "It is done.", sent_to=(mark,)))
    assert town.ticket(2).closed
    assert "Northwind Consulting (help@north.example) wrote about #2 a filter" in town.hears("#desk")[0]


def test_a_partner_who_was_shown_a_letter_to_the_customer_is_still_no_customer(town: Town) -> None:
    arrives(town, mail(HELP, "Re: mail is slow", "I answer all of you.", references=(letter_about(town, 1),)))
    assert town.history(1)[-1].deed is Deed.NOTED
    assert town.ticket(1).state is State.WAITING


def test_a_customer_who_answers_their_partner_with_the_desk_among_the_copies_speaks_for_themselves(town: Town) -> None:
    handover = headers(town, "handover")
    arrives(town, mail(JO, "Re: Referred to you", "Still slow.", sent_to=(handover["reply_to"],)))
    assert town.history(1)[-1].deed is Deed.SAID
    assert town.ticket(1).state is State.OPEN


def test_the_partners_messages_are_not_what_a_letter_to_the_customer_answers(town: Town) -> None:
    handover = headers(town, "handover")
    arrives(town, mail(HELP, "Re", "Soon.", message_id="<theirs@north.example>", sent_to=(handover["reply_to"],)))
    town.does("ann", "/ticket reply 1 we hear that it goes well")
    reply = headers(town, "reply")
    assert "theirs@north.example" not in f"{reply['references']}{reply['in_reply_to']}"
    given = {handover["message_id"], handover["reply_to"], *handover["references"]}
    signer = town.database.read(signer_of)
    assert {signer.side_of(one) for one in given} == {(1, Side.PARTNER)}


def test_a_hand_over_that_does_not_arrive_comes_back_to_its_ticket(town: Town) -> None:
    of = str(headers(town, "handover")["message_id"])
    bounce = Bounce(of=of, to=HELP, permanent=True, why="no such mailbox")
    kept = arrives(town, mail("", "Undelivered", "", bounce=bounce))
    assert (kept.state, kept.ticket) == (MailState.BOUNCE, 1)
    assert "The letter to help@north.example about #1 mail is slow did not arrive" in town.hears("@ann")[0]


def test_a_mark_of_one_side_proves_nothing_for_the_other(town: Town) -> None:
    theirs = reply_address(town, 1)
    signer = town.database.read(signer_of)
    assert signer.side_of(theirs) == (1, Side.CUSTOMER)
    assert signer.side_of(theirs.replace("+t1.", "+p1.")) is None
    taken = arrives(town, mail("x@elsewhere.example", sent_to=(theirs.replace("+t1.", "+p1."),), verified=Verified.NO))
    assert taken.state is MailState.HELD
