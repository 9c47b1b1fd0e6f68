"""A week of the desk, typed by a script into a real process, and its transcript as a person reads it.

The transcript is committed, so that a change of wording is seen in context. When it reads right, renew it:

    COLUMNS=100 NO_COLOR=1 thirdline demo --empty --at "2026-10-05 09:30" < tests/week.txt > tests/week.transcript.txt
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.maintenance import check
from tests.cli.terminal import Ended, thirdline

HERE = Path(__file__).parent
SCRIPT = HERE / "week.txt"
TRANSCRIPT = HERE / "week.transcript.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("week")


@pytest.fixture(scope="module")
def week(folder: Path) -> Ended:
    typed = SCRIPT.read_text(encoding="utf-8")
    return thirdline("demo", "--empty", "--at", "2026-10-05 09:30", "--data", folder, stdin=typed)


def test_the_week_reads_as_it_was_read_when_it_was_committed(week: Ended) -> None:
    assert week.out.splitlines() == TRANSCRIPT.read_text(encoding="utf-8").splitlines()


def test_the_lines_that_the_desk_must_refuse_are_refused_and_no_others(week: Ended) -> None:
    """A mistyped word, a second claim, a closed ticket, a telephone not owed, a lead's right, a colleague away."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    _, _, told = week.err.partition("Look at lines ")
    assert [lines[int(number) - 1] for number in re.findall(r"\d+", told)] == [
        '/ticket opne "half of the mail is late" --customer cobalt',
        "/ticket claim 1",
        '/ticket call 2 "one more thing"',
        "/ticket call 5",
        "/customer credit brightside-studios --add 1 --approved-by Kim",
        "/ticket assign 7 bob",
    ]
    assert week.code == 1


def test_nothing_in_it_looks_like_a_fault(week: Ended) -> None:
    for word in ("Traceback", "went wrong", "None", "datetime"):
        assert word not in week.out + week.err


def test_the_database_of_the_week_is_whole(week: Ended, folder: Path) -> None:
    health = check(f"sqlite:///{folder / 'thirdline.db'}")
    assert (health.problems, health.tickets) == ((), 8)
    assert week.out.rstrip().endswith("Goodbye.")
