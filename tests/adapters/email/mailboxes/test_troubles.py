"""Servers with bad days: what ends, hangs, refuses or can do less, and a mailbox that is read all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from threading import Event
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from adapters.email.mailboxes.look import NotNow
from adapters.email.reading.limits import Unreadable
from bot.domain.errors import Refusal
from tests.adapters.email.mailboxes.boxes import ImapBox, flags, subjects
from tests.adapters.email.mailboxes.desk import NAME, QUICK, Desk, letter, until
from tests.doubles.mail.imap import Folder, ImapServer
from tests.doubles.mail.smtp import PASSWORD
from tests.doubles.mail.tokens import TokenServer


def _over(ended: Event, desk: Desk) -> bool:
    return ended.is_set() or bool(desk.told)


PATIENT = replace(QUICK, beat=300.0)


def test_news_is_heard_while_waiting_and_not_only_at_the_next_look(server: ImapServer, desk: Desk) -> None:
    with desk.reads(server.settings(), pauses=PATIENT):
        for number in range(1, 4):
            until(server.waiting)
            server.deliver(letter(number))
            until(desk.has(*range(1, number + 1)))


def test_a_server_without_idle_is_asked_again(server: ImapServer, desk: Desk) -> None:
    server.extensions = ("UIDPLUS",)
    with desk.reads(server.settings(poll=5)) as reader:
        until(lambda: reader.health().words == "localhost is read (looks every 5 s)")
        server.deliver(letter(1))
        reader.look()
        until(desk.has(1))
        assert "IDLE" not in server.commands


def test_a_connection_lost_while_waiting_is_mended(server: ImapServer, desk: Desk) -> None:
    with desk.reads(server.settings(), pauses=PATIENT):
        until(server.waiting)
        server.hangs_up()
        server.deliver(letter(1))
        until(desk.has(1))


def test_what_goes_on_after_the_stop_leaves_nothing_open_at_its_end(server: ImapServer, desk: Desk) -> None:
    begun, goes_on = Event(), Event()

    def take(raw: bytes, mailbox: str) -> None:
        begun.set()
        assert goes_on.wait(60)
        desk.take(raw, mailbox)

    server.deliver(letter(1))
    reader = desk.reader(server.settings(), take=take)
    reader.start()
    assert begun.wait(60)
    reader.stop(0.0)
    goes_on.set()
    until(lambda: f"mailbox {NAME}" not in {thread.name for thread in enumerate_threads()})
    assert desk.taken == ["1"]
    with pytest.raises(OSError, match="Bad file descriptor"):
        reader._waker.send(b".")  # Nobody else sees it: what is left open is only told of when memory is tidied.


def test_a_connection_that_is_open_on_our_side_alone_is_noticed(server: ImapServer, desk: Desk) -> None:
    with desk.reads(server.settings(), pauses=replace(QUICK, answer=0.1, beat=0.05)) as reader:
        until(server.waiting)
        server.deaf = True
        server.deliver(letter(1))
        until(lambda: reader.health().words == "localhost does not answer")
        server.deaf = False
        until(desk.has(1))
        until(lambda: reader.health().well)


def test_a_connection_lost_in_the_middle_of_a_message_loses_and_doubles_none(server: ImapServer, desk: Desk) -> None:
    for number in range(60):
        server.deliver(letter(number))
    server.cuts = 3
    with desk.reads(server.settings()):
        until(desk.has(*range(60)))
        until(lambda: not desk.book["owed"])
    assert len(desk.tries) == 60
    assert desk.told == []


@pytest.mark.parametrize("trouble", ["ends_at", "denies"])
def test_a_message_that_the_server_does_not_give_out_goes_aside(server: ImapServer, desk: Desk, trouble: str) -> None:
    for number in range(1, 6):
        server.deliver(letter(number))
    getattr(server, trouble).add(3)
    with desk.reads(server.settings()):
        until(desk.has(1, 2, 4, 5))
        until(lambda: desk.told)
    assert [message.raw for message in server.folders["Thirdline-aside"].messages] == [letter(3)]


def test_a_message_of_which_the_server_tells_nothing_is_taken_all_the_same(server: ImapServer, desk: Desk) -> None:
    for number in range(1, 4):
        server.deliver(letter(number))
    server.says_nothing_of.add(2)
    desk.facts["mailbox support"] = json.dumps(
        {"validity": 1, "mark": 0, "since": "2026-11-01T00:00:00+00:00", "owed": {}, "trying": [], "unfiled": []}
    )
    with desk.reads(server.settings()):
        until(desk.has(1, 2, 3))


def test_a_message_that_ends_the_process_is_tried_three_times_and_put_aside(server: ImapServer, desk: Desk) -> None:
    for number in range(1, 5):
        server.deliver(letter(number))
    kept: dict[str, str] = {}
    for _ in range(6):
        desk.facts = dict(kept)
        ended = Event()

        def take(raw: bytes, name: str, ended: Event = ended) -> None:
            """What is not written down by then never is."""
            if ended.is_set():
                raise NotNow("the process has ended")
            if b"Subject: Letter 2" in raw:
                desk.tries.append("2")
                kept.clear()
                kept.update(desk.facts)
                ended.set()
                raise NotNow("the process has ended")
            desk.take(raw, name)

        with desk.reads(server.settings(), take=take) as reader:
            until(partial(_over, ended, desk))
            reader.stop()
        if desk.told:
            break
    # Once among others, when nobody knows which it was, and three times alone.
    assert desk.tries.count("2") == 4
    assert set(desk.taken) == {"1", "3", "4"}
    assert [message.raw for message in server.folders["Thirdline-aside"].messages] == [letter(2)]


def test_what_cannot_be_put_aside_stays_and_is_told_once(server: ImapServer, desk: Desk) -> None:
    server.makes_folders = False
    server.deliver(letter(1))
    desk.fails = {"1"}
    with desk.reads(server.settings()):
        until(lambda: desk.told)
        server.deliver(letter(2))
        until(desk.has(2))
    assert len(desk.told) == 1
    assert "could not be moved to “Thirdline-aside”, so it stays where it is" in desk.told[0]
    assert desk.tries.count("1") == 3


def test_without_move_it_is_copied_and_only_the_copied_is_removed(server: ImapServer, desk: Desk) -> None:
    server.extensions = ("IDLE", "UIDPLUS")
    server.deliver(letter(1), seen=True, flags=(b"\\Deleted",))
    server.deliver(letter(2))
    with desk.reads(server.settings(done="Done")):
        until(lambda: "Done" in server.folders and len(server.folders["INBOX"].messages) == 1)
    with ImapBox(server).program() as program:
        assert subjects(program) == ["1"]
        assert subjects(program, "Done") == ["2"]


@pytest.mark.parametrize("kept", [r"\Answered \Seen", ""])
def test_a_server_that_keeps_fewer_flags_hands_out_each_message_once(server: ImapServer, desk: Desk, kept: str) -> None:
    server.kept = kept
    server.deliver(letter(1))
    server.deliver(letter(2))
    with desk.reads(server.settings()):
        until(desk.has(1, 2))
    server.deliver(letter(3))
    with desk.reads(server.settings()):
        until(desk.has(1, 2, 3))
    assert desk.again == []
    with ImapBox(server).program() as program:
        assert all(found == ({b"\\Seen"} if kept else set()) for found in flags(program).values())


def test_a_wrong_password_is_told_with_its_cure_and_tried_seldom(server: ImapServer, desk: Desk) -> None:
    seldom = replace(QUICK, refused=300.0)
    with desk.reads(server.settings(password=PASSWORD + "?"), pauses=seldom) as reader:
        until(lambda: not reader.health().well and not reader.health().connecting)
        words = reader.health().words
    assert words == "localhost refuses desk or the password. Set its password again, or an app password."
    assert server.sign_ins == 1


def test_a_server_that_is_only_busy_is_tried_again_soon(server: ImapServer, desk: Desk) -> None:
    server.refusal = "[UNAVAILABLE] Temporary authentication failure."
    server.deliver(letter(1))
    with desk.reads(server.settings(), pauses=replace(QUICK, refused=300.0)) as reader:
        until(lambda: server.sign_ins > 2)
        until(lambda: reader.health().words == "localhost lets nobody in now")
        server.refusal = ""
        until(desk.has(1))


def test_a_folder_that_is_not_there_is_told(server: ImapServer, desk: Desk) -> None:
    with desk.reads(server.settings(folder="Inbocks")) as reader:
        until(lambda: "does not open the folder “Inbocks”" in reader.health().words)


def test_a_server_that_offers_no_encryption_gets_no_password(server: ImapServer, desk: Desk) -> None:
    with desk.reads(server.settings(security="starttls")) as reader:
        until(lambda: "offers no STARTTLS" in reader.health().words)
    with desk.reads(server.settings(security="tls")) as reader:
        until(lambda: "No secure connection to localhost" in reader.health().words)
    assert server.sign_ins == 0


def test_a_folder_for_what_cannot_be_read_is_another_one(server: ImapServer, desk: Desk) -> None:
    with pytest.raises(Refusal, match="puts aside what it cannot read into the folder that it reads"):
        desk.reader(server.settings(aside="INBOX"))


def test_whoever_does_not_hold_the_mailbox_leaves_it_alone(server: ImapServer, desk: Desk) -> None:
    server.deliver(letter(1))
    desk.holds = False
    with desk.reads(server.settings()) as reader:
        until(lambda: reader.health().words == "another desk reads it")
        assert reader.health().well
        assert server.sign_ins == 0
        desk.holds = True
        reader.look()
        until(desk.has(1))


def test_two_desks_at_one_mailbox_lose_nothing(server: ImapServer, desk: Desk) -> None:
    for number in range(150):
        server.deliver(letter(number))
    with desk.reads(server.settings()), desk.reads(server.settings()):
        until(desk.has(*range(150)))
        for number in range(150, 200):
            server.deliver(letter(number))
        until(desk.has(*range(200)))
    assert len(set(desk.taken)) == 200


def test_an_account_without_passwords_is_read_by_access_tokens(server: ImapServer, desk: Desk) -> None:
    server.deliver(letter(1))
    server.token = "token-1"  # noqa: S105
    with TokenServer() as tokens:
        with desk.reads(server.settings(password=None, oauth=tokens.settings())) as reader:
            until(desk.has(1))
            # The token is withdrawn: the next sign-in finds out, and gets another.
            server.token = "token-2"  # noqa: S105
            server.hangs_up()
            server.deliver(letter(2))
            until(desk.has(1, 2))
            until(lambda: reader.health().well)
        assert len(tokens.asked) == 2


def test_while_no_token_is_to_be_had_that_is_told(server: ImapServer, desk: Desk) -> None:
    server.deliver(letter(1))
    server.token = "abc"  # noqa: S105
    with TokenServer() as tokens:
        tokens.status = 503
        tokens.answer = b'{"access_token": "abc"}'
        with desk.reads(server.settings(password=None, oauth=tokens.settings())) as reader:
            until(lambda: reader.health().words == "127.0.0.1 gives no token now (503)")
            tokens.status = 200
            until(desk.has(1))


def test_a_token_that_is_refused_for_good_is_told_without_the_token(server: ImapServer, desk: Desk) -> None:
    with TokenServer() as tokens, desk.reads(server.settings(password=None, oauth=tokens.settings())) as reader:
        until(lambda: "refuses desk" in reader.health().words)
        assert "token-" not in reader.health().words


def test_nothing_secret_is_logged(server: ImapServer, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    server.deliver(letter(1, "a word in confidence"))
    with desk.reads(server.settings()):
        until(desk.has(1))
    assert PASSWORD not in caplog.text
    assert "confidence" not in caplog.text


def test_a_book_of_another_day_is_read(server: ImapServer, desk: Desk) -> None:
    """What is kept is plain JSON, and means the same to the next version."""
    for number in range(1, 5):
        server.deliver(letter(number), seen=True)
    kept: dict[str, Any] = {
        "validity": 1,
        "mark": 3,
        "since": "2026-11-01T00:00:00+00:00",
        "owed": {"2": 1, "99": 2},
        "trying": [],
        "unfiled": [1],
    }
    desk.facts["mailbox support"] = json.dumps(kept)
    with desk.reads(server.settings(done="Done")):
        until(lambda: desk.taken and len(desk.taken) == 2 and not desk.book["owed"])
    assert sorted(desk.taken) == ["2", "4"]
    done = server.folders.get("Done", Folder()).messages
    assert sorted(message.raw for message in done) == sorted([letter(1), letter(2), letter(4)])


def test_a_fault_of_the_desk_puts_no_mailbox_aside_and_is_told_once(server: ImapServer, desk: Desk) -> None:
    numbers = range(1, 8)
    desk.fails = set(map(str, numbers))
    for number in numbers:
        server.deliver(letter(number))
    with desk.reads(server.settings()) as reader:
        until(lambda: len(desk.tries) >= 7 + 14)
        assert reader.health().words == "mail waits: a fault of the desk (ValueError); the log tells more"
        assert not reader.health().well
        (told,) = desk.told
        assert "3 messages in a row failed (ValueError)" in told
        assert "secret" not in told
        server.deliver(letter(8))
        desk.fails = {"1"}
        until(desk.has(*range(2, 9)))
        until(lambda: len(desk.told) == 2)
        until(lambda: reader.health().well)
    assert "could not be read in 3 tries" in desk.told[1]
    assert [message.raw for message in server.folders["Thirdline-aside"].messages] == [letter(1)]


def test_a_fault_of_the_desk_that_begins_with_single_messages_is_found_by_the_third(
    server: ImapServer, desk: Desk
) -> None:
    desk.fails = {"1", "2", "3", "4"}
    with desk.reads(server.settings()) as reader:
        for number in (1, 2):
            server.deliver(letter(number))
            until(lambda number=number: len(desk.told) == number)  # type: ignore[misc]
        server.deliver(letter(3))
        until(lambda: len(desk.told) == 3)
        server.deliver(letter(4))
        until(lambda: desk.tries.count("3") > 4 and desk.tries.count("4") > 4)
        assert not reader.health().well
        desk.fails = set()
        until(desk.has(3, 4))
    assert len(desk.told) == 3
    assert len(server.folders["Thirdline-aside"].messages) == 2


def test_starting_the_desk_again_forgets_no_fault_of_it(server: ImapServer, desk: Desk) -> None:
    desk.fails = {"1", "2", "3"}
    for number in range(1, 4):
        server.deliver(letter(number))
    for times in range(1, 5):
        before = len(desk.tries)
        with desk.reads(server.settings()):
            until(partial(_tried_again, desk, before + 3))
        assert len(desk.told) == times
    desk.fails = set()
    with desk.reads(server.settings()):
        until(desk.has(1, 2, 3))
        until(lambda: not desk.book["owed"])
    assert "Thirdline-aside" not in server.folders or not server.folders["Thirdline-aside"].messages
    assert desk.book["failing"] == []


def _tried_again(desk: Desk, often: int) -> bool:
    return len(desk.tries) >= often


def test_several_messages_that_nothing_can_read_go_aside_and_good_ones_are_taken(
    server: ImapServer, desk: Desk
) -> None:
    def take(raw: bytes, name: str) -> None:
        if b"Subject: Letter x" in raw:
            raise Unreadable("Nothing of it can be read.")
        desk.take(raw, name)

    for number in ("x1", "x2", "x3", "x4", 5):
        server.deliver(letter(number))
    with desk.reads(server.settings(), take=take):
        until(lambda: len(desk.told) == 4)
    assert desk.taken == ["5"]
    assert len(server.folders["Thirdline-aside"].messages) == 4


def test_poison_alone_keeps_no_good_message_waiting(server: ImapServer, desk: Desk) -> None:
    desk.fails = {"1", "2", "3", "4"}
    for number in range(1, 5):
        server.deliver(letter(number))
    with desk.reads(server.settings()) as reader:
        until(lambda: desk.told)
        for number in (5, 6, 7, 8):
            server.deliver(letter(number))
            reader.look()
            until(desk.has(*range(5, number + 1)))
