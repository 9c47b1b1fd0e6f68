"""The desk driven by a program: JSON lines and nothing else, news that waits or comes, and any locale at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import thirdline

OPEN = '/ticket open "printer on fire"\n'


def test_each_line_is_answered_by_one_line_of_json_and_nothing_else_is_written(tmp_path: Path) -> None:
    script = f"# a comment\n\n{OPEN}/ticket clam 1\n/ticket show 1 --json\n/help\n/out\n1\n/quit\n/time\n"
    done = thirdline("run", "--json", "--data", tmp_path, stdin=script)
    assert [(one["line"], one["ok"]) for one in done.lines] == [
        (3, True),
        (4, False),
        (5, True),
        (6, True),
        (7, True),
        (8, False),
        (9, True),
    ]
    assert (done.lines[0]["ticket"], done.lines[2]["subject"]) == (1, "printer on fire")
    assert "clam" in done.lines[1]["error"]
    assert (done.code, done.err) == (1, "2 of 7 lines were refused. Look at lines 4 and 8.\n")


def test_one_answer_is_one_json_document(tmp_path: Path) -> None:
    assert thirdline("run", "--json", "--data", tmp_path, stdin="/ticket list\n").json["tickets"] == []
    assert thirdline("demo", "--json", "--empty", stdin="/customer find zzz\n").json == {
        "line": 1,
        "ok": True,
        "customers": [],
    }


def test_a_command_that_lacks_something_is_refused_and_asks_nothing(tmp_path: Path) -> None:
    done = thirdline("run", "--json", "--data", tmp_path, stdin=f"{OPEN}/ticket close 1\nsolved\n/ticket show 1\n")
    assert [one["ok"] for one in done.lines] == [True, False, False, True]


def test_bytes_that_are_not_utf_8_are_told_with_the_answer(tmp_path: Path) -> None:
    script = "/ticket open caf\udce9\n/ticket show 1\n"
    code = f"import io, sys; sys.stdin = io.TextIOWrapper(io.BytesIO({script.encode(errors='surrogateescape')!r}))"
    opened, shown = thirdline("run", "--json", "--data", tmp_path, code=code).lines
    assert (opened["subject"], opened["ok"]) == ("caf\ufffd", True)
    assert "not UTF-8" in opened["note"]
    assert "note" not in shown


def test_news_waits_for_somebody_unless_the_program_wants_it(tmp_path: Path) -> None:
    for line in (OPEN, "/time\n"):
        done = thirdline("run", "--json", "--data", tmp_path, stdin=line)
        assert not any("news" in one for one in done.lines)
    told = thirdline("run", "--json", "--news", "--data", tmp_path, stdin="/time\n").lines
    (card,) = (one["news"] for one in told if "news" in one)
    assert (card["place"], card["kind"], card["ticket"], card["update"]) == ("#desk", "card", 1, False)
    assert card["text"][0] == "#1  printer on fire"
    assert [one["ok"] for one in told if "line" in one] == [True]
    again = thirdline("run", "--json", "--news", "--data", tmp_path, stdin="/time\n").lines
    assert not any("news" in one for one in again)


def test_without_news_the_clock_goes_on_and_the_next_desk_tells_what_became_due(tmp_path: Path) -> None:
    begin = ("demo", "--empty", "--data", tmp_path, "--at", "2026-10-05 10:00", "--json")
    done = thirdline(*begin, stdin=f"{OPEN}/time +30h\n/ticket show 1\n")
    assert [one["ok"] for one in done.lines] == [True, True, True]
    told = thirdline(*begin, "--news", stdin="/time\n").lines
    assert {one["news"]["kind"] for one in told if "news" in one} >= {"card", "alert"}


def test_news_alone_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = thirdline("run", "--news", "--data", tmp_path, stdin="/time\n")
    assert (done.code, len(done.err.splitlines()), done.out) == (2, 1, "")
    assert "--json" in done.err


def test_news_told_at_the_start_is_told_in_the_readers_zone_and_by_name(tmp_path: Path) -> None:
    begin = ("demo", "--empty", "--data", tmp_path, "--at", "2026-10-05 10:00")
    script = f'/staff add "Ann Lee"\n{OPEN}/ticket assign 1 ann\n'
    thirdline(*begin, "--json", stdin=script)
    seen = thirdline(*begin, stdin="/time\n").out
    before = seen[: seen.index("you> /time")]
    assert " in #desk, Mon 5 Oct 10:00" in before
    assert "→ Ann Lee (direct message)" in before


@pytest.mark.parametrize("forced", [{"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {}])
def test_a_terminal_in_the_c_locale_is_written_utf_8(tmp_path: Path, forced: dict[str, str]) -> None:
    done = thirdline("run", "--data", tmp_path, stdin='/ticket open "café"\n', LC_ALL="C", **forced)
    assert "┌ #1  café" in done.out
    asked = thirdline("run", "--data", tmp_path, stdin="/ticket show 1\n", PYTHONIOENCODING="ascii")
    assert "? #1  caf?" in asked.out


def test_the_help_explains_what_programs_get() -> None:
    for words in ("run", "demo"):
        told = " ".join(thirdline(words, "--help").out.split())
        assert "each line is answered by one line of JSON" in told
        assert "--news" in told


def test_json_is_ascii(tmp_path: Path) -> None:
    done = thirdline("run", "--json", "--data", tmp_path, stdin="/ticket open café \u202e\n")
    assert done.out.isascii()
    assert json.loads(done.out)["subject"] == "café"
