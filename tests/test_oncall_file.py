"""The on-call plan: what ships holds together, and what does not is refused at its line, all of it at once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadValue
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.oncall import OnCall, SelfTest
from bot.domain.paging import PageRule, Trigger
from bot.domain.rota import Days, Layer, Restriction, Rotation, Schedule, Turn
from bot.oncall.data import plan_from_json, plan_to_json
from bot.oncall.file import OnCallError, oncall_at, read_oncall, shipped_text
from bot.oncall.words import span_from, target_from, turn_from, turn_words
from bot.policy.file import policy_at

_COMMENTED = re.compile(r"# (\[|(?:zone|name|people|turn|first|at|priority|starts|ends|when|call|wait) = )")
FULL = "\n".join(_COMMENTED.sub(r"\1", line, count=1) for line in shipped_text().split("\n"))
"""The file that ships, with its example taken in."""

NINE, SEVEN, TEN = 9 * 3600, 7 * 3600, 22 * 3600


def line(beginning: str) -> int:
    return next(n for n, each in enumerate(FULL.split("\n"), 1) if each.startswith(beginning))


def refused(*edits: tuple[str, str], with_policy: bool = True) -> OnCallError:
    text = FULL
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    with pytest.raises(OnCallError) as caught:
        read_oncall(text, "mine.toml", policy_at(None) if with_policy else None)
    return caught.value


def test_what_ships_names_nobody_and_gets_loud_for_level_three() -> None:
    plan = oncall_at(None, policy_at(None))
    assert plan.schedules == {}
    assert plan.escalations == {"level3": Escalation("level3", ())}
    assert plan.important == {"III"}
    assert plan.paging
    assert [(rule.name, rule.on.value) for rule in plan.rules] == [
        ("worst cases", "opened"),
        ("urgent, out of hours", "opened"),
        ("nearly too late", "warning"),
        ("too late", "breach"),
        ("asked for", "staff"),
        ("hotline", "hotline"),
    ]
    assert plan.rules[0] == PageRule("worst cases", Trigger.OPENED, "level3", frozenset({"III"}), worst_cases=True)
    assert plan.rules[2].warning == 90


def test_an_empty_file_is_a_plan_that_pages_nobody() -> None:
    assert read_oncall("") == OnCall()
    assert not read_oncall("").paging


def test_the_example_in_the_comments_is_read_as_it_says() -> None:
    plan = read_oncall(FULL, policy=policy_at(None))
    week, nights, off = plan.schedules["level3"].layers
    assert plan.schedules["level3"].zone == "America/Toronto"
    assert week == Layer("week", Rotation(("kim", "sam", "ann"), Turn.WEEKS, 1, date(2026, 11, 2), NINE))
    assert (nights.priority, nights.starts, nights.ends) == (2, date(2026, 12, 1), date(2027, 3, 31))
    assert nights.restrictions == (
        Restriction(frozenset({0, 1, 2, 3}), ((TEN, 86_400),)),
        Restriction(frozenset({1, 2, 3, 4}), ((0, SEVEN),)),
    )
    assert off.restrictions == (Restriction(days=Days.OFF),)
    assert plan.escalations["level3"].steps == (
        Step((Target(TargetKind.SCHEDULE, "level3"), Target(TargetKind.CHANNEL, "#alerts")), 300),
        Step((Target(TargetKind.EVERYONE),), 300),
    )


def test_levels_are_spelled_as_the_policy_spells_them() -> None:
    plan = read_oncall(FULL.replace('levels = ["III"]', 'levels = ["level 3"]'), policy=policy_at(None))
    assert {level for rule in plan.rules for level in rule.levels} == {"III"}


@pytest.mark.parametrize(
    ("old", "new", "said", "meant"),
    [
        ('zone = "America/Toronto"', 'zone = "America/Torronto"', "no time zone", "America/Toronto"),
        ('turn = "1 week"', 'turn = "1 weak"', "not the length of a turn", "1 month"),
        ('turn = "1 week"', 'turn = "0 weeks"', "cannot last 0 weeks", "520"),
        ('turn = "1 week"', "turn = 7", "must be words in quotes", ""),
        ('people = ["kim"', 'people = ["Kim Lee!"', "no short name", "kim-lee"),
        ('people = ["kim", "sam", "ann"]', "people = []", "nobody takes turns in week", "Name people"),
        ("first = 2026-11-02", "first = 2026-11-31", "2026-11-31 does not exist", "2026-03-02"),
        ("first = 2026-11-02", 'first = "soon"', "not a date", "2026-03-02"),
        ('at = "09:00"', 'at = "24:00"', "cannot begin at 24:00", "00:00"),
        ('at = "09:00"', 'att = "09:00"', "no key “att” in [schedules.level3.layers]", "“at”"),
        ('name = "nights"', 'name = "week"', "two layers of level3 are called “week”", ""),
        ('name = "nights"', 'name = "override"', "cannot be called “override”", ""),
        ("ends = 2027-03-31", "ends = 2026-11-30", "nights ends before it starts", ""),
        ("priority = 2", "priority = -1", "must lie from 0 to 100", ""),
        ('weekdays = ["monday"', 'weekdays = ["mondy"', "no weekday “mondy”", "“monday”"),
        ('hours = ["22:00-07:00"]', 'hours = ["22:00-22:00"]', "has no length", "00:00-24:00"),
        ('hours = ["22:00-07:00"]', 'hours = ["22"]', "not a span of the day", "09:00-17:00"),
        ('hours = ["22:00-07:00"]', 'hours = ["18:00-23:00", "22:00-07:00"]', "overlaps", ""),
        ('{ days = "off" }', '{ days = "holy" }', "no days “holy”", "working"),
        ('{ days = "off" }', '{ days = "off", hours = ["18:00-07:00"] }', "whose is the morning", "two of `when`"),
        ("[schedules.level3]", "[schedules.Level3]", "not in small letters", "level3"),
        ('["schedule:level3", "#', '["schedule:level4", "#', "no schedule “level4”", "“level3”"),
        ('["schedule:level3", "#', '["level3", "#', "nobody to call", "schedule:NAME"),
        ('call = ["everyone"]', "call = []", "calls nobody", ""),
        ('wait = "5m"', 'wait = "5"', "not a span of time", "around the clock"),
        ('wait = "5m"', 'wait = "2s"', "from 10 seconds", ""),
        ('ack = "20m"', 'ack = "5s"', "0m for never", ""),
        ("rounds = 2", "rounds = 0", "must lie from 1 to 20", ""),
        ('escalation = "level3"', 'escalation = "level2"', "no escalation “level2”", "“level3”"),
        ('on = "opened"', 'on = "open"', "no moment “open”", "“opened”"),
        ('hours = "monitored"', 'hours = "closed"', "no hours “closed”", "any, open, monitored"),
        ('priorities = ["urgent"]', 'priorities = ["urgnt"]', "no priority “urgnt”", "“urgent”"),
        ("warning = 90\nlevels", "warning = 95\nlevels", "the policy warns at 50 %, 75 %, 90 %", ""),
        ("warning = 90\n", "", "“warning” is missing in [pages]", ""),
        ("worst_cases = true\n", "worst_cases = true\nwarning = 50\n", "means nothing on “opened”", ""),
        ('name = "too late"', 'name = "nearly too late"', "two rules are called", ""),
        ('important = ["III"]', 'important = ["IV"]', "no support level “IV”", "I, II, III"),
        ('levels = ["III"]', 'levels = ["gold"]', "no support level “gold”", ""),
        ('weekday = "tuesday"', 'weekday = "toosday"', "no weekday “toosday”", "“tuesday”"),
        ('notice = "30m"', 'notice = "3d"', "“notice” must last", ""),
        ("[self_test]", "[selftest]", "no key “selftest”", "“self_test”"),
        ("leads = []", "leads = 3", "must be a list", ""),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_was_meant(old: str, new: str, said: str, meant: str) -> None:
    error = refused((old, new))
    found = next((one for one in error.mistakes if said in one.text), None)
    assert found is not None, error.text
    assert meant in found.hint
    assert FULL[: FULL.index(old)].count("\n") + 1 - found.line in range(-4, 8)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    error = refused(
        ('turn = "1 week"', 'turn = "ever"'), ("rounds = 2", "rounds = 99"), ('on = "breach"', 'on = "fire"')
    )
    assert [one.line for one in error.mistakes] == [line("turn ="), line("rounds ="), line('on = "breach"')]
    assert "mine.toml does not hold together in 3 places" in error.text


def test_without_a_policy_at_hand_levels_are_not_judged() -> None:
    assert read_oncall(FULL.replace('["III"]', '["gold"]')).important == {"gold"}


def test_schedules_that_are_one_table_instead_of_layers_are_refused_in_a_sentence() -> None:
    for text in (
        "schedules = 3",
        "[schedules.l3]\nzone = 'UTC'\nlayers = 3",
        "[[schedules]]\nname = 'x'",
        "pages = [1]",
    ):
        with pytest.raises(OnCallError):
            read_oncall(text)


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(OnCallError, match="line 2"):
        read_oncall("rounds = 1\n[schedules", "x.toml")


@given(st.text(max_size=200))
def test_whatever_stands_in_the_file_gets_a_plan_or_a_refusal(text: str) -> None:
    try:
        read_oncall(text)
    except BadValue as error:
        assert error.text  # noqa: PT017 - most texts are refused, some are plans


def test_a_plan_comes_back_from_its_json_as_it_was() -> None:
    plan = read_oncall(FULL, policy=policy_at(None))
    assert plan_from_json(plan_to_json(plan)) == plan
    assert plan_to_json(plan_from_json(plan_to_json(plan))) == plan_to_json(plan)
    assert plan_from_json(plan_to_json(OnCall())) == OnCall()
    own = OnCall(
        {"x": Schedule("x", "UTC", ())}, leads=("kim",), self_test=SelfTest(3, 7, on=False), handover_seconds=5
    )
    assert plan_from_json(plan_to_json(own)) == own


def test_words_are_read_as_people_write_them() -> None:
    assert turn_from(" 2 Weeks ") == (Turn.WEEKS, 2)
    assert turn_from("month") == (Turn.MONTHS, 1)
    assert [turn_words(*turn_from(text)) for text in ("day", "12hours", "3 months")] == [
        "1 day",
        "12 hours",
        "3 months",
    ]
    assert [span_from(text) for text in ("45s", "5m", "90 min", "2 hours", "1d")] == [45, 300, 5400, 7200, 86_400]
    assert target_from("person:kim") == target_from("@kim") == Target(TargetKind.PERSON, "kim")
    assert target_from("leads") == Target(TargetKind.LEADS)
    for text in ("", "@", "#", "schedule:", "kim:sam"):
        with pytest.raises(BadValue):
            target_from(text)
