"""From bytes to tickets: files first, one commit, nothing lost and nothing doubled, wherever the process ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.email.intake import MailIntake
from adapters.email.mailboxes.look import NotNow
from adapters.email.reading.limits import Limits, Own, Unreadable
from bot.domain.errors import Refusal
from bot.filing import FOLDER
from bot.ports import Database, UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.mail_intake import MailRules
from commands.mail_kept import paths_of
from commands.unfinished import drop_unfinished
from tests.town import Town

T = TypeVar("T")
OURS = "support@desk.example"


class Killed(BaseException):
    """The process ends here."""


class Faulty:
    """A database that can fail: `before` comes before each transaction, `after` once it is durable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.reads = True

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        self.before()
        done = self._database.write(deed)
        self.after()
        return done

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        if not self.reads:
            raise Refusal("The database is away.")
        return self._database.read(deed)


class Post:
    """A town's mailbox, without a server."""

    def __init__(self, town: Town, room: int = 500_000_000) -> None:
        self.town = town
        self.database = Faulty(town.database)
        self.folder = town.folder / FOLDER
        self.woken = 0
        own = Own(frozenset({OURS}), ("mx.desk.example",))
        rules = MailRules(hourly=10_000, hourly_all=10_000, room=room)
        self.intake = MailIntake(
            self.database, self.folder, town.clock, own=own, limits=Limits(), rules=rules, changed=self._wake
        )

    def _wake(self) -> None:
        self.woken += 1

    def files(self) -> set[str]:
        """Every file that lies there, notes aside."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("in/*/*") if path.is_file()}

    def recorded(self) -> set[str]:
        """Every file that the records name."""

        def named(work: UnitOfWork) -> set[str]:
            copies = {copy.path for one in self.town.tickets() for copy in work.files.of_ticket(one.number)}
            mails = [mail for one in self.town.tickets() for mail in work.mails.of_ticket(one.number)]
            held = {path for mail in work.mails.held(1000) for path in paths_of(mail)}
            return copies | {mail.path for mail in mails} | held

        return self.town.database.read(named)

    def sweep(self) -> int:
        return drop_unfinished(self.town.database, self.town.folder, self.town.clock.now())

    def notes(self) -> list[Path]:
        return list((self.folder / "unfinished").iterdir())


def raw(number: int = 1, sender: str = "Jo <jo@acme.example>", body: str = "The queue grows.", files: int = 1) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OURS, f"trouble {number}"
    message["Message-ID"] = f"<{number}@acme.example>"
    message["Authentication-Results"] = "mx.desk.example; dmarc=pass header.from=acme.example"
    message.set_content(body)
    for one in range(files):
        message.add_attachment(b"\x00log" * 100, "application", "octet-stream", filename=f"../../{one}.bin")
    return message.as_bytes()


@pytest.fixture
def post(either_town: Town) -> Post:
    return Post(either_town)


def test_a_message_becomes_a_ticket_with_its_files(post: Post) -> None:
    sent = raw()
    taken = post.intake.take(sent, "support")
    assert (taken.state, taken.mailbox, taken.sender) == (MailState.TAKEN, "support", "jo@acme.example")
    assert not post.town.ticket(1).unverified
    (copy,) = post.town.database.read(lambda work: work.files.of_ticket(1))
    assert (post.folder / copy.path).read_bytes() == b"\x00log" * 100
    assert (post.folder / taken.path).read_bytes() == sent
    assert "/" not in copy.name
    assert (post.woken, post.notes(), post.files()) == (1, [], post.recorded())


def test_the_same_message_again_leaves_one_ticket_and_no_file_behind(post: Post) -> None:
    first = post.intake.take(raw(), "support")
    before = post.files()
    assert post.intake.take(raw(), "other") == first
    assert (len(post.town.tickets()), post.files(), post.woken) == (1, before, 1)


def test_the_same_message_from_several_mailboxes_at_once_is_one_ticket(post: Post) -> None:
    with ThreadPoolExecutor(4) as readers:
        taken = list(readers.map(lambda name: post.intake.take(raw(), name), ("a", "b", "c", "d")))
    assert {one.id for one in taken} == {taken[0].id}
    assert len(post.town.tickets()) == 1
    assert (post.files(), post.notes()) == (post.recorded(), [])


def test_many_messages_at_once_are_all_taken(post: Post) -> None:
    senders = [f"p{number}@{'acme' if number % 2 else 'elsewhere'}.example" for number in range(16)]
    with ThreadPoolExecutor(4) as readers:
        taken = list(readers.map(lambda at: post.intake.take(raw(at, senders[at]), "support"), range(16)))
    assert [one.state for one in taken] == [MailState.HELD, MailState.TAKEN] * 8
    assert (post.files(), post.notes()) == (post.recorded(), [])


def test_a_failed_commit_leaves_no_files_and_the_message_comes_again(post: Post) -> None:
    def away() -> None:
        raise Refusal("The database server cannot be reached")

    post.database.before = away
    with pytest.raises(NotNow):
        post.intake.take(raw(), "support")
    assert (post.files(), post.notes()) == (set(), [])
    post.database.before = lambda: None
    assert post.intake.take(raw(), "support").ticket == 1


def test_a_fault_of_the_message_itself_is_held_against_it(post: Post) -> None:
    faults = [ValueError("this message, and no other")]

    def once() -> None:
        if faults:
            raise faults.pop()

    post.database.before = once
    with pytest.raises(ValueError, match="no other"):
        post.intake.take(raw(), "support")
    assert post.files() == set()


def test_a_commit_of_which_nobody_hears_is_known_all_the_same(post: Post) -> None:
    def lost() -> None:
        raise ConnectionError("the connection was lost while it committed")

    post.database.after = lost
    assert post.intake.take(raw(), "support").ticket == 1
    assert (post.files(), post.notes()) == (post.recorded(), [])


def test_where_nobody_knows_of_the_commit_the_files_stay_for_a_day(post: Post) -> None:
    def lost() -> None:
        post.database.reads = False
        raise ConnectionError("the connection was lost while it committed")

    post.database.after = lost
    with pytest.raises(NotNow):
        post.intake.take(raw(), "support")
    post.database.reads = True
    assert post.files() == post.recorded() != set()
    (note,) = post.notes()
    _aged(post, note)
    assert (post.sweep(), post.notes()) == (0, [])
    assert post.files() == post.recorded()


@pytest.mark.parametrize("durable", [False, True])
def test_a_desk_killed_around_the_commit_loses_doubles_and_litters_nothing(post: Post, durable: bool) -> None:
    def killed() -> None:
        raise Killed

    if durable:
        post.database.after = killed
    else:
        post.database.before = killed
    with pytest.raises(Killed):
        post.intake.take(raw(), "support")
    again = Post(post.town)
    assert again.sweep() == 0, "Another desk may be at it."
    assert again.intake.take(raw(), "support").ticket == 1
    assert len(post.town.tickets()) == 1
    (note,) = again.notes()
    _aged(post, note)
    assert again.sweep() == (0 if durable else 1)
    assert (again.files(), again.notes()) == (again.recorded(), [])


def test_another_message_of_the_same_name_keeps_its_files_when_the_desk_is_killed_and_comes_once(post: Post) -> None:
    first = post.intake.take(raw(), "support")
    second = raw(body="Now it is down.")

    def killed() -> None:
        raise Killed

    post.database.after = killed
    with pytest.raises(Killed):
        post.intake.take(second, "support")
    again = Post(post.town)
    assert (again.intake.take(second, "support").ticket, first.ticket) == (2, 1)
    (note,) = again.notes()
    _aged(post, note)
    assert again.sweep() == 0
    assert (again.files(), again.notes(), len(post.town.tickets())) == (again.recorded(), [], 2)


def test_a_full_disk_is_no_fault_of_the_message(post: Post) -> None:
    post.town.folder.mkdir(exist_ok=True)
    post.folder.write_text("where the folder of files should be")
    with pytest.raises(NotNow):
        post.intake.take(raw(), "support")
    post.folder.unlink()
    assert post.intake.take(raw(), "support").ticket == 1


def test_while_the_database_is_away_nothing_is_written(post: Post) -> None:
    post.database.reads = False
    with pytest.raises(NotNow):
        post.intake.take(raw(), "support")
    assert post.files() == set()


def test_what_cannot_be_read_is_told_to_be_so(post: Post) -> None:
    with pytest.raises(Unreadable):
        post.intake.take(b"  \r\n", "support")


def _aged(post: Post, note: Path) -> None:
    """It was written more than a day ago, by the town's clock."""
    day_before = post.town.clock.now().timestamp() - 25 * 3600
    os.utime(note, (day_before, day_before))


