"""What belongs together is taken in its order, and everything else side by side."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from threading import Event

import pytest

from adapters.email.mailboxes.turns import in_turn
from tests.adapters.email.mailboxes.boxes import Box, ImapBox
from tests.adapters.email.mailboxes.desk import Desk, until
from tests.doubles.mail.imap import ImapServer

MARK = "t42.aaaaabbbbbcccccddddd"


def written(number: int, sender: str, size: int = 0, **headers: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, headers.pop("to", "desk@example.com")
    message["Subject"], message["Message-ID"] = f"Letter {number}", f"<{number}@acme.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("It is on fire.\n" + "and burns\n" * (size // 10))
    return message.as_bytes()


JO, ANN, BOB, EVE = (f"{name}@acme.example" for name in ("jo", "ann", "bob", "eve"))


@pytest.mark.parametrize(
    ("letters", "groups"),
    [
        ([written(1, JO), written(2, ANN), written(3, f"Jo <{JO.upper()}>")], [[2], [1, 3]]),
        ([written(1, JO), written(2, ANN, In_Reply_To="<1@acme.example>"), written(3, BOB)], [[1, 2], [3]]),
        (
            [written(1, JO, References="<9@x.example>"), written(2, ANN, References="<9@x.example> <8@x.example>")],
            [[1, 2]],
        ),
        (
            [written(1, JO, to=f"desk+{MARK}@example.com"), written(2, ANN, In_Reply_To=f"<a.{MARK}@example.com>")],
            [[1, 2]],
        ),
        (
            [
                written(1, JO),
                written(2, ANN),
                written(3, BOB),
                written(4, EVE, References="<3@acme.example> <1@acme.example>"),
            ],
            [[2], [1, 3, 4]],
        ),
        ([written(1, JO).replace(b"\r\n", b"\n"), b"", b"no header at all", written(4, JO)], [[2], [3], [1, 4]]),
    ],
)
def test_messages_of_one_sender_or_one_conversation_are_taken_in_turn(
    letters: Sequence[bytes], groups: Sequence[Sequence[int]]
) -> None:
    assert in_turn(dict(enumerate(letters, start=1))) == groups


def test_what_is_written_below_a_message_is_no_conversation() -> None:
    quoted = b"\r\nFrom: jo@acme.example\r\nReferences: <1@acme.example>\r\n"
    assert in_turn({1: written(1, JO), 2: written(2, ANN) + quoted}) == [[1], [2]]


def test_nobody_waits_for_another_sender_and_nobody_overtakes_themselves(box: Box, desk: Desk) -> None:
    """The first of Jo's is not done before Ann's is, which came after all of Jo's."""
    anns = Event()

    def take(raw: bytes, mailbox: str) -> None:
        if b"Subject: Letter 1\r\n" in raw:
            assert anns.wait(60)
        desk.take(raw, mailbox)
        if b"From: ann@" in raw:
            anns.set()

    for number in range(1, 7):
        box.deliver(written(number, JO))
    box.deliver(written(7, ANN))
    with desk.reads(box.settings(), take=take):
        until(desk.has(*range(1, 8)), 60)
    assert desk.taken == ["7", "1", "2", "3", "4", "5", "6"]


def test_a_message_that_is_too_large_keeps_its_turn(server: ImapServer, desk: Desk) -> None:
    box = ImapBox(server)
    box.deliver(written(1, JO, size=400_000))
    box.deliver(written(2, JO))
    with desk.reads(box.settings(), most=200_000):
        until(desk.has(1, 2))
    assert desk.taken == ["1", "2"]


def test_what_was_under_way_when_the_process_ended_comes_before_what_answers_it(box: Box, desk: Desk) -> None:
    with desk.reads(box.settings()):
        until(lambda: desk.book)
    for number in (1, 2, 3):
        box.deliver(written(number, JO))
    # As it is written down before a batch is taken.
    desk.remember("mailbox support", {**desk.book, "trying": [1, 2]})
    with desk.reads(box.settings()):
        until(desk.has(1, 2, 3))
    assert desk.taken == ["1", "2", "3"]


def test_what_was_under_way_costs_one_write_each(box: Box, desk: Desk) -> None:
    """What is done is written down with what comes next, which is written down before it begins."""
    with desk.reads(box.settings()):
        until(lambda: desk.book)
    for number in range(1, 7):
        box.deliver(written(number, JO))
    desk.remember("mailbox support", {**desk.book, "trying": [*range(1, 7)]})
    before = desk.saves
    with desk.reads(box.settings()):
        until(lambda: desk.has(*range(1, 7))() and not desk.book["trying"])
    assert (desk.book["owed"], desk.saves - before) == ({}, 7)
