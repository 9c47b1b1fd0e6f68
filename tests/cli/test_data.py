"""`thirdline db`, `customers` and `tickets`: data out, in, copied and put back."""

from __future__ import annotations

import csv
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cli.terminal import thirdline

SHEET = """\
id,name,mail,product,level,start,end,phone
acme,ACME Ltd,it@acme.example,gateway 5.2,III,2026-01-01,2026-12-31,no
acme,ACME Ltd,it@acme.example,archive 3,II,2026-01-01,2026-12-31,no
odd,=cmd(),odd@odd.example,,,,,
"""


def test_customers_come_in_and_go_out_with_no_cell_that_is_a_formula(tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    thirdline("db", "upgrade", "--data", tmp_path)
    done = thirdline("customers", "import", sheet, "--data", tmp_path, "--json")
    assert (done.code, done.json["added"]) == (0, 2)
    out = thirdline("customers", "export", "--data", tmp_path)
    rows = list(csv.DictReader(io.StringIO(out.out)))
    assert [(row["id"], row["level"]) for row in rows] == [("acme", "II"), ("acme", "III"), ("odd", "")] or [
        (row["id"], row["level"]) for row in rows
    ] == [("acme", "III"), ("acme", "II"), ("odd", "")]
    assert rows[-1]["name"] == "'=cmd()"
    again = thirdline("customers", "import", "-", "--data", tmp_path, "--json", stdin=out.out)
    assert (again.code, again.json["changed"]) == (0, 0)


def test_one_bad_line_keeps_all_out_unless_the_good_ones_are_wanted(tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text(SHEET + "bad,Bad,not-an-address,,,,,\n", encoding="utf-8")
    thirdline("db", "upgrade", "--data", tmp_path)
    done = thirdline("customers", "import", sheet, "--data", tmp_path)
    assert done.code == 1
    assert "Line 5 (bad)" in done.out
    assert len(thirdline("customers", "export", "--data", tmp_path).out.splitlines()) == 1
    assert thirdline("customers", "import", sheet, "--partial", "--data", tmp_path, "--json").json["added"] == 2


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    thirdline("db", "upgrade", "--data", tmp_path / "desk")
    for name in ("none.csv", "sheet.xlsx"):
        done = thirdline("customers", "import", tmp_path / name, "--data", tmp_path / "desk")
        assert done.code == 2
        assert len(done.err.splitlines()) == 1
        assert name in done.err


def test_tickets_are_exported_with_what_was_promised_and_no_formula(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin='/ticket open "=HYPERLINK(1)"\n/ticket open second\n')
    done = thirdline("tickets", "export", "--data", tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["subject"] == "'=HYPERLINK(1)"
    assert rows[0]["first_response_target"] == "32400"
    file = tmp_path / "tickets.jsonl"
    assert thirdline("tickets", "export", file, "--data", tmp_path).code == 0
    assert '"subject": "=HYPERLINK(1)"' in file.read_text()
    again = thirdline("tickets", "export", file, "--data", tmp_path)
    assert (again.code, again.err) == (2, f"{file} exists already. Name another file, or write over it with --force.\n")
    assert thirdline("tickets", "export", file, "--force", "--data", tmp_path).code == 0
    nowhere = thirdline("tickets", "export", tmp_path / "no" / "where.csv", "--data", tmp_path)
    assert nowhere.code == 2
    assert len(nowhere.err.splitlines()) == 1


def test_a_file_whose_ending_promises_something_else_is_not_written(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    for kind in ("tickets", "customers"):
        done = thirdline(kind, "export", tmp_path / "t.xlsx", "--data", tmp_path)
        assert done.code == 2
        assert ".csv" in done.err
    assert not (tmp_path / "t.xlsx").exists()
    assert thirdline("tickets", "export", tmp_path / "t.xlsx", "--format", "jsonl", "--data", tmp_path).code == 0


def test_a_damaged_database_is_named_with_the_copy_that_cures_it(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    (tmp_path / "thirdline.db").rename(tmp_path / "whole.db")
    (tmp_path / "thirdline.db").write_bytes(b"not a database at all " * 500)
    bare = thirdline("db", "check", "--data", tmp_path)
    assert (bare.code, bare.err) == (1, "")
    assert "There is no copy in" in bare.out
    (tmp_path / "backups").mkdir()
    copy = tmp_path / "backups" / "daily-20261009.db"
    (tmp_path / "whole.db").rename(copy)
    told = thirdline("db", "check", "--data", tmp_path)
    assert told.code == 1
    assert "saved" not in told.out
    assert f"thirdline db restore {copy} --data {tmp_path}" in told.out
    assert thirdline("db", "restore", copy, "--data", tmp_path).code == 0
    assert thirdline("db", "check", "--data", tmp_path).code == 0
    (tmp_path / "broken.db").write_bytes(b"broken " * 500)
    broken = thirdline("db", "restore", tmp_path / "broken.db", "--data", tmp_path)
    assert broken.err == f"{tmp_path / 'broken.db'} is damaged. Your desk is unchanged. Take another copy.\n"
    assert "There is no folder" in thirdline("db", "backup", tmp_path / "no" / "x.db", "--data", tmp_path).err


def test_an_export_into_a_pipe_goes_through_it_and_leaves_it_where_it_is(tmp_path: Path) -> None:
    """As it must for /dev/null, which a file put in its place would take from the whole machine."""
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        assert thirdline("tickets", "export", pipe, "--data", tmp_path).code == 0
        assert pipe.is_fifo()
        assert "no mail" in read.result()


def test_a_backup_is_taken_checked_and_put_back(tmp_path: Path) -> None:
    desk, copy = tmp_path / "desk", tmp_path / "copy.db"
    thirdline("run", "--data", desk, stdin="/ticket open first\n")
    assert thirdline("db", "backup", copy, "--data", desk).code == 0
    assert thirdline("db", "backup", copy, "--data", desk).code == 2
    thirdline("run", "--data", desk, stdin="/ticket open second\n")
    assert thirdline("db", "check", "--data", desk, "--json").json["tickets"] == 2
    restored = thirdline("db", "restore", copy, "--data", desk)
    assert restored.code == 0
    assert "kept as" in restored.out
    assert thirdline("db", "check", "--data", desk, "--json").json["tickets"] == 1


def test_upgrade_makes_a_database_where_there_is_none_and_check_wants_one(tmp_path: Path) -> None:
    missing = thirdline("db", "check", "--data", tmp_path)
    assert missing.code == 2
    assert "thirdline db upgrade" in missing.err
    assert thirdline("db", "upgrade", "--data", tmp_path / "new").code == 0
    assert thirdline("db", "upgrade", "--data", tmp_path / "new").code == 0
    assert thirdline("db", "check", "--data", tmp_path / "new").code == 0
