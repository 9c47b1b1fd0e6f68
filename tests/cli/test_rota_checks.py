"""What doctor says of the rota: promises that nobody would keep, and people who only seem to be cover."""

from __future__ import annotations

from pathlib import Path

from bot.cli.checks import Check, Verdict
from bot.cli.rota_checks import alarm, rota
from bot.settings import Settings
from tests.cli.terminal import thirdline
from tests.commands.rota_town import phone, with_rota
from tests.town import Town


def checks(town: Town) -> list[Check]:
    return list(rota(Settings(data=town.folder), town.database, town.clock.now()))


def test_a_desk_without_a_rota_is_well_and_calls_nobody(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert [(one.verdict, one.found) for one in checks(town)] == [
        (Verdict.OK, "there is no on-call schedule: nobody is called")
    ]
    town.close()


def test_a_desk_that_owes_somebody_the_telephone_and_has_no_rota_is_told(tmp_path: Path) -> None:
    town = Town(tmp_path).settle()
    assert [(one.verdict, one.found, one.cure) for one in checks(town)] == [
        (
            Verdict.WARN,
            "there is no on-call schedule: nobody is called, and ACME Ltd is owed the telephone",
            "thirdline init oncall",
        )
    ]
    town.close()


def test_a_plan_that_the_desk_has_not_taken_on_yet_is_told_with_what_takes_it(tmp_path: Path) -> None:
    """After `thirdline init oncall` it said that there was no schedule, and to write one."""
    town = Town(tmp_path).settle()
    assert thirdline("init", "oncall", "bob", "lea", "--data", town.folder).code == 0
    (check,) = checks(town)
    assert check.verdict is Verdict.WARN
    assert "oncall.toml holds a plan (level3) that is taken on at the next start" in check.found
    assert check.cure.startswith("Start the desk again: thirdline run")
    town.close()


def test_a_plan_that_was_edited_while_the_former_one_is_in_force_is_told(tmp_path: Path) -> None:
    town = with_rota(Town(tmp_path).settle())
    file = tmp_path / "oncall.toml"
    plan = file.read_text(encoding="utf-8")
    file.write_text(f"# A word more is no change.\n{plan}", encoding="utf-8")
    assert [one.verdict for one in checks(town)] == [Verdict.OK]
    file.write_text(plan.replace('people = ["ann", "bob", "zoe"]', 'people = ["zoe"]'), encoding="utf-8")
    edited, covered = checks(town)
    assert (edited.verdict, covered.verdict) == (Verdict.WARN, Verdict.OK)
    assert edited.found == f"{file} was changed: the plan before is in force until the next start, or the daily look"
    assert edited.cure.startswith("Start the desk again: thirdline run")
    file.unlink()
    assert "oncall.toml holds no plan any more" in checks(town)[0].found
    town.close()


def test_a_plan_with_a_mistake_is_told_beside_what_holds_until_the_next_start(tmp_path: Path) -> None:
    town = with_rota(Town(tmp_path).settle())
    file = tmp_path / "oncall.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("schedule:level3", "schedule:levle3"), encoding="utf-8")
    broken, covered = checks(town)
    assert (broken.verdict, covered.verdict) == (Verdict.FAIL, Verdict.OK)
    assert "there is no schedule “levle3”" in broken.found
    assert "the next start refuses it" in broken.cure
    town.close()


def test_gaps_are_told_as_promises_with_who_does_not_count_and_a_cure(tmp_path: Path) -> None:
    town = with_rota(Town(tmp_path).settle())
    assert [one.verdict for one in checks(town)] == [Verdict.OK]
    phone(town, "bob", verified_at=None)
    gap, person = checks(town)
    assert (gap.verdict, person.verdict) == (Verdict.WARN, Verdict.WARN)
    assert gap.found == ("Level III is uncovered on Mon 12 Oct 09:00 - Mon 19 Oct 09:00: Bob's phone is not verified")
    assert person.found == "Bob's phone is not verified"
    assert "/oncall contact call NUMBER" in person.cure
    town.close()


def test_people_on_call_without_a_provider_and_leads_without_a_telephone_are_told(tmp_path: Path) -> None:
    """Verified in the terminal, everybody counted as cover, and nothing said that no telephone would ever ring."""
    town = with_rota(Town(tmp_path / "town").settle())
    phone(town, "lea", verified_at=None)
    provider, *leads = alarm(Settings(data=tmp_path), town.database)
    assert (provider.name, provider.verdict) == ("phone", Verdict.WARN)
    assert "no telephone provider is set up" in provider.found
    assert provider.cure == "thirdline init phone"
    assert [one.found for one in leads] == ["Lea's phone is not verified, and is to be woken when nobody answers"]
    assert "Lea: /oncall contact call NUMBER" in leads[0].cure
    town.close()
    town = with_rota(Town(tmp_path / "other").settle())
    assert [one.name for one in alarm(Settings(data=tmp_path), town.database)] == ["phone"]
    town.close()


def test_a_desk_that_calls_nobody_is_not_asked_for_a_provider(tmp_path: Path) -> None:
    town = Town(tmp_path / "town").settle()
    assert list(alarm(Settings(data=tmp_path), town.database)) == []
    town.close()
