"""Care for others: private files, a terminal that obeys no stranger, a database that nobody keeps from writing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.redaction import redacted
from bot.settings import read_settings
from storage.engines import file_of, parse
from tests.cli.terminal import answered, started, thirdline


def test_what_customers_wrote_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    desk, copy = tmp_path / "desk", tmp_path / "copy.db"
    assert thirdline("init", "--data", desk).code == 0
    assert thirdline("run", "--data", desk, stdin="/ticket open no mail\n").code == 0
    assert thirdline("db", "backup", copy, "--data", desk).code == 0
    made = [desk, copy, *desk.rglob("*")]
    assert {path.name for path in made} >= {"thirdline.db", "thirdline.toml", "copy.db"}
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_a_hostile_file_cannot_command_the_terminal(tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text("id,na\x1b]0;mine\x07\u202eme\nacme,ACME\n", encoding="utf-8")
    thirdline("db", "upgrade", "--data", tmp_path / "desk")
    done = thirdline("customers", "import", sheet, "--data", tmp_path / "desk")
    assert done.code == 2
    assert "“na]0;mineme”" in done.err
    policy = tmp_path / "policy.toml"
    policy.write_text('name = "x\\u001b[31m"\nlevels = 1\n', encoding="utf-8")
    told = thirdline("policy", "check", policy)
    assert "\x1b" not in told.out + told.err


def test_a_slow_pipe_of_customers_does_not_keep_the_desk_from_writing(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/time\n")
    with started("customers", "import", "-", "--data", tmp_path) as importing:
        assert importing.stdin
        importing.stdin.write("id,name\nacme,ACME Ltd\n")
        importing.stdin.flush()
        with started("run", "--data", tmp_path) as desk:
            answered(desk, '/ticket open "no mail"', "#1")
        out, _ = importing.communicate(timeout=60)
    assert "1 added" in out


def test_a_pipe_that_is_no_text_is_refused_in_one_sentence(tmp_path: Path) -> None:
    thirdline("db", "upgrade", "--data", tmp_path)
    with started("customers", "import", "-", "--data", tmp_path) as process:
        assert process.stdin
        os.write(process.stdin.fileno(), b"id,name\nacme,\xff\xfe\n")
        _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert told == "- is not a text in UTF-8. Save it as “CSV UTF-8”.\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
def test_a_full_disk_behind_the_output_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = thirdline("policy", "show", code="import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "the disk is full" in done.err


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_stream_that_the_caller_closed_is_like_one_to_nowhere(tmp_path: Path, closed: int) -> None:
    again = f"import os, sys; os.close({closed}); sys.{('stdin', 'stdout', 'stderr')[closed]} = None"
    done = thirdline("run", "--data", tmp_path, stdin='/ticket open "no mail"\n', code=again)
    assert (done.code, done.err) == (0, "")
    kept = thirdline("run", "--data", tmp_path, stdin="/ticket list\n")
    assert ("no mail" in kept.out) is (closed != 0)


def test_a_path_through_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    thirdline("db", "upgrade", "--data", tmp_path / "desk")
    done = thirdline("customers", "export", tmp_path / "file" / "x.csv", "--data", tmp_path / "desk")
    assert (done.code, len(done.err.splitlines())) == (2, 1)


@pytest.mark.parametrize("name", ["my desk", "100%25", "what?", "a#b", "é+ö"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = read_settings(data=tmp_path / name)
    assert file_of(parse(settings.database_url)) == tmp_path / name / "thirdline.db"


@pytest.mark.parametrize("password", ["secret", "se/cret", "se:cret", "se%40cret"])
def test_no_password_reaches_the_log(password: str) -> None:
    text = redacted(f"cannot reach postgresql://desk:{password}@db.example/desk now")
    assert text == "cannot reach postgresql://desk:***@db.example/desk now"


def test_no_token_reaches_the_log() -> None:
    discord = "MTMwOTg3NjU0MzIxMDk4NzY1NA.Gabcde." + "not-a-token_" * 3
    text = redacted(f"sent xoxb-1-secret and Authorization: Bot {discord} to discord.com/api/v10")
    assert text == "sent xoxb-*** and Authorization: Bot MTMwOTg3NjU0MzIxMDk4NzY1NA.*** to discord.com/api/v10"
