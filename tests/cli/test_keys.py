"""`thirdline key`: keys are shown once, listed without their secrets, and taken back at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.api_keys import token_from
from bot.cli import keys
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.ports.intake import ApiKey
from bot.signing import digest_of
from tests.cli.terminal import thirdline
from tests.town import Town


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    shutil.copytree(settled.folder, tmp_path / "desk")
    town = Town(tmp_path / "desk")
    yield town
    town.close()


def stored(town: Town, token: str) -> ApiKey:
    read = token_from(token)
    assert read is not None
    key = town.database.read(lambda work: work.keys.get(read.id))
    assert key is not None
    return key


def test_a_key_is_shown_once_and_only_its_digest_is_kept(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    keys.add("online-shop", "tickets:read, tickets:write", "acme", town.folder, False)
    told = capsys.readouterr()
    token = told.out.strip()
    read, key = token_from(token), stored(town, token)
    assert read is not None
    assert (key.name, key.customer) == ("online-shop", "acme")
    assert key.scopes == frozenset({"tickets:read", "tickets:write"})
    assert key.digest == digest_of(read.secret)
    assert "for customer acme alone" in told.err
    (entry,) = town.database.read(lambda work: work.memory.journal_of(f"key:{key.id}", 9))
    assert entry.what == "key “online-shop” made"
    keys.list_(town.folder, False)
    keys.list_(town.folder, True)
    listed = capsys.readouterr().out
    assert "never used" in listed
    assert read.secret not in listed + told.err
    assert not [file for file in town.folder.rglob("*") if file.is_file() and read.secret.encode() in file.read_bytes()]


def test_a_key_is_taken_back_by_its_name_or_its_id_and_its_name_is_free_again(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.add("shop", "tickets:read", "", town.folder, True)
    first = json.loads(capsys.readouterr().out)
    with pytest.raises(Conflict, match="There is a key “shop” already"):
        keys.add("shop", "tickets:read", "", town.folder, True)
    keys.revoke("shop", town.folder)
    assert stored(town, first["token"]).revoked_at is not None
    keys.add("shop", "tickets:read", "", town.folder, True)
    capsys.readouterr()
    with pytest.raises(Conflict, match="was revoked"):
        keys.revoke(first["id"], town.folder)
    keys.revoke("shop", town.folder)
    keys.list_(town.folder, False)
    assert capsys.readouterr().out.count("· revoked ") == 2


def test_what_is_wrong_is_said(town: Town) -> None:
    for name, scopes in (("", "tickets:read"), ("a\nb", "tickets:read"), ("x" * 81, "tickets:read")):
        with pytest.raises(BadValue, match="is no name for a key"):
            keys.add(name, scopes, "", town.folder, False)
    with pytest.raises(BadValue, match="There is no scope “tickets:all”"):
        keys.add("shop", "tickets:all", "", town.folder, False)
    with pytest.raises(BadValue, match="opens nothing"):
        keys.add("shop", " ", "", town.folder, False)
    with pytest.raises(NotFound, match="nix"):
        keys.add("shop", "tickets:read", "nix", town.folder, False)
    with pytest.raises(NotFound, match="There is no key “shop”"):
        keys.revoke("shop", town.folder)


def test_it_is_typed_as_a_person_types_it(town: Town) -> None:
    done = thirdline("key", "add", "shop", "--scopes", "tickets:read", "--data", town.folder)
    assert done.code == 0
    assert token_from(done.out.strip()) is not None
    assert thirdline("key", "revoke", "shp", "--data", town.folder).code == 2
