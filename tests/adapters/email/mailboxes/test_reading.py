"""A mailbox is read whole and once, whoever else reads it and whatever happens: over Dovecot and over the double."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from adapters.email.mailboxes.look import NotNow
from tests.adapters.email.mailboxes.boxes import Box, flags, subjects
from tests.adapters.email.mailboxes.desk import NOW, Desk, letter, until

DAY = timedelta(days=1)
TAKEN = {b"\\Seen", b"$Thirdline"}


def test_what_comes_is_taken_once_and_shown_as_taken(box: Box, desk: Desk) -> None:
    box.deliver(letter(1))
    with desk.reads(box.settings()) as reader:
        until(desk.has(1))
        box.deliver(letter(2))
        until(desk.has(1, 2))
        until(lambda: desk.book.get("mark") == 2)
        health = reader.health()
    with box.program() as program:
        assert list(flags(program).values()) == [TAKEN, TAKEN]
    assert desk.raw["1"] == letter(1)
    assert desk.again == []
    assert (health.well, health.words, health.heard_at) == (True, "localhost is read (waits for news)", NOW)


def test_a_reader_that_comes_back_goes_on_where_it_was(box: Box, desk: Desk) -> None:
    box.deliver(letter(1))
    with desk.reads(box.settings()):
        until(desk.has(1))
    box.deliver(letter(2))
    with desk.reads(box.settings()):
        until(desk.has(1, 2))
    assert desk.tries == ["1", "2"]


def test_a_message_that_a_person_has_opened_first_is_still_taken(box: Box, desk: Desk) -> None:
    with desk.reads(box.settings()):
        until(lambda: desk.book)
    box.deliver(letter(1))
    with box.program() as program:
        until(lambda: subjects(program) == ["1"])
        program.add_flags(program.search("ALL"), [b"\\Seen"])
    with desk.reads(box.settings()):
        until(desk.has(1))


def test_a_message_that_was_thrown_away_first_is_nobodys_ticket(box: Box, desk: Desk) -> None:
    with desk.reads(box.settings()):
        until(lambda: desk.book)
    for number in (1, 2):
        box.deliver(letter(number))
    with box.program() as program:
        until(lambda: subjects(program) == ["1", "2"])
        program.add_flags(program.search("ALL")[:1], [b"\\Deleted"])
    with desk.reads(box.settings()):
        until(desk.has(2))


def test_a_mailbox_of_years_begins_with_what_nobody_has_read(box: Box, desk: Desk) -> None:
    for number in range(1, 6):
        box.deliver(letter(number), seen=number not in (2, 4))
    with desk.reads(box.settings()):
        until(desk.has(2, 4))
        box.deliver(letter(6))
        until(desk.has(2, 4, 6))
    with box.program() as program:
        # Nobody's history is touched.
        assert sorted(map(len, flags(program).values())) == [1, 1, 1, 2, 2, 2]


def test_a_process_that_ends_between_commit_and_flag_takes_a_message_again_and_misses_none(
    box: Box, desk: Desk
) -> None:
    died = Event()

    def take(raw: bytes, name: str) -> None:
        """The commit is durable, and nothing of what follows it is."""
        if died.is_set():
            raise NotNow("the process has ended")
        desk.take(raw, name)
        if len(desk.taken) == 2:
            died.set()
            raise NotNow("the process has ended")

    def remember(name: str, value: Any) -> None:
        if died.is_set():
            raise OSError("the process has ended")
        desk.remember(name, value)

    for number in range(1, 5):
        box.deliver(letter(number))
    with desk.reads(box.settings(), take=take, remember=remember) as reader:
        until(lambda: "mail waits" in reader.health().words)
    assert desk.book["trying"]
    with desk.reads(box.settings()):
        until(desk.has(1, 2, 3, 4))
        until(lambda: not desk.book["trying"] and not desk.book["owed"])
    assert set(desk.again) <= set(desk.taken[:2])
    with box.program() as program:
        assert list(flags(program).values()) == [TAKEN] * 4


def test_a_lost_connection_is_mended(box: Box, desk: Desk) -> None:
    with desk.reads(box.settings()) as reader:
        until(lambda: reader.health().well)
        box.goes()
        until(lambda: not reader.health().well)
        box.deliver(letter(1))
        box.returns()
        until(desk.has(1))
        until(lambda: reader.health().well)


def test_other_uids_bring_back_what_came_since_the_desk_reads_the_mailbox_and_no_history(box: Box, desk: Desk) -> None:
    box.deliver(letter(1), seen=True, arrived=NOW - 3 * DAY)
    box.deliver(letter(2), seen=True, arrived=NOW - 2 * DAY)
    with desk.reads(box.settings()):
        until(lambda: desk.book)
    first = desk.book["validity"]
    box.deliver(letter(3), seen=True, arrived=NOW - DAY)
    box.counts_anew()
    with desk.reads(box.settings()):
        until(lambda: desk.book["validity"] != first)
        until(lambda: desk.tries == ["3"])
        until(lambda: not desk.book["owed"])


def test_nobody_has_to_answer_what_lay_unread_for_years(box: Box, desk: Desk) -> None:
    box.deliver(letter(1), arrived=NOW - 400 * DAY)
    box.deliver(letter(2), arrived=NOW - 3 * DAY)
    box.deliver(letter(3), seen=True, arrived=NOW)
    with desk.reads(box.settings()):
        until(desk.has(2))
        until(lambda: desk.book["mark"] == 3 and not desk.book["owed"])
    assert desk.tries == ["2"]


def test_taken_messages_move_to_a_folder_with_any_name(box: Box, desk: Desk) -> None:
    done = 'Erledigt & "fertig" 測試\\'
    with desk.reads(box.settings(done=done)):
        for number in range(3):
            box.deliver(letter(number))
        with box.program() as program:
            until(lambda: subjects(program) == [])
            assert subjects(program, done) == ["0", "1", "2"]


def test_a_folder_with_any_name_is_read(box: Box, desk: Desk) -> None:
    folder = 'Wünsche & "测试" 100%*'
    with box.program() as program:
        program.create_folder(folder)
        with desk.reads(box.settings(folder=folder)):
            box.deliver(letter(1))
            until(lambda: subjects(program) == ["1"])
            program.copy(program.search("ALL"), folder)
            until(desk.has(1))


def test_a_message_that_cannot_be_taken_goes_aside_after_three_tries_and_the_others_go_on(box: Box, desk: Desk) -> None:
    desk.fails = {"2"}
    for number in range(1, 5):
        box.deliver(letter(number))
    with desk.reads(box.settings()):
        until(lambda: desk.told)
        box.deliver(letter(5))
        until(desk.has(1, 3, 4, 5))
        with box.program() as program:
            assert subjects(program, "Thirdline-aside") == ["2"]
    assert desk.tries.count("2") == 3
    assert len(desk.told) == 1
    assert "support could not be read in 3 tries (ValueError)" in desk.told[0]
    assert "“Thirdline-aside”" in desk.told[0]
    assert "secret" not in desk.told[0]
    assert desk.book["owed"] == {}


def test_while_the_database_is_away_nothing_is_held_against_a_message(box: Box, desk: Desk) -> None:
    with desk.reads(box.settings()) as reader:
        until(lambda: desk.book)
        desk.away = True
        box.deliver(letter(1))
        until(lambda: "mail waits" in reader.health().words)
        until(lambda: not reader.health().well)
        desk.away = False
        until(desk.has(1))
        until(lambda: reader.health().well)
    assert desk.told == []


def test_a_database_that_goes_while_a_message_is_taken_counts_no_try(box: Box, desk: Desk) -> None:
    tries: list[bytes] = []

    def take(raw: bytes, name: str) -> None:
        tries.append(raw)
        if len(tries) < 8:
            raise NotNow("the database is away")
        desk.take(raw, name)

    for number in (1, 2):
        box.deliver(letter(number))
    with desk.reads(box.settings(), take=take):
        until(desk.has(1, 2))
    assert desk.told == []


def test_what_is_larger_than_the_desk_reads_comes_with_its_beginning(box: Box, desk: Desk) -> None:
    box.deliver(letter(1, "The server is down.\r\n" + "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 40_000))
    with desk.reads(box.settings(), most=1024 * 1024):
        until(desk.has(1))
    assert b"The server is down." in desk.raw["1"]
    assert b"This message has 3 MB, and the desk reads 1 MB at most" in desk.raw["1"]


@pytest.mark.parametrize("number", [120])
def test_many_are_taken_in_batches_and_written_down_by_the_batch(box: Box, desk: Desk, number: int) -> None:
    for one in range(number):
        box.deliver(letter(one))
    with desk.reads(box.settings()):
        until(desk.has(*range(number)))
        until(lambda: not desk.book["owed"] and not desk.book["trying"])
    assert len(desk.tries) == number
    assert desk.saves < number / 4
