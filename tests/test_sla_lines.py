"""Business time for programs: one JSON object in, one out, and a bad line stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.holidays.freezing import HolidayDates
from bot.holidays.source import holiday_dates, source
from bot.policy.file import policy_at
from bot.sla_lines import Calendars, Mode, SlaAnswers

LUNCH = {"hours": {str(day): [["10:00", "13:00"], ["14:00", "19:00"]] for day in range(5)}}
NIGHT_AND_DAY = {"hours": {str(day): [["00:00", "24:00"]] for day in range(7)}, "categories": []}


@pytest.fixture(scope="module")
def calendars() -> Calendars:
    return Calendars(policy_at(None), HolidayDates(source(), holiday_dates).of_rule)


def ask(calendars: Calendars, mode: Mode, *questions: Any) -> tuple[list[dict[str, Any]], int]:
    """The answers to questions (objects, or lines as they are), and how many failed."""
    answers = SlaAnswers(calendars, mode)
    lines = (question if isinstance(question, str) else json.dumps(question) for question in questions)
    return [json.loads(line) for line in answers.lines(lines)], answers.failed


@pytest.mark.parametrize(
    ("opened", "level", "more", "due"),
    [
        ("2026-06-09T13:15:00-04:00", "I", {}, "2026-06-10T17:15:00Z"),
        ("2026-06-09T10:00:00-04:00", "I", {}, "2026-06-09T23:00:00Z"),
        ("2026-06-09T18:59:59-04:00", "III", {}, "2026-06-10T16:59:59Z"),
        ("2026-10-09T17:30:00-04:00", "III", {}, "2026-10-13T15:30:00Z"),
        ("2026-01-09T23:30:00Z", "3", {}, "2026-01-12T17:30:00Z"),
        ("2026-06-09T12:00:00-04:00", "III", {"calendar": LUNCH}, "2026-06-09T20:00:00Z"),
        ("2026-06-09T12:00:00-04:00", "I", {"calendar": LUNCH}, "2026-06-10T16:00:00Z"),
        ("2026-12-25T03:00:00Z", "II", {"calendar": NIGHT_AND_DAY}, "2026-12-25T09:00:00Z"),
        (
            "2026-08-03T12:00:00-04:00",
            "III",
            {"calendar": {"categories": ["public", "optional"]}},
            "2026-08-04T17:00:00Z",
        ),
        ("2029-07-02T12:00:00-04:00", "III", {"calendar": {"add": ["2029-07-02"]}}, "2029-07-03T17:00:00Z"),
        ("2026-10-12T12:00:00-04:00", "III", {"calendar": {"remove": ["2026-10-12"]}}, "2026-10-12T19:00:00Z"),
        (
            "2026-12-24T11:00:00-05:00",
            "III",
            {"calendar": {"partial": {"2026-12-24": [["10:00", "13:00"]]}, "day_mode": "open"}},
            "2026-12-29T16:00:00Z",
        ),
        (
            "2026-06-09T10:00:00-04:00",
            "III",
            {"pauses": [["2026-06-09T11:00:00-04:00", "2026-06-09T12:00:00-04:00"]] * 2},
            "2026-06-09T18:00:00Z",
        ),
        ("2026-06-09T10:00:00-04:00", "III", {"pauses": [["2026-06-09T11:00:00-04:00", None]]}, None),
        ("2026-06-09T10:00:00-04:00", "", {"target": "90m"}, "2026-06-09T15:30:00Z"),
    ],
)
def test_a_due_time_is_told(
    calendars: Calendars, opened: str, level: str, more: dict[str, Any], due: str | None
) -> None:
    answers, failed = ask(calendars, Mode.DUE, {"id": "x", "opened_at": opened, "level": level, **more})
    assert (answers, failed) == ([{"id": "x", "due": due}], 0)


def test_a_promise_may_reach_years_beyond_the_calendar_of_the_question(calendars: Calendars) -> None:
    rare = {"hours": {"0": [["10:00", "11:00"]]}, "categories": []}
    question = {"opened_at": "2026-06-08T10:00:00-04:00", "target": "366h", "calendar": rare}
    assert ask(calendars, Mode.DUE, question) == ([{"due": "2033-06-06T15:00:00Z"}], 0)
    never = question | {"calendar": rare | {"hours": {"0": [["10:00", "10:01"]]}}}
    (answer,), failed = ask(calendars, Mode.DUE, never)
    assert "Nothing would be due within decades" in answer["error"]
    assert failed == 1


def test_elapsed_business_time_is_told(calendars: Calendars) -> None:
    question = {"start": "2026-06-09T10:30:00-04:00", "end": "2026-06-15T12:00:00-04:00"}
    paused = question | {"id": 7, "pauses": [["2026-06-09T11:30:00-04:00", "2026-06-09T12:00:00-04:00"]]}
    backwards = {"opened_at": question["end"], "end": question["start"]}
    answers, failed = ask(calendars, Mode.ELAPSED, question, paused, backwards)
    assert answers == [{"open_seconds": 135_000}, {"id": 7, "open_seconds": 133_200}, {"open_seconds": 0}]
    assert failed == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object"),
        ("null", "a JSON object"),
        ("[" * 200_000, "nested too deeply"),
        ("9" * 5000, "cannot be read"),
        ('{"level": "I"}', "“opened_at” is missing"),
        ('{"opened_at": 5, "level": "I"}', "not an instant"),
        ('{"opened_at": "2026-02-30T10:00:00Z", "level": "I"}', "not an instant"),
        ('{"opened_at": "2026-01-01T10:00:00", "level": "I"}', "no time zone"),
        ('{"opened_at": "9999-12-31T23:00:00Z", "level": "I"}', "outside the years"),
        ('{"opened_at": "0001-01-01T00:00:00+14:00", "level": "I"}', "not an instant"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "IV"}', "The levels are I, II, III"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": 3}', "not a string"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "clock": "resolution"}', "promises no resolution"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "clock": "x"}', "no clock"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "pauses": [1]}', "pair of instants"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "pauses": 1}', "is a list"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"hours": {}}}', "never be open"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"hours": {"9": []}}}', "weekdays, from 0"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"hours": {"0": ["10"]}}}', "cannot be read"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"hour": {}}}', "no key “hour”"),
        (
            '{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"add": ["2026-02-31"]}}',
            "no date 2026-02-31",
        ),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"categories": ["pubic"]}}', "public"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": {"day_mode": "moon"}}', "day_mode"),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": []}', None),
        ('{"opened_at": "2026-01-01T10:00:00Z", "level": "I", "calendar": [1]}', "a JSON object"),
    ],
)
def test_a_bad_line_gets_an_error_and_the_next_line_its_answer(
    calendars: Calendars, line: str, said: str | None
) -> None:
    good = {"opened_at": "2026-06-09T10:00:00-04:00", "level": "III"}
    (answer, after), failed = ask(calendars, Mode.DUE, line, good)
    assert after == {"due": "2026-06-09T17:00:00Z"}
    if said is None:
        assert failed == 0
    else:
        assert said in answer["error"]
        assert (answer["line"], failed) == (1, 1)


def test_blank_lines_are_no_questions_and_an_error_keeps_its_id(calendars: Calendars) -> None:
    answers, failed = ask(calendars, Mode.DUE, "", "  \n", {"id": "a"})
    assert [(one["id"], one["line"]) for one in answers] == [("a", 3)]
    assert failed == 1


def test_a_line_is_answered_before_the_next_is_read(calendars: Calendars) -> None:
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(3):
            read.append(number)
            yield '{"opened_at": "2026-06-09T10:00:00-04:00", "level": "III"}\n'

    answers = SlaAnswers(calendars, Mode.DUE).lines(lines())
    next(answers)
    assert read == [0]


def test_a_calendar_is_laid_out_once_for_all_questions_that_share_it() -> None:
    asked: list[int] = []

    def days_off(rule: Any, year: int) -> dict[Any, str]:
        asked.append(year)
        return {}

    calendars = Calendars(policy_at(None), days_off)
    question = {"opened_at": "2026-06-09T10:00:00-04:00", "level": "III"}
    ask(calendars, Mode.DUE, *[question] * 50, question | {"opened_at": "2027-01-05T10:00:00Z"})
    assert len(asked) == len(set(asked))
    ask(calendars, Mode.DUE, question | {"opened_at": "2040-01-05T10:00:00Z"}, question)
    assert max(asked) > 2040
