"""The policy file: what ships is the promised policy, and what does not hold together is refused at its line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadValue
from bot.domain.policy import (
    AfterExpiry,
    Audience,
    ClockKind,
    Expiry,
    HolidayRule,
    Milestone,
    Referral,
    SpecialDay,
    Target,
    Way,
)
from bot.domain.targets import target_from
from bot.policy.file import PolicyError, policy_at, policy_from_json, policy_to_json, read_policy

SHIPPED = resources.files("bot.policy").joinpath("policy.toml").read_text(encoding="utf-8")
NINE_TO_FIVE_LINE = SHIPPED.split("\n").index('monday = ["10:00-19:00"]') + 1


def edited(old: str, new: str) -> str:
    assert old in SHIPPED
    return SHIPPED.replace(old, new, 1)


def refused(old: str, new: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        read_policy(edited(old, new))
    return caught.value


def test_the_policy_that_ships_is_the_promised_one() -> None:
    policy = policy_at(None)
    assert policy.effective == date(2026, 9, 1)
    assert policy.zone == "America/Toronto"
    assert policy.weekly == (((36_000, 68_400),),) * 5 + ((), ())
    assert policy.monitored
    assert [level.name for level in policy.levels] == ["I", "II", "III"]
    promised = [str(level.targets[ClockKind.FIRST_RESPONSE]) for level in policy.levels]
    assert promised == ["1 day", "6 hours", "3 hours"]
    assert policy.level("3").ways == {Way.EMAIL, Way.REMOTE, Way.TELEPHONE}
    assert policy.lowest.ways == {Way.EMAIL}
    assert policy.holidays == HolidayRule("CA", "ON", ("public",), {}, frozenset())
    assert (policy.warnings, policy.installation_days) == ((50, 75, 90), 30)
    assert not policy.counts_as_response("claim")
    assert policy.worst_cases < policy.categories.keys()
    assert "no-answer" in policy.resolutions


def test_what_goes_on_after_a_purchase_is_read() -> None:
    policy = policy_at(None)
    assert policy.milestones == (
        Milestone(7, "The server is installed and answers"),
        Milestone(21, "The configuration is finished", frozenset(Audience)),
    )
    assert (policy.expiry, policy.grace) == (Expiry((30, 7, 0), AfterExpiry.GRACE), 14)
    assert (policy.handover, policy.referral) == (frozenset({Audience.DESK}), Referral(7, 7))
    at_once = read_policy(edited('after = "grace"', 'after = "lowest"'))
    assert at_once.grace == 0, "Days of grace are for those whose policy has them."


def test_a_file_from_before_these_sections_still_holds_and_says_its_days_once() -> None:
    begins, ends = SHIPPED.index("# A new customer is helped"), SHIPPED.index("# --- how tickets are sorted")
    old = SHIPPED[:begins] + SHIPPED[ends:]
    older = old.replace("grace_days = 14", "installation_days = 25\ngrace_days = 14")
    policy = read_policy(older)
    assert (policy.installation_days, policy.milestones) == (25, ())
    assert (policy.expiry, policy.referral) == (Expiry(), Referral())
    with pytest.raises(PolicyError, match=r"“days” is missing in \[installation\]"):
        read_policy(old)
    twice = refused("grace_days = 14", "installation_days = 30\ngrace_days = 14")
    assert "said twice" in twice.text
    beyond = refused("days = 30", "days = 20")
    assert "day 21 lies beyond the installation plan of 20 days" in beyond.text
    assert "day 21 has two milestones" in refused("7 = ", "021 = ").text


def test_a_policy_that_was_stored_before_these_sections_is_read_with_the_usual_values() -> None:
    stored = json.loads(policy_to_json(policy_at(None)))
    for key in ("milestones", "handover", "expiry", "referral"):
        del stored[key]
    policy = policy_from_json(json.dumps(stored))
    assert policy == replace(policy_at(None), milestones=())


@given(
    st.dictionaries(st.integers(0, 30), st.sets(st.sampled_from(Audience)), max_size=5),
    st.sets(st.integers(0, 366), max_size=5),
    st.sampled_from(AfterExpiry),
    st.integers(0, 366),
)
def test_whatever_goes_on_after_a_purchase_comes_back_from_its_json(
    milestones: dict[int, set[Audience]], warn: set[int], after: AfterExpiry, days: int
) -> None:
    policy = replace(
        policy_at(None),
        milestones=tuple(Milestone(day, f"step {day}", frozenset(tell)) for day, tell in sorted(milestones.items())),
        expiry=Expiry(tuple(sorted(warn, reverse=True)), after),
        referral=Referral(days, 366 - days),
    )
    assert policy_from_json(policy_to_json(policy)) == policy


def test_a_policy_comes_back_from_its_json_as_it_was() -> None:
    text = edited(
        "[special]", '[special]\n2026-12-24 = { name = "Christmas Eve", hours = ["10:00-12:00", "13:00-14:00"] }'
    )
    text = text.replace("[holidays.added]", '[holidays.added]\n2029-07-02 = "Canada Day"')
    text = text.replace("removed = []", 'removed = [2026-10-12, "2027-10-11"]').replace("# working_day", "working_day")
    policy = read_policy(text)
    assert policy.special == {date(2026, 12, 24): SpecialDay("Christmas Eve", ((36_000, 43_200), (46_800, 50_400)))}
    assert policy.holidays.removed == {date(2026, 10, 12), date(2027, 10, 11)}
    assert policy.working_day == 9 * 3600
    assert policy_from_json(policy_to_json(policy)) == policy
    assert policy_to_json(policy_from_json(policy_to_json(policy))) == policy_to_json(policy)
    assert list(policy_from_json(policy_to_json(policy)).categories) == list(policy.categories)


@pytest.mark.parametrize(
    ("old", "new", "said", "meant"),
    [
        ('zone = "America/Toronto"', 'zone = "America/Torronto"', "no time zone", "America/Toronto"),
        ('monday = ["10', 'mondy = ["10', "no weekday “mondy”", "“monday”"),
        ('monday = ["10:00-19:00"]', 'monday = "19:00-10:00"', "does not end after it begins", "two windows"),
        ('monday = ["10:00-19:00"]', 'monday = ["9:00-12:00", "11:00-19:00"]', "11:00-19:00 overlaps 09:00-12:00", ""),
        ('monday = ["10:00-19:00"]', 'monday = ["10:00-25:00"]', "not a time of the day", "24:00"),
        ('monday = ["10:00-19:00"]', "monday = 9", "must be a list", ""),
        ("effective = 2026-09-01", "effective = 2026-02-31", "2026-02-31 does not exist", "2026-03-02"),
        ("removed = []", 'removed = ["2026-02-31"]', "2026-02-31 does not exist", "2026-03-02"),
        ("removed = []", "removed = [7]", "7 is not a date", "2026-03-02"),
        ("[special]", '[special]\n2026-02-30 = { name = "x", hours = [] }', "2026-02-30 does not exist", ""),
        ("[special]", '[special]\n2026-12-24 = { nmae = "x", name = "y", hours = [] }', "no key “nmae”", "“name”"),
        ('ways = ["email"]', 'ways = ["emial"]', "no way of support “emial”", "“email”"),
        ('ways = ["email"]', "ways = []", "Level I has no way of support", ""),
        ('first_response = "1d"', 'first_response = "0h"', "promises no time at all", ""),
        ('first_response = "1d"', 'first_response = "1.5d"', "not a span of time", "1d 4h"),
        ('first_response = "1d"', 'first_response = "99999d"', "longer than any promise", ""),
        ('first_response = "1d"', "first_response = 3", "must be words in quotes", ""),
        ('first_response = "1d"', 'frist_response = "1d"', "no key “frist_response”", "“first_response”"),
        ("[levels.II]", "[levels.i]", "both answer to “i”", ""),
        ("[levels.II]", '[levels."Level 2"]', "cannot name a level", ""),
        ("[50, 75, 90]", "[50, 40, 90]", "the warning at 40 % comes after the one at 50 %", "rising"),
        ("[50, 75, 90]", "[50, 75, 100]", "100 is not a whole number from 1 to 99", ""),
        ("[50, 75, 90]", "[true]", "true is not a whole number", ""),
        ('["1h", "2h"', '["0m", "2h"', "no time at all", ""),
        ('["reply", "call", "remote"]', '["replay"]', "no deed “replay”", "“reply”"),
        ('["reply", "call", "remote"]', "[]", "nothing counts as a response", ""),
        ('"mail-bomb", "dictionary', '"mailbomb", "dictionary', "no category “mailbomb”", "“mail-bomb”"),
        ("hardware-failure = ", '"Hard ware" = "x"\nhardware-failure = ', "not a name people can type", ""),
        ("[limits]", "[limit]", "no key “limit”", "“limits”"),
        ("subject = 300", "subject = 0", "must lie from 1", ""),
        ("grace_days = 14", "grace_days = -1", "must lie from 0", ""),
        ("days = 30", "days = -1", "must lie from 0", ""),
        ('tell = ["desk"] #', 'tel = ["desk"] #', "no key “tel” in [installation]", "“tell”"),
        ('tell = ["desk"]', 'tell = ["dekS"]', "no one to tell “dekS”", "“desk”"),
        ("7 = ", "seven = ", "“seven” is no day of the installation plan", "7 ="),
        ('"The server is installed and answers"', "12", "must be words in quotes", ""),
        ('{ title = "The configuration', '{ titel = "x", title = "The configuration', "no key “titel”", "“title”"),
        ("[30, 7, 0]", "[7, 30]", "30 days before the end comes after the one 7 days before it", "falling"),
        ("[30, 7, 0]", "[-1]", "-1 is not a whole number from 0 to 366", ""),
        ('after = "grace"', 'after = "graze"', "“graze” is nothing that can come after expiry", "“grace”"),
        ('after = "grace"', 'afetr = "grace"', "no key “afetr” in [expiry]", "“after”"),
        ("ask_after_days = 7", "ask_after_days = 400", "must lie from 0 to 366", ""),
        ("[partners]", "[partner]", "no key “partner”", "“partners”"),
        ("monitored = true", 'monitored = "yes"', "must be true or false", ""),
        ("# working_day", 'working_day = "1d" #', "cannot be measured in days", "9h"),
        ("# working_day", 'working_day = "25h" #', "longer than 24 hours", ""),
        ('name = "Support policy"', 'name = " "', "“name” is empty", ""),
        ('name = "Support policy"', "name = Support", "cannot be read", "quotes"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_was_meant(old: str, new: str, said: str, meant: str) -> None:
    error = refused(old, new)
    line = edited(old, new)[: SHIPPED.index(old) + len(new) - len(new.lstrip("["))].count("\n") + 1
    line += new.split("=")[0].count("\n") if new.startswith("[special]") else 0
    assert [mistake.line for mistake in error.mistakes] == [line]
    assert said in error.text
    assert meant in error.hint
    assert f"policy.toml, line {line}:" in error.text


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = edited("[50, 75, 90]", "[0]").replace('America/Toronto"', 'Mars/Olympus"', 1).replace("country", "contry", 1)
    text = text.replace('\ncontry = "CA"', "")
    text = text.replace('["email", "remote"]', '["fax"]')
    with pytest.raises(PolicyError) as caught:
        read_policy(text, "mine.toml")
    lines = [mistake.line for mistake in caught.value.mistakes]
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert "mine.toml does not hold together in 3 places" in caught.value.text


def test_a_missing_table_or_key_is_named() -> None:
    assert "“effective” is missing" in refused("effective = 2026-09-01", "").text
    assert "the table [hours] is missing" in refused("[hours]", "[levels.X]").text


def test_a_week_without_an_open_hour_is_refused() -> None:
    closed = "\n".join(line for line in SHIPPED.split("\n") if not line.endswith('day = ["10:00-19:00"]'))
    with pytest.raises(PolicyError, match="open for less than an hour a week"):
        read_policy(closed)
    with pytest.raises(PolicyError, match="open for less than an hour a week"):
        read_policy(closed.replace("[hours]", '[hours]\nmonday = ["10:00-10:30"]'))


def test_a_policy_without_levels_is_refused() -> None:
    head, _, tail = SHIPPED.partition("[levels.I]")
    with pytest.raises(PolicyError, match="there is no support level"):
        read_policy(f"{head}[levels]\n[clocks]{tail.partition('[clocks]')[2]}")


def test_a_day_cannot_be_added_and_removed() -> None:
    text = edited("removed = []", "removed = [2026-08-03]").replace("# 2026-08-03", "2026-08-03")
    with pytest.raises(PolicyError, match="2026-08-03 is both added and removed"):
        read_policy(text)


def test_an_unknown_holiday_list_is_refused_at_the_key_that_is_wrong() -> None:
    def known(rule: HolidayRule) -> None:
        if rule.country != "CA":
            raise BadValue(f"There are no holidays of {rule.country}.")
        if rule.subdivision not in ("", "ON"):
            raise BadValue(f"CA has no subdivision {rule.subdivision}.", "Did you mean ON?")

    assert read_policy(SHIPPED, known=known).holidays.country == "CA"
    with pytest.raises(PolicyError) as caught:
        read_policy(edited('subdivision = "ON"', 'subdivision = "ONT"'), known=known)
    assert caught.value.mistakes[0].line == SHIPPED.split("\n").index('subdivision = "ON"') + 1
    assert caught.value.hint == "Did you mean ON?"


def test_an_open_night_and_windows_line_ends_are_read() -> None:
    text = edited('monday = ["10:00-19:00"]', 'monday = [ # all\n "13:00-24:00",\n "00:00-12:00",\n]')
    policy = read_policy("\ufeff" + text.replace("\n", "\r\n"))
    assert policy.weekly[0] == ((0, 43_200), (46_800, 86_400))


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="cannot be read"):
        policy_at(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(BadValue, match="UTF-8"):
        policy_at(tmp_path / "latin.toml")
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(PolicyError, match=r"empty\.toml does not hold together"):
        policy_at(tmp_path / "empty.toml")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("1d", Target(1)),
        ("1d 4h", Target(1, 14_400)),
        ("90m", Target(0, 5400)),
        ("45s", Target(0, 45)),
        ("2 Hours", Target(0, 7200)),
        ("1h30min", Target(0, 5400)),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, target: Target) -> None:
    assert target_from(text) == target


@pytest.mark.parametrize("text", ["", "3", "3 hourglasses", "-1h", "1h,", "½h", "1y"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        target_from(text)
