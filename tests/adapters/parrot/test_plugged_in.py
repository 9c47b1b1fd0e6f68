"""A made-up platform is plugged in by its section of the settings alone: no other folder knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.ports import Speaker
from bot.settings import Settings, SettingsError, read_settings
from bot.ways import chats_of, mailing, platform_class, threaded
from tests.adapters.joined import Joined
from tests.adapters.parrot.ground import GOOD, Ground
from tests.cli.terminal import thirdline
from tests.doubles.served import Served
from tests.town import STAFF, words

ZOE = STAFF[-1]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def cage() -> Iterator[Ground]:
    with Ground() as ground:
        yield ground


def environment(cage: Ground) -> dict[str, str]:
    return {f"PLATFORMS__PARROT__{name.upper()}": str(value) for name, value in cage.settings.items()}


def test_nobody_else_has_heard_of_it() -> None:
    code = [file for folder in ("adapters", "bot", "commands", "storage") for file in (ROOT / folder).rglob("*.py")]
    assert not [file for file in code if "parrot" in file.read_text(encoding="utf-8").casefold()]


def test_the_desk_serves_it_as_any_other(tmp_path: Path, cage: Ground) -> None:
    with Served(tmp_path, environment(cage), cage.connected) as desk:
        desk.until(lambda: "ready: serving parrot" in desk.said, lambda: "It is not told of")
        assert "not known to this desk" in cage.says("ann", "/ticket list")
    assert not cage.connected()


def test_people_are_linked_to_it_and_its_secrets_stay_secret(tmp_path: Path, cage: Ground) -> None:
    desk = Joined(tmp_path, "parrot", cage)
    try:
        desk.house.database.write(lambda work: work.people.save(replace(ZOE, accounts={"parrot": "boss"})))
        answer = desk.house.desk.say(Speaker("parrot", "boss"), "/staff link ann --platform parrot --account polly-2")
        assert answer.ok, words(answer.card)
        told = desk.house.desk.say(Speaker("parrot", "boss"), "/desk settings").card.data["settings"]
    finally:
        desk.close()
    assert told["platforms.parrot.token"] == "set"
    assert GOOD not in told.values()


def test_its_section_is_read_from_file_and_environment_with_secrets_in_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("nuts\n")
    (tmp_path / "thirdline.toml").write_text(
        '[platforms.parrot]\ncage = "here"\ntoken_file = "secret"\nchannels = {desk = "perch"}\n'
    )
    monkeypatch.setenv("THIRDLINE_PLATFORMS__PARROT__ADAPTER", "tests.adapters.parrot")
    settings = read_settings(data=tmp_path)
    assert chats_of(settings) == ("parrot",)
    assert settings.platforms["parrot"].model_extra == {"cage": "here", "token": GOOD, "token_file": "secret"}
    assert settings.channels_of("parrot").desk == "perch"
    assert settings.told()["platforms.parrot.token"] == "set"
    assert "nuts" not in repr(settings)
    assert threaded(settings, ("console", "parrot")) == {"parrot"}
    assert mailing(settings, ("console", "parrot")) == frozenset()


@pytest.mark.parametrize("name", ["slack", "Parrot", "a bird"])
def test_a_name_that_is_none_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "thirdline.toml").write_text(f'[platforms."{name}"]\ntoken = "x"\n')
    with pytest.raises(SettingsError, match="do not hold together"):
        read_settings(data=tmp_path)


def test_an_adapter_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data": tmp_path, "platforms": {"parot": {}}})
    with pytest.raises(Refusal) as refused:
        platform_class(settings, "parot")
    assert "“parot”" in refused.value.text
    assert "platforms.parot.adapter" in refused.value.hint


def test_the_doctor_tells_whether_its_adapter_is_there(tmp_path: Path, cage: Ground) -> None:
    given = {f"THIRDLINE_{name}": value for name, value in environment(cage).items()}
    well = thirdline("doctor", "--data", tmp_path, **given)
    assert "ok    parrot" in well.out, well.out
    ill = thirdline("doctor", "--data", tmp_path, **given | {"THIRDLINE_PLATFORMS__PARROT__ADAPTER": "tests.no_such"})
    assert "no package tests.no_such is installed" in ill.out
    assert ill.code == 1
