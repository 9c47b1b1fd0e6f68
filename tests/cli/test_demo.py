"""`thirdline demo`: the week is played without a refusal, and its clock shows a warning, a breach and the alert."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Ended, answered, started, thirdline


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo")
    done = thirdline("demo", "--data", data, stdin="/time\n")
    assert done.code == 0, done.err
    assert "left out" not in done.err
    assert "Setting up Monday" in done.err
    assert "Fri 9 Oct 14:00" in done.out
    return data


@pytest.fixture(scope="module")
def tickets(week: Path) -> Mapping[int, Any]:
    rows = thirdline("tickets", "export", "--format", "jsonl", "--data", week).lines
    return {row["number"]: row for row in rows}


def test_there_are_tickets_in_every_state_closed_in_every_way(tickets: Mapping[int, Any]) -> None:
    assert len(tickets) == 25
    assert {row["state"] for row in tickets.values()} == {"new", "open", "waiting", "closed"}
    assert {row["level"] for row in tickets.values()} == {"I", "II", "III"}
    resolutions = {"solved", "referred", "out-of-scope", "duplicate", "no-answer"}
    assert {row["resolution"] for row in tickets.values()} - {""} == resolutions
    assert tickets[6]["merged_into"] == 5


def test_what_was_promised_and_kept_is_true(tickets: Mapping[int, Any]) -> None:
    assert tickets[1]["first_response_kept"] is True
    assert tickets[1]["first_response_took"] == 45 * 60
    assert tickets[9]["first_response_due"] == "2026-10-07T15:30:00Z"
    assert tickets[9]["first_response_kept"] is False
    assert {number for number, row in tickets.items() if row["breaches"]} == {9, 11, 14}


def _script(*lines: str) -> Ended:
    return thirdline("demo", "--speed", "0", stdin="".join(f"{line}\n" for line in lines))


def test_moving_the_clock_shows_a_breach_its_alert_and_warnings_in_the_order_of_their_times() -> None:
    done = _script("/time 2026-10-09 14:03", "/time +15m", "/ticket show 19 --json")
    assert done.code == 0, done.out + done.err
    before, _, after = done.out.partition("/time +15m")
    assert "#alerts" not in before
    assert after.index("✖ #19 ACME Ltd") < after.index("⚠ #21 Harbour Clinic") < after.index("⚠ #22 ACME Ltd")
    shown = json.loads(next(line for line in done.out.splitlines() if line.startswith("{")))
    assert shown["ticket"] == 19


def test_a_breach_rings_the_terminals_phone_until_somebody_presses_the_button() -> None:
    done = _script("/time 2026-10-09 14:05", "/time +30s", "1", "/time +10m", "/page why 19")
    assert done.code == 0, done.out + done.err
    before, _, after = done.out.partition("/time +30s")
    assert "phone rings" not in before
    assert after.index("☎ Kim Park's phone rings") < after.index("[1] Acknowledge") < after.index("you> 1\n")
    rang, _, then = after.partition("you> 1\n")
    assert "☎ +14165550123 is hung up on" in then
    assert "phone rings" not in then
    assert rang.count("phone rings") == 1


def test_each_stage_is_told_once_although_the_clock_makes_one_jump_or_many() -> None:
    steps = _script(*["/time +5m"] * 6)
    jump = _script("/time +30m")
    assert steps.out.count("✖ #19 ACME") == jump.out.count("✖ #19 ACME") == 1
    assert steps.out.count("⚠ #21") == jump.out.count("⚠ #21")


def test_the_clock_is_refused_what_clocks_do_not_do() -> None:
    done = _script("/time 2026-10-09 13:00", "/time +9000d", "/time +soon", "/time 2026-02-31 10:00")
    assert done.code == 1
    assert "4 of 4 lines were refused" in done.err
    assert "never back" in done.out


def test_the_demo_goes_on_where_it_stood_and_never_touches_a_real_desk(tmp_path: Path) -> None:
    first = thirdline("demo", "--empty", "--at", "2026-06-09 10:00", "--data", tmp_path, stdin="/time +3h\n")
    assert "Tue 9 Jun 13:00" in first.out
    again = thirdline("demo", "--at", "2026-06-09 10:00", "--data", tmp_path, stdin="/time\n")
    assert "Tue 9 Jun 13:00" in again.out
    real = tmp_path / "real"
    thirdline("run", "--data", real, stdin="/time\n")
    done = thirdline("demo", "--data", real, stdin="/time\n")
    assert done.code == 2
    assert "real desk" in done.err


def test_a_database_on_a_server_is_not_for_the_demo(tmp_path: Path) -> None:
    url = "postgresql://desk:secret@127.0.0.1:1/desk"
    done = thirdline("demo", "--empty", "--data", tmp_path, stdin="/time\n", THIRDLINE_DATABASE=url)
    assert done.code == 0, done.err
    assert (tmp_path / "thirdline.db").exists()


def test_a_beginning_that_is_no_time_is_refused() -> None:
    done = thirdline("demo", "--at", "teatime", stdin="")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_stopped_leaves_no_folder_behind(tmp_path: Path, number: signal.Signals) -> None:
    with started("demo", "--empty", TMPDIR=str(tmp_path)) as process:
        answered(process, "/time", "It is")
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        assert process.wait(timeout=60) == 128 + number
    assert list(tmp_path.iterdir()) == []
