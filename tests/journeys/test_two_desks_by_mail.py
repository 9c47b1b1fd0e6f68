"""Two desks that are each other's customers write to each other: after one receipt there is silence, whatever gets lost
of what their letters say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest

from adapters.email.addressing import address_of
from adapters.email.boxes import intake_of
from adapters.email.letter import letter
from bot.clocks import MovableClock
from bot.domain.customers import Customer
from bot.handover import sent
from bot.ports import Kind, TicketFilter, UnitOfWork
from bot.settings import Settings
from bot.wiring import build, letter_writer
from commands.drawing import draw
from tests.town import MONDAY_TEN

EVERY = TicketFilter(order="newest", limit=1000)
Transport = Callable[[bytes], bytes]


class PostDesk:
    """A desk at support@NAME.example whose only customer is the other one."""

    def __init__(self, folder: Path, name: str, other: str, clock: MovableClock) -> None:
        address = f"support@{name}.example"
        box = {"host": "imap", "user": "desk", "password": "x", "address": address}
        email = {"host": "smtp", "sender": f"Support <{address}>", "boxes": {"support": box}}
        self._settings = Settings.model_validate({"data": folder, "email": email})
        self._clock = clock
        self.house = build(self._settings, clock, ("console",))
        section = self._settings.email
        assert section is not None
        self._sender = address_of(section.sender)
        self._intake = intake_of(self.house.database, self._settings, section, clock, lambda: None)
        customer = Customer(other, other.upper(), domains=frozenset({f"{other}.example"}))
        self.house.database.write(lambda work: work.customers.save(customer))

    def gets(self, raw: bytes) -> None:
        self._intake.take(raw, "support")

    def sends(self) -> list[bytes]:
        """The letters that leave now."""
        writer, now = letter_writer(self._settings, self.house.routes), self._clock.now()

        def leave(work: UnitOfWork) -> list[bytes]:
            letters = []
            for parcel in work.outbox.lease(now, 60, 1000):
                card = draw(work, parcel, now, writer)
                if parcel.kind is Kind.LETTER and card is not None:
                    assert self._sender is not None
                    made = letter(replace(parcel, card=card), self._sender, lambda path: b"")
                    letters.append(made.as_bytes(policy=SMTP))
                sent(work, parcel, f"sent-{parcel.id}", now)
            return letters

        return self.house.database.write(leave)

    def tickets(self) -> int:
        return len(self.house.database.read(lambda work: work.tickets.find(EVERY)))


def as_it_is(raw: bytes) -> bytes:
    return raw


def without_marks(raw: bytes) -> bytes:
    """A server on the way, or a program like a desk, that keeps nothing but who wrote what to whom."""
    came = message_from_bytes(raw, policy=default)
    assert isinstance(came, EmailMessage)
    body = came.get_body(("plain",))
    bare = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Subject", "Message-ID", "Date"):
        bare[name] = str(came[name])
    bare.set_content(body.get_content() if body is not None else "")
    return bare.as_bytes()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(MONDAY_TEN)


@pytest.fixture
def desks(tmp_path: Path, clock: MovableClock) -> Iterator[tuple[PostDesk, PostDesk]]:
    north = PostDesk(tmp_path / "north", "north", "south", clock)
    south = PostDesk(tmp_path / "south", "south", "north", clock)
    yield north, south
    for one in (north, south):
        one.house.close()


def first_letter() -> bytes:
    """What begins it: somebody of south writes to north from the address of their own desk."""
    first = EmailMessage(policy=SMTP)
    first["From"], first["To"] = "support@south.example", "support@north.example"
    first["Subject"], first["Message-ID"] = "Your invoice", "<1@south.example>"
    first.set_content("We cannot open it.")
    return first.as_bytes()


def letters_of(desks: tuple[PostDesk, PostDesk], clock: MovableClock, way: Transport, minutes: int) -> list[int]:
    """Letters go to and fro, so many minutes each, for a day or until there are none; how many each has sent."""
    north, south = desks
    north.gets(first_letter())
    counts = [0, 0]
    for _ in range(24 * 60 // minutes // 2 + 1):
        for at, (one, other) in enumerate(((north, south), (south, north))):
            letters = one.sends()
            counts[at] += len(letters)
            clock.forward(minutes=minutes)
            for raw in letters:
                other.gets(way(raw))
    return counts


def test_the_receipt_of_one_is_answered_by_nobody(desks: tuple[PostDesk, PostDesk], clock: MovableClock) -> None:
    assert letters_of(desks, clock, as_it_is, 5) == [1, 0]
    assert [one.tickets() for one in desks] == [1, 0]


def test_without_any_mark_on_the_way_each_sends_one_and_both_fall_silent(
    desks: tuple[PostDesk, PostDesk], clock: MovableClock
) -> None:
    assert letters_of(desks, clock, without_marks, 1) == [1, 1]
    assert [one.tickets() for one in desks] == [2, 1]


def test_however_slow_the_mail_is_a_day_sees_five_receipts_of_each_at_most(
    desks: tuple[PostDesk, PostDesk], clock: MovableClock
) -> None:
    counts = letters_of(desks, clock, without_marks, 15)
    assert max(counts) <= 5
