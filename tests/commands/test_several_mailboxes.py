"""A desk with several mailboxes: whoever wrote to one of them is answered from it, and answers there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.mail import IncomingMail
from bot.settings import Mailbox
from commands.mail_intake import take_in
from tests.commands.mail_town import BOX, MailTown
from tests.commands.mails import JO, mail
from tests.town import Town

SALES = "sales@example.com"


def box(address: str) -> Mailbox:
    return Mailbox(host="imap.example.com", user="desk", address=address)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[MailTown]:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk", undo=0, receipts=False, boxes={"support": box(BOX), "sales": box(SALES)})
    yield town
    town.close()


def comes(town: MailTown, mailbox: str, given: IncomingMail) -> None:
    town.database.write(lambda work: take_in(work, given, mailbox, town.clock.now()))


def came_from(town: MailTown) -> tuple[str, str]:
    """The mailbox that the letter is from, where that is not the usual sender, and where it is answered."""
    town.clock.forward(seconds=10)
    letter = town.letters()[-1].data["mail"]
    assert letter["bounces"] == letter["reply_to"]
    assert town.signer.ticket_of(letter["reply_to"]) == 1
    name, _, domain = letter["reply_to"].partition("@")
    return letter["sender"], f"{name.partition('+')[0]}@{domain}"


@pytest.mark.parametrize(
    ("mailbox", "sender", "answered"), [("sales", SALES, SALES), ("support", "", BOX), ("closed since", "", BOX)]
)
def test_a_ticket_is_answered_from_the_mailbox_that_it_came_by(
    town: MailTown, mailbox: str, sender: str, answered: str
) -> None:
    """One that is read no more is answered from the first."""
    comes(town, mailbox, mail(JO))
    # What comes by another mailbox later changes nothing.
    comes(town, "support", mail(JO, sent_to=(town.signer.reply_address(BOX, 1),)))
    town.does("ann", "/ticket reply 1 it is out")
    assert came_from(town) == (sender, answered)


def test_a_ticket_that_came_another_way_is_answered_from_the_first(town: MailTown) -> None:
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket reply 1 it is out")
    assert came_from(town) == ("", BOX)
