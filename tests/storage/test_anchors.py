"""Messages that stand for tickets: said below one is said of its ticket."""

from __future__ import annotations

import pytest

from bot.ports import Anchor, Anchoring, UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import open_ticket


def test_a_message_stands_for_its_ticket_from_the_commit_in_which_it_was_opened(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> int | None:
        ticket = open_ticket(work)
        work.tickets.anchor(ticket.number, "slack", "C1:17", Anchoring.SOURCE)
        return work.tickets.anchored("slack", "C1:17")

    assert database.write(deed) == 1
    assert database.read(lambda work: work.tickets.anchored("slack", "C1:17")) == 1
    assert database.read(lambda work: work.tickets.anchored("discord", "C1:17")) is None
    assert database.read(lambda work: work.tickets.anchored("slack", "C1:18")) is None


def test_a_message_is_anchored_once_and_keeps_its_first_ticket(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        open_ticket(work)
        for number in (1, 1, 2):
            work.tickets.anchor(number, "slack", "C1:17", Anchoring.SOURCE)

    database.write(deed)
    assert database.read(lambda work: work.tickets.anchored("slack", "C1:17")) == 1
    assert database.read(lambda work: work.tickets.anchors(2, "slack")) == []


def test_the_messages_of_a_ticket_come_oldest_first(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        work.tickets.anchor(1, "slack", "C9:9", Anchoring.SOURCE)
        work.tickets.anchor(1, "discord", "7", Anchoring.CARD)

    database.write(deed)
    database.write(lambda work: work.tickets.anchor(1, "slack", "C1:1", Anchoring.CARD))
    found = database.read(lambda work: work.tickets.anchors(1, "slack"))
    assert found == [Anchor("C9:9", Anchoring.SOURCE), Anchor("C1:1", Anchoring.CARD)]


def test_nothing_is_anchored_by_one_who_only_reads(database: SqlDatabase) -> None:
    with pytest.raises(RuntimeError):
        database.read(lambda work: work.tickets.anchor(1, "slack", "C1:1", Anchoring.CARD))
