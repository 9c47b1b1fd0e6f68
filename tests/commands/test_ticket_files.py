"""Files with a ticket: what came with whose words, where it lies, and what became of its copy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.domain.attachments import Attachment, attached, in_words
from bot.domain.ticket import replay
from bot.ports import CopyState, Speaker, UnitOfWork
from commands.desk import Answer
from tests.town import Town, words

PHOTO = Attachment("printer.png", "https://team.slack.example/files/1", 34_300, "image/png", "https://files.example/1")
LOG = Attachment("spool.log", "https://team.slack.example/files/2", 812, "text/plain")


def sends(town: Town, line: str, *files: Attachment) -> Answer:
    return town.desk.say(Speaker("console", "ann", "Ann", files=files), line)


def test_files_come_with_the_words_that_brought_them(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer acme")
    assert sends(town, "/ticket note 1 look at this", PHOTO, LOG).ok
    shown = town.does("bob", "/ticket files 1")
    assert "printer.png · 34 KB · image/png · from Ann" in shown
    assert "https://team.slack.example/files/2" in shown
    assert "Files: printer.png (34 KB) and spool.log (812 bytes) · /ticket files 1" in town.does(
        "bob", "/ticket show 1"
    )
    assert "noted: look at this · with printer.png (34 KB)" in town.does("bob", "/ticket history 1")


def test_a_ticket_with_files_is_what_its_history_adds_up_to(town: Town) -> None:
    sends(town, "/ticket open printer on fire", PHOTO)
    sends(town, "/ticket attach 1", LOG)
    events = town.database.read(lambda work: work.tickets.history(1))
    assert replay(events) == town.database.read(lambda work: work.tickets.get(1))
    assert [in_words(one.file) for one in attached(events)] == ["printer.png (34 KB)", "spool.log (812 bytes)"]
    assert "https://files.example/1" not in str([event.data for event in events])


def test_a_link_is_a_file_too(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire")
    assert "spool.log" in town.does("ann", "/ticket attach 1 https://files.example/a/spool.log?x=1")
    assert "begins with https://" in words(town.says("ann", "/ticket attach 1 /etc/passwd").card)
    assert town.says("ann", "/ticket attach 1").form is not None


def test_a_copy_is_wanted_in_the_commit_and_told_of_when_it_is_there(town: Town) -> None:
    sends(town, "/ticket open printer on fire", PHOTO, LOG)
    now = town.clock.now()

    def take(work: UnitOfWork) -> list[str]:
        return [copy.source for copy in work.files.lease("console", now, 60, 10)]

    assert town.database.write(take) == ["https://files.example/1"]
    assert town.database.write(take) == []
    assert "being copied" in town.does("bob", "/ticket files 1")
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    town.database.write(lambda work: work.files.failed(copy, "Slack was away", now + timedelta(minutes=1)))
    assert town.database.read(lambda work: work.files.next_due("console")) == now + timedelta(minutes=1)
    town.database.write(lambda work: work.files.copied(copy, "1/1-1.png"))
    assert "copied as files/1/1-1.png" in town.does("bob", "/ticket files 1")
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    town.database.write(lambda work: work.files.failed(copy, "it is gone", None))
    assert "not copied: it is gone" in town.does("bob", "/ticket files 1")
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    assert (copy.state, copy.attempts) == (CopyState.FAILED, 3)


def test_files_survive_a_restart(town: Town, tmp_path: Path) -> None:
    sends(town, "/ticket open printer on fire", PHOTO)
    town.close()
    again = town.copied(tmp_path / "again")
    try:
        assert again.database.read(lambda work: work.files.next_due("console")) is not None
    finally:
        again.close()
