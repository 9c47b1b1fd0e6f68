"""How quickly does a full mailbox become tickets, with their files, and is none lost or doubled if the desk is killed?

    python -m benchmarks.mail

A thousand messages of 100 customers, with two files each, lie in Dovecot when a whole desk begins: it fetches, reads,
files and signs them, and sends its receipts. Counted is from before it connects until the last commit is seen from
outside. The bare loop has no rules: it fetches as many at once, parses with the standard library, writes the files and
inserts one row for each message.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from os import fsync
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from imapclient import SEEN, IMAPClient

from benchmarks.mail_desk import CUSTOMERS, moved_in, settings_of
from benchmarks.table import Row, show
from bot.cli.logs import FILE
from bot.clocks import MovableClock, SystemClock
from bot.filing import FOLDER, KEPT
from bot.ports import UnitOfWork
from bot.ports.intake import MailState
from bot.wiring import build
from commands.unfinished import drop_unfinished
from tests.doubles.mail.dovecot import PROGRAM, Dovecot, is_installed
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import Mailbox

MESSAGES = 1_000
"""Ten of each customer: below every limit that a desk has out of the box."""
SIZES = (40_000, 4_000)
"""Of the files that come with each, in bytes."""
ROUNDS = 3
TARGET = 50
PATIENCE = 120.0
LOOKS_EVERY = 0.01
AT_ONCE = 50
SERVER = "mx.desk.example"

Imap = Mapping[str, Any]


# --- the mailbox ----------------------------------------------------------------------------------------------------


def files(number: int) -> list[bytes]:
    """Those of a message, which no other has."""
    dice = Random(number)
    return [dice.randbytes(size) for size in SIZES]


def raw(number: int) -> bytes:
    """A message with its files, whose sender our own server has verified."""
    customer = number % CUSTOMERS
    message = EmailMessage()
    message["Authentication-Results"] = f"{SERVER}; dmarc=pass header.from=c{customer}.example"
    message["From"], message["To"] = f"Jo <jo@c{customer}.example>", "support@desk.example"
    message["Subject"] = f"Mail server {number} down, queue growing"
    message["Message-ID"] = f"<{number}@c{customer}.example>"
    message.set_content("It stopped at noon, and the queue grows.\n\n> Is it plugged in?\n\nIt is.\n" * 5)
    for count, content in enumerate(files(number)):
        message.add_attachment(content, "application", "octet-stream", filename=f"core{count}.bin")
    message.set_boundary(f"part-{number}")  # Or else it is another message each time.
    return message.as_bytes()


@contextmanager
def full_mailbox() -> Iterator[Imap]:
    """The settings of a mailbox with all messages, which nobody has looked at yet."""
    if is_installed():
        with Dovecot() as dovecot:
            for number in range(MESSAGES):
                dovecot.deliver("support", raw(number))
            yield dovecot.settings("support", address="support@desk.example")
    else:
        with ImapServer() as server:
            for number in range(MESSAGES):
                server.deliver(raw(number))
            yield server.settings(address="support@desk.example")


# --- the desk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds until the last commit, and the most memory that the desk held, in MB, where the system tells it."""

    seconds: float
    memory: float | None


