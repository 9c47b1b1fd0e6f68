"""`thirdline doctor`: cause and cure, on a fresh desk, on a good one and on broken ones."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from bot.cli.checks import Verdict, first_difference, time_zones
from bot.cli.house import looked_at
from bot.clocks import SystemClock
from bot.runtime import ALIVE
from bot.settings import read_settings
from storage.glance import network
from tests.cli.terminal import thirdline

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def _verdicts(data: Path) -> dict[str, str]:
    done = thirdline("doctor", "--json", "--data", data)
    worst = {check["name"]: "ok" for check in done.json["checks"]}
    for check in done.json["checks"]:
        if check["verdict"] != "ok":
            assert check["cure"], check
            worst[check["name"]] = check["verdict"]
    assert done.code == (1 if "fail" in worst.values() else 0)
    assert done.json["ok"] is (done.code == 0)
    return worst


BEFORE_THE_FIRST_RUN = {
    *("python", "settings", "policy", "letters", "time zone data", "data folder", "database", "clock"),
}


def test_before_the_first_run_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    thirdline("init", "--data", tmp_path)
    before = sorted(tmp_path.iterdir())
    assert _verdicts(tmp_path) == dict.fromkeys(BEFORE_THE_FIRST_RUN, "ok")
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_no_desks_does_not_look_like_a_desk_that_is_well(tmp_path: Path) -> None:
    data = tmp_path / "none"
    assert _verdicts(data) == dict.fromkeys(BEFORE_THE_FIRST_RUN, "ok") | {"database": "warn"}
    assert not data.exists()
    assert f"there is no desk in {data}" in thirdline("doctor", "--data", data).out


def test_a_full_disk_is_found_though_the_folder_takes_an_empty_file(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))"
    done = thirdline("doctor", "--json", "--data", tmp_path, code=full)
    found = [one for one in done.json["checks"] if one["name"] == "data folder"]
    assert [one["verdict"] for one in found] == ["fail"]
    assert found[0]["cure"].startswith("Make room on its disk")


def test_a_desk_that_was_opened_is_well(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/ticket open no mail\n")
    done = thirdline("doctor", "--data", tmp_path)
    assert done.code == 0
    assert "fail" not in done.out
    assert "WAL" in done.out
    assert "Canada Day 2029 falls on a Sunday" in done.out
    assert "admin: Admin" in done.out


def test_a_file_that_is_no_database_has_failed_and_the_cure_is_a_backup(tmp_path: Path) -> None:
    (tmp_path / "thirdline.db").write_bytes(b"not a database at all" * 1000)
    done = thirdline("doctor", "--data", tmp_path)
    assert done.code == 1
    assert "fail  database" in done.out
    assert "thirdline db restore" in done.out
    assert "Traceback" not in done.out + done.err


def test_a_newer_schema_has_failed(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/time\n")
    with closing(sqlite3.connect(tmp_path / "thirdline.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert _verdicts(tmp_path)["database"] == "fail"


def test_settings_and_policy_that_do_not_hold_together_have_failed(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("name = 3\n")
    assert _verdicts(tmp_path)["policy"] == "fail"
    (tmp_path / "thirdline.toml").write_text('log_levl = "INFO"\n')
    assert _verdicts(tmp_path) == {"python": "ok", "settings": "fail"}


def test_a_clock_that_has_fallen_back_has_failed(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/time\n")
    with looked_at(read_settings(data=tmp_path), SystemClock()) as database:
        ahead = int((SystemClock().now() + timedelta(days=1)).timestamp())
        database.write(lambda work: work.memory.set_fact(ALIVE, ahead))
    assert _verdicts(tmp_path)["clock"] == "fail"


def test_time_zone_data_of_the_system_that_disagree_are_told_with_the_day(tmp_path: Path) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 2025b\n")
    (tmp_path / "America").mkdir()
    with files("tzdata.zoneinfo.Etc").joinpath("GMT+8").open("rb") as old:
        (tmp_path / "America" / "Vancouver").write_bytes(old.read())
    (check,) = time_zones("America/Vancouver", NOW, tmp_path)
    assert check.verdict is Verdict.WARN
    assert "2025b disagrees about America/Vancouver" in check.found
    (tmp_path / "America" / "Vancouver").unlink()
    assert first_difference("America/Vancouver", NOW, tmp_path) is None
    (check,) = time_zones("America/Vancouver", NOW, tmp_path)
    assert check.verdict is Verdict.OK


def test_a_system_that_is_newer_than_the_package_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "+VERSION").write_text("2099z\n")
    (check,) = time_zones("America/Toronto", NOW, tmp_path)
    assert check.verdict is Verdict.WARN
    shutil.rmtree(tmp_path)
    (check,) = time_zones("America/Toronto", NOW, tmp_path)
    assert check.verdict is Verdict.OK


def test_a_local_folder_is_not_taken_for_a_network(tmp_path: Path) -> None:
    assert network(tmp_path) == ""
