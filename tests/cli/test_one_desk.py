"""One desk at a time on a folder: a second one is told where the first is, and tools work beside it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from tests.cli.terminal import answered, started, thirdline


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return tmp_path / "desk"


@pytest.fixture
def open_desk(desk: Path) -> Iterator[Popen[str]]:
    with started("run", "--data", desk) as process:
        answered(process, '/ticket open "no mail"', "#1")
        yield process


def test_a_second_desk_on_the_folder_is_told_of_the_first(desk: Path, open_desk: Popen[str]) -> None:
    for words in (("run",), ("demo", "--empty")):
        done = thirdline(*words, "--data", desk, stdin="/time\n")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("Another desk is open on this folder since ")
        assert f"(process {open_desk.pid}). News appears in only one of them." in done.err
    answered(open_desk, "/ticket claim 1", "You have #1")


def test_a_killed_desk_leaves_no_lock_behind(desk: Path, open_desk: Popen[str]) -> None:
    open_desk.send_signal(signal.SIGKILL)
    open_desk.wait(timeout=60)
    done = thirdline("run", "--data", desk, stdin="/ticket claim 1\n")
    assert (done.code, done.err) == (0, "")


def test_tools_work_beside_an_open_desk(desk: Path, open_desk: Popen[str]) -> None:
    sheet = desk.parent / "customers.csv"
    sheet.write_text("id,name\nacme,ACME Ltd\n", encoding="utf-8")
    for words in (
        ("customers", "import", sheet),
        ("customers", "export"),
        ("tickets", "export"),
        ("db", "backup"),
        ("db", "check"),
        ("doctor",),
        ("sla", "due", "--at", "2026-10-09 17:30", "--level", "III"),
    ):
        done = thirdline(*words, "--data", desk)
        assert (done.code, done.err) == (0, ""), words
    answered(open_desk, "/customer show acme", "ACME Ltd")


def test_what_no_desk_may_see_half_done_waits_until_it_is_closed(desk: Path, open_desk: Popen[str]) -> None:
    copy = desk.parent / "copy.db"
    assert thirdline("db", "backup", copy, "--data", desk).code == 0
    for words, undone in ((("restore", copy), "nothing was restored"), (("upgrade",), "nothing was upgraded")):
        done = thirdline("db", *words, "--data", desk)
        assert done.code == 2
        assert done.err == f"A desk is open on {desk} (process {open_desk.pid}). Close it first: {undone}.\n"
    open_desk.send_signal(signal.SIGTERM)
    open_desk.wait(timeout=60)
    assert thirdline("db", "restore", copy, "--data", desk).code == 0
    assert thirdline("db", "upgrade", "--data", desk).code == 0


@pytest.mark.parametrize(
    "words", [("tickets", "export"), ("customers", "export"), ("customers", "import", "-"), ("db", "backup")]
)
def test_a_tool_does_not_make_a_desk_where_there_is_none(desk: Path, words: tuple[str, ...]) -> None:
    done = thirdline(*words, "--data", desk, stdin="id,name\nacme,ACME Ltd\n")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"There is no database at {desk / 'thirdline.db'}. ")
    assert "thirdline db upgrade" in done.err
    assert not desk.exists()


def test_customers_come_into_a_database_that_no_desk_was_opened_on_yet(desk: Path) -> None:
    assert thirdline("db", "upgrade", "--data", desk).code == 0
    sheet = "id,name,product,level,start,end\nacme,ACME Ltd,gateway,III,2026-01-01,2036-12-31\n"
    assert thirdline("customers", "import", "-", "--data", desk, stdin=sheet).code == 0
    done = thirdline("run", "--data", desk, stdin='/ticket open "no mail" --customer acme\n')
    assert "Level III" in done.out


def test_a_folder_that_is_a_file_is_called_one_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "afile").touch()
    for words in (("run",), ("db", "upgrade"), ("tickets", "export"), ("init",), ("policy", "show")):
        done = thirdline(*words, "--data", tmp_path / "afile", stdin="/time\n")
        assert done.code == 2
        assert done.err == f"{tmp_path / 'afile'} is a file, not a folder. Name another with --data.\n"
