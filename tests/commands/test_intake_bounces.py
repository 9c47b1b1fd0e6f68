"""Letters that did not arrive: their ticket says so, and whoever must write another way is told; forged ones are not
believed."""

from __future__ import annotations

import pytest

from bot.domain.history import Deed
from bot.domain.mail import Bounce, IncomingMail
from bot.ports.intake import MailState
from tests.commands.mails import JO, arrives, letter_about, mail, reply_address
from tests.town import Town


@pytest.fixture
def town(town: Town) -> Town:
    arrives(town, mail())
    town.hears("#desk")
    return town


def bounce(of: str, *, permanent: bool = True, why: str = "mailbox full", to: str = JO, **rest: object) -> IncomingMail:
    return mail("", "Undeliverable", "It did not arrive.", bounce=Bounce(of, to, permanent, why), machine="it", **rest)


def test_the_ticket_and_its_owner_hear_of_a_letter_that_did_not_arrive(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    kept = arrives(town, bounce(letter_about(town, 1)))
    assert (kept.state, kept.ticket, kept.reason) == (MailState.BOUNCE, 1, "mailbox full")
    (told,) = town.hears("@ann")
    assert told == f"The letter to {JO} about #1 mail is slow did not arrive, and will not: mailbox full"
    history = town.does("vic", "/ticket history 1")
    assert f"The desk heard that a letter to {JO} did not arrive: mailbox full" in history
    assert town.ticket(1).clocks != ()
    lost = f"The letter to {JO} did not arrive: mailbox full"
    assert lost in town.does("vic", "/ticket show 1")
    town.does("ann", "/ticket reply 1 do you read this?")
    assert lost not in town.does("vic", "/ticket show 1")


def test_where_nobody_has_the_ticket_the_desk_hears_of_it(town: Town) -> None:
    arrives(town, bounce("", sent_to=(reply_address(town, 1),)))
    assert "did not arrive, and will not" in town.hears("#desk")[-1]


def test_a_letter_that_is_late_is_not_said_to_be_lost(town: Town) -> None:
    arrives(town, bounce(letter_about(town, 1), permanent=False, why="try again later"))
    assert "has not arrived yet: try again later" in town.hears("#desk")[-1]
    assert "is late: try again later" in town.does("vic", "/ticket history 1")


def test_the_same_bounce_again_is_written_down_and_told_once_an_hour(town: Town) -> None:
    for _ in range(5):
        arrives(town, bounce(letter_about(town, 1)))
    assert len(town.hears("#desk")) == 1
    town.clock.forward(hours=1)
    arrives(town, bounce(letter_about(town, 1)))
    assert len(town.hears("#desk")) == 1
    assert sum(event.deed is Deed.BOUNCED for event in town.history(1)) == 2


def test_a_bounce_that_anybody_could_write_changes_nothing(town: Town) -> None:
    for forged in ("<abc.t1.aaaaaaaaaaaaaaaaaaaa@desk.example>", "<42@desk.example>", ""):
        kept = arrives(town, bounce(forged))
        assert (kept.state, kept.ticket) == (MailState.BOUNCE, None)
    assert [event.deed for event in town.history(1)] == [Deed.OPENED]
    assert town.hears("#desk") == []


def test_a_closed_ticket_stays_closed(town: Town) -> None:
    town.does("ann", "/ticket close 1 solved")
    arrives(town, bounce(letter_about(town, 1)))
    assert town.ticket(1).closed
