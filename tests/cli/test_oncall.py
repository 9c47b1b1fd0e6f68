"""`thirdline oncall`: the plan judged, shown, drawn, and carried from and to calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from bot.cli.house import looked_at
from bot.clocks import SystemClock
from bot.domain.people import Staff
from bot.domain.rota import Change, Override
from bot.oncall.file import shipped_text
from bot.settings import read_settings
from storage.maintenance import upgrade
from tests.cli.terminal import thirdline

PLAN = """
[schedules.level3]
zone = "America/Toronto"
[[schedules.level3.layers]]
name = "week"
people = ["kim", "sam"]
turn = "1 week"
first = 2026-01-05
at = "09:00"
when = [{ hours = ["00:00-23:00"] }]

[escalations.level3]
[[escalations.level3.steps]]
call = ["schedule:level3"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "oncall.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Path:
    """A data folder with a database in which Kim is known, and Sam is not."""
    upgrade(read_settings(data=folder).database_url)
    with looked_at(read_settings(data=folder), SystemClock()) as database:
        database.write(lambda work: work.people.save(Staff("kim", "Kim Lee")))
    return folder


def overrides(folder: Path) -> list[Override]:
    with looked_at(read_settings(data=folder), SystemClock()) as database:
        now = SystemClock().now()
        return list(database.read(lambda work: work.rota.overrides(now, now + timedelta(days=900))))


def ics(folder: Path, summary: str, start: datetime, hours: int) -> Path:
    file = folder / "cover.ics"
    ends = start + timedelta(hours=hours)
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{ends:%Y%m%dT%H%M%SZ}\r\nSUMMARY:{summary}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return file


def test_check_tells_what_the_plan_is_and_the_hours_that_nobody_covers(folder: Path) -> None:
    done = thirdline("oncall", "check", "--data", folder)
    assert done.code == 0
    assert "schedule level3: 1 layer, 2 people" in done.out
    assert "escalation level3: 1 step, 2 rounds" in done.out
    assert "nobody is ever called" in done.out
    assert done.out.count("Nobody is on call by level3 from") == 5
    assert "more gaps within 14 days" in done.out
    told = thirdline("oncall", "check", "--data", folder, "--json").json
    assert told["ok"]
    assert told["plan"]["schedules"][0][0] == "level3"


def test_check_shows_every_mistake_with_its_line_and_exits_with_2(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(PLAN.replace("1 week", "1 weak").replace("schedule:level3", "schedule:level4"), encoding="utf-8")
    done = thirdline("oncall", "check", file, "--data", tmp_path)
    assert done.code == 2
    assert f"{file} does not hold together in 2 places" in done.err
    assert "Did you mean “level3”?" in done.err
    told = thirdline("oncall", "check", file, "--data", tmp_path, "--json")
    assert [mistake["line"] for mistake in told.json["mistakes"]] == [7, 14]


def test_check_names_people_whom_the_desk_does_not_know(desk: Path) -> None:
    thirdline("run", "--data", desk, stdin="/time\n")
    done = thirdline("oncall", "check", "--data", desk)
    assert done.code == 1
    assert "Layer “week” of level3 names sam, who is not at the desk." in done.out
    assert "kim, who" not in done.out


def test_the_plan_that_ships_holds_together_and_has_nobody_on_call(tmp_path: Path) -> None:
    done = thirdline("oncall", "check", "--data", tmp_path)
    assert done.code == 0
    assert "The plan that ships holds together" in done.out
    assert "Nobody is on call" in done.out
    assert "There is no on-call schedule yet" in thirdline("oncall", "show", "--data", tmp_path).out
    (tmp_path / "copy.toml").write_text(shipped_text(), encoding="utf-8")
    assert thirdline("oncall", "check", tmp_path / "copy.toml", "--data", tmp_path).code == 0


def test_show_has_a_bar_for_each_day_with_what_was_changed_in_chat(desk: Path) -> None:
    plain = thirdline("oncall", "show", "level3", "--weeks", "1", "--data", desk)
    assert plain.code == 0
    assert "Kim Lee" in plain.out
    assert "!" in plain.out
    now = SystemClock().now()
    always = Override(
        0, "level3", now - timedelta(days=2), now + timedelta(days=40), Change.REPLACE, "bob", made_at=now
    )
    with looked_at(read_settings(data=desk), SystemClock()) as database:
        database.write(lambda work: work.rota.add_override(always))
    shown = thirdline("oncall", "show", "--weeks", "1", "--data", desk)
    assert "B" * 24 in shown.out
    assert "Kim Lee" not in shown.out
    told = thirdline("oncall", "show", "--weeks", "1", "--data", desk, "--json").json
    assert {shift["person"] for shift in told["level3"]} == {"bob"}


def test_an_unknown_schedule_is_refused_with_those_there_are(folder: Path) -> None:
    done = thirdline("oncall", "show", "level4", "--data", folder)
    assert done.code == 2
    assert "There are: level3." in done.err


def test_the_picture_is_an_svg_and_writes_over_nothing(folder: Path) -> None:
    file = folder / "rota.svg"
    assert thirdline("oncall", "picture", file, "--data", folder).code == 0
    assert file.read_text(encoding="utf-8").startswith("<svg")
    assert "--force" in thirdline("oncall", "picture", file, "--data", folder).err
    assert "ends in .svg" in thirdline("oncall", "picture", folder / "rota.png", "--data", folder).err


def test_what_is_exported_is_a_calendar_of_everybody_or_of_one(folder: Path) -> None:
    done = thirdline("oncall", "export", "--data", folder)
    people = {str(one["X-THIRDLINE-PERSON"]) for one in icalendar.Calendar.from_ical(done.out).walk("VEVENT")}
    assert people == {"kim", "sam"}
    mine = thirdline("oncall", "export", folder / "kim.ics", "--person", "kim", "--data", folder)
    assert mine.code == 0
    assert "PERSON:sam" not in (folder / "kim.ics").read_text(encoding="utf-8")
    assert "called “zoe”" in thirdline("oncall", "export", "--person", "zoe", "--data", folder).err


def test_a_calendar_is_imported_in_the_place_of_the_one_before(desk: Path) -> None:
    thirdline("run", "--data", desk, stdin="/time\n")
    start = SystemClock().now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    file = ics(desk, "Kim Lee on call", start, 30)
    dry = thirdline("oncall", "import", file, "level3", "--dry-run", "--data", desk)
    assert (dry.code, overrides(desk)) == (0, [])
    done = thirdline("oncall", "import", file, "level3", "--data", desk)
    assert done.code == 0, done.err
    (kept,) = overrides(desk)
    assert (kept.person, kept.start, kept.end) == ("kim", start, start + timedelta(hours=30))
    assert (kept.change, kept.by, kept.reason) == (Change.REPLACE, "import", "from cover.ics")
    again = thirdline("oncall", "import", ics(desk, "kim", start, 5), "level3", "--data", desk, "--json")
    assert again.json["taken_back"] == 1
    assert [one.end for one in overrides(desk)] == [start + timedelta(hours=5)]


def test_a_calendar_that_names_nobody_changes_nothing(desk: Path) -> None:
    thirdline("run", "--data", desk, stdin="/time\n")
    start = SystemClock().now() + timedelta(days=3)
    done = thirdline("oncall", "import", ics(desk, "Holiday party", start, 5), "level3", "--data", desk)
    assert done.code == 2
    assert "Nobody is named by “Holiday party”" in done.err
    assert overrides(desk) == []
    (desk / "bad.ics").write_text("hello")
    assert "This is no calendar" in thirdline("oncall", "import", desk / "bad.ics", "level3", "--data", desk).err
    assert "cannot be read" in thirdline("oncall", "import", desk / "none.ics", "level3", "--data", desk).err
    assert "There are: level3." in thirdline("oncall", "import", desk / "bad.ics", "level4", "--data", desk).err
