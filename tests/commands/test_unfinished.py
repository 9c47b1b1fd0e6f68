"""Files that were written for a commit which never came: found a day later, and never one that a record names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.domain.attachments import Attachment
from bot.filing import FOLDER, Filing, Note
from bot.ports import Speaker
from commands.unfinished import drop_unfinished
from tests.town import Town


def files(town: Town) -> set[str]:
    folder = town.folder / FOLDER
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def noted(town: Town, *contents: bytes) -> Note:
    """Written for a commit, as the desk was killed before or behind it."""
    filing = Filing(town.folder / FOLDER)
    note = filing.note([filing.new_path() for _ in contents])
    for path, content in zip(note.paths, contents, strict=True):
        filing.write(path, content)
    aged(town, note.mark)
    return note


def aged(town: Town, file: Path, hours: int = 25) -> None:
    at = town.clock.now().timestamp() - hours * 3600
    os.utime(file, (at, at))


def swept(town: Town) -> int:
    return drop_unfinished(town.database, town.folder, town.clock.now())


@pytest.fixture
def town(either_town: Town) -> Town:
    either_town.does("bob", "ticket open printer on fire --customer acme")
    return either_town


def test_what_no_record_names_goes_and_what_one_names_stays_with_all_that_came_with_it(town: Town) -> None:
    lost, kept = noted(town, b"a", b"b"), noted(town, b"c", b"d")
    here = tuple(Attachment(f"{n}.txt", size=1, kept=path) for n, path in enumerate(kept.paths))
    assert town.desk.say(Speaker("console", "ann", "Ann", "#desk", files=here), "/ticket note 1 look").ok
    assert files(town) >= {*lost.paths, *kept.paths}
    assert swept(town) == 1
    assert files(town) == set(kept.paths)
    assert swept(town) == 0


def test_what_is_young_is_left_alone_as_another_desk_may_be_at_it(town: Town) -> None:
    note = noted(town, b"a")
    aged(town, note.mark, hours=23)
    half = Filing(town.folder / FOLDER).coming()
    half.write_bytes(b"still coming")
    aged(town, half, hours=23)
    before = files(town)
    assert (swept(town), files(town)) == (0, before)


def test_what_never_came_to_its_end_goes(town: Town) -> None:
    half = Filing(town.folder / FOLDER).coming()
    half.write_bytes(b"half of it")
    aged(town, half)
    torn = noted(town).mark
    torn.write_text("{")
    aged(town, torn)
    assert (swept(town), files(town)) == (0, set())


def test_a_note_that_cannot_be_read_waits_for_another_day(town: Town, tmp_path: Path) -> None:
    note = noted(town, b"a")
    note.mark.unlink()
    odd = tmp_path / "odd"
    odd.mkdir()
    note.mark.symlink_to(odd)
    aged(town, odd)
    assert swept(town) == 0
    assert note.mark.is_symlink()


def test_the_desk_does_so_every_day(town: Town) -> None:
    noted(town, b"a")
    assert town.house.chores(town.clock.now())
    assert files(town) == set()