def desk(killed: bool) -> Run:
    """All messages become tickets; `killed`, half of them before the process is, and the others after it is started
    again. Raises AssertionError if anything is lost or doubled."""
    with tempfile.TemporaryDirectory() as name, full_mailbox() as imap, Mailbox() as smtp:
        folder = Path(name)
        email = {
            **smtp.settings(user="", password=None)["email"],
            "trusted": [SERVER],
            "boxes": {"support": dict(imap)},
        }
        moved_in(folder, email)
        began = _killed_after(folder, email, MESSAGES // 2) if killed else None
        with process(folder, email) as (started, running):
            ended = until(folder, MESSAGES, running)
            memory = _peak(running.pid)
        _must_be_whole(folder, email)
        return Run(ended - (began or started), memory)


@contextmanager
def process(folder: Path, email: Mapping[str, Any]) -> Iterator[tuple[float, subprocess.Popen[str]]]:
    """A desk in a process of its own, and when it began to connect."""
    command = [sys.executable, "-m", "benchmarks.mail_desk", str(folder), json.dumps(email)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield float(running.stdout.readline()), running
            running.communicate(timeout=60)
        finally:
            running.kill()


def _killed_after(folder: Path, email: Mapping[str, Any], count: int) -> float:
    """When it began; without a word of good-bye, once so many are taken."""
    with process(folder, email) as (began, running):
        until(folder, count, running)
        running.kill()
    with closing(sqlite3.connect(folder / "thirdline.db")) as connection:
        seen = taken(connection)
    assert count <= seen < MESSAGES, f"It was to be killed in the middle, not after {seen}."
    return began


def until(folder: Path, count: int, running: subprocess.Popen[str]) -> float:
    """When so many messages are seen to be taken, in monotonic seconds. Raises AssertionError where the desk ends,
    or does nothing."""
    end = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(folder / "thirdline.db")) as connection:
        while (seen := taken(connection)) < count:
            if time.monotonic() > end or running.poll() is not None:
                raise AssertionError(f"{seen} of {count} are taken.\n{(folder / FILE).read_text()[-3000:]}")
            time.sleep(LOOKS_EVERY)
    return time.monotonic()


def taken(connection: sqlite3.Connection) -> int:
    """How many messages are durably taken, as anybody else sees it."""
    (count,) = connection.execute("SELECT count(*) FROM mails").fetchone()
    return int(count)


def _peak(process: int) -> float | None:
    told = Path(f"/proc/{process}/status")
    if not told.exists():
        return None
    lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


# --- whether it is all there ----------------------------------------------------------------------------------------


def _must_be_whole(folder: Path, email: Mapping[str, Any]) -> None:
    """Each message is one ticket, with what it says and its files byte by byte; and once the desk has swept away what
    was under way when it was killed, no other file lies there."""
    settings, clock = settings_of(folder, email), SystemClock()
    assert settings.email is not None
    later = MovableClock(clock.now() + 2 * KEPT)
    house = build(settings, clock)
    try:
        found, paths = house.database.read(lambda work: _tickets(work, folder / FOLDER))
        drop_unfinished(house.database, folder, later.now())
    finally:
        house.close()
    with closing(sqlite3.connect(folder / "thirdline.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    assert count == MESSAGES, f"{count} tickets"
    assert sorted(found) == sorted(map(_expected, range(MESSAGES))), "A message or a file is not what was sent."
    assert {str(path.relative_to(folder / FOLDER)) for path in (folder / FOLDER).glob("in/*/*")} == paths


Told = tuple[str, str, list[str]]
"""A ticket by its subject, the digest of the whole message and those of its files."""


def _tickets(work: UnitOfWork, folder: Path) -> tuple[list[Told], set[str]]:
    """What there is, and the paths of the files that it names."""
    told: list[Told] = []
    paths: set[str] = set()
    for number in range(1, MESSAGES + 1):
        (mail,) = work.mails.of_ticket(number)
        assert mail.state is MailState.TAKEN
        named = [copy.path for copy in work.files.of_ticket(number)]
        whole, *parts = [_digest((folder / path).read_bytes()) for path in (mail.path, *named)]
        told.append((work.tickets.get(number).subject, whole, parts))
        paths |= {mail.path, *named}
    return told, paths


def _expected(number: int) -> Told:
    # A Maildir keeps bare line feeds, and every server gives out both.
    whole = raw(number).replace(b"\n", b"\r\n") if is_installed() else raw(number)
    return f"Mail server {number} down, queue growing", _digest(whole), list(map(_digest, files(number)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- the bare loop --------------------------------------------------------------------------------------------------


def bare(durable: bool) -> float:
    """Seconds of the loop; `durable`, it keeps the whole message as well, and waits until each file is on the disk, as
    the desk does."""
    with tempfile.TemporaryDirectory() as name, full_mailbox() as imap:
        folder = Path(name)
        with closing(sqlite3.connect(folder / "bare.db")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE mails (id TEXT PRIMARY KEY, sender TEXT, subject TEXT, text TEXT)")
            began = time.monotonic()
            with IMAPClient(imap["host"], imap["port"], ssl=False) as client:
                client.login(imap["user"], imap["password"])
                client.select_folder("INBOX")
                uids = client.search("UNSEEN")
                for start in range(0, len(uids), AT_ONCE):
                    batch = uids[start : start + AT_ONCE]
                    for uid, data in client.fetch(batch, ["BODY.PEEK[]"]).items():
                        _take(connection, folder, uid, data[b"BODY[]"], durable)
                    client.add_flags(batch, [SEEN], silent=True)
            took = time.monotonic() - began
            assert connection.execute("SELECT count(*) FROM mails").fetchone() == (MESSAGES,)
        return took


def _take(connection: sqlite3.Connection, folder: Path, uid: int, content: bytes, durable: bool) -> None:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    parts = [part.get_content() for part in message.iter_attachments()]
    for count, part in enumerate([content, *parts] if durable else parts):
        with (folder / f"{uid}-{count}").open("wb") as file:
            file.write(part)
            if durable:
                file.flush()
                fsync(file.fileno())
    row = (message["Message-ID"], message["From"], message["Subject"], body.get_content())
    with connection:
        connection.execute("INSERT INTO mails VALUES (?, ?, ?, ?)", row)


# --- all of it ------------------------------------------------------------------------------------------------------


def run() -> list[Row]:
    """All measurements of this benchmark, in turns. Raises AssertionError if anything is lost or doubled."""
    server = "Dovecot"
    if not is_installed():
        server = "a double of ours, NOT a real server"
        print(f"{PROGRAM} is not installed (apt-get install dovecot-imapd): measured over {server}.", file=sys.stderr)
    runs: dict[bool, list[Run]] = {False: [], True: []}
    loops: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for way in (False, True):
            runs[way].append(desk(way))
            loops[way].append(bare(way))
    against = {way: median(b / a.seconds for a, b in zip(runs[False], loops[way], strict=True)) for way in loops}
    memory = [one.memory for one in runs[False] if one.memory is not None]
    rows = _rate_rows(f"{MESSAGES:,} messages in {server} become tickets", runs[False])
    rows += _rate_rows("killed in the middle and started again, all counted", runs[True])
    rows += [
        Row("  lost or doubled", 0, "messages"),
        Row("a bare loop", MESSAGES / median(loops[False]), "/s", against[False], "desk / loop"),
        Row("  that waits for the disk, too", MESSAGES / median(loops[True]), "/s", against[True], "desk / loop"),
    ]
    return rows + ([Row("the most memory of the desk", max(memory), "MB")] if memory else [])


def _rate_rows(what: str, runs: Sequence[Run]) -> list[Row]:
    rate = MESSAGES / median(one.seconds for one in runs)
    return [
        Row(what, rate, "/s", rate / TARGET, f"of {TARGET} /s", 1),
        Row("  the slowest run", MESSAGES / max(one.seconds for one in runs), "/s"),
    ]


if __name__ == "__main__":
    print(show("Mail becomes tickets", run()))
