"""Who is on call, who is next, the coming shifts and the gaps in what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from adapters.discord.drawing.buttons import fits
from bot.domain.oncall import OnCall
from bot.domain.rota import Layer, Restriction, Rotation, Schedule, Turn
from bot.ports import Speaker
from commands.completion import complete
from tests.commands.rota_town import PLAN, at, phone, planned, with_rota
from tests.town import Town, words

ANN = Speaker("console", "ann", "Ann")


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


def test_who_is_on_call_is_told_with_when_that_ends_and_who_is_then(town: Town) -> None:
    assert town.does("ann", "/oncall who") == "On call now\nlevel3: Ann until Mon 12 Oct 09:00, then Bob"
    assert "level3: Bob until Mon 19 Oct 09:00, then Zoe" in town.does("ann", '/oncall who level3 --at "12 Oct 09:00"')


def test_the_group_alone_asks_who_and_a_misspelt_verb_is_not_taken_for_a_schedule(town: Town) -> None:
    assert town.does("ann", "/oncall") == town.does("ann", "/oncall who")
    assert town.does("ann", "/oncall level3") == town.does("ann", "/oncall who level3")
    assert "level3: Bob" in town.does("ann", '/oncall at:"12 Oct 09:00"')
    assert "Did you mean: /oncall gaps ?" in town.refused("ann", "/oncall gapz")
    assert "There is no schedule “nosuch”." in town.refused("ann", "/oncall nosuch")
    assert "/oncall alone means this" in town.does("ann", "/help oncall who")


def test_a_schedule_is_known_by_its_beginning_and_a_wrong_one_by_its_neighbours(town: Town) -> None:
    assert "level3: Ann" in town.does("ann", "/oncall who lev")
    assert "Did you mean level3? There are: level3." in town.refused("ann", "/oncall who levle3")


def test_without_a_rota_everything_says_where_one_is_written(town: Town) -> None:
    planned(town, OnCall())
    for line in ("who", "next", "show", "gaps", "history", "cover", "load", "take"):
        assert "There is no on-call schedule yet." in town.refused("ann", f"/oncall {line}"), line


def test_somebody_sees_their_own_next_shifts_and_who_hands_over_when(town: Town) -> None:
    said = town.does("bob", "/oncall next")
    assert "level3: Mon 12 Oct 09:00 - Mon 19 Oct 09:00" in said
    assert "level3: Ann hands over to Bob on Mon 12 Oct 09:00" in said
    assert "on call now until Mon 12 Oct 09:00" in town.does("bob", "/oncall next ann")
    assert "You have no shift in the next 92 days." in town.does("vic", "/oncall next")


def test_the_coming_weeks_are_shown_with_the_reason_of_each_shift(town: Town) -> None:
    town.does("lea", 'oncall override level3 lea --from "Sat 09:00" --until "Sun 09:00"')
    said = town.does("ann", "/oncall show level3 2")
    assert "#1 level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00: Lea alone" in said
    assert "Fri 9 Oct | AAAAAAAAAAAAAAAAAAAAAAAA | Ann" in said
    assert "Sat 10 Oct | AAAAAAAAALLLLLLLLLLLLLLL | " in said
    both = replace(PLAN, schedules={**PLAN.schedules, "two": replace(PLAN.schedules["level3"], name="two")})
    planned(town, both)
    said = town.does("ann", "/oncall show --weeks 2")
    assert "level3 | Ann | now | Sat 10 Oct 09:00 | week" in said
    assert "level3 | Lea | Sat 10 Oct 09:00 | Sun 11 Oct 09:00 | override" in said
    assert "two | Ann | now | Mon 12 Oct 09:00 | week" in said
    assert "53 weeks cannot be shown." in town.refused("ann", "/oncall show --weeks 53")


# --- gaps ---------------------------------------------------------------------------------------------------------


def test_everything_is_covered_while_people_with_verified_phones_are_on_call(town: Town) -> None:
    assert "Everything that was promised is covered." in town.does("ann", "/oncall gaps")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"verified_at": None}, "Bob's phone is not verified"),
        ({"test_passed": False}, "Bob missed the last test call"),
        ({"refused": "STOP by text"}, "Bob's phone refuses the desk"),
        ({"kind": "text"}, "Bob has no phone here"),
    ],
)
def test_a_gap_is_told_as_a_promise_with_the_reason(town: Town, changed: dict[str, object], why: str) -> None:
    phone(town, "bob", **changed)
    said = town.does("ann", "/oncall gaps")
    assert f"Level III is uncovered on Mon 12 Oct 09:00 - Mon 19 Oct 09:00: {why}." in said
    assert f"Bob{why.removeprefix('Bob')}: that is no cover." in town.does("ann", '/oncall who --at "13 Oct 09:00"')


def test_away_is_no_cover_and_a_hole_in_the_rota_is_nobody(town: Town) -> None:
    town.away("bob", at(14))
    said = town.does("ann", "/oncall gaps")
    assert "Level III is uncovered on Mon 12 Oct 09:00 - Wed 14 Oct 09:00: Bob is away." in said
    days = Rotation(("ann",), Turn.DAYS, 1, date(2026, 10, 5))
    office = Layer("office", days, restrictions=(Restriction(windows=((9 * 3600, 18 * 3600),)),))
    planned(town, replace(PLAN, schedules={"level3": Schedule("level3", "America/Toronto", (office,))}))
    said = town.does("ann", "/oncall gaps --days 1")
    assert "Level III is uncovered on Mon 5 Oct 18:00 - Tue 6 Oct 09:00: nobody is on call." in said


def test_what_mends_a_gap_is_what_helps_those_who_do_not_count(town: Town) -> None:
    phone(town, "ann", test_passed=False)
    phone(town, "bob", verified_at=None)
    phone(town, "lea", verified_at=None)
    week = PLAN.schedules["level3"].layers[0]
    layer = replace(week, rotation=replace(week.rotation, people=("ann", "bob", "pat", "lea")))
    planned(town, replace(PLAN, schedules={"level3": replace(PLAN.schedules["level3"], layers=(layer,))}))
    answer = town.says("ann", "/oncall gaps --days 30")
    assert (
        "To mend it: Ann: /oncall test, and press the key; Bob and Lea: /oncall contact call NUMBER, then /oncall"
        " verify CODE; /staff add pat --role staff. Or put somebody in: /oncall override."
    ) in words(answer.card)
    (form,) = answer.card.choices
    assert fits(form)
    assert town.says("lea", f"oncall override level3 lea --from {form.values['from']} --until 2026-10-20T13:00Z").ok
    assert town.says("vic", "/oncall gaps --days 30").card.choices == ()


def test_a_second_schedule_of_the_chain_covers_what_the_first_leaves_open(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    backup = Schedule("backup", "America/Toronto", (Layer("all", Rotation(("lea",), Turn.DAYS, 1, date(2026, 10, 1))),))
    (step,) = PLAN.escalations["level3"].steps
    (target,) = step.targets
    second = replace(step, targets=(replace(target, name="backup"),))
    chain = replace(PLAN.escalations["level3"], steps=(step, second))
    planned(town, replace(PLAN, schedules={**PLAN.schedules, "backup": backup}, escalations={"level3": chain}))
    assert "Everything that was promised is covered." in town.does("ann", "/oncall gaps")
    planned(town, replace(PLAN, schedules={**PLAN.schedules, "backup": backup}))
    phone(town, "lea", verified_at=None)
    assert "The schedule backup is uncovered on Mon 5 Oct 10:00" in town.does("ann", "/oncall gaps")


def test_a_rule_for_open_hours_leaves_no_gap_at_night(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    planned(town, replace(PLAN, rules=(replace(PLAN.rules[0], hours="open"),)))
    said = town.does("ann", "/oncall gaps")
    assert "Level III is uncovered on Tue 13 Oct 10:00 - Tue 13 Oct 19:00: Bob's phone is not verified." in said
    assert "Mon 12 Oct" not in said  # Thanksgiving.


# --- elsewhere ----------------------------------------------------------------------------------------------------


def test_the_home_and_the_state_of_the_desk_say_who_is_on_call(town: Town) -> None:
    top = words(town.desk.home(Speaker("console", "bob", "Bob")).top)
    assert "On call now: Ann until Mon 12 Oct 09:00" in top
    assert "Your next shift: Mon 12 Oct 09:00 - Mon 19 Oct 09:00" in top
    assert "On call now: Ann until Mon 12 Oct 09:00" in town.does("vic", "/sla status")
    planned(town, OnCall())
    assert "On call" not in words(town.desk.home(Speaker("console", "bob", "Bob")).top)


def test_completion_knows_schedules_own_changes_and_open_requests(town: Town) -> None:
    town.does("bob", 'oncall override level3 me --from "Sat 09:00" --until "Sun 09:00"')
    town.does("ann", "oncall cover --ask bob")

    def shown(line: str, speaker: Speaker = ANN) -> list[str]:
        return [one.shown for one in complete(town.desk, speaker, line)]

    assert shown("/oncall who l") == ["level3"]
    assert "level3" in shown("/oncall l")
    assert {"who", "gaps", "take"} <= set(shown("/oncall "))
    assert shown("/oncall undo ") == []
    assert shown("/oncall undo ", Speaker("console", "lea")) == ["#1 level3: bob, Sat 10 Oct 09:00"]
    assert shown("/oncall take ", Speaker("console", "bob"))[0] == "#1 level3: ann, Mon 5 Oct 10:15"
    assert shown("/oncall who l", Speaker("slack", "U0WHO")) == []
    assert shown("/oncall override level3 bob --until M") == ["Mon 09:00"]
    assert shown("/oncall forget ")[0] == "call +14165550101"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("24 Dec", "24 Dec has no time."),
        ("banana", "is not a date"),
        ("25:00", "25:00 is not a time of day"),
        ("31 Feb 10:00", "31 Feb does not exist"),
    ],
)
def test_a_time_of_the_rota_is_one_of_the_clock_on_the_wall(town: Town, typed: str, why: str) -> None:
    assert why in town.refused("ann", f'/oncall who --at "{typed}"')


def test_a_span_is_plain_time_for_whoever_is_on_call(town: Town) -> None:
    for typed in ("1w", "7d", "168h", "2026-10-12T10:00:00-04:00", "12 Oct 10:00"):
        assert town.does("ann", f'/oncall who --at "{typed}"').startswith("On call  Mon 12 Oct 10:00"), typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oncall bob", "Bob is a person: /oncall next bob"),
        ("oncall show 8", "For so many weeks: /oncall show --weeks 8"),
        ("oncall gaps 0", "0 days cannot be looked at."),
        ('oncall plan "call 0"', "“call 0” is no kind.\nIt is one of: important, default."),
    ],
)
def test_what_was_nearly_right_is_answered_with_what_is(town: Town, typed: str, meant: str) -> None:
    assert meant in town.refused("ann", typed)


def test_help_tells_the_verbs_in_the_order_in_which_they_are_needed(town: Town) -> None:
    said = town.does("ann", "help oncall")
    assert said.index("To count as cover: /oncall contact call NUMBER") < said.index("/oncall who")
    assert said.index("/oncall who |") < said.index("/oncall cover |") < said.index("/oncall contact |")
