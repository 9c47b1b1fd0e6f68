"""`thirdline policy`, `init` and `sla`: the promise as a page, as a file to edit, and as answers for programs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.cli.house import looked_at
from bot.clocks import SystemClock
from bot.ports import FrozenHolidays
from bot.settings import read_settings
from tests.cli.terminal import thirdline

SHIPPED = Path(__file__).parents[2] / "bot" / "policy" / "policy.toml"


def test_policy_show_prints_the_page_and_one_level_of_it(tmp_path: Path) -> None:
    page = thirdline("policy", "show", "--data", tmp_path)
    assert page.code == 0
    assert "US$750 a year" in page.out
    level = thirdline("policy", "show", "III", "--json", "--data", tmp_path)
    assert level.json["name"] == "III"


def test_an_unknown_level_is_refused_with_the_levels_there_are(tmp_path: Path) -> None:
    done = thirdline("policy", "show", "IV", "--data", tmp_path)
    assert done.code == 2
    assert "III" in done.err
    assert len(done.err.splitlines()) == 1


def test_policy_check_shows_the_line_of_every_mistake_and_exits_with_2(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = SHIPPED.read_text(encoding="utf-8").replace('first_response = "3h"', 'first_response = "3 moons"')
    file.write_text(text.replace("America/Toronto", "America/Torono"), encoding="utf-8")
    lines = [n for n, line in enumerate(file.read_text().splitlines(), 1) if "moons" in line or line.startswith("zone")]
    done = thirdline("policy", "check", file)
    assert done.code == 2
    assert done.err.startswith(f"{file} does not hold together")
    assert all(f"line {number}" in done.err for number in lines)
    assert "America/Toronto" in done.err
    told = thirdline("policy", "check", file, "--json")
    assert told.code == 2
    assert [mistake["line"] for mistake in told.json["mistakes"]] == lines


def test_policy_check_of_a_good_file_says_so_and_of_a_missing_one_why_not(tmp_path: Path) -> None:
    good = thirdline("policy", "check", SHIPPED).out
    assert f"{SHIPPED} holds together" in good
    assert f"thirdline policy show --file {SHIPPED}" in good
    assert "US$750 a year" in thirdline("policy", "show", "--file", SHIPPED).out
    missing = thirdline("policy", "check", tmp_path / "none.toml")
    assert missing.code == 2
    assert "No such file" in missing.err
    assert "none" not in missing.err.replace("none.toml", "")


def test_policy_holidays_names_the_days_off_and_those_to_decide(tmp_path: Path) -> None:
    done = thirdline("policy", "holidays", "2029", "--review", "--data", tmp_path)
    assert done.code == 0
    assert "2029-09-03  Mon  Labor Day" in done.out or "2029-09-03  Mon  Labour Day" in done.out
    assert "Canada Day 2029 falls on a Sunday" in done.out
    assert "not frozen yet" in done.out
    found = thirdline("policy", "holidays", "2029", "--json", "--data", tmp_path).json
    assert [doubt["instead"] for doubt in found["doubts"]] == ["2029-07-02"]


def test_init_writes_its_files_once_and_they_hold_together(tmp_path: Path) -> None:
    data = tmp_path / "desk"
    first = thirdline("init", "--data", data)
    assert first.code == 0
    assert first.out.count("wrote") == 3
    (data / "thirdline.toml").write_text('log_level = "INFO"\n')
    second = thirdline("init", "--data", data)
    assert second.code == 0
    assert second.out.count("kept") == 3
    assert (data / "thirdline.toml").read_text() == 'log_level = "INFO"\n'
    assert thirdline("doctor", "--data", data).code == 0


def test_init_into_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = thirdline("init", "--data", tmp_path / "file")
    assert (done.code, done.out) == (2, "")
    assert "is a file, not a folder." in done.err


MAIL = (("email-password", "p"), ("webhook-status", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))


def test_every_line_that_init_comments_out_can_be_taken_in(tmp_path: Path) -> None:
    thirdline("init", "--data", tmp_path)
    file = tmp_path / "thirdline.toml"
    wanted = {"channels", "desk", "alerts", "III", "daily", "keep", "log_level", "host", "port", "health"}
    wanted |= {"bot_token_file", "app_token_file", "mode", "team", "members", "roles", "emoji", "files"}
    wanted |= {"token_file", "server", "notes", "locks", "commands", "shown_to"}
    wanted |= {"provider", "account", "number", "public_url", "countries", "rings", "calls_per_second"}
    wanted |= {"company", "user", "password_file", "sender", "trusted", "undo", "receipts", "plus", "address"}
    wanted |= {"url", "secret_file", "customers", "staff", "api", "proxies", "upload_mb"}
    (tmp_path / "secrets").mkdir()
    slack = (("slack-bot-token", "xoxb-1"), ("slack-app-token", "xapp-1"))
    for name, token in (*slack, ("discord-token", "t"), ("phone-token", "t"), *MAIL):
        (tmp_path / "secrets" / name).write_text(token)
    lines = [line.removeprefix("# ") for line in file.read_text().splitlines()]
    file.write_text("\n".join(line for line in lines if line.startswith(("[", *(f"{name} =" for name in wanted)))))
    settings = read_settings(data=tmp_path)
    assert settings.channels.alerts_by_level == {"III": "#alerts-urgent"}
    assert settings.backups.keep == 7
    assert settings.slack is not None
    assert settings.slack.roles == {"staff": "@support"}
    assert settings.discord is not None
    assert settings.discord.channels is not None
    assert settings.discord.roles == {"staff": "Support"}
    assert settings.phone is not None
    assert settings.phone.number == "+14165550100"
    assert settings.email is not None
    assert settings.email.boxes["support"].address == "support@example.com"
    assert settings.webhooks["status"].url == "https://status.example.com/hooks/desk"
    assert settings.company == "Support"


# --- sla ----------------------------------------------------------------------------------------------------------


def test_sla_due_answers_a_line_of_json_for_each_question() -> None:
    questions = (
        {"id": "a", "opened_at": "2026-10-09T17:30:00-04:00", "level": "III"},
        {"id": "b", "opened_at": "2026-06-09T10:30:00-04:00", "level": "II", "pauses": []},
        {"id": "c", "opened_at": "2026-06-09T10:30:00-04:00", "level": "I", "pauses": [["2026-06-09T15:00:00Z", None]]},
    )
    done = thirdline("sla", "due", "--json", stdin="\n".join(map(json.dumps, questions)))
    assert done.code == 0
    assert done.lines == [
        {"id": "a", "due": "2026-10-13T15:30:00Z"},
        {"id": "b", "due": "2026-06-09T20:30:00Z"},
        {"id": "c", "due": None},
    ]


def test_a_question_that_cannot_be_read_gets_an_error_and_the_others_their_answers() -> None:
    good = '{"opened_at": "2026-06-09T10:30:00-04:00", "level": "III"}'
    done = thirdline("sla", "due", "--json", stdin=f'{{"id": 1}}\nnonsense\n{good}\n')
    assert done.code == 1
    assert [("error" in line, "due" in line) for line in done.lines] == [(True, False), (True, False), (False, True)]


def test_sla_elapsed_answers_lines_and_one_question() -> None:
    question = {"start": "2026-10-09T17:30:00-04:00", "end": "2026-10-13T11:30:00-04:00"}
    done = thirdline("sla", "elapsed", "--json", stdin=json.dumps(question))
    assert done.lines == [{"open_seconds": 3 * 3600}]
    one = thirdline("sla", "elapsed", "--from", "2026-10-09 17:30", "--to", "2026-10-13 11:30")
    assert one.out == "3 h of business time (10800 s).\n"


def test_sla_due_reads_a_wall_time_at_the_place_of_the_desk() -> None:
    done = thirdline("sla", "due", "--at", "2026-10-09 17:30", "--level", "III")
    assert done.out == "Due Tue 13 Oct 2026 11:30:00 EDT (2026-10-13T15:30:00Z).\n"
    paused = ("--pause", "2026-10-09 18:00/2026-10-09 18:30", "--json")
    assert thirdline("sla", "due", "--at", "2026-10-09 17:30", "--target", "3h", *paused).json == {
        "due": "2026-10-13T16:00:00Z"
    }


@pytest.mark.parametrize("at", ["2040-06-05 10:00", "2040-01-05", "2021-06-01T10:00", "2026-10-09T17:30:00-04:00"])
def test_a_time_means_the_same_as_an_option_and_as_json(at: str) -> None:
    option = thirdline("sla", "due", "--at", at, "--level", "III", "--json").json
    assert thirdline("sla", "due", "--json", stdin=json.dumps({"opened_at": at, "level": "III"})).lines == [option]
    assert option["due"][:4] == at[:4]


def test_a_time_that_no_calendar_knows_is_refused_as_an_option_and_as_json() -> None:
    at = "1800-01-01T10:00"
    assert "1970 to 2200" in thirdline("sla", "due", "--at", at, "--level", "III").err
    assert "1970 to 2200" in thirdline("sla", "due", "--json", stdin=json.dumps({"opened_at": at, "level": "I"})).out


def test_a_question_without_what_it_needs_is_refused_in_words() -> None:
    assert "--level" in thirdline("sla", "due", "--at", "2026-10-09 17:30").err
    for words in (("due",), ("due", "--level", "III"), ("elapsed", "--from", "10:00")):
        done = thirdline("sla", *words)
        assert done.code == 2
        assert "Traceback" not in done.err


def test_programs_are_answered_by_the_holidays_that_the_desk_has_frozen(tmp_path: Path) -> None:
    thirdline("run", "--data", tmp_path, stdin="/time\n")
    settings = read_settings(data=tmp_path)
    with looked_at(settings, SystemClock()) as database:
        kept = next(one for one in database.read(lambda work: work.memory.holidays()) if one.year == 2027)
        days = {**kept.days, date(2027, 6, 8): "Founder's Day"}
        frozen = FrozenHolidays(kept.list, kept.year, days, "by hand", kept.frozen_at)
        database.write(lambda work: work.memory.freeze(frozen))
    asked = ("sla", "due", "--at", "2027-06-07 18:00", "--level", "III", "--json", "--data", tmp_path)
    assert thirdline(*asked).json == {"due": "2027-06-09T16:00:00Z"}
    assert thirdline("policy", "holidays", "2027", "--review", "--data", tmp_path).code == 1
