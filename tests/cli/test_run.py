"""`thirdline run`: a desk from an empty folder, driven by a script, and what happens when something is in its way."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.house import looked_at
from bot.clocks import SystemClock
from bot.domain.people import Role
from bot.settings import Settings, read_settings
from tests.cli.terminal import answered, environment, started, thirdline


def test_whoever_opens_an_empty_desk_can_work_at_once(tmp_path: Path) -> None:
    done = thirdline("run", "--data", tmp_path / "new", stdin='/ticket open "printer on fire"\n/ticket claim 1\n')
    assert done.code == 0, done.err
    assert "printer on fire" in done.out
    assert "You have #1" in done.out
    assert done.err == ""


def test_what_was_answered_is_there_the_next_time(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    done = thirdline("run", "--data", tmp_path, stdin="/ticket show 1 --json\n")
    answer = next(json.loads(line) for line in done.out.splitlines() if line.startswith("{"))
    assert answer["subject"] == "no mail"


def test_a_script_with_a_refused_line_exits_with_1_and_names_the_line(tmp_path: Path) -> None:
    done = thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n/ticket clam 1\n")
    assert done.code == 1
    assert "Did you mean: /ticket claim 1" in done.out
    assert "line 2" in done.err


def test_a_person_is_chosen_by_name_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    assert thirdline("run", "--data", tmp_path, "--as", "Ann Lee", stdin='/staff add "Bob Roy"\n').code == 0
    done = thirdline("run", "--data", tmp_path, "--as", "bob", stdin="/as\n")
    assert "You are Bob Roy, staff." in done.out
    unknown = thirdline("run", "--data", tmp_path, "--as", "zoe", stdin="/as\n")
    assert unknown.code == 2
    assert "/staff add" in unknown.err


def test_a_desk_that_lost_its_last_admin_gets_one_by_name(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, "--as", "ann", stdin="/time\n")
    with looked_at(read_settings(data=tmp_path), SystemClock()) as database:
        database.write(lambda work: work.people.save(replace(work.people.get("ann"), role=Role.STAFF)))
    doctor = thirdline("doctor", "--data", tmp_path)
    assert doctor.code == 1
    assert "thirdline run --as NAME" in doctor.out
    assert "You are ann, admin." in thirdline("run", "--data", tmp_path, "--as", "ann", stdin="/as\n").out


def test_the_real_clock_cannot_be_moved(tmp_path: Path) -> None:
    done = thirdline("run", "--data", tmp_path, stdin="/time +2h\n")
    assert done.code == 1
    assert "goes by the real time" in done.out


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        locked = Path("/proc/self")  # For root, whom no rights keep out; nothing can be written there either.
        if not locked.exists():
            pytest.skip("This user can write everywhere.")
    for folder in (locked, locked / "desk"):
        done = thirdline("run", "--data", folder, stdin="/time\n")
        assert done.code == 2
        assert len(done.err.splitlines()) == 1
        assert "cannot be" in done.err


def test_a_database_held_by_another_process_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    with closing(sqlite3.connect(tmp_path / "thirdline.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = thirdline("run", "--data", tmp_path, stdin="/ticket claim 1\n")
    assert done.code == 2
    assert done.err == (
        "The database is held by another program: nothing was saved. "
        "Try again; if it stays so, stop the other program.\n"
    )
    assert thirdline("run", "--data", tmp_path, stdin="/ticket claim 1\n").code == 0


def test_settings_that_do_not_hold_together_are_told_with_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "thirdline.toml").write_text('[chanels]\nalerts = "#fire"\n')
    done = thirdline("run", "--data", tmp_path, stdin="/time\n")
    assert done.code == 2
    assert "Did you mean channels?" in done.err
    assert "THIRDLINE_DATABSE sets nothing" in thirdline("run", stdin="", THIRDLINE_DATABSE="x").err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_desk_tidily_while_it_waits_for_a_line(tmp_path: Path, number: signal.Signals) -> None:
    with started("run", "--data", tmp_path) as process:
        answered(process, "/ticket open no mail", "card of #1")
        process.send_signal(number)
        assert process.wait(timeout=60) == 128 + number
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not (tmp_path / "thirdline.db-wal").exists()


def _logging(folder: Path, what: str) -> str:
    """Code that keeps the log of that folder and writes a line to it."""
    return f"""
import logging, pathlib
from bot.cli.logs import keep_log
keep_log(pathlib.Path({str(folder)!r}), "INFO")
logging.getLogger("bot").error({what!r})
"""


def test_the_log_never_holds_the_password_of_the_database(tmp_path: Path) -> None:
    url = "postgresql://desk:hunter2@127.0.0.1:1/desk"
    code = _logging(tmp_path, f"cannot reach {url}")
    done = thirdline("--debug", "run", "--data", tmp_path, stdin="/time\n", code=code, THIRDLINE_DATABASE=url)
    assert done.code == 2
    log = (tmp_path / "thirdline.log").read_text()
    assert "cannot reach postgresql://desk:***@127.0.0.1:1/desk" in log
    assert "hunter2" not in done.out + done.err + log
    assert "hunter2" not in repr(Settings(database=SecretStr(url)))


def test_a_log_that_cannot_be_written_does_not_tear_the_conversation(tmp_path: Path) -> None:
    (tmp_path / "thirdline.log").mkdir()
    code = _logging(tmp_path, "nobody will read this")
    done = thirdline("run", "--data", tmp_path, stdin="/time\n", code=code)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("ending", ["/quit", "SIGTERM"])
def test_a_person_at_a_terminal_is_greeted_and_can_leave(tmp_path: Path, ending: str) -> None:
    """Over a real pseudo-terminal, where the prompt and the bell share the screen."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "bot", "run", "--data", str(tmp_path)]
    surroundings = environment(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", PATH="/usr/bin:/bin")
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings)
    os.close(theirs)
    try:
        seen = _read_until(ours, "you>")
        if ending == "/quit":
            os.write(ours, b"/quit\r")
            seen += _read_until(ours, "Goodbye.")
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == (0 if ending == "/quit" else 128 + signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert "Thirdline" in seen
    assert "your desk is in" in seen
    assert "Toronto: the desk is " in seen
    assert "run `make demo`" in " ".join(seen.split()), "as long as `thirdline` is not on the path"
    assert "Traceback" not in seen


def _read_until(terminal: int, wanted: str) -> str:
    seen = ""
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, f"“{wanted}” did not come; what came was: {seen!r}"
        seen += os.read(terminal, 65536).decode("utf-8", "replace")
    return seen