def test_what_nobody_will_ask_for_goes_with_its_files_and_what_is_a_tickets_stays(post: Post) -> None:
    post.intake.take(raw(1), "support")
    waits = post.intake.take(raw(2, "kim@elsewhere.example"), "support")
    post.town.does("ann", f"/mail refuse {waits.id}")
    before = post.files()
    assert len(before) == 4
    post.town.clock.forward(days=100)
    assert post.town.house.chores(post.town.clock.now())
    assert post.files() == post.recorded() < before
    assert "There is no message" in post.town.refused("ann", f"/mail show {waits.id}")


@pytest.mark.parametrize("machine", [False, True])
def test_strangers_fill_no_disk_and_their_words_are_kept_all_the_same(either_town: Town, machine: bool) -> None:
    post = Post(either_town, room=3_000)
    head = b"Auto-Submitted: auto-replied\n" if machine else b""
    sent = [head + raw(number, f"p{number}@elsewhere.example", files=2) for number in range(6)]
    taken = [post.intake.take(one, "support") for one in sent]
    assert [bool(one.path) for one in taken] == [True] + [False] * 5
    assert (post.woken, post.notes(), len(post.files())) == (6, [], 3)
    assert sum((post.folder / path).stat().st_size for path in post.files()) == taken[0].size <= 3_000
    shown = post.town.does("ann", f"/mail show {taken[5].id}")
    assert "the words alone were kept" in shown
    assert "The queue grows." in shown
    assert "2 files were not kept" in shown
    assert len(post.town.hears("#alerts")) == (0 if machine else 1)
    post.town.does("ann", f"/mail open {taken[5].id} --customer acme")
    assert "2 files were not kept" in post.town.ticket(1).text


def test_what_is_opened_or_refused_makes_room_and_what_is_a_tickets_needs_none(either_town: Town) -> None:
    post = Post(either_town, room=2_000)
    first, second, third = (post.intake.take(raw(one, f"p{one}@elsewhere.example"), "support") for one in range(3))
    assert (bool(first.path), second.path, third.path) == (True, "", "")
    assert post.intake.take(raw(4, files=9), "support").path
    post.town.does("ann", f"/mail open {first.id} --customer acme")
    refused = post.intake.take(raw(5, "p5@elsewhere.example"), "support")
    assert refused.path
    post.town.does("ann", f"/mail refuse {refused.id}")
    assert post.intake.take(raw(6, "p6@elsewhere.example"), "support").path
    assert post.files() == post.recorded() | {path for path in post.files() if _of(post, refused, path)}


def _of(post: Post, mail: Mail, path: str) -> bool:
    found = post.town.database.read(lambda work: work.mails.get(mail.id))
    return path in paths_of(found)
