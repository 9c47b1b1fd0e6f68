"""Letters that the mail server will not carry: their ticket says so and its people are told, as of a bounce."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.delivery import Delivery
from bot.domain.history import Deed
from bot.ports import CannotDeliver, Parcel
from bot.wiring import letter_writer
from commands.drawing import draw
from commands.letters import Letter, post_letter
from commands.settling import settled
from tests.commands.mail_town import MailTown
from tests.town import Town

REFUSED = CannotDeliver("the mail server refuses the address: 550 no such user", permanent=True)
UNSURE = CannotDeliver("the mail server was lost while it took the letter", unknown=True)


class Postman:
    """The way for mail; it fails with each of `troubles` in turn."""

    platform = "email"
    prompt = False

    def __init__(self, *troubles: CannotDeliver) -> None:
        self.troubles = list(troubles)

    async def deliver(self, parcel: Parcel) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        return f"<{parcel.id}@example.com>"


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[MailTown]:
    settled.copied(tmp_path / "desk").close()
    town = MailTown(tmp_path / "desk", undo=0)
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket claim 1")
    yield town
    town.close()


def carried(town: MailTown, *troubles: CannotDeliver) -> None:
    """Everything that waits goes to the mail server, as often as it fails."""
    writer, postman = letter_writer(town.house.settings, town.house.routes), Postman(*troubles)
    for _ in range(len(troubles) + 1):
        delivery = Delivery(
            town.database, {"email": postman}, town.clock, partial(draw, writer=writer), settled=settled
        )
        asyncio.run(delivery.settle())
        town.clock.forward(minutes=2)


def test_a_reply_that_the_server_refuses_is_told_to_the_tickets_owner_and_stands_on_it(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    carried(town, REFUSED)
    (told,) = town.hears("@ann")
    assert told.partition("\n")[0] == (
        "The letter to it@acme.example about #1 printer on fire did not arrive, and will not: "
        "the mail server refuses the address: 550 no such user"
    )
    assert "did not arrive: the mail server refuses" in town.does("ann", "/ticket history 1")
    assert "The letter to it@acme.example did not arrive" in town.does("ann", "/ticket show 1")


def test_where_it_may_have_arrived_all_the_same_that_is_what_is_said(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    carried(town, UNSURE, REFUSED)
    (told,) = town.hears("@ann")
    assert told.startswith("Nobody knows whether the letter to it@acme.example about #1 printer on fire arrived")
    assert "does not know whether a letter to it@acme.example arrived" in town.does("ann", "/ticket history 1")
    assert "The letter to it@acme.example may not have arrived" in town.does("ann", "/ticket show 1")


def test_what_arrives_or_is_tried_again_is_no_news(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    carried(town, CannotDeliver("the mail server does not answer"), UNSURE)
    assert town.hears("@ann") == []
    assert all(event.deed is not Deed.BOUNCED for event in town.history(1))


def test_a_letter_about_no_ticket_is_told_to_the_desk_and_a_sign_in_to_nobody(town: MailTown) -> None:
    for kind, subject in ((Letter.EXPIRY, "Your support ends"), (Letter.SIGN_IN, "Your sign-in link")):
        town.database.write(partial(post_letter, kind=kind, to="x@y.example", key=kind, values={}, subject=subject))
    carried(town, REFUSED, REFUSED)
    (told,) = (told for told in town.hears("#desk") if "x@y.example" in told)
    assert told.startswith("Your support ends\nThe letter to x@y.example did not arrive, and will not: the mail server")
