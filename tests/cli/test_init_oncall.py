"""`thirdline init oncall`: who knows nothing has three people on call in a minute, and nobody's plan is overwritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import BadValue
from bot.domain.escalation import TargetKind
from bot.domain.rota import Turn
from bot.oncall.beginning import begins_from, people_from
from bot.oncall.file import oncall_at
from tests.cli.person import Terminal
from tests.cli.terminal import thirdline
from tests.town import Town

WEDNESDAY = date(2026, 11, 25)


def test_three_names_are_enough_and_somebody_is_on_call_at_once(tmp_path: Path) -> None:
    done = thirdline("init", "oncall", "Kim", "sam", "ann", "--data", tmp_path)
    assert done.code == 0, done.err
    assert "the rota level3, kim, sam and ann in turns" in done.out
    assert "  now               " in done.out
    assert "now               nobody" not in done.out
    assert "/staff add kim --role staff" in done.out
    plan = oncall_at(tmp_path / "oncall.toml")
    (layer,) = plan.schedules["level3"].layers
    assert layer.rotation.people == ("kim", "sam", "ann")
    assert layer.rotation.first.weekday() == 0
    assert plan.escalations["level3"].steps[0].targets[0].kind is TargetKind.SCHEDULE
    assert plan.rules
    checked = thirdline("oncall", "check", "--data", tmp_path)
    assert (checked.code, checked.err) == (0, "")
    assert "nobody" not in checked.out.casefold()


def test_the_file_that_init_wrote_is_taken_and_one_with_a_rota_is_left_alone(tmp_path: Path) -> None:
    thirdline("init", "--data", tmp_path)
    assert thirdline("init", "oncall", "kim", "--data", tmp_path, "--turn", "1 day").code == 0
    kept = (tmp_path / "oncall.toml").read_text()
    again = thirdline("init", "oncall", "sam", "--data", tmp_path)
    assert again.code == 2
    assert "has a rota already, level3." in again.err
    (tmp_path / "oncall.toml").write_text("not = [toml")
    assert "was edited already." in thirdline("init", "oncall", "sam", "--data", tmp_path).err
    assert 'turn = "1 day"' in kept


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "Nobody is named to take turns."),
        (("kim lee-",), "“lee-” is no short name"),
        (("kim", "--turn", "fortnight"), "“fortnight” is not the length of a turn"),
        (("kim", "--begins", "someday 09:00"), "“someday 09:00” is not when turns begin."),
        (("kim", "--begins", "monday"), "is not a time of the day"),
        (("kim", "--zone", "Toronto"), "There is no time zone"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    done = thirdline("init", "oncall", *words, "--data", tmp_path)
    assert done.code == 2
    assert why in done.err
    assert not (tmp_path / "oncall.toml").exists()


def test_somebody_who_is_not_at_the_desk_is_not_put_into_its_rota(tmp_path: Path) -> None:
    """A name with a slip in it was on call every other week, and nobody was called."""
    Town(tmp_path).settle().close()
    done = thirdline("init", "oncall", "bob", "leaa", "--data", tmp_path)
    assert done.code == 2
    assert "leaa is not at the desk. Did you mean lea? To add them first, at the desk: /staff add leaa" in done.err
    done = thirdline("init", "oncall", "bob", "quentin", "--data", tmp_path)
    assert "quentin is not at the desk. To add them first, at the desk: /staff add quentin --role staff" in done.err
    assert not (tmp_path / "oncall.toml").exists()
    done = thirdline("init", "oncall", "bob", "lea", "--data", tmp_path)
    assert (done.code, "/staff add" in done.out) == (0, False)


def test_a_desk_with_its_first_admin_alone_is_joined_later(tmp_path: Path) -> None:
    thirdline("run", "--as", "ann", "--data", tmp_path, stdin="/quit\n")
    done = thirdline("init", "oncall", "ann", "kim", "--data", tmp_path)
    assert "/staff add kim --role staff" in done.out


def test_a_person_is_asked_again_where_an_answer_cannot_be_read(tmp_path: Path) -> None:
    person = Terminal("init", "oncall", "--data", str(tmp_path))
    try:
        for question, answer in (
            ("Who takes turns", "kim, sam and everyone"),
            ("“everyone” means something else to the desk.", "kim, sam and ann"),
            ("How long is a turn [1 week]", "2 days"),
            ("Whose time of the day [America/Toronto]", "Europe/Berlin"),
            ("When does one begin [09:00]", "2026-01-05 08:30"),
        ):
            person.until(question)
            person.types(answer)
        person.until("Only people with a verified phone count.")
    finally:
        person.close()
    schedule = oncall_at(tmp_path / "oncall.toml").schedules["level3"]
    rotation = schedule.layers[0].rotation
    assert (schedule.zone, rotation.turn, rotation.length) == ("Europe/Berlin", Turn.DAYS, 2)
    assert (rotation.first, rotation.at) == (date(2026, 1, 5), 8 * 3600 + 1800)


def test_the_first_turn_began_before_today_where_no_date_is_given() -> None:
    assert begins_from("monday 09:00", Turn.WEEKS, WEDNESDAY) == (date(2026, 11, 23), 9 * 3600)
    assert begins_from("wed 09:00", Turn.WEEKS, WEDNESDAY) == (date(2026, 11, 18), 9 * 3600)
    assert begins_from("09:00", Turn.DAYS, WEDNESDAY) == (date(2026, 11, 24), 9 * 3600)
    assert begins_from("09:00", Turn.MONTHS, date(2026, 11, 1)) == (date(2026, 10, 1), 9 * 3600)
    with pytest.raises(BadValue, match="not when turns begin"):
        begins_from("t 09:00", Turn.WEEKS, WEDNESDAY)


def test_names_are_typed_as_people_type_them() -> None:
    assert people_from(" kim, sam;ann  and bob ") == ["kim", "sam", "ann", "bob"]
